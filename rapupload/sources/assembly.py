"""From all cells of a sheet to the table: headings, rows, rows left out, remarks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from rapupload.errors import SourceError
from rapupload.sources.limits import Limits
from rapupload.sources.names import EXAMPLE_MARK
from rapupload.sources.shape import Layout, SheetCells
from rapupload.sources.workbook import column_letters
from rapupload.table import ROW, CellKind, Header, Remark, Table

_ENGLISH_TOTAL = r"(?:grand ?total|sub-?total|totals?|total(?: of)? \w+)s?"
_CHINESE_TOTAL = r"(?:合計|總計|小計|總數|总计|合计|小计|共計)"
_TOTAL = re.compile(
    rf"{_ENGLISH_TOTAL}|{_CHINESE_TOTAL}"
    rf"|{_ENGLISH_TOTAL}[ /]*{_CHINESE_TOTAL}|{_CHINESE_TOTAL}[ /]*{_ENGLISH_TOTAL}"
)
_FIGURE = re.compile(r"^[\s(+-]*(?:[A-Z]{3} ?|HK\$|US\$|\$)?[\d,]*\.?\d+\)?%?$")
_CODE = re.compile("0[0-9]")  # no sum begins with a nought
_SHOWN: Final = 5  # places named in a remark
_TOP_ROWS: Final = 1_000
_BOTTOM_ROWS: Final = 20
_FEW_BLANKS: Final = 3
_ENOUGH_COLUMNS: Final = 3  # of fewer, a row may well hold one cell only
_DATES: Final = frozenset({CellKind.DATE, CellKind.DATETIME})


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the cells come from.

    Attributes:
        sheet: Sheet name; empty for CSV.
        is_text: The rows are those of a text file, or of our copy of one.
        is_1904: Dates count from 1904.
    """

    path: Path
    digest: str
    sheet: str
    header_row: int
    is_text: bool = False
    is_1904: bool = False


def assemble(
    cells: SheetCells, origin: Origin, limits: Limits, noticed: Iterable[Remark] = ()
) -> Table:
    """Return the table below the headings.

    Raises:
        SourceError: No headings, no data rows, or more than the limit.
    """
    headers = _read_headers(cells.frame, origin)
    data = _drop_trailing_blanks(cells, origin)
    blank = _blank_rows(data, cells.columns)
    kept = data.filter(~pl.col(ROW).is_in(blank.implode())) if len(blank) else data
    examples = _example_rows(kept, cells.columns)
    if examples:
        kept = kept.filter(~pl.col(ROW).is_in(examples))
    texts = list(_texts_below(kept, cells.columns))
    totals = list(_total_rows(kept.head(kept.height - len(texts)), cells.columns))
    if totals:
        kept = kept.filter(~pl.col(ROW).is_in(totals))
    if kept.is_empty():
        raise _no_rows(origin, examples=len(examples))
    if kept.height + len(blank) + len(totals) + len(examples) > limits.rows:
        raise SourceError(
            f"{origin.path.name} has more than {limits.rows:,} rows.",
            hint="Split it into several files.",
        )
    ignored = dict.fromkeys(blank.to_list(), "blank") | dict.fromkeys(totals, "total")
    ignored |= dict.fromkeys(examples, "example")
    frame, kinds = _collapse(kept, headers)
    remarks = [
        *noticed,
        *_remark_layout(cells.layout, headers, kept[ROW]),
        *_remark_odd(cells, headers),
        *_remark_stray(kept, headers, is_text=origin.is_text),
        *(Remark(code="total-row", row=row, detail=str(row)) for row in totals),
        *(Remark(code="text-below", row=row, detail=str(row)) for row in texts),
        *(Remark(code="example-row", row=row, detail=str(row)) for row in examples),
        *_remark_file(cells, origin, headers, frame, kinds),
    ]
    return Table(
        file=origin.path,
        digest=origin.digest,
        sheet=origin.sheet,
        header_row=origin.header_row,
        headers=headers,
        frame=frame,
        kinds=kinds,
        ignored=dict(sorted(ignored.items())),
        remarks=tuple(remarks),
    )


