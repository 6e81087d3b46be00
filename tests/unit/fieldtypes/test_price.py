"""Prices."""

from __future__ import annotations

from rapupload.fieldtypes import Shape
from tests.unit.fieldtypes.cells import ask, rows

SHAPE = Shape(length=9, decimals=4)


@rows(
    {
        "two decimals": ("41.25", "41.2500", None),
        "three decimals": ("0.123", "0.1230", None),
        "currency in front": ("HK$1.2", "1.2000", "currency-left-out"),
        "thousands": ("1,234.5", "1234.5000", "thousands-removed"),
    },
    ("text", "value", "cleaned"),
)
def test_prices_are_read(text, value, cleaned):
    """A price has the decimals of its picture; three are usual."""
    assert ask("price", text, shape=SHAPE) == (value, None, cleaned)


@rows(
    {
        "five decimals": ("1.23456", "price-decimals"),
        "negative": ("-1", "price-negative"),
        "too wide": ("100000", "price-wide"),
        "market price": ("MKT", "price-form"),
    },
    ("text", "problem"),
)
def test_other_things_are_asked_about(text, problem):
    """A price is never rounded."""
    assert ask("price", text, shape=SHAPE) == (None, problem, None)
