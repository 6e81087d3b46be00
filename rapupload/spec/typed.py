"""Canonical text columns -> the types that rules see."""

from __future__ import annotations

import polars as pl

from rapupload.spec.columns import shape_of, type_of
from rapupload.spec.format import BatchSpec


def typed_frame(frame: pl.DataFrame, spec: BatchSpec) -> pl.DataFrame:
    """Return the spec's columns that the frame has, typed; other columns are dropped."""
    return frame.select(
        type_of(column)
        .typed(pl.col(column.sql_name), shape_of(column))
        .cast(type_of(column).dtype(shape_of(column)))
        .alias(column.sql_name)
        for column in spec.column
        if column.sql_name in frame.columns
    )
