"""Batches: reading them, and moving them along the arrows of ``model.TRANSITIONS``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import Connection, Select, and_, func, select, update
from sqlalchemy.engine import Row

from rapupload.errors import TransitionError, UsageError
from rapupload.journal.acknowledgements import mark_answered
from rapupload.journal.chain import Entry, append
from rapupload.journal.database import Transaction
from rapupload.journal.dialects import fetch_frame
from rapupload.journal.digests import MATCHING_TYPES, OUTCOME_TYPES, ROW_TYPES
from rapupload.journal.records import Batch, Kind, Subject
from rapupload.journal.schema import (
    PREPARING,
    acknowledgements,
    batches,
    instructions,
    intakes,
    matchings,
    outcomes,
)
from rapupload.model import TRANSITIONS, BatchState, Environment, Outcome

_OWN = [part.name for part in fields(Batch) if part.name != "intake"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One step of a batch.

    Attributes:
        endpoint: Where the attempt goes; only with a step to ``sending``.
        checker: Who let the batch go; only with a step to ``approved``.
        acknowledgement: The reply file that says so, if one does.
        body: Digests and figures that explain the step.
    """

    expected: BatchState
    to: BatchState
    who: str
    why: str = ""
    endpoint: str = ""
    checker: str = ""
    acknowledgement: str = ""
    body: Mapping[str, object] = field(default_factory=dict)


def select_batches() -> Select[Any]:
    """Return the statement over every batch that can be seen."""
    columns = [batches.c[name] for name in _OWN]
    joined = batches.join(intakes)
    return (
        select(*columns, intakes.c.intake, batches.c.batch_no)
        .select_from(joined)
        .where(batches.c.state != PREPARING)
        .order_by(batches.c.batch_no)
    )


def batch_of(row: Row[Any]) -> Batch:
    """Return the value for a row of ``select_batches``."""
    columns = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented name
    del columns["batch_no"]
    columns["state"] = BatchState(columns["state"])
    columns["environment"] = Environment(columns["environment"])
    return Batch(**columns)


