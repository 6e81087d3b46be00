"""One workbook, several sheets, several types: every sheet is read, all of them or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import Rap
from tests.support.places import Place
from tests.support.sheets import ROWS, Row, ati_row, si_row


def _write(path: Path, sheets: Mapping[str, Sequence[Row]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        page.append(list(rows[0]))
        for row in rows:
            page.append(list(row.values()))
    book.save(path)
    return path


@pytest.mark.parametrize("type_", sorted(ROWS))
def test_the_type_is_told_by_the_headings(desk: Place, type_: str) -> None:
    """A sheet of one type needs no --type."""
    _write(desk.folder / "a.xlsx", {"Desk": [ROWS[type_](1), ROWS[type_](2)]})
    found = desk.run("check", "a.xlsx", "--json").json
    assert (found["type"], found["instructions"]) == (type_, 2)


def test_two_sheets_become_two_batches_of_one_submission(desk: Place, rap: Rap) -> None:
    """Each sheet is a batch of its own type; the same workbook again is stopped."""
    book = _write(
        desk.folder / "day.xlsx",
        {"Transfers": [ati_row(1), ati_row(2)], "Deals": [si_row(1)]},
    )
    checked = desk.run("check", book.name, "--json", expect=0).json
    assert (checked["type"], checked["rows"], checked["instructions"]) == (None, 3, 3)
    assert [sheet["type"] for sheet in checked["sheets"]] == ["ati", "si"]

    sent = desk.run("submit", book.name, "--json", expect=0).json
    assert [batch["type"] for batch in sent["batches"]] == ["ati", "si"]
    assert len(rap.uploads) == 2
    again = desk.run("submit", book.name, "--json", expect=17)
    assert again.error["code"] == "duplicate"
    assert len(rap.uploads) == 2


def test_a_fault_in_one_sheet_holds_back_the_other(desk: Place) -> None:
    """Nothing is prepared; the marked copy shows the fault in its own sheet."""
    faulty = si_row(1, quantity=-5)
    book = _write(desk.folder / "day.xlsx", {"A": [ati_row(1)], "B": [faulty]})
    made = desk.run(
        "prepare", book.name, "--annotate", "marked.xlsx", "--json", expect=3
    )
    assert made.json["batches"] == []
    assert desk.run("status", "--json", expect=0).json["batches"] == []
    marked = openpyxl.load_workbook(desk.folder / "marked.xlsx")
    assert marked["B"]["E2"].comment is not None
    assert marked["A"]["E2"].comment is None
    again = desk.run("check", "marked.xlsx", "--json", expect=3).json
    codes = [finding["code"] for finding in made.json["findings"]]
    assert [finding["code"] for finding in again["findings"]] == codes


def test_one_sheet_at_a_time_is_no_duplicate_of_the_other(desk: Place) -> None:
    """Two sheets of one file are two sources."""
    book = _write(desk.folder / "day.xlsx", {"A": [ati_row(1)], "B": [si_row(1)]})
    desk.run("prepare", book.name, "--sheet", "A", expect=0)
    desk.run("prepare", book.name, "--sheet", "B", expect=0)
    desk.run("prepare", book.name, "--sheet", "B", expect=17)
    desk.run("prepare", book.name, expect=17)


def test_a_sheet_that_is_something_else_is_left_out_and_named(desk: Place) -> None:
    """A price list beside the deals is not taken for instructions, and nobody wonders."""
    prices: list[Row] = [{"Stock code": "00700", "Price": 512.5}]
    book = _write(desk.folder / "day.xlsx", {"Prices": prices, "Deals": [si_row(1)]})
    found = desk.run("check", book.name, "--json", expect=0).json
    assert found["type"] == "si"
    assert [sheet["sheet"] for sheet in found["left_out_sheets"]] == ["Prices"]
    assert "Sheet Prices was not read" in desk.run("check", book.name, expect=0).text


def test_a_sheet_that_could_be_two_things_is_asked_about(desk: Place) -> None:
    """Nothing is guessed between types; the hint says what to type."""
    rows: list[Row] = [{"Our reference": "X1", "Stock code": "00700", "Quantity": 5}]
    book = _write(desk.folder / "day.xlsx", {"Desk": rows})
    ran = desk.run("check", book.name, "--json")
    assert ran.code in {2, 3, 19}
    assert "error" in ran.json


def test_rows_that_stay_behind_are_written_to_a_workbook(desk: Place, rap: Rap) -> None:
    """Valid rows go; the others come back as they were written, and can go later."""
    rows = [ati_row(1), ati_row(2, quantity="lots"), ati_row(3)]
    _write(desk.folder / "day.xlsx", {"Desk": rows})
    sent = desk.run(
        "submit", "day.xlsx", "--accept-valid-rows", "--json", expect=0
    ).json
    assert (sent["instructions"], sent["rejected_rows"]) == (2, 1)
    assert sent["rejected_rows_file"] == "day.rejected.xlsx"

    left = desk.folder / "day.rejected.xlsx"
    book = openpyxl.load_workbook(left)
    page = book.worksheets[0]
    heads = {str(cell.value): cell.column for cell in page[1]}
    assert page.max_row == 2
    assert page.cell(2, heads["Our reference"]).value == "AT000002"
    assert page.cell(2, heads["Source row"]).value == "3"
    assert "E3" in str(page.cell(2, heads["What is wrong"]).value)
    page.cell(2, heads["Quantity"]).value = "200"
    book.save(left)

    desk.run("submit", left.name, expect=0)
    assert [file.accepted for file in rap.simulator.received] == [2, 1]
    shown = desk.run("prepare", "day.xlsx", "--accept-valid-rows", expect=17)
    assert "Take the rows that have gone out of the sheet" in shown.text
