"""Stock codes: section 1.1 of what desks write, row by row."""

from __future__ import annotations

from rapupload.table import CellKind
from tests.unit.fieldtypes.cells import ask, rows

UNDERSTOOD = {
    "no leading zeros": ("700", "00700", "zeros-restored"),
    "one leading zero": ("0700", "00700", "zeros-restored"),
    "all five digits": ("00700", "00700", None),
    "Reuters form": ("700.HK", "00700", "zeros-restored"),
    "blank and HK": ("0700 HK", "00700", "zeros-restored"),
    "Bloomberg form": ("700 HK Equity", "00700", "zeros-restored"),
    "market in front": ("HK.00700", "00700", "value-understood"),
    "exchange in front": ("SEHK:700", "00700", "zeros-restored"),
    "full-width digits": ("００７００", "00700", "width-folded"),
    "blanks around": (" 00700\u3000", "00700", "blanks-trimmed"),
    "renminbi counter": ("80700", "80700", None),
}
REFUSED = {
    "mainland code": ("600519", "stock-code-six"),
    "mainland code that begins with zeros": ("000001", "stock-code-six"),
    "mainland code with its market": ("600519.SH", "stock-code-six"),
    "name": ("TENCENT", "stock-code-form"),
    "zero": ("00000", "stock-code-form"),
    "minus": ("-700", "stock-code-form"),
    "seven digits": ("0000700", "stock-code-form"),
    "superscript is no digit": ("70²", "stock-code-form"),
    "error of a look-up in a CSV file": ("#N/A", "cell-error"),
}


@rows(UNDERSTOOD, ("text", "value", "cleaned"))
def test_desk_forms_are_read(text, value, cleaned):
    """Every accepted way of writing a code gives its five digits, and says so."""
    assert ask("stock-code", text) == (value, None, cleaned)


@rows(REFUSED, ("text", "problem"))
def test_other_things_are_asked_about(text, problem):
    """What may be another number than a CCASS code is never guessed."""
    assert ask("stock-code", text) == (None, problem, None)


KINDS = {
    "number": ("700", CellKind.NUMBER, None),
    "number with a fraction": ("700.5", CellKind.NUMBER, "stock-code-form"),
    "date": ("2027-01-05", CellKind.DATE, "cell-date"),
    "exponent": ("700", CellKind.NUMBER_SCIENTIFIC, "number-scientific"),
    "error": ("#REF!", CellKind.ERROR, "cell-error"),
    "formula without value": ("=A1", CellKind.FORMULA, "cell-formula"),
}


@rows(KINDS, ("text", "kind", "problem"))
def test_kind_of_cell_counts(text, kind, problem):
    """A number may stand for a code; a date or an error may not."""
    assert ask("stock-code", text, kind).problem == problem
