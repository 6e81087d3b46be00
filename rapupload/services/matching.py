"""How well a foreign heading, and the cells below it, fit a column of a spec.

Nothing here decides: it says how sure a proposal is, and a person or a stated threshold
decides. Weights are our own, tried on layouts of our samples (assumed).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import polars as pl
from rapidfuzz import fuzz

from rapupload.shaping.sheet import is_blank, read
from rapupload.spec.format import BatchSpec, Column
from rapupload.spec.headings import Vocabulary, normalise

EXACT = 1.0
SURE = 0.8
"""From here on a proposal is taken without asking."""

FLOOR = 0.5
"""Below, a column is not proposed at all."""

CLOSE = 0.1
"""Two candidates nearer than this are asked about."""

_SAMPLE = 200
_FITS, _UNFIT = 0.9, 0.5
_TELLING = frozenset(
    {
        "announcement-no",
        "code",
        "currency",
        "date",
        "date-time",
        "isin",
        "market",
        "participant-id",
        "stock-code",
        "yes-no",
    }
)
"""Field types that few other cells are read by."""

_OPEN = frozenset({"text", "reference", "name"})
"""Field types that read nearly anything: their content says nothing."""

_LISTS = frozenset({"code", "yes-no"})
_TWO_DATES = "date-order"
_SHORTEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A column that a heading may stand for.

    Attributes:
        confidence: From 0 to 1.
        why: ``heading``, ``similar-heading`` or ``content``.
    """

    column: str
    confidence: float
    why: str


class FuzzyVocabulary(Vocabulary):
    """Headings of a spec and what is nearly one: to find the row they stand in."""

    def __init__(self, spec: BatchSpec) -> None:
        super().__init__(spec)
        self._spec_columns = spec.column

    def meaning(self, heading: str) -> str | None:
        """Return the column a heading most likely stands for, or None."""
        exact = super().meaning(heading)
        if exact is not None or not heading.strip():
            return exact
        best = max(self._spec_columns, key=lambda column: likeness(heading, column))
        return best.name if likeness(heading, best) >= SURE else None


def candidates(
    heading: str, cells: pl.DataFrame, spec: BatchSpec, exact: str | None
) -> tuple[Candidate, ...]:
    """Return the columns that a heading may stand for, the likeliest first.

    Args:
        heading: As the desk wrote it.
        cells: ``text`` and ``kind`` of the cells below.
        spec: The columns.
        exact: The column that the vocabulary knows it for.
    """
    if exact is not None:
        return (Candidate(column=exact, confidence=EXACT, why="heading"),)
    filled = cells.filter(~is_blank(cells)).head(_SAMPLE)
    found = ((_candidate(heading, filled, column), column) for column in spec.column)
    good = [
        one
        for one, column in found
        if one.confidence >= (SURE if column.is_carried else FLOOR)  # carried anyway
    ]
    return tuple(sorted(good, key=lambda one: (-one.confidence, one.column)))


def _candidate(heading: str, filled: pl.DataFrame, column: Column) -> Candidate:
    like = likeness(heading, column)
    share = _share(filled, column)
    confidence = _weigh(like, share, column.type)
    why = "similar-heading" if like >= FLOOR else "content"
    return Candidate(column=column.name, confidence=round(confidence, 2), why=why)


def _weigh(like: float, share: float | None, type_: str) -> float:
    """Put heading and content together; content alone is never sure."""
    if share is None or type_ in _OPEN:
        return like * 0.9
    if share < _UNFIT:
        return like * share
    if type_ in _TELLING and share >= _FITS:
        return like * 0.65 + 0.33 if like >= _UNFIT else like * 0.4 + 0.35
    return like * 0.85 + 0.1 if like >= _UNFIT else like * 0.5


def _share(filled: pl.DataFrame, column: Column) -> float | None:
    """Return the share of cells that the column reads; None where that says nothing.

    A date that could be two is a date; words of a closed list may be a desk's own.
    """
    if filled.is_empty() or column.type in _OPEN:
        return None
    said = read(filled, column)
    fitting = said["value"].is_not_null() | (said["problem"] == _TWO_DATES)
    share = float(fitting.fill_null(value=False).sum()) / filled.height
    return None if share < _UNFIT and column.type in _LISTS else share


def likeness(heading: str, column: Column) -> float:
    """Return how alike a heading is to the words of a column, from 0 to 1."""
    return max(_alike(heading, word) for word in _words(column))


def _words(column: Column) -> Iterable[str]:
    return (column.name, column.label.en, column.label.zh_hant, *column.aliases)


@lru_cache(maxsize=100_000)
def _alike(heading: str, word: str) -> float:
    one, two = normalise(heading), normalise(word)
    if one == two:
        return 1.0
    if min(len(one), len(two)) < _SHORTEST and one.isascii():
        return 0.0
    loose, strict = heading.casefold(), word.casefold()
    return max(
        fuzz.ratio(one, two) / 100,
        fuzz.token_sort_ratio(loose, strict) / 100,
        fuzz.token_set_ratio(loose, strict) * 0.8 / 100,
    )
