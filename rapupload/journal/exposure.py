"""Which earlier batches may take something from a limit, and what became of their rows.

A batch names what it touches by keys: keyed digests without clear content, a look-up
and no more. Two things may share a key by chance; whoever asks compares the rows
themselves. What counts: a batch that can be seen, is neither withdrawn nor expired nor
refused as a whole, of the same participant and environment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Table,
    and_,
    func,
    select,
)
from sqlalchemy.schema import CreateTable, DropTable

from rapupload.errors import JournalBusyError
from rapupload.journal.chain import read_last
from rapupload.journal.dialects import fetch_frame, insert_rows
from rapupload.journal.digests import sha256
from rapupload.journal.schema import (
    PREPARING,
    batches,
    instructions,
    intakes,
    ledger_keys,
    outcomes,
)
from rapupload.model import BatchState, Environment, Outcome

_IN_ONE_QUERY = 500
_DAY_BITS, _REST_BITS = 15, 48
_DIGEST_BYTES = 8
_SEPARATOR = "\x1f"

# Its own MetaData: no migration ever creates it.
_WANTED = Table(
    "wanted_ledger_key",
    MetaData(),
    Column("key", BigInteger, nullable=False),
    prefixes=["TEMPORARY"],
)

_UNCOUNTED = (PREPARING, BatchState.WITHDRAWN, BatchState.EXPIRED, BatchState.REJECTED)
_ROWS = {"line": pl.UInt32, "row": pl.UInt32, "outcome": pl.String}


def hash_keys(
    texts: Sequence[tuple[str, str]], *, scope: Iterable[str], secret: bytes
) -> pl.Series:
    """Return one number of 63 bits per day and thing.

    The first bits are the day's, so that the keys of a day lie together in the index and
    a journal of many years is no slower to write than a young one.

    Args:
        texts: Day (empty where days make no difference) and what the limit is about.
        scope: What keys are never shared across: participant, environment, book.
        secret: The journal's own key.
    """
    within = _SEPARATOR.join([*scope, ""]).encode()
    begin = hashlib.blake2b(within, key=secret, digest_size=_DIGEST_BYTES)
    days: dict[str, tuple[int, Callable[[], hashlib.blake2b]]] = {}
    prefixes, digests = [], []
    for day, text in texts:  # the one loop over all keys: kept bare
        known = days.get(day)
        if known is None:
            known = days[day] = _begin_day(begin, day)
        digest = known[1]()
        digest.update(text.encode())
        prefixes.append(known[0])
        digests.append(digest.digest())
    rest = pl.Series("key", digests, dtype=pl.Binary).bin.reinterpret(
        dtype=pl.UInt64, endianness="big"
    )
    shifted = (rest // (1 << (64 - _REST_BITS))).cast(pl.Int64)
    return shifted + pl.Series(prefixes, dtype=pl.Int64)


def _begin_day(
    begin: hashlib.blake2b, day: str
) -> tuple[int, Callable[[], hashlib.blake2b]]:
    """Return the first bits of a day's keys, and what begins the digest of one."""
    digest = begin.copy()
    digest.update(day.encode())
    prefix = int.from_bytes(digest.digest()) >> (64 - _DAY_BITS)
    digest.update(_SEPARATOR.encode())
    return prefix << _REST_BITS, digest.copy


