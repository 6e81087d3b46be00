"""``read_table``: which sheet, which rows, what is said about them, what is refused."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from rapupload.errors import SourceError
from rapupload.sources import REMARKS, SUMMARY_SHEET, Limits, read_table, word
from rapupload.spec.headings import Vocabulary
from rapupload.table import CellKind, Remark

Build = Callable[[Callable[[Worksheet], object]], Path]
HEADINGS: list[object] = ["Our reference", "Stock code", "Quantity"]


def _codes(remarks: tuple[Remark, ...]) -> list[str]:
    return [remark.code for remark in remarks]


def _book(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book["Sheet"])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_table_of_a_plain_sheet(build: Build, vocabulary: Vocabulary):
    """Headings, rows, kinds, digest and sheet name are those of the file."""
    path = build(lambda s: [s.append(["A1", 700, 1000]), s.append(["A2", "00005", 5])])
    table = read_table(path, vocabulary)
    assert table.sheet == "SI"
    assert table.header_row == 1
    assert [(h.text, h.position, h.letter) for h in table.headers] == [
        ("Our reference", 0, "A"),
        ("Stock code", 1, "B"),
        ("Quantity", 2, "C"),
    ]
    assert table.frame.columns == ["row", "c0", "c1", "k1", "c2"]
    assert table.frame.rows() == [
        (2, "A1", "700", 1, "1000"),
        (3, "A2", "00005", 0, "5"),
    ]
    assert table.kinds == {0: CellKind.TEXT, 2: CellKind.NUMBER}
    assert table.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert table.remarks == ()


def test_headings_below_a_title(tmp_path: Path, vocabulary: Vocabulary):
    """Titles and blank rows above the headings are no rows of the source."""
    rows: list[list[object]] = [["Trades of 5 January"], [], HEADINGS, ["A1", "700", 1]]
    table = read_table(_book(tmp_path / "t.xlsx", {"Data": rows}), vocabulary)
    assert table.header_row == 3
    assert table.frame["row"].to_list() == [4]
    assert table.rows == 1


def test_two_heading_rows_one_per_language(tmp_path: Path, vocabulary: Vocabulary):
    """Of two heading rows one above the other the lower one counts."""
    chinese: list[object] = ["我方編號", "股份代號", "股份數量"]
    rows: list[list[object]] = [HEADINGS, chinese, ["A1", "700", 1]]
    table = read_table(_book(tmp_path / "t.xlsx", {"Data": rows}), vocabulary)
    assert table.header_row == 2
    assert table.rows == 1


def test_blank_rows_are_ignored_inside_and_dropped_below(
    build: Build, vocabulary: Vocabulary
):
    """A blank row among the data is accounted for; those after the last are not rows."""

    def fill(sheet: Worksheet) -> None:
        sheet["A2"], sheet["A4"], sheet["A5"] = "R1", "  ", "R2"
        sheet["B400"].number_format = "0.00"
        sheet["A300"] = " "

    table = read_table(build(fill), vocabulary)
    assert table.frame["row"].to_list() == [2, 5]
    assert table.ignored == {3: "blank", 4: "blank"}
    assert table.rows == 4


@pytest.mark.parametrize(
    ("rows", "ignored"),
    [
        ([["R1", "700", 5], ["Total", None, 5]], {3: "total"}),
        ([["R1", "700", 5], [None, "合計：", 5]], {3: "total"}),
        ([["R1", "700", 5], ["Sub-total", None, 5], ["Grand Total", None, 5]],
         {3: "total", 4: "total"}),
        ([["R1", "700", 5], ["Total", None, None]], {3: "total"}),
        ([["Total", "00700", 5], ["R2", "700", 5]], {}),
        ([["R1", "700", 5], ["TOTAL", "ABC", 5]], {}),
        ([["R1", "700", 5], [700, "Total", 5]], {}),
        ([["R1", "700", 5], ["TOTAL 2", "2800", 7]], {}),
        ([["R1", "700", 5], ["TOTAL 2", "02800", None]], {}),
    ],
    ids=[
        "total at the bottom",
        "in Chinese, in the second column",
        "subtotal and grand total",
        "a word alone",
        "not at the bottom",
        "an instruction whose reference is TOTAL",
        "an instruction whose second cell says Total",
        "an instruction of figures whose reference is TOTAL 2",
        "a code beside the word, with its leading zero",
    ],
)  # fmt: skip
def test_total_rows(
    rows: list[list[object]],
    ignored: dict[int, str],
    build: Build,
    vocabulary: Vocabulary,
):
    """Only a total at the bottom, with nothing but figures beside it, is left out."""
    table = read_table(build(lambda s: [s.append(row) for row in rows]), vocabulary)
    assert table.ignored == ignored
    assert table.rows == len(rows)
    assert [r.row for r in table.remarks if r.code == "total-row"] == sorted(
        ignored, reverse=True
    )


def _hide_rows(sheet: Worksheet) -> None:
    for row in range(2, 10):
        sheet.append([f"R{row}", row, 1])
        sheet.row_dimensions[row].hidden = row in {3, 5}


def _hide_column(sheet: Worksheet) -> None:
    sheet.append(["R2", 2, 1])
    sheet.column_dimensions["B"].hidden = True


def _merge(sheet: Worksheet) -> None:
    for row in range(2, 6):
        sheet.append([f"R{row}", row, 1])
    sheet.merge_cells("B3:B4")


def _stray(sheet: Worksheet) -> None:
    sheet.append(["R2", 2, 1, None, "see mail"])


def _zeros(sheet: Worksheet) -> None:
    sheet.append(["R2", 5, 1])
    sheet["B2"].number_format = "00000"


def _thousands(sheet: Worksheet) -> None:
    sheet.append(["R2", 5, 12000])
    sheet["C2"].number_format = "#,##0,"


@pytest.mark.parametrize(
    ("fill", "remark"),
    [
        (_hide_rows, Remark(code="hidden-rows", row=3, detail="3, 5")),
        (_hide_column, Remark(code="hidden-columns", letter="B", detail="B")),
        (_stray, Remark(code="cells-without-heading", row=2, letter="E", detail="E2")),
        (_zeros, Remark(code="zeros-shown", letter="B", detail="Stock code")),
        (_thousands, Remark(code="scaled-numbers", letter="C", detail="Quantity")),
    ],
    ids=["hidden rows", "hidden column", "no heading", "zeros", "thousands"],
)
def test_what_the_user_may_not_see_is_remarked(
    fill: Callable[[Worksheet], None],
    remark: Remark,
    build: Build,
    vocabulary: Vocabulary,
):
    """Rows stay in the table, and the remark names the place."""
    table = read_table(build(fill), vocabulary)
    assert table.remarks == (remark,)
    assert not table.ignored


def test_every_row_of_a_merged_area_is_remarked(build: Build, vocabulary: Vocabulary):
    """What lies under a merged cell is not seen, so none of its rows may go."""
    table = read_table(build(_merge), vocabulary)
    assert table.remarks == tuple(
        Remark(code="merged-cells", row=row, letter="B", detail="B3:B4")
        for row in (3, 4)
    )


def test_merged_headings_are_no_fault(build: Build, vocabulary: Vocabulary):
    """Cells merged above the data need no remark."""

    def fill(sheet: Worksheet) -> None:
        sheet.merge_cells("D1:E1")
        sheet.append(["R2", 2, 1])

    assert read_table(build(fill), vocabulary).remarks == ()


def test_every_remark_has_words():
    """Each remark has a sentence in both languages with its place filled in."""
    for code in REMARKS:
        text = word(Remark(code=code, detail="HERE"))
        assert "HERE" in text.en
        assert "HERE" in text.zh_hant


DATA: list[list[object]] = [HEADINGS, ["A1", "700", 1]]


def test_best_sheet_is_chosen_and_the_other_named(
    tmp_path: Path, vocabulary: Vocabulary
):
    """The sheet with most known headings is read; another that fits is mentioned."""
    other: list[list[object]] = [["Stock code", "Quantity"], ["700", 1]]
    notes: list[list[object]] = [["remember"], ["to call"]]
    sheets = {"Notes": notes, "Old": other, "Today": DATA}
    table = read_table(_book(tmp_path / "b.xlsx", sheets), vocabulary)
    assert table.sheet == "Today"
    assert table.remarks == (Remark(code="other-sheets", detail="Old"),)


def test_sheets_alike_are_asked_about(tmp_path: Path, vocabulary: Vocabulary):
    """Two sheets that fit equally well are not guessed between."""
    path = _book(tmp_path / "b.xlsx", {"Mon": DATA, "Tue": DATA})
    with pytest.raises(SourceError, match='"Mon", "Tue"') as caught:
        read_table(path, vocabulary)
    assert "--sheet" in caught.value.hint
    assert read_table(path, vocabulary, sheet="tue").sheet == "Tue"


def test_hidden_and_own_sheets_are_passed_over(tmp_path: Path, vocabulary: Vocabulary):
    """A hidden copy, our findings and our help never compete with the data."""
    path = _book(
        tmp_path / "b.xlsx",
        {SUMMARY_SHEET: DATA, "Help 說明": DATA, "Old": DATA, "SI": DATA},
    )
    book = openpyxl.load_workbook(path)
    book["Old"].sheet_state = "hidden"
    book.save(path)
    table = read_table(path, vocabulary)
    assert table.sheet == "SI"
    assert table.remarks == ()


def test_shared_strings_are_looked_up_when_sheets_are_compared(
    tmp_path: Path, vocabulary: Vocabulary
):
    """Headings stored in the table of shared texts count as well."""
    path = tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Notes").write_string(0, 0, "nothing")
        sheet = book.add_worksheet("Data")
        for column, title in enumerate(HEADINGS):
            sheet.write_string(0, column, str(title))
            sheet.write_string(1, column, "x")
    assert read_table(path, vocabulary).sheet == "Data"


def _zip(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return target.getvalue()


def _plain_xlsx() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in DATA:
        sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
REFUSED: dict[str, tuple[str, bytes, str, str]] = {
    "empty file": ("a.xlsx", b"", "0 bytes", "Save or export"),
    "damaged OLE": ("a.xls", OLE, r"no \.xls workbook", "save it again"),
    "web page named .xls": ("a.xls", b"<html><table>", "HTML", "Excel Workbook"),
    "web page named .xlsx": ("a.xlsx", b"\n<!DOCTYPE html>", "HTML", "Excel Workbook"),
    "text named .xlsx": ("a.xlsx", b"a,b\n1,2\n", "plain text", "rename it to .csv"),
    "Excel 2003 XML": ("a.xml", b"<?xml version='1.0'?><Workbook/>", "XML", "Excel Workb"),
    "PDF": ("a.csv", b"%PDF-1.7 ...", "not a spreadsheet", "another file"),
    "binary": ("a.csv", b"a\0b\0", "binary", "CSV UTF-8"),
    "binary workbook": ("a.xlsb", _zip(xl__workbook_dot_bin=b""), "xlsb", "Excel Workb"),
    "empty OpenDocument": ("a.ods", _zip(content_dot_xml=b""), "damaged", "save it again"),
    "some zip": ("a.zip", _zip(a_dot_csv=b""), "zip archive", "Unpack"),
    "half a workbook": ("a.xlsx", _plain_xlsx()[:2000], "damaged", "save it again"),
    "lock file": ("~$a.xlsx", b"x", "lock file", "Use a.xlsx"),
    "no headings": ("a.csv", b"x,y\n1,2\n", "no row with known headings", "reference"),
    "no rows": ("a.csv", b"Stock code,Quantity\n\n", "no rows below", "at least one"),
    "same part twice": (
        "a.xlsx",
        _zip(xl__workbook_dot_xml=b"<x/>", XL__workbook_dot_xml=b"<x/>"),
        "twice",
        "save it again",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_unreadable_files_are_refused_with_a_hint(
    name: str, tmp_path: Path, vocabulary: Vocabulary
):
    """What cannot be read is one sentence, and another that says what to do."""
    file, content, message, hint = REFUSED[name]
    path = tmp_path / file
    path.write_bytes(content)
    with pytest.raises(SourceError, match=message) as caught:
        read_table(path, vocabulary)
    assert hint in caught.value.hint


def test_password_is_told_from_an_old_workbook(tmp_path: Path, vocabulary: Vocabulary):
    """An encrypted workbook is called one, though it looks like an old .xls."""
    from msoffcrypto.format.ooxml import OOXMLFile

    plain, path = io.BytesIO(_plain_xlsx()), tmp_path / "secret.xlsx"
    with path.open("wb") as target:
        OOXMLFile(plain).encrypt("pass", target)
    with pytest.raises(SourceError, match="password") as caught:
        read_table(path, vocabulary)
    assert "without a password" in caught.value.hint


def test_missing_file_and_folder(tmp_path: Path, vocabulary: Vocabulary):
    """A path that is no file is named."""
    with pytest.raises(SourceError, match="no file"):
        read_table(tmp_path / "none.csv", vocabulary)
    with pytest.raises(SourceError, match="is a folder"):
        read_table(tmp_path, vocabulary)


def test_zip_bomb_is_not_inflated(tmp_path: Path, vocabulary: Vocabulary):
    """A part that would be a thousand times larger unpacked is refused beforehand."""
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(_zip(xl__workbook_dot_xml=b"<x/>", xl__big=b"\0" * (70 << 20)))
    with pytest.raises(SourceError, match="unpack to 70 MB"):
        read_table(path, vocabulary)


def test_far_corner_does_not_end_the_process(build: Build, vocabulary: Vocabulary):
    """The 5 KB workbook that aborts the fast library is read, or refused, in peace."""

    def fill(sheet: Worksheet) -> None:
        sheet.append(["R2", "700", 1])
        sheet["XFD1048576"] = 1

    with pytest.raises(SourceError, match="XFD"):
        read_table(build(fill), vocabulary)


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_row_limit(suffix: str, tmp_path: Path, vocabulary: Vocabulary):
    """As many rows as the limit are read, one more is refused."""
    path = tmp_path / f"rows.{suffix}"
    if suffix == "csv":
        path.write_text("Stock code,Quantity\n" + "700,1\n" * 6, encoding="utf-8")
    else:
        rows: list[list[object]] = [["Stock code", "Quantity"], *([["700", 1]] * 6)]
        _book(path, {"SI": rows})
    assert read_table(path, vocabulary, limits=Limits(rows=6)).rows == 6
    with pytest.raises(SourceError, match="more than 5 rows"):
        read_table(path, vocabulary, limits=Limits(rows=5))


def test_size_limit(build: Build, vocabulary: Vocabulary):
    """A file over the size limit is not even loaded."""
    path = build(lambda s: s.append(["R", 1, 1]))
    with pytest.raises(SourceError, match="at most 0 MB"):
        read_table(path, vocabulary, limits=Limits(megabytes=0))


def test_stated_header_row_wins(tmp_path: Path, vocabulary: Vocabulary):
    """A heading row that nobody would recognise can be stated."""
    rows: list[list[object]] = [["x", "y"], ["p", "q"], ["1", "2"]]
    path = _book(tmp_path / "b.xlsx", {"S": rows})
    table = read_table(path, vocabulary, header_row=2)
    assert [header.text for header in table.headers] == ["p", "q"]
    assert table.frame.rows() == [(3, "1", "2")]
    with pytest.raises(SourceError, match="Row 9"):
        read_table(path, vocabulary, header_row=9)


def test_damaged_sheet_is_a_source_error(build: Build, vocabulary: Vocabulary):
    """XML that ends in the middle of a row is damage, not a crash."""
    path = build(lambda s: s.append(["R", 1, 1]))
    source, target = zipfile.ZipFile(path), io.BytesIO()
    with zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            content = source.read(name)
            half = content[: content.find(b"</row>")] if "sheet1" in name else content
            copy.writestr(name, half)
    path.write_bytes(target.getvalue())
    with pytest.raises(SourceError, match="damaged"):
        read_table(path, vocabulary)


def test_entity_bomb_is_refused(build: Build, vocabulary: Vocabulary):
    """A document type in a part is refused before it can grow."""
    path = build(lambda s: s.append(["R", 1, 1]))
    source, target = zipfile.ZipFile(path), io.BytesIO()
    with zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            content = source.read(name)
            if "sheet1" in name:
                content = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + content
            copy.writestr(name, content)
    path.write_bytes(target.getvalue())
    with pytest.raises(SourceError, match="damaged"):
        read_table(path, vocabulary)


def test_dates_from_1904_are_told(tmp_path: Path, vocabulary: Vocabulary):
    """Read by that system, and said where the sheet has dates."""
    path = tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
        sheet = book.add_worksheet("SI")
        sheet.write_row(0, 0, [*map(str, HEADINGS), "Settlement date"])
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(1, 0, ["A1", "00700", "5"])
        sheet.write_number(1, 3, 44_930, day)
    table = read_table(path, vocabulary)
    assert table.frame["c3"].to_list() == ["2027-01-05"]
    assert table.remarks == (Remark(code="dates-from-1904", detail="D"),)


@pytest.mark.parametrize(
    ("rows", "below"),
    [
        ([["A1", "700", 5], ["Prepared by Chan", None, None]], [3]),
        ([["A1", "700", 5], ["Total", None, 5], [None, "see mail", None]], [4]),
        ([["A1", "700", 5], [None, None, 7]], []),
        ([["A1", None, None], ["A2", None, None]], []),
    ],
    ids=["a remark", "below a total", "a figure", "all rows are so"],
)
def test_text_below_the_table_is_told_and_kept(
    rows: list[list[object]], below: list[int], build: Build, vocabulary: Vocabulary
):
    """It stays a row, so that nothing is lost, and a total above it is one still."""
    table = read_table(build(lambda s: [s.append(row) for row in rows]), vocabulary)
    assert [r.row for r in table.remarks if r.code == "text-below"] == below
    assert set(below) <= set(table.frame["row"])
    assert table.rows == len(rows)


def test_sheet_that_lacks_nothing_wins(tmp_path: Path, vocabulary: Vocabulary):
    """Of two with as many known headings, the one with all mandatory columns."""
    lacking: list[list[object]] = [["Our reference", "Stock code", "Amount"], ["x"]]
    path = _book(tmp_path / "b.xlsx", {"Fees": lacking, "Today": DATA})
    table = read_table(path, vocabulary)
    assert (table.sheet, table.remarks) == (
        "Today",
        (Remark(code="other-sheets", detail="Fees"),),
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<row r="3"', b'<row r="2"'),
        (b'<row r="3"', b'<row r="1048577"'),
        (b'r="B2"', b'r="A2"'),
        (b'r="B2"', b'r="B9"'),
    ],
    ids=["a row twice", "a row beyond the last", "a cell twice", "in another row"],
)
def test_cells_out_of_order_are_damage(
    old: bytes, new: bytes, build: Build, vocabulary: Vocabulary
):
    """One program would read the first of two, another the second: neither is right."""

    def fill(sheet: Worksheet) -> None:
        sheet.append(["A1", "700", 1])
        sheet.append(["A2", "700", 1])
        sheet["A3"].value = "_x0041_"  # the careful reader's business

    path = build(fill)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    assert old in parts[name]
    parts[name] = parts[name].replace(old, new, 1)
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    with pytest.raises(SourceError, match="damaged"):
        read_table(path, vocabulary)


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("a.xls", b"a,b\n1,2\n", "plain text"),
        ("a.ods", b"a,b\n1,2\n", "plain text"),
        ("a.xls", b"MIME-Version: 1.0\n\n<html>", "saved web page"),
        ("a.xls", b"", "0 bytes"),
        ("~$a.ods", b"x", "lock file"),
    ],
)
def test_other_suffixes_are_refused_alike(
    file: str, content: bytes, said: str, tmp_path: Path, vocabulary: Vocabulary
):
    """Content decides for every suffix of a workbook."""
    (tmp_path / file).write_bytes(content)
    with pytest.raises(SourceError, match=said) as caught:
        read_table(tmp_path / file, vocabulary)
    assert caught.value.hint
