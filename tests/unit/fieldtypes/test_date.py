"""Dates: section 1.1 of what desks write, row by row."""

from __future__ import annotations

import datetime as dt

import polars as pl

from rapupload.fieldtypes import Shape, field_type
from rapupload.table import CellKind
from tests.unit.fieldtypes.cells import ask, rows

UNDERSTOOD = {
    "canonical": ("2027-01-05", "2027-01-05"),
    "eight digits": ("20270105", "2027-01-05"),
    "slashes, year first": ("2027/1/5", "2027-01-05"),
    "points, year first": ("2027.01.05", "2027-01-05"),
    "spreadsheet's short form": ("5-Jan-27", "2027-01-05"),
    "words": ("5 Jan 2027", "2027-01-05"),
    "whole name of the month": ("5 January 2027", "2027-01-05"),
    "month first, by name": ("Jan 5, 2027", "2027-01-05"),
    "no separators": ("05JAN2027", "2027-01-05"),
    "four letters of September": ("1 Sept 2027", "2027-09-01"),
    "Chinese": ("2027年1月5日", "2027-01-05"),
    "Chinese with zeros": ("2027年01月05日", "2027-01-05"),
    "full-width": ("２０２７年１月５日", "2027-01-05"),
    "day above twelve": ("25/01/2027", "2027-01-25"),
    "day above twelve, month first": ("01/25/2027", "2027-01-25"),
    "day and month alike": ("05/05/2027", "2027-05-05"),
    "leap day": ("2028-02-29", "2028-02-29"),
    "midnight behind": ("2027-01-05 00:00:00", "2027-01-05"),
}
REFUSED = {
    "two orders": ("05/01/2027", "date-order"),
    "two orders, points": ("05.01.2027", "date-order"),
    "two orders, hyphens": ("5-1-2027", "date-order"),
    "short year": ("25/01/27", "date-order"),
    "no such day": ("2027-02-30", "date-calendar"),
    "no leap year": ("29-Feb-2027", "date-calendar"),
    "thirty-first of April": ("31/04/2027", "date-calendar"),
    "empty date of a spreadsheet": ("1900-01-01", "date-year"),
    "typing slip in the year": ("2207-01-05", "date-year"),
    "two days on": ("T+2", "date-relative"),
    "today": ("TODAY", "date-relative"),
    "即日": ("即日", "date-relative"),
    "serial number": ("46392", "date-serial"),
    "next settlement day": ("下一交收日", "date-relative"),
    "to be announced": ("TBA", "date-form"),
    "day first without separators": ("05012027", "date-form"),
    "six digits": ("270105", "date-form"),
    "year missing": ("5 Jan", "date-form"),
    "year of last century": ("5-Jan-05", "date-form"),
    "time of day": ("2027-01-05 16:00", "date-with-time"),
    "range": ("2027-01-05 - 2027-01-06", "date-form"),
}


@rows(UNDERSTOOD, ("text", "value"))
def test_dates_with_one_reading_are_read(text, value):
    """A date that all readers read alike is taken."""
    answer = ask("date", text)
    assert answer[:2] == (value, None)
    assert (answer.cleaned is None) == (text == value)


@rows(REFUSED, ("text", "problem"))
def test_other_dates_are_asked_about(text, problem):
    """A date with two readings, or none, is never guessed."""
    assert ask("date", text) == (None, problem, None)


KINDS = {
    "date cell": ("2027-01-05", CellKind.DATE, ("2027-01-05", None, None)),
    "date cell with midnight": (
        "2027-01-05T00:00:00",
        CellKind.DATETIME,
        ("2027-01-05", None, None),
    ),
    "date cell with time": (
        "2027-01-05T16:00:00",
        CellKind.DATETIME,
        (None, "date-with-time", None),
    ),
    "eight digits as a number": (
        "20270105",
        CellKind.NUMBER,
        ("2027-01-05", None, "value-understood"),
    ),
    "serial number": ("46392", CellKind.NUMBER, (None, "date-serial", None)),
    "time cell": ("16:00:00", CellKind.TIME, (None, "date-form", None)),
    "empty date cell": ("1900-01-01", CellKind.DATE, (None, "date-year", None)),
}


@rows(KINDS, ("text", "kind", "answer"))
def test_kind_of_cell_counts(text, kind, answer):
    """Real date cells are taken without a word; numbers only with eight digits."""
    assert ask("date", text, kind) == answer


@rows(
    {
        "day first": ("05/01/2027", "day-first", "2027-01-05", None),
        "month first": ("05/01/2027", "month-first", "2027-05-01", None),
        "day first, short year": ("5.1.27", "day-first", "2027-01-05", None),
        "month first, short year": ("5-1-27", "month-first", "2027-05-01", None),
        "year first, short year": ("27/01/05", "year-first", "2027-01-05", None),
        "whole year first, whatever the order": (
            "2027-01-05",
            "month-first",
            "2027-01-05",
            None,
        ),
        "against the order": ("01/25/2027", "day-first", None, "date-calendar"),
        "the other way round": ("25/01/2027", "month-first", None, "date-calendar"),
        "no order for this form": ("05/01/2027", "year-first", None, "date-order"),
    },
    ("text", "order", "value", "problem"),
)
def test_a_mapping_may_fix_the_order(text, order, value, problem):
    """Then a date against it is refused: the others may be read the wrong way round."""
    answer = ask("date", text, shape=Shape(date_order=order))
    assert answer[:2] == (value, problem)


def test_quick_way_knows_the_calendar():
    """Of all strings that look like a date, the quick way takes days that exist."""
    texts = [
        f"{year}-{month:02}-{day:02}"
        for year in range(1999, 2101)
        for month in range(14)
        for day in range(33)
    ]
    frame = pl.DataFrame({"text": texts})
    taken = frame.filter(pl.col("text").str.contains(field_type("date").plain(Shape())))
    days = {
        (dt.date(2000, 1, 1) + dt.timedelta(number)).isoformat()
        for number in range(36525)
    }
    leap_days = {day for day in days if day.endswith("-02-29")}
    assert set(taken["text"]) == days - leap_days
