"""The journal's values: what goes in and what is read back; no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

import polars as pl

from rapupload.model import AckStage, BatchState, Environment

NOTHING: Mapping[str, str] = MappingProxyType({})


class Kind(StrEnum):
    """What an event can be about."""

    JOURNAL = "journal"
    BATCH = "batch"
    INTAKE = "intake"
    ACKNOWLEDGEMENT = "acknowledgement"
    ACCOUNT = "account"
    INDICATORS = "indicators"
    BLOB = "blob"


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about.

    >>> str(Subject(Kind.BATCH, "B01234-ATI-20270105-0001"))
    'batch B01234-ATI-20270105-0001'
    """

    kind: Kind
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One link of the chain, as read back."""

    seq: int
    at: datetime
    who: str
    action: str
    subject: Subject
    before: str  # state left, or empty
    after: str  # state reached, or empty
    why: str
    body: Mapping[str, object]
    hash: str
    text: str  # the hashed form, verbatim


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain; kept elsewhere, it proves that nothing was cut off.

    Attributes:
        seq: Number of the last event, which is also the count of events.
        hash: Its SHA-256, in hex.
    """

    seq: int
    hash: str

    @property
    def count(self) -> int:
        """Return how many events there are."""
        return self.seq


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIntake:
    """A source file that was read, checked and made into batches.

    Attributes:
        source_digest: SHA-256 of the source file.
        totals: Our own control totals over the rows used, as canonical text.
        control_totals: Those given with the source, as canonical text.
        clean_rows_digest: Blob of the clean rows; empty if none was kept.
        warnings_digest: Digest of the warnings accepted; empty if there were none.
        mapping_digest: Blob of the column mapping used; empty if there was none.
        ledger_digest: Blob of the figures against limits; empty if there were none.
    """

    participant: str
    environment: Environment
    source_file: str
    source_digest: str
    maker: str
    sheet: str = ""
    source_rows: int
    used: int
    rejected: int = 0
    ignored: int = 0
    totals: Mapping[str, str] = field(default_factory=dict)
    control_totals: Mapping[str, str] = field(default_factory=dict)
    clean_rows_digest: str = ""
    warnings_digest: str = ""
    mapping_digest: str = ""
    ledger_digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """An intake, as the journal remembers it."""

    intake: str
    at: datetime
    given: NewIntake


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBatch:
    """One batch file about to be remembered.

    Attributes:
        digest: SHA-256 of the batch file, which must be a stored blob.
        rows: ``line``, ``sheet``, ``row``, ``reference``, ``fingerprint`` and, where
            several source rows became one instruction, ``also`` (the other rows).
        replaces: The batch whose rejected rows this one resubmits.
        possible_duplicate: The reason a person gave for letting a duplicate through.
        ledger_keys: What its rows take from limits, as keys; each once.
    """

    participant: str
    account: str
    environment: Environment
    type: str
    spec_version: int
    spec_digest: str
    file_name: str
    folder: str
    digest: str
    size: int
    indicator: int
    transmission_date: date
    rows: pl.DataFrame = field(repr=False, compare=False)
    file_reference: str = ""
    totals: Mapping[str, str] = field(default_factory=dict)
    part: int = 1
    parts: int = 1
    replaces: str | None = None
    possible_duplicate: str = ""
    ledger_keys: pl.Series = field(
        default_factory=lambda: pl.Series("key", [], dtype=pl.Int64),
        repr=False,
        compare=False,
    )

    @property
    def batch(self) -> str:
        """Return the id, which does not depend on the machine."""
        day = f"{self.transmission_date:%Y%m%d}"
        return f"{self.participant}-{self.type.upper()}-{day}-{self.indicator:04}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch, as the journal remembers it; times are UTC."""

    batch: str
    participant: str
    account: str
    environment: Environment
    type: str
    spec_version: int
    spec_digest: str
    file_name: str
    folder: str
    digest: str
    size: int
    file_reference: str
    indicator: int
    transmission_date: date
    totals: Mapping[str, str]
    part: int
    parts: int
    replaces: str | None
    possible_duplicate: str
    instructions: int
    accepted: int
    rejected: int
    contradictions: int  # outcomes that contradicted an earlier one
    state: BatchState
    intake: str
    maker: str
    checker: str  # empty where the policy approved
    endpoint: str  # of the last attempt
    attempts: int
    created_at: datetime
    changed_at: datetime
    sent_at: datetime | None

    @property
    def pending(self) -> int:
        """Return how many instructions have no outcome yet."""
        return self.instructions - self.accepted - self.rejected


