"""Acknowledgement files: kept whole, judged once, linked to the batches they answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from rapupload.errors import TransitionError, UsageError
from rapupload.journal.chain import Entry, append
from rapupload.journal.database import Transaction
from rapupload.journal.records import (
    ACK_TRANSITIONS,
    Acknowledgement,
    AckState,
    Kind,
    NewAcknowledgement,
    Subject,
)
from rapupload.journal.schema import acknowledgements, answers, batches
from rapupload.model import AckStage, Environment

_UNTOLD = frozenset({"ack_no", "acknowledgement", "state"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What somebody, or the parser, makes of an acknowledgement.

    Attributes:
        match_key: The key by which it was, or was not, matched.
        note: What is wrong with it, for the person who looks.
    """

    expected: AckState
    to: AckState
    who: str
    stage: AckStage | None = None
    match_key: str = ""
    note: str = ""


def _value_of(connection: Connection, columns: dict[str, Any]) -> Acknowledgement:
    answered = (
        select(batches.c.batch)
        .join(answers)
        .where(answers.c.ack_no == columns.pop("ack_no"))
        .order_by(batches.c.batch_no)
    )
    stage = columns["stage"]
    columns["stage"] = AckStage(stage) if stage else None
    columns["state"] = AckState(columns["state"])
    columns["environment"] = Environment(columns["environment"])
    found = tuple(connection.execute(answered).scalars())
    return Acknowledgement(**columns, batches=found)


def find_number(connection: Connection, acknowledgement: str) -> int | None:
    """Return the number of an acknowledgement, or None for the empty id.

    Raises:
        UsageError: There is no such acknowledgement.
    """
    if not acknowledgement:
        return None
    table = acknowledgements.c
    statement = select(table.ack_no).where(table.acknowledgement == acknowledgement)
    number = connection.execute(statement).scalar_one_or_none()
    if number is None:
        raise UsageError(f"The journal has no acknowledgement {acknowledgement}.")
    return int(number)


def find_acknowledgement(
    connection: Connection, acknowledgement: str
) -> Acknowledgement:
    """Return one acknowledgement.

    Raises:
        UsageError: There is no such acknowledgement.
    """
    number = find_number(connection, acknowledgement)
    chosen = acknowledgements.c.ack_no == number
    row = connection.execute(select(acknowledgements).where(chosen)).mappings().first()
    if row is None:
        raise UsageError("An acknowledgement has an id; none was given.")
    return _value_of(connection, dict(row))


def list_acknowledgements(
    connection: Connection, *, batch: str | None, states: tuple[AckState, ...]
) -> tuple[Acknowledgement, ...]:
    """Return acknowledgements in the order of their coming; no state means any."""
    statement = select(acknowledgements).order_by(acknowledgements.c.ack_no)
    if batch is not None:
        linked = select(answers.c.ack_no).join(batches).where(batches.c.batch == batch)
        statement = statement.where(acknowledgements.c.ack_no.in_(linked))
    if states:
        names = [state.value for state in states]
        statement = statement.where(acknowledgements.c.state.in_(names))
    found = connection.execute(statement).mappings().all()
    return tuple(_value_of(connection, dict(row)) for row in found)


def store_acknowledgement(
    transaction: Transaction, new: NewAcknowledgement, digest: str, size: int, who: str
) -> tuple[Acknowledgement, bool]:
    """Remember a reply file; return it, and whether it was not known before.

    The same bytes under the same name are the same file, however often it is seen;
    under another name they are a duplicate, which is remembered but never applied.
    """
    connection, table = transaction.connection, acknowledgements.c
    alike = (
        select(table.acknowledgement, table.name, table.folder)
        .where(table.environment == new.environment.value)
        .where(table.account == new.account, table.digest == digest)
        .order_by(table.ack_no)
    )
    same = connection.execute(alike).all()
    for row in same:
        if (row.folder, row.name) == (new.folder, new.name):
            return find_acknowledgement(connection, row.acknowledgement), False
    stem = f"{new.account}-{digest[:16]}"
    names = select(func.count()).where(table.acknowledgement.startswith(stem))
    count = connection.execute(names).scalar_one()
    name = f"{stem}-{count + 1}" if count else stem
    state = AckState.DUPLICATE if same else AckState.STORED
    columns = {
        "acknowledgement": name,
        "participant": new.participant,
        "account": new.account,
        "environment": new.environment.value,
        "name": new.name,
        "folder": new.folder,
        "endpoint": new.endpoint,
        "stage": new.stage.value if new.stage else None,
        "digest": digest,
        "size": size,
        "collected_at": transaction.at,
        "match_key": "",
        "duplicate_of": same[0].acknowledgement if same else None,
        "note": "",
    }
    connection.execute(insert(acknowledgements), {**columns, "state": state.value})
    told = {key: value for key, value in columns.items() if key not in _UNTOLD}
    entry = Entry(
        action="collected",
        subject=Subject(Kind.ACKNOWLEDGEMENT, name),
        who=who,
        after=state.value,
        body={"set": told},
    )
    append(transaction, entry)
    return find_acknowledgement(connection, name), True


def judge_acknowledgement(
    transaction: Transaction, acknowledgement: str, judgement: Judgement
) -> int:
    """Move an acknowledgement on, with its event.

    Raises:
        TransitionError: There is no such arrow, or it is in another state.
    """
    before, after = judgement.expected, judgement.to
    known = find_acknowledgement(transaction.connection, acknowledgement)
    if (before, after) not in ACK_TRANSITIONS or known.state != before:
        raise TransitionError(
            f"Acknowledgement {acknowledgement} is {known.state}; it cannot go from "
            f"{before} to {after} and was left as it is."
        )
    stage = judgement.stage or known.stage
    columns = {
        "stage": stage.value if stage else None,
        "match_key": judgement.match_key or known.match_key,
        "note": judgement.note or known.note,
    }
    table = acknowledgements.c
    guard = (table.acknowledgement == acknowledgement) & (table.state == before.value)
    changed = update(acknowledgements).where(guard).values(**columns, state=after.value)
    transaction.connection.execute(changed)
    entry = Entry(
        action=after.value,
        subject=Subject(Kind.ACKNOWLEDGEMENT, acknowledgement),
        who=judgement.who,
        before=before.value,
        after=after.value,
        body={"set": columns},
    )
    return append(transaction, entry)


def mark_answered(
    transaction: Transaction,
    acknowledgement: str,
    number: int,
    seq: int,
    *,
    who: str,
    clash: bool = False,
) -> None:
    """Link an acknowledgement to a batch it answers, and mark it applied."""
    connection = transaction.connection
    known = find_acknowledgement(connection, acknowledgement)
    row = {
        "ack_no": find_number(connection, acknowledgement),
        "batch_no": number,
        "event": seq,
    }
    connection.execute(insert(answers), row)
    wanted = AckState.CONTRADICTORY if clash else AckState.APPLIED
    if known.state in (wanted, AckState.CONTRADICTORY):
        return
    judgement = Judgement(expected=known.state, to=wanted, who=who)
    judge_acknowledgement(transaction, acknowledgement, judgement)
