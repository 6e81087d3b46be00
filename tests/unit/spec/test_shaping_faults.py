"""Tables that shape rows, held to the columns and codes that they name."""

from __future__ import annotations

import copy
import tomllib
from typing import Any

import pytest

from tests.unit.shaping.building import rights, votes, ways
from tests.unit.spec.building import column, faults_of


def _raw(spec: Any) -> dict[str, Any]:
    return tomllib.loads(spec.content.decode())


def _with(raw: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """Return the tables with one value replaced, or taken out (None)."""
    changed: Any = copy.deepcopy(raw)
    place = changed
    *steps, last = path.split(".")
    for step in steps:
        place = place[int(step) if step.isdigit() else step]
    key: Any = int(last) if last.isdigit() else last
    if value is None:
        del place[key]
    else:
        place[key] = value
    assert isinstance(changed, dict)
    return changed


def test_the_specs_of_these_tests_are_sound():
    """What follows breaks them one thing at a time."""
    assert [faults_of(_raw(make())) for make in (ways, votes, rights)] == [[], [], []]


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        pytest.param(
            "choice.0.goes-to",
            {"F": "yes"},
            "choice.1.goes-to: 'A' has no column",
            id="code without a column",
        ),
        pytest.param(
            "choice.0.goes-to",
            {"F": "yes", "A": "no", "B": "no"},
            "choice.1.goes-to: 'B' is no code of the selector",
            id="unknown code",
        ),
        pytest.param(
            "choice.0.goes-to",
            {"F": "yes", "A": "yes"},
            "choice.1.goes-to: 'yes' is defined 2 times",
            id="two codes, one column",
        ),
        pytest.param(
            "choice.0.goes-to",
            {"F": "yes", "A": "item"},
            "choice.1.goes-to: 'item' is resolution-no, 'shares' is quantity",
            id="target of another type",
        ),
        pytest.param(
            "choice.0.whole",
            "yes",
            "choice.1.whole: 'yes' is a column that figures go to",
            id="whole among the targets",
        ),
        pytest.param(
            "choice.0.selector",
            "item",
            "choice.1.selector: 'item' must be need = \"alternative\"",
            id="selector that is sent",
        ),
        pytest.param(
            "choice.0.figure",
            "nothing",
            "choice.1.figure: there is no column 'nothing'",
            id="no such figure",
        ),
        pytest.param(
            "unfold.0.choice",
            "shares",
            "unfold.wide.choice: there is no choice with the selector 'shares'",
            id="no such choice",
        ),
        pytest.param(
            "unfold.0.column",
            "vote",
            "unfold.wide.column: 'vote' must be a column of its own",
            id="unfolds an alternative",
        ),
        pytest.param(
            "unfold.0.reference",
            "{reference}-{row}",
            "unfold.wide.reference: needs {reference} and {number}, each once, and "
            "nothing else in braces",
            id="unknown placeholder",
        ),
        pytest.param(
            "summing.sum",
            ["yes", "no", "item"],
            "summing.sum: 'item' is resolution-no, which is no figure",
            id="sum of no figures",
        ),
        pytest.param(
            "summing.sum",
            ["yes"],
            "summing: 'no' must be in key, sum or same",
            id="figure of the first row alone",
        ),
        pytest.param(
            "summing.key",
            ["account", "item", "client-code"],
            "summing.key: 'client-code' is in no detail record",
            id="key that is not sent",
        ),
        pytest.param(
            "summing.same",
            ["holding", "own-reference"],
            "summing: the own reference is that of the first row, always",
            id="own reference",
        ),
        pytest.param(
            "summing.same",
            ["yes"],
            "summing: 'yes' is defined 2 times",
            id="one column in two lists",
        ),
        pytest.param(
            "column.3.picture",
            None,
            "summing.sum: 'yes' needs a picture of at most 18 digits",
            id="sum without a picture",
        ),
        pytest.param(
            "spec.fingerprint",
            ["own-reference", "vote"],
            "spec.fingerprint: 'vote' never reaches an instruction",
            id="fingerprint of an alternative",
        ),
        pytest.param(
            "column.5.default",
            "F",
            "column.6 (vote): an alternative column has no default",
            id="default of an alternative",
        ),
        pytest.param(
            "choice",
            [],
            "column.6 (vote): no choice and no unfold reads it",
            id="alternative that nothing reads",
        ),
        pytest.param(
            "detail.1.column",
            "shares",
            "there is no column 'shares'",
            id="alternative in a record",
        ),
    ],
)
def test_choices_unfolding_and_summing(path, value, fault):
    """Each fault is named with its place and reason."""
    found = faults_of(_with(_raw(votes()), path, value))
    assert any(fault in one for one in found), found


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        pytest.param(
            "combined.0.gives",
            {"direction": "X", "payment": "DVP"},
            "combined.1.gives: 'direction' has no code 'X'",
            id="unknown code",
        ),
        pytest.param(
            "combined.0.gives",
            {"side": "D", "payment": "DVP"},
            "combined.1.gives: there is no column 'side'",
            id="no such column",
        ),
        pytest.param(
            "combined.0.spellings",
            ["DVP"],
            "combined.2.spellings: 'dvp' stands for R and for D",
            id="one word, two meanings",
        ),
        pytest.param(
            "combined.0.spellings",
            ["DEL"],
            "combined.1.spellings: 'del' stands for D and for R",
            id="own word of the column",
        ),
        pytest.param(
            "column.3.opposite-aliases",
            ["Status"],
            "column (hold).opposite-aliases: the heading 'status' is claimed by status",
            id="heading of another column",
        ),
        pytest.param(
            "ignored-rows.0.column",
            "state",
            "ignored-rows.1.column: there is no column 'state'",
            id="no such column to ignore by",
        ),
        pytest.param(
            "ignored-rows.0.reason",
            "total",
            "ignored-rows.1.reason: 'total' is a reason of our own; call it otherwise",
            id="our own reason",
        ),
    ],
)
def test_words_headings_and_ignored_rows(path, value, fault):
    """Each fault is named with its place and reason."""
    assert fault in faults_of(_with(_raw(ways()), path, value))


def test_both_sides_of_an_unfolding_are_looked_at():
    """The right must be an alternative of the same type as the left."""
    takes = {"quantity": "excess-event", "event": "quantity", "nothing": "excess"}
    found = faults_of(_with(_raw(rights()), "unfold.0.takes", takes))
    assert set(found) >= {
        "unfold.excess.takes: 'quantity' is quantity, 'excess-event' is text",
        "unfold.excess.takes: 'quantity' must be need = \"alternative\"",
        "unfold.excess.takes: there is no column 'nothing'",
    }


def test_a_rule_cannot_see_an_alternative_column():
    """It is gone before rules are judged."""
    raw = _raw(votes())
    raw["rule"] = [
        {
            "code": "odd",
            "severity": "error",
            "wrong-when": "shares > 5",
            "message": {"en": "odd", "zh-Hant": "odd"},
        }
    ]
    assert any("shares" in fault for fault in faults_of(raw))


def test_a_column_with_a_fault_of_its_own_is_not_called_dangling():
    """One mistake is reported once."""
    raw = _raw(votes())
    raw["column"][7] = column("client-code", "code", need="carried")
    assert not any("client-code'" in fault for fault in faults_of(raw))
