"""Phase one: every cell of the known columns, read by its field type.

Cells that are canonical already (most, in a good sheet) pass one regular expression;
only the others go through the field type's careful expressions.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import polars as pl

from rapupload.fieldtypes.reading import FieldType, Shape
from rapupload.fieldtypes.registry import odd_characters
from rapupload.model import Scope, Severity
from rapupload.spec.columns import codes_of, shape_of, type_of
from rapupload.spec.format import Column
from rapupload.table import CellKind, Table
from rapupload.validation.findings import MASK, SCHEMA, empty, one


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadColumn:
    """One column, read.

    Attributes:
        values: Canonical text; null where blank or not readable.
        failed: True where the cell could not be read.
        findings: Problems (cell by cell) and cleanings (once per column).
    """

    values: pl.Series
    failed: pl.Series
    findings: pl.DataFrame


def read_column(
    table: Table, position: int, column: Column, date_order: str = ""
) -> ReadColumn:
    """Read the cells of one frame column as one column of the spec.

    Args:
        table: As shaped.
        position: Number of the frame column.
        column: What it is read as.
        date_order: What stands first in 05/01/2027, where a mapping says it.
    """
    field_type, shape = type_of(column), shape_of(column)
    if date_order:
        shape = replace(shape, date_order=date_order)
    cells = _cells(table, position)
    plain = _plain(cells, field_type, shape)
    if plain.all():
        failed = pl.repeat(value=False, n=cells.height, eager=True, dtype=pl.Boolean)
        return ReadColumn(values=cells["text"], failed=failed, findings=empty())
    rest = cells.with_row_index("index").filter(~plain)
    read = _read(rest, field_type, shape)
    values = cells["text"].scatter(read["index"], read["value"])
    failed = pl.repeat(value=False, n=cells.height, eager=True, dtype=pl.Boolean)
    failed = failed.scatter(read["index"], read["problem"].is_not_null())
    if table.shaping is not None:  # a cell may serve several instructions; one finding
        read = read.unique(["row", "position", "text"], maintain_order=True)
    return ReadColumn(
        values=values,
        failed=failed,
        findings=pl.concat([_problems(read, column), *_cleanings(read, column)]),
    )


def place_of(table: Table, position: int) -> pl.Expr:
    """Return the source column of each cell of a frame column."""
    name = f"p{position}"
    is_shaped = name in table.frame.columns
    return pl.col(name) if is_shaped else pl.lit(position, dtype=pl.Int32)


def _read(rest: pl.DataFrame, field_type: FieldType, shape: Shape) -> pl.DataFrame:
    """Add what the field type makes of every cell.

    Stock codes, dates and the like repeat over and over: each spelling is read once.
    """
    reading = field_type.read(pl.col("text"), pl.col("kind"), shape)
    spellings = rest.select("text", "kind").unique()
    if spellings.height > rest.height // 2:
        return rest.hstack(reading.answers(rest))
    known = spellings.hstack(reading.answers(spellings))
    return rest.join(known, on=["text", "kind"], how="left", maintain_order="left")


def _cells(table: Table, position: int) -> pl.DataFrame:
    mixed = f"k{position}"
    kind = (
        pl.col(mixed)
        if mixed in table.frame.columns
        else pl.lit(int(table.kinds.get(position, CellKind.TEXT)), dtype=pl.UInt8)
    )
    return table.frame.select(
        "row",
        text=pl.col(f"c{position}"),
        kind=kind,
        position=place_of(table, position),
    )


def _plain(cells: pl.DataFrame, field_type: FieldType, shape: Shape) -> pl.Series:
    kinds = [int(kind) for kind in field_type.PLAIN_KINDS]
    canonical = pl.col("text").str.contains(field_type.plain(shape))
    plain = pl.col("text").is_null() | (canonical & pl.col("kind").is_in(kinds))
    return cells.select(plain=plain)["plain"]


def _problems(read: pl.DataFrame, column: Column) -> pl.DataFrame:
    value = pl.lit(MASK) if column.personal else pl.col("text")
    return (
        read.filter(pl.col("problem").is_not_null())
        .select(
            code="problem",
            severity=pl.lit(Severity.ERROR.value),
            scope=pl.lit(Scope.CELL.value),
            row=pl.col("row").cast(pl.UInt32),
            position="position",
            value=value,
            words=_words(column),
        )
        .cast(dict(SCHEMA))  # type: ignore[arg-type]
    )


def _words(column: Column) -> pl.Expr:
    """Return what messages quote: length, codes, and which characters cannot be sent.

    Of a personal value one character is shown and no more.
    """
    shape = shape_of(column)
    length, codes = shape.length or 0, codes_of(column)
    naming = [
        code
        for code, problem in type_of(column).PROBLEMS.items()
        if "{characters}" in problem.message.en
    ]
    found = odd_characters(column.type, pl.col("text"), shape)
    if column.personal:
        found = found.str.split(" ").list.first()
    words = pl.struct(length=pl.lit(length), codes=pl.lit(codes), characters=found)
    return (
        pl.when(pl.col("problem").is_in(naming))
        .then(words.struct.json_encode())
        .otherwise(pl.lit(json.dumps({"length": length, "codes": codes})))
    )


def _cleanings(read: pl.DataFrame, column: Column) -> list[pl.DataFrame]:
    cleaned = read.filter(pl.col("cleaned").is_not_null() & pl.col("problem").is_null())
    grouped = cleaned.group_by("cleaned", maintain_order=True).agg(
        pl.len(), pl.col("text", "value", "position").first()
    )
    return [
        one(
            code,
            Severity.NOTE,
            Scope.CELL,
            {
                "count": count,
                "value": MASK if column.personal else text,
                "canonical": MASK if column.personal else value,
            },
            position=position,
        )
        for code, count, text, value, position in grouped.iter_rows()
    ]
