"""Market codes."""

from __future__ import annotations

from tests.unit.fieldtypes.cells import ask, rows


@rows(
    {
        "Hong Kong": ("HKMK", "HKMK", None),
        "small letters": ("mamk", "MAMK", "value-understood"),
        "Shenzhen": ("SZMK", "SZMK", None),
        "all markets, for the rules to judge": ("GLOB", "GLOB", None),
    },
    ("text", "value", "cleaned"),
)
def test_market_codes_are_read(text, value, cleaned):
    """The four codes are known, in capitals or small letters."""
    assert ask("market", text) == (value, None, cleaned)


@rows({"country": ("HK",), "exchange": ("XHKG",)}, ("text",))
def test_other_codes_are_asked_about(text):
    """Codes of other lists are not translated."""
    assert ask("market", text) == (None, "market-unknown", None)
