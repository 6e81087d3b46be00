"""Control totals given with a source, against what was read of it.

Compared over every row that is not left out, those with errors too: the question is
whether something was lost before the file reached us.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

import polars as pl

from rapupload.spec.format import BatchSpec, Column
from rapupload.table import ROW
from rapupload.validation.cells import ReadCells
from rapupload.validation.codes import ENGINE_CODES
from rapupload.validation.findings import one
from rapupload.validation.summing import scale_of, units

COUNT = "count"
_AMOUNT, _CURRENCY = "amount", "currency"


def compare_control_totals(
    cells: ReadCells, spec: BatchSpec, given: Mapping[str, Decimal]
) -> Iterator[pl.DataFrame]:
    """Yield an error for every control total that the sheet does not come to.

    Args:
        cells: What was read, before rows are summed.
        spec: The columns.
        given: ``count`` (of source rows), columns of figures, and currencies.
    """
    known = ENGINE_CODES["control-total-differs"]
    for name, figure in given.items():
        found = _found(cells.canonical, spec, name)
        is_whole = cells.unread.isdisjoint(_parts(spec, name))
        if found != figure or not is_whole:
            shown = f"{found:,f}" + ("" if is_whole else " + ?")
            words = {"name": name, "given": f"{figure:,f}", "found": shown}
            yield one("control-total-differs", known.severity, known.scope, words)


def _parts(spec: BatchSpec, name: str) -> set[str]:
    """Return the columns that a total is made of; one cell unread, it is not known."""
    if name == COUNT:
        return set()
    return {_AMOUNT, _CURRENCY} if name.isupper() else {spec.column_named(name).name}


def _found(canonical: pl.DataFrame, spec: BatchSpec, name: str) -> Decimal:
    if name == COUNT:
        return Decimal(canonical[ROW].n_unique())
    if name.isupper():
        rows = canonical.filter(pl.col(_CURRENCY) == name)
        return _sum(rows, spec.column_named(_AMOUNT))
    return _sum(canonical, spec.column_named(name))


def _sum(rows: pl.DataFrame, column: Column) -> Decimal:
    total = rows.select(total=units(column).sum()).item()
    return Decimal(total).scaleb(-scale_of(column))
