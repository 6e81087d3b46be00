"""The template: understood when it comes back, and hard to fill in wrongly."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from rapupload.errors import UsageError
from rapupload.sources import read_table, write_template
from rapupload.sources.names import HELP_SHEET, LISTS_SHEET
from rapupload.spec.format import BatchSpec
from rapupload.spec.headings import Vocabulary
from rapupload.table import CellKind


def test_filled_template_is_read_back(
    tmp_path: Path, spec: BatchSpec, vocabulary: Vocabulary
):
    """Every heading is understood, and a row keyed as text keeps its zeros."""
    path = tmp_path / "si.xlsx"
    write_template(spec, path, version="d1")
    book = openpyxl.load_workbook(path)
    for column, value in enumerate(["A1", "00700", 1000, "DVP", 12.5], start=1):
        book["SI"].cell(2, column).value = value
    book.save(path)
    table = read_table(path, vocabulary)
    match = vocabulary.match([header.text for header in table.headers])
    assert list(match.columns) == [column.name for column in spec.column]
    assert match.unknown == ()
    assert table.frame.row(0) == (2, "A1", "00700", "1000", "DVP", "12.5", None)
    assert table.kinds[1] is CellKind.TEXT


def test_empty_template_has_no_rows(
    tmp_path: Path, spec: BatchSpec, vocabulary: Vocabulary
):
    """Formats and drop-downs alone are no rows of data."""
    path = tmp_path / "si.xlsx"
    write_template(spec, path, version="d1")
    with pytest.raises(Exception, match="no rows below"):
        read_table(path, vocabulary)


def test_formats_prompts_and_stamp(tmp_path: Path, spec: BatchSpec):
    """Identifiers are text, dates dates; codes drop down; the spec is stamped."""
    path = tmp_path / "si.xlsx"
    write_template(spec, path, version="digest-1")
    book = openpyxl.load_workbook(path)
    sheet = book["SI"]
    formats = [sheet.column_dimensions[letter].number_format for letter in "ABCEF"]
    assert formats == ["@", "@", "#,##0", "#,##0.00", "yyyy-mm-dd"]
    assert sheet.freeze_panes == "B2"
    rules = {str(v.sqref): v for v in sheet.data_validations.dataValidation}
    assert rules["D2:D2001"].formula1 == '"DVP,FOP"'
    assert rules["B2:B2001"].prompt.startswith("Five digits")
    assert "00700" in rules["B2:B2001"].prompt
    stamps = {p.name: p.value for p in book.custom_doc_props.props}
    assert stamps == {
        "rapupload-spec": "si",
        "rapupload-spec-version": 3,
        "rapupload-spec-status": "assumed",
        "rapupload-spec-digest": "digest-1",
    }


def test_help_sheet_names_every_column_code_and_rule(tmp_path: Path, spec: BatchSpec):
    """Whatever the spec says to a person stands on the help sheet in both languages."""
    path = tmp_path / "si.xlsx"
    write_template(spec, path, version="d1")
    book = openpyxl.load_workbook(path)
    said = "\n".join(
        str(cell.value) for row in book[HELP_SHEET] for cell in row if cell.value
    )
    for column in spec.column:
        assert column.label.en in said
        assert column.label.zh_hant in said
    for words in (
        "FOP = Free of payment 毋須付款",
        "FOP takes no amount.",
        "si-amount",
    ):
        assert words in said


def test_long_lists_move_to_a_hidden_sheet(tmp_path: Path, spec: BatchSpec):
    """Codes that do not fit into a drop-down of the sheet itself become a named range."""
    payment = spec.column_named("payment")
    codes = tuple(
        payment.codes[0].model_copy(update={"code": f"PURPOSE{n:03}"})
        for n in range(60)
    )
    wide = payment.model_copy(update={"codes": codes})
    columns = tuple(wide if c.name == "payment" else c for c in spec.column)
    path = tmp_path / "si.xlsx"
    write_template(spec.model_copy(update={"column": columns}), path, version="d1")
    book = openpyxl.load_workbook(path)
    assert book[LISTS_SHEET].sheet_state == "veryHidden"
    assert book[LISTS_SHEET]["A60"].value == "PURPOSE059"
    area = book.defined_names["list_1"].attr_text
    assert area == f"'{LISTS_SHEET}'!$A$1:$A$60"


def test_existing_file_is_left_alone(tmp_path: Path, spec: BatchSpec):
    """A file that is there is not replaced unless asked for, and no scraps are left."""
    path = tmp_path / "si.xlsx"
    path.write_bytes(b"mine")
    with pytest.raises(UsageError, match="exists already"):
        write_template(spec, path, version="d1")
    assert path.read_bytes() == b"mine"
    write_template(spec, path, version="d1", overwrite=True)
    assert path.read_bytes()[:2] == b"PK"
    assert [p.name for p in tmp_path.iterdir()] == ["si.xlsx"]


def test_no_folder_to_write_to(tmp_path: Path, spec: BatchSpec):
    """A folder that does not exist is a usage error with a hint."""
    with pytest.raises(UsageError) as caught:
        write_template(spec, tmp_path / "none" / "si.xlsx", version="d1")
    assert "folder" in caught.value.hint
