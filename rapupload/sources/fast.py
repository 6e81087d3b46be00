"""The fast reader: columns cut from the XML that the triage has found to be plain.

The triage hands on the contents of every row as they are stored, and the shapes of the
rows say which content belongs to which cell and what it is; polars does the rest,
column by column. What a column cannot settle in the plainest way is settled cell by
cell, where the careful reader's cells are settled too.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

import polars as pl
from defusedxml.ElementTree import fromstring

from rapupload.sources.columns import Place, RawColumn, UnsettledError
from rapupload.sources.formats import Form
from rapupload.sources.limits import Limits
from rapupload.sources.shape import SheetCells, SheetPart
from rapupload.sources.stored import resolve_texts, stored_text
from rapupload.sources.triage import (
    CHUNK,
    NotPlainError,
    SheetShapes,
    read_strings,
    scan_sheet,
    unescape,
)
from rapupload.sources.workbook import (
    MAIN,
    Workbook,
    column_letters,
    open_part,
)
from rapupload.table import ROW


class FastReader:
    """Read plain sheets; refuse every other with ``NotPlainError``."""

    def read(self, book: Workbook, sheet: SheetPart, limits: Limits) -> SheetCells:
        """Return the cells of a sheet that passes the triage."""
        strings = read_strings(book)
        shapes = scan_sheet(book, sheet, limits)
        forms = _forms_by_row(shapes)
        stored = _contents_by_row(shapes, strings, forms.height)
        columns = [
            RawColumn.build(
                index,
                stored[f"c{index}"],
                forms[f"c{index}"],
                is_1904=book.is_1904,
            )
            for index in shapes.span
        ]
        wanted = {(row, c.index) for c in columns for row in c.unreadable}
        raw = _fetch_raw(book, sheet, wanted) if wanted else {}
        try:
            settled = [c.settle(raw, is_1904=book.is_1904) for c in columns]
        except UnsettledError as error:
            raise NotPlainError(str(error)) from error
        rows = pl.int_range(1, forms.height + 1, dtype=pl.UInt32, eager=True)
        return SheetCells(
            frame=pl.DataFrame(
                [rows.alias(ROW), *(s for pair in settled for s in pair)]
            ),
            layout=shapes.layout,
            odd=tuple(_odd_columns(shapes)),
        )


def _forms_by_row(shapes: SheetShapes) -> pl.DataFrame:
    """Return the form of every cell, row by row, gaps included."""
    height, blank = _last_row(shapes), len(shapes.known)
    ids = _rows_to_numbers(shapes, height)
    columns = {index: [Form.BLANK] * (blank + 1) for index in shapes.span}
    for identity, shape in enumerate(shapes.known):
        for cell in shape:
            columns[cell.column][identity] = cell.form
    named = pl.Series(shapes.shapes, dtype=pl.UInt32).gather(ids).fill_null(blank)
    return pl.DataFrame(
        [
            pl.Series(f"c{index}", forms, dtype=pl.UInt8).gather(named)
            for index, forms in columns.items()
        ]
    )


def _rows_to_numbers(shapes: SheetShapes, height: int) -> pl.Series:
    """Return, for each row number from 1, which of the stored rows has it, if any."""
    numbers = pl.Series("number", shapes.numbers, dtype=pl.UInt32)
    places = pl.int_range(len(numbers), dtype=pl.UInt32, eager=True)
    if len(numbers) == numbers[-1]:  # no gaps
        return places.head(height)
    rows = pl.int_range(1, height + 1, dtype=pl.UInt32, eager=True).alias("number")
    stored = pl.DataFrame([numbers, places.alias("place")])
    joined = rows.to_frame().join(
        stored, on="number", how="left", maintain_order="left"
    )
    return joined["place"]


def _last_row(shapes: SheetShapes) -> int:
    filled = {index for index, cells in enumerate(shapes.known) if cells}
    rows = zip(reversed(shapes.numbers), reversed(shapes.shapes), strict=True)
    return next((number for number, shape in rows if shape in filled), 0)


def _contents_by_row(
    shapes: SheetShapes, strings: pl.Series, height: int
) -> pl.DataFrame:
    """Return the stored text of every cell, row by row, shared texts looked up."""
    if not any(shapes.sizes):
        raise NotPlainError("no cell has a value")
    contents = pl.concat(shapes.contents)
    ids = pl.Series("shape", shapes.shapes, dtype=pl.UInt32)
    sizes = pl.Series(shapes.sizes, dtype=pl.UInt32)
    if not contents.list.len().equals(sizes.gather(ids)):
        raise NotPlainError("contents that belong to no cell")
    fields = [f"f{place}" for place in range(max(shapes.sizes))]
    rows = contents.list.to_struct(fields=fields).struct.unnest()
    rows = rows.select(pl.all().str.strip_prefix("<v>")).with_columns(ids)
    try:
        columns = [
            _pick(rows, groups, strings).alias(f"c{index}")
            for index, groups in _group_places(shapes).items()
        ]
    except pl.exceptions.PolarsError as error:  # not the number of a shared text
        raise NotPlainError(str(error)) from error
    numbers = _rows_to_numbers(shapes, height)
    return pl.DataFrame([column.gather(numbers) for column in columns])


_Groups = dict[tuple[int, bool], list[int]]
"""Place of a content in its row, and whether it is shared -> the shapes it is so in."""


def _group_places(shapes: SheetShapes) -> dict[int, _Groups]:
    """Return where the contents of each column are: it hangs on the shape of the row."""
    columns: dict[int, _Groups] = {index: {} for index in shapes.span}
    for identity, shape in enumerate(shapes.known):
        for cell in shape:
            if cell.place is not None:
                own = columns[cell.column]
                own.setdefault((cell.place, cell.is_shared), []).append(identity)
    return columns


def _pick(rows: pl.DataFrame, groups: _Groups, strings: pl.Series) -> pl.Series:
    """Return the contents of one column."""
    found = [pl.repeat(None, rows.height, dtype=pl.String, eager=True)]
    for (place, is_shared), identities in groups.items():
        here = pl.col("shape").is_in(identities)
        own = rows.select(pl.when(here).then(pl.col(f"f{place}"))).to_series()
        found.append(
            strings.gather(own.cast(pl.UInt32)) if is_shared else unescape(own)
        )
    return pl.select(pl.coalesce(found[1:] or found)).to_series()


def _odd_columns(shapes: SheetShapes) -> Iterator[tuple[int, str]]:
    codes = {Form.ZEROS: "zeros-shown", Form.SCALED: "scaled-numbers"}
    cells = (cell for shape in shapes.known for cell in shape)
    found = {(cell.column, cell.form) for cell in cells if cell.form in codes}
    for column, form in sorted(found):
        yield column, codes[form]


def _fetch_raw(
    book: Workbook, sheet: SheetPart, wanted: set[Place]
) -> dict[Place, str]:
    """Return the stored text of some cells, in a second pass over the XML."""
    by_row: dict[int, list[int]] = {}
    for row, column in wanted:
        by_row.setdefault(row, []).append(column)
    found: dict[Place, tuple[str, str]] = {}
    with open_part(book, sheet.part) as stream:
        rest = b""
        # most often a heading or two: what follows the last cell is not inflated again
        while len(found) < len(wanted) and (more := stream.read(CHUNK)):
            *rows, rest = (rest + more).split(b"</row>")
            for piece in rows:
                start = piece.rfind(b"<row r=") + 8
                number = int(piece[start : piece.index(b'"', start)])
                for column in by_row.get(number, ()):
                    found[number, column] = _stored_cell(piece, number, column)
    texts = resolve_texts(book, found.values())
    return {place: texts[cell] for place, cell in found.items()}


def _stored_cell(row: bytes, number: int, column: int) -> tuple[str, str]:
    start = row.index(f'<c r="{column_letters(column)}{number}"'.encode())
    end = row.find(b"<c r=", start + 1)
    cell = row[start : end if end > 0 else len(row)]
    outer = f'<x xmlns="{MAIN[1:-1]}">'.encode() + cell + b"</x>"
    element: ET.Element = fromstring(outer, forbid_dtd=True)[0]
    kind, text = stored_text(element)
    if text or element.find(f"{MAIN}f") is None:
        return kind, text
    return "f", element.findtext(f"{MAIN}f") or ""
