"""Which sheets are data, and of which type: found, or asked for, never guessed."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from rapupload.sources import SheetFit, survey, write_template
from rapupload.sources.names import HELP_SHEET, SUMMARY_SHEET
from rapupload.spec.format import BatchSpec
from rapupload.spec.headings import Vocabulary
from tests.unit.sources.make_every_kind import FILES


@pytest.fixture
def other(spec: BatchSpec) -> BatchSpec:
    """Return a type with the same columns but one, and one of its own."""
    isin = spec.column_named("stock-code").model_copy(
        update={
            "name": "event",
            "aliases": (),
            "label": spec.column_named("stock-code").label.model_copy(
                update={"en": "Event", "zh_hant": "事件"}
            ),
        }
    )
    columns = (*(c for c in spec.column if c.name != "payment"), isin)
    about = spec.spec.model_copy(update={"id": "voting"})
    return spec.model_copy(update={"column": columns, "spec": about})


@pytest.fixture
def vocabularies(spec: BatchSpec, other: BatchSpec) -> dict[str, Vocabulary]:
    """Return the headings of both types."""
    return {"si": Vocabulary(spec), "voting": Vocabulary(other)}


SI = ["Our reference", "Stock code", "Quantity", "Payment"]
VOTING = ["Our reference", "Stock code", "Quantity", "Event"]
EITHER = ["Our reference", "Stock code", "Quantity"]


def _book(path: Path, sheets: dict[str, list[list[str]]], *, hide: str = "") -> Path:
    book = openpyxl.Workbook()
    book.remove(book["Sheet"])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for cells in rows:
            sheet.append(cells)
        if name == hide:
            sheet.sheet_state = "hidden"
    book.save(path)
    return path


def test_each_sheet_has_its_type(tmp_path: Path, vocabularies: dict[str, Vocabulary]):
    """Several sheets of different types; ours, hidden ones and notes are left out."""
    path = _book(
        tmp_path / "a.xlsx",
        {
            SUMMARY_SHEET: [SI, ["x"]],
            "Trades": [["Blotter"], [], SI, ["A1"]],
            "Votes": [VOTING],
            "Notes": [["remember", "to call"]],
            "Old": [SI],
            HELP_SHEET: [SI],
        },
        hide="Old",
    )
    assert survey(path, vocabularies) == (
        SheetFit(sheet="Trades", type="si", header_row=3, score=4),
        SheetFit(sheet="Votes", type="voting", header_row=1, score=4, has_rows=False),
    )


def test_equals_are_not_guessed_between(
    tmp_path: Path, vocabularies: dict[str, Vocabulary]
):
    """Headings of both types, and of neither more than of the other."""
    path = _book(tmp_path / "a.xlsx", {"Data": [EITHER[:2], ["A1"]]})
    (fit,) = survey(path, vocabularies)
    assert (fit.type, fit.others) == (None, ("si", "voting"))


def test_mandatory_columns_weigh_more(
    tmp_path: Path, vocabularies: dict[str, Vocabulary]
):
    """A type that lacks nothing wins over one that knows as many headings."""
    path = _book(tmp_path / "a.xlsx", {"Data": [EITHER, ["A1"]]})
    (fit,) = survey(path, vocabularies)
    assert (fit.type, fit.missing) == ("si", ())  # the other lacks its event
    path = _book(tmp_path / "b.xlsx", {"Data": [["Our reference", "Event"], ["A1"]]})
    (fit,) = survey(path, vocabularies)
    assert (fit.type, fit.missing) == ("voting", ("stock-code", "quantity"))


def test_stamp_wins(
    tmp_path: Path, other: BatchSpec, vocabularies: dict[str, Vocabulary]
):
    """A template names its type, though the user's columns fit another one better."""
    path = tmp_path / "a.xlsx"
    write_template(other, path, version="d1")
    book = openpyxl.load_workbook(path)
    book["VOTING"]["F1"] = "Payment"  # in place of the event
    book.create_sheet("More").append(SI)
    book.save(path)
    first, second = survey(path, vocabularies)
    assert (first.type, first.is_stamped) == ("voting", True)
    assert (second.type, second.is_stamped) == ("si", False)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_file_is_one_sheet(
    delimiter: str, tmp_path: Path, vocabularies: dict[str, Vocabulary]
):
    """Without a name, whatever its delimiter."""
    path = tmp_path / "a.csv"
    path.write_text(f"{delimiter.join(VOTING)}\nA1\n", encoding="utf-8")
    assert survey(path, vocabularies) == (
        SheetFit(sheet="", type="voting", header_row=1, score=4),
    )
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    assert survey(path, vocabularies) == ()


@pytest.mark.parametrize("suffix", ["xlsx", "ods", "xls"])
def test_every_format_is_surveyed(suffix: str, vocabularies: dict[str, Vocabulary]):
    """The stamp is read from all of them."""
    (fit,) = survey(FILES / f"every-kind.{suffix}", vocabularies)
    assert (fit.sheet, fit.type, fit.is_stamped) == ("Every kind", "si", True)
