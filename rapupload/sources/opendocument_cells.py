"""Sheets, rows and cells of an OpenDocument spreadsheet, event by event.

Two takers share the walk over the rows: one collects the cells of one sheet, the other
the first rows of all. What is not wanted passes by with hardly a call.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from rapupload.errors import SourceError
from rapupload.sources.cells import convert, convert_moment
from rapupload.sources.formats import NUMBERS, Form
from rapupload.sources.grid import Grid
from rapupload.sources.headings import HEAD_ROWS, PEEK_ROWS
from rapupload.sources.limits import Limits
from rapupload.sources.opendocument_forms import Styles
from rapupload.sources.shape import HeadRow, Layout, SheetCells
from rapupload.table import CellKind

_TABLE: Final = "urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT: Final = "urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE: Final = "urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_DRAW: Final = "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_CALC: Final = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_CELL: Final = f"{_TABLE}table-cell"
_COVERED: Final = f"{_TABLE}covered-table-cell"
_ROW: Final = f"{_TABLE}table-row"
_SHEET: Final = f"{_TABLE}table"
_PARAGRAPH: Final = f"{_TEXT}p"
_REPEATED: Final = f"{_TABLE}number-columns-repeated"
_ROWS_REPEATED: Final = f"{_TABLE}number-rows-repeated"
_WIDE: Final = f"{_TABLE}number-columns-spanned"
_HIGH: Final = f"{_TABLE}number-rows-spanned"
_VALUE_TYPE: Final = f"{_OFFICE}value-type"
_STYLE: Final = f"{_TABLE}style-name"
_DEFAULT: Final = f"{_TABLE}default-cell-style-name"
_FORMULA: Final = f"{_TABLE}formula"
_VISIBLE: Final = f"{_TABLE}visibility"
_NO_TEXT: Final = frozenset(
    {f"{_OFFICE}annotation", f"{_OFFICE}forms", f"{_TABLE}shapes", f"{_TEXT}ruby-text"}
)
"""Elements whose paragraphs are not those of a cell."""
_BLANKS = re.compile("[ \t\r\n]+")
_UNEVEN = re.compile("^ |[ \t\r\n]{2}|[\t\r\n]")
_LANGUAGE = re.compile(r"^[a-z]+:(?==)")
_SHOWN_ERROR = re.compile(r"#[A-Z0-9/]+[!?]?|Err:[0-9]{3}")
_SPAN = re.compile(r"(-?)P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?")
_LAST_COLUMN: Final = 16_384
_LAST_ROW: Final = 1_048_576
_FIGURES: Final = frozenset({"float", "percentage", "currency"})
_MOST_REPEATED: Final = 5_000_000  # cells that a repeated row may stand for
_SHOWN_LOGIC: Final = {"TRUE": "1", "FALSE": "0"}

Attributes = list[str]
Value = tuple[CellKind, str, Form]


@dataclass(slots=True)
class Sheet:
    """One sheet, as far as it has been looked at."""

    name: str
    style: str | None
    start: int  # where in the content it begins
    end: int = 0
    head: list[HeadRow] = field(default_factory=list)


class _Text:
    """The paragraphs of one cell, put together as they are shown."""

    def __init__(self) -> None:
        self.depth = 0
        self._pieces: list[str] = []
        self._after_blank = True

    def begin(self) -> None:
        """Start a paragraph."""
        if self._pieces:
            self._pieces.append("\n")
        else:
            self._pieces.append("")
        self._after_blank = True
        self.depth += 1

    def add(self, data: str) -> None:
        """Add characters; white space in a row counts once (6.1.2)."""
        if self._after_blank or _UNEVEN.search(data):
            data = _BLANKS.sub(" ", data)
            if self._after_blank:
                data = data.removeprefix(" ")
        if data:
            self._pieces.append(data)
            self._after_blank = data[-1] == " "

    def put(self, characters: str) -> None:
        """Add blanks that count as they are."""
        self._pieces.append(characters)
        self._after_blank = False

    def take(self) -> str | None:
        """Return the text, None where there is no paragraph, and begin anew."""
        if not self._pieces:
            return None
        text = "".join(self._pieces)
        self._pieces.clear()
        return text


class _Walker:
    """Follows the events of the content down to the cells."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._parser: Any = None
        self._skipped = 0  # depth inside something whose text is not the cell's
        self._inside = 0  # depth of tables: one inside a cell is refused
        self._text = _Text()
        self._cell: Attributes | None = None
        self._in_row = False
        self._is_passing = False
        self.dropped = 0  # bytes that the parser was not given
        self.row = 0
        self._begun: dict[str, Callable[[Attributes], None]] = {
            _SHEET: self._begin_sheet,
            _ROW: self._begin_row,
            f"{_TABLE}table-column": self.add_column,
            f"{_TEXT}s": self._add_blanks,
            f"{_TEXT}tab": lambda _: self._put("\t"),
            f"{_TEXT}line-break": lambda _: self._put("\n"),
        }

    def attach(self, parser: Any) -> None:
        """Listen to a parser."""
        self._parser = parser
        self._is_passing = False
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data

    @property
    def is_passing(self) -> bool:
        """Tell whether the rest of a sheet passes by."""
        return self._is_passing

    @property
    def is_between_rows(self) -> bool:
        """Tell whether what comes next may be a row of the sheet."""
        return not self._skipped and self._cell is None and not self._in_row

    def pass_by(self) -> None:
        """Let the rest of the sheet pass without looking at it."""
        self._is_passing = True
        self._parser.StartElementHandler = None
        self._parser.CharacterDataHandler = None
        self._parser.EndElementHandler = self._end_passed

    def _end_passed(self, name: str) -> None:
        if name == _SHEET:
            self.attach(self._parser)
            self._end(name)

    def _start(self, name: str, attributes: Attributes) -> None:
        if self._skipped:
            self._skipped += 1
        elif name == _PARAGRAPH:
            if self._cell is not None:
                self._text.begin()
        elif name in {_CELL, _COVERED}:
            self._cell = attributes
        elif name in self._begun:
            self._begun[name](attributes)
        elif name in _NO_TEXT or name.startswith(_DRAW):
            self._skipped = 1

    def _data(self, data: str) -> None:
        if self._text.depth and not self._skipped:
            self._text.add(data)

    def _end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif name == _PARAGRAPH:
            self._text.depth = 0
        elif name in {_CELL, _COVERED}:
            attributes, self._cell = self._cell, None
            if attributes:
                pairs = dict(zip(attributes[::2], attributes[1::2], strict=True))
                self.take_cell(pairs, self._text.take())
            else:
                self.take_cell({}, self._text.take())
        elif name == _ROW:
            self._in_row = False
            self.end_row()
        elif name == _SHEET:
            self._inside -= 1
            self.end_sheet()

    def _begin_sheet(self, attributes: Attributes) -> None:
        if self._cell is not None or self._inside:
            raise ValueError("a table inside a table")
        self._inside += 1
        self.row = 0
        pairs = dict(zip(attributes[::2], attributes[1::2], strict=True))
        start = int(self._parser.CurrentByteIndex) + self.dropped
        name = pairs.get(f"{_TABLE}name", "")
        self.begin_sheet(Sheet(name, pairs.get(_STYLE), start))

    def _begin_row(self, attributes: Attributes) -> None:
        if self._inside:
            self._in_row = True
            self.begin_row(attributes)

    def _add_blanks(self, attributes: Attributes) -> None:
        count = attributes[1] if attributes[:1] == [f"{_TEXT}c"] else "1"
        self._put(" " * min(int(count), 100_000))

    def _put(self, characters: str) -> None:
        if self._text.depth:
            self._text.put(characters)

    def begin_sheet(self, sheet: Sheet) -> None:
        """Begin a sheet."""

    def end_sheet(self) -> None:
        """End a sheet."""

    def add_column(self, attributes: Attributes) -> None:
        """Take note of the columns of a sheet."""

    def begin_row(self, attributes: Attributes) -> None:
        """Begin a row."""

    def take_cell(self, pairs: dict[str, str], text: str | None) -> None:
        """Take a cell that ends."""

    def end_row(self) -> None:
        """End a row."""


