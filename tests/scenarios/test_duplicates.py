"""The same instructions twice are stopped, whatever the file is called by then."""

from __future__ import annotations

import shutil

from tests.conftest import Rap
from tests.support.places import Place
from tests.support.sheets import ati_row, write_csv, write_workbook


def test_the_same_file_again_is_stopped_and_the_earlier_batch_named(
    desk: Place, rap: Rap
) -> None:
    """Neither the file nor a renamed copy goes twice; nothing new is journalled."""
    book = write_workbook(desk.folder / "a.xlsx", [ati_row(1), ati_row(2)])
    first = desk.run("submit", "a.xlsx", "-t", "ati", "--json", expect=0).batch
    shutil.copy(book, desk.folder / "copy.xlsx")
    for name in ("a.xlsx", "copy.xlsx"):
        for command in ("submit", "prepare"):
            again = desk.run(command, name, "-t", "ati", "--json", expect=17)
            assert again.error["code"] == "duplicate"
            assert first in again.error["message"]
            assert "--duplicate-reason" in again.error["hint"]
            assert again.json["batches"] == []
    assert len(rap.uploads) == 1
    assert len(desk.run("status", "--all", "--json").json["batches"]) == 1


def test_rows_sent_before_are_found_in_another_file(desk: Place, rap: Rap) -> None:
    """A file of other bytes with one changed row is stopped for the other rows."""
    write_workbook(desk.folder / "a.xlsx", [ati_row(1), ati_row(2), ati_row(3)])
    first = desk.run("submit", "a.xlsx", "-t", "ati", "--json", expect=0).batch
    rows = [ati_row(1), ati_row(2), ati_row(3, quantity=301)]
    write_csv(desk.folder / "b.csv", rows)
    again = desk.run("submit", "b.csv", "-t", "ati", "--json", expect=17)
    assert first in again.error["message"]
    assert "2 of its rows" in again.error["message"]
    assert len(rap.uploads) == 1


def test_only_a_reason_lets_the_same_rows_go_again(desk: Place, rap: Rap) -> None:
    """The decision needs words, goes through, and marks the batch for everybody."""
    write_workbook(desk.folder / "a.xlsx", [ati_row(1)])
    again = ("submit", "a.xlsx", "-t", "ati", "--json", "--duplicate-reason")
    desk.run("submit", "a.xlsx", "-t", "ati", expect=0)
    desk.run(*again, "  ", expect=(2, 17))
    assert len(rap.uploads) == 1

    sent = desk.run(*again, "the client asked twice", expect=0)
    assert len(set(rap.uploads)) == 2
    shown = desk.run("status", sent.batch, expect=0)
    assert "the client asked twice" in shown.text
    told = desk.run("status", sent.batch, "--json", expect=0)
    assert "the client asked twice" in told.out
    desk.run("journal", "verify", expect=0)


def test_a_withdrawn_batch_does_not_count(desk: Place, rap: Rap) -> None:
    """What was taken back before it was sent may be prepared and sent again."""
    write_workbook(desk.folder / "a.xlsx", [ati_row(1)])
    first = desk.run("prepare", "a.xlsx", "-t", "ati", "--json").batch
    desk.run("submit", "a.xlsx", "-t", "ati", expect=17)
    refused = desk.run("withdraw", first, "--reason", " ", "--json", expect=2)
    assert refused.error["code"] == "usage"
    desk.run("withdraw", first, "--reason", "wrong day", expect=0)
    desk.run("withdraw", first, "--reason", "wrong day", expect=2)
    second = desk.run("submit", "a.xlsx", "-t", "ati", "--json", expect=0)
    assert second.batch != first
    assert len(rap.uploads) == 1


def test_rejected_rows_may_be_corrected_and_sent_again(desk: Place, rap: Rap) -> None:
    """A rejected row does not count; an accepted one beside it still does."""
    write_workbook(desk.folder / "a.xlsx", [ati_row(1), ati_row(2, stock_code=9990)])
    desk.run("submit", "a.xlsx", "-t", "ati", expect=4)
    write_workbook(desk.folder / "b.xlsx", [ati_row(2, stock_code=9990)])
    desk.run("submit", "b.xlsx", "-t", "ati", expect=4)
    assert len(rap.uploads) == 2
    write_workbook(desk.folder / "c.xlsx", [ati_row(1)])
    desk.run("submit", "c.xlsx", "-t", "ati", expect=17)
