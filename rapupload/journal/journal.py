"""The journal as the services see it: one object, every method one unit of work."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

import polars as pl

from rapupload.errors import JournalError, UsageError
from rapupload.journal import (
    accounts,
    acknowledgements,
    batches,
    blobs,
    chain,
    indicators,
    outcomes,
    preparation,
)
from rapupload.journal.acknowledgements import Judgement
from rapupload.journal.batches import Change
from rapupload.journal.database import Clock, Database
from rapupload.journal.dialects import connect_engine, create_private_file
from rapupload.journal.leases import lease_account
from rapupload.journal.outcomes import Answer
from rapupload.journal.reading import JournalReader
from rapupload.journal.records import (
    NOTHING,
    Acknowledgement,
    Applied,
    Batch,
    Lease,
    NewAcknowledgement,
    NewBatch,
    NewIntake,
    Subject,
)
from rapupload.journal.upgrading import ensure_tables
from rapupload.model import Environment

_SQLITE = "sqlite:///"
_NO_KEYS = pl.Series("key", [], dtype=pl.Int64)


def _path_of(place: Path | str) -> Path:
    if isinstance(place, Path):
        return place
    if "://" not in place:
        return Path(place)
    if not place.startswith(_SQLITE) or place == _SQLITE:
        raise JournalError(
            "This version keeps its journal in an SQLite file only.",
            hint="Give the journal as a path, or as sqlite:///PATH.",
        )
    return Path(place.removeprefix(_SQLITE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal(JournalReader):
    """What was decided and what happened.

    Every method is one unit of work: it is in the journal, durably, when the method
    returns, or the method raises and nothing has changed.
    """

    @classmethod
    def open(  # noqa: PLR0913 - how to open a file
        cls,
        place: Path | str,
        *,
        clock: Clock,
        create: bool = True,
        read_only: bool = False,
        busy_timeout: float = 5.0,
        patience: float = 120.0,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> Self:
        """Open a journal, and create it unless told not to.

        Args:
            place: A path, or ``sqlite:///PATH``.
            clock: Tells the time, aware.
            create: Whether a journal that is not there is created.
            read_only: Whether to refuse every change, as for an auditor's copy.
            busy_timeout: Seconds to wait for another writer.
            patience: Seconds to wait while another process prepares.
            random_bytes: Source of a new journal's identity and secret key.

        Raises:
            MigrationNeededError: It was written by a version this one does not know.
            JournalError: It is not there, not a journal, or not accessible.
        """
        path = _path_of(place)
        create = create and not read_only
        if create:
            create_private_file(path)
        elif not path.exists():
            raise JournalError(
                f"There is no journal at {path}.", hint="`rapupload init` makes one."
            )
        engine = connect_engine(path, busy_timeout=busy_timeout, read_only=read_only)
        database = Database(path=path, engine=engine, clock=clock, patience=patience)
        try:
            ensure_tables(database, random_bytes if create else None)
            if not read_only:
                preparation.remove_leftovers_if_alone(database)
        except BaseException:
            engine.dispose()
            raise
        return cls(database=database)

    def close(self) -> None:
        """Let go of the file."""
        self.database.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # What was decided

    def put_blob(self, content: bytes, kind: str) -> str:
        """Keep bytes whole, once; return their SHA-256. Safe to repeat."""
        return blobs.put_blob(self.database, content, kind)

    def erase_blob(self, digest: str, *, who: str, why: str) -> None:
        """Erase bytes as the law may ask; digest and chain stay whole."""
        with self.database.write() as transaction:
            blobs.erase_blob(transaction, digest, who=who, why=why)

    def reserve_indicators(
        self,
        participant: str,
        day: date,
        count: int,
        *,
        first: int,
        last: int,
        who: str = "",
    ) -> list[int]:
        """Reserve the next file indicators of a day; none ever comes back."""
        with self.database.write() as transaction:
            return indicators.reserve_indicators(
                transaction, participant, day, count, first=first, last=last, who=who
            )

    def prepare(
        self,
        intake: NewIntake,
        new: Sequence[NewBatch],
        *,
        checked: int = 0,
        limited: pl.Series | None = None,
    ) -> tuple[Batch, ...]:
        """Remember an intake and its batches: all of it, or nothing.

        Args:
            intake: The source file.
            new: Its batches, whose files are blobs already.
            checked: ``Duplicates.checked`` of the look-up before; whatever became
                visible since then is looked through again. 0 looks through everything.
            limited: Ledger keys whose figures were compared with a limit then.

        Raises:
            DuplicateError: The same instructions became visible since.
            UsageError: A name or indicator was used before, or a batch is malformed.
            JournalBusyError: Another process is preparing, or has just prepared what
                takes from the same limits.
        """
        wanted = preparation.Preparation(
            intake=intake,
            batches=new,
            checked=checked,
            seal=self._sealer(),
            limited=_NO_KEYS if limited is None else limited,
        )
        return preparation.prepare(self.database, wanted)

    def change(self, batch: str, change: Change) -> Batch:
        """Move a batch along one arrow, guarded by the state it is expected in.

        Raises:
            TransitionError: No such arrow, or another state; nothing was changed.
        """
        with self.database.write() as transaction:
            batches.change_batch(transaction, batch, change)
            return batches.find_batch(transaction.connection, batch)[1]

    def record(
        self,
        action: str,
        subject: Subject,
        *,
        who: str,
        why: str = "",
        body: Mapping[str, object] = NOTHING,
    ) -> int:
        """Add an event that changes no state: an attempt, evidence, a decision.

        The body holds digests and figures, never personal data.
        """
        if chain.OURS & body.keys():
            names = ", ".join(sorted(chain.OURS & body.keys()))
            raise UsageError(f"Only the journal itself may write {names} in an event.")
        entry = chain.Entry(action=action, subject=subject, who=who, why=why, body=body)
        with self.database.write() as transaction:
            return chain.append(transaction, entry)

    # What was answered

    def store_acknowledgement(
        self, new: NewAcknowledgement, content: bytes, *, who: str = ""
    ) -> tuple[Acknowledgement, bool]:
        """Keep a reply file whole; return it, and whether it was not known before."""
        digest = self.put_blob(content, "acknowledgement")
        with self.database.write() as transaction:
            return acknowledgements.store_acknowledgement(
                transaction, new, digest, len(content), who
            )

    def judge_acknowledgement(
        self, acknowledgement: str, judgement: Judgement
    ) -> Acknowledgement:
        """Say what became of a reply file that answers no batch, or not yet."""
        with self.database.write() as transaction:
            acknowledgements.judge_acknowledgement(
                transaction, acknowledgement, judgement
            )
            return acknowledgements.find_acknowledgement(
                transaction.connection, acknowledgement
            )

    def apply_outcomes(self, batch: str, answer: Answer) -> Applied:
        """Give pending rows their outcome and move the batch; never turn one round."""
        with self.database.write() as transaction:
            return outcomes.apply_outcomes(transaction, batch, answer)

    def record_matchings(self, batch: str, answer: Answer) -> int:
        """Keep how far CCASS has got with rows; return how many changed."""
        with self.database.write() as transaction:
            return outcomes.record_matchings(transaction, batch, answer)

    # Accounts

    def lease(
        self, account: str, environment: Environment
    ) -> AbstractContextManager[Lease]:
        """Hold an account: one session, ever. Busy raises ``BusyAccountError``."""
        return lease_account(self.database, account, environment)

    def block_account(
        self, account: str, environment: Environment, *, who: str, why: str
    ) -> None:
        """Let nothing be sent through an account until it is mended."""
        with self.database.write() as transaction:
            accounts.set_account(
                transaction,
                account,
                environment,
                action="blocked",
                who=who,
                why=why,
                blocked_since=transaction.at,
                blocked_why=why,
            )

    def unblock_account(
        self, account: str, environment: Environment, *, who: str, why: str
    ) -> None:
        """Say that the cause is mended."""
        with self.database.write() as transaction:
            accounts.set_account(
                transaction,
                account,
                environment,
                action="unblocked",
                who=who,
                why=why,
                blocked_since=None,
                blocked_why="",
            )

    def register_account(
        self,
        account: str,
        environment: Environment,
        *,
        participant: str,
        first: int,
        last: int,
        who: str,
    ) -> None:
        """Say whose an account is, and which indicators this journal may use."""
        with self.database.write() as transaction:
            accounts.set_account(
                transaction,
                account,
                environment,
                action="registered",
                who=who,
                participant=participant,
                first_indicator=first,
                last_indicator=last,
            )