class TopTaker(_Walker):
    """Collects the names of all sheets and their first filled rows."""

    def __init__(self, styles: Styles) -> None:
        super().__init__(styles)
        self.sheets: list[Sheet] = []
        self._texts: list[str] = []
        self._repeated = 1

    def begin_sheet(self, sheet: Sheet) -> None:
        """Begin a sheet."""
        self.sheets.append(sheet)

    def begin_row(self, attributes: Attributes) -> None:
        """Begin a row."""
        pairs = dict(zip(attributes[::2], attributes[1::2], strict=True))
        self._repeated = _count(pairs, _ROWS_REPEATED)
        self.row += 1
        self._texts = []

    def take_cell(self, pairs: dict[str, str], text: str | None) -> None:  # noqa: ARG002
        """Keep what the cell shows."""
        if text:
            self._texts.append(text)

    def end_sheet(self) -> None:
        """Remember where the sheet ends."""
        self.sheets[-1].end = int(self._parser.CurrentByteIndex) + self.dropped

    def end_row(self) -> None:
        """Keep the row, and leave the sheet when there are enough."""
        head = self.sheets[-1].head
        if self._texts:
            head.append((self.row, self._texts))
        self.row += self._repeated - 1
        if len(head) >= HEAD_ROWS or self.row >= PEEK_ROWS:
            self.pass_by()


