"""What differs between databases: connecting, locking, bulk inserts, error codes.

SQLite: WAL so that readers never wait, synchronous=FULL so that what was committed
survives a power cut, BEGIN IMMEDIATE so that two writers never deadlock.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import (
    Connection,
    Engine,
    Select,
    Table,
    create_engine,
    event,
    insert,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from rapupload.errors import JournalBrokenError, JournalBusyError, JournalError

WRITES = "rapupload_writes"
"""Execution option of a connection that is going to write."""

_PRAGMAS = (
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    # 64 MB: the index of random fingerprints is written three times as fast from it.
    "PRAGMA cache_size=-65536",
    # The index pages that every chunk touches are copied back once in 64 MB, not each
    # time; the log beside the journal is cut to that size again.
    "PRAGMA wal_autocheckpoint=16000",
    "PRAGMA journal_size_limit=67108864",
)

_PRIMARY = 0xFF  # the low byte of an extended SQLite code is its family

_BUSY = (
    "Another process is writing to the journal; nothing was changed.",
    "Try again when the other run has ended.",
)
_READ_ONLY = (
    "The journal cannot be written; nothing was changed.",
    "Give this user write permission on the journal file and its folder.",
)
_UNREACHABLE = (
    "The journal file cannot be opened.",
    "Check that its folder exists and that this user may read and write there.",
)
_SENTENCES: dict[int, tuple[type[JournalError], str, str]] = {
    sqlite3.SQLITE_BUSY: (JournalBusyError, *_BUSY),
    sqlite3.SQLITE_LOCKED: (JournalBusyError, *_BUSY),
    sqlite3.SQLITE_PROTOCOL: (JournalBusyError, *_BUSY),
    sqlite3.SQLITE_READONLY: (JournalError, *_READ_ONLY),
    sqlite3.SQLITE_PERM: (JournalError, *_READ_ONLY),
    sqlite3.SQLITE_AUTH: (JournalError, *_READ_ONLY),
    sqlite3.SQLITE_CANTOPEN: (JournalError, *_UNREACHABLE),
    sqlite3.SQLITE_FULL: (
        JournalError,
        "The disk that holds the journal is full; nothing was changed.",
        "Free some space, then run the command again.",
    ),
    sqlite3.SQLITE_IOERR: (
        JournalError,
        "The disk that holds the journal failed to read or write.",
        "Check the disk; a journal must not lie on a network share.",
    ),
    sqlite3.SQLITE_NOTADB: (
        JournalError,
        "The file named as the journal is not a journal.",
        "Check the journal's path in the settings.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        JournalBrokenError,
        "The journal file is damaged.",
        "Send nothing; restore the journal from its last copy and verify that.",
    ),
    sqlite3.SQLITE_CONSTRAINT: (
        JournalError,
        "A rule of the journal forbids this change; nothing was changed.",
        "Run `rapupload journal verify` and report what it says.",
    ),
}
_OTHERWISE = (
    JournalError,
    "The journal's database reported a failure; nothing was changed.",
    "Run `rapupload journal verify`; if it is sound, try again.",
)


def error_of(code: int | None) -> JournalError:
    """Return the error for an SQLite result code.

    >>> error_of(sqlite3.SQLITE_BUSY_SNAPSHOT).code
    'journal-busy'
    """
    family = _SENTENCES.get((code or 0) & _PRIMARY, _OTHERWISE)
    kind, message, hint = family
    return kind(message, hint=hint)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn what the database raises into this program's errors."""
    try:
        yield
    except DBAPIError as error:
        code = getattr(error.orig, "sqlite_errorcode", None)
        raise error_of(code) from error
    except sqlite3.Error as error:
        raise error_of(getattr(error, "sqlite_errorcode", None)) from error
    except PoolTimeout as error:
        raise error_of(sqlite3.SQLITE_BUSY) from error


def create_private_file(path: Path) -> None:
    """Create the journal file and its folder for this user alone, if absent."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise error_of(sqlite3.SQLITE_CANTOPEN) from error


def _connector(
    path: Path, *, busy_timeout: float, read_only: bool
) -> Callable[[], sqlite3.Connection]:
    mode = "ro" if read_only else "rw"
    address = f"{path.absolute().as_uri()}?mode={mode}"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            address,
            timeout=busy_timeout,
            isolation_level=None,
            check_same_thread=False,
            uri=True,
        )
        try:
            for pragma in _PRAGMAS:
                connection.execute(pragma)
            if not read_only:
                connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    return connect


def connect_engine(path: Path, *, busy_timeout: float, read_only: bool) -> Engine:
    """Return an engine whose writers lock at once and whose readers never wait."""
    connector = _connector(path, busy_timeout=busy_timeout, read_only=read_only)
    engine = create_engine("sqlite://", creator=connector, poolclass=QueuePool)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # The driver is in autocommit mode, as SQLAlchemy's notes on SQLite advise.
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def fetch_frame(
    connection: Connection, statement: Select[Any], schema: Mapping[str, Any]
) -> pl.DataFrame:
    """Return the rows of a statement over plain columns, straight from the driver."""
    rows = connection.execute(statement).cursor.fetchall()
    return pl.DataFrame(rows, schema=schema, orient="row")


def insert_rows(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
) -> None:
    """Insert many rows straight through the driver; columns in the table's order."""
    statement = insert(table).compile(dialect=connection.dialect, column_keys=columns)
    connection.exec_driver_sql(str(statement), list(rows))
