"""Exit codes: documented, stable, and one table from error class to code."""

from __future__ import annotations

from collections.abc import Iterable

from rapupload import errors
from rapupload.model import BatchState

DONE = 0
UNEXPECTED = 1
USAGE = 2
FINDINGS = 3
REJECTED = 4
SETTINGS = 10
PERMANENT = 11
TRANSIENT = 12
IN_DOUBT = 13
BUSY = 14
CLOSED = 15
APPROVAL = 16
DUPLICATE = 17
JOURNAL = 18
SOURCE = 19
INTERRUPTED = 130

BY_CLASS: tuple[tuple[type[errors.RapuploadError], int], ...] = (
    (errors.FindingsError, FINDINGS),
    (errors.ConfigError, SETTINGS),
    (errors.SpecError, SETTINGS),
    (errors.OutcomeUnknownError, IN_DOUBT),
    (errors.TransientTransportError, TRANSIENT),
    (errors.TransportError, PERMANENT),
    (errors.BusyAccountError, BUSY),
    (errors.ServiceClosedError, CLOSED),
    (errors.ApprovalNeededError, APPROVAL),
    (errors.DuplicateError, DUPLICATE),
    (errors.JournalError, JOURNAL),
    (errors.SourceError, SOURCE),
    (errors.AcknowledgementError, REJECTED),
    (errors.UsageError, USAGE),
)
"""Error class -> exit code; the first that fits."""

ORDER = (
    UNEXPECTED,
    INTERRUPTED,
    IN_DOUBT,
    JOURNAL,
    SETTINGS,
    SOURCE,
    PERMANENT,
    BUSY,
    TRANSIENT,
    CLOSED,
    APPROVAL,
    DUPLICATE,
    FINDINGS,
    REJECTED,
    USAGE,
    DONE,
)
"""When several apply, the first of these wins."""

BY_STATE = {
    BatchState.IN_DOUBT: IN_DOUBT,
    BatchState.SENDING: IN_DOUBT,
    BatchState.FAILED: PERMANENT,
    BatchState.PREPARED: APPROVAL,
    BatchState.PARTLY_ACCEPTED: REJECTED,
    BatchState.REJECTED: REJECTED,
}
"""State of a batch at the end of a command -> exit code; any other state is done."""


def of_error(error: BaseException) -> int:
    """Return the exit code of an error.

    >>> of_error(errors.HostKeyError("x"))
    11
    >>> of_error(ValueError("x"))
    1
    """
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    for kind, code in BY_CLASS:
        if isinstance(error, kind):
            return code
    return UNEXPECTED


def worst(codes: Iterable[int]) -> int:
    """Return the code that wins.

    >>> worst([4, 13, 0])
    13
    """
    found = set(codes)
    return next((code for code in ORDER if code in found), DONE)
