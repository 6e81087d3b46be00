from __future__ import annotations

import inspect
import itertools

import pytest

from rapupload import errors
from rapupload.cli import exits
from rapupload.model import BatchState

_CODES = {
    errors.RapuploadError: 1,
    errors.UsageError: 2,
    errors.StateError: 2,
    errors.FindingsError: 3,
    errors.AcknowledgementError: 4,
    errors.ConfigError: 10,
    errors.SpecError: 10,
    errors.TransportError: 11,
    errors.PermanentTransportError: 11,
    errors.AuthenticationError: 11,
    errors.HostKeyError: 11,
    errors.PrivateKeyError: 11,
    errors.RemoteMissingError: 11,
    errors.RemotePermissionError: 11,
    errors.TransientTransportError: 12,
    errors.OutcomeUnknownError: 13,
    errors.BusyAccountError: 14,
    errors.ServiceClosedError: 15,
    errors.ApprovalNeededError: 16,
    errors.DuplicateError: 17,
    errors.JournalError: 18,
    errors.JournalBusyError: 18,
    errors.TransitionError: 18,
    errors.MigrationNeededError: 18,
    errors.JournalBrokenError: 18,
    errors.SourceError: 19,
}
_FIRST_WINS = (1, 130, 13, 18, 10, 19, 11, 14, 12, 15, 16, 17, 3, 4)


@pytest.mark.parametrize(("kind", "code"), _CODES.items())
def test_each_error_class_has_its_exit_code(kind, code):
    """The documented number, whatever the message."""
    error = kind("x", ()) if kind is errors.SpecError else kind("x")
    assert exits.of_error(error) == code


def test_no_error_class_is_left_out():
    """A new class needs a decision."""
    classes = {
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.RapuploadError)
    }
    assert classes == set(_CODES)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        pytest.param(KeyboardInterrupt(), 130, id="interrupted"),
        pytest.param(ValueError("x"), 1, id="unexpected"),
        pytest.param(SystemError("x"), 1, id="unexpected, of Python's own"),
    ],
)
def test_errors_of_others_are_unexpected_or_an_interruption(error, code):
    """Nothing is taken for done."""
    assert exits.of_error(error) == code


@pytest.mark.parametrize(
    ("first", "second"), list(itertools.combinations(_FIRST_WINS, 2))
)
def test_of_two_codes_the_graver_wins(first, second):
    """In the documented order, whichever comes first."""
    assert exits.worst([first, second]) == first
    assert exits.worst([second, 0, first]) == first


@pytest.mark.parametrize(
    ("codes", "worst"), [([], 0), ([0, 0], 0), ([2, 0], 2), ([2, 4], 4), ([0, 3], 3)]
)
def test_done_is_said_only_where_nothing_else_applies(codes, worst):
    """An empty list is done; usage comes last of all."""
    assert exits.worst(codes) == worst


def test_every_code_has_its_place_in_the_order():
    """None could be lost between others."""
    named = {
        value
        for name, value in vars(exits).items()
        if name.isupper() and isinstance(value, int)
    }
    assert set(exits.ORDER) == named
    assert len(exits.ORDER) == len(named)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (BatchState.PREPARED, 16),
        (BatchState.APPROVED, 0),
        (BatchState.SENDING, 13),
        (BatchState.SENT, 0),
        (BatchState.RECEIVED, 0),
        (BatchState.ACCEPTED, 0),
        (BatchState.PARTLY_ACCEPTED, 4),
        (BatchState.REJECTED, 4),
        (BatchState.FAILED, 11),
        (BatchState.IN_DOUBT, 13),
        (BatchState.WITHDRAWN, 0),
        (BatchState.EXPIRED, 0),
        (BatchState.HANDED_OVER, 0),
    ],
)
def test_the_state_of_a_batch_gives_the_code_of_a_command(state, code):
    """A batch in doubt, failed or rejected is never done."""
    assert exits.BY_STATE.get(state, exits.DONE) == code
