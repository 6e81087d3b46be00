"""One row of the sheet that becomes several instructions.

By headings: a wide voting sheet, one column per resolution. By columns: rights and
excess in one row. Every cell stays where it was: an instruction knows the cells it came
from, and a row that makes no instruction is counted with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from rapupload.fieldtypes.reading import BLANKS, tidy
from rapupload.shaping.choice import choice_named, is_whole, target_column, words_of
from rapupload.shaping.sheet import (
    Sheet,
    choose,
    flags,
    fold,
    is_blank,
    labels,
    listed,
    read,
)
from rapupload.shaping.wide import WideHeading, WideVocabulary
from rapupload.spec.format import BatchSpec, Choice, Unfold
from rapupload.table import ROW, Header

_INDEX, _ORDER = "__index", "__order"
_PAIR = r"^(?<before>[^0-9]*?)[ :：=]*(?<figure>[0-9][0-9,]*(?:\.0+)?)[ ]*(?<after>[^0-9]*)$"
_NO_VOTE = "no-vote"
_MONEY = "money"
_NUMBERS = frozenset({"quantity", _MONEY, "price"})
_FIGURE = r"^[-+(]?[0-9０-９][0-9０-９,， .]*\)?$"
LOST_VOTES, LEFT_OUT = "unfold-heading-doubtful", "unfold-column-left-out"
"""What is said of columns of a wide sheet that may hold votes and are not read."""


def find_wide(
    spec: BatchSpec, unfold: Unfold, unclaimed: Sequence[Header]
) -> list[WideHeading]:
    """Return the headings that read as values of the column."""
    assert unfold.column is not None
    vocabulary = WideVocabulary(spec, unfold.column, choice_named(spec, unfold.choice))
    return [found for h in unclaimed if (found := vocabulary.read(h)) is not None]


def unfold_headings(sheet: Sheet, unfold: Unfold, wide: Sequence[WideHeading]) -> None:
    """Make one instruction of every resolution that a row votes on."""
    choice = choice_named(sheet.spec, unfold.choice)
    assert unfold.column is not None
    if _is_double(sheet, choice):
        return
    for heading in wide:
        sheet.unknown.remove(heading.header.position)
    _doubt_others(sheet, unfold, choice)
    values = list(dict.fromkeys(heading.value for heading in wide))
    if _is_repeated(sheet, unfold.column, wide):
        return
    reader = _VoteReader(sheet, choice)
    parts = [
        reader.part(value, [h for h in wide if h.value == value]) for value in values
    ]
    _expand(sheet, unfold.column, choice, parts)


def _is_double(sheet: Sheet, choice: Choice) -> bool:
    """Refuse a sheet that is wide and long at once: which of the two is meant?"""
    both = [n for n in (choice.selector, *choice.goes_to.values()) if sheet.has(n)]
    for name in both:
        words = labels(sheet.spec.column_named(name))
        sheet.say("unfold-both-forms", words, position=sheet.place(name))
    return bool(both)


def _is_repeated(sheet: Sheet, column: str, wide: Sequence[WideHeading]) -> bool:
    """Refuse two columns for one vote: 1 and 1 again, or 1 beside 1 For."""
    by_value: dict[str, list[WideHeading]] = {}
    for heading in wide:
        by_value.setdefault(heading.value, []).append(heading)
    found = False
    for headings in by_value.values():
        codes = [heading.code for heading in headings]
        if len(set(codes)) == len(codes) and (None not in codes or len(codes) == 1):
            continue
        found = True
        places = tuple(heading.header.position for heading in headings)
        sheet.repeated[column] = sheet.repeated.get(column, ()) + places
    return found


def _doubt_others(sheet: Sheet, unfold: Unfold, choice: Choice) -> None:
    """Refuse headings that are no resolution over cells that are nothing but votes.

    A date where 2-1 was typed, 5.1 for 5.10, "Special For": left out in silence, votes
    would be lost. Figures alone may be a desk's own, and are asked about.
    """
    assert unfold.column is not None
    vocabulary = WideVocabulary(sheet.spec, unfold.column, choice)
    reader = _VoteReader(sheet, choice)
    column = labels(sheet.spec.column_named(unfold.column))
    for position in list(sheet.unknown):
        header = sheet.header(position)
        code = _doubt(reader, vocabulary, header)
        if code:
            words = {**column, "heading": header.text or header.letter}
            sheet.say(code, words, position=position)
            sheet.unknown.remove(position)  # said already, and more gravely


def _doubt(reader: _VoteReader, vocabulary: WideVocabulary, header: Header) -> str:
    """Return what is to be said of a column that is no resolution; empty for nothing."""
    held = reader.content(header.position)
    if held.is_blank:
        return ""
    if held.is_votes or vocabulary.names_a_code(header):
        return LOST_VOTES
    if not held.is_figures:
        return ""
    return LOST_VOTES if vocabulary.has_code_word(header) else LEFT_OUT


class _Part(NamedTuple):
    """One value of the unfolded column, over all rows: which have it, and what."""

    value: str
    filled: pl.Series
    place: pl.Series
    figures: dict[str, pl.DataFrame]

    def values(self) -> pl.DataFrame:
        """Return the value as cells, for the rows that have it."""
        return pl.DataFrame({"place": self.place.filter(self.filled)}).select(
            text=pl.lit(self.value, dtype=pl.String),
            kind=pl.lit(0, dtype=pl.UInt8),
            place="place",
        )


class _Content(NamedTuple):
    """What the cells of a column have in common.

    Attributes:
        is_votes: Each says which vote; a figure may stand beside some.
        is_figures: Each is a figure, or a vote with or without one.
    """

    is_blank: bool
    is_votes: bool
    is_figures: bool


class _VoteReader:
    """Reads the cells under the headings of a wide sheet."""

    def __init__(self, sheet: Sheet, choice: Choice) -> None:
        self._sheet = sheet
        self._choice = choice
        self._selector = sheet.spec.column_named(choice.selector)
        self._target = target_column(sheet.spec, choice)
        self._words = words_of(sheet.spec, choice)
        own = sheet.cells(choice.figure)
        whole = sheet.cells(choice.whole) if choice.whole else sheet.blank()
        self._whole = choose(is_whole(own), whole, own)

    def content(self, position: int) -> _Content:
        """Return what the filled cells of a column are, taken together."""
        cells = self._sheet.cells_at(position)
        filled = cells.filter(~is_blank(cells))
        said = self._parse(filled)
        as_code = read(filled.with_columns(text=said["word"]), self._selector)["value"]
        vote = as_code.is_not_null()
        count = read(filled, self._target)["value"].is_not_null()
        figure = filled["text"].str.strip_chars(BLANKS).str.contains(_FIGURE)
        return _Content(
            is_blank=filled.is_empty(),
            is_votes=bool(vote.all()),
            is_figures=bool((vote | count | figure).all()),
        )

    def part(self, value: str, headings: Sequence[WideHeading]) -> _Part:
        """Return what all rows say about one value."""
        nothing = self._sheet.blank()
        figures = dict.fromkeys(self._choice.goes_to.values(), nothing)
        filled = flags(nothing.height)
        place = nothing["place"]
        for heading in headings:
            cells = self._sheet.cells_at(heading.header.position)
            codes, meant, here = self._read(cells, heading)
            for code, target in self._choice.goes_to.items():
                takes = here & (codes == code).fill_null(value=False)
                figures[target] = choose(takes, meant, figures[target])
            first = here & ~filled
            place = pl.select(
                place=pl.when(first).then(cells["place"]).otherwise(place)
            )["place"]
            filled |= here
        return _Part(value, filled, place, figures)

    def _read(
        self, cells: pl.DataFrame, heading: WideHeading
    ) -> tuple[pl.Series, pl.DataFrame, pl.Series]:
        """Return code, figure and whether there is a vote, row by row."""
        said = self._parse(cells)
        word = read(cells.with_columns(text=said["word"]), self._selector)["value"]
        has_word, has_figure = said["word"].is_not_null(), said["figure"].is_not_null()
        here = ~is_blank(cells) & ~said["none"]
        is_bare = heading.code is None
        code = word if is_bare else word.fill_null(heading.code)
        differs = flags(cells.height)
        if not is_bare:
            differs = has_word & (word != heading.code).fill_null(value=False)
        whole = self._whole.with_columns(place=cells["place"])
        problems = pl.select(
            code=pl.coalesce(
                pl.when(here & has_word & word.is_null()).then(pl.lit("unfold-cell")),
                pl.when(here & differs).then(pl.lit("unfold-code-differs")),
                pl.when(here & has_figure & ~has_word & is_bare).then(
                    pl.lit("unfold-code-missing")
                ),
                pl.when(here & ~has_figure & is_blank(whole)).then(
                    pl.lit("choice-figure-missing")
                ),
            )
        )["code"]
        words = {**self._words, "heading": heading.header.text}
        self._sheet.accuse(problems.is_not_null(), cells, problems, words)
        figure = cells.with_columns(text=said["figure"])
        return code, choose(has_figure, figure, whole), here

    def _parse(self, cells: pl.DataFrame) -> pl.DataFrame:
        """Take cells apart into word and figure; each spelling once.

        What has a digit and is no word with a figure goes on as a figure: its field
        type knows what is wrong with it.
        """
        spellings = cells.select("text", "kind", tidy=tidy(pl.col("text"))).unique()
        whole = read(spellings, self._selector)["value"].is_not_null()
        count = read(spellings, self._target)["value"]
        pair = spellings.select(parts=pl.col("tidy").str.extract_groups(_PAIR)).unnest(
            "parts"
        )
        word = pair.select(
            word=pl.coalesce(
                pl.when(pl.col(side).str.strip_chars(" :：=()") != "").then(
                    pl.col(side).str.strip_chars(" :：=()")
                )
                for side in ("before", "after")
            ),
            one=(pl.col("before") == "") | (pl.col("after").str.strip_chars() == ""),
        )
        as_code = read(spellings.with_columns(text=word["word"]), self._selector)[
            "value"
        ]
        is_pair = word["one"].fill_null(value=False) & as_code.is_not_null()
        is_pair &= count.is_null() & ~whole
        has_digit = spellings["tidy"].str.contains("[0-9]").fill_null(value=False)
        known = spellings.select(
            "text",
            "kind",
            word=pl.when(is_pair)
            .then(word["word"])
            .when(whole | ~has_digit)
            .then(pl.col("text")),
            figure=pl.when(is_pair)
            .then(pair["figure"])
            .when(~whole & has_digit)
            .then(pl.col("text")),
            none=(count == "0").fill_null(value=False),
        )
        return cells.join(
            known,
            on=["text", "kind"],
            how="left",
            maintain_order="left",
            nulls_equal=True,
        )


def _expand(sheet: Sheet, column: str, choice: Choice, parts: Sequence[_Part]) -> None:
    """Repeat every row once for each value that it has a vote on."""
    base = sheet.frame.with_row_index(_INDEX)
    some = flags(base.height)
    for part in parts:
        some |= part.filled
    together = pl.concat(
        base.filter(part.filled).with_columns(pl.lit(number).alias(_ORDER))
        for number, part in enumerate(parts)
    )
    at = _in_order(together)
    sheet.frame = together.drop(_INDEX, _ORDER)[at]
    for target in choice.goes_to.values():
        cells = (part.figures[target].filter(part.filled) for part in parts)
        sheet.put(target, pl.concat(cells)[at])
    sheet.put(column, pl.concat(part.values() for part in parts)[at])
    for name in (choice.selector, choice.figure):
        sheet.columns.pop(name, None)
    _tell_unfolded(sheet, base.filter(~some)[ROW].to_list(), int(some.sum()))


def _tell_unfolded(sheet: Sheet, silent: list[int], rows: int) -> None:
    if silent:
        sheet.ignored |= dict.fromkeys(silent, _NO_VOTE)
        words = {"count": len(silent), "reason": _NO_VOTE, "rows": listed(silent)}
        sheet.say("rows-ignored", words)
    if rows:
        words = {"rows": rows, "instructions": sheet.frame.height}
        sheet.say("rows-unfolded", words)


def unfold_columns(sheet: Sheet, unfold: Unfold) -> None:
    """Make a second instruction of the cells on the right, where they are filled.

    The first pair says how much: of it there must be something on the left for a first
    instruction, on the right for a second. Money on either side without it makes one
    too, which the check will find to lack its figure.
    """
    leading = next(iter(unfold.takes.values()))
    telling = [
        right
        for right in unfold.takes.values()
        if sheet.has(right)
        and (right == leading or sheet.spec.column_named(right).type == _MONEY)
    ]
    if not telling:
        return
    second, place = flags(sheet.frame.height), sheet.blank()["place"]
    for right in telling:
        filled = ~_is_nothing(sheet, right)
        there = sheet.cells(right)["place"]
        place = pl.select(place=pl.when(filled & ~second).then(there).otherwise(place))[
            "place"
        ]
        second |= filled
    _double(sheet, unfold, ~second | _has_first(sheet, unfold), second, place)
    for right in unfold.takes.values():
        sheet.columns.pop(right, None)


def _has_first(sheet: Sheet, unfold: Unfold) -> pl.Series:
    """Tell which rows say how much, or how much money, on the left."""
    leading = next(iter(unfold.takes))
    found = flags(sheet.frame.height)
    for left in unfold.takes:
        if left == leading or sheet.spec.column_named(left).type == _MONEY:
            found |= ~_is_nothing(sheet, left)
    return found


def _is_nothing(sheet: Sheet, name: str) -> pl.Series:
    """Tell which cells are blank or, in a column of numbers, zero."""
    cells, column = sheet.cells(name), sheet.spec.column_named(name)
    blank = is_blank(cells)
    if column.type not in _NUMBERS:
        return blank
    zero = fold(cells).str.contains(r"^0+(?:\.0+)?$").fill_null(value=False)
    return blank | zero


def _double(
    sheet: Sheet, unfold: Unfold, first: pl.Series, second: pl.Series, place: pl.Series
) -> None:
    """Repeat rows with two instructions; the second has the cells on the right."""
    taken = {}
    for left, right in unfold.takes.items():
        ours, theirs = sheet.cells(left), sheet.cells(right)
        theirs = theirs.with_columns(
            place=pl.when(pl.col("place") < 0).then(place).otherwise(pl.col("place"))
        )
        taken[left] = (ours.filter(first), theirs.filter(second))
    base = sheet.frame.with_row_index(_INDEX)
    parts = [base.filter(first), base.filter(second)]
    together = pl.concat(
        part.with_columns(pl.lit(number).alias(_ORDER))
        for number, part in enumerate(parts)
    )
    at = _in_order(together)
    sheet.frame = together.drop(_INDEX, _ORDER)[at]
    for left, cells in taken.items():
        sheet.put(left, pl.concat(cells)[at])
    rows, alone = parts[1].height, int(second.sum()) - int((first & second).sum())
    if rows:
        sheet.say("rows-unfolded", {"rows": rows, "instructions": 2 * rows - alone})


def _in_order(frame: pl.DataFrame) -> pl.Series:
    """Return where each row of the sheet, and within it each instruction, stands."""
    numbered = frame.select(_INDEX, _ORDER).with_row_index("at")
    return numbered.sort(_INDEX, _ORDER)["at"]


def number_references(sheet: Sheet, pattern: str, name: str) -> None:
    """Give the instructions of a row references of their own; the first keeps its own."""
    if not sheet.has(name):
        return
    number = sheet.frame.select(number=pl.col(ROW).cum_count().over(ROW))["number"]
    if number.max() in {None, 1}:
        return
    cells = sheet.cells(name)
    own = cells.select(own=tidy(pl.col("text")))["own"]
    before, _, rest = pattern.partition("{reference}")
    parts = [part.partition("{number}") for part in (before, rest)]
    pieces: list[pl.Expr] = []
    for (start, hole, end), follows in zip(parts, (True, False), strict=True):
        pieces.append(pl.lit(start))
        if hole:
            pieces += [pl.lit(number.cast(pl.String)), pl.lit(end)]
        if follows:
            pieces.append(pl.lit(own))
    later = cells.with_columns(
        text=pl.concat_str(pieces), kind=pl.lit(0, dtype=pl.UInt8)
    )
    sheet.put(name, choose((number > 1) & own.is_not_null(), later, cells))
