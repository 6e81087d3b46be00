"""Number of a CCASS announcement: ``A`` and eight digits.

Source: nine characters starting with A (a vendor's manual of corporate-action
functions; other numbers that CCASS gives out have the same form); assumed until HKEX's
own document is in hand.

>>> from rapupload.fieldtypes.registry import validate
>>> [validate("announcement-no", text) for text in ("a26001234", "A-26001234")]
['A26001234', 'A26001234']
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

NAME = "announcement-no"
PLAIN_KINDS = TEXT_ONLY
PROBLEMS: Mapping[str, Problem] = {
    "announcement-no-form": Problem(
        Text(
            "{value} is not the number of a CCASS announcement.",
            "{value} 並非中央結算系統公布編號。",
        ),
        Text(
            "It is the letter A and eight digits, such as A26001234; the issuer's own "
            "number does not do.",
            "編號為字母 A 加八位數字，例如 A26001234；發行人本身的編號不適用。",
        ),
    ),
}


def plain(_shape: Shape) -> str:
    """Return the regular expression of A and eight digits."""
    return "^A[0-9]{8}$"


def read(text: pl.Expr, kind: pl.Expr, _shape: Shape) -> Reading:
    """Read numbers with a small letter, or with a hyphen or blank behind the letter."""
    return (
        Steps.begin(text, kind, tidy(TEXT))
        .then(value="A" + TIDY.str.extract("^[Aa][- ]?([0-9]{8})$", 1))
        .settle(
            problem=cell_problem(TEXT_OR_NUMBER),
            otherwise="announcement-no-form",
            cleaned=first_of(when(VALUE != TIDY, "value-understood"), tidied(TIDY)),
        )
    )


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Return the numbers as they are: they stay text."""
    return value


def dtype(_shape: Shape) -> pl.DataType:
    """Return text."""
    return pl.String()
