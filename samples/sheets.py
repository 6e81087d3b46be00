"""A sheet as a desk fills it, and its two files: a workbook, and the CSV of it.

The CSV is what Excel saves as "CSV UTF-8": a byte order mark, CR LF, every cell as it
is shown, each line as wide as the sheet.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import xlsxwriter

DAY = "yyyy-mm-dd"
SHORT_DAY = "d-mmm-yy"
MOMENT = "yyyy-mm-dd hh:mm"
WHOLE = "#,##0"
MONEY = "#,##0.00"
PRICE = "0.000"
TEXT = "@"


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell with a number format of its own."""

    value: float | dt.date
    format: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and what it last came to; an empty result was never worked out."""

    text: str
    result: str | int = ""


Cell = str | int | float | Decimal | bool | dt.date | Shown | Formula | None
Row = Sequence[Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: heading, width in characters, number format of its cells."""

    heading: str
    width: float = 10
    format: str = "General"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet: titles above, headings, rows, perhaps a total below.

    Attributes:
        total: A row right below the data.
        hidden_rows: Indexes into ``rows``.
        hidden_columns: Headings.
        merged: Heading, first and last index into ``rows``.
        stray: Cells beside the table: index into ``rows``, column index, text.
    """

    name: str
    titles: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[str, ...] = ()
    merged: tuple[tuple[str, int, int], ...] = ()
    stray: tuple[tuple[int, int, str], ...] = ()

    @property
    def heading_row(self) -> int:
        """Return the index of the row of headings; one blank row is above it."""
        return len(self.titles) + 1 if self.titles else 0

    @property
    def first_row(self) -> int:
        """Return the index of the first row of data."""
        return self.heading_row + 1

    def place(self, heading: str) -> int:
        """Return the index of a column."""
        return [column.heading for column in self.columns].index(heading)


def write_workbook(path: Path, sheets: Sequence[Sheet], made: dt.datetime) -> None:
    """Write a workbook; the same sheets and instant always give the same content.

    Args:
        path: File to write.
        sheets: The first one is shown when the workbook is opened.
        made: What the workbook says about its making.
    """
    with xlsxwriter.Workbook(path, {"default_date_format": DAY}) as book:
        book.set_properties({"author": "samples", "created": made.replace(tzinfo=None)})
        for sheet in sheets:
            _Writer(book, sheet).write()


class _Writer:
    """Writes one sheet of a workbook."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: Sheet) -> None:
        self._book = book
        self._sheet = sheet
        self._page = book.add_worksheet(sheet.name)

    def write(self) -> None:
        sheet, page = self._sheet, self._page
        self._format_columns()
        for number, title in enumerate(sheet.titles):
            page.write_string(number, 0, title, self._look(bold=True, size=13))
        head = self._look(bold=True, bg_color="#DDEBF7", border=1, text_wrap=True)
        for number, column in enumerate(sheet.columns):
            page.write_string(sheet.heading_row, number, column.heading, head)
        for number, row in enumerate(sheet.rows):
            self._row(sheet.first_row + number, row)
        if sheet.total is not None:
            self._row(sheet.first_row + len(sheet.rows), sheet.total, bold=True)
        for number in sheet.hidden_rows:
            page.set_row(sheet.first_row + number, None, None, {"hidden": True})
        for below, place, text in sheet.stray:
            page.write_string(sheet.first_row + below, place, text)
        self._merge()
        page.freeze_panes(sheet.first_row, 1)
        page.autofilter(
            sheet.heading_row,
            0,
            sheet.heading_row + len(sheet.rows),
            len(sheet.columns) - 1,
        )

    def _look(self, **more: object) -> object:
        size = more.pop("size", 11)
        return self._book.add_format({"font_size": size, **more})

    def _format_columns(self) -> None:
        for number, column in enumerate(self._sheet.columns):
            hidden = column.heading in self._sheet.hidden_columns
            look = self._look(num_format=column.format)
            self._page.set_column(
                number, number, column.width, look, {"hidden": hidden}
            )

    def _row(self, number: int, row: Row, *, bold: bool = False) -> None:
        for place, cell in enumerate(row):
            if cell is not None:
                shown = self._sheet.columns[place].format
                self._cell(number, place, cell, shown, bold=bold)

    def _cell(
        self, row: int, place: int, cell: Cell, shown: str, *, bold: bool
    ) -> None:
        if isinstance(cell, Shown):
            self._cell(row, place, cell.value, cell.format, bold=bold)
            return
        look = self._look(num_format=shown, bold=bold)
        page = self._page
        match cell:
            case bool():
                page.write_boolean(row, place, cell, look)
            case str():
                page.write_string(row, place, cell, look)
            case dt.date():
                page.write_datetime(row, place, cell, look)
            case Formula():
                page.write_formula(row, place, cell.text, look, cell.result)
            case Decimal() | int() | float():
                page.write_number(row, place, float(cell), look)

    def _merge(self) -> None:
        sheet = self._sheet
        for heading, first, last in sheet.merged:
            place = sheet.place(heading)
            value = sheet.rows[first][place]
            top, bottom = sheet.first_row + first, sheet.first_row + last
            look = self._look(valign="vcenter")
            self._page.merge_range(top, place, bottom, place, value, look)


def csv_text(sheet: Sheet) -> str:
    """Return the sheet as Excel would save it as text."""
    width = len(sheet.columns)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    for line in _lines(sheet):
        writer.writerow([*line, *[""] * (width - len(line))])
    return buffer.getvalue()


def _lines(sheet: Sheet) -> Iterator[list[str]]:
    for title in sheet.titles:
        yield [title]
    if sheet.titles:
        yield []
    yield [column.heading for column in sheet.columns]
    rows = [*sheet.rows, *([sheet.total] if sheet.total else [])]
    for row in rows:
        yield [
            shown(cell, column.format)
            for cell, column in zip(row, sheet.columns, strict=True)
        ]


def shown(cell: Cell, number_format: str) -> str:
    """Return a cell as Excel shows it, in the few formats used here.

    >>> shown(10000, WHOLE), shown(Decimal("4012345.6"), MONEY), shown(700, "General")
    ('10,000', '4,012,345.60', '700')
    >>> shown(dt.date(2027, 1, 5), SHORT_DAY), shown(dt.date(2027, 1, 5), DAY)
    ('5-Jan-27', '2027-01-05')
    """
    match cell:
        case None:
            return ""
        case Shown():
            return shown(cell.value, cell.format)
        case Formula():
            return shown(cell.result, number_format)
        case str():
            return cell
        case dt.date():
            return _shown_date(cell, number_format)
    written = {WHOLE: ",.0f", MONEY: ",.2f", PRICE: ".3f"}
    return format(cell, written.get(number_format, ""))


def _shown_date(day: dt.date, number_format: str) -> str:
    if number_format == SHORT_DAY:
        return f"{day.day}-{day:%b-%y}"
    return f"{day:%Y-%m-%d %H:%M}" if number_format == MOMENT else f"{day:%Y-%m-%d}"
