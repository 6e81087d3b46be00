"""Is a sheet plain enough for the fast reader? Its XML decides, before that opens it.

The fast reader's library loses error cells and can be made to abort the process with a
5 KB file, so nothing it might stumble over gets through: every byte of markup has to
match a short grammar, and whatever does not match goes to the careful reader.

Rows are compared by *shape*: their XML without the content between tags and without
the row's own number. A sheet of 100,000 rows has a handful of shapes, and only those
are parsed. A shape says for each cell which column it is in and what it holds.
"""

from __future__ import annotations

import re
from array import array
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import IO, Final

import polars as pl

from rapupload.sources.formats import Form
from rapupload.sources.layout import is_on, parse_surroundings
from rapupload.sources.limits import Limits
from rapupload.sources.shape import Layout
from rapupload.sources.workbook import SheetPart, Workbook, column_index, open_part

CHUNK: Final = 2 << 20
_AHEAD: Final = 2  # chunks on their way at a time: memory stays flat
_SURROUNDINGS: Final = 8 << 20
_CELLS: Final = 40_000_000  # what the fast reader may lay out in memory
_OPEN: Final = b"<sheetData>"
_CLOSE: Final = b"</sheetData>"
_ROW_END: Final = b"</row>"
_DECLARATION = re.compile(
    rb"\A(?:\xef\xbb\xbf)?(?:<\?xml version=\"1\.0\""
    rb"(?: encoding=\"[Uu][Tt][Ff]-8\")?(?: standalone=\"(?:yes|no)\")? ?\?>\s*)?<"
)
_ODD = r"_x[0-9A-Fa-f]{4}_|\r|<t>[ \t\n]|[ \t\n]</t>|<v>[ \t\n]|[ \t\n]</v>"
"""Escapes, and blanks at the ends of a text, which libraries treat differently."""
_ODD_SIGNS: Final = ["_x", "\r"]
_ODD_EDGES: Final = r"[ \t\n]</|>[ \t\n]"
"""Wider than ``_ODD`` and several times faster: most chunks need no second look."""
_ODD_FOR_SURE = re.compile(
    r"_x[0-9A-Fa-f]{4}_|\r|<t>[ \t\n]|<t>[^<]*[ \t\n]</t>|<v>[ \t\n]|[ \t\n]</v>"
)
_ROW = re.compile(r'<row r=""((?: [A-Za-z0-9:]+="[^"<>&]*")*)>')
_EMPTY_ROW = re.compile(r'<row r="([1-9][0-9]*)"((?: [A-Za-z0-9:]+="[^"<>&]*")*) ?/>')
_CELL = re.compile(
    r'<c r="([A-Z]{1,3})"((?: [st]="[A-Za-z0-9]+"){0,2}) ?(?:/>|>(.*?)</c>)'
)
_ATTRIBUTE = re.compile(r' ([A-Za-z0-9:]+)="([^"]*)"')
_VALUE = re.compile(
    r'(?P<f><f(?: [A-Za-z0-9]+="[^"<>&]*")* ?(?:/>|>_?</f>))?'
    r"(?:<v>(?P<v>_?)</v>|<v ?/>)?"
)
_INLINE = re.compile(
    r'<is>(?:<t(?: xml:space="preserve")?>(?P<v>_?)</t>|<t ?/>)?</is>|'
)


class NotPlainError(Exception):
    """The sheet has something the fast reader is not trusted with."""


RowShape = tuple[tuple[int, Form], ...]
"""What one kind of row looks like: column and form of its filled cells."""


@dataclass(slots=True)
class SheetShapes:
    """The shape of every row of a sheet.

    Attributes:
        numbers: Row numbers, ascending.
        shapes: For each of them, an index into ``known``.
    """

    numbers: array[int] = field(default_factory=lambda: array("I"))
    shapes: array[int] = field(default_factory=lambda: array("I"))
    known: list[RowShape] = field(default_factory=list)
    layout: Layout = field(default_factory=Layout)

    @property
    def span(self) -> range:
        """Return the indexes of the columns from the first filled to the last."""
        columns = {column for shape in self.known for column, _ in shape}
        return range(min(columns), max(columns) + 1) if columns else range(0)


