"""One sheet with every kind of cell, in three formats: read equal, cell by cell."""

from __future__ import annotations

import pytest

from rapupload.sources.shape import Stamp
from rapupload.table import CellKind
from tests.unit.sources.make_every_kind import CELLS, FILES
from tests.unit.sources.opened import first_sheet, opened

K = CellKind
EXPECTED = {
    "text": (K.TEXT, "HKD"),
    "leading zeros": (K.TEXT, "00700"),
    "blanks": (K.TEXT, "  x  y"),
    "Chinese": (K.TEXT, "騰訊控股 𠮷"),
    "markup": (K.TEXT, "a<b>&\"c\"'d'"),
    "lines": (K.TEXT, "a\nb\n\nc"),
    "no-break space": (K.TEXT, "1\u00a0000"),
    "full width": (K.TEXT, "００７００"),
    "whole": (K.NUMBER, "700"),
    "decimal": (K.NUMBER, "0.1"),
    "negative": (K.NUMBER, "-12.5"),
    "brackets": (K.NUMBER, "-1000"),
    "thousands": (K.NUMBER, "1234567.5"),
    "eleven digits": (K.NUMBER, "12000000000"),
    "twelve digits": (K.NUMBER_SCIENTIFIC, "120000000000"),
    "twelve in full": (K.NUMBER, "120000000000"),
    "tiny": (K.NUMBER_SCIENTIFIC, "0.00001"),
    "exponent": (K.NUMBER_SCIENTIFIC, "1234"),
    "percentage": (K.NUMBER_PERCENT, "0.5"),
    "sixteen digits": (K.NUMBER_LONG, "1234567890123460"),
    "currency": (K.NUMBER, "12.5"),
    "fraction": (K.NUMBER, "0.5"),
    "date": (K.DATE, "2027-01-05"),
    "date in Chinese": (K.DATE, "2027-01-05"),
    "date and time": (K.DATETIME, "2027-01-05T09:30:15"),
    "time": (K.TIME, "09:30:00"),
    "elapsed": (K.NUMBER, "1.25"),
    "true": (K.BOOLEAN, "TRUE"),
    "false": (K.BOOLEAN, "FALSE"),
    "not available": (K.ERROR, "#N/A"),
    "divided by zero": (K.ERROR, "#DIV/0!"),
    "formula": (K.NUMBER, "2"),
}


@pytest.mark.parametrize("suffix", ["xlsx", "ods", "xls"])
def test_cells_are_what_they_are(suffix: str):
    """Kind and text of each cell, whatever the format."""
    frame = first_sheet(FILES / f"every-kind.{suffix}").frame
    found = {row["c0"]: (row["k1"], row["c1"]) for row in frame.rows(named=True)}
    assert {name: found[name] for name in EXPECTED} == EXPECTED
    assert CELLS.keys() < EXPECTED.keys()


@pytest.mark.parametrize("suffix", ["ods", "xls"])
def test_all_is_equal_to_the_xlsx(suffix: str):
    """Cells, hidden rows and columns, merged areas, remarks on formats, sheets, stamp."""
    other, xlsx = FILES / f"every-kind.{suffix}", FILES / "every-kind.xlsx"
    here, there = first_sheet(other), first_sheet(xlsx)
    assert here.frame.equals(there.frame)
    assert here.layout == there.layout
    assert here.odd == there.odd
    assert here.layout.hidden_rows
    assert here.layout.hidden_columns
    assert here.layout.merged
    sheets = [(sheet.name, sheet.is_hidden) for sheet in opened(other).sheets]
    assert sheets == [("Every kind", False), ("Hidden one", True), ("Other", False)]
    assert (
        opened(other).stamp
        == opened(xlsx).stamp
        == Stamp(type="si", version=3, digest="d1")
    )
    assert opened(other).peek(opened(other).sheets[0])[0][1][:2] == [
        "Our reference",
        "Stock code",
    ]
