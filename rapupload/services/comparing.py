"""Comparing two sides of a parallel run, instruction by instruction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from rapupload import batches
from rapupload.config import Settings
from rapupload.errors import UsageError
from rapupload.services.decoding import mask
from rapupload.services.sides import (
    REFERENCE,
    Found,
    Place,
    Reading,
    Side,
    Unread,
    Wanted,
    find_files,
    read_side,
)
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.format import BatchSpec, Column
from rapupload.spec.loader import LoadedSpec
from rapupload.transport.hours import HONG_KONG

_MORNING = dt.time(9, 0)
_ABOUT_FILES = {
    "participant": True,
    "account": True,
    "market": True,
    "date": False,
    "time": False,
    "indicator": False,
    "file-reference": False,
}
"""What files say about themselves -> whether it counts that two sides differ in it.

Two clients number their files each in its own way and may send on other days.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be compared, and how.

    Attributes:
        type: Instruction type; None to tell it from the batch files.
        by: What instructions are paired by.
        on: The day on which sources are judged; None for that of the batch files of the
            other side, or else today.
        encoding: Of CSV files; None for UTF-8.
    """

    a: Wanted
    b: Wanted
    type: str | None = None
    by: batches.By = "auto"
    on: dt.date | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDifference:
    """Something that the files of the two sides say otherwise about themselves.

    Attributes:
        counts: It makes the sides different; else it is expected and only said.
    """

    what: str
    a: tuple[str, ...]
    b: tuple[str, ...]
    counts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """A row that could not be compared, and the other side's row of its reference."""

    side: str
    unread: Unread
    counterpart: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One column in which two instructions differ."""

    column: Column
    a: str
    b: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Two instructions that are one by their key, and differ.

    Attributes:
        on: The key that agrees: ``reference`` or ``content``.
    """

    a: Place
    b: Place
    on: str
    reference: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """An instruction that only one side has."""

    place: Place
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SideTotals:
    """One total of both sides."""

    name: str
    column: str
    currency: str
    a: str
    b: str

    @property
    def difference(self) -> str:
        """Return B less A."""
        return str(Decimal(self.b) - Decimal(self.a))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two sides, compared.

    Attributes:
        columns: What was compared, in the order of the spec.
        values_a: The instructions of A, in these columns.
        values_b: Those of B.
        pairs: Row by row; rows that belong to one that cannot be compared left out.
        apart: What could not be compared.
        judged_on: The day on which sources were judged.
    """

    loaded: LoadedSpec
    by: batches.By
    a: Side
    b: Side
    columns: tuple[Column, ...]
    values_a: pl.DataFrame
    values_b: pl.DataFrame
    pairs: batches.Pairs
    apart: tuple[Apart, ...]
    files: tuple[FileDifference, ...]
    judged_on: dt.date

    @property
    def spec(self) -> BatchSpec:
        """Return the spec in force."""
        return self.loaded.spec

    @property
    def has_source(self) -> bool:
        """Tell whether a source file is on either side."""
        return self.a.has_source or self.b.has_source

    @property
    def same(self) -> int:
        """Return how many instructions are equal on both sides."""
        return self.pairs.same.height

    @property
    def has_differences(self) -> bool:
        """Tell whether any instruction differs, or is on one side only."""
        pairs = self.pairs
        return bool(pairs.changed.height or pairs.missing.len() or pairs.added.len())

    @property
    def doubts(self) -> tuple[str, ...]:
        """Return why the sides are not called the same, though no instruction differs."""
        found = []
        if self.apart:
            found.append(f"{_count(len(self.apart), 'row')} could not be compared")
        for name, side in (("A", self.a), ("B", self.b)):
            if side.errors:
                found.append(
                    f"{_count(side.errors, 'fault')} in the batch files of {name}"
                )
            if side.unknown:
                names = ", ".join(path.name for path in side.unknown)
                found.append(f"files of {name} are no known batch file: {names}")
        differ = [f.what for f in self.files if f.counts]
        if differ:
            found.append(f"the files differ in {', '.join(differ)}")
        return tuple(found)

    @property
    def is_same(self) -> bool:
        """Tell whether both sides are the same instructions, beyond doubt."""
        return not self.has_differences and not self.doubts

    @property
    def personal(self) -> tuple[Column, ...]:
        """Return the columns that are masked unless somebody asks."""
        return tuple(column for column in self.columns if column.personal)

    def totals(self) -> tuple[SideTotals, ...]:
        """Return the totals of both sides, the number of instructions first."""
        found = {
            (total.column, total.currency, total.name): [total.total, "0"]
            for total in batches.sum_columns(self.values_a, self.spec)
        }
        for total in batches.sum_columns(self.values_b, self.spec):
            key = (total.column, total.currency, total.name)
            found.setdefault(key, ["0", "0"])[1] = total.total
        counts = (str(self.values_a.height), str(self.values_b.height))
        instructions = SideTotals(
            name="Instructions", column="", currency="", a=counts[0], b=counts[1]
        )
        sums = [
            SideTotals(name=name, column=column, currency=currency, a=a, b=b)
            for (column, currency, name), (a, b) in found.items()
        ]
        return (instructions, *sums)

    def singles(
        self, name: str, *, show_personal: bool = False, limit: int | None = None
    ) -> Iterator[Single]:
        """Tell of each instruction that only one side has: ``missing`` or ``added``."""
        rows, values, side = self.pairs.missing, self.values_a, self.a
        if name == "added":
            rows, values, side = self.pairs.added, self.values_b, self.b
        rows = rows if limit is None else rows.head(limit)
        shown = mask(values[rows], self.columns, show_personal=show_personal)
        shown = shown.rename({c.sql_name: c.name for c in self.columns})
        places = side.places()[rows]
        for place, record in zip(
            places.iter_rows(named=True), shown.iter_rows(named=True), strict=True
        ):
            known = {k: batches.visible(v) for k, v in record.items() if v is not None}
            yield Single(place=Place(**place), values=known)

    def changes(
        self, *, show_personal: bool = False, limit: int | None = None
    ) -> Iterator[Change]:
        """Tell of each pair that differs, column by column."""
        pairs = self.pairs.changed
        pairs = pairs if limit is None else pairs.head(limit)
        places_a, places_b = self.a.places(), self.b.places()
        columns = {column.sql_name: column for column in self.columns}
        found = batches.changed_fields(self.values_a, self.values_b, pairs)
        for one, other, on, names in found:
            fields = tuple(
                self._field(columns[name], one, other, show_personal=show_personal)
                for name in names
            )
            yield Change(
                a=Place(**places_a.row(one, named=True)),
                b=Place(**places_b.row(other, named=True)),
                on=on,
                reference=self._reference(one, other),
                fields=fields,
            )

    def _reference(self, one: int, other: int) -> str:
        if REFERENCE not in self.values_a.columns:
            return ""
        known = self.values_a[REFERENCE][one] or self.values_b[REFERENCE][other]
        return batches.visible(known or "")

    def _field(
        self, column: Column, one: int, other: int, *, show_personal: bool
    ) -> FieldChange:
        texts = [
            values[column.sql_name][row] or ""
            for values, row in ((self.values_a, one), (self.values_b, other))
        ]
        if column.personal and not show_personal:
            texts = [batches.MASK if text else "" for text in texts]
        a, b = (batches.visible(text) for text in texts)
        return FieldChange(column=column, a=a, b=b)

    def notes(self) -> tuple[str, ...]:
        """Return what is said and does not count."""
        found = [
            f"{difference.what}: {', '.join(difference.a)} in A, "
            f"{', '.join(difference.b)} in B (expected in a parallel run)"
            for difference in self.files
            if not difference.counts
        ]
        if moved := self.pairs.moved:
            found.append(
                f"the order differs: {_count(moved, 'instruction')} elsewhere in B"
            )
        if self.by == "content" and self._has_references:
            found.append("own references were not compared (--by content)")
        for name, side in (("A", self.a), ("B", self.b)):
            if side.other_types:
                names = ", ".join(path.name for path in side.other_types)
                found.append(f"files of another type in {name} were left out: {names}")
            for part in side.parts:
                ignored = part.source.ignored if part.source else {}
                if left_out := sum(why != "blank" for why in ignored.values()):
                    found.append(
                        f"{_count(left_out, 'row')} of {part.file.name} ignored, as "
                        "rapupload check tells"
                    )
        return tuple(found)

    @property
    def _has_references(self) -> bool:
        return REFERENCE in self.a.columns and REFERENCE in self.b.columns


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def compare(
    question: Question,
    catalogue: Catalogue,
    settings: Settings | None,
    now: dt.datetime,
) -> Comparison:
    """Compare two sides.

    Raises:
        UsageError: The type cannot be told, or no reference is there to pair by.
        SpecError: The spec has faults.
        SourceError: A file cannot be read at all.
    """
    founds = [find_files(w, catalogue, question.type) for w in (question.a, question.b)]
    loaded = catalogue.spec(question.type or _told_type(founds, catalogue))
    today = now.astimezone(HONG_KONG).date()
    batch_sides = [
        read_side(found, _reading(loaded, question, catalogue, settings, now))
        if _is_batch(found)
        else None
        for found in founds
    ]
    day = question.on or _day_of(batch_sides) or today
    judged = now if day == today else dt.datetime.combine(day, _MORNING, HONG_KONG)
    a, b = (
        side
        or read_side(found, _reading(loaded, question, catalogue, settings, judged))
        for side, found in zip(batch_sides, founds, strict=True)
    )
    return _compared(a, b, loaded, question.by, day)


def _reading(
    loaded: LoadedSpec,
    question: Question,
    catalogue: Catalogue,
    settings: Settings | None,
    now: dt.datetime,
) -> Reading:
    return Reading(
        loaded=loaded,
        catalogue=catalogue,
        settings=settings,
        now=now,
        encoding=question.encoding,
    )


def _is_batch(found: Found) -> bool:
    return all(file.content is not None for file in found.files)


def _told_type(founds: Iterable[Found], catalogue: Catalogue) -> str:
    types = sorted({name for found in founds for name in found.types})
    if len(types) == 1:
        return types[0]
    why = "are of several types" if types else "do not tell their type"
    raise UsageError(
        f"The files {why}; nothing was compared.",
        hint="Say which is meant: --type " + " | ".join(types or catalogue.types),
    )


def _day_of(sides: Iterable[Side | None]) -> dt.date | None:
    """Return the transmission date of the batch files, where they agree on one."""
    days = {day for side in sides if side for day in side.stated("date")}
    try:
        return dt.date.fromisoformat(days.pop()) if len(days) == 1 else None
    except ValueError:
        return None


def _compared(
    a: Side, b: Side, loaded: LoadedSpec, by: batches.By, day: dt.date
) -> Comparison:
    spec = loaded.spec
    columns = _columns(a, b, spec)
    names = [column.sql_name for column in columns]
    if by == "reference" and REFERENCE not in names:
        raise UsageError(
            f"There is no own reference on both sides to compare by: the record of "
            f"{spec.id} may carry none.",
            hint="Use --by content.",
        )
    values_a, values_b = a.values(names), b.values(names)
    pairs = batches.pair(
        values_a,
        values_b,
        reference=REFERENCE if REFERENCE in names else None,
        content=[name.replace("-", "_") for name in spec.spec.fingerprint],
        by=by,
    )
    if by == "content":
        columns = tuple(c for c in columns if c.sql_name != REFERENCE)
    pairs, apart = _with_counterparts(a, b, values_a, values_b, pairs)
    return Comparison(
        loaded=loaded,
        by=by,
        a=a,
        b=b,
        columns=columns,
        values_a=values_a.select(c.sql_name for c in columns),
        values_b=values_b.select(c.sql_name for c in columns),
        pairs=pairs,
        apart=apart,
        files=tuple(_file_differences(a, b)),
        judged_on=day,
    )


def _columns(a: Side, b: Side, spec: BatchSpec) -> tuple[Column, ...]:
    """Return what both sides know; of two sources, also what no record carries."""
    shared = a.columns & b.columns
    return tuple(column for column in spec.column if column.sql_name in shared)


def _with_counterparts(
    a: Side,
    b: Side,
    values_a: pl.DataFrame,
    values_b: pl.DataFrame,
    pairs: batches.Pairs,
) -> tuple[batches.Pairs, tuple[Apart, ...]]:
    """Find the other side's row of each that cannot be compared, by its reference.

    That row is then neither missing nor added: it is there, and cannot be judged.
    """
    added, at_b = _counterparts(a.unread, b, values_b, pairs.added)
    missing, at_a = _counterparts(b.unread, a, values_a, pairs.missing)
    apart = [
        Apart(side=name, unread=row, counterpart=places.get(number))
        for name, side, places in (("A", a, at_b), ("B", b, at_a))
        for number, row in enumerate(side.unread)
    ]
    kept = batches.Pairs(
        same=pairs.same, changed=pairs.changed, missing=missing, added=added
    )
    return kept, tuple(apart)


def _counterparts(
    unread: Sequence[Unread], other: Side, values: pl.DataFrame, rows: pl.Series
) -> tuple[pl.Series, dict[int, Place]]:
    """Return the rows left, and the place found for each unread row, by its number."""
    if not unread or REFERENCE not in values.columns:
        return rows, {}
    candidates = pl.DataFrame({"row": rows, "reference": values[REFERENCE][rows]})
    known = candidates.drop_nulls().filter(pl.col("reference").is_unique())
    by_reference = dict(known.select("reference", "row").iter_rows())
    places, found = other.places(), {}
    taken: set[int] = set()
    for number, row in enumerate(unread):
        index = by_reference.get(row.reference)
        if index is not None and index not in taken:
            taken.add(index)
            found[number] = Place(**places.row(index, named=True))
    return rows.filter(~rows.is_in(list(taken))), found


def _file_differences(a: Side, b: Side) -> Iterator[FileDifference]:
    for what, counts in _ABOUT_FILES.items():
        one, other = a.stated(what), b.stated(what)
        if one and other and set(one) != set(other):
            yield FileDifference(what=what, a=one, b=other, counts=counts)