def scan_sheet(book: Workbook, sheet: SheetPart, limits: Limits) -> SheetShapes:
    """Return the shapes of a plain sheet.

    Raises:
        NotPlainError: Something is outside the grammar or the bounds.
    """
    with (
        open_part(book, sheet.part) as stream,
        ThreadPoolExecutor(max_workers=1) as pool,
    ):
        before, rest = _read_before(stream)
        scan = _Scan(book, limits)
        after: list[bytes] = []
        waiting: deque[Future[list[str]]] = deque()
        for chunk in _chunks(stream, rest, after):
            waiting.append(pool.submit(_strip_content, chunk, scan.wild_dates))
            if len(waiting) > _AHEAD:
                scan.add(waiting.popleft().result())
        for pieces in waiting:
            scan.add(pieces.result())
    _check_surroundings(before, after[0])
    return scan.finish(parse_surroundings(before, after[0]))


def _check_surroundings(before: bytes, after: bytes) -> None:
    if b"<!" in before + after or b"<?" in after or b"<sheetData" in after:
        raise NotPlainError("unusual XML around the rows")


def _read_before(stream: IO[bytes]) -> tuple[bytes, bytes]:
    head = b""
    while _OPEN not in head:
        more = stream.read(CHUNK)
        if not more or len(head) > _SURROUNDINGS:
            raise NotPlainError("no rows found at the start of the sheet")
        head += more
    before, _, rest = head.partition(_OPEN)
    declaration = _DECLARATION.match(before)
    if not declaration or b"<?" in before[declaration.end() - 1 :]:
        raise NotPlainError("unusual XML declaration")
    return before, rest


def _chunks(stream: IO[bytes], rest: bytes, after: list[bytes]) -> Iterator[bytes]:
    """Yield whole rows in chunks; then put what follows the rows into ``after``."""
    while (end := rest.find(_CLOSE)) < 0:
        cut = rest.rfind(_ROW_END) + len(_ROW_END)
        if cut > len(_ROW_END):
            yield rest[:cut]
            rest = rest[cut:]
        more = stream.read(CHUNK)
        if not more or len(rest) > _SURROUNDINGS:
            raise NotPlainError("the rows do not end")
        rest += more
    yield rest[:end]
    after.append(rest[end + len(_CLOSE) :] + stream.read(_SURROUNDINGS))
    if stream.read(1):  # reading to the end also compares the checksum
        raise NotPlainError("too much after the rows")


def _strip_content(chunk: bytes, unwanted: str) -> list[str]:
    """Return the rows of a chunk without the content between their tags.

    One query, so that the thread waits once for the interpreter's lock, which the
    scan holds most of the time.

    Raises:
        NotPlainError: Content that the fast library treats in its own way.
    """
    xml = pl.col("xml")
    is_wild = xml.str.contains(unwanted).any() if unwanted else pl.lit(value=False)
    try:
        rows = (
            _as_text(chunk)
            .with_columns(odd=_may_be_odd(), xml=xml.str.split("</row>"))
            .explode("xml")
            .select("odd", wild=is_wild, xml=xml.str.replace_all(">[^<]+<", ">_<"))
            .collect()
        )
    except pl.exceptions.ComputeError as error:
        raise NotPlainError("not UTF-8") from error
    if rows["odd"].any():
        _refuse_odd(chunk)
    if rows["wild"].any():
        raise NotPlainError("a date far out of range")
    return rows["xml"].to_list()


def _as_text(chunk: bytes) -> pl.LazyFrame:
    raw = pl.Series("xml", [chunk], dtype=pl.Binary)
    return raw.to_frame().lazy().select(pl.col("xml").cast(pl.String))


def _may_be_odd() -> pl.Expr:
    """Tell whether a whole chunk deserves a closer look; most do not."""
    xml = pl.col("xml")
    return xml.str.contains_any(_ODD_SIGNS) | xml.str.contains(_ODD_EDGES)


def _refuse_odd(chunk: bytes) -> None:
    rows = pl.Series([chunk], dtype=pl.Binary).cast(pl.String).str.split("</row>")
    pieces = rows.explode()
    for piece in pieces.filter(pieces.str.contains(_ODD)):
        if _ODD_FOR_SURE.search(piece):
            raise NotPlainError("text with escapes or blanks at its ends")


