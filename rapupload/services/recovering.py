"""What a crash left: found and named before anything new is done."""

from __future__ import annotations

from rapupload.journal import Batch, Change
from rapupload.model import BatchState
from rapupload.services.desk import Desk


def recover(desk: Desk) -> tuple[Batch, ...]:
    """Put batches in doubt that a run was sending when it ended.

    Whoever calls holds the account's lease, so nobody is sending now.
    """
    return tuple(
        desk.journal.change(
            batch.batch,
            Change(
                expected=BatchState.SENDING,
                to=BatchState.IN_DOUBT,
                who=desk.person,
                why="the run that was sending it ended without saying how",
            ),
        )
        for batch in desk.batches(BatchState.SENDING)
    )
