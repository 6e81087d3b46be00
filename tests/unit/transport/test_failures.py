from __future__ import annotations

import importlib
import pkgutil
import socket

import paramiko
import pytest
from paramiko import ssh_exception as ssh

from rapupload.errors import (
    AuthenticationError,
    BusyAccountError,
    HostKeyError,
    OutcomeUnknownError,
    PermanentTransportError,
    PrivateKeyError,
    RemoteMissingError,
    RemotePermissionError,
    TransientTransportError,
)
from rapupload.transport import failures
from rapupload.transport.failures import Circumstances, StatusError, translate

SEEN = Circumstances(endpoint="h:1", operation="list", name="/a")
LOGIN = Circumstances(endpoint="h:1", operation="login")


def _exception_classes() -> set[type[BaseException]]:
    found: set[type[BaseException]] = set()
    for module in pkgutil.iter_modules(paramiko.__path__):
        if "win" in module.name:  # loads on Windows only, and has no exceptions
            continue
        members = vars(importlib.import_module(f"paramiko.{module.name}")).values()
        found |= {m for m in members if isinstance(m, type)} & _all_exceptions()
    return {c for c in found if c.__module__.startswith("paramiko")}


def _all_exceptions() -> set[type[BaseException]]:
    found: set[type[BaseException]] = set()
    queue: list[type[BaseException]] = [BaseException]
    while queue:
        below = set(queue.pop().__subclasses__()) - found
        found |= below
        queue.extend(below)
    return found


def test_every_exception_of_paramiko_has_its_own_line():
    """A class that a new paramiko brings has to be thought about."""
    classes = _exception_classes()
    assert len(classes) >= 20
    assert {c.__qualname__ for c in classes - set(failures.BY_CLASS)} == set()


@pytest.mark.parametrize(
    ("error", "seen", "expected"),
    [
        pytest.param(
            socket.gaierror(-2, "?"), SEEN, TransientTransportError, id="name look-up"
        ),
        pytest.param(
            ConnectionRefusedError(), SEEN, TransientTransportError, id="refused"
        ),
        pytest.param(TimeoutError(), SEEN, TransientTransportError, id="time is up"),
        pytest.param(EOFError(), SEEN, TransientTransportError, id="connection closed"),
        pytest.param(
            ssh.SSHException("x"), SEEN, TransientTransportError, id="bare SSHException"
        ),
        pytest.param(
            ssh.IncompatiblePeer("x"), SEEN, PermanentTransportError, id="no algorithm"
        ),
        pytest.param(
            ssh.AuthenticationException("x"),
            LOGIN,
            AuthenticationError,
            id="refused key",
        ),
        pytest.param(
            ssh.BadAuthenticationType("x", []), LOGIN, AuthenticationError, id="no keys"
        ),
        pytest.param(
            ssh.PasswordRequiredException("x"), SEEN, PrivateKeyError, id="locked key"
        ),
        pytest.param(
            ssh.ChannelException(1, "x"), SEEN, BusyAccountError, id="prohibited"
        ),
        pytest.param(
            ssh.ChannelException(4, "x"), SEEN, BusyAccountError, id="shortage"
        ),
        pytest.param(
            ssh.ChannelException(3, "x"),
            SEEN,
            PermanentTransportError,
            id="no such channel",
        ),
        pytest.param(
            UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"),
            SEEN,
            PermanentTransportError,
            id="not their protocol",
        ),
        pytest.param(StatusError(2, ""), SEEN, RemoteMissingError, id="no such file"),
        pytest.param(
            StatusError(3, ""), SEEN, RemotePermissionError, id="permission denied"
        ),
        pytest.param(StatusError(4, ""), SEEN, PermanentTransportError, id="failure"),
        pytest.param(
            StatusError(7, ""), SEEN, TransientTransportError, id="lost at their side"
        ),
        pytest.param(
            KeyError("x"), SEEN, PermanentTransportError, id="unmapped is permanent"
        ),
    ],
)
def test_what_an_exception_means(error, seen, expected):
    """The class decides, most specific first; the text never does."""
    translated = translate(error, seen)
    assert type(translated) is expected
    assert translated.hint


@pytest.mark.parametrize(
    ("code", "operation", "expected"),
    [
        pytest.param(1, "connect", PermanentTransportError, id="address not allowed"),
        pytest.param(2, "login", AuthenticationError, id="too many refused keys"),
        pytest.param(2, "list", TransientTransportError, id="protocol error later"),
        pytest.param(7, "login", TransientTransportError, id="service not available"),
        pytest.param(11, "list", TransientTransportError, id="closed by application"),
        pytest.param(12, "login", BusyAccountError, id="too many connections"),
        pytest.param(12, "list", BusyAccountError, id="too many, said late"),
        pytest.param(14, "login", AuthenticationError, id="no more methods"),
        pytest.param(15, "login", AuthenticationError, id="no such account"),
        pytest.param(None, "login", TransientTransportError, id="without a word"),
    ],
)
def test_what_a_disconnect_means(code, operation, expected):
    """The reason that a far end gives for hanging up says more than the exception."""
    seen = Circumstances(endpoint="h:1", operation=operation, disconnect_code=code)
    assert type(translate(EOFError(), seen)) is expected


def test_a_limit_that_ran_out_is_said():
    """The message names the seconds waited, even where the exception has no text."""
    seen = Circumstances(endpoint="h:1", operation="list", name="/a", waited=30.0)
    error = translate(EOFError(), seen)
    assert type(error) is TransientTransportError
    assert "no answer within 30 s" in error.message


def test_an_exception_without_text_is_named():
    """A bare TimeoutError becomes a sentence."""
    assert "TimeoutError" in translate(TimeoutError(), SEEN).message


@pytest.mark.parametrize(
    "error", [EOFError(), StatusError(2, ""), ssh.AuthenticationException("x")]
)
def test_after_open_everything_is_in_doubt(error):
    """While a file is written no class, status or reason makes the outcome known."""
    with (
        pytest.raises(OutcomeUnknownError) as caught,
        failures.translating_in_doubt(lambda: SEEN),
    ):
        raise error
    assert caught.value.__cause__ is error
    assert caught.value.name == "/a"
    assert "Do not send it again" in caught.value.hint


def test_endpoint_operation_and_name_are_carried():
    """A face can show where, what and which file."""
    with (
        pytest.raises(RemoteMissingError) as caught,
        failures.translating(lambda: SEEN),
    ):
        raise StatusError(2, "No such file")
    error = caught.value
    assert (error.endpoint, error.operation, error.name) == ("h:1", "list", "/a")


def test_our_own_errors_pass():
    """What is translated already is not translated again."""
    with pytest.raises(HostKeyError), failures.translating(lambda: SEEN):
        raise HostKeyError("x")
