from __future__ import annotations

import pytest

from rapupload.model import Scope, Severity, Text
from rapupload.table import Header
from rapupload.validation.findings import Findings, empty, fill, one


@pytest.mark.parametrize(
    ("message", "words", "filled"),
    [
        pytest.param("{a} and {b}", {"a": 1, "b": "x"}, "1 and x", id="words"),
        pytest.param("{a} and {b}", {"a": None}, "— and —", id="gaps stay visible"),
        pytest.param("{stock-code}", {"stock-code": "00700"}, "00700", id="hyphen"),
        pytest.param("{a}", {"a": "{b}", "b": "x"}, "{b}", id="not filled twice"),
        pytest.param("100 %", {}, "100 %", id="no placeholder"),
    ],
)
def test_words_are_put_into_a_message(message, words, filled):
    """In both languages alike."""
    assert fill(Text(message, message), words) == Text(filled, filled)


def test_a_finding_knows_sheet_heading_and_cell():
    """As the spreadsheet shows them."""
    findings = Findings(
        frame=one("x", Severity.ERROR, Scope.CELL, {"length": 5}, row=7, position=1),
        messages={"x": Text("at most {length}", "最多 {length}")},
        sheet="Sheet1",
        headers={1: Header("Qty", 1, "B")},
    )
    (finding,) = findings
    assert finding.as_dict() == {
        "code": "x",
        "severity": "error",
        "scope": "cell",
        "sheet": "Sheet1",
        "row": 7,
        "column": "Qty",
        "cell": "B7",
        "value": "",
        "message": {"en": "at most 5", "zh-Hant": "最多 5"},
    }


def test_no_findings_are_none():
    """Counts and codes of an empty frame."""
    findings = Findings(frame=empty(), messages={}, sheet="")
    assert list(findings) == []
    assert findings.count(Severity.ERROR) == 0
    assert findings.codes(Severity.ERROR) == ()
