"""The template: understood when it comes back, and hard to fill in wrongly."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from rapupload.errors import SourceError, UsageError
from rapupload.model import Severity
from rapupload.sources import REMARKS, Stamp, read_table, survey, write_template
from rapupload.sources.names import EXAMPLE_MARK, HELP_SHEET, LISTS_SHEET
from rapupload.sources.template import template_columns
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.format import BatchSpec
from rapupload.spec.headings import Vocabulary
from rapupload.table import CellKind
from tests.support.sheets import clear_examples, delete_examples


def test_filled_template_is_read_back(
    tmp_path: Path, spec: BatchSpec, vocabulary: Vocabulary
):
    """Every heading is understood, and a row keyed as text keeps its zeros."""
    path = tmp_path / "si.xlsx"
    write_template(spec, path, version="d1")
    book = openpyxl.load_workbook(path)
    clear_examples(book["SI"])
    for column, value in enumerate(["A1", "00700", 1000, "DVP", 12.5], start=1):
        book["SI"].cell(2, column).value = value
    book.save(path)
    table = read_table(path, vocabulary)
    assert table.remarks == ()
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
    with pytest.raises(SourceError, match="no rows below but the examples"):
        read_table(path, vocabulary)
    delete_examples(path)
    with pytest.raises(SourceError, match=r"no rows below\."):
        read_table(path, vocabulary)


def test_examples_left_in_are_refused(
    tmp_path: Path, spec: BatchSpec, vocabulary: Vocabulary
):
    """They are counted as ignored, and an error says which rows to delete."""
    path = tmp_path / "si.xlsx"
    write_template(spec, path, version="d1")
    book = openpyxl.load_workbook(path)
    for column, value in enumerate(["A1", "00700", 1000], start=1):
        book["SI"].cell(4, column).value = value
    book.save(path)
    table = read_table(path, vocabulary)
    assert table.frame["row"].to_list() == [4]
    assert table.ignored == {2: "example", 3: "example"}
    assert table.rows == 3
    assert [(r.code, r.row) for r in table.remarks] == [
        ("example-row", 2),
        ("example-row", 3),
    ]
    assert REMARKS["example-row"][0] is Severity.ERROR


def test_example_typed_over_is_refused_until_its_mark_is_gone(
    tmp_path: Path, spec: BatchSpec, vocabulary: Vocabulary
):
    """Other cells of the example may be left in the row: nobody sends those unseen."""
    path = tmp_path / "si.xlsx"
    write_template(spec, path, version="d1")
    book = openpyxl.load_workbook(path)
    page = book["SI"]
    page["A2"], page["A3"] = "EXAMPLE 7", "範例"
    last = len(template_columns(spec)) + 1
    assert page.cell(2, last).value == EXAMPLE_MARK
    page.cell(3, last).value = None
    book.save(path)
    table = read_table(path, vocabulary)
    assert table.frame["c0"].to_list() == ["範例"]
    assert table.ignored == {2: "example"}
    assert [remark.code for remark in table.remarks if remark.row == 2] == [
        "example-row"
    ]


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
    assert stamps == {  # all of them text: numbers are lost in an .xls
        "rapupload-spec": "si",
        "rapupload-spec-version": "3",
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


def _fill(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    clear_examples(book["SI"])
    for column, value in enumerate(["A1", "00700", 1000], start=1):
        book["SI"].cell(2, column).value = value
    book.save(path)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (Stamp(type="si", version=3, digest="other"), None),
        (Stamp(type="si", version=4), "template-outdated"),
        (Stamp(type="voting", version=3), "template-of-other-type"),
        (None, None),
    ],
    ids=["the same version", "another version", "another type", "not asked"],
)
def test_outdated_template_is_recognised(
    wanted: Stamp | None,
    code: str | None,
    tmp_path: Path,
    spec: BatchSpec,
    vocabulary: Vocabulary,
):
    """By the stamp in the properties, against the template in force."""
    path = tmp_path / "si.xlsx"
    write_template(spec, path, version="d1")
    _fill(path)
    table = read_table(path, vocabulary, template=wanted)
    assert [remark.code for remark in table.remarks] == ([code] if code else [])


def test_further_columns_follow(tmp_path: Path, spec: BatchSpec):
    """A shape with columns of its own gets them beside those of the spec."""
    path = tmp_path / "si.xlsx"
    wide = spec.column_named("quantity").model_copy(
        update={
            "name": "for-1",
            "label": spec.column_named("quantity").label.model_copy(
                update={"en": "For 1", "zh_hant": "贊成 1"}
            ),
        }
    )
    write_template(spec, path, version="d1", further=[wide])
    book = openpyxl.load_workbook(path)
    assert book["SI"]["G1"].value == "For 1 *\n贊成 1"
    said = [cell.value for row in book[HELP_SHEET] for cell in row]
    assert "For 1" in said


def test_lists_prompts_and_print(tmp_path: Path, spec: BatchSpec):
    """Nothing typed is refused by a list; texts keep within Excel's limits."""
    path = tmp_path / "si.xlsx"
    long = spec.column_named("payment").model_copy(
        update={
            "description": spec.column_named("stock-code").description.model_copy(  # type: ignore[union-attr]
                update={"en": "word " * 90, "zh_hant": "字" * 200}
            )
        }
    )
    columns = tuple(long if c.name == "payment" else c for c in spec.column)
    write_template(spec.model_copy(update={"column": columns}), path, version="d1")
    sheet = openpyxl.load_workbook(path)["SI"]
    for rule in sheet.data_validations.dataValidation:
        assert len(rule.promptTitle) <= 32
        assert len(rule.prompt) <= 255
        assert rule.errorStyle in {"warning", "information", None}
        assert rule.errorStyle or rule.type in {None, "none"}
    assert sheet.auto_filter.ref == "A1:F2001"
    assert not any(dimension.hidden for dimension in sheet.row_dimensions.values())
    assert (sheet.page_setup.orientation, sheet.print_title_rows) == (
        "landscape",
        "$1:$1",
    )
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


@pytest.mark.parametrize("type_", Catalogue().types)
def test_template_of_every_type_is_understood(type_: str, tmp_path: Path):
    """Headings mean their own column; without examples nothing is left to read."""
    loaded = Catalogue().spec(type_)
    path = tmp_path / "t.xlsx"
    write_template(loaded.spec, path, version=loaded.digest)
    vocabulary = Vocabulary(loaded.spec)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    heads = [str(cell.value) for cell in sheet[1] if cell.value]
    meant = [vocabulary.meaning(head) for head in heads]
    assert meant == [column.name for column in template_columns(loaded.spec)]
    assert vocabulary.match(heads).missing == ()
    with pytest.raises(SourceError, match="but the examples"):
        read_table(path, vocabulary)
    (fit,) = survey(
        path, {t: Vocabulary(Catalogue().spec(t).spec) for t in Catalogue().types}
    )
    assert (fit.type, fit.is_stamped) == (type_, True)
