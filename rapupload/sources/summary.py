"""The sheet that lists all findings, with counts and a link to each cell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from rapupload.model import Finding, Severity
from rapupload.sources.looks import count_lines
from rapupload.sources.mark_styles import Added
from rapupload.sources.package import MAIN
from rapupload.sources.splice import xml_attribute, xml_text

_TITLES: Final = (
    "Severity 輕重",
    "Place 位置",
    "Column 欄位",
    "Value 值",
    "Message",
    "訊息",
    "Code 代碼",
)
_COUNT_TITLES: Final = ("Severity 輕重", "Times 次數", "Code 代碼")
_WIDTHS: Final = (16, 14, 26, 24, 62, 52, 26)
_WORDS: Final = {
    Severity.ERROR: "error 錯誤",
    Severity.WARNING: "warning 警告",
    Severity.NOTE: "note 提示",
}
_ADVICE_ENGLISH: Final = (
    "Correct the coloured cells and have this workbook checked again. This sheet, the"
    " colours and the comments are ignored then and replaced."
)
_ADVICE_CHINESE: Final = (
    "請更正有顏色的儲存格，然後再次檢查本活頁簿；此工作表、顏色及備註不會被讀入，"
    "下次會更新。"
)
_LONGEST: Final = 32_000  # characters in a cell; the format allows 32,767
_MOST_LINKS: Final = 60_000  # the format allows 65,530 on a sheet
_TITLE_HEIGHT: Final = 24.0  # points
_LINE_HEIGHT: Final = 13.0
_MOST_LINES: Final = 30
_MOST_ROWS: Final = 100_000
_LETTERS: Final = "ABCDEFG"

_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

Row = list[tuple[str, str]]  # text and format of each cell


class Summary:
    """The sheet in the making."""

    def __init__(self, added: Added, sheet: str) -> None:
        self._added = added
        self._sheet = sheet
        self._rows: list[str] = []
        self._links: list[str] = []

    def render(self, findings: Sequence[Finding], notes: Sequence[str]) -> bytes:
        """Return the part of the sheet."""
        counts = Counter(finding.severity for finding in findings)
        listed = ", ".join(f"{counts[s]:,} {_WORDS[s]}" for s in Severity if counts[s])
        self._add([(f"Findings 檢查結果: {listed or 'none 沒有問題'}", "title")])
        for line in (_ADVICE_ENGLISH, _ADVICE_CHINESE, *notes):
            self._add([(line, "bold")])
        self._add([])
        self._add_counts(findings)
        self._add([(title, "head") for title in _TITLES])
        top = len(self._rows)
        ranks = {severity: rank for rank, severity in enumerate(Severity)}
        worst_first = sorted(findings, key=lambda finding: ranks[finding.severity])
        for finding in worst_first[:_MOST_ROWS]:
            self._add_finding(finding)
        rest = len(findings) - _MOST_ROWS
        if rest > 0:
            words = f"{rest:,} more are not listed. 尚有 {rest:,} 項未列出。"
            self._add([(words, "bold")])
        last = top + min(len(findings), _MOST_ROWS)
        return self._part(top, last)

    def _add(self, cells: Row) -> None:
        number = len(self._rows) + 1
        written = "".join(
            f'<c r="{_LETTERS[index]}{number}" s="{self._added.cells[look]}"'
            f' t="inlineStr"><is><t xml:space="preserve">{_cell_text(text)}</t>'
            "</is></c>"
            for index, (text, look) in enumerate(cells)
        )
        height = _height(cells) if number > 1 else _TITLE_HEIGHT
        opening = f'<row r="{number}" ht="{height}" customHeight="1">'
        self._rows.append(f"{opening}{written}</row>")

    def _add_counts(self, findings: Sequence[Finding]) -> None:
        if not findings:
            return
        self._add([(title, "head") for title in _COUNT_TITLES])
        ranks = {severity: rank for rank, severity in enumerate(Severity)}
        counts = Counter((ranks[f.severity], f.code) for f in findings)
        ordered = sorted(counts.items(), key=lambda i: (i[0][0], -i[1], i[0][1]))
        for (rank, code), count in ordered:
            severity = list(Severity)[rank]
            look = str(severity)
            self._add(
                [(_WORDS[severity], look), (f"{count:,}", "plain"), (code, "plain")]
            )
        self._add([])

    def _add_finding(self, finding: Finding) -> None:
        place = finding.cell or (f"row {finding.row}" if finding.row else "file 檔案")
        sheet = finding.sheet or self._sheet
        if sheet != self._sheet:
            place = f"{sheet}: {place}"
        has_link = bool(finding.row) and len(self._links) < _MOST_LINKS
        self._add(
            [
                (_WORDS[finding.severity], str(finding.severity)),
                (place, "link" if has_link else "plain"),
                (finding.column, "plain"),
                (finding.value, "plain"),
                (finding.message.en, "plain"),
                (finding.message.zh_hant, "plain"),
                (finding.code, "plain"),
            ]
        )
        if has_link:
            self._link(sheet, f"{finding.letter or 'A'}{finding.row}")

    def _link(self, sheet: str, target: str) -> None:
        quoted = sheet.replace("'", "''")
        location = xml_attribute(f"'{quoted}'!{target}")
        self._links.append(f'<hyperlink ref="B{len(self._rows)}" location={location}/>')

    def _part(self, top: int, last: int) -> bytes:
        widths = "".join(
            f'<col min="{index}" max="{index}" width="{width}" customWidth="1"/>'
            for index, width in enumerate(_WIDTHS, start=1)
        )
        links = "".join(self._links)
        parts = (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n',
            f'<worksheet xmlns="{MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>',
            '<sheetViews><sheetView showGridLines="0" tabSelected="1"',
            ' workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15"/>',
            f"<cols>{widths}</cols><sheetData>",
            *self._rows,
            f'</sheetData><autoFilter ref="A{top}:G{max(last, top)}"/>',
            f"<hyperlinks>{links}</hyperlinks>" if links else "",
            '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3"',
            ' footer="0.3"/><pageSetup paperSize="9" orientation="landscape"',
            ' fitToHeight="0"/></worksheet>',
        )
        return "".join(parts).encode()


def _height(cells: Row) -> float:
    """Return the height of a row; not every program finds it out by itself."""
    lines = [
        count_lines(text, width)
        for (text, look), width in zip(cells, _WIDTHS, strict=False)
        if look != "bold"  # runs on over the cells beside it
    ]
    return _LINE_HEIGHT * min(max(lines, default=1), _MOST_LINES) + 2


def _cell_text(text: str) -> str:
    """Return a text as a cell holds it, what looks like its own escapes kept."""
    return _ESCAPE.sub("_x005F_", xml_text(text[:_LONGEST]))
