"""Codes from a list."""

from __future__ import annotations

import pytest

from rapupload.fieldtypes import Shape
from rapupload.fieldtypes.code import fold_codes
from rapupload.table import CellKind
from tests.unit.fieldtypes.cells import ask, is_plain, rows

SHAPE = Shape(
    codes=fold_codes({"BC": "BC", "Broker-custodian": "BC", "01": "01", "質押": "PL"})
)
UNDERSTOOD = {
    "code itself": ("BC", "BC", None),
    "small letters": ("bc", "BC", "value-understood"),
    "label with blanks": ("broker - custodian", "BC", "value-understood"),
    "Chinese label": ("質押", "PL", "value-understood"),
    "full-width": ("ＢＣ", "BC", "width-folded"),
}


@rows(UNDERSTOOD, ("text", "value", "cleaned"))
def test_every_spelling_gives_its_code(text, value, cleaned):
    """Case, width and blanks make no difference to a spelling."""
    assert ask("code", text, shape=SHAPE) == (value, None, cleaned)


@rows({"word": ("loan",), "number without its zero": ("1",)}, ("text",))
def test_unknown_values_are_asked_about(text):
    """A value that is not on the list is a problem, however near it is."""
    assert ask("code", text, shape=SHAPE).problem == "code-unknown"


def test_number_cells_are_looked_up():
    """A code of digits may be typed as a number."""
    shape = Shape(codes={"1": "1"})
    assert ask("code", "1", CellKind.NUMBER, shape).value == "1"


def test_without_codes_nothing_is_known():
    """A column whose list is empty takes nothing."""
    assert ask("code", "BC").problem == "code-unknown"
    assert not is_plain("code", "BC")


def test_code_that_means_another_is_not_plain():
    """The quick way takes a code only where it stands for itself."""
    shape = Shape(codes={"a": "B", "b": "A", "c": "C"})
    assert ask("code", "A", shape=shape).value == "B"
    assert [is_plain("code", code, shape) for code in "ABC"] == [False, False, True]


def test_signs_in_codes_are_no_patterns():
    """A point or bracket of a code matches itself only on the quick way."""
    shape = Shape(codes=fold_codes({"A.(1)": "A.(1)"}))
    assert is_plain("code", "A.(1)", shape)
    assert not is_plain("code", "AB(1)", shape)


def test_one_spelling_for_two_codes_is_refused():
    """A list in which one spelling has two meanings cannot be built."""
    with pytest.raises(ValueError, match="'n' stands for NEW and for NIL"):
        fold_codes({"N": "NEW", "n": "NIL"})
