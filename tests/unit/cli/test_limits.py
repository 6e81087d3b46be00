from __future__ import annotations

import pytest

from rapupload.cli.limits import figures_table, gap_lines
from rapupload.model import Text
from rapupload.validation import NotChecked


def _row(**changes: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "book": "money",
        "day": "2027-01-05",
        "key": {"currency": "HKD"},
        "each": {},
        "accepted": "0",
        "outstanding": "0",
        "this_file": "5",
        "limit": "9",
        "over": "-4",
    }
    return usual | changes


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({}, False, id="nothing before, and below the limit"),
        pytest.param({"accepted": "1"}, True, id="something was accepted before"),
        pytest.param({"outstanding": "1"}, True, id="something is outstanding"),
        pytest.param({"over": "0.5"}, True, id="over by half"),
        pytest.param({"over": "0"}, False, id="exactly the limit"),
        pytest.param({"limit": None, "over": None}, False, id="no limit known"),
    ],
)
def test_figures_are_shown_where_they_tell_something(changes, told):
    """A screen holds few; JSON has all."""
    assert (figures_table([_row(**changes)]) is not None) is told


def test_gaps_are_grouped_by_what_would_mend_them():
    """Each rule once, in the language of the desk."""
    list_, journal = Text("no list", "沒有清單"), Text("no journal", "沒有日誌")
    gaps = [
        NotChecked(rule="b", missing=("x",), rows=1, reasons=(list_,)),
        NotChecked(rule="a", missing=("x",), rows=2, reasons=(list_, journal)),
        NotChecked(rule="a", missing=("y",), rows=1, reasons=(list_,)),
        NotChecked(rule="c", missing=("z",), rows=1),
    ]
    assert gap_lines(gaps, "en") == [
        "Not checked for want of data (--json names the rules):",
        "  2 rules (a, b): no list",
        "  1 rule (a): no journal",
        "  1 rule (c): no value",
    ]
    assert gap_lines(gaps, "zh-Hant")[1] == "  2 rules (a, b): 沒有清單"
    assert gap_lines([], "en") == []
