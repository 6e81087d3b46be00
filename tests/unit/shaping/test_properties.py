"""Unfolding and summing keep every figure and account for every source row."""

from __future__ import annotations

from collections import Counter

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from rapupload.shaping import shape
from rapupload.table import Table
from rapupload.validation import Asked, Checked, check
from tests.unit.shaping.building import texts, votes
from tests.unit.validation.building import accounts_for_all, context, table

VOTES = votes()
_LONG = ["Own-reference", "Account", "Item", "Yes", "No", "Holding", "Client-code"]
_WIDE = ["Own-reference", "Account", "Holding"]
_figure = st.none() | st.integers(0, 99_999).map(str) | st.just("x")
_account = st.sampled_from(["01", "02", "", "!!"])
_item = st.sampled_from(["1", "2(a)", "S1"])
_cell = st.none() | st.sampled_from(
    ["F", "A", "against", "F 100", "7", "0", "maybe", "-", " ", "1K", "F 1,000"]
)


@st.composite
def _long(draw: st.DrawFn) -> Table:
    """Return a client-level sheet: many rows per account and item."""
    rows = draw(
        st.lists(
            st.tuples(
                _account,
                _item,
                _figure,
                _figure,
                st.sampled_from(["500", "500", "600", None]),
                st.sampled_from(["C1", "C2", None]),
            ),
            min_size=1,
            max_size=12,
        )
    )
    return table(_LONG, [[f"R{n}", *row] for n, row in enumerate(rows)])


@st.composite
def _wide(draw: st.DrawFn) -> Table:
    """Return a wide sheet, with headings that name the vote and some that do not."""
    heads = draw(
        st.lists(
            st.sampled_from(["1", "2(a)", "S1", "3 For", "3 Against", "Desk", "5.10"]),
            min_size=1,
            max_size=5,
            unique=True,
        )
    )
    rows = draw(
        st.lists(
            st.tuples(
                _account, st.sampled_from(["900", None]), *(_cell for _ in heads)
            ),
            min_size=1,
            max_size=6,
        )
    )
    return table([*_WIDE, *heads], [[f"R{n}", *row] for n, row in enumerate(rows)])


def _source_rows(found: Checked) -> list[int]:
    """Return every source row that the instructions name, each pairing once."""
    named = []
    for row in found.instructions.iter_rows(named=True):
        also = row.get("also") or ""
        named += [row["row"], *(int(n) for n in also.split(",") if n)]
    return named


def _totals(rows: pl.DataFrame) -> tuple[int, int]:
    yes, no = (int(rows[name].cast(pl.Int64).sum()) for name in ("yes", "no"))
    return yes, no


@settings(max_examples=150, deadline=None)
@given(_long())
def test_summing_keeps_every_row_and_total(sheet):
    """Used rows stand under one instruction each; what they held is what is sent."""
    found = check(sheet, VOTES, context(), asked=Asked(summing=True))
    named = _source_rows(found)
    assert len(named) == len(set(named)) == found.used
    assert set(named).isdisjoint(found.rejected)
    assert found.rows == found.used + len(found.rejected) + len(found.ignored)
    cells = sheet.frame.filter(pl.col("row").is_in(named)).select(yes="c3", no="c4")
    assert _totals(found.instructions) == _totals(cells)
    keys = found.instructions.select("account", "item")
    assert keys.n_unique() == keys.height


@settings(max_examples=150, deadline=None)
@given(_long())
def test_a_group_goes_whole_or_not_at_all(sheet):
    """No sum is sent without one of its rows, and each row held back says why."""
    alone = check(sheet, VOTES, context())
    found = check(sheet, VOTES, context(), asked=Asked(summing=True))
    assert set(alone.rejected) <= set(found.rejected)
    told = set(found.findings.frame.filter(severity="error")["row"])
    assert set(found.rejected) <= told
    for key, rows in sheet.frame.group_by("c1", "c2"):
        used = {row for row in rows["row"] if row not in set(found.rejected)}
        assert used in (set(), set(rows["row"])), key


@settings(max_examples=150, deadline=None)
@given(_wide())
def test_unfolding_accounts_for_every_row_and_cell(sheet):
    """Rows are used whole, rejected whole, or ignored; no vote comes from nowhere."""
    shaped = shape(sheet, VOTES.spec)
    assert shaped.rows == sheet.rows
    assert set(shaped.frame["row"]) | set(shaped.ignored) == set(sheet.frame["row"])
    found = check(shaped, VOTES, context())
    used = set(found.instructions["row"])
    assert used.isdisjoint(found.rejected)
    assert len(used) == found.used
    assert found.rows == found.used + len(found.rejected) + len(found.ignored)
    made = Counter(found.instructions["row"])
    before = Counter(shaped.frame["row"])
    assert all(made[row] == before[row] for row in used)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(_item, st.integers(1, 9_999), st.booleans()), min_size=1, max_size=8
    )
)
def test_wide_and_long_sheets_say_the_same(votes_):
    """A figure under a heading that names the vote is what a long row would say."""
    unique = {(item, yes): figure for item, figure, yes in votes_}
    heads = [f"{item} {'For' if yes else 'Against'}" for item, yes in unique]
    cells = [str(figure) for figure in unique.values()]
    shaped = shape(table([*_WIDE, *heads], [["R0", "01", None, *cells]]), VOTES.spec)
    meant: dict[str, list[str | None]] = {}
    for (item, yes), figure in unique.items():
        meant.setdefault(item, [None, None])[0 if yes else 1] = str(figure)
    assert {i: [y, n] for _, i, y, n in texts(shaped, "item", "yes", "no")} == meant


@settings(max_examples=60, deadline=None)
@given(_long())
def test_shaping_a_plain_table_gives_the_very_table(sheet):
    """Nothing is copied, so that a plain sheet costs nothing."""
    assert shape(sheet, VOTES.spec) is sheet
    assert accounts_for_all(check(sheet, VOTES, context()))


@settings(max_examples=60, deadline=None)
@given(_wide())
def test_unfolding_and_summing_together(sheet):
    """Wide rows of several clients: the fixpoint over both leaves no half row."""
    shaped = shape(sheet, VOTES.spec)
    found = check(shaped, VOTES, context(), asked=Asked(summing=True))
    assert found.rows == found.used + len(found.rejected) + len(found.ignored)
    assert found.lineage is not None
    pairs = set(found.lineage.iter_rows())
    rows = {row for _, row in pairs}
    assert rows.isdisjoint(found.rejected)
    assert found.lineage.height == sum(row in rows for row in shaped.frame["row"])
