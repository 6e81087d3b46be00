"""Rows that a spec or a mapping says are no instructions: counted, named, left out."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from rapupload.fieldtypes.code import fold_code
from rapupload.shaping.sheet import Sheet, fold, listed
from rapupload.spec.format import IgnoredRows
from rapupload.spec.headings import normalise
from rapupload.table import ROW


def ignore_rows(
    sheet: Sheet, tables: Iterable[IgnoredRows], *, by_mapping: bool
) -> None:
    """Leave out rows whose cell holds one of the words, and say so once per reason.

    Args:
        sheet: Changed in place.
        tables: Of the spec, or of the mapping.
        by_mapping: A mapping may name a heading of the sheet in place of a column, and
            a column that it counts on must be there: the rows would go otherwise.
    """
    for table in tables:
        number = _number(sheet, table.column, by_mapping=by_mapping)
        if number is None:
            if by_mapping:
                words = {"heading": table.column, "reason": table.reason}
                sheet.say("ignored-column-missing", words)
            continue
        words_ = {fold_code(value) for value in table.values}
        said = fold(sheet.cells_at(number))
        rows = sheet.frame.filter(said.is_in(words_).fill_null(value=False))[ROW]
        if not rows.len():
            continue
        sheet.leave_out(rows, table.reason)
        sheet.say(
            "rows-ignored",
            {"count": rows.len(), "reason": table.reason, "rows": listed(rows)},
            position=number,
        )


def _number(sheet: Sheet, name: str, *, by_mapping: bool) -> int | None:
    if name in sheet.columns:
        return sheet.columns[name]
    if not by_mapping:
        return None
    wanted = normalise(name)
    return next(
        (h.position for h in sheet.headers if normalise(h.text) == wanted), None
    )


def any_ignored(frame: pl.DataFrame, number: int, values: Iterable[str]) -> bool:
    """Tell whether a column holds one of the words; quick where it does not."""
    words = {fold_code(value) for value in values}
    spellings = frame.select(text=pl.col(f"c{number}").unique())
    return bool(fold(spellings).is_in(words).any())
