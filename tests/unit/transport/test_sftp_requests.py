from __future__ import annotations

import inspect
import io
import itertools
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import paramiko
import pytest
from paramiko import sftp
from paramiko.packet import Packetizer

from rapupload.transport.failures import StatusError
from rapupload.transport.guard import Guard
from rapupload.transport.sftp_requests import Requests

PRIVATE_CALLS = {
    "_async_request": (
        "(self, fileobj, t, *args)",
        ["_expecting", "request_number", "_send_packet", "add_int64", "add_string"],
    ),
    "_read_response": (
        "(self, waitfor=None)",
        ["_read_packet", "_expecting", "fileobj._async_response(t, msg, num)"],
    ),
}


@pytest.mark.parametrize("name", PRIVATE_CALLS)
def test_the_private_calls_of_paramiko_are_those_we_tried(name):
    """A paramiko that changes them has to be looked at before it carries an upload."""
    signature, parts = PRIVATE_CALLS[name]
    call = getattr(paramiko.SFTPClient, name)
    assert str(inspect.signature(call)) == signature
    source = inspect.getsource(call)
    assert [part for part in parts if part not in source] == []


def test_the_other_hooks_into_paramiko_are_those_we_tried():
    """The packetizer can be chosen and hands out messages by type."""
    assert "packetizer_class" in inspect.signature(paramiko.Transport).parameters
    assert str(inspect.signature(Packetizer.read_message)) == "(self)"
    from_msg = inspect.signature(paramiko.SFTPAttributes._from_msg)
    assert str(from_msg) == "(msg, filename=None, longname=None)"


class Answering:
    """The channel paramiko reads from: its answers are written down beforehand."""

    def __init__(self, *answers: bytes) -> None:
        packets = (struct.pack(">BI", sftp.CMD_VERSION, 3), *answers)
        lengths = (struct.pack(">I", len(packet)) for packet in packets)
        self._rest = io.BytesIO(
            b"".join(itertools.chain(*zip(lengths, packets, strict=True)))
        )

    def get_name(self) -> str:
        return "answering"

    def send(self, data: bytes) -> int:
        return len(data)

    def recv(self, length: int) -> bytes:
        return self._rest.read(length)


@contextmanager
def _answering(*answers: bytes) -> Iterator[Requests]:
    guard = Guard(lambda: None)
    try:
        yield Requests(paramiko.SFTPClient(Answering(*answers)), guard, 2.0)
    finally:
        guard.end()


def _status(number: int, *fields: bytes) -> bytes:
    return struct.pack(">BI", sftp.CMD_STATUS, number) + b"".join(fields)


def _code(code: int) -> bytes:
    return struct.pack(">I", code)


def _text(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content


def test_a_status_ok_is_ok():
    """CLOSE answered by OK passes, with or without the text that some servers omit."""
    with _answering(
        _status(1, _code(0)), _status(2, _code(0), _text(b"x"))
    ) as requests:
        requests.close(b"h")
        requests.close(b"h")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(_status(1), id="no status in it"),
        pytest.param(_status(1, b"\x00\x00"), id="half a status"),
        pytest.param(struct.pack(">BI", sftp.CMD_HANDLE, 1), id="not a status"),
        pytest.param(_status(7, _code(0)), id="to a request never made"),
        pytest.param(b"\x65", id="no number"),
        pytest.param(b"", id="empty packet"),
    ],
)
def test_a_broken_answer_is_never_ok(answer):
    """paramiko pads missing bytes with zeros, and zero would mean OK."""
    with _answering(answer) as requests, pytest.raises(sftp.SFTPError):
        requests.close(b"h")


def test_a_refusal_in_another_encoding_keeps_its_status():
    """The words may be Big5; the code is what counts."""
    answer = _status(1, _code(4), _text("磁碟已滿".encode("big5")))
    with _answering(answer) as requests, pytest.raises(StatusError) as caught:
        requests.close(b"h")
    assert caught.value.status == 4


def test_a_listing_without_names_is_refused():
    """An answer with no name in it could be repeated for ever."""
    handle = struct.pack(">BI", sftp.CMD_HANDLE, 1) + _text(b"h")
    nothing = struct.pack(">BII", sftp.CMD_NAME, 2, 0)
    with _answering(handle, nothing) as requests, pytest.raises(sftp.SFTPError):
        list(requests.list_folder(b"/"))


def test_a_size_that_is_not_told_is_none():
    """Attributes without a size are not taken for a size of zero."""
    answer = struct.pack(">BII", sftp.CMD_ATTRS, 1, 0)
    with _answering(answer) as requests:
        assert requests.lstat(b"/a") is None


def test_the_guard_cuts_once_and_says_after_how_long():
    """A step that outlives its limit is cut; one that is touched in time is not."""
    cut = threading.Event()
    guard = Guard(cut.set)
    with guard.limit(0.3):
        for _ in range(3):
            assert not cut.wait(0.15)
            guard.touch()
    assert guard.expired_after == 0
    with guard.limit(0.05):
        assert cut.wait(2)
    assert guard.expired_after == 0.05
    guard.end()


def test_a_guard_that_ended_cuts_nothing():
    """Closing a session twice, or after its limit, is harmless."""
    cut = threading.Event()
    guard = Guard(cut.set)
    guard.end()
    guard.end()
    with guard.limit(0.01):
        assert not cut.wait(0.1)
