"""A firm's lists as data: which columns each has, and how reports stand in for them.

A list is described like a sheet of instructions, by columns and rules, so that its
headings and cells are read by the same field types. A report is the same list laid out
as records. Shipped in ``specs/lists`` and ``specs/lists/reports``; a firm's own files of
the same name, beside its specs, win.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, ValidationError

from rapupload.errors import ConfigError, SpecError, SpecFault
from rapupload.fieldtypes import NAMES
from rapupload.model import SpecStatus
from rapupload.spec.catalogue import shipped_folder
from rapupload.spec.columns import rule_schema
from rapupload.spec.format import (
    BatchSpec,
    Column,
    Rule,
    Slug,
    Strict,
    Words,
)
from rapupload.spec.format import Field as RecordField
from rapupload.spec.loader import LoadedSpec
from rapupload.spec.rules import Predicate, compile_predicate

LISTS = (
    "accounts",
    "stocks",
    "participants",
    "balances",
    "announcements",
    "holdings",
    "tenders",
)
"""Names of all lists, as in table ``[lists]`` of the settings."""

_Kind = TypeVar("_Kind", bound=Strict)
_EVER = dt.date(2026, 1, 1)
_HINT = "Mend the file, or take it away: the shipped one is used then."


class AboutList(Strict):
    """Table ``[list]``: which list, what tells its rows apart, how old it may get."""

    id: Slug
    title: Words
    key: Annotated[tuple[Slug, ...], Field(strict=False, min_length=1)]
    max_age_days: Annotated[int, Field(ge=0)]  # settlement days
    # Event type -> instruction types, by commas; event type -> kind of subscription.
    answered_by: Annotated[dict[str, str], Field(default_factory=dict)]
    kinds: Annotated[dict[str, str], Field(default_factory=dict)]


class ListSpec(Strict):
    """A whole list file."""

    list: AboutList
    column: Annotated[tuple[Column, ...], Field(strict=False, min_length=1)]
    rule: Annotated[tuple[Rule, ...], Field(strict=False)] = ()


def _status(value: object) -> object:
    known = isinstance(value, str) and value in set(SpecStatus)
    return SpecStatus(str(value)) if known else value


class AboutReport(Strict):
    """Table ``[report]``: which report, which list it stands in for, how sure."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,20}$")]
    list: Slug
    title: Words
    status: Annotated[SpecStatus, BeforeValidator(_status)]
    sources: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
    as_of: Slug | None = None  # header field with the date of the report
    complete: bool = False  # what it does not name does not exist
    only_lines: str = ""  # other lines are of other records, and left out


class ReportFile(Strict):
    """Table ``[file]``: the shape of the file as a whole, as in ``[batch-file]``."""

    layout: Annotated[str, Field(pattern="^(fixed|delimited)$")] = "fixed"
    encoding: str = "ascii"
    line_end: str = "crlf"
    delimiter: str = ","


