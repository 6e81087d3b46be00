"""Answers that come late, never, or against all expectation; and files cut off."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import Rap, StartRap, connect
from tests.scenarios.test_crashes import wait_until
from tests.support.answers import Sent, control_report, receipt
from tests.support.places import Place
from tests.support.sheets import ati_row, write_workbook

_SPECS = Path(__file__).parents[2] / "specs"
SUBMIT = ("submit", "a.xlsx", "-t", "ati", "--json")


@pytest.fixture
def desk(place: Place, rap: Rap) -> Place:
    """Return a desk with a file of three rows that does not wait for answers."""
    connect(place, rap, collecting={"wait-seconds": 0})
    write_workbook(place.folder / "a.xlsx", [ati_row(n) for n in (1, 2, 3)])
    return place


def test_no_answer_is_told_as_no_answer(desk: Place, rap: Rap) -> None:
    """Sent stays sent; collect and send say so and never upload again."""
    rap.change("no-acknowledgement")
    batch = desk.run(*SUBMIT, expect=0).batch
    for _ in range(2):
        assert desk.run("collect", "--json", expect=0).state == "sent"
    shown = desk.run("status", expect=0)
    assert f"{batch} has no answer yet: rapupload collect" in shown.text
    desk.run("send", expect=0)
    assert len(rap.uploads) == 1


def test_every_row_rejected_is_a_rejected_batch(desk: Place, rap: Rap) -> None:
    """Exit 4, each row with its reason, and the rows may be sent again corrected."""
    rap.change("reject-all")
    ran = desk.run(*SUBMIT, expect=4)
    assert (ran.state, ran.json["batches"][0]["rejected"]) == ("rejected", 3)
    rows = desk.run("status", ran.batch, "--json", expect=4).json["rows"]
    assert all(row["reason"] for row in rows)
    rap.change("none")
    assert desk.run(*SUBMIT, expect=0).state == "accepted"
    assert len(set(rap.uploads)) == 2


def test_a_file_taken_at_once_is_sent(desk: Place, rap: Rap) -> None:
    """The far end may take the file before its size is looked at; the timeline says so."""
    rap.change("take-at-once")
    ran = desk.run(*SUBMIT, expect=0)
    assert ran.state == "accepted"
    assert "took the file at once" in desk.run("status", ran.batch, expect=0).text
    assert len(rap.uploads) == 1


def test_a_cut_after_close_is_settled_by_the_answer(desk: Place, rap: Rap) -> None:
    """The reply to CLOSE never came: our size proves nothing, the far end's answer does."""
    rap.change("drop-after-close:x1")
    ran = desk.run(*SUBMIT, expect=0)
    assert ran.state == "accepted"
    shown = desk.run("status", ran.batch, expect=0)
    assert "sending -> in-doubt" in shown.text
    assert "same-size" in shown.text
    assert "in-doubt -> sent" in shown.text
    assert len(rap.uploads) == 1


def test_a_spec_may_say_that_our_size_is_enough(desk: Place, rap: Rap) -> None:
    """With ``whole-when = "our-size"`` the listing settles it, without any answer."""
    _own_spec(desk, whole_when="our-size")
    rap.change("drop-after-close:x1")
    ran = desk.run(*SUBMIT, expect=0)
    (settled,) = [
        event["why"]
        for event in desk.run("status", ran.batch, "--json", expect=0).json["events"]
        if (event["from"], event["to"]) == ("in-doubt", "sent")
    ]
    assert "evidence: same-size" in settled


def test_a_cut_after_close_with_nothing_to_see_waits_for_the_answer(
    desk: Place, rap: Rap
) -> None:
    """The far end took the file away: in doubt until an answer names it, then settled."""
    # both at once: the reply to CLOSE is lost, and a program there empties the folder
    with _emptied(rap) as taken:
        rap.change("drop-after-close:x1")
        ran = desk.run(*SUBMIT, expect=13)
        assert ran.state == "in-doubt"
        assert desk.run("send", "--json", expect=13).state == "in-doubt"
    for path in taken.iterdir():
        if path.suffix != ".TXT":
            path.rename(rap.simulator.root / "upload" / "ATI" / path.name)
    assert desk.run("collect", "--json", expect=0).state == "accepted"
    assert len(rap.uploads) == 1


def _own_spec(desk: Place, **keys: str) -> None:
    """Give the desk a spec of its own that says more about the far end."""
    own = desk.folder / "specs"
    own.mkdir()
    text = (_SPECS / "ati.toml").read_text(encoding="utf-8")
    said = "".join(f'{k.replace("_", "-")} = "{v}"\n' for k, v in keys.items())
    written = text.replace("[batch-file]\n", f"[batch-file]\n{said}", 1)
    (own / "ati.toml").write_text(written, encoding="utf-8")


@contextmanager
def _emptied(rap: Rap) -> Iterator[Path]:
    """Take every file out of the upload folder as soon as it was received."""
    folder = rap.simulator.root / "upload" / "ATI"
    taken, ended = rap.simulator.settings.root / "away", threading.Event()
    taken.mkdir()

    def empty() -> None:
        while not ended.wait(0.001):
            if rap.uploads:
                for path in folder.iterdir():
                    path.rename(taken / path.name)

    thread = threading.Thread(target=empty)
    thread.start()
    try:
        yield taken
    finally:
        ended.set()
        thread.join()