def digest_keys(keys: pl.Series) -> str:
    """Return the SHA-256 of keys in their order, one a line."""
    return sha256("\n".join(map(str, keys.sort().to_list())).encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """A batch that may take something from the limits asked about.

    Attributes:
        clean_rows_digest: Blob of the instructions of its intake.
        rows: ``line``, ``row`` and ``outcome`` by line, where outcomes differ; None
            where no row has one, or all have been accepted.
    """

    batch: str
    type: str
    state: BatchState
    spec_digest: str
    part: int
    transmission_date: date
    clean_rows_digest: str
    instructions: int
    accepted: int
    rows: pl.DataFrame | None = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposures:
    """What was found, and when.

    Attributes:
        checked: The journal's last event at that moment.
    """

    batches: tuple[Exposure, ...]
    checked: int


def _counts(participant: str, environment: Environment) -> ColumnElement[bool]:
    return and_(
        batches.c.participant == participant,
        batches.c.environment == environment.value,
        batches.c.state.not_in(_UNCOUNTED),
    )


def _find_numbers(connection: Connection, keys: pl.Series) -> list[int]:
    """Return the batches that name any of the keys."""
    connection.execute(DropTable(_WANTED, if_exists=True))
    connection.execute(CreateTable(_WANTED))
    # In the order of the index, so that neighbouring look-ups read the same pages.
    wanted = keys.unique().sort()
    insert_rows(connection, _WANTED, ("key",), ((key,) for key in wanted.to_list()))
    # Only these two tables: given a third, SQLite would walk all batches.
    same = ledger_keys.c.key == _WANTED.c.key
    named = select(ledger_keys.c.batch_no).join_from(_WANTED, ledger_keys, same)
    numbers = list(connection.execute(named.distinct()).scalars())
    connection.execute(DropTable(_WANTED))
    return sorted(numbers)


def _in_portions(numbers: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(numbers), _IN_ONE_QUERY):
        yield numbers[start : start + _IN_ONE_QUERY]


def _read_rows(connection: Connection, number: int) -> pl.DataFrame:
    same = and_(
        outcomes.c.batch_no == instructions.c.batch_no,
        outcomes.c.line == instructions.c.line,
    )
    outcome = func.coalesce(outcomes.c.outcome, Outcome.PENDING.value)
    statement = (
        select(instructions.c.line, instructions.c.row, outcome)
        .select_from(instructions.outerjoin(outcomes, same))
        .where(instructions.c.batch_no == number)
        .order_by(instructions.c.line)
    )
    return fetch_frame(connection, statement, _ROWS)


def find_exposures(
    connection: Connection,
    keys: pl.Series,
    *,
    participant: str,
    environment: Environment,
) -> Exposures:
    """Return every batch that counts and names any of the keys, oldest first."""
    checked = read_last(connection).seq
    if keys.is_empty():
        return Exposures(batches=(), checked=checked)
    found: list[Exposure] = []
    for some in _in_portions(_find_numbers(connection, keys)):
        statement = (
            select(batches, intakes.c.clean_rows_digest)
            .join(intakes)
            .where(batches.c.batch_no.in_(some), _counts(participant, environment))
            .order_by(batches.c.batch_no)
        )
        for row in connection.execute(statement).fetchall():
            is_mixed = row.rejected or row.accepted not in {0, row.instructions}
            found.append(
                Exposure(
                    batch=row.batch,
                    type=row.type,
                    state=BatchState(row.state),
                    spec_digest=row.spec_digest,
                    part=row.part,
                    transmission_date=row.transmission_date,
                    clean_rows_digest=row.clean_rows_digest,
                    instructions=row.instructions,
                    accepted=row.accepted,
                    rows=_read_rows(connection, row.batch_no) if is_mixed else None,
                )
            )
    return Exposures(batches=tuple(found), checked=checked)


def refuse_new_exposures(
    connection: Connection,
    keys: pl.Series,
    *,
    participant: str,
    environment: Environment,
    after: int,
) -> None:
    """Stop if a batch that names one of the keys became visible since the figures.

    Only a new batch can make them larger: outcomes are never turned, and a batch that
    was withdrawn or has expired does not come back.

    Raises:
        JournalBusyError: One did; the figures were not those of now.
    """
    if keys.is_empty():
        return
    counts = _counts(participant, environment) & (batches.c.prepared_event > after)
    if connection.execute(select(batches.c.batch_no).where(counts).limit(1)).first():
        for some in _in_portions(_find_numbers(connection, keys)):
            new = select(batches.c.batch).where(batches.c.batch_no.in_(some), counts)
            for name in connection.execute(new.order_by(batches.c.batch_no)).scalars():
                raise JournalBusyError(
                    f"Batch {name} was prepared a moment ago and takes from the same "
                    "limits; nothing was prepared.",
                    hint="Run the command again: the figures are then those of now.",
                )