class AckState(StrEnum):
    """What became of an acknowledgement file."""

    STORED = "stored"  # kept, not judged yet
    APPLIED = "applied"
    CONTRADICTORY = "contradictory"  # some of it contradicts what was known
    ORPHAN = "orphan"  # about no batch of ours
    DUPLICATE = "duplicate"  # the same bytes under another name
    UNREADABLE = "unreadable"


_A = AckState
ACK_TRANSITIONS = frozenset(
    {
        (_A.STORED, _A.APPLIED),
        (_A.STORED, _A.CONTRADICTORY),
        (_A.STORED, _A.ORPHAN),
        (_A.STORED, _A.UNREADABLE),
        (_A.APPLIED, _A.CONTRADICTORY),
        (_A.ORPHAN, _A.APPLIED),
        (_A.ORPHAN, _A.CONTRADICTORY),
        (_A.UNREADABLE, _A.APPLIED),
        (_A.UNREADABLE, _A.CONTRADICTORY),
        (_A.UNREADABLE, _A.ORPHAN),
    }
)
"""Every allowed change of an acknowledgement's state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAcknowledgement:
    """A reply file as it was collected, before anybody has read it."""

    participant: str
    account: str
    environment: Environment
    name: str
    folder: str
    endpoint: str = ""
    stage: AckStage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """A reply file, as the journal remembers it; its bytes are the blob ``digest``."""

    acknowledgement: str
    participant: str
    account: str
    environment: Environment
    name: str
    folder: str
    endpoint: str
    stage: AckStage | None
    digest: str
    size: int
    collected_at: datetime
    state: AckState
    match_key: str
    duplicate_of: str | None
    note: str
    batches: tuple[str, ...]  # those it has answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What the journal knows about a RAP account.

    Attributes:
        blocked_since: None while the account may be used.
        first_indicator: This journal's own range of file indicators, if it has one.
    """

    account: str
    environment: Environment
    participant: str
    blocked_since: datetime | None
    blocked_why: str
    first_indicator: int | None
    last_indicator: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An earlier batch that holds some of the same."""

    batch: str
    state: BatchState
    created_at: datetime
    transmission_date: date
    file_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """What of a new source was prepared before and still counts.

    Attributes:
        by_source: Batches made from the same source file.
        by_batch: Batches with the same bytes.
        rows: One row per pair: ``position`` in the series asked for, ``batch``,
            ``line``, ``sheet``, ``row``, ``state``, ``created_at``.
        checked: The journal's last event when this was looked up.
    """

    by_source: tuple[Earlier, ...]
    by_batch: tuple[Earlier, ...]
    rows: pl.DataFrame = field(repr=False, compare=False)
    checked: int

    def __bool__(self) -> bool:
        return bool(self.by_source or self.by_batch or self.rows.height)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What applying one acknowledgement to one batch did.

    Attributes:
        batch: The batch afterwards.
        applied: Rows that were pending and now have an outcome.
        unchanged: Rows that had this very outcome already.
        contradictions: Rows left alone since they have another outcome: ``line``,
            ``outcome`` (as reported now), ``known`` (as it stays), ``reason_code``,
            ``reason``.
        unknown: Lines reported that the batch does not have.
        again: The acknowledgement had been applied to this batch before.
    """

    batch: Batch
    applied: int
    unchanged: int
    contradictions: pl.DataFrame = field(repr=False, compare=False)
    unknown: tuple[int, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to talk to the far end on behalf of one account.

    Attributes:
        fence: Grows with every lease of the account; a later holder has a larger one.
    """

    account: str
    environment: Environment
    owner: str
    fence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that does not add up.

    Attributes:
        where: The event, batch, row, blob or other place.
        what: What is wrong there.
    """

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The result of checking the whole journal."""

    head: Head
    events: int
    batches: int
    instructions: int
    blobs: int
    problems: tuple[Problem, ...]

    @property
    def is_sound(self) -> bool:
        """Tell whether everything adds up."""
        return not self.problems
