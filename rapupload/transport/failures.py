"""Foreign exceptions and SFTP status codes to ours: the one place where it happens.

Decided by class, status code and phase, never by message text. A class that is not in
the table is permanent; a test walks paramiko's classes and fails on a missing one.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from paramiko import auth_strategy, ber, buffered_pipe, hostkeys, packet, pkey, sftp
from paramiko import ssh_exception as ssh

from rapupload.errors import (
    AuthenticationError,
    BusyAccountError,
    HostKeyError,
    OutcomeUnknownError,
    PermanentTransportError,
    PrivateKeyError,
    RapuploadError,
    RemoteMissingError,
    RemotePermissionError,
    TransientTransportError,
    TransportError,
)


class StatusError(Exception):
    """The far end answered an SFTP request with a status other than OK.

    Attributes:
        status: Code of the SFTP draft version 3, section 7.
        text: Its words, for people only.
    """

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"status {status} ({text})" if text else f"status {status}")
        self.status = status
        self.text = text


NO_SUCH_FILE = sftp.SFTP_NO_SUCH_FILE
PERMISSION_DENIED = sftp.SFTP_PERMISSION_DENIED

Failure = type[TransportError]

BY_CLASS: dict[type[Exception], Failure] = {
    # the network, before or between requests: nothing of a file was under way
    OSError: TransientTransportError,
    EOFError: TransientTransportError,
    socket.gaierror: TransientTransportError,
    TimeoutError: TransientTransportError,
    buffered_pipe.PipeTimeout: TransientTransportError,
    ssh.NoValidConnectionsError: TransientTransportError,
    # paramiko raises the bare class for every dropped or silent connection
    ssh.SSHException: TransientTransportError,
    ssh.ChannelException: PermanentTransportError,  # its code decides first
    ssh.IncompatiblePeer: PermanentTransportError,
    ssh.MessageOrderError: PermanentTransportError,
    ssh.ProxyCommandFailure: PermanentTransportError,
    ssh.CouldNotCanonicalize: PermanentTransportError,
    ssh.ConfigParseError: PermanentTransportError,
    ssh.BadHostKeyException: HostKeyError,
    hostkeys.InvalidHostKey: HostKeyError,
    ssh.AuthenticationException: AuthenticationError,
    ssh.BadAuthenticationType: AuthenticationError,
    ssh.PartialAuthentication: AuthenticationError,
    ssh.UnableToAuthenticate: AuthenticationError,
    auth_strategy.AuthFailure: AuthenticationError,
    ssh.PasswordRequiredException: PrivateKeyError,
    pkey.UnknownKeyType: PermanentTransportError,
    # the far end does not speak the protocol
    sftp.SFTPError: PermanentTransportError,
    ber.BERException: PermanentTransportError,
    packet.NeedRekeyException: PermanentTransportError,
    UnicodeError: PermanentTransportError,
    struct.error: PermanentTransportError,
}
"""What an exception means while no file is being written, most specific class first."""

BY_STATUS: dict[int, Failure] = {
    sftp.SFTP_NO_SUCH_FILE: RemoteMissingError,
    sftp.SFTP_PERMISSION_DENIED: RemotePermissionError,
    sftp.SFTP_NO_CONNECTION: TransientTransportError,
    sftp.SFTP_CONNECTION_LOST: TransientTransportError,
}
"""What a refusal means while no file is being written; any other is permanent."""

BY_DISCONNECT: dict[int, type[RapuploadError]] = {
    1: PermanentTransportError,  # host not allowed to connect
    3: PermanentTransportError,  # key exchange failed
    8: PermanentTransportError,  # protocol version not supported
    12: BusyAccountError,  # too many connections
    13: AuthenticationError,  # authentication cancelled
    14: AuthenticationError,  # no more authentication methods
    15: AuthenticationError,  # illegal user name
}
"""Reasons of a disconnect message (RFC 4253, 11.1) that say more than the class."""

PROTOCOL_ERROR = 2
"""OpenSSH's disconnect reason for "too many authentication failures"."""

SESSION_REFUSED = frozenset({1, 2, 4})
"""Reasons of a refused channel (RFC 4254, 5.1: prohibited, connect failed, shortage).

After a good login the likely reason is another session of the account: RAP allows one
(HKEX, RAP enhancement briefing); how it refuses the second is not public (assumed).
"""

