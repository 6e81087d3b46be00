"""Names as on a document."""

from __future__ import annotations

from rapupload.fieldtypes import Shape
from rapupload.table import CellKind
from tests.unit.fieldtypes.cells import ask, rows

SHAPE = Shape(length=30)
UNDERSTOOD = {
    "capitals": ("CHAN TAI MAN", "CHAN TAI MAN", None),
    "small letters": ("Chan Tai Man", "CHAN TAI MAN", "name-capitals"),
    "comma behind the surname": ("CHAN, TAI MAN", "CHAN, TAI MAN", None),
    "hyphen and apostrophe": (
        "O'Brien-Smith, Anne",
        "O'BRIEN-SMITH, ANNE",
        "name-capitals",
    ),
    "curved apostrophe": ("O\u2019BRIEN", "O'BRIEN", "name-capitals"),
    "long hyphen": ("ANNE\u2013MARIE", "ANNE-MARIE", "name-capitals"),
    "two blanks": ("CHAN  TAI", "CHAN TAI", "name-capitals"),
    "full-width": ("ＣＨＡＮ　ＴＡＩ", "CHAN TAI", "width-folded"),
    "blanks around": (" CHAN ", "CHAN", "blanks-trimmed"),
    "apostrophe at the end": ("TO'", "TO'", None),
}
REFUSED = {
    "Chinese": ("陳大文", "name-characters"),
    "Chinese behind": ("CHAN TAI MAN 陳大文", "name-characters"),
    "accent": ("JOSÉ", "name-characters"),
    "digit": ("CHAN 2", "name-characters"),
    "point": ("CHAN T. M.", "name-characters"),
    "brackets": ("CHAN (MR)", "name-characters"),
    "hyphen alone": ("-", "name-form"),
    "comma at the end": ("CHAN,", "name-form"),
    "too long": ("A" * 31, "name-long"),
    "accents saved as something else": ("JOS\ufffd", "text-lost-characters"),
    "Chinese saved as Latin": ("CHAN ???", "text-lost-characters"),
    "error of a look-up in a CSV file": ("#N/A", "cell-error"),
}


@rows(UNDERSTOOD, ("text", "value", "cleaned"))
def test_names_are_put_in_capitals(text, value, cleaned):
    """As the document prints them, said once per column."""
    assert ask("name", text, shape=SHAPE) == (value, None, cleaned)


@rows(REFUSED, ("text", "problem"))
def test_other_signs_are_asked_about(text, problem):
    """Nothing is transliterated, shortened or left out."""
    assert ask("name", text, shape=SHAPE) == (None, problem, None)


@rows(
    {
        "number": ("12", CellKind.NUMBER, "name-characters"),
        "date": ("2027-01-05", CellKind.DATE, "cell-date"),
    },
    ("text", "kind", "problem"),
)
def test_other_kinds_of_cell_are_no_names(text, kind, problem):
    """A number or a date has slipped into the column."""
    assert ask("name", text, kind, SHAPE).problem == problem
