"""A person who does not understand a finding asks what it means."""

from __future__ import annotations

import re

import pytest

from tests.support.places import Place
from tests.support.sheets import ati_row, write_workbook


def test_every_code_that_a_check_prints_is_explained(place: Place) -> None:
    """From the JSON of a check straight to the explanation, without settings."""
    rows = [ati_row(1, quantity="many"), ati_row(2, to_account="01")]
    write_workbook(place.folder / "a.xlsx", rows)
    ran = place.run("check", "a.xlsx", "-t", "ati", "--json", expect=3)
    codes = {finding["code"] for finding in ran.json["findings"]}
    assert {"quantity-form", "ati-same-account"} <= codes
    for code in codes:
        document = place.run("explain", code, "--json", expect=0).json
        (found, *_) = document["explanations"]
        assert found["code"] == code
        assert found["action"]["en"]
        assert found["action"]["zh-Hant"]


def test_an_explanation_says_what_to_do(place: Place) -> None:
    """Severity, both languages, the types concerned and where the rule comes from."""
    shown = place.run("explain", "ati-same-account", expect=0).text
    for words in (
        "error, row",
        "轉出與轉入戶口相同",
        "What to do",
        "Types ati",
        "Judged by",
    ):
        assert words in shown


@pytest.mark.parametrize(
    ("language", "kept", "left_out"),
    [("en", "Quantity|figure", "數字"), ("zh-Hant", "數字", "is not a figure")],
)
def test_one_language_is_enough_for_some(
    place: Place, language: str, kept: str, left_out: str
) -> None:
    """The other is left out."""
    shown = place.run("explain", "quantity-form", "--language", language, expect=0).text
    assert re.search(kept, shown)
    assert left_out not in shown


def test_the_code_a_command_ends_with_is_explained(place: Place) -> None:
    """And an error names the exit code that goes with it."""
    assert "rapupload resolve" in place.run("explain", "13", expect=0).text
    (found,) = place.run("explain", "in-doubt", "--json").json["explanations"]
    assert found["exit_code"] == 13


def test_an_unknown_code_is_a_wrong_call(place: Place) -> None:
    """The nearest codes are proposed."""
    ran = place.run("explain", "quantity-frm", "--json", expect=2)
    assert "quantity-form" in ran.error["hint"]


def test_the_checklist_of_the_first_day_can_be_worked_down(place: Place) -> None:
    """Printed, as a page with boxes, and for scripts; a second page is refused."""
    shown = place.run("specs", "todo", "ati", expect=0)
    assert "[ ] 2-6 stock-code 9(5)" in shown.text
    assert "specs check ati.toml --sample" in shown.text
    ran = place.run("specs", "todo", "ati", "-o", "ati.md", "--json", expect=0)
    page = (place.folder / "ati.md").read_text(encoding="utf-8")
    assert page.count("- [ ] ") == ran.json["items"] == shown.out.count("[ ] ")
    place.run("specs", "todo", "ati", "-o", "ati.md", expect=2)


def test_the_checklist_of_an_unknown_type_is_a_wrong_call(place: Place) -> None:
    """The known ones are named."""
    assert "ati" in place.run("specs", "todo", "nope", "--json", expect=2).error["hint"]
