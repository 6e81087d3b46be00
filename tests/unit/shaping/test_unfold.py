"""One row that becomes several instructions: a column per resolution, rights and excess."""

from __future__ import annotations

import pytest

from rapupload.model import Severity
from rapupload.shaping import shape
from rapupload.shaping.wide import WideVocabulary
from rapupload.spec.catalogue import Catalogue
from rapupload.table import CellKind, Header
from rapupload.validation import check
from tests.unit.shaping.building import (
    Rows,
    places,
    rights,
    said,
    shaped,
    texts,
    votes,
    with_header_kind,
)
from tests.unit.validation.building import context, table

_HEADS = ["Own-reference", "Account", "Holding"]


def _wide(*headings: str, holding: str | None = "900"):
    def make(*rows):
        cells = [[f"R{n}", "01", holding, *row] for n, row in enumerate(rows, start=1)]
        return shaped([*_HEADS, *headings], cells, votes())

    return make


@pytest.mark.parametrize(
    ("heading", "kind", "read"),
    [
        pytest.param("1", CellKind.TEXT, ("1", None), id="number"),
        pytest.param("1", CellKind.NUMBER, ("1", None), id="number cell"),
        pytest.param("2(a)", CellKind.TEXT, ("2(a)", None), id="letter in brackets"),
        pytest.param("S1", CellKind.TEXT, ("S1", None), id="special resolution"),
        pytest.param("5.10", CellKind.TEXT, ("5.10", None), id="text with a zero"),
        pytest.param("Resolution 3A", CellKind.TEXT, ("3A", None), id="with a title"),
        pytest.param("決議案 4", CellKind.TEXT, ("4", None), id="Chinese title"),
        pytest.param("1 For", CellKind.TEXT, ("1", "F"), id="number and vote"),
        pytest.param("Against 2(a)", CellKind.TEXT, ("2(a)", "A"), id="vote first"),
        pytest.param("2(a) Against 反對", CellKind.TEXT, ("2(a)", "A"), id="bilingual"),
        pytest.param("1 (For)", CellKind.TEXT, ("1", "F"), id="vote in brackets"),
        pytest.param("S1 - AGAINST", CellKind.TEXT, ("S1", "A"), id="hyphen"),
        pytest.param("1\nFor", CellKind.TEXT, ("1", "F"), id="two lines"),
        pytest.param("1 For Against", CellKind.TEXT, None, id="two votes"),
        pytest.param("2 A", CellKind.TEXT, None, id="letter that may be the number's"),
        pytest.param("5.1", CellKind.NUMBER, None, id="number that lost a zero"),
        pytest.param("2027-01-02", CellKind.DATE, None, id="date"),
        pytest.param("2-Jan", CellKind.TEXT, None, id="trace of a date"),
        pytest.param("Client", CellKind.TEXT, None, id="word"),
        pytest.param("KYC2", CellKind.TEXT, None, id="code of something else"),
        pytest.param("123456", CellKind.TEXT, None, id="too long"),
        pytest.param("S1for", CellKind.TEXT, ("S1", "F"), id="no blank between"),
        pytest.param("Resort1", CellKind.TEXT, None, id="title within a word"),
    ],
)
def test_headings_of_wide_sheets(heading, kind, read):
    """Numbered as agendas are, with or without the vote; anything else is not guessed."""
    spec = votes().spec
    vocabulary = WideVocabulary(spec, "item", spec.choice[0])
    found = vocabulary.read(Header(heading, 0, "A", kind))
    assert (None if found is None else (found.value, found.code)) == read


def test_every_vote_becomes_an_instruction_of_its_own():
    """Words take the holding, figures stand for themselves, blanks are nothing."""
    found = _wide("1", "2(a)", "3 For", "3 Against")(
        ["F", "A 100", "10", "20"], [None, "against", None, "0"]
    )
    assert texts(found, "own-reference", "item", "yes", "no") == [
        (2, "R1", "1", "900", None),
        (2, "R1/2", "2(a)", None, "100"),
        (2, "R1/3", "3", "10", "20"),
        (3, "R2", "2(a)", None, "900"),
    ]
    assert places(found, "item") == [3, 4, 5, 4]
    assert places(found, "yes") == [3, -1, 5, -1]
    assert places(found, "no") == [-1, 4, 6, 4]
    assert found.rows == 2


