"""Market code: HKMK Hong Kong, MAMK Shanghai and SZMK Shenzhen Northbound, GLOB all.

GLOB can be read; that it never stands on an instruction is for the rules to say.
Source: CCASS Terminal User Guide, X(4).

>>> from rapupload.fieldtypes.registry import validate
>>> [validate("market", text) for text in ("HKMK", "szmk")]
['HKMK', 'SZMK']
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

NAME = "market"
PLAIN_KINDS = TEXT_ONLY
PROBLEMS: Mapping[str, Problem] = {
    "market-unknown": Problem(
        Text("{value} is not a market code.", "{value} 並非市場代號。"),
        Text(
            "Write HKMK for Hong Kong, MAMK for Shanghai or SZMK for Shenzhen.",
            "香港填 HKMK，上海填 MAMK，深圳填 SZMK。",
        ),
    ),
}
_CAPITALS = pl.field("capitals")
CODES = ("HKMK", "MAMK", "SZMK", "GLOB")


def plain(_shape: Shape) -> str:
    """Return the regular expression of the market codes."""
    return f"^(?:{'|'.join(CODES)})$"


def read(text: pl.Expr, kind: pl.Expr, _shape: Shape) -> Reading:
    """Read market codes in capitals or small letters."""
    return (
        Steps.begin(text, kind, tidy(TEXT))
        .then(capitals=TIDY.str.to_uppercase())
        .then(value=pl.when(_CAPITALS.is_in(CODES)).then(_CAPITALS))
        .settle(
            problem=cell_problem(TEXT_OR_NUMBER),
            otherwise="market-unknown",
            cleaned=first_of(when(VALUE != TIDY, "value-understood"), tidied(TIDY)),
        )
    )


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Return the codes as they are: they stay text."""
    return value


def dtype(_shape: Shape) -> pl.DataType:
    """Return text."""
    return pl.String()
