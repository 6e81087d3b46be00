"""Date and time of day in Hong Kong, to the minute, canonical ``2027-05-20T16:00``.

A deadline without a time is no deadline, so the time is asked for; seconds are refused
unless zero, and so is ``12:00 AM``, which people read both ways.
Source: announcements carry a date and HH:MM (public importer of CCASS's announcement
file); what desks write is assumed.

>>> from rapupload.fieldtypes.registry import validate
>>> [validate("date-time", text) for text in ("2027-05-20 16:00", "20 May 27 4:00 pm")]
['2027-05-20T16:00', '2027-05-20T16:00']
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from rapupload.fieldtypes.date import (
    ALLOWED,
    DATE_PROBLEMS,
    DAY,
    PLAIN_DAY,
    day_problem,
    parse_day,
)
from rapupload.fieldtypes.reading import (
    KIND,
    TEXT,
    TEXT_ONLY,
    TIDY,
    VALUE,
    Problem,
    Reading,
    Shape,
    Steps,
    cell_problem,
    first_of,
    tidied,
    tidy,
    when,
)
from rapupload.fieldtypes.time import TIME_PROBLEMS
from rapupload.model import Text
from rapupload.table import CellKind

NAME = "date-time"
PLAIN_KINDS = TEXT_ONLY
PROBLEMS: Mapping[str, Problem] = {
    **{code: found for code, found in DATE_PROBLEMS.items() if code != "date-form"},
    "date-time-form": Problem(
        Text(
            "{value} is not a date and time such as 2026-11-27 16:00.",
            "{value} 並非日期及時間，例如 2026-11-27 16:00。",
        ),
        Text(
            "Write date and time of day, the year first, such as 2026-11-27 16:00.",
            "請先寫年份，填寫日期及時間，例如 2026-11-27 16:00。",
        ),
    ),
    "time-missing": Problem(
        Text("{value} has no time of day.", "{value} 沒有時間。"),
        Text(
            "Write date and time, such as 2027-05-20 16:00; if midnight is meant, "
            "type it as text with 00:00.",
            "請填日期及時間，例如 2027-05-20 16:00；如指午夜，請以文字填 00:00。",
        ),
    ),
    **TIME_PROBLEMS,
}
ZONE = "Asia/Hong_Kong"
"""All deadlines and cut-offs of CCASS are in this zone; it has no summer time."""

_TIME = (
    "(?i)^(?:(?<spaced>.*?)[ T,]+|(?<chinese>.*[日號号]))"
    "(?<hour>[0-9]{1,2}):(?<minute>[0-5][0-9])"
    r"(?::(?<second>[0-5][0-9])(?:\.0+)?)? ?(?<noon>[ap]m)?$"
)
_HAS_TIME = "[0-9]:[0-9]"
_LAST_HOUR = 23
_NOON = 12


def plain(_shape: Shape) -> str:
    """Return the regular expression of date, ``T``, hours and minutes."""
    return f"^{PLAIN_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]$"


def read(text: pl.Expr, kind: pl.Expr, shape: Shape) -> Reading:
    """Read date-and-time cells, and texts with a date and a time of day."""
    part = pl.field("times").struct.field
    alone = pl.coalesce(part("spaced"), part("chinese"), TIDY)
    steps = Steps.begin(text, kind, tidy(TEXT)).then(
        times=TIDY.str.extract_groups(_TIME)
    )
    hour = _hour(part("hour"), part("noon"))
    is_cell = KIND.eq(CellKind.DATETIME.value)
    return (
        parse_day(steps, alone, shape.date_order)
        .then(value=pl.concat_str(DAY, pl.lit("T"), hour, pl.lit(":"), part("minute")))
        .settle(
            problem=first_of(
                cell_problem(ALLOWED),
                day_problem(),
                when(is_cell & TIDY.str.ends_with("T00:00:00"), "time-missing"),
                when(DAY.is_not_null() & part("minute").is_null(), "time-missing"),
                when(part("second") != "00", "time-seconds"),
                when(VALUE.is_null() & TIDY.str.contains(_HAS_TIME), "time-form"),
            ),
            otherwise="date-time-form",
            cleaned=first_of(
                when(
                    ~is_cell & (TIDY.str.replace(" ", "T") != VALUE), "value-understood"
                ),
                tidied(TIDY),
            ),
        )
    )


def _hour(hour: pl.Expr, noon: pl.Expr) -> pl.Expr:
    """Return the hour of the 24-hour clock; null for none, and for 12 with AM or PM."""
    number = hour.cast(pl.UInt8)
    is_after_noon = noon.str.to_lowercase() == "pm"
    on_clock = (
        pl.when(noon.is_null() & (number <= _LAST_HOUR))
        .then(number)
        .when(number.is_between(1, _NOON - 1))
        .then(number + _NOON * is_after_noon.cast(pl.UInt8))
    )
    return on_clock.cast(pl.String).str.zfill(2)


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Turn canonical text into a moment, with the time zone that rules compare in."""
    moment = value.str.to_datetime("%Y-%m-%dT%H:%M", time_unit="us")
    return moment.dt.replace_time_zone(ZONE)


def dtype(_shape: Shape) -> pl.DataType:
    """Return the type of a moment in Hong Kong."""
    return pl.Datetime("us", ZONE)
