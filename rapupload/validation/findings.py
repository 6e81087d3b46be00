"""Findings as columns; worded one by one only when somebody looks at them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from rapupload.fieldtypes.reading import without_example
from rapupload.model import Finding, Scope, Severity, Text
from rapupload.table import Header

SCHEMA: dict[str, pl.DataType] = {
    "code": pl.String(),
    "severity": pl.String(),
    "scope": pl.String(),
    "row": pl.UInt32(),
    "position": pl.Int32(),  # source column, -1 for none
    "value": pl.String(),
    "words": pl.String(),  # JSON object: what the message may quote
}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
MASK = "•••"
ALSO = "also"
"""Word of a finding about an instruction that was summed: its other rows."""

_SHOWN = 10  # rows named in a message


def empty() -> pl.DataFrame:
    """Return no findings."""
    return pl.DataFrame(schema=SCHEMA)


def one(
    code: str,
    severity: Severity,
    scope: Scope,
    words: Mapping[str, object],
    *,
    row: int | None = None,
    position: int = -1,
) -> pl.DataFrame:
    """Return a single finding."""
    record = {
        "code": code,
        "severity": severity.value,
        "scope": scope.value,
        "row": row,
        "position": position,
        "value": "",
        "words": json.dumps(dict(words), ensure_ascii=False),
    }
    return pl.DataFrame([record], schema=SCHEMA)


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All findings of one table.

    Attributes:
        frame: One row per finding, with the columns of ``SCHEMA``.
        messages: Code -> its words.
        sheet: Sheet name; empty for CSV.
        headers: Headings by source position.
    """

    frame: pl.DataFrame
    messages: Mapping[str, Text]
    sheet: str
    headers: Mapping[int, Header] = field(default_factory=dict)

    def count(self, severity: Severity) -> int:
        """Return how many findings have this severity."""
        return self.frame.filter(pl.col("severity") == severity.value).height

    def codes(self, severity: Severity) -> tuple[str, ...]:
        """Return the codes found with this severity."""
        chosen = self.frame.filter(pl.col("severity") == severity.value)
        return tuple(chosen["code"].unique().sort())

    def __iter__(self) -> Iterator[Finding]:
        """Word every finding: file first, then by row and column."""
        return self.first(self.frame.height)

    def first(self, limit: int) -> Iterator[Finding]:
        """Word the first ``limit`` findings."""
        ordered = self.frame.sort(
            "row", "position", "severity", "code", nulls_last=False, maintain_order=True
        )
        for record in ordered.head(limit).iter_rows(named=True):
            yield self._worded(record)

    def _worded(self, record: dict[str, object]) -> Finding:
        code = str(record["code"])
        header = self.headers.get(int(str(record["position"])))
        value = str(record["value"] or "")
        words = {"value": value, **json.loads(str(record["words"] or "{}"))}
        row = record["row"]
        message = self.messages[code]
        if MASK in (words.get("value"), words.get("canonical")):
            message = without_example(message)
        return Finding(
            code=code,
            severity=Severity(str(record["severity"])),
            scope=Scope(str(record["scope"])),
            message=_naming_others(fill(message, words), words.get(ALSO)),
            sheet=self.sheet,
            row=None if row is None else int(str(row)),
            column=" ".join(header.text.split()) if header else "",
            letter=header.letter if header else "",
            value=value,
        )


def _naming_others(message: Text, others: object) -> Text:
    """Add which other rows an instruction was summed from."""
    if not others:
        return message
    rows = str(others).split(",")
    listed = ", ".join(row.strip() for row in rows[:_SHOWN])
    more = f", ... ({len(rows)})" if len(rows) > _SHOWN else ""
    return Text(
        f"{message.en} (Summed with rows {listed}{more}.)",
        f"{message.zh_hant}（與第 {listed}{more} 行合併。）",
    )


def fill(message: Text, words: Mapping[str, object]) -> Text:
    """Put words into a message; a missing one stays visible as a gap."""

    def filled(text: str) -> str:
        return _PLACEHOLDER.sub(lambda match: _word(words.get(match[1])), text)

    return Text(filled(message.en), filled(message.zh_hant))


def _word(value: object) -> str:
    return "—" if value is None else str(value)
