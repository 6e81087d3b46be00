"""Cells that repeat are read once and answered each for itself."""

from __future__ import annotations

import pytest

from rapupload.spec.catalogue import Catalogue
from rapupload.table import CellKind
from rapupload.validation.shape import read_column
from tests.unit.validation.building import table

CELLS = ["700", "7OO", "00005", None, "７００", "0", "11"]
NUMBER, TEXT = CellKind.NUMBER, CellKind.TEXT


@pytest.mark.parametrize("times", [1, 40], ids=["each once", "over and over"])
def test_repeated_cells_get_the_answers_of_single_ones(times: int):
    """Values, failures and findings stand at their own rows, however often a cell occurs."""
    spec = Catalogue().spec("ati").spec
    sheet = table(["Stock code"], [[cell] for cell in CELLS * times])
    read = read_column(sheet, 0, spec.column_named("stock-code"))
    values = ["00700", None, "00005", None, "00700", None, "00011"]
    failed = [False, True, False, False, False, True, False]
    assert read.values.to_list() == values * times
    assert read.failed.to_list() == failed * times
    wrong = [2 + row for row, is_wrong in enumerate(failed * times) if is_wrong]
    errors = read.findings.drop_nulls("row")
    assert errors["row"].to_list() == wrong
    assert errors["value"].to_list() == ["7OO", "0"] * times


def test_the_same_text_of_two_kinds_is_read_as_each_kind():
    """A number and a text that look alike keep their own answers."""
    spec = Catalogue().spec("ati").spec
    kinds = [TEXT, NUMBER, CellKind.NUMBER_SCIENTIFIC, TEXT] * 10
    sheet = table(["Stock code"], [["700"]] * 40, mixed={0: kinds})
    read = read_column(sheet, 0, spec.column_named("stock-code"))
    assert read.values.to_list() == ["00700", "00700", None, "00700"] * 10
    assert read.failed.to_list() == [False, False, True, False] * 10