def _read_headers(frame: pl.DataFrame, origin: Origin) -> tuple[Header, ...]:
    row = frame.filter(pl.col(ROW) == origin.header_row)
    names = [name for name in frame.columns if name.startswith("c")]
    texts = row.row(0, named=True) if row.height else {}
    headers = tuple(
        Header(
            texts[name],
            int(name[1:]),
            column_letters(int(name[1:])),
            CellKind(texts.get(f"k{name[1:]}") or CellKind.TEXT),
        )
        for name in names
        if texts.get(name) and texts[name].strip()
    )
    if not headers:
        raise SourceError(
            f"Row {origin.header_row} of {origin.path.name} has no headings.",
            hint="Say which row has them with --header-row.",
        )
    return headers


def _no_rows(origin: Origin, examples: int = 0) -> SourceError:
    besides = " but the examples of the template" if examples else ""
    return SourceError(
        f"{origin.path.name} has headings in row {origin.header_row}, but no rows"
        f" below{besides}.",
        hint="Fill in at least one instruction below the headings.",
    )


def _drop_trailing_blanks(cells: SheetCells, origin: Origin) -> pl.DataFrame:
    data = cells.frame.slice(origin.header_row)  # rows count from 1, without gaps
    window = 64
    while data.height:
        tail = data.tail(window)
        blank = set(_blank_rows(tail, cells.columns))
        rows = tail[ROW].to_list()
        cut = next(
            (i for i, row in enumerate(reversed(rows)) if row not in blank), None
        )
        if cut is not None:
            return data.head(data.height - cut)
        data = data.head(data.height - len(rows))
        window *= 8
    return data


def _blank_rows(frame: pl.DataFrame, columns: list[int]) -> pl.Series:
    """Return the numbers of rows with nothing but blanks; later columns see few."""
    rest = frame
    for index in columns:
        if rest.is_empty():
            break
        text = pl.col(f"c{index}")
        # blanks sort before "!" or at U+0085 and above; trimming all texts costs more
        rest = rest.filter(text.is_null() | (text < "!") | (text >= "\u0085"))
        rest = rest.filter(text.is_null() | text.str.strip_chars().eq(""))
    return rest[ROW]


def _example_rows(kept: pl.DataFrame, columns: list[int]) -> list[int]:
    """Return the rows that carry the mark of a template's examples.

    They stand at the top; one moved far down is refused for the mark's own characters.
    """
    top = kept.head(_TOP_ROWS)
    if top.is_empty():
        return []
    marked = (
        pl.col(f"c{i}").str.strip_chars_start().str.starts_with(EXAMPLE_MARK)
        for i in columns
    )
    found: list[int] = top.filter(pl.any_horizontal(marked))[ROW].to_list()
    return found


def _texts_below(kept: pl.DataFrame, columns: list[int]) -> Iterator[int]:
    """Yield rows at the bottom with a single text in them, from the last upwards.

    None where all rows are so: then it is how the table is filled in.
    """
    if len(columns) < _ENOUGH_COLUMNS:
        return
    rows: list[int] = []
    for row in reversed(kept.tail(_BOTTOM_ROWS).rows(named=True)):
        texts = [text for i in columns if (text := (row[f"c{i}"] or "").strip())]
        if len(texts) != 1 or _is_figure(texts[0]) or _is_total(texts[0]):
            yield from rows
            return
        rows.append(row[ROW])


def _is_total(text: str) -> bool:
    word = unicodedata.normalize("NFKC", text).casefold().strip(" :.=")
    return bool(_TOTAL.fullmatch(word))


def _total_rows(kept: pl.DataFrame, columns: list[int]) -> Iterator[int]:
    """Yield the rows at the bottom that are totals, from the last upwards.

    A row counts as a total only if its first filled cell says so, every other one may be
    a sum, and of what most rows fill in it leaves half, or three columns, blank: an
    instruction whose reference is ``TOTAL`` must not be lost.
    """
    found: list[tuple[int, set[int]]] = []
    for row in reversed(kept.tail(_BOTTOM_ROWS).rows(named=True)):
        texts = {i: text for i in columns if (text := (row[f"c{i}"] or "").strip())}
        first, *others = texts.values()
        if not _is_total(first) or not all(map(_is_sum, others)):
            break
        found.append((row[ROW], set(texts)))
    rest = kept.head(kept.height - len(found))
    usual = {i for i in columns if found and _is_mostly_filled(rest, i)}
    for number, filled in found:
        blank = len(usual - filled)
        if blank < _FEW_BLANKS and 2 * len(filled & usual) > len(usual) + 1:
            return
        yield number


