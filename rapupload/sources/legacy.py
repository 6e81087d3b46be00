"""An opened .xls (Excel 97 to 2003, and older), read by xlrd.

The format holds 65,536 rows at most. xlrd gives the saved value of a formula, but not
that there was none: programs that do not calculate write an empty text instead, which
Excel does only where the result is one. They are told apart by a record that Excel and
LibreOffice leave behind when they have calculated.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final

import olefile
import xlrd
from xlrd.compdoc import CompDocError

from rapupload.errors import SourceError
from rapupload.sources.archive import SAVE_AGAIN
from rapupload.sources.cells import convert
from rapupload.sources.formats import Form, form_of
from rapupload.sources.grid import Grid
from rapupload.sources.headings import HEAD_ROWS, PEEK_ROWS
from rapupload.sources.limits import Limits
from rapupload.sources.shape import HeadRow, Layout, SheetCells, SheetPart, Stamp
from rapupload.sources.stamp import is_copied_text, read_stamp
from rapupload.table import CellKind

_DAMAGE: Final = (
    xlrd.XLRDError,
    CompDocError,
    AssertionError,
    struct.error,
    OSError,
    EOFError,
    ArithmeticError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    RecursionError,
    MemoryError,
)
"""What the two libraries raise over a damaged file."""
_EAST_ASIAN: Final = frozenset({*range(27, 37), *range(50, 59)})
_FORMS: Final = {
    xlrd.XL_CELL_TEXT: Form.TEXT,
    xlrd.XL_CELL_BOOLEAN: Form.BOOLEAN,
    xlrd.XL_CELL_ERROR: Form.ERROR,
}
_FIGURES: Final = frozenset({xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE})
_FORMULA: Final = 0x0006
_CALCULATED: Final = 0x01C1  # RECALCID: which version of Excel calculated last
_BEGIN: Final = 0x0809
_SHEET: Final = 0x0085
_NO_RESULT = re.compile(rb"\x03[^\xff].{4}\xff\xff|\x03\x00{5}\xff\xff", re.DOTALL)


def open_legacy(raw: bytes, file: str) -> LegacyReader:
    """Open an .xls workbook.

    Raises:
        SourceError: Damaged, or another kind of document.
    """
    try:
        with olefile.OleFileIO(raw) as document:
            names = {"/".join(entry).casefold() for entry in document.listdir()}
    except _DAMAGE as error:
        raise _damaged(file) from error
    if not names & {"workbook", "book"}:
        raise SourceError(
            f"{file} is an Office document, but not a workbook.",
            hint="Name the workbook that holds the instructions.",
        )
    try:
        book = xlrd.open_workbook(
            file_contents=raw,
            formatting_info=True,
            on_demand=True,
            ragged_rows=True,
            logfile=io.StringIO(),
        )
    except _DAMAGE as error:
        raise _damaged(file) from error
    return LegacyReader(book, raw, file)


def _damaged(file: str) -> SourceError:
    return SourceError(
        f"{file} is damaged, or is no .xls workbook: it cannot be read.",
        hint=SAVE_AGAIN,
    )


class LegacyReader:
    """A ``SheetReader`` over xlrd."""

    def __init__(self, book: Any, raw: bytes, file: str) -> None:
        self._book = book
        self._raw = raw
        self._file = file

    @cached_property
    def sheets(self) -> tuple[SheetPart, ...]:
        """Return the worksheets; xlrd leaves out charts and macros."""
        return tuple(
            SheetPart(name=name, part=str(index), is_hidden=self._is_hidden(index))
            for index, name in enumerate(self._book.sheet_names())
        )

    def _is_hidden(self, index: int) -> bool:
        return bool(self._book._sheet_visibility[index])  # noqa: SLF001 - else it loads it

    @property
    def is_1904(self) -> bool:
        """Tell whether dates count from 1904."""
        return bool(self._book.datemode)

    @property
    def stamp(self) -> Stamp | None:
        """Return what the template says."""
        return read_stamp(self._properties)

    @property
    def is_copied_text(self) -> bool:
        """Tell whether it is our copy of a text file."""
        return is_copied_text(self._properties)

    @cached_property
    def _properties(self) -> dict[str, object]:
        try:
            with olefile.OleFileIO(self._raw) as document:
                found = document.get_userdefined_properties(
                    "\x05DocumentSummaryInformation"
                )
        except _DAMAGE:  # the cells may be sound none the less
            return {}
        return {
            str(entry["property_name"]): entry["value"]
            .decode("utf-8", "replace")
            .strip("\0")
            if isinstance(entry["value"], bytes)
            else entry["value"]
            for entry in found
        }

    def peek(self, sheet: SheetPart) -> list[HeadRow]:
        """Return the first filled rows."""
        loaded = self._load(sheet)
        rows: list[HeadRow] = []
        for index in range(min(loaded.nrows, PEEK_ROWS)):
            texts = [str(value) for value in loaded.row_values(index) if value != ""]
            if texts:
                rows.append((index + 1, texts))
            if len(rows) >= HEAD_ROWS:
                break
        return rows

    def read(self, sheet: SheetPart, limits: Limits) -> SheetCells:
        """Return all cells of one sheet."""
        loaded = self._load(sheet)
        grid = Grid(limits)
        try:
            for row in range(loaded.nrows):
                for column, kind, text, form in self._cells(loaded, row):
                    grid.add(row + 1, column, kind, text, form)
            for row, column in self._uncalculated.get(int(sheet.part), ()):
                kind, text = convert(Form.FORMULA, "")
                grid.add(row + 1, column, kind, text, Form.FORMULA)
        except _DAMAGE as error:
            raise _damaged(self._file) from error
        return grid.finish(_layout(loaded))

    def _load(self, sheet: SheetPart) -> Any:
        try:
            return self._book.sheet_by_index(int(sheet.part))
        except _DAMAGE as error:
            raise _damaged(self._file) from error

    def _cells(
        self, loaded: Any, row: int
    ) -> Iterator[tuple[int, CellKind, str, Form]]:
        values, styles = loaded.row_values(row), loaded._cell_xf_indexes[row]  # noqa: SLF001
        for column, cell in enumerate(loaded.row_types(row)):
            value = values[column]
            if cell == xlrd.XL_CELL_TEXT:
                if value:
                    yield column, CellKind.TEXT, value, Form.TEXT
            elif cell in _FIGURES:
                form = self._forms[styles[column]]
                kind, text = convert(form, value, is_1904=self.is_1904)
                yield column, kind, text, form
            elif cell == xlrd.XL_CELL_ERROR:
                text = xlrd.error_text_from_code.get(value, "#VALUE!")
                yield column, CellKind.ERROR, text, Form.ERROR
            elif cell == xlrd.XL_CELL_BOOLEAN:
                kind, text = convert(Form.BOOLEAN, str(int(value)))
                yield column, kind, text, Form.BOOLEAN

    @cached_property
    def _forms(self) -> list[Form]:
        return [self._form(style.format_key) for style in self._book.xf_list]

    def _form(self, key: int) -> Form:
        known = self._book.format_map.get(key)
        if key in _EAST_ASIAN or known is None:
            return form_of(key, None)
        return form_of(key, known.format_str)

    @cached_property
    def _uncalculated(self) -> dict[int, list[tuple[int, int]]]:
        with olefile.OleFileIO(self._raw) as document:
            name = "Workbook" if document.exists("Workbook") else "Book"
            stream = document.openstream(name).read()
        return _find_uncalculated(stream) if _NO_RESULT.search(stream) else {}


def _layout(loaded: Any) -> Layout:
    """Return what the sheet hides; the last row and column of xlrd's are exclusive."""
    return Layout(
        hidden_rows=frozenset(
            row + 1
            for row, about in loaded.rowinfo_map.items()
            if about.hidden or about.height == 0
        ),
        hidden_columns=frozenset(
            column
            for column, about in loaded.colinfo_map.items()
            if about.hidden or about.width == 0
        ),
        merged=tuple(
            (
                *(min(top + 1, bottom), min(left, right - 1)),
                *(max(top + 1, bottom), max(left, right - 1)),
            )
            for top, bottom, left, right in loaded.merged_cells
        ),
    )


def _find_uncalculated(stream: bytes) -> dict[int, list[tuple[int, int]]]:
    """Return, by sheet, the formulas whose saved result is an empty text.

    Empty where the program that wrote the file has calculated ([MS-XLS] 2.4.127,
    2.4.238): then the text is meant to be empty.
    """
    begins: dict[int, int] = {}
    found: dict[int, list[tuple[int, int]]] = {}
    place, sheet = 0, -1
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        body = place + 4
        if kind == _CALCULATED:
            return {}
        if kind == _SHEET and stream[body + 5] == 0:  # a worksheet
            begins[struct.unpack_from("<I", stream, body)[0]] = len(begins)
        elif kind == _BEGIN:
            sheet = begins.get(place, sheet)
        elif kind == _FORMULA and length >= 14:  # noqa: PLR2004 - place, style, result
            row, column, _, first = struct.unpack_from("<HHHB", stream, body)
            if first == 3 and stream[body + 12 : body + 14] == b"\xff\xff":  # noqa: PLR2004
                found.setdefault(sheet, []).append((row, column))
        place = body + length
    return found
