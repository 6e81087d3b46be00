"""What HKEX's document has to answer for each instruction type, in both languages.

Each question names what our spec says now, so that the answer is a correction or a tick.
Source: the list of what no public page answers, drawn up before the document was out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from rapupload.model import AckStage, Text
from rapupload.spec.format import BatchSpec, Field

CORPORATE_ACTIONS = frozenset(
    {"election", "subscription", "voting", "representative", "tender"}
)
"""Instruction types that answer an announcement or a tender."""


class Question(NamedTuple):
    """One open question.

    Attributes:
        name: Short, as scripts may name it.
        asked: The words; ``{now}`` is what the spec says.
        now: What the spec says; None where the question does not arise for the type.
    """

    name: str
    asked: Text
    now: Callable[[BatchSpec], str | None]


def fields_of(spec: BatchSpec) -> tuple[Field, ...]:
    """Return the fields of every detail record."""
    return (*spec.detail, *(f for r in spec.detail_record for f in r.fields))


def _has(spec: BatchSpec, *names: str) -> bool:
    return set(names) <= {column.name for column in spec.column}


def _sent(spec: BatchSpec, name: str) -> Field | None:
    return next((f for f in fields_of(spec) if f.column == name), None)


def _means(spec: BatchSpec, meaning: str) -> str:
    layers = [
        layer.stage.value
        for layer in spec.acknowledgement
        if any(
            f.means == meaning for f in (*layer.header, *layer.detail, *layer.trailer)
        )
    ]
    return ", ".join(layers) or "no"


def _code_or_isin(spec: BatchSpec) -> str | None:
    if not _has(spec, "stock-code", "isin"):
        return None
    blanked = [f for f in fields_of(spec) if f.column == "isin" and f.blank_when]
    return "code" if blanked else "both are sent"


def _reference(spec: BatchSpec) -> str:
    field = _sent(spec, "own-reference")
    return "not in the record" if field is None else f"{field.name} {field.picture}"


def _action(spec: BatchSpec) -> str | None:
    if not _has(spec, "action"):
        return None
    sent = "sent" if _sent(spec, "action") else "not sent"
    return (
        ", ".join(code.code for code in spec.column_named("action").codes) + f", {sent}"
    )


def _hold(spec: BatchSpec) -> str | None:
    if not _has(spec, "hold"):
        return None
    return spec.column_named("hold").default or "blank"


def _renminbi(spec: BatchSpec) -> str | None:
    if not _has(spec, "currency"):
        return None
    field = _sent(spec, "currency")
    if field is None:
        return "CNY, not sent"
    return (field.codes or {}).get("CNY", "CNY")


def _market(spec: BatchSpec) -> str:
    given = [
        f.name for f in (*spec.header, *fields_of(spec)) if f.given == "market"
    ] + [f.name for f in fields_of(spec) if f.column == "market"]
    return f"{spec.spec.market}, in {', '.join(given)}" if given else "not in the file"


def _rejects(spec: BatchSpec) -> str:
    stages = {layer.stage for layer in spec.acknowledgement}
    by_row = AckStage.CONTROL_REPORT in stages or AckStage.RESULT in stages
    return "row by row" if by_row else "the whole file"


def _indicator(spec: BatchSpec) -> str:
    number = spec.batch_file.indicator
    return f"{number.first} to {number.last} per {number.scope}"


def _names(spec: BatchSpec) -> str | None:
    columns = [
        c for c in spec.column if c.type in {"name", "text"} and not c.is_carried
    ]
    told = [f"{c.name}: {'A-Z' if c.type == 'name' else c.characters}" for c in columns]
    return f"{', '.join(told)}; file in {spec.batch_file.encoding}" if told else None


def _always(words: str) -> Callable[[BatchSpec], str]:
    return lambda _spec: words


def _only(types: frozenset[str], words: str) -> Callable[[BatchSpec], str | None]:
    return lambda spec: words if spec.id in types else None


_UNKNOWN = "not known"

QUESTIONS: tuple[Question, ...] = (
    Question(
        "code-or-isin",
        Text(
            "Both a stock code and an ISIN: which wins, and may both stand in the record? "
            "(now: {now})",
            "股份代號及 ISIN 並存時以何者為準？可否同時填寫？（現時：{now}）",
        ),
        _code_or_isin,
    ),
    Question(
        "change-and-cancel",
        Text(
            "Can an instruction be changed, cancelled or revoked by file, and by which "
            "code? (now: {now})",
            "可否以檔案更改、取消或撤回指示？代碼為何？（現時：{now}）",
        ),
        _action,
    ),
    Question(
        "own-reference",
        Text(
            "Does the record carry our own reference, and how long is it? (now: {now})",
            "紀錄是否載有本方參考編號？長度為何？（現時：{now}）",
        ),
        _reference,
    ),
    Question(
        "reference-returned",
        Text(
            "Do the answers give our reference back? (now: {now})",
            "回覆是否交還本方參考編號？（現時：{now}）",
        ),
        lambda spec: _means(spec, "reference"),
    ),
    Question(
        "ccass-reference",
        Text(
            "Do the answers give CCASS's own number of an accepted row? (now: {now})",
            "回覆是否載有獲接納各行的中央結算系統編號？（現時：{now}）",
        ),
        lambda spec: _means(spec, "ccass-reference"),
    ),
    Question(
        "file-indicator",
        Text(
            "How is the file indicator counted: per participant, account or type, per day "
            "or without end? (now: {now})",
            "檔案編號如何計算：按參與者、帳戶或種類，每日重置或連續？（現時：{now}）",
        ),
        _indicator,
    ),
    Question(
        "rejection",
        Text(
            "Is a file with a faulty row rejected as a whole, or row by row? (now: {now})",
            "有一行出錯時，整個檔案被拒絕，還是逐行處理？（現時：{now}）",
        ),
        _rejects,
    ),
    Question(
        "reason-codes",
        Text(
            "Which reason codes are there? Enter them under [[reason]]. (now: {now})",
            "有哪些拒絕原因代碼？請填入 [[reason]]。（現時：{now}）",
        ),
        lambda spec: (
            f"{sum(bool(r.codes) for r in spec.reason)} of {len(spec.reason)} have one"
        ),
    ),
    Question(
        "limits",
        Text(
            "How many records may a file have, and how many files a day? (now: {now})",
            "每個檔案最多多少紀錄？每日最多多少檔案？（現時：{now}）",
        ),
        lambda spec: f"{spec.batch_file.max_records:,} a file, days not known",
    ),
    Question(
        "late-files",
        Text(
            "What becomes of a file after the cut-off: refused, second session, or next "
            "day? (now: {now})",
            "截止後的檔案如何處理：拒絕、第二節，還是翌日？（現時：{now}）",
        ),
        _always(_UNKNOWN),
    ),
    Question(
        "authorisation",
        Text(
            "Do uploaded rows wait for authorisation at the terminal? (now: {now})",
            "上載的指示是否須在終端機授權？（現時：{now}）",
        ),
        _always(_UNKNOWN),
    ),
    Question(
        "transaction-limit",
        Text(
            "Whose transaction limit applies to an uploaded row? (now: {now})",
            "上載的指示受誰的交易限額規限？（現時：{now}）",
        ),
        _always(_UNKNOWN),
    ),
    Question(
        "file-left-in-place",
        Text(
            "Does the far end leave a file where it was put, so that absence proves "
            "something? (now: {now})",
            "檔案上載後會否留在原處（即不存在可作為證據）？（現時：{now}）",
        ),
        lambda spec: "yes" if spec.batch_file.server_keeps_file else "assumed not",
    ),
    Question(
        "market",
        Text(
            "Does the record name the market, and by which code? (now: {now})",
            "紀錄是否載有市場代號？代碼為何？（現時：{now}）",
        ),
        _market,
    ),
    Question(
        "renminbi",
        Text(
            "Which code stands for renminbi: CNY, CNH or RMB? (now: {now})",
            "人民幣的代碼為何：CNY、CNH 或 RMB？（現時：{now}）",
        ),
        _renminbi,
    ),
    Question(
        "hold",
        Text(
            "What does a blank hold mean? (now: {now})",
            "「暫緩」留空代表什麼？（現時：{now}）",
        ),
        _hold,
    ),
    Question(
        "characters",
        Text(
            "Which characters may names and remarks have, and is a Chinese one two bytes? "
            "(now: {now})",
            "姓名及備註可用哪些字元？每個中文字是否佔兩個位元組？（現時：{now}）",
        ),
        _names,
    ),
    Question(
        "add-or-replace",
        Text(
            "Does a second file for the same announcement add to the first or replace it? "
            "(now: {now})",
            "就同一公布再次上載，是增加還是取代先前的指示？（現時：{now}）",
        ),
        _only(CORPORATE_ACTIONS, "taken to add"),
    ),
    Question(
        "abstain",
        Text(
            "Are abstentions taken, and how is a vote without a figure written? "
            "(now: {now})",
            "是否接受棄權？沒有數目的投票如何填寫？（現時：{now}）",
        ),
        _only(frozenset({"voting"}), "a figure of its own"),
    ),
    Question(
        "several-representatives",
        Text(
            "May one account have several representatives, and one person several "
            "accounts? (now: {now})",
            "一個戶口可否有多名代表？一人可否代表多個戶口？（現時：{now}）",
        ),
        _only(frozenset({"representative"}), "taken to be allowed"),
    ),
    Question(
        "identity-number",
        Text(
            "Is an identity number written with its brackets, and which codes do the "
            "kinds of document have? (now: {now})",
            "證件號碼是否連括號填寫？證件類別的代碼為何？（現時：{now}）",
        ),
        _only(frozenset({"representative"}), "without brackets"),
    ),
    Question(
        "competitive-tender",
        Text(
            "Are competitive tenders taken by file, and with which price or yield? "
            "(now: {now})",
            "可否以檔案作競爭性投標？以價格還是收益率填寫？（現時：{now}）",
        ),
        _only(frozenset({"tender"}), "non-competitive only"),
    ),
)
"""In the order in which a person reads the document."""
