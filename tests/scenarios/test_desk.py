"""Fifteen minutes before cut-off: what a person at the desk reads, types and copies."""

from __future__ import annotations

import openpyxl
import pytest

from tests.support.places import Place
from tests.support.sheets import (
    ROWS,
    headings,
    isi_row,
    si_row,
    write_csv,
    write_workbook,
)

CODES = [
    ("si", "Purpose", "broker", "BC, SL, SR, PL, PM"),
    ("si", "Payment_method", "CHEQUE", "DVP, FOP, RDP"),
    ("isi", "Deliver_or_receive", "S", "D, R"),
    ("election", "Election", "money", "CASH, SCRIP, CCY"),
    ("representative", "Document", "LICENCE", "HKID, PASSPORT, PRC-ID, OTHER"),
]


@pytest.mark.parametrize(
    ("type_", "column", "written", "codes"), CODES, ids=[row[2] for row in CODES]
)
def test_a_word_that_is_no_code_is_told_with_the_codes_there_are(
    desk: Place, type_: str, column: str, written: str, codes: str
) -> None:
    """Nobody has to find the list elsewhere."""
    row = ROWS[type_](1, **{column: written})
    book = write_workbook(desk.folder / "a.xlsx", [row])
    ran = desk.run("check", book, "-t", type_, "--json", expect=3)
    (found,) = [f for f in ran.json["findings"] if f["severity"] == "error"]
    assert found["code"] == "code-unknown"
    assert found["message"]["en"] == f"{written} is none of {codes}."
    assert codes in found["message"]["zh-Hant"]


def test_every_word_that_a_mapping_reads_is_said(desk: Place) -> None:
    """That buys and sells are both read as deliveries must be seen, not one of them."""
    rows = [si_row(n) for n in (1, 2, 3)]
    for row, side in zip(rows, ("S", "B", "S"), strict=True):
        row["Deliver or receive"] = side
    book = write_csv(desk.folder / "a.csv", rows)
    (desk.folder / "both.toml").write_text(
        'name = "both"\ntype = "si"\n[values.direction]\nS = "D"\nB = "D"\n',
        encoding="utf-8",
    )
    ran = desk.run("check", book, "-t", "si", "--mapping", "both.toml", expect=0)
    assert "S = D (2), B = D (1)" in ran.text


def test_a_mapping_is_asked_for_in_words_not_in_codes_alone(desk: Place) -> None:
    """A code on its own does not say which way the shares go."""
    row = si_row(1, Deliver_or_receive="S")
    book = write_csv(desk.folder / "a.csv", [row])
    ran = desk.run("map", book, "-t", "si", expect=3)
    assert "1 D (Deliver), 2 R (Receive)" in ran.text


def test_codes_and_batches_can_be_copied_from_a_narrow_screen(desk: Place) -> None:
    """At 80 columns neither the code of a finding nor the name of a batch is broken."""
    narrow = {"COLUMNS": "80"}
    row = isi_row(1) | {"Investor participant ID": "I1234"}
    bad = write_workbook(desk.folder / "bad.xlsx", [row])
    ran = desk.run("check", bad, "-t", "isi", environ=narrow, expect=3)
    assert "participant-id-number" in ran.out.split()
    good = write_workbook(desk.folder / "good.xlsx", [ROWS["representative"](1)])
    made = desk.run("prepare", good, "-t", "representative", "--json", expect=0)
    ran = desk.run("status", environ=narrow, expect=0)
    assert f"\n{made.batch} " in ran.out


def test_a_warning_that_may_pass_is_told_with_what_to_type(desk: Place) -> None:
    """Check and prepare name the option, the code and that a reason is wanted."""
    book = write_workbook(desk.folder / "a.xlsx", [ROWS["subscription"](1)])
    for command in ("check", "prepare"):
        ran = desk.run(command, book, "-t", "subscription", expect=3)
        assert "--accept-warning sub-irrevocable --reason TEXT" in ran.text


def test_headings_of_another_layout_lead_to_a_mapping(desk: Place) -> None:
    """Seven columns that are missing are one foreign layout."""
    row = {f"Their {label}": value for label, value in si_row(1).items()}
    row["Stock code"] = "00005"
    row["Currency"] = "HKD"
    book = write_workbook(desk.folder / "a.xlsx", [row])
    ran = desk.run("check", book, "-t", "si", "--header-row", "1", expect=3)
    assert "rapupload map FILE --type si" in ran.text


def test_examples_left_in_are_not_counted_as_rows_in_error(desk: Place) -> None:
    """The instructions below them are sound, and nobody is told of errors in 0 rows."""
    desk.run("template", "ati", "-o", "a.xlsx", expect=0)
    book = openpyxl.load_workbook(desk.folder / "a.xlsx")
    page = book.worksheets[0]
    heads, line = headings(page, ROWS["ati"](1))
    for label, value in ROWS["ati"](1).items():
        page.cell(line + 3, heads[label]).value = value  # below both examples
    book.save(desk.folder / "a.xlsx")
    ran = desk.run("check", "a.xlsx", "-t", "ati", expect=3)
    assert "2 errors; nothing was prepared." in ran.text
