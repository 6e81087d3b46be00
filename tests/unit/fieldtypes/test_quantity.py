"""Quantities: section 1.1 of what desks write, row by row."""

from __future__ import annotations

import polars as pl
import pytest

from rapupload.fieldtypes import Shape, field_type
from rapupload.table import CellKind
from tests.unit.fieldtypes.cells import ask, rows

SHAPE = Shape(length=11)
UNDERSTOOD = {
    "digits": ("1000", "1000", None),
    "thousands": ("1,000", "1000", "thousands-removed"),
    "thousands twice": ("12,345,678", "12345678", "thousands-removed"),
    "thousands and cents": ("1,000.00", "1000", "thousands-removed"),
    "shs": ("1000 shs", "1000", "thousands-removed"),
    "股": ("1,000股", "1000", "thousands-removed"),
    "shares": ("500 Shares", "500", "thousands-removed"),
    "zeros in front": ("0001000", "1000", "value-understood"),
    "full-width": ("１０００", "1000", "width-folded"),
    "widest": ("99999999999", "99999999999", None),
    "four zeros of a database": ("1000.0000", "1000", "thousands-removed"),
}
REFUSED = {
    "fraction": ("1000.5", "quantity-whole"),
    "zero": ("0", "quantity-whole"),
    "zero with cents": ("0.00", "quantity-whole"),
    "minus": ("-1000", "quantity-negative"),
    "minus sign of typography": ("−1000", "quantity-negative"),
    "minus behind": ("1000-", "quantity-negative"),
    "brackets": ("(1,000)", "quantity-negative"),
    "K": ("1K", "quantity-unit"),
    "M": ("1.5M", "quantity-unit"),
    "萬": ("10萬", "quantity-unit"),
    "lots": ("10 lots", "quantity-lots"),
    "手": ("10手", "quantity-lots"),
    "word": ("ALL", "quantity-form"),
    "vote": ("F/A", "quantity-form"),
    "per cent": ("100%", "cell-percent"),
    "one digit too many": ("999999999999", "quantity-wide"),
    "Indian thousands": ("1,00,000", "quantity-separators"),
    "separator too early": ("10,00", "quantity-separators"),
    "point for thousands": ("1.000", "quantity-separators"),
    "points for thousands": ("1.000.000", "quantity-separators"),
    "blank for thousands": ("1 000", "quantity-separators"),
    "two figures": ("1000/2000", "quantity-form"),
    "sum": ("500+500", "quantity-form"),
    "currency": ("HKD 1000", "quantity-form"),
    "exponent in a CSV file": ("1.2E+10", "number-scientific"),
    "superscript": ("10²", "quantity-form"),
    "circled digit": ("①", "quantity-form"),
    "hidden mark inside": ("1\u200b000", "quantity-separators"),
}


@rows(UNDERSTOOD, ("text", "value", "cleaned"))
def test_whole_numbers_are_read(text, value, cleaned):
    """Separators, cents of zero and words for shares are left out, and it is said."""
    assert ask("quantity", text, shape=SHAPE) == (value, None, cleaned)


@rows(REFUSED, ("text", "problem"))
def test_doubtful_numbers_are_asked_about(text, problem):
    """Units, signs, fractions and odd separators are never resolved."""
    assert ask("quantity", text, shape=SHAPE) == (None, problem, None)


KINDS = {
    "number": ("1000", CellKind.NUMBER, None),
    "number with a fraction": ("1234.5", CellKind.NUMBER, "quantity-whole"),
    "number with three decimals": ("1.234", CellKind.NUMBER, "quantity-whole"),
    "negative number": ("-5", CellKind.NUMBER, "quantity-negative"),
    "exponent shown": ("12000000000", CellKind.NUMBER_SCIENTIFIC, "number-scientific"),
    "digits lost": ("1234567890123450", CellKind.NUMBER_LONG, "number-long"),
    "per cent": ("0.5", CellKind.NUMBER_PERCENT, "cell-percent"),
    "date": ("2027-01-05", CellKind.DATE, "cell-date"),
}


@rows(KINDS, ("text", "kind", "problem"))
def test_kind_of_cell_counts(text, kind, problem):
    """A cell that shows something else than its number is asked about."""
    assert ask("quantity", text, kind, SHAPE).problem == problem


def test_zero_is_a_value_where_the_spec_says_so():
    """Columns such as votes against take a zero, still no fraction."""
    shape = Shape(length=11, zero_allowed=True)
    assert ask("quantity", "0", shape=shape) == ("0", None, None)
    assert ask("quantity", "0.5", shape=shape).problem == "quantity-whole"


@pytest.mark.parametrize(
    ("length", "dtype"), [(11, pl.Int64()), (15, pl.Int128()), (None, pl.Int128())]
)
def test_sums_of_a_million_rows_fit(length, dtype):
    """The type is wide enough for the sum of a whole file of the widest figures."""
    quantity = field_type("quantity")
    assert quantity.dtype(Shape(length=length)) == dtype
    widest = 10 ** (length or 18) - 1
    assert widest * 1_000_000 < (2**63 if dtype == pl.Int64() else 2**127)
