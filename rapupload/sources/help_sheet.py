"""The help sheet of a template: every column, its codes and rules, in both languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from rapupload.model import Severity
from rapupload.sources.looks import FONT, NEEDS, YES_NO, choices, count_lines, need_of
from rapupload.sources.names import EXAMPLE_MARK, HELP_SHEET
from rapupload.spec.format import BatchSpec, Column, Rule

_WIDTHS: Final = (24, 20, 18, 22, 34, 18, 58, 16)
_COLUMN_TITLES: Final = (
    "Column",
    "欄位",
    "Need 需要",
    "How to write it 寫法",
    "Codes 代碼",
    "Example 例子",
    "Description 說明",
    "How sure 把握",
)
_RULE_TITLES: Final = ("Rule 規則", "Weight 輕重", "Columns 欄位", "Message 訊息")
_SEVERITIES: Final = {
    Severity.ERROR: ("error 錯誤\nthe row cannot go 不能發送", "#FFC7CE"),
    Severity.WARNING: ("warning 警告\nneeds a reason 須說明原因", "#FFEB9C"),
    Severity.NOTE: ("note 提示\nfor information 僅供參考", "#DDEBF7"),
}
_SURE: Final = {"S": "sure 確定", "L": "likely 大致", "G": "guess 推測", "-": "-"}
_STATUSES: Final = {
    "assumed": "assumed: HKEX's own format is not known yet 假定：未取得港交所的正式格式",
    "practice": "tried in practice sessions 已於演習中試用",
    "confirmed": "confirmed by HKEX's document 已按港交所文件核實",
}
_STYLES: Final = {
    "account": "account number, as text\n戶口號碼（文字）",
    "announcement-no": "announcement number\n公告編號",
    "code": "one of the codes\n代碼之一",
    "country": "ISO country code\n國家代碼",
    "currency": "ISO currency code\n貨幣代碼",
    "date": "a date: 2027-01-05\n日期",
    "date-time": "date and time: 2027-01-05 16:00\n日期及時間",
    "designated-bank": "bank code\n銀行代碼",
    "email": "e-mail address\n電郵地址",
    "identity-document": "number of the document\n證件號碼",
    "isin": "12 characters\n12 個字元",
    "market": "market code\n市場代號",
    "money": "amount in full, two decimals\n金額，兩位小數",
    "name": "name\n姓名",
    "option-no": "number of the option\n選項編號",
    "participant-id": "a letter and five digits\n一個字母及五位數字",
    "phone": "telephone number\n電話號碼",
    "price": "price in full\n價格",
    "quantity": "whole number\n整數",
    "reference": "letters and digits\n字母及數字",
    "resolution-no": "number of the resolution\n議案編號",
    "stock-code": "five digits, as text\n五位數字（文字）",
    "text": "text\n文字",
    "time": "time: 16:00\n時間",
    "yes-no": "yes or no\n是或否",
}
_HOW: Final = (
    (
        (
            "Fill in one row per instruction on the first sheet, below the examples; delete "
            f"the two example rows (marked {EXAMPLE_MARK}): a file that still has them is "
            "refused."
        ),
        (
            f"請在首張工作表每行填寫一項指示；請刪除兩行例子（標有 {EXAMPLE_MARK}），未刪除"
            "的檔案不獲接納。"
        ),
    ),
    (
        (
            "Columns may be moved and their headings kept; columns that are not needed may be "
            "deleted. Extra columns of your own are reported and not used."
        ),
        "欄的次序可更改，但請保留標題；不需要的欄可刪除。自行加入的欄會被指出，不會使用。",
    ),
    (
        "The lists offer codes; the other spellings given below are understood too.",
        "清單提供代碼；下列其他寫法亦可。",
    ),
    (
        "Nothing is guessed: what cannot be read for certain is reported with its cell.",
        "本程式不會猜測：未能確定的內容會連同儲存格一併指出。",
    ),
)
_LEGEND_SURE: Final = (
    (
        "How sure: is it asked for / in what form. sure = HKEX's text or public layout; likely "
        "= terminal functions and reports; guess = reasoned, no source."
    ),
    "把握：是否需要／格式。確定＝港交所文件；大致＝終端機功能及報表；推測＝沒有來源。",
)
_LINE: Final = 14.0  # points
_A4: Final = 9
_PLACE = re.compile(r"\{([a-z0-9_-]+)\}")


def write_help(book: Any, spec: BatchSpec, columns: Sequence[Column]) -> None:
    """Add the help sheet to a template being written.

    Args:
        book: The workbook.
        spec: The instruction type.
        columns: Those of the template; the constants of the spec are told about too.
    """
    _Help(book).write(spec, columns)


class _Help:
    """One sheet, filled from the top down."""

    def __init__(self, book: Any) -> None:
        self._sheet = book.add_worksheet(HELP_SHEET)
        font = {"font_name": FONT, "font_size": 10}
        base = {
            **font,
            "text_wrap": True,
            "valign": "top",
            "border": 1,
            "border_color": "#BFBFBF",
        }
        self._title = book.add_format({**font, "bold": True, "font_size": 16})
        self._section = book.add_format(
            {**font, "bold": True, "font_size": 12, "font_color": "#1F3864"}
        )
        self._plain = book.add_format({**font, "text_wrap": True, "valign": "top"})
        self._head = book.add_format(
            {**base, "bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF"}
        )
        self._cell = book.add_format(base)
        self._name = book.add_format({**base, "bold": True})
        self._needs = {
            look.words: book.add_format(
                {**base, "bg_color": look.colour, "font_color": look.text}
            )
            for look in NEEDS.values()
        }
        self._weights = {
            severity: book.add_format({**base, "bg_color": colour})
            for severity, (_, colour) in _SEVERITIES.items()
        }
        self._row = 0

    def write(self, spec: BatchSpec, columns: Sequence[Column]) -> None:
        """Write title, instructions, columns and rules."""
        for index, wide in enumerate(_WIDTHS):
            self._sheet.set_column(index, index, wide)
        about = spec.spec
        self._line(f"{about.title.en}  {about.title.zh_hant}", self._title, height=24)
        status = _STATUSES[about.status.value]
        self._line(f"{spec.id}, version {about.version}; {status}", self._plain)
        for english, chinese in _HOW:
            self._wide(f"•  {english}\n    {chinese}")
        self._row += 1
        self._line("Signs and colours of the headings 標題的記號及顏色", self._section)
        for look in NEEDS.values():
            sign = look.sign.strip() or "no sign 沒有記號"
            self._cells([sign, look.words], [self._needs[look.words], self._cell])
        self._wide("\n".join(_LEGEND_SURE))
        self._row += 1
        self._line("Columns 欄位", self._section)
        self._table_head(_COLUMN_TITLES)
        for column in [*(c for c in spec.column if c not in columns), *columns]:
            self._column(column)
        self._row += 1
        self._line("Rules 規則", self._section)
        self._rule_head()
        for rule in spec.rule:
            self._rule(rule, spec)
        self._set_up_print()

    def _set_up_print(self) -> None:
        self._sheet.hide_gridlines(2)
        self._sheet.set_landscape()
        self._sheet.set_paper(_A4)
        self._sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.set_footer("&L&A&R&P / &N")

    def _line(self, text: str, style: Any, height: float = 16.0) -> None:
        self._sheet.set_row(self._row, height)
        last = len(_WIDTHS) - 1
        self._sheet.merge_range(self._row, 0, self._row, last, "", style)
        self._sheet.write_string(self._row, 0, text, style)
        self._row += 1

    def _wide(self, text: str) -> None:
        lines = count_lines(text, sum(_WIDTHS))
        self._line(text, self._plain, height=_LINE * lines + 2)

    def _table_head(self, titles: Sequence[str]) -> None:
        self._cells(titles, [self._head] * len(titles))

    def _column(self, column: Column) -> None:
        words, need = column.description, need_of(column)
        cells = [
            column.label.en,
            column.label.zh_hant,
            need.sign.strip() + " " + need.words,
            _how_to_write(column),
            _list_codes(column),
            column.example,
            f"{words.en}\n{words.zh_hant}" if words else "",
            _say_sure(column.mark),
        ]
        styles = [self._cell] * len(cells)
        styles[0] = self._name
        styles[2] = self._needs[need.words]
        self._cells([cell.strip() for cell in cells], styles)

    def _rule_head(self) -> None:
        for index, title in enumerate(_RULE_TITLES):
            self._sheet.write_string(self._row, index, title, self._head)
        self._merge_message(_RULE_TITLES[-1], self._head)
        last = len(_WIDTHS) - 1
        self._sheet.write_string(self._row, last, _COLUMN_TITLES[-1], self._head)
        self._row += 1

    def _rule(self, rule: Rule, spec: BatchSpec) -> None:
        names = [spec.column_named(n).label for n in rule.columns]
        message = "\n".join(_fill_in(rule, spec))
        cells = [
            rule.code,
            _SEVERITIES[rule.severity][0],
            "\n".join(f"{label.en} {label.zh_hant}" for label in names),
        ]
        height = max(
            count_lines(message, sum(_WIDTHS[3:-1])), _tallest(cells, _WIDTHS[:3])
        )
        self._sheet.set_row(self._row, _LINE * height + 2)
        styles = [self._cell, self._weights[rule.severity], self._cell]
        for index, text in enumerate(cells):
            self._sheet.write_string(self._row, index, text, styles[index])
        self._merge_message(message, self._cell)
        last = len(_WIDTHS) - 1
        self._sheet.write_string(self._row, last, _say_sure(rule.mark), self._cell)
        self._row += 1

    def _merge_message(self, text: str, style: Any) -> None:
        last = len(_WIDTHS) - 2
        self._sheet.merge_range(self._row, 3, self._row, last, "", style)
        self._sheet.write_string(self._row, 3, text, style)

    def _cells(self, cells: Sequence[str], styles: Sequence[Any]) -> None:
        self._sheet.set_row(self._row, _LINE * _tallest(cells, _WIDTHS) + 2)
        for index, (text, style) in enumerate(zip(cells, styles, strict=True)):
            self._sheet.write_string(self._row, index, text, style)
        self._row += 1


def _fill_in(rule: Rule, spec: BatchSpec) -> tuple[str, str]:
    """Return the message of a rule, names of columns in place of their values."""
    labels = {column.name: column.label for column in spec.column}

    def name(found: re.Match[str], language: str) -> str:
        label = labels.get(found.group(1))
        return f"[{getattr(label, language) if label else '…'}]"

    return (
        _PLACE.sub(lambda found: name(found, "en"), rule.message.en),
        _PLACE.sub(lambda found: name(found, "zh_hant"), rule.message.zh_hant),
    )


def _how_to_write(column: Column) -> str:
    text = _STYLES.get(column.type, column.type)
    shape = column.shape
    if shape and column.type in {"text", "reference", "name", "account"}:
        text += f"\nat most {shape.length} 最多 {shape.length} 字元"
    return text


def _list_codes(column: Column) -> str:
    if column.type == "yes-no":
        return f"{YES_NO[0]} = yes 是\n{YES_NO[1]} = no 否"
    if not column.codes:
        return ", ".join(choices(column))
    lines = []
    for code in column.codes:
        lines.append(f"{code.code} = {code.label.en} {code.label.zh_hant}")
        if code.aliases:
            lines.append(f"    also 亦可: {', '.join(code.aliases)}")
    return "\n".join(lines)


def _say_sure(mark: str) -> str:
    """Return the words of a mark: is it asked for, and in what form.

    >>> _say_sure("S/G").splitlines()
    ['sure 確定', '/ guess 推測']
    """
    return "\n/ ".join(_SURE[word] for word in mark.split("/"))


def _tallest(cells: Sequence[str], widths: Sequence[int]) -> int:
    pairs = zip(cells, widths, strict=False)
    return max(count_lines(text, wide) for text, wide in pairs)
