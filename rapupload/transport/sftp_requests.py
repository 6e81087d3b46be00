"""SFTP version 3 requests with every reply checked, over paramiko's request machinery.

The only module that uses private calls of ``paramiko.SFTPClient``: ``_async_request``
(numbers, remembers and sends a request) and ``_read_response`` (reads one reply and
hands it to the remembered object's ``_async_response``). paramiko's own file objects
hide failed writes and an unanswered CLOSE, and its listing fails on names that are not
UTF-8. Tried with paramiko 4.0.0 and 5.1.0; a test fails when these calls change.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import paramiko
from paramiko import sftp

from rapupload.transport.failures import StatusError
from rapupload.transport.guard import Guard

CHUNK = 32_768
"""Bytes per READ or WRITE: the largest that every server has to take."""

WINDOW = 64
"""Requests on the way at once; as many as OpenSSH's client has."""

_CODE_BYTES = 4
_NO_ATTRIBUTES = paramiko.SFTPAttributes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer.

    Attributes:
        number: Of the request it answers.
        kind: Packet type of the SFTP draft.
        message: The rest, unread.
    """

    number: int
    kind: int
    message: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteEntry:
    """One line of a remote listing, as the far end gave it.

    Attributes:
        name: Not checked; bytes that are not UTF-8 are escaped.
        size: None where the far end does not say.
        mode: File type and permissions; 0 where the far end does not say.
        modified: Seconds since 1970; None where the far end does not say.
    """

    name: str
    size: int | None
    mode: int
    modified: int | None


class Requests:
    """SFTP requests over one channel, for one thread.

    Every method raises ``StatusError`` when the far end answers with a refusal, and
    paramiko's exceptions when there is no answer; ``failures`` translates both.
    """

    def __init__(
        self, client: paramiko.SFTPClient, guard: Guard, seconds: float
    ) -> None:
        self._client = client
        self._guard = guard
        self._seconds = seconds
        self._arrived: deque[Reply] = deque()

    @contextmanager
    def limited(self) -> Iterator[None]:
        """Cut the connection if an answer takes longer than the limit."""
        with self._guard.limit(self._seconds):
            yield

    def post(self, kind: int, *parts: object) -> int:
        """Send a request and return its number without waiting."""
        number: int = self._client._async_request(self, kind, *parts)  # noqa: SLF001
        return number

    def take_reply(self) -> Reply:
        """Wait for the next reply to any request."""
        self._client._read_response()  # noqa: SLF001
        self._guard.touch()
        if not self._arrived:
            raise sftp.SFTPError("answer to a request that was never made")
        return self._arrived.popleft()

    def _async_response(self, kind: int, message: object, number: int) -> None:
        self._arrived.append(Reply(number=number, kind=kind, message=message))

    def ask(self, kind: int, *parts: object) -> Reply:
        """Send one request and wait for its answer."""
        with self.limited():
            number = self.post(kind, *parts)
            reply = self.take_reply()
        if reply.number != number:
            raise sftp.SFTPError("answer to another request")
        return reply

    def probe(self) -> None:
        """Make sure that the far end still answers; any answer will do."""
        self.ask(sftp.CMD_REALPATH, b".")

    def open_new(self, path: bytes) -> bytes:
        """Create a file for writing, never one that exists, and return its handle."""
        flags = sftp.SFTP_FLAG_WRITE | sftp.SFTP_FLAG_CREATE | sftp.SFTP_FLAG_EXCL
        return read_handle(self.ask(sftp.CMD_OPEN, path, flags, _NO_ATTRIBUTES))

    def open_for_reading(self, path: bytes) -> bytes:
        """Open a file and return its handle."""
        flags = sftp.SFTP_FLAG_READ
        return read_handle(self.ask(sftp.CMD_OPEN, path, flags, _NO_ATTRIBUTES))

    def post_write(self, handle: bytes, offset: int, data: bytes) -> int:
        """Send one WRITE without waiting."""
        return self.post(sftp.CMD_WRITE, handle, sftp.int64(offset), data)

    def post_read(self, handle: bytes, offset: int, length: int) -> int:
        """Send one READ without waiting."""
        return self.post(sftp.CMD_READ, handle, sftp.int64(offset), length)

    def close(self, handle: bytes) -> None:
        """Close a handle and check the answer."""
        check_ok(self.ask(sftp.CMD_CLOSE, handle))

    def rename(self, old: bytes, new: bytes) -> None:
        """Rename; version 3 refuses where the new name exists."""
        check_ok(self.ask(sftp.CMD_RENAME, old, new))

    def lstat(self, path: bytes) -> int | None:
        """Return a file's size; None where the far end does not say."""
        reply = expect(self.ask(sftp.CMD_LSTAT, path), sftp.CMD_ATTRS)
        return _read_attributes(reply.message).st_size  # type: ignore[no-any-return]

    def list_folder(self, path: bytes) -> Iterator[RemoteEntry]:
        """List a folder; the caller bounds how many entries it takes."""
        handle = read_handle(self.ask(sftp.CMD_OPENDIR, path))
        while True:
            reply = self.ask(sftp.CMD_READDIR, handle)
            if reply.kind == sftp.CMD_STATUS:
                break
            yield from _read_names(expect(reply, sftp.CMD_NAME).message)
        check_end(reply)
        self.close(handle)


