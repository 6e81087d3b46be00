"""A far end that refuses or cannot be reached: what it means for the batch, and why."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import socket
from zoneinfo import ZoneInfo

import asyncssh
import paramiko
import pytest

from rapupload.simulator.keys import Keys
from rapupload.transport.keys import write_new_private_key
from tests.conftest import Rap, StartRap, connect
from tests.support.places import Place, Ran
from tests.support.sheets import ati_row, write_workbook

SUBMIT = ("submit", "a.xlsx", "-t", "ati")


@pytest.fixture
def desk(place: Place, rap: Rap) -> Place:
    """Return a desk with one sound file."""
    connect(place, rap)
    write_workbook(place.folder / "a.xlsx", [ati_row(1), ati_row(2)])
    return place


def _stopped(desk: Place, code: int, kind: str, state: str = "approved") -> Ran:
    """Submit; hold error, state and what a person reads against the expectation."""
    ran = desk.run(*SUBMIT, "--json", expect=code)
    assert ran.error["code"] == kind, ran.error
    assert ran.error["message"], ran.error
    assert ran.error["hint"], ran.error
    assert ran.state == state
    assert desk.run("status", ran.batch, "--json").state == state
    return ran


def test_a_server_that_is_not_there_leaves_the_batch_approved(
    desk: Place, rap: Rap
) -> None:
    """Exit 12 once the tries are used up; send finishes the job when it is back."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    connect(desk, rap, endpoint={"port": port})
    ran = _stopped(desk, 12, "transport-transient")
    assert f"127.0.0.1:{port}" in ran.error["message"]
    shown = desk.run("send", expect=12)
    assert "approved" in shown.text
    connect(desk, rap)
    assert desk.run("send", "--json", expect=0).state == "accepted"
    assert len(rap.uploads) == 1


def test_an_unknown_host_key_stops_everything_until_doctor_lifts_it(
    desk: Place, rap: Rap
) -> None:
    """Seen and expected are shown, nothing is sent, the account stays blocked."""
    pinned = "SHA256:" + "A" * 43
    connect(desk, rap, host_keys=[pinned])
    ran = _stopped(desk, 11, "host-key")
    assert rap.simulator.host_key_fingerprint in ran.error["message"]
    assert pinned in ran.error["message"]
    assert rap.simulator.sessions.logins == 0

    connections = rap.simulator.sessions.connections
    connect(desk, rap)  # mended, but nobody has looked yet
    blocked = desk.run("send", "--json", expect=11)
    assert "blocked" in blocked.error["message"]
    assert "rapupload doctor" in blocked.error["hint"]
    assert rap.simulator.sessions.connections == connections
    desk.run("doctor", expect=0)
    assert desk.run("send", "--json", expect=0).state == "accepted"


def test_doctor_does_not_lift_a_block_while_the_cause_is_there(
    desk: Place, rap: Rap
) -> None:
    """With the wrong pin still in force doctor says so and the block stays."""
    connect(desk, rap, host_keys=["SHA256:" + "A" * 43])
    _stopped(desk, 11, "host-key")
    for _ in range(2):
        looked = desk.run("doctor", expect=11)
        assert rap.simulator.host_key_fingerprint in looked.text
    assert "blocked" in desk.run("send", expect=11).text
    assert not rap.uploads


def test_a_refused_key_is_tried_once_and_blocks(desk: Place, rap: Rap) -> None:
    """Trying again would lock the account at RAP; one attempt and no second."""
    other = desk.folder / "other.key"
    write_new_private_key(other, bits=2048)
    connect(desk, rap, private_key=other)
    _stopped(desk, 11, "authentication")
    refusals = [event for event in rap.events if "login refused" in event]
    assert len(refusals) >= 1
    tried = rap.simulator.sessions.connections
    assert tried == 1
    desk.run("send", expect=11)
    desk.run("collect", expect=(0, 11))
    assert rap.simulator.sessions.connections == tried


@pytest.mark.skipif(os.name != "posix", reason="permission bits are POSIX")
def test_a_private_key_others_can_read_is_not_used(desk: Place, rap: Rap) -> None:
    """Exit 11 with the command that mends it; no connection is made."""
    key = desk.folder / "loose.key"
    shutil.copy(rap.simulator.private_key, key)
    key.chmod(0o644)
    connect(desk, rap, private_key=key)
    ran = _stopped(desk, 11, "private-key")
    assert "chmod 600" in ran.error["hint"]
    assert "chmod 600" in desk.run("doctor", expect=11).text
    assert rap.simulator.sessions.connections == 0
    key.chmod(0o600)
    assert desk.run("send", "--json", expect=0).state == "accepted"


