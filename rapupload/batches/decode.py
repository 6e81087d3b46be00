"""The bytes of a batch file -> what they say, by the spec: ours, a vendor's, a sample."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from rapupload.batches.render import FileValues
from rapupload.errors import SourceError
from rapupload.model import Environment
from rapupload.spec.format import BatchSpec, Field
from rapupload.spec.records import canonical, column_fields, slice_fields, split_fields

_LARGEST = 1 << 30  # a zip member beyond 1 GiB is no batch file


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A batch file, read.

    Attributes:
        header: Field texts as they stand in the file, by field name; empty without one.
        instructions: Canonical text columns, named as in rules.
        detail: Field texts as they stand in the file.
        lines: The line of the file of each instruction (from 1).
        trailer: As ``header``.
    """

    header: dict[str, str]
    instructions: pl.DataFrame
    detail: pl.DataFrame
    lines: pl.Series
    trailer: dict[str, str]


def decode(content: bytes, spec: BatchSpec, *, name: str = "the file") -> Decoded:
    """Read a batch file.

    Raises:
        SourceError: It is not laid out as the spec says; line and place are named.
    """
    lines = _Lines(content, spec, name)
    header = lines.take_first(spec.header, "header")
    trailer = lines.take_last(spec.trailer, "trailer")
    detail, numbers = lines.main_records()
    columns = column_fields(spec, spec.detail)
    values = {}
    for field in spec.detail:
        if field.name in columns:
            column = columns[field.name]
            values[column.sql_name] = canonical(field, column, pl.col(field.name))
    further = lines.further_columns(numbers)
    instructions = detail.select(**values).with_columns(further)
    return Decoded(
        header=header,
        instructions=instructions,
        detail=detail,
        lines=numbers,
        trailer=trailer,
    )


