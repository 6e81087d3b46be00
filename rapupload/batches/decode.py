"""The bytes of a batch file -> what they say, by the spec: ours, a vendor's, a sample."""

from __future__ import annotations

import datetime as dt
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from rapupload.batches.render import FileValues
from rapupload.errors import SourceError
from rapupload.model import Environment
from rapupload.spec.format import BatchSpec, Field
from rapupload.spec.records import (
    LineError,
    canonical,
    column_fields,
    constant_text,
    slice_fields,
    split_fields,
    whole_number,
)

_LARGEST = 1 << 30  # a zip member beyond 1 GiB is no batch file
_ZIP_TROUBLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,  # a password is asked for, or the method is not known
    ValueError,  # not one member
)
"""What the standard library raises over damaged or odd archives."""


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
    kinds = lines.kinds()
    detail, numbers = lines.main_records(kinds)
    columns = column_fields(spec, spec.detail)
    values = {}
    for field in spec.detail:
        if field.name in columns:
            column = columns[field.name]
            values[column.sql_name] = canonical(field, column, pl.col(field.name))
    further = lines.further_columns(kinds, numbers)
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
        except _ZIP_TROUBLE as error:
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
        return self._one(self._texts.pop(0), 1, fields, kind)

    def take_last(self, fields: Sequence[Field], kind: str) -> dict[str, str]:
        if not fields:
            return {}
        if not self._texts:
            raise self._error(f"the {kind} is missing")
        number = self._first + len(self._texts) - 1
        return self._one(self._texts.pop(), number, fields, kind)

    def _one(
        self, text: str, number: int, fields: Sequence[Field], kind: str
    ) -> dict[str, str]:
        lines = pl.DataFrame({"line": [number], "text": [text]})
        frame = self._cut(lines, fields, kind)
        return {name: str(value) for name, value in frame.row(0, named=True).items()}

    def kinds(self) -> pl.DataFrame:
        """Return ``line``, ``text`` and which ``kind`` of detail record each line is."""
        lines = pl.DataFrame({"text": self._texts}, schema={"text": pl.String})
        lines = lines.with_row_index("line", offset=self._first)
        if not self._spec.detail_record:
            return lines.with_columns(kind=pl.lit(0))
        records = [self._spec.detail, *(r.fields for r in self._spec.detail_record)]
        lines = lines.with_columns(
            kind=pl.coalesce(
                pl.when(pl.col("text").str.contains(self._opening(fields))).then(number)
                for number, fields in enumerate(records)
            )
        )
        for line in lines.filter(pl.col("kind").is_null())["line"].head(1):
            raise self._error(f"line {line} opens as no kind of detail record does")
        return lines

    def _opening(self, fields: Sequence[Field]) -> str:
        """Return the regular expression of how a kind of record opens."""
        constant = pl.escape_regex(constant_text(fields[0]))
        if self._spec.batch_file.layout == "fixed":
            return f"^{constant}"
        end = pl.escape_regex(self._spec.batch_file.delimiter)
        return f'^"?{constant}"?(?:{end}|$)'

    def main_records(self, kinds: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
        """Return the first kind of detail record, and the line numbers."""
        lines = kinds.filter(pl.col("kind") == 0)
        frame = self._cut(lines, self._spec.detail, "detail")
        return frame, lines["line"]

    def further_columns(
        self, kinds: pl.DataFrame, numbers: pl.Series
    ) -> list[pl.Series]:
        """Return columns that only further kinds of record carry."""
        found: dict[str, pl.Series] = {}
        main = {field.column for field in self._spec.detail}
        for kind, record in enumerate(self._spec.detail_record, 1):
            lines = kinds.filter(pl.col("kind") == kind)
            cut = self._cut(lines, record.fields, record.name)
            owners = self._owners(lines["line"], numbers, record.name)
            columns = column_fields(self._spec, record.fields)
            for field in record.fields:
                if field.column and field.column not in main:
                    column = columns[field.name]
                    read = canonical(field, column, pl.col(field.name))
                    values = cut.select(value=read)["value"]
                    blank = pl.repeat(None, len(numbers), dtype=pl.String, eager=True)
                    spread = blank.scatter(owners, values)
                    earlier = found.get(column.sql_name, spread)
                    both = earlier.zip_with(earlier.is_not_null(), spread)
                    found[column.sql_name] = both.alias(column.sql_name)
        return list(found.values())

    def _owners(self, lines: pl.Series, numbers: pl.Series, kind: str) -> pl.Series:
        """Return which instruction each further record belongs to: the one above it."""
        owners = numbers.search_sorted(lines, side="right").cast(pl.Int64) - 1
        wrong = (owners < 0) | owners.is_duplicated()
        for line in lines.filter(wrong).head(1):
            raise self._error(f"line {line} is a {kind} record without its instruction")
        return owners

    def _cut(
        self, lines: pl.DataFrame, fields: Sequence[Field], kind: str
    ) -> pl.DataFrame:
        texts, numbers = lines["text"], lines["line"]
        file = self._spec.batch_file
        if file.layout == "delimited":
            try:
                frame = split_fields(texts, fields, file.delimiter, quote=file.quote)
            except LineError as error:
                place = f"line {numbers[error.index]} ({kind})"
                raise self._error(f"{place} has {error}") from error
        else:
            width = sum(field.shape.length for field in fields)
            lengths = texts.str.len_chars()
            for number, length in zip(
                numbers.filter(lengths != width).head(1),
                lengths.filter(lengths != width),
                strict=False,
            ):
                raise self._error(
                    f"line {number} ({kind}) has {length} characters instead of {width}"
                )
            frame = slice_fields(texts, fields)
        self._constants(frame, fields, numbers, kind)
        return frame

    def _constants(
        self,
        frame: pl.DataFrame,
        fields: Sequence[Field],
        numbers: pl.Series,
        kind: str,
    ) -> None:
        for field in fields:
            if not field.value or field.name not in frame.columns:
                continue
            wanted = constant_text(field)
            wrong = frame[field.name].str.strip_chars(" ") != wanted
            if wrong.any():
                index = wrong.arg_max() or 0
                raise self._error(
                    f"line {numbers[index]} ({kind}) has {frame[field.name][index]!r} "
                    f"as {field.name} instead of {wanted!r}"
                )


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
        indicator=whole_number(given.get("indicator", "")) or 0,
        reference=given.get("file-reference", ""),
    )


def _parsed(text: str | None, written: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(text or "", written).replace(tzinfo=dt.UTC)
    except ValueError:
        return None
