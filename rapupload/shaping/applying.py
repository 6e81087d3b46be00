"""What a mapping says of cells: words of a desk for our codes, values it never writes."""

from __future__ import annotations

import polars as pl

from rapupload.fieldtypes.code import fold_code
from rapupload.shaping.sheet import (
    MASK,
    Sheet,
    choose,
    fold,
    is_blank,
    labels,
    read,
)
from rapupload.spec.mapping import Mapping

_SHOWN = 10  # words listed in a note


def apply_values(sheet: Sheet, mapping: Mapping) -> None:
    """Read the desk's own words as the mapping says, and say so once per column."""
    for name, words in mapping.values.items():
        if not sheet.has(name):
            continue
        column = sheet.spec.column_named(name)
        cells = sheet.cells(name)
        known = {fold_code(theirs): ours for theirs, ours in words.items()}
        meant = fold(cells).replace_strict(known, default=None, return_dtype=pl.String)
        changed = meant.is_not_null() & (meant != cells["text"])
        if not changed.any():
            continue
        read_ = cells.with_columns(text=meant, kind=pl.lit(0, dtype=pl.UInt8))
        sheet.put(name, choose(changed, read_, cells))
        read_as = MASK if column.personal else _pairs(cells["text"], meant, changed)
        sheet.say(
            "value-mapped",
            {**labels(column), "count": int(changed.sum()), "pairs": read_as},
            position=int(cells["place"][changed.arg_true()[0]]),
        )


def _pairs(theirs: pl.Series, ours: pl.Series, changed: pl.Series) -> str:
    """Return every word that was read: one of two alone would hide the other."""
    frame = pl.DataFrame({"theirs": theirs.str.strip_chars(), "ours": ours})
    counted = frame.filter(changed).group_by(pl.all(), maintain_order=True).len()
    listed = [f"{word} = {code} ({n})" for word, code, n in counted.iter_rows()]
    more = [f"... ({len(listed)})"] if len(listed) > _SHOWN else []
    return ", ".join([*listed[:_SHOWN], *more])


def apply_fixed(sheet: Sheet, mapping: Mapping) -> None:
    """Fill what the mapping fixes; a cell of the sheet that says otherwise is an error."""
    for name, text in mapping.fixed.items():
        column = sheet.spec.column_named(name)
        fixed = sheet.filled(text)
        if not sheet.has(name):
            sheet.put(name, fixed)
            continue
        cells = sheet.cells(name)
        own, ours = read(cells, column)["value"], read(fixed, column)["value"]
        words = {**labels(column), "fixed": MASK if column.personal else text}
        sheet.accuse(
            (own != ours).fill_null(value=False),
            cells,
            "fixed-differs",
            words,
            is_personal=column.personal,
        )
        filled = fixed.with_columns(place=cells["place"])
        sheet.put(name, choose(is_blank(cells), filled, cells))