@pytest.mark.parametrize(
    ("heading", "cell", "holding", "meant", "code"),
    [
        pytest.param("1", "F 1,000", None, ("1,000", None), "", id="word and figure"),
        pytest.param("1", "1000 Against", None, (None, "1000"), "", id="figure first"),
        pytest.param("1", "贊成：5", None, ("5", None), "", id="Chinese with colon"),
        pytest.param(
            "1", "1000", "9", (None, None), "unfold-code-missing", id="bare figure"
        ),
        pytest.param("1 For", "1000", None, ("1000", None), "", id="vote in heading"),
        pytest.param("1 For", "F", "9", ("9", None), "", id="the same twice"),
        pytest.param(
            "1 For", "A", "9", (None, None), "unfold-code-differs", id="heading differs"
        ),
        pytest.param("1", "maybe", "9", (None, None), "unfold-cell", id="neither"),
        pytest.param(
            "1", "F", None, (None, None), "choice-figure-missing", id="whole?"
        ),
        pytest.param(
            "1 For", "1K", None, ("1K", None), "", id="left to the field type"
        ),
        pytest.param(
            "1", "F 10 A 20", "9", (None, None), "unfold-code-missing", id="split"
        ),
    ],
)
def test_cells_of_wide_sheets(heading, cell, holding, meant, code):
    """A vote, a figure, or both; what is unclear is an error on the cell."""
    found = _wide(heading, "9", holding=holding)([cell, None])
    if code != "unfold-code-differs":
        assert texts(found, "yes", "no") == [(2, *meant)]
    assert said(found)[:1] == (
        [(code, 2, 3)] if code else [("rows-unfolded", None, -1)]
    )


def test_a_row_without_any_vote_is_ignored_with_the_reason():
    """It is counted and named; the others go on."""
    found = _wide("1", "2")(["F", None], [None, " "], ["A", "0"])
    assert found.ignored == {3: "no-vote"}
    assert [row[0] for row in texts(found, "item")] == [2, 4]
    assert ("rows-ignored", None, -1) in said(found)
    assert found.rows == 3


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        pytest.param("2027-02-01", CellKind.DATE, id="date"),
        pytest.param("5.1", CellKind.NUMBER, id="lost zero"),
        pytest.param("2 F", CellKind.TEXT, id="unclear"),
    ],
)
def test_votes_under_a_heading_that_is_not_understood_stop_the_file(heading, kind):
    """Left out with a note they would be lost."""
    sheet = table([*_HEADS, "1", heading], [["R1", "01", "9", "F", "A"]])
    found = shape(with_header_kind(sheet, 4, kind), votes().spec)
    assert ("unfold-heading-doubtful", None, 4) in said(found)


def test_other_columns_of_a_wide_sheet_are_only_not_sent():
    """A desk's own column with other words is no vote, nor is one with nothing in it."""
    found = _wide("1", "Sales", "For later", "Against")(["F", "Chan", "call", None])
    assert found.shaping is not None
    assert found.shaping.unknown == (4, 5, 6)
    assert [code for code, _, _ in said(found)] == ["rows-unfolded"]


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        pytest.param("Special For", ["100", None], id="word at the end"),
        pytest.param("For the special one", ["1,000", "F"], id="figure and vote"),
        pytest.param("特別決議（反對）", ["100", " 20 "], id="Chinese"),
        pytest.param("Special", ["F 100", "against"], id="pairs"),
    ],
)
def test_votes_under_a_heading_without_a_number_stop_the_file(heading, cells):
    """The word of a vote over figures, or votes under any word: left out they are lost."""
    found = _wide("1 For", "1 Against", heading)(*(["5", "6", c] for c in cells))
    assert ("unfold-heading-doubtful", None, 5) in said(found)


@pytest.mark.parametrize("heading", ["Phone", "Client No", "Forward", "", "#"])
def test_figures_left_out_of_a_wide_sheet_are_asked_about(heading):
    """A desk's own figures, perhaps; named, and a person says that they are no votes."""
    found = _wide("1", heading)(["F", "21234567"], ["A", "10"])
    assert ("unfold-column-left-out", None, 4) in said(found)
    assert found.shaping is not None
    assert found.shaping.unknown == ()
    sheet = table([*_HEADS, "1", heading], [["R1", "01", "9", "F", "100"]])
    checked_ = check(shape(sheet, votes().spec), votes(), context())
    (warning,) = [f for f in checked_.findings if f.severity is Severity.WARNING]
    assert (heading or "E") in warning.message.en