def expect(reply: Reply, kind: int) -> Reply:
    """Return the reply if it is of that kind; a status is raised."""
    if reply.kind == sftp.CMD_STATUS:
        raise _read_status(reply)
    if reply.kind != kind:
        raise sftp.SFTPError(f"answer of unexpected type {reply.kind}")
    return reply


def check_ok(reply: Reply) -> None:
    """Raise unless the reply is the status OK."""
    if reply.kind != sftp.CMD_STATUS:
        raise sftp.SFTPError(f"answer of unexpected type {reply.kind}")
    error = _read_status(reply)
    if error.status != sftp.SFTP_OK:
        raise error


def check_end(reply: Reply) -> None:
    """Raise unless the status says that there is no more."""
    error = _read_status(reply)
    if error.status != sftp.SFTP_EOF:
        raise error


def read_handle(reply: Reply) -> bytes:
    """Return the handle that an OPEN or OPENDIR was answered with."""
    handle: bytes = expect(reply, sftp.CMD_HANDLE).message.get_binary()
    return handle


def read_data(reply: Reply) -> bytes:
    """Return what a READ was answered with; empty at the end of the file."""
    if reply.kind == sftp.CMD_STATUS:
        check_end(reply)
        return b""
    data: bytes = expect(reply, sftp.CMD_DATA).message.get_binary()
    return data


def _read_status(reply: Reply) -> StatusError:
    # paramiko pads what is missing with zeros, and zero is OK
    if len(reply.message.get_remainder()) < _CODE_BYTES:
        raise sftp.SFTPError("status answer without a status")
    status = reply.message.get_int()
    # some servers answer in their own encoding, and the words decide nothing
    return StatusError(status, reply.message.get_binary().decode("utf-8", "replace"))


def _read_names(message: Any) -> Iterator[RemoteEntry]:
    count = message.get_int()
    if not count:  # the draft has none; waiting for more could last for ever
        raise sftp.SFTPError("listing answer without a name")
    for _ in range(count):
        name = message.get_binary().decode("utf-8", "backslashreplace")
        message.get_binary()  # the long form, for people
        found = _read_attributes(message)
        yield RemoteEntry(
            name=name,
            size=found.st_size,
            mode=found.st_mode or 0,
            modified=found.st_mtime,
        )


def _read_attributes(message: Any) -> Any:
    return paramiko.SFTPAttributes._from_msg(message)  # noqa: SLF001
