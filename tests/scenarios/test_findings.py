"""What is wrong in a file stops it, is shown in the user's own cells, and harms nothing."""

from __future__ import annotations

import hashlib
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import Rap
from tests.support.places import Place
from tests.support.sheets import ati_row, write_csv, write_workbook


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _nothing_was_kept(desk: Place) -> None:
    assert desk.run("status", "--all", "--json", expect=0).json["batches"] == []


def test_findings_stop_the_file_and_leave_everything_as_it_was(
    desk: Place, rap: Rap
) -> None:
    """Every faulty cell is named at once; no batch, no upload, the file untouched."""
    rows = [
        ati_row(1),
        ati_row(2, quantity="many"),
        ati_row(3, to_account="01"),
        ati_row(4, stock_code="1.2E+10"),
    ]
    book = write_workbook(desk.folder / "a.xlsx", rows)
    before = _digest(book)
    for command in ("check", "prepare", "submit"):
        ran = desk.run(command, "a.xlsx", "-t", "ati", "--json", expect=3)
        assert ran.error["code"] == "findings"
        assert ran.error["hint"]
        errors = [f for f in ran.json["findings"] if f["severity"] == "error"]
        assert {f["row"] for f in errors} == {3, 4, 5}
        assert ran.json["rejected_rows"] == 3
    shown = desk.run("check", "a.xlsx", "-t", "ati", expect=3)
    assert "E3" in shown.text
    assert "many" in shown.text
    assert _digest(book) == before
    assert not rap.uploads
    _nothing_was_kept(desk)


def test_annotate_returns_the_users_own_workbook_marked(desk: Place) -> None:
    """The copy has the faulty cell commented; the original is never written to."""
    book = write_workbook(desk.folder / "a.xlsx", [ati_row(1), ati_row(2, quantity=-1)])
    before = _digest(book)
    desk.run("check", "a.xlsx", "-t", "ati", "--annotate", "marked.xlsx", expect=3)
    page = openpyxl.load_workbook(desk.folder / "marked.xlsx")["Desk"]
    assert page["E3"].comment is not None
    assert page["E2"].comment is None
    assert page["E3"].value == -1

    own = desk.run("check", "a.xlsx", "-t", "ati", "--annotate", "a.xlsx", "--json")
    assert own.code == 2
    assert own.error["hint"]
    assert _digest(book) == before


@pytest.mark.parametrize("command", ["check", "submit"])
def test_a_csv_file_is_annotated_as_a_workbook_or_refused_in_words(
    desk: Place, command: str
) -> None:
    """Marking cells wants a workbook; a CSV ends in an answer, not in an accident."""
    write_csv(desk.folder / "a.csv", [ati_row(1), ati_row(2, quantity=-1)])
    ran = desk.run(command, "a.csv", "-t", "ati", "--annotate", "marked.xlsx", "--json")
    assert ran.code in {2, 3}
    assert ran.error["message"]
    assert ran.code == 2 or (desk.folder / "marked.xlsx").is_file()


def test_a_warning_passes_only_when_accepted_with_a_reason(
    desk: Place, rap: Rap
) -> None:
    """A chain of transfers warns; its code and a reason let it go, nothing less."""
    rows = [
        ati_row(1, from_account="01", to_account="02"),
        ati_row(2, from_account="02", to_account="03"),
    ]
    write_workbook(desk.folder / "a.xlsx", rows)
    submit = ("submit", "a.xlsx", "-t", "ati", "--json")
    stopped = desk.run(*submit, expect=3)
    assert "ati-chain" in stopped.error["message"]
    assert "--accept-warning" in stopped.error["hint"]
    desk.run(*submit, "--accept-warning", "ati-chain", expect=2)
    desk.run(*submit, "--accept-warning", "ati-chain", "--reason", " ", expect=2)
    other = ("--accept-warning", "ati-short", "--reason", "checked")
    desk.run(*submit, *other, expect=3)
    assert not rap.uploads
    accepted = ("--accept-warning", "ati-chain", "--reason", "agreed by telephone")
    sent = desk.run(*submit, *accepted, expect=0)
    assert "agreed by telephone" in desk.run("status", sent.batch, expect=0).text


def test_an_error_cannot_be_accepted_as_a_warning(desk: Place, rap: Rap) -> None:
    """Naming the code of an error does not let it pass."""
    write_workbook(desk.folder / "a.xlsx", [ati_row(1, to_account="01")])
    named = ("--accept-warning", "ati-same-account", "--reason", "never mind")
    desk.run("submit", "a.xlsx", "-t", "ati", *named, expect=3)
    assert not rap.uploads


def test_valid_rows_go_alone_when_asked_for(desk: Place, rap: Rap) -> None:
    """With the option only good rows are sent, and the others are counted as left."""
    write_workbook(
        desk.folder / "a.xlsx", [ati_row(1), ati_row(2, quantity="x"), ati_row(3)]
    )
    ran = desk.run(
        "submit", "a.xlsx", "-t", "ati", "--accept-valid-rows", "--json", expect=0
    )
    assert (ran.json["instructions"], ran.json["rejected_rows"]) == (2, 1)
    (received,) = rap.simulator.received
    assert received.accepted == 2
    told = desk.run("status", ran.batch, "--json", expect=0).json
    assert [row["row"] for row in told["rows"]] == [2, 4]


def test_a_file_without_one_good_row_is_never_sent(desk: Place, rap: Rap) -> None:
    """Leaving bad rows behind must not make an empty batch."""
    write_workbook(desk.folder / "a.xlsx", [ati_row(1, quantity="x")])
    desk.run("submit", "a.xlsx", "-t", "ati", "--accept-valid-rows", expect=3)
    assert not rap.uploads
    _nothing_was_kept(desk)


def test_brackets_in_names_are_shown_as_they_are(desk: Place) -> None:
    """A file or sheet called [v2] is a name, not an instruction to the screen."""
    rows = [ati_row(1, our_reference="[red]A", quantity="[/x]")]
    write_workbook(desk.folder / "SI [v2] [bold].xlsx", rows, sheet="DeskA")
    ran = desk.run("check", "SI [v2] [bold].xlsx", "-t", "ati", expect=3)
    assert "SI [v2] [bold].xlsx" in ran.out
    assert "[/x]" in ran.out
    assert '--annotate "SI [v2] [bold].findings.xlsx"' in ran.err
    good = [ati_row(1), ati_row(2)]
    write_workbook(desk.folder / "a [v2].xlsx", good)
    sent = desk.run("submit", "a [v2].xlsx", "-t", "ati", "--json", expect=0)
    assert "a [v2].xlsx" in desk.run("status", sent.batch, expect=0).out
