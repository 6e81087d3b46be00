"""What to do about codes whose own module says only what happened, in both languages.

A test holds each table equal to the codes that exist.
"""

from __future__ import annotations

from typing import NamedTuple

from rapupload.model import Severity, Text


class Told(NamedTuple):
    """What happened, and what to do next."""

    message: Text
    action: Text


BY_SEVERITY: dict[Severity, Told] = {
    Severity.ERROR: Told(
        Text(
            "The row is not sent, and the file stops. With --accept-valid-rows the other "
            "rows go without it.",
            "該行不會發送，整個檔案亦會停下。使用 --accept-valid-rows 可只發送其他行。",
        ),
        Text(
            "Correct the cell or row in the sheet, save it, and check again.",
            "請在工作表更正該格或該行，儲存後再檢查。",
        ),
    ),
    Severity.WARNING: Told(
        Text(
            "The file stops until somebody accepts the warning with a reason, which is "
            "kept in the journal.",
            "檔案會停下，直至有人填寫理由接受此警告；理由會記入日誌。",
        ),
        Text(
            "Look at the row. Correct it if it is wrong; if it is right, accept it: "
            "--accept-warning {code} --reason TEXT.",
            "請核對該行：如有錯請更正；如無誤，請接受警告：--accept-warning {code} "
            "--reason TEXT。",
        ),
    ),
    Severity.NOTE: Told(
        Text(
            "It is only said; the file goes on.",
            "只作提示，檔案照常處理。",
        ),
        Text(
            "Nothing has to be done if it is as meant; otherwise correct the sheet and "
            "check again.",
            "如與原意相符，無須處理；否則請更正工作表後再檢查。",
        ),
    ),
}
"""What a finding means for the file, and what to do where nothing better is known."""

WHOLE_FILE = Text(
    "It concerns the file as a whole: no row of it is sent, --accept-valid-rows or not.",
    "此錯誤屬整個檔案：無論是否使用 --accept-valid-rows，全部不會發送。",
)
"""What an error of scope ``batch`` means."""

CLEANED = Text(
    "Look at the example in the message. If it was understood as meant, nothing has to be "
    "done; if not, correct the cells and check again.",
    "請看訊息內的例子：如理解正確，無須處理；否則請更正儲存格後再檢查。",
)
"""What to do about anything that was cleaned."""

MISREAD = Told(
    Text(
        "A batch file that was decoded does not follow its spec; nothing was changed or "
        "sent.",
        "所解讀的批次檔案與規格不符；沒有更改或發送任何內容。",
    ),
    Text(
        "Compare the file with the layout (rapupload specs show TYPE). Either whoever "
        "wrote the file has to correct it, or the spec file has to be corrected after "
        "HKEX's document.",
        "請將檔案與規格比對（rapupload specs show TYPE）：由產生檔案的一方更正，或按香港"
        "交易所的文件更正規格檔。",
    ),
)
"""What a fault of a batch file means, and what to do."""

REJECTED = Told(
    Text(
        "The far end rejected the row, or the file; the other rows are not touched by it.",
        "對方拒絕該行或該檔案；其他行不受影響。",
    ),
    Text(
        "Find the rows with rapupload status BATCH. Correct them in a new sheet with only "
        "these rows, and prepare that: rows that were accepted must not go again.",
        "請以 rapupload status BATCH 找出有關的行，另開只有這些行的工作表更正後再預備；已"
        "獲接納的行不可再次發送。",
    ),
)
"""What a reason for rejection means, and what to do."""

