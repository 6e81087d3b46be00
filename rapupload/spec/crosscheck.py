"""What one table of a spec says about another: references, widths, rules.

``raw`` is the file as written: a name that stands there but whose table has a fault of
its own is not called dangling a second time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rapupload.errors import SpecFault
from rapupload.fieldtypes import NAMES
from rapupload.spec.checks import NAMED_CHECKS
from rapupload.spec.columns import rule_schema
from rapupload.spec.format import Acknowledgement, BatchSpec, Column, Field
from rapupload.spec.headings import normalise
from rapupload.spec.naming import NamePattern
from rapupload.spec.rules import Predicate, compile_predicate

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_FILE_NAMES = {"participant", "account", "market", "indicator", "date", "time"}


def cross_check(
    spec: BatchSpec, raw: dict[str, Any]
) -> tuple[list[SpecFault], dict[str, Predicate]]:
    """Return all faults between tables, and the compiled rules."""
    written = _written_names(raw, "column")
    faults = [
        *_repeated(spec),
        *_columns(spec),
        *_headings(spec),
        *_names(spec),
        *_records(spec, written),
        *_references(spec, written),
        *_acknowledgements(spec),
    ]
    rule_faults, predicates = _rules(spec, written)
    return faults + rule_faults, predicates


def _written_names(raw: dict[str, Any], table: str) -> set[str]:
    parts = raw.get(table)
    if not isinstance(parts, list):
        return set()
    return {part["name"] for part in parts if isinstance(part, dict) and "name" in part}


def _repeated(spec: BatchSpec) -> Iterator[SpecFault]:
    groups: dict[str, Iterable[str]] = {
        "header": (field.name for field in spec.header),
        "detail": (field.name for field in spec.detail),
        "trailer": (field.name for field in spec.trailer),
        "column": (column.name for column in spec.column),
        "rule": (rule.code for rule in spec.rule),
        "reason": (reason.key for reason in spec.reason),
    }
    for table, names in groups.items():
        for name, count in Counter(names).items():
            if count > 1 and name != "filler":
                yield SpecFault(path=table, reason=f"{name!r} is defined {count} times")
    for code, count in Counter(c for r in spec.reason for c in r.codes).items():
        if count > 1:
            yield SpecFault(path="reason", reason=f"code {code!r} has {count} meanings")


def _columns(spec: BatchSpec) -> Iterator[SpecFault]:
    for number, column in enumerate(spec.column, 1):
        if column.type not in NAMES:
            yield SpecFault(
                path=f"column.{number}.type",
                reason=f"{column.type!r} is not a field type; known: "
                + ", ".join(sorted(NAMES)),
            )


def _headings(spec: BatchSpec) -> Iterator[SpecFault]:
    claims: dict[str, set[str]] = {}
    for column in spec.column:
        for text in (
            column.name,
            column.label.en,
            column.label.zh_hant,
            *column.aliases,
        ):
            claims.setdefault(normalise(text), set()).add(column.name)
    for heading, names in claims.items():
        if len(names) > 1:
            yield SpecFault(
                path="column",
                reason=f"the heading {heading!r} is claimed by {', '.join(sorted(names))}",
            )


def _names(spec: BatchSpec) -> Iterator[SpecFault]:
    for key in ("name", "folder", "zip_member"):
        pattern = getattr(spec.batch_file, key)
        known = _FILE_NAMES | ({"file-stem"} if key == "zip_member" else set())
        if pattern and (unknown := NamePattern.parse(pattern).names - known):
            yield SpecFault(
                path=f"batch-file.{key.replace('_', '-')}",
                reason=f"{', '.join(sorted(unknown))} cannot stand in this name",
            )


def _records(spec: BatchSpec, written: set[str]) -> Iterator[SpecFault]:
    records = [
        ("header", spec.header),
        ("detail", spec.detail),
        ("trailer", spec.trailer),
        *((f"detail-record.{r.name}", r.fields) for r in spec.detail_record),
    ]
    for table, fields in records:
        yield from _fields(spec, table, fields, written)
    if spec.batch_file.layout == "fixed":
        yield from _lengths(records)
    kinds = [spec.detail, *(record.fields for record in spec.detail_record)]
    openings = [fields[0].value for fields in kinds]
    if len(kinds) > 1 and (not all(openings) or len(set(openings)) < len(kinds)):
        yield SpecFault(
            path="detail-record",
            reason="each kind of record must open with a constant of its own",
        )


def _lengths(records: Sequence[tuple[str, Sequence[Field]]]) -> Iterator[SpecFault]:
    lengths = {
        table: sum(field.shape.length for field in fields)
        for table, fields in records
        if fields
    }
    expected = lengths["detail"]
    for table, length in lengths.items():
        if length != expected:
            yield SpecFault(
                path=table,
                reason=f"the record has {length} characters, the detail {expected}",
            )


def _fields(
    spec: BatchSpec, table: str, fields: Sequence[Field], written: set[str]
) -> Iterator[SpecFault]:
    digits = {field.name for field in fields if field.shape.kind == "9"}
    columns = {column.name for column in spec.column}
    for number, field in enumerate(fields, 1):
        path = f"{table}.{number} ({field.name})"
        if field.column and field.column not in columns | written:
            yield SpecFault(path=path, reason=f"there is no column {field.column!r}")
        if field.column and table in {"header", "trailer"}:
            yield SpecFault(path=path, reason="a column belongs to a detail record")
        if field.constant and field.constant not in spec.constants:
            yield SpecFault(
                path=path, reason=f"there is no constant {field.constant!r}"
            )
        for part in field.checksum or ():
            if part not in digits:
                yield SpecFault(
                    path=path, reason=f"there is no field of digits {part!r}"
                )
        if field.column in columns:
            yield from _width(path, field, spec.column_named(field.column))
        if field.means:
            yield SpecFault(path=path, reason="means belongs to acknowledgements")
        yield from _total(spec, path, table, field)
        yield from _blank_when(spec, path, field)
        yield from _codes(spec, path, field)


def _width(path: str, field: Field, column: Column) -> Iterator[SpecFault]:
    """A value that is fine for the column must fit the field."""
    if column.type in {"date", "date-time", "code", "yes-no"}:
        return
    shape = column.shape
    if shape is None:
        yield SpecFault(path=path, reason=f"column {column.name!r} needs a picture")
    elif shape.decimals > field.shape.decimals or shape.digits > field.shape.digits:
        yield SpecFault(
            path=path,
            reason=f"{column.name!r} {shape.text} does not fit {field.picture}",
        )


def _total(spec: BatchSpec, path: str, table: str, field: Field) -> Iterator[SpecFault]:
    if field.total is None:
        return
    if not table.startswith(("header", "trailer")):
        yield SpecFault(path=path, reason="a total belongs to header or trailer")
    kind, _, summed = field.total.partition(":")
    if kind == "count" and spec.batch_file.max_records >= 10**field.shape.length:
        yield SpecFault(
            path=path,
            reason=f"{field.picture} cannot count {spec.batch_file.max_records} records",
        )
    if kind == "sum" and summed not in {
        part.name for part in spec.detail if part.shape.kind == "9"
    }:
        yield SpecFault(path=path, reason=f"there is no field of digits {summed!r}")


def _blank_when(spec: BatchSpec, path: str, field: Field) -> Iterator[SpecFault]:
    if field.blank_when is None:
        return
    try:
        compile_predicate(field.blank_when, _schema(spec))
    except ValueError as error:
        yield SpecFault(path=f"{path}.blank-when", reason=str(error))


def _codes(spec: BatchSpec, path: str, field: Field) -> Iterator[SpecFault]:
    column = next((c for c in spec.column if c.name == field.column), None)
    if column is None or field.codes is None or not column.codes:
        return
    for code in {c.code for c in column.codes} - field.codes.keys():
        yield SpecFault(path=f"{path}.codes", reason=f"{code!r} has no code of HKEX's")


def _schema(spec: BatchSpec) -> dict[str, Any]:
    known = tuple(column for column in spec.column if column.type in NAMES)
    return rule_schema(spec.model_copy(update={"column": known}))


def _references(spec: BatchSpec, written: set[str]) -> Iterator[SpecFault]:
    names = {column.name for column in spec.column} | written
    for name in spec.spec.fingerprint:
        if name not in names:
            yield SpecFault(
                path="spec.fingerprint", reason=f"there is no column {name!r}"
            )
    for reason in spec.reason:
        if reason.column and reason.column not in names:
            yield SpecFault(
                path=f"reason.{reason.key}",
                reason=f"there is no column {reason.column!r}",
            )


def _rules(
    spec: BatchSpec, written: set[str]
) -> tuple[list[SpecFault], dict[str, Predicate]]:
    faults: list[SpecFault] = []
    predicates: dict[str, Predicate] = {}
    schema = _schema(spec)
    broken = {name.replace("-", "_") for name in written} - schema.keys()
    names = {column.name for column in spec.column} | written
    for rule in spec.rule:
        path = f"rule.{rule.code}"
        faults.extend(
            SpecFault(path=path, reason=f"there is no column {name!r}")
            for name in rule.columns
            if name not in names
        )
        allowed = {name.replace("_", "-") for name in schema} | names
        if rule.check is None:
            try:
                predicates[rule.code] = compile_predicate(str(rule.wrong_when), schema)
            except ValueError as error:
                if not any(name in str(error) for name in broken):
                    faults.append(SpecFault(path=path, reason=str(error)))
        elif rule.check not in NAMED_CHECKS:
            known = ", ".join(sorted(NAMED_CHECKS))
            reason = f"there is no check {rule.check!r}; known: {known}"
            faults.append(SpecFault(path=path, reason=reason))
        else:
            allowed |= NAMED_CHECKS[rule.check].words
        for text in (rule.message.en, rule.message.zh_hant):
            faults.extend(
                SpecFault(
                    path=f"{path}.message", reason=f"{{{name}}} means nothing here"
                )
                for name in _PLACEHOLDER.findall(text)
                if name not in allowed
            )
    return faults, predicates


def _acknowledgements(spec: BatchSpec) -> Iterator[SpecFault]:
    known = _FILE_NAMES | {"file-name", "file-stem", "any"}
    for number, layer in enumerate(spec.acknowledgement, 1):
        path = f"acknowledgement.{number}"
        for key, pattern in (("name", layer.name), ("where", layer.where)):
            if unknown := NamePattern.parse(pattern).names - known:
                names = ", ".join(sorted(unknown))
                yield SpecFault(path=f"{path}.{key}", reason=f"{names} is not known")
        yield from _matching(path, layer)


def _matching(path: str, layer: Acknowledgement) -> Iterator[SpecFault]:
    """A file must be told apart by its name or by its content."""
    means = {field.means for field in (*layer.header, *layer.detail, *layer.trailer)}
    in_name = NamePattern.parse(layer.name).names
    needs = {
        "file-name": bool({"file-name", "file-stem"} & in_name) or "file-name" in means,
        "indicator+date": {"indicator", "date"} <= means | in_name,
        "file-reference": "file-reference" in means,
    }
    for key in layer.match_on:
        if not needs[key]:
            yield SpecFault(
                path=f"{path}.match-on",
                reason=f"{key}: neither name nor fields carry it",
            )
