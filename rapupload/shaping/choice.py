"""A code that says which column a figure belongs to: "F" and 1,000 are votes for."""

from __future__ import annotations

import polars as pl

from rapupload.fieldtypes.code import fold_code
from rapupload.shaping.sheet import (
    Sheet,
    choose,
    fold,
    is_blank,
    read,
)
from rapupload.spec.columns import codes_of
from rapupload.spec.format import BatchSpec, Choice, Column

WHOLE_WORDS = ("ALL", "全部", "全數", "全数")
"""Written in place of a figure, they mean the whole of it (desk practice, assumed)."""


def choice_named(spec: BatchSpec, selector: str | None) -> Choice:
    """Return the choice with this selector; the cross-check has seen that it is there."""
    return next(choice for choice in spec.choice if choice.selector == selector)


def words_of(spec: BatchSpec, choice: Choice) -> dict[str, object]:
    """Return what messages quote about a choice."""
    found: dict[str, object] = {}
    for name, key in (("selector", choice.selector), ("figure", choice.figure)):
        column = spec.column_named(key)
        found |= {name: column.label.en, f"{name}_zh": column.label.zh_hant}
    whole = spec.column_named(choice.whole or choice.figure)
    targets = [spec.column_named(target) for target in choice.goes_to.values()]
    return {
        **found,
        "whole": whole.label.en,
        "whole_zh": whole.label.zh_hant,
        "list": ", ".join(target.label.en for target in targets),
        "list_zh": "、".join(target.label.zh_hant for target in targets),
    }


def is_whole(cells: pl.DataFrame) -> pl.Series:
    """Tell which cells stand for the whole: blank ones, and the words for it."""
    words = [fold_code(word) for word in WHOLE_WORDS]
    return is_blank(cells) | fold(cells).is_in(words).fill_null(value=False)


def counts(cells: pl.DataFrame, column: Column) -> pl.Series:
    """Return figures as text, null for none; what cannot be read stands for itself."""
    zero = column.model_copy(update={"zero_allowed": True})
    value = pl.coalesce(read(cells, zero)["value"], cells["text"])
    shown = cells.select(value=pl.when(~is_blank(cells)).then(value))["value"]
    is_none = shown.str.contains(r"^0+(?:\.0+)?$")
    return pl.select(shown=pl.when(~is_none).then(shown))["shown"]


def apply_choice(sheet: Sheet, choice: Choice) -> None:
    """Put each figure into the column that its code names.

    Where the sheet has those columns too, both forms must say the same in a row.
    """
    if not sheet.has(choice.selector):
        if sheet.has(choice.figure):  # a figure that nobody says the meaning of
            sheet.unknown.append(sheet.place(choice.figure))
            del sheet.columns[choice.figure]
        return
    selector = sheet.spec.column_named(choice.selector)
    codes, figures = sheet.cells(choice.selector), sheet.cells(choice.figure)
    said = read(codes, selector)
    words = words_of(sheet.spec, choice)
    unread = said["problem"].is_not_null()
    known = {"codes": codes_of(selector)}
    sheet.accuse(unread, codes, said["problem"], known, is_personal=selector.personal)
    blank = is_blank(codes)
    sheet.accuse(blank & ~is_blank(figures), figures, "choice-code-missing", words)
    whole = sheet.cells(choice.whole) if choice.whole else sheet.blank()
    chosen = ~blank & ~unread
    lacking = chosen & is_whole(figures) & is_blank(whole)
    sheet.accuse(lacking, codes, "choice-figure-missing", words)
    meant = choose(is_whole(figures), whole.with_columns(place=codes["place"]), figures)
    _distribute(sheet, choice, pl.DataFrame([said["value"], chosen.alias("on")]), meant)
    for name in (choice.selector, choice.figure):
        sheet.columns.pop(name, None)


def _distribute(
    sheet: Sheet, choice: Choice, said: pl.DataFrame, meant: pl.DataFrame
) -> None:
    """Merge what the codes say with the columns that the sheet has itself."""
    targets = choice.goes_to.items()
    direct = {target: sheet.cells(target) for _, target in targets}
    any_direct = pl.repeat(value=False, n=said.height, eager=True, dtype=pl.Boolean)
    differs = any_direct
    told = {}
    for code, target in targets:
        column = sheet.spec.column_named(target)
        here = said["on"] & (said["value"] == code).fill_null(value=False)
        told[target] = choose(here, meant, sheet.blank())
        any_direct |= ~is_blank(direct[target])
        ours, theirs = counts(told[target], column), counts(direct[target], column)
        differs |= ours.ne_missing(theirs)
    both = said["on"] & any_direct
    cells = sheet.cells(choice.selector)
    words = words_of(sheet.spec, choice)
    sheet.accuse(both & differs, cells, "choice-differs", words)
    for target, cells_ in told.items():
        sheet.put(target, choose(said["on"] & ~any_direct, cells_, direct[target]))


def target_column(spec: BatchSpec, choice: Choice) -> Column:
    """Return a column that figures go to; a zero may stand in it while it is shaped."""
    column = spec.column_named(next(iter(choice.goes_to.values())))
    return column.model_copy(update={"zero_allowed": True})