def _wild_dates(book: Workbook) -> str:
    """Return a pattern of date cells so far out of range that the library panics."""
    if 0 in book.datelike:  # such cells need not name their style
        raise NotPlainError("all cells are dates")
    if not book.datelike:
        return ""
    styles = "|".join(map(str, sorted(book.datelike)))
    return (
        rf's="(?:{styles})"[^<>]*>(?:<f[^>]*>(?:[^<]*</f>)?)?'
        r"<v>-?(?:[0-9]{8}|[0-9.]*[eE][+0-9]|[^0-9.-])"
    )


class _Scan:
    """The state of one pass over the rows of a sheet."""

    def __init__(self, book: Workbook, limits: Limits) -> None:
        self._book = book
        self._limits = limits
        self.wild_dates = _wild_dates(book)
        self._found = SheetShapes()
        self._ids: dict[str, int] = {}
        self._hidden: set[int] = set()
        self._hidden_shapes: set[int] = set()
        self._last = 0
        # a style index that ends in the row's own number would lose digits below
        self._careful_until = max(len(book.forms), 300)

    def add(self, pieces: list[str]) -> None:
        """Learn the rows of a chunk.

        The loop is the one place where every row costs time: a row that follows the
        one before and looks like one seen already is settled in it.
        """
        known, numbers, shapes = self._ids, self._found.numbers, self._found.shapes
        for piece in pieces:
            number = self._last + 1
            if number > self._careful_until and piece.startswith(f'<row r="{number}"'):
                shape = known.get(piece.replace(f'{number}"', '"'))
                if shape is not None and shape not in self._hidden_shapes:
                    self._last = number
                    numbers.append(number)
                    shapes.append(shape)
                    continue
            row = self._skip_empty_rows(piece)
            if row:
                self._add_row(row)

    def _add_row(self, row: str) -> None:
        if not row.startswith('<row r="'):
            raise NotPlainError(f"unusual XML: {row[:60]}")
        number = row[8 : row.find('"', 8)]
        self._advance(number)
        key = self._key(row, number)
        shape = self._ids.get(key)
        if shape is None:
            shape = self._ids[key] = self._learn(key)
        self._found.numbers.append(self._last)
        self._found.shapes.append(shape)
        if shape in self._hidden_shapes:
            self._hidden.add(self._last)

    def _key(self, row: str, number: str) -> str:
        if self._last > self._careful_until:
            return row.replace(number + '"', '"')
        return re.sub(rf'( r="[A-Z]*){number}"', r'\1"', row)

    def _advance(self, number: str) -> int:
        if not (number.isascii() and number.isdigit()) or number[0] == "0":
            raise NotPlainError("a row number is not a number")
        current = int(number)
        if current <= self._last or current > 1_048_576:  # noqa: PLR2004 - the format's own last row
            raise NotPlainError("rows out of order")
        self._last = current
        return current

    def _skip_empty_rows(self, piece: str) -> str:
        while match := _EMPTY_ROW.match(piece):
            number = self._advance(match.group(1))
            if is_on(_attributes(match.group(2)).get("hidden")):
                self._hidden.add(number)
            piece = piece[match.end() :]
        return piece

    def _learn(self, key: str) -> int:
        opening = _ROW.match(key)
        if not opening:
            raise NotPlainError(f"unusual row: {key[:60]}")
        cells = tuple(_parse_cells(key[opening.end() :], self._book))
        if cells and cells[-1][0] >= self._limits.columns:
            raise NotPlainError("too many columns")
        shape = len(self._found.known)
        self._found.known.append(cells)
        if is_on(_attributes(opening.group(1)).get("hidden")):
            self._hidden_shapes.add(shape)
        return shape

    def finish(self, layout: Layout) -> SheetShapes:
        """Check the bounds as a whole and return what was found."""
        found = self._found
        if not found.span:
            raise NotPlainError("no cells")
        if self._last * len(found.span) > _CELLS:
            raise NotPlainError("too large an area")
        found.layout = replace(layout, hidden_rows=frozenset(self._hidden))
        return found


def _attributes(text: str) -> dict[str, str]:
    return dict(_ATTRIBUTE.findall(text))