REMARK_ACTIONS: dict[str, Text] = {
    "merged-cells": Text(
        "Unmerge the cells (Home, Merge & Center) and fill in each of them.",
        "請取消合併儲存格（常用、跨欄置中），並逐格填妥。",
    ),
    "hidden-rows": Text(
        "Clear the filter or unhide the rows. Delete the rows that must not go; accept "
        "the warning if all of them are meant.",
        "請清除篩選或取消隱藏，刪除不應發出的行；如全部均應發出，請接受警告。",
    ),
    "hidden-columns": Text(
        "Unhide the columns and look at their cells; accept the warning if they are right.",
        "請取消隱藏並核對各欄；如無誤，請接受警告。",
    ),
    "total-row": Text(
        "Nothing has to be done. If the row is an instruction, give it a reference and "
        "whatever else an instruction needs.",
        "無須處理。如該行確為指示，請填寫參考編號及其他必填項目。",
    ),
    "cells-without-heading": Text(
        "Give the column a heading if its cells are meant, or clear them.",
        "如內容有用，請為該欄加上標題；否則請清除。",
    ),
    "ragged-row": Text(
        "Put the value with the delimiter inside in quotes, or save the sheet as .xlsx.",
        "請為含分隔符號的值加上引號，或將工作表另存為 .xlsx。",
    ),
    "split-figure": Text(
        "Look at both cells. If they are one figure, put it in quotes or leave its "
        "separators out; if each is meant, accept the warning with a reason.",
        "請核對該兩格：如屬同一數字，請加上引號或刪去分隔符號；如各自無誤，請註明理由後接"
        "受警告。",
    ),
    "ambiguous-encoding": Text(
        "Leave --encoding out, or save the file as UTF-8.",
        "請不要使用 --encoding，或將檔案另存為 UTF-8。",
    ),
    "zeros-shown": Text(
        "Format the column as text and key the values with their zeros; accept the "
        "warning if the zeros are only for show.",
        "請將該欄設為文字格式，並連同前置零輸入；如零只供顯示，請接受警告。",
    ),
    "scaled-numbers": Text(
        "Choose a number format without thousands or millions, and look at the figures.",
        "請改用不以千或百萬為單位的數字格式，並核對數字。",
    ),
    "other-sheets": Text(
        "Name the sheet with --sheet and do one after the other; accept the warning if "
        "the others must not go.",
        "請以 --sheet 指定工作表並逐張處理；如其他工作表不應發出，請接受警告。",
    ),
    "template-outdated": Text(
        "Make the template anew (rapupload template) and copy the rows into it; accept "
        "the warning if nothing changed for these rows.",
        "請重新產生範本（rapupload template）並複製資料；如對這些行無影響，請接受警告。",
    ),
    "template-of-other-type": Text(
        "Name the right type with --type, or copy the rows into the template of this one.",
        "請以 --type 指定正確的種類，或將資料複製到本種類的範本。",
    ),
    "example-row": Text(
        "Delete the example row.",
        "請刪除例子一行。",
    ),
    "text-below": Text(
        "Delete the remark below the rows, or complete the row if it is an instruction.",
        "請刪除下方的備註；如屬指示，請填妥該行。",
    ),
    "dates-from-1904": Text(
        "Look at the dates once. Those typed in this workbook are right; those pasted "
        "from another may be four years and a day off.",
        "請核對日期：在此活頁簿輸入的日期正確；由其他活頁簿貼上的可能相差四年零一日。",
    ),
    "mixed-line-ends": Text(
        "Compare the number of rows with the sheet. A line break inside a value needs "
        "quotes around the value.",
        "請核對行數；值內如有換行，須加上引號。",
    ),
}
"""Remark of a reader -> what to do."""

OWN_ACTIONS: dict[str, Text] = {
    "list-stale": Text(
        "Put a newer list where the settings name it, and check again. The check report "
        "lists the rules that were not checked.",
        "請更換設定檔所指的清單後再檢查；檢查報告會列出未核對的規則。",
    ),
    "reference-used-before": Text(
        "Look at that batch (rapupload status BATCH). If this is a new instruction, give "
        "it a reference of its own; accept the warning if the earlier one never counted.",
        "請查看該批次（rapupload status BATCH）。如屬新指示，請使用新的參考編號；如先前"
        "一項並無生效，請接受警告。",
    ),
    "type-doubtful": Text(
        "Name the type that is meant with --type; nothing was sent as either.",
        "請以 --type 指定正確的種類；兩者均未發送。",
    ),
}
"""Finding code of the services -> what to do."""

