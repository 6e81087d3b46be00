"""Control totals of instructions as people know them: quantities, money by currency."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from rapupload.spec.columns import shape_of
from rapupload.spec.format import BatchSpec, Column

_SCALE = 8  # decimals kept while summing: more than any column has
_SUMMED = {"quantity", "money"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnTotal:
    """The sum of one column.

    Attributes:
        label: Of the column, in English.
        currency: Of the money summed; empty for quantities, and where none is given.
        total: As a plain decimal number.
    """

    column: str
    label: str
    currency: str
    total: str

    @property
    def name(self) -> str:
        """Return the label with its currency."""
        return f"{self.label} {self.currency}".strip()

    def as_dict(self) -> dict[str, str]:
        """Return the JSON form that scripts rely on."""
        return {"column": self.column, "currency": self.currency, "total": self.total}


def plain_values(instructions: pl.DataFrame, spec: BatchSpec) -> pl.DataFrame:
    """Return canonical values without the blanks that only justify them.

    Blanks before a free text are kept: there they are part of what is sent.
    """
    free = {column.sql_name for column in spec.column if column.type == "text"}
    return instructions.select(
        pl.col(name)
        if name in free
        else _unless_empty(pl.col(name).str.strip_chars(" "))
        for name in instructions.columns
    )


def _unless_empty(text: pl.Expr) -> pl.Expr:
    return pl.when(text != "").then(text)


def sum_columns(values: pl.DataFrame, spec: BatchSpec) -> tuple[ColumnTotal, ...]:
    """Return the totals of every quantity and amount of the frame."""
    found: list[ColumnTotal] = []
    for column in spec.column:
        is_summed = column.type in _SUMMED and not column.is_carried
        if is_summed and column.sql_name in values.columns:
            found += _totals(values, spec, column)
    return tuple(found)


def _totals(values: pl.DataFrame, spec: BatchSpec, column: Column) -> list[ColumnTotal]:
    figures = pl.col(column.sql_name).str.to_decimal(scale=_SCALE).cast(_DECIMAL)
    decimals = shape_of(column).decimals
    currency = _currency_of(column, spec, values)
    grouped = (
        values.select(
            currency=pl.col(currency) if currency else pl.lit(""), figure=figures
        )
        .drop_nulls("figure")
        .group_by("currency")
        .agg(pl.col("figure").sum())
        .sort("currency")
    )
    if grouped.is_empty() and column.type == "quantity":
        grouped = pl.DataFrame({"currency": [""], "figure": ["0"]})
    return [
        ColumnTotal(
            column=column.name,
            label=column.label.en,
            currency=code or "",
            total=_written(str(figure), decimals),
        )
        for code, figure in grouped.iter_rows()
    ]


_DECIMAL = pl.Decimal(38, _SCALE)


def _currency_of(column: Column, spec: BatchSpec, values: pl.DataFrame) -> str | None:
    """Return the column that says in which currency money is; None where unclear."""
    if column.type != "money":
        return None
    known = [c.sql_name for c in spec.column if c.type == "currency"]
    present = [name for name in known if name in values.columns]
    return present[0] if len(present) == 1 else None


def _written(figure: str, decimals: int) -> str:
    """Write a sum with the decimals of its column, and more only where it has more.

    >>> _written("60001.50000000", 2), _written("700.00000000", 0)
    ('60001.50', '700')
    """
    whole, _, fraction = figure.partition(".")
    kept = fraction.rstrip("0").ljust(decimals, "0")
    return f"{whole}.{kept}" if kept else whole
