"""What the use cases work with: settings, specs, journal, far end, clock, person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from rapupload.config import Settings
from rapupload.journal import Journal
from rapupload.spec.catalogue import Catalogue
from rapupload.transport.channel import Channel
from rapupload.transport.hours import HONG_KONG, ServiceHours
from rapupload.transport.retry import RetryPolicy, Surroundings

Clock = Callable[[], dt.datetime]


def say_nothing(_text: str) -> None:
    """Report no progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything a use case needs; ``wiring`` lays it out.

    Attributes:
        clock: Returns the present instant, in UTC.
        person: Who acts, as the journal will say.
        say: Called with one line per step of long work, for whoever watches.
    """

    settings: Settings
    catalogue: Catalogue
    journal: Journal
    channel: Channel
    hours: ServiceHours
    policy: RetryPolicy
    surroundings: Surroundings
    clock: Clock
    person: str
    say: Callable[[str], None] = say_nothing

    @property
    def now_hkt(self) -> dt.datetime:
        """Return the present instant in Hong Kong time."""
        return self.clock().astimezone(HONG_KONG)

    @property
    def today(self) -> dt.date:
        """Return the Hong Kong calendar day."""
        return self.now_hkt.date()
