"""Tables for people as a workbook: every cell is text, and nothing in it is a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from rapupload.errors import UsageError
from rapupload.sources.atomic import refuse_existing, replacing

_MOST_ROWS: Final = 1_048_575  # below the headings, by the format
_LONGEST: Final = 32_767  # characters of a cell, by the format
_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet.

    Attributes:
        heads: The headings of the first row; none for a sheet without.
        rows: Texts; None for a blank cell.
        height: How many rows there are.
        widths: Of the columns, in characters; the last one is for the rest too.
    """

    name: str
    heads: Sequence[str]
    rows: Iterable[Sequence[str | None]]
    height: int
    widths: Sequence[int] = (18,)


def write_workbook(
    path: Path, sheets: Sequence[Sheet], *, overwrite: bool = False
) -> None:
    """Write a workbook whole or not at all.

    Raises:
        UsageError: There is such a file already, the folder takes none, or a sheet would
            have more rows than a workbook can.
    """
    refuse_existing(path, overwrite=overwrite)
    for sheet in sheets:
        if sheet.height > _MOST_ROWS:
            raise UsageError(
                f"{sheet.height:,} rows do not fit into a workbook; {path.name} was not "
                "written.",
                hint="Write a .csv or .json file instead.",
            )
    with replacing(path) as temporary:
        book = xlsxwriter.Workbook(temporary, _OPTIONS)
        head = book.add_format(
            {"bold": True, "bg_color": "#DDEBF7", "text_wrap": True, "valign": "top"}
        )
        text = book.add_format({"num_format": "@"})  # leading zeros survive an edit
        for sheet in sheets:
            _write(book.add_worksheet(sheet.name), sheet, head, text)
        book.close()


def _write(page: Any, sheet: Sheet, head: Any, text: Any) -> None:
    columns = max(len(sheet.heads), 1)
    for index in range(columns):
        width = sheet.widths[min(index, len(sheet.widths) - 1)]
        page.set_column(index, index, width, text)
    page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    first = 0
    if sheet.heads:
        for index, title in enumerate(sheet.heads):
            page.write_string(0, index, title, head)
        page.freeze_panes(1, 1)
        first = 1
    write = page.write_string
    for number, row in enumerate(sheet.rows, first):
        for index, value in enumerate(row):
            if value:
                write(number, index, value[:_LONGEST], text)
