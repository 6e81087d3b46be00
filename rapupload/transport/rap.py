"""RAP over SFTP: the first channel. One account, one session, everything serial."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from rapupload.errors import (
    BusyAccountError,
    ConfigError,
    OutcomeUnknownError,
    TransientTransportError,
)
from rapupload.transport.channel import (
    Fetched,
    Listed,
    Listing,
    OnStep,
    OutboundFile,
    Sent,
    ignore_step,
)
from rapupload.transport.download import fetch_files, list_place
from rapupload.transport.endpoints import Centre, Endpoint, put_in_order
from rapupload.transport.evidence import Evidence
from rapupload.transport.search import find_evidence
from rapupload.transport.session import Credentials, Limits, Session, open_session
from rapupload.transport.upload import upload


class RapChannel:
    """A RAP account; ``Channel`` has the contract.

    Args:
        endpoints: In any order of centres; within a centre the order is kept.
        limits: Time limits of every step.
    """

    def __init__(
        self,
        *,
        endpoints: tuple[Endpoint, ...],
        credentials: Credentials,
        limits: Limits | None = None,
    ) -> None:
        self._endpoints = endpoints
        self._credentials = credentials
        self._limits = limits or Limits()
        self._in_use = threading.Lock()

    @property
    def longest_wait(self) -> float:
        """Return the seconds that one step can hang at most."""
        return self._limits.longest

    @contextmanager
    def login(self, *, centre: Centre | None = None) -> Iterator[RapLogin]:
        """Open the one session of the account."""
        if not self._in_use.acquire(blocking=False):
            raise BusyAccountError(
                f"A session of {self._credentials.account} is open in this program;"
                " RAP allows one.",
                hint="Wait until it has ended.",
            )
        try:
            with ExitStack() as exits:
                yield RapLogin(self._reach(centre, exits))
        finally:
            self._in_use.release()

    def _reach(self, centre: Centre | None, exits: ExitStack) -> Session:
        endpoints = put_in_order(self._endpoints, centre=centre)
        if not endpoints:
            raise ConfigError(
                f"There is no endpoint{f' in the {centre} centre' if centre else ''}.",
                hint="Add endpoints to the settings.",
            )
        lost: list[TransientTransportError] = []
        for endpoint in endpoints:
            opening = open_session(endpoint, self._credentials, self._limits)
            try:
                return exits.enter_context(opening)
            except TransientTransportError as error:
                lost.append(error)
        raise _summarise(lost) from lost[-1]


def _summarise(lost: list[TransientTransportError]) -> TransientTransportError:
    if len(lost) == 1:
        return lost[0]
    reasons = " ".join(f"[{error.message}]" for error in lost)
    return TransientTransportError(
        f"None of {len(lost)} addresses let us in; nothing was sent. {reasons}",
        endpoint=", ".join(error.endpoint for error in lost),
        operation=lost[-1].operation,
        hint=lost[-1].hint,
    )


class RapLogin:
    """An open session; ``Login`` has the contract."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def endpoint(self) -> str:
        """Return the address."""
        return str(self._session.endpoint)

    @property
    def centre(self) -> Centre:
        """Return the data centre."""
        return self._session.endpoint.centre

    def submit(self, file: OutboundFile, *, on_step: OnStep = ignore_step) -> Sent:
        """Hand over one file, once."""
        return upload(self._session, file, on_step)

    def find_evidence(self, file: OutboundFile) -> Evidence:
        """Look for a file that may have arrived."""
        with self._ending_on_loss():
            return find_evidence(self._session, file)

    def look(self, place: str) -> Listing:
        """List what lies at a place."""
        with self._ending_on_loss():
            return list_place(self._session, place)

    def fetch(
        self, place: str, *, wanted: Callable[[Listed], bool], max_bytes: int
    ) -> Fetched:
        """Read the wanted files at a place whole."""
        with self._ending_on_loss():
            return fetch_files(self._session, place, wanted, max_bytes)

    def close(self) -> None:
        """Cut the session at once."""
        self._session.close()

    @contextmanager
    def _ending_on_loss(self) -> Iterator[None]:
        # a late answer must not be taken for the answer to the next request
        try:
            yield
        except (TransientTransportError, OutcomeUnknownError):
            self._session.close()
            raise
