"""An opened .ods: its content read as a stream, in flat memory but for the result.

Own reader: the library looked at took 36 s for 100,000 rows and expanded the million
repeated rows with which LibreOffice ends a sheet; this one takes 4 s and no dependency.
OpenDocument 1.3 part 3: 9 (tables), 19.385 (values), 6.1 (text and its white space).
"""

from __future__ import annotations

import zipfile
from array import array
from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from typing import IO, Any, Final
from xml.etree import ElementTree as ET
from xml.parsers.expat import ExpatError

import polars as pl
from defusedxml.ElementTree import DefusedXMLParser, fromstring, iterparse

from rapupload.errors import SourceError
from rapupload.sources.limits import Limits
from rapupload.sources.opendocument_bulk import ROW_END, BulkRows, Rows
from rapupload.sources.opendocument_cells import Sheet, SheetTaker, TopTaker
from rapupload.sources.opendocument_forms import NUMBER, STYLE, Styles
from rapupload.sources.shape import HeadRow, SheetCells, SheetPart, Stamp
from rapupload.sources.stamp import is_copied_text, read_stamp

_CONTENT: Final = "content.xml"
_CHUNK: Final = 4 << 20
_HEAD: Final = 1 << 16
_PIECE: Final = 1 << 18
_PREFIXES: Final = tuple(
    f'xmlns:{prefix}="urn:{name}:1.0"'.encode()
    for prefix, name in (
        ("table", "oasis:names:tc:opendocument:xmlns:table"),
        ("office", "oasis:names:tc:opendocument:xmlns:office"),
        ("text", "oasis:names:tc:opendocument:xmlns:text"),
    )
)
_SHEET_END: Final = b"</table:table>"
_ROW_BEGIN: Final = b"<table:table-row"
_UNUSUAL: Final = (b"xmlns", b"<!", b"<?")
_BODY: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}body"
_SPREADSHEET: Final = "application/vnd.oasis.opendocument.spreadsheet"
_PROPERTY: Final = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}user-defined"
_NAME: Final = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}name"


def open_document(archive: zipfile.ZipFile, file: str) -> OpenDocumentReader:
    """Open an OpenDocument spreadsheet.

    Raises:
        SourceError: It has a password, or is a text or a drawing.
    """
    members = archive.NameToInfo
    if "META-INF/manifest.xml" in members:
        manifest = archive.read("META-INF/manifest.xml")
        if b"encryption-data" in manifest:
            raise SourceError(
                f"{file} is protected by a password and cannot be opened.",
                hint="Save it without a password (File, Save As, clear the box Save"
                " with password), then try again.",
            )
    kind = archive.read("mimetype").decode("ascii") if "mimetype" in members else ""
    if kind and not kind.startswith(_SPREADSHEET):
        raise SourceError(
            f"{file} is an OpenDocument file, but not a spreadsheet.",
            hint="Name the spreadsheet that holds the instructions.",
        )
    return OpenDocumentReader(archive)


class OpenDocumentReader:
    """A ``SheetReader`` over OpenDocument."""

    is_1904 = False  # dates are written out, whatever day the sheet counts from

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._styles = Styles()
        self._drops = self._is_usual
        for part in ("styles.xml", _CONTENT):
            if part in archive.NameToInfo:
                self._learn_styles(part)

    @property
    def sheets(self) -> tuple[SheetPart, ...]:
        """Return the sheets."""
        return tuple(
            SheetPart(
                name=top.name,
                part=str(index),
                is_hidden=top.style in self._styles.hidden,
            )
            for index, top in enumerate(self._tops)
        )

    @property
    def stamp(self) -> Stamp | None:
        """Return what the template says."""
        return read_stamp(self._properties)

    @property
    def is_copied_text(self) -> bool:
        """Tell whether it is our copy of a text file."""
        return is_copied_text(self._properties)

    def peek(self, sheet: SheetPart) -> list[HeadRow]:
        """Return the first filled rows."""
        return self._tops[int(sheet.part)].head

    def read(self, sheet: SheetPart, limits: Limits) -> SheetCells:
        """Return all cells of one sheet."""
        top = self._tops[int(sheet.part)]
        taker = SheetTaker(int(sheet.part), self._styles, limits)
        parser = _listening_parser(taker)
        with self._archive.open(_CONTENT) as stream:
            _feed(parser, taker, _bytes(stream, top.start), drops=self._drops)
            rows = _bytes(stream, top.end - top.start, _CHUNK)
            if self._is_usual:
                _feed_rows(parser, taker, rows)
            else:
                _feed(parser, taker, rows, drops=False)
        return taker.finish()

    @cached_property
    def _tops(self) -> list[Sheet]:
        """Return the sheets with their first rows."""
        if self._is_usual:
            try:
                return self._find_tops(drops=True)
            except ExpatError:  # perhaps what was dropped closes a group of rows
                self._drops = False
        return self._find_tops(drops=False)

    def _find_tops(self, *, drops: bool) -> list[Sheet]:
        taker = TopTaker(self._styles)
        parser = _listening_parser(taker)
        size = self._archive.getinfo(_CONTENT).file_size
        with self._archive.open(_CONTENT) as stream:
            _feed(parser, taker, _bytes(stream, size), drops=drops)
            stream.read(1)  # at its end the checksum is compared
        parser.Parse(b"", True)  # noqa: FBT003 - expat's own signature
        return taker.sheets

    @cached_property
    def _is_usual(self) -> bool:
        """Tell whether the content uses the prefixes that every program uses."""
        with self._archive.open(_CONTENT) as stream:
            head = stream.read(_HEAD)
        return all(head.count(usual) == 1 for usual in _PREFIXES)

    @cached_property
    def _properties(self) -> dict[str, str]:
        if "meta.xml" not in self._archive.NameToInfo:
            return {}
        root = fromstring(self._archive.read("meta.xml"), forbid_dtd=True)
        return {
            entry.get(_NAME, ""): (entry.text or "") for entry in root.iter(_PROPERTY)
        }

    def _learn_styles(self, part: str) -> None:
        with self._archive.open(part) as stream:
            for element in _styles_of(stream):
                self._styles.learn(element)


