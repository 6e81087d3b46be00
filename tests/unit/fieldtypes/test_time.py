"""Times of day."""

from __future__ import annotations

from rapupload.fieldtypes import Shape
from rapupload.table import CellKind
from tests.unit.fieldtypes.cells import ask, rows

UNDERSTOOD = {
    "canonical": ("16:00", "16:00", None),
    "seconds": ("16:00:30", "16:00:30", None),
    "seconds of zero": ("16:00:00", "16:00", "value-understood"),
    "digits only": ("1600", "16:00", "value-understood"),
    "digits with seconds": ("160030", "16:00:30", "value-understood"),
    "digits of the morning": ("0930", "09:30", "value-understood"),
    "hour of the afternoon": ("4pm", "16:00", "value-understood"),
    "with points": ("4:30 p.m.", "16:30", "value-understood"),
    "forenoon": ("9:30 AM", "09:30", "value-understood"),
    "Chinese afternoon": ("下午4時30分", "16:30", "value-understood"),
    "Chinese afternoon with a colon": ("下午 4:00", "16:00", "value-understood"),
    "Chinese hour": ("16時正", "16:00", "value-understood"),
    "full-width colon": ("16：00", "16:00", "width-folded"),
    "midnight": ("0:00", "00:00", "value-understood"),
    "last minute": ("23:59", "23:59", None),
}
REFUSED = {
    "either half of the day": ("4:00", "time-half"),
    "either half, in Chinese": ("4時", "time-half"),
    "noon or midnight": ("12:00 AM", "time-half"),
    "noon, as twelve": ("12pm", "time-half"),
    "hour alone": ("4", "time-form"),
    "hour of the afternoon alone": ("16", "time-form"),
    "three digits": ("400", "time-form"),
    "twenty-four": ("24:00", "time-form"),
    "sixty minutes": ("16:60", "time-form"),
    "afternoon of sixteen": ("16:00 pm", "time-form"),
    "both halves": ("上午 9:00 pm", "time-form"),
    "point": ("16.30", "time-form"),
    "word": ("NOON", "time-form"),
    "range": ("16:00-17:00", "time-form"),
    "date and time": ("2027-05-20 16:00", "time-with-date"),
    "date in Chinese": ("2027年5月20日 16:00", "time-with-date"),
    "date": ("05/06/2027", "time-with-date"),
}


@rows(UNDERSTOOD, ("text", "value", "cleaned"))
def test_times_with_one_reading_are_read(text, value, cleaned):
    """The 24-hour clock, or the half of the day, leaves no doubt."""
    assert ask("time", text) == (value, None, cleaned)


@rows(REFUSED, ("text", "problem"))
def test_other_times_are_asked_about(text, problem):
    """The half of the day is never guessed."""
    assert ask("time", text) == (None, problem, None)


KINDS = {
    "time cell": ("04:00:00", CellKind.TIME, ("04:00", None, None)),
    "time cell with seconds": ("16:00:30", CellKind.TIME, ("16:00:30", None, None)),
    "number of four digits": (
        "1600",
        CellKind.NUMBER,
        ("16:00", None, "value-understood"),
    ),
    "number that lost its zero": ("930", CellKind.NUMBER, (None, "time-form", None)),
    "fraction of a day": ("0.6667", CellKind.NUMBER, (None, "time-form", None)),
    "moment": (
        "2027-05-20T16:00:00",
        CellKind.DATETIME,
        (None, "time-with-date", None),
    ),
    "date cell": ("2027-05-20", CellKind.DATE, (None, "cell-date", None)),
}


@rows(KINDS, ("text", "kind", "answer"))
def test_kind_of_cell_counts(text, kind, answer):
    """A time cell has one reading; a number only with all its digits."""
    assert ask("time", text, kind) == answer


def test_a_short_field_takes_no_seconds():
    """Four or five characters hold hours and minutes; what is more is asked about."""
    for length in (4, 5):
        shape = Shape(length=length)
        assert ask("time", "16:00:30", shape=shape).problem == "time-seconds"
        assert ask("time", "16:00:00", shape=shape).value == "16:00"
    assert ask("time", "16:00:30", shape=Shape(length=6)).value == "16:00:30"
