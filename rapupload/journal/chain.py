"""Events: appended, chained, read back.

The hashed form of an event is canonical JSON (RFC 8785) in which every figure is text,
so that no reader rounds it; it is stored verbatim, and the columns beside it only help
to find it. Bodies hold digests and figures, never personal data.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import rfc8785
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import Row

from rapupload.errors import JournalBrokenError
from rapupload.journal.database import Transaction
from rapupload.journal.digests import sha256
from rapupload.journal.records import Event, Head, Kind, Subject
from rapupload.journal.schema import events, facts, write_instant

FORMAT = "1"
"""Version of the hashed form."""

START = Head(0, "0" * 64)
"""What the first event is chained to."""

OURS = frozenset({"set", "rows", "ledger", "outcomes", "matchings", "acknowledgement"})
"""Names in a body that ``verify`` folds; only the journal itself writes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event about to be appended."""

    action: str
    subject: Subject
    who: str
    why: str = ""
    before: str = ""
    after: str = ""
    body: Mapping[str, object] = field(default_factory=dict)


def write_value(value: object) -> Any:
    """Return a value as it stands in an event: text, null, list or object.

    >>> write_value({"rows": 3, "when": date(2027, 1, 5), "by": None, "late": True})
    {'rows': '3', 'when': '2027-01-05', 'by': None, 'late': 'true'}
    """
    if isinstance(value, Mapping):
        return {str(name): write_value(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [write_value(part) for part in value]
    if value is None or isinstance(value, str):
        return None if value is None else str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return write_instant(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _read_fact(connection: Connection, name: str) -> str | None:
    statement = select(facts.c.value).where(facts.c.name == name)
    return connection.execute(statement).scalar_one_or_none()


def read_last(connection: Connection) -> Head:
    """Return the last event there is."""
    newest = select(events.c.seq, events.c.hash).order_by(events.c.seq.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return Head(row.seq, row.hash) if row else START


def read_noted_head(connection: Connection) -> Head:
    """Return the head that was noted beside the events."""
    seq, _, digest = (_read_fact(connection, "head") or "0 ").partition(" ")
    return Head(int(seq) if seq.isdecimal() else -1, digest)


def _sound_head(connection: Connection) -> Head:
    last, noted = read_last(connection), read_noted_head(connection)
    if last not in (noted, START) or (last == START and noted.seq):
        raise JournalBrokenError(
            f"The journal ends with event {last.seq}, but event {noted.seq} was the "
            "last one written; nothing was changed.",
            hint="Send nothing; run `rapupload journal verify`.",
        )
    return last


def append(transaction: Transaction, entry: Entry) -> int:
    """Chain one event to the last one and return its number."""
    connection = transaction.connection
    last = _sound_head(connection)
    seq = last.seq + 1
    columns = {
        "who": entry.who,
        "action": entry.action,
        "kind": entry.subject.kind.value,
        "subject": entry.subject.name,
        "before": entry.before,
        "after": entry.after,
        "why": entry.why,
    }
    hashed = {
        "format": FORMAT,
        "seq": str(seq),
        "at": write_instant(transaction.at),
        **columns,
        "from": entry.before,
        "to": entry.after,
        "body": write_value(entry.body),
        "prev": last.hash,
    }
    del hashed["before"], hashed["after"]
    text = rfc8785.dumps(hashed).decode()
    digest = sha256(text.encode())
    row = {**columns, "seq": seq, "at": transaction.at, "text": text, "hash": digest}
    connection.execute(insert(events), row)
    _note_head(connection, Head(seq, digest))
    return seq


def _note_head(connection: Connection, head: Head) -> None:
    value = f"{head.seq} {head.hash}"
    noted = update(facts).where(facts.c.name == "head").values(value=value)
    if connection.execute(noted).rowcount == 0:
        connection.execute(insert(facts), {"name": "head", "value": value})


def read_event(row: Row[Any]) -> Event:
    """Return the value for a row of the table."""
    return Event(
        seq=row.seq,
        at=row.at,
        who=row.who,
        action=row.action,
        subject=Subject(Kind(row.kind), row.subject),
        before=row.before,
        after=row.after,
        why=row.why,
        body=json.loads(row.text)["body"],
        hash=row.hash,
        text=row.text,
    )


def read_events(connection: Connection, subject: Subject) -> tuple[Event, ...]:
    """Return what happened to one subject, oldest first."""
    statement = (
        select(events)
        .where(events.c.kind == subject.kind.value, events.c.subject == subject.name)
        .order_by(events.c.seq)
    )
    return tuple(read_event(row) for row in connection.execute(statement))


def read_all_events(connection: Connection, after: int) -> Iterator[Event]:
    """Yield every event after one, oldest first, without holding them all."""
    statement = select(events).where(events.c.seq > after).order_by(events.c.seq)
    for row in connection.execute(statement.execution_options(yield_per=1_000)):
        yield read_event(row)