def _listening_parser(taker: SheetTaker | TopTaker) -> Any:
    """Return a parser that tells a taker; defusedxml refuses document types."""
    parser: Any = DefusedXMLParser(forbid_dtd=True).parser
    parser.DefaultHandlerExpand = None  # would be called for all that passes by
    parser.buffer_text = True
    taker.attach(parser)  # expat's own calls are several times faster
    return parser


def _bytes(stream: IO[bytes], count: int, size: int = _PIECE) -> Iterator[bytes]:
    while count > 0 and (chunk := stream.read(min(size, count))):
        count -= len(chunk)
        yield chunk


def _feed(
    parser: Any, taker: SheetTaker | TopTaker, chunks: Iterator[bytes], *, drops: bool
) -> None:
    """Parse a part of the content; what passes by may be dropped up to its end."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        if not (drops and taker.is_passing):
            # only whole rows, so that what follows them can be dropped
            cut = rest.rfind(ROW_END) + len(ROW_END)
            if drops and cut < len(ROW_END):
                continue
            cut = cut if drops else len(rest)
            parser.Parse(rest[:cut], False)  # noqa: FBT003
            rest = rest[cut:]
        while drops and taker.is_passing and (end := rest.find(_SHEET_END)) >= 0:
            taker.dropped += end
            parser.Parse(_SHEET_END, False)  # noqa: FBT003
            rest = rest[end + len(_SHEET_END) :]
        if drops and taker.is_passing:
            end = max(len(rest) - len(_SHEET_END), 0)
            taker.dropped += end
            rest = rest[end:]
    parser.Parse(rest, False)  # noqa: FBT003


def _feed_rows(parser: Any, taker: SheetTaker, chunks: Iterator[bytes]) -> None:
    """Parse a sheet, its plain rows many at a time."""
    bulk = BulkRows(taker.grid, taker.form, taker.most_columns)
    rest = next(chunks, b"")
    while _ROW_BEGIN not in rest and (more := next(chunks, b"")):
        rest += more
    start = max(rest.find(_ROW_BEGIN), 0)  # the columns first: they have default styles
    parser.Parse(rest[:start], False)  # noqa: FBT003
    rest, is_plain = rest[start:], True
    for chunk in chain([b""], chunks):
        rest += chunk
        cut = rest.rfind(ROW_END)
        if cut < 0:
            continue
        is_plain = is_plain and not any(sign in rest for sign in _UNUSUAL)
        rows = bulk.sort_out(rest[:cut]) if is_plain else None
        if rows is None or not taker.is_between_rows:
            parser.Parse(rest[: cut + len(ROW_END)], False)  # noqa: FBT003
        else:
            _take_rows(parser, taker, bulk, rows)
        rest = rest[cut + len(ROW_END) :]
    bulk.finish()
    parser.Parse(rest, False)  # noqa: FBT003


def _take_rows(parser: Any, taker: SheetTaker, bulk: BulkRows, rows: Rows) -> None:
    """Parse the rows that are not plain, count the others, and take them at once."""
    places: array[int] = array("I")
    numbers: array[int] = array("I")
    seen = 0
    for place in (~rows.is_plain).arg_true():
        count = place - seen
        if not taker.is_between_rows:  # inside a drawing, say
            for between in rows.xml[seen:place]:
                parser.Parse(between.encode() + ROW_END, False)  # noqa: FBT003
        else:
            places.extend(range(seen, place))
            numbers.extend(range(taker.row + 1, taker.row + 1 + count))
            taker.row += count
        parser.Parse(rows.xml[place].encode() + ROW_END, False)  # noqa: FBT003
        seen = place + 1
    count = len(rows.xml) - seen
    if taker.is_between_rows:
        places.extend(range(seen, len(rows.xml)))
        numbers.extend(range(taker.row + 1, taker.row + 1 + count))
        taker.row += count
    else:
        for between in rows.xml[seen:]:
            parser.Parse(between.encode() + ROW_END, False)  # noqa: FBT003
    bulk.take(
        rows,
        pl.Series(places, dtype=pl.UInt32),
        pl.Series("row", numbers, dtype=pl.UInt32),
    )


def _styles_of(stream: Any) -> Iterator[ET.Element]:
    """Yield the styles of a part; those of the content end where its body begins."""
    for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
        if event == "start":
            if element.tag == _BODY:
                return
        elif element.tag == f"{STYLE}style" or element.tag.startswith(NUMBER):
            yield element
