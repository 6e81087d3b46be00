"""Yes and no."""

from __future__ import annotations

from rapupload.table import CellKind
from tests.unit.fieldtypes.cells import ask, rows

UNDERSTOOD = {
    "Y": ("Y", "Y"),
    "N": ("N", "N"),
    "Yes": ("Yes", "Y"),
    "No": ("No", "N"),
    "1": ("1", "Y"),
    "0": ("0", "N"),
    "是": ("是", "Y"),
    "否": ("否", "N"),
    "TRUE": ("TRUE", "Y"),
    "FALSE": ("FALSE", "N"),
    "full-width": ("Ｙ", "Y"),
}


@rows(UNDERSTOOD, ("text", "value"))
def test_usual_words_are_read(text, value):
    """Each usual word gives its letter."""
    assert ask("yes-no", text)[:2] == (value, None)


@rows(
    {
        "boolean cell": ("TRUE", CellKind.BOOLEAN, "Y"),
        "false boolean cell": ("FALSE", CellKind.BOOLEAN, "N"),
        "number one": ("1", CellKind.NUMBER, "Y"),
        "number zero": ("0", CellKind.NUMBER, "N"),
    },
    ("text", "kind", "value"),
)
def test_cells_of_other_kinds_are_read(text, kind, value):
    """Yes/no cells and the numbers one and zero are as good as words."""
    assert ask("yes-no", text, kind).value == value


@rows(
    {
        "cross": ("X", "yes-no-mark"),
        "small cross": ("x", "yes-no-mark"),
        "tick": ("✓", "yes-no-mark"),
        "tick as a picture": ("✔\ufe0f", "yes-no-mark"),
        "ballot box": ("☑", "yes-no-mark"),
        "hyphen": ("-", "yes-no-mark"),
        "number two": ("2", "yes-no-form"),
        "both": ("Y/N", "yes-no-form"),
    },
    ("text", "problem"),
)
def test_marks_are_asked_about(text, problem):
    """A mark that may mean either is a problem of its own."""
    assert ask("yes-no", text) == (None, problem, None)


def test_blank_stays_blank():
    """A blank is no answer, and no problem of the cell."""
    assert ask("yes-no", " ") == (None, None, None)
