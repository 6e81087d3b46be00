"""What may be wrong with a batch file: the codes, their words, and the places found.

Faults are kept as columns and worded one by one when somebody looks at them: a file may
have one in each of its 100,000 records. Where a value cannot be what its column holds,
the code and the words are those of the field type.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from rapupload.fieldtypes import problems
from rapupload.model import Severity, Text

MASK = "•••"
SCHEMA: dict[str, pl.DataType] = {
    "code": pl.String(),
    "line": pl.UInt32(),  # null for the whole file
    "record": pl.String(),  # header, detail, trailer or the name of a further record
    "field": pl.String(),
    "column": pl.String(),  # the column behind the field, where there is one
    "position": pl.UInt32(),  # character of the line; number of the value if delimited
    "value": pl.String(),
    "expected": pl.String(),
    "personal": pl.Boolean(),  # value and expected are shown to nobody unasked
}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind of fault; ``{value}``, ``{expected}`` and ``{field}`` are filled in."""

    message: Text
    severity: Severity = Severity.ERROR


FAULTS: Mapping[str, FaultKind] = {
    "zip-missing": FaultKind(
        Text(
            "The file is not zipped; by the spec it travels in a zip.",
            "檔案並非 zip；按規格應以 zip 傳送。",
        )
    ),
    "zip-surplus": FaultKind(
        Text(
            "The file is a zip; by the spec it is sent as it is.",
            "檔案為 zip；按規格不應壓縮。",
        )
    ),
    "byte-order-mark": FaultKind(
        Text(
            "The file begins with a byte order mark, which no record has.",
            "檔案以位元組順序記號開首，紀錄不應有此記號。",
        )
    ),
    "character-foreign": FaultKind(
        Text(
            "The bytes {value} are no {expected} character.",
            "位元組 {value} 並非 {expected} 字元。",
        )
    ),
    "character-control": FaultKind(
        Text(
            "A control character ({value}) stands in the line.",
            "該行有控制字元（{value}）。",
        )
    ),
    "line-end-wrong": FaultKind(
        Text(
            "{value}; the spec says {expected}. This is the first such line.",
            "{value}；按規格應為 {expected}。此為首個該等行。",
        )
    ),
    "line-end-missing": FaultKind(
        Text(
            "The last line does not end as the spec says ({expected}).",
            "最後一行沒有按規格以 {expected} 結束。",
        )
    ),
    "line-end-surplus": FaultKind(
        Text(
            "The last line has a line end; by the spec it has none.",
            "最後一行有換行；按規格不應有。",
        )
    ),
    "header-missing": FaultKind(
        Text("The header record is missing.", "欠缺首紀錄（header）。")
    ),
    "trailer-missing": FaultKind(
        Text(
            "The trailer record is missing: the file may be cut short.",
            "欠缺尾紀錄（trailer）：檔案可能不完整。",
        )
    ),
    "record-repeated": FaultKind(
        Text(
            "A second {field} record: are these two files in one?",
            "出現第二個 {field} 紀錄：是否兩個檔案合而為一？",
        )
    ),
    "after-trailer": FaultKind(
        Text(
            "The line stands after the trailer record.",
            "該行在尾紀錄（trailer）之後。",
        )
    ),
    "line-blank": FaultKind(Text("The line is blank.", "該行為空行。")),
    "record-unknown": FaultKind(
        Text(
            "The line opens as no record of the spec does and was not read.",
            "該行開首不屬規格內任何紀錄，沒有讀取。",
        )
    ),
    "record-length": FaultKind(
        Text(
            "The record has {value} characters instead of {expected}.",
            "紀錄有 {value} 個字元，應為 {expected} 個。",
        )
    ),
    "value-count": FaultKind(
        Text(
            "The record has {value} values instead of {expected}.",
            "紀錄有 {value} 個值，應為 {expected} 個。",
        )
    ),
    "quotes-unpaired": FaultKind(
        Text("The quotes of the line do not pair.", "該行的引號不成對。")
    ),
    "record-orphan": FaultKind(
        Text(
            "A {field} record without its instruction above it.",
            "{field} 紀錄之上沒有所屬的指示。",
        )
    ),
    "constant-differs": FaultKind(
        Text(
            "{field} is {value} instead of {expected}.",
            "{field} 為 {value}，應為 {expected}。",
        )
    ),
    "filler-filled": FaultKind(
        Text(
            "{field} is {value} where the spec has blanks.",
            "{field} 為 {value}，按規格應為空格。",
        )
    ),
    "value-missing": FaultKind(
        Text(
            "{field} is blank; it has to be there.",
            "{field} 為空白，此項必須填寫。",
        )
    ),
    "value-unreadable": FaultKind(
        Text(
            "{value} cannot be read as {field} ({expected}).",
            "{value} 不能讀作 {field}（{expected}）。",
        )
    ),
    "field-code-unknown": FaultKind(
        Text(
            "{value} is no code of {field}; the spec knows {expected}.",
            "{value} 並非 {field} 的代碼；規格只有 {expected}。",
        )
    ),
    "value-otherwise": FaultKind(
        Text(
            "{value} would be written {expected}.",
            "{value} 應寫作 {expected}。",
        )
    ),
    "checksum-differs": FaultKind(
        Text(
            "The checksum is {value}; the record adds up to {expected}.",
            "校驗值為 {value}；紀錄相加為 {expected}。",
        )
    ),
    "line-number-differs": FaultKind(
        Text(
            "The record numbers itself {value}; it is number {expected}.",
            "紀錄編號為 {value}；應為 {expected}。",
        )
    ),
    "total-differs": FaultKind(
        Text(
            "{field} says {value}; the records come to {expected}.",
            "{field} 為 {value}；各紀錄合計為 {expected}。",
        )
    ),
    "name-differs": FaultKind(
        Text(
            "The file name says {expected}, the record says {value}.",
            "檔案名稱為 {expected}，紀錄為 {value}。",
        )
    ),
    "padding-differs": FaultKind(
        Text(
            "{value} stand otherwise in {field} than the spec says ({expected}). This is "
            "the first.",
            "{field} 有 {value} 的位置或填充與規格（{expected}）不同。此為首個。",
        ),
        Severity.NOTE,
    ),
}
"""The kinds of fault that are not those of a field type."""

