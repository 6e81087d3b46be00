"""Field types by the name that spec files use; each is imported when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import cast

import polars as pl

from rapupload.fieldtypes.reading import KIND_PROBLEMS, FieldType, Problem, Shape
from rapupload.table import CellKind

NAMES: frozenset[str] = frozenset(
    {
        "account",
        "announcement-no",
        "code",
        "country",
        "currency",
        "date",
        "date-time",
        "designated-bank",
        "email",
        "identity-document",
        "isin",
        "market",
        "money",
        "name",
        "option-no",
        "participant-id",
        "phone",
        "price",
        "quantity",
        "reference",
        "resolution-no",
        "stock-code",
        "text",
        "time",
        "yes-no",
    }
)


@cache
def field_type(name: str) -> FieldType:
    """Return the module of a field type.

    Raises:
        KeyError: No field type has this name.
    """
    if name not in NAMES:
        raise KeyError(name)
    module = import_module(f"rapupload.fieldtypes.{name.replace('-', '_')}")
    return cast("FieldType", module)


def problems() -> Mapping[str, Problem]:
    """Return every finding code that reading a cell can raise, with its words."""
    found = dict(KIND_PROBLEMS)
    for name in sorted(NAMES):
        found.update(field_type(name).PROBLEMS)
    return found


def odd_characters(name: str, text: pl.Expr, shape: Shape) -> pl.Expr:
    """Return the characters that cannot be sent, as ``{characters}`` of a message.

    Null for a field type whose messages do not name any.
    """
    found = getattr(field_type(name), "odd_characters", None)
    return pl.lit(None, dtype=pl.String) if found is None else found(text, shape)


def validate(
    name: str,
    text: str | None,
    kind: CellKind = CellKind.TEXT,
    shape: Shape | None = None,
) -> str | None:
    """Return the canonical text of one cell.

    Raises:
        ValueError: The cell cannot be read; the message is the finding code.
    """
    reading = field_type(name).read(pl.col("text"), pl.col("kind"), shape or Shape())
    frame = pl.DataFrame(
        {"text": [text], "kind": [int(kind)]},
        schema={"text": pl.String, "kind": pl.UInt8},
    )
    value, problem, _ = reading.answers(frame).row(0)
    if problem is not None:
        raise ValueError(problem)
    return cast("str | None", value)
