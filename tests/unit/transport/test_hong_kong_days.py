from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest

from rapupload.transport.hong_kong_days import (
    VERIFIED_YEARS,
    HongKongDays,
    list_general_holidays,
    list_half_days,
)

GENERAL_HOLIDAYS = {
    2026: "01-01 02-17 02-18 02-19 04-03 04-04 04-06 04-07 05-01 05-25 06-19 07-01"
    " 09-26 10-01 10-19 12-25 12-26",
    2027: "01-01 02-06 02-08 02-09 03-26 03-27 03-29 04-05 05-01 05-13 06-09 07-01"
    " 09-16 10-01 10-08 12-25 12-27",
}
HALF_DAYS = {2026: "02-16 12-24 12-31", 2027: "02-05 12-24 12-31"}


def _days(year: int, text: str) -> frozenset[dt.date]:
    return frozenset(dt.date.fromisoformat(f"{year}-{day}") for day in text.split())


@pytest.mark.parametrize("year", [2026, 2027])
def test_the_general_holidays_are_the_gazetted_ones(year):
    """Seventeen a year, Good Friday among them, whatever the package's default is."""
    assert list_general_holidays(year) == _days(year, GENERAL_HOLIDAYS[year])
    assert len(list_general_holidays(year)) == 17


@pytest.mark.parametrize("year", [2026, 2027])
def test_the_half_days_of_the_market(year):
    """The eves of Lunar New Year, Christmas and New Year."""
    assert list_half_days(year) == _days(year, HALF_DAYS[year])


def test_the_years_held_by_this_test_are_the_verified_ones():
    """A year is called verified only with its list here."""
    assert set(GENERAL_HOLIDAYS) == VERIFIED_YEARS
    assert HongKongDays().is_verified(dt.date(2027, 12, 31))
    assert not HongKongDays().is_verified(dt.date(2028, 1, 1))


@pytest.mark.parametrize(
    ("day", "is_settlement_day"),
    [
        pytest.param("2027-01-04", True, id="Monday"),
        pytest.param("2027-01-09", False, id="Saturday"),
        pytest.param("2027-01-10", False, id="Sunday"),
        pytest.param("2027-03-26", False, id="Good Friday"),
        pytest.param("2027-02-05", True, id="half day"),
    ],
)
def test_settlement_days(day, is_settlement_day):
    """CCASS settles on weekdays that are no holidays, half days included."""
    found = HongKongDays().is_settlement_day(dt.date.fromisoformat(day))
    assert found is is_settlement_day


def test_the_user_knows_better():
    """A holiday gazetted late can be added, and a wrong one taken away."""
    added, removed = dt.date(2027, 3, 1), dt.date(2027, 5, 13)
    days = HongKongDays(added=frozenset({added}), removed=frozenset({removed}))
    assert days.is_holiday(added)
    assert not days.is_holiday(removed)
    assert days.is_half_day(dt.date(2027, 12, 24))


def test_the_package_is_loaded_only_when_asked_for():
    """Importing the hours does not load the calendar: it is slow."""
    code = "import rapupload.transport.hours, sys; print('holidays' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "False"
