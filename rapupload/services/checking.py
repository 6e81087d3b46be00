"""The check of a source file, from the path to the findings; changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import polars as pl

from rapupload import batches
from rapupload.config import Settings
from rapupload.errors import UsageError
from rapupload.model import Environment, Scope, Severity, Text
from rapupload.services.joining import context_for, stock_keys, wanted_lists
from rapupload.services.ledger import (
    NOTHING_EARLIER,
    Past,
    Reckoned,
    known_rows,
    look_back,
    reckon_with,
    shared_lookups,
)
from rapupload.services.lists import LIST_CODES, read_lists
from rapupload.shaping import shape
from rapupload.sources import Limits, Stamp, read_table
from rapupload.sources.remarks import REMARKS
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.format import BatchSpec
from rapupload.spec.headings import Vocabulary
from rapupload.spec.loader import LoadedSpec
from rapupload.spec.mapping import (
    ControlTotals,
    LoadedMapping,
    Mapping,
    control_faults,
    load_mapping,
    vocabulary_of,
)
from rapupload.table import ROW, Table
from rapupload.transport.hours import HONG_KONG
from rapupload.validation import (
    Asked,
    Checked,
    Context,
    Lookup,
    check,
    with_findings,
)
from rapupload.validation.cells import missing_columns, see_headings
from rapupload.validation.findings import SCHEMA, empty, one


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source file, and how to read it.

    Attributes:
        type: Instruction type, such as ``ati``.
        sheet: Sheet name; None to find the one that fits.
        header_row: Row of the headings; None to find it.
        encoding: Encoding of a CSV file; None for UTF-8.
        mapping: File that says how a desk's own layout is read.
        summing: Add up rows of several clients; None = as the mapping says.
        control: Control totals given beside the file; they win over the mapping's.
        lists: Files of the firm's lists that win over those of the settings.
    """

    file: Path
    type: str
    sheet: str | None = None
    header_row: int | None = None
    encoding: str | None = None
    mapping: Path | None = None
    summing: bool | None = None
    control: ControlTotals = field(default_factory=ControlTotals)
    lists: dict[str, Path] = field(default_factory=dict)

    def load_mapping(self, spec: BatchSpec) -> LoadedMapping | None:
        """Read the mapping, if there is one.

        Raises:
            ConfigError: It cannot be read, or has faults.
        """
        return None if self.mapping is None else load_mapping(self.mapping, spec)


def check_source(
    source: Source,
    catalogue: Catalogue,
    settings: Settings | None,
    now: dt.datetime,
) -> Checked:
    """Read and check one source file by itself, without what was prepared before.

    Raises:
        UsageError: There is no such instruction type.
        SpecError: Its spec has faults.
        SourceError: The file cannot be read at all.
        ConfigError: The mapping, or a list, cannot be read or has faults.
    """
    return reckon_source(source, catalogue, settings, now, None).checked


def reckon_source(
    source: Source,
    catalogue: Catalogue,
    settings: Settings | None,
    now: dt.datetime,
    past: Past | None,
) -> Reckoned:
    """Read and check one source file, with what earlier batches take from its limits.

    Args:
        source: The file.
        catalogue: All specs.
        settings: None where a file is checked without an account.
        now: The present instant.
        past: Where earlier batches are looked for; None = nowhere, and the entries of
            the ledger are reported as not checked.

    Raises:
        UsageError, SpecError, SourceError, ConfigError: As ``check_source`` does.
        JournalError: The journal cannot be read.
    """
    loaded = catalogue.spec(source.type)
    mapped = source.load_mapping(loaded.spec)
    mapping = mapped.mapping if mapped else None
    asked = Asked(
        summing=wants_summing(source, mapping, loaded.spec),
        control=control_totals(source, mapping, loaded.spec),
    )
    read = _read(source, loaded, settings, mapping)
    table = shape(read, loaded.spec, mapping)
    lists = read_lists(wanted_lists(loaded.spec), settings, now, given=source.lists)
    hints = _other_type(table, source.type, catalogue)
    remarks = pl.concat([_remarks(table), *hints, lists.notes])

    def look(earlier: tuple[Lookup, ...]) -> tuple[Checked, Context]:
        context = context_for(loaded.spec, settings, now, lists, earlier)
        checked = check(
            table, loaded, context, remarks=remarks, words=_words(), asked=asked
        )
        return replace(checked, mapping=mapped), context

    # At first as if nothing came before, which is so for most files.
    first = shared_lookups(loaded.spec, NOTHING_EARLIER) if past else ()
    checked, context = look(first)
    known = known_rows(checked, context)
    stocks = stock_keys(context)
    earlier = look_back(known, loaded.spec, past, stocks) if past else None
    shared = shared_lookups(loaded.spec, earlier) if earlier else ()
    if len(shared) < len(first) or any(lookup.frame.height for lookup in shared):
        checked, context = look(shared)
        known = known_rows(checked, context)
    return reckon_with(checked, context, known, earlier)