class ReportSpec(Strict):
    """A whole report file."""

    report: AboutReport
    file: ReportFile = ReportFile()
    header: Annotated[tuple[RecordField, ...], Field(strict=False)] = ()
    detail: Annotated[tuple[RecordField, ...], Field(strict=False, min_length=1)]
    trailer: Annotated[tuple[RecordField, ...], Field(strict=False)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedList:
    """A list that is fit for use.

    Attributes:
        loaded: Its columns and rules, in the form in which sheets are checked.
    """

    about: AboutList
    loaded: LoadedSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedReport:
    """A report that is fit for use.

    Attributes:
        layout: Its records, in the form in which batch files are read.
    """

    about: AboutReport
    layout: BatchSpec


def load_list(name: str, own_folder: Path | None = None) -> LoadedList:
    """Read the description of a list, the firm's own or the shipped one.

    Raises:
        SpecError: It has faults; all of them are carried.
        ConfigError: There is no such list.
    """
    if name not in LISTS:
        raise ConfigError(
            f"There is no list {name!r}.", hint=f"Known lists: {', '.join(LISTS)}."
        )
    file = _find(f"{name}.toml", "lists", own_folder)
    content, raw = _read(file)
    found = _validated(ListSpec, raw, file)
    spec = _as_spec(found.list, found.column, found.rule)
    predicates, faults = _checked(found, spec)
    if faults:
        raise SpecError(str(file), tuple(faults), hint=_HINT)
    digest = hashlib.sha256(content).hexdigest()
    loaded = LoadedSpec(
        spec=spec, predicates=predicates, content=content, digest=digest, file=file
    )
    return LoadedList(about=found.list, loaded=loaded)


def load_report(
    report: str, file: Path | None = None, own_folder: Path | None = None
) -> LoadedReport:
    """Read the layout of a report.

    Args:
        report: Its ID.
        file: The layout, where the settings name it.
        own_folder: The firm's own specs.

    Raises:
        SpecError: It has faults, or cannot be read.
    """
    place = file or _find(f"{report}.toml", "lists/reports", own_folder)
    _, raw = _read(place)
    found = _validated(ReportSpec, raw, place)
    faults = []
    if found.report.id != report:
        reason = f"this is the layout of {found.report.id}, not of {report}"
        faults.append(SpecFault(path="report.id", reason=reason))
    if found.report.list not in LISTS:
        reason = f"{found.report.list!r} is no list; known: {', '.join(LISTS)}"
        faults.append(SpecFault(path="report.list", reason=reason))
        raise SpecError(str(place), tuple(faults), hint=_HINT)
    columns = load_list(found.report.list, own_folder).loaded.spec.column
    faults += _unknown_columns(found, columns)
    fields = {field.name for field in found.header}
    if found.report.as_of is not None and found.report.as_of not in fields:
        reason = f"there is no header field {found.report.as_of!r}"
        faults.append(SpecFault(path="report.as-of", reason=reason))
    if faults:
        raise SpecError(str(place), tuple(faults), hint=_HINT)
    return LoadedReport(about=found.report, layout=_as_layout(found, columns, place))


def _find(name: str, folder: str, own_folder: Path | None) -> Path:
    own = own_folder / folder / name if own_folder is not None else None
    return (
        own if own is not None and own.is_file() else shipped_folder() / folder / name
    )


def _read(file: Path) -> tuple[bytes, dict[str, Any]]:
    try:
        content = file.read_bytes()
        return content, tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        fault = SpecFault(path="file", reason=error.strerror or "cannot be read")
        raise SpecError(str(file), (fault,), hint=_HINT) from error
    except (ValueError, RecursionError) as error:
        fault = SpecFault(path="file", reason=f"not TOML: {error}")
        raise SpecError(str(file), (fault,), hint=_HINT) from error


def _validated(kind: type[_Kind], raw: dict[str, Any], file: Path) -> _Kind:
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        faults = tuple(
            SpecFault(
                path=".".join(str(s + 1) if isinstance(s, int) else s for s in f["loc"])
                or "file",
                reason=f["msg"].removeprefix("Value error, "),
            )
            for f in error.errors(include_url=False, include_context=False)
        )
        raise SpecError(str(file), faults, hint=_HINT) from error


def _as_spec(
    about: AboutList, columns: tuple[Column, ...], rules: tuple[Rule, ...]
) -> BatchSpec:
    """Return the list as a sheet; it never becomes a batch file."""
    return BatchSpec.model_validate(
        {
            "spec": {
                "id": about.id,
                "title": about.title,
                "version": 1,
                "status": SpecStatus.CONFIRMED,
                "effective-from": _EVER,
                "sources": ["a list of the firm"],
                "fingerprint": list(about.key),
            },
            "batch-file": {"name": "LIST", "folder": "/list"},
            "detail": [{"name": "none", "picture": "X(1)", "value": ""}],
            "column": list(columns),
            "rule": list(rules),
        }
    )


def _as_layout(found: ReportSpec, columns: tuple[Column, ...], file: Path) -> BatchSpec:
    about = found.report
    raw = {
        "spec": {
            "id": about.list,
            "title": about.title,
            "version": 1,
            "status": about.status,
            "effective-from": _EVER,
            "sources": list(about.sources),
            "fingerprint": [column.name for column in columns],
        },
        "batch-file": {
            "name": "REPORT",
            "folder": "/download",
            **found.file.model_dump(by_alias=True),
        },
        "header": list(found.header),
        "detail": list(found.detail),
        "trailer": list(found.trailer),
        "column": list(columns),
    }
    return _validated(BatchSpec, raw, file)


def _checked(
    found: ListSpec, spec: BatchSpec
) -> tuple[dict[str, Predicate], list[SpecFault]]:
    names = {column.name for column in found.column}
    faults = [
        SpecFault(path=f"column.{column.name}", reason=f"{column.type!r} is no type")
        for column in found.column
        if column.type not in NAMES
    ]
    faults += [
        SpecFault(path="list.key", reason=f"there is no column {name!r}")
        for name in found.list.key
        if name not in names
    ]
    predicates: dict[str, Predicate] = {}
    if not faults:
        schema = rule_schema(spec)
        for rule in found.rule:
            try:
                predicates[rule.code] = compile_predicate(str(rule.wrong_when), schema)
            except ValueError as error:
                fault = SpecFault(path=f"rule.{rule.code}", reason=str(error))
                faults.append(fault)
    return predicates, faults


def _unknown_columns(found: ReportSpec, columns: tuple[Column, ...]) -> list[SpecFault]:
    names = {column.name for column in columns}
    return [
        SpecFault(
            path=f"detail.{number}", reason=f"there is no column {field.column!r}"
        )
        for number, field in enumerate(found.detail, 1)
        if field.column is not None and field.column not in names
    ]
