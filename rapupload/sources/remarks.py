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
    "split-figure": (
        Severity.WARNING,
        (
            "A figure may have been split at its thousands separator: 1 to 3 digits "
            "({detail}) and three more in the next column, as of an unquoted 1,000, of "
            "which only the 1 is read. Put the figure in quotes or leave the separators "
            "out."
        ),
        (
            "數字可能被其千位分隔符號拆開：該格有 1 至 3 位數字（{detail}），下一欄再有三位"
            "，一如未加引號的 1,000，只會讀作 1。請為數字加上引號，或刪去分隔符號。"
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
    "template-outdated": (
        Severity.WARNING,
        (
            "The workbook was made from an older or newer template (version of the "
            "template, version in force: {detail}). Columns or codes may have changed: "
            "get the template anew and copy the rows into it."
        ),
        (
            "此活頁簿所用的範本版本與現行版本不同（範本版本、現行版本：{detail}）。欄位"
            "或代碼可能已更改：請重新取得範本，並將資料複製過去。"
        ),
    ),
    "template-of-other-type": (
        Severity.ERROR,
        (
            "The workbook was made from the template of another instruction type: "
            "{detail}. State that type, or copy the rows into the right template."
        ),
        (
            "此活頁簿由另一種指示（{detail}）的範本製成。請指定該種類，或將資料複製到"
            "正確的範本。"
        ),
    ),
    "example-row": (
        Severity.ERROR,
        (
            "Row {detail} bears the mark of a template's example and is left out. Delete "
            "the row; one that you typed over still holds other cells of the example."
        ),
        (
            "第 {detail} 行帶有範本例子的標記，不作處理。請刪除整行；如曾在例子上輸入資料，"
            "該行仍有例子的其他內容。"
        ),
    ),
    "text-below": (
        Severity.NOTE,
        (
            "Row {detail} at the bottom holds a single text and looks like a remark, "
            "yet it is read as an instruction. Delete it, or complete it."
        ),
        (
            "最底的第 {detail} 行只有一格文字，似是備註，但會當作指示讀入。請刪除或"
            "填妥該行。"
        ),
    ),
    "dates-from-1904": (
        Severity.NOTE,
        (
            "The workbook counts its dates from 1904, as old Macintosh versions did; "
            "the dates were read so ({detail}). Dates pasted from other workbooks are "
            "off by four years and a day."
        ),
        (
            "此活頁簿的日期由 1904 年起計（舊 Macintosh 版本），已按此讀入（{detail}）。"
            "由其他活頁簿貼上的日期會相差四年零一日。"
        ),
    ),
    "mixed-line-ends": (
        Severity.NOTE,
        (
            "Lines of the file end in different ways; each was taken as the end of a "
            "row ({detail} rows in all, with headings)."
        ),
        "檔案各行的換行方式不一；每個換行均視為一行的結尾（連標題共 {detail} 行）。",
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