class SheetTaker(_Walker):
    """Collects all cells of one sheet, which is named by its place."""

    def __init__(self, wanted: int, styles: Styles, limits: Limits) -> None:
        super().__init__(styles)
        self._wanted = wanted
        self._seen = -1
        self.grid = Grid(limits)
        self.most_columns = limits.columns
        self._columns: list[tuple[int, str | None]] = []  # end of a run, its style
        self._defaults: list[str | None] = []
        self._row_style: str | None = None
        self._repeated = 1
        self._expanded = 0
        self._hidden_rows: set[int] = set()
        self._hidden_columns: set[int] = set()
        self._merged: list[tuple[int, int, int, int]] = []
        self._column = 0
        self._filled: list[tuple[int, CellKind, str, Form]] = []

    def finish(self) -> SheetCells:
        """Return the cells."""
        return self.grid.finish(
            Layout(
                hidden_rows=frozenset(self._hidden_rows),
                hidden_columns=frozenset(self._hidden_columns),
                merged=tuple(self._merged),
            )
        )

    def begin_sheet(self, sheet: Sheet) -> None:  # noqa: ARG002
        """Pass by the sheets that are not wanted."""
        self._seen += 1
        if self._seen != self._wanted:
            self.pass_by()

    def add_column(self, attributes: Attributes) -> None:
        """Learn the default style of columns, and which are hidden."""
        pairs = dict(zip(attributes[::2], attributes[1::2], strict=True))
        first = self._columns[-1][0] if self._columns else 0
        end = min(first + _count(pairs, _REPEATED), _LAST_COLUMN)
        self._columns.append((end, pairs.get(_DEFAULT)))
        if pairs.get(_VISIBLE, "visible") != "visible":
            self._hidden_columns.update(range(first, end))
        room = min(end, self.most_columns) - len(self._defaults)
        self._defaults += [pairs.get(_DEFAULT)] * room

    def begin_row(self, attributes: Attributes) -> None:
        """Begin a row, or as many as it stands for."""
        self.row += 1
        self._column = 0
        self._filled = []
        pairs = dict(zip(attributes[::2], attributes[1::2], strict=True))
        self._row_style = pairs.get(_DEFAULT)
        self._repeated = _count(pairs, _ROWS_REPEATED)
        if pairs.get(_VISIBLE, "visible") != "visible" and self._repeated < _LAST_ROW:
            self._hidden_rows.update(range(self.row, self.row + self._repeated))

    def take_cell(self, pairs: dict[str, str], text: str | None) -> None:
        """Keep a cell with all that it stands for."""
        count = _count(pairs, _REPEATED)
        if text or _VALUE_TYPE in pairs or _FORMULA in pairs:
            value = self._convert(pairs, text)
            if value is not None:
                end = min(self._column + count, self.most_columns + 1)
                # one too far right is handed on, to be refused
                for column in range(self._column, max(end, self._column + 1)):
                    self._filled.append((column, *value))
        if _WIDE in pairs or _HIGH in pairs:
            self._note_merged(pairs)
        self._column += count

    def _note_merged(self, pairs: dict[str, str]) -> None:
        wide, high = _count(pairs, _WIDE), _count(pairs, _HIGH)
        if wide > 1 or high > 1:
            bottom, right = self.row + high - 1, self._column + wide - 1
            self._merged.append((self.row, self._column, bottom, right))

    def end_row(self) -> None:
        """Hand the row over as often as it stands there."""
        if self._filled:
            if self._repeated > 1:
                self._expanded += self._repeated * len(self._filled)
            if self._expanded > _MOST_REPEATED:
                raise SourceError(
                    f"Row {self.row} stands for {self._repeated:,} equal rows with"
                    " content; so many are not laid out.",
                    hint="Delete the copies, or save the rows as .csv.",
                )
            for number in range(self.row, self.row + self._repeated):
                for column, kind, text, form in self._filled:
                    self.grid.add(number, column, kind, text, form)
        self.row += self._repeated - 1

    def form(self, style: str | None, column: int) -> Form:
        """Return how a cell shows a number."""
        if style is None and column < len(self._defaults):
            style = self._defaults[column]
        return self._styles.form(style)

    def _form(self, pairs: dict[str, str]) -> Form:
        return self.form(pairs.get(_STYLE) or self._row_style, self._column)

    def _convert(self, pairs: dict[str, str], text: str | None) -> Value | None:
        kind = pairs.get(_VALUE_TYPE)
        if _is_error(pairs, text):
            return CellKind.ERROR, text or "#VALUE!", Form.ERROR
        if kind is None or kind == "void":
            return _convert_bare(pairs, text)
        if kind in _FIGURES:
            return _convert_figure(pairs, text, self._form(pairs), kind)
        if kind == "time":
            form = Form.ELAPSED if self._form(pairs) is Form.ELAPSED else Form.TIME
            return *convert(form, _serial(pairs)), form
        return _OTHERS[kind](pairs, text)


