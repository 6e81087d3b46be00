"""The whole check of one table: headings, cells, rules; every row accounted for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

import polars as pl

from rapupload.fieldtypes import problems
from rapupload.fieldtypes.reading import CLEANINGS
from rapupload.model import Scope, Severity, Text
from rapupload.spec.format import BatchSpec, Column
from rapupload.spec.loader import LoadedSpec
from rapupload.spec.mapping import LoadedMapping
from rapupload.spec.typed import typed_frame
from rapupload.table import ROW, Table
from rapupload.validation.cells import (
    ReadCells,
    read_cells,
    see_headings,
    tell_headings,
)
from rapupload.validation.codes import ENGINE_CODES
from rapupload.validation.context import Context
from rapupload.validation.control import compare_control_totals
from rapupload.validation.date_orders import find_mixed_orders
from rapupload.validation.findings import ALSO, SCHEMA, Findings, empty
from rapupload.validation.identities import mask_identities
from rapupload.validation.lineage import CAUSE, INSTRUCTION, held_back, without
from rapupload.validation.meaning import PLACE, NotChecked, judge
from rapupload.validation.summing import (
    Places,
    clients_of,
    first_places,
    sum_rows,
    verify_totals,
)

__all__ = ["Asked", "Checked", "NotChecked", "Summed", "check", "with_findings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A table that was checked.

    Attributes:
        instructions: ``row`` and the canonical text of every spec column, named as in
            rules, for the instructions without an error; where rows were summed also
            ``also``, the other source rows. Several may come from one ``row``.
        rejected: Numbers of the source rows with an error, or held back with one.
        ignored: Row numbers left out, with the reason.
        positions: Spec column -> source column, as far as it is the same in all rows.
        lineage: Pairs of ``instruction`` (index) and ``row``, where that is not one to
            one; None for a plain sheet.
        parts: The rows before they were summed, with their ``instruction``: carried
            columns and own references of every client. None where nothing was summed.
        mapping: How the desk's layout was read; None where it was our own.
        control: The control totals that it was compared with.
        figures: What the ledger says of limits, as ``reckoning.FIGURES``; None where it
            was not asked.
        places: Source column of the cells of every instruction, for those columns where
            it is not the same in all rows.
        missing: Mandatory columns that the sheet lacks, by their names in rules.
    """

    table: Table
    spec: LoadedSpec
    instructions: pl.DataFrame
    rejected: pl.Series
    ignored: Mapping[int, str]
    findings: Findings
    not_checked: tuple[NotChecked, ...]
    positions: Mapping[str, int]
    lineage: pl.DataFrame | None = None
    parts: pl.DataFrame | None = None
    mapping: LoadedMapping | None = None
    control: Mapping[str, Decimal] = field(default_factory=dict)
    figures: pl.DataFrame | None = None
    places: pl.DataFrame = field(default_factory=pl.DataFrame)
    missing: Mapping[str, Column] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Return the number of source rows; always used + rejected + ignored."""
        return self.table.rows

    @property
    def used(self) -> int:
        """Return the number of source rows that become instructions."""
        if self.lineage is None:
            return self.instructions.height
        return self.lineage[ROW].n_unique()

    @property
    def summed(self) -> Summed | None:
        """Return what was summed into the instructions; None where nothing was."""
        if self.parts is None:
            return None
        together = self.instructions[ALSO].is_not_null()
        index = together.arg_true().cast(pl.UInt32)
        rows = self.parts.filter(pl.col(INSTRUCTION).is_in(index.implode()))
        return Summed(
            instructions=int(together.sum()),
            rows=rows[ROW].n_unique(),
            clients=clients_of(rows),
        )

    @property
    def has_batch_error(self) -> bool:
        """Tell whether an error concerns the file as a whole."""
        return _has_batch_error(self.findings.frame)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summed:
    """How many instructions were summed, from how many rows and clients.

    Attributes:
        clients: None where the sheet names none.
    """

    instructions: int
    rows: int
    clients: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a mapping or a person asks of a check, beyond the file.

    Attributes:
        summing: Add up rows with an equal key, as the spec's ``[summing]`` says.
        control: What the source should come to: ``count``, columns, currencies.
    """

    summing: bool = False
    control: Mapping[str, Decimal] = field(default_factory=dict)


NOTHING_ASKED = Asked()


def check(
    table: Table,
    loaded: LoadedSpec,
    context: Context,
    *,
    remarks: pl.DataFrame | None = None,
    words: Mapping[str, Text] | None = None,
    asked: Asked = NOTHING_ASKED,
) -> Checked:
    """Check a table against a spec; never raises on any content of cells.

    Args:
        table: As it was read and, where it is not plain, shaped.
        loaded: Spec and compiled rules.
        context: Day, account, joined data.
        remarks: Findings of the reader, in the columns of ``findings.SCHEMA``.
        words: Messages of the reader's codes.
        asked: What was asked for beyond the file.
    """
    spec = loaded.spec
    seen = table.shaping or see_headings(table, spec)
    found = [*tell_headings(table, spec, seen), *([] if remarks is None else [remarks])]
    cells = read_cells(table, spec, seen, context)
    found += [
        *cells.findings,
        *compare_control_totals(cells, spec, asked.control),
        find_mixed_orders(table, spec, seen.columns),
    ]
    instructions, failed, lineage = cells.canonical, cells.failed, None
    is_summed = asked.summing and spec.summing is not None
    if is_summed:
        places = Places(by_row=cells.places, by_column=dict(seen.columns))
        summed = sum_rows(instructions, failed, spec, places, cells.lost)
        found += summed.findings
        instructions, failed, lineage = (
            summed.instructions,
            summed.failed,
            summed.lineage,
        )
        where = first_places(cells.places, lineage)
    else:
        where = cells.places
        if table.shaping is not None:
            lineage = instructions.select(ROW).with_row_index(INSTRUCTION)
    typed = _typed(instructions, spec, where)
    missing = _missing(spec, cells)
    meaning = judge(
        typed.filter(~failed),
        typed.filter(failed),
        loaded,
        context,
        cells.positions,
        missing,
    )
    checked = Checked(
        table=table,
        spec=loaded,
        instructions=instructions,
        rejected=pl.Series(ROW, [], dtype=pl.UInt32),
        ignored=table.ignored,
        findings=Findings(
            frame=empty(),
            messages={**messages(spec), **(words or {})},
            sheet=table.sheet,
            headers={header.position: header for header in table.headers},
        ),
        not_checked=meaning.not_checked,
        positions=cells.positions,
        control=asked.control,
        lineage=lineage,
        parts=_parts(cells.canonical, lineage) if is_summed else None,
        places=where,
        missing=missing,
    )
    every = pl.concat([empty(), *found, *meaning.findings])
    if table.shaping is not None:  # one cell, one row may serve several instructions
        every = every.unique(maintain_order=True)
    return with_findings(checked, every)


