"""The rows that stayed behind, as a workbook: to be corrected and dropped in again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

import polars as pl

from rapupload.model import Finding, Severity, Text
from rapupload.services.workbooks import Sheet, write_workbook
from rapupload.table import ROW
from rapupload.validation import Checked

_REASON = Text("What is wrong", "問題")
_PLACE = Text("Source row", "原行號")
_WIDTHS = (16,)


def name_leftovers(source: Path) -> Path:
    """Return a name for the workbook, in the present folder, that is not taken yet."""
    for number in count(1):
        ending = "rejected" if number == 1 else f"rejected-{number}"
        path = Path(f"{source.stem}.{ending}.xlsx")
        if not path.exists():
            return path
    raise AssertionError("unreachable")


def write_leftovers(results: Sequence[Checked], path: Path) -> int:
    """Write the rejected rows as the user wrote them, and what is wrong with each.

    Cells are text, so that nothing is changed by a spreadsheet program; a sheet with no
    rejected row is left out, and without any the file is not written.

    Returns:
        The number of rows written.

    Raises:
        UsageError: The folder takes no file.
    """
    sheets = [_sheet(checked) for checked in results if len(checked.rejected)]
    if sheets:
        write_workbook(path, sheets)
    return sum(sheet.height for sheet in sheets)


def _sheet(checked: Checked) -> Sheet:
    table = checked.table
    # an unfolded row stands in the frame once for each of its instructions
    rows = table.frame.unique(ROW, keep="first", maintain_order=True)
    rows = rows.filter(pl.col(ROW).is_in(checked.rejected.implode()))
    there = set(rows.columns)
    headers = [h for h in table.headers if h.letter and f"c{h.position}" in there]
    cells = rows.select(ROW, *(f"c{header.position}" for header in headers))
    return Sheet(
        name=table.sheet or "rejected",
        heads=[*(header.text for header in headers), _PLACE.en, _REASON.en],
        rows=_lines(cells, _reasons(checked)),
        height=cells.height,
        widths=_WIDTHS,
    )


def _lines(
    cells: pl.DataFrame, reasons: dict[int, list[str]]
) -> Iterator[list[str | None]]:
    for row, *texts in cells.iter_rows():
        yield [*texts, str(row), "; ".join(reasons.get(row, ["held back with others"]))]


def _reasons(checked: Checked) -> dict[int, list[str]]:
    """Return what is wrong with each row, in words; rows held back with others have none."""
    found: dict[int, list[str]] = {}
    for finding in checked.findings:
        if finding.severity is Severity.ERROR and finding.row is not None:
            found.setdefault(finding.row, []).append(_words(finding))
    return found


def _words(finding: Finding) -> str:
    return (
        f"{finding.cell or finding.row}: {finding.message.en} {finding.message.zh_hant}"
    )
