"""What earlier files have taken counts: seen by maker and checker, never passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Rap, connect
from tests.support.places import CHECKER, Place
from tests.support.sheets import (
    ati_row,
    election_row,
    si_row,
    write_csv,
    write_workbook,
)

_EVENT = "A26001234"
_PASS = ("--accept-warning", "el-incomplete", "--reason", "the rest stays")


def holdings(place: Place, figure: int) -> None:
    """Write the firm's list of holdings."""
    heads = "Announcement number,Account,Eligible holding"
    rows = f"{_EVENT},01,{figure}\nA99007777,01,{figure}"
    (place.folder / "holdings.csv").write_text(f"{heads}\n{rows}\n", encoding="utf-8")


@pytest.fixture
def desk(place: Place, rap: Rap) -> Place:
    """Return a desk whose settings name a list of holdings and a limit of money."""
    lists = '[lists]\nholdings = "holdings.csv"\n[limits]\nmoney = { HKD = "100000" }'
    connect(place, rap, text=lists)
    holdings(place, 1_000)
    return place


def elect(place: Place, name: str, *rows: tuple[int, int, str]) -> Path:
    """Write elections: number, shares, announcement."""
    written = [
        election_row(number, announcement_number=event, shares_electing=shares)
        | {"Election": "SCRIP" if number % 2 else "CASH", "Option number": ""}
        for number, shares, event in rows
    ]
    return write_workbook(place.folder / name, written)


def ledger(found: dict[str, object]) -> list[list[str]]:
    """Return accepted, outstanding, this file, limit and over, per limit."""
    names = ("accepted", "outstanding", "this_file", "limit", "over")
    rows = found["ledger"]
    assert isinstance(rows, list)
    return [[row[name] for name in names] for row in rows]


def test_more_than_the_holding_is_stopped_until_rows_are_rejected(
    desk: Place, rap: Rap
) -> None:
    """Outstanding rows hold the shares; once they are rejected, the next file passes."""
    elect(desk, "a.xlsx", (1, 600, _EVENT), (2, 300, _EVENT))
    first = desk.run("prepare", "a.xlsx", "-t", "election", *_PASS, "--json", expect=0)
    elect(desk, "b.xlsx", (3, 400, _EVENT))
    stopped = desk.run("check", "b.xlsx", "-t", "election", "--json", expect=3)
    assert ledger(stopped.json) == [["0", "900", "400", "1000", "300"]]
    (finding,) = [f for f in stopped.json["findings"] if f["code"] == "ledger-holding"]
    assert (finding["severity"], finding["row"]) == ("error", 2)
    for figure in ("0 accepted", "900 outstanding", "400 in this file", "of 1000"):
        assert figure in finding["message"]["en"]
    shown = desk.run("check", "b.xlsx", "-t", "election", expect=3)
    assert "limit on" in shown.text

    again = desk.run("prepare", "b.xlsx", "-t", "election", *_PASS, "--json", expect=3)
    assert ledger(again.json) == [["0", "900", "400", "1000", "300"]]
    assert again.json["batches"] == []
    assert rap.uploads == []

    desk.run("withdraw", first.batch, "--reason", "sent on paper", expect=0)
    passed = desk.run("submit", "b.xlsx", "-t", "election", *_PASS, "--json", expect=0)
    assert ledger(passed.json) == [["0", "0", "400", "1000", "-600"]]
    assert len(rap.uploads) == 1
    desk.run("journal", "verify", expect=0)


def test_a_rejected_row_gives_its_shares_back(desk: Place, rap: Rap) -> None:
    """Of a file partly accepted only the accepted rows count."""
    rejected = "A99007777"
    elect(desk, "a.xlsx", (1, 600, _EVENT), (2, 700, rejected))
    desk.run("submit", "a.xlsx", "-t", "election", *_PASS, "--json", expect=4)
    elect(desk, "b.xlsx", (3, 401, _EVENT))
    stopped = desk.run("check", "b.xlsx", "-t", "election", "--json", expect=3)
    assert ledger(stopped.json) == [["600", "0", "401", "1000", "1"]]
    elect(desk, "c.xlsx", (4, 400, _EVENT), (5, 700, rejected))
    passed = desk.run("check", "c.xlsx", "-t", "election", "--json", expect=3)
    assert ledger(passed.json) == [
        ["600", "0", "400", "1000", "0"],
        ["0", "0", "700", "1000", "-300"],
    ]
    assert {f["code"] for f in passed.json["findings"]} == {"el-incomplete"}