@pytest.mark.parametrize("kind", ["missing", "not a key", "public half", "wrong kind"])
def test_a_private_key_that_is_none(
    desk: Place, rap: Rap, rap_keys: Keys, kind: str
) -> None:
    """Whatever lies in its place, doctor and submit say what it is: exit 11."""
    key = desk.folder / "account.key"
    public = asyncssh.import_private_key(rap_keys.client).export_public_key()
    content = {
        "not a key": b"a letter",
        "public half": public,
        "wrong kind": rap_keys.host,
    }
    if kind in content:
        key.write_bytes(content[kind])
        key.chmod(0o600)
    connect(desk, rap, private_key=key)
    assert "account.key" in desk.run("doctor", expect=11).text
    ran = _stopped(desk, 11, "private-key")
    assert "account.key" in ran.error["message"]


@pytest.mark.parametrize(
    ("scenario", "kind"),
    [
        ("no-such-folder", "remote-missing"),
        ("permission-denied", "remote-permission"),
    ],
)
def test_a_refused_open_is_failed_and_taken_up_by_hand(
    desk: Place, rap: Rap, scenario: str, kind: str
) -> None:
    """Nothing arrived, so the batch is failed; mended, approved and sent, once."""
    rap.change(scenario)
    ran = _stopped(desk, 11, kind, state="failed")
    assert "/upload/ATI" in ran.error["message"]
    doctor = desk.run("doctor", expect=(0, 11))
    assert scenario == "permission-denied" or doctor.code == 11
    desk.run("send", expect=0)  # a failed batch is not sent by itself
    assert not rap.uploads

    rap.change("none")
    refused = desk.run("approve", ran.batch, "--json", expect=2)
    assert "--reason" in refused.error["hint"]
    why = ("--reason", "HKEX has opened the folder")
    assert desk.run("approve", ran.batch, *why, "--json", expect=0).state == "approved"
    sent = desk.run("send", "--json", expect=0)
    assert sent.state == "accepted"
    (received,) = rap.simulator.received
    assert received.digest == ran.json["batches"][0]["digest"]
    desk.run("journal", "verify", expect=0)


def test_a_second_session_is_told_apart_and_waits(desk: Place, rap: Rap) -> None:
    """Somebody else is logged in: 14, the batch stays approved, send finishes it."""
    key = paramiko.RSAKey.from_private_key_file(str(rap.simulator.private_key))
    with paramiko.SSHClient() as other:
        other.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        other.connect(
            "127.0.0.1",
            rap.simulator.port,
            username=rap.simulator.account,
            pkey=key,
            allow_agent=False,
            look_for_keys=False,
        )
        ran = _stopped(desk, 14, "account-busy")
        assert rap.simulator.account in ran.error["message"]
        assert "session" in desk.run("doctor", expect=14).text
    assert desk.run("send", "--json", expect=0).state == "accepted"


def _closed_now() -> dict[str, object]:
    """Return hours, as settings, that exclude the present on any day of the week."""
    now = dt.datetime.now(ZoneInfo("Asia/Hong_Kong"))  # noqa: TID251 - the command's
    opens, closes = ("01:00", "01:30") if now.hour >= 4 else ("20:00", "20:30")
    return {
        "enforced": True,
        "weekday-opens": opens,
        "weekday-closes": closes,
        "saturday-opens": opens,
        "saturday-closes": closes,
    }


def test_outside_service_hours_nothing_connects(desk: Place, rap: Rap) -> None:
    """Exit 15 with the next opening; the batch is kept approved, not lost."""
    connect(desk, rap, service_hours=_closed_now())
    ran = _stopped(desk, 15, "service-closed")
    said = ran.error["message"] + ran.error["hint"]
    assert ":00" in said
    assert "Hong Kong" in said
    shown = desk.run("status", expect=0)
    assert f"{ran.batch} is approved and not sent yet: rapupload send" in shown.text
    assert "closed now" in desk.run("doctor", expect=0).text
    before = rap.simulator.sessions.connections
    desk.run("send", "--json", expect=15)
    assert rap.simulator.sessions.connections == before
    connect(desk, rap)
    assert desk.run("send", "--json", expect=0).state == "accepted"


def test_a_login_cut_off_is_tried_again(start_rap: StartRap, place: Place) -> None:
    """A transient fault before the first byte is not worth a person's attention."""
    rap = start_rap("drop-before-login:x1")
    connect(place, rap)
    write_workbook(place.folder / "a.xlsx", [ati_row(1)])
    assert place.run(*SUBMIT, "--json", expect=0).state == "accepted"
    assert rap.simulator.sessions.connections == 2
