"""An .xlsx with the same rows, for the sources that cannot carry marks themselves.

Cells stay what they are: text is text whatever it looks like, and a number, date, error
or formula without a value is read again as the same. Nothing of the source becomes a
formula; one without a saved value becomes an empty formula of ours.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from rapupload.errors import SourceError, UsageError
from rapupload.sources import stamp
from rapupload.sources.cells import GENERAL_LARGE, GENERAL_SMALL, LONG, render_number
from rapupload.sources.delimited import DELIMITERS, head_rows
from rapupload.sources.encoding import require_utf8, to_utf8
from rapupload.sources.limits import Limits
from rapupload.sources.shape import SheetCells, SheetReader
from rapupload.sources.workbook import column_letters
from rapupload.table import CellKind

_MOST_CELLS: Final = 3_000_000
_LONGEST: Final = 32_767  # characters in a cell of an .xlsx
_CUT: Final = " ... (cut short)"
_FORBIDDEN: Final = dict.fromkeys(map(ord, "[]:*?/\\'"), "_")
_EPOCH: Final = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no time zone
_FIRST_DAY: Final = dt.datetime(1900, 1, 1)  # noqa: DTZ001
_AFTER_LEAP_BUG: Final = dt.datetime(1900, 3, 1)  # noqa: DTZ001
_FIRST_1904: Final = dt.datetime(1904, 1, 1)  # noqa: DTZ001
_ERRORS: Final = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!"}
)
_FORMATS: Final = {
    CellKind.TEXT: "@",
    CellKind.NUMBER: "General",
    CellKind.NUMBER_LONG: "0",
    CellKind.NUMBER_SCIENTIFIC: "0.00E+00",
    CellKind.NUMBER_PERCENT: "0.00%",
    CellKind.DATE: "yyyy-mm-dd",
    CellKind.DATETIME: "yyyy-mm-dd hh:mm:ss",
    CellKind.TIME: "hh:mm:ss",
    CellKind.BOOLEAN: "General",
    CellKind.ERROR: "General",
    CellKind.FORMULA: "General",
}
_FIGURES: Final = frozenset(
    {CellKind.NUMBER, CellKind.NUMBER_SCIENTIFIC, CellKind.NUMBER_PERCENT}
)
_ODD_FORMATS: Final = {"zeros-shown": "00000", "scaled-numbers": "#,##0,"}


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy, the sheet to mark in it, what it lost, and ranges still to be merged."""

    raw: bytes
    sheet: str
    notes: tuple[str, ...]
    merged: Mapping[str, Sequence[str]] = field(default_factory=dict)


_VALUES_ONLY: Final = (
    "This copy holds the values of your file; its formats and formulas are not copied."
    " 此副本只有原檔的數值，格式及公式未有複製。"
)
_CUT_SHORT: Final = (
    "Texts of more than 32,767 characters are cut short in this copy."
    " 超過 32,767 個字元的文字在此副本中被截短。"
)


class _Writer:
    """A workbook being written, with one format for each kind of cell."""

    def __init__(self, *, is_1904: bool = False) -> None:
        self._target = io.BytesIO()
        self.is_1904 = is_1904
        self.book: Any = xlsxwriter.Workbook(
            self._target, {"constant_memory": True, "date_1904": is_1904}
        )
        self._formats: dict[tuple[str, bool], Any] = {}
        self.is_cut = False

    def look(self, number_format: str, *, bold: bool = False) -> Any:
        """Return a format."""
        key = number_format, bold
        if key not in self._formats:
            form = {"num_format": number_format, "bold": bold}
            self._formats[key] = self.book.add_format(form)
        return self._formats[key]

    def text(self, sheet: Any, row: int, column: int, text: str, look: Any) -> None:
        """Write a text as one, whatever it looks like."""
        if len(text) > _LONGEST:  # never so that it could pass for another value
            self.is_cut = True
            text = text[: _LONGEST - len(_CUT)] + _CUT
        sheet.write_string(row, column, text, look)

    def finish(self) -> bytes:
        """Return the workbook."""
        self.book.close()
        return self._target.getvalue()


def copy_text(
    raw: bytes, source: Path, header_row: int, encoding: str | None
) -> Copied:
    """Return a workbook with the records of a text file, all of them text.

    Raises:
        SourceError: The file cannot be read.
        UsageError: It is too large.
    """
    text, _ = to_utf8(raw, source.name, encoding)
    require_utf8(text, source.name)
    delimiter = max(DELIMITERS, key=lambda d: _fields(text, d, header_row))
    writer = _Writer()
    writer.book.set_custom_property(stamp.COPIED_FROM, stamp.TEXT, "text")
    name = source.stem[:31].translate(_FORBIDDEN) or "Data"
    sheet = writer.book.add_worksheet(name)
    sheet.set_column(0, 199, 18, writer.look("@"))
    sheet.freeze_panes(header_row, 0)
    stream = io.StringIO(text.decode("utf-8"), newline="")
    records = csv.reader(stream, delimiter=delimiter, strict=True)
    try:
        _write_records(writer, sheet, records, source, header_row)
    except csv.Error as error:
        raise SourceError(
            f"{source.name} has quotes that do not pair.",
            hint="Mend it in a text editor, or save it as .xlsx.",
        ) from error
    return Copied(writer.finish(), name, (_CUT_SHORT,) if writer.is_cut else ())


def _fields(text: bytes, delimiter: str, header_row: int) -> int:
    rows = head_rows(text, delimiter)
    return max(
        (len(cells) for number, cells in rows if number == header_row), default=0
    )


