"""Leases: one session per account, ever.

On SQLite the lease is a lock of the operating system on a file beside the journal: it
ends with the process that holds it, however that process ends.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from filelock import FileLock, Timeout
from sqlalchemy import and_, insert, select, update

from rapupload.errors import BusyAccountError
from rapupload.journal.database import Database
from rapupload.journal.records import Lease
from rapupload.journal.schema import leases, write_instant
from rapupload.model import Environment


def _describe_holder(note: Path) -> str:
    try:
        holder = json.loads(note.read_text(encoding="utf-8"))
        return (
            f"process {holder['process']} on {holder['host']}, since {holder['since']}"
        )
    except (OSError, ValueError, KeyError, TypeError):
        return "another process that has not said who it is"


def _write_lease(
    database: Database, account: str, environment: Environment, owner: str
) -> int:
    table = leases.c
    chosen = and_(table.account == account, table.environment == environment.value)
    with database.write() as transaction:
        connection = transaction.connection
        held = select(leases.c.fence).where(chosen)
        fence = int(connection.execute(held).scalar_one_or_none() or 0) + 1
        columns = {"owner": owner, "fence": fence, "since": transaction.at}
        if fence == 1:
            key = {"account": account, "environment": environment.value}
            connection.execute(insert(leases), {**key, **columns})
        else:
            connection.execute(update(leases).where(chosen).values(**columns))
    return fence


@contextmanager
def lease_account(
    database: Database, account: str, environment: Environment
) -> Iterator[Lease]:
    """Hold the account for as long as the context lasts.

    Raises:
        BusyAccountError: Another session holds it; the message says which.
    """
    name = f"account-{environment.value}-{quote(account, safe='')}"
    path = database.lock_file(name)
    note = path.with_suffix(".holder")
    lock = FileLock(path, timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout as error:
        raise BusyAccountError(
            f"Account {account} ({environment}) is in use by {_describe_holder(note)}; "
            "nothing was sent or collected.",
            hint="Wait until that run has ended, or end it.",
        ) from error
    try:
        process, host = str(os.getpid()), platform.node()
        since = write_instant(database.clock())
        holder = {"process": process, "host": host, "since": since}
        note.write_text(json.dumps(holder), encoding="utf-8")
        owner = f"{host}:{process}"
        fence = _write_lease(database, account, environment, owner)
        yield Lease(account=account, environment=environment, owner=owner, fence=fence)
    finally:
        note.unlink(missing_ok=True)
        lock.release()
