"""Run migrations on the connection of the journal that is being opened."""

from __future__ import annotations

from alembic import context

from rapupload.journal.schema import metadata

IMPORTED = "rapupload.journal.migrations.env"


def run() -> None:
    """Migrate inside the caller's transaction."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
    )
    context.run_migrations()


# Alembic runs this file by its path; a plain import must do nothing.
if __name__ != IMPORTED:
    run()
