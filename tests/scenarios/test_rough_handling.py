"""Several at once, output that goes nowhere, folders that vanish: still the truth."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Rap, connect
from tests.support.places import COMMAND, Place
from tests.support.sheets import ati_row, write_workbook

posix = pytest.mark.skipif(os.name != "posix", reason="there is no /dev/full")


def test_the_same_file_submitted_by_several_at_once_goes_once(
    desk: Place, rap: Rap
) -> None:
    """Three scripts race with one file: one upload, and nobody is told wrongly."""
    write_workbook(desk.folder / "a.xlsx", [ati_row(n) for n in range(1, 40)])
    submit = ("submit", "a.xlsx", "-t", "ati")
    racers = [desk.start(*submit, stderr=subprocess.PIPE) for _ in range(3)]
    said = [racer.communicate(timeout=120)[1] for racer in racers]
    assert b"Traceback" not in b"".join(said)
    codes = sorted(racer.returncode for racer in racers)
    assert codes == [0, 17, 17], said
    assert len(rap.uploads) == 1
    desk.run("journal", "verify", expect=0)


def test_different_files_submitted_at_once_all_go_once(desk: Place, rap: Rap) -> None:
    """Who finds the account in use leaves an approved batch, which send then takes."""
    for number in range(3):
        write_workbook(desk.folder / f"{number}.xlsx", [ati_row(1 + number)])
    racers = [desk.start("submit", f"{n}.xlsx", "-t", "ati") for n in range(3)]
    codes = {racer.wait(timeout=120) for racer in racers}
    assert codes <= {0, 14}
    desk.run("send", expect=0)
    batches = desk.run("status", "--all", "--json", expect=0).json["batches"]
    assert [batch["state"] for batch in batches] == ["accepted"] * 3
    assert len(set(rap.uploads)) == len(rap.uploads) == 3
    assert rap.simulator.sessions.maximum == 1
    desk.run("journal", "verify", expect=0)


@posix
@pytest.mark.parametrize("options", [["--json"], []], ids=["json", "table"])
def test_output_that_cannot_be_written_is_told_and_the_work_stands(
    desk: Place, rap: Rap, options: list[str]
) -> None:
    """A full disk behind a redirect: exit 1, where to look, and the batch as it is."""
    write_workbook(desk.folder / "a.xlsx", [ati_row(1)])
    call = ["submit", "a.xlsx", "-t", "ati", *options]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        process = desk.start(*call, stdout=full, stderr=subprocess.PIPE)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"rapupload status" in err
    assert b"Traceback" not in err
    assert desk.run("status", "--json", expect=0).state == "accepted"
    assert len(rap.uploads) == 1


@posix
def test_a_reader_that_goes_away_or_never_was_hurts_nothing(desk: Place) -> None:
    """Closed pipes and closed streams end without a traceback."""
    environ = desk.environment(None, None)
    for shell in ("status | true", "status >&-", "status >&- 2>&-", "nothing >&- 2>&-"):
        done = subprocess.run(
            ["sh", "-c", f'"$0" {shell}', COMMAND],
            cwd=desk.folder,
            env=environ,
            capture_output=True,
            check=False,
        )
        assert b"Traceback" not in done.stdout + done.stderr
        assert b"Exception ignored" not in done.stderr


@posix
def test_folders_that_take_no_files_are_named(place: Place) -> None:
    """Neither init nor simulate breaks where nothing can be written."""
    nowhere = Path("/proc/nowhere")
    for call in (("init", nowhere), ("simulate", "--root", nowhere, "--port", "0")):
        ran = place.run(*call, expect=2)
        assert str(nowhere) in ran.text
        assert "->" in ran.err
    ran = place.run("init", nowhere, environ={"XDG_STATE_HOME": "/proc/x"}, expect=2)
    assert "/proc/nowhere" in ran.text


def test_settings_for_the_real_rap_ask_for_what_is_missing(place: Place) -> None:
    """The placeholder of a host key is refused in words before anything connects."""
    account = ("--environment", "production", "--account", "CC00019001")
    place.run("init", *account, expect=0)
    from rapupload.transport.keys import write_new_private_key

    write_new_private_key(place.folder / "CC00019001", bits=2048)
    ran = place.run("doctor", expect=(10, 11))
    assert "the fingerprint that HKEX gives you" in ran.text


def test_approving_several_tells_of_each(desk: Place, rap: Rap) -> None:
    """One name that cannot be approved does not hide that the others were."""
    write_workbook(desk.folder / "a.xlsx", [ati_row(1)])
    batch = desk.run("prepare", "a.xlsx", "-t", "ati", "--json").batch
    ran = desk.run("approve", batch, "nothing", "--json", expect=2)
    assert ran.state == "approved"
    assert "nothing" in ran.error["message"]


def test_another_journals_answer_is_not_taken_for_ours(
    desk: Place, rap: Rap, tmp_path: Path
) -> None:
    """Two journals with one range of names, or one that was lost: never a false sent."""
    write_workbook(desk.folder / "a.xlsx", [ati_row(1)])
    desk.run("submit", "a.xlsx", "-t", "ati", expect=0)
    other = Place(folder=tmp_path / "other")
    other.folder.mkdir()
    connect(other, rap)
    write_workbook(other.folder / "b.xlsx", [ati_row(2)])
    ran = other.run("submit", "b.xlsx", "-t", "ati", "--json", expect=13)
    assert ran.state == "in-doubt"  # a file of that name is there, and not ours
    assert other.run("send", "--json", expect=13).state == "in-doubt"
    collected = other.run("collect", "--json")
    assert (collected.state, collected.code) == ("in-doubt", 13)
    assert len(rap.uploads) == 1

    decided = ("--not-sent", "--reason", "that file was the other desk's")
    other.run("resolve", ran.batch, *decided, expect=0)
    other.run("withdraw", ran.batch, "--reason", "name taken", expect=0)
    again = other.run("submit", "b.xlsx", "-t", "ati", "--json", expect=0)
    assert again.state == "accepted"
    assert len(rap.uploads) == 2
    other.run("journal", "verify", expect=0)
