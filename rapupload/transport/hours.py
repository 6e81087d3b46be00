"""Service hours of the far end, in Hong Kong time.

Published for reports: Monday to Friday 07:15-24:00, holidays on weekdays included;
Saturday 07:15-13:00, not on public holidays (HKEX, RAP enhancement briefing). For
upload nothing is published: these hours are a setting, and assumed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from rapupload.errors import ConfigError, ServiceClosedError, UsageError
from rapupload.model import SpecStatus
from rapupload.transport.hong_kong_days import HongKongDays

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
"""The clock of the market; it has no summer time, so a day is 24 hours long."""

_SPAN = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_SEARCHED_DAYS = 400
_SATURDAY = 6
_SUNDAY = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Opening hours of one day.

    Attributes:
        opens: Time since midnight.
        closes: Time since midnight; that moment is closed already. 24 hours: midnight.
    """

    opens: dt.timedelta
    closes: dt.timedelta

    @classmethod
    def parse(cls, text: str) -> Window:
        """Read hours as ``07:15-24:00``.

        >>> Window.parse("07:15-24:00").closes
        datetime.timedelta(days=1)

        Raises:
            ConfigError: It is no span of a day.
        """
        found = _SPAN.fullmatch(text)
        if found is not None:
            hour, minute, last_hour, last_minute = map(int, found.groups())
            opens = dt.timedelta(hours=hour, minutes=minute)
            closes = dt.timedelta(hours=last_hour, minutes=last_minute)
            if opens < closes <= dt.timedelta(days=1):
                return cls(opens=opens, closes=closes)
        raise ConfigError(
            f"{text!r} is no span of hours within one day.",
            hint="Write it as 07:15-24:00.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """A closure set by hand, from a notice of HKEX; weather closes nothing by itself.

    Attributes:
        start: First moment closed; with its time zone.
        end: First moment open again.
        notice: Number of the notice that says so.
    """

    start: dt.datetime
    end: dt.datetime
    notice: str

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ConfigError(
                "A closure needs times with a time zone.", hint="Add +08:00."
            )
        if self.end <= self.start or not self.notice.strip():
            raise ConfigError(
                "A closure needs an end after its start, and the number of a notice.",
                hint="Copy both from HKEX's notice.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceHours:
    """When the far end is open.

    Attributes:
        weekday: Monday to Friday, holidays included; None: closed.
        saturday: Saturdays that are no holidays.
        sunday: Sundays; not listed by HKEX, so closed.
        closures: Set by hand.
        always_open: For a simulator; closures count nevertheless.
        status: How sure the hours are.
    """

    weekday: Window | None = field(default_factory=lambda: Window.parse("07:15-24:00"))
    saturday: Window | None = field(default_factory=lambda: Window.parse("07:15-13:00"))
    sunday: Window | None = None
    closures: tuple[Closure, ...] = ()
    is_holiday: Callable[[dt.date], bool] = HongKongDays().is_holiday
    always_open: bool = False
    status: SpecStatus = SpecStatus.ASSUMED

    def is_open(self, at: dt.datetime) -> bool:
        """Tell whether the far end is open at that moment."""
        moment = _in_hong_kong(at)
        if any(closure.start <= moment < closure.end for closure in self.closures):
            return False
        span = self._span_of(moment.date())
        return span is not None and span[0] <= moment < span[1]

    def next_opening(self, at: dt.datetime) -> dt.datetime:
        """Return the first open moment from then on; that very moment if it is open.

        Raises:
            ServiceClosedError: There is none within a year.
        """
        moment = _in_hong_kong(at)
        if self.is_open(moment):
            return moment
        changes = (c for c in self._list_changes(moment) if c > moment)
        found = next((change for change in changes if self.is_open(change)), None)
        if found is None:
            raise ServiceClosedError(
                f"The far end does not open within {_SEARCHED_DAYS} days.",
                hint="Correct the hours and closures in the settings.",
            )
        return found

    def closes_at(self, at: dt.datetime) -> dt.datetime:
        """Return when the opening that holds that moment ends.

        Raises:
            ServiceClosedError: It is closed then; the message names the next opening.
        """
        moment = _in_hong_kong(at)
        self.refuse_if_closed(moment)
        changes = (c for c in self._list_changes(moment) if c > moment)
        found = next((change for change in changes if not self.is_open(change)), None)
        return found or moment + dt.timedelta(days=_SEARCHED_DAYS)

    def refuse_if_closed(self, at: dt.datetime) -> None:
        """Raise, naming the next opening, if the far end is closed.

        Raises:
            ServiceClosedError: It is.
        """
        if self.is_open(at):
            return
        opening = self.next_opening(at)
        notices = ", ".join(c.notice for c in self.closures if c.start <= at < c.end)
        why = f" (notice {notices})" if notices else ""
        raise ServiceClosedError(
            f"The far end is closed at {_in_hong_kong(at):%Y-%m-%d %H:%M} Hong Kong"
            f" time{why}; nothing was sent.",
            hint=f"It opens at {opening:%Y-%m-%d %H:%M} Hong Kong time. Wait, or send"
            " then.",
        )

    def _span_of(self, day: dt.date) -> tuple[dt.datetime, dt.datetime] | None:
        midnight = dt.datetime.combine(day, dt.time(), tzinfo=HONG_KONG)
        if self.always_open:
            return midnight, midnight + dt.timedelta(days=1)
        window = self._window_of(day)
        if window is None:
            return None
        return midnight + window.opens, midnight + window.closes

    def _window_of(self, day: dt.date) -> Window | None:
        weekday = day.isoweekday()
        if weekday == _SUNDAY:
            return self.sunday
        if weekday == _SATURDAY:
            return None if self.is_holiday(day) else self.saturday
        return self.weekday

    def _list_changes(self, moment: dt.datetime) -> Iterator[dt.datetime]:
        """Yield, in order, every moment at which it may open or close."""
        edges = sorted(
            edge.astimezone(HONG_KONG)
            for closure in self.closures
            for edge in (closure.start, closure.end)
        )
        for days in range(-1, _SEARCHED_DAYS):
            day = moment.date() + dt.timedelta(days=days)
            span = self._span_of(day) or ()
            today = [edge for edge in edges if edge.date() == day]
            yield from sorted([*span, *today])


def _in_hong_kong(at: dt.datetime) -> dt.datetime:
    if at.tzinfo is None:
        raise UsageError(
            "A moment without a time zone cannot be compared with service hours.",
            hint="Pass an aware datetime, such as UTC.",
        )
    return at.astimezone(HONG_KONG)
