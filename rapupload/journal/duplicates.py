"""The same instructions twice: by source file, by batch file, by fingerprint.

Own references that were used before for something else are found the same way.

What counts: a batch that can be seen, is neither withdrawn nor expired, belongs to the
same participant and environment, and of it every row that was not rejected.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    select,
)
from sqlalchemy.schema import CreateTable, DropTable

from rapupload.errors import DuplicateError
from rapupload.journal.chain import read_last
from rapupload.journal.dialects import fetch_frame, insert_rows
from rapupload.journal.records import Duplicates, Earlier
from rapupload.journal.schema import (
    PREPARING,
    batches,
    instructions,
    intakes,
    ledger_keys,
    outcomes,
)
from rapupload.model import COUNTED, BatchState, Environment, Outcome

_IN_ONE_QUERY = 500

# Its own MetaData: no migration ever creates it.
_WANTED = {
    name: Table(
        f"wanted_{name}",
        MetaData(),
        Column(name, kind, nullable=False),
        Column("position", Integer, nullable=False),
        prefixes=["TEMPORARY"],
    )
    for name, kind in (
        ("fingerprint", LargeBinary(16)),
        ("reference", Text()),
        ("key", BigInteger()),
    )
}

_HIT_TYPES: dict[str, Any] = {
    "position": pl.UInt32,
    "batch_no": pl.Int64,
    "line": pl.UInt32,
    "sheet": pl.String,
    "row": pl.UInt32,
}
_OWNER_TYPES: dict[str, Any] = {
    "batch_no": pl.Int64,
    "batch": pl.String,
    "state": pl.String,
    "created_at": pl.Datetime("us", "UTC"),
}
_TOLD = ["position", "batch", "line", "sheet", "row", "state", "created_at"]
_NAMED = ["position", "batch", "state", "created_at"]
_UNCOUNTED = [PREPARING, *sorted(set(BatchState) - COUNTED)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is about to be prepared.

    Attributes:
        sheet: Sheet of the source file; None for any. Two sheets are two sources.
        since: First transmission date that is looked at; None for all of them.
        after: Look only at batches prepared after this event.
    """

    participant: str
    environment: Environment
    source_digest: str
    batch_digests: Sequence[str]
    fingerprints: pl.Series
    sheet: str | None = None
    since: date | None = None
    after: int = 0


def _counts(question: Question) -> ColumnElement[bool]:
    conditions = [
        batches.c.participant == question.participant,
        batches.c.environment == question.environment.value,
        batches.c.state.not_in(_UNCOUNTED),
    ]
    if question.since is not None:
        conditions.append(batches.c.transmission_date >= question.since)
    if question.after:
        conditions.append(batches.c.prepared_event > question.after)
    return and_(*conditions)


def _earlier(connection: Connection, statement: Select[Any]) -> tuple[Earlier, ...]:
    return tuple(
        Earlier(
            batch=row.batch,
            state=BatchState(row.state),
            created_at=row.created_at,
            transmission_date=row.transmission_date,
            file_name=row.file_name,
        )
        for row in connection.execute(statement.order_by(batches.c.batch_no))
    )


def _find_files(
    connection: Connection, question: Question
) -> tuple[tuple[Earlier, ...], tuple[Earlier, ...]]:
    counts = _counts(question)
    from_source = (
        select(batches)
        .join(intakes)
        .where(intakes.c.participant == question.participant)
        .where(intakes.c.source_digest == question.source_digest, counts)
    )
    if question.sheet is not None:
        from_source = from_source.where(intakes.c.sheet == question.sheet)
    by_batch: list[Earlier] = []
    digests = list(question.batch_digests)
    for start in range(0, len(digests), _IN_ONE_QUERY):
        some = digests[start : start + _IN_ONE_QUERY]
        same = select(batches).where(batches.c.digest.in_(some), counts)
        by_batch += _earlier(connection, same)
    return _earlier(connection, from_source), tuple(by_batch)


def _has_any(connection: Connection, question: Question) -> bool:
    some = select(batches.c.batch_no).where(_counts(question)).limit(1)
    return connection.execute(some).first() is not None


def _fill_wanted(connection: Connection, name: str, keys: pl.Series) -> Table:
    wanted = _WANTED[name]
    connection.execute(DropTable(wanted, if_exists=True))
    connection.execute(CreateTable(wanted))
    # In the order of the index, so that neighbouring look-ups read the same pages.
    asked = pl.DataFrame({name: keys}).with_row_index("position")
    ordered = asked.select(name, "position").drop_nulls().sort(name)
    insert_rows(connection, wanted, (name, "position"), ordered.rows())
    return wanted


