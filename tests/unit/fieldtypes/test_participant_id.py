"""IDs of CCASS participants."""

from __future__ import annotations

from rapupload.fieldtypes import field_type
from rapupload.table import CellKind
from tests.unit.fieldtypes.cells import ask, rows

UNDERSTOOD = {
    "as printed": ("B01234", "B01234", None),
    "small letter": ("b01234", "B01234", "value-understood"),
    "hyphen": ("B-01234", "B01234", "value-understood"),
    "name behind": ("B01234 ABC SECURITIES", "B01234", "value-understood"),
    "Chinese name in brackets": ("C00019（滙豐）", "C00019", "value-understood"),
    "designated bank": ("BNK012", "BNK012", None),
    "investor participant": ("I01234", "I01234", None),
    "pledgee": ("P00001", "P00001", None),
}
REFUSED = {
    "digit missing": ("B1234", CellKind.TEXT, "participant-id-number"),
    "letter missing": ("01234", CellKind.TEXT, "participant-id-number"),
    "broker number": ("1234", CellKind.TEXT, "participant-id-number"),
    "broker number as a number": ("1234", CellKind.NUMBER, "participant-id-number"),
    "BIC": ("HSBCHKHH", CellKind.TEXT, "participant-id-bic"),
    "BIC with branch": ("HSBCHKHHHKH", CellKind.TEXT, "participant-id-bic"),
    "two IDs": ("B01234 C00019", CellKind.TEXT, "participant-id-form"),
    "user ID": ("B0123401", CellKind.TEXT, "participant-id-form"),
    "sub-account behind": ("B01234-01", CellKind.TEXT, "participant-id-form"),
    "letter O for zero": ("BO1234", CellKind.TEXT, "participant-id-form"),
    "unknown letter": ("X01234", CellKind.TEXT, "participant-id-form"),
    "name only": ("ABC SECURITIES LTD", CellKind.TEXT, "participant-id-form"),
}


@rows(UNDERSTOOD, ("text", "value", "cleaned"))
def test_ids_are_read(text, value, cleaned):
    """An ID is found in capitals or small letters, with the name behind it."""
    assert ask("participant-id", text) == (value, None, cleaned)


@rows(REFUSED, ("text", "kind", "problem"))
def test_other_numbers_are_asked_about(text, kind, problem):
    """No other number of a firm is ever turned into a CCASS ID."""
    assert ask("participant-id", text, kind) == (None, problem, None)


def test_broker_number_is_explained():
    """The desk is told that the Exchange's number is another one."""
    words = field_type("participant-id").PROBLEMS["participant-id-number"]
    assert "Exchange broker number is not a CCASS ID" in words.explanation.en
