"""The whole check of one table: headings, cells, rules; every row accounted for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from rapupload.fieldtypes import problems
from rapupload.fieldtypes.reading import CLEANINGS
from rapupload.fieldtypes.registry import odd_characters, validate
from rapupload.model import Scope, Severity, Text
from rapupload.spec.columns import shape_of
from rapupload.spec.format import BatchSpec, Column
from rapupload.spec.headings import Vocabulary
from rapupload.spec.loader import LoadedSpec
from rapupload.spec.typed import typed_frame
from rapupload.table import ROW, Table
from rapupload.validation.amounts import find_other_currencies
from rapupload.validation.codes import ENGINE_CODES
from rapupload.validation.context import Context
from rapupload.validation.findings import Findings, empty, fill, one
from rapupload.validation.meaning import NotChecked, judge
from rapupload.validation.shape import read_column

__all__ = ["Checked", "NotChecked", "check"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A table that was checked.

    Attributes:
        instructions: ``row`` and the canonical text of every spec column, for the rows
            without an error; named as in rules.
        rows: Source rows; always used + rejected + ignored.
        rejected: Row numbers with an error.
        ignored: Row numbers left out, with the reason.
    """

    table: Table
    spec: LoadedSpec
    instructions: pl.DataFrame
    rejected: pl.Series
    ignored: Mapping[int, str]
    findings: Findings
    not_checked: tuple[NotChecked, ...]

    @property
    def rows(self) -> int:
        """Return the number of source rows."""
        return self.table.rows

    @property
    def used(self) -> int:
        """Return the number of rows that become instructions."""
        return self.instructions.height

    @property
    def has_batch_error(self) -> bool:
        """Tell whether an error concerns the file as a whole."""
        frame = self.findings.frame
        return not frame.filter(
            (pl.col("severity") == Severity.ERROR.value)
            & (pl.col("scope") == Scope.BATCH.value)
        ).is_empty()


def check(
    table: Table,
    loaded: LoadedSpec,
    context: Context,
    *,
    remarks: pl.DataFrame | None = None,
    words: Mapping[str, Text] | None = None,
) -> Checked:
    """Check a table against a spec; never raises on any content of cells.

    Args:
        table: What the reader handed on.
        loaded: Spec and compiled rules.
        context: Day, account, joined data.
        remarks: Findings of the reader, in the columns of ``findings.SCHEMA``.
        words: Messages of the reader's codes.
    """
    spec = loaded.spec
    match = Vocabulary(spec).match(header.text for header in table.headers)
    sources = {name: table.headers[index] for name, index in match.columns.items()}
    positions = {name: header.position for name, header in sources.items()}
    found = [*_headings(table, spec), *([] if remarks is None else [remarks])]
    columns: dict[str, pl.Series] = {}
    failed = pl.repeat(value=False, n=table.frame.height, eager=True, dtype=pl.Boolean)
    for column in spec.column:
        values, wrong, findings = _column(table, column, positions, context)
        columns[column.sql_name] = values.alias(column.sql_name)
        failed |= wrong
        found.append(findings)
    others = find_other_currencies(table, spec, positions, columns)
    failed |= table.frame[ROW].is_in(others["row"].implode())
    found.append(others)
    canonical = table.frame.select(ROW).with_columns(columns.values())
    passed, kept_out = canonical.filter(~failed), canonical.filter(failed)
    meaning = judge(
        _typed(passed, spec), _typed(kept_out, spec), loaded, context, positions
    )
    frame = pl.concat([empty(), *found, *meaning.findings])
    rejected = _rejected(frame, table)
    return Checked(
        table=table,
        spec=loaded,
        instructions=canonical.filter(~pl.col(ROW).is_in(rejected.implode())),
        rejected=rejected,
        ignored=table.ignored,
        findings=Findings(
            frame=frame,
            messages={**messages(spec), **(words or {})},
            sheet=table.sheet,
            headers={header.position: header for header in table.headers},
        ),
        not_checked=meaning.not_checked,
    )


def _rejected(frame: pl.DataFrame, table: Table) -> pl.Series:
    """Return the rows with an error; an error of the whole file rejects all of them."""
    errors = frame.filter(pl.col("severity") == Severity.ERROR.value)
    if errors.filter(pl.col("scope") == Scope.BATCH.value).height:
        return table.frame[ROW]
    return table.frame[ROW].filter(table.frame[ROW].is_in(errors["row"].implode()))


def _typed(canonical: pl.DataFrame, spec: BatchSpec) -> pl.DataFrame:
    return canonical.select(ROW).hstack(typed_frame(canonical, spec))


