"""Calendar date, canonical ``2027-01-05``.

``05/01/2027`` is read by nobody the same way and is asked about, while ``25/01/2027``
has one reading only; a mapping that fixes the order settles it, and 05/01/27 too, and a
date against that order is then refused. Otherwise two digits of a year are taken after
the name of a month alone.
Source: files carry 9(8) YYYYMMDD (CCASS Terminal User Guide, report data file layouts);
what desks write, and that only years 2000 to 2099 occur, is assumed.

>>> from rapupload.fieldtypes.registry import validate
>>> [validate("date", text) for text in ("20270105", "5-Jan-27", "2027年1月5日")]
['2027-01-05', '2027-01-05', '2027-01-05']
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from rapupload.fieldtypes.reading import (
    KIND,
    TEXT,
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

NAME = "date"
PLAIN_KINDS = frozenset({CellKind.TEXT, CellKind.DATE})
DATE_PROBLEMS: Mapping[str, Problem] = {
    "date-order": Problem(
        Text(
            "{value} could be two different dates (day or month first).",
            "{value} 可理解為兩個不同日期（日先或月先）。",
        ),
        Text(
            "Write the year first: 5 January 2027 is 2027-01-05.",
            "請先寫年份：2027 年 1 月 5 日寫作 2027-01-05。",
        ),
    ),
    "date-calendar": Problem(
        Text("There is no {value} in the calendar.", "曆法上沒有 {value}。"),
        Text("Check day and month.", "請核對日及月。"),
    ),
    "date-year": Problem(
        Text(
            "The year of {value} is not between 2000 and 2099.",
            "{value} 的年份不在 2000 至 2099 之間。",
        ),
        Text(
            "Check the year; a spreadsheet shows an empty date as 1900.",
            "請核對年份；試算表會將空白日期顯示為 1900 年。",
        ),
    ),
    "date-form": Problem(
        Text("{value} is not a date.", "{value} 並非日期。"),
        Text(
            "Write the date itself, with the year first, such as 2027-01-05.",
            "請先寫年份，填寫日期，例如 2027-01-05。",
        ),
    ),
    "date-relative": Problem(
        Text(
            "{value} counts from another day; it is not worked out.",
            "{value} 須由另一日推算，本程式不會換算。",
        ),
        Text(
            "Write the date itself, such as 2027-01-05: which day T+2 or TODAY is "
            "depends on holidays and on when the file is sent.",
            "請填實際日期，例如 2027-01-05；T+2 或「即日」視乎假期及發送日而定。",
        ),
    ),
    "date-serial": Problem(
        Text("{value} is a number, not a date.", "{value} 是數字，並非日期。"),
        Text(
            "A spreadsheet keeps dates as numbers such as 46392. Give the cell the format "
            "of a date, or write 2027-01-05.",
            "試算表以數字（例如 46392）儲存日期，請將儲存格設為日期格式，或填寫 "
            "2027-01-05。",
        ),
    ),
}
PROBLEMS: Mapping[str, Problem] = {
    **DATE_PROBLEMS,
    "date-with-time": Problem(
        Text("{value} has a time of day.", "{value} 附有時間。"),
        Text(
            "Write the date alone, such as 2027-01-05.", "請只填日期，例如 2027-01-05。"
        ),
    ),
}
ALLOWED = TEXT_OR_NUMBER | {CellKind.DATE, CellKind.DATETIME, CellKind.TIME}
"""Kinds of cell that are looked into; what is no date among them is ``date-form``."""

PLAIN_DAY = (
    "20[0-9]{2}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
"""Every day but 29 February, which takes the long way."""

# fmt: off
_MONTH_NUMBERS = {
    "jan": "01", "feb": "02", "mar": "03", "apr": "04", "may": "05", "jun": "06",
    "jul": "07", "aug": "08", "sep": "09", "oct": "10", "nov": "11", "dec": "12",
}
# fmt: on
_MONTH_NAME = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_FORMS = (
    "(?i)^(?:"
    # 2027-01-05, 2027/1/5, 2027年1月5日
    "(?<y1>[0-9]{4})[-/.年] ?(?<m1>[0-9]{1,2})[-/.月] ?(?<d1>[0-9]{1,2}) ?[日號号]?"
    # 20270105
    "|(?<y2>20[0-9]{2})(?<m2>0[1-9]|1[0-2])(?<d2>[0-3][0-9])"
    # 5-Jan-27, 5 January 2027
    f"|(?<d3>[0-9]{{1,2}})[- /.]?(?<m3>{_MONTH_NAME})[- /.,]{{0,2}}"
    "(?<y3>[0-9]{4}|[2-9][0-9])"
    # Jan 5, 2027
    f"|(?<m4>{_MONTH_NAME})[- .]{{0,2}}(?<d4>[0-9]{{1,2}})(?:, ?| )(?<y4>[0-9]{{4}})"
    # 25/01/2027: which is the day is seen below
    "|(?<a>[0-9]{1,2})[-/.](?<b>[0-9]{1,2})[-/.](?<y5>[0-9]{4})"
    ")$"
)
_SHORT_YEAR = r"^[0-9]{1,2}[-/. ][0-9]{1,2}[-/. ][0-9]{2}$"
_WRITTEN = r"^([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]"
_REWRITTEN = {  # order -> a form of it, as year, month and day
    "day-first": (
        (f"{_WRITTEN}([0-9]{{4}})$", "${3}-${2}-${1}"),
        (f"{_WRITTEN}([0-9]{{2}})$", "20${3}-${2}-${1}"),
    ),
    "month-first": (
        (f"{_WRITTEN}([0-9]{{4}})$", "${3}-${1}-${2}"),
        (f"{_WRITTEN}([0-9]{{2}})$", "20${3}-${1}-${2}"),
    ),
    "year-first": (
        (r"^([0-9]{2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,2})$", "20${1}-${2}-${3}"),
    ),
}
_MIDNIGHT = r"[T ]0?0:00(?::00(?:\.0+)?)?$"
_TIME = "(?:[0-9][T ]+|日 ?)[0-9]{1,2}:[0-9]{2}"
_RELATIVE = (
    r"(?i)^(?:t|s|d) ?(?:[+-] ?[0-9]+)?$"
    "|^(?:today|tomorrow|yesterday|spot|same day|next day|asap|now|tmr)$"
    "|^(?:即日|今日|今天|明日|明天|翌日|下一?個?(?:營業|交易|交收)日|即時)$"
)
_SERIAL = r"^[0-9]{1,5}(?:\.[0-9]+)?$"
_MONTHS = 12


_FIRST, _SECOND = pl.field("first"), pl.field("second")
_YEAR, _MONTH, _DATE = (pl.field(name) for name in ("year", "month", "date"))
DAY = pl.field("day")
"""What ``parse_day`` makes out: ``YYYY-MM-DD``, null where it cannot be told."""


def plain(_shape: Shape) -> str:
    """Return the regular expression of a day with the year first."""
    return f"^{PLAIN_DAY}$"


def read(text: pl.Expr, kind: pl.Expr, shape: Shape) -> Reading:
    """Read date cells, and texts and numbers that have one reading as a date."""
    is_typed = KIND.is_in([CellKind.TEXT.value, CellKind.NUMBER.value])
    steps = Steps.begin(text, kind, tidy(TEXT))
    return (
        parse_day(steps, TIDY.str.replace(_MIDNIGHT, ""), shape.date_order)
        .then(value=DAY)
        .settle(
            problem=first_of(
                cell_problem(ALLOWED),
                day_problem(),
                when(DAY.is_null() & TIDY.str.contains(_TIME), "date-with-time"),
            ),
            otherwise="date-form",
            cleaned=first_of(
                when(is_typed & (VALUE != TIDY), "value-understood"), tidied(TIDY)
            ),
        )
    )


def parse_day(steps: Steps, alone: pl.Expr, order: str = "") -> Steps:
    """Make out a date that stands alone, without a time of day."""
    for written, meant in _REWRITTEN.get(order, ()):
        alone = alone.str.replace(written, meant)
    part = pl.field("parts").struct.field
    is_month_first = _SECOND > _MONTHS
    named = pl.coalesce(part("m3"), part("m4")).str.to_lowercase().str.slice(0, 3)
    number = named.replace_strict(_MONTH_NUMBERS, default=None, return_dtype=pl.String)
    year = pl.when(_YEAR.str.len_bytes() < len("2027")).then("20" + _YEAR)
    return (
        steps.then(alone=alone)
        .then(parts=pl.field("alone").str.extract_groups(_FORMS))
        .then(first=part("a").cast(pl.UInt8), second=part("b").cast(pl.UInt8))
        .then(
            year=pl.coalesce(*(part(f"y{form}") for form in range(1, 6))),
            month=pl.coalesce(
                part("m1"),
                part("m2"),
                number,
                pl.when(is_month_first).then(part("a")).otherwise(part("b")),
            ),
            date=pl.coalesce(
                *(part(f"d{form}") for form in range(1, 5)),
                pl.when(is_month_first).then(part("b")).otherwise(part("a")),
            ),
        )
        .then(year=year.otherwise(_YEAR), month=_MONTH.str.zfill(2))
        .then(day=pl.concat_str(_YEAR, _MONTH, _DATE.str.zfill(2), separator="-"))
    )


def day_problem() -> pl.Expr:
    """Return why there is no such date, or no telling which."""
    alone = pl.field("alone")
    either = (_FIRST <= _MONTHS) & (_SECOND <= _MONTHS) & (_FIRST != _SECOND)
    in_calendar = DAY.str.to_date("%Y-%m-%d", strict=False).is_not_null()
    return first_of(
        when(either | alone.str.contains(_SHORT_YEAR), "date-order"),
        when(~DAY.str.starts_with("20"), "date-year"),
        when(DAY.is_not_null() & ~in_calendar, "date-calendar"),
        when(alone.str.contains(_RELATIVE), "date-relative"),
        when(DAY.is_null() & alone.str.contains(_SERIAL), "date-serial"),
    )


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Turn canonical text into a date."""
    return value.str.to_date("%Y-%m-%d")


def dtype(_shape: Shape) -> pl.DataType:
    """Return the type of a calendar date."""
    return pl.Date()