def _write_records(
    writer: _Writer,
    sheet: Any,
    records: Iterable[list[str]],
    source: Path,
    header_row: int,
) -> None:
    plain, bold = writer.look("@"), writer.look("@", bold=True)
    cells = 0
    for row, record in enumerate(records):
        cells += len(record)
        _check_size(cells, source)
        look = bold if row + 1 == header_row else plain
        for column, text in enumerate(record):
            if text:
                writer.text(sheet, row, column, text, look)


def _check_size(cells: int, source: Path) -> None:
    if cells > _MOST_CELLS:
        raise UsageError(
            f"{source.name} is too large to be annotated.",
            hint="Use --json for the findings, or split the file.",
        )


def copy_workbook(
    reader: SheetReader, source: Path, wanted: str, header_row: int
) -> Copied:
    """Return a workbook with the cells of all sheets of another format.

    Raises:
        SourceError: A sheet cannot be read.
        UsageError: It is too large.
    """
    writer = _Writer(is_1904=reader.is_1904)
    found = reader.stamp
    if found is not None:
        writer.book.set_custom_property(stamp.TYPE, found.type, "text")
        writer.book.set_custom_property(stamp.VERSION, str(found.version), "text")
        writer.book.set_custom_property(stamp.DIGEST, found.digest, "text")
    total, merged = 0, {}
    for part in reader.sheets:
        cells = reader.read(part, Limits())
        total += cells.frame.height * max(len(cells.columns), 1)
        _check_size(total, source)
        sheet = writer.book.add_worksheet(part.name)
        if part.is_hidden:
            sheet.hide()
        if part.name == wanted:
            sheet.activate()
        merged[part.name] = _areas(cells)
        _write_cells(writer, sheet, cells, header_row if part.name == wanted else 0)
    notes = (_VALUES_ONLY, _CUT_SHORT) if writer.is_cut else (_VALUES_ONLY,)
    return Copied(writer.finish(), wanted, notes, merged)


def _write_cells(
    writer: _Writer, sheet: Any, cells: SheetCells, header_row: int
) -> None:
    odd: dict[int, list[str]] = {}
    for column, code in cells.odd:
        odd.setdefault(column, []).append(_ODD_FORMATS[code])
    for column in cells.columns:
        is_hidden = column in cells.layout.hidden_columns
        sheet.set_column(column, column, 16, None, {"hidden": is_hidden})
    if header_row:
        sheet.freeze_panes(header_row, 0)
    columns = [(c, f"c{c}", f"k{c}") for c in cells.columns]
    for values in cells.frame.iter_rows(named=True):
        row = values["row"]
        if row in cells.layout.hidden_rows:
            sheet.set_row(row - 1, None, None, {"hidden": True})
        for column, text, kind in columns:
            if values[text] is None:
                continue
            of_kind = CellKind(values[kind])
            form = _FORMATS[of_kind]
            if of_kind is CellKind.NUMBER:
                form = _next_odd(odd.get(column)) or _plain_format(values[text])
            look = writer.look(form, bold=row == header_row)
            _write_cell(writer, sheet, (row - 1, column), of_kind, values[text], look)


def _next_odd(formats: list[str] | None) -> str:
    """Return the misleading format of a number; of several, each is used once at least."""
    if not formats:
        return ""
    return formats.pop(0) if len(formats) > 1 else formats[0]


def _plain_format(text: str) -> str:
    """Return a format under which a number shows no exponent."""
    size = abs(float(text))
    if size and not GENERAL_SMALL <= size < GENERAL_LARGE:
        return "0.000000000000000" if "." in text else "0"
    return "General"


def _write_cell(
    writer: _Writer,
    sheet: Any,
    place: tuple[int, int],
    kind: CellKind,
    text: str,
    look: Any,
) -> None:
    if kind is CellKind.BOOLEAN:
        sheet.write_boolean(*place, text == "TRUE", look)
    elif kind is CellKind.ERROR:
        error = text if text in _ERRORS else "#VALUE!"
        sheet.write_formula(*place, f"={error}", look, error)
    elif kind is CellKind.FORMULA:
        sheet.write_formula(*place, "=NA()", look, "")
    elif (number := _number(kind, text, is_1904=writer.is_1904)) is not None:
        sheet.write_number(*place, number, look)
    else:
        writer.text(sheet, *place, text, writer.look("@"))


def _number(kind: CellKind, text: str, *, is_1904: bool) -> float | None:
    """Return the number that is read again as this cell, or None for a text."""
    if kind is CellKind.NUMBER_LONG:
        value = float(text)
        if abs(value) < LONG and float(render_number(value)) == value:
            value = math.nextafter(value, math.inf)  # digits beyond the fifteenth
        return value
    if kind in _FIGURES:
        return float(text)
    if kind is CellKind.TIME:
        clock = dt.time.fromisoformat(text)
        return (clock.hour * 3_600 + clock.minute * 60 + clock.second) / 86_400
    if kind in {CellKind.DATE, CellKind.DATETIME}:
        return _serial(dt.datetime.fromisoformat(text), is_1904=is_1904)
    return None


def _serial(moment: dt.datetime, *, is_1904: bool) -> float | None:
    """Return the number of a date, or None before the first that can be stored."""
    first, epoch = (_FIRST_1904,) * 2 if is_1904 else (_FIRST_DAY, _EPOCH)
    if moment < first:
        return None
    days = (moment - epoch) / dt.timedelta(days=1)
    return days - 1 if not is_1904 and moment < _AFTER_LEAP_BUG else days


def _areas(cells: SheetCells) -> Sequence[str]:
    return [
        f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"
        for top, left, bottom, right in cells.layout.merged
    ]
