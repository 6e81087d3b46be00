"""The careful reader: openpyxl, read-only and bounded, for sheets that are not plain.

Slower by an order of magnitude, flat in memory but for the result, and the reference
that the fast reader is held to.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from rapupload.sources.cells import convert
from rapupload.sources.formats import Form
from rapupload.sources.grid import Grid
from rapupload.sources.layout import SheetNotes, stream_notes
from rapupload.sources.limits import Limits
from rapupload.sources.shape import SheetCells, SheetPart
from rapupload.sources.workbook import Workbook
from rapupload.table import CellKind

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
Cell = tuple[int, int, str, CellKind, Form]


class CarefulReader:
    """Read any sheet that openpyxl can read."""

    def read(self, book: Workbook, sheet: SheetPart, limits: Limits) -> SheetCells:
        """Return the cells of a sheet."""
        notes = stream_notes(book, sheet)
        grid = Grid(limits)
        for row, column, text, kind, form in _cells(book, sheet, notes):
            grid.add(row, column, kind, text, form)
        return grid.finish(notes.layout)


def _cells(book: Workbook, sheet: SheetPart, notes: SheetNotes) -> Iterator[Cell]:
    for (row, column), formula in sorted(notes.formulas.items()):
        kind, text = convert(Form.FORMULA, formula)
        yield row, column, text, kind, Form.FORMULA
    for cell in _stored_cells(book, sheet):
        place = (cell.row, cell.column - 1)
        if place in notes.formulas:
            continue
        form, raw = _form_and_text(cell, book)
        if not raw:
            continue
        kind, text = convert(form, raw, is_1904=book.is_1904)
        yield *place, text, kind, form


def _stored_cells(book: Workbook, sheet: SheetPart) -> Iterator[Any]:
    """Yield openpyxl's cells that have a value, numbers as they are stored."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that do not matter
        try:
            loaded = openpyxl.load_workbook(
                io.BytesIO(book.raw), read_only=True, data_only=True, keep_links=False
            )
            # dates stay serial numbers: turning them into text is done in one place
            loaded._date_formats = loaded._timedelta_formats = set()  # noqa: SLF001
            worksheet = loaded[sheet.name]
            worksheet.reset_dimensions()
            yield from _filled(worksheet.iter_rows())
        except InvalidFileException as error:
            raise ValueError("openpyxl refuses the file") from error


def _filled(rows: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
    for row in rows:
        for cell in row:
            if cell.value is not None and cell.value != "":
                yield cell


def _form_and_text(cell: Any, book: Workbook) -> tuple[Form, str]:
    value = cell.value
    if isinstance(value, bool):
        return Form.BOOLEAN, "1" if value else "0"
    if isinstance(value, int | float):
        return book.form(cell._style_id or 0), repr(value)  # noqa: SLF001
    if isinstance(value, dt.datetime | dt.date | dt.time):  # stored as ISO 8601 text
        return Form.DATE, repr(_serial(value, is_1904=book.is_1904))
    form = Form.ERROR if cell.data_type == "e" else Form.TEXT
    return form, _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), str(value))


def _serial(value: dt.datetime | dt.date | dt.time, *, is_1904: bool) -> float:
    epoch = dt.datetime(1904, 1, 1) if is_1904 else dt.datetime(1899, 12, 30)  # noqa: DTZ001
    if isinstance(value, dt.time):
        value = dt.datetime.combine(epoch.date(), value)
    elif not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time())
    return (value.replace(tzinfo=None) - epoch) / dt.timedelta(days=1)
