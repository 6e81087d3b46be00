"""Number of an identity document: capital letters and digits, brackets left out.

``A123456(3)`` and ``a1234563`` are one number. Blanks and brackets are left out of any
number, hyphens only where what is left is the number of an identity card. Which kind it
is stands in another column, so the check digit is tested by the named check
``identity-check-digit``, with the expressions of this module. The values are personal:
a spec that has such a column must mark it so.
Source: Hong Kong identity card: weights 9 to 2, modulo 11, a blank before a single
letter counting 36 (widely published, not by the issuer: assumed); mainland identity
number: GB 11643, ISO 7064 MOD 11-2; what HKEX's file takes is assumed.

>>> from rapupload.fieldtypes.registry import validate
>>> [validate("identity-document", text) for text in ("a123456(3)", "WX 123456 (9)")]
['A1234563', 'WX1234569']
>>> validate("identity-document", "11010519491231002x")
'11010519491231002X'
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from rapupload.fieldtypes.reading import (
    NOTHING,
    TEXT,
    TEXT_ONLY,
    TEXT_OR_NUMBER,
    TIDY,
    VALUE,
    Problem,
    Reading,
    Shape,
    Steps,
    cell_problem,
    exponent_shown,
    first_of,
    tidied,
    tidy,
    when,
)
from rapupload.model import Text

NAME = "identity-document"
PLAIN_KINDS = TEXT_ONLY
PROBLEMS: Mapping[str, Problem] = {
    "identity-document-form": Problem(
        Text(
            "{value} is not the number of an identity document.",
            "{value} 並非身份證明文件號碼。",
        ),
        Text(
            "Write the number alone as the document prints it, in letters and digits: "
            "A123456(3), a mainland number of 18 characters, or a passport number.",
            "請按證件填寫號碼，只可用英文字母及數字：例如 A123456(3)、18 位內地身份證"
            "號碼或護照號碼。",
        ),
    ),
    "identity-document-long": Problem(
        Text(
            "{value} is longer than {length} characters.",
            "{value} 超過 {length} 個字元。",
        ),
        Text("Check that the cell holds the number only.", "請確認儲存格內只有號碼。"),
    ),
}
_HKID = "^[A-Z]{1,2}[0-9]{6}[0-9A]$"
_MAINLAND = "^[0-9]{17}[0-9X]$"
_BRACKETED = r"^([A-Z]{1,2}) *([0-9]{6}) *\( *([0-9A]) *\)$"
_WRITTEN = "^[A-Z0-9](?:[A-Z0-9/-]*[A-Z0-9])?$"
_CAPITALS, _CLOSE, _BARE = (pl.field(name) for name in ("capitals", "close", "bare"))


def plain(shape: Shape) -> str:
    """Return the regular expression of letters with more than six digits behind."""
    longest = 20 if shape.length is None else shape.length
    least = len("AB1234567")
    return f"^[A-Z]{{1,2}}[0-9]{{7,{longest - 2}}}$" if longest >= least else NOTHING


def read(text: pl.Expr, kind: pl.Expr, shape: Shape) -> Reading:
    """Read numbers in small letters or capitals, with blanks or brackets."""
    problem = first_of(cell_problem(TEXT_OR_NUMBER), exponent_shown())
    if shape.length is not None:
        too_long = VALUE.str.len_bytes() > shape.length
        problem = first_of(problem, when(too_long, "identity-document-long"))
    is_card = _BARE.str.contains(f"{_HKID}|{_MAINLAND}")
    return (
        Steps.begin(text, kind, tidy(TEXT))
        .then(capitals=TIDY.str.to_uppercase())
        .then(close=_unbracketed())
        .then(bare=_CLOSE.str.replace_all("-", "", literal=True))
        .then(
            value=pl.when(is_card)
            .then(_BARE)
            .when(_CLOSE.str.contains(_WRITTEN) & _CLOSE.str.contains("[0-9]"))
            .then(_CLOSE)
        )
        .settle(
            problem=problem,
            otherwise="identity-document-form",
            cleaned=first_of(when(VALUE != TIDY, "value-understood"), tidied(TIDY)),
        )
    )


def _unbracketed() -> pl.Expr:
    """Return the number without blanks; brackets go only from around a check digit."""
    inside = _CAPITALS.str.replace(_BRACKETED, "${1}${2}${3}")
    return inside.str.replace_all(" ", "", literal=True)


def hkid_check_digit_is_wrong(value: pl.Expr) -> pl.Expr:
    """Tell whether a number is none of a Hong Kong identity card.

    >>> cards = pl.DataFrame({"id": ["A1234563", "A1234564", "WX1234569", "H12345678"]})
    >>> cards.select(hkid_check_digit_is_wrong(pl.col("id")))["id"].to_list()
    [False, True, False, True]
    """
    padded = value.str.pad_start(9, " ")
    letters = {" ": 36} | {chr(ord("A") + n): 10 + n for n in range(26)}
    signs = letters | {str(digit): digit for digit in range(10)}
    shares = [
        weight
        * padded.str.slice(place, 1).replace_strict(
            signs, default=None, return_dtype=pl.Int32
        )
        for place, weight in enumerate((9, 8, 7, 6, 5, 4, 3, 2, 1))
    ]
    is_card = value.str.contains(_HKID)
    total = pl.sum_horizontal(*shares, ignore_nulls=False)
    return (~is_card | (total % 11 != 0)).fill_null(value=True) & value.is_not_null()


def mainland_check_digit_is_wrong(value: pl.Expr) -> pl.Expr:
    """Tell whether a number is none of a mainland identity card.

    >>> cards = pl.DataFrame({"id": ["11010519491231002X", "110105194912310021"]})
    >>> cards.select(mainland_check_digit_is_wrong(pl.col("id")))["id"].to_list()
    [False, True]
    """
    signs = {str(digit): digit for digit in range(10)} | {"X": 10}
    shares = [
        2 ** (17 - place)
        * value.str.slice(place, 1).replace_strict(
            signs, default=None, return_dtype=pl.Int32
        )
        for place in range(18)
    ]
    is_card = value.str.contains(_MAINLAND)
    total = pl.sum_horizontal(*shares, ignore_nulls=False)
    return (~is_card | (total % 11 != 1)).fill_null(value=True) & value.is_not_null()


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Return the numbers as they are: they stay text."""
    return value


def dtype(_shape: Shape) -> pl.DataType:
    """Return text."""
    return pl.String()
