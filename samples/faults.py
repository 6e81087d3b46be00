"""Faulty rows: a good row of the type, one thing changed, and a word on what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from samples.sheets import Cell, Column, Row


@dataclass(frozen=True, slots=True)
class Fault:
    """One row of a faulty sheet.

    Attributes:
        what: What is wrong, for the last column.
        change: Heading -> the cell that differs from the good row.
    """

    what: str
    change: Mapping[str, object] = field(default_factory=dict)


def faulty_rows(
    columns: Sequence[Column],
    faults: Iterable[Fault],
    good: Callable[[int], Mapping[str, object]],
) -> tuple[Row, ...]:
    """Return one row per fault.

    Args:
        columns: Those of the sheet; the last one takes the words.
        faults: In the order of the rows.
        good: Row number, from 1 -> the cells of a good row by heading.

    Raises:
        KeyError: A fault names a heading that the sheet does not have.
    """
    headings = [column.heading for column in columns]
    rows = []
    for number, fault in enumerate(faults, 1):
        cells = {**good(number), **fault.change, headings[-1]: fault.what}
        if unknown := cells.keys() - set(headings):
            raise KeyError(sorted(unknown))
        rows.append(tuple(cast("Cell", cells.get(name)) for name in headings))
    return tuple(rows)
