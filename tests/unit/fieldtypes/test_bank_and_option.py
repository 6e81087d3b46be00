"""Designated banks, and numbers of options."""

from __future__ import annotations

from rapupload.fieldtypes import Shape
from rapupload.table import CellKind
from tests.unit.fieldtypes.cells import ask, rows

BANKS = {
    "as printed": ("BNK012", "BNK012", None),
    "small letters": ("bnk012", "BNK012", "value-understood"),
    "hyphen": ("BNK-012", "BNK012", "value-understood"),
    "name behind": ("BNK012 ABC BANK", "BNK012", "value-understood"),
    "full-width": ("ＢＮＫ０１２", "BNK012", "width-folded"),
}
NO_BANKS = {
    "code alone": ("012", CellKind.TEXT, "designated-bank-number"),
    "code that lost its zero": ("12", CellKind.NUMBER, "designated-bank-number"),
    "account name": ("CBNK012001", CellKind.TEXT, "designated-bank-form"),
    "serial number behind": ("BNK012001", CellKind.TEXT, "designated-bank-form"),
    "participant": ("B01234", CellKind.TEXT, "designated-bank-form"),
    "BIC": ("HSBCHKHH", CellKind.TEXT, "designated-bank-form"),
}


@rows(BANKS, ("text", "value", "cleaned"))
def test_banks_are_read(text, value, cleaned):
    """An ID is found in any letters, with the name behind it."""
    assert ask("designated-bank", text) == (value, None, cleaned)


@rows(NO_BANKS, ("text", "kind", "problem"))
def test_other_numbers_of_banks_are_asked_about(text, kind, problem):
    """No other number of a bank is turned into its ID."""
    assert ask("designated-bank", text, kind) == (None, problem, None)


THREE = Shape(length=3)
OPTIONS = {
    "filled": ("001", "001", None),
    "bare": ("1", "001", "zeros-restored"),
    "word in front": ("Option 1", "001", "value-understood"),
    "short word": ("opt.2", "002", "value-understood"),
    "Chinese": ("選項 3", "003", "value-understood"),
    "Chinese, counted": ("第2項", "002", "value-understood"),
    "sharp": ("#4", "004", "value-understood"),
    "full-width": ("１２", "012", "zeros-restored"),
}
NO_OPTIONS = {
    "name": ("Cash", "option-no-form"),
    "letter": ("A", "option-no-form"),
    "zero": ("000", "option-no-form"),
    "two": ("1 & 2", "option-no-form"),
    "fraction": ("1.5", "option-no-form"),
    "minus": ("-1", "option-no-form"),
    "too many digits": ("1000", "option-no-long"),
}


@rows(OPTIONS, ("text", "value", "cleaned"))
def test_options_are_filled_with_zeros(text, value, cleaned):
    """To the picture of the column, three digits without one."""
    assert ask("option-no", text, shape=THREE) == (value, None, cleaned)
    assert ask("option-no", text).value == value


@rows(NO_OPTIONS, ("text", "problem"))
def test_names_of_options_are_asked_about(text, problem):
    """The announcement numbers the options; its numbers decide."""
    assert ask("option-no", text, shape=THREE) == (None, problem, None)


def test_the_picture_decides_how_many_zeros():
    """One digit stays one in a field of one."""
    assert ask("option-no", "1", CellKind.NUMBER, Shape(length=1)).value == "1"
    assert ask("option-no", "1", shape=Shape(length=2)).value == "01"
