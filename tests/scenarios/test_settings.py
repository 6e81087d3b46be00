"""Settings, specs and journal that cannot be used: said at once, with every fault."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from rapupload.spec.catalogue import shipped_folder
from tests.conftest import Rap, connect
from tests.support.places import Place
from tests.support.sheets import ati_row, write_workbook


def test_missing_settings_are_said_to_be_missing(place: Place) -> None:
    """Commands that need settings end with 10 and name init."""
    for command in (("status",), ("send",), ("doctor",), ("journal", "verify")):
        ran = place.run(*command, "--json", expect=10)
        assert "rapupload init" in ran.error["hint"]
    named = place.run("status", "--settings", "other.toml", "--json", expect=10)
    assert "other.toml" in named.error["message"]
    assert list(place.folder.iterdir()) == []


def test_every_fault_of_the_settings_is_listed_at_once(desk: Place) -> None:
    """Four faults, four lines with their places; nothing runs with half of them."""
    path = desk.folder / "rapupload.toml"
    text = path.read_text(encoding="utf-8")
    faulty = text.replace("CB01234001", "cb01234001").replace("[retry]", "[retrry]")
    path.write_text('approval = "maybe"\n' + faulty + "\n[limits]\nrows = 0\n", "utf-8")
    ran = desk.run("send", "--json", expect=10)
    message = ran.error["message"]
    for place in ("approval", "account.name", "retrry", "limits.rows"):
        assert place in message
    assert "faults" in message
    assert ran.error["hint"]


@pytest.mark.parametrize(
    "text", ["this is [not TOML", "\x00\x01", ""], ids=["not toml", "bytes", "empty"]
)
def test_a_settings_file_that_is_no_settings_file(place: Place, text: str) -> None:
    """Whatever stands in it, the answer is 10 with the file's name."""
    (place.folder / "rapupload.toml").write_text(text, encoding="utf-8")
    ran = place.run("status", "--json", expect=10)
    assert "rapupload.toml" in ran.error["message"]


def test_only_prefixed_variables_change_settings(desk: Place) -> None:
    """ENVIRONMENT, LANGUAGE and the like belong to other programs."""
    foreign = {
        "ENVIRONMENT": "production",
        "LANGUAGE": "en_HK:en",
        "ACCOUNT": "CB09999001",
        "JOURNAL": "elsewhere",
        "APPROVAL": "second-person",
        "FOLDER": "/nowhere",
        "RETRY": "{}",
    }
    ran = desk.run("doctor", environ=foreign, expect=0)
    assert "simulator environment" in ran.text
    assert "approval: off" in ran.text
    assert "CB01234001" in ran.text


def test_prefixed_variables_win_over_the_file(desk: Place) -> None:
    """Each key can be set from outside, those with a hyphen too."""
    own = {
        "RAPUPLOAD_APPROVAL": "second-person",
        "RAPUPLOAD_SERVICE_HOURS__ENFORCED": "true",
        "RAPUPLOAD_SERVICE_HOURS__WEEKDAY_OPENS": "08:00",
        "RAPUPLOAD_RETRY__FIRST_WAIT_SECONDS": "0.01",
        "RAPUPLOAD_DEFAULTS__STOCK_ACCOUNT": "01",
    }
    ran = desk.run("doctor", environ=own, expect=0)
    assert "a second person approves" in ran.text
    assert "not kept in this environment" not in ran.text
    wrong = desk.run(
        "status", "--json", environ={"RAPUPLOAD_RETRY__ATTEMPTS": "many"}, expect=10
    )
    assert "the variable RAPUPLOAD_RETRY__ATTEMPTS" in wrong.error["message"]


def test_a_misspelt_variable_is_noticed(desk: Place) -> None:
    """It has no effect, and doctor says so."""
    ran = desk.run("doctor", environ={"RAPUPLOAD_APROVAL": "off"}, expect=0)
    assert "RAPUPLOAD_APROVAL" in ran.text


