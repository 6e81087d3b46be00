"""Is a sheet plain enough for the fast reader? Its XML decides, before any is used.

The fast reader knows a short grammar only, so nothing it might misread gets through:
every byte of markup has to match, and whatever does not goes to the careful reader.

Rows are compared by *shape*: their XML without the content between tags and without
the row's own number. A sheet of 100,000 rows has a handful of shapes, and only those
are parsed. A shape says for each cell which column it is in, what it holds, and which of
the contents of the row is its own.
"""

from __future__ import annotations

import re
from array import array
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import IO, Final, NamedTuple

import polars as pl

from rapupload.sources.formats import Form
from rapupload.sources.layout import is_flat, is_on, parse_surroundings
from rapupload.sources.limits import Limits
from rapupload.sources.shape import Layout, SheetPart
from rapupload.sources.workbook import Workbook, column_index, open_part

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
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,20})?")
_VALUE = re.compile(
    r'(?P<f><f(?: [A-Za-z0-9]+="[^"<>&]*")* ?(?:/>|>_?</f>))?'
    r"(?:<v>(?P<v>_?)</v>|<v ?/>)?"
)
_INLINE = re.compile(
    r'<is>(?:<t(?: xml:space="preserve")?>(?P<v>_?)</t>|<t ?/>)?</is>|'
)


_OPENINGS = re.compile('<v>|<t>|<t xml:space="preserve">')


class NotPlainError(Exception):
    """The sheet has something the fast reader is not trusted with."""


class Cell(NamedTuple):
    """One filled cell of a kind of row.

    Attributes:
        place: Which of the contents of its row it holds, from 0; None for none.
        is_shared: Its content is an index into the shared texts.
    """

    column: int
    form: Form
    place: int | None
    is_shared: bool


RowShape = tuple[Cell, ...]
"""What one kind of row looks like: its filled cells."""


@dataclass(slots=True)
class SheetShapes:
    """The shape of every row of a sheet.

    Attributes:
        numbers: Row numbers, ascending.
        shapes: For each of them, an index into ``known``.
        contents: For each of them, chunk by chunk, the list of its contents as they
            are stored, each behind ``<v>``.
        sizes: For each shape known, how many contents it has.
    """

    numbers: array[int] = field(default_factory=lambda: array("I"))
    shapes: array[int] = field(default_factory=lambda: array("I"))
    contents: list[pl.Series] = field(default_factory=list)
    known: list[RowShape] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    layout: Layout = field(default_factory=Layout)

    @property
    def span(self) -> range:
        """Return the indexes of the columns from the first filled to the last."""
        columns = {cell.column for shape in self.known for cell in shape}
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
        waiting: deque[Future[_Chunk]] = deque()
        for chunk in _chunks(stream, rest, after):
            waiting.append(pool.submit(_take_apart, chunk))
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


class _Chunk(NamedTuple):
    """The rows of a chunk: their markup alone, and their contents."""

    pieces: list[str]
    contents: pl.Series


def _take_apart(chunk: bytes) -> _Chunk:
    """Part the markup of rows from the content between their tags.

    One query, so that the thread waits once for the interpreter's lock, which the
    scan holds most of the time.

    Raises:
        NotPlainError: Content that libraries treat each in its own way.
    """
    xml = pl.col("xml")
    contents = xml.str.extract_all("<v>[^<]*")
    if b'"inlineStr"' in chunk:
        inline = xml.str.extract_all(f"(?:{_OPENINGS.pattern})[^<]*")
        contents = inline.list.eval(pl.element().str.replace("^<t[^>]*>", "<v>"))
    try:
        rows = (
            _as_text(chunk)
            .with_columns(odd=_may_be_odd(), xml=xml.str.split("</row>"))
            .explode("xml")
            .select(
                "odd",
                xml=xml.str.replace_all(">[^<]+<", ">_<"),
                contents=contents,
            )
            .collect()
        )
    except pl.exceptions.ComputeError as error:
        raise NotPlainError("not UTF-8") from error
    if rows["odd"].any():
        _refuse_odd(chunk)
    return _Chunk(rows["xml"].to_list(), rows["contents"])


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


