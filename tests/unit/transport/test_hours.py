from __future__ import annotations

import datetime as dt

import pytest

from rapupload.errors import ConfigError, ServiceClosedError, UsageError
from rapupload.model import SpecStatus
from rapupload.transport.hours import HONG_KONG, Closure, ServiceHours, Window


def _hkt(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=HONG_KONG)


HOURS = ServiceHours()
TYPHOON_FREE = Closure(
    start=_hkt("2027-01-06T10:00"), end=_hkt("2027-01-06T15:00"), notice="CD/001/2027"
)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        pytest.param("2027-01-04T07:14:59.999999", False, id="Monday, just before"),
        pytest.param("2027-01-04T07:15", True, id="Monday, opening"),
        pytest.param("2027-01-04T23:59:59.999999", True, id="Monday, last moment"),
        pytest.param("2027-01-05T00:00", False, id="midnight"),
        pytest.param("2027-01-08T23:30", True, id="Friday night"),
        pytest.param("2027-01-09T07:15", True, id="Saturday, opening"),
        pytest.param("2027-01-09T12:59", True, id="Saturday, before one"),
        pytest.param("2027-01-09T13:00", False, id="Saturday, one o'clock"),
        pytest.param("2027-01-10T12:00", False, id="Sunday"),
        pytest.param("2027-02-08T12:00", True, id="Lunar New Year on a Monday"),
        pytest.param("2027-02-06T12:00", False, id="Lunar New Year on a Saturday"),
        pytest.param("2027-03-27T12:00", False, id="Saturday after Good Friday"),
        pytest.param("2026-12-26T12:00", False, id="holiday on a Saturday"),
        pytest.param("2026-12-24T20:00", True, id="half day of the market"),
    ],
)
def test_when_it_is_open(at, is_open):
    """HKEX's published hours hold to the minute, holidays as published."""
    assert HOURS.is_open(_hkt(at)) is is_open


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        pytest.param("2027-01-04T10:00", "2027-01-04T10:00", id="open already"),
        pytest.param("2027-01-04T00:00", "2027-01-04T07:15", id="this morning"),
        pytest.param("2027-01-09T13:00", "2027-01-11T07:15", id="over the weekend"),
        pytest.param("2027-02-05T23:59", "2027-02-05T23:59", id="a minute left"),
        pytest.param("2027-02-06T00:00", "2027-02-08T07:15", id="holiday Saturday"),
        pytest.param("2026-12-31T24:00", "2027-01-01T07:15", id="over the year's end"),
    ],
)
def test_next_opening(at, opening):
    """The next opening is now, later today, or after weekend and holidays."""
    day, time = at.split("T")
    moment = (
        _hkt(f"{day}T00:00") + Window.parse(f"00:00-{time}").closes
        if (time == "24:00")
        else _hkt(at)
    )
    assert HOURS.next_opening(moment) == _hkt(opening)


@pytest.mark.parametrize(
    ("at", "closing"),
    [
        pytest.param("2027-01-04T10:00", "2027-01-05T00:00", id="weekday"),
        pytest.param("2027-01-09T10:00", "2027-01-09T13:00", id="Saturday"),
        pytest.param("2027-01-06T09:00", "2027-01-06T10:00", id="before a closure"),
        pytest.param("2027-01-06T15:00", "2027-01-07T00:00", id="after a closure"),
    ],
)
def test_closes_at(at, closing):
    """The end of the opening that we are in, hand-set closures among them."""
    hours = ServiceHours(closures=(TYPHOON_FREE,))
    assert hours.closes_at(_hkt(at)) == _hkt(closing)


