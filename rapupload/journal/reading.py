"""Reading the journal: every method sees one moment of it and changes nothing."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

import polars as pl
from sqlalchemy import select

from rapupload.journal import (
    accounts,
    acknowledgements,
    batches,
    blobs,
    chain,
    preparation,
)
from rapupload.journal.batches import Filter
from rapupload.journal.database import Database
from rapupload.journal.duplicates import (
    Question,
    find_duplicates,
    find_named,
    find_references,
)
from rapupload.journal.exposure import Exposures, find_exposures
from rapupload.journal.records import (
    Account,
    Acknowledgement,
    AckState,
    Batch,
    Duplicates,
    Event,
    Head,
    Intake,
    Kind,
    Subject,
    Verification,
)
from rapupload.journal.schema import facts
from rapupload.journal.verification import verify
from rapupload.model import SETTLED, BatchState, Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalReader:
    """What the journal remembers."""

    database: Database

    def batch(self, batch: str) -> Batch:
        """Return one batch."""
        with self.database.read() as connection:
            return batches.find_batch(connection, batch)[1]

    def batches(self, wanted: Filter | None = None) -> tuple[Batch, ...]:
        """Return the batches wanted, oldest first; all of them by default."""
        with self.database.read() as connection:
            return batches.list_batches(connection, wanted or Filter())

    def unfinished(self) -> tuple[Batch, ...]:
        """Return every batch of which something is still awaited, oldest first."""
        awaited: Collection[BatchState] = frozenset(BatchState) - SETTLED
        return self.batches(Filter(states=awaited))

    def intake(self, intake: str) -> Intake:
        """Return one intake."""
        with self.database.read() as connection:
            return preparation.find_intake(connection, intake)

    def rows(self, batch: str) -> pl.DataFrame:
        """Return the instructions of a batch and what became of each, by line."""
        with self.database.read() as connection:
            return batches.read_rows(connection, batch)

    def trace(self, participant: str, reference: str) -> pl.DataFrame:
        """Return every row with that own reference, and its batch."""
        with self.database.read() as connection:
            return batches.trace_reference(connection, participant, reference)

    def acknowledgements(
        self, *, batch: str | None = None, states: tuple[AckState, ...] = ()
    ) -> tuple[Acknowledgement, ...]:
        """Return reply files in the order of their coming."""
        with self.database.read() as connection:
            return acknowledgements.list_acknowledgements(
                connection, batch=batch, states=states
            )

    def events(self, batch: str) -> tuple[Event, ...]:
        """Return what happened to a batch, oldest first."""
        return self.events_about(Subject(Kind.BATCH, batch))

    def events_about(self, subject: Subject) -> tuple[Event, ...]:
        """Return what happened to anything, oldest first."""
        with self.database.read() as connection:
            return chain.read_events(connection, subject)

    def all_events(self, after: int = 0) -> Iterator[Event]:
        """Yield every event after one, for an export."""
        with self.database.read() as connection:
            yield from chain.read_all_events(connection, after)

    def head(self) -> Head:
        """Return the end of the chain, to be noted outside this machine."""
        with self.database.read() as connection:
            return chain.read_last(connection)

    def verify(self, anchors: Sequence[Head] = ()) -> Verification:
        """Check chain and state tables, and heads that were noted elsewhere."""
        seal = self._sealer()
        with self.database.read() as connection:
            return verify(connection, seal, anchors)

    def fingerprint_key(self) -> bytes:
        """Return this journal's secret key for the digests of instructions."""
        statement = select(facts.c.value).where(facts.c.name == "fingerprint-key")
        with self.database.read() as connection:
            return bytes.fromhex(connection.execute(statement).scalar_one())

    def _sealer(self) -> Callable[[str], str]:
        key = self.fingerprint_key()

        def seal(name: str) -> str:
            return hmac.new(key, name.encode(), sha256).hexdigest() if name else ""

        return seal

    def blob(self, digest: str) -> bytes:
        """Return bytes kept; they are checked against the digest."""
        with self.database.read() as connection:
            return blobs.read_blob(connection, digest)

    def find_duplicates(self, question: Question) -> Duplicates:
        """Return what of a new source was prepared before and still counts."""
        with self.database.read() as connection:
            return find_duplicates(connection, question)

    def find_references(
        self, question: Question, references: pl.Series
    ) -> pl.DataFrame:
        """Return rows that count and carry one of these own references."""
        with self.database.read() as connection:
            return find_references(connection, question, references)

    def find_named(self, question: Question, keys: pl.Series) -> pl.DataFrame:
        """Return batches that count and name one of these ledger keys."""
        with self.database.read() as connection:
            return find_named(connection, question, keys)

    def find_exposures(
        self, keys: pl.Series, *, participant: str, environment: Environment
    ) -> Exposures:
        """Return which batches that count take from the limits of these keys."""
        with self.database.read() as connection:
            return find_exposures(
                connection, keys, participant=participant, environment=environment
            )

    def account(self, account: str, environment: Environment) -> Account | None:
        """Return what is known about an account; None if it was never mentioned."""
        with self.database.read() as connection:
            return accounts.find_account(connection, account, environment)