def with_findings(checked: Checked, more: pl.DataFrame) -> Checked:
    """Add findings to a check; their errors reject rows and all that goes with them.

    Args:
        checked: The check so far.
        more: In the columns of ``findings.SCHEMA``.
    """
    more = mask_identities(more, checked.spec.spec, checked.instructions)
    frame = pl.concat([checked.findings.frame, more])
    rows = _numbers(checked.table)
    if _has_batch_error(frame):
        return _settled(checked, frame, rows)
    errors = frame.filter(pl.col("severity") == Severity.ERROR.value)["row"]
    if checked.lineage is not None:
        held = held_back(checked.lineage, errors)
        behind = held.filter(~pl.col(ROW).is_in(errors.implode()))
        frame = pl.concat([frame, _held(behind)])
        errors = pl.concat([errors, behind[ROW]])
    return _settled(checked, frame, rows.filter(rows.is_in(errors.implode())))


def _settled(checked: Checked, frame: pl.DataFrame, rejected: pl.Series) -> Checked:
    """Return the check with these findings and without the rows rejected."""
    lineage, parts, places = checked.lineage, checked.parts, checked.places
    if lineage is None:
        kept = ~pl.col(ROW).is_in(rejected.implode())
        instructions = checked.instructions.filter(kept)
    else:
        placed = checked.instructions.hstack(checked.places.rename(_placed))
        placed, left = without(placed, lineage, rejected)
        instructions = placed.select(checked.instructions.columns)
        names = checked.places.columns
        places = placed.select(pl.col(_placed(name)).alias(name) for name in names)
        if parts is not None:
            parts = parts.filter(~pl.col(ROW).is_in(rejected.implode()))
            parts = parts.with_columns(left[INSTRUCTION])
            _verify(parts, instructions, checked.spec.spec)
        lineage = left
    return replace(
        checked,
        instructions=instructions,
        rejected=rejected,
        lineage=lineage,
        parts=parts,
        places=places,
        findings=replace(checked.findings, frame=frame),
    )


def _missing(spec: BatchSpec, cells: ReadCells) -> dict[str, Column]:
    """Return the mandatory columns without a heading for which nothing stands in."""
    if cells.canonical.is_empty():
        return {}
    return {
        column.sql_name: column
        for column in spec.column
        if column.need == "mandatory"
        and column.name not in cells.positions
        and column.sql_name in cells.canonical.columns
        and cells.canonical[column.sql_name].null_count() == cells.canonical.height
    }


def _placed(name: str) -> str:
    return PLACE + name


def _verify(parts: pl.DataFrame, instructions: pl.DataFrame, spec: BatchSpec) -> None:
    assert spec.summing is not None
    verify_totals(parts, instructions, spec, spec.summing.sum)


def _parts(canonical: pl.DataFrame, lineage: pl.DataFrame | None) -> pl.DataFrame:
    assert lineage is not None
    return canonical.with_columns(lineage[INSTRUCTION])


def _numbers(table: Table) -> pl.Series:
    """Return the numbers of the source rows that are not ignored, each once."""
    rows = table.frame[ROW]
    return rows if table.shaping is None else rows.unique(maintain_order=True)


def _held(behind: pl.DataFrame) -> pl.DataFrame:
    known = ENGINE_CODES["row-held-back"]
    return behind.select(
        code=pl.lit("row-held-back"),
        severity=pl.lit(known.severity.value),
        scope=pl.lit(known.scope.value),
        row=ROW,
        position=pl.lit(-1, dtype=pl.Int32),
        value=pl.lit(""),
        words=pl.struct(row=CAUSE).struct.json_encode(),
    ).cast(dict(SCHEMA))  # type: ignore[arg-type]


def _has_batch_error(frame: pl.DataFrame) -> bool:
    errors = pl.col("severity") == Severity.ERROR.value
    return not frame.filter(errors & (pl.col("scope") == Scope.BATCH.value)).is_empty()


def _typed(
    canonical: pl.DataFrame, spec: BatchSpec, places: pl.DataFrame
) -> pl.DataFrame:
    known = [name for name in (ROW, ALSO) if name in canonical.columns]
    typed = canonical.select(known).hstack(typed_frame(canonical, spec))
    return typed.hstack(places.rename(_placed))


def messages(spec: BatchSpec) -> dict[str, Text]:
    """Return the words of every finding code that can come up with this spec."""
    words = {code: engine.message for code, engine in ENGINE_CODES.items()}
    words |= {code: problem.message for code, problem in problems().items()}
    words |= dict(CLEANINGS)
    return words | {rule.code: rule.message.text for rule in spec.rule}
