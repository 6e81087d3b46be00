"""The main job: template, fill, check, submit, collect, status; and what JSON promises."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Rap, connect
from tests.support.places import Place
from tests.support.sheets import (
    ACCEPTED,
    REJECTED,
    ROWS,
    ati_row,
    fill_template,
    write_workbook,
)

CHECKED = {"file", "type", "spec", "rows", "instructions", "rejected_rows", "findings"}
PREPARED = {"batch", "type", "file_name", "path", "digest", "instructions"}
BATCH = {
    "batch",
    "type",
    "file_name",
    "digest",
    "state",
    "instructions",
    "accepted",
    "rejected",
    "pending",
}
FINDING = {"code", "severity", "scope", "sheet", "row", "column", "value", "message"}
EVENT = {"at", "who", "from", "to", "why"}
ROW = {"file", "sheet", "row", "line", "reference", "outcome", "reason_code", "reason"}


@pytest.mark.parametrize("type_", sorted(ROWS))
def test_a_filled_template_becomes_an_acknowledged_batch(
    desk: Place, rap: Rap, type_: str
) -> None:
    """Six rows are filled in; five are accepted, one is rejected and says why."""
    book = desk.folder / f"{type_}.xlsx"
    desk.run("template", type_, "-o", book.name, expect=0)
    row = ROWS[type_]
    rows = [row(number) for number in range(1, 6)] + [row(6, **REJECTED[type_])]
    fill_template(book, rows)
    original = book.read_bytes()

    known = ACCEPTED.get(type_, ())
    desk.run("check", book.name, "--type", type_, *known, expect=0)
    sent = desk.run("submit", book.name, "--type", type_, *known, "--json", expect=4)

    assert sent.state == "partly-accepted"
    document = sent.json
    assert CHECKED | {"batches"} <= set(document)
    assert set(document["batches"][0]) >= BATCH
    assert (document["rows"], document["instructions"]) == (6, 6)
    (received,) = rap.simulator.received
    assert document["batches"][0]["digest"] == received.digest
    assert Path(received.name).name == document["batches"][0]["file_name"]
    assert (received.accepted, received.rejected) == (5, 1)

    _read_status(desk, sent.batch, reference=str(rows[-1]["Our reference"]))
    desk.run("journal", "verify", expect=0)
    assert book.read_bytes() == original


def _read_status(desk: Place, batch: str, *, reference: str) -> None:
    """Hold the timeline, the rows and their reasons against what was sent."""
    told = desk.run("status", batch, "--json", expect=4).json
    assert {"batches", "events", "rows"} <= set(told)
    assert all(set(event) >= EVENT for event in told["events"])
    assert all(set(line) >= ROW for line in told["rows"])
    states = [event["to"] for event in told["events"] if event["to"]]
    assert states[-5:] == ["approved", "sending", "sent", "received", "partly-accepted"]
    assert [line["outcome"] for line in told["rows"]] == ["accepted"] * 5 + ["rejected"]
    last = told["rows"][-1]
    assert last["reference"] == reference
    assert re.fullmatch(r"S1\d\d", last["reason_code"])
    assert last["reason"]
    shown = desk.run("status", batch, expect=4)
    assert f"{last['reason_code']} {last['reason']}" in shown.text
    assert "received -> partly-accepted" in shown.text


def test_a_file_accepted_whole_ends_with_nothing_to_do(desk: Place, rap: Rap) -> None:
    """Every row accepted: exit 0, and neither send nor collect finds anything left."""
    write_workbook(desk.folder / "a.xlsx", [ati_row(1), ati_row(2)])
    sent = desk.run("submit", "a.xlsx", "-t", "ati", "--json", expect=0)
    assert sent.state == "accepted"
    assert desk.run("send", "--json", expect=0).json["batches"] == []
    assert desk.run("collect", "--json", expect=0).json["batches"] == []
    assert len(rap.uploads) == 1
    verified = desk.run("journal", "verify", "--json", expect=0).json
    assert verified["sound"] is True
    assert verified["problems"] == []


def test_check_and_prepare_keep_their_promised_keys(desk: Place, rap: Rap) -> None:
    """Scripts find every documented key, and the batch file's bytes where it says."""
    write_workbook(desk.folder / "a.xlsx", [ati_row(1)])
    checked = desk.run("check", "a.xlsx", "-t", "ati", "--json", expect=0).json
    assert set(checked) >= CHECKED
    assert checked["findings"], "the leading zeros put back are a note"
    assert all(set(finding) >= FINDING for finding in checked["findings"])
    assert {"en", "zh-Hant"} == set(checked["findings"][0]["message"])

    ran = desk.run("prepare", "a.xlsx", "-t", "ati", "-o", "out", "--json", expect=0)
    document = ran.json
    assert CHECKED | {"batches"} <= set(document)
    (batch,) = document["batches"]
    assert set(batch) >= PREPARED
    content = (desk.folder / batch["path"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == batch["digest"]
    assert not rap.uploads

    listed = desk.run("status", "--json", expect=(0, 16)).json
    assert set(listed["batches"][0]) >= BATCH
    assert listed["batches"][0]["state"] == "prepared"


def test_answers_that_come_later_are_collected(desk: Place, rap: Rap) -> None:
    """Submit ends with sent when no answer comes in time; collect brings it home."""
    connect(desk, rap, collecting={"wait-seconds": 0})
    rap.change("late-acknowledgement:1.5")
    write_workbook(desk.folder / "a.xlsx", [ati_row(1)])
    sent = desk.run("submit", "a.xlsx", "-t", "ati", "--json", expect=0)
    assert sent.state == "sent"
    assert sent.json["batches"][0]["pending"] == 1
    for _ in range(20):
        collected = desk.run("collect", "--json")
        if collected.state == "accepted":
            break
    assert collected.code == 0
    assert set(collected.json["batches"][0]) >= BATCH
    assert desk.run("status", sent.batch, "--json").state == "accepted"
    assert len(rap.uploads) == 1


@pytest.fixture
def simulate(place: Place):
    """Return a function that runs `rapupload simulate` until the test ends."""
    running: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> str:
        process = place.start(
            "simulate", *arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        running.append(process)
        assert process.stdout is not None
        said = b""
        while b"Host key" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        return said.decode("utf-8")

    yield start
    for process in running:
        process.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
        assert b"Traceback" not in output


def test_a_new_user_needs_only_init_and_simulate(place: Place, simulate) -> None:
    """From an empty folder to outcomes per row, with commands alone and no settings."""
    place.run("init", expect=0)
    said = simulate("--port", "0", "--answer-after", "0")
    port = re.search(r"listens on 127\.0\.0\.1:(\d+)", said)
    assert port is not None
    place.environ["RAPUPLOAD_COLLECTING__POLL_SECONDS"] = "0.1"
    settings = place.folder / "rapupload.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("port = 18801", f"port = {port[1]}"), "utf-8")

    doctor = place.run("doctor", expect=0)
    assert "Ready to send." in doctor.text
    place.run("template", "si", "-o", "x.xlsx", expect=0)
    fill_template(place.folder / "x.xlsx", [ROWS["si"](n) for n in range(1, 5)])
    place.run("check", "x.xlsx", "--type", "si", expect=0)
    place.run("submit", "x.xlsx", "--type", "si", expect=0)
    place.run("collect", expect=0)
    (batch,) = place.run("status", "--json", expect=0).json["batches"]
    assert (batch["state"], batch["accepted"]) == ("accepted", 4)


def test_init_leaves_settings_that_are_there(place: Place) -> None:
    """A second init changes nothing, whatever environment it is asked for."""
    place.run("init", expect=0)
    before = (place.folder / "rapupload.toml").read_bytes()
    for environment in ("simulator", "production"):
        again = place.run("init", "--environment", environment, "--json", expect=2)
        assert "exists already" in again.error["message"]
    assert (place.folder / "rapupload.toml").read_bytes() == before


def test_a_template_is_never_written_over_a_filled_one(place: Place) -> None:
    """Asking for the template again must not cost the rows filled in meanwhile."""
    place.run("template", "ati", "-o", "x.xlsx", expect=0)
    book = fill_template(place.folder / "x.xlsx", [ati_row(1)])
    before = book.read_bytes()
    place.run("template", "ati", "-o", "x.xlsx", "--json", expect=2)
    assert book.read_bytes() == before


def test_the_demonstration_ends_well(tmp_path: Path) -> None:
    """The demo shows every state and ends by naming its report and its files."""
    place = Place(folder=tmp_path)
    ran = place.run("demo", "shown", expect=0)
    assert str(Path("shown") / "report.txt") in ran.text
    assert (tmp_path / "shown" / "report.txt").is_file()
    assert "rejected" in ran.text


def test_no_command_writes_more_than_its_document_with_json(desk: Place) -> None:
    """Each command's output parses as one document; nothing is put on stderr."""
    for arguments in (
        ("status",),
        ("send",),
        ("collect",),
        ("doctor",),
        ("specs", "list"),
        ("specs", "show", "ati"),
        ("journal", "verify"),
        ("status", "--all"),
    ):
        ran = desk.run(*arguments, "--json", expect=0)
        assert isinstance(json.loads(ran.out), dict)
        assert ran.err == ""
