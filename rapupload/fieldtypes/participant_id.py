"""ID of a CCASS participant: a letter and five digits, or BNK and three digits.

The letter says what kind of participant: A, B, C and P occur in HKEX's documents; I for
an investor participant is a guess. Who may stand where is for the rules to say. An
Exchange broker number (four digits) is another number of the same firm and cannot be
turned into this one.
Source: X(6), CCASS Terminal User Guide; RAP user guide (B01234).

>>> from rapupload.fieldtypes.registry import validate
>>> [validate("participant-id", text) for text in ("b01234", "B01234 ABC SECURITIES")]
['B01234', 'B01234']
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

NAME = "participant-id"
PLAIN_KINDS = TEXT_ONLY
PROBLEMS: Mapping[str, Problem] = {
    "participant-id-number": Problem(
        Text(
            "{value} is not a CCASS ID; it may be an Exchange broker number.",
            "{value} 並非中央結算系統參與者編號，或屬交易所經紀代號。",
        ),
        Text(
            "An Exchange broker number is not a CCASS ID. Ask for the six-character "
            "CCASS ID, such as B01234.",
            "交易所經紀代號並非中央結算系統參與者編號，請查詢六個字元的編號，例如 "
            "B01234。",
        ),
    ),
    "participant-id-bic": Problem(
        Text(
            "{value} looks like a SWIFT BIC, not like a CCASS ID.",
            "{value} 似為 SWIFT 銀行代碼，並非中央結算系統參與者編號。",
        ),
        Text(
            "One BIC may stand for several CCASS IDs. Ask for the six-character CCASS "
            "ID, such as C00019.",
            "一個銀行代碼可對應多個參與者編號，請查詢六個字元的編號，例如 C00019。",
        ),
    ),
    "participant-id-form": Problem(
        Text("{value} is not a CCASS ID.", "{value} 並非中央結算系統參與者編號。"),
        Text(
            "It is a letter (A, B, C, P or I) and five digits, such as B01234; a bank "
            "has BNK and three digits.",
            "編號為一個字母（A、B、C、P 或 I）加五位數字，例如 B01234；銀行為 BNK 加三"
            "位數字。",
        ),
    ),
}
_NAME_BEHIND = "(?:[ ,:;(/-]+[^0-9]*)?"
_LETTER_AND_DIGITS = rf"(?i)^([abcpi][- ]?[0-9]{{5}}|bnk[- ]?[0-9]{{3}}){_NAME_BEHIND}$"
_BROKER_NUMBER = "(?i)^[abcpi]?[- ]?[0-9]{1,5}$"
_BIC = "(?i)^[a-z]{6}[a-z0-9]{2}(?:[a-z0-9]{3})?$"


def plain(_shape: Shape) -> str:
    """Return the regular expression of an ID in capitals."""
    return "^(?:[ABCPI][0-9]{5}|BNK[0-9]{3})$"


def read(text: pl.Expr, kind: pl.Expr, _shape: Shape) -> Reading:
    """Read IDs, also with a hyphen and with the name (without digits) behind."""
    return (
        Steps.begin(text, kind, tidy(TEXT))
        .then(found=TIDY.str.extract(_LETTER_AND_DIGITS, 1))
        .then(
            value=pl.field("found")
            .str.to_uppercase()
            .str.replace_many(["-", " "], [""])
        )
        .settle(
            problem=first_of(
                cell_problem(TEXT_OR_NUMBER),
                when(
                    VALUE.is_null() & TIDY.str.contains(_BROKER_NUMBER),
                    "participant-id-number",
                ),
                when(TIDY.str.contains(_BIC), "participant-id-bic"),
            ),
            otherwise="participant-id-form",
            cleaned=first_of(when(VALUE != TIDY, "value-understood"), tidied(TIDY)),
        )
    )


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Return the IDs as they are: they stay text."""
    return value


def dtype(_shape: Shape) -> pl.DataType:
    """Return text."""
    return pl.String()
