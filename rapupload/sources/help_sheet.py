"""The help sheet of a template: every column, its codes and rules, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rapupload.model import Severity
from rapupload.sources.names import HELP_SHEET
from rapupload.spec.format import BatchSpec, Column, Rule

_WIDTHS: Final = (26, 22, 22, 16, 42, 20, 66)
_NEEDS: Final = {
    "mandatory": ("mandatory 必填", "#C6E0B4"),
    "conditional": ("by the rules 視乎規則", "#FFF2CC"),
    "optional": ("optional 可選", "#DDEBF7"),
    "constant": ("from settings 取自設定", "#E7E6E6"),
    "carried": ("not sent 不會發送", "#E7E6E6"),
}
_SEVERITIES: Final = {
    Severity.ERROR: "error 錯誤",
    Severity.WARNING: "warning 警告",
    Severity.NOTE: "note 提示",
}
_HOW: Final = (
    (
        "Fill in one row per instruction on the first sheet, then have the file checked.",
        "請在首張工作表每列填寫一項指示，然後檢查檔案。",
    ),
    (
        "The headings may be moved, but not renamed; columns not needed may be deleted.",
        "標題可調換次序，但不可改名；不需要的欄可刪除。",
    ),
    (
        "Headings marked * must be filled in; (*) means that it depends on other cells.",
        "標題有 * 者必須填寫；(*) 者視乎其他儲存格而定。",
    ),
)
_LINE: Final = 15  # points
_FILLED: Final = 0.92  # of a line, before words wrap


def write_help(book: Any, spec: BatchSpec) -> None:
    """Add the help sheet to a template being written."""
    _Help(book).write(spec)


class _Help:
    """One sheet, filled from the top down."""

    def __init__(self, book: Any) -> None:
        self._sheet = book.add_worksheet(HELP_SHEET)
        base = {
            "text_wrap": True,
            "valign": "top",
            "border": 1,
            "border_color": "#D0D0D0",
        }
        self._title = book.add_format({"bold": True, "font_size": 14})
        self._section = book.add_format({"bold": True, "font_size": 12})
        self._plain = book.add_format({})
        self._head = book.add_format({**base, "bold": True, "bg_color": "#D9D9D9"})
        self._cell = book.add_format(base)
        self._needs = {
            need: book.add_format({**base, "bg_color": colour})
            for need, (_, colour) in _NEEDS.items()
        }
        self._row = 0

    def write(self, spec: BatchSpec) -> None:
        """Write title, instructions, columns and rules."""
        for index, width in enumerate(_WIDTHS):
            self._sheet.set_column(index, index, width)
        title = f"{spec.spec.title.en}  {spec.spec.title.zh_hant}"
        self._line(title, self._title)
        self._line(
            f"spec {spec.id}, version {spec.spec.version}, status {spec.spec.status}",
            self._plain,
        )
        for english, chinese in _HOW:
            self._line(f"{english}  {chinese}", self._plain)
        self._row += 1
        self._line("Columns 欄位", self._section)
        self._table_head(
            "Column 欄位",
            "",
            "Need 需要",
            "Type 類別",
            "Codes 代碼",
            "Example 例子",
            "Description 說明",
        )
        for column in spec.column:
            self._column(column)
        self._row += 1
        self._line("Rules 規則", self._section)
        self._rule_head()
        for rule in spec.rule:
            self._rule(rule, spec)
        self._sheet.hide_gridlines(2)
        self._sheet.set_landscape()
        self._sheet.fit_to_pages(1, 0)

    def _line(self, text: str, style: Any) -> None:
        self._sheet.write_string(self._row, 0, text, style)
        self._row += 1

    def _table_head(self, *titles: str) -> None:
        for index, title in enumerate(titles):
            self._sheet.write_string(self._row, index, title, self._head)
        self._row += 1

    def _column(self, column: Column) -> None:
        codes = "\n".join(
            f"{code.code} = {code.label.en} {code.label.zh_hant}"
            for code in column.codes
        )
        words = column.description
        cells = [
            column.label.en,
            column.label.zh_hant,
            _NEEDS[column.need][0],
            column.type,
            codes,
            column.example,
            f"{words.en}\n{words.zh_hant}" if words else "",
        ]
        styles = [self._cell] * len(cells)
        styles[2] = self._needs[column.need]
        self._cells(cells, styles)

    def _rule_head(self) -> None:
        self._table_head("Rule 規則", "Weight 輕重", "Columns 欄位")
        self._merge_message("Message 訊息", self._head, self._row - 1)

    def _rule(self, rule: Rule, spec: BatchSpec) -> None:
        names = [spec.column_named(n).label.en for n in rule.columns]
        message = f"{rule.message.en}\n{rule.message.zh_hant}"
        cells = [rule.code, _SEVERITIES[rule.severity], ", ".join(names)]
        height = max(
            _lines_needed(message, sum(_WIDTHS[3:])), _tallest(cells, _WIDTHS[:3])
        )
        self._sheet.set_row(self._row, _LINE * height)
        for index, text in enumerate(cells):
            self._sheet.write_string(self._row, index, text, self._cell)
        self._merge_message(message, self._cell, self._row)
        self._row += 1

    def _merge_message(self, text: str, style: Any, row: int) -> None:
        last = len(_WIDTHS) - 1
        self._sheet.merge_range(row, 3, row, last, "", style)
        self._sheet.write_string(row, 3, text, style)

    def _cells(self, cells: Sequence[str], styles: Sequence[Any]) -> None:
        self._sheet.set_row(self._row, _LINE * _tallest(cells, _WIDTHS))
        for index, (text, style) in enumerate(zip(cells, styles, strict=True)):
            self._sheet.write_string(self._row, index, text, style)
        self._row += 1


def _tallest(cells: Sequence[str], widths: Sequence[int]) -> int:
    pairs = zip(cells, widths, strict=False)
    return max(_lines_needed(text, width) for text, width in pairs)


def _lines_needed(text: str, width: int) -> int:
    """Return how many lines a text takes, Chinese characters counted double."""
    lengths = (
        sum(1 if character.isascii() else 2 for character in line)
        for line in text.split("\n")
    )
    return sum(1 + int(length / (width * _FILLED)) for length in lengths)
