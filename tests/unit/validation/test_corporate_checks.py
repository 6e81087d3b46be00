"""Named checks of corporate actions: deadlines, opening hours."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from rapupload.spec.joined import JOINED
from rapupload.validation import Lookup
from tests.unit.spec.building import column, load, rule
from tests.unit.validation.building import NOW, checked, codes, said

_COLUMNS = [
    column("own-reference", "reference", picture="X(6)"),
    column("announcement-no", "announcement-no", picture="X(9)"),
    column("deadline", "date-time"),
    column("quantity", "quantity", picture="9(5)"),
]
_HEADS = ["Own-reference", "Announcement-no", "Deadline", "Quantity"]
_ANNOUNCED = NOW + dt.timedelta(days=3)


def _event(deadline: dt.datetime | None) -> Lookup:
    frame = pl.DataFrame(
        {"announcement_no": ["A27000001"], "event_deadline": [deadline]},
        schema={
            "announcement_no": pl.String,
            "event_deadline": JOINED["event_deadline"],
        },
    )
    return Lookup(keys=("announcement_no",), frame=frame)


@pytest.mark.parametrize(
    ("lookups", "cell", "found"),
    [
        pytest.param((), None, ["r"], id="no announcement file, no deadline"),
        pytest.param((), "2027-01-08 16:00", [], id="deadline in the sheet"),
        pytest.param((_event(_ANNOUNCED),), None, [], id="deadline in the file"),
        pytest.param((_event(None),), None, ["r"], id="announcement without one"),
    ],
)
def test_a_row_without_any_deadline_stops(lookups, cell, found):
    """It needs the sheet's deadline unless the announcement file has one; never silent."""
    spec = load(
        column=_COLUMNS,
        rule=[rule("r", check="deadline-unknown", columns=["deadline"])],
    )
    result = checked(_HEADS, [["A", "A27000001", cell, "5"]], spec, lookups=lookups)
    assert codes(result) == found
    assert result.not_checked == ()


def test_the_missing_deadline_is_marked_in_its_column():
    """Not at the announcement, which may be right."""
    spec = load(
        column=_COLUMNS,
        rule=[rule("r", check="deadline-unknown", columns=["deadline"])],
    )
    found = checked(_HEADS, [["A", "A27000001", None, "5"]], spec)
    assert [entry[:2] for entry in said(found)] == [("r", "C2")]


@pytest.mark.parametrize(
    ("time", "found"),
    [
        pytest.param((8, 59), ["r"], id="a minute before nine"),
        pytest.param((9, 0), [], id="at nine"),
    ],
)
def test_tenders_open_at_nine(time, found):
    """Hong Kong time, whatever the zone of the machine."""
    spec = load(column=_COLUMNS, rule=[rule("r", check="before-opening")])
    now = NOW.replace(hour=time[0], minute=time[1])
    result = checked(_HEADS, [["A", "A27000001", None, "5"]], spec, now=now)
    assert codes(result) == found
