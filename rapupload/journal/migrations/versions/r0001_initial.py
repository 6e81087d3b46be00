"""All tables of the journal, as first released."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# What was written is never changed. Alembic's batch mode drops triggers silently, so a
# later migration of one of these tables has to create them again; a test looks.
NEVER = (
    ("events", "UPDATE"),
    ("events", "DELETE"),
    ("instructions", "UPDATE"),
    ("outcomes", "UPDATE"),
    ("outcomes", "DELETE"),
    ("matchings", "UPDATE"),
    ("matchings", "DELETE"),
)


COUNTS = sa.text(
    "state not in ('preparing', 'withdrawn', 'expired') and possible_duplicate = ''"
)


def upgrade() -> None:
    """Create everything."""
    _create_accounts()
    _create_acknowledgements()
    _create_blob_parts()
    _create_blobs()
    _create_events()
    _create_facts()
    _create_indicators()
    _create_intakes()
    _create_leases()
    _create_batches()
    _create_answers()
    _create_instructions()
    _create_matchings()
    _create_outcomes()
    for table, verb in NEVER:
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} are only ever added'); END"
        )


def _create_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("environment", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("participant", sa.String(length=16), nullable=False),
        sa.Column("blocked_since", sa.String(27), nullable=True),
        sa.Column("blocked_why", sa.Text(), nullable=False),
        sa.Column("first_indicator", sa.Integer(), nullable=True),
        sa.Column("last_indicator", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("environment", "account", name=op.f("pk_accounts")),
    )


def _create_acknowledgements() -> None:
    op.create_table(
        "acknowledgements",
        sa.Column("ack_no", sa.Integer(), nullable=False),
        sa.Column("acknowledgement", sa.String(length=64), nullable=False),
        sa.Column("participant", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("environment", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("collected_at", sa.String(27), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("match_key", sa.Text(), nullable=False),
        sa.Column("duplicate_of", sa.String(length=64), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ack_no", name=op.f("pk_acknowledgements")),
        sa.UniqueConstraint(
            "acknowledgement", name=op.f("uq_acknowledgements_acknowledgement")
        ),
        sa.UniqueConstraint(
            "environment",
            "account",
            "digest",
            "folder",
            "name",
            name=op.f("uq_acknowledgements_environment_account_digest_folder_name"),
        ),
    )
    op.create_index(
        op.f("ix_acknowledgements_state"), "acknowledgements", ["state"], unique=False
    )


def _create_blob_parts() -> None:
    op.create_table(
        "blob_parts",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "part", name=op.f("pk_blob_parts")),
    )


def _create_blobs() -> None:
    op.create_table(
        "blobs",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=32), server_default="plain", nullable=False),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.Column("erased_at", sa.String(27), nullable=True),
        sa.Column("stored_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_blobs")),
    )


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("before", sa.String(length=16), nullable=False),
        sa.Column("after", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_events")),
    )
    op.create_index(
        op.f("ix_events_kind_subject_seq"),
        "events",
        ["kind", "subject", "seq"],
        unique=False,
    )


def _create_facts() -> None:
    op.create_table(
        "facts",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_facts")),
    )


def _create_indicators() -> None:
    op.create_table(
        "indicators",
        sa.Column("participant", sa.String(length=16), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("first", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "participant", "day", "first", name=op.f("pk_indicators")
        ),
    )


def _create_intakes() -> None:
    op.create_table(
        "intakes",
        sa.Column("intake_no", sa.Integer(), nullable=False),
        sa.Column("intake", sa.String(length=64), nullable=False),
        sa.Column("participant", sa.String(length=16), nullable=False),
        sa.Column("environment", sa.String(length=16), nullable=False),
        sa.Column("source_file", sa.Text(), nullable=False),
        sa.Column("source_digest", sa.String(length=64), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("source_rows", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("ignored", sa.Integer(), nullable=False),
        sa.Column("totals", sa.Text(), nullable=False),
        sa.Column("control_totals", sa.Text(), nullable=False),
        sa.Column("clean_rows_digest", sa.String(length=64), nullable=False),
        sa.Column("warnings_digest", sa.String(length=64), nullable=False),
        sa.Column("maker", sa.Text(), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("intake_no", name=op.f("pk_intakes")),
        sa.UniqueConstraint("intake", name=op.f("uq_intakes_intake")),
    )
    op.create_index(
        op.f("ix_intakes_participant_source_digest"),
        "intakes",
        ["participant", "source_digest"],
        unique=False,
    )


def _create_leases() -> None:
    op.create_table(
        "leases",
        sa.Column("environment", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("since", sa.String(27), nullable=False),
        sa.Column("expires", sa.String(27), nullable=True),
        sa.PrimaryKeyConstraint("environment", "account", name=op.f("pk_leases")),
    )


def _create_batches() -> None:
    op.create_table(
        "batches",
        sa.Column("batch_no", sa.Integer(), nullable=False),
        sa.Column("batch", sa.String(length=64), nullable=False),
        sa.Column("participant", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("environment", sa.String(length=16), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("spec_version", sa.Integer(), nullable=False),
        sa.Column("spec_digest", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("file_reference", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Integer(), nullable=False),
        sa.Column("transmission_date", sa.String(10), nullable=False),
        sa.Column("totals", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("replaces", sa.String(length=64), nullable=True),
        sa.Column("possible_duplicate", sa.Text(), nullable=False),
        sa.Column("instructions", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rejected", sa.Integer(), server_default="0", nullable=False),
        sa.Column("contradictions", sa.Integer(), server_default="0", nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("intake_no", sa.Integer(), nullable=True),
        sa.Column("maker", sa.Text(), nullable=False),
        sa.Column("checker", sa.Text(), server_default="", nullable=False),
        sa.Column("endpoint", sa.Text(), server_default="", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.Column("changed_at", sa.String(27), nullable=False),
        sa.Column("sent_at", sa.String(27), nullable=True),
        sa.Column("prepared_event", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["intake_no"], ["intakes.intake_no"], name=op.f("fk_batches_intake_no")
        ),
        sa.PrimaryKeyConstraint("batch_no", name=op.f("pk_batches")),
        sa.UniqueConstraint("batch", name=op.f("uq_batches_batch")),
        sa.UniqueConstraint(
            "participant", "file_name", name=op.f("uq_batches_participant_file_name")
        ),
        sa.UniqueConstraint(
            "participant",
            "transmission_date",
            "indicator",
            name=op.f("uq_batches_participant_transmission_date_indicator"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_batches_digest"), "batches", ["digest"], unique=False)
    op.create_index(
        op.f("ix_batches_intake_no"), "batches", ["intake_no"], unique=False
    )
    op.create_index(
        op.f("ix_batches_prepared_event"), "batches", ["prepared_event"], unique=False
    )
    op.create_index(op.f("ix_batches_state"), "batches", ["state"], unique=False)
    op.create_index(
        op.f("ix_batches_transmission_date"),
        "batches",
        ["transmission_date"],
        unique=False,
    )
    op.create_index(
        "uq_batches_account_digest_counted",
        "batches",
        ["environment", "account", "digest"],
        unique=True,
        sqlite_where=COUNTS,
        postgresql_where=COUNTS,
    )


def _create_answers() -> None:
    op.create_table(
        "answers",
        sa.Column("ack_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("batch_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ack_no"], ["acknowledgements.ack_no"], name=op.f("fk_answers_ack_no")
        ),
        sa.ForeignKeyConstraint(
            ["batch_no"], ["batches.batch_no"], name=op.f("fk_answers_batch_no")
        ),
        sa.PrimaryKeyConstraint("ack_no", "batch_no", name=op.f("pk_answers")),
    )
    op.create_index(op.f("ix_answers_batch_no"), "answers", ["batch_no"], unique=False)


def _create_instructions() -> None:
    op.create_table(
        "instructions",
        sa.Column("batch_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("also", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_no"], ["batches.batch_no"], name=op.f("fk_instructions_batch_no")
        ),
        sa.PrimaryKeyConstraint("batch_no", "line", name=op.f("pk_instructions")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_instructions_fingerprint"),
        "instructions",
        ["fingerprint"],
        unique=False,
    )
    op.create_index(
        op.f("ix_instructions_reference"),
        "instructions",
        ["reference"],
        unique=False,
        sqlite_where=sa.text("reference is not null"),
        postgresql_where=sa.text("reference is not null"),
    )


def _create_matchings() -> None:
    op.create_table(
        "matchings",
        sa.Column("batch_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("matching", sa.String(length=32), nullable=False),
        sa.Column("matching_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_no"], ["batches.batch_no"], name=op.f("fk_matchings_batch_no")
        ),
        sa.PrimaryKeyConstraint("batch_no", "line", "event", name=op.f("pk_matchings")),
        sqlite_with_rowid=False,
    )


def _create_outcomes() -> None:
    op.create_table(
        "outcomes",
        sa.Column("batch_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ccass_reference", sa.Text(), nullable=True),
        sa.Column("ack_no", sa.Integer(), nullable=True),
        sa.Column("event", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_no"], ["batches.batch_no"], name=op.f("fk_outcomes_batch_no")
        ),
        sa.PrimaryKeyConstraint("batch_no", "line", name=op.f("pk_outcomes")),
        sqlite_with_rowid=False,
    )
    # ### end Alembic commands ###
