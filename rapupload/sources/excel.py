"""An opened .xlsx or .xlsm: the fast reader for plain sheets, the careful one else."""

from __future__ import annotations

from functools import cached_property

from rapupload.sources.fast import FastReader
from rapupload.sources.limits import Limits
from rapupload.sources.shape import HeadRow, SheetCells, SheetPart, Stamp
from rapupload.sources.stamp import is_copied_text, read_stamp
from rapupload.sources.stored import peek
from rapupload.sources.triage import NotPlainError
from rapupload.sources.workbook import Workbook, read_properties


class ExcelReader:
    """A ``SheetReader`` over Office Open XML."""

    def __init__(self, book: Workbook) -> None:
        self._book = book

    @property
    def sheets(self) -> tuple[SheetPart, ...]:
        """Return the worksheets."""
        return self._book.sheets

    @property
    def is_1904(self) -> bool:
        """Tell whether dates count from 1904."""
        return self._book.is_1904

    @property
    def stamp(self) -> Stamp | None:
        """Return what the template says."""
        return read_stamp(self._properties)

    @property
    def is_copied_text(self) -> bool:
        """Tell whether it is our copy of a text file."""
        return is_copied_text(self._properties)

    @cached_property
    def _properties(self) -> dict[str, str]:
        return read_properties(self._book)

    def peek(self, sheet: SheetPart) -> list[HeadRow]:
        """Return the first filled rows."""
        return peek(self._book, sheet)

    def read(self, sheet: SheetPart, limits: Limits) -> SheetCells:
        """Return all cells, by the fast reader where the sheet is plain."""
        try:
            return FastReader().read(self._book, sheet, limits)
        except NotPlainError:
            from rapupload.sources.careful import (  # noqa: PLC0415 - openpyxl takes 0.1 s
                CarefulReader,
            )

            return CarefulReader().read(self._book, sheet, limits)