def _is_mostly_filled(frame: pl.DataFrame, column: int) -> bool:
    text = frame[f"c{column}"].str.strip_chars()
    return 2 * int((text != "").sum()) > frame.height


def _is_sum(text: str) -> bool:
    return _is_figure(text) and not _CODE.match(text)


def _is_figure(text: str) -> bool:
    return bool(_FIGURE.match(text)) or text.startswith(("=", "#"))


def _collapse(
    kept: pl.DataFrame, headers: tuple[Header, ...]
) -> tuple[pl.DataFrame, dict[int, CellKind]]:
    """Drop the kinds of uniform columns from the frame and name them apart."""
    kinds: dict[int, CellKind] = {}
    names = [ROW]
    for header in headers:
        kind = f"k{header.position}"
        names.append(f"c{header.position}")
        lowest = kept[kind].min() if kind in kept.columns else CellKind.TEXT
        if kind in kept.columns and lowest != kept[kind].max():
            names.append(kind)
        else:
            kinds[header.position] = CellKind(int(str(lowest or 0)))
    return kept.select(names), kinds


def _remark_layout(
    layout: Layout, headers: tuple[Header, ...], rows: pl.Series
) -> Iterator[Remark]:
    present = set(rows.to_list()) if layout.hidden_rows or layout.merged else set()
    hidden = sorted(layout.hidden_rows & present)
    if hidden:
        detail = _places(map(str, hidden))
        yield Remark(code="hidden-rows", row=hidden[0], detail=detail)
    letters = [h.letter for h in headers if h.position in layout.hidden_columns]
    if letters:
        detail = _places(letters)
        yield Remark(code="hidden-columns", letter=letters[0], detail=detail)
    positions = {header.position for header in headers}
    for top, left, bottom, right in layout.merged:
        if positions.isdisjoint(range(left, right + 1)):
            continue
        letter = column_letters(left)
        detail = f"{letter}{top}:{column_letters(right)}{bottom}"
        for row in filter(present.__contains__, range(top, bottom + 1)):
            yield Remark(code="merged-cells", row=row, letter=letter, detail=detail)


def _places(places: Iterable[str]) -> str:
    listed = list(places)
    more = ", ..." if len(listed) > _SHOWN else ""
    return ", ".join(listed[:_SHOWN]) + more


def _remark_odd(cells: SheetCells, headers: tuple[Header, ...]) -> Iterator[Remark]:
    for header in headers:
        for column, code in cells.odd:
            if column == header.position:
                yield Remark(code=code, letter=header.letter, detail=header.text)


def _remark_stray(
    kept: pl.DataFrame, headers: tuple[Header, ...], *, is_text: bool
) -> Iterator[Remark]:
    positions = {header.position for header in headers}
    last = max(positions)
    for name in kept.columns:
        index = int(name[1:]) if name.startswith("c") else None
        if index is None or index in positions:
            continue
        rows = kept.filter(pl.col(name).is_not_null())[ROW]
        if not len(rows):
            continue
        letter = column_letters(index)
        if is_text and index > last:
            for row in rows:
                yield Remark(code="ragged-row", row=row, letter=letter, detail=str(row))
        else:
            detail = _places(f"{letter}{row}" for row in rows.head(_SHOWN + 1))
            code = "cells-without-heading"
            yield Remark(code=code, row=rows[0], letter=letter, detail=detail)


def _remark_file(
    cells: SheetCells,
    origin: Origin,
    headers: tuple[Header, ...],
    frame: pl.DataFrame,
    kinds: dict[int, CellKind],
) -> Iterator[Remark]:
    """Remark upon what concerns the file as a whole."""
    if cells.ends_mixed:
        yield Remark(code="mixed-line-ends", detail=f"{cells.frame.height:,}")
    if not origin.is_1904:
        return
    dated = [h.letter for h in headers if _has_dates(h.position, frame, kinds)]
    if dated:
        yield Remark(code="dates-from-1904", detail=", ".join(dated))


def _has_dates(position: int, frame: pl.DataFrame, kinds: dict[int, CellKind]) -> bool:
    if position in kinds:
        return kinds[position] in _DATES
    return bool(frame[f"k{position}"].is_in([int(kind) for kind in _DATES]).any())
