"""ID of a designated bank of CCASS: ``BNK`` and the three digits of its bank code.

A bank code alone is asked about: 12 may be 012 with its zero lost. The name of a RAP
account (``CBNK012001``) holds the bank code and a serial number, and is not the ID.
Source: BNK999 in the names of report files (RAP user guide); that the three digits are
the clearing code of the bank, and that a cell may carry a name behind, is assumed.

>>> from rapupload.fieldtypes.registry import validate
>>> [validate("designated-bank", text) for text in ("bnk-012", "BNK012 ABC BANK")]
['BNK012', 'BNK012']
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

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

NAME = "designated-bank"
PLAIN_KINDS = TEXT_ONLY
PROBLEMS: Mapping[str, Problem] = {
    "designated-bank-number": Problem(
        Text(
            "{value} is a number, not the ID of a designated bank.",
            "{value} 只是數字，並非指定銀行編號。",
        ),
        Text(
            "Write BNK and the three digits of the bank code, zeros in front included, "
            "such as BNK012.",
            "請填 BNK 加三位銀行代號，包括前面的零，例如 BNK012。",
        ),
    ),
    "designated-bank-form": Problem(
        Text(
            "{value} is not the ID of a designated bank.", "{value} 並非指定銀行編號。"
        ),
        Text(
            "It is BNK and three digits, such as BNK012; the name of a RAP account and "
            "a SWIFT BIC do not do.",
            "編號為 BNK 加三位數字，例如 BNK012；RAP 帳戶名稱及 SWIFT 銀行代碼均不適用。",
        ),
    ),
}
_WRITTEN = "(?i)^bnk[- ]?([0-9]{3})(?:[ ,:;(/-]+[^0-9]*)?$"
_NUMBER = "^[0-9]+$"


def plain(_shape: Shape) -> str:
    """Return the regular expression of an ID in capitals."""
    return "^BNK[0-9]{3}$"


def read(text: pl.Expr, kind: pl.Expr, _shape: Shape) -> Reading:
    """Read IDs, also with a hyphen and with the name (without digits) behind."""
    return (
        Steps.begin(text, kind, tidy(TEXT))
        .then(value="BNK" + TIDY.str.extract(_WRITTEN, 1))
        .settle(
            problem=first_of(
                cell_problem(TEXT_OR_NUMBER),
                when(TIDY.str.contains(_NUMBER), "designated-bank-number"),
            ),
            otherwise="designated-bank-form",
            cleaned=first_of(when(VALUE != TIDY, "value-understood"), tidied(TIDY)),
        )
    )


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Return the IDs as they are: they stay text."""
    return value


def dtype(_shape: Shape) -> pl.DataType:
    """Return text."""
    return pl.String()