def control_totals(
    source: Source, mapping: Mapping | None, spec: BatchSpec
) -> dict[str, Decimal]:
    """Return what the source should come to, by name.

    Raises:
        UsageError: The instruction type has no such figure.
    """
    if faults := control_faults(source.control, spec):
        raise UsageError(
            f"These control totals do not fit {spec.id}: "
            f"{', '.join(fault.reason for fault in faults)}.",
            hint="Give count=N, COLUMN=FIGURE for a column of figures, or HKD=FIGURE.",
        )
    known = mapping.control_totals.given() if mapping else {}
    return known | source.control.given()


def wants_summing(source: Source, mapping: Mapping | None, spec: BatchSpec) -> bool:
    """Tell whether rows are to be added up.

    Raises:
        UsageError: It was asked for, and the type has nothing to be summed.
    """
    wanted = source.summing
    if wanted is None:
        return bool(mapping and mapping.summing)
    if wanted and spec.summing is None:
        raise UsageError(
            f"Rows of {spec.id} cannot be summed: each is an instruction of its own.",
            hint="Leave --sum out.",
        )
    return wanted


def _read(
    source: Source,
    loaded: LoadedSpec,
    settings: Settings | None,
    mapping: Mapping | None,
) -> Table:
    """Read a source; what the call says wins over what the mapping says."""
    said = mapping or _NOTHING_SAID
    return read_table(
        source.file,
        vocabulary_of(loaded.spec, mapping),
        sheet=source.sheet or said.sheet,
        header_row=source.header_row or said.header_row,
        encoding=source.encoding or said.encoding,
        limits=limits_of(settings),
        template=Stamp(
            type=loaded.spec.id, version=loaded.spec.spec.version, digest=loaded.digest
        ),
    )


def limits_of(settings: Settings | None) -> Limits:
    """Return above what size a source is refused."""
    if settings is None:
        return Limits()
    return Limits(rows=settings.limits.rows, megabytes=settings.limits.megabytes)


_NOTHING_SAID = Mapping(name="none", type="none")
_TYPE_DOUBTFUL = Text(
    "The headings fit {other} better than {type}: is --type {other} meant?",
    "標題較符合 {other} 而非 {type}：是否應用 --type {other}？",
)
_REFERENCE_USED = Text(
    "The reference {reference} was used on {date} in batch {batch} (state {state}).",
    "參考編號 {reference} 已於 {date} 在批次 {batch} 使用（狀態 {state}）。",
)
OWN_CODES: dict[str, Text] = {
    "reference-used-before": _REFERENCE_USED,
    "type-doubtful": _TYPE_DOUBTFUL,
    **LIST_CODES,
}
"""Finding codes of this module, with their words."""


def _words() -> dict[str, Text]:
    read = {code: Text(en, zh) for code, (_, en, zh) in REMARKS.items()}
    return read | OWN_CODES


def _remarks(table: Table) -> pl.DataFrame:
    positions = {header.letter: header.position for header in table.headers}
    found = [
        one(
            remark.code,
            REMARKS[remark.code][0],
            _scope(remark.row, REMARKS[remark.code][0]),
            {"detail": remark.detail},
            row=remark.row,
            position=positions.get(remark.letter, -1),
        )
        for remark in table.remarks
    ]
    return pl.concat([empty(), *found])


def _scope(row: int | None, severity: Severity) -> Scope:
    """An error of the reader without a row concerns the whole file."""
    if row is None:
        return Scope.BATCH
    return Scope.ROW if severity is Severity.ERROR else Scope.BATCH


def _other_type(table: Table, type_: str, catalogue: Catalogue) -> list[pl.DataFrame]:
    """Name the type that the headings fit, where this one lacks columns it needs."""
    headings = [header.text for header in table.headers]
    spec = catalogue.spec(type_).spec
    mine = Vocabulary(spec)
    if not missing_columns(spec, table.shaping or see_headings(table, spec)):
        return []
    scores = {}
    for other in catalogue.types:
        words = Vocabulary(catalogue.spec(other).spec)
        if other != type_ and not words.match(headings).missing:
            scores[other] = words.score(headings)
    if not scores or max(scores.values()) < mine.score(headings):
        return []
    best = max(scores, key=lambda name: scores[name])
    words_ = {"other": best, "type": type_}
    return [one("type-doubtful", Severity.NOTE, Scope.BATCH, words_)]


