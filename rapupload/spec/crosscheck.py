"""What one table of a spec says about another: references, headings, rules, answers.

What concerns the fields of records is in ``record_faults``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from rapupload.errors import SpecFault
from rapupload.fieldtypes import NAMES
from rapupload.fieldtypes.code import fold_codes
from rapupload.fieldtypes.registry import validate
from rapupload.spec.checks import NAMED_CHECKS
from rapupload.spec.columns import rule_schema, shape_of
from rapupload.spec.format import Acknowledgement, BatchSpec, Column, Field
from rapupload.spec.headings import normalise
from rapupload.spec.ledger import ledger_faults
from rapupload.spec.naming import NamePattern
from rapupload.spec.record_faults import record_faults
from rapupload.spec.rules import Predicate, compile_predicate
from rapupload.spec.shaping_faults import shaping_faults
from rapupload.spec.written import Written

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_FILE_NAMES = {"participant", "account", "market", "indicator", "date", "time"}
_FOLDERS = {"participant", "account", "market", "date"}
_OWN_REFERENCE = "own-reference"  # journal, answers and resubmission go by it
_PERSONAL = {"identity-document"}  # shown to nobody, whoever wrote the spec
_RESERVED = {
    "row",
    "also",
    "parts",
    "fingerprint",
}  # what our own tables call their columns


def cross_check(
    spec: BatchSpec, raw: dict[str, Any]
) -> tuple[list[SpecFault], dict[str, Predicate]]:
    """Return all faults between tables, and the compiled rules.

    Args:
        spec: What could be read of the file.
        raw: The file as written.
    """
    written = Written.of(raw, spec)
    whole = _readable(spec)
    faults = [*shaping_faults(whole, written)]
    readable, written = _without_alternatives(whole, written)
    faults += [
        *_repeated(spec),
        *_columns(spec, written),
        *_headings(spec),
        *_names(spec),
        *record_faults(readable, written),
        *_references(spec, written),
        *_acknowledgements(spec),
    ]
    rule_faults, predicates = _rules(spec, readable, written)
    names = frozenset(column.name for column in spec.column) | written.columns
    codes = frozenset(rule.code for rule in spec.rule)
    faults += ledger_faults(readable, names, codes)
    return faults + rule_faults, predicates


def _repeated(spec: BatchSpec) -> Iterator[SpecFault]:
    groups: dict[str, Iterable[str]] = {
        "header": (field.name for field in spec.header),
        "detail": (field.name for field in spec.detail),
        "trailer": (field.name for field in spec.trailer),
        "column": (column.name for column in spec.column),
        "rule": (rule.code for rule in spec.rule),
        "ledger": (entry.code for entry in spec.ledger),
        "reason": (reason.key for reason in spec.reason),
    }
    for table, names in groups.items():
        for name, count in Counter(names).items():
            if count > 1 and name != "filler":
                yield SpecFault(path=table, reason=f"{name!r} is defined {count} times")
    for code, count in Counter(c for r in spec.reason for c in r.codes).items():
        if count > 1:
            yield SpecFault(path="reason", reason=f"code {code!r} has {count} meanings")


def _columns(spec: BatchSpec, written: Written) -> Iterator[SpecFault]:
    if _OWN_REFERENCE not in written.columns:
        reason = f"there is no column {_OWN_REFERENCE!r}, which tells rows apart"
        yield SpecFault(path="column", reason=reason)
    for number, column in enumerate(spec.column, 1):
        path = f"column.{number}"
        if column.name in _RESERVED:
            reason = f"{column.name!r} is a name of our own; call the column otherwise"
            yield SpecFault(path=f"{path}.name", reason=reason)
        if column.type not in NAMES:
            yield SpecFault(
                path=f"{path}.type",
                reason=f"{column.type!r} is not a field type; known: "
                + ", ".join(sorted(NAMES)),
            )
            continue
        if column.type in _PERSONAL and not column.personal:
            reason = f"{column.type} is about a person; say personal = true"
            yield SpecFault(path=f"{path}.personal", reason=reason)
        twice = _spelt_twice(column)
        if twice:
            yield SpecFault(path=f"{path}.codes", reason=twice)
        else:
            yield from _default(f"{path}.default", column)


@lru_cache(maxsize=256)
def _spelt_twice(column: Column) -> str:
    """Say which spelling stands for two codes: delivery for receipt, perhaps."""
    meanings: dict[str, str] = {}
    for code in column.codes:
        words = (code.code, code.label.en, code.label.zh_hant, *code.aliases)
        for spelling in fold_codes(dict.fromkeys(words, code.code)):
            other = meanings.setdefault(spelling, code.code)
            if other != code.code:
                return f"{spelling!r} stands for {other} and for {code.code}"
    return ""


def _readable(spec: BatchSpec) -> BatchSpec:
    """Return the spec with only those columns that cells can be read by."""
    columns = (c for c in spec.column if c.type in NAMES and not _spelt_twice(c))
    return spec.model_copy(update={"column": tuple(columns)})


def _without_alternatives(
    spec: BatchSpec, written: Written
) -> tuple[BatchSpec, Written]:
    """Leave out what never reaches an instruction: no field or rule may name it."""
    gone = {column.name for column in spec.column if column.is_alternative}
    columns = tuple(c for c in spec.column if c.name not in gone)
    return (
        spec.model_copy(update={"column": columns}),
        replace(written, columns=written.columns - gone),
    )


def _default(path: str, column: Column) -> Iterator[SpecFault]:
    """A default goes into the file as it stands, so it must be canonical."""
    if column.default is None:
        return
    try:
        value = validate(column.type, column.default, shape=shape_of(column))
    except ValueError as error:
        reason = f"{column.default!r} cannot be read as {column.type} ({error})"
        yield SpecFault(path=path, reason=reason)
        return
    if value != column.default:
        reason = f"{column.default!r} must be written as {value!r}"
        yield SpecFault(path=path, reason=reason)


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
        if not heading:
            yield SpecFault(
                path="column",
                reason=f"{', '.join(sorted(names))}: a heading of signs alone",
            )
        elif len(names) > 1:
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


def _references(spec: BatchSpec, written: Written) -> Iterator[SpecFault]:
    names = {column.name for column in spec.column} | written.columns
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
    spec: BatchSpec, readable: BatchSpec, written: Written
) -> tuple[list[SpecFault], dict[str, Predicate]]:
    faults: list[SpecFault] = []
    predicates: dict[str, Predicate] = {}
    schema = rule_schema(readable)
    broken = {name.replace("-", "_") for name in written.columns} - schema.keys()
    names = {column.name for column in spec.column} | written.columns
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
            lacking = ", ".join(sorted(NAMED_CHECKS[rule.check].columns - names))
            if lacking:
                reason = f"the check {rule.check!r} needs the columns {lacking}"
                faults.append(SpecFault(path=path, reason=reason))
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
        for key, pattern, allowed in (
            ("name", layer.name, known),
            ("where", layer.where, _FOLDERS),
        ):
            if unknown := NamePattern.parse(pattern).names - allowed:
                names = ", ".join(sorted(unknown))
                yield SpecFault(path=f"{path}.{key}", reason=f"{names} is not known")
        for table in ("header", "detail", "trailer"):
            yield from _answer_fields(f"{path}.{table}", getattr(layer, table))
        meanings = {field.means for field in layer.detail}
        for needed in ("line", "result"):
            if layer.detail and needed not in meanings:
                reason = f'no field of the detail has means = "{needed}"'
                yield SpecFault(path=f"{path}.detail", reason=reason)
        yield from _matching(path, layer)


def _answer_fields(path: str, fields: tuple[Field, ...]) -> Iterator[SpecFault]:
    for number, field in enumerate(fields, 1):
        if field.value is None and field.means is None:
            reason = "an answer has values and meanings only"
            yield SpecFault(path=f"{path}.{number} ({field.name})", reason=reason)
    for name, count in Counter(field.name for field in fields).items():
        if count > 1 and name != "filler":
            yield SpecFault(path=path, reason=f"{name!r} is defined {count} times")
    for means, count in Counter(f.means for f in fields if f.means).items():
        if count > 1:
            yield SpecFault(path=path, reason=f"{count} fields mean {means!r}")


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
