"""The sheet that lists all findings, with a link to each cell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from rapupload.model import Finding, Severity
from rapupload.sources.marks import COLOURS
from rapupload.sources.names import SUMMARY_SHEET

_TITLES: Final = (
    "Severity 輕重",
    "Place 位置",
    "Column 欄位",
    "Value 值",
    "Message",
    "訊息",
    "Code 代碼",
)
_WIDTHS: Final = (14, 12, 24, 24, 70, 60, 24)
_WORDS: Final = {
    Severity.ERROR: "error 錯誤",
    Severity.WARNING: "warning 警告",
    Severity.NOTE: "note 提示",
}
_ADVICE: Final = (
    "Correct the coloured cells and have this workbook checked again; this sheet is"
    " not read. 請更正有顏色的儲存格，然後再次檢查本活頁簿；此工作表不會被讀入。"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST: Final = 32_767  # characters in a cell
_MOST_LINKS: Final = 60_000  # the format allows 65,530 on a sheet
_MOST_ROWS: Final = 100_000
_TOP: Final = 4


def put_text(cell: Cell, text: str) -> None:
    """Write data into a cell as text, whatever it looks like.

    A value such as ``=cmd|...`` would otherwise become a formula.
    """
    cell.value = _CONTROL.sub("\ufffd", text)[:_LONGEST]
    cell.data_type = "s"


def add_summary(book: Workbook, findings: Sequence[Finding], sheet: str) -> None:
    """Add the list of findings as the first sheet, and show it first."""
    summary = book.create_sheet(SUMMARY_SHEET, 0)
    _write_top(summary, findings)
    for offset, finding in enumerate(findings[:_MOST_ROWS]):
        _write_row(summary, _TOP + 1 + offset, finding, sheet)
    rest = len(findings) - _MOST_ROWS
    if rest > 0:
        place = summary.cell(_TOP + 1 + _MOST_ROWS, 1)
        put_text(place, f"{rest:,} more are not listed. 尚有 {rest:,} 項未列出。")
    for index, width in enumerate(_WIDTHS):
        summary.column_dimensions["ABCDEFG"[index]].width = width
    last = _TOP + min(len(findings), _MOST_ROWS)
    summary.auto_filter.ref = f"A{_TOP}:G{last}"
    summary.freeze_panes = f"A{_TOP + 1}"
    summary.sheet_view.showGridLines = False
    book.active = 0
    for other in book.worksheets:  # several selected sheets would be edited together
        other.sheet_view.tabSelected = other is summary


def _write_top(summary: Worksheet, findings: Sequence[Finding]) -> None:
    counts = Counter(finding.severity for finding in findings)
    listed = ", ".join(f"{counts[s]:,} {_WORDS[s]}" for s in Severity if counts[s])
    put_text(summary.cell(1, 1), f"Findings 檢查結果: {listed or 'none 沒有問題'}")
    summary.cell(1, 1).font = Font(name="Calibri", bold=True, size=14)
    put_text(summary.cell(2, 1), _ADVICE)
    for index, title in enumerate(_TITLES, start=1):
        cell = summary.cell(_TOP, index)
        put_text(cell, title)
        cell.font = Font(name="Calibri", bold=True)
        cell.fill = PatternFill("solid", fgColor="FFD9D9D9")


def _write_row(summary: Worksheet, row: int, finding: Finding, sheet: str) -> None:
    place = finding.cell or (f"row {finding.row}" if finding.row else "file 檔案")
    texts = (
        _WORDS[finding.severity],
        place,
        finding.column,
        finding.value,
        finding.message.en,
        finding.message.zh_hant,
        finding.code,
    )
    for index, text in enumerate(texts, start=1):
        cell = summary.cell(row, index)
        put_text(cell, text)
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    shade = COLOURS[finding.severity]
    summary.cell(row, 1).fill = PatternFill("solid", fgColor=shade)
    if finding.row and row < _MOST_LINKS:
        _link(summary.cell(row, 2), sheet, f"{finding.letter or 'A'}{finding.row}")


def _link(cell: Cell, sheet: str, target: str) -> None:
    quoted = sheet.replace("'", "''")
    text = str(cell.value)
    cell.hyperlink = Hyperlink(
        ref=cell.coordinate, location=f"'{quoted}'!{target}", display=text
    )
    put_text(cell, text)
    cell.font = Font(name="Calibri", color="FF0563C1", underline="single")
