"""What the readers remark upon, with its severity and wording.

Reading emits ``Remark(code, ...)``; whoever turns it into a finding fills ``{detail}``.
"""

from __future__ import annotations

from rapupload.model import Severity, Text
from rapupload.table import Remark

REMARKS: dict[str, tuple[Severity, str, str]] = {
    "merged-cells": (
        Severity.ERROR,
        (
            "Cells are merged among the data ({detail}): only the first of them has "
            "a value, the others would be read as blank. Unmerge them and fill in "
            "every cell."
        ),
        (
            "資料範圍內有合併儲存格（{detail}）：只有首格有值，其餘會當作空白。請取消"
            "合併並填妥每一格。"
        ),
    ),
    "hidden-rows": (
        Severity.WARNING,
        (
            "Hidden or filtered-out rows were read as well (row {detail}). Show them "
            "to check, or delete the rows that must not go."
        ),
        "隱藏或被篩選的行亦已讀入（第 {detail} 行）。請顯示並核對，或刪除不應發出的行。",
    ),
    "hidden-columns": (
        Severity.WARNING,
        (
            "Hidden columns were read as well: {detail}. Show them and check their "
            "content."
        ),
        "隱藏的欄亦已讀入：{detail}。請顯示並核對其內容。",
    ),
    "total-row": (
        Severity.NOTE,
        (
            "The row at the bottom is a total, not an instruction, and is left out "
            "(row {detail})."
        ),
        "最底的一行（第 {detail} 行）是合計，並非指示，不作處理。",
    ),
    "cells-without-heading": (
        Severity.WARNING,
        (
            "Cells stand in a column that has no heading and are not used: {detail}."
            " Give the column a heading, or clear it."
        ),
        "有儲存格位於沒有標題的欄內，未被使用：{detail}。請加上標題或清除內容。",
    ),
    "ragged-row": (
        Severity.ERROR,
        (
            "Row {detail} has more cells than there are headings. A delimiter "
            "inside a value moves the cells after it; put the value in quotes or "
            "save as .xlsx."
        ),
        (
            "第 {detail} 行的儲存格多於標題數目。值內的分隔符號會令其後各格錯位；請為"
            "該值加上引號，或另存為 .xlsx。"
        ),
    ),
    "ambiguous-encoding": (
        Severity.ERROR,
        (
            "The file is valid UTF-8, yet another encoding was stated ({detail}): "
            "Chinese text may be read wrongly. Leave the encoding out, or save the "
            "file as UTF-8."
        ),
        (
            "檔案是有效的 UTF-8，但指定了另一種編碼（{detail}）：中文可能會讀錯。請不"
            "要指定編碼，或將檔案另存為 UTF-8。"
        ),
    ),
    "zeros-shown": (
        Severity.WARNING,
        (
            "Column shows leading zeros by its number format only ({detail}); the "
            "cells hold plain numbers. Format the column as text and key the value "
            "in full."
        ),
        (
            "此欄的前置零只是數字格式所顯示（{detail}），儲存格內是普通數字。請將該欄"
            "設為文字格式並輸入完整的值。"
        ),
    ),
    "scaled-numbers": (
        Severity.ERROR,
        (
            "Column shows its numbers in thousands or millions ({detail}), so what "
            "is seen is not what is stored. Use a number format that shows the "
            "number in full."
        ),
        (
            "此欄以千或百萬為單位顯示數字（{detail}），所見與所存不同。請改用顯示完整"
            "數字的格式。"
        ),
    ),
    "other-sheets": (
        Severity.WARNING,
        (
            "Other sheets of the workbook also have known headings and were not "
            "read: {detail}. Send each on its own, or delete what must not go."
        ),
        (
            "活頁簿內其他工作表亦有可識別的標題，但未有讀入：{detail}。請逐張另行處理"
            "，或刪除不應發出的工作表。"
        ),
    ),
}
"""Remark code -> severity, English and Traditional Chinese wording."""


def word(remark: Remark) -> Text:
    """Return the sentence of a remark in both languages.

    >>> word(Remark(code="total-row", detail="9")).en
    'The row at the bottom is a total, not an instruction, and is left out (row 9).'
    """
    _, english, chinese = REMARKS[remark.code]
    return Text(
        english.replace("{detail}", remark.detail),
        chinese.replace("{detail}", remark.detail),
    )
