"""A process that dies in the middle: the truth is shown, and nothing goes twice."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from tests.conftest import Rap, StartRap, connect
from tests.support.places import CHECKER, Place
from tests.support.sheets import ati_row, write_workbook

STALLED_AT = 8192  # bytes of a file of about 30,000
posix = pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")


def wait_until(is_so: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for something outside this process, a limited time."""
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends, "it did not come about"
        time.sleep(0.02)  # noqa: TID251 - a bounded wait for another process


@pytest.fixture
def rap(start_rap: StartRap) -> Rap:
    """Return a far end that stalls in the middle of the first file."""
    return start_rap(f"stall:{STALLED_AT}:x1")


@pytest.fixture
def approved(place: Place, rap: Rap) -> str:
    """Return a batch of 300 rows, approved by the checker and not yet sent."""
    connect(place, rap, approval="second-person", timeouts={"reply-seconds": 60})
    write_workbook(place.folder / "a.xlsx", [ati_row(n) for n in range(1, 301)])
    batch = place.run("prepare", "a.xlsx", "-t", "ati", "--json").batch
    place.run("approve", batch, person=CHECKER, expect=0)
    return batch


@pytest.fixture
def stalled(place: Place, rap: Rap, approved: str) -> Iterator[subprocess.Popen[bytes]]:
    """Return a running ``send`` that hangs in the middle of the file."""
    process = place.start(
        "send", "--json", stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    wait_until(lambda: any("struck" in event for event in rap.events))
    yield process
    process.kill()
    process.communicate(timeout=20)


def _kill(process: subprocess.Popen[bytes], rap: Rap) -> None:
    process.kill()
    process.communicate(timeout=20)
    wait_until(lambda: "session ended" in rap.events)


def _parts(rap: Rap) -> list[int]:
    return [path.stat().st_size for path in rap.remote()]


def test_a_killed_upload_is_in_doubt_and_never_sent_again_by_itself(
    place: Place, rap: Rap, approved: str, stalled: subprocess.Popen[bytes]
) -> None:
    """However often send runs, the part stays as it is and no second copy appears."""
    _kill(stalled, rap)
    before = place.run("status", approved, "--json", expect=13)
    assert before.state == "sending"
    for _ in range(2):
        ran = place.run("send", "--json", expect=13)
        assert ran.state == "in-doubt"
    shown = place.run("send", expect=13)
    assert "may have arrived" in shown.text
    assert f"rapupload resolve {approved}" in shown.text
    assert _parts(rap) == [STALLED_AT]
    assert rap.uploads == []
    told = place.run("status", approved, expect=13)
    assert "other-size" in told.text
    place.run("journal", "verify", expect=0)


def test_a_second_person_settles_it_and_exactly_one_file_goes(
    place: Place, rap: Rap, approved: str, stalled: subprocess.Popen[bytes]
) -> None:
    """Not the maker; a part still there is never overwritten; once gone, one upload."""
    _kill(stalled, rap)
    place.run("send", expect=13)
    decided = ("resolve", approved, "--reason", "HKEX says it is not there")
    asked = place.run(*decided, "--json", expect=2)
    assert "--sent or --not-sent" in asked.error["hint"]
    place.run(*decided, "--not-sent", expect=2)  # by the maker
    place.run("resolve", approved, "--not-sent", "--reason", "", expect=2)
    assert place.run("status", approved, "--json").state == "in-doubt"

    done = place.run(*decided, "--not-sent", "--json", person=CHECKER, expect=0)
    assert done.state == "approved"
    again = place.run("send", "--json", expect=13)  # the part is still there
    assert again.state == "in-doubt"
    assert _parts(rap) == [STALLED_AT]

    rap.remote()[0].unlink()  # HKEX removes it
    place.run(*decided, "--not-sent", person=CHECKER, expect=0)
    sent = place.run("send", "--json", expect=0)
    assert sent.state == "accepted"
    place.run("send", expect=0)
    (received,) = rap.simulator.received
    assert received.digest == sent.json["batches"][0]["digest"]
    place.run("resolve", approved, "--sent", "--reason", "x", person=CHECKER, expect=2)
    place.run("journal", "verify", expect=0)


def test_a_file_said_to_have_arrived_is_not_sent_again(
    place: Place, rap: Rap, approved: str, stalled: subprocess.Popen[bytes]
) -> None:
    """After --sent the batch waits for its answer and nothing uploads it."""
    _kill(stalled, rap)
    place.run("send", expect=13)
    said = ("--sent", "--reason", "seen on the terminal")
    ran = place.run("resolve", approved, *said, "--json", person=CHECKER, expect=0)
    assert ran.state == "sent"
    place.run("send", expect=0)
    place.run("send", approved, expect=2)
    assert rap.uploads == []
    told = place.run("status", approved, expect=0)
    assert "seen on the terminal" in told.text
    assert CHECKER in told.text


def test_a_run_before_its_upload_is_simply_done_again(
    place: Place, rap: Rap, approved: str
) -> None:
    """Killed while it waits for the login, the batch stays approved and goes once."""
    rap.change("none")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        connect(
            place,
            rap,
            approval="second-person",
            endpoint={"port": silent.getsockname()[1]},
            timeouts={"connect-seconds": 60, "reply-seconds": 60},
        )
        process = place.start("send")
        silent.settimeout(30)
        peer, _ = silent.accept()
        process.kill()
        process.communicate(timeout=20)
        peer.close()
    connect(place, rap, approval="second-person")
    assert place.run("status", approved, "--json").state == "approved"
    assert place.run("send", "--json", expect=0).state == "accepted"
    assert len(rap.uploads) == 1


def test_meanwhile_nobody_else_uses_the_account(
    place: Place, rap: Rap, approved: str, stalled: subprocess.Popen[bytes]
) -> None:
    """While one run sends, others are told so; looking and preparing still work."""
    for command in ("send", "collect"):
        busy = place.run(command, "--json", expect=14)
        assert str(stalled.pid) in busy.error["message"]
        assert busy.error["hint"]
    assert "in use" in place.run("doctor", expect=14).text
    listed = place.run("status", "--json", expect=0)
    assert listed.state == "sending"
    write_workbook(place.folder / "b.xlsx", [ati_row(901)])
    place.run("prepare", "b.xlsx", "-t", "ati", expect=(0, 16))
    taken = place.run("withdraw", approved, "--reason", "stop it", "--json", expect=2)
    assert "sending" in taken.error["message"]


@posix
def test_ctrl_c_in_mid_upload_leaves_the_truth(
    place: Place, rap: Rap, approved: str, stalled: subprocess.Popen[bytes]
) -> None:
    """Exit 130 with one document, no traceback, and the batch in doubt."""
    stalled.send_signal(signal.SIGINT)
    out, err = stalled.communicate(timeout=20)
    assert stalled.returncode == 130
    assert b'"interrupted"' in out
    assert b"Traceback" not in out + err
    assert place.run("status", approved, "--json", expect=13).state == "in-doubt"
    wait_until(lambda: "session ended" in rap.events)
    place.run("send", expect=13)
    assert _parts(rap) == [STALLED_AT]
