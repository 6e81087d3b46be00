"""The fast reader: fastexcel's columns, beside the kinds found by the triage.

fastexcel erases what a cell is (number or text, date or serial), loses error cells, and
rounds a number to nine decimals when asked for text. So columns of numbers are read as
floats, all others as text, and the shapes of the rows say what each cell is. Where the
two do not fit in the plainest way, that one cell is read from the XML itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal
from xml.etree import ElementTree as ET

import fastexcel
import polars as pl
from defusedxml.ElementTree import fromstring

from rapupload.sources.cells import DIGITS, GENERAL_LARGE, GENERAL_SMALL, LONG, convert
from rapupload.sources.formats import NUMBERS, Form
from rapupload.sources.headings import resolve_texts, stored_text
from rapupload.sources.limits import Limits
from rapupload.sources.shape import SheetCells
from rapupload.sources.triage import (
    CHUNK,
    NotPlainError,
    SheetShapes,
    check_strings,
    scan_sheet,
)
from rapupload.sources.workbook import (
    MAIN,
    SheetPart,
    Workbook,
    column_letters,
    open_part,
)
from rapupload.table import ROW, CellKind

_PLAIN_PART = re.compile(r"xl/worksheets/[A-Za-z0-9_]+\.xml")
_PLAIN_NUMBER = r"^(?:0|-?(?:[1-9][0-9]*|0)\.[0-9]*[1-9]|-?[1-9][0-9]*)$"
_PLAIN_DATE = r"^(?:19[1-9]|[2-9][0-9]{2})[0-9]-[0-9]{2}-[0-9]{2} 00:00:00$"
_FEW: Final = 200  # cells of another kind, such as the heading, in a column of numbers

Place = tuple[int, int]
_Kind = Literal[
    "null", "int", "float", "string", "boolean", "datetime", "date", "duration"
]
_NO_KIND = pl.lit(None, pl.UInt8)


class FastReader:
    """Read plain sheets; refuse every other with ``NotPlainError``."""

    def read(self, book: Workbook, sheet: SheetPart, limits: Limits) -> SheetCells:
        """Return the cells of a sheet that passes the triage."""
        if not _PLAIN_PART.fullmatch(sheet.part):
            raise NotPlainError("the sheet lies in an unusual place")
        check_strings(book)
        shapes = scan_sheet(book, sheet, limits)
        forms = _forms_by_row(shapes)
        values = _read_values(book, sheet, shapes, forms)
        columns = [
            _Column.build(index, values[f"c{index}"], forms[f"c{index}"], book)
            for index in shapes.span
        ]
        wanted = {(row, c.index) for c in columns for row in c.unreadable}
        raw = _fetch_raw(book, sheet, wanted) if wanted else {}
        settled = [c.settle(raw, is_1904=book.is_1904) for c in columns]
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
    height, blank = _last_row(shapes, shapes.known), len(shapes.known)
    ids = _ids_by_row(shapes, height, blank)
    columns = {index: [Form.BLANK] * (blank + 1) for index in shapes.span}
    for identity, shape in enumerate(shapes.known):
        for column, form in shape:
            columns[column][identity] = form
    return pl.DataFrame(
        [
            pl.Series(f"c{index}", forms, dtype=pl.UInt8).gather(ids)
            for index, forms in columns.items()
        ]
    )


def _ids_by_row(shapes: SheetShapes, height: int, blank: int) -> pl.Series:
    numbers = pl.Series("n", shapes.numbers, dtype=pl.UInt32)
    ids = pl.Series("s", shapes.shapes, dtype=pl.UInt32)
    if len(numbers) == numbers[-1]:  # no gaps
        return ids.head(height)
    rows = pl.DataFrame({"n": pl.int_range(1, height + 1, dtype=pl.UInt32, eager=True)})
    joined = rows.join(pl.DataFrame({"n": numbers, "s": ids}), on="n", how="left")
    return joined.sort("n")["s"].fill_null(blank)


def _last_row(shapes: SheetShapes, cells: Collection[Collection[object]]) -> int:
    filled = {index for index, found in enumerate(cells) if found}
    rows = zip(reversed(shapes.numbers), reversed(shapes.shapes), strict=True)
    return next((number for number, shape in rows if shape in filled), 0)


def _read_values(
    book: Workbook, sheet: SheetPart, shapes: SheetShapes, forms: pl.DataFrame
) -> pl.DataFrame:
    first, last, height = _area(shapes)
    names = [f"c{index}" for index in range(first, last + 1)]
    types: dict[str | int, _Kind] = {
        index: "float" if _is_numeric(forms[f"c{index}"]) else "string"
        for index in range(first, last + 1)
    }
    try:
        loaded = fastexcel.read_excel(book.raw).load_sheet(
            sheet.name,
            header_row=None,
            skip_rows=0,  # keeps blank rows at the top, so that row numbers hold
            dtypes=types,  # by index in the sheet, not in the area
            skip_whitespace_tail_rows=False,
        )
        frame = loaded.to_polars()
    except (fastexcel.FastExcelError, UnicodeDecodeError) as error:
        raise NotPlainError(str(error)) from error
    if (frame.width, frame.height) != (len(names), height):
        raise NotPlainError("the fast reader sees another area")
    wanted = [pl.Float64 if kind == "float" else pl.String for kind in types.values()]
    if frame.dtypes != wanted:
        raise NotPlainError("the fast reader gives other types")
    return _extend(frame.rename(dict(zip(frame.columns, names, strict=True))), forms)


def _is_numeric(forms: pl.Series) -> bool:
    others = ~forms.is_in([Form.BLANK, *NUMBERS])
    return int(others.sum()) <= _FEW and bool(forms.is_in(list(NUMBERS)).any())


def _area(shapes: SheetShapes) -> tuple[int, int, int]:
    """Return first column, last column and last row of the cells that have a value."""
    valued = [
        [column for column, form in shape if form is not Form.FORMULA]
        for shape in shapes.known
    ]
    columns = [column for found in valued for column in found]
    if not columns:
        raise NotPlainError("no cell has a value")
    return min(columns), max(columns), _last_row(shapes, valued)


def _extend(frame: pl.DataFrame, forms: pl.DataFrame) -> pl.DataFrame:
    """Add the rows and columns that hold nothing but formulas without a value."""
    rest = forms.height - frame.height
    if rest:
        frame = pl.concat([frame, frame.clear(rest)])
    return frame.with_columns(
        pl.lit(None, pl.String).alias(name)
        for name in forms.columns
        if name not in frame.columns
    )


def _odd_columns(shapes: SheetShapes) -> Iterator[tuple[int, str]]:
    codes = {Form.ZEROS: "zeros-shown", Form.SCALED: "scaled-numbers"}
    found = {cell for shape in shapes.known for cell in shape if cell[1] in codes}
    for column, form in sorted(found):
        yield column, codes[form]


@dataclass(frozen=True, slots=True)
class _Column:
    """One column on its way: what is settled at once, and what is not."""

    index: int
    texts: pl.Series
    kinds: pl.Series
    unsettled: list[tuple[int, int, str | None]]  # row, form, text if that is exact

    @classmethod
    def build(
        cls, index: int, values: pl.Series, forms: pl.Series, book: Workbook
    ) -> _Column:
        """Settle text, plain numbers and plain dates; list the other cells."""
        is_numeric = values.dtype == pl.Float64
        frame = pl.DataFrame({"v": values, "f": forms})
        frame = frame.with_columns(t=_plain_text() if is_numeric else pl.col("v"))
        unseen = pl.col("f").eq(Form.BLANK) & pl.col("t").is_not_null()
        if frame.select((unseen & pl.col("t").ne("")).any()).item():
            raise NotPlainError("the fast reader sees a cell where the XML has none")
        kind = _number_kind(forms) if is_numeric else _text_kind(forms, book)
        frame = frame.with_columns(k=kind)
        is_exact = pl.lit(is_numeric) & pl.col("f").is_in(list(NUMBERS))
        rest = (
            frame.with_row_index("r", offset=1)
            .filter(pl.col("k").is_null() & (pl.col("f") != Form.BLANK))
            .select("r", "f", pl.when(is_exact).then(pl.col("t")))
        )
        text = pl.when(pl.col("k").is_not_null()).then(_settled_text(forms))
        return cls(index, frame.select(text).to_series(), frame["k"], rest.rows())

    @property
    def unreadable(self) -> list[int]:
        """Return the rows whose cell has to be read from the XML."""
        return [row for row, _, text in self.unsettled if text is None]

    def settle(
        self, raw: Mapping[Place, str], *, is_1904: bool
    ) -> tuple[pl.Series, pl.Series]:
        """Return the columns ``c<n>`` and ``k<n>`` with every cell settled."""
        texts, kinds = self.texts, self.kinds
        if self.unsettled:
            stored = [
                (Form(form), raw[row, self.index] if text is None else text)
                for row, form, text in self.unsettled
            ]
            found = [_convert(form, text, is_1904=is_1904) for form, text in stored]
            places = [row - 1 for row, _, _ in self.unsettled]
            texts = texts.scatter(places, [text for _, text in found])
            kinds = kinds.scatter(places, [kind for kind, _ in found])
        return texts.alias(f"c{self.index}"), kinds.alias(f"k{self.index}")


def _convert(form: Form, raw: str, *, is_1904: bool) -> tuple[int | None, str | None]:
    if not raw and form is not Form.FORMULA:
        return None, None
    try:
        kind, text = convert(form, raw, is_1904=is_1904)
    except ValueError as error:
        raise NotPlainError(str(error)) from error
    return int(kind), text


def _plain_text() -> pl.Expr:
    """Return a float as polars writes it, whole numbers without their ``.0``."""
    value = pl.col("v")
    is_whole = (value == value.floor()) & (value.abs() < LONG)
    whole = pl.when(is_whole).then(value).cast(pl.Int64).cast(pl.String)
    return pl.when(is_whole).then(whole).otherwise(value.cast(pl.String))


def _text_kind(forms: pl.Series, book: Workbook) -> pl.Expr:
    """Return the kind of texts and whole days; null for what needs a closer look."""
    text, form = pl.col("t"), pl.col("f")
    is_text = form.eq(Form.TEXT) & text.ne("")
    kind = pl.when(is_text).then(_kind(CellKind.TEXT)).otherwise(_NO_KIND)
    if Form.DATE in forms and not book.is_1904:
        is_date = form.eq(Form.DATE) & text.str.contains(_PLAIN_DATE)
        kind = pl.when(is_date).then(_kind(CellKind.DATE)).otherwise(kind)
    return kind


def _number_kind(forms: pl.Series) -> pl.Expr:
    """Return the kind of numbers that need no rounding; null for the others."""
    text, form = pl.col("t"), pl.col("f")
    is_plain = (text.str.len_bytes() <= DIGITS) & text.str.contains(_PLAIN_NUMBER)
    is_number = is_plain & form.is_in(list(NUMBERS))
    kind = pl.when(is_number).then(_kind(CellKind.NUMBER)).otherwise(_NO_KIND)
    size = pl.col("v").abs()
    is_bent = (size >= GENERAL_LARGE) | ((size > 0) & (size < GENERAL_SMALL))
    for shown, meaning, applies in (
        (Form.GENERAL, CellKind.NUMBER_SCIENTIFIC, is_bent),
        (Form.SCIENTIFIC, CellKind.NUMBER_SCIENTIFIC, pl.lit(value=True)),
        (Form.PERCENT, CellKind.NUMBER_PERCENT, pl.lit(value=True)),
    ):
        if shown in forms:
            special = is_plain & form.eq(shown) & applies
            kind = pl.when(special).then(_kind(meaning)).otherwise(kind)
    return kind


def _kind(kind: CellKind) -> pl.Expr:
    return pl.lit(int(kind), pl.UInt8)


def _settled_text(forms: pl.Series) -> pl.Expr:
    text = pl.col("t")
    if Form.DATE not in forms:
        return text
    is_date = pl.col("k").eq(CellKind.DATE)
    return pl.when(is_date).then(text.str.head(10)).otherwise(text)


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
