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
    "date-orders-mixed": EngineCode(
        severity=Severity.NOTE,
        scope=Scope.CELL,
        message=Text(
            "The dates of this column are written both ways: {day-first} has the day "
            "first, {month-first} the month.",
            "此欄日期寫法不一：{day-first} 先寫日，{month-first} 先寫月。",
        ),
        explanation=Text(
            "Each date with one reading was taken as that; one with two is refused. Look "
            "at the column once: are rows of two systems in it, or was one mistyped?",
            "只有一種讀法的日期已照讀，有兩種讀法的會拒絕。請核對此欄：是否混合兩個系統"
            "的資料，或有輸入錯誤？",
        ),
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
    "combined-differs": EngineCode(
        severity=Severity.ERROR,
        scope=Scope.CELL,
        message=Text(
            "{value} and the column for {label} say different things.",
            "{value} 與「{label_zh}」一欄的內容不符。",
        ),
        explanation=Text(
            "A word such as RVP fills two columns, and the sheet has the other "
            "column too. Correct the one that is wrong; nothing is guessed.",
            "RVP 等寫法同時表示兩欄的內容，而工作表另有該欄。請更正錯誤的一欄"
            "，系統不會猜測。",
        ),
    ),
    "opposite-differs": EngineCode(
        severity=Severity.ERROR,
        scope=Scope.CELL,
        message=Text(
            "This column says the opposite of {label}, and the two do not agree"
            " ({value}).",
            "此欄與「{label_zh}」意思相反，但兩欄內容不符（{value}）。",
        ),
        explanation=Text(
            "A release column is read as the reverse of hold: Y in one is N in "
            "the other. Correct one of the cells, or delete the column that is "
            "not meant.",
            "「釋放」一欄會作「暫緩」的相反理解：一欄為 Y，另一欄即為 N。請更"
            "正其中一格，或刪除多餘的一欄。",
        ),
    ),
    "choice-differs": EngineCode(
        severity=Severity.ERROR,
        scope=Scope.CELL,
        message=Text(
            "{selector} and {figure} say something else than {list}.",
            "「{selector_zh}」及「{figure_zh}」與「{list_zh}」各欄不符。",
        ),
        explanation=Text(
            "The sheet has both ways of writing and they disagree in this row. "
            "Correct the row, or keep one way only.",
            "工作表同時使用兩種寫法，而此行內容不一致。請更正，或只保留一種寫法。",
        ),
    ),
    "choice-code-missing": EngineCode(
        severity=Severity.ERROR,
        scope=Scope.CELL,
        message=Text(
            "{figure} is {value}, but {selector} does not say how.",
            "{figure_zh}為 {value}，但「{selector_zh}」未填。",
        ),
        explanation=Text(
            "A figure without its word cannot be placed. Fill in the word "
            "beside it, or clear the figure.",
            "只有數字而未填意向，無法歸類。請填寫旁邊的意向，或清除數字。",
        ),
    ),
    "choice-figure-missing": EngineCode(
        severity=Severity.ERROR,
        scope=Scope.CELL,
        message=Text(
            "{value} names no figure, and {whole} is not known for this row.",
            "{value} 未填數目，而此行沒有「{whole_zh}」。",
        ),
        explanation=Text(
            "A blank figure, or ALL, means the whole of it. Give the figure, or"
            " add the column with the whole.",
            "數目留空或填「全部」即指全數。請填寫數目，或加入全數所在的一欄。",
        ),
    ),
    "unfold-code-missing": EngineCode(
        severity=Severity.ERROR,
        scope=Scope.CELL,
        message=Text(
            "{value} under {heading} is a figure, but nothing says for which of"
            " {list}.",
            "「{heading}」下的 {value} 為數目，但未說明屬 {list_zh} 哪一項。",
        ),
        explanation=Text(
            "Write the word beside the figure, such as F 1,000, or head the "
            "column with it, such as 1 For and 1 Against. Nothing is guessed.",
            "請在數目旁註明意向，例如 F 1,000，或在標題註明，例如「1 贊"
            "成」及「1 反對」。系統不會猜測。",
        ),
    ),
    "unfold-code-differs": EngineCode(
        severity=Severity.ERROR,
        scope=Scope.CELL,
        message=Text(
            "{value} does not agree with its heading {heading}.",
            "{value} 與標題「{heading}」不符。",
        ),
        explanation=Text(
            "The heading names one vote and the cell another. Correct the cell "
            "or the heading.",
            "標題與儲存格所示的意向不同，請更正其中之一。",
        ),
    ),
    "unfold-cell": EngineCode(
        severity=Severity.ERROR,
        scope=Scope.CELL,
        message=Text(
            "{value} under {heading} is neither a vote nor a figure.",
            "「{heading}」下的 {value} 既非意向亦非數目。",
        ),
        explanation=Text(
            "Write the vote (F, A or B), a figure, or both, such as F 1,000; "
            "leave the cell blank for none.",
            "請填意向（F、A 或 B）、數目，或兩者，例如 F 1,000；沒有則留空。",
        ),
    ),
    "unfold-heading-doubtful": EngineCode(
        severity=Severity.ERROR,
        scope=Scope.BATCH,
        message=Text(
            "The column {heading} holds votes, but its heading is not read as {label}.",
            "「{heading}」一欄載有投票，但標題未能讀作「{label_zh}」。",
        ),
        explanation=Text(
            "A spreadsheet may have changed it: 2-1 becomes a date, 5.10 "
            "becomes 5.1. Format the heading as text and type it as the agenda "
            "has it. If the column is something else, name it in a mapping as "
            "not sent, or rename it.",
            "試算表可能已改動標題：2-1 會變成日期，5.10 會變成 5.1。"
            "請將標題設為文字格式並按議程輸入；如屬其他資料，請在對照檔列為不發送"
            "，或更改標題。",
        ),
    ),
    "unfold-column-left-out": EngineCode(
        severity=Severity.WARNING,
        scope=Scope.BATCH,
        message=Text(
            "The column {heading} holds nothing but figures and is left out; are they "
            "votes?",
            "「{heading}」一欄只有數字，不會發送；是否屬投票？",
        ),
        explanation=Text(
            "The sheet has a column per resolution, and the heading of this one is not "
            "read as one. If its figures are votes, head it as the agenda has it, such "
            "as 1 For. If not, accept the warning, or name the column in a mapping as "
            "not sent.",
            "工作表按決議案分欄，而此欄標題未能讀作決議案。如屬投票，請按議程更改標題，"
            "例如「1 贊成」；如否，請接受警告，或在對照檔列為不發送。",
        ),
    ),
    "unfold-both-forms": EngineCode(
        severity=Severity.ERROR,
        scope=Scope.BATCH,
        message=Text(
            "The sheet has a column per resolution and also a column for "
            "{label}; only one way can be used.",
            "工作表既有逐項決議案的欄，又有「{label_zh}」一欄，只可使用一種寫法。",
        ),
        explanation=Text(
            "Delete or rename the columns of the form that is not meant. "
            "Nothing is guessed.",
            "請刪除或更改多餘一種寫法的欄位，系統不會猜測。",
        ),
    ),
    "rows-ignored": EngineCode(
        severity=Severity.NOTE,
        scope=Scope.BATCH,
        message=Text(
            "Rows left out as {reason} (count: {count}): {rows}.",
            "已略去 {count} 行（{reason}）：第 {rows} 行。",
        ),
        explanation=Text(
            "The spec or the mapping says that such rows are no instructions; a"
            " wide row without any vote is none either. They are counted, and "
            "source rows are always used + rejected + ignored.",
            "規格檔或對照檔訂明此等行並非指示；寬式工作表內沒有投票的行亦然。全部"
            "均會計數：來源行數必等於已用、被拒及略去之和。",
        ),
    ),
    "rows-unfolded": EngineCode(
        severity=Severity.NOTE,
        scope=Scope.BATCH,
        message=Text(
            "Rows that say several things became instructions of their own (rows: "
            "{rows}; instructions: {instructions}).",
            "{rows} 行已展開為 {instructions} 項指示。",
        ),
        explanation=Text(
            "A row that says several things at once becomes one instruction for"
            " each. It is sent as a whole or not at all: if one of them has an "
            "error, the row is rejected.",
            "一行包含多項內容時，每項成為一項指示。整行一併發送或一併拒絕：其中一"
            "項有錯，整行即被拒。",
        ),
    ),
    "value-mapped": EngineCode(
        severity=Severity.NOTE,
        scope=Scope.BATCH,
        message=Text(
            "The mapping read {count} cells of {label}: {pairs}.",
            "對照檔已讀取「{label_zh}」{count} 格：{pairs}。",
        ),
        explanation=Text(
            "The words of your desk were turned into ours as the mapping says. "
            "Check the mapping if this is not meant.",
            "已按對照檔把貴方用語轉為本程式的代碼；如有不妥，請檢查對照檔。",
        ),
    ),
    "fixed-differs": EngineCode(
        severity=Severity.ERROR,
        scope=Scope.CELL,
        message=Text(
            "{value} is not the value that the mapping fixes for {label} ({fixed}).",
            "{value} 與對照檔為「{label_zh}」所定的值（{fixed}）不符。",
        ),
        explanation=Text(
            "Correct the cell, or take the fixed value out of the mapping.",
            "請更正儲存格，或從對照檔刪除該固定值。",
        ),
    ),
    "mapping-heading-missing": EngineCode(
        severity=Severity.WARNING,
        scope=Scope.BATCH,
        message=Text(
            "The mapping names headings that the sheet does not have, so their "
            "columns count as blank: {list}.",
            "對照檔所列的標題不在工作表內，有關欄位會視為留空：{list}。",
        ),
        explanation=Text(
            "Has the layout changed? What stands in for a blank, such as no hold, may "
            "not be what the desk wrote under another heading. Bring the heading back, "
            "or name the new one in the mapping; rapupload map makes it anew. Accept "
            "the warning only if the sheet really says nothing of these columns.",
            "版面是否已更改？留空時採用的值（例如不暫緩）未必是貴方在其他標題下所填的"
            "內容。請恢復標題，或在對照檔填上新標題；可用 rapupload map 重新產生。只有"
            "在工作表確實沒有此等資料時，才可接受此警告。",
        ),
    ),
    "mapping-heading-gone": EngineCode(
        severity=Severity.NOTE,
        scope=Scope.BATCH,
        message=Text(
            "The mapping names headings that the sheet does not have, of columns that "
            "are not sent: {list}.",
            "對照檔所列的標題不在工作表內，有關欄位不會發送：{list}。",
        ),
        explanation=Text(
            "Nothing that is sent changes, but these cells will not come back with the "
            "outcome. rapupload map makes the mapping anew.",
            "發送的內容不受影響，但結果內不會有此等資料；可用 rapupload map 重新產生對"
            "照檔。",
        ),
    ),
    "ignored-column-missing": EngineCode(
        severity=Severity.ERROR,
        scope=Scope.BATCH,
        message=Text(
            "The column {heading}, by which the mapping leaves out rows "
            "({reason}), is not in the sheet.",
            "對照檔用以略去行（{reason}）的「{heading}」一欄不在工作表內。",
        ),
        explanation=Text(
            "Without it, rows that must not go would be sent. Bring the column "
            "back, or correct the mapping.",
            "欠缺此欄會令不應發送的行被發送。請恢復該欄，或更正對照檔。",
        ),
    ),
    "rows-summed": EngineCode(
        severity=Severity.NOTE,
        scope=Scope.BATCH,
        message=Text(
            "Rows were summed (rows: {rows}; clients: {clients}; instructions: "
            "{instructions}).",
            "{clients} 名客戶的 {rows} 行已合併為 {instructions} 項指示。",
        ),
        explanation=Text(
            "Summing is switched on: rows with an equal key became one "
            "instruction, their figures added. Every row stays listed under its"
            " instruction, and is rejected with it.",
            "已啟用合併：鍵值相同的行合併為一項指示，數字相加。每一行均列於所屬指"
            "示之下，並與該指示一同被拒。",
        ),
    ),
    "sum-differs": EngineCode(
        severity=Severity.ERROR,
        scope=Scope.CELL,
        message=Text(
            "{label} is not the same as in row {first}, with which this row is summed.",
            "「{label_zh}」與合併的第 {first} 行不同。",
        ),
        explanation=Text(
            "Rows that are summed become one instruction, so they must agree in"
            " this column. Correct the row that is wrong, or do not sum.",
            "合併的各行成為一項指示，此欄必須一致。請更正錯誤的一行，或不使用合併。",
        ),
    ),
    "sum-wide": EngineCode(
        severity=Severity.ERROR,
        scope=Scope.ROW,
        message=Text(
            "The sum of {label} ({total}) has more digits than the field can hold.",
            "「{label_zh}」的總和（{total}）超過欄位長度。",
        ),
        explanation=Text(
            "Take some rows out into another file.",
            "請將部分行分拆至另一檔案。",
        ),
    ),
    "sum-first": EngineCode(
        severity=Severity.NOTE,
        scope=Scope.BATCH,
        message=Text(
            "{label} differs in {count} instructions that were summed; that of "
            "the first row is taken.",
            "「{label_zh}」在 {count} 項合併的指示內各行不同，採用首行的值。",
        ),
        explanation=Text(
            "One instruction has one reference and one remark. The other rows "
            "keep theirs in the journal, listed under the instruction.",
            "一項指示只有一個參考編號及一項備註；其他各行保留於紀錄，列於該指示之下。",
        ),
    ),
    "row-held-back": EngineCode(
        severity=Severity.ERROR,
        scope=Scope.ROW,
        message=Text(
            "This row has no error of its own, but goes with row {row}, which has one.",
            "此行本身無誤，但與有錯的第 {row} 行同屬一項指示。",
        ),
        explanation=Text(
            "Rows that were summed, or that came of one row, go together or not"
            " at all. Correct the other row; this one needs no change.",
            "合併的行或同一行展開的指示須一併發送或一併拒絕。請更正另一行，此行無"
            "須更改。",
        ),
    ),
    "control-total-differs": EngineCode(
        severity=Severity.ERROR,
        scope=Scope.BATCH,
        message=Text(
            "The control total {name} is {given}, but the sheet has {found}.",
            "核對總數 {name} 為 {given}，但工作表為 {found}。",
        ),
        explanation=Text(
            "The figure given with the source is compared with all rows that "
            "are not left out, those with errors too. A row or a figure may "
            "have been lost before the file reached us; find it, or correct the"
            " control total.",
            "隨來源提供的總數會與所有未略去的行（包括有錯的行）比較。檔案到達前可"
            "能已遺失資料，請查明原因，或更正核對總數。",
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
