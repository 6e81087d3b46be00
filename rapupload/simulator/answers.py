"""The simulator's own writer of acknowledgements, by the layouts of the spec."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from rapupload.model import AckStage
from rapupload.simulator.hours import HONG_KONG
from rapupload.simulator.reader import Row
from rapupload.simulator.records import Slot, date_format
from rapupload.spec.format import Acknowledgement, BatchSpec, Field, Reason
from rapupload.spec.naming import NamePattern, NameValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one row.

    Attributes:
        reason: Key of the spec's reason; None when the row was accepted.
        reference: The CCASS reference of an accepted row.
    """

    row: Row
    reason: str | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the far end made of one file.

    Attributes:
        day: The file's transmission date.
        reason: Key of the spec's reason for refusing the whole file; None if taken.
        verdicts: One per row, when the file was taken.
    """

    file_name: str
    participant: str
    account: str
    day: dt.date
    indicator: int
    file_reference: str = ""
    records: int = 0
    reason: str | None = None
    verdicts: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One acknowledgement file, ready to be put where the spec says."""

    path: PurePosixPath
    content: bytes


def write_answers(
    spec: BatchSpec, judgement: Judgement, now: dt.datetime
) -> tuple[Answer, ...]:
    """Return the acknowledgements of a file, receipt first.

    A refused file gets its receipt only, or the other layers without rows where the
    spec has no receipt.
    """
    has_receipt = any(a.stage is AckStage.RECEIPT for a in spec.acknowledgement)
    layers = sorted(spec.acknowledgement, key=lambda a: list(AckStage).index(a.stage))
    return tuple(
        _Writer(spec, layer, judgement, now).write()
        for layer in layers
        if judgement.reason is None
        or layer.stage is AckStage.RECEIPT
        or not has_receipt
    )


def code_of(spec: BatchSpec, key: str | None) -> tuple[str, str]:
    """Return the first code and the English words of a reason; blanks for none."""
    reason = next((r for r in spec.reason if r.key == key), None)
    if reason is None:
        return "", ""
    return _first_code(reason), reason.label.en


def _first_code(reason: Reason) -> str:
    return reason.codes[0] if reason.codes else ""


class _Writer:
    """One acknowledgement of one file."""

    def __init__(
        self,
        spec: BatchSpec,
        layer: Acknowledgement,
        judgement: Judgement,
        now: dt.datetime,
    ) -> None:
        self._spec = spec
        self._layer = layer
        self._judgement = judgement
        self._now = now.astimezone(HONG_KONG)
        self._file_facts = self._facts_of_file()

    def write(self) -> Answer:
        layer, facts = self._layer, self._file_facts
        header, detail, trailer = (
            tuple(Slot.of(field) for field in fields)
            for fields in (layer.header, layer.detail, layer.trailer)
        )
        verdicts = self._judgement.verdicts
        if layer.stage is AckStage.RESULT:
            verdicts = tuple(v for v in verdicts if v.reason is None)
        lines = [self._line(header, facts)] if header else []
        if detail:
            lines += [self._line(detail, self._facts_of_row(v)) for v in verdicts]
        if trailer:
            lines.append(self._line(trailer, facts))
        end = "\r\n" if layer.line_end == "crlf" else "\n"
        text = "".join(line + end for line in lines)
        return Answer(self._path(), text.encode(layer.encoding, "replace"))

    def _path(self) -> PurePosixPath:
        values: dict[str, NameValue] = {
            "participant": self._judgement.participant,
            "account": self._judgement.account,
            "market": self._spec.spec.market,
            "indicator": self._judgement.indicator,
            "date": self._now,
            "time": self._now.time(),
            "file-name": self._judgement.file_name,
            "file-stem": PurePosixPath(self._judgement.file_name).stem,
            "any": "",
        }
        folder = NamePattern.parse(self._layer.where).write(values)
        pattern = NamePattern.parse(self._layer.name)
        if "indicator" in pattern.names:  # the two together name the file answered
            values["date"] = self._judgement.day
        return PurePosixPath(folder) / pattern.write(values)

    def _facts_of_file(self) -> dict[str, str]:
        judgement = self._judgement
        code, words = code_of(self._spec, judgement.reason)
        accepted = sum(v.reason is None for v in judgement.verdicts)
        return {
            "file-name": judgement.file_name,
            "indicator": str(judgement.indicator),
            "participant": judgement.participant,
            "account": judgement.account,
            "market": self._spec.spec.market,
            "file-reference": judgement.file_reference,
            "result": self._result(is_accepted=judgement.reason is None),
            "reason-code": code,
            "reason-text": words,
            "total-count": str(judgement.records),
            "accepted-count": str(accepted),
            "rejected-count": str(len(judgement.verdicts) - accepted),
        }

    def _facts_of_row(self, verdict: Verdict) -> dict[str, str]:
        code, words = code_of(self._spec, verdict.reason)
        return self._file_facts | {
            "line": str(verdict.row.line),
            "reference": verdict.row.values.get("own-reference", ""),
            "result": self._result(is_accepted=verdict.reason is None),
            "reason-code": code,
            "reason-text": words,
            "ccass-reference": verdict.reference,
            "record-checksum": verdict.row.checksum,
        }

    def _result(self, *, is_accepted: bool) -> str:
        wanted = "accepted" if is_accepted else "rejected"
        return next((c for c, m in self._layer.results.items() if m == wanted), "")

    def _line(self, slots: Sequence[Slot], facts: Mapping[str, str]) -> str:
        pairs = [(slot, self._content(slot.field, facts)) for slot in slots]
        if self._layer.layout == "fixed":
            return "".join(_pad(slot, text) for slot, text in pairs)
        line = io.StringIO()
        csv.writer(line, delimiter=self._layer.delimiter, lineterminator="").writerow(
            text[: slot.length] for slot, text in pairs
        )
        return line.getvalue()

    def _content(self, field: Field, facts: Mapping[str, str]) -> str:
        if field.value is not None:
            return field.value
        if field.means == "date":
            return self._judgement.day.strftime(date_format(field))
        if field.given == "date":
            return self._now.strftime(date_format(field))
        if field.given == "time":
            return self._now.strftime(field.format or "%H%M%S")
        if field.total == "count":
            return str(len(self._judgement.verdicts))
        return facts.get(field.means or field.given or "", "")


def _pad(slot: Slot, text: str) -> str:
    if not text:
        return slot.empty * slot.length
    if slot.is_digits:
        text = text[
            -slot.length :
        ]  # a count wider than its field keeps its last digits
    pad = text.rjust if slot.is_right_justified else text.ljust
    return pad(slot.length, slot.fill)[: slot.length]
