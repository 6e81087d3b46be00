"""Any batch file -> every row that can be read, and every fault it has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from rapupload.batches.cutting import Cut, as_texts, cut, place_of
from rapupload.batches.faults import Faults, faults_at, gather, no_faults
from rapupload.batches.judging import (
    Total,
    judge_given,
    judge_sums,
    judge_totals,
    judge_values,
    values_of,
)
from rapupload.batches.lines import Lines, Record, detail_records, read_lines
from rapupload.spec.format import BatchSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """A batch file, cut into records and fields.

    Attributes:
        header: No record where there is none.
        trailer: Likewise.
        details: Each kind of detail record, the main one first.
        owners: For each further kind, which instruction each of its records belongs to.
        beyond: Lines of detail records that stand after the trailer.
        faults: Of layout, and of constants.
    """

    header: Cut
    trailer: Cut
    details: tuple[Cut, ...]
    owners: tuple[pl.Series, ...]
    beyond: pl.Series
    faults: pl.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A batch file, read as far as it can be.

    Attributes:
        records: The file as it stands.
        instructions: Canonical text columns, named as in rules; one row each.
        lines: The line of the file of each instruction (from 1).
        readable: False where a record is too long or short, or holds a character or a
            value that cannot be read: such a row is no basis for a comparison.
        stated: What the file says about itself: ``participant``, ``indicator``,
            ``date`` (as a day, where it is one), ``file-reference`` and so on.
        totals: Stated and recomputed.
        faults: All of them, in the order of the file.
    """

    records: Records
    instructions: pl.DataFrame
    lines: pl.Series
    readable: pl.Series
    stated: Mapping[str, str]
    totals: tuple[Total, ...]
    faults: Faults


def examine(content: bytes, spec: BatchSpec, *, name: str = "the file") -> Examined:
    """Read a batch file, whatever is wrong with it.

    Raises:
        SourceError: It has content, and none of its lines is a record of the spec; or
            it is a zip that does not open.
    """
    records = read_records(content, spec, name=name)
    values = [values_of(found) for found in records.details]
    judged = [
        judge_values(found, known)
        for found, known in zip(records.details, values, strict=True)
    ]
    frames = [records.header, records.trailer]
    totals, differing = judge_totals(
        frames, [_counted(records, c) for c in records.details]
    )
    sums = [fault for found in records.details for fault in judge_sums(found)]
    given = [fault for frame in frames for fault in judge_given(frame)]
    wrong = [fault for _, faults in judged for fault in faults]
    lines = records.details[0].lines
    return Examined(
        records=records,
        instructions=_together(records, values),
        lines=lines,
        readable=_readable(records, [whole for whole, _ in judged]),
        stated=stated_values(records),
        totals=tuple(totals),
        faults=gather([records.faults, *wrong, *sums, *given, *differing]),
    )


def read_records(content: bytes, spec: BatchSpec, *, name: str = "the file") -> Records:
    """Cut a batch file into records and fields.

    Raises:
        SourceError: As ``examine``.
    """
    lines = read_lines(content, spec, name)
    header = cut(lines.header, Record.of(spec, "header", spec.header))
    trailer = cut(lines.trailer, Record.of(spec, "trailer", spec.trailer))
    kinds = detail_records(spec)
    details = [
        cut(lines.details.filter(pl.col("kind") == number), record)
        for number, record in enumerate(kinds)
    ]
    owned = [_owners(details[0], found) for found in details[1:]]
    orphans = [faults for _, faults in owned]
    faults = [_named(lines, kinds), header.faults, *(c.faults for c in details)]
    return Records(
        header=header,
        trailer=trailer,
        details=tuple(details),
        owners=tuple(owners for owners, _ in owned),
        beyond=lines.beyond,
        faults=pl.concat([no_faults(), *faults, trailer.faults, *orphans]),
    )


def _owners(main: Cut, found: Cut) -> tuple[pl.Series, pl.DataFrame]:
    """Return which instruction each record belongs to: the one above it, once."""
    owners = main.lines.search_sorted(found.lines, side="right").cast(pl.Int64) - 1
    wrong = (owners < 0) | ~owners.is_first_distinct()
    places = pl.DataFrame({"line": found.lines}).filter(wrong)
    name = found.record.name
    orphans = faults_at(places, "record-orphan", record=name, field=name)
    return pl.select(pl.when(~wrong).then(owners)).to_series(), orphans