def _find_hits(connection: Connection, name: str, keys: pl.Series) -> pl.DataFrame:
    # Only these two tables: given a third, SQLite would walk all batches per row.
    wanted = _fill_wanted(connection, name, keys)
    same = instructions.c[name] == wanted.c[name]
    columns = (instructions.c[own] for own in ("batch_no", "line", "sheet", "row"))
    statement = select(wanted.c.position, *columns).join_from(
        wanted, instructions, same
    )
    hits = fetch_frame(connection, statement, _HIT_TYPES)
    connection.execute(DropTable(wanted))
    return hits


def _in_portions(numbers: pl.Series) -> Iterator[list[int]]:
    for start in range(0, numbers.len(), _IN_ONE_QUERY):
        yield numbers[start : start + _IN_ONE_QUERY].to_list()


def _find_owners(
    connection: Connection, question: Question, numbers: pl.Series
) -> pl.DataFrame:
    columns = [batches.c[name] for name in _OWNER_TYPES]
    found: list[tuple[Any, ...]] = []
    for some in _in_portions(numbers):
        own = select(*columns).where(batches.c.batch_no.in_(some), _counts(question))
        found += [tuple(row) for row in connection.execute(own)]
    return pl.DataFrame(found, schema=_OWNER_TYPES, orient="row")


def _find_rejected(connection: Connection, numbers: pl.Series) -> pl.DataFrame:
    types = {"batch_no": pl.Int64, "line": pl.UInt32}
    found = [pl.DataFrame(schema=types)]
    for some in _in_portions(numbers):
        rejected = select(outcomes.c.batch_no, outcomes.c.line).where(
            outcomes.c.batch_no.in_(some),
            outcomes.c.outcome == Outcome.REJECTED.value,
        )
        found.append(fetch_frame(connection, rejected, types))
    return pl.concat(found)


def _find_rows(
    connection: Connection, question: Question, name: str, keys: pl.Series
) -> pl.DataFrame:
    none = pl.DataFrame(schema={**_HIT_TYPES, **_OWNER_TYPES}).select(_TOLD)
    if keys.is_empty() or not _has_any(connection, question):
        return none
    hits = _find_hits(connection, name, keys)
    owners = _find_owners(connection, question, hits["batch_no"].unique())
    rejected = _find_rejected(connection, owners["batch_no"])
    return (
        hits.join(owners, on="batch_no")
        .join(rejected, on=["batch_no", "line"], how="anti")
        .select(_TOLD)
        .sort("position", "batch", "line")
    )


def find_duplicates(connection: Connection, question: Question) -> Duplicates:
    """Return everything that was prepared before and still counts."""
    by_source, by_batch = _find_files(connection, question)
    return Duplicates(
        by_source=by_source,
        by_batch=by_batch,
        rows=_find_rows(connection, question, "fingerprint", question.fingerprints),
        checked=read_last(connection).seq,
    )


def find_references(
    connection: Connection, question: Question, references: pl.Series
) -> pl.DataFrame:
    """Return rows that count and carry one of these own references, as ``rows`` does.

    ``position`` counts in the references asked for.
    """
    return _find_rows(connection, question, "reference", references)


def find_named(
    connection: Connection, question: Question, keys: pl.Series
) -> pl.DataFrame:
    """Return batches that count and name one of these ledger keys.

    A key knows no row: whether the row it stands for was rejected, the caller must ask.

    Returns:
        ``position`` in the keys, ``batch``, ``state`` and ``created_at``.
    """
    types = {"position": pl.UInt32, "batch_no": pl.Int64}
    if keys.is_empty() or not _has_any(connection, question):
        return pl.DataFrame(schema={**types, **_OWNER_TYPES}).select(_NAMED)
    wanted = _fill_wanted(connection, "key", keys)
    # Only these two tables: given a third, SQLite would walk all batches per key.
    same = ledger_keys.c.key == wanted.c.key
    statement = select(wanted.c.position, ledger_keys.c.batch_no).join_from(
        wanted, ledger_keys, same
    )
    hits = fetch_frame(connection, statement, types)
    connection.execute(DropTable(wanted))
    owners = _find_owners(connection, question, hits["batch_no"].unique())
    return hits.join(owners, on="batch_no").select(_NAMED).sort("position", "batch")


def refuse_new_duplicates(connection: Connection, question: Question) -> None:
    """Stop if a batch that holds the same became visible since the first look.

    Raises:
        DuplicateError: It did; a decision about older batches does not cover it.
    """
    found = find_duplicates(connection, question)
    if found:
        names = {earlier.batch for earlier in (*found.by_source, *found.by_batch)}
        names |= set(found.rows["batch"])
        raise DuplicateError(
            "The same instructions were prepared a moment ago, in "
            f"{', '.join(sorted(names))}; nothing was prepared.",
            hint="Look at that batch first; withdraw it if this one is the right one.",
        )
