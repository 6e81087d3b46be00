"""The journal's tables, for statements; the migrations create them.

Times are UTC, stored as text of fixed width (``2027-01-05T01:02:03.000004Z``): it sorts
as it reads, is the same in SQLite and PostgreSQL, and is the very text that is hashed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import rfc8785
from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

PREPARING = "preparing"
"""State of a batch whose rows are still being written: nobody sees it."""


def write_instant(at: datetime) -> str:
    """Return the text form of an instant.

    >>> write_instant(datetime(2027, 1, 5, 1, 2, 3, 4, tzinfo=UTC))
    '2027-01-05T01:02:03.000004Z'
    """
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant, kept as text."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        """Return the text."""
        return None if value is None else write_instant(value)

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        """Return the instant."""
        return None if value is None else datetime.fromisoformat(value)


class Day(TypeDecorator[date]):
    """A Hong Kong calendar day, kept as text."""

    impl = String(10)
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        """Return the text."""
        return None if value is None else f"{value:%Y-%m-%d}"

    def process_result_value(self, value: Any, _dialect: Dialect) -> date | None:
        """Return the day."""
        return None if value is None else date.fromisoformat(value)


class Figures(TypeDecorator[Mapping[str, str]]):
    """Names and figures as canonical JSON; figures are text, so none loses digits."""

    impl = Text()
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str:
        """Return the JSON text."""
        return rfc8785.dumps(dict(value)).decode()

    def process_result_value(self, value: Any, _dialect: Dialect) -> Mapping[str, str]:
        """Return the figures."""
        figures: Mapping[str, str] = json.loads(value)
        return figures


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _required(name: str, type_: Any, **options: Any) -> Column[Any]:
    return Column(name, type_, nullable=False, **options)


facts = Table(
    "facts",
    metadata,
    Column("name", String(32), primary_key=True),
    _required("value", Text()),
)

events = Table(
    "events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _required("at", Instant()),
    _required("who", Text()),
    _required("action", String(64)),
    _required("kind", String(16)),
    _required("subject", Text()),
    _required("before", String(16)),
    _required("after", String(16)),
    _required("why", Text()),
    _required("text", Text()),
    _required("hash", String(64)),
    Index(None, "kind", "subject", "seq"),
)

blobs = Table(
    "blobs",
    metadata,
    Column("digest", String(64), primary_key=True),
    _required("kind", String(32)),
    _required("size", BigInteger),
    _required("parts", Integer),
    # How the content is kept: "plain" now; a sealed form names its key here.
    _required("form", String(32), server_default="plain"),
    Column("key", String(64)),
    Column("erased_at", Instant()),
    _required("stored_at", Instant()),
)

blob_parts = Table(
    "blob_parts",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    _required("content", LargeBinary),
)

intakes = Table(
    "intakes",
    metadata,
    Column("intake_no", Integer, primary_key=True),
    _required("intake", String(64), unique=True),
    _required("participant", String(16)),
    _required("environment", String(16)),
    _required("source_file", Text()),
    _required("source_digest", String(64)),
    _required("sheet", Text()),
    _required("source_rows", Integer),
    _required("used", Integer),
    _required("rejected", Integer),
    _required("ignored", Integer),
    _required("totals", Figures()),
    _required("control_totals", Figures()),
    _required("clean_rows_digest", String(64)),
    _required("warnings_digest", String(64)),
    _required("mapping_digest", Text(), server_default=""),
    _required("ledger_digest", Text(), server_default=""),
    _required("maker", Text()),
    _required("at", Instant()),
    Index(None, "participant", "source_digest"),
)

COUNTS = text(
    "state not in ('preparing', 'withdrawn', 'expired') and possible_duplicate = ''"
)

batches = Table(
    "batches",
    metadata,
    Column("batch_no", Integer, primary_key=True),
    _required("batch", String(64), unique=True),
    _required("participant", String(16)),
    _required("account", String(32)),
    _required("environment", String(16)),
    _required("type", String(32)),
    _required("spec_version", Integer),
    _required("spec_digest", String(64)),
    _required("file_name", Text()),
    _required("folder", Text()),
    _required("digest", String(64)),
    _required("size", BigInteger),
    _required("file_reference", Text()),
    _required("indicator", Integer),
    _required("transmission_date", Day()),
    _required("totals", Figures()),
    _required("part", Integer),
    _required("parts", Integer),
    Column("replaces", String(64)),
    _required("possible_duplicate", Text()),
    _required("instructions", Integer),
    _required("accepted", Integer, server_default="0"),
    _required("rejected", Integer, server_default="0"),
    _required("contradictions", Integer, server_default="0"),
    _required("state", String(16)),
    Column("intake_no", ForeignKey("intakes.intake_no")),
    _required("maker", Text()),
    _required("checker", Text(), server_default=""),
    _required("endpoint", Text(), server_default=""),
    _required("attempts", Integer, server_default="0"),
    _required("created_at", Instant()),
    _required("changed_at", Instant()),
    Column("sent_at", Instant()),
    Column("prepared_event", Integer),
    UniqueConstraint("participant", "transmission_date", "indicator"),
    UniqueConstraint("participant", "file_name"),
    Index(
        "uq_batches_account_digest_counted",
        "environment",
        "account",
        "digest",
        unique=True,
        sqlite_where=COUNTS,
        postgresql_where=COUNTS,
    ),
    Index(None, "state"),
    Index(None, "transmission_date"),
    Index(None, "digest"),
    Index(None, "intake_no"),
    Index(None, "prepared_event"),
    sqlite_autoincrement=True,
)

# Clustered by batch and line: rows arrive in that order and are read in that order.
# Neither index is dispensable at 10,000,000 rows: one finds duplicates, one traces.
instructions = Table(
    "instructions",
    metadata,
    Column(
        "batch_no",
        ForeignKey("batches.batch_no"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("line", Integer, primary_key=True, autoincrement=False),
    _required("sheet", Text()),
    _required("row", Integer),
    Column("also", Text()),
    Column("reference", Text()),
    _required("fingerprint", LargeBinary(16)),
    Index(None, "fingerprint"),
    Index(
        None,
        "reference",
        sqlite_where=text("reference is not null"),
        postgresql_where=text("reference is not null"),
    ),
    sqlite_with_rowid=False,
)

# Which batches may take something from a limit: a look-up, not the figures. A key is a
# keyed digest of participant, environment, book and what the limit is about; it may
# name a batch too many, never one too few.
ledger_keys = Table(
    "ledger_keys",
    metadata,
    Column(
        "batch_no",
        ForeignKey("batches.batch_no"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Index(None, "key"),
    sqlite_with_rowid=False,
)

# Outcomes are inserted, never changed: the primary key itself keeps an accepted row
# from turning into a rejected one. A row without an outcome is pending.
outcomes = Table(
    "outcomes",
    metadata,
    Column(
        "batch_no",
        ForeignKey("batches.batch_no"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("line", Integer, primary_key=True, autoincrement=False),
    _required("outcome", String(16)),
    _required("reason_code", Text()),
    _required("reason", Text()),
    Column("ccass_reference", Text()),
    Column("ack_no", Integer),
    _required("event", Integer),
    sqlite_with_rowid=False,
)

matchings = Table(
    "matchings",
    metadata,
    Column(
        "batch_no",
        ForeignKey("batches.batch_no"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("event", Integer, primary_key=True, autoincrement=False),
    _required("matching", String(32)),
    _required("matching_reason", Text()),
    sqlite_with_rowid=False,
)

acknowledgements = Table(
    "acknowledgements",
    metadata,
    Column("ack_no", Integer, primary_key=True),
    _required("acknowledgement", String(64), unique=True),
    _required("participant", String(16)),
    _required("account", String(32)),
    _required("environment", String(16)),
    _required("name", Text()),
    _required("folder", Text()),
    _required("endpoint", Text()),
    Column("stage", String(16)),
    _required("digest", String(64)),
    _required("size", BigInteger),
    _required("collected_at", Instant()),
    _required("state", String(16)),
    _required("match_key", Text()),
    Column("duplicate_of", String(64)),
    _required("note", Text()),
    UniqueConstraint("environment", "account", "digest", "folder", "name"),
    Index(None, "state"),
)

answers = Table(
    "answers",
    metadata,
    Column(
        "ack_no",
        ForeignKey("acknowledgements.ack_no"),
        primary_key=True,
        autoincrement=False,
    ),
    Column(
        "batch_no",
        ForeignKey("batches.batch_no"),
        primary_key=True,
        autoincrement=False,
    ),
    _required("event", Integer),
    Index(None, "batch_no"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("environment", String(16), primary_key=True),
    Column("account", String(32), primary_key=True),
    _required("participant", String(16)),
    Column("blocked_since", Instant()),
    _required("blocked_why", Text()),
    Column("first_indicator", Integer),
    Column("last_indicator", Integer),
)

indicators = Table(
    "indicators",
    metadata,
    Column("participant", String(16), primary_key=True),
    Column("day", Day(), primary_key=True),
    Column("first", Integer, primary_key=True, autoincrement=False),
    _required("last", Integer),
)

leases = Table(
    "leases",
    metadata,
    Column("environment", String(16), primary_key=True),
    Column("account", String(32), primary_key=True),
    _required("owner", Text()),
    _required("fence", Integer),
    _required("since", Instant()),
    Column("expires", Instant()),
)
