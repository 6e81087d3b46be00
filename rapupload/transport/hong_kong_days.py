"""Hong Kong's general holidays and the market's half days.

From the package ``holidays``: its default category for Hong Kong is the *statutory*
holidays, which lack Good Friday; the general holidays are its category "optional".
Imported when first asked for: it takes longer to load than the rest of the program.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

VERIFIED_YEARS = frozenset({2026, 2027})
"""Years whose lists a test holds; for any other the caller warns."""


@lru_cache(maxsize=32)
def list_general_holidays(year: int) -> frozenset[dt.date]:
    """Return the general holidays of a year other than Sundays."""
    import holidays  # noqa: PLC0415

    general = holidays.country_holidays("HK", years=year, categories=("optional",))
    return frozenset(general)


@lru_cache(maxsize=32)
def list_half_days(year: int) -> frozenset[dt.date]:
    """Return the days on which the market closes at noon; settlement goes on."""
    import holidays  # noqa: PLC0415

    market = holidays.financial_holidays("XHKG", years=year, categories=("half_day",))
    return frozenset(market)


@dataclass(frozen=True, slots=True, kw_only=True)
class HongKongDays:
    """The calendar, with what the user knows better.

    Attributes:
        added: Holidays that the package does not know (one-off, gazetted late).
        removed: Days that it takes for holidays by mistake.
    """

    added: frozenset[dt.date] = frozenset()
    removed: frozenset[dt.date] = frozenset()

    def is_holiday(self, day: dt.date) -> bool:
        """Tell whether the day is a general holiday; every Sunday is one."""
        if day in self.added:
            return True
        listed = day in list_general_holidays(day.year) and day not in self.removed
        return listed or day.isoweekday() == _SUNDAY

    def is_half_day(self, day: dt.date) -> bool:
        """Tell whether the market closes at noon."""
        return day in list_half_days(day.year)

    def is_settlement_day(self, day: dt.date) -> bool:
        """Tell whether CCASS settles: Monday to Friday but holidays; half days do."""
        return day.isoweekday() <= _FRIDAY and not self.is_holiday(day)

    def is_verified(self, day: dt.date) -> bool:
        """Tell whether the list of the day's year was checked when we released."""
        return day.year in VERIFIED_YEARS


_FRIDAY = 5
_SUNDAY = 7
