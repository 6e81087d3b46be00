"""The seam to the far end: what every channel promises, whatever it speaks.

RAP over SFTP is the first implementation; an API may be the second. Nothing above this
package knows folders, sessions or status codes: a *place* is text from the spec that
only the channel understands.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from rapupload.transport.endpoints import Centre
from rapupload.transport.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundFile:
    """A batch file as it was approved; the same value for every try.

    Attributes:
        name: Unique and never used again.
        place: Where it goes, as the spec says.
        write: ``direct``; ``rename``: under ``<name>.tmp`` first; ``done-file``: an
            empty ``<name>.done`` follows it. The two endings are assumed.
        server_keeps_file: The far end leaves the file where it was put.
        read_back: The far end lets us read our own file again.
    """

    name: str
    place: str
    content: bytes
    write: Literal["direct", "rename", "done-file"] = "direct"
    server_keeps_file: bool = False
    read_back: bool = False

    @property
    def size(self) -> int:
        """Return the number of bytes."""
        return len(self.content)

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the bytes."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The far end took the whole file and said so at every step.

    Attributes:
        size_confirmed: It was seen there afterwards with our size; False where the far
            end took it away at once, or does not tell sizes.
    """

    name: str
    endpoint: str
    centre: Centre
    size: int
    size_confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One thing that lies at a place; its name is safe to use as a file name.

    Attributes:
        size: None where the far end does not say.
        modified: By the far end's clock; None where it does not say.
    """

    name: str
    place: str
    size: int | None = None
    modified: dt.datetime | None = None
    is_folder: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Something at the far end that we will not, or may not, take.

    Attributes:
        name: As shown by the far end, escaped; never to be used as a file name.
    """

    name: str
    place: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What lies at a place, by name.

    Attributes:
        exists: False where there is no such place (a folder of the day, not yet made).
    """

    entries: tuple[Listed, ...] = ()
    refused: tuple[Refused, ...] = ()
    exists: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundFile:
    """A file of the far end, whole."""

    name: str
    place: str
    content: bytes
    endpoint: str
    modified: dt.datetime | None = None

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the bytes."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came of a look for answers; every wanted file is in one of the three.

    Attributes:
        postponed: Still being written, or gone between listing and reading.
        refused: Too large, unreadable, or with a name that we do not touch.
        exists: As in ``Listing``.
    """

    files: tuple[InboundFile, ...] = ()
    postponed: tuple[Listed, ...] = ()
    refused: tuple[Refused, ...] = ()
    exists: bool = True


OnStep = Callable[[str], None]
"""Called at ``before-open``, ``opened``, ``written <bytes>``, ``closed``,
``before-rename``, ``before-done-file``, ``finished`` (every step is confirmed: the file is
whole over there) and ``confirmed`` (it was looked at once more)."""


def ignore_step(step: str) -> None:
    """Do nothing at a step."""


class Login(Protocol):
    """A session of one account, for one thread; everything in it is serial.

    After ``TransientTransportError`` and ``OutcomeUnknownError`` the session may have
    ended: leave the ``with`` block and log in again. After any other error it goes on.
    """

    @property
    def endpoint(self) -> str:
        """Address of the far end, for the journal."""
        ...

    @property
    def centre(self) -> Centre:
        """Its data centre."""
        ...

    def submit(self, file: OutboundFile, *, on_step: OnStep = ignore_step) -> Sent:
        """Hand over one file, once. Never retried inside, and not idempotent.

        Nothing at the far end is overwritten, truncated or removed. ``on_step`` is
        called with ``before-open`` when the session has just answered and the next
        thing written is the file's OPEN: journal ``sending`` there. What ``on_step``
        raises then comes out unchanged and nothing was sent.

        Raises:
            TransientTransportError: Before ``before-open`` only: the session had
                ended; nothing was sent, submit in a new one.
            RemoteMissingError: The place does not exist; nothing was created (failed).
            RemotePermissionError: Not allowed; nothing was created (failed).
            UsageError: The name or place cannot be written at the far end.
            OutcomeUnknownError: Every other failure from OPEN on, a name that is
                taken among them: in doubt, to be settled by evidence.
        """
        ...

    def find_evidence(self, file: OutboundFile) -> Evidence:
        """Look for a file that may have arrived. Idempotent; may be retried.

        Ask in a login to the centre that the file went to. ``evidence.judge`` tells
        what is proved.

        Raises:
            TransientTransportError: The session has ended.
        """
        ...

    def look(self, place: str) -> Listing:
        """List what lies at a place. Idempotent; may be retried.

        Raises:
            RemotePermissionError: Not allowed there.
            TransientTransportError: The session has ended.
        """
        ...

    def fetch(
        self, place: str, *, wanted: Callable[[Listed], bool], max_bytes: int
    ) -> Fetched:
        """Read the wanted files at a place whole. Idempotent; may be retried.

        Only a file whose size was the same before, during and after the reading is
        taken, and no empty one. Nothing is removed, so the same file is seen again:
        whoever applies it looks at its digest.

        Raises:
            RemotePermissionError: Not allowed to list the place.
            TransientTransportError: The session has ended; nothing is lost.
        """
        ...

    def close(self) -> None:
        """Cut the session at once. From any thread, any number of times.

        What is under way ends as its own class says: a submit in doubt.
        """
        ...


class Channel(Protocol):
    """The way to the far end for one account."""

    @property
    def longest_wait(self) -> float:
        """Seconds that one step can hang at most; a take-over waits that long."""
        ...

    def login(self, *, centre: Centre | None = None) -> AbstractContextManager[Login]:
        """Open the account's one session; it is closed at the end of the block.

        Endpoints are tried in order, the primary centre first; only a transient failure
        moves on to the next. A refused key, an unknown host key or a busy account stop
        at once, so that nothing hammers the account.

        Args:
            centre: Only this centre: a file in doubt is looked for where it went, and
                never switches to the other by itself.

        Raises:
            TransientTransportError: No endpoint could be reached; may be retried.
            BusyAccountError: This channel or the far end has a session already.
            AuthenticationError: Never retried.
            HostKeyError: Never retried.
            PermanentTransportError: Never retried.
        """
        ...
