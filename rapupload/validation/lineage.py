"""Which source rows an instruction was made from, and which go together or not at all.

A lineage has one row per pair of ``instruction`` (index) and ``row`` (source row). A row
that became several instructions stands in it several times, and so does an instruction
summed from several rows.
"""

from __future__ import annotations

import polars as pl

from rapupload.table import ROW

INSTRUCTION = "instruction"
CAUSE = "cause"


def held_back(lineage: pl.DataFrame, errors: pl.Series) -> pl.DataFrame:
    """Return every row that must not go, and an erroneous row that is the ``cause``.

    A row with an error takes its instructions with it, they their other rows, and so on:
    never half a row, never a sum without one of its parts.
    """
    numbers = errors.drop_nulls().unique().cast(pl.UInt32)
    rows = pl.DataFrame({ROW: numbers, CAUSE: numbers})
    rows = rows.join(lineage, on=ROW, how="semi")
    while rows.height:
        touched = (
            lineage.join(rows, on=ROW).group_by(INSTRUCTION).agg(pl.col(CAUSE).min())
        )
        reached = (
            lineage.join(touched, on=INSTRUCTION).group_by(ROW).agg(pl.col(CAUSE).min())
        )
        more = reached.join(rows, on=ROW, how="anti")
        if more.is_empty():
            break
        rows = pl.concat([rows, more.select(rows.columns)])
    return rows.sort(ROW)


def without(
    instructions: pl.DataFrame, lineage: pl.DataFrame, rows: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return instructions and lineage less everything that was made from these rows."""
    gone = lineage.filter(pl.col(ROW).is_in(rows.implode()))[INSTRUCTION].unique()
    index = pl.int_range(instructions.height, dtype=pl.UInt32, eager=True)
    stays = ~index.is_in(gone.implode())
    renumbered = pl.DataFrame(
        {
            INSTRUCTION: index.filter(stays),
            "number": pl.int_range(int(stays.sum()), dtype=pl.UInt32, eager=True),
        }
    )
    rest = lineage.join(renumbered, on=INSTRUCTION, maintain_order="left")
    rest = rest.with_columns(pl.col("number").alias(INSTRUCTION)).drop("number")
    return instructions.filter(stays), rest
