"""What a mapping says of cells and rows."""

from __future__ import annotations

import pytest

from rapupload.model import Severity
from rapupload.table import CellKind
from rapupload.validation import check
from tests.unit.shaping.building import Rows, places, said, shaped, texts, ways
from tests.unit.validation.building import context

_HEADS = ["Ref", "Side", "Way"]
_NAMES = {"Ref": "own-reference", "Side": "direction", "Way": "payment"}


def test_headings_of_a_desk_are_read_as_the_mapping_says():
    """It wins over the spec's own words, and may say that a column is not sent."""
    keys = {"headings": {**_NAMES, "Payment": ""}}
    found = shaped([*_HEADS, "Payment"], [["A1", "D", "FOP", "x"]], ways(), keys)
    assert texts(found, "own-reference", "direction", "payment") == [
        (2, "A1", "D", "FOP")
    ]
    assert found.shaping is not None
    assert found.shaping.unknown == ()
    assert said(found) == []


def test_words_of_a_desk_are_read_and_said_once():
    """Whatever the case, and in number cells too; others stay as they are."""
    keys = {
        "headings": _NAMES,
        "values": {"direction": {"Sell": "D", "1": "R"}},
    }
    rows: Rows = [["A1", "SELL", "FOP"], ["A2", "1", "FOP"], ["A3", "D", "FOP"]]
    found = shaped(_HEADS, rows, ways(), keys)
    assert [row[1] for row in texts(found, "direction")] == ["D", "R", "D"]
    assert places(found, "direction") == [1, 1, 1]
    assert said(found) == [("value-mapped", None, 1)]
    numbers = shaped(
        _HEADS, [["A2", "1", "FOP"]], ways(), keys, kinds={1: CellKind.NUMBER}
    )
    assert [row[1] for row in texts(numbers, "direction")] == ["R"]


def test_a_fixed_value_fills_what_the_sheet_lacks():
    """A cell that says otherwise is an error, a blank one is filled."""
    keys = {"headings": _NAMES, "fixed": {"payment": "FOP", "hold": "N"}}
    rows: Rows = [["A1", "D", None], ["A2", "D", "FREE"], ["A3", "D", "DVP"]]
    found = shaped(_HEADS, rows, ways(), keys)
    assert texts(found, "payment", "hold") == [
        (2, "FOP", "N"),
        (3, "FREE", "N"),
        (4, "DVP", "N"),
    ]
    assert said(found) == [("fixed-differs", 4, 2)]
    assert places(found, "hold") == [-1, -1, -1]


def test_rows_are_ignored_by_a_heading_of_the_sheet():
    """The heading need not be a column of ours, but it must be there."""
    ignored = {"reason": "sent", "column": "State", "values": ["OK"]}
    keys = {"headings": {**_NAMES, "State": ""}, "ignored-rows": [ignored]}
    rows: Rows = [["A1", "D", "FOP", "ok"], ["A2", "D", "FOP", None]]
    found = shaped([*_HEADS, "State"], rows, ways(), keys)
    assert found.ignored == {2: "sent"}
    lacking = shaped(_HEADS, [row[:3] for row in rows], ways(), keys)
    assert ("ignored-column-missing", None, -1) in said(lacking)


def test_headings_that_are_gone_are_named():
    """A layout that has changed is seen before its columns are missed."""
    found = shaped(["Ref", "Side"], [["A1", "D"]], ways(), {"headings": _NAMES})
    assert said(found) == [("mapping-heading-missing", None, -1)]


@pytest.mark.parametrize(
    ("column", "code", "severity"),
    [
        pytest.param("hold", "mapping-heading-missing", Severity.WARNING, id="sent"),
        pytest.param("status", "mapping-heading-gone", Severity.NOTE, id="carried"),
    ],
)
def test_a_renamed_heading_of_what_is_sent_is_asked_about(column, code, severity):
    """Hold turned into Held: what stands in for the blank must not go unasked."""
    rows: Rows = [["A1", "D", "FOP", "Y"]]
    keys = {"headings": {**_NAMES, "Their flag": column}}
    found = shaped([*_HEADS, "Held back"], rows, ways(), keys)
    checked = check(found, ways(), context())
    said_ = {f.code: (f.severity, f.message.en) for f in checked.findings}
    assert said_[code][0] is severity
    assert "Their flag" in said_[code][1]
    assert len([c for c in said_ if c.startswith("mapping-")]) == 1
