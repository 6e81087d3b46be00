"""Annotated copies: marks on the right cells, the user's own work untouched."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from rapupload.errors import UsageError
from rapupload.model import Finding, Scope, Severity, Text
from rapupload.sources import SUMMARY_SHEET, annotate, read_table
from rapupload.spec.headings import Vocabulary
from tests.unit.sources.make_every_kind import FILES
from tests.unit.sources.opened import opened


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


@pytest.fixture
def rich_source(tmp_path: Path) -> Path:
    """Return a workbook with a chart, saved formula values, local names, a comment."""
    path = tmp_path / "rich.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("SI")
        for column, title in enumerate(["Our reference", "Stock code", "Quantity"]):
            sheet.write_string(0, column, title)
        for row in range(1, 6):
            sheet.write_string(row, 0, f"A{row}")
            sheet.write_string(row, 1, "00700")
            sheet.write_formula(row, 2, f"=100*{row}", None, 100 * row)
        sheet.write_formula(3, 2, "=NA()", None, "#N/A")
        sheet.write_comment(1, 1, "ask Wong", {"author": "chan"})
        sheet.data_validation("B2:B9", {"validate": "list", "source": ["00700"]})
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=SI!$C$2:$C$6"})
        sheet.insert_chart("E2", chart)
        book.add_worksheet("Notes").write_formula(0, 0, "=SI!C2*2", None, 200)
        line = book.add_chart({"type": "line"})
        line.add_series({"values": "=SI!$C$2:$C$6"})
        book.add_chartsheet("Picture").set_chart(line)
        book.define_name("SI!Here", "=SI!$A$2")
        book.define_name("Notes!There", "=Notes!$A$1")
    return path


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_what_is_not_ours_stays_to_the_byte(rich_source: Path, tmp_path: Path):
    """Charts, other sheets, texts and saved values are copied as they are."""
    output = tmp_path / "out.xlsx"
    annotate(rich_source, [_finding(), _finding(row=2)], output, header_row=1)
    before, after = _parts(rich_source), _parts(output)
    assert before.keys() < after.keys()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        *("[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"),
        *("xl/styles.xml", "xl/worksheets/sheet1.xml", "xl/comments1.xml"),
        "xl/drawings/vmlDrawing1.vml",
    }
    rows = re.compile(rb"<sheetData>.*</sheetData>", re.DOTALL)
    sheets = [parts["xl/worksheets/sheet1.xml"] for parts in (before, after)]
    assert rows.findall(sheets[0]) == rows.findall(sheets[1])


def test_saved_values_survive(
    rich_source: Path, tmp_path: Path, vocabulary: Vocabulary
):
    """The copy is read again as the source, formulas and errors among the cells."""
    output = tmp_path / "out.xlsx"
    annotate(rich_source, [_finding()], output, header_row=1)
    copy, original = read_table(output, vocabulary), read_table(rich_source, vocabulary)
    assert copy.frame.equals(original.frame)
    assert copy.kinds == original.kinds
    assert original.frame["c2"].to_list() == ["100", "200", "#N/A", "400", "500"]
    saved = openpyxl.load_workbook(output, data_only=True)
    assert saved["Notes"]["A1"].value == 200


def test_local_names_stay_with_their_sheets(rich_source: Path, tmp_path: Path):
    """The sheet put in front moves the others by one place, and their names with them."""
    output = tmp_path / "out.xlsx"
    annotate(rich_source, [_finding()], output, header_row=1)
    book = openpyxl.load_workbook(output)
    assert book.sheetnames == [SUMMARY_SHEET, "SI", "Notes", "Picture"]
    assert list(book["SI"].defined_names) == ["Here"]
    assert list(book["Notes"].defined_names) == ["There"]
    assert book.active.title == SUMMARY_SHEET
    assert book["SI"].data_validations.dataValidation[0].formula1 == '"00700"'


def test_marks_come_and_go_again(rich_source: Path, tmp_path: Path):
    """After all is right, what the user had is there again, and nothing of ours."""
    marked, clean = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    annotate(rich_source, [_finding(row=2), _finding()], marked, header_row=1)
    sheet = openpyxl.load_workbook(marked)["SI"]
    assert sheet["B2"].comment.text.startswith("ask Wong\n— rapupload —\nerror: ")
    annotate(marked, [], clean, header_row=1)
    book = openpyxl.load_workbook(clean)
    comments = {
        c.coordinate: c.comment.text for r in book["SI"] for c in r if c.comment
    }
    assert comments == {"B2": "ask Wong"}
    assert _areas(book["SI"]) == []
    assert book.sheetnames == [SUMMARY_SHEET, "SI", "Notes", "Picture"]
    drawing = _parts(clean)["xl/drawings/vmlDrawing1.vml"]
    assert drawing.count(b"</v:shape>") == 1
    styles = _parts(marked)["xl/styles.xml"], _parts(clean)["xl/styles.xml"]
    assert styles[0] == styles[1]


def test_rich_comment_keeps_its_looks(source: Path, tmp_path: Path):
    """A comment with fonts of its own keeps them before and after our words."""
    path = tmp_path / "rich.xlsx"
    parts = _parts(source)
    (name,) = (name for name in parts if re.fullmatch(r".*/comment\w*\d*\.xml", name))
    run = "<r><rPr><b/></rPr><t>ask</t></r><r><t xml:space='preserve'> Wong</t></r>"
    parts[name] = re.sub(
        rb"<text>.*?</text>",
        f"<text>{run}</text>".encode(),
        parts[name],
        flags=re.DOTALL,
    )
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    marked, clean = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    annotate(path, [_finding()], marked, header_row=1)
    annotate(marked, [], clean, header_row=1)
    written = next(c for n, c in _parts(marked).items() if n.endswith(Path(name).name))
    assert run.encode() in written
    assert run.encode() in next(
        c for n, c in _parts(clean).items() if n.endswith(Path(name).name)
    )


def test_macros_stay_in_an_xlsm_and_leave_an_xlsx(source: Path, tmp_path: Path):
    """An .xlsm keeps its macros; copied to an .xlsx, it is one without them."""
    macros = tmp_path / "macros.xlsm"
    parts = _parts(source)
    types = parts["[Content_Types].xml"].replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    parts["[Content_Types].xml"] = types.replace(
        b"</Types>",
        b'<Override PartName="/xl/vbaProject.bin" ContentType='
        b'"application/vnd.ms-office.vbaProject"/></Types>',
    )
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Type="http://schemas.microsoft.com/office/2006/'
        b'relationships/vbaProject" Target="vbaProject.bin"/></Relationships>',
    )
    parts["xl/vbaProject.bin"] = b"macros"
    with zipfile.ZipFile(macros, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    annotate(macros, [_finding()], tmp_path / "kept.xlsm", header_row=1)
    annotate(macros, [_finding()], tmp_path / "left.xlsx", header_row=1)
    kept, left = _parts(tmp_path / "kept.xlsm"), _parts(tmp_path / "left.xlsx")
    assert kept["xl/vbaProject.bin"] == b"macros"
    assert b"macroEnabled" in kept["[Content_Types].xml"]
    assert "xl/vbaProject.bin" not in left
    assert not any(b"vbaProject" in content for content in left.values())
    assert b"macroEnabled" not in left["[Content_Types].xml"]


@pytest.mark.parametrize("suffix", ["ods", "xls", "xlsx"])
def test_copy_of_every_format_has_the_same_cells(
    suffix: str, tmp_path: Path, vocabulary: Vocabulary
):
    """Kinds, hidden rows, merged cells and misleading formats: all as in the source."""
    path, output = FILES / f"every-kind.{suffix}", tmp_path / "out.xlsx"
    found = [_finding(sheet="Every kind")]
    annotate(path, found, output, header_row=1)
    original = read_table(path, vocabulary)
    copy = read_table(output, vocabulary)
    assert copy.sheet == original.sheet == "Every kind"
    assert copy.frame.equals(original.frame)
    assert copy.remarks == original.remarks
    assert copy.ignored == original.ignored
    book = openpyxl.load_workbook(output)
    assert book.sheetnames == [SUMMARY_SHEET, "Every kind", "Hidden one", "Other"]
    assert book["Hidden one"].sheet_state == "hidden"
    assert opened(output).stamp == opened(path).stamp


def test_copy_of_a_text_tells_ragged_rows_again(tmp_path: Path, vocabulary: Vocabulary):
    """What is wrong with a text file is wrong with its copy until it is mended."""
    path, output = tmp_path / "orders.csv", tmp_path / "orders.findings.xlsx"
    text = 'Our reference,Stock code,Quantity\nA1,00700,1,000\nA2,"x\ny",5\n'
    path.write_text(text, encoding="utf-8")
    annotate(path, [_finding(row=2, sheet="")], output, header_row=1)
    copy, original = read_table(output, vocabulary), read_table(path, vocabulary)
    assert [remark.code for remark in original.remarks] == ["ragged-row"]
    assert copy.remarks == original.remarks
    assert copy.frame.equals(original.frame)


def test_text_too_long_for_a_cell_is_not_made_another_value(tmp_path: Path):
    """What has to be cut short says so, in the cell and on the first sheet."""
    path, output = tmp_path / "orders.csv", tmp_path / "orders.findings.xlsx"
    path.write_text(f"Stock code,Quantity\n700{' ' * 40_000},5\n", encoding="utf-8")
    annotate(path, [_finding(row=2, sheet="", letter="A")], output, header_row=1)
    book = openpyxl.load_workbook(output)
    assert book["orders"]["A2"].value.endswith("(cut short)")
    said = [cell.value or "" for row in book[SUMMARY_SHEET].iter_rows() for cell in row]
    assert any("32,767" in words for words in said)


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda s: s.encode("utf-16"), id="UTF-16"),
        pytest.param(lambda s: b"\xef\xbb\xbf" + s.encode(), id="a mark in front"),
        pytest.param(
            lambda s: (
                re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", s)
                .replace("xmlns=", "xmlns:x=")
                .encode()
            ),
            id="a prefix",
        ),
    ],
)
def test_sheets_of_other_programs_are_marked(write, source: Path, tmp_path: Path):
    """Another encoding, or another prefix, makes no difference."""
    path, output = tmp_path / "other.xlsx", tmp_path / "out.xlsx"
    parts = _parts(source)
    name = "xl/worksheets/sheet1.xml"
    parts[name] = write(parts[name].decode())
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    annotate(path, [_finding()], output, header_row=1)
    sheet = openpyxl.load_workbook(output)["SI"]
    assert "B3" in _areas(sheet)
    assert "7OO" in sheet["B3"].comment.text
    assert sheet["C4"].value == "=SUM(C2:C3)"
