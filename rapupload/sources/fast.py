"""The fast reader: fastexcel's cells as text, beside the kinds found by the triage.

fastexcel erases what a cell is (number or text, date or serial) and loses error cells.
The shapes of the rows say what each cell is; where text and shape do not fit in the
plainest way, the stored text of that one cell is taken from the XML instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import unescape

import fastexcel
import polars as pl

from rapupload.sources.cells import (
    DIGITS,
    GENERAL_LARGE,
    GENERAL_SMALL,
    convert,
)
from rapupload.sources.formats import NUMBERS, Form
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
    SheetPart,
    Workbook,
    column_letters,
    open_part,
)
from rapupload.table import ROW, CellKind

_PLAIN_PART = re.compile(r"xl/worksheets/[A-Za-z0-9_]+\.xml")
_PLAIN_NUMBER = r"^(?:0|-?(?:[1-9][0-9]*|0)\.[0-9]*[1-9]|-?[1-9][0-9]*)$"
_PLAIN_DATE = r"^(?:19[1-9]|[2-9][0-9]{2})[0-9]-[0-9]{2}-[0-9]{2} 00:00:00$"
_VALUE = re.compile(r"<v>([^<]*)</v>")
_FORMULA = re.compile(r"<f[^>]*>([^<]*)</f>")

Place = tuple[int, int]


class FastReader:
    """Read plain sheets; refuse every other with ``NotPlainError``."""

    def read(self, book: Workbook, sheet: SheetPart, limits: Limits) -> SheetCells:
        """Return the cells of a sheet that passes the triage."""
        if not _PLAIN_PART.fullmatch(sheet.part):
            raise NotPlainError("the sheet lies in an unusual place")
        check_strings(book)
        shapes = scan_sheet(book, sheet, limits)
        texts = _read_texts(book, sheet, shapes)
        columns = [
            _Column.build(index, text, forms, is_1904=book.is_1904)
            for index, text, forms in _forms_of(texts, shapes)
        ]
        wanted = {(row, c.index) for c in columns for row in c.unreadable}
        raw = _fetch_raw(book, sheet, wanted) if wanted else {}
        frame = pl.DataFrame(
            {ROW: pl.int_range(1, texts.height + 1, dtype=pl.UInt32, eager=True)}
        )
        settled = [c.settle(raw, is_1904=book.is_1904) for c in columns]
        return SheetCells(
            frame=frame.with_columns(series for pair in settled for series in pair),
            layout=shapes.layout,
            odd=tuple(_odd_columns(shapes)),
        )


def _read_texts(book: Workbook, sheet: SheetPart, shapes: SheetShapes) -> pl.DataFrame:
    try:
        reader = fastexcel.read_excel(book.raw)
        loaded = reader.load_sheet(
            sheet.name,
            header_row=None,
            skip_rows=0,  # keeps blank rows at the top, so that row numbers hold
            dtypes="string",
            skip_whitespace_tail_rows=False,
        )
        frame = loaded.to_polars()
    except (fastexcel.FastExcelError, UnicodeDecodeError) as error:
        raise NotPlainError(str(error)) from error
    columns = shapes.columns
    if frame.width != columns[-1] - columns[0] + 1 or frame.height != _height(shapes):
        raise NotPlainError("the fast reader sees another area")
    names = [f"c{columns[0] + offset}" for offset in range(frame.width)]
    return frame.rename(dict(zip(frame.columns, names, strict=True)))


def _height(shapes: SheetShapes) -> int:
    filled = {index for index, shape in enumerate(shapes.known) if shape}
    for number, shape in zip(
        reversed(shapes.numbers), reversed(shapes.shapes), strict=True
    ):
        if shape in filled:
            return number
    return 0


def _forms_of(
    texts: pl.DataFrame, shapes: SheetShapes
) -> Iterator[tuple[int, pl.Series, pl.Series]]:
    """Yield index, texts and forms of every column."""
    blank = len(shapes.known)
    ids = _ids_by_row(shapes, texts.height, blank)
    by_column: dict[int, list[int]] = {}
    for identity, shape in enumerate(shapes.known):
        for column, form in shape:
            forms = by_column.setdefault(column, [Form.BLANK] * (blank + 1))
            forms[identity] = form
    for name in texts.columns:
        index = int(name[1:])
        forms = by_column.get(index, [Form.BLANK] * (blank + 1))
        yield index, texts[name], pl.Series(name, forms, dtype=pl.UInt8).gather(ids)


def _ids_by_row(shapes: SheetShapes, height: int, blank: int) -> pl.Series:
    numbers = pl.Series("n", shapes.numbers, dtype=pl.UInt32)
    ids = pl.Series("s", shapes.shapes, dtype=pl.UInt32)
    if len(numbers) == height and numbers[-1] == height:
        return ids
    rows = pl.DataFrame({"n": pl.int_range(1, height + 1, dtype=pl.UInt32, eager=True)})
    joined = rows.join(pl.DataFrame({"n": numbers, "s": ids}), on="n", how="left")
    return joined.sort("n")["s"].fill_null(blank)


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
    unsettled: list[tuple[int, int, str | None]]  # row, form, text if it is a number

    @classmethod
    def build(
        cls, index: int, texts: pl.Series, forms: pl.Series, *, is_1904: bool
    ) -> _Column:
        """Settle text, plain numbers and plain dates; list the other cells."""
        if (texts.is_not_null() & (forms == Form.BLANK) & (texts != "")).any():
            raise NotPlainError("the fast reader sees a cell where the XML has none")
        frame = pl.DataFrame({"t": texts, "f": forms})
        present = set(forms.unique().to_list())
        kind = _settled_kind(present, is_1904=is_1904)
        frame = frame.with_columns(k=kind)
        rest = (
            frame.with_row_index("r", offset=1)
            .filter(pl.col("k").is_null() & (pl.col("f") != Form.BLANK))
            .select("r", "f", pl.when(_is_number(present)).then(pl.col("t")))
        )
        texts = frame.select(_settled_text(present)).to_series()
        return cls(index, texts, frame["k"], rest.rows())

    @property
    def unreadable(self) -> list[int]:
        """Return the rows whose stored text is needed."""
        return [row for row, _, text in self.unsettled if text is None]

    def settle(
        self, raw: dict[Place, str], *, is_1904: bool
    ) -> tuple[pl.Series, pl.Series]:
        """Return the columns ``c<n>`` and ``k<n>`` with every cell settled."""
        texts, kinds = self.texts, self.kinds
        if self.unsettled:
            places = [row - 1 for row, _, _ in self.unsettled]
            found = [
                _convert(
                    form,
                    raw.get((row, self.index), "") if text is None else text,
                    is_1904=is_1904,
                )
                for row, form, text in self.unsettled
            ]
            texts = texts.scatter(places, [text for _, text in found])
            kinds = kinds.scatter(places, [int(kind) for kind, _ in found])
        return texts.alias(f"c{self.index}"), kinds.alias(f"k{self.index}")


def _convert(form: int, raw: str, *, is_1904: bool) -> tuple[CellKind, str]:
    try:
        return convert(Form(form), raw, is_1904=is_1904)
    except ValueError as error:
        raise NotPlainError(str(error)) from error


def _is_number(present: set[int]) -> pl.Expr:
    """Tell where fastexcel's own text is the stored number, only not a short one."""
    is_number = pl.col("f").is_in(sorted(present & NUMBERS))
    return is_number & pl.col("t").str.contains(r"^-?[0-9]+(\.[0-9]+)?$")


