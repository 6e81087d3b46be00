from __future__ import annotations

import itertools
import threading
import time
from pathlib import Path

import paramiko
import pytest

from rapupload.errors import (
    OutcomeUnknownError,
    RapuploadError,
    RemoteMissingError,
    RemotePermissionError,
    TransientTransportError,
    UsageError,
)
from rapupload.transport.channel import OutboundFile
from tests.unit.transport.conftest import channel_to
from tests.unit.transport.misbehaving import FarEnd, Faults, far_end

CONTENT = bytes(range(256)) * 1024  # 256 KiB: eight WRITEs
FILE = OutboundFile(name="ATI_0001.TXT", place="/", content=CONTENT)
ARRIVED = "ATI_0001.TXT"


def _submit(
    tmp_path: Path,
    key: paramiko.RSAKey,
    public_key: str,
    faults: Faults,
    file: OutboundFile = FILE,
) -> tuple[FarEnd, RapuploadError]:
    with (
        far_end(tmp_path, public_key, faults) as server,
        channel_to(key, server).login() as login,
        pytest.raises(RapuploadError) as caught,
    ):
        login.submit(file)
    return server, caught.value


def test_a_file_arrives_whole_and_its_size_is_confirmed(tmp_path, key, public_key):
    """A good far end gets the very bytes, and the answer says where and how many."""
    with far_end(tmp_path, public_key) as server, channel_to(key, server).login() as at:
        sent = at.submit(FILE)
    assert (tmp_path / ARRIVED).read_bytes() == CONTENT
    assert (sent.size, sent.size_confirmed) == (262_144, True)
    assert sent.endpoint == f"127.0.0.1:{server.port}"


@pytest.mark.parametrize("size", [0, 1, 32_767, 32_768, 32_769, 65 * 32_768 + 5])
def test_every_size_arrives(tmp_path, key, public_key, size):
    """Sizes around the limits of a WRITE and of the window arrive byte for byte."""
    content = bytes(itertools.islice(itertools.cycle(b"0123456789\n"), size))
    file = OutboundFile(name="a.txt", place="/", content=content)
    with far_end(tmp_path, public_key) as server, channel_to(key, server).login() as at:
        at.submit(file)
    assert (tmp_path / "a.txt").read_bytes() == content


def test_a_file_taken_at_once_is_sent_but_not_confirmed(tmp_path, key, public_key):
    """A far end that takes the file away on CLOSE is a normal one."""
    faults = Faults(take_on_close=True)
    with (
        far_end(tmp_path, public_key, faults) as server,
        channel_to(key, server).login() as login,
    ):
        assert login.submit(FILE).size_confirmed is False


def test_a_file_that_should_stay_and_is_gone_is_in_doubt(tmp_path, key, public_key):
    """Where the spec says that files stay, a missing one is not called sent."""
    file = OutboundFile(name="a", place="/", content=b"x", server_keeps_file=True)
    faults = Faults(take_on_close=True)
    _, error = _submit(tmp_path, key, public_key, faults, file)
    assert type(error) is OutcomeUnknownError


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        pytest.param(2, RemoteMissingError, id="no such file: failed"),
        pytest.param(3, RemotePermissionError, id="permission denied: failed"),
        pytest.param(4, OutcomeUnknownError, id="failure: in doubt"),
        pytest.param(5, OutcomeUnknownError, id="bad message: in doubt"),
        pytest.param(7, OutcomeUnknownError, id="connection lost: in doubt"),
        pytest.param(8, OutcomeUnknownError, id="not supported: in doubt"),
    ],
)
def test_a_refused_open_is_judged_by_its_status(
    tmp_path, key, public_key, status, expected
):
    """Only two refusals of OPEN prove that nothing was created."""
    server, error = _submit(tmp_path, key, public_key, Faults(refuse={"open": status}))
    assert type(error) is expected
    assert "write" not in server.operations
    assert error.hint


def test_a_file_of_that_name_is_never_touched(tmp_path, key, public_key):
    """A name that is taken is in doubt, and what lies there stays as it is."""
    (tmp_path / ARRIVED).write_bytes(b"somebody else's")
    _, error = _submit(tmp_path, key, public_key, Faults())
    assert type(error) is OutcomeUnknownError
    assert (tmp_path / ARRIVED).read_bytes() == b"somebody else's"


