"""Creating the tables and bringing older ones up to date; only that needs Alembic."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, String, column, insert, inspect, select, table

from rapupload.errors import JournalError, MigrationNeededError
from rapupload.journal.chain import FORMAT, Entry, append
from rapupload.journal.database import Database, Transaction
from rapupload.journal.digests import sha256
from rapupload.journal.records import Kind, Subject
from rapupload.journal.schema import facts

REVISION = "0002"
"""The newest revision; a test holds it equal to the newest migration."""

_OLDER = frozenset({"0001"})
_MARK = "alembic_version"


def read_revision(connection: Connection) -> str | None:
    """Return the revision of the tables; None if there are none at all.

    Raises:
        JournalError: It is a database, but of something else.
    """
    names = set(inspect(connection).get_table_names())
    if _MARK in names:
        version = select(column("version_num", String)).select_from(table(_MARK))
        return connection.execute(version).scalar_one_or_none()
    if names:
        raise JournalError(
            "The file named as the journal is a database of something else.",
            hint="Check the journal's path in the settings.",
        )
    return None


def _migrate(connection: Connection) -> None:
    # Slow to import, and needed once in the life of a journal and version.
    from alembic.command import upgrade  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "rapupload.journal:migrations")
    upgrade(config, "head")


def _found(transaction: Transaction, random_bytes: Callable[[int], bytes]) -> str:
    """Give a new journal its identity and its secret key; return the key's digest."""
    name, key = random_bytes(8).hex(), random_bytes(32).hex()
    rows = [
        {"name": "journal", "value": name},
        {"name": "fingerprint-key", "value": key},
    ]
    transaction.connection.execute(insert(facts), rows)
    return sha256(key.encode())


def _bring_up_to_date(database: Database, random_bytes: Callable[[int], bytes]) -> None:
    with database.write() as transaction:
        before = read_revision(transaction.connection)
        if before == REVISION:
            return  # another process was faster
        _migrate(transaction.connection)
        body = {"revision": REVISION, "before": before, "format": FORMAT}
        if before is None:
            body["fingerprint-key"] = _found(transaction, random_bytes)
        action = "migrated" if before else "founded"
        subject = Subject(Kind.JOURNAL, "journal")
        append(transaction, Entry(action=action, subject=subject, who="", body=body))


def ensure_tables(
    database: Database, random_bytes: Callable[[int], bytes] | None
) -> None:
    """Make sure that the tables are those this version works with.

    Args:
        database: The open journal.
        random_bytes: Where a new journal's secret comes from; None forbids a new one.

    Raises:
        MigrationNeededError: They are of a version that this program does not know.
        JournalError: There are none, and none may be created.
    """
    with database.read() as connection:
        revision = read_revision(connection)
    if revision == REVISION:
        return
    if revision is not None and revision not in _OLDER:
        raise MigrationNeededError(
            f"The journal is of revision {revision}, this program knows {REVISION}; "
            "nothing was read or written.",
            hint="Use the newest version of the program that this desk has.",
        )
    if random_bytes is None and revision is not None:
        raise MigrationNeededError(
            f"The journal is of revision {revision}, this program needs {REVISION}, "
            "and a journal opened for reading is not changed; nothing was read.",
            hint="Run `rapupload status` once where the journal may be written.",
        )
    if random_bytes is None:
        raise JournalError(
            f"{database.path} holds no journal yet.",
            hint="`rapupload init` makes one.",
        )
    _bring_up_to_date(database, random_bytes)