def with_wide_totals(checked: Checked, files: Sequence[batches.BatchFile]) -> Checked:
    """Add the finding for totals that lose leading digits, where the spec has the rule."""
    rules = [r for r in checked.spec.spec.rule if r.check == "total-wide"]
    found = [
        one(
            rule.code,
            rule.severity,
            Scope.BATCH,
            {"total": overflow.total, "field": overflow.field},
        )
        for rule in rules
        for file in files
        for overflow in file.overflows
    ]
    return with_findings(checked, pl.concat(found)) if found else checked


def with_used_references(
    checked: Checked, used: pl.DataFrame, asked: pl.DataFrame | None = None
) -> Checked:
    """Add a warning for each row whose own reference an earlier batch carries.

    Args:
        checked: The check.
        used: Rows of the journal, with ``position`` in what was asked, ``batch``,
            ``state`` and ``created_at``.
        asked: ``row`` and ``own_reference`` of every part; None for the instructions.
    """
    if used.is_empty():
        return checked
    first = used.unique("position", keep="first", maintain_order=True)
    every = checked.instructions if asked is None else asked
    rows = every[first["position"]].select(ROW, "own_reference")
    position = checked.positions.get("own-reference", -1)
    words = pl.struct(
        reference="own_reference",
        date=pl.col("created_at")
        .dt.convert_time_zone(str(HONG_KONG))
        .dt.date()
        .cast(pl.String),
        batch="batch",
        state="state",
    )
    found = rows.hstack(first.select("created_at", "batch", "state")).select(
        code=pl.lit("reference-used-before"),
        severity=pl.lit(Severity.WARNING.value),
        scope=pl.lit(Scope.ROW.value),
        row=ROW,
        position=pl.lit(position),
        value="own_reference",
        words=words.struct.json_encode(),
    )
    return with_findings(checked, found.cast(dict(SCHEMA)))  # type: ignore[arg-type]


def rehearse(checked: Checked, now: dt.datetime) -> Checked:
    """Render the batches without keeping them, so that a check sees what totals say."""
    spec = checked.spec.spec
    values = batches.FileValues(
        participant="B00000",
        account="CB00000001",
        environment=Environment.SIMULATOR,
        market=spec.spec.market,
        date=now.date(),
        time=now.time(),
        indicator=1,
    )
    parts = batches.split(checked.instructions, spec)
    files = [batches.render(part, spec, values) for part in parts]
    return with_wide_totals(checked, files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """Warnings a person lets pass, and why.

    Attributes:
        codes: Finding codes of warnings.
        reason: Why they may pass; kept in the journal.
        valid_rows_only: Rows with errors stay behind and the others go.
    """

    codes: frozenset[str] = frozenset()
    reason: str = ""
    valid_rows_only: bool = False

    def __post_init__(self) -> None:
        if self.codes and not self.reason.strip():
            raise UsageError(
                "A warning can only be accepted with a reason.",
                hint='Add --reason "...".',
            )


def open_warnings(checked: Checked, accepted: Acceptance) -> tuple[str, ...]:
    """Return codes of warnings that nobody has accepted."""
    found = checked.findings.codes(Severity.WARNING)
    return tuple(code for code in found if code not in accepted.codes)


def stops(checked: Checked, accepted: Acceptance) -> str:
    """Return why the file cannot be prepared; empty when it can."""
    errors = checked.findings.count(Severity.ERROR)
    if checked.has_batch_error:
        return "An error concerns the whole file; nothing was prepared."
    if errors and not accepted.valid_rows_only:
        rows = len(checked.rejected)  # an error may also be of a row left out
        where = f" in {_count(rows, 'row')}" if rows else ""
        return f"{_count(errors, 'error')}{where}; nothing was prepared."
    if warnings := open_warnings(checked, accepted):
        return f"Unaccepted warnings: {', '.join(warnings)}; nothing was prepared."
    if not checked.used:
        return "There is no row to prepare."
    return ""


def ways_on(checked: Checked, accepted: Acceptance) -> str:
    """Return how a file that stops may go on without its cells being corrected."""
    errors = checked.findings.codes(Severity.ERROR)
    if "column-missing" in errors:
        command = f"rapupload map FILE --type {checked.spec.spec.id}"
        return f" If the headings are another layout's: {command} finds the columns."
    warnings = open_warnings(checked, accepted)
    if errors or not warnings:
        return ""
    options = " ".join(f"--accept-warning {code}" for code in warnings)
    return f" If all is meant as it is: {options} --reason TEXT."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
