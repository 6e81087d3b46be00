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
    TEXT_ONLY,
    Problem,
    Reading,
    Shape,
    cell_problem,
    first_of,
    settle,
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


def plain(_shape: Shape) -> str:
    """Return an expression that matches nothing: no regex tests a check digit."""
    return NOTHING


def read(text: pl.Expr, kind: pl.Expr, _shape: Shape) -> Reading:
    """Read ISINs in capitals or small letters, and test the check digit."""
    tidy_text = tidy(text)
    value = tidy_text.str.to_uppercase().str.extract(_WRITTEN, 1)
    return settle(
        tidy_text,
        value,
        problem=first_of(
            cell_problem(text, kind, TEXT_ONLY),
            when(_luhn_sum(value) % 10 != 0, "isin-check-digit"),
        ),
        otherwise="isin-form",
        cleaned=first_of(
            when(value != tidy_text, "value-understood"), tidied(text, tidy_text)
        ),
    )


def _luhn_sum(value: pl.Expr) -> pl.Expr:
    """Add the digits, every second one from the right doubled and its digits added."""
    digits = value.str.replace_many(list(_LETTERS), _LETTER_VALUES).str.zfill(2 * _HALF)
    halves = (digits.str.slice(start, _HALF).cast(pl.Int64) for start in (0, _HALF))
    pairs = [half // 100**place % 100 for half in halves for place in range(_HALF // 2)]
    return pl.sum_horizontal(
        *(pair % 10 + pair // 10 * 2 % 10 + pair // 10 * 2 // 10 for pair in pairs),
        ignore_nulls=False,
    )


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Return the ISINs as they are: they stay text."""
    return value


def dtype(_shape: Shape) -> pl.DataType:
    """Return text."""
    return pl.String()