class _Lines:
    """The lines of a file, taken from both ends."""

    def __init__(self, content: bytes, spec: BatchSpec, name: str) -> None:
        self._spec = spec
        self._name = name
        self._first = 1
        texts = self._text(self._unzipped(content)).split(spec.batch_file.end)
        if spec.batch_file.final_line_end or texts[-1] == "":
            if texts[-1] != "":
                raise self._error("the last line does not end as the spec says")
            texts.pop()
        self._texts = texts
        for number, text in enumerate(texts, 1):
            if "\n" in text or "\r" in text:
                end = spec.batch_file.line_end.upper()
                raise self._error(f"line {number} does not end with {end}")

    def _error(self, reason: str) -> SourceError:
        return SourceError(
            f"{self._name} is not a batch file of {self._spec.id}: {reason}.",
            hint="Compare the file with the layout: rapupload specs show "
            f"{self._spec.id}",
        )

    def _unzipped(self, content: bytes) -> bytes:
        if self._spec.batch_file.zip_member is None:
            return content
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                (member,) = archive.infolist()
                if member.file_size > _LARGEST:
                    raise self._error("its content is larger than 1 GiB")
                return archive.read(member)
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise self._error("it is not a zip with one file in it") from error

    def _text(self, content: bytes) -> str:
        try:
            return content.decode(self._spec.batch_file.encoding)
        except UnicodeDecodeError as error:
            encoding = self._spec.batch_file.encoding
            raise self._error(f"byte {error.start + 1} is not {encoding}") from error

    def take_first(self, fields: Sequence[Field], kind: str) -> dict[str, str]:
        if not fields:
            return {}
        if not self._texts:
            raise self._error(f"the {kind} is missing")
        self._first = 2
        return self._one(self._texts.pop(0), fields, kind)

    def take_last(self, fields: Sequence[Field], kind: str) -> dict[str, str]:
        if not fields:
            return {}
        if not self._texts:
            raise self._error(f"the {kind} is missing")
        return self._one(self._texts.pop(), fields, kind)

    def _one(self, text: str, fields: Sequence[Field], kind: str) -> dict[str, str]:
        frame = self._cut(pl.Series([text]), fields, kind)
        self._constants(frame, fields, kind, first=1)
        return {name: str(value) for name, value in frame.row(0, named=True).items()}

    def main_records(self) -> tuple[pl.DataFrame, pl.Series]:
        """Return the first kind of detail record, and the line numbers."""
        lines = pl.Series("line", self._texts, dtype=pl.String)
        numbers = pl.int_range(
            self._first, self._first + len(lines), dtype=pl.UInt32, eager=True
        ).alias("line")
        if self._spec.detail_record:
            mine = lines.str.starts_with(_prefix(self._spec.detail))
            lines, numbers = lines.filter(mine), numbers.filter(mine)
        frame = self._cut(lines, self._spec.detail, "detail")
        self._constants(frame, self._spec.detail, "detail", first=self._first)
        return frame, numbers

    def further_columns(self, numbers: pl.Series) -> list[pl.Series]:
        """Return columns that only further kinds of record carry."""
        found = []
        main = {field.column for field in self._spec.detail}
        lines = pl.DataFrame({"text": self._texts}, schema={"text": pl.String})
        lines = lines.with_row_index("line", offset=self._first)
        for record in self._spec.detail_record:
            mine = lines.filter(pl.col("text").str.starts_with(_prefix(record.fields)))
            cut = self._cut(mine["text"], record.fields, record.name)
            columns = column_fields(self._spec, record.fields)
            owner = numbers.search_sorted(mine["line"], side="right") - 1
            for field in record.fields:
                if field.column and field.column not in main:
                    column = columns[field.name]
                    values = cut.select(
                        value=canonical(field, column, pl.col(field.name))
                    )["value"]
                    spread = dict(zip(owner, values, strict=True))
                    found.append(
                        pl.Series(
                            column.sql_name,
                            [spread.get(n) for n in range(len(numbers))],
                            dtype=pl.String,
                        )
                    )
        return found

    def _cut(
        self, lines: pl.Series, fields: Sequence[Field], kind: str
    ) -> pl.DataFrame:
        if self._spec.batch_file.layout == "delimited":
            return self._split(lines, fields, kind)
        width = sum(field.shape.length for field in fields)
        wrong = lines.str.len_chars() != width
        if wrong.any():
            index = wrong.arg_max() or 0
            length = lines.str.len_chars()[index]
            raise self._error(
                f"{kind} record {index + 1} has {length} characters instead of {width}"
            )
        return slice_fields(lines, fields)

    def _split(
        self, lines: pl.Series, fields: Sequence[Field], kind: str
    ) -> pl.DataFrame:
        if lines.is_empty():
            return pl.DataFrame(
                schema=dict.fromkeys((f.name for f in fields), pl.String)
            )
        try:
            return split_fields(lines, fields, self._spec.batch_file.delimiter)
        except ValueError as error:
            raise self._error(f"{kind} record: {error}") from error

    def _constants(
        self, frame: pl.DataFrame, fields: Sequence[Field], kind: str, *, first: int
    ) -> None:
        for field in fields:
            if not field.value or field.name not in frame.columns:
                continue
            wrong = frame[field.name].str.strip_chars(" ") != field.value.strip(" ")
            if wrong.any():
                index = wrong.arg_max() or 0
                raise self._error(
                    f"{kind} record {index + first} has "
                    f"{frame[field.name][index]!r} as {field.name} instead of "
                    f"{field.value!r}"
                )


def _prefix(fields: Sequence[Field]) -> str:
    """Return the constant that opens a kind of record."""
    return fields[0].value or ""


def file_values(
    decoded: Decoded, spec: BatchSpec, environment: Environment
) -> FileValues:
    """Return what a decoded file says about itself, so that it can be written again."""
    given: dict[str, str] = {}
    for fields, texts in (
        (spec.header, decoded.header),
        (spec.trailer, decoded.trailer),
    ):
        for field in fields:
            if field.given and field.name in texts:
                given[field.given] = texts[field.name].strip(" ")
    formats = {f.given: f.format for f in (*spec.header, *spec.trailer) if f.given}
    day = _parsed(given.get("date"), formats.get("date") or "%Y%m%d")
    time = _parsed(given.get("time"), formats.get("time") or "%H%M%S")
    return FileValues(
        participant=given.get("participant", ""),
        account=given.get("account", ""),
        environment=environment,
        market=given.get("market", spec.spec.market),
        date=day.date() if day else dt.date(1970, 1, 1),
        time=time.time() if time else dt.time(),
        indicator=int(given["indicator"])
        if given.get("indicator", "").isdigit()
        else 0,
        reference=given.get("file-reference", ""),
    )


def _parsed(text: str | None, written: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(text or "", written).replace(tzinfo=dt.UTC)
    except ValueError:
        return None