ERRORS: dict[str, Told] = {
    "usage": Told(
        Text(
            "The call asks for something that cannot be; nothing was done.",
            "指令要求不可能的操作；沒有執行。",
        ),
        Text("See rapupload COMMAND --help.", "請參閱 rapupload COMMAND --help。"),
    ),
    "wrong-state": Told(
        Text(
            "The batch is not in a state that allows it; nothing was changed.",
            "批次的狀態不容許此操作；沒有更改。",
        ),
        Text(
            "Look at the batch (rapupload status BATCH): it says what comes next.",
            "請查看批次（rapupload status BATCH）及其下一步。",
        ),
    ),
    "settings": Told(
        Text(
            "The settings are missing or contradict one another; nothing was sent.",
            "設定檔欠缺或互相矛盾；沒有發送。",
        ),
        Text(
            "Correct rapupload.toml where the message says; rapupload doctor looks at "
            "all of it. rapupload init makes one.",
            "請按訊息更正 rapupload.toml；可用 rapupload doctor 檢查，或用 rapupload init "
            "建立。",
        ),
    ),
    "spec": Told(
        Text(
            "A spec file has faults, and its type cannot be used until they are mended.",
            "規格檔有錯，更正前不能使用該種類。",
        ),
        Text(
            "Correct each key that is named, then run rapupload specs check FILE.",
            "請更正所列各項，再執行 rapupload specs check FILE。",
        ),
    ),
    "source-unreadable": Told(
        Text(
            "The source file cannot be read at all; none of its rows was used.",
            "來源檔案無法讀取；沒有使用任何一行。",
        ),
        Text(
            "Close it in the spreadsheet program, take a password off, or save it as "
            ".xlsx or as CSV in UTF-8.",
            "請在試算表程式關閉檔案、移除密碼，或另存為 .xlsx 或 UTF-8 的 CSV。",
        ),
    ),
    "findings": Told(
        Text(
            "Errors, or warnings that nobody accepted, stop the file; no batch was made.",
            "檔案因錯誤或未獲接受的警告而停下；沒有產生批次。",
        ),
        Text(
            "Correct the cells that are named and check again. rapupload explain CODE "
            "says more about each finding.",
            "請更正所列儲存格後再檢查；rapupload explain CODE 可說明各項結果。",
        ),
    ),
    "approval-needed": Told(
        Text(
            "A second person has to approve the batch before it is sent.",
            "批次須由第二人批准方可發送。",
        ),
        Text(
            "Ask a colleague to run rapupload approve BATCH, then send.",
            "請同事執行 rapupload approve BATCH，然後發送。",
        ),
    ),
    "duplicate": Told(
        Text(
            "The same instructions were prepared before and still count; nothing was made.",
            "相同的指示先前已預備並仍然有效；沒有產生批次。",
        ),
        Text(
            "Look at the earlier batch first. Only if the instructions are really meant "
            "twice, say so: --duplicate-reason TEXT.",
            "請先查看先前的批次；只有確實要重複時，才以 --duplicate-reason TEXT 說明。",
        ),
    ),
    "service-closed": Told(
        Text(
            "The far end is closed at this hour; nothing was sent.",
            "對方現時不在服務時間；沒有發送。",
        ),
        Text(
            "Send again at the opening that the message names.",
            "請在訊息所示的時間再發送。",
        ),
    ),
    "account-busy": Told(
        Text(
            "Another session holds the account; nothing was sent by this one.",
            "帳戶正由另一工作階段使用；本次沒有發送。",
        ),
        Text(
            "Wait until the other command ends. RAP allows one session for each account.",
            "請等待另一指令完成；RAP 每個帳戶只容許一個工作階段。",
        ),
    ),
    "acknowledgement-unreadable": Told(
        Text(
            "A reply cannot be read by its layout; the file is kept as it came.",
            "回覆檔案與規格不符而無法讀取；原檔已保存。",
        ),
        Text(
            "Compare the reply with the [[acknowledgement]] of the spec. Until then look "
            "at the terminal for what became of the rows.",
            "請將回覆與規格的 [[acknowledgement]] 比對；在此之前請在終端機查看結果。",
        ),
    ),
    "transport": Told(
        Text(
            "The conversation with the far end failed.",
            "與對方的連線失敗。",
        ),
        Text(
            "See rapupload status for what was sent, then rapupload doctor.",
            "請先以 rapupload status 查看已發送的批次，再執行 rapupload doctor。",
        ),
    ),
    "transport-transient": Told(
        Text(
            "The far end could not be reached; nothing of the file got there.",
            "無法連線至對方；檔案沒有送達。",
        ),
        Text(
            "Send again: it is safe. If it goes on, run rapupload doctor and ask the "
            "network's people.",
            "可安全地再次發送。如持續失敗，請執行 rapupload doctor 並聯絡網絡人員。",
        ),
    ),
    "transport-permanent": Told(
        Text(
            "The far end refused; trying again cannot help.",
            "對方拒絕；重試並無幫助。",
        ),
        Text(
            "Mend what the message names, or ask HKEX; then send again.",
            "請按訊息修正，或向香港交易所查詢，然後再發送。",
        ),
    ),
    "authentication": Told(
        Text(
            "The far end refused the account's key; no file was opened.",
            "對方拒絕帳戶的密鑰；沒有開啟任何檔案。",
        ),
        Text(
            "Check the account name and that the public key was registered and has not "
            "expired; then run rapupload doctor, which lifts the block.",
            "請核對帳戶名稱，以及公開密鑰已登記並未過期；再執行 rapupload doctor 解除封鎖。",
        ),
    ),
    "host-key": Told(
        Text(
            "The far end showed a key that is not pinned for this address; nothing was "
            "sent, since it may be somebody else.",
            "對方出示的主機密鑰並非此地址所固定的；由於可能是他人，沒有發送。",
        ),
        Text(
            "Compare the fingerprint with the one HKEX gave on paper or by telephone. Pin "
            "it in the settings only if they agree.",
            "請將指紋與香港交易所以書面或電話提供的核對；相符才可加入設定檔。",
        ),
    ),
    "private-key": Told(
        Text(
            "The private key is missing, readable by others, or of the wrong kind.",
            "私人密鑰欠缺、可供他人讀取，或種類不符。",
        ),
        Text(
            "Put the key where the settings say, readable by this user alone; RSA of "
            "2048 or 4096 bits.",
            "請將密鑰放在設定檔所示位置，只供本用戶讀取；須為 RSA 2048 或 4096 位元。",
        ),
    ),
    "remote-missing": Told(
        Text(
            "The far end says there is no such file or folder.",
            "對方表示沒有該檔案或資料夾。",
        ),
        Text(
            "Compare the folder in the spec file with HKEX's document.",
            "請將規格檔內的資料夾與香港交易所的文件核對。",
        ),
    ),
    "remote-permission": Told(
        Text(
            "The far end says that the account may not do this.",
            "對方表示帳戶沒有權限。",
        ),
        Text(
            "Ask HKEX whether upload is enabled for the account, and for this folder.",
            "請向香港交易所查詢帳戶及該資料夾是否已開通上載。",
        ),
    ),
    "in-doubt": Told(
        Text(
            "Bytes may have arrived; nobody knows what became of the file. It is not sent "
            "again by itself.",
            "檔案可能已送達，結果不明。程式不會自行再發送。",
        ),
        Text(
            "Run rapupload collect and rapupload status BATCH, look at the terminal, and "
            "decide with rapupload resolve. Never send the rows another way meanwhile.",
            "請執行 rapupload collect 及 rapupload status BATCH，在終端機查看，並以 "
            "rapupload resolve 作出決定；期間切勿以其他方式發送。",
        ),
    ),
    "journal": Told(
        Text(
            "The journal cannot be used; nothing is sent without it.",
            "日誌無法使用；沒有日誌便不會發送。",
        ),
        Text(
            "See that its disk is there, has room and may be written to.",
            "請確認磁碟存在、有空間並可寫入。",
        ),
    ),
    "journal-busy": Told(
        Text(
            "Another process is writing the journal; nothing was changed.",
            "另一程序正在寫入日誌；沒有更改。",
        ),
        Text("Try again in a moment.", "請稍後再試。"),
    ),
    "transition": Told(
        Text(
            "The batch was in another state than expected; nothing was changed.",
            "批次的狀態與預期不同；沒有更改。",
        ),
        Text(
            "Somebody else has worked on it: look at rapupload status BATCH.",
            "另有人處理過此批次，請查看 rapupload status BATCH。",
        ),
    ),
    "migration-needed": Told(
        Text(
            "The journal was written by another version of the program.",
            "日誌由另一版本的程式寫入。",
        ),
        Text(
            "Make a copy of the journal, then do what the message says.",
            "請先備份日誌，然後按訊息處理。",
        ),
    ),
    "output": Told(
        Text(
            "The result could not be written to standard output; what was done stands.",
            "結果無法寫到標準輸出；已做的保持有效。",
        ),
        Text(
            "rapupload status shows where the batches are.",
            "rapupload status 會顯示各批次的狀態。",
        ),
    ),
    "unexpected": Told(
        Text(
            "Something unexpected happened; the trace is in a log file.",
            "發生未能預計的情況；詳情在記錄檔。",
        ),
        Text(
            "Look at rapupload status before anything is sent again, and send the log to us.",
            "再次發送前請查看 rapupload status，並將記錄檔交給我們。",
        ),
    ),
    "interrupted": Told(
        Text(
            "Interrupted; what was journalled stands.",
            "已中斷；已記入日誌的保持有效。",
        ),
        Text(
            "rapupload status shows where the batches are.",
            "rapupload status 會顯示各批次的狀態。",
        ),
    ),
    "journal-broken": Told(
        Text(
            "The journal does not add up: it was damaged or changed by another hand.",
            "日誌核對不符：可能損壞或被更改。",
        ),
        Text(
            "Stop sending. Keep the files as they are and run rapupload journal verify, "
            "which names the first break.",
            "請停止發送，保留檔案原狀，並執行 rapupload journal verify 找出首個不符之處。",
        ),
    ),
}
"""Code of an error -> what happened, and what to do."""

