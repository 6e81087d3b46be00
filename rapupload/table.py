"""The columnar table: what a reader hands on, cell by cell as the user sees it.

A frame has one row per source row and, per source column ``n``, a text column ``c<n>``
(null = blank cell) and, where the cells of the column are of more than one kind, a
column ``k<n>`` of ``CellKind`` values. Row numbers are those of the spreadsheet.

Shaping (``rapupload.shaping``) may repeat a row for each of its instructions, and may add
columns that are not in the sheet; ``p<n>`` (Int32) beside such a column says which source
column each cell came from, -1 where no cell did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

ROW = "row"


class CellKind(IntEnum):
    """What a cell is in its file; a CSV file has text only.

    The text beside it is, per kind: the text itself; the plain decimal number with at
    most 15 significant digits and no exponent (``0.1``, ``12000000000``); the number
    likewise, where the cell *shows* an exponent or a percentage; ``YYYY-MM-DD``;
    ``YYYY-MM-DDTHH:MM:SS``; ``HH:MM:SS``; ``TRUE`` or ``FALSE``; the error as shown
    (``#N/A``); the formula, for one saved without a value.
    """

    TEXT = 0
    NUMBER = 1
    NUMBER_LONG = 2  # more than 15 significant digits: the file has lost some
    NUMBER_SCIENTIFIC = 3  # the cell shows 1.2E+10
    NUMBER_PERCENT = 4  # the cell shows 50%
    DATE = 5
    DATETIME = 6
    TIME = 7
    BOOLEAN = 8
    ERROR = 9
    FORMULA = 10


@dataclass(frozen=True, slots=True)
class Header:
    """One column heading.

    Attributes:
        text: As the user wrote it.
        position: Index of the source column; its frame column is ``c<position>``.
        letter: As the spreadsheet shows it (``A``, ``AB``).
        kind: Of the cell it stands in: 5.10 typed as a number has become 5.1.
    """

    text: str
    position: int
    letter: str
    kind: CellKind = CellKind.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something a reader saw that the user must know; it becomes a finding.

    Attributes:
        code: One of the engine's finding codes (``merged-cells``, ``hidden-rows`` ...).
        row: First row concerned, or None for the whole sheet.
        letter: Column letter, where one cell or column is concerned.
        detail: What to put into the message, such as the range or the count.
    """

    code: str
    row: int | None = None
    letter: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaping:
    """What shaping made of headings and cells, for the check that follows.

    Attributes:
        columns: Column of the spec -> number of its frame column.
        unknown: Positions of headings whose cells go nowhere.
        repeated: Column of the spec -> positions, where several headings claim it.
        findings: ``code``, ``row`` (null for the file), ``position``, ``value``, ``words``
            (JSON object); severity and scope are those of the code.
        date_order: Of dates such as 05/01/2027, where a mapping says it.
    """

    columns: Mapping[str, int]
    unknown: tuple[int, ...] = ()
    repeated: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    findings: pl.DataFrame
    date_order: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One sheet, or one CSV file, read without losing anything.

    Attributes:
        file: Where it was read from.
        digest: SHA-256 of the file, in hex.
        sheet: Sheet name; empty for CSV.
        header_row: Row number of the headings.
        headers: The headings that are not blank.
        frame: ``row`` (UInt32) and the cell columns; blank rows are left out.
        kinds: Kind of every cell of a column that is uniform; a mixed one has ``k<n>``.
        ignored: Rows left out, with the reason (``blank``, ``total``, ``example`` ...).
        remarks: What the reader noticed.
        shaping: What shaping did; None for a sheet that is plain already.
    """

    file: Path
    digest: str
    sheet: str
    header_row: int
    headers: tuple[Header, ...]
    frame: pl.DataFrame
    kinds: dict[int, CellKind]
    ignored: dict[int, str] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    shaping: Shaping | None = None

    @property
    def rows(self) -> int:
        """Return the number of source rows: those in the frame and those ignored."""
        if self.shaping is None:  # as many as there are numbers; no need to count
            return self.frame.height + len(self.ignored)
        return self.frame[ROW].n_unique() + len(self.ignored)
