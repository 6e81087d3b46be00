"""The parts of one running far end, joined: who is logged in, what has arrived."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from pathlib import PurePosixPath

import asyncssh

from rapupload.simulator.accounts import Account
from rapupload.simulator.answers import Answer
from rapupload.simulator.folders import Folders, is_named_by
from rapupload.simulator.hours import HONG_KONG, Clock, is_open
from rapupload.simulator.intake import Intake
from rapupload.simulator.keys import is_allowed
from rapupload.simulator.scenarios import Faults
from rapupload.simulator.settings import SimulatorSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCounts:
    """Logins since the start.

    Attributes:
        logins: Sessions that were opened.
        refused: Logins refused because the account was, or seemed, in use.
        open_now: Sessions open at this moment.
        maximum: The most that were open at once.
        connections: Connections made, whatever became of them.
    """

    logins: int = 0
    refused: int = 0
    open_now: int = 0
    maximum: int = 0
    connections: int = 0


class Sessions:
    """Counts sessions, and lets one connection hold the account."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder: object | None = None
        self._counts = SessionCounts()

    @property
    def counts(self) -> SessionCounts:
        """Return the counts as they are now."""
        return self._counts

    @property
    def is_held(self) -> bool:
        """Tell whether a connection holds the account."""
        return self._holder is not None

    def connect(self) -> None:
        """Count a connection."""
        with self._lock:
            count = self._counts.connections + 1
            self._counts = replace(self._counts, connections=count)

    def claim(self, holder: object) -> bool:
        """Give the account to a connection, unless another holds it."""
        with self._lock:
            if self._holder is not None:
                return False
            self._holder = holder
            counts = self._counts
            self._counts = replace(
                counts,
                logins=counts.logins + 1,
                open_now=counts.open_now + 1,
                maximum=max(counts.maximum, counts.open_now + 1),
            )
            return True

    def release(self, holder: object) -> bool:
        """Take the account back from a connection, if that held it."""
        with self._lock:
            if self._holder is not holder:
                return False
            self._holder = None
            self._counts = replace(self._counts, open_now=self._counts.open_now - 1)
            return True

    def refuse(self) -> None:
        """Count a login that was refused because the account is in use."""
        with self._lock:
            self._counts = replace(self._counts, refused=self._counts.refused + 1)


@dataclass(slots=True, kw_only=True)
class FarEnd:
    """Everything a connection consults."""

    settings: SimulatorSettings
    account: Account
    key: asyncssh.SSHKey
    folders: Folders
    faults: Faults
    intake: Intake
    clock: Clock
    say: Callable[[str], None]
    sessions: Sessions = attribute(default_factory=Sessions)
    _waiting: set[PurePosixPath] = attribute(default_factory=set)
    _timers: set[asyncio.TimerHandle] = attribute(default_factory=set)

    def is_open(self) -> bool:
        """Tell whether connections are taken at this hour."""
        if not self.settings.keep_hours:
            return True
        return is_open(self.clock(), self.settings.holidays)

    def is_known(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Tell whether this key opens this account; names are case-sensitive."""
        return (
            username == self.account.name
            and is_allowed(key)
            and key.public_data == self.key.public_data
        )

    def open_day(self) -> None:
        """Make the folders of the day."""
        self.folders.make(self.clock().astimezone(HONG_KONG).date())

    def hides(self, path: PurePosixPath) -> bool:
        """Tell whether a scenario makes this folder, or what is in it, disappear."""
        if not self.faults.is_due("no-such-folder"):
            return False
        today = self.clock().astimezone(HONG_KONG).date()
        folders = self.folders.upload_folders(today)
        return str(path) in folders or str(path.parent) in folders

    def finish(self, path: PurePosixPath) -> None:
        """Take a file whose upload is complete, unless its sign is still to come.

        Where the spec says ``rename`` the sign is the final name, where it says
        ``done-file`` an empty file of the same name, or stem, ending in ``.done``.
        """
        spec = self.folders.spec_of(path)
        write = spec.batch_file.write if spec else "direct"
        is_final = spec is None or is_named_by(spec, path.name)
        if write == "direct" or (write == "rename" and is_final):
            self._take(path)
        elif write == "done-file" and path.suffix.lower() == ".done":
            for waiting in sorted(self._waiting):
                if path.stem in {waiting.name, waiting.stem}:
                    self._waiting.discard(waiting)
                    self._take(waiting)
        else:
            self._waiting.add(path)

    def rename(self, old: PurePosixPath, new: PurePosixPath) -> bool:
        """Give a finished upload its final name and take it; False if not allowed."""
        if old not in self._waiting or not self.folders.may_rename(old, new):
            return False
        self._waiting.discard(old)
        self.folders.local(old).rename(self.folders.local(new))
        self._take(new)
        return True

    def stop(self) -> None:
        """Forget the answers that are still to come."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def _take(self, path: PurePosixPath) -> None:
        due = self.intake.take(path)
        self.say(f"received {path}")
        delay = self.settings.answer_after + due.delay
        if delay <= 0:
            self._deliver(due.answers)
        else:
            loop = asyncio.get_running_loop()
            self._timers.add(loop.call_later(delay, self._deliver, due.answers))

    def _deliver(self, answers: tuple[Answer, ...]) -> None:
        for answer in answers:
            self.folders.deliver(answer)
            self.say(f"answered {answer.path}")
