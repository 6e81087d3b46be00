"""A vote beside a figure, in place of a column per vote."""

from __future__ import annotations

import pytest

from tests.unit.shaping.building import places, said, shaped, texts, votes

_HEADS = ["Own-reference", "Account", "Item", "Vote", "Shares", "Holding"]
_BOTH = [*_HEADS, "Yes", "No"]


@pytest.mark.parametrize(
    ("vote", "shares", "holding", "meant", "codes"),
    [
        pytest.param("F", "10", "99", ("10", None), [], id="for"),
        pytest.param("反對", "1,000", None, (None, "1,000"), [], id="against"),
        pytest.param("For", None, "99", ("99", None), [], id="blank is the whole"),
        pytest.param("A", "ALL", "99", (None, "99"), [], id="ALL is the whole"),
        pytest.param("A", "全部", "99", (None, "99"), [], id="all in Chinese"),
        pytest.param(
            "F", " ", None, (None, None), ["choice-figure-missing"], id="whole unknown"
        ),
        pytest.param("X", "10", "99", (None, None), ["code-unknown"], id="no vote"),
        pytest.param(
            None, "10", "99", (None, None), ["choice-code-missing"], id="vote blank"
        ),
        pytest.param(None, None, "99", (None, None), [], id="nothing"),
    ],
)
def test_a_figure_goes_where_the_vote_says(vote, shares, holding, meant, codes):
    """A blank figure is the whole, where that is known; nothing else is guessed."""
    found = shaped(_HEADS, [["A1", "01", "1", vote, shares, holding]], votes())
    assert texts(found, "yes", "no") == [(2, *meant)]
    assert [code for code, _, _ in said(found)] == codes


def test_figures_point_at_their_own_cells():
    """A finding about the figure marks the figure; of a whole, the vote."""
    rows = [
        ["A1", "01", "1", "F", "10", None],
        ["A2", "01", "2", "F", None, "99"],
        ["A3", "01", "3", "A", "10", None],
    ]
    found = shaped(_HEADS, rows, votes())
    assert places(found, "yes") == [4, 3, -1]
    assert places(found, "no") == [-1, -1, 4]


@pytest.mark.parametrize(
    ("row", "meant", "codes"),
    [
        pytest.param(["F", "10", "10", None], ("10", None), [], id="the same"),
        pytest.param(["F", "1,000", "1000", "0"], ("1000", "0"), [], id="same figure"),
        pytest.param(
            ["F", "10", None, "10"], (None, "10"), ["choice-differs"], id="other side"
        ),
        pytest.param(
            ["F", "10", "11", None], ("11", None), ["choice-differs"], id="other figure"
        ),
        pytest.param([None, None, "5", "6"], ("5", "6"), [], id="columns alone"),
        pytest.param(["A", "7", None, None], (None, "7"), [], id="vote alone"),
    ],
)
def test_both_forms_in_one_sheet_must_agree_row_by_row(row, meant, codes):
    """Where one of them is blank the other is taken."""
    vote, shares, yes, no = row
    cells = [["A1", "01", "1", vote, shares, "99", yes, no]]
    found = shaped(_BOTH, cells, votes())
    assert texts(found, "yes", "no") == [(2, *meant)]
    assert [code for code, _, _ in said(found)] == codes


def test_a_figure_without_a_vote_column_is_not_sent_and_said_so():
    """Shares beside For and Against columns mean nothing by themselves."""
    heads = ["Own-reference", "Account", "Item", "Shares", "Yes"]
    found = shaped(heads, [["A1", "01", "1", "10", "5"]], votes())
    assert texts(found, "yes") == [(2, "5")]
    assert found.shaping is not None
    assert found.shaping.unknown == (3,)
    assert "shares" not in found.shaping.columns
