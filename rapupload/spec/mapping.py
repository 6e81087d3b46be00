"""Mapping files: how one desk's layout is read as the columns of a spec.

Strict TOML, made by ``rapupload map`` or by hand, kept with every batch it served. Only
what differs from the spec's own headings and words needs to stand in it; where both say
something, the mapping wins. docs/how-to/mapping.md explains every key for a person.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field as Key
from pydantic import ValidationError, field_validator

from rapupload.errors import ConfigError, SpecFault
from rapupload.fieldtypes.code import fold_code
from rapupload.fieldtypes.registry import validate
from rapupload.spec.columns import shape_of
from rapupload.spec.format import BatchSpec, Column, IgnoredRows, Slug, Strict
from rapupload.spec.headings import Vocabulary, normalise

TODO = "TODO"
"""Stands where ``rapupload map`` could not decide; a mapping with one is refused."""

_HINT = (
    "Mend the file, or make it anew with: rapupload map FILE --name NAME --overwrite"
)
_FIGURES = frozenset({"quantity", "money", "price"})
_BLANK_WORD = "a blank cell holds no word; [fixed] says what a blank one means"


def _figure(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is not a figure") from error


class ControlTotals(Strict):
    """Table ``[control-totals]``: what the sender of the source says it adds up to.

    Figures are text, so that none loses digits: ``"1,234.50"``.
    """

    count: Annotated[int, Key(ge=0)] | None = None
    sum: dict[Slug, str] = Key(default_factory=dict)
    amount: dict[Annotated[str, Key(pattern="^[A-Z]{3}$")], str] = Key(
        default_factory=dict
    )

    @field_validator("sum", "amount")
    @classmethod
    def _figures(cls, value: dict[str, str]) -> dict[str, str]:
        for text in value.values():
            _figure(text)
        return value

    def given(self) -> dict[str, Decimal]:
        """Return every figure by its name: ``count``, a column, or a currency.

        >>> ControlTotals(amount={"HKD": "1,000.50"}).given()
        {'HKD': Decimal('1000.50')}
        """
        found = {} if self.count is None else {"count": Decimal(self.count)}
        return found | {
            name: _figure(text) for name, text in {**self.sum, **self.amount}.items()
        }


class MappedRows(IgnoredRows):
    """Table ``[[ignored-rows]]``; ``column`` may be a heading of the sheet."""

    column: Annotated[str, Key(min_length=1)]


class Mapping(Strict):
    """A whole mapping file."""

    name: Annotated[str, Key(min_length=1, max_length=60)]
    type: Slug
    sheet: str | None = None
    header_row: Annotated[int, Key(ge=1)] | None = None
    encoding: str | None = None
    date_order: Literal["day-first", "month-first", "year-first", "TODO"] | None = None
    summing: bool = False
    # their heading -> column; "" = carried, not sent
    headings: dict[str, str] = Key(default_factory=dict)
    # column -> their word -> our code
    values: dict[Slug, dict[str, str]] = Key(default_factory=dict)
    fixed: dict[Slug, str] = Key(default_factory=dict)
    ignored_rows: Annotated[tuple[MappedRows, ...], Key(strict=False)] = ()
    control_totals: ControlTotals = ControlTotals()

    @property
    def carried(self) -> frozenset[str]:
        """Return the headings, normalised, that are known and not sent."""
        return frozenset(
            normalise(heading) for heading, name in self.headings.items() if not name
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedMapping:
    """A mapping that is fit for use with its spec.

    Attributes:
        content: The file's bytes, kept with every batch made by it.
        digest: SHA-256 of the bytes, in hex.
    """

    mapping: Mapping
    content: bytes
    digest: str
    file: Path


class MappedVocabulary(Vocabulary):
    """The headings of a spec, and those of a desk, which win."""

    def __init__(self, spec: BatchSpec, mapping: Mapping) -> None:
        super().__init__(spec)
        self._own = {normalise(text): name for text, name in mapping.headings.items()}

    def meaning(self, heading: str) -> str | None:
        """Return the spec column a heading stands for, or None."""
        folded = normalise(heading)
        if folded in self._own:
            return self._own[folded] or None
        return super().meaning(heading)


def vocabulary_of(spec: BatchSpec, mapping: Mapping | None) -> Vocabulary:
    """Return the headings to look for."""
    return Vocabulary(spec) if mapping is None else MappedVocabulary(spec, mapping)


def load_mapping(file: Path, spec: BatchSpec) -> LoadedMapping:
    """Read a mapping file for an instruction type.

    Raises:
        ConfigError: It cannot be read, or has faults; all of them are told.
    """
    return parse_mapping(_read(file), file, spec)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"The mapping file {file} cannot be read: {error.strerror}.",
            hint="Check the name; rapupload map makes one.",
        ) from error


def _parse_toml(content: bytes, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError among them
        raise ConfigError(
            f"The mapping file {file} is not readable TOML: {error}.", hint=_HINT
        ) from error


def mapped_type(file: Path) -> str:
    """Return the instruction type that a mapping file is for; empty if it says none.

    Raises:
        ConfigError: It cannot be read.
    """
    return str(_parse_toml(_read(file), file).get("type", ""))


def parse_mapping(content: bytes, file: Path, spec: BatchSpec) -> LoadedMapping:
    """Read a mapping from its bytes, as the journal keeps them.

    Raises:
        ConfigError: It has faults; all of them are told.
    """
    raw = _parse_toml(content, file)
    try:
        mapping = Mapping.model_validate(raw)
        faults = list(mapping_faults(mapping, spec))
    except ValidationError as error:
        faults = list(_shape_faults(error))
    if faults:
        raise _refused(file, faults)
    digest = hashlib.sha256(content).hexdigest()
    return LoadedMapping(mapping=mapping, content=content, digest=digest, file=file)


def _refused(file: Path, faults: list[SpecFault]) -> ConfigError:
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    listing = "".join(f"\n  {fault}" for fault in faults)
    return ConfigError(f"The mapping file {file} has {count}:{listing}", hint=_HINT)


def _shape_faults(error: ValidationError) -> Iterator[SpecFault]:
    known = {"extra_forbidden": "unknown key", "missing": "this key is missing"}
    for fault in error.errors(include_url=False, include_context=False):
        steps = (str(s + 1) if isinstance(s, int) else s for s in fault["loc"])
        reason = known.get(fault["type"], fault["msg"].removeprefix("Value error, "))
        yield SpecFault(path=".".join(steps) or "file", reason=reason)


def mapping_faults(mapping: Mapping, spec: BatchSpec) -> Iterator[SpecFault]:
    """Return what a mapping says that its spec does not know, all of it at once."""
    columns = {column.name: column for column in spec.column}
    if mapping.type != spec.id:
        reason = f"the mapping is for {mapping.type!r}, not for {spec.id!r}"
        yield SpecFault(path="type", reason=reason)
        return
    if mapping.summing and spec.summing is None:
        yield SpecFault(path="summing", reason=f"{spec.id} has nothing to be summed")
    if mapping.date_order == TODO:
        yield SpecFault(path="date-order", reason="still to be decided")
    yield from _headings(mapping, columns)
    for name, words in mapping.values.items():
        yield from _values(name, words, columns)
    for name, text in mapping.fixed.items():
        yield from _value(f"fixed.{name}", name, text, columns)
    for number, rows in enumerate(mapping.ignored_rows, start=1):
        if not all(map(fold_code, rows.values)):
            yield SpecFault(path=f"ignored-rows.{number}.values", reason=_BLANK_WORD)
    yield from _control(mapping.control_totals, columns)


def _headings(mapping: Mapping, columns: dict[str, Column]) -> Iterator[SpecFault]:
    seen: dict[str, str] = {}
    for heading, name in mapping.headings.items():
        path = f"headings.{heading!r}"
        folded = normalise(heading)
        if not folded:
            yield SpecFault(path=path, reason="a heading of signs alone")
        elif seen.setdefault(folded, name) != name:
            yield SpecFault(path=path, reason="the same heading means two columns")
        if name == TODO:
            yield SpecFault(path=path, reason="still to be decided")
        elif name and name not in columns:
            yield SpecFault(path=path, reason=f"there is no column {name!r}")


def _values(
    name: str, words: dict[str, str], columns: dict[str, Column]
) -> Iterator[SpecFault]:
    seen: dict[str, str] = {}
    for theirs, ours in words.items():
        path = f"values.{name}.{theirs!r}"
        if seen.setdefault(fold_code(theirs), ours) != ours:
            yield SpecFault(path=path, reason="the same word means two values")
        if not fold_code(theirs):
            yield SpecFault(path=path, reason=_BLANK_WORD)
        yield from _value(path, name, ours, columns)


def _value(
    path: str, name: str, text: str, columns: dict[str, Column]
) -> Iterator[SpecFault]:
    """A value must be one that the column reads."""
    if name not in columns:
        yield SpecFault(path=path, reason=f"there is no column {name!r}")
        return
    if text == TODO:
        yield SpecFault(path=path, reason="still to be decided")
        return
    column = columns[name]
    try:
        value = validate(column.type, text, shape=shape_of(column))
    except ValueError as error:
        reason = f"{text!r} cannot be read as {column.type} ({error})"
        yield SpecFault(path=path, reason=reason)
        return
    if value is None:
        yield SpecFault(path=path, reason="a value is needed")


def _control(totals: ControlTotals, columns: dict[str, Column]) -> Iterator[SpecFault]:
    for name in totals.sum:
        path = f"control-totals.sum.{name}"
        if name not in columns or columns[name].is_alternative:
            yield SpecFault(path=path, reason=f"there is no column {name!r}")
        elif columns[name].type not in _FIGURES:
            yield SpecFault(path=path, reason=f"{name!r} holds no figures")
    if totals.amount and not {"amount", "currency"} <= columns.keys():
        reason = "this type has no amount in a currency"
        yield SpecFault(path="control-totals.amount", reason=reason)


def to_control_totals(texts: list[str]) -> ControlTotals:
    """Return control totals written as ``count=120``, ``quantity=1000``, ``HKD=99.50``.

    Raises:
        ValueError: One is not written so.
    """
    raw: dict[str, Any] = {"sum": {}, "amount": {}}
    for text in texts:
        name, equals, figure = text.partition("=")
        name, figure = name.strip(), figure.strip()
        if not equals or not name or not figure:
            raise ValueError(f"{text!r} is not written as NAME=FIGURE")
        value = _figure(figure)
        if name == "count":
            if value != value.to_integral_value() or value < 0:
                raise ValueError(f"{figure!r} is no count of rows")
            raw["count"] = int(value)
        else:
            raw["amount" if name.isupper() else "sum"][name] = figure
    try:
        return ControlTotals.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise ValueError(f"{first['loc'][-1]}: {first['msg']}") from error


def control_faults(totals: ControlTotals, spec: BatchSpec) -> list[SpecFault]:
    """Return control totals that this type cannot have."""
    return list(_control(totals, {column.name: column for column in spec.column}))
