"""Columns whose dates prove both orders: 24/11/2026 and 11/25/2026.

Each of these has one reading and is taken; one that has two is refused wherever it
stands. Yet two orders in one column come of two systems, or of a slip, and are told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from rapupload.spec.format import BatchSpec, Column
from rapupload.table import Table
from rapupload.validation.codes import ENGINE_CODES
from rapupload.validation.findings import MASK, empty, one
from rapupload.validation.shape import place_of

CODE = "date-orders-mixed"
_DATES = {"date", "date-time"}
_WRITTEN = r"^\s*([0-9]{1,2})[-/.]([0-9]{1,2})[-/.][0-9]{2,4}(?:[^0-9]|$)"
_MONTHS = 12
_DAYS = 31


def find_mixed_orders(
    table: Table, spec: BatchSpec, positions: Mapping[str, int]
) -> pl.DataFrame:
    """Return a note for each column of dates in which day and month change places.

    Args:
        table: The cells as they are in the sheet.
        spec: The columns.
        positions: Frame column of each column of the spec.
    """
    dates = (column for column in spec.column if column.type in _DATES)
    known = (column for column in dates if column.name in positions)
    found = (
        note
        for column in known
        for note in _notes(table, column, positions[column.name])
    )
    return pl.concat([empty(), *found])


def _notes(table: Table, column: Column, position: int) -> Iterator[pl.DataFrame]:
    text = pl.col(f"c{position}")
    first, second = (text.str.extract(_WRITTEN, part).cast(pl.UInt8) for part in (1, 2))
    cells = table.frame.select(
        text=text, place=place_of(table, position), first=first, second=second
    )
    day_first = cells.filter(_is_proven("first", "second"))
    month_first = cells.filter(_is_proven("second", "first"))
    if day_first.is_empty() or month_first.is_empty():
        return
    examples = (cells_["text"][0] for cells_ in (day_first, month_first))
    names = ("day-first", "month-first")
    words = {
        name: MASK if column.personal else text
        for name, text in zip(names, examples, strict=True)
    }
    code = ENGINE_CODES[CODE]
    place = month_first["place"][0]
    yield one(CODE, code.severity, code.scope, words, position=place)


def _is_proven(day: str, month: str) -> pl.Expr:
    return pl.col(day).is_between(_MONTHS + 1, _DAYS) & (pl.col(month) <= _MONTHS)
