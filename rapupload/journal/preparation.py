"""Preparing: rows go in, in short transactions, unseen; the last one shows them all.

A batch whose rows are still being written is in a state of its own that no reader
knows. If the process dies, the next one to open the journal or to prepare removes the
rest; it can tell the dead from the living by the lock that a preparation holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import polars as pl
from filelock import Timeout
from sqlalchemy import Connection, Select, delete, func, insert, or_, select, update

from rapupload.errors import DuplicateError, UsageError
from rapupload.journal.batches import find_batch
from rapupload.journal.blobs import has_blob
from rapupload.journal.chain import Entry, append, read_last
from rapupload.journal.database import Database, Transaction
from rapupload.journal.dialects import insert_rows
from rapupload.journal.digests import (
    FINGERPRINT_BYTES,
    ROW_TYPES,
    arrange,
    digest_rows,
)
from rapupload.journal.duplicates import Question, refuse_new_duplicates
from rapupload.journal.exposure import digest_keys, refuse_new_exposures
from rapupload.journal.records import Batch, Intake, Kind, NewBatch, NewIntake, Subject
from rapupload.journal.schema import (
    PREPARING,
    batches,
    instructions,
    intakes,
    ledger_keys,
)
from rapupload.model import BatchState, Environment

ROWS_PER_TRANSACTION = 10_000

_BULK = frozenset({"rows", "ledger_keys"})
_GIVEN = [field.name for field in fields(NewBatch) if field.name not in _BULK]
_INSERTED = ("batch_no", *ROW_TYPES)
_UNTOLD = frozenset({"batch", "batch_no", "intake_no", "prepared_event", "state"})


def _arranged(new: NewBatch) -> NewBatch:
    rows = arrange(new.rows, ROW_TYPES)
    if not new.rows.height:
        raise UsageError(f"Batch {new.batch} has no instruction; it was not prepared.")
    sizes = rows["fingerprint"].bin.size()
    if sizes.null_count() or not (sizes == FINGERPRINT_BYTES).all():
        raise UsageError(
            f"A fingerprint of batch {new.batch} is not {FINGERPRINT_BYTES} bytes long."
        )
    return replace(new, rows=rows, ledger_keys=new.ledger_keys.unique().sort())


def _refuse_strangers(wanted: Preparation) -> None:
    whose = {(new.participant, new.environment) for new in wanted.batches}
    if whose != {(wanted.intake.participant, wanted.intake.environment)}:
        raise UsageError(
            "An intake and its batches are of one participant and environment."
        )


def _refuse_used(connection: Connection, new: NewBatch) -> None:
    table = batches.c
    same_number = (table.transmission_date == new.transmission_date) & (
        table.indicator == new.indicator
    )
    statement = (
        select(table.batch, table.file_name, table.indicator)
        .where(table.participant == new.participant)
        .where(or_(table.file_name == new.file_name, same_number))
    )
    used = connection.execute(statement).first()
    if used is not None:
        what = "file name" if used.file_name == new.file_name else "file indicator"
        raise UsageError(
            f"Batch {used.batch} had the {what} of {new.file_name}; neither is ever "
            "used twice, and nothing was prepared.",
            hint="Prepare the source again; it is given a new file indicator.",
        )


def _refuse_same_bytes(connection: Connection, new: NewBatch) -> None:
    statement = (
        select(batches.c.batch)
        .where(batches.c.environment == new.environment.value)
        .where(batches.c.account == new.account, batches.c.digest == new.digest)
        .where(batches.c.possible_duplicate == "")
        .where(batches.c.state.not_in([BatchState.WITHDRAWN, BatchState.EXPIRED]))
    )
    same = connection.execute(statement).first()
    if same is not None and not new.possible_duplicate:
        raise DuplicateError(
            f"Batch {same.batch} holds exactly the bytes of {new.file_name}; nothing "
            "was prepared.",
            hint="If both are wanted, a person has to say so with a reason.",
        )


def _stage(
    transaction: Transaction, intake: NewIntake, new: Sequence[NewBatch]
) -> list[int]:
    connection = transaction.connection
    numbers = []
    for batch in new:
        _refuse_used(connection, batch)
        _refuse_same_bytes(connection, batch)
        if not has_blob(connection, batch.digest):
            raise UsageError(f"The bytes of {batch.file_name} were not kept first.")
        row = {name: getattr(batch, name) for name in _GIVEN} | {
            "batch": batch.batch,
            "environment": batch.environment.value,
            "instructions": batch.rows.height,
            "state": PREPARING,
            "maker": intake.maker,
            "created_at": transaction.at,
            "changed_at": transaction.at,
        }
        inserted = connection.execute(insert(batches), row).inserted_primary_key
        numbers.append(inserted[0] if inserted else 0)
    return numbers


def _chunks(numbers: Iterable[int], new: Sequence[NewBatch]) -> Iterable[pl.DataFrame]:
    frames = [
        batch.rows.select(pl.lit(number, dtype=pl.Int64).alias("batch_no"), pl.all())
        for number, batch in zip(numbers, new, strict=True)
    ]
    return pl.concat(frames).iter_slices(ROWS_PER_TRANSACTION)


def _key_chunks(
    numbers: Iterable[int], new: Sequence[NewBatch]
) -> Iterable[pl.DataFrame]:
    frames = [
        pl.DataFrame({"key": batch.ledger_keys}).select(
            pl.lit(number, dtype=pl.Int64).alias("batch_no"), "key"
        )
        for number, batch in zip(numbers, new, strict=True)
    ]
    return pl.concat(frames).iter_slices(ROWS_PER_TRANSACTION)


def _insert_keys(transaction: Transaction, chunk: pl.DataFrame) -> None:
    insert_rows(transaction.connection, ledger_keys, chunk.columns, chunk.rows())


def _insert_chunk(transaction: Transaction, chunk: pl.DataFrame) -> None:
    insert_rows(transaction.connection, instructions, _INSERTED, chunk.rows())


def _insert_intake(transaction: Transaction, intake: NewIntake) -> tuple[int, str]:
    connection = transaction.connection
    stem = f"{intake.participant}-{intake.source_digest[:12]}"
    alike = select(func.count()).where(intakes.c.intake.startswith(f"{stem}-"))
    name = f"{stem}-{connection.execute(alike).scalar_one() + 1}"
    row = {field.name: getattr(intake, field.name) for field in fields(NewIntake)} | {
        "environment": intake.environment.value,
        "intake": name,
        "at": transaction.at,
    }
    inserted = connection.execute(insert(intakes), row).inserted_primary_key
    return (inserted[0] if inserted else 0), name


def hide_names(row: dict[str, Any], seal: Callable[[str], str]) -> dict[str, Any]:
    """Replace what may name a person by a keyed digest: no event may hold it."""
    hidden = dict(row)
    hidden["source_file"] = seal(hidden["source_file"])
    hidden["sheet"] = seal(hidden["sheet"])
    return hidden


def _reveal_one(
    transaction: Transaction,
    number: int,
    bulk: dict[str, dict[str, object]],
    intake: tuple[int, str],
) -> None:
    connection = transaction.connection
    chosen = (batches.c.batch_no == number) & (batches.c.state == PREPARING)
    columns = connection.execute(select(batches).where(chosen)).mappings().one()
    told = {name: columns[name] for name in columns if name not in _UNTOLD}
    entry = Entry(
        action=BatchState.PREPARED.value,
        subject=Subject(Kind.BATCH, columns["batch"]),
        who=columns["maker"],
        why=columns["possible_duplicate"],
        after=BatchState.PREPARED.value,
        body={
            "set": {**told, "intake": intake[1]},
            **bulk,
        },
    )
    shown = {
        "state": BatchState.PREPARED.value,
        "intake_no": intake[0],
        "prepared_event": append(transaction, entry),
    }
    connection.execute(update(batches).where(chosen).values(**shown))


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What one call of ``prepare`` is to remember.

    Attributes:
        checked: The journal's last event when duplicates were looked for.
        seal: Keyed digest of a name that may be a person's.
        limited: Ledger keys whose figures were compared with a limit before.
        bulk: What each batch's event says of its rows and ledger keys, made before the
            journal is locked.
    """

    intake: NewIntake
    batches: Sequence[NewBatch]
    checked: int
    seal: Callable[[str], str]
    limited: pl.Series
    bulk: Sequence[dict[str, dict[str, object]]] = ()

    def question(self, after: int) -> Question:
        """Return what to look for among the batches prepared after an event."""
        return Question(
            participant=self.intake.participant,
            environment=self.intake.environment,
            source_digest=self.intake.source_digest,
            sheet=self.intake.sheet,
            batch_digests=[batch.digest for batch in self.batches],
            fingerprints=pl.concat([new.rows["fingerprint"] for new in self.batches]),
            after=after,
        )


