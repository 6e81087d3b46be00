"""One word that fills several columns: RVP is "receive" and "versus payment"."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from rapupload.fieldtypes.code import fold_code
from rapupload.shaping.sheet import Sheet, choose, fold, is_blank, labels, read
from rapupload.spec.format import BatchSpec, Column


class _Word(NamedTuple):
    """A folded spelling, and what it gives to each column."""

    spelling: str
    gives: dict[str, str]


def combined_columns(spec: BatchSpec) -> list[str]:
    """Return the columns in which combined words may stand, in the spec's order."""
    targets = {name for table in spec.combined for name in table.gives}
    return [column.name for column in spec.column if column.name in targets]


def speaks_combined(sheet: Sheet, name: str) -> bool:
    """Tell whether a cell of the column says what only a combined word can say."""
    spellings = sheet.cells(name).unique(["text", "kind"])
    is_word = fold(spellings).is_in(
        [word.spelling for word in _words(sheet.spec, name)]
    )
    own = read(spellings, sheet.spec.column_named(name))["value"]
    return bool((is_word.fill_null(value=False) & own.is_null()).any())


def split_combined(sheet: Sheet) -> None:
    """Fill the columns that combined words speak of; what disagrees is an error."""
    for name in combined_columns(sheet.spec):
        if sheet.has(name) and speaks_combined(sheet, name):
            _split(sheet, name)


def _words(spec: BatchSpec, name: str) -> list[_Word]:
    return [
        _Word(fold_code(spelling), table.gives)
        for table in spec.combined
        if name in table.gives
        for spelling in table.spellings
    ]


def _split(sheet: Sheet, name: str) -> None:
    words = _words(sheet.spec, name)
    given = sheet.cells(name)
    said = fold(given)
    for target in dict.fromkeys(t for word in words for t in word.gives):
        codes = {w.spelling: w.gives[target] for w in words if target in w.gives}
        told = given.with_columns(
            text=said.replace_strict(codes, default=None, return_dtype=pl.String),
            kind=pl.lit(0, dtype=pl.UInt8),
        )
        column = sheet.spec.column_named(target)
        if target == name:
            sheet.put(name, choose(told["text"].is_not_null(), told, given))
        else:
            _tell(sheet, column, told, given)


def _tell(
    sheet: Sheet, column: Column, told: pl.DataFrame, given: pl.DataFrame
) -> None:
    """Fill the partner column; a cell of its own that says otherwise is an error."""
    if not sheet.has(column.name):
        sheet.put(column.name, told)  # a plain word leaves it blank, at its own place
        return
    direct = sheet.cells(column.name)
    own = read(direct, column)["value"]
    differs = (own != told["text"]).fill_null(value=False)
    sheet.accuse(differs, given, "combined-differs", labels(column))
    takes = is_blank(direct) & told["text"].is_not_null()
    sheet.put(column.name, choose(takes, told, direct))