class _Scan:
    """The state of one pass over the rows of a sheet."""

    def __init__(self, book: Workbook, limits: Limits) -> None:
        self._book = book
        self._limits = limits
        self._found = SheetShapes()
        self._ids: dict[str, int] = {}
        self._hidden: set[int] = set()
        self._hidden_shapes: set[int] = set()
        self._last = 0
        # a style index that ends in the row's own number would lose digits below
        self._careful_until = max(len(book.forms), 300)

    def add(self, chunk: _Chunk) -> None:
        """Learn the rows of a chunk.

        The loop is the one place where every row costs time: a row that follows the
        one before and looks like one seen already is settled in it.
        """
        known, numbers, shapes = self._ids, self._found.numbers, self._found.shapes
        empty = []
        for index, piece in enumerate(chunk.pieces):
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
            else:
                empty.append(index)
        places = pl.int_range(len(chunk.pieces), eager=True)
        self._found.contents.append(chunk.contents.filter(~places.is_in(empty)))

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
            if _is_hidden(match.group(2)):
                self._hidden.add(number)
            piece = piece[match.end() :]
        return piece

    def _learn(self, key: str) -> int:
        opening = _ROW.match(key)
        if not opening:
            raise NotPlainError(f"unusual row: {key[:60]}")
        cells = tuple(_parse_cells(key[opening.end() :], self._book))
        if cells and cells[-1].column >= self._limits.columns:
            raise NotPlainError("too many columns")
        shape = len(self._found.known)
        self._found.known.append(cells)
        self._found.sizes.append(len(_OPENINGS.findall(key)))
        if _is_hidden(opening.group(1)):
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


def _is_hidden(row: str) -> bool:
    attributes = _attributes(row)
    height = attributes.get("ht")
    if height is not None and not _NUMBER.fullmatch(height):
        raise NotPlainError("the height of a row is no number")
    return is_on(attributes.get("hidden")) or is_flat(height)


def _attributes(text: str) -> dict[str, str]:
    return dict(_ATTRIBUTE.findall(text))


def _parse_cells(text: str, book: Workbook) -> Iterator[Cell]:
    last, position, place = -1, 0, 0
    while position < len(text):
        match = _CELL.match(text, position)
        if not match:
            raise NotPlainError(f"unusual cell: {text[position : position + 60]}")
        column = column_index(match.group(1))
        if column <= last:
            raise NotPlainError("cells out of order")
        contents = len(_OPENINGS.findall(match.group()))
        form, is_shared = _form_of_cell(match, book)
        if form is not Form.BLANK:
            own = None if form is Form.FORMULA else place
            yield Cell(column, form, own, is_shared)
        last, position, place = column, match.end(), place + contents


def _form_of_cell(cell: re.Match[str], book: Workbook) -> tuple[Form, bool]:
    attributes = _attributes(cell.group(2))
    if len(attributes) * 2 != cell.group(2).count('"'):
        raise NotPlainError("an attribute twice")
    kind, style = attributes.get("t", "n"), attributes.get("s", "0")
    body = cell.group(3) or ""
    if kind == "inlineStr":
        inline = _INLINE.fullmatch(body)
        if not inline:
            raise NotPlainError(f"unusual text: {body[:60]}")
        return (Form.TEXT if inline.group("v") else Form.BLANK), False
    value = _VALUE.fullmatch(body)
    if not value or not style.isdigit():
        raise NotPlainError(f"unusual cell content: {body[:60]}")
    has_value, has_formula = bool(value.group("v")), value.group("f") is not None
    form = _form_of_value(kind, book.form(int(style)), has_value, has_formula)
    return form, kind == "s"


def _form_of_value(kind: str, shown: Form, has_value: bool, has_formula: bool) -> Form:  # noqa: FBT001 - two facts of one cell
    forms = {"s": Form.TEXT, "str": Form.TEXT, "b": Form.BOOLEAN, "e": Form.ERROR}
    if kind not in {*forms, "n"}:
        raise NotPlainError(f"cell type {kind}")
    if has_value:
        return forms.get(kind, shown)
    return Form.FORMULA if has_formula and kind not in {"s", "str"} else Form.BLANK


