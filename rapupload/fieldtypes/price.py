"""Price of one share or unit, with exactly the decimals of its picture; never rounded.

A currency beside the figure is left out, since the currency has its own column.
Source: 9(5)V9(3) (CCASS Terminal User Guide, report data file layouts); four decimals
without a picture are assumed.

>>> from rapupload.fieldtypes.registry import validate
>>> shape = Shape(length=9, decimals=4)
>>> [validate("price", text, shape=shape) for text in ("41.25", "HKD 1,234.5")]
['41.2500', '1234.5000']
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from rapupload.fieldtypes.figures import (
    decimal_dtype,
    decimal_problems,
    plain_decimal,
    read_decimal,
    typed_decimal,
)
from rapupload.fieldtypes.reading import TEXT_OR_NUMBER, Problem, Reading, Shape

NAME = "price"
PLAIN_KINDS = TEXT_OR_NUMBER
PROBLEMS: Mapping[str, Problem] = decimal_problems(NAME, example="41.2500")
_WITHOUT_PICTURE = 4


def _decimals(shape: Shape) -> int:
    unknown = shape.length is None and not shape.decimals
    return _WITHOUT_PICTURE if unknown else shape.decimals


def plain(shape: Shape) -> str:
    """Return the regular expression of digits, a point and all the decimals."""
    return plain_decimal(shape, _decimals(shape))


def read(text: pl.Expr, kind: pl.Expr, shape: Shape) -> Reading:
    """Read figures with thousands separators or a currency, and fill the decimals."""
    return read_decimal(NAME, text, kind, shape, _decimals(shape))


def typed(value: pl.Expr, shape: Shape) -> pl.Expr:
    """Turn canonical text into an exact decimal."""
    return typed_decimal(value, _decimals(shape))


def dtype(shape: Shape) -> pl.DataType:
    """Return the decimal type."""
    return decimal_dtype(_decimals(shape))
