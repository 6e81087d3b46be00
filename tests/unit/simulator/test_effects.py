"""What each scenario does, as a client sees it."""

from __future__ import annotations

import time

import paramiko
import pytest

from rapupload.simulator.scenarios import KINDS, Scenario
from tests.unit.simulator.client import GOOD, NAME, PATH
from tests.unit.simulator.conftest import Connect, Start
from tests.unit.simulator.test_server import wait_until

TRIED_HERE = {
    "none",
    "drop-before-login",
    "drop-during-login",
    "second-login-refused",
    "host-key-changed",
    "no-such-folder",
    "permission-denied",
    "disk-full",
    "mid-file-drop",
    "stall",
    "drop-after-close",
    "take-at-once",
    "no-acknowledgement",
    "late-acknowledgement",
    "reject-all",
}


def test_every_scenario_is_tried_here() -> None:
    """A scenario added to the table must be added to these tests."""
    assert set(KINDS) == TRIED_HERE


def test_drop_before_login(start: Start, connect: Connect) -> None:
    """The first connection is cut before authentication; the next one is not."""
    simulator = start("drop-before-login:x1")
    with pytest.raises((paramiko.SSHException, EOFError, OSError)) as caught:
        connect(simulator)
    assert not isinstance(caught.value, paramiko.AuthenticationException)
    connect(simulator)
    assert simulator.sessions.connections == 2


def test_drop_during_login(start: Start, connect: Connect) -> None:
    """The connection goes while the account's key is being shown."""
    simulator = start("drop-during-login:x1")
    with pytest.raises((paramiko.SSHException, EOFError)):
        connect(simulator)
    connect(simulator)
    assert simulator.sessions.logins == 1


def test_second_login_refused(start: Start, connect: Connect) -> None:
    """The right key is refused by a disconnect, though nobody is logged in."""
    simulator = start("second-login-refused:x1")
    with pytest.raises(paramiko.SSHException):
        connect(simulator)
    assert (simulator.sessions.refused, simulator.sessions.logins) == (1, 0)
    connect(simulator)


def test_host_key_changed(start: Start) -> None:
    """The same root shows another host key."""
    usual = start()
    usual.stop()
    changed = start("host-key-changed")
    assert changed.host_key_fingerprint != usual.host_key_fingerprint


def test_no_such_folder(start: Start, connect: Connect) -> None:
    """Listing and OPEN both say there is no such thing; then it is back."""
    simulator = start("no-such-folder:x1")
    client = connect(simulator)
    with pytest.raises(FileNotFoundError):
        client.names()
    with pytest.raises(FileNotFoundError):
        client.put()
    assert client.names() == []
    client.put()
    assert len(simulator.received) == 1


def test_permission_denied(start: Start, connect: Connect) -> None:
    """OPEN is refused and nothing is there."""
    client = connect(start("permission-denied:x1"))
    with pytest.raises(PermissionError):
        client.put()
    assert client.names() == []
    client.put()


@pytest.mark.parametrize("room", [0, 100, 403])
def test_disk_full(room: int, start: Start, connect: Connect) -> None:
    """The write that passes N fails, N bytes stay, and the file is not received."""
    simulator = start(f"disk-full:{room}")
    client = connect(simulator)
    with pytest.raises(OSError, match="no space left"):
        client.put(piece=64)
    assert client.sftp.stat(PATH).st_size == room
    assert simulator.received == ()


def test_disk_full_leaves_a_smaller_file_alone(start: Start, connect: Connect) -> None:
    """A file of exactly N bytes fits."""
    simulator = start(f"disk-full:{len(GOOD)}")
    connect(simulator).put(piece=64)
    assert len(simulator.received) == 1


@pytest.mark.parametrize("drop", [0, 100, 403])
def test_mid_file_drop(drop: int, start: Start, connect: Connect) -> None:
    """The connection goes after N bytes; they stay, and nothing is answered."""
    simulator = start(f"mid-file-drop:{drop}:x1")
    client = connect(simulator)
    with pytest.raises((paramiko.SSHException, EOFError)):
        client.put(piece=64)
    wait_until(lambda: simulator.sessions.open_now == 0)
    again = connect(simulator)
    assert again.sftp.stat(PATH).st_size == drop
    assert again.names() == [NAME]
    assert simulator.received == ()


def test_stall(start: Start, connect: Connect) -> None:
    """After N bytes no reply comes; the account is free once the client gives up."""
    simulator = start("stall:100:x1")
    client = connect(simulator)
    channel = client.sftp.get_channel()
    assert channel is not None
    channel.settimeout(0.3)
    with pytest.raises(TimeoutError):
        client.put(piece=64)
    client.close()
    wait_until(lambda: simulator.sessions.open_now == 0)
    assert simulator.received == ()
    connect(simulator)


def test_stop_does_not_wait_for_a_stalled_session(
    start: Start, connect: Connect
) -> None:
    """A stalled request is freed when the simulator stops."""
    simulator = start("stall:0")
    client = connect(simulator)
    channel = client.sftp.get_channel()
    assert channel is not None
    channel.settimeout(0.2)
    with pytest.raises(TimeoutError):
        client.put()
    begun = time.monotonic()
    simulator.stop()
    assert time.monotonic() - begun < 1


def test_drop_after_close(start: Start, connect: Connect) -> None:
    """The file is received and answered, but the client never hears of CLOSE."""
    simulator = start("drop-after-close:x1")
    client = connect(simulator)
    with pytest.raises((paramiko.SSHException, EOFError)):
        client.put()
    assert [r.size for r in simulator.received] == [len(GOOD)]
    wait_until(lambda: simulator.sessions.open_now == 0)
    assert len(connect(simulator).names()) == 3


def test_take_at_once(start: Start, connect: Connect) -> None:
    """The file is received and answered, and gone from the folder."""
    simulator = start("take-at-once")
    client = connect(simulator)
    client.put()
    stem = NAME.removesuffix(".TXT")
    assert client.names() == [f"{stem}.ACK", f"{stem}.CTL"]
    assert len(simulator.received) == 1


def test_no_acknowledgement(start: Start, connect: Connect) -> None:
    """The file is received and stays alone."""
    simulator = start("no-acknowledgement")
    client = connect(simulator)
    client.put()
    assert client.names() == [NAME]
    assert len(simulator.received) == 1


def test_late_acknowledgement(start: Start, connect: Connect) -> None:
    """The answers come after the seconds given, not before."""
    simulator = start("late-acknowledgement:0.3")
    client = connect(simulator)
    client.put()
    assert client.names() == [NAME]
    wait_until(lambda: len(client.names()) == 3)


def test_reject_all(start: Start, connect: Connect) -> None:
    """The receipt takes the file, the control report rejects every row."""
    simulator = start("reject-all")
    client = connect(simulator)
    client.put()
    assert client.get(PATH.replace(".TXT", ".CTL")).split(b"\r\n")[1:] == [
        b"10001R         S108Function closed                         00000000001005",
        b"10002R         S108Function closed                         00000000001200",
        b"2000200000002",
        b"",
    ]
    assert client.get(PATH.replace(".TXT", ".ACK"))[82:83] == b"A"


def test_scenario_may_be_changed_while_running(start: Start, connect: Connect) -> None:
    """A scenario put in force later strikes the next upload."""
    simulator = start()
    client = connect(simulator)
    simulator.scenario = Scenario(name="permission-denied")
    with pytest.raises(PermissionError):
        client.put()
