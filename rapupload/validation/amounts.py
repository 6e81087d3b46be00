"""Amounts with a currency beside them, against the currency column of the same row.

``USD 1,000`` in a row of HKD is two instructions at once: which one is meant is asked.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from rapupload.fieldtypes.figures import stated_currency
from rapupload.spec.format import BatchSpec, Column
from rapupload.table import ROW, Table
from rapupload.validation.codes import ENGINE_CODES
from rapupload.validation.findings import MASK, SCHEMA, empty
from rapupload.validation.shape import place_of

CODE = "currency-differs"
_FIGURES = {"money", "price"}
_MAY_STATE = "(?i)[a-z$]"


def find_other_currencies(
    table: Table,
    spec: BatchSpec,
    positions: Mapping[str, int],
    columns: Mapping[str, pl.Series],
) -> pl.DataFrame:
    """Return a finding for each amount that states another currency than its row.

    Args:
        table: The cells as they are in the sheet.
        spec: The columns; with none or several currencies nothing is compared.
        positions: Frame column of each column of the spec.
        columns: What was read, by the name in rules.
    """
    currencies = [column for column in spec.column if column.type == "currency"]
    if len(currencies) != 1:
        return empty()
    currency = columns[currencies[0].sql_name]
    found = [
        _differences(table, column, positions[column.name], currency)
        for column in spec.column
        if column.type in _FIGURES and column.name in positions
    ]
    return pl.concat([empty(), *found])


def _differences(
    table: Table, column: Column, position: int, currency: pl.Series
) -> pl.DataFrame:
    cells = table.frame.select(
        ROW,
        text=f"c{position}",
        currency=currency,
        position=place_of(table, position),
    ).filter(pl.col("text").str.contains(_MAY_STATE))
    stated = cells.with_columns(stated=stated_currency(pl.col("text")))
    known = ENGINE_CODES[CODE]
    return (
        stated.filter(pl.col("stated") != pl.col("currency"))
        .select(
            code=pl.lit(CODE),
            severity=pl.lit(known.severity.value),
            scope=pl.lit(known.scope.value),
            row=ROW,
            position="position",
            value=pl.lit(MASK) if column.personal else pl.col("text"),
            words=pl.struct("stated", "currency").struct.json_encode(),
        )
        .cast(dict(SCHEMA))  # type: ignore[arg-type]
    )