def test_a_cut_in_mid_file_stays_in_doubt(desk: Place, rap: Rap) -> None:
    """A part is no proof of anything: exit 13, one part, no second try."""
    rap.change("mid-file-drop:100")
    ran = desk.run(*SUBMIT, expect=13)
    assert ran.state == "in-doubt"
    assert ran.error["code"] == "in-doubt"
    assert "resolve" in desk.run("status", expect=(0, 13)).text
    assert [path.stat().st_size for path in rap.remote()] == [100]
    assert rap.uploads == []


def test_a_full_disk_stays_in_doubt_and_is_named(desk: Place, rap: Rap) -> None:
    """A refused WRITE leaves a part there: in doubt, never sent again by itself."""
    rap.change("disk-full:100")
    assert desk.run(*SUBMIT, expect=13).state == "in-doubt"
    rap.change("none")
    assert desk.run("send", "--json", expect=13).state == "in-doubt"
    assert rap.uploads == []


def test_one_cut_off_file_does_not_stop_the_others(desk: Place, rap: Rap) -> None:
    """Two batches wait: the first is in doubt, the second goes, once each at most."""
    write_workbook(desk.folder / "b.xlsx", [ati_row(8)])
    names = [
        desk.run("prepare", file, "-t", "ati", "--json").batch
        for file in ("a.xlsx", "b.xlsx")
    ]
    desk.run("approve", *names, expect=0)
    rap.change("mid-file-drop:100:x1")
    ran = desk.run("send", "--json", expect=13)
    states = {b["batch"]: b["state"] for b in ran.json["batches"]}
    assert states == {names[0]: "in-doubt", names[1]: "accepted"}
    assert len(rap.uploads) == 1


def test_an_answer_settles_what_evidence_could_not(
    start_rap: StartRap, place: Place
) -> None:
    """In doubt by a cut, then a receipt and a report name the file: it had arrived."""
    rap = start_rap("mid-file-drop:100:x1")
    connect(place, rap, collecting={"wait-seconds": 0})
    write_workbook(place.folder / "a.xlsx", [ati_row(n) for n in (1, 2, 3)])
    made = place.run("prepare", "a.xlsx", "-t", "ati", "-o", "out", "--json", expect=0)
    place.run("approve", made.batch, expect=0)
    place.run("send", expect=13)
    facts = Sent.read(place.folder / made.json["batches"][0]["path"])
    upload = rap.remote()[0]
    upload.with_suffix(".CTL").write_bytes(control_report(facts))
    upload.with_suffix(".ACK").write_bytes(receipt(facts))
    ran = place.run("collect", "--json", expect=0)
    assert ran.state == "accepted"
    told = place.run("status", made.batch, expect=0)
    assert "in-doubt -> sent" in told.text
    assert "an acknowledgement names it" in told.text
    place.run("journal", "verify", expect=0)


def test_an_answer_for_somebody_else_is_kept_and_named(desk: Place, rap: Rap) -> None:
    """A report whose header names another participant's file settles nothing of ours."""
    rap.change("no-acknowledgement")
    ran = desk.run(*SUBMIT, expect=0)
    facts = Sent.read(rap.remote()[0])
    other = control_report(facts).replace(b"B01234", b"B09999")
    rap.remote()[0].with_suffix(".CTL").write_bytes(other)
    got = desk.run("collect", "--json")
    assert got.state == "sent", got.out
    assert got.code == 4
    assert got.json["trouble"]
    assert desk.run("status", ran.batch, "--json", expect=0).state == "sent"


def test_an_answer_to_another_file_of_our_name_is_not_ours(
    desk: Place, rap: Rap
) -> None:
    """A report whose record checksums are not those we sent is named, never applied."""
    rap.change("no-acknowledgement")
    batch = desk.run(*SUBMIT, expect=0).batch
    (file,) = rap.remote()
    ours = Sent.read(file)
    theirs = replace(ours, checksums=("00000000000001", *ours.checksums[1:]))
    file.with_suffix(".CTL").write_bytes(control_report(theirs))
    ran = desk.run("collect", "--json", expect=4)
    assert "not what we sent" in ran.json["trouble"][0]["reason"]
    assert desk.run("status", batch, "--json", expect=0).state == "sent"


def test_a_receipt_for_fewer_records_is_an_alarm(desk: Place, rap: Rap) -> None:
    """The far end counts other records than we sent: named, and nothing is applied."""
    rap.change("no-acknowledgement")
    batch = desk.run(*SUBMIT, expect=0).batch
    (file,) = rap.remote()
    ours = Sent.read(file)
    file.with_suffix(".ACK").write_bytes(
        receipt(replace(ours, checksums=ours.checksums[1:]))
    )
    ran = desk.run("collect", "--json", expect=4)
    assert "totals differ" in ran.json["trouble"][0]["reason"]
    assert desk.run("status", batch, "--json", expect=0).state == "sent"


def test_a_stalled_far_end_is_left_when_time_is_up(desk: Place, rap: Rap) -> None:
    """No reply within the limit: in doubt after seconds, not a hanging command."""
    connect(desk, rap, timeouts={"reply-seconds": 1}, collecting={"wait-seconds": 0})
    rap.change("stall:100")
    assert desk.run(*SUBMIT, expect=13).state == "in-doubt"
    wait_until(lambda: "session ended" in rap.events)
    assert rap.uploads == []
