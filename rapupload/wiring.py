"""Settings -> objects: the one place that hands out the real clock, sleep and chance.

Imports wait for the function that needs them: checking a file must not load the journal.
"""

from __future__ import annotations

import datetime as dt
import getpass
import random
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from rapupload.model import actual_person

if TYPE_CHECKING:
    from rapupload.config import Endpoint as EndpointSettings
    from rapupload.config import Settings
    from rapupload.journal import JournalReader
    from rapupload.services.desk import Desk
    from rapupload.services.ledger import Past
    from rapupload.spec.catalogue import Catalogue
    from rapupload.transport.channel import Channel, Login
    from rapupload.transport.endpoints import Centre, Endpoint
    from rapupload.transport.hours import ServiceHours, Window
    from rapupload.transport.retry import RetryPolicy, Surroundings


def real_clock() -> dt.datetime:
    """Return the present instant, in UTC."""
    return dt.datetime.now(dt.UTC)


def real_surroundings() -> Surroundings:
    """Return the machine's sleep, monotonic clock and chance."""
    from rapupload.transport.retry import Surroundings

    return Surroundings(sleep=time.sleep, clock=time.monotonic, chance=random.random)


def person(environ: Mapping[str, str]) -> str:
    """Return who acts, as the journal will say."""
    return actual_person(dict(environ), getpass.getuser())


def catalogue(settings: Settings | None) -> Catalogue:
    """Return the specs: the firm's own folder wins over the shipped ones."""
    from rapupload.spec.catalogue import Catalogue

    return Catalogue(settings.path(settings.specs.folder) if settings else None)


def endpoint(settings: EndpointSettings) -> Endpoint:
    """Return an address as the transport takes it; a preset is looked up."""
    from rapupload.transport.endpoints import Centre, Endpoint

    if settings.preset is not None:
        published = published_endpoints()[settings.preset]
        return replace(published, host_keys=settings.host_keys, name=settings.preset)
    assert settings.port is not None
    return Endpoint(
        host=settings.host,
        port=settings.port,
        centre=Centre(settings.centre),
        host_keys=settings.host_keys,
        name=settings.name,
    )


def published_endpoints() -> dict[str, Endpoint]:
    """Return HKEX's published addresses by name, such as ``hkscc-primary-1``."""
    from rapupload.transport.endpoints import PRESETS, Centre

    found: dict[str, Endpoint] = {}
    for service, endpoints in PRESETS.items():
        for centre in Centre:
            mine = [e for e in endpoints if e.centre is centre]
            for number, address in enumerate(mine, 1):
                found[f"{service}-{centre.value}-{number}"] = address
    return found


def service_hours(settings: Settings) -> ServiceHours:
    """Return RAP's hours as the settings say."""
    from rapupload.transport.hours import ServiceHours

    hours = settings.service_hours
    return ServiceHours(
        weekday=_window(hours.weekday_opens, hours.weekday_closes),
        saturday=_window(hours.saturday_opens, hours.saturday_closes),
    )


def _window(opens: dt.time, closes: dt.time | str) -> Window:
    from rapupload.transport.hours import Window

    end = closes if isinstance(closes, str) else f"{closes:%H:%M}"
    return Window.parse(f"{opens:%H:%M}-{end}")


def retry_policy(settings: Settings) -> RetryPolicy:
    """Return the retry policy."""
    from rapupload.transport.retry import RetryPolicy

    retry = settings.retry
    return RetryPolicy(
        attempts=retry.attempts,
        first_wait=retry.first_wait_seconds,
        longest_wait=retry.longest_wait_seconds,
        total=retry.total_seconds,
    )


class LazyChannel:
    """The channel, made when somebody first logs in: status needs neither key nor SSH."""

    def __init__(self, make: Callable[[], Channel]) -> None:
        self._make = make
        self._made: Channel | None = None

    def _channel(self) -> Channel:
        if self._made is None:
            self._made = self._make()
        return self._made

    @property
    def longest_wait(self) -> float:
        """Return the seconds that one step can hang at most."""
        return self._channel().longest_wait

    def login(self, *, centre: Centre | None = None) -> AbstractContextManager[Login]:
        """Open the account's one session."""
        return self._channel().login(centre=centre)


def rap_channel(settings: Settings, environ: Mapping[str, str]) -> Channel:
    """Return the way to RAP.

    Raises:
        PrivateKeyError: The account's key cannot be used.
    """
    from rapupload.config import passphrase
    from rapupload.transport.keys import load_private_key
    from rapupload.transport.rap import RapChannel
    from rapupload.transport.session import Credentials, Limits

    _let_ctrl_c_through()
    secret = passphrase(environ)
    key = load_private_key(
        settings.path(settings.account.private_key),
        passphrase=secret.get_secret_value if secret else None,
    )
    times = settings.timeouts
    return RapChannel(
        endpoints=tuple(endpoint(address) for address in settings.endpoint),
        credentials=Credentials(account=settings.account.name, key=key),
        limits=Limits(
            connect=times.connect_seconds,
            negotiate=times.reply_seconds,
            login=times.reply_seconds,
            channel=times.reply_seconds,
            request=times.reply_seconds,
        ),
    )


@contextmanager
def open_past(
    settings: Settings | None, specs: Catalogue, now: dt.datetime
) -> Iterator[Past | None]:
    """Give a check a way to earlier batches; the journal is only read, and only if asked.

    Without settings there is none.
    """
    from rapupload.services.ledger import Past
    from rapupload.transport.hours import HONG_KONG

    if settings is None:
        yield None
        return
    path = settings.path(settings.journal.path)
    with ExitStack() as stack:

        def open_journal() -> JournalReader | None:
            from rapupload.journal import Journal

            if not path.exists():
                return None
            opened = Journal.open(path, clock=real_clock, create=False, read_only=True)
            return stack.enter_context(opened)

        yield Past(
            open_journal=open_journal,
            catalogue=specs,
            participant=settings.account.participant,
            environment=settings.environment,
            today=now.astimezone(HONG_KONG).date(),
        )


def _let_ctrl_c_through() -> None:
    """Let Ctrl-C end a wait for the far end.

    Polars puts a handler of its own before Python's, with SA_RESTART: a wait for a reply
    would start anew, and Ctrl-C do nothing until the far end answers or time is up.
    """
    if hasattr(signal, "siginterrupt"):  # POSIX
        signal.siginterrupt(signal.SIGINT, True)  # noqa: FBT003 - takes no names


@contextmanager
def open_desk(
    settings: Settings,
    environ: Mapping[str, str],
    *,
    say: Callable[[str], None] | None = None,
    clock: Callable[[], dt.datetime] = real_clock,
) -> Iterator[Desk]:
    """Lay out everything a use case needs, and close the journal afterwards.

    Raises:
        JournalError: The journal cannot be opened.
    """
    from rapupload.journal import Journal
    from rapupload.services.desk import Desk, say_nothing

    with Journal.open(settings.path(settings.journal.path), clock=clock) as journal:
        yield Desk(
            settings=settings,
            catalogue=catalogue(settings),
            journal=journal,
            channel=LazyChannel(lambda: rap_channel(settings, environ)),
            hours=service_hours(settings),
            policy=retry_policy(settings),
            surroundings=real_surroundings(),
            clock=clock,
            person=person(environ),
            say=say or say_nothing,
        )