def _bulk_of(new: NewBatch) -> dict[str, dict[str, object]]:
    rows: dict[str, object] = {
        "count": new.rows.height,
        "digests": digest_rows(new.rows),
    }
    if new.ledger_keys.is_empty():
        return {"rows": rows}
    digests = [digest_keys(new.ledger_keys)]
    return {"rows": rows, "ledger": {"count": len(new.ledger_keys), "digests": digests}}


def _refuse_changed(connection: Connection, wanted: Preparation, after: int) -> None:
    """Stop if what was looked up before is no longer so."""
    refuse_new_duplicates(connection, wanted.question(after))
    refuse_new_exposures(
        connection,
        wanted.limited,
        participant=wanted.intake.participant,
        environment=wanted.intake.environment,
        after=after,
    )


def _reveal(
    transaction: Transaction, wanted: Preparation, numbers: list[int], after: int
) -> None:
    _refuse_changed(transaction.connection, wanted, after)
    intake_no, name = _insert_intake(transaction, wanted.intake)
    columns = {
        field.name: getattr(wanted.intake, field.name) for field in fields(NewIntake)
    }
    entry = Entry(
        action="taken-in",
        subject=Subject(Kind.INTAKE, name),
        who=wanted.intake.maker,
        body={"set": hide_names({**columns, "at": transaction.at}, wanted.seal)},
    )
    append(transaction, entry)
    for number, bulk in zip(numbers, wanted.bulk, strict=True):
        _reveal_one(transaction, number, bulk, (intake_no, name))


