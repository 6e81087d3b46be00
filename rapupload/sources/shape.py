"""What every reader hands to the assembly: all cells of one sheet, and its layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from rapupload.sources.limits import Limits

HeadRow = tuple[int, Sequence[str | None]]
"""Number and texts of a filled row near the top of a sheet."""


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
        ends_mixed: A text file whose lines end in more than one way.
        has_commas: A text file whose fields are parted by commas.
    """

    frame: pl.DataFrame
    layout: Layout = Layout()
    odd: tuple[tuple[int, str], ...] = ()
    ends_mixed: bool = False
    has_commas: bool = False

    @property
    def columns(self) -> list[int]:
        """Return the indexes of the columns."""
        return [int(name[1:]) for name in self.frame.columns if name.startswith("c")]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPart:
    """One worksheet: its name, the part that holds it, whether it is shown."""

    name: str
    part: str
    is_hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a template says about itself, in the properties of the workbook.

    Attributes:
        type: Instruction type.
        version: Version of the spec it was made from.
        digest: Digest of that spec file; empty where the workbook has lost it.
    """

    type: str
    version: int
    digest: str = ""


class SheetReader(Protocol):
    """An opened workbook, whatever its format; all give equal cells for equal sheets.

    Attributes:
        sheets: The worksheets in their order; charts and macros are none.
        is_1904: Dates count from 1904 (old Macintosh workbooks).
        stamp: What the template says that the workbook was made from, if one was.
        is_copied_text: The workbook is our annotated copy of a text file.
    """

    @property
    def sheets(self) -> tuple[SheetPart, ...]: ...  # noqa: D102 - see above

    @property
    def is_1904(self) -> bool: ...  # noqa: D102

    @property
    def stamp(self) -> Stamp | None: ...  # noqa: D102

    @property
    def is_copied_text(self) -> bool: ...  # noqa: D102

    def peek(self, sheet: SheetPart) -> list[HeadRow]:
        """Return the texts of the first filled rows of a sheet."""
        ...

    def read(self, sheet: SheetPart, limits: Limits) -> SheetCells:
        """Return all cells of a sheet.

        Raises:
            SourceError: The sheet is damaged or over a limit.
        """
        ...
