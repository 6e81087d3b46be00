"""What runs in a process of its own: one ``send`` with everything real, perhaps killed.

Processes are forked from a server that has the large libraries imported, so that
hundreds of them cost little more than the work they do.
"""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path

PRELOADED = ["alembic.command", "openpyxl", "paramiko", "pydantic", "sqlalchemy"]
"""No polars: it starts threads when it is imported, and a fork of a process with threads
may hang."""

PATIENCE = 60.0  # seconds; a victim that takes longer hangs, which is a violation


def forks() -> ForkServerContext:
    """Return where victims come from."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One sending.

    Attributes:
        report: Where to write how it ended.
        kill_at: Step at which the process is killed; 0: none.
        clock_jump: Seconds by which its clock is wrong.
        room_bytes: By how much the journal's log may grow before the disk is full.
    """

    settings: Path
    environ: Mapping[str, str]
    report: Path
    kill_at: int = 0
    clock_jump: float = 0.0
    room_bytes: int | None = None


def send(task: Task) -> None:
    """Send all that is approved; write down how it ended and every step."""
    from rapupload.config import load_settings
    from rapupload.errors import RapuploadError
    from rapupload.services.sending import send as send_now
    from rapupload.wiring import open_desk
    from tests.faults.bomb import Bomb

    jump = dt.timedelta(seconds=task.clock_jump)

    def clock() -> dt.datetime:
        return dt.datetime.now(dt.UTC) + jump  # noqa: TID251 - wrong on purpose

    bomb = Bomb(at=task.kill_at)
    bomb.install()
    ended = "done"
    try:
        with open_desk(load_settings(task.settings), task.environ, clock=clock) as desk:
            _limit_disk(task.room_bytes)
            done = send_now(desk)
            problems = done.problems([desk.batch(name) for name in done.batches])
            ended = ", ".join(sorted({error.code for error in problems})) or "done"
    except RapuploadError as error:
        ended = error.code
    _limit_disk(None)
    found = {"ended": ended, "steps": bomb.steps}
    task.report.write_text(json.dumps(found), encoding="utf-8")


def _limit_disk(room: int | None) -> None:
    """Let no file grow beyond so many bytes: the write fails as on a full disk."""
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    limit = resource.RLIM_INFINITY if room is None else room
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
