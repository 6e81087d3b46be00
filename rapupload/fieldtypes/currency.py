"""Currency by its ISO 4217 code.

A dollar sign, a yuan character or a yen sign alone is asked about: it has several
meanings in Hong Kong. Offshore renminbi (CNH) is CNY; which code HKEX wants for it is
open (assumed). The list holds the currencies in which Hong Kong counters, bonds and
dividends are paid.
Source: X(3), ISO code (CCASS Terminal User Guide, report data file layouts).

>>> from rapupload.fieldtypes.registry import validate
>>> [validate("currency", text) for text in ("HKD", "hk$", "人民幣", "US$")]
['HKD', 'HKD', 'CNY', 'USD']
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from rapupload.fieldtypes.code import fold_code, fold_codes, folded
from rapupload.fieldtypes.reading import (
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
    first_of,
    tidied,
    tidy,
    when,
)
from rapupload.model import Text

NAME = "currency"
PLAIN_KINDS = TEXT_ONLY
PROBLEMS: Mapping[str, Problem] = {
    "currency-dollar": Problem(
        Text(
            "{value} alone does not say which currency.",
            "{value} 未能表明是哪種貨幣。",
        ),
        Text("Write HKD, CNY or USD.", "請填 HKD、CNY 或 USD。"),
    ),
    "currency-unknown": Problem(
        Text(
            "{value} is not a currency this program knows.",
            "{value} 並非本程式認識的貨幣。",
        ),
        Text(
            "Write the three letters of the ISO code, such as HKD, CNY or USD.",
            "請填三個字母的 ISO 代碼，例如 HKD、CNY 或 USD。",
        ),
    ),
}
# fmt: off
CODES = (
    "HKD", "CNY", "USD", "EUR", "GBP", "JPY", "SGD", "AUD", "CAD", "CHF", "NZD",
    "TWD", "MOP", "MYR", "THB", "KRW", "PHP", "IDR", "INR", "VND", "DKK", "NOK",
    "SEK", "ZAR",
)
# fmt: on
"""ISO 4217 codes that a cell may hold."""

_OTHER = {
    "HKD": "HK$ HK HK元 H.K.$ 港元 港幣 港币 港紙",
    "CNY": "RMB CNH RMB¥ CN¥ 人民幣 人民币",
    "USD": "US$ US U.S.$ 美元 美金 美圓",
    "EUR": "€ 歐元 欧元",
    "GBP": "£ 英鎊 英镑",
    "JPY": "日圓 日元 日圆",
}
_SPELLINGS = fold_codes(
    {code: code for code in CODES}
    | {spelling: code for code, text in _OTHER.items() for spelling in text.split()}
)
_SPELLING = pl.field("spelling")
_SEVERAL_MEANINGS = [fold_code(sign) for sign in ("$", "元", "圓", "蚊", "¥", "dollar")]


def plain(_shape: Shape) -> str:
    """Return the regular expression of the ISO codes."""
    return f"^(?:{'|'.join(CODES)})$"


def read(text: pl.Expr, kind: pl.Expr, _shape: Shape) -> Reading:
    """Read ISO codes, and the names and signs that mean one currency only."""
    return (
        Steps.begin(text, kind, tidy(TEXT))
        .then(spelling=folded(TEXT))
        .then(
            value=_SPELLING.replace_strict(
                _SPELLINGS, default=None, return_dtype=pl.String
            )
        )
        .settle(
            problem=first_of(
                cell_problem(TEXT_OR_NUMBER),
                when(_SPELLING.is_in(_SEVERAL_MEANINGS), "currency-dollar"),
            ),
            otherwise="currency-unknown",
            cleaned=first_of(when(VALUE != TIDY, "value-understood"), tidied(TIDY)),
        )
    )


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Return the codes as they are: they stay text."""
    return value


def dtype(_shape: Shape) -> pl.DataType:
    """Return text."""
    return pl.String()