def _parse_cells(text: str, book: Workbook) -> Iterator[tuple[int, Form]]:
    last, position = -1, 0
    while position < len(text):
        cell = _CELL.match(text, position)
        if not cell:
            raise NotPlainError(f"unusual cell: {text[position : position + 60]}")
        column = column_index(cell.group(1))
        if column <= last:
            raise NotPlainError("cells out of order")
        form = _form_of_cell(cell, book)
        if form is not Form.BLANK:
            yield column, form
        last, position = column, cell.end()


def _form_of_cell(cell: re.Match[str], book: Workbook) -> Form:
    attributes = _attributes(cell.group(2))
    if len(attributes) * 2 != cell.group(2).count('"'):
        raise NotPlainError("an attribute twice")
    kind, style = attributes.get("t", "n"), attributes.get("s", "0")
    body = cell.group(3) or ""
    if kind == "inlineStr":
        inline = _INLINE.fullmatch(body)
        if not inline:
            raise NotPlainError(f"unusual text: {body[:60]}")
        return Form.TEXT if inline.group("v") else Form.BLANK
    value = _VALUE.fullmatch(body)
    if not value or not style.isdigit():
        raise NotPlainError(f"unusual cell content: {body[:60]}")
    has_value, has_formula = bool(value.group("v")), value.group("f") is not None
    return _form_of_value(kind, book.form(int(style)), has_value, has_formula)


def _form_of_value(kind: str, shown: Form, has_value: bool, has_formula: bool) -> Form:  # noqa: FBT001 - two facts of one cell
    forms = {"s": Form.TEXT, "str": Form.TEXT, "b": Form.BOOLEAN, "e": Form.ERROR}
    if kind not in {*forms, "n"}:
        raise NotPlainError(f"cell type {kind}")
    if has_value:
        return forms.get(kind, shown)
    return Form.FORMULA if has_formula and kind not in {"s", "str"} else Form.BLANK


_STRING_TAGS: Final = (b"<si>", b"</si>", b"<t>", b"</t>", b'<t xml:space="preserve">')


def check_strings(book: Workbook) -> None:
    """Check that the shared texts, if any, are plain as well.

    Raises:
        NotPlainError: Phonetic runs, escapes, or anything else out of the ordinary.
    """
    if not book.has_part("xl/sharedStrings.xml"):
        return
    raw = book.archive.read("xl/sharedStrings.xml")
    body = raw[raw.find(b"<sst") :]
    declaration = _DECLARATION.match(raw)
    if not declaration or not body.startswith(b"<sst") or raw.find(b"<sst") > 200:  # noqa: PLR2004
        raise NotPlainError("unusual declaration of the shared texts")
    opening, _, texts = body.partition(b">")
    count = re.search(rb' uniqueCount="(\d{1,9})"', opening)
    if not count or int(count.group(1)) > len(raw) // 5 or b"/" in opening[-1:]:
        raise NotPlainError("the shared texts give no credible count")
    _check_string_tags(texts)
    try:
        may_be_odd = _as_text(texts).select(_may_be_odd()).collect().item()
    except pl.exceptions.ComputeError as error:
        raise NotPlainError("not UTF-8") from error
    if may_be_odd:
        _refuse_odd(texts.replace(b"</si>", b"</row>"))


def _check_string_tags(texts: bytes) -> None:
    known = sum(texts.count(tag) for tag in _STRING_TAGS) + texts.count(b"</sst>")
    if known == texts.count(b"<") and texts.count(b"</si>") == texts.count(b"</t>"):
        return
    names = set(_names(re.findall(rb"<([^<>]*)>", texts)))
    runs = {b"rPr", b"/rPr", b"r", b"/r", b"t", b"/t", b"si", b"/si", b"/sst"}
    looks = {b"b", b"i", b"u", b"strike", b"sz", b"color", b"rFont", b"family"}
    readings = {b"rPh", b"/rPh", b"phoneticPr"}  # East Asian editions add them
    if names - runs - looks - readings - {b"charset", b"scheme", b"vertAlign"}:
        raise NotPlainError("shared texts with more than fonts")


def _names(tags: Iterable[bytes]) -> Iterator[bytes]:
    for tag in tags:
        yield tag.split(b" ", 1)[0].rstrip(b"/")
