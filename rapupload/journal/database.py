"""Units of work: a reader sees one moment, a writer is alone; both translate errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine

from rapupload.errors import JournalBusyError
from rapupload.journal.dialects import WRITES, translated_errors

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """A writer's connection, and the instant all its changes carry."""

    connection: Connection
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """An open journal file.

    Attributes:
        patience: Seconds to wait while another process prepares.
    """

    path: Path
    engine: Engine
    clock: Clock
    patience: float

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one moment of the journal."""
        with (
            translated_errors(),
            self.engine.connect() as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Give the writer's connection; commit at the end, roll back on any error."""
        with translated_errors(), self.engine.connect() as plain:
            connection = plain.execution_options(**{WRITES: True})
            with connection.begin():
                at = self.clock().astimezone(UTC)
                yield Transaction(connection=connection, at=at)

    def lock_file(self, name: str) -> Path:
        """Return the lock file of that name beside the journal."""
        return self.path.with_name(f"{self.path.name}.{name}.lock")

    def preparing(self) -> FileLock:
        """Return the lock that one preparation holds at a time."""
        return FileLock(self.lock_file("prepare"), timeout=self.patience, mode=0o600)

    @contextmanager
    def alone_preparing(self) -> Iterator[None]:
        """Wait until no other process prepares, then keep others out."""
        lock = self.preparing()
        try:
            lock.acquire()
        except Timeout as error:
            raise JournalBusyError(
                "Another process is preparing batches; nothing was prepared.",
                hint="Run the command again when the other one has ended.",
            ) from error
        try:
            yield
        finally:
            lock.release()
