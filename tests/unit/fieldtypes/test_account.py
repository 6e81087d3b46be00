"""Stock accounts."""

from __future__ import annotations

from rapupload.fieldtypes import Shape
from rapupload.table import CellKind
from tests.unit.fieldtypes.cells import ask, rows

UNDERSTOOD = {
    "leading zero": ("01", CellKind.TEXT, "01", None),
    "eight digits": ("00012345", CellKind.TEXT, "00012345", None),
    "typed as a number": ("1", CellKind.NUMBER, "1", None),
    "letters as given": ("abC1", CellKind.TEXT, "abC1", None),
    "blanks around": (" 01 ", CellKind.TEXT, "01", "blanks-trimmed"),
    "full-width": ("０１", CellKind.TEXT, "01", "width-folded"),
}
REFUSED = {
    "two accounts in one cell": ("01 02", CellKind.TEXT, "account-form"),
    "hidden mark inside": ("0\u200b1", CellKind.TEXT, "account-form"),
    "fraction": ("1.5", CellKind.NUMBER, "account-form"),
    "minus": ("-1", CellKind.NUMBER, "account-form"),
    "too long": ("123456789", CellKind.TEXT, "account-long"),
    "exponent shown": ("12345678", CellKind.NUMBER_SCIENTIFIC, "number-scientific"),
    "exponent in a CSV file": ("1.23E+7", CellKind.TEXT, "account-form"),
    "digits lost": ("1234567890123450", CellKind.NUMBER_LONG, "number-long"),
    "date": ("2027-02-01", CellKind.DATE, "cell-date"),
}


@rows(UNDERSTOOD, ("text", "kind", "value", "cleaned"))
def test_accounts_stay_as_given(text, kind, value, cleaned):
    """An account is neither padded nor turned to capitals."""
    assert ask("account", text, kind, Shape(length=8)) == (value, None, cleaned)


@rows(REFUSED, ("text", "kind", "problem"))
def test_doubtful_accounts_are_asked_about(text, kind, problem):
    """Whatever may be another account than the one shown is a problem."""
    assert ask("account", text, kind, Shape(length=8)) == (None, problem, None)


def test_length_is_free_without_a_picture():
    """A column without a picture takes accounts of any length."""
    assert ask("account", "1" * 40).value == "1" * 40


def test_an_exponent_shown_by_a_spreadsheet_is_no_account():
    """In a CSV file 1.2E+10 stands where eleven digits were."""
    assert ask("account", "1.2E+10").problem == "number-scientific"