_STRUCTURE = frozenset(
    {
        "zip-missing",
        "zip-surplus",
        "byte-order-mark",
        "character-foreign",
        "line-end-wrong",
        "line-end-missing",
        "header-missing",
        "trailer-missing",
        "record-repeated",
        "after-trailer",
        "line-blank",
        "record-unknown",
        "record-length",
        "value-count",
        "quotes-unpaired",
        "record-orphan",
        "constant-differs",
    }
)
"""Faults after which a file is not laid out as its spec says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with a batch file, and where.

    Attributes:
        line: Of the file, from 1; None for the file as a whole.
        record: ``header``, ``detail``, ``trailer`` or the name of a further record.
        field: As the spec names it.
        column: The column behind the field; empty where there is none.
        position: First character of the field in the line, from 1; in a delimited file
            the number of the value.
        value: What stands there, masked where the spec says personal.
    """

    code: str
    severity: Severity
    message: Text
    line: int | None
    record: str
    field: str
    column: str
    position: int | None
    value: str

    def as_dict(self) -> dict[str, object]:
        """Return the JSON form that scripts rely on."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "line": self.line,
            "record": self.record,
            "field": self.field,
            "column": self.column,
            "position": self.position,
            "value": self.value,
            "message": self.message.as_dict(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """All faults of one file, in the order of its lines.

    Attributes:
        frame: One row each, with the columns of ``SCHEMA``.
    """

    frame: pl.DataFrame

    @property
    def errors(self) -> int:
        """Return how many are more than a note."""
        notes = [
            code for code, kind in FAULTS.items() if kind.severity is Severity.NOTE
        ]
        return self.frame.filter(~pl.col("code").is_in(notes)).height

    def structural(self) -> Iterator[Fault]:
        """Word the faults of layout, as opposed to those of content."""
        yield from _worded(self.frame.filter(pl.col("code").is_in(list(_STRUCTURE))))

    def first(self, limit: int, *, show_personal: bool = False) -> Iterator[Fault]:
        """Word the first ``limit`` faults."""
        yield from _worded(self.frame.head(limit), show_personal=show_personal)

    def worded(self, *, show_personal: bool = False) -> Iterator[Fault]:
        """Word every fault."""
        yield from _worded(self.frame, show_personal=show_personal)


def gather(frames: Iterable[pl.DataFrame]) -> Faults:
    """Put faults found here and there into the order of the file."""
    together = pl.concat([no_faults(), *frames])
    ordered = together.sort("line", "position", nulls_last=False, maintain_order=True)
    return Faults(frame=ordered)


def no_faults() -> pl.DataFrame:
    """Return no faults."""
    return pl.DataFrame(schema=SCHEMA)


def one_fault(code: str, line: int | None = None, **known: object) -> pl.DataFrame:
    """Return a single fault."""
    record = {**dict.fromkeys(SCHEMA), "personal": False, **known}
    return pl.DataFrame([{**record, "code": code, "line": line}], schema=SCHEMA)


def faults_at(places: pl.DataFrame, code: str, **known: object) -> pl.DataFrame:
    """Return a fault of one code for each line given.

    Args:
        places: Has ``line``, and whichever other columns of ``SCHEMA`` differ by line.
        code: The kind of fault.
        known: Columns of ``SCHEMA`` that are the same for all.
    """
    same = {**dict.fromkeys(SCHEMA), "personal": False, **known, "code": code}
    return places.select(
        (pl.col(name) if name in places.columns else pl.lit(same[name]))
        .cast(dtype)
        .alias(name)
        for name, dtype in SCHEMA.items()
    )


def visible(text: str) -> str:
    """Return a text in which control characters are seen and do nothing.

    >>> visible("A" + chr(27) + "[2J")
    'A␛[2J'
    """
    return text.translate(_PICTURES)


def _worded(frame: pl.DataFrame, *, show_personal: bool = False) -> Iterator[Fault]:
    for found in frame.iter_rows(named=True):
        masked = found["personal"] and not show_personal
        words = {
            name: MASK if masked and found[name] else visible(found[name] or "")
            for name in ("value", "expected")
        }
        kind = FAULTS.get(found["code"]) or _of_field_type(found["code"])
        named = {**words, "field": found["field"] or ""}
        yield Fault(
            code=found["code"],
            severity=kind.severity,
            message=_filled(kind.message, named),
            line=found["line"],
            record=found["record"] or "",
            field=found["field"] or "",
            column=found["column"] or "",
            position=found["position"],
            value=words["value"],
        )


def _of_field_type(code: str) -> FaultKind:
    return FaultKind(problems()[code].message)


def _filled(message: Text, words: Mapping[str, str]) -> Text:
    known = {**words, "length": words["expected"]}

    def filled(text: str) -> str:
        return _PLACEHOLDER.sub(lambda match: known.get(match[1], "—"), text)

    return Text(filled(message.en), filled(message.zh_hant))
