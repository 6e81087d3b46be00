"""One login at one endpoint: connect, pinned host key, public key, SFTP; then close.

The phases are kept apart, because what a failure means depends on the phase. Tried with
paramiko 4.0.0 and 5.1.0 (public calls only, and the guard's witness).
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import paramiko
from paramiko.sftp import SFTPError

from rapupload.transport import failures, host_keys
from rapupload.transport.endpoints import Endpoint
from rapupload.transport.failures import Circumstances
from rapupload.transport.guard import Guard, WitnessingPacketizer
from rapupload.transport.sftp_requests import Requests

DISABLED_ALGORITHMS = {
    "ciphers": ["3des-cbc", "aes128-cbc", "aes192-cbc", "aes256-cbc"],
    "macs": ["hmac-md5", "hmac-md5-96", "hmac-sha1", "hmac-sha1-96"],
    "keys": ["ssh-rsa", "ssh-dss"],
    "pubkeys": ["ssh-rsa", "ssh-dss"],
    "kex": [
        "diffie-hellman-group1-sha1",
        "diffie-hellman-group14-sha1",
        "diffie-hellman-group-exchange-sha1",
    ],
}
"""Weak algorithms; paramiko 5 no longer has some of them, older ones do."""

_LOG = logging.getLogger("rapupload.transport.paramiko")
_LOG.addHandler(logging.NullHandler())  # else the library's errors go to the terminal


_MARGIN = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds that each step may take before the connection is cut.

    Attributes:
        connect: TCP connection, name look-up included.
        negotiate: Banner, algorithms and host key.
        login: The far end's answer to our key.
        channel: Opening the session and its SFTP subsystem.
        request: Between two answers to SFTP requests.
        keepalive: Silence after which a sign of life is sent; 0: never.
    """

    connect: float = 15.0
    negotiate: float = 20.0
    login: float = 30.0
    channel: float = 20.0
    request: float = 60.0
    keepalive: float = 30.0

    @property
    def longest(self) -> float:
        """Return the longest time a step can hang; a take-over has to wait for it."""
        return max(self.connect, self.negotiate, self.login, self.channel, self.request)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Who logs in.

    Attributes:
        account: Name as registered; RAP compares capitals and small letters.
        key: From ``keys.load_private_key``; no other key and no agent is ever tried.
    """

    account: str
    key: paramiko.RSAKey


class Session:
    """An open SFTP session. Closing it twice is harmless; nothing reopens it.

    Attributes:
        endpoint: Where it leads.
        requests: SFTP requests, each under its time limit.
    """

    def __init__(self, wire: _Wire, requests: Requests) -> None:
        self.endpoint = wire.endpoint
        self.requests = requests
        self._wire = wire

    def look(self, operation: str, name: str = "") -> failures.Look:
        """Return the function that tells the circumstances of a step."""
        return self._wire.look(operation, name)

    def close(self) -> None:
        """Cut the connection at once; may be called from another thread."""
        self._wire.close()


@contextmanager
def open_session(
    endpoint: Endpoint, credentials: Credentials, limits: Limits
) -> Iterator[Session]:
    """Log in once; close the connection at the end, whatever happened.

    Raises:
        TransientTransportError: No connection, or it broke off before a file was begun.
        BusyAccountError: The far end says that there are too many sessions.
        HostKeyError: The host key is not pinned.
        AuthenticationError: The key was refused; never tried again by itself.
        PermanentTransportError: No SFTP there, or no algorithms in common.
    """
    with ExitStack() as exits:
        wire = _reach_pinned_host(endpoint, limits, exits)
        wire.authenticate(credentials)
        requests = wire.open_requests()
        yield Session(wire, requests)


def _reach_pinned_host(endpoint: Endpoint, limits: Limits, exits: ExitStack) -> _Wire:
    """Connect until a pinned host key is shown.

    A far end shows one of its host keys. Where the pins do not tell their kind, the
    other kinds are asked for too; all of this is before the login.
    """
    pins = tuple(host_keys.parse_pin(text) for text in endpoint.host_keys)
    accepted = {pin.fingerprint for pin in pins}
    seen: dict[str, str] = {}
    while True:
        wire = _Wire(endpoint, limits)
        exits.callback(wire.close)
        wire.connect()
        key = wire.negotiate(host_keys.offer_order(pins, without=seen))
        if key is not None:
            shown = host_keys.fingerprint_of(key.asbytes())
            if shown in accepted:
                return wire
            seen[host_keys.family_of(key.get_name())] = shown
        wire.close()
        if key is None or not host_keys.may_match_another(pins, seen):
            raise host_keys.PinMismatchError(
                endpoint, tuple(seen.values()), tuple(sorted(accepted))
            )


def _is_slow(cipher: str) -> bool:
    # AES-GCM encrypts and authenticates in one pass; measured: 200 MB in 0.5 s, not 0.8
    return "gcm" not in cipher


class _Wire:
    """A TCP connection, the SSH transport over it, and its guard."""

    def __init__(self, endpoint: Endpoint, limits: Limits) -> None:
        self.endpoint = endpoint
        self._limits = limits
        self._transport: Any = None
        self._guard = Guard(self._cut)
        self._socket: socket.socket | None = None

    def connect(self) -> None:
        """Open the TCP connection."""
        address = (self.endpoint.host, self.endpoint.port)
        with failures.translating(self.look("connect")):
            self._socket = socket.create_connection(address, self._limits.connect)
            # small requests wait for their answers: do not hold them back
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @property
    def is_active(self) -> bool:
        return bool(self._transport is not None and self._transport.is_active())

    def look(self, operation: str, name: str = "") -> failures.Look:
        def circumstances() -> Circumstances:
            witness = getattr(self._transport, "packetizer", None)
            return Circumstances(
                endpoint=str(self.endpoint),
                operation=operation,
                name=name,
                disconnect_code=getattr(witness, "disconnect_code", None),
                waited=self._guard.expired_after,
            )

        return circumstances

    def negotiate(self, algorithms: tuple[str, ...]) -> paramiko.PKey | None:
        """Agree on algorithms and return the far end's host key.

        Returns:
            None where the far end has no host key of the kinds asked for.
        """
        with failures.translating(self.look("negotiate")):
            self._transport = paramiko.Transport(
                self._socket,
                disabled_algorithms=DISABLED_ALGORITHMS,
                packetizer_class=WitnessingPacketizer,
            )
            self._transport.set_log_channel(_LOG.name)
            self._transport.banner_timeout = self._limits.negotiate
            self._transport.handshake_timeout = self._limits.negotiate
            options = self._transport.get_security_options()
            options.ciphers = sorted(options.ciphers, key=_is_slow)
            options.key_types = [a for a in algorithms if a in options.key_types]
            done = threading.Event()
            try:
                self._wait(done, self._limits.negotiate, self._transport.start_client)
            except paramiko.IncompatiblePeer:
                if len(algorithms) < sum(map(len, host_keys.ALGORITHMS.values())):
                    return None
                raise
            return self._transport.get_remote_server_key()

    def authenticate(self, credentials: Credentials) -> None:
        """Offer the one key once."""

        def offer(done: threading.Event) -> None:
            self._transport.auth_publickey(credentials.account, credentials.key, done)

        look = self.look("login", credentials.account)
        with failures.translating(look):
            try:
                self._wait(threading.Event(), self._limits.login, offer)
            except failures.FOREIGN as error:
                self._raise_refusal(look, error)
                raise
            if not self._transport.is_authenticated():
                self._raise_refusal(look, paramiko.AuthenticationException("refused"))
                raise EOFError("the connection was closed during the login")
        self._transport.set_keepalive(self._limits.keepalive)

    def _raise_refusal(self, look: failures.Look, error: BaseException) -> None:
        # a refusal stays one even if the far end hangs up right after it
        if self._transport.packetizer.auth_refused:
            refused = paramiko.AuthenticationException(str(error))
            raise failures.translate(refused, look()) from error

    def open_requests(self) -> Requests:
        """Open the session channel and its SFTP subsystem."""
        within = self._guard.limit(self._limits.channel)
        with failures.translating(self.look("open-session")), within:
            channel = self._transport.open_session(timeout=self._limits.channel)
            try:
                channel.invoke_subsystem("sftp")
            except paramiko.SSHException as error:
                if self.is_active:  # answered, and with a no
                    raise SFTPError("SFTP is not offered") from error
                raise
            client = paramiko.SFTPClient(channel)
        return Requests(client, self._guard, self._limits.request)

    def _wait(
        self,
        done: threading.Event,
        limit: float,
        begin: Callable[[threading.Event], object],
    ) -> None:
        with self._guard.limit(limit):
            begin(done)
            # the guard ends the wait; the margin is for a guard that did not run
            if not done.wait(limit + _MARGIN):
                raise TimeoutError
        error = self._transport.get_exception()
        if error is not None:
            raise error
        if not self.is_active:
            raise EOFError("the connection was closed")

    def close(self) -> None:
        """End the connection; harmless when it has ended."""
        self._guard.end()
        self._cut()
        if self._transport is not None and self._transport.is_alive():
            # its thread wakes whoever waits, and does so only while it is active
            self._transport.join(_MARGIN)
            self._transport.close()
        if self._socket is not None:
            self._socket.close()

    def _cut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
