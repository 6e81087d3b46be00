"""Own references."""

from __future__ import annotations

from rapupload.fieldtypes import Shape
from rapupload.table import CellKind
from tests.unit.fieldtypes.cells import ask, rows

SHAPE = Shape(length=16)
UNDERSTOOD = {
    "usual": ("SI27010500012", "SI27010500012", None),
    "small letters stay": ("loan/7-b", "loan/7-b", None),
    "blanks inside stay": ("A  1", "A  1", None),
    "all signs": ("A/-?:().,'+ 1", "A/-?:().,'+ 1", None),
    "full-width": ("ＳＩ１", "SI1", "width-folded"),
    "blanks around": (" SI1 ", "SI1", "blanks-trimmed"),
}
REFUSED = {
    "slash in front": ("/SI1", "reference-slash"),
    "two slashes": ("SI//1", "reference-slash"),
    "underscore": ("SI_1", "text-charset"),
    "Chinese": ("單1", "text-charset"),
    "too long": ("S" * 17, "text-long"),
    "line break": ("SI1\nSI2", "text-line-break"),
}


@rows(UNDERSTOOD, ("text", "value", "cleaned"))
def test_references_are_kept(text, value, cleaned):
    """A reference is found again in our own books, so it stays as it is."""
    assert ask("reference", text, shape=SHAPE) == (value, None, cleaned)


@rows(REFUSED, ("text", "problem"))
def test_references_that_cannot_be_sent_are_refused(text, problem):
    """No sign is dropped to make a reference fit."""
    assert ask("reference", text, shape=SHAPE) == (None, problem, None)


@rows(
    {
        "number": ("12345", CellKind.NUMBER, None),
        "digits lost": ("1234567890123450", CellKind.NUMBER_LONG, "number-long"),
        "exponent": ("12000", CellKind.NUMBER_SCIENTIFIC, "number-scientific"),
    },
    ("text", "kind", "problem"),
)
def test_kind_of_cell_counts(text, kind, problem):
    """A number is fine while all its digits are there."""
    assert ask("reference", text, kind, SHAPE).problem == problem


def test_an_exponent_shown_by_a_spreadsheet_is_no_reference():
    """In a CSV file 1.23E+17 stands where eighteen digits were."""
    assert ask("reference", "1.23E+17", shape=Shape(length=16)) == (
        None,
        "number-scientific",
        None,
    )
    assert ask("reference", "A+B", shape=Shape(length=16)).value == "A+B"