def test_closes_at_while_closed():
    """What is closed does not close: the message names the next opening."""
    with pytest.raises(ServiceClosedError) as caught:
        HOURS.closes_at(_hkt("2027-01-10T12:00"))
    assert "2027-01-11 07:15" in caught.value.hint


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2027-01-06T09:59", True),
        ("2027-01-06T10:00", False),
        ("2027-01-06T14:59", False),
        ("2027-01-06T15:00", True),
    ],
)
def test_a_closure_set_by_hand(at, is_open):
    """From its first moment to before its end the far end is closed."""
    hours = ServiceHours(closures=(TYPHOON_FREE,))
    assert hours.is_open(_hkt(at)) is is_open


def test_a_closure_names_its_notice_and_its_end():
    """Whoever is stopped by a closure can look it up."""
    hours = ServiceHours(closures=(TYPHOON_FREE,))
    with pytest.raises(ServiceClosedError) as caught:
        hours.refuse_if_closed(_hkt("2027-01-06T11:00"))
    assert "CD/001/2027" in caught.value.message
    assert "2027-01-06 15:00" in caught.value.hint


def test_closures_that_overlap_are_waited_out():
    """The next opening lies after the last of them."""
    second = Closure(
        start=_hkt("2027-01-06T14:00"), end=_hkt("2027-01-07T09:30"), notice="2"
    )
    hours = ServiceHours(closures=(second, TYPHOON_FREE))
    assert hours.next_opening(_hkt("2027-01-06T11:00")) == _hkt("2027-01-07T09:30")


def test_a_simulator_is_always_open_but_for_closures():
    """Hours can be switched off; a closure set by hand still counts."""
    hours = ServiceHours(always_open=True, closures=(TYPHOON_FREE,))
    assert hours.is_open(_hkt("2027-01-10T03:00"))
    assert not hours.is_open(_hkt("2027-01-06T12:00"))
    assert hours.closes_at(_hkt("2027-01-05T23:00")) == _hkt("2027-01-06T10:00")


def test_never_open():
    """Hours without an opening are reported, not searched for ever."""
    hours = ServiceHours(weekday=None, saturday=None)
    with pytest.raises(ServiceClosedError, match="400 days"):
        hours.next_opening(_hkt("2027-01-04T10:00"))


def test_moments_of_other_zones_are_compared_as_moments():
    """UTC in, Hong Kong out; 23:15 UTC is 07:15 of the next day there."""
    at = dt.datetime(2027, 1, 3, 23, 15, tzinfo=dt.UTC)
    assert HOURS.is_open(at)
    assert not HOURS.is_open(at - dt.timedelta(microseconds=1))
    assert HOURS.next_opening(at - dt.timedelta(hours=1)) == at


def test_a_moment_without_a_zone_is_refused():
    """A naive time could be off by eight hours."""
    with pytest.raises(UsageError):
        HOURS.is_open(dt.datetime(2027, 1, 4, 10))  # noqa: DTZ001


def test_upload_hours_are_assumed():
    """Published are the hours of reports; the setting says that upload is a guess."""
    assert HOURS.status is SpecStatus.ASSUMED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7:15-24:00",
        "07:15",
        "07:15-25:00",
        "24:00-07:15",
        "09:00-09:00",
        "09:00-24:01",
    ],
)
def test_hours_that_are_none(text):
    """A mistyped span is a fault of the settings."""
    with pytest.raises(ConfigError):
        Window.parse(text)


@pytest.mark.parametrize(
    ("start", "end", "notice"),
    [
        pytest.param(
            _hkt("2027-01-06T10:00"), _hkt("2027-01-06T10:00"), "1", id="no duration"
        ),
        pytest.param(
            _hkt("2027-01-06T10:00"), _hkt("2027-01-06T11:00"), " ", id="no notice"
        ),
        pytest.param(
            dt.datetime(2027, 1, 6, 10),  # noqa: DTZ001
            _hkt("2027-01-06T11:00"),
            "1",
            id="no time zone",
        ),
    ],
)
def test_a_closure_needs_start_end_and_notice(start, end, notice):
    """Nobody closes the service without saying on whose word."""
    with pytest.raises(ConfigError):
        Closure(start=start, end=end, notice=notice)