def test_the_session_goes_on_after_a_refused_open(tmp_path, key, public_key):
    """A refusal with an answer leaves a session that can be used for evidence."""
    (tmp_path / ARRIVED).write_bytes(b"x")
    with far_end(tmp_path, public_key) as server, channel_to(key, server).login() as at:
        with pytest.raises(OutcomeUnknownError):
            at.submit(FILE)
        assert at.find_evidence(FILE).sighting.value == "other-size"


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param(Faults(disk_full_after=100_000), id="disk full after some bytes"),
        pytest.param(Faults(disk_full_after=0), id="disk full at once"),
        pytest.param(Faults(drop_after_bytes=100_000), id="cut after some bytes"),
        pytest.param(Faults(drop=frozenset({"open"})), id="cut at OPEN"),
        pytest.param(Faults(drop_after=frozenset({"open"})), id="cut after OPEN"),
        pytest.param(Faults(drop=frozenset({"close"})), id="cut at CLOSE"),
        pytest.param(
            Faults(drop_after=frozenset({"close"})), id="closed, but no answer"
        ),
        pytest.param(Faults(refuse={"close": 4}), id="CLOSE refused"),
        pytest.param(Faults(refuse={"lstat": 4}), id="size cannot be asked"),
        pytest.param(Faults(drop=frozenset({"lstat"})), id="cut before the size"),
        pytest.param(Faults(sizes_off_by=-1), id="one byte short"),
        pytest.param(Faults(sizes_off_by=7), id="larger than sent"),
        pytest.param(Faults(refuse={"write": 3}), id="WRITE not permitted"),
        pytest.param(Faults(refuse={"write": 2}), id="file gone while writing"),
        pytest.param(Faults(stall=frozenset({"open"})), id="no answer to OPEN"),
        pytest.param(Faults(stall=frozenset({"write"})), id="no answer to a WRITE"),
        pytest.param(Faults(stall=frozenset({"close"})), id="no answer to CLOSE"),
    ],
)
def test_everything_that_breaks_after_open_is_in_doubt(
    tmp_path, key, public_key, faults
):
    """From OPEN on nothing is called failed, sent or worth another try."""
    began = time.monotonic()
    server, error = _submit(tmp_path, key, public_key, faults)
    assert type(error) is OutcomeUnknownError
    assert time.monotonic() - began < 8
    assert error.name == "/ATI_0001.TXT"
    assert server.logins == 1


def test_a_far_end_that_stops_reading_is_in_doubt(tmp_path, key, public_key):
    """A socket that takes no more bytes does not hold the program for ever."""
    thaw = threading.Event()
    file = OutboundFile(name="a", place="/", content=bytes(16_000_000))
    with far_end(tmp_path, public_key, Faults(freeze=thaw)) as server:
        began = time.monotonic()
        with (
            pytest.raises(OutcomeUnknownError) as caught,
            channel_to(key, server).login() as login,
        ):
            login.submit(file)
        assert time.monotonic() - began < 6
        thaw.set()
    assert "no answer within 1 s" in caught.value.message


def test_a_slow_far_end_is_not_cut_while_it_answers(tmp_path, key, public_key):
    """The limit is for one answer: an upload may last as long as answers come."""
    faults = Faults(seconds_per_write=0.2)
    with (
        far_end(tmp_path, public_key, faults) as server,
        channel_to(key, server).login() as login,
    ):
        began = time.monotonic()
        assert login.submit(FILE).size_confirmed
    assert time.monotonic() - began > 1.2  # the limit is 1 s


def test_close_is_not_written_when_a_write_has_failed(tmp_path, key, public_key):
    """A part of a file is never closed, so that no far end takes it for whole."""
    server, _ = _submit(tmp_path, key, public_key, Faults(disk_full_after=100_000))
    assert "write" in server.operations
    assert "close" not in server.operations


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param(Faults(drop=frozenset({"realpath"})), id="session cut"),
        pytest.param(Faults(stall=frozenset({"realpath"})), id="session silent"),
    ],
)
def test_a_dead_session_is_found_before_open(tmp_path, key, public_key, faults):
    """A session that no longer answers is transient, because OPEN was not written."""
    steps: list[str] = []
    with (
        far_end(tmp_path, public_key, faults) as server,
        channel_to(key, server).login() as login,
        pytest.raises(TransientTransportError),
    ):
        login.submit(FILE, on_step=steps.append)
    assert steps == []
    assert "open" not in server.operations