def test_a_spec_with_faults_stops_everything_of_its_type(desk: Place, rap: Rap) -> None:
    """All its faults are listed with file and key; other types go on."""
    own = desk.folder / "specs"
    own.mkdir()
    text = (shipped_folder() / "ati.toml").read_text(encoding="utf-8")
    text = text.replace('picture = "9(11)"', 'picture = "9(eleven)"', 1)
    text = text.replace('encoding = "ascii"', "").replace(
        "max-records = 9999", "max-record = 9999"
    )
    (own / "ati.toml").write_text(text, encoding="utf-8")
    write_workbook(desk.folder / "a.xlsx", [ati_row(1)])
    for command in ("check", "submit"):
        ran = desk.run(command, "a.xlsx", "-t", "ati", "--json", expect=10)
        assert ran.error["code"] == "spec"
        assert "ati.toml has 2 faults" in ran.error["message"]
        assert "max-record" in ran.error["message"]
        assert "picture" in ran.error["message"]
    desk.run("specs", "check", own / "ati.toml", "--json", expect=10)
    desk.run("template", "si", "-o", "si.xlsx", expect=0)
    doctor = desk.run("doctor", expect=10)
    assert "max-record" in doctor.text
    assert "let CB01234001 in" in doctor.text
    assert "folder /upload/SI" in doctor.text
    listed = desk.run("specs", "list", "--json", expect=10).json["specs"]
    standing = {s["type"]: s["status"] for s in listed if s["in force"] == "yes"}
    assert (standing["ati"], standing["si"]) == ("faulty", "assumed")
    assert not rap.uploads


def test_an_assumed_spec_never_reaches_practice_or_production(
    desk: Place, rap: Rap
) -> None:
    """The environment asks for a surer spec: 10 before anything is kept or sent."""
    write_workbook(desk.folder / "a.xlsx", [ati_row(1)])
    for environment in ("practice", "production"):
        environ = {"RAPUPLOAD_ENVIRONMENT": environment}
        ran = desk.run(
            "submit", "a.xlsx", "-t", "ati", "--json", environ=environ, expect=10
        )
        assert "assumed" in ran.error["message"]
        assert ran.error["hint"]
    assert not rap.uploads


def _not_a_database(path: Path) -> None:
    path.write_bytes(b"this is a letter, not a database" * 100)


