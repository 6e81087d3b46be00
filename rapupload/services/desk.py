"""What the use cases work with: settings, specs, journal, far end, clock, person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from rapupload.config import Settings
from rapupload.errors import UsageError
from rapupload.journal import Batch, Filter, Journal
from rapupload.model import BatchState
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

    def batches(self, *states: BatchState) -> tuple[Batch, ...]:
        """Return the account's batches in these states, oldest first.

        Only those of the environment in force: what was prepared for the simulator must
        never meet another far end.
        """
        return self.journal.batches(
            Filter(
                states=states,
                account=self.settings.account.name,
                environment=self.settings.environment,
            )
        )

    def batch(self, name: str) -> Batch:
        """Return one batch of the account and environment in force.

        Raises:
            UsageError: There is none, or it belongs to another one.
        """
        found = self.journal.batch(name)
        mine = (self.settings.account.name, self.settings.environment)
        if (found.account, found.environment) != mine:
            raise UsageError(
                f"Batch {name} belongs to account {found.account} in the "
                f"{found.environment.value} environment; it was left as it is.",
                hint="Use the settings of that account and environment.",
            )
        return found

    @property
    def now_hkt(self) -> dt.datetime:
        """Return the present instant in Hong Kong time."""
        return self.clock().astimezone(HONG_KONG)

    @property
    def today(self) -> dt.date:
        """Return the Hong Kong calendar day."""
        return self.now_hkt.date()
