"""One batch -> the bytes of its file: header, detail records, trailer, totals."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import NamedTuple

import polars as pl

from rapupload.errors import UsageError
from rapupload.model import Environment
from rapupload.spec.format import BatchSpec, Column, Field
from rapupload.spec.naming import NamePattern, NameValue
from rapupload.spec.records import (
    amount,
    column_fields,
    file_text,
    join_fields,
    pad,
)
from rapupload.spec.rules import Predicate, compile_predicate
from rapupload.spec.typed import typed_frame
from rapupload.spec.widths import FILLER

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same instructions make the same bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FileValues:
    """What a batch file says about itself.

    Attributes:
        date: Hong Kong calendar day of transmission.
        time: Hong Kong time at which the batch was prepared.
        indicator: The number that is not repeated by this participant on this day.
        reference: Our own reference of the file.
    """

    participant: str
    account: str
    environment: Environment
    market: str
    date: dt.date
    time: dt.time
    indicator: int
    reference: str = ""

    def for_names(self) -> dict[str, NameValue]:
        """Return the placeholders of name patterns."""
        return {
            "participant": self.participant,
            "account": self.account,
            "market": self.market,
            "date": self.date,
            "time": self.time,
            "indicator": self.indicator,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Overflow:
    """A total that was wider than its field and lost leading digits, as the spec says."""

    field: str
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFile:
    """A rendered batch.

    Attributes:
        content: The exact bytes to be approved and sent.
        digest: SHA-256 of ``content``, in hex.
        lines: For each instruction, in order, the line of the file it became (from 1).
        totals: Trailer and header totals by field name, before any overflow.
    """

    name: str
    folder: str
    content: bytes
    digest: str
    lines: pl.Series
    totals: dict[str, int]
    overflows: tuple[Overflow, ...]


def file_name(spec: BatchSpec, values: FileValues) -> str:
    """Return the name of the batch file."""
    return NamePattern.parse(spec.batch_file.name).write(values.for_names())


def folder(spec: BatchSpec, values: FileValues) -> str:
    """Return the remote folder of the batch file."""
    return NamePattern.parse(spec.batch_file.folder).write(values.for_names())


def file_reference(spec: BatchSpec, day: dt.date, indicator: int) -> str:
    """Return our own reference of a file: type, day, indicator; at most 15 characters.

    >>> from types import SimpleNamespace
    >>> file_reference(SimpleNamespace(id="ati"), dt.date(2027, 1, 5), 7)
    'ATI2701050007'
    """
    return f"{spec.id[:4].upper()}{day:%y%m%d}{indicator:04}"


def render(
    instructions: pl.DataFrame, spec: BatchSpec, values: FileValues
) -> BatchFile:
    """Write one batch.

    Args:
        instructions: Canonical text columns, named as in rules; one row each.
        spec: The batch file specification.
        values: What the file says about itself.

    Raises:
        UsageError: A value or total does not fit; the checks before should have seen it.
    """
    writer = _Writer(spec, values)
    kinds = writer.kinds(instructions)
    joined, lines = writer.lines(kinds)
    totals = writer.totals(kinds, joined.height)
    end = spec.batch_file.end
    parts = [
        *writer.frame_record(spec.header, totals),
        *([joined["line"].str.join(end).item()] if joined.height else []),
        *writer.frame_record(spec.trailer, totals),
    ]
    text = end.join(parts) + (end if parts and spec.batch_file.final_line_end else "")
    content = writer.wrap(writer.encode(text))
    return BatchFile(
        name=file_name(spec, values),
        folder=folder(spec, values),
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
        lines=lines,
        totals=totals,
        overflows=tuple(
            Overflow(field=field.name, total=totals[field.name])
            for field in (*spec.header, *spec.trailer)
            if field.name in totals
            and len(str(totals[field.name])) > field.shape.length
        ),
    )


_FIGURES = {"stock-code", "quantity", "money", "price"}
"""Field types whose canonical text is made of digits, and of a point at most."""


def _misfit(field: Field) -> UsageError:
    return UsageError(
        f"A value does not fit field {field.name!r} {field.picture}; "
        "no batch file was made.",
        hint="Correct the value, or the field in the spec file.",
    )


@lru_cache(maxsize=64)
def _compiled(sql: str, schema: tuple[tuple[str, pl.DataType], ...]) -> Predicate:
    """Compile a predicate once: a large source becomes a hundred files."""
    return compile_predicate(sql, dict(schema))


class _Kind(NamedTuple):
    """One kind of detail record: padded fields ``f<n>``, and the rows that have one."""

    fields: Sequence[Field]
    padded: pl.DataFrame
    wanted: pl.Series


class _Writer:
    def __init__(self, spec: BatchSpec, values: FileValues) -> None:
        self._spec = spec
        self._values = values
        file = spec.batch_file
        self._measure = file.encoding if file.layout == "fixed" else "ascii"

    def detail(self, frame: pl.DataFrame, fields: Sequence[Field]) -> pl.DataFrame:
        """Return the padded fields of one kind of detail record, named ``f<n>``."""
        columns = column_fields(self._spec, fields)
        frame = frame.with_row_index("__line", offset=1)
        blank = self._blanks(frame, fields)
        texts: list[pl.Expr] = []
        written: dict[int, pl.Expr] = {}
        for number, field in enumerate(fields):
            if field.checksum:
                continue
            if field.column:
                column = columns[field.name]
                text = file_text(field, column, pl.col(column.sql_name))
                written[number] = text
                if number in blank:
                    text = pl.when(~pl.col(f"__blank{number}")).then(text)
            elif field.given == "line":
                text = pl.col("__line").cast(pl.String)
            else:
                text = pl.lit(self._constant(field), dtype=pl.String)
            texts.append(pad(field, text, self._measure).alias(f"f{number}"))
        self._refuse_unwritten(frame, fields, written)
        # with_columns, since a record of constants alone has as many lines as the others
        padded = frame.with_columns(blank.values()).with_columns(texts)
        return self._checked(self._with_checksums(padded, fields), fields)

    def _refuse_unwritten(
        self, frame: pl.DataFrame, fields: Sequence[Field], written: dict[int, pl.Expr]
    ) -> None:
        """Refuse a value that its field has no writing for: it would be left blank."""
        columns = column_fields(self._spec, fields)
        lost = frame.select(
            (
                text.is_null()
                & pl.col(columns[fields[number].name].sql_name).is_not_null()
            )
            .any()
            .alias(f"f{number}")
            for number, text in written.items()
            if fields[number].codes
            or columns[fields[number].name].type in {"date", "date-time", "time"}
        )
        for name in lost.columns:
            if lost[name].item():
                raise _misfit(fields[int(name[1:])])

    def _blanks(
        self, frame: pl.DataFrame, fields: Sequence[Field]
    ) -> dict[int, pl.Series]:
        conditions = {n: f.blank_when for n, f in enumerate(fields) if f.blank_when}
        if not conditions:
            return {}
        typed = typed_frame(frame, self._spec)
        schema = tuple(typed.schema.items())
        found = {}
        for number, condition in conditions.items():
            predicate = _compiled(condition, schema)
            flags = typed.select(flag=predicate.expression.fill_null(value=False))
            found[number] = flags["flag"].alias(f"__blank{number}")
        return found

    def _with_checksums(
        self, padded: pl.DataFrame, fields: Sequence[Field]
    ) -> pl.DataFrame:
        numbers = {field.name: number for number, field in enumerate(fields)}
        for number, field in enumerate(fields):
            if not field.checksum:
                continue
            total = pl.sum_horizontal(
                amount(
                    fields[numbers[part]],
                    pl.col(f"f{numbers[part]}"),
                    keep_decimals=field.keeps_decimals,
                )
                for part in field.checksum
            )
            text = total.cast(pl.String)
            padded = padded.with_columns(pad(field, text).alias(f"f{number}"))
        return padded.select(f"f{number}" for number in range(len(fields)))

    def _checked(self, padded: pl.DataFrame, fields: Sequence[Field]) -> pl.DataFrame:
        """Refuse what is too wide, no digits among digits, or would part a value."""
        columns = column_fields(self._spec, fields)
        tests = [
            self._fits(number, field, columns.get(field.name)).all()
            for number, field in enumerate(fields)
        ]
        for field, fits in zip(fields, padded.select(tests).row(0), strict=True):
            if not fits:
                raise _misfit(field)
        return padded

    def _fits(self, number: int, field: Field, column: Column | None) -> pl.Expr:
        file, text = self._spec.batch_file, pl.col(f"f{number}")
        fits = text.str.len_chars() <= field.shape.length
        is_free = column is not None and column.type not in _FIGURES
        if field.shape.kind == "9" and is_free:
            fits &= text.str.contains("^ *[0-9]* *$")
        if file.layout == "delimited" and file.quote == "none":
            fits &= ~text.str.contains_any([file.delimiter, "\r", "\n"])
        return fits

    def kinds(self, instructions: pl.DataFrame) -> list[_Kind]:
        """Return every kind of detail record, padded, with the rows that have one."""
        every = pl.repeat(value=True, n=instructions.height, eager=True)
        found = [
            _Kind(
                self._spec.detail, self.detail(instructions, self._spec.detail), every
            )
        ]
        typed = (
            typed_frame(instructions, self._spec) if self._spec.detail_record else None
        )
        for record in self._spec.detail_record:
            assert typed is not None
            predicate = _compiled(record.when, tuple(typed.schema.items()))
            flags = typed.select(flag=predicate.expression.fill_null(value=False))
            padded = self.detail(instructions, record.fields)
            found.append(_Kind(record.fields, padded, flags["flag"]))
        return found

    def lines(self, kinds: Sequence[_Kind]) -> tuple[pl.DataFrame, pl.Series]:
        """Return every detail line in order, and the first line of each instruction."""
        first = 1 + bool(self._spec.header)
        written = [self._lines_of(kind) for kind in kinds]
        if len(kinds) == 1:
            numbers = pl.int_range(
                first, first + kinds[0].padded.height, dtype=pl.UInt32, eager=True
            )
            return written[0].select("line"), numbers.alias("line")
        together = pl.concat(
            frame.filter(kind.wanted)
            for kind, frame in zip(kinds, written, strict=True)
        ).sort("instruction", maintain_order=True)
        numbered = together.with_row_index("number", offset=first)
        starts = numbered.group_by("instruction", maintain_order=True).first()
        return together.select("line"), starts["number"].cast(pl.UInt32).alias("line")

    def _lines_of(self, kind: _Kind) -> pl.DataFrame:
        parts = [pl.col(name) for name in kind.padded.columns]
        return kind.padded.select(line=self._join(parts)).with_row_index("instruction")

    def _join(self, parts: Sequence[pl.Expr]) -> pl.Expr:
        file = self._spec.batch_file
        if file.layout == "delimited":
            parts = [part.str.strip_chars(" ") for part in parts]
        return join_fields(
            parts, layout=file.layout, delimiter=file.delimiter, quote=file.quote
        )

    def totals(self, kinds: Sequence[_Kind], records: int) -> dict[str, int]:
        """Return the totals of header and trailer, over every kind of record."""
        return {
            field.name: records if field.total == "count" else self._sum(field, kinds)
            for field in (*self._spec.header, *self._spec.trailer)
            if field.total is not None
        }

    def _sum(self, total: Field, kinds: Sequence[_Kind]) -> int:
        name = str(total.total).partition(":")[2]
        result = 0
        for kind in kinds:
            for number, field in enumerate(kind.fields):
                if field.name == name:
                    added = amount(
                        field, pl.col(f"f{number}"), keep_decimals=total.keeps_decimals
                    )
                    rows = kind.padded.filter(kind.wanted)
                    result += int(rows.select(added.sum()).item())
        return result

    def frame_record(
        self, fields: Sequence[Field], totals: dict[str, int]
    ) -> tuple[str, ...]:
        """Return header or trailer as no line, or one."""
        if not fields:
            return ()
        texts = [
            str(totals[field.name]) if field.total else self._constant(field)
            for field in fields
        ]
        for field, text in zip(fields, texts, strict=True):
            wide = text is not None and len(text) > field.shape.length
            if wide and field.overflow == "refuse":
                raise UsageError(
                    f"{field.name!r} {text} does not fit {field.picture}; "
                    "no batch file was made.",
                    hint="Prepare fewer rows, or say overflow in the spec file.",
                )
        padded = [
            pad(field, pl.lit(text, dtype=pl.String), self._measure)
            for field, text in zip(fields, texts, strict=True)
        ]
        return (str(pl.select(line=self._join(padded)).item()),)

    def _constant(self, field: Field) -> str | None:
        if field.value is not None:
            return field.value or None
        if field.constant is not None:
            value = self._spec.constants[field.constant]
            return (
                value
                if isinstance(value, str)
                else value[self._values.environment.value]
            )
        return self._given(field)

    def _given(self, field: Field) -> str | None:
        values = self._values
        texts = {
            "date": values.date.strftime(field.format or "%Y%m%d"),
            "time": values.time.strftime(field.format or "%H%M%S"),
            "indicator": str(values.indicator),
            "file-reference": values.reference,
            "file-name": file_name(self._spec, values),
            "participant": values.participant,
            "account": values.account,
            "market": values.market,
        }
        return texts.get(str(field.given)) or None

    def encode(self, text: str) -> bytes:
        try:
            return text.replace(FILLER, "").encode(self._spec.batch_file.encoding)
        except UnicodeEncodeError as error:
            raise UsageError(
                f"The character {text[error.start]!r} cannot be written in "
                f"{self._spec.batch_file.encoding}; no batch file was made.",
                hint="Replace the character in the sheet.",
            ) from error

    def wrap(self, content: bytes) -> bytes:
        member = self._spec.batch_file.zip_member
        if member is None:
            return content
        stem = PurePosixPath(file_name(self._spec, self._values)).stem
        names = {**self._values.for_names(), "file-stem": stem}
        inner = zipfile.ZipInfo(NamePattern.parse(member).write(names), _ZIP_TIME)
        inner.compress_type = zipfile.ZIP_DEFLATED
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(inner, content)
        return packed.getvalue()