def _another_database(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("create table stamps (country text)")
    connection.close()


def _a_newer_version(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("create table alembic_version (version_num text)")
        connection.execute("insert into alembic_version values ('9999')")
    connection.close()


def _a_folder(path: Path) -> None:
    path.mkdir()


def _torn(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\x00" + bytes(4080))


def _content(path: Path) -> object:
    """Return what a file says: a database's tables, else its bytes."""
    if not path.is_file():
        return None
    with sqlite3.connect(path) as connection:
        try:
            found: object = list(connection.iterdump())
        except sqlite3.DatabaseError:
            found = path.read_bytes()
    connection.close()
    return found


@pytest.mark.parametrize(
    "spoil", [_not_a_database, _another_database, _a_newer_version, _a_folder, _torn]
)
def test_a_journal_that_is_none_is_left_alone(
    desk: Place, rap: Rap, spoil: Callable[[Path], None]
) -> None:
    """Exit 18 and what to do; the file found there is not touched, nothing is sent."""
    path = desk.folder / "journal.sqlite"
    spoil(path)
    before = _content(path)
    write_workbook(desk.folder / "a.xlsx", [ati_row(1)])
    for command in (("submit", "a.xlsx", "-t", "ati"), ("status",)):
        ran = desk.run(*command, "--json", expect=18)
        assert ran.error["message"]
        assert ran.error["hint"]
    assert _content(path) == before
    assert not rap.uploads


def test_a_journal_that_cannot_be_written(desk: Place, rap: Rap) -> None:
    """A read-only disk, or a folder that is not there: 18, and nothing is sent."""
    write_workbook(desk.folder / "a.xlsx", [ati_row(1)])
    (desk.folder / "file").write_text("x", encoding="utf-8")
    for place in ("nowhere/journal.sqlite", "file/journal.sqlite", "/proc/j.sqlite"):
        connect(desk, rap, journal={"path": place})
        ran = desk.run("submit", "a.xlsx", "-t", "ati", "--json")
        assert ran.code in {0, 18}
        assert ran.code == 18 or place.startswith("nowhere")
    assert len(rap.uploads) <= 1


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_a_journal_held_by_another_program_waits_then_says_so(
    desk: Place, rap: Rap
) -> None:
    """A writer that never lets go: 18 after a patience, and nothing was changed."""
    write_workbook(desk.folder / "a.xlsx", [ati_row(1)])
    desk.run("status", expect=0)
    holder = sqlite3.connect(desk.folder / "journal.sqlite", isolation_level=None)
    holder.execute("begin immediate")
    try:
        ran = desk.run("submit", "a.xlsx", "-t", "ati", "--json", expect=18)
        assert ran.error["hint"]
        desk.run("status", expect=0)  # reading goes on
    finally:
        holder.rollback()
        holder.close()
    assert not rap.uploads
    desk.run("submit", "a.xlsx", "-t", "ati", expect=0)
    desk.run("journal", "verify", expect=0)


def test_a_changed_event_breaks_the_chain_and_is_named(desk: Place, rap: Rap) -> None:
    """Whoever rewrites history is found, with the first event that does not fit."""
    write_workbook(desk.folder / "a.xlsx", [ati_row(1)])
    desk.run("submit", "a.xlsx", "-t", "ati", expect=0)
    with sqlite3.connect(desk.folder / "journal.sqlite") as connection:
        for (name,) in connection.execute(
            "select name from sqlite_master where type = 'trigger'"
        ).fetchall():
            connection.execute(f'drop trigger "{name}"')
        connection.execute("update events set who = 'nobody' where seq = 4")
    connection.close()
    ran = desk.run("journal", "verify", "--json", expect=18)
    assert ran.json["problems"]
    assert "4" in ran.json["problems"][0]["where"]


def test_an_unknown_batch_is_a_usage_error(desk: Place) -> None:
    """Every command that takes a batch name says that there is none of that name."""
    why = ("--reason", "x")
    for command in (
        ("status", "B01234-ATI-20270105-0099"),
        ("approve", "nothing"),
        ("send", "nothing"),
        ("withdraw", "nothing", *why),
        ("resolve", "nothing", "--sent", *why),
    ):
        ran = desk.run(*command, "--json", expect=2)
        assert command[1] in ran.error["message"]
        assert ran.error["hint"]


def test_specs_are_listed_shown_and_compared(place: Place, tmp_path: Path) -> None:
    """A firm's own file wins and says so; a sample is compared byte for byte."""
    place.run("init", expect=0)
    own = place.folder / "specs"
    own.mkdir()
    shutil.copy(shipped_folder() / "ati.toml", own / "ati.toml")
    listed = place.run("specs", "list", "--json", expect=0).json["specs"]
    forces = {(s["type"], s["why"]): s["in force"] for s in listed}
    assert forces["ati", "your own folder wins"] == "yes"
    assert forces["ati", "your own file wins"] == "no"

    write_workbook(place.folder / "a.xlsx", [ati_row(1), ati_row(2)])
    made = place.run("prepare", "a.xlsx", "-t", "ati", "-o", "out", "--json", expect=0)
    sample = place.folder / made.json["batches"][0]["path"]
    check = ("specs", "check", own / "ati.toml", "--sample")
    assert "identical" in place.run(*check, sample, expect=0).text
    other = sample.with_name("changed.TXT")
    other.write_bytes(sample.read_bytes().replace(b"REBALANCE", b"REBALANCe", 1))
    place.run(*check, other, expect=(0, 3, 19))
    place.run(*check, tmp_path / "none.TXT", "--json", expect=19)