EXIT_CODES: dict[int, Told] = {
    0: Told(
        Text("done", "完成"),
        Text("Nothing.", "無須處理。"),
    ),
    1: Told(
        Text(
            "something unexpected happened; the trace is in a log file",
            "發生未能預計的情況；詳情在記錄檔",
        ),
        Text(
            "Look at rapupload status before anything is sent again, and send the log to us.",
            "再次發送前請查看 rapupload status，並將記錄檔交給我們。",
        ),
    ),
    2: Told(
        Text(
            "the call is wrong, or the batch is not in a state that allows it",
            "指令有誤，或批次的狀態不容許",
        ),
        Text("See rapupload COMMAND --help.", "請參閱 rapupload COMMAND --help。"),
    ),
    3: Told(
        Text("findings stop the file", "檢查結果令檔案停下"),
        Text(
            "Correct the sheet, or accept warnings with a reason.",
            "請更正工作表，或填寫理由接受警告。",
        ),
    ),
    4: Told(
        Text(
            "rejected or partly accepted, or an answer that cannot be read",
            "被拒絕或部分獲接納，或回覆無法讀取",
        ),
        Text(
            "rapupload status BATCH names the rows and reasons.",
            "rapupload status BATCH 會列出各行及原因。",
        ),
    ),
    10: Told(
        Text("settings or a spec have faults", "設定檔或規格檔有錯"),
        Text(
            "Correct what is named; rapupload doctor looks at all of it.",
            "請更正所列項目；rapupload doctor 會全部檢查。",
        ),
    ),
    11: Told(
        Text(
            "the far end refused, and trying again cannot help",
            "對方拒絕，重試並無幫助",
        ),
        Text(
            "Mend the cause (key, host key, folder, permission), then send again.",
            "請修正原因（密鑰、主機密鑰、資料夾、權限），然後再發送。",
        ),
    ),
    12: Told(
        Text(
            "the far end could not be reached, and the tries are used up",
            "無法連線至對方，已用盡重試次數",
        ),
        Text("Send again later: it is safe.", "稍後可安全地再次發送。"),
    ),
    13: Told(
        Text(
            "the fate of a file is not known: nothing is sent again by itself",
            "檔案的結果不明：程式不會自行再發送",
        ),
        Text(
            "Run rapupload collect; if the doubt stays, look at the terminal and decide "
            "with rapupload resolve. Do not send the rows another way meanwhile.",
            "請執行 rapupload collect；如仍不明，請在終端機查看並以 rapupload resolve 作出決"
            "定。期間切勿以其他方式發送。",
        ),
    ),
    14: Told(
        Text("another session holds the account", "帳戶正由另一工作階段使用"),
        Text("Wait, and try again.", "請稍後再試。"),
    ),
    15: Told(
        Text("outside service hours", "不在服務時間"),
        Text(
            "Try again at the opening that the message names.",
            "請在訊息所示的時間再試。",
        ),
    ),
    16: Told(
        Text("a second person has to approve first", "須先由第二人批准"),
        Text(
            "Ask a colleague to run rapupload approve BATCH.",
            "請同事執行 rapupload approve BATCH。",
        ),
    ),
    17: Told(
        Text("the same instructions were prepared before", "相同的指示先前已預備"),
        Text(
            "Look at the earlier batch; go on only with --duplicate-reason TEXT.",
            "請查看先前的批次；只有以 --duplicate-reason TEXT 說明才可繼續。",
        ),
    ),
    18: Told(
        Text("the journal cannot be used", "日誌無法使用"),
        Text(
            "Nothing is sent without it: see that its disk is there and has room.",
            "沒有日誌便不會發送：請確認磁碟存在及有空間。",
        ),
    ),
    19: Told(
        Text("the source file cannot be read at all", "來源檔案無法讀取"),
        Text(
            "Close it elsewhere, take its password off, or save it as .xlsx.",
            "請在其他程式關閉檔案、移除密碼，或另存為 .xlsx。",
        ),
    ),
    130: Told(
        Text("interrupted; what was journalled stands", "已中斷；已記入日誌的保持有效"),
        Text(
            "rapupload status shows where the batches are.",
            "rapupload status 會顯示各批次的狀態。",
        ),
    ),
}
"""Exit code -> what it means, and what to do."""
