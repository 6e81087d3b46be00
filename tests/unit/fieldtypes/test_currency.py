"""Currencies."""

from __future__ import annotations

from tests.unit.fieldtypes.cells import ask, rows

UNDERSTOOD = {
    "ISO code": ("HKD", "HKD", None),
    "small letters": ("hkd", "HKD", "value-understood"),
    "Hong Kong dollar sign": ("HK$", "HKD", "value-understood"),
    "港元": ("港元", "HKD", "value-understood"),
    "港幣": ("港幣", "HKD", "value-understood"),
    "RMB": ("RMB", "CNY", "value-understood"),
    "CNH": ("CNH", "CNY", "value-understood"),
    "人民幣": ("人民幣", "CNY", "value-understood"),
    "US dollar sign": ("US$", "USD", "value-understood"),
    "美元": ("美元", "USD", "value-understood"),
    "full-width": ("ＨＫＤ", "HKD", "width-folded"),
    "dividend in pounds": ("GBP", "GBP", None),
}
REFUSED = {
    "dollar sign alone": ("$", "currency-dollar"),
    "元 alone": ("元", "currency-dollar"),
    "yen or yuan": ("¥", "currency-dollar"),
    "unknown letters": ("XYZ", "currency-unknown"),
    "two currencies": ("HKD/USD", "currency-unknown"),
}


@rows(UNDERSTOOD, ("text", "value", "cleaned"))
def test_names_and_signs_are_read(text, value, cleaned):
    """Names and signs with one meaning give the ISO code."""
    assert ask("currency", text) == (value, None, cleaned)


@rows(REFUSED, ("text", "problem"))
def test_signs_with_several_meanings_are_asked_about(text, problem):
    """A sign that several currencies share is never resolved."""
    assert ask("currency", text) == (None, problem, None)
