"""Cells of a sheet as a reader comes upon them, and the frame they make."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from rapupload.errors import SourceError
from rapupload.sources.formats import Form
from rapupload.sources.limits import Limits
from rapupload.sources.shape import Layout, SheetCells
from rapupload.sources.workbook import column_letters
from rapupload.table import ROW

_SPARE_ROWS: Final = 100  # titles and headings above the data
_AREA: Final = 60_000_000  # cells, blank ones among them, that are laid out in memory
_CHUNK: Final = 50_000
_ODD: Final = {Form.ZEROS: "zeros-shown", Form.SCALED: "scaled-numbers"}
_ODD_FORMS: Final = frozenset(_ODD)


@dataclass(slots=True)
class _Column:
    """The filled cells of one column, the older ones as series already."""

    rows: array[int] = field(default_factory=lambda: array("I"))
    kinds: array[int] = field(default_factory=lambda: array("B"))
    texts: list[str] = field(default_factory=list)
    packed: list[pl.DataFrame] = field(default_factory=list)

    def pack(self) -> None:
        """Move the cells into a frame: a list of texts takes several times more."""
        self.packed.append(
            pl.DataFrame(
                {
                    "row": pl.Series(self.rows, dtype=pl.UInt32),
                    "kind": pl.Series(self.kinds, dtype=pl.UInt8),
                    "text": pl.Series(self.texts, dtype=pl.String),
                }
            )
        )
        self.rows, self.kinds, self.texts = array("I"), array("B"), []

    def spread(self, index: int, height: int) -> tuple[pl.Series, pl.Series]:
        """Return the columns ``c<n>`` and ``k<n>``, one row for each of the sheet."""
        self.pack()
        cells = pl.concat(self.packed)
        here = pl.int_range(cells.height, dtype=pl.UInt32, eager=True)
        places = pl.repeat(None, height, dtype=pl.UInt32, eager=True)
        places = places.scatter(cells["row"] - 1, here)
        return (
            cells["text"].gather(places).alias(f"c{index}"),
            cells["kind"].gather(places).alias(f"k{index}"),
        )


class Grid:
    """Collects the filled cells of a sheet within the limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._columns: dict[int, _Column] = {}
        self._odd: set[tuple[int, str]] = set()
        self._rows: set[int] = set()
        self._last = 0

    def add(self, row: int, column: int, kind: int, text: str, form: Form) -> None:
        """Keep one filled cell.

        Raises:
            SourceError: It lies outside the limits.
        """
        cells = self._columns.get(column)
        if cells is None:
            cells = self._open(column)
        if row != self._last:
            self._begin(row)
        cells.rows.append(row)
        cells.kinds.append(kind)
        cells.texts.append(text)
        if form in _ODD_FORMS:
            self.note_odd(column, form)
        if len(cells.texts) == _CHUNK:
            cells.pack()

    def add_column(self, column: int, cells: pl.DataFrame) -> None:
        """Keep many cells of one column, none of them blank: ``row, kind, text``."""
        if cells.height:
            known = self._columns.get(column) or self._open(column)
            known.packed.append(cells)

    def note_odd(self, column: int, form: Form) -> None:
        """Remember that a number format of the column misleads."""
        if form in _ODD:
            self._odd.add((column, _ODD[form]))

    def add_rows(self, rows: Iterable[int]) -> None:
        """Count rows whose cells are added column by column."""
        self._rows.update(rows)
        self._check_rows()

    def _open(self, column: int) -> _Column:
        if column >= self._limits.columns:
            raise SourceError(
                f"The sheet has content in column {column_letters(column)};"
                f" at most {self._limits.columns} columns are read.",
                hint="Delete what stands to the right of the instructions.",
            )
        cells = self._columns[column] = _Column()
        return cells

    def _begin(self, row: int) -> None:
        self._last = row
        self._rows.add(row)
        self._check_rows()

    def _check_rows(self) -> None:
        if len(self._rows) > self._limits.rows + _SPARE_ROWS:
            raise SourceError(
                f"The sheet has more than {self._limits.rows:,} rows.",
                hint="Split it into several files.",
            )

    def finish(self, layout: Layout) -> SheetCells:
        """Return the cells of the whole sheet.

        Raises:
            SourceError: They lie so far apart that the sheet does not fit into memory.
        """
        height = max(self._rows, default=0)
        numbers = pl.int_range(1, height + 1, dtype=pl.UInt32, eager=True).alias(ROW)
        return SheetCells(
            frame=pl.DataFrame([numbers, *self._spread(height)]),
            layout=layout,
            odd=tuple(sorted(self._odd)),
        )

    def _spread(self, height: int) -> Iterable[pl.Series]:
        first, last = min(self._columns, default=0), max(self._columns, default=-1)
        if height * (last + 1 - first) > _AREA:
            raise SourceError(
                f"The sheet has single cells as far down as row {height:,} and as far"
                f" right as column {column_letters(last)}.",
                hint="Delete the rows and columns outside the instructions.",
            )
        for index in range(first, last + 1):
            if index in self._columns:
                yield from self._columns[index].spread(index, height)
            else:
                yield pl.repeat(None, height, dtype=pl.String, eager=True).alias(
                    f"c{index}"
                )
                yield pl.repeat(None, height, dtype=pl.UInt8, eager=True).alias(
                    f"k{index}"
                )