_ATTRIBUTES: Final = r'(?: [A-Za-z:]+="[^"<>]*")*'
_RUN: Final = r'(?:<t(?: xml:space="preserve")?>[^<]*</t>|<t ?/>)'
_LOOKS: Final = rf"(?:<rPr>(?:<[A-Za-z]+{_ATTRIBUTES} ?/>)*</rPr>|<rPr ?/>)?"
_READING: Final = rf"<rPh{_ATTRIBUTES}>{_RUN}</rPh>|<phoneticPr{_ATTRIBUTES} ?/>"
_PLAIN_ITEM: Final = r'^<si><t(?: xml:space="preserve")?>([^<]*)</t>$'
_RICH_ITEM: Final = rf"^<si>(?:{_RUN}|<r>{_LOOKS}{_RUN}</r>|{_READING})*$"


_STRINGS_RELATION = re.compile(
    rb'<Relationship(?= )[^<>]*/sharedStrings"[^<>]*>', re.IGNORECASE
)
_TARGET = re.compile(rb' Target="([^"]*)"')
_USUAL: Final = (b"sharedStrings.xml", b"/xl/sharedStrings.xml")


def read_strings(book: Workbook) -> pl.Series:
    """Return the shared texts, which have to be plain as well.

    Raises:
        NotPlainError: Escapes, or anything else out of the ordinary.
    """
    relations = book.archive.read("xl/_rels/workbook.xml.rels")
    named = _STRINGS_RELATION.findall(relations)
    if not named:
        return pl.Series(dtype=pl.String)
    places = [place for found in named for place in _TARGET.findall(found)]
    if len(places) != 1 or places[0] not in _USUAL:
        raise NotPlainError("the shared texts lie in an unusual place")
    raw = book.archive.read("xl/sharedStrings.xml")
    body = raw[raw.find(b"<sst") :]
    declaration = _DECLARATION.match(raw)
    if not declaration or not body.startswith(b"<sst") or raw.find(b"<sst") > 200:  # noqa: PLR2004
        raise NotPlainError("unusual declaration of the shared texts")
    opening, _, texts = body.partition(b">")
    count = re.search(rb' uniqueCount="(\d{1,9})"', opening)
    if not count or b"/" in opening[-1:]:
        raise NotPlainError("the shared texts give no credible count")
    texts = re.sub(rb"<si ?/>", b"<si></si>", texts)
    try:
        text = _as_text(texts).with_columns(odd=_may_be_odd()).collect()
    except pl.exceptions.ComputeError as error:
        raise NotPlainError("not UTF-8") from error
    if text["odd"].item():
        _refuse_odd(texts.replace(b"</si>", b"</row>"))
    items = text["xml"].str.split("</si>").explode()
    if items[-1].rstrip() != "</sst>" or len(items) - 1 != int(count.group(1)):
        raise NotPlainError("the shared texts give no credible count")
    return unescape(_join_runs(items.head(-1)))


def _join_runs(items: pl.Series) -> pl.Series:
    """Return the text of each item: its one run, or all of them, but not the readings.

    East Asian editions add how a text is pronounced, which nobody sees.
    """
    texts = items.str.extract(_PLAIN_ITEM)
    places = texts.is_null().arg_true()
    if places.is_empty():
        return texts
    rest = items.gather(places)
    if not rest.str.contains(_RICH_ITEM).all():
        raise NotPlainError("shared texts with more than fonts and readings")
    runs = rest.str.replace_all(_READING, "").str.extract_all("<t(?: [^/>]*)?>[^<]*")
    bare = runs.list.eval(pl.element().str.replace("^<[^>]*>", "")).list.join("")
    return texts.scatter(places, bare)


_ENTITIES: Final = {
    "&amp;": "&",
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
    "&apos;": "'",
}


def unescape(texts: pl.Series) -> pl.Series:
    """Return texts as they are meant: XML's five entities resolved.

    Raises:
        NotPlainError: Another entity, or a character by its number.
    """
    marked = texts.str.count_matches("&", literal=True)
    if not marked.sum():
        return texts
    known = texts.str.count_matches("&(?:amp|lt|gt|quot|apos);")
    if known.sum() != marked.sum():
        raise NotPlainError("an entity other than XML's own five")
    return texts.str.replace_many(list(_ENTITIES), list(_ENTITIES.values()))
