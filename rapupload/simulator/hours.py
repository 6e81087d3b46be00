"""When RAP is open.

Source: HKEX Migration Guide, 27 March 2025: Monday to Friday 07:15-24:00, including
public holidays on weekdays; Saturday 07:15-13:00, not on public holidays. The hours are
published for reports; that they hold for uploads is assumed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from zoneinfo import ZoneInfo

Clock = Callable[[], dt.datetime]
"""Returns the present instant, aware of its time zone."""

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
_OPENS = dt.time(7, 15)
_SATURDAY_CLOSES = dt.time(13, 0)
_SATURDAY = 5


def is_open(instant: dt.datetime, holidays: Collection[dt.date] = ()) -> bool:
    """Tell whether RAP is open at an instant.

    >>> is_open(dt.datetime(2027, 1, 5, 7, 14, tzinfo=HONG_KONG))
    False
    >>> is_open(dt.datetime(2027, 1, 5, 7, 15, tzinfo=HONG_KONG))
    True
    """
    local = instant.astimezone(HONG_KONG)
    if local.time() < _OPENS or local.weekday() > _SATURDAY:
        return False
    if local.weekday() == _SATURDAY:
        return local.time() < _SATURDAY_CLOSES and local.date() not in holidays
    return True