def _settled_kind(present: set[int], *, is_1904: bool) -> pl.Expr:
    """Return the kind where text and form agree plainly; null elsewhere."""
    text, form = pl.col("t"), pl.col("f")
    no_kind = pl.lit(None, pl.UInt8)
    is_text = form.eq(Form.TEXT) & text.is_not_null() & text.ne("")
    kind = pl.when(is_text).then(pl.lit(CellKind.TEXT, pl.UInt8)).otherwise(no_kind)
    if present & NUMBERS:
        is_number = form.is_in(sorted(present & NUMBERS))
        is_plain = (text.str.len_bytes() <= DIGITS) & text.str.contains(_PLAIN_NUMBER)
        kind = pl.when(is_number & is_plain).then(_number_kind(present)).otherwise(kind)
    if Form.DATE in present and not is_1904:
        is_date = form.eq(Form.DATE) & text.str.contains(_PLAIN_DATE)
        kind = pl.when(is_date).then(pl.lit(CellKind.DATE, pl.UInt8)).otherwise(kind)
    return kind


def _number_kind(present: set[int]) -> pl.Expr:
    kind = pl.lit(CellKind.NUMBER, pl.UInt8)
    form = pl.col("f")
    if Form.GENERAL in present:
        size = pl.col("t").cast(pl.Float64, strict=False).abs()
        is_bent = (size >= GENERAL_LARGE) | ((size > 0) & (size < GENERAL_SMALL))
        scientific = pl.lit(CellKind.NUMBER_SCIENTIFIC, pl.UInt8)
        kind = pl.when(form.eq(Form.GENERAL) & is_bent).then(scientific).otherwise(kind)
    for shown, meaning in (
        (Form.SCIENTIFIC, CellKind.NUMBER_SCIENTIFIC),
        (Form.PERCENT, CellKind.NUMBER_PERCENT),
    ):
        if shown in present:
            literal = pl.lit(meaning, pl.UInt8)
            kind = pl.when(form.eq(shown)).then(literal).otherwise(kind)
    return kind


def _settled_text(present: set[int]) -> pl.Expr:
    text = pl.col("t")
    if Form.DATE in present:
        is_date = pl.col("k").eq(CellKind.DATE)
        text = pl.when(is_date).then(text.str.head(10)).otherwise(text)
    return pl.when(pl.col("k").is_not_null()).then(text).otherwise(None)


def _fetch_raw(
    book: Workbook, sheet: SheetPart, wanted: set[Place]
) -> dict[Place, str]:
    """Return the stored text of some cells, in a second pass over the XML."""
    by_row: dict[int, list[int]] = {}
    for row, column in wanted:
        by_row.setdefault(row, []).append(column)
    found: dict[Place, str] = {}
    with open_part(book, sheet.part) as stream:
        rest = b""
        while more := stream.read(CHUNK):
            *rows, rest = (rest + more).split(b"</row>")
            for piece in rows:
                start = piece.rfind(b"<row r=") + 8
                number = int(piece[start : piece.index(b'"', start)])
                if number in by_row:
                    text = piece[start:].decode("utf-8")
                    for column in by_row[number]:
                        found[number, column] = _raw_cell(text, number, column)
    return found


def _raw_cell(row: str, number: int, column: int) -> str:
    start = row.index(f'<c r="{column_letters(column)}{number}"')
    end = row.find("<c r=", start + 1)
    cell = row[start : end if end > 0 else len(row)]
    match = _VALUE.search(cell) or _FORMULA.search(cell)
    return unescape(match.group(1), {"&quot;": '"', "&apos;": "'"}) if match else ""
