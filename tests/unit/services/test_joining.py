from __future__ import annotations

import datetime as dt

import pytest

from rapupload.services.joining import context_for
from rapupload.spec.catalogue import Catalogue
from tests.unit.spec.building import load
from tests.unit.validation.building import NOW


def test_the_clock_is_that_of_hong_kong():
    """Whatever zone the machine keeps: 17:30 in London is tomorrow there."""
    evening = dt.datetime(2027, 1, 5, 17, 30, tzinfo=dt.UTC)
    found = context_for(load().spec, None, evening)
    assert found.now.isoformat() == "2027-01-06T01:30:00+08:00"
    assert found.all_scalars["today"] == dt.date(2027, 1, 6)


def test_without_settings_nothing_is_known_of_the_account():
    """Rules about it are then reported as not checked."""
    found = context_for(load().spec, None, NOW)
    assert found.own_participant is None
    assert "own_participant" not in found.all_scalars
    assert (dict(found.defaults), dict(found.severities)) == ({}, {})


def test_cut_offs_are_those_of_today():
    """At the hours of the settings, in Hong Kong."""
    scalars = context_for(load().spec, None, NOW).all_scalars
    assert str(scalars["cut_off"]) == "2027-01-05 15:45:00+08:00"
    assert str(scalars["rdp_cut_off"]) == "2027-01-05 13:30:00+08:00"


def test_another_market_has_no_cut_offs_of_ours():
    """Better not checked than checked by the wrong calendar."""
    found = context_for(load(spec={"market": "SZMK"}).spec, None, NOW)
    assert (found.market, "cut_off" in found.all_scalars) == ("SZMK", False)
    assert found.lookups == ()


@pytest.mark.parametrize(
    ("day", "settles"),
    [
        pytest.param(dt.date(2027, 1, 5), True, id="Tuesday"),
        pytest.param(dt.date(2027, 1, 9), False, id="Saturday"),
        pytest.param(dt.date(2027, 3, 26), False, id="Good Friday"),
        pytest.param(dt.date(2030, 1, 8), None, id="beyond the calendar"),
    ],
)
def test_settlement_days_come_from_the_calendar(day, settles):
    """A day beyond it is not known, rather than a settlement day."""
    (lookup,) = context_for(Catalogue().spec("si").spec, None, NOW).lookups
    assert lookup.keys == ("settlement_date",)
    known = {row[0]: row[1] for row in lookup.frame.iter_rows()}
    assert known.get(day) is settles
    assert lookup.frame["settlement_date"].is_unique().all()


def test_a_type_without_settlement_date_asks_no_calendar():
    """An ATI settles at once."""
    assert context_for(Catalogue().spec("ati").spec, None, NOW).lookups == ()