FOREIGN: tuple[type[Exception], ...] = (*BY_CLASS, StatusError)
"""Everything that is translated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known besides the exception.

    Attributes:
        operation: The step: ``connect``, ``login``, ``list``, ``open`` and so on.
        name: Remote path of the file concerned.
        disconnect_code: What the far end gave as its reason to hang up.
        waited: Seconds after which the step was cut off by us; 0 if it was not.
    """

    endpoint: str
    operation: str
    name: str = ""
    disconnect_code: int | None = None
    waited: float = 0.0


def classify(error: BaseException, seen: Circumstances) -> type[RapuploadError]:
    """Return our class for a failure outside the writing of a file."""
    if isinstance(error, StatusError):
        return BY_STATUS.get(error.status, PermanentTransportError)
    code = seen.disconnect_code
    if code in BY_DISCONNECT:
        return BY_DISCONNECT[code]
    if seen.waited:
        return TransientTransportError
    if seen.operation == "login" and code == PROTOCOL_ERROR:
        return AuthenticationError
    if isinstance(error, ssh.ChannelException) and error.code in SESSION_REFUSED:
        return BusyAccountError
    known = (BY_CLASS[c] for c in type(error).__mro__ if c in BY_CLASS)
    return next(known, PermanentTransportError)


_HINTS: dict[type[RapuploadError], str] = {
    TransientTransportError: "It can be tried again; if it lasts, check the line and"
    " whether another session of this account is open.",
    PermanentTransportError: "Trying again will not help: run `rapupload doctor`.",
    AuthenticationError: "Do not try again before the account name and the public key"
    " registered with HKEX are checked: repeated refusals can lock an account.",
    HostKeyError: "Verify the host key with HKEX before it is pinned.",
    PrivateKeyError: "Check the private key file and its passphrase.",
    RemoteMissingError: "Check the folder in the spec against HKEX's document.",
    RemotePermissionError: "Ask HKEX whether the account may use this folder.",
    BusyAccountError: "RAP allows one session per account: close the other one, or wait"
    " until it has ended.",
}

_EFFECTS: dict[type[RapuploadError], str] = {
    AuthenticationError: "The far end refused the login.",
    BusyAccountError: "The far end refused another session of this account.",
}


def describe(error: BaseException, seen: Circumstances) -> str:
    """Word a foreign exception; some of them have no text at all."""
    if seen.waited:
        return f"no answer within {seen.waited:g} s"
    return str(error).strip().rstrip(".") or type(error).__name__


def translate(error: BaseException, seen: Circumstances) -> RapuploadError:
    """Return our exception for a failure outside the writing of a file."""
    kind = classify(error, seen)
    about = f" of {seen.name}" if seen.name else ""
    message = (
        f"{seen.endpoint}: {seen.operation}{about} failed: {describe(error, seen)}."
        f" {_EFFECTS.get(kind, 'Nothing was sent.')}"
    )
    hint = _HINTS[kind]
    if issubclass(kind, TransportError):
        return kind(
            message,
            endpoint=seen.endpoint,
            operation=seen.operation,
            name=seen.name,
            hint=hint,
        )
    return kind(message, hint=hint)


def translate_in_doubt(
    error: BaseException, seen: Circumstances
) -> OutcomeUnknownError:
    """Return the exception for any failure after a file's OPEN was written."""
    return in_doubt(f"{seen.operation} failed: {describe(error, seen)}", seen)


def in_doubt(reason: str, seen: Circumstances) -> OutcomeUnknownError:
    """Say that a file may have arrived."""
    return OutcomeUnknownError(
        f"{seen.endpoint}: {seen.name}: {reason}. The file, or a part of it, may have"
        " arrived.",
        endpoint=seen.endpoint,
        operation=seen.operation,
        name=seen.name,
        hint="Do not send it again. `rapupload collect` looks for evidence; if it stays"
        " in doubt, a second person decides with `rapupload resolve`.",
    )


Look = Callable[[], Circumstances]
"""Tells the circumstances when a step has failed, not when it begins."""


@contextmanager
def translating(look: Look) -> Iterator[None]:
    """Translate what the block raises, while no file is being written."""
    try:
        yield
    except FOREIGN as error:
        raise translate(error, look()) from error


@contextmanager
def translating_in_doubt(look: Look) -> Iterator[None]:
    """Translate whatever the block raises to an unknown outcome."""
    try:
        yield
    except FOREIGN as error:
        raise translate_in_doubt(error, look()) from error
