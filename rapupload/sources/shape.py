"""What every reader hands to the assembly: all cells of one sheet, and its layout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import polars as pl

from rapupload.sources.limits import Limits
from rapupload.sources.workbook import SheetPart, Workbook


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a sheet hides or merges.

    Attributes:
        hidden_rows: Numbers of the rows not shown, filtered-out ones among them.
        hidden_columns: Indexes of the columns not shown.
        merged: ``first row, first column, last row, last column``; columns from 0.
    """

    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetCells:
    """Every cell of a sheet, headings included.

    Attributes:
        frame: ``row`` (UInt32, from 1, without gaps), ``c<n>`` (text, null = blank),
            and in a workbook, ``k<n>`` (UInt8 ``CellKind``, null = blank), n from 0.
        layout: What the sheet hides or merges.
        odd: Column index -> remark code, where a number format misleads.
    """

    frame: pl.DataFrame
    layout: Layout = Layout()
    odd: tuple[tuple[int, str], ...] = ()

    @property
    def columns(self) -> list[int]:
        """Return the indexes of the columns."""
        return [int(name[1:]) for name in self.frame.columns if name.startswith("c")]


class SheetReader(Protocol):
    """Read all cells of one sheet; two implementations must give equal frames."""

    def read(self, book: Workbook, sheet: SheetPart, limits: Limits) -> SheetCells:
        """Return the cells.

        Raises:
            NotPlainError: This reader does not take such a sheet; ask the other one.
            SourceError: The sheet is damaged or over a limit.
        """
        ...
