"""Which instruction of one side is which of the other; nothing is paired by likeness."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

By = Literal["auto", "reference", "content"]
_SCHEMA = {"a": pl.UInt32, "b": pl.UInt32}
_KEY, _NUMBER = "__key", "__number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Rows of two frames, by their numbers from 0.

    Attributes:
        same: ``a`` and ``b``: equal in every column compared.
        changed: ``a``, ``b`` and ``on``, the key that agrees: ``reference`` or
            ``content``.
        missing: Rows of A that B does not have.
        added: Rows of B that A does not have.
    """

    same: pl.DataFrame
    changed: pl.DataFrame
    missing: pl.Series
    added: pl.Series

    @property
    def moved(self) -> int:
        """Return how many pairs would have to be moved for both sides to agree in order."""
        paired = pl.concat([self.same, self.changed.select("a", "b")]).sort("a")
        return paired.height - _longest_rise(paired["b"].to_list())


def _longest_rise(numbers: Sequence[int]) -> int:
    """Return the length of the longest rising part, other numbers left out.

    >>> _longest_rise([4, 0, 1, 2, 3])
    4
    """
    ends: list[int] = []  # of the rise of each length, the smallest last number
    for number in numbers:
        place = bisect_left(ends, number)
        ends[place : place + 1] = [number]
    return len(ends)


def pair(
    a: pl.DataFrame,
    b: pl.DataFrame,
    *,
    reference: str | None,
    content: Sequence[str],
    by: By = "auto",
) -> Pairs:
    """Pair the rows of two frames that have the same columns.

    First by the reference, where it stands once on either side. Then equal rows, as many
    as there are on both. Then rows that differ in the reference alone. Then rows whose
    ``content`` agrees, where it is clear which belongs to which.

    Args:
        a: Text columns.
        b: The same columns.
        reference: The column of the own reference; None where there is none.
        content: Columns that make an instruction the same one, the reference not among
            them.
        by: ``reference`` leaves rows unpaired whose reference is not found; ``content``
            does not look at references at all.
    """
    if by == "content" and reference is not None:
        a, b, reference = a.drop(reference), b.drop(reference), None
    found = _Pairing(a, b)
    if reference is not None:
        found.join_unique(reference)
        found.join_equal(a.columns, "reference")
    if by != "reference":
        bare = [name for name in a.columns if name != reference]
        found.join_equal(bare, "content")
        found.join_clear([name for name in content if name in bare], bare)
    return found.result()


class _Pairing:
    """Rows not yet paired on either side, and the pairs so far."""

    def __init__(self, a: pl.DataFrame, b: pl.DataFrame) -> None:
        self._a, self._b = a, b
        self._rest_a = a.with_row_index("a")
        self._rest_b = b.with_row_index("b")
        self._pairs = [pl.DataFrame(schema={**_SCHEMA, "on": pl.String})]

    def join_unique(self, column: str) -> None:
        """Pair rows by a column whose value stands once on either side."""
        once = pl.col(column).is_not_null() & pl.col(column).is_unique()
        a = self._rest_a.filter(once).select("a", column)
        b = self._rest_b.filter(once).select("b", column)
        self._take(a.join(b, on=column, how="inner"), "reference")

    def join_equal(self, columns: Sequence[str], on: str) -> None:
        """Pair rows that agree in the columns, the first with the first, and so on."""
        if columns:
            a, b = (_numbered(rest, columns) for rest in (self._rest_a, self._rest_b))
            self._take(a.join(b, on=[_KEY, _NUMBER], how="inner"), on)

    def join_clear(self, content: Sequence[str], columns: Sequence[str]) -> None:
        """Pair rows that agree in content, where the rows of a group are all alike."""
        if content:
            a, b = (
                _numbered(rest, content).filter(_alike(rest, content, columns))
                for rest in (self._rest_a, self._rest_b)
            )
            self._take(a.join(b, on=[_KEY, _NUMBER], how="inner"), "content")

    def _take(self, joined: pl.DataFrame, on: str) -> None:
        pairs = joined.select("a", "b").with_columns(on=pl.lit(on)).sort("a")
        self._pairs.append(pairs)
        self._rest_a = self._rest_a.join(
            pairs, on="a", how="anti", maintain_order="left"
        )
        self._rest_b = self._rest_b.join(
            pairs, on="b", how="anti", maintain_order="left"
        )

    def result(self) -> Pairs:
        """Return the pairs, told apart by whether they are equal."""
        pairs = pl.concat(self._pairs).sort("a")
        a, b = self._a[pairs["a"]], self._b[pairs["b"]]
        same = pl.repeat(value=True, n=pairs.height, eager=True, dtype=pl.Boolean)
        for name in self._a.columns:
            same &= a[name].eq_missing(b[name])
        return Pairs(
            same=pairs.filter(same).select("a", "b"),
            changed=pairs.filter(~same),
            missing=self._rest_a["a"],
            added=self._rest_b["b"],
        )


def _numbered(rest: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Return the row, what the columns say as one text, and the how-manieth that is."""
    side = rest.columns[0]
    keyed = rest.select(side, _key(columns).alias(_KEY))
    return keyed.with_columns(pl.int_range(pl.len()).over(_KEY).alias(_NUMBER))


def _key(columns: Sequence[str]) -> pl.Expr:
    # a value cannot hold these: control characters are faults of a file and of a cell
    parts = [pl.col(name).fill_null("\x00") for name in columns]
    return pl.concat_str(parts, separator="\x1f")


def _alike(
    rest: pl.DataFrame, content: Sequence[str], columns: Sequence[str]
) -> pl.Series:
    """Tell of each row whether all rows of its content are equal in all columns."""
    whole = rest.select(key=_key(content), whole=_key(columns))
    alike = whole.select(pl.col("whole").n_unique().over("key") == 1)
    return alike.to_series()


def changed_fields(
    a: pl.DataFrame, b: pl.DataFrame, pairs: pl.DataFrame
) -> Iterator[tuple[int, int, str, list[str]]]:
    """Tell of each changed pair its rows, its key, and the columns that differ."""
    left, right = a[pairs["a"]], b[pairs["b"]]
    names = [name for name in a.columns if name in b.columns]
    differs = {name: left[name].ne_missing(right[name]).to_list() for name in names}
    for number, (one, other, on) in enumerate(pairs.iter_rows()):
        yield one, other, on, [name for name in names if differs[name][number]]
