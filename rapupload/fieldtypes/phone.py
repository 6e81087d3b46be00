"""Telephone number: ``+`` with country code and number, or eight digits of Hong Kong.

A local number stays as it is: nobody says that it is of Hong Kong. The country codes of
Hong Kong, Macao and the mainland are seen without ``+`` too, since a spreadsheet takes
+852... for a sum and leaves the sign out; of other countries it is asked for.
Source: ITU-T E.164 (at most fifteen digits); eight digits in Hong Kong's numbering plan;
what HKEX's file takes is assumed.

>>> from rapupload.fieldtypes.registry import validate
>>> [validate("phone", text) for text in ("+852 9123-4567", "(852) 91234567")]
['+85291234567', '+85291234567']
>>> validate("phone", "9123 4567")
'91234567'
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

NAME = "phone"
PLAIN_KINDS = TEXT_ONLY
PROBLEMS: Mapping[str, Problem] = {
    "phone-country": Problem(
        Text("{value} has no country code.", "{value} 沒有國家或地區號碼。"),
        Text(
            "Write + and the country code in front, as text, such as +85291234567.",
            "請以文字格式在前面加上 + 及國家或地區號碼，例如 +85291234567。",
        ),
    ),
    "phone-several": Problem(
        Text("{value} has several telephone numbers.", "{value} 有多於一個電話號碼。"),
        Text("Write one number per row.", "每行只可填一個號碼。"),
    ),
    "phone-form": Problem(
        Text("{value} is not a telephone number.", "{value} 並非電話號碼。"),
        Text(
            "Write + , country code and number, without letters or an extension, such "
            "as +85291234567.",
            "請填 + 、國家或地區號碼及電話號碼，不可有文字或內線，例如 +85291234567。",
        ),
    ),
    "phone-long": Problem(
        Text(
            "{value} is longer than {length} characters.",
            "{value} 超過 {length} 個字元。",
        ),
        Text("Check the number.", "請核對號碼。"),
    ),
}
_BARE = pl.field("bare")
_LONGEST = 16
_LOCAL = "^[2-9][0-9]{7}$"
_ABROAD = r"^\+[1-9][0-9]{6,14}$"
_NEIGHBOURS = "^(?:85[23][0-9]{8}|861[0-9]{10})$"
_WITHOUT_CODE = "^[0-9]{5,15}$"
_SIGNS = r"^\+?[0-9() .-]+$"
_SEVERAL = "[0-9]{4}[ )]*[/;,、&][ (+]*[0-9]{2}"


def plain(shape: Shape) -> str:
    """Return the regular expression of a number without blanks and signs."""
    if shape.length is not None and shape.length < _LONGEST:
        return NOTHING
    return f"{_LOCAL}|{_ABROAD}"


def read(text: pl.Expr, kind: pl.Expr, shape: Shape) -> Reading:
    """Read numbers without their blanks, hyphens, points and brackets."""
    bare = (
        pl.when(TIDY.str.contains(_SIGNS))
        .then(TIDY.str.replace_all("[() .-]", ""))
        .str.replace("^00", "+")
    )
    problem = first_of(
        cell_problem(TEXT_OR_NUMBER),
        exponent_shown(),
        when(TIDY.str.contains(_SEVERAL), "phone-several"),
        when(VALUE.is_null() & _BARE.str.contains(_WITHOUT_CODE), "phone-country"),
    )
    if shape.length is not None:
        too_long = VALUE.str.len_bytes() > shape.length
        problem = first_of(problem, when(too_long, "phone-long"))
    return (
        Steps.begin(text, kind, tidy(TEXT))
        .then(bare=bare)
        .then(
            value=pl.when(_BARE.str.contains(f"{_LOCAL}|{_ABROAD}"))
            .then(_BARE)
            .when(_BARE.str.contains(_NEIGHBOURS))
            .then("+" + _BARE)
        )
        .settle(
            problem=problem,
            otherwise="phone-form",
            cleaned=first_of(when(VALUE != TIDY, "value-understood"), tidied(TIDY)),
        )
    )


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Return the numbers as they are: they stay text."""
    return value


def dtype(_shape: Shape) -> pl.DataType:
    """Return text."""
    return pl.String()