def _named(lines: Lines, kinds: Sequence[Record]) -> pl.DataFrame:
    """Say of faults of characters in which field they stand, where the layout is fixed."""
    spec = kinds[0].spec
    loose = lines.faults["code"].is_in(["character-foreign", "character-control"])
    if spec.batch_file.layout != "fixed" or not loose.any():
        return lines.faults
    groups = [
        (Record.of(spec, "header", spec.header), lines.header),
        (Record.of(spec, "trailer", spec.trailer), lines.trailer),
        *((r, lines.details.filter(pl.col("kind") == n)) for n, r in enumerate(kinds)),
    ]
    found = [lines.faults.filter(~loose)]
    rest = lines.faults.filter(loose)
    for record, members in groups:
        mine = rest["line"].is_in(members["line"].implode())
        found.append(_in_fields(rest.filter(mine), record))
        rest = rest.filter(~mine)
    return pl.concat([*found, rest])


def _in_fields(faults: pl.DataFrame, record: Record) -> pl.DataFrame:
    places = [place_of(record, number) for number in range(len(record.fields))]
    columns = ("record", "field", "column", "personal")
    for number, place in enumerate(places):
        end = record.width + 1
        if number + 1 < len(places):
            end = int(str(places[number + 1]["position"]))
        here = pl.col("position").is_between(place["position"], end, closed="left")
        faults = faults.with_columns(
            pl.when(here).then(pl.lit(place[name])).otherwise(name).alias(name)
            for name in columns
        )
    return faults


def instructions_of(records: Records) -> pl.DataFrame:
    """Return the instructions: canonical text columns, named as in rules."""
    return _together(records, [values_of(found) for found in records.details])


def _together(
    records: Records, values: Sequence[Mapping[str, pl.Series]]
) -> pl.DataFrame:
    """Return the instructions, those columns too that only further records carry."""
    main, *others = values
    columns = dict(main)
    height = records.details[0].lines.len()
    for owner, further in zip(records.owners, others, strict=True):
        mine = owner.is_not_null()
        for name, found in further.items():
            if name in main:
                continue
            blank = pl.repeat(None, height, dtype=pl.String, eager=True)
            spread = blank.scatter(owner.filter(mine), found.filter(mine))
            earlier = columns.get(name, spread)
            columns[name] = earlier.zip_with(earlier.is_not_null(), spread).alias(name)
    return pl.DataFrame(list(columns.values()))


def _readable(records: Records, whole: Sequence[pl.Series]) -> pl.Series:
    """Return which instructions have neither a value nor a character that is lost."""
    readable, *others = whole
    numbers = pl.int_range(readable.len(), eager=True, dtype=pl.Int64)
    for owner, further in zip(records.owners, others, strict=True):
        readable &= ~numbers.is_in(owner.filter(~further).implode())
    codes = ["character-foreign", "character-control"]
    spoiled = records.faults.filter(pl.col("code").is_in(codes))["line"]
    for owner, found in zip(records.owners, records.details[1:], strict=True):
        lost = found.lines.is_in(spoiled.implode())
        readable &= ~numbers.is_in(owner.filter(lost).implode())
    return readable & ~records.details[0].lines.is_in(spoiled.implode())


def _counted(records: Records, found: Cut) -> Cut:
    """Return the records up to the trailer, which its totals are about."""
    if not records.beyond.len():
        return found
    counted = ~found.lines.is_in(records.beyond.implode())
    return Cut(
        record=found.record,
        lines=found.lines.filter(counted),
        texts=found.texts.filter(counted),
        whole=found.whole.filter(counted),
        faults=found.faults,
    )


def stated_values(records: Records) -> dict[str, str]:
    """Return what header and trailer say about the file, by the spec's ``given``."""
    found: dict[str, str] = {}
    for frame in (records.header, records.trailer):
        texts = as_texts(frame)
        for field, text in zip(frame.record.fields, texts.values(), strict=False):
            if field.given:
                value = text.strip(" ")
                if field.given == "date":
                    value = _day(value, field.format or "%Y%m%d")
                found[field.given] = value
    return found


def _day(text: str, written: str) -> str:
    try:
        return dt.datetime.strptime(text, written).date().isoformat()  # noqa: DTZ007
    except ValueError:
        return text
