"""A batch file that is laid out as its spec says -> what it says; any other is refused.

A sample that proves a spec, and our own files. ``examine`` reads the others.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from rapupload.batches.cutting import as_texts
from rapupload.batches.examine import instructions_of, read_records
from rapupload.batches.faults import Fault, Faults, gather
from rapupload.batches.render import FileValues
from rapupload.errors import SourceError
from rapupload.model import Environment
from rapupload.spec.format import BatchSpec
from rapupload.spec.records import whole_number


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
    records = read_records(content, spec, name=name)
    for fault in gather([records.faults]).structural():
        raise _refused(fault, gather([records.faults]), spec, name)
    main = records.details[0]
    return Decoded(
        header=as_texts(records.header),
        instructions=instructions_of(records),
        detail=main.texts,
        lines=main.lines,
        trailer=as_texts(records.trailer),
    )


def _refused(fault: Fault, faults: Faults, spec: BatchSpec, name: str) -> SourceError:
    place = f"line {fault.line}: " if fault.line else ""
    count = sum(1 for _ in faults.structural())
    more = f" It has {count:,} such faults." if count > 1 else ""
    return SourceError(
        f"{name} is not a batch file of {spec.id}: {place}{fault.message.en}{more}",
        hint=f"rapupload decode --type {spec.id} shows every fault; rapupload specs "
        f"show {spec.id} shows the layout.",
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
