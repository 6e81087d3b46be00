from __future__ import annotations

from typing import Any

import pytest

from rapupload.batches import split
from tests.unit.batches.building import instructions
from tests.unit.spec.building import column, field, load, minimal

_PRIORITY = [*minimal()["column"], column("priority", "quantity", picture="9(1)")]
_FURTHER = {
    "name": "more",
    "when": "quantity > 50",
    "fields": [field("t", "X(12)", value="3")],
}


def _parts(
    names: str, *, priority: list[str | None] | None = None, **tables: Any
) -> list[str]:
    columns: dict[str, list[str | None]] = {
        "own_reference": list(names),
        "quantity": ["1"] * len(names),
    }
    if priority is not None:
        columns["priority"] = priority
    spec = load(column=_PRIORITY, **tables).spec
    frames = split(instructions(**columns), spec)
    return ["".join(frame["own_reference"]) for frame in frames]


@pytest.mark.parametrize(
    ("names", "most", "parts"),
    [
        pytest.param("", 2, [], id="nothing"),
        pytest.param("AB", 2, ["AB"], id="exactly one file"),
        pytest.param("ABC", 2, ["AB", "C"], id="one more"),
        pytest.param("ABCDE", 1, list("ABCDE"), id="one each"),
    ],
)
def test_instructions_are_cut_in_sheet_order(names, most, parts):
    """At most so many each, and none is lost."""
    assert _parts(names, batch_file={"max-records": most}) == parts


@pytest.mark.parametrize(
    ("priority", "parts"),
    [
        pytest.param([None, "2", None, "1", "2"], ["DB", "EA", "C"], id="urgent first"),
        pytest.param([None] * 5, ["AB", "CD", "E"], id="no priority given"),
        pytest.param(["9", "1", "9", "1", "9"], ["BD", "AC", "E"], id="order is kept"),
    ],
)
def test_urgent_rows_go_first(priority, parts):
    """1 before 9, both before none; within a priority the order of the sheet stays."""
    found = _parts("ABCDE", priority=priority, batch_file={"max-records": 2})
    assert found == parts


def test_further_records_leave_room_for_fewer_instructions():
    """Five records hold two instructions of two records each."""
    tables: dict[str, Any] = {
        "batch_file": {"max-records": 5},
        "detail-record": [_FURTHER],
    }
    assert _parts("ABCDE", **tables) == ["AB", "CD", "E"]