def test_the_checker_sees_the_figures(desk: Place, rap: Rap) -> None:
    """In status and when approving, as they were when the batch was prepared."""
    connect(
        desk,
        rap,
        approval="second-person",
        text='[lists]\nholdings = "holdings.csv"\n',
    )
    elect(desk, "a.xlsx", (1, 600, _EVENT))
    desk.run("prepare", "a.xlsx", "-t", "election", *_PASS, expect=0)
    elect(desk, "b.xlsx", (3, 300, _EVENT))
    made = desk.run("prepare", "b.xlsx", "-t", "election", *_PASS, "--json", expect=0)
    status = desk.run("status", made.batch, "--json", expect=0)
    assert ledger(status.json) == [["0", "600", "300", "1000", "-100"]]
    shown = desk.run("status", made.batch, expect=0)
    assert "Limits, when it was prepared" in shown.text
    approved = desk.run("approve", made.batch, person=CHECKER, expect=0)
    for figure in ("600", "300", "1,000", "-100"):
        assert figure in approved.text


def test_money_over_the_limit_waits_for_a_second_person(desk: Place, rap: Rap) -> None:
    """With a reason the maker passes it on, and no further."""
    rows = [si_row(2, settlement_amount=90_000), si_row(4, settlement_amount=20_000)]
    write_csv(desk.folder / "a.csv", rows)
    stopped = desk.run("submit", "a.csv", "-t", "si", "--json", expect=3)
    assert ledger(stopped.json)[-1] == ["0", "0", "110000", "100000", "10000"]
    passing = ("--accept-warning", "ledger-money", "--reason", "funded")
    waits = desk.run("submit", "a.csv", "-t", "si", *passing, "--json", expect=16)
    assert waits.state == "prepared"
    assert rap.uploads == []
    desk.run("approve", waits.batch, expect=2)
    desk.run("approve", waits.batch, person=CHECKER, expect=0)
    desk.run("send", expect=0)
    assert len(rap.uploads) == 1


def test_what_is_not_checked_says_which_list_would_help(desk: Place) -> None:
    """A list given with the check fills the gap; one with a fault stops it."""
    write_csv(desk.folder / "a.csv", [ati_row(1)])
    bare = desk.run("check", "a.csv", "-t", "ati", expect=0)
    assert "no list of stock accounts ([lists] accounts in rapupload.toml" in bare.text
    told = desk.run("check", "a.csv", "-t", "ati", "--json", expect=0).json
    gaps = {gap["rule"]: gap for gap in told["not_checked"]}
    assert "[lists] accounts" in gaps["account-unknown"]["why"][0]["en"]

    accounts = desk.folder / "accounts.csv"
    accounts.write_text("Account,Kind\n01,clearing\n", encoding="utf-8")
    given = ("check", "a.csv", "-t", "ati", "--list", "accounts=accounts.csv", "--json")
    found = desk.run(*given, expect=3).json
    assert "account-unknown-to" in {f["code"] for f in found["findings"]}
    assert "account-unknown" not in {gap["rule"] for gap in found["not_checked"]}

    accounts.write_text("Account,Kind\n01,odd\n", encoding="utf-8")
    refused = desk.run(*given, expect=10)
    assert refused.error["code"] == "settings"
    assert "row 2, cell B2" in refused.error["message"]


def test_the_doctor_reads_the_lists(desk: Place) -> None:
    """Rows and day of each; a fault is told before a sheet meets it."""
    seen = desk.run("doctor", expect=0)
    assert "list holdings" in seen.text
    assert "2 rows of" in seen.text
    (desk.folder / "holdings.csv").write_text("Account\n01\n", encoding="utf-8")
    desk.run("doctor", expect=10)
