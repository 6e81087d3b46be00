"""Finding figures that their own thousands separators may have split into two fields.

An unquoted ``1,000`` in a comma-separated record becomes ``1`` and ``000``. Where a later
field of the record was left out, the count of fields still fits; only the look of two
neighbours tells. It is a warning: a remark ``100`` after the figure ``5`` looks the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from rapupload.spec.headings import Vocabulary
from rapupload.table import ROW, Header, Remark, Table

_FIGURES: Final = frozenset({"quantity", "money", "price"})
_TEXTS: Final = frozenset({None, "text", "reference", "name"})
"""Types that take whatever three digits they are given; None: a heading not known."""

_BEGIN: Final = r"^\s*[(+-]?(?:[A-Z]{3} ?|HK\$|US\$|\$)?[1-9]\d{0,2}\s*$"
_REST: Final = r"^\s*\d{3}(?:\.\d*)?\)?\s*$"
_ZEROS: Final = r"^\s*0\d{2}"  # no figure begins with a nought
_NUMBER: Final = r"^\s*[\d.]+\s*$"
_SHOWN: Final = 5


def remark_split(table: Table, vocabulary: Vocabulary) -> Iterator[Remark]:
    """Yield one remark per column whose figures may go on in the next column."""
    by_position = {header.position: header for header in table.headers}
    types = {
        position: vocabulary.type_of(header.text)
        for position, header in by_position.items()
    }
    for position, header in by_position.items():
        if types[position] in _FIGURES and position + 1 in types:
            after = [types.get(p) for p in range(position + 1, max(types) + 1)]
            yield from _remark_column(table.frame, header, after)


def _remark_column(
    frame: pl.DataFrame, header: Header, after: Sequence[str | None]
) -> Iterator[Remark]:
    begin, rest = _cell(header, 0), _cell(header, 1)
    found = frame.filter(begin.str.contains(_BEGIN))
    found = found.filter(rest.str.contains(_REST))
    if found.is_empty():
        return
    if after[0] not in _TEXTS:
        found = found.filter(_is_shifted(frame, header, after))
    rows = found[ROW]
    if len(rows):
        more = ", ..." if len(rows) > _SHOWN else ""
        places = ", ".join(f"{header.letter}{row}" for row in rows.head(_SHOWN))
        yield Remark(
            code="split-figure",
            row=rows[0],
            letter=header.letter,
            detail=places + more,
        )


def _is_shifted(
    frame: pl.DataFrame, header: Header, after: Sequence[str | None]
) -> pl.Expr:
    """Tell split figures from two neighbours that are numbers anyway.

    What is split moves what follows by one, so that a number stands among the texts.
    """
    shifted = pl.lit(value=False)
    if after[0] in _FIGURES:
        shifted = _cell(header, 1).str.contains(_ZEROS)
    for distance, type_ in enumerate(after, start=1):
        name = f"c{header.position + distance}"
        if type_ in _TEXTS and name in frame.columns:
            return shifted | pl.col(name).str.contains(_NUMBER)
    return shifted


def _cell(header: Header, distance: int) -> pl.Expr:
    return pl.col(f"c{header.position + distance}")
