from __future__ import annotations

import datetime as dt

import pytest

from rapupload.simulator.hours import HONG_KONG, is_open

HOLIDAYS = {dt.date(2027, 1, 1), dt.date(2027, 1, 9)}


@pytest.mark.parametrize(
    ("instant", "open_then"),
    [
        pytest.param("2027-01-05T07:14", False, id="Tuesday 07:14"),
        pytest.param("2027-01-05T07:15", True, id="Tuesday 07:15"),
        pytest.param("2027-01-05T23:59", True, id="Tuesday 23:59"),
        pytest.param("2027-01-06T00:00", False, id="midnight"),
        pytest.param("2027-01-01T12:00", True, id="weekday holiday"),
        pytest.param("2027-01-02T12:59", True, id="Saturday 12:59"),
        pytest.param("2027-01-02T13:00", False, id="Saturday 13:00"),
        pytest.param("2027-01-09T12:00", False, id="Saturday holiday"),
        pytest.param("2027-01-03T12:00", False, id="Sunday"),
    ],
)
def test_hours_are_those_hkex_publishes(instant: str, *, open_then: bool) -> None:
    """RAP is open Mon-Fri 07:15-24:00 and Sat 07:15-13:00 but for holidays."""
    moment = dt.datetime.fromisoformat(instant).replace(tzinfo=HONG_KONG)
    assert is_open(moment, HOLIDAYS) is open_then


def test_hours_are_hong_kong_hours_whatever_the_zone() -> None:
    """23:20 UTC on Monday is Tuesday 07:20 in Hong Kong."""
    assert is_open(dt.datetime(2027, 1, 4, 23, 20, tzinfo=dt.UTC))
    assert not is_open(dt.datetime(2027, 1, 4, 23, 10, tzinfo=dt.UTC))
