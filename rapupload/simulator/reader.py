"""The simulator's own reader of batch files: one record after the other, plain Python.

It checks what a far end can check: record lengths, constants, what belongs to the file
(participant, date, name), record checksums, counts and totals. The first fault refuses
the whole file. Where the spec vocabulary leaves a choice, this module reads:

- a ``sum:`` or record checksum takes digits or whole units as the field says
  (``decimals``); a blank field adds nothing;
- a total that may overflow keeps its last digits;
- numbers of a delimited file may show their decimal point, else it is implied;
- ``count`` and ``sum:`` go over all detail records, of whatever kind.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute

from rapupload.simulator.records import (
    TOTALS,
    Fault,
    Record,
    RefusedError,
    Slot,
    cut_fixed,
    date_format,
    fit,
    is_constant,
    read_digits,
    strip_fill,
    with_point,
)
from rapupload.spec.format import BatchSpec, Field
from rapupload.spec.naming import NamePattern

_LARGEST_MEMBER = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the far end knows before it opens the file."""

    participant: str
    account: str
    today: dt.date
    environment: str = "simulator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One instruction of the file.

    Attributes:
        line: Its number among the instructions of the file, from 1.
        values: Column of the spec -> content without fill; empty when blank.
        checksum: The record checksum as written; empty where there is none.
    """

    line: int
    values: dict[str, str]
    checksum: str = ""


@dataclass(slots=True)
class BatchReading:
    """What was read, up to the first fault."""

    given: dict[str, str] = attribute(default_factory=dict)
    rows: list[Row] = attribute(default_factory=list)
    records: int = 0
    fault: Fault | None = None

    @property
    def indicator(self) -> int | None:
        """Return the file indicator, where one was read."""
        return int(self.given["indicator"]) if "indicator" in self.given else None


def read_batch(
    data: bytes, name: str, spec: BatchSpec, expected: Expected
) -> BatchReading:
    """Read one batch file; a fault is part of the result, never an exception."""
    reader = _BatchReader(name, spec, expected)
    try:
        reader.read(data)
    except RefusedError as refused:
        reader.reading.fault = refused.fault
    return reader.reading


class _BatchReader:
    def __init__(self, name: str, spec: BatchSpec, expected: Expected) -> None:
        self._name = name
        self._spec = spec
        self._expected = expected
        self._records: list[Record] = []
        self._totals: list[tuple[str, Field, str]] = []
        self._header = self._slots(spec.header)
        self._detail = self._slots(spec.detail)
        self._further = [self._slots(extra.fields) for extra in spec.detail_record]
        self._trailer = self._slots(spec.trailer)
        self.reading = BatchReading()

    def read(self, data: bytes) -> None:
        self._read_name()
        if self._spec.batch_file.zip_member is not None:
            data = self._open_zip(data, self._spec.batch_file.zip_member)
        lines = self._split(data)
        heads, tails = int(bool(self._header)), int(bool(self._trailer))
        if len(lines) < heads + tails + 1:
            raise RefusedError("a record is missing: header, detail or trailer")
        if heads:
            self._read_record("header", self._header, lines[0], number=0)
        self._read_details(lines[heads : len(lines) - tails])
        if tails:
            self._read_record("trailer", self._trailer, lines[-1], number=0)
        for place, field, text in self._totals:
            self._check_total(place, field, text)

    def _slots(self, fields: Sequence[Field]) -> tuple[Slot, ...]:
        needed = {c.name for c in self._spec.column if c.need == "mandatory"}
        return tuple(
            Slot.of(f, constant=self._constant(f), is_mandatory=f.column in needed)
            for f in fields
        )

    def _read_name(self) -> None:
        found = NamePattern.parse(self._spec.batch_file.name).read(self._name)
        if found is None:
            raise RefusedError(f"the name {self._name} does not follow the pattern")
        for key in ("participant", "account", "indicator"):
            if key in found:
                self._check_given(key, found[key], "file name")
        for key, written in NamePattern.parse(self._spec.batch_file.name).placeholders:
            if key == "date":
                self._check_date(found["date"], written, "file name")

    def _open_zip(self, data: bytes, pattern: str) -> bytes:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                members = archive.infolist()
                if len(members) != 1:
                    raise RefusedError(f"the zip holds {len(members)} files, not 1")
                if NamePattern.parse(pattern).read(members[0].filename) is None:
                    raise RefusedError(f"the zip holds {members[0].filename}")
                if members[0].file_size > _LARGEST_MEMBER or members[0].flag_bits & 1:
                    raise RefusedError("the file in the zip is too large or locked")
                return archive.read(members[0])
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise RefusedError("it is not a zip file that can be opened") from error

    def _split(self, data: bytes) -> list[list[str]]:
        batch_file = self._spec.batch_file
        try:
            text = data.decode(batch_file.encoding)
        except UnicodeDecodeError as error:
            raise RefusedError(
                f"byte {error.start + 1} is not {batch_file.encoding}"
            ) from error
        end = batch_file.end
        if text.endswith(end) != batch_file.final_line_end:
            raise RefusedError("the end of the last line is not as laid down")
        bare = text.replace(end, "")
        if "\n" in bare or "\r" in bare:
            raise RefusedError(f"a line end is not {batch_file.line_end}")
        if batch_file.layout == "fixed":
            return [[line] for line in text.removesuffix(end).split(end)]
        return self._split_cells(text)

    def _split_cells(self, text: str) -> list[list[str]]:
        batch_file = self._spec.batch_file
        rows = csv.reader(
            io.StringIO(text, newline=""),
            delimiter=batch_file.delimiter,
            quoting=csv.QUOTE_NONE if batch_file.quote == "none" else csv.QUOTE_ALL,
            strict=True,
        )
        try:
            return list(rows)
        except csv.Error as error:
            raise RefusedError("its quotes do not pair up") from error

    def _read_details(self, lines: list[list[str]]) -> None:
        for index, line in enumerate(lines, start=1):
            place = f"detail record {index}"
            is_first, slots = self._layout_of(line)
            number = len(self.reading.rows) + is_first
            if not number:
                raise RefusedError(f"{place} belongs to no instruction before it")
            record = self._read_record(place, slots, line, number)
            self._records.append(record)
            self.reading.records = index
            checksum = self._check_checksum(place, slots, record)
            if is_first:
                self.reading.rows.append(Row(line=number, values={}, checksum=checksum))
            found = self._column_values(place, slots, record)
            self.reading.rows[-1].values.update(found)
        if not self.reading.rows:
            raise RefusedError("there is no detail record")
        if len(lines) > self._spec.batch_file.max_records:
            raise RefusedError(f"{len(lines)} detail records are too many")

    def _layout_of(self, line: list[str]) -> tuple[bool, Sequence[Slot]]:
        if self._further and not self._has_constants(self._detail, line):
            for slots in self._further:
                if self._has_constants(slots, line):
                    return False, slots
        return True, self._detail

    def _has_constants(self, slots: Sequence[Slot], line: list[str]) -> bool:
        try:
            pieces = list(self._cut(slots, line, "record"))
        except RefusedError:
            return False
        return all(
            is_constant(slot, piece)
            for slot, piece in pieces
            if slot.constant is not None
        )

    def _cut(
        self, slots: Sequence[Slot], line: list[str], place: str
    ) -> Iterator[tuple[Slot, str]]:
        if self._spec.batch_file.layout == "delimited":
            if len(line) != len(slots):
                raise RefusedError(
                    f"{place} has {len(line)} values and should have {len(slots)}"
                )
            return zip(slots, line, strict=True)
        return cut_fixed(slots, line[0], place, self._spec.batch_file.encoding)

    def _read_record(
        self, place: str, slots: Sequence[Slot], line: list[str], number: int
    ) -> Record:
        texts: dict[str, str] = {}
        numbers: dict[str, int] = {}
        is_fixed = self._spec.batch_file.layout == "fixed"
        for slot, piece in self._cut(slots, line, place):
            where = f"{place}, {slot.name}"
            text = strip_fill(slot, piece, where) if is_fixed else piece
            if slot.is_digits:
                numbers[slot.name] = read_digits(slot, text, where)
            elif len(text) > slot.length:
                raise RefusedError(f"{where} is longer than {slot.field.picture}")
            elif text.isascii() and text.isdigit():
                numbers[slot.name] = int(text)
            texts[slot.name] = text
            self._check_content(slot, text, where, number)
        return Record(texts, numbers, {slot.name: slot.decimals for slot in slots})

    def _check_content(self, slot: Slot, text: str, where: str, number: int) -> None:
        field = slot.field
        if slot.constant is not None and not is_constant(slot, text):
            raise RefusedError(f"{where} is {text!r} and should be {slot.constant!r}")
        if field.total is not None:
            self._totals.append((where, field, text))
        if field.given == "line":
            if not text.isdigit() or int(text) != number:
                raise RefusedError(f"{where} is {text!r} and should be {number}")
        elif field.given == "date":
            self._check_date(text, date_format(field), where)
        elif field.given is not None:
            self._check_given(field.given, text, where)

    def _constant(self, field: Field) -> str | None:
        if field.value is not None:
            return field.value
        if field.constant is None:
            return None
        constant = self._spec.constants[field.constant]
        if isinstance(constant, str):
            return constant
        return {str(k): v for k, v in constant.items()}.get(self._expected.environment)

    def _check_given(self, key: str, text: str, where: str) -> None:
        known = {
            "participant": self._expected.participant,
            "account": self._expected.account,
            "market": self._spec.spec.market,
            "file-name": self._name,
        }
        if key == "indicator":
            self._check_indicator(text, where)
        elif key in known and text != known[key]:
            raise RefusedError(f"{where}: {key} is {text!r}, not {known[key]!r}")
        self.reading.given[key] = text

    def _check_indicator(self, text: str, where: str) -> None:
        limits = self._spec.batch_file.indicator
        if not text.isdigit() or not limits.first <= int(text) <= limits.last:
            raise RefusedError(f"{where}: {text!r} is not a file indicator")
        earlier = self.reading.given.get("indicator", text)
        if int(earlier) != int(text):
            raise RefusedError(f"{where}: indicator {text} and {earlier} differ")

    def _check_date(self, text: str, written: str, where: str) -> None:
        wanted = self._expected.today.strftime(written)
        if text != wanted:
            raise RefusedError(f"{where} is {text!r}; today is {wanted}")
        self.reading.given["date"] = self._expected.today.isoformat()

    def _check_checksum(self, place: str, slots: Sequence[Slot], record: Record) -> str:
        """Return the record checksum as written, which is right; blank for none."""
        written = ""
        for slot in slots:
            field = slot.field
            if field.checksum is None:
                continue
            keeps = field.keeps_decimals
            amounts = [record.amount(n, keeps_decimals=keeps) for n in field.checksum]
            wanted, written = fit(sum(amounts), field), record.texts[slot.name]
            if record.numbers[slot.name] != wanted:
                raise RefusedError(
                    f"{place}: checksum is {written} and should be {wanted}", TOTALS
                )
        return written

    def _check_total(self, where: str, field: Field, text: str) -> None:
        kind, _, name = (field.total or "").partition(":")
        keeps = field.keeps_decimals
        amounts = (r.amount(name, keeps_decimals=keeps) for r in self._records)
        wanted = fit(len(self._records) if kind == "count" else sum(amounts), field)
        if int(text or "0") != wanted:
            raise RefusedError(f"{where} is {text} and should be {wanted}", TOTALS)

    def _column_values(
        self, place: str, slots: Sequence[Slot], record: Record
    ) -> dict[str, str]:
        found: dict[str, str] = {}
        for slot in slots:
            if slot.field.column is None:
                continue
            text = record.texts[slot.name]
            if not text and slot.is_mandatory:
                raise RefusedError(f"{place}: {slot.name} is blank")
            if text and slot.codes is not None:
                if text not in slot.codes:
                    raise RefusedError(f"{place}: {slot.name} has no code {text!r}")
                text = slot.codes[text]
            elif text and slot.decimals:
                text = with_point(record.numbers[slot.name], slot.decimals)
            found[slot.field.column] = text
        return found
