"""Time of day in Hong Kong on the 24-hour clock, ``16:00``, or ``16:00:30``.

``4:00`` alone may be the morning or the afternoon, ``12:00 AM`` is read both ways, and
400 may have lost a zero or a half of the day: all are asked about. A field of four or
five characters takes no seconds. Rules see text, which sorts as the day goes.
Source: announcements carry HH:MM (public importer of CCASS's announcement file); what
desks write is assumed.

>>> from rapupload.fieldtypes.registry import validate
>>> [validate("time", text) for text in ("16:00", "4pm", "1600", "下午4時30分")]
['16:00', '16:00', '16:00', '16:30']
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from rapupload.fieldtypes.reading import (
    KIND,
    TEXT,
    TEXT_ONLY,
    TEXT_OR_NUMBER,
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
from rapupload.model import Text
from rapupload.table import CellKind

NAME = "time"
PLAIN_KINDS = TEXT_ONLY
TIME_PROBLEMS: Mapping[str, Problem] = {
    "time-seconds": Problem(
        Text("{value} has seconds.", "{value} 包含秒數。"),
        Text(
            "Write hours and minutes only, such as 16:00.", "請只填時及分，例如 16:00。"
        ),
    ),
    "time-form": Problem(
        Text(
            "The time of day in {value} cannot be read.",
            "無法理解 {value} 的時間。",
        ),
        Text(
            "Write Hong Kong time on the 24-hour clock, such as 16:00; noon is 12:00, "
            "and midnight is 00:00 of the day that begins.",
            "請以 24 小時制填香港時間，例如 16:00；正午為 12:00，午夜為翌日的 00:00。",
        ),
    ),
}
"""Problems that a date with a time of day has too."""

PROBLEMS: Mapping[str, Problem] = {
    **TIME_PROBLEMS,
    "time-half": Problem(
        Text(
            "{value} could be in the morning or in the afternoon.",
            "{value} 可指上午或下午。",
        ),
        Text(
            "Write it on the 24-hour clock with two digits for the hour: 04:00 or 16:00.",
            "請以 24 小時制及兩位數字填寫小時：04:00 或 16:00。",
        ),
    ),
    "time-with-date": Problem(
        Text("{value} has a date.", "{value} 附有日期。"),
        Text("Write the time of day alone, such as 16:00.", "請只填時間，例如 16:00。"),
    ),
}
_MORNING, _AFTERNOON = r"上午|早上|am|a\.m\.", r"下午|pm|p\.m\."
_HALF_OF_DAY = f"{_MORNING}|{_AFTERNOON}"
_FORMS = (
    f"(?i)^(?:(?<before>{_HALF_OF_DAY}) ?)?(?:"
    # 16:00, 16:00:30, 4:00 pm
    r"(?<h1>[0-9]{1,2}):(?<m1>[0-5][0-9])(?::(?<s1>[0-5][0-9])(?:\.0+)?)?"
    # 16時, 下午4時30分
    "|(?<h2>[0-9]{1,2}) ?[時时點点](?: ?(?<m2>[0-5]?[0-9]) ?分| ?正)?"
    # 1600, 160030
    "|(?<h3>[0-2][0-9])(?<m3>[0-5][0-9])(?<s3>[0-5][0-9])?"
    # 4 pm
    "|(?<h4>[0-9]{1,2})"
    f")(?: ?(?<after>{_HALF_OF_DAY}))?$"
)
_DATED = r"^[0-9]{4}[-/.年][0-9]{1,2}[-/.月]|^[0-9]{1,2}[-/][0-9A-Za-z]+[-/ ][0-9]{2}"
_LAST_HOUR, _NOON = 23, 12
_SHORT = len("16:00")
_PARTS = pl.field("parts").struct
_HALF, _HOUR, _MINUTE, _SECOND = (
    pl.field(name) for name in ("half", "hour", "minute", "second")
)
_ALLOWED = TEXT_OR_NUMBER | {CellKind.TIME, CellKind.DATETIME}


def plain(_shape: Shape) -> str:
    """Return the regular expression of hours and minutes."""
    return "^(?:[01][0-9]|2[0-3]):[0-5][0-9]$"


def read(text: pl.Expr, kind: pl.Expr, shape: Shape) -> Reading:
    """Read time cells, and texts and numbers that have one reading as a time."""
    is_typed = KIND.ne(CellKind.TIME.value)
    problem = first_of(
        cell_problem(_ALLOWED),
        when(KIND.eq(CellKind.DATETIME.value), "time-with-date"),
        when(TIDY.str.contains(_DATED), "time-with-date"),
        when(is_typed & _is_unsure(), "time-half"),
    )
    if shape.length is not None and shape.length <= _SHORT:
        problem = first_of(problem, when(_SECOND != "00", "time-seconds"))
    behind = pl.when(_SECOND != "00").then(":" + _SECOND).otherwise(pl.lit(""))
    return (
        _parse(Steps.begin(text, kind, tidy(TEXT)))
        .then(value=pl.concat_str(_clock(), pl.lit(":"), _MINUTE, behind))
        .settle(
            problem=problem,
            otherwise="time-form",
            cleaned=first_of(
                when(is_typed & (VALUE != TIDY), "value-understood"), tidied(TIDY)
            ),
        )
    )


def _parse(steps: Steps) -> Steps:
    """Take times apart; the minutes of ``4 pm`` and ``16時`` are none."""
    hours = [_PARTS.field(f"h{form}") for form in range(1, 5)]
    minutes = [_PARTS.field(f"m{form}") for form in range(1, 4)]
    seconds = [_PARTS.field("s1"), _PARTS.field("s3")]
    return steps.then(parts=TIDY.str.extract_groups(_FORMS)).then(
        hour=pl.coalesce(*hours).cast(pl.UInt8),
        minute=pl.coalesce(*minutes, pl.lit("00")).str.zfill(2),
        second=pl.coalesce(*seconds, pl.lit("00")),
        half=pl.coalesce(_PARTS.field("before"), _PARTS.field("after")),
        twice=pl.all_horizontal(
            _PARTS.field(place).is_not_null() for place in ("before", "after")
        ),
    )


def _is_unsure() -> pl.Expr:
    """Tell whether either half of the day may be meant: ``4:00``, ``12:00 AM``."""
    digits = pl.coalesce(_PARTS.field("h1"), _PARTS.field("h2"))
    is_short = digits.str.contains("^[1-9]$") & _HALF.is_null()
    return is_short | ((_HOUR == _NOON) & _HALF.is_not_null())


def _clock() -> pl.Expr:
    """Return the hour of the 24-hour clock; null for none, and for a bare ``4``."""
    is_bare = _PARTS.field("h4").is_not_null()
    is_halved = _HALF.is_not_null() & ~pl.field("twice")
    is_afternoon = _HALF.str.contains(f"(?i)^(?:{_AFTERNOON})$")
    on_clock = (
        pl.when(_HALF.is_null() & ~is_bare & (_HOUR <= _LAST_HOUR))
        .then(_HOUR)
        .when(is_halved & _HOUR.is_between(1, _NOON - 1))
        .then(_HOUR + _NOON * is_afternoon.cast(pl.UInt8))
    )
    return on_clock.cast(pl.String).str.zfill(2)


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Return the times as they are: text that sorts as the day goes."""
    return value


def dtype(_shape: Shape) -> pl.DataType:
    """Return text."""
    return pl.String()