def _write_at_once(database: Database, wanted: Preparation, after: int) -> None:
    with database.write() as transaction:
        numbers = _stage(transaction, wanted.intake, wanted.batches)
        for chunk in _chunks(numbers, wanted.batches):
            _insert_chunk(transaction, chunk)
        for chunk in _key_chunks(numbers, wanted.batches):
            _insert_keys(transaction, chunk)
        _reveal(transaction, wanted, numbers, after)


def _write_in_steps(database: Database, wanted: Preparation, after: int) -> None:
    with database.write() as transaction:
        numbers = _stage(transaction, wanted.intake, wanted.batches)
    for chunk in _chunks(numbers, wanted.batches):
        rows = chunk.rows()
        with database.write() as transaction:
            insert_rows(transaction.connection, instructions, _INSERTED, rows)
    for chunk in _key_chunks(numbers, wanted.batches):
        with database.write() as transaction:
            _insert_keys(transaction, chunk)
    with database.write() as transaction:
        _reveal(transaction, wanted, numbers, after)


def prepare(database: Database, wanted: Preparation) -> tuple[Batch, ...]:
    """Remember an intake and its batches: all of it, or nothing.

    Raises:
        DuplicateError: The same became visible since duplicates were looked for.
        JournalBusyError: What takes from the same limits did.
        UsageError: A file name or indicator was used before, or a batch is malformed.
        JournalBusyError: Another process is preparing.
    """
    arranged = [_arranged(new) for new in wanted.batches]
    bulk = [_bulk_of(new) for new in arranged]
    wanted = replace(wanted, batches=arranged, bulk=bulk)
    _refuse_strangers(wanted)
    rows = sum(batch.rows.height for batch in wanted.batches)
    with database.alone_preparing():
        remove_leftovers(database)
        with database.read() as connection:
            _refuse_changed(connection, wanted, wanted.checked)
            after = read_last(connection).seq
        write = _write_at_once if rows <= ROWS_PER_TRANSACTION else _write_in_steps
        write(database, wanted, after)
    with database.read() as connection:
        return tuple(find_batch(connection, new.batch)[1] for new in wanted.batches)


def _remove_some(transaction: Transaction, number: int, batch: str) -> None:
    connection = transaction.connection
    of_batch = instructions.c.batch_no == number
    after_many = select(instructions.c.line).where(of_batch).order_by("line")
    limited = after_many.offset(ROWS_PER_TRANSACTION).limit(1)
    rest = connection.execute(limited).scalar_one_or_none()
    if rest is not None:
        some = of_batch & (instructions.c.line < rest)
        connection.execute(delete(instructions).where(some))
        return
    connection.execute(delete(instructions).where(of_batch))
    # At most one key per row, and a tenth of the size: these go in one piece.
    connection.execute(delete(ledger_keys).where(ledger_keys.c.batch_no == number))
    connection.execute(delete(batches).where(batches.c.batch_no == number))
    subject = Subject(Kind.BATCH, batch)
    why = "its preparation was interrupted before it was shown to anybody"
    append(transaction, Entry(action="abandoned", subject=subject, who="", why=why))


def _select_leftovers() -> Select[int, str]:
    # What was ever shown is no leftover, even if somebody hid it by hand.
    unseen = (batches.c.state == PREPARING) & batches.c.prepared_event.is_(None)
    return select(batches.c.batch_no, batches.c.batch).where(unseen).limit(1)


def remove_leftovers(database: Database) -> None:
    """Remove what an interrupted preparation left; the caller holds its lock."""
    statement = _select_leftovers()
    while True:
        with database.read() as connection:
            if connection.execute(statement).first() is None:
                return
        with database.write() as transaction:
            left = transaction.connection.execute(statement).first()
            if left is not None:
                _remove_some(transaction, left.batch_no, left.batch)


def remove_leftovers_if_alone(database: Database) -> None:
    """Remove leftovers, unless another process is preparing just now."""
    with database.read() as connection:
        if connection.execute(_select_leftovers()).first() is None:
            return
    lock = database.preparing()
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return
    try:
        remove_leftovers(database)
    finally:
        lock.release()


def find_intake(connection: Connection, intake: str) -> Intake:
    """Return one intake.

    Raises:
        UsageError: There is no such intake.
    """
    chosen = select(intakes).where(intakes.c.intake == intake)
    row = connection.execute(chosen).mappings().first()
    if row is None:
        raise UsageError(f"The journal has no intake {intake}.")
    given = {field.name: row[field.name] for field in fields(NewIntake)}
    given["environment"] = Environment(given["environment"])
    return Intake(intake=intake, at=row["at"], given=NewIntake(**given))
