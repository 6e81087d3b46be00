"""Phase one of a check: headings, and every column of the spec read from its cells."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from rapupload.fieldtypes import problems
from rapupload.fieldtypes.registry import odd_characters, validate
from rapupload.model import Scope, Severity
from rapupload.spec.columns import codes_of, shape_of
from rapupload.spec.format import BatchSpec, Column
from rapupload.spec.headings import Vocabulary
from rapupload.table import ROW, Shaping, Table
from rapupload.validation.amounts import find_other_currencies
from rapupload.validation.codes import ENGINE_CODES
from rapupload.validation.context import Context
from rapupload.validation.findings import SCHEMA, empty, fill, one
from rapupload.validation.shape import place_of, read_column

_SHAPED = {"code": pl.String(), "row": pl.UInt32(), "position": pl.Int32()}
_SHAPED |= {"value": pl.String(), "words": pl.String()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCells:
    """Every cell of a table, read.

    Attributes:
        canonical: ``row`` and the canonical text of every column, named as in rules.
        failed: Rows of the frame in which a cell could not be read.
        places: Columns whose cells come from different source columns, and which.
        positions: Spec column -> source column, for all those with cells.
        unread: Columns of the spec in which a cell could not be read.
        lost: Of those columns, and of what was blank in a row that could not be
            shaped, per row whether the value is unknown; named as in rules.
    """

    canonical: pl.DataFrame
    failed: pl.Series
    places: pl.DataFrame
    positions: dict[str, int]
    findings: list[pl.DataFrame]
    unread: set[str]
    lost: pl.DataFrame


def see_headings(table: Table, spec: BatchSpec) -> Shaping:
    """Return which column is which in a sheet that needed no shaping."""
    match = Vocabulary(spec).match(header.text for header in table.headers)
    places = [header.position for header in table.headers]
    return Shaping(
        columns={name: places[index] for name, index in match.columns.items()},
        unknown=tuple(places[index] for index in match.unknown),
        repeated={
            name: tuple(places[index] for index in indexes)
            for name, indexes in match.repeated.items()
        },
        findings=pl.DataFrame(schema=_SHAPED),
    )


def missing_columns(spec: BatchSpec, seen: Shaping) -> list[Column]:
    """Return the mandatory columns that no heading claims and nothing stands in for."""
    return [
        column
        for column in spec.column
        if column.need == "mandatory"
        and column.default is None
        and column.default_from is None
        and column.name not in seen.columns
    ]


def tell_headings(
    table: Table, spec: BatchSpec, seen: Shaping
) -> Iterator[pl.DataFrame]:
    """Yield what is to be said of headings and of the shaping."""
    headers = {header.position: header for header in table.headers}
    for column in missing_columns(spec, seen):
        yield _batch("column-missing", _labels(column))
    for name, positions in seen.repeated.items():
        places = ", ".join(
            f"{headers[p].letter} ({headers[p].text})" for p in positions
        )
        words = {**_labels(spec.column_named(name)), "list": places}
        yield _batch("column-repeated", words)
    for position in seen.unknown:
        words = {"list": headers[position].text}
        yield _batch("column-unknown", words, position=position)
    if seen.findings.height:
        yield _shaped(seen.findings)


def _shaped(findings: pl.DataFrame) -> pl.DataFrame:
    """Give findings of the shaping the severity and scope of their codes."""
    field_problem = (Severity.ERROR, Scope.CELL)
    known = {code: (own.severity, own.scope) for code, own in ENGINE_CODES.items()}
    grades = {
        code: known.get(code, field_problem) for code in findings["code"].unique()
    }
    return findings.select(
        "code",
        pl.col("code")
        .replace_strict(
            {c: g[0].value for c, g in grades.items()}, return_dtype=pl.String
        )
        .alias("severity"),
        pl.col("code")
        .replace_strict(
            {c: g[1].value for c, g in grades.items()}, return_dtype=pl.String
        )
        .alias("scope"),
        "row",
        "position",
        "value",
        "words",
    ).cast(dict(SCHEMA))  # type: ignore[arg-type]


def read_cells(
    table: Table, spec: BatchSpec, seen: Shaping, context: Context
) -> ReadCells:
    """Read every column of the spec; what only says others in another way is past."""
    columns: dict[str, pl.Series] = {}
    places: list[pl.Series] = []
    positions: dict[str, int] = {}
    findings: list[pl.DataFrame] = []
    unread: set[str] = set()
    unshaped = _shaped_wrong(table, seen)
    failed = unshaped
    lost: dict[str, pl.Series] = {}
    for column in spec.column:
        if column.is_alternative:
            continue
        values, wrong, found = _column(table, column, seen, context)
        columns[column.sql_name] = values.alias(column.sql_name)
        failed |= wrong
        if wrong.any():
            unread.add(column.name)
            lost[column.sql_name] = wrong
        findings.append(found)
        number = seen.columns.get(column.name)
        if number is None:
            continue
        positions[column.name] = number
        if f"p{number}" in table.frame.columns:
            place = table.frame[f"p{number}"].alias(column.sql_name)
            places.append(place)
            positions[column.name] = _usual(place)
    others = find_other_currencies(table, spec, seen.columns, columns)
    failed |= table.frame[ROW].is_in(others["row"].implode())
    findings.append(others)
    return ReadCells(
        canonical=table.frame.select(ROW).with_columns(columns.values()),
        failed=failed,
        places=pl.DataFrame(places),
        positions=positions,
        findings=findings,
        unread=unread,
        lost=_lost(lost, columns, unshaped),
    )


def _lost(
    wrong: dict[str, pl.Series], columns: dict[str, pl.Series], unshaped: pl.Series
) -> pl.DataFrame:
    """Return where the value of a column is unknown.

    What a cell that could not be shaped would have put into a blank one, nobody knows.
    """
    if unshaped.any():
        blank = {name: own.is_null() & unshaped for name, own in columns.items()}
        wrong = {n: own | wrong[n] if n in wrong else own for n, own in blank.items()}
    return pl.DataFrame([where.alias(name) for name, where in wrong.items()])


def _usual(place: pl.Series) -> int:
    """Return a source column that stands for all of a shaped one."""
    highest = place.max()
    return -1 if highest is None else int(str(highest))


def _shaped_wrong(table: Table, seen: Shaping) -> pl.Series:
    """Return the rows in which shaping found an error."""
    rows = table.frame[ROW]
    if seen.findings.is_empty():
        return pl.repeat(value=False, n=len(rows), eager=True, dtype=pl.Boolean)
    errors = _shaped(seen.findings).filter(pl.col("severity") == Severity.ERROR.value)
    return rows.is_in(errors["row"].drop_nulls().implode())


def _batch(code: str, words: dict[str, str], position: int = -1) -> pl.DataFrame:
    known = ENGINE_CODES[code]
    return one(code, known.severity, known.scope, words, position=position)


def _labels(column: Column) -> dict[str, str]:
    return {"label": column.label.en, "label_zh": column.label.zh_hant}


def _column(
    table: Table, column: Column, seen: Shaping, context: Context
) -> tuple[pl.Series, pl.Series, pl.DataFrame]:
    """Return values, failures and findings of one column of the spec."""
    rows = table.frame.height
    none = pl.repeat(value=False, n=rows, eager=True, dtype=pl.Boolean)
    stand_in, doubts = _stand_in(column, context)
    number = seen.columns.get(column.name)
    if number is None:
        values = pl.repeat(stand_in, rows, eager=True, dtype=pl.String)
        is_needed = column.need == "mandatory" and column.default_from is not None
        if is_needed and stand_in is None and doubts.is_empty():
            doubts = _batch("column-missing", _labels(column))
        return values, none, doubts
    read = read_column(table, number, column, seen.date_order)
    values, failed, findings = read.values, read.failed, [read.findings]
    if values.null_count():
        findings.append(doubts)
    if stand_in is not None:
        values = values.fill_null(stand_in)
    elif column.need == "mandatory":
        blank = values.is_null() & ~failed
        failed |= blank
        findings.append(_marked("value-missing", table, column, number, blank))
    if column.type == "market" and stand_in:
        other = (values != stand_in) & ~failed
        failed |= other
        findings.append(
            _marked("market-differs", table, column, number, other, stand_in)
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
        quoted["codes"] = codes_of(column)
        reason = fill(problems()[str(error)].message, quoted)
        words = {**_labels(column), "reason": reason.en, "reason_zh": reason.zh_hant}
        return None, _batch("default-unreadable", words)


def _marked(
    code: str,
    table: Table,
    column: Column,
    number: int,
    where: pl.Series,
    market: str = "",
) -> pl.DataFrame:
    rows = table.frame.filter(where)
    known = ENGINE_CODES[code]
    words = {**_labels(column), "market": market}
    return pl.concat(
        [
            empty(),
            rows.select(
                code=pl.lit(code),
                severity=pl.lit(known.severity.value),
                scope=pl.lit(known.scope.value),
                row=pl.col(ROW).cast(pl.UInt32),
                position=place_of(table, number),
                value=pl.col(f"c{number}").fill_null(""),
                words=pl.lit(json.dumps(words, ensure_ascii=False)),
            ),
        ]
    )
