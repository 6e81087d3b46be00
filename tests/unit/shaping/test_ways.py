"""Two facts in one word, a heading that says the opposite, rows that are no instruction."""

from __future__ import annotations

import pytest

from tests.unit.shaping.building import Rows, places, said, shaped, texts, ways
from tests.unit.validation.building import table

_HEADS = ["Own-reference", "Direction", "Payment"]


def test_a_plain_sheet_is_handed_on_untouched():
    """Nothing is copied and nothing is said."""
    plain = table(_HEADS, [["A1", "D", "DVP"], ["A2", "R", "FOP"]])
    from rapupload.shaping import shape

    assert shape(plain, ways().spec) is plain


def test_one_word_fills_both_columns_where_only_it_can_be_meant():
    """RVP says that the column speaks of both, so DVP beside it means deliver."""
    rows: Rows = [["A1", "RVP"], ["A2", "DVP"], ["A3", "rfp"], ["A4", "AP"]]
    found = shaped(["Own-reference", "Payment"], rows, ways())
    assert texts(found, "direction", "payment") == [
        (2, "R", "DVP"),
        (3, "D", "DVP"),
        (4, "R", "FOP"),
        (5, None, "AP"),
    ]
    assert places(found, "direction") == [1, 1, 1, 1]
    assert said(found) == []


def test_dvp_alone_is_only_the_way_of_payment():
    """Without a word that can mean nothing else, the direction is not guessed."""
    plain = shaped(["Own-reference", "Payment"], [["A1", "DVP"]], ways())
    assert plain.shaping is None


@pytest.mark.parametrize(
    ("direction", "payment", "meant", "codes"),
    [
        pytest.param("REC", "RVP", ("REC", "DVP"), [], id="both say the same"),
        pytest.param(None, "RVP", ("R", "DVP"), [], id="partner blank"),
        pytest.param(
            "D", "RVP", ("D", "DVP"), [("combined-differs", 2, 2)], id="they disagree"
        ),
        pytest.param("x", "RVP", ("x", "DVP"), [], id="partner left to its field type"),
        pytest.param("RFP", "FOP", ("R", "FOP"), [], id="word in the other column"),
        pytest.param(
            "RVP", "FREE", ("R", "FREE"), [("combined-differs", 2, 1)], id="other way"
        ),
    ],
)
def test_the_partner_column_must_agree(direction, payment, meant, codes):
    """A blank partner is filled; one that says otherwise is an error on the word."""
    found = shaped(_HEADS, [["A1", direction, payment]], ways())
    assert texts(found, "direction", "payment") == [(2, *meant)]
    assert said(found) == codes


def test_a_blank_below_release_is_asked_about():
    """A default of Hold, such as N, would release it; a cell of Hold itself answers."""
    rows: Rows = [["A1", "Y", None], ["A2", None, None], ["A3", " ", "Y"]]
    found = shaped(["Own-reference", "Release", "Hold"], rows, ways())
    assert said(found) == [("value-missing", 3, 1)]


@pytest.mark.parametrize("heading", ["Release", "RELEASE", "釋放", "Release 釋放"])
def test_release_is_read_as_the_opposite_of_hold(heading):
    """Y turns into N and back; what is neither stays as it is, for the field type."""
    rows: Rows = [["A1", "Y"], ["A2", "no"], ["A3", None], ["A4", "?"]]
    found = shaped(["Own-reference", heading], rows, ways())
    assert [row[1] for row in texts(found, "hold")] == ["N", "Y", None, "?"]
    assert places(found, "hold") == [1, 1, 1, 1]
    assert found.shaping is not None
    assert found.shaping.unknown == ()


def test_hold_and_release_must_agree():
    """A blank one is filled from the other; a contradiction is an error."""
    rows: Rows = [
        ["A1", "Y", "N"],
        ["A2", None, "Y"],
        ["A3", "Y", "Y"],
        ["A4", "N", None],
    ]
    found = shaped(["Own-reference", "Hold", "Release"], rows, ways())
    assert [row[1] for row in texts(found, "hold")] == ["Y", "N", "Y", "N"]
    assert said(found) == [("opposite-differs", 4, 2)]
    assert places(found, "hold") == [1, 2, 1, 1]


def test_rows_of_the_spec_s_reasons_are_left_out_and_counted():
    """The rest stays; the note names the rows, and the sum of rows is unchanged."""
    rows: Rows = [["A1", "done"], ["A2", None], ["A3", " 已完成 "], ["A4", "NOT DONE"]]
    found = shaped(["Own-reference", "Status"], rows, ways())
    assert found.ignored == {2: "done", 4: "done"}
    assert list(found.frame["row"]) == [3, 5]
    assert found.rows == 4
    assert said(found) == [("rows-ignored", None, 1)]


def test_a_sheet_that_is_ignored_whole_is_still_a_table():
    """No row is left, and none is lost."""
    found = shaped(["Own-reference", "Status"], [["A1", "DONE"]], ways())
    assert found.frame.height == 0
    assert found.rows == 1
