"""Asking a field type about single cells, for the tables of these tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

import polars as pl
import pytest

from rapupload.fieldtypes import Shape, field_type
from rapupload.table import CellKind


class Answer(NamedTuple):
    """What a field type says about one cell."""

    value: str | None
    problem: str | None
    cleaned: str | None


def ask(
    name: str,
    text: str | None,
    kind: CellKind = CellKind.TEXT,
    shape: Shape | None = None,
) -> Answer:
    """Read one cell."""
    frame = pl.DataFrame(
        {"text": [text], "kind": [int(kind)]},
        schema={"text": pl.String, "kind": pl.UInt8},
    )
    reading = field_type(name).read(pl.col("text"), pl.col("kind"), shape or Shape())
    return Answer(*reading.answers(frame).row(0))


def is_plain(name: str, text: str, shape: Shape | None = None) -> bool:
    """Tell whether the quick way takes this text as canonical."""
    pattern = field_type(name).plain(shape or Shape())
    return cast("bool", pl.Series([text]).str.contains(pattern).item())


def rows(
    table: Mapping[str, tuple[Any, ...]], names: tuple[str, ...]
) -> pytest.MarkDecorator:
    """Turn a table, named row by row, into cases of one test."""
    return pytest.mark.parametrize(names, list(table.values()), ids=list(table))