def find_batch(connection: Connection, batch: str) -> tuple[int, Batch]:
    """Return the number and the value of one batch.

    Raises:
        UsageError: There is no such batch.
    """
    row = connection.execute(select_batches().where(batches.c.batch == batch)).first()
    if row is None:
        raise UsageError(
            f"The journal has no batch {batch}.",
            hint="`rapupload status` lists the batches there are.",
        )
    return row.batch_no, batch_of(row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which batches to list; None means any.

    Attributes:
        since: First transmission date.
        until: Last transmission date.
    """

    states: Collection[BatchState] | None = None
    since: date | None = None
    until: date | None = None
    participant: str | None = None
    account: str | None = None
    environment: Environment | None = None


def list_batches(connection: Connection, wanted: Filter) -> tuple[Batch, ...]:
    """Return the batches wanted, oldest first."""
    statement = select_batches()
    if wanted.states is not None:
        names = [state.value for state in wanted.states]
        statement = statement.where(batches.c.state.in_(names))
    if wanted.since is not None:
        statement = statement.where(batches.c.transmission_date >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(batches.c.transmission_date <= wanted.until)
    for name in ("participant", "account", "environment"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(batches.c[name] == str(value))
    return tuple(batch_of(row) for row in connection.execute(statement))


def _details(transaction: Transaction, change: Change, batch: Batch) -> dict[str, Any]:
    details: dict[str, Any] = {"changed_at": transaction.at}
    if change.to == BatchState.APPROVED:
        details["checker"] = change.checker
    if change.to == BatchState.SENDING:
        details |= {"endpoint": change.endpoint, "attempts": batch.attempts + 1}
    if change.to == BatchState.SENT:
        details["sent_at"] = transaction.at
    return details


def refuse_unknown_arrow(batch: str, before: BatchState, after: BatchState) -> None:
    """Raise unless the table of transitions has this arrow."""
    if (before, after) not in TRANSITIONS:
        raise TransitionError(
            f"A batch cannot go from {before} to {after}; {batch} was left as it is.",
            hint=f"`rapupload status {batch}` shows what happened to it.",
        )


def update_guarded(
    transaction: Transaction, number: int, expected: BatchState, values: dict[str, Any]
) -> None:
    """Update one batch if, and only if, it is in the expected state."""
    guard = and_(batches.c.batch_no == number, batches.c.state == expected.value)
    statement = update(batches).where(guard).values(**values)
    if transaction.connection.execute(statement).rowcount != 1:
        raise TransitionError(
            f"The batch is no longer {expected}; nothing was changed."
        )


def change_batch(transaction: Transaction, batch: str, change: Change) -> int:
    """Move a batch one arrow on, with its event; return the event's number.

    Raises:
        TransitionError: There is no such arrow, or the batch is in another state.
    """
    refuse_unknown_arrow(batch, change.expected, change.to)
    number, current = find_batch(transaction.connection, batch)
    if current.state != change.expected:
        raise TransitionError(
            f"Batch {batch} is {current.state}, not {change.expected} as expected; it "
            "was left as it is.",
            hint=f"`rapupload status {batch}` shows what happened to it.",
        )
    details = _details(transaction, change, current)
    values = {**details, "state": change.to.value}
    update_guarded(transaction, number, change.expected, values)
    told = {"acknowledgement": change.acknowledgement} if change.acknowledgement else {}
    entry = Entry(
        action=change.to.value,
        subject=Subject(Kind.BATCH, batch),
        who=change.who,
        why=change.why,
        before=change.expected.value,
        after=change.to.value,
        body={**change.body, "set": details, **told},
    )
    seq = append(transaction, entry)
    if change.acknowledgement:
        mark_answered(transaction, change.acknowledgement, number, seq, who=change.who)
    return seq


def _select_rows() -> Select[Any]:
    every = matchings.alias()
    newest = (
        select(func.max(every.c.event))
        .where(every.c.batch_no == instructions.c.batch_no)
        .where(every.c.line == instructions.c.line)
        .scalar_subquery()
    )
    same_row = and_(
        outcomes.c.batch_no == instructions.c.batch_no,
        outcomes.c.line == instructions.c.line,
    )
    matched = and_(
        matchings.c.batch_no == instructions.c.batch_no,
        matchings.c.line == instructions.c.line,
        matchings.c.event == newest,
    )
    answered = acknowledgements.c.ack_no == outcomes.c.ack_no
    return select(
        *(instructions.c[name] for name in ROW_TYPES),
        func.coalesce(outcomes.c.outcome, Outcome.PENDING.value).label("outcome"),
        *(outcomes.c[name] for name in list(OUTCOME_TYPES)[2:]),
        acknowledgements.c.acknowledgement,
        *(matchings.c[name] for name in list(MATCHING_TYPES)[1:]),
    ).select_from(
        instructions.outerjoin(outcomes, same_row)
        .outerjoin(acknowledgements, answered)
        .outerjoin(matchings, matched)
    )


_ROWS_READ = {
    **ROW_TYPES,
    **OUTCOME_TYPES,
    "acknowledgement": pl.String,
    **MATCHING_TYPES,
}


def read_rows(connection: Connection, batch: str) -> pl.DataFrame:
    """Return the instructions of a batch with what became of them, by line."""
    number, _ = find_batch(connection, batch)
    chosen = instructions.c.batch_no == number
    statement = _select_rows().where(chosen).order_by(instructions.c.line)
    return fetch_frame(connection, statement, _ROWS_READ)


def trace_reference(
    connection: Connection, participant: str, reference: str
) -> pl.DataFrame:
    """Return every row that carries an own reference, with its batch, oldest first."""
    schema = {**_ROWS_READ, "batch": pl.String, "state": pl.String}
    found = [pl.DataFrame(schema=schema)]
    same = instructions.c.reference == reference
    # Rows first, then their few batches: in one query SQLite would walk all batches.
    owners = select(instructions.c.batch_no).where(same).distinct()
    for number in sorted(connection.execute(owners).scalars()):
        statement = (
            _select_rows()
            .join(batches, batches.c.batch_no == instructions.c.batch_no)
            .add_columns(batches.c.batch, batches.c.state)
            .where(same, instructions.c.batch_no == number)
            .where(batches.c.participant == participant, batches.c.state != PREPARING)
            .order_by(instructions.c.line)
        )
        found.append(fetch_frame(connection, statement, schema))
    return pl.concat(found)
