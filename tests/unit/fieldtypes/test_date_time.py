"""Dates with a time of day."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import polars as pl

from rapupload.fieldtypes import Shape, field_type
from rapupload.table import CellKind
from tests.unit.fieldtypes.cells import ask, rows

UNDERSTOOD = {
    "canonical": ("2027-05-20T16:00", "2027-05-20T16:00"),
    "blank between": ("2027-05-20 16:00", "2027-05-20T16:00"),
    "seconds of zero": ("2027-05-20 16:00:00", "2027-05-20T16:00"),
    "one digit of the hour": ("2027-05-20 9:30", "2027-05-20T09:30"),
    "afternoon": ("20 May 2027 4:00 pm", "2027-05-20T16:00"),
    "forenoon": ("20-May-27 9:30AM", "2027-05-20T09:30"),
    "Chinese": ("2027年5月20日16:00", "2027-05-20T16:00"),
    "Chinese with a blank": ("2027年5月20日 16:00", "2027-05-20T16:00"),
    "eight digits": ("20270520 16:00", "2027-05-20T16:00"),
    "midnight as text": ("2027-05-20 00:00", "2027-05-20T00:00"),
    "leap day": ("2028-02-29T23:59", "2028-02-29T23:59"),
}
REFUSED = {
    "no time": ("2027-05-20", "time-missing"),
    "eight digits alone": ("20270520", "time-missing"),
    "seconds": ("2027-05-20 16:00:30", "time-seconds"),
    "twenty-four": ("2027-05-20 24:00", "time-form"),
    "sixty minutes": ("2027-05-20 16:60", "time-form"),
    "noon or midnight": ("2027-05-20 12:00 AM", "time-form"),
    "other zone": ("2027-05-20T16:00+09:00", "time-form"),
    "afternoon of sixteen": ("2027-05-20 16:00 pm", "time-form"),
    "Chinese afternoon": ("2027年5月20日下午4:00", "time-form"),
    "digits of day and hour run together": ("2027-05-116:00", "time-form"),
    "time alone": ("16:00", "time-form"),
    "two orders": ("05/06/2027 16:00", "date-order"),
    "no such day": ("2027-02-30 16:00", "date-calendar"),
    "word": ("NOON", "date-time-form"),
}


@rows(UNDERSTOOD, ("text", "value"))
def test_moments_are_read(text, value):
    """Date and time are read in any way that has one reading."""
    answer = ask("date-time", text)
    assert answer[:2] == (value, None)
    as_spoken = text.replace(" ", "T")  # a blank between is how everybody writes it
    assert (answer.cleaned is None) == (as_spoken == value)


@rows(REFUSED, ("text", "problem"))
def test_doubtful_moments_are_asked_about(text, problem):
    """A missing or doubtful time is never filled in."""
    assert ask("date-time", text) == (None, problem, None)


KINDS = {
    "cell with time": (
        "2027-05-20T16:00:00",
        CellKind.DATETIME,
        ("2027-05-20T16:00", None, None),
    ),
    "cell with seconds": (
        "2027-05-20T16:00:30",
        CellKind.DATETIME,
        (None, "time-seconds", None),
    ),
    "cell at midnight, which may have no time": (
        "2027-05-20T00:00:00",
        CellKind.DATETIME,
        (None, "time-missing", None),
    ),
    "date cell": ("2027-05-20", CellKind.DATE, (None, "time-missing", None)),
    "time cell": ("16:00:00", CellKind.TIME, (None, "time-form", None)),
}


@rows(KINDS, ("text", "kind", "answer"))
def test_kind_of_cell_counts(text, kind, answer):
    """A cell that may hold a date alone is asked for its time."""
    assert ask("date-time", text, kind) == answer


def test_typed_moment_is_in_hong_kong():
    """Rules compare moments in the zone of the far end."""
    moment = pl.select(
        field_type("date-time").typed(pl.lit("2027-05-20T16:00"), Shape())
    )
    expected = dt.datetime(2027, 5, 20, 16, tzinfo=ZoneInfo("Asia/Hong_Kong"))
    assert moment.item() == expected
