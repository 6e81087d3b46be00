"""What a person decides about a batch: approve, withdraw, take up again, resolve."""

from __future__ import annotations

import json

from rapupload.errors import ApprovalNeededError, StateError, UsageError
from rapupload.journal import Batch, Change
from rapupload.model import BatchState
from rapupload.services.desk import Desk

UNVERIFIED = "unverified"
"""How sure we are of who acts, until users and roles exist."""

_BEFORE_SENDING = (BatchState.PREPARED, BatchState.APPROVED, BatchState.FAILED)


def expire_old(desk: Desk) -> tuple[Batch, ...]:
    """Expire unsent batches of an earlier day: date and indicator are in their bytes."""
    return tuple(
        expire(desk, batch)
        for batch in desk.batches(*_BEFORE_SENDING)
        if batch.transmission_date < desk.today
    )


def expire(desk: Desk, batch: Batch) -> Batch:
    """Let a batch go whose day has passed; it can only be prepared anew."""
    why = f"its transmission date {batch.transmission_date} has passed"
    change = Change(
        expected=batch.state, to=BatchState.EXPIRED, who=desk.person, why=why
    )
    return desk.journal.change(batch.batch, change)


def approve(desk: Desk, name: str, *, reason: str = "") -> Batch:
    """Let the exact bytes of a batch go.

    Raises:
        StateError: It is not prepared, or its day has passed.
        UsageError: The maker may not approve where a second person is asked for.
    """
    expire_old(desk)
    batch = desk.batch(name)
    if batch.state is BatchState.FAILED:
        return take_up_again(desk, batch, reason)
    _expect(batch, (BatchState.PREPARED,), "approved")
    if needs_second_person(desk, batch) and is_maker(desk, batch):
        raise UsageError(
            f"{desk.person} prepared batch {name} and may not approve it too; it stays "
            "prepared.",
            hint="A second person runs: rapupload approve " + name,
        )
    return _approve(desk, batch, checker=desk.person, why=reason)


def approve_by_policy(desk: Desk, batch: Batch) -> Batch:
    """Approve a batch at once, where nothing asks for a second person.

    Raises:
        ApprovalNeededError: A limit is passed that only a second person may let pass.
    """
    if needs_second_person(desk, batch):
        raise ApprovalNeededError(
            f"Batch {batch.batch} passes a limit and waits for a second person's "
            "approval; nothing was sent.",
            hint=f"A second person runs: rapupload approve {batch.batch}, then "
            "rapupload send.",
        )
    return _approve(desk, batch, checker="", why="policy: approval is off")


def needs_second_person(desk: Desk, batch: Batch) -> bool:
    """Tell whether only somebody other than the maker may approve a batch.

    Settings may ask for it of all batches, a limit of those that pass it.
    """
    if desk.settings.needs_second_person:
        return True
    warnings = desk.journal.intake(batch.intake).given.warnings_digest
    kept = json.loads(desk.journal.blob(warnings)) if warnings else {}
    return bool(kept.get("second-person"))


def _approve(desk: Desk, batch: Batch, *, checker: str, why: str) -> Batch:
    change = Change(
        expected=BatchState.PREPARED,
        to=BatchState.APPROVED,
        who=desk.person,
        why=why,
        checker=checker,
        body={
            "digest": batch.digest,
            "instructions": str(batch.instructions),
            "identity": UNVERIFIED,
        },
    )
    return desk.journal.change(batch.batch, change)


def take_up_again(desk: Desk, batch: Batch, reason: str) -> Batch:
    """Make a failed batch sendable again, once its cause is mended.

    Raises:
        UsageError: No reason was given.
    """
    if not reason.strip():
        raise UsageError(
            f"Batch {batch.batch} failed; to send it again say what was mended.",
            hint=f'rapupload approve {batch.batch} --reason "..."',
        )
    change = Change(
        expected=BatchState.FAILED,
        to=BatchState.APPROVED,
        who=desk.person,
        why=reason,
        checker=batch.checker,
        body={"digest": batch.digest, "identity": UNVERIFIED},
    )
    return desk.journal.change(batch.batch, change)


def withdraw(desk: Desk, name: str, *, reason: str) -> Batch:
    """Take a batch back that was never sent.

    Raises:
        StateError: It was sent, or may have been.
        UsageError: No reason was given.
    """
    _expect_reason(reason)
    batch = desk.batch(name)
    _expect(batch, _BEFORE_SENDING, "withdrawn")
    change = Change(
        expected=batch.state, to=BatchState.WITHDRAWN, who=desk.person, why=reason
    )
    return desk.journal.change(name, change)


def resolve(desk: Desk, name: str, *, sent: bool, reason: str) -> Batch:
    """Say what became of a batch in doubt, where no evidence could.

    Raises:
        StateError: It is not in doubt.
        UsageError: The maker may not resolve where a second person is asked for, or no
            reason was given.
    """
    _expect_reason(reason)
    batch = desk.batch(name)
    _expect(batch, (BatchState.IN_DOUBT,), "resolved")
    by_maker = is_maker(desk, batch)
    if by_maker and desk.settings.needs_second_person:
        raise UsageError(
            f"{desk.person} prepared batch {name} and may not resolve it; it stays in "
            "doubt.",
            hint="A second person looks for evidence and runs rapupload resolve.",
        )
    to = BatchState.SENT if sent else BatchState.APPROVED
    change = Change(
        expected=BatchState.IN_DOUBT,
        to=to,
        who=desk.person,
        why=reason,
        checker="" if sent else desk.person,
        body={
            "decided-by-maker": "yes" if by_maker else "no",
            "identity": UNVERIFIED,
        },
    )
    return desk.journal.change(name, change)


def is_maker(desk: Desk, batch: Batch) -> bool:
    """Tell whether who acts made the batch; ``Chan`` and ``chan`` are one person."""
    return batch.maker.casefold() == desk.person.casefold()


def _expect_reason(reason: str) -> None:
    if not reason.strip():
        raise UsageError(
            "This needs a reason, which the journal keeps; nothing was changed.",
            hint='Add --reason "...".',
        )


def _expect(batch: Batch, states: tuple[BatchState, ...], verb: str) -> None:
    if batch.state not in states:
        wanted = " or ".join(state.value for state in states)
        raise StateError(
            f"Batch {batch.batch} is {batch.state.value} and cannot be {verb}; only a "
            f"batch that is {wanted} can.",
            hint=f"rapupload status {batch.batch} shows what happened to it.",
        )
