"""Numbers of identity documents, and their check digits."""

from __future__ import annotations

import polars as pl

from rapupload.fieldtypes import Shape
from rapupload.fieldtypes.identity_document import (
    hkid_check_digit_is_wrong,
    mainland_check_digit_is_wrong,
)
from rapupload.table import CellKind
from tests.unit.fieldtypes.cells import ask, rows

SHAPE = Shape(length=20)
UNDERSTOOD = {
    "HKID": ("A1234563", "A1234563", None),
    "HKID with brackets": ("A123456(3)", "A1234563", "value-understood"),
    "full-width brackets": ("A123456（3）", "A1234563", "value-understood"),
    "small letter": ("a123456(3)", "A1234563", "value-understood"),
    "blank between": ("A 123456 (3)", "A1234563", "value-understood"),
    "hyphen before the digit": ("A123456-3", "A1234563", "value-understood"),
    "two letters": ("WX123456(9)", "WX1234569", "value-understood"),
    "check digit A": ("G123456(A)", "G123456A", "value-understood"),
    "mainland": ("11010519491231002X", "11010519491231002X", None),
    "mainland with blanks": (
        "110105 19491231 002x",
        "11010519491231002X",
        "value-understood",
    ),
    "passport": ("K12345678", "K12345678", None),
    "passport of digits": ("012345678", "012345678", None),
    "other document, hyphen kept": ("CM-12/34", "CM-12/34", None),
}
REFUSED = {
    "empty brackets": ("A123456()", "identity-document-form"),
    "brackets of something else": ("A12345(67)", "identity-document-form"),
    "word": ("PASSPORT", "identity-document-form"),
    "two documents": ("A123456(3) / K12345678", "identity-document-form"),
    "with its name": ("HKID: A123456(3)", "identity-document-form"),
    "masked": ("A123***(*)", "identity-document-form"),
    "too long": ("1" * 21, "identity-document-long"),
}
KINDS = {
    "number": ("123456789", CellKind.NUMBER, None),
    "lost digits": ("110105194912310000", CellKind.NUMBER_LONG, "number-long"),
    "exponent shown": (
        "110105194912310",
        CellKind.NUMBER_SCIENTIFIC,
        "number-scientific",
    ),
    "exponent in a CSV file": ("1.10105E+17", CellKind.TEXT, "number-scientific"),
    "date": ("2027-01-05", CellKind.DATE, "cell-date"),
}


@rows(UNDERSTOOD, ("text", "value", "cleaned"))
def test_numbers_are_read_without_brackets(text, value, cleaned):
    """One number has one form, however it is written."""
    assert ask("identity-document", text, shape=SHAPE) == (value, None, cleaned)


@rows(REFUSED, ("text", "problem"))
def test_other_texts_are_asked_about(text, problem):
    """What is not one number alone is never taken apart."""
    assert ask("identity-document", text, shape=SHAPE) == (None, problem, None)


@rows(KINDS, ("text", "kind", "problem"))
def test_lost_digits_are_noticed(text, kind, problem):
    """A spreadsheet keeps fifteen digits of a number; a mainland identity has eighteen."""
    assert ask("identity-document", text, kind, SHAPE).problem == problem


def is_wrong(check, number: str | None) -> bool | None:
    """Judge one number."""
    verdict = pl.select(check(pl.lit(number, dtype=pl.String))).item()
    return None if verdict is None else bool(verdict)


HKIDS = {
    "one letter": ("A1234563", False),
    "two letters": ("WX1234569", False),
    "check digit ten": ("G123456A", False),
    "check digit zero": ("C1234560", True),
    "wrong digit": ("A1234564", True),
    "digits changed places": ("A1234653", True),
    "digit missing": ("A123456", True),
    "passport": ("K12345678", True),
}
MAINLAND = {
    "X for ten": ("11010519491231002X", False),
    "digit": ("440524188001010014", False),
    "wrong digit": ("110105194912310021", True),
    "digits changed places": ("11010519491213002X", True),
    "fifteen digits": ("110105491231002", True),
    "X elsewhere": ("1101051949123100X2", True),
}


@rows(HKIDS, ("number", "wrong"))
def test_the_digit_of_an_identity_card_is_tested(number, wrong):
    """A slip of one character, or two that changed places, shows."""
    assert is_wrong(hkid_check_digit_is_wrong, number) is wrong


@rows(MAINLAND, ("number", "wrong"))
def test_the_digit_of_a_mainland_card_is_tested(number, wrong):
    """ISO 7064 MOD 11-2, with X for ten."""
    assert is_wrong(mainland_check_digit_is_wrong, number) is wrong


def test_every_slip_of_one_digit_shows():
    """No other digit in any place gives a right number."""
    for check, number in (
        (hkid_check_digit_is_wrong, "A1234563"),
        (mainland_check_digit_is_wrong, "11010519491231002X"),
    ):
        for place, sign in enumerate(number):
            others = set("0123456789") - {sign} if sign.isdigit() else set()
            for other in others:
                slip = number[:place] + other + number[place + 1 :]
                assert is_wrong(check, slip), slip


def test_no_number_is_no_wrong_number():
    """A blank is for other rules to judge."""
    assert is_wrong(hkid_check_digit_is_wrong, None) is False
    assert is_wrong(mainland_check_digit_is_wrong, None) is False
