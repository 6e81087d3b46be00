"""Numbers of CCASS announcements."""

from __future__ import annotations

from tests.unit.fieldtypes.cells import ask, rows

UNDERSTOOD = {
    "as printed": ("A26001234", "A26001234", None),
    "small letter": ("a26001234", "A26001234", "value-understood"),
    "hyphen": ("A-26001234", "A26001234", "value-understood"),
    "blank": ("A 26001234", "A26001234", "value-understood"),
}
REFUSED = {
    "letter missing": "26001234",
    "digit missing": "A2600123",
    "digit too many": "A260012345",
    "position number": "P40063659",
    "two numbers": "A26001234/A26001235",
}


@rows(UNDERSTOOD, ("text", "value", "cleaned"))
def test_ways_of_writing_are_read(text, value, cleaned):
    """The letter and the eight digits are found."""
    assert ask("announcement-no", text) == (value, None, cleaned)


@rows({name: (text,) for name, text in REFUSED.items()}, ("text",))
def test_other_numbers_are_asked_about(text):
    """No letter or digit is ever added or dropped."""
    assert ask("announcement-no", text) == (None, "announcement-no-form", None)
