"""Our own reference: kept exactly, in capitals or small letters as given.

Letters, digits and ``/-?:().,'+`` with blanks inside; no slash in front and none
doubled, since both have a meaning in SWIFT messages. The wider set ``ascii`` is
narrowed to this one.
Source: ISO 15022, field 20C, 16x without leading or double slash; that HKEX's file
takes the same is assumed.

>>> from rapupload.fieldtypes.registry import validate
>>> [validate("reference", text) for text in ("SI27010500012", " loan/7-b ")]
['SI27010500012', 'loan/7-b']
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from rapupload.fieldtypes import text as free_text
from rapupload.fieldtypes.reading import (
    TEXT_OR_NUMBER,
    VALUE,
    Problem,
    Reading,
    Shape,
    cell_problem,
    exponent_shown,
    when,
)
from rapupload.model import Text

NAME = "reference"
PLAIN_KINDS = TEXT_OR_NUMBER
PROBLEMS: Mapping[str, Problem] = {
    **free_text.PROBLEMS,
    "reference-slash": Problem(
        Text(
            "{value} begins with a slash or has two in a row.",
            "{value} 以斜線開頭或有連續兩個斜線。",
        ),
        Text(
            "Leave that slash out, here and in your own books.",
            "請在此處及本身紀錄內刪去該斜線。",
        ),
    ),
}
_PLAIN = r"[A-Za-z0-9\-:().,']"


def plain(shape: Shape) -> str:
    """Return the expression of references without slash, plus, blank and ``?``."""
    return f"^{_PLAIN}{{1,{shape.length or ''}}}$"


def read(text: pl.Expr, kind: pl.Expr, shape: Shape) -> Reading:
    """Read references as they are given, without the blanks around them."""
    return free_text.read_text(
        text,
        kind,
        _narrowed(shape),
        cell_problem(TEXT_OR_NUMBER),
        exponent_shown(),
        when(VALUE.str.contains("^/|//"), "reference-slash"),
    )


def odd_characters(text: pl.Expr, shape: Shape) -> pl.Expr:
    """Return the characters that cannot be sent."""
    return free_text.odd_characters(text, _narrowed(shape))


def _narrowed(shape: Shape) -> Shape:
    return replace(shape, characters="reference")


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Return the references as they are: they stay text."""
    return value


def dtype(_shape: Shape) -> pl.DataType:
    """Return text."""
    return pl.String()
