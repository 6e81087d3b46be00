"""ISINs and their check digit."""

from __future__ import annotations

import pytest

from rapupload.table import CellKind
from tests.unit.fieldtypes.cells import ask, is_plain, rows

REAL = [
    "KYG875721634",
    "GB0005405286",
    "HK0000069689",
    "US0378331005",
    "US5949181045",
    "DE0005810055",
    "CNE1000002H1",
    "BMG5695X1258",
    "AU0000XVGZA3",
    "XS2010044977",
]


@pytest.mark.parametrize("isin", REAL)
def test_real_isins_pass(isin):
    """The check digit of securities that exist is right."""
    assert ask("isin", isin) == (isin, None, None)


@pytest.mark.parametrize("isin", REAL)
def test_every_other_check_digit_fails(isin):
    """Of ten possible check digits one is right."""
    problems = [ask("isin", f"{isin[:-1]}{digit}").problem for digit in range(10)]
    assert problems.count("isin-check-digit") == 9
    assert problems[int(isin[-1])] is None


UNDERSTOOD = {
    "small letters": ("kyg875721634", "KYG875721634", "value-understood"),
    "word in front": ("ISIN KYG875721634", "KYG875721634", "value-understood"),
    "full-width": ("ＫＹＧ８７５７２１６３４", "KYG875721634", "width-folded"),
}
REFUSED = {
    "too short": ("KYG87572163", CellKind.TEXT, "isin-form"),
    "too long": ("KYG8757216344", CellKind.TEXT, "isin-form"),
    "two places swapped": ("KYG857721634", CellKind.TEXT, "isin-check-digit"),
    "letter as check digit": ("KYG87572163A", CellKind.TEXT, "isin-form"),
    "stock code": ("00700", CellKind.TEXT, "isin-form"),
    "blank inside": ("KYG 875721634", CellKind.TEXT, "isin-form"),
    "digits only": ("875721634875", CellKind.NUMBER, "isin-form"),
}


@rows(UNDERSTOOD, ("text", "value", "cleaned"))
def test_ways_of_writing_are_read(text, value, cleaned):
    """Small letters and the word ISIN in front make no difference."""
    assert ask("isin", text) == (value, None, cleaned)


@rows(REFUSED, ("text", "kind", "problem"))
def test_faults_are_named(text, kind, problem):
    """A wrong form and a wrong check digit are told apart."""
    assert ask("isin", text, kind) == (None, problem, None)


def test_quick_way_is_closed():
    """No regular expression may take the place of the check digit's test."""
    assert not is_plain("isin", "KYG875721634")
