"""Decoding: any batch file, ours or a vendor's, told by its spec and set out as a table."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from rapupload import batches
from rapupload.batches.faults import gather, one_fault
from rapupload.batches.sums import ColumnTotal, plain_values, sum_columns
from rapupload.errors import SourceError, SpecError, UsageError
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.format import BatchSpec, Column
from rapupload.spec.loader import LoadedSpec
from rapupload.spec.naming import NamePattern

_BINARY = (b"\xd0\xcf\x11\xe0", b"%PDF", b"PK\x03\x04", b"\x1f\x8b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """A batch file, decoded.

    Attributes:
        found_by: How its type was told: ``name``, ``header`` or ``--type``.
        digest: SHA-256 of the file, in hex.
        examined: What it says, and every fault.
        values: The instructions as they are compared and shown: canonical text without
            blanks at the ends.
    """

    file: Path
    loaded: LoadedSpec
    found_by: str
    digest: str
    examined: batches.Examined
    values: pl.DataFrame

    @property
    def spec(self) -> BatchSpec:
        """Return the batch file specification."""
        return self.loaded.spec

    @property
    def columns(self) -> tuple[Column, ...]:
        """Return the columns that the file carries, in the order of the spec."""
        return tuple(c for c in self.spec.column if c.sql_name in self.values.columns)

    @property
    def personal(self) -> tuple[Column, ...]:
        """Return those columns that are masked unless somebody asks."""
        return tuple(column for column in self.columns if column.personal)

    def totals(self) -> tuple[ColumnTotal, ...]:
        """Return the totals of quantities and, by currency, of money."""
        return sum_columns(self.values, self.spec)

    def shown(self, *, show_personal: bool) -> pl.DataFrame:
        """Return the values as they may be shown."""
        return mask(self.values, self.columns, show_personal=show_personal)


def mask(
    values: pl.DataFrame, columns: Sequence[Column], *, show_personal: bool
) -> pl.DataFrame:
    """Return the columns given, personal ones masked unless they are asked for."""
    return values.select(
        pl.when(pl.col(column.sql_name).is_not_null())
        .then(pl.lit(batches.MASK))
        .alias(column.sql_name)
        if column.personal and not show_personal
        else pl.col(column.sql_name)
        for column in columns
    )


def decode_file(file: Path, catalogue: Catalogue, type_: str | None = None) -> Decoding:
    """Decode one batch file by the spec in force.

    Args:
        file: Any batch file.
        catalogue: The specs.
        type_: Instruction type; None to tell it from name or header.

    Raises:
        UsageError: The type is not known, or cannot be told.
        SpecError: The spec has faults.
        SourceError: It cannot be read, or is no batch file.
    """
    content = read_content(file)
    found_by = "--type"
    if type_ is None:
        type_, found_by = tell_type(file, content, catalogue)
    loaded = catalogue.spec(type_)
    return decode_content(file, content, loaded, found_by)


def decode_content(
    file: Path, content: bytes, loaded: LoadedSpec, found_by: str
) -> Decoding:
    """Decode bytes that were read from a file.

    Raises:
        SourceError: It is no batch file of that type.
    """
    examined = batches.examine(content, loaded.spec, name=file.name)
    return Decoding(
        file=file,
        loaded=loaded,
        found_by=found_by,
        digest=hashlib.sha256(content).hexdigest(),
        examined=_held_against_name(examined, file.name, loaded.spec),
        values=plain_values(examined.instructions, loaded.spec),
    )


def read_content(file: Path) -> bytes:
    """Return the bytes of a file that is not larger than any batch file.

    Raises:
        SourceError: It cannot be read, is empty, or is too large.
    """
    try:
        size = file.stat().st_size
        content = file.read_bytes() if 0 < size <= batches.LARGEST else b""
    except OSError as error:
        raise SourceError(
            f"{file} cannot be read: {error.strerror}.",
            hint="Check the name, and that you may read the file.",
        ) from error
    if not content:
        reason = "is larger than any batch file" if size else "is empty"
        raise SourceError(
            f"{file} {reason}; it is no batch file.",
            hint="Ask for the file again where it comes from.",
        )
    return content


def tell_type(file: Path, content: bytes, catalogue: Catalogue) -> tuple[str, str]:
    """Return the type that name or header fit, and which of the two told it.

    Raises:
        UsageError: They fit none, or several.
        SourceError: It is no batch file at all.
    """
    named, opened = types_that_fit(file.name, content, catalogue, catalogue.types)
    both = [name for name in opened if name in named]
    if len(both) == 1:
        return both[0], "name"
    if len(named) == 1 and not opened:
        return named[0], "name"
    if len(opened) == 1 and not named:
        return opened[0], "header"
    if not named and not opened and _is_binary(content):
        raise SourceError(
            f"{file} is no batch file: it is no text.",
            hint="A workbook is checked with: rapupload check FILE --type TYPE",
        )
    fitting = list(dict.fromkeys([*named, *opened]))
    why = "fit several types" if fitting else "fit no type"
    raise UsageError(
        f"Name and header of {file} {why}; nothing was decoded.",
        hint="Say which it is: --type " + " | ".join(fitting or catalogue.types),
    )


def types_that_fit(
    name: str, content: bytes, catalogue: Catalogue, among: Iterable[str]
) -> tuple[list[str], list[str]]:
    """Return the types whose file name fits, and those whose first record fits."""
    named, opened = [], []
    for type_ in among:
        try:
            spec = catalogue.spec(type_).spec
        except SpecError:  # told when that type is asked for
            continue
        if NamePattern.parse(spec.batch_file.name).read(name) is not None:
            named.append(type_)
        if opens_as(content, spec):
            opened.append(type_)
    return named, opened


def opens_as(content: bytes, spec: BatchSpec) -> bool:
    """Tell whether the first line of a file is one of this spec."""
    try:
        return batches.opens_as(content, spec)
    except SourceError:  # a zip that does not open is none of this type
        return False


def _is_binary(content: bytes) -> bool:
    return content.startswith(_BINARY) or b"\x00" in content[:4096]


def _held_against_name(
    examined: batches.Examined, name: str, spec: BatchSpec
) -> batches.Examined:
    """Add the faults of a file whose name says otherwise than its records."""
    pattern = NamePattern.parse(spec.batch_file.name)
    said = pattern.read(name) or {}
    found = []
    for frame in (examined.records.header, examined.records.trailer):
        for number, field in enumerate(frame.record.fields):
            stated = examined.stated.get(str(field.given))
            if field.given not in said or stated is None:
                continue
            named = _comparable(said[field.given], pattern, field.given)
            if frame.texts.height and named != _figure(stated, field.given):
                place = {**frame.place(number), "value": stated, "expected": named}
                found.append(one_fault("name-differs", frame.lines[0], **place))
    faults = gather([examined.faults.frame, *found])
    return replace(examined, faults=faults)


def _comparable(text: str, pattern: NamePattern, given: str) -> str:
    if given == "date":
        written = next(form for name, form in pattern.placeholders if name == "date")
        try:
            day = dt.datetime.strptime(text, written).replace(tzinfo=dt.UTC)
        except ValueError:
            return text
        return day.date().isoformat() if {"%d", "%m"} <= _codes(written) else text
    return _figure(text, given)


def _codes(written: str) -> set[str]:
    return {f"%{part[:1]}" for part in written.split("%")[1:]}


def _figure(text: str, given: str) -> str:
    return text.lstrip("0") or "0" if given == "indicator" else text