def test_a_mapping_says_that_figures_are_no_votes():
    """Then nothing is asked about them."""
    keys = {"headings": {"Special For": "", "Phone": ""}}
    row = ["R1", "01", "9", "F", "100", "21234567"]
    found = shaped([*_HEADS, "1", "Special For", "Phone"], [row], votes(), keys)
    assert [code for code, _, _ in said(found)] == ["rows-unfolded"]


@pytest.mark.parametrize(
    "headings",
    [["1", "1"], ["1", "1 For"], ["1 For", "For 1"]],
    ids=["twice", "bare and named", "one vote twice"],
)
def test_two_columns_for_one_vote_stop_the_file(headings):
    """Which of them counts is not guessed."""
    found = _wide(*headings)(["F", "F"])
    assert found.shaping is not None
    assert found.shaping.repeated == {"item": (3, 4)}


def test_a_sheet_cannot_be_wide_and_long_at_once():
    """A column of votes beside columns of resolutions: which form is meant?"""
    found = _wide("1", "Yes")(["F", "10"])
    assert said(found) == [("unfold-both-forms", None, 4)]


def test_a_resolution_column_makes_the_sheet_a_long_one():
    """Headings that look like resolutions are then other columns."""
    heads = [*_HEADS, "Item", "Yes", "1"]
    found = shaped(heads, [["R1", "01", "9", "2", "5", "F"]], votes())
    assert found.shaping is None


def test_long_references_are_left_to_the_check():
    """The reference grows; its column says whether it still fits."""
    cells = [["ABCDEFGHIJ", "01", "9", "F", "F"]]
    found = shaped([*_HEADS, "1", "2"], cells, votes())
    assert [row[1] for row in texts(found, "own-reference")] == [
        "ABCDEFGHIJ",
        "ABCDEFGHIJ/2",
    ]
    assert places(found, "own-reference") == [0, 0]


_RIGHTS = ["Own-reference", "Quantity", "Event", "Excess", "Excess-event"]


@pytest.mark.parametrize(
    ("row", "made"),
    [
        pytest.param(
            ["R1", "10", "RS1", "5", "ER1"],
            [(2, "R1", "10", "RS1"), (2, "R1/2", "5", "ER1")],
            id="both",
        ),
        pytest.param(
            ["R1", "10", "RS1", None, "ER1"], [(2, "R1", "10", "RS1")], id="no excess"
        ),
        pytest.param(
            ["R1", "10", "RS1", "0", None], [(2, "R1", "10", "RS1")], id="zero excess"
        ),
        pytest.param(
            ["R1", None, "RS1", "5", "ER1"], [(2, "R1", "5", "ER1")], id="excess alone"
        ),
        pytest.param(
            ["R1", "10", "RS1", "5", None],
            [(2, "R1", "10", "RS1"), (2, "R1/2", "5", None)],
            id="event missing",
        ),
    ],
)
def test_cells_on_the_right_make_a_second_instruction(row, made):
    """The first pair decides; the first instruction keeps its reference."""
    found = shaped(_RIGHTS, [row], rights())
    assert texts(found, "own-reference", "quantity", "event") == made
    assert found.rows == 1


def test_money_of_the_first_instruction_is_never_dropped():
    """Money for rights without their number is asked about, whatever stands beside it."""
    heads = ["Our reference", "Quantity", "Amount", "Excess Qty", "Excess Amount"]
    rows: Rows = [["R1", None, "5,000", "40", None], ["R2", "0", "0.00", "40", "60"]]
    found = shaped(heads, rows, Catalogue().spec("subscription"))
    assert texts(found, "quantity", "amount") == [
        (2, None, "5,000"),
        (2, "40", None),
        (3, "40", "60"),
    ]


def test_a_second_instruction_points_at_the_cells_on_the_right():
    """A blank cell among them is sought where the row says that there is one."""
    found = shaped(_RIGHTS[:4], [["R1", "10", "RS1", "5"]], rights())
    assert places(found, "quantity") == [1, 3]
    assert places(found, "event") == [2, 3]
