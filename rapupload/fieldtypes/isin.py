"""International securities identification number: twelve characters with a check digit.

Source: ISO 6166 (two letters, nine letters or digits, one check digit; letters become
10 to 35, then the Luhn formula of ISO/IEC 7812).

>>> from rapupload.fieldtypes.registry import validate
>>> [validate("isin", text) for text in ("KYG875721634", "isin gb0005405286")]
['KYG875721634', 'GB0005405286']
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from rapupload.fieldtypes.reading import (
    NOTHING,
    TEXT,
    TEXT_ONLY,
    TIDY,
    VALUE,
    Problem,
    Reading,
    Shape,
    Steps,
    cell_problem,
    first_of,
    tidied,
    tidy,
    when,
)
from rapupload.model import Text

NAME = "isin"
PLAIN_KINDS = TEXT_ONLY
PROBLEMS: Mapping[str, Problem] = {
    "isin-form": Problem(
        Text("{value} is not an ISIN.", "{value} 並非國際證券號碼。"),
        Text(
            "An ISIN has two letters, nine letters or digits and a check digit, such "
            "as KYG875721634.",
            "國際證券號碼為兩個字母、九個字母或數字及一個校驗數字，例如 KYG875721634。",
        ),
    ),
    "isin-check-digit": Problem(
        Text(
            "The check digit of the ISIN {value} is wrong.",
            "國際證券號碼 {value} 的校驗數字不符。",
        ),
        Text(
            "A character was mistyped or two changed places. Copy it again from its "
            "source.",
            "輸入有誤或字元次序調換，請由來源重新複製。",
        ),
    ),
}
_WRITTEN = "^(?:ISIN[: ]*)?([A-Z]{2}[A-Z0-9]{9}[0-9])$"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LETTER_VALUES = [str(value) for value in range(10, 36)]
_HALF = 12  # eleven letters and a digit make 23 digits: two numbers of twelve hold them

_PAIRS = [
    (f"{half}{place}", pl.field(half), place)
    for half in ("high", "low")
    for place in range(_HALF // 2)
]


def plain(_shape: Shape) -> str:
    """Return an expression that matches nothing: no regex tests a check digit."""
    return NOTHING


def read(text: pl.Expr, kind: pl.Expr, _shape: Shape) -> Reading:
    """Read ISINs in capitals or small letters, and test the check digit."""
    return (
        Steps.begin(text, kind, tidy(TEXT))
        .then(value=TIDY.str.to_uppercase().str.extract(_WRITTEN, 1))
        .then(
            digits=VALUE.str.replace_many(list(_LETTERS), _LETTER_VALUES).str.zfill(
                2 * _HALF
            )
        )
        .then(
            **{
                name: pl.field("digits").str.slice(start, _HALF).cast(pl.Int64)
                for name, start in (("high", 0), ("low", _HALF))
            }
        )
        .then(**{name: half // 100**place % 100 for name, half, place in _PAIRS})
        .settle(
            problem=first_of(
                cell_problem(TEXT_ONLY), when(_luhn_sum() % 10 != 0, "isin-check-digit")
            ),
            otherwise="isin-form",
            cleaned=first_of(when(VALUE != TIDY, "value-understood"), tidied(TIDY)),
        )
    )


def _luhn_sum() -> pl.Expr:
    """Add the digits, every second one from the right doubled and its digits added.

    Only the last digit of the sum is right: for a pair of digits ``p`` the tens ``t``
    count 2t, and 1 more where that has two digits; p + 2t + p // 50 ends alike.
    """
    pairs = [pl.field(name) for name, _, _ in _PAIRS]
    shares = [pair + pair // 10 * 2 + pair // 50 for pair in pairs]
    return pl.sum_horizontal(*shares, ignore_nulls=False)


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Return the ISINs as they are: they stay text."""
    return value


def dtype(_shape: Shape) -> pl.DataType:
    """Return text."""
    return pl.String()
