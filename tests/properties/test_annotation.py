"""Annotating changes nothing that is read: the marked copy has the findings of the file."""

from __future__ import annotations

import csv
import datetime as dt
import tempfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from rapupload.errors import SourceError
from rapupload.services.checking import Source, check_source
from rapupload.sources import annotate
from rapupload.spec.catalogue import Catalogue
from rapupload.validation import Checked

NOW = dt.datetime(2027, 1, 5, 2, 0, tzinfo=dt.UTC)
CATALOGUE = Catalogue()
FEW = max(10, settings().max_examples // 10)  # each example is two files and two checks

_TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
    max_size=12,
)
_CELLS = st.one_of(
    st.none(),
    _TEXTS,
    st.sampled_from(
        ["700", "00700", "D", "R", "DVP", "1,000", "#N/A", "=A1", "HKD", "是"]
    ),
    st.integers(-10, 10**17),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.booleans(),
    st.dates(dt.date(1950, 1, 1), dt.date(2090, 1, 1)),
)


@st.composite
def _sheets(draw: st.DrawFn) -> tuple[str, list[str], list[list[object]]]:
    """Return a type, some of its headings (and a strange one), and rows of any cells."""
    type_ = draw(st.sampled_from(CATALOGUE.types))
    spec = CATALOGUE.spec(type_).spec
    labels = [column.label.en for column in spec.column if not column.is_alternative]
    heads = draw(st.lists(st.sampled_from(labels), min_size=4, max_size=9, unique=True))
    heads += draw(st.lists(st.just("Something else"), max_size=1))
    row = st.lists(_CELLS, min_size=len(heads), max_size=len(heads))
    return type_, heads, draw(st.lists(row, min_size=1, max_size=6))


def _write(path: Path, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(list(heads))
    for number, cells in enumerate(rows, 2):
        for column, value in enumerate(cells, 1):
            if value is not None:
                cell = page.cell(number, column)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
    book.save(path)


def _write_text(
    path: Path, heads: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(heads)
        writer.writerows(["" if cell is None else cell for cell in row] for row in rows)


def _findings(checked: Checked) -> list[tuple[object, ...]]:
    return [
        (f.code, f.severity, f.scope, f.row, f.letter, f.column, f.value, f.message.en)
        for f in checked.findings
    ]


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
@settings(max_examples=FEW)
@given(sheet=_sheets())
def test_a_marked_copy_has_the_same_findings(suffix, sheet):
    """Whatever the cells hold, and however often it goes round."""
    type_, heads, rows = sheet
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"a{suffix}"
        if suffix == ".xlsx":
            _write(source, heads, rows)
        else:
            _write_text(source, heads, rows)
        try:
            first = check_source(Source(file=source, type=type_), CATALOGUE, None, NOW)
        except SourceError:
            reject()  # no rows, say; it is refused in a sentence
        for turn in range(2):
            marked = Path(folder) / f"marked-{turn}.xlsx"
            annotate(
                source,
                list(first.findings),
                marked,
                header_row=first.table.header_row,
                sheet=first.table.sheet or None,
            )
            again = check_source(Source(file=marked, type=type_), CATALOGUE, None, NOW)
            assert _findings(again) == _findings(first)
            assert again.instructions.equals(first.instructions)
            source = marked