def messages(spec: BatchSpec) -> dict[str, Text]:
    """Return the words of every finding code that can come up with this spec."""
    words = {code: engine.message for code, engine in ENGINE_CODES.items()}
    words |= {code: problem.message for code, problem in problems().items()}
    words |= dict(CLEANINGS)
    return words | {rule.code: rule.message.text for rule in spec.rule}


def _headings(table: Table, spec: BatchSpec) -> list[pl.DataFrame]:
    match = Vocabulary(spec).match(header.text for header in table.headers)
    found = [
        _batch("column-missing", _labels(spec.column_named(name)))
        for name in match.missing
    ]
    for name, indexes in match.repeated.items():
        places = ", ".join(
            f"{table.headers[i].letter} ({table.headers[i].text})" for i in indexes
        )
        words = {**_labels(spec.column_named(name)), "list": places}
        found.append(_batch("column-repeated", words))
    for index in match.unknown:
        header = table.headers[index]
        found.append(
            _batch("column-unknown", {"list": header.text}, position=header.position)
        )
    return found


def _batch(code: str, words: dict[str, str], position: int = -1) -> pl.DataFrame:
    known = ENGINE_CODES[code]
    return one(code, known.severity, known.scope, words, position=position)


def _labels(column: Column) -> dict[str, str]:
    return {"label": column.label.en, "label_zh": column.label.zh_hant}


def _column(
    table: Table, column: Column, positions: dict[str, int], context: Context
) -> tuple[pl.Series, pl.Series, pl.DataFrame]:
    """Return values, failures and findings of one column of the spec."""
    rows = table.frame.height
    none = pl.repeat(value=False, n=rows, eager=True, dtype=pl.Boolean)
    stand_in, doubts = _stand_in(column, context)
    if column.name not in positions:
        values = pl.repeat(stand_in, rows, eager=True, dtype=pl.String)
        is_needed = column.need == "mandatory" and column.default_from is not None
        if is_needed and stand_in is None and doubts.is_empty():
            doubts = _batch("column-missing", _labels(column))
        return values, none, doubts
    read = read_column(table, positions[column.name], column)
    values, failed, findings = read.values, read.failed, [read.findings]
    if values.null_count():
        findings.append(doubts)
    if stand_in is not None:
        values = values.fill_null(stand_in)
    elif column.need == "mandatory":
        blank = values.is_null() & ~failed
        failed |= blank
        findings.append(_marked("value-missing", table, column, positions, blank))
    if column.type == "market" and stand_in:
        other = (values != stand_in) & ~failed
        failed |= other
        findings.append(
            _marked("market-differs", table, column, positions, other, stand_in)
        )
    return values, failed, pl.concat(findings)


def _stand_in(column: Column, context: Context) -> tuple[str | None, pl.DataFrame]:
    """Return what a blank cell of the column means, and what is wrong with that."""
    if column.need == "constant" and column.type == "participant-id":
        return context.own_participant, empty()
    if column.default_from is not None:
        return _own_default(column, context.defaults.get(column.default_from))
    if column.need == "constant" and column.type == "market":
        return context.market, empty()
    return column.default, empty()


def _own_default(column: Column, text: str | None) -> tuple[str | None, pl.DataFrame]:
    """Read a default of the settings as a cell is read: nobody has checked it before."""
    if text is None:
        return None, empty()
    shape = shape_of(column)
    try:
        return validate(column.type, text, shape=shape), empty()
    except ValueError as error:
        odd = pl.select(odd_characters(column.type, pl.lit(text), shape)).item()
        quoted = {"value": text, "length": shape.length, "characters": odd}
        reason = fill(problems()[str(error)].message, quoted)
        words = {**_labels(column), "reason": reason.en, "reason_zh": reason.zh_hant}
        return None, _batch("default-unreadable", words)


def _marked(
    code: str,
    table: Table,
    column: Column,
    positions: dict[str, int],
    where: pl.Series,
    market: str = "",
) -> pl.DataFrame:
    rows = table.frame.filter(where)
    known = ENGINE_CODES[code]
    position = positions[column.name]
    words = {**_labels(column), "market": market}
    return pl.concat(
        [
            empty(),
            rows.select(
                code=pl.lit(code),
                severity=pl.lit(known.severity.value),
                scope=pl.lit(known.scope.value),
                row=pl.col(ROW).cast(pl.UInt32),
                position=pl.lit(position, dtype=pl.Int32),
                value=pl.col(f"c{position}").fill_null(""),
                words=pl.lit(json.dumps(words, ensure_ascii=False)),
            ),
        ]
    )
