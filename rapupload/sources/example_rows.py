"""The two example rows of a template, marked so that they cannot be taken for others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

from rapupload.sources.looks import FIGURES
from rapupload.sources.names import EXAMPLE_MARK
from rapupload.spec.format import Column

_FULL: Final = f"{EXAMPLE_MARK} · full 全部\ndelete this row 請刪除此行"
_SHORT: Final = f"{EXAMPLE_MARK} · short 簡短\ndelete this row 請刪除此行"

_NEEDED: Final = frozenset({"mandatory", "conditional"})

Value = str | float | dt.date | dt.datetime | None


def example_cells(columns: Sequence[Column]) -> Iterator[list[Value]]:
    """Yield a row with everything filled in, and one without what is optional.

    The first cell of each holds the mark in place of a value. So does one more, to the
    right of all columns: who types over an example must not send what is left of it.
    """
    yield [_FULL, *(_value(column) for column in columns[1:]), EXAMPLE_MARK]
    yield [
        _SHORT,
        *(_value(c) if c.need in _NEEDED else None for c in columns[1:]),
        EXAMPLE_MARK,
    ]


def _value(column: Column) -> Value:
    example = column.example.strip()
    if not example:
        return None
    try:
        if column.type in FIGURES:
            return float(example.replace(",", ""))
        if column.type == "date":
            return dt.date.fromisoformat(example)
        if column.type == "date-time":
            return dt.datetime.fromisoformat(example).replace(tzinfo=None)
    except ValueError:  # an example in words
        return example
    return example
