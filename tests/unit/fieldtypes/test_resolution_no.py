"""Numbers of resolutions: section 9 of what desks write."""

from __future__ import annotations

from rapupload.fieldtypes import Shape
from rapupload.table import CellKind
from tests.unit.fieldtypes.cells import ask, rows

SHAPE = Shape(length=5)
UNDERSTOOD = {
    "number as text": ("1", CellKind.TEXT, "1"),
    "number as number": ("12", CellKind.NUMBER, "12"),
    "letter in brackets": ("2(a)", CellKind.TEXT, "2(a)"),
    "letter": ("3A", CellKind.TEXT, "3A"),
    "zero at the end": ("5.10", CellKind.TEXT, "5.10"),
    "special resolution": ("S1", CellKind.TEXT, "S1"),
    "full-width": ("２（ａ）", CellKind.TEXT, "2(a)"),
}
MANGLED = {
    "decimal number": ("2.1", CellKind.NUMBER),
    "negative number": ("-2", CellKind.NUMBER),
    "zero": ("0", CellKind.NUMBER),
    "date": ("2027-01-02", CellKind.DATE),
    "moment": ("2027-01-02T00:00:00", CellKind.DATETIME),
    "exponent": ("20", CellKind.NUMBER_SCIENTIFIC),
    "per cent": ("0.1", CellKind.NUMBER_PERCENT),
    "negative in a CSV file": ("-2", CellKind.TEXT),
    "date in a CSV file": ("2-Jan", CellKind.TEXT),
    "month and year in a CSV file": ("Jan-02", CellKind.TEXT),
    "whole date in a CSV file": ("2/1/2027", CellKind.TEXT),
}


@rows(UNDERSTOOD, ("text", "kind", "value"))
def test_numbers_are_kept_as_typed(text, kind, value):
    """The number stays what the agenda prints."""
    assert ask("resolution-no", text, kind, SHAPE)[:2] == (value, None)


@rows(MANGLED, ("text", "kind"))
def test_damage_of_a_spreadsheet_is_found(text, kind):
    """What a spreadsheet has turned into another value is not taken."""
    answer = ask("resolution-no", text, kind, SHAPE)
    assert answer == (None, "vt-resolution-mangled", None)


@rows(
    {
        "too long": ("Resolution 1", "text-long"),
        "Chinese": ("議案1", "text-charset"),
    },
    ("text", "problem"),
)
def test_text_that_cannot_be_sent_is_refused(text, problem):
    """A title in place of the number is asked about."""
    assert ask("resolution-no", text, shape=SHAPE).problem == problem
