"""Two pairs of eyes: who made a batch cannot let it go, and what was approved is sent."""

from __future__ import annotations

import sqlite3

import pytest

from tests.conftest import Rap, connect
from tests.support.places import CHECKER, MAKER, Place
from tests.support.sheets import ati_row, write_workbook


@pytest.fixture
def desk(place: Place, rap: Rap) -> Place:
    """Return a desk where a second person approves."""
    connect(place, rap, approval="second-person")
    write_workbook(place.folder / "a.xlsx", [ati_row(1), ati_row(2)])
    return place


def test_submit_waits_for_a_second_person(desk: Place, rap: Rap) -> None:
    """The batch is prepared, exit 16 says who does what, and nothing is uploaded."""
    ran = desk.run("submit", "a.xlsx", "-t", "ati", "--json", expect=16)
    assert ran.error["code"] == "approval-needed"
    assert f"rapupload approve {ran.batch}" in ran.error["hint"]
    assert ran.state == "prepared"
    asked = desk.run("send", ran.batch, "--json", expect=16)
    assert f"rapupload approve {ran.batch}" in asked.error["hint"]
    desk.run("send", expect=(0, 16))
    assert not rap.uploads


def test_prepare_tells_that_approval_is_needed(desk: Place, rap: Rap) -> None:
    """Preparing under two-person approval ends like submit: with what comes next."""
    ran = desk.run("prepare", "a.xlsx", "-t", "ati", expect=(0, 16))
    assert "second person" in ran.text
    assert "rapupload approve" in ran.text
    assert not rap.uploads


def test_the_maker_cannot_approve_but_another_person_can(desk: Place, rap: Rap) -> None:
    """Approval by the maker is refused in any spelling; another's lets it go."""
    batch = desk.run("prepare", "a.xlsx", "-t", "ati", "--json").batch
    for maker in (MAKER, f" {MAKER} ", MAKER.upper()):
        refused = desk.run("approve", batch, "--json", person=maker, expect=2)
        assert "may not approve" in refused.error["message"]
        assert refused.error["hint"]
    assert desk.run("status", batch, "--json").state == "prepared"

    approved = desk.run("approve", batch, "--json", person=CHECKER, expect=0)
    assert approved.state == "approved"
    desk.run("approve", batch, person=CHECKER, expect=2)
    sent = desk.run("send", "--json", expect=0)
    assert sent.state in {"accepted", "sent"}
    told = desk.run("status", batch, "--json", expect=0).json
    assert told["batches"][0]["maker"] == MAKER
    assert told["batches"][0]["checker"] == CHECKER
    assert [r.digest for r in rap.simulator.received] == [told["batches"][0]["digest"]]


def test_bytes_changed_after_approval_are_not_sent(desk: Place, rap: Rap) -> None:
    """Whoever alters the kept batch file breaks its digest, and nothing is uploaded."""
    batch = desk.run("prepare", "a.xlsx", "-t", "ati", "--json").batch
    digest = desk.run("approve", batch, "--json", person=CHECKER).json
    digest = digest["batches"][0]["digest"]
    _alter_blob(desk, digest)
    ran = desk.run("send", "--json", expect=18)
    assert ran.error["hint"]
    assert not rap.uploads
    broken = desk.run("journal", "verify", "--json", expect=18)
    assert broken.json["sound"] is False


def _alter_blob(desk: Place, digest: str) -> None:
    """Put other bytes under a digest, as somebody with the file in hand could."""
    with sqlite3.connect(desk.folder / "journal.sqlite") as connection:
        names = connection.execute(
            "select name from sqlite_master where type = 'trigger'"
        ).fetchall()
        for (name,) in names:
            connection.execute(f'drop trigger "{name}"')
        changed = connection.execute(
            "update blob_parts set content = zeroblob(length(content)) where digest = ?",
            (digest,),
        )
        assert changed.rowcount == 1
    connection.close()


def test_a_batch_prepared_elsewhere_is_not_sent_from_here(
    desk: Place, rap: Rap
) -> None:
    """After a change of environment or account, old batches do not go to a new place."""
    batch = desk.run("prepare", "a.xlsx", "-t", "ati", "--json").batch
    desk.run("approve", batch, person=CHECKER, expect=0)
    for other in (
        {"RAPUPLOAD_ENVIRONMENT": "practice"},
        {"RAPUPLOAD_ENVIRONMENT": "production"},
        {"RAPUPLOAD_ACCOUNT__NAME": "CB01234002"},
    ):
        hours = {"RAPUPLOAD_SERVICE_HOURS__ENFORCED": "false"}
        named = desk.run("send", batch, "--json", environ=other | hours, expect=2)
        assert named.error["hint"]
        desk.run("send", "--json", environ=other | hours)
        assert not rap.uploads
    desk.run("send", batch, expect=0)
    assert len(rap.uploads) == 1