def test_a_session_with_half_a_file_is_not_used_any_more(tmp_path, key, public_key):
    """After a failed WRITE the session is cut: answers to others are on their way."""
    with (
        far_end(tmp_path, public_key, Faults(disk_full_after=100_000)) as server,
        channel_to(key, server).login() as login,
    ):
        with pytest.raises(OutcomeUnknownError):
            login.submit(FILE)
        with pytest.raises(TransientTransportError):
            login.look("/")
    assert "scandir" not in server.operations


def test_steps_are_told_in_order(tmp_path, key, public_key):
    """The journal hears of every step, the first before OPEN is written."""
    file = OutboundFile(name="a", place="/", content=b"x" * 40_000)
    steps: list[str] = []
    with (
        far_end(tmp_path, public_key) as server,
        channel_to(key, server).login() as login,
    ):

        def note(step: str) -> None:
            steps.append(step if step != "before-open" else f"{step} {_opens()}")

        def _opens() -> int:
            return server.operations.count("open")

        login.submit(file, on_step=note)
    assert steps == [
        "before-open 0",
        "opened",
        "written 32768",
        "written 40000",
        "closed",
        "finished",
        "confirmed",
    ]


@pytest.mark.parametrize("step", ["before-open", "opened", "written 32768", "closed"])
def test_what_the_journal_raises_comes_out_unchanged(tmp_path, key, public_key, step):
    """A step that cannot be journalled stops the upload there and then."""

    class JournalIsFull(BaseException):
        pass

    def fail(seen: str) -> None:
        if seen == step:
            raise JournalIsFull

    with (
        far_end(tmp_path, public_key) as server,
        channel_to(key, server).login() as login,
        pytest.raises(JournalIsFull),
    ):
        login.submit(FILE, on_step=fail)
    assert ("open" in server.operations) == (step != "before-open")
    assert ("close" in server.operations) == (step == "closed")


@pytest.mark.parametrize("step", ["opened", "written 32768", "closed"])
def test_a_session_closed_half_way_is_in_doubt(tmp_path, key, public_key, step):
    """A lease that runs out in the middle of an upload leaves the file in doubt."""
    with (
        far_end(tmp_path, public_key) as server,
        channel_to(key, server).login() as login,
    ):

        def close(seen: str) -> None:
            if seen == step:
                login.close()

        with pytest.raises(OutcomeUnknownError):
            login.submit(FILE, on_step=close)


def test_rename_goes_through_a_temporary_name(tmp_path, key, public_key):
    """A spec that wants it gets the final name only when the file is whole."""
    file = OutboundFile(name="a", place="/", content=b"abc", write="rename")
    with far_end(tmp_path, public_key) as server, channel_to(key, server).login() as at:
        assert at.submit(file).size_confirmed
    assert {path.name for path in tmp_path.iterdir()} == {"a"}


def test_a_done_file_follows(tmp_path, key, public_key):
    """A spec that wants it gets an empty file that says that the first is whole."""
    file = OutboundFile(name="a", place="/", content=b"abc", write="done-file")
    with far_end(tmp_path, public_key) as server, channel_to(key, server).login() as at:
        at.submit(file)
    assert (tmp_path / "a").read_bytes() == b"abc"
    assert (tmp_path / "a.done").read_bytes() == b""


@pytest.mark.parametrize(("write", "taken"), [("rename", "a"), ("done-file", "a.done")])
def test_a_refused_last_step_is_in_doubt(tmp_path, key, public_key, write, taken):
    """After the bytes are there, a refusal of the last step proves nothing."""
    (tmp_path / taken).write_bytes(b"old")
    file = OutboundFile(name="a", place="/", content=b"abc", write=write)
    _, error = _submit(tmp_path, key, public_key, Faults(), file)
    assert type(error) is OutcomeUnknownError
    assert (tmp_path / taken).read_bytes() == b"old"


@pytest.mark.parametrize("name", ["../a", "a/b", "", "a\n", "x" * 201])
def test_a_name_that_is_a_path_is_refused_before_anything(
    tmp_path, key, public_key, name
):
    """A spec cannot name a file outside its folder."""
    file = OutboundFile(name=name, place="/", content=b"x")
    server, error = _submit(tmp_path, key, public_key, Faults(), file)
    assert type(error) is UsageError
    assert server.operations == []
