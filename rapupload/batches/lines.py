"""The lines of a batch file, and which record each of them is, whatever is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from rapupload.batches.faults import faults_at, no_faults, one_fault
from rapupload.batches.unpacking import not_a_batch_file, to_text, unpack
from rapupload.spec.format import BatchSpec, Field
from rapupload.spec.records import constant_text
from rapupload.spec.widths import widen

_CONTROL = r"[\x00-\x1f\x7f]"
_JUNK = " \t\x00\x1a"  # 1A ends a file, to DOS
_BLANK = pl.col("text").str.strip_chars(_JUNK) == ""
_WORD = 4  # characters of a constant that is no mere record type
_STRAY = -1  # a line that is no detail record


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One kind of record, as far as a line can be recognised by it.

    Attributes:
        name: ``header``, ``detail``, ``trailer`` or the name of a further record.
        constant: What its first field always says; empty where that is not constant.
    """

    spec: BatchSpec
    name: str
    fields: Sequence[Field]
    constant: str

    @classmethod
    def of(cls, spec: BatchSpec, name: str, fields: Sequence[Field]) -> Record:
        """Make one of the fields of a spec."""
        constant = constant_text(fields[0]) if fields and fields[0].value else ""
        return cls(spec=spec, name=name, fields=fields, constant=constant)

    @property
    def width(self) -> int:
        """Return the characters of a fixed line, or the values of a delimited one."""
        if self.spec.batch_file.layout == "delimited":
            return len(self.fields)
        return sum(field.shape.length for field in self.fields)

    def is_apart(self, others: Sequence[Record]) -> bool:
        """Tell whether its opening tells its lines from those of other records."""
        return bool(self.constant) and not any(
            self.constant.startswith(other.constant)
            or other.constant.startswith(self.constant)
            for other in others
        )

    def opens(self) -> pl.Expr:
        """Tell of each line, column ``text``, whether it opens as this record does."""
        if not self.constant:
            return pl.lit(value=True)  # anything may stand there
        constant = pl.escape_regex(self.constant)
        if self.spec.batch_file.layout == "fixed":
            return pl.col("text").str.contains(f"^{constant}")
        end = pl.escape_regex(self.spec.batch_file.delimiter)
        return pl.col("text").str.contains(f'^"?{constant}"?(?:{end}|$)')

    def fits(self) -> pl.Expr:
        """Tell of each line whether it is as long as this record."""
        if self.spec.batch_file.layout == "fixed":
            wide = widen(pl.col("text"), self.spec.batch_file.encoding)
            return wide.str.len_chars() == self.width
        delimiter = self.spec.batch_file.delimiter
        return (
            pl.col("text").str.count_matches(delimiter, literal=True) >= self.width - 1
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A file taken apart.

    Attributes:
        header: ``line`` and ``text`` of the header; no row where there is none.
        trailer: Likewise.
        details: ``line``, ``text`` and ``kind`` of detail records (0 is the first kind).
        beyond: Lines of ``details`` that stand after the trailer.
        faults: What was wrong so far.
    """

    header: pl.DataFrame
    trailer: pl.DataFrame
    details: pl.DataFrame
    beyond: pl.Series
    faults: pl.DataFrame


def detail_records(spec: BatchSpec) -> list[Record]:
    """Return every kind of detail record, the main one first."""
    further = [Record.of(spec, r.name, r.fields) for r in spec.detail_record]
    return [Record.of(spec, "detail", spec.detail), *further]


def read_lines(content: bytes, spec: BatchSpec, name: str) -> Lines:
    """Take a batch file apart.

    Raises:
        SourceError: It has content, and none of its lines is a record of the spec.
    """
    inner, wrapping = unpack(content, spec, name)
    text, characters = to_text(inner, spec)
    lines, ends = _split(text, spec)
    reader = _Reader(spec, lines)
    if lines.height and not reader.knows_any():
        raise not_a_batch_file(name, spec, "none of its lines is one of its records")
    return reader.take_apart([wrapping, characters, ends, _control(lines)])


def opens_as(content: bytes, spec: BatchSpec) -> bool:
    """Tell whether the first line is, by its constants and length, one of this spec.

    Line breaks count as they come: what they should be is judged later.
    """
    inner, _ = unpack(content, spec, "the file")
    text, _ = to_text(inner.partition(b"\n")[0] + b"\n", spec)
    lines, _ = _split(text, spec)
    return bool(lines.height) and _begins(lines, spec)


def _begins(lines: pl.DataFrame, spec: BatchSpec) -> bool:
    """Tell whether the first line holds the constants of the first record.

    Blanks at the end are lost on many ways; then a word has to tell the file.
    """
    first = Record.of(spec, "header", spec.header or spec.detail)
    text = str(lines["text"][0])
    is_whole = bool(lines.head(1).select(first.fits()).item())
    if not is_whole and spec.batch_file.layout == "fixed":
        words = [constant_text(field) for field in first.fields if field.value]
        has_word = len(max(words, key=len, default="")) >= _WORD
        is_whole = has_word and len(text) <= first.width
    return is_whole and _constants_hold(text, first)


def _constants_hold(text: str, record: Record) -> bool:
    file, position, constants = record.spec.batch_file, 0, 0
    values = text.split(file.delimiter)
    for number, field in enumerate(record.fields):
        width = field.shape.length
        found = text[position : position + width]
        if file.layout == "delimited":
            found = values[number].strip('"')
        position += width
        if field.value:
            constants += 1
            if found.strip(" ") != constant_text(field):
                return False
    return constants > 0


def _split(text: str, spec: BatchSpec) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return ``line`` and ``text``, and the faults of line ends."""
    file = spec.batch_file
    has_feeds = "\n" in text
    end = "\n" if has_feeds else "\r"
    parts = pl.Series("text", text.split(end), dtype=pl.String)
    last, is_ended = parts[-1], parts[-1] == ""
    lines = parts.head(parts.len() - 1) if is_ended else parts
    ended = parts.head(parts.len() - 1)
    returns = ended.str.ends_with("\r")
    wanted = returns if file.line_end == "crlf" else ~returns
    wanted = wanted & has_feeds
    faults = [no_faults()]
    for number in (~wanted).arg_true().head(1):
        count = int((~wanted).sum())
        found = ("LF" if file.line_end == "crlf" else "CRLF") if has_feeds else "CR"
        faults.append(
            one_fault(
                "line-end-wrong",
                number + 1,
                value=f"{count:,} of {ended.len():,} lines end with {found}",
                expected=file.line_end.upper(),
            )
        )
    is_junk = not is_ended and ended.len() > 0 and last.strip(_JUNK) == ""
    if lines.len() and is_ended != file.final_line_end and not is_junk:
        code = "line-end-missing" if file.final_line_end else "line-end-surplus"
        expected = file.line_end.upper()
        faults.append(one_fault(code, lines.len(), expected=expected))
    bare = ended.str.strip_suffix("\r") if has_feeds else ended
    if not is_ended:
        bare = bare.append(pl.Series([last], dtype=pl.String))
    frame = bare.alias("text").to_frame().with_row_index("line", offset=1)
    return frame, pl.concat(faults)


def _control(lines: pl.DataFrame) -> pl.DataFrame:
    found = lines.filter(~_BLANK & pl.col("text").str.contains(_CONTROL)).select(
        "line",
        value=pl.col("text").str.extract(f"({_CONTROL})"),
        position=pl.col("text").str.extract(f"^(.*?){_CONTROL}").str.len_chars() + 1,
    )
    return faults_at(found, "character-control")


class _Reader:
    """Who is who among the lines."""

    def __init__(self, spec: BatchSpec, lines: pl.DataFrame) -> None:
        self._spec = spec
        self._lines = lines
        self._header = Record.of(spec, "header", spec.header)
        self._trailer = Record.of(spec, "trailer", spec.trailer)
        self._details = detail_records(spec)
        self._faults: list[pl.DataFrame] = []

    def knows_any(self) -> bool:
        """Tell whether the first line, or any by opening and length, is a record."""
        if _begins(self._lines, self._spec):
            return True
        frames = [r for r in (self._header, self._trailer) if r.fields]
        known = [record.opens() & record.fits() for record in (*frames, *self._details)]
        return bool(self._lines.select(pl.any_horizontal(known).any()).item())

    def take_apart(self, faults: list[pl.DataFrame]) -> Lines:
        first = self._first()
        last = self._last(first)
        frame_lines = [index + 1 for index in (first, last) if index is not None]
        rest = self._lines.filter(~pl.col("line").is_in(frame_lines))
        details, beyond = self._sorted(rest, last)
        return Lines(
            header=self._line(first),
            trailer=self._line(last),
            details=details,
            beyond=beyond,
            faults=pl.concat([*faults, *self._faults]),
        )

    def _line(self, index: int | None) -> pl.DataFrame:
        return self._lines.clear() if index is None else self._lines[index : index + 1]

    def _first(self) -> int | None:
        """Return the index of the header: the first line that is not blank."""
        if not self._header.fields:
            return None
        others = [*self._details, *([self._trailer] if self._trailer.fields else [])]
        for index in self._lines.select((~_BLANK).arg_true()).to_series().head(1):
            if self._is(self._header, int(index), others):
                return int(index)
        self._faults.append(one_fault("header-missing", record="header"))
        return None

    def _last(self, first: int | None) -> int | None:
        """Return the index of the trailer; a line of its kind in the midst is none."""
        if not self._trailer.fields:
            return None
        others = [*self._details, *([self._header] if self._header.fields else [])]
        rest = self._lines.filter(
            pl.col("line") != (-1 if first is None else first) + 1
        )
        filled = rest.filter(~_BLANK)
        found = filled.clear()
        if self._trailer.is_apart(others):
            found = filled.filter(self._trailer.opens())
        for line in (found if found.height else filled)["line"].tail(1):
            if self._is(self._trailer, int(line) - 1, others):
                return int(line) - 1
        self._faults.append(one_fault("trailer-missing", record="trailer"))
        return None

    def _is(self, record: Record, index: int, others: Sequence[Record]) -> bool:
        """Tell whether a line in the right place is the record, be it with faults."""
        line = self._lines[index : index + 1]
        as_other = any(
            line.select(other.opens()).item() for other in others if other.constant
        )
        if record.is_apart(others):
            return bool(line.select(record.opens()).item()) or not as_other
        fits_other = any(line.select(o.fits() & o.opens()).item() for o in others)
        return bool(line.select(record.fits()).item()) or not fits_other

    def _sorted(
        self, rest: pl.DataFrame, last: int | None
    ) -> tuple[pl.DataFrame, pl.Series]:
        """Return the detail records among the other lines, and those after the trailer."""
        main, *further = self._details
        kinds = [
            pl.when(record.opens()).then(number)
            for number, record in enumerate(self._details)
            if record.constant
        ]
        frame_records = [
            r for r in (self._header, self._trailer) if r.is_apart(self._details)
        ]
        strangers = [pl.when(r.opens()).then(_STRAY) for r in frame_records]
        unknown = pl.lit(_STRAY)
        if not further:  # one kind alone: its length tells, whatever it opens with
            unknown = pl.when(main.fits()).then(0).otherwise(_STRAY)
            if not main.constant:
                unknown = pl.lit(0)
        kind = pl.coalesce(pl.when(_BLANK).then(_STRAY), *kinds, *strangers, unknown)
        beyond = pl.lit(False) if last is None else pl.col("line") > last + 1  # noqa: FBT003
        lines = rest.with_columns(kind=kind, beyond=beyond, blank=_BLANK)
        return self._judged(lines, frame_records)

    def _judged(
        self, lines: pl.DataFrame, frame_records: Sequence[Record]
    ) -> tuple[pl.DataFrame, pl.Series]:
        # what stands after the trailer is read where it is a record, and is junk elsewhere
        whole = pl.coalesce(
            *(
                pl.when(pl.col("kind") == number).then(record.fits())
                for number, record in enumerate(self._details)
            ),
            pl.lit(False),  # noqa: FBT003
        )
        lines = lines.with_columns(
            kind=pl.when(pl.col("beyond") & ~whole).then(_STRAY).otherwise("kind")
        )
        self._faults.append(faults_at(lines.filter("beyond"), "after-trailer"))
        stray = lines.filter((pl.col("kind") == _STRAY) & ~pl.col("beyond"))
        self._faults.append(faults_at(stray.filter("blank"), "line-blank"))
        stray = stray.filter(~pl.col("blank"))
        for record in frame_records:
            again = stray.filter(record.opens())
            self._faults.append(faults_at(again, "record-repeated", field=record.name))
            stray = stray.filter(~record.opens())
        self._faults.append(faults_at(stray, "record-unknown"))
        details = lines.filter(pl.col("kind") != _STRAY)
        return details.select("line", "text", "kind"), details.filter("beyond")["line"]
