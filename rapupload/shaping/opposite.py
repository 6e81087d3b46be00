"""A heading that says the opposite of a column: "Release" where the column is "Hold".

A blank below it is asked about where no cell of the column itself answers: what stands
in for a blank of the column, such as N, would release what nobody has released.
"""

from __future__ import annotations

import polars as pl

from rapupload.shaping.sheet import Sheet, choose, is_blank, labels, read
from rapupload.spec.format import BatchSpec, Column
from rapupload.spec.headings import normalise
from rapupload.table import Header

_TURNED = {"Y": "N", "N": "Y"}


def find_opposites(spec: BatchSpec, headers: list[Header]) -> dict[str, list[Header]]:
    """Return, by column, the unclaimed headings that mean its opposite."""
    words = {
        normalise(alias): column.name
        for column in spec.column
        for alias in column.opposite_aliases
    }
    found: dict[str, list[Header]] = {}
    for header in headers:
        name = _meaning(header.text, words)
        if name is not None:
            found.setdefault(name, []).append(header)
    return found


def _meaning(heading: str, words: dict[str, str]) -> str | None:
    """Return the column, also of a heading in both languages."""
    text = normalise(heading)
    if text in words:
        return words[text]
    latin = "".join(c for c in text if c.isascii())
    other = "".join(c for c in text if not c.isascii())
    meanings = {words.get(part) for part in (latin, other) if part}
    return meanings.pop() if len(meanings) == 1 else None


def turn_opposites(sheet: Sheet, found: dict[str, list[Header]]) -> None:
    """Turn yes into no, and the other way round; both columns must then agree."""
    for name, headers in found.items():
        column = sheet.spec.column_named(name)
        for header in headers:
            _turn(sheet, column, header.position)
            sheet.unknown.remove(header.position)


def _turn(sheet: Sheet, column: Column, position: int) -> None:
    given = sheet.cells_at(position)
    value = read(given, column)["value"]
    turned = given.with_columns(
        text=pl.coalesce(
            value.replace_strict(_TURNED, default=None, return_dtype=pl.String),
            pl.col("text"),
        )
    )
    direct = sheet.cells(column.name)
    unanswered = is_blank(given) & is_blank(direct)
    sheet.accuse(unanswered, given, "value-missing", labels(column))
    if not sheet.has(column.name):
        sheet.put(column.name, turned)
        return
    said, other = read(direct, column)["value"], read(turned, column)["value"]
    sheet.accuse(
        (said != other).fill_null(value=False),
        given,
        "opposite-differs",
        labels(column),
    )
    sheet.put(column.name, choose(is_blank(direct), turned, direct))