def _count(pairs: dict[str, str], name: str) -> int:
    """Return how often something stands there; less than once is once."""
    return max(int(pairs[name]), 1) if name in pairs else 1


def _convert_bare(pairs: dict[str, str], text: str | None) -> Value | None:
    """Return a cell without a type; a formula that shows nothing has that as its value."""
    if _FORMULA in pairs and text is None:
        raw = _LANGUAGE.sub("", pairs[_FORMULA]).removeprefix("=")
        return *convert(Form.FORMULA, raw), Form.FORMULA
    return (CellKind.TEXT, text, Form.TEXT) if text else None


def _is_error(pairs: dict[str, str], text: str | None) -> bool:
    if pairs.get(f"{_CALC}value-type") == "error":
        return True
    return _FORMULA in pairs and bool(_SHOWN_ERROR.fullmatch(text or ""))


def _convert_text(pairs: dict[str, str], text: str | None) -> Value | None:
    text = pairs.get(f"{_OFFICE}string-value", text)  # as LibreOffice reads it
    return (CellKind.TEXT, text, Form.TEXT) if text else None


def _convert_figure(
    pairs: dict[str, str], text: str | None, form: Form, kind: str
) -> Value:
    raw = pairs[f"{_OFFICE}value"]
    # LibreOffice writes TRUE as the number 1 of a formula, and shows it as a word
    if form is Form.BOOLEAN or (_FORMULA in pairs and text in _SHOWN_LOGIC):
        logic = _SHOWN_LOGIC.get(text or "", raw)
        if logic in {"0", "1"}:
            return *convert(Form.BOOLEAN, logic), Form.BOOLEAN
    if kind == "percentage":
        form = Form.PERCENT
    elif form not in NUMBERS:
        form = Form.PLAIN
    return *convert(form, raw), form


def _convert_date(pairs: dict[str, str], _text: str | None) -> Value:
    return *settle_date(pairs[f"{_OFFICE}date-value"]), Form.DATE


def settle_date(stored: str) -> tuple[CellKind, str]:
    """Return kind and text of a date; one that no calendar has is an error."""
    try:
        moment = dt.datetime.fromisoformat(stored)
    except ValueError:
        return CellKind.ERROR, stored or "#VALUE!"
    return convert_moment(moment.replace(tzinfo=None))


def _serial(pairs: dict[str, str]) -> float:
    found = _SPAN.fullmatch(pairs[f"{_OFFICE}time-value"])
    if not found:
        raise ValueError("not a time")
    sign, days, hours, minutes, seconds = found.groups()
    whole = int(days or 0) * 86_400 + int(hours or 0) * 3_600 + int(minutes or 0) * 60
    total = whole + float((seconds or "0").replace(",", "."))
    return (-total if sign else total) / 86_400


def _convert_boolean(pairs: dict[str, str], _text: str | None) -> Value:
    raw = pairs[f"{_OFFICE}boolean-value"]
    return *convert(Form.BOOLEAN, raw), Form.BOOLEAN


_OTHERS: Final[dict[str, Callable[[dict[str, str], str | None], Value | None]]] = {
    "string": _convert_text,
    "date": _convert_date,
    "boolean": _convert_boolean,
}
