"""Finding codes of the engine itself; rule codes are declared in the spec files."""

from __future__ import annotations

from dataclasses import dataclass

from rapupload.model import Scope, Severity, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineCode:
    """One finding code, its words and what to do next."""

    severity: Severity
    scope: Scope
    message: Text
    explanation: Text


ENGINE_CODES: dict[str, EngineCode] = {
    "column-missing": EngineCode(
        severity=Severity.ERROR,
        scope=Scope.BATCH,
        message=Text(
            "There is no column for {label}.",
            "工作表沒有「{label_zh}」一欄。",
        ),
        explanation=Text(
            "Every instruction needs this value. Add the column, or rename the heading "
            "that holds it; `rapupload template` makes a sheet with all columns.",
            "每項指示均須填此值，請加入此欄或更改標題；可用 rapupload template 產生範本。",
        ),
    ),
    "column-repeated": EngineCode(
        severity=Severity.ERROR,
        scope=Scope.BATCH,
        message=Text(
            "The columns {list} all mean {label}; only one can be used.",
            "{list} 各欄均指「{label_zh}」，只可保留一欄。",
        ),
        explanation=Text(
            "Delete or rename the columns that are not meant. Nothing is guessed.",
            "請刪除或更改多餘的欄位，系統不會猜測。",
        ),
    ),
    "column-unknown": EngineCode(
        severity=Severity.NOTE,
        scope=Scope.BATCH,
        message=Text(
            "The column {list} is not sent.",
            "「{list}」一欄不會發送。",
        ),
        explanation=Text(
            "The heading is none of this instruction type. Its cells are kept with the "
            "batch and never enter the batch file.",
            "此標題不屬此類指示，內容會隨批次保存，但不會寫入檔案。",
        ),
    ),
    "default-unreadable": EngineCode(
        severity=Severity.ERROR,
        scope=Scope.BATCH,
        message=Text(
            "The settings' default for {label} cannot be used: {reason}",
            "設定檔中「{label_zh}」的預設值不可用：{reason_zh}",
        ),
        explanation=Text(
            "Blank cells of the column would take it. Correct it under [defaults] in "
            "the settings, or fill in every cell.",
            "空白儲存格會採用該預設值。請更正設定檔 [defaults] 的值，或填妥每一格。",
        ),
    ),
    "value-missing": EngineCode(
        severity=Severity.ERROR,
        scope=Scope.CELL,
        message=Text("{label} is blank.", "「{label_zh}」未填。"),
        explanation=Text("This value is needed in every row.", "每一行均須填寫此欄。"),
    ),
    "market-differs": EngineCode(
        severity=Severity.ERROR,
        scope=Scope.CELL,
        message=Text(
            "{value} is not the market of this file ({market}).",
            "{value} 與檔案的市場（{market}）不符。",
        ),
        explanation=Text(
            "Rows of another market go into a file of their own.",
            "其他市場的指示請另開檔案。",
        ),
    ),
    "currency-differs": EngineCode(
        severity=Severity.ERROR,
        scope=Scope.CELL,
        message=Text(
            "{value} states {stated}, but the currency of the row is {currency}.",
            "{value} 註明 {stated}，但此行的貨幣為 {currency}。",
        ),
        explanation=Text(
            "Correct the currency column, or the sign beside the amount. Nothing is "
            "converted.",
            "請更正貨幣欄，或金額旁的貨幣。本程式不會兌換。",
        ),
    ),
    "rule-not-evaluated": EngineCode(
        severity=Severity.NOTE,
        scope=Scope.BATCH,
        message=Text(
            "Rule {rule} could not be judged for {count} rows, because other rows of "
            "the same group have errors.",
            "因同組其他行有錯誤，規則 {rule} 未能判斷 {count} 行。",
        ),
        explanation=Text(
            "The rule looks at several rows together. Correct the faulty rows and check "
            "again. Until then the others of the group are held as the rule would hold "
            "them: behind for an error, until accepted for a warning.",
            "此規則須一併核對多行，請更正錯誤後再檢查。在此之前，同組其他行按該規則的嚴重"
            "程度處理：屬錯誤則不發送，屬警告則須先接受。",
        ),
    ),
}
"""Code -> severity, scope and words, in both languages."""
