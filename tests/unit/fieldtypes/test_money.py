"""Amounts of money: section 1.1 of what desks write, row by row."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from rapupload.fieldtypes import Shape, field_type
from rapupload.table import CellKind
from tests.unit.fieldtypes.cells import ask, rows

SHAPE = Shape(length=13, decimals=2)
UNDERSTOOD = {
    "canonical": ("4012345.60", "4012345.60", None),
    "thousands": ("1,234.50", "1234.50", "thousands-removed"),
    "code in front": ("HKD 1,234.50", "1234.50", "currency-left-out"),
    "sign in front": ("HK$1,234.50", "1234.50", "currency-left-out"),
    "code behind": ("1234.50 usd", "1234.50", "currency-left-out"),
    "other currency": ("EUR 5.00", "5.00", "currency-left-out"),
    "one decimal": ("1234.5", "1234.50", None),
    "no decimals": ("1234", "1234.00", None),
    "zero": ("0", "0.00", None),
    "spare zeros": ("1234.5000", "1234.50", None),
    "zeros in front": ("0012.30", "12.30", "value-understood"),
    "full-width": ("１２.５０", "12.50", "width-folded"),
    "widest": ("99999999999.99", "99999999999.99", None),
}
REFUSED = {
    "European": ("1.234,50", "money-separators"),
    "decimal comma": ("1234,50", "money-separators"),
    "three decimals": ("1234.567", "money-decimals"),
    "three decimals of zero": ("1.230", "money-decimals"),
    "four decimals": ("1,234.5678", "money-decimals"),
    "minus": ("-5.00", "money-negative"),
    "minus behind the currency": ("HKD -5.00", "money-negative"),
    "brackets": ("(1,234.50)", "money-negative"),
    "thousands unit": ("1,234K", "money-unit"),
    "億": ("1.2億", "money-unit"),
    "no currency": ("ABC 5.00", "money-form"),
    "dollar alone": ("$5.00", "money-dollar"),
    "dollar alone behind": ("5.00 元", "money-dollar"),
    "rest of a calculation": ("0.30000000000000004", "money-rest"),
    "rest of a large one": ("4012345.6000000001", "money-rest"),
    "two currencies kept apart": ("5.00 / 6.00", "money-form"),
    "word": ("FREE", "money-form"),
    "too wide": ("100000000000.00", "money-wide"),
    "exponent in a CSV file": ("1.2E+6", "number-scientific"),
}


@rows(UNDERSTOOD, ("text", "value", "cleaned"))
def test_amounts_are_read(text, value, cleaned):
    """An amount always has the decimals of its picture."""
    assert ask("money", text, shape=SHAPE) == (value, None, cleaned)


@rows(REFUSED, ("text", "problem"))
def test_doubtful_amounts_are_asked_about(text, problem):
    """Nothing is rounded, and no comma is taken for a point."""
    assert ask("money", text, shape=SHAPE) == (None, problem, None)


KINDS = {
    "number": ("0.3", CellKind.NUMBER, "0.30"),
    "whole number": ("5", CellKind.NUMBER, "5.00"),
    "number of three decimals": ("1.234", CellKind.NUMBER, None),
    "exponent shown": ("1200000", CellKind.NUMBER_SCIENTIFIC, None),
}


@rows(KINDS, ("text", "kind", "value"))
def test_number_cells_are_read(text, kind, value):
    """A number is read as it is shown, and never rounded."""
    assert ask("money", text, kind, SHAPE).value == value


def test_typed_amounts_are_exact():
    """The sum of many cents is exact to the cent."""
    money = field_type("money")
    amounts = pl.Series("v", ["0.10"] * 1000 + ["99999999999.99"] * 1000)
    total = amounts.to_frame().select(money.typed(pl.col("v"), SHAPE).sum()).item()
    assert total == Decimal("100000000000090.00")


def test_cents_are_assumed_without_a_picture():
    """A carried amount without a picture keeps two decimals."""
    assert ask("money", "5.5").value == "5.50"


def test_whole_amounts_have_no_point():
    """A picture without decimals gives and takes whole amounts only."""
    shape = Shape(length=11)
    assert ask("money", "5.00", shape=shape).value == "5"
    assert ask("money", "5.50", shape=shape).problem == "money-decimals"
