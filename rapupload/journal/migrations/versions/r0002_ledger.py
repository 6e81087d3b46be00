"""What earlier batches take from one limit, and how an intake was made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the ledger's keys, and two columns of the intakes.

    ``ADD COLUMN`` rebuilds no table, so the triggers stay.
    """
    for name in ("mapping_digest", "ledger_digest"):
        column = sa.Column(name, sa.Text(), server_default="", nullable=False)
        op.add_column("intakes", column)
    op.create_table(
        "ledger_keys",
        sa.Column("batch_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_no"], ["batches.batch_no"], name=op.f("fk_ledger_keys_batch_no")
        ),
        sa.PrimaryKeyConstraint("batch_no", "key", name=op.f("pk_ledger_keys")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_ledger_keys_key"), "ledger_keys", ["key"], unique=False)
    op.execute(
        "CREATE TRIGGER ledger_keys_no_update BEFORE UPDATE ON ledger_keys "
        "BEGIN SELECT RAISE(ABORT, 'ledger_keys are only ever added'); END"
    )
