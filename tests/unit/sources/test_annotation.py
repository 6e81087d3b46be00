"""Annotated copies: marks on the right cells, the user's own work untouched."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from rapupload.errors import UsageError
from rapupload.model import Finding, Scope, Severity, Text
from rapupload.sources import SUMMARY_SHEET, annotate, read_table
from rapupload.spec.headings import Vocabulary


def _finding(  # the few facts that differ between the cases
    row: int | None = 3,
    letter: str = "B",
    severity: Severity = Severity.ERROR,
    value: str = "7OO",
    sheet: str = "SI",
) -> Finding:
    return Finding(
        code="stock-code-form",
        severity=severity,
        scope=Scope.CELL if row else Scope.BATCH,
        message=Text("7OO is not a stock code.", "7OO 並非股份代號。"),
        sheet=sheet,
        row=row,
        column="Stock code",
        letter=letter if row else "",
        value=value,
    )


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a workbook with formats, a formula, a comment and a second sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "SI"
    for row in (
        ["Our reference", "Stock code", "Quantity"],
        ["A1", "700", 5],
        ["A2", "7OO", 6],
    ):
        sheet.append(row)
    sheet["C4"] = "=SUM(C2:C3)"
    sheet["B3"].fill = PatternFill("solid", fgColor="FF00FF00")
    sheet["B3"].comment = Comment("ask Wong", "chan")
    sheet["A2"] = "=not a formula"
    sheet["A2"].data_type = "s"
    sheet.conditional_formatting.add(
        "C2:C3", CellIsRule(operator="greaterThan", formula=["5"])
    )
    book.create_sheet("Notes")["A1"] = "keep me"
    path = tmp_path / "orders.xlsx"
    book.save(path)
    return path


def _areas(sheet: Worksheet) -> list[str]:
    return sorted(str(area.sqref) for area in sheet.conditional_formatting)


def test_marks_and_what_stays(source: Path, tmp_path: Path):
    """Bad cells get a colour and a comment; formats, formulas and sheets stay."""
    before = source.read_bytes()
    output = tmp_path / "orders.errors.xlsx"
    annotate(source, [_finding()], output, header_row=1)
    book = openpyxl.load_workbook(output)
    sheet = book["SI"]
    assert _areas(sheet) == ["B3", "C2:C3"]
    assert sheet["B3"].comment.text.startswith("ask Wong\n")
    assert "7OO 並非股份代號。" in sheet["B3"].comment.text
    assert sheet["B3"].fill.fgColor.rgb == "FF00FF00"
    assert sheet["C4"].value == "=SUM(C2:C3)"
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=not a formula", "s")
    assert book["Notes"]["A1"].value == "keep me"
    assert source.read_bytes() == before


def test_summary_lists_and_links(source: Path, tmp_path: Path):
    """The first sheet lists every finding, with a link and both languages."""
    output = tmp_path / "out.xlsx"
    found = [_finding(), _finding(row=None, severity=Severity.WARNING)]
    annotate(source, found, output, header_row=1)
    book = openpyxl.load_workbook(output)
    assert book.sheetnames == [SUMMARY_SHEET, "SI", "Notes"]
    assert [s.title for s in book.worksheets if s.sheet_view.tabSelected] == [
        SUMMARY_SHEET
    ]
    rows = [[cell.value for cell in row] for row in book[SUMMARY_SHEET].iter_rows()]
    assert [row[:3] for row in rows[5:7]] == [
        ["error 錯誤", "1", "stock-code-form"],
        ["warning 警告", "1", "stock-code-form"],
    ]
    assert rows[9:] == [
        ["error 錯誤", "B3", "Stock code", "7OO", "7OO is not a stock code.",
         "7OO 並非股份代號。", "stock-code-form"],
        ["warning 警告", "file 檔案", "Stock code", "7OO", "7OO is not a stock code.",
         "7OO 並非股份代號。", "stock-code-form"],
    ]  # fmt: skip
    assert book[SUMMARY_SHEET]["B10"].hyperlink.location == "'SI'!B3"


def test_data_never_becomes_a_formula(source: Path, tmp_path: Path):
    """A value that looks like a formula, or has control characters, stays text."""
    output = tmp_path / "out.xlsx"
    annotate(source, [_finding(value="=cmd|' /C calc'!A0\x07")], output, header_row=1)
    cell = openpyxl.load_workbook(output)[SUMMARY_SHEET]["D9"]
    assert (cell.value, cell.data_type) == ("=cmd|' /C calc'!A0\ufffd", "s")


def test_marks_do_not_pile_up(source: Path, tmp_path: Path):
    """Annotating an annotated copy leaves the new marks only."""
    first, second = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    annotate(source, [_finding(), _finding(row=2)], first, header_row=1)
    annotate(first, [_finding(row=2, letter="C")], second, header_row=1)
    book = openpyxl.load_workbook(second)
    assert book.sheetnames == [SUMMARY_SHEET, "SI", "Notes"]
    assert _areas(book["SI"]) == ["C2", "C2:C3"]
    assert book["SI"]["B3"].comment.text == "ask Wong"
    assert book["SI"]["B2"].comment is None
    assert book["SI"]["C2"].comment is not None


def test_annotated_copy_is_read_as_the_source(
    source: Path, tmp_path: Path, vocabulary: Vocabulary
):
    """The copy, dropped in again, gives the same rows as the source."""
    output = tmp_path / "out.xlsx"
    annotate(source, [_finding()], output, header_row=1)
    copy, original = read_table(output, vocabulary), read_table(source, vocabulary)
    assert copy.sheet == "SI"
    assert copy.frame.equals(original.frame)


@pytest.mark.parametrize(
    ("language", "said", "unsaid"),
    [("en", "is not a stock code", "並非"), ("zh-Hant", "並非", "is not a stock code")],
)
def test_language_of_comments(
    language: str, said: str, unsaid: str, source: Path, tmp_path: Path
):
    """Comments can be in one language only."""
    output = tmp_path / "out.xlsx"
    annotate(source, [_finding(row=2)], output, header_row=1, language=language)
    text = openpyxl.load_workbook(output)["SI"]["B2"].comment.text
    assert said in text
    assert unsaid not in text


def test_worst_finding_colours_a_cell_with_several(source: Path, tmp_path: Path):
    """One cell has one colour, that of its worst finding, and all are told."""
    output = tmp_path / "out.xlsx"
    found = [_finding(severity=Severity.NOTE), _finding(severity=Severity.ERROR)]
    annotate(source, found, output, header_row=1)
    sheet = openpyxl.load_workbook(output)["SI"]
    (area,) = [a for a in sheet.conditional_formatting if str(a.sqref) == "B3"]
    assert [rule.dxf.fill.bgColor.rgb for rule in area.rules] == ["FFFFA7A7"]
    assert "note: " in sheet["B3"].comment.text


def test_text_file_becomes_a_workbook_of_texts(tmp_path: Path, vocabulary: Vocabulary):
    """A CSV comes back as .xlsx with the same rows, numbers and formulas as text."""
    path, output = tmp_path / "orders.csv", tmp_path / "orders.errors.xlsx"
    text = "Our reference;Stock code;Quantity\n=1+1;00700;5\n\n'x;7OO;6\n"
    path.write_text(text, encoding="utf-8")
    annotate(path, [_finding(row=4, sheet="")], output, header_row=1)
    sheet = openpyxl.load_workbook(output)["orders"]
    assert [[c.value for c in row] for row in sheet.iter_rows()] == [
        ["Our reference", "Stock code", "Quantity"],
        ["=1+1", "00700", "5"],
        [None, None, None],
        ["'x", "7OO", "6"],
    ]
    assert {c.data_type for row in sheet.iter_rows() for c in row if c.value} == {"s"}
    assert sheet["B4"].comment is not None
    copy, original = read_table(output, vocabulary), read_table(path, vocabulary)
    assert copy.frame.equals(original.frame)


def test_source_and_strangers_are_never_overwritten(source: Path, tmp_path: Path):
    """The output is neither the source nor somebody's other file."""
    before = source.read_bytes()
    with pytest.raises(UsageError, match="source file itself"):
        annotate(source, [_finding()], source, header_row=1)
    other = tmp_path / "other.xlsx"
    other.write_bytes(before)
    with pytest.raises(UsageError, match="not an annotated copy"):
        annotate(source, [_finding()], other, header_row=1)
    assert other.read_bytes() == source.read_bytes() == before
    with pytest.raises(UsageError, match=r"\.xlsx"):
        annotate(source, [_finding()], tmp_path / "out.csv", header_row=1)


def test_copy_made_earlier_is_replaced(source: Path, tmp_path: Path):
    """An annotated copy may be written again in its place."""
    output = tmp_path / "out.xlsx"
    annotate(source, [_finding()], output, header_row=1)
    annotate(source, [_finding(row=2)], output, header_row=1)
    assert openpyxl.load_workbook(output)["SI"]["B2"].comment is not None
    assert sorted(p.name for p in tmp_path.iterdir()) == ["orders.xlsx", "out.xlsx"]
