"""A process that prepares, or holds a lease, and may be killed: run by the tests.

python -m tests.unit.journal.dying prepare JOURNAL PREFIX ROWS DIE_AT
python -m tests.unit.journal.dying lease JOURNAL
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, event

from rapupload.journal import Journal
from tests.unit.journal.building import (
    ACCOUNT,
    ENVIRONMENT,
    Clock,
    batch_of,
    intake_of,
    open_journal,
    rows_of,
)


class Death:
    """Kill this process at the n-th writing: when it begins, or when it commits."""

    def __init__(self, at: int) -> None:
        self.left = at
        self.clock = Clock()

    def tick(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

    def now(self) -> datetime:
        return self.clock()

    def watch(self, journal: Journal) -> None:
        def on_commit(connection: Connection) -> None:
            if connection.get_execution_options().get("rapupload_writes"):
                self.tick()

        event.listen(journal.database.engine, "commit", on_commit)


def prepare(path: Path, prefix: str, rows: int, die_at: int) -> None:
    death = Death(die_at)
    with open_journal(path, clock=death.now) as journal:
        new = batch_of(journal, rows_of(rows, prefix=prefix))
        death.watch(journal)
        intake = intake_of(rows, source_digest=prefix * 8)
        journal.prepare(intake, [new], checked=journal.head().seq)


def lease(path: Path) -> None:
    with open_journal(path) as journal, journal.lease(ACCOUNT, ENVIRONMENT):
        sys.stdout.write("held\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
    else:
        lease(Path(sys.argv[2]))
