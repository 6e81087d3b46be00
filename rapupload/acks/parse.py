"""One acknowledgement file -> what it says, by the layout in the spec."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import polars as pl

from rapupload.errors import AcknowledgementError
from rapupload.model import AckStage, Outcome
from rapupload.spec.format import Acknowledgement, Field
from rapupload.spec.records import (
    LineError,
    constant_text,
    slice_fields,
    split_fields,
    whole_number,
)
from rapupload.spec.widths import widen

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
    first = 1 if layer.header else 0
    last = len(lines) - 1 if layer.trailer else len(lines)
    if layer.header:
        reader.take_in(lines[0], 0, layer.header, "header")
    if layer.trailer:
        reader.take_in(lines[last], last, layer.trailer, "trailer")
    rows = reader.rows(lines[first:last], first)
    reader.check_counts(rows)
    return Parsed(
        stage=layer.stage,
        meanings=reader.meanings,
        outcome=reader.file_outcome(),
        rows=rows,
    )


class _Reader:
    """What was read so far; ``meanings`` of header and trailer, and where they stand."""

    def __init__(self, layer: Acknowledgement, name: str) -> None:
        self.meanings: dict[str, str] = {}
        self._places: dict[str, tuple[int, int]] = {}
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

    def _column(self, fields: Sequence[Field], field: Field) -> int:
        """Return where a field begins, from 1; 0 where values are of any width."""
        if self._layer.layout == "delimited":
            return 0
        widths = [part.shape.length for part in fields]
        return sum(widths[: fields.index(field)]) + 1

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
        if lines[-1] == "":
            lines.pop()
        for number, text_line in enumerate(lines, 1):
            if "\n" in text_line or "\r" in text_line:
                ends = self._layer.line_end.upper()
                raise self._error(f"the line does not end with {ends}", number)
        needed = bool(self._layer.header) + bool(self._layer.trailer)
        if len(lines) < max(needed, 1):
            raise self._error("it ends too early", len(lines) + 1)
        return lines

    def take_in(
        self, line: str, index: int, fields: Sequence[Field], kind: str
    ) -> None:
        """Read header or trailer; where both say something, they must agree."""
        frame = self._cut([line], fields, index, kind)
        for field in fields:
            if field.means:
                text = str(frame[field.name][0]).strip(" ")
                place = index + 1, self._column(fields, field)
                if self.meanings.setdefault(field.means, text) != text:
                    said = self.meanings[field.means]
                    reason = (
                        f"{field.means} is {text!r} here and {said!r} in the header"
                    )
                    raise self._error(reason, *place)
                self._places[field.means] = place

    def rows(self, body: list[str], first: int) -> pl.DataFrame:
        """Return the detail records."""
        layer = self._layer
        if body and not layer.detail:
            raise self._error("records where none are expected", first + 1)
        if not body:
            return pl.DataFrame(schema=ROW_MEANINGS)
        cut = self._cut(body, layer.detail, first, "detail")
        fields = {str(f.means): f for f in layer.detail if f.means}
        texts = {
            means: cut[field.name].str.strip_chars(" ")
            for means, field in fields.items()
        }
        numbers = texts["line"].cast(pl.UInt32, strict=False)
        self._refuse(
            texts["line"],
            ~numbers.is_null(),
            "is no line number",
            fields["line"],
            first,
        )
        known = ", ".join(layer.results)
        self._refuse(
            texts["result"],
            texts["result"].is_in(list(layer.results)),
            f"is none of the results {known}",
            fields["result"],
            first,
        )
        outcome = texts["result"].replace_strict(
            layer.results, default=None, return_dtype=pl.String
        )
        named = {means.replace("-", "_"): text for means, text in texts.items()}
        frame = pl.DataFrame({**named, "line": numbers, "outcome": outcome})
        return frame.select(
            pl.col(name).replace("", None)
            if name in frame.columns and dtype == pl.String()
            else pl.col(name)
            if name in frame.columns
            else pl.lit(None, dtype=dtype).alias(name)
            for name, dtype in ROW_MEANINGS.items()
        )

    def _refuse(
        self, texts: pl.Series, fine: pl.Series, reason: str, field: Field, first: int
    ) -> None:
        """Refuse the first record whose field says something that cannot be."""
        if not fine.all():
            index = cast("int", (~fine).arg_max())
            column = self._column(self._layer.detail, field)
            raise self._error(f"{texts[index]!r} {reason}", first + index + 1, column)

    def file_outcome(self) -> Outcome | None:
        """Return the verdict on the file as a whole, where there is one."""
        code = self.meanings.get("result")
        if code is None:
            return None
        meaning = self._layer.results.get(code)
        if meaning is None:
            known = ", ".join(self._layer.results)
            reason = f"{code!r} is none of the results {known}"
            raise self._error(reason, *self._places["result"])
        return Outcome(meaning)

    def _cut(
        self, lines: list[str], fields: Sequence[Field], first: int, kind: str
    ) -> pl.DataFrame:
        series = pl.Series(lines, dtype=pl.String)
        if self._layer.layout == "delimited":
            try:
                frame = split_fields(series, fields, self._layer.delimiter)
            except LineError as error:
                reason = f"the {kind} record has {error}"
                raise self._error(reason, first + error.index + 1) from error
        else:
            width = sum(field.shape.length for field in fields)
            encoding = self._layer.encoding
            wide = series.to_frame("line").select(widen(pl.col("line"), encoding))
            lengths = wide["line"].str.len_chars()
            if (wrong := lengths != width).any():
                index = cast("int", wrong.arg_max())
                length = lengths[index]
                raise self._error(
                    f"the {kind} record has {length} characters instead of {width}",
                    first + index + 1,
                    min(length, width) + 1,
                )
            frame = slice_fields(series, fields, encoding)
        self._check_constants(frame, fields, first)
        return frame

    def _check_constants(
        self, frame: pl.DataFrame, fields: Sequence[Field], first: int
    ) -> None:
        for field in fields:
            if not field.value or field.name not in frame.columns:
                continue
            wanted = constant_text(field)
            wrong = frame[field.name].str.strip_chars(" ") != wanted
            if wrong.any():
                index = cast("int", wrong.arg_max())
                raise self._error(
                    f"{field.name} is {frame[field.name][index]!r} instead of {wanted!r}",
                    first + index + 1,
                    self._column(fields, field),
                )

    def check_counts(self, rows: pl.DataFrame) -> None:
        """Refuse a report whose own counts do not add up: it may be cut short."""
        if not self._layer.detail:
            return
        counted = {
            "total-count": rows.height,
            "accepted-count": rows.filter(pl.col("outcome") == "accepted").height,
            "rejected-count": rows.filter(pl.col("outcome") == "rejected").height,
        }
        for meaning, count in counted.items():
            said = self.meanings.get(meaning)
            if said is not None and whole_number(said) != count:
                raise self._error(
                    f"its {meaning} says {said!r}, but {count} stand there",
                    *self._places[meaning],
                )
