"""One acknowledgement file -> what it says, by the layout in the spec."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import polars as pl

from rapupload.errors import AcknowledgementError
from rapupload.model import AckStage, Outcome
from rapupload.spec.format import Acknowledgement, Field
from rapupload.spec.records import slice_fields, split_fields

ROW_MEANINGS = {
    "line": pl.UInt32(),
    "outcome": pl.String(),
    "reason_code": pl.String(),
    "reason_text": pl.String(),
    "ccass_reference": pl.String(),
    "reference": pl.String(),
    "record_checksum": pl.String(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """An acknowledgement, read.

    Attributes:
        stage: Which layer it is.
        meanings: What header and trailer say, by meaning (``file-name``, ``indicator``).
        outcome: Verdict on the file as a whole, where the layer has one.
        rows: Per detail record: ``line`` (sequence number of the instruction in the
            batch, from 1), ``outcome``, reason, references; empty without details.
    """

    stage: AckStage
    meanings: dict[str, str]
    outcome: Outcome | None
    rows: pl.DataFrame


def parse(content: bytes, layer: Acknowledgement, *, name: str) -> Parsed:
    """Read an acknowledgement.

    Raises:
        AcknowledgementError: It is not laid out as the spec says; line and column named.
    """
    reader = _Reader(layer, name)
    lines = reader.lines(content)
    meanings: dict[str, str] = {}
    if layer.header:
        meanings |= reader.one(lines, 0, layer.header, "header")
    last = len(lines) - 1
    if layer.trailer:
        meanings |= reader.one(lines, last, layer.trailer, "trailer")
    first = 1 if layer.header else 0
    body = lines[first : last if layer.trailer else len(lines)]
    rows = reader.rows(body, first)
    reader.check_counts(meanings, rows)
    outcome = meanings.get("result")
    return Parsed(
        stage=layer.stage,
        meanings=meanings,
        outcome=reader.outcome(outcome, 1) if outcome is not None else None,
        rows=rows,
    )


class _Reader:
    def __init__(self, layer: Acknowledgement, name: str) -> None:
        self._layer = layer
        self._name = name

    def _error(
        self, reason: str, line: int = 0, column: int = 0
    ) -> AcknowledgementError:
        place = f", line {line}" if line else ""
        place += f", column {column}" if column else ""
        return AcknowledgementError(
            f"The acknowledgement {self._name} cannot be read{place}: {reason}.",
            hint="The file is kept as received. Compare it with the acknowledgement "
            "layout in the spec.",
        )

    def lines(self, content: bytes) -> list[str]:
        """Return the lines; the last one may lack its line end."""
        try:
            text = content.decode(self._layer.encoding)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            column = error.start - content.rfind(b"\n", 0, error.start)
            reason = f"not {self._layer.encoding}"
            raise self._error(reason, line, column) from error
        end = "\r\n" if self._layer.line_end == "crlf" else "\n"
        lines = text.split(end)
        if lines and lines[-1] == "":
            lines.pop()
        needed = bool(self._layer.header) + bool(self._layer.trailer)
        if len(lines) < max(needed, 1):
            raise self._error("it ends too early", len(lines) + 1)
        for number, text_line in enumerate(lines, 1):
            if "\n" in text_line or "\r" in text_line:
                ends = self._layer.line_end.upper()
                raise self._error(f"the line does not end with {ends}", number)
        return lines

    def one(
        self, lines: list[str], index: int, fields: Sequence[Field], kind: str
    ) -> dict[str, str]:
        """Return the meanings of header or trailer."""
        frame = self._cut([lines[index]], fields, index, kind)
        found = {}
        for field in fields:
            if field.means and field.name in frame.columns:
                found[str(field.means)] = str(frame[field.name][0]).strip(" ")
        return found

    def rows(self, body: list[str], first: int) -> pl.DataFrame:
        """Return the detail records."""
        layer = self._layer
        if not layer.detail:
            if body:
                raise self._error("records where none are expected", first + 1)
            return pl.DataFrame(schema=ROW_MEANINGS)
        if not body:
            return pl.DataFrame(schema=ROW_MEANINGS)
        cut = self._cut(body, layer.detail, first, "detail")
        texts = {
            str(field.means).replace("-", "_"): cut[field.name].str.strip_chars(" ")
            for field in layer.detail
            if field.means
        }
        self._check_results(texts["result"], first)
        numbers = texts["line"].cast(pl.UInt32, strict=False)
        if numbers.null_count():
            index = cast("int", numbers.is_null().arg_max())
            raise self._error(
                f"{texts['line'][index]!r} is no line number", first + index + 1
            )
        outcome = texts["result"].replace_strict(
            layer.results, default=None, return_dtype=pl.String
        )
        frame = pl.DataFrame({**texts, "line": numbers, "outcome": outcome})
        return frame.select(
            pl.col(name).replace("", None)
            if name in frame.columns and dtype == pl.String()
            else pl.col(name)
            if name in frame.columns
            else pl.lit(None, dtype=dtype).alias(name)
            for name, dtype in ROW_MEANINGS.items()
        )

    def _check_results(self, results: pl.Series, first: int) -> None:
        unknown = ~results.is_in(list(self._layer.results))
        if unknown.any():
            index = cast("int", unknown.arg_max())
            self.outcome(results[index], first + index + 1)

    def outcome(self, code: str, line: int) -> Outcome:
        """Return what a result code means."""
        meaning = self._layer.results.get(code)
        if meaning is None:
            known = ", ".join(self._layer.results)
            raise self._error(f"result {code!r} is none of {known}", line)
        return Outcome(meaning)

    def _cut(
        self, lines: list[str], fields: Sequence[Field], first: int, kind: str
    ) -> pl.DataFrame:
        series = pl.Series(lines, dtype=pl.String)
        if self._layer.layout == "delimited":
            try:
                return split_fields(series, fields, self._layer.delimiter)
            except ValueError as error:
                raise self._error(f"{kind}: {error}", first + 1) from error
        width = sum(field.shape.length for field in fields)
        wrong = series.str.len_chars() != width
        if wrong.any():
            index = cast("int", wrong.arg_max())
            length = len(lines[index])
            raise self._error(
                f"the {kind} record has {length} characters instead of {width}",
                first + index + 1,
                min(length, width) + 1,
            )
        frame = slice_fields(series, fields)
        self._check_constants(frame, fields, first)
        return frame

    def _check_constants(
        self, frame: pl.DataFrame, fields: Sequence[Field], first: int
    ) -> None:
        position = 1
        for field in fields:
            if field.value and field.name in frame.columns:
                wrong = frame[field.name].str.strip_chars(" ") != field.value
                if wrong.any():
                    index = cast("int", wrong.arg_max())
                    raise self._error(
                        f"{field.name} is {frame[field.name][index]!r} instead of "
                        f"{field.value!r}",
                        first + index + 1,
                        position,
                    )
            position += field.shape.length

    def check_counts(self, meanings: dict[str, str], rows: pl.DataFrame) -> None:
        """Refuse a report whose own counts do not add up: it may be cut short."""
        if not self._layer.detail:
            return
        counted = {
            "total-count": rows.height,
            "accepted-count": rows.filter(pl.col("outcome") == "accepted").height,
            "rejected-count": rows.filter(pl.col("outcome") == "rejected").height,
        }
        for meaning, count in counted.items():
            said = meanings.get(meaning)
            if said is not None and (not said.isdigit() or int(said) != count):
                raise self._error(f"its {meaning} says {said}, but {count} stand there")
