"""The checklist for the day on which HKEX's document is in hand, made from the spec.

Guesses come first: what is most likely wrong is compared first. Nothing here is known to
be right; a tick says that a person has compared it with the document.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapupload.errors import UsageError
from rapupload.model import Text
from rapupload.services.open_questions import QUESTIONS, fields_of
from rapupload.spec.format import Acknowledgement, BatchSpec, Column, Field
from rapupload.spec.loader import LoadedSpec

_ORDER = "GL-S"
_MARKS = {
    "S": Text("sure", "確定"),
    "L": Text("likely", "可能"),
    "G": Text("guess", "推測"),
    "-": Text("ours", "自訂"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line to be ticked.

    Attributes:
        key: Where it stands in the spec file.
        text: What the spec says, or what is asked.
        mark: How sure that is: item / format.
        source: What it rests on.
    """

    key: str
    text: Text
    mark: str = ""
    source: str = ""

    def line(self, language: str) -> str:
        """Return the item as a person reads it."""
        sure = " / ".join(
            _MARKS[sign].in_language(language) for sign in self.mark.split("/") if sign
        )
        behind = [f"[{sure}]"] if sure else []
        behind += [self.source] if self.source else []
        return " ".join([self.text.in_language(language), *behind])

    def as_dict(self) -> dict[str, object]:
        """Return the JSON form that scripts rely on."""
        return {
            "key": self.key,
            "text": self.text.as_dict(),
            "mark": self.mark,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Items that are worked down together."""

    name: str
    title: Text
    items: tuple[Item, ...]

    def as_dict(self) -> dict[str, object]:
        """Return the JSON form that scripts rely on."""
        return {
            "name": self.name,
            "title": self.title.as_dict(),
            "items": [item.as_dict() for item in self.items],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """Everything to be compared for one instruction type."""

    type: str
    title: Text
    version: int
    status: str
    file: Path
    sections: tuple[Section, ...]

    @property
    def items(self) -> int:
        """Return how many lines there are to tick."""
        return sum(len(section.items) for section in self.sections)

    def markdown(self, language: str = "en") -> str:
        """Return the checklist as a page with boxes."""
        lines = [f"# {self.heading(language)}", ""]
        for section in self.sections:
            lines += [f"## {section.title.in_language(language)}", ""]
            lines += [f"- [ ] {item.line(language)}" for item in section.items]
            lines.append("")
        return "\n".join(lines).rstrip("\n") + "\n"

    def heading(self, language: str = "en") -> str:
        """Return what the checklist is about."""
        words = Text("First-day checklist", "首日核對清單").in_language(language)
        title = self.title.in_language(language)
        return f"{words}: {title} ({self.type} {self.version}, {self.status})"

    def as_dict(self) -> dict[str, object]:
        """Return the JSON form that scripts rely on."""
        return {
            "type": self.type,
            "title": self.title.as_dict(),
            "version": self.version,
            "status": self.status,
            "file": str(self.file),
            "items": self.items,
            "sections": [section.as_dict() for section in self.sections],
        }


def build_checklist(loaded: LoadedSpec) -> Checklist:
    """Return the checklist of a spec."""
    spec = loaded.spec
    sections = (
        Section(
            name="before",
            title=Text("Before you begin", "開始之前"),
            items=tuple(_before(loaded)),
        ),
        Section(
            name="questions",
            title=Text("Questions the document has to answer", "文件須解答的問題"),
            items=tuple(_questions(spec)),
        ),
        Section(name="file", title=Text("The file", "檔案"), items=tuple(_file(spec))),
        *_records(spec),
        Section(
            name="codes",
            title=Text("Codes of ours, and HKEX's", "本方代碼及交易所代碼"),
            items=tuple(_codes(spec)),
        ),
        *_answers(spec),
        Section(
            name="reasons",
            title=Text("Reasons for rejection", "拒絕原因"),
            items=tuple(_reasons(spec)),
        ),
        Section(
            name="next",
            title=Text("What to run next", "下一步指令"),
            items=tuple(_next(loaded)),
        ),
    )
    return Checklist(
        type=spec.id,
        title=spec.spec.title.text,
        version=spec.spec.version,
        status=spec.spec.status.value,
        file=loaded.file,
        sections=tuple(section for section in sections if section.items),
    )


def write_checklist(checklist: Checklist, target: Path, language: str = "en") -> None:
    """Write the checklist to a new file.

    Raises:
        UsageError: The file is there already (somebody may have ticked it), or cannot be
            written.
    """
    try:
        with target.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(checklist.markdown(language))
    except FileExistsError as error:
        raise UsageError(
            f"{target} is there already and was not touched.",
            hint="Name another file; this one may have been worked on.",
        ) from error
    except OSError as error:
        raise UsageError(
            f"{target} cannot be written: {error.strerror}.",
            hint="Name a file in a folder that may be written to.",
        ) from error


def _before(loaded: LoadedSpec) -> Iterator[Item]:
    name = f"{loaded.spec.id}.toml"
    yield Item(
        key="spec.sources",
        text=Text(
            "Note title, version and date of HKEX's document and add them to sources.",
            "記下香港交易所文件的名稱、版本及日期，並加入 sources。",
        ),
    )
    yield Item(
        key="spec",
        text=Text(
            f"Copy {loaded.file} into your own folder of specs (settings, specs) as "
            f"{name}: your own file wins over the shipped one.",
            f"將 {loaded.file} 複製到自己的規格資料夾（設定檔 specs），名為 {name}：自己的"
            "規格檔優先。",
        ),
    )
    about = loaded.spec.spec
    yield Item(
        key="spec.effective-from",
        text=Text(
            f"From which day does the layout hold? (now: {about.effective_from})",
            f"格式由何日起生效？（現時：{about.effective_from}）",
        ),
        source="; ".join(about.sources),
    )


def _questions(spec: BatchSpec) -> Iterator[Item]:
    for question in QUESTIONS:
        now = question.now(spec)
        if now is not None:
            asked = question.asked
            yield Item(
                key=question.name,
                text=Text(
                    asked.en.replace("{now}", now), asked.zh_hant.replace("{now}", now)
                ),
            )


_FILE_KEYS = {
    "name": Text("file name", "檔案名稱"),
    "folder": Text("folder", "資料夾"),
    "layout": Text("fixed records or delimited values", "固定長度或分隔符號"),
    "encoding": Text("encoding", "字元編碼"),
    "line_end": Text("line end", "換行"),
    "final_line_end": Text("the last line ends too", "最後一行亦換行"),
    "max_records": Text("most records in a file", "每個檔案最多紀錄"),
    "write": Text("how a file is put there", "寫入方式"),
    "zip_member": Text("name inside a zip", "壓縮檔內的名稱"),
    "read_back": Text("our own file may be read back", "可讀回本身的檔案"),
}
_DELIMITED_KEYS = {
    "delimiter": Text("delimiter", "分隔符號"),
    "quote": Text("quotes", "引號"),
}


def _file(spec: BatchSpec) -> Iterator[Item]:
    keys = dict(_FILE_KEYS)
    if spec.batch_file.layout == "delimited":
        keys |= _DELIMITED_KEYS
    for key, label in keys.items():
        value = getattr(spec.batch_file, key)
        told = {True: "yes", False: "no", None: "none"}.get(value, str(value))
        yield Item(
            key=f"batch-file.{key.replace('_', '-')}",
            text=Text(f"{label.en}: {told}", f"{label.zh_hant}：{told}"),
        )


def _records(spec: BatchSpec) -> Iterator[Section]:
    kinds: list[tuple[str, Text, Sequence[Field]]] = [
        ("header", Text("Header record", "首紀錄"), spec.header),
        ("detail", Text("Detail record", "明細紀錄"), spec.detail),
    ]
    for record in spec.detail_record:
        title = Text(f"Detail record {record.name}", f"明細紀錄 {record.name}")
        kinds.append((f"detail-record.{record.name}", title, record.fields))
    kinds.append(("trailer", Text("Trailer record", "尾紀錄"), spec.trailer))
    is_fixed = spec.batch_file.layout == "fixed"
    for key, title, fields in kinds:
        if fields:
            yield _record(key, title, fields, is_fixed=is_fixed)


def _record(
    key: str, title: Text, fields: Sequence[Field], *, is_fixed: bool
) -> Section:
    """Return the fields of a record, guesses first; within a mark as they stand."""
    whole = sum(field.shape.length for field in fields)
    size = (
        Text(f"{whole} characters", f"{whole} 個字元")
        if is_fixed
        else Text(f"{len(fields)} values", f"{len(fields)} 個值")
    )
    items = []
    start = 1
    for number, field in enumerate(fields, 1):
        end = start + field.shape.length - 1
        place = f"{start}-{end}" if end > start else str(start)
        items.append(_field(key, place if is_fixed else f"#{number}", field))
        start = end + 1
    return Section(
        name=key,
        title=Text(
            f"{title.en}: {size.en} in all; guesses first",
            f"{title.zh_hant}：共 {size.zh_hant}；推測者在前",
        ),
        items=tuple(sorted(items, key=lambda item: _doubt(item.mark))),
    )


def _doubt(mark: str) -> tuple[int, int]:
    """Return how far up a mark stands: the worse word first, then the other."""
    ranks = sorted(_ORDER.index(sign) for sign in mark.split("/")) or [0]
    return ranks[0], ranks[-1]


def _field(record: str, place: str, field: Field) -> Item:
    english, chinese = [], []
    if field.column or field.given or field.total or field.checksum or field.means:
        side = "right" if field.is_right_justified else "left"
        fill = "zeros" if field.fill_character == "0" else "spaces"
        none = "zeros" if field.empty_character == "0" else "spaces"
        english += [f"{side}-justified", f"filled with {fill}", f"none is {none}"]
        chinese += [
            f"靠{_ZH[side]}",
            f"以{_ZH[fill]}填滿",
            f"沒有則為{_ZH[none]}",
        ]
    content = _content(field)
    if field.format:
        english.append(f"written {field.format}")
        chinese.append(f"寫作 {field.format}")
    head = f"{place} {field.name} {field.picture}"
    return Item(
        key=f"{record}.{field.name}",
        text=Text(
            f"{head}: {', '.join([content, *english])}",
            f"{head}：{'，'.join([content, *chinese])}",
        ),
        mark=field.mark,
        source=field.source,
    )


_ZH = {"left": "左", "right": "右", "zeros": "零", "spaces": "空格"}


def _content(field: Field) -> str:
    if field.value is not None:
        return f'"{field.value}"' if field.value else "spaces"
    if field.checksum:
        return f"checksum of {', '.join(field.checksum)}"
    ways = ("column", "given", "constant", "total", "means")
    way = next(w for w in ways if getattr(field, w) is not None)
    return f"{way} {getattr(field, way)}"


def _codes(spec: BatchSpec) -> Iterator[Item]:
    sent = {field.column: field for field in fields_of(spec) if field.column}
    items = [
        item
        for column in spec.column
        if not column.is_carried
        for item in _column_codes(column, sent.get(column.name))
    ]
    yield from sorted(items, key=lambda item: _doubt(item.mark))


def _column_codes(column: Column, field: Field | None) -> Iterator[Item]:
    for code in column.codes:
        written = (field.codes or {}).get(code.code, code.code) if field else ""
        goes = f"goes as {written}" if field else "is not sent"
        goes_zh = f"寫作 {written}" if field else "不發送"
        label = code.label
        yield Item(
            key=f"column.{column.name}.{code.code}",
            text=Text(
                f"{column.name}: {code.code} ({label.en}) {goes}; HKEX's code: ____",
                f"{column.name}：{code.code}（{label.zh_hant}）{goes_zh}；交易所代碼：____",
            ),
            mark=field.mark if field else column.mark,
            source=(field.source if field else "") or column.source,
        )


def _answers(spec: BatchSpec) -> Iterator[Section]:
    for layer in spec.acknowledgement:
        words = {
            "receipt": Text("Receipt", "收訖回覆"),
            "control-report": Text("Control report", "控制報告"),
            "result": Text("Result", "結果"),
        }[layer.stage.value]
        yield Section(
            name=f"acknowledgement.{layer.stage.value}",
            title=Text(f"Answer: {words.en}", f"回覆：{words.zh_hant}"),
            items=tuple(_answer(layer)),
        )


def _answer(layer: Acknowledgement) -> Iterator[Item]:
    key = f"acknowledgement.{layer.stage.value}"
    results = ", ".join(f"{code} = {result}" for code, result in layer.results.items())
    for name, english, chinese in (
        (
            "name",
            f"stands in {layer.where} as {layer.name}, {layer.layout}, {layer.encoding}",
            f"位於 {layer.where}，名為 {layer.name}，{layer.layout}，{layer.encoding}",
        ),
        (
            "expected-within",
            f"comes within {layer.expected_within}",
            f"於 {layer.expected_within} 內收到",
        ),
        (
            "match-on",
            f"names our file by {', '.join(layer.match_on)}",
            f"以 {', '.join(layer.match_on)} 對應本方檔案",
        ),
        ("results", f"results: {results}", f"結果代碼：{results}"),
    ):
        yield Item(
            key=f"{key}.{name}",
            text=Text(english, chinese),
            mark=layer.mark,
            source=layer.source,
        )
    is_fixed = layer.layout == "fixed"
    for table in ("header", "detail", "trailer"):
        fields = getattr(layer, table)
        if fields:
            title = Text(table, table)
            section = _record(f"{key}.{table}", title, fields, is_fixed=is_fixed)
            yield from (
                Item(
                    key=item.key,
                    text=Text(
                        f"{table} {item.text.en}", f"{table} {item.text.zh_hant}"
                    ),
                    mark=item.mark,
                    source=item.source,
                )
                for item in section.items
            )


def _reasons(spec: BatchSpec) -> Iterator[Item]:
    for reason in spec.reason:
        codes = ", ".join(reason.codes) or "____"
        yield Item(
            key=f"reason.{reason.key}",
            text=Text(
                f"{reason.label.en} ({reason.key}): now {codes}; HKEX's code: ____",
                f"{reason.label.zh_hant}（{reason.key}）：現時 {codes}；交易所代碼：____",
            ),
            mark=reason.mark,
        )


def _next(loaded: LoadedSpec) -> Iterator[Item]:
    type_ = loaded.spec.id
    file = f"{type_}.toml"
    for name, command, english, chinese in (
        (
            "check",
            f"rapupload specs check {file}",
            "the corrected file is sound",
            "更正後的規格檔無誤",
        ),
        (
            "sample",
            f"rapupload specs check {file} --sample HKEX-SAMPLE",
            "HKEX's own sample is read and written again byte for byte",
            "香港交易所的樣本讀入後重寫，逐位元組相同",
        ),
        (
            "simulate",
            f"rapupload submit SHEET --type {type_}",
            "a sheet goes through the simulator and every row has its outcome",
            "以模擬器處理一張工作表，每行均有結果",
        ),
        (
            "practice",
            'status = "practice"',
            "raise the status, and send the same sheet in HKEX's practice environment",
            "提升狀態，並在香港交易所的測試環境發送同一工作表",
        ),
        (
            "answers",
            "rapupload collect; rapupload status BATCH",
            "each of HKEX's answers is read and paired",
            "讀取並配對香港交易所的每項回覆",
        ),
        (
            "confirmed",
            'status = "confirmed"',
            "raise the status once a second person has compared every line above",
            "經第二人核對以上各行後，提升狀態",
        ),
        (
            "in-force",
            "rapupload specs list",
            "your own file is the one in force, with its new version",
            "自己的規格檔生效，版本正確",
        ),
    ):
        yield Item(
            key=name,
            text=Text(f"`{command}`: {english}", f"`{command}`：{chinese}"),
        )
