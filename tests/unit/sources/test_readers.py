"""Both xlsx readers see the same cells, and say what each one is."""

from __future__ import annotations

import datetime as dt
import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from rapupload.sources.careful import CarefulReader
from rapupload.sources.fast import FastReader
from rapupload.sources.limits import Limits
from rapupload.sources.shape import SheetCells
from rapupload.sources.triage import NotPlainError
from rapupload.sources.workbook import Workbook, open_workbook
from rapupload.table import CellKind

ReadBoth = Callable[[Path], tuple[SheetCells, SheetCells]]
K = CellKind


def _moment(*parts: int) -> dt.datetime:
    return dt.datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - cells have no zone


CELLS: dict[str, tuple[object, str | None, CellKind | None, str | None]] = {
    "text": ("HKD", None, K.TEXT, "HKD"),
    "text of digits keeps its zeros": ("00700", None, K.TEXT, "00700"),
    "blanks around a text are kept": ("  x ", None, K.TEXT, "  x "),
    "Chinese": ("騰訊控股", None, K.TEXT, "騰訊控股"),
    "markup": ("a<b>&\"c\"'d'", None, K.TEXT, "a<b>&\"c\"'d'"),
    "a line break": ("a\nb", None, K.TEXT, "a\nb"),
    "whole number": (700, None, K.NUMBER, "700"),
    "decimal": (0.1, None, K.NUMBER, "0.1"),
    "negative": (-12.5, None, K.NUMBER, "-12.5"),
    "binary noise": (1234.5600000000001, None, K.NUMBER, "1234.56"),
    "eleven digits": (12_000_000_000, None, K.NUMBER, "12000000000"),
    "twelve digits in General": (
        120_000_000_000,
        None,
        K.NUMBER_SCIENTIFIC,
        "120000000000",
    ),
    "twelve digits shown in full": (120_000_000_000, "0", K.NUMBER, "120000000000"),
    "tiny in General": (0.00001, None, K.NUMBER_SCIENTIFIC, "0.00001"),
    "exponent format": (1234, "0.00E+00", K.NUMBER_SCIENTIFIC, "1234"),
    "percentage": (0.5, "0%", K.NUMBER_PERCENT, "0.5"),
    "sixteen digits": (1234567890123456, "0", K.NUMBER_LONG, "1234567890123460"),
    "cents lost at sixteen digits": (
        12345678901234.567,
        "0.00",
        K.NUMBER_LONG,
        "12345678901234.6",
    ),
    "date": (dt.date(2027, 1, 5), "yyyy-mm-dd", K.DATE, "2027-01-05"),
    "date in a Chinese format": (
        dt.date(2027, 1, 5),
        'yyyy"年"m"月"d"日"',
        K.DATE,
        "2027-01-05",
    ),
    "date and time": (
        _moment(2027, 1, 5, 9, 30, 15),
        "yyyy-mm-dd hh:mm",
        K.DATETIME,
        "2027-01-05T09:30:15",
    ),
    "time": (dt.time(9, 30), "hh:mm", K.TIME, "09:30:00"),
    "early date, before the leap year that never was": (
        59,
        "yyyy-mm-dd",
        K.DATE,
        "1900-02-28",
    ),
    "no date at all": (60, "yyyy-mm-dd", K.NUMBER, "60"),
    "elapsed hours": (1.25, "[h]:mm", K.NUMBER, "1.25"),
    "negative serial": (-3, "yyyy-mm-dd", K.NUMBER, "-3"),
    "boolean": (True, None, K.BOOLEAN, "TRUE"),
    "false": (False, None, K.BOOLEAN, "FALSE"),
    "formula without a value": ("=1+1", None, K.FORMULA, "=1+1"),
    "formula with a comparison": (
        '=IF(A1<2,"&","")',
        None,
        K.FORMULA,
        '=IF(A1<2,"&","")',
    ),
    "blank": (None, "0.00", None, None),
}


@pytest.mark.parametrize("name", CELLS)
def test_cell_keeps_kind_and_text(name: str, tmp_path: Path, read_both: ReadBoth):
    """Each kind of cell comes out as its documented kind and text, by both readers."""
    value, number_format, kind, text = CELLS[name]
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet["A1"], sheet["C1"] = "from", "to"
    sheet["B2"] = value
    if number_format:
        sheet["B2"].number_format = number_format
    book.save(tmp_path / "cell.xlsx")
    for cells in read_both(tmp_path / "cell.xlsx"):
        row = cells.frame.row(-1, named=True)
        found = (row["k1"], row["c1"]) if cells.frame.height > 1 else (None, None)
        assert found == (kind, text)


def _error_cell(sheet: Worksheet) -> None:
    sheet["A2"] = "#N/A"
    sheet["A2"].data_type = "e"
    sheet["B2"] = "x"
    sheet["A3"] = "ok"


def _gaps(sheet: Worksheet) -> None:
    sheet["C4"], sheet["B9"] = 1, "late"
    sheet["A12"].number_format = "0.00"  # a styled blank


def _hidden(sheet: Worksheet) -> None:
    for row in range(2, 12):
        sheet.append([f"R{row}", row, row])
    sheet.row_dimensions[4].hidden = True
    sheet.row_dimensions[15].hidden = True
    sheet.column_dimensions["B"].hidden = True
    sheet.merge_cells("A5:B6")


def _mixed(sheet: Worksheet) -> None:
    for row in range(400):
        value: object = row if row % 3 else f"T{row}"
        sheet.append([value, row / 7, None if row % 5 else True])


@pytest.mark.parametrize("fill", [_error_cell, _gaps, _hidden, _mixed])
def test_both_readers_agree(
    fill: Callable[[Worksheet], None],
    build: Callable[[Callable[[Worksheet], object]], Path],
    read_both: ReadBoth,
):
    """Cells, kinds and layout are equal, cell by cell."""
    fast, careful = read_both(build(fill))
    assert fast.frame.equals(careful.frame)
    assert fast.layout == careful.layout
    assert fast.odd == careful.odd


def test_error_cell_is_not_blank(
    build: Callable[[Callable[[Worksheet], object]], Path], read_both: ReadBoth
):
    """An error is read as the error shown, by the fast reader too."""
    fast, _ = read_both(build(_error_cell))
    assert fast.frame["c0"][1] == "#N/A"
    assert fast.frame["k0"][1] == K.ERROR


@pytest.mark.parametrize(
    "options", [{"constant_memory": True}, {}], ids=["inline", "shared"]
)
def test_xlsxwriter_files_are_plain(
    options: dict[str, Any], tmp_path: Path, read_both: ReadBoth
):
    """Workbooks of a common writer take the fast way, inline and shared texts alike."""
    path = tmp_path / "written.xlsx"
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet("SI")
        money = book.add_format({"num_format": "#,##0.00"})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["Our reference", "Stock code", "Quantity", "when"])
        for row in range(1, 1500):
            sheet.write_string(row, 0, f"R{row} 騰訊")
            sheet.write_number(row, 1, row)
            sheet.write_number(row, 2, row * 12.25, money)
            sheet.write_datetime(row, 3, _moment(2027, 1, 5), day)
    fast, careful = read_both(path)
    assert fast.frame.equals(careful.frame)
    assert fast.frame.row(1499) == (
        1500, "R1499 騰訊", 0, "1499", 1, "18362.75", 1, "2027-01-05", 5,
    )  # fmt: skip


def test_dates_of_1904(tmp_path: Path, read_both: ReadBoth):
    """Dates of an old Macintosh workbook are the ones it shows."""
    path = tmp_path / "mac.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_datetime(
            0, 0, _moment(2027, 1, 5), book.add_format({"num_format": 14})
        )
    for cells in read_both(path):
        assert cells.frame.row(0) == (1, "2027-01-05", K.DATE)


_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False, width=64),
    st.datetimes(_moment(1901, 1, 1), _moment(2999, 1, 1)),
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12
    ).filter(
        lambda text: "_x" not in text and "\ufffe" not in text and "\uffff" not in text
    ),
)
_FORMATS = st.sampled_from(
    ["General", "0", "0.00", "@", "0%", "yyyy-mm-dd", "h:mm", "0.0E+00", "000000"]
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rows=st.lists(
        st.lists(st.tuples(_VALUES, _FORMATS), max_size=5), min_size=1, max_size=8
    )
)
def test_any_cells_are_read_alike(rows: list[list[tuple[Any, str]]], tmp_path: Path):
    """Whatever a workbook holds, the readers agree, or the fast one declines."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for r, row in enumerate(rows, start=1):
        for c, (value, number_format) in enumerate(row, start=1):
            cell = sheet.cell(r, c)
            if isinstance(value, str):
                cell.value, cell.data_type = value, "s"
            else:
                cell.value = value
            if not isinstance(value, dt.datetime):
                cell.number_format = number_format
    path = tmp_path / "any.xlsx"
    book.save(path)
    opened = open_workbook(path.read_bytes(), "any.xlsx", Limits())
    careful = CarefulReader().read(opened, opened.sheets[0], Limits())
    try:
        fast = FastReader().read(opened, opened.sheets[0], Limits())
    except NotPlainError:
        return
    assert fast.frame.rows() == careful.frame.rows()
    assert fast.frame.equals(careful.frame)
    assert fast.odd == careful.odd


def _patched(
    path: Path, old: str, new: str, part: str = "xl/worksheets/sheet1.xml"
) -> bytes:
    source, target = zipfile.ZipFile(path), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            copy.writestr(name, content)
    return target.getvalue()


NOT_PLAIN = {
    "comment": ("<sheetData>", "<sheetData><!-- x -->"),
    "CDATA": ("<t>R2</t>", "<t><![CDATA[R2]]></t>"),
    "a far cell": ('<c r="A2"', '<c r="XFD2"'),
    "a far row": ('<row r="3">', '<row r="1048577">'),
    "cells of another row": ('<c r="A3"', '<c r="A7"'),
    "rows out of order": ('<row r="3">', '<row r="1">'),
    "single quotes": ('<c r="A2"', "<c r='A2'"),
    "no references": ('<c r="A2"', "<c"),
    "unknown attribute": ('<c r="A2"', '<c r="A2" zz="1"'),
    "entity in a reference": ('<c r="A2"', '<c r="&#65;2"'),
    "unknown type": ('<c r="B2" t="n"', '<c r="B2" t="d"'),
    "pretty-printed": ("</row>", "</row>\n  "),
    "an escape": ("<t>R2</t>", "<t>R_x0041_2</t>"),
    "carriage return": ("<t>R2</t>", "<t>R\r2</t>"),
    "blank at the end, not preserved": ("<t>R2</t>", "<t>R2 </t>"),
    "rich text": ("<t>R2</t>", "<r><t>R2</t></r>"),
    "an attribute twice": ('<c r="B2" t="n"', '<c r="B2" t="n" t="s"'),
}


@pytest.mark.parametrize("name", NOT_PLAIN)
def test_unusual_xml_is_left_to_the_careful_reader(
    name: str, build: Callable[[Callable[[Worksheet], object]], Path]
):
    """Markup outside the short grammar is not cut by the fast reader."""
    path = build(lambda sheet: [sheet.append([f"R{row}", row, row]) for row in (2, 3)])
    raw = _patched(path, *NOT_PLAIN[name])
    book = open_workbook(raw, "odd.xlsx", Limits())
    with pytest.raises(NotPlainError):
        FastReader().read(book, book.sheets[0], Limits())


def test_plain_file_passes_the_triage(
    build: Callable[[Callable[[Worksheet], object]], Path], read_both: ReadBoth
):
    """The workbook that the cases above spoil is itself plain (else they prove nothing)."""
    path = build(lambda sheet: [sheet.append([f"R{row}", row, row]) for row in (2, 3)])
    fast, careful = read_both(path)
    assert fast.frame.height == 3
    assert fast.frame.equals(careful.frame)


def test_style_number_that_ends_in_the_row_number(tmp_path: Path, read_both: ReadBoth):
    """A style index ending in the row's own number is not taken for a reference."""
    path = tmp_path / "styles.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        formats = [
            book.add_format({"num_format": "0%" if n % 2 else '0.0 "' + str(n) + '"'})
            for n in range(120)
        ]
        for row in range(40):
            for column in range(6):
                sheet.write_number(row, column, 1, formats[(row + column * 20) % 120])
    fast, careful = read_both(path)
    assert fast.frame.equals(careful.frame)
    assert K.NUMBER_PERCENT in fast.frame["k0"]


SHARED = {
    "as written": "<si><t>漢字</t></si>",
    "phonetic properties": '<si><t>漢字</t><phoneticPr fontId="1"/></si>',
    "phonetic reading": '<si><t>漢字</t><rPh sb="0" eb="2"><t>カンジ</t></rPh></si>',
    "fonts within": '<si><r><t>漢</t></r><r><rPr><b/><sz val="9"/></rPr><t>字</t></r></si>',
    "preserved blanks": '<si><t xml:space="preserve">漢字</t></si>',
}


@pytest.mark.parametrize("name", SHARED)
def test_shared_texts_in_all_their_forms(name: str, tmp_path: Path):
    """Fonts and phonetic readings inside a shared text leave the text as it is shown."""
    path = tmp_path / "shared.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for column, text in enumerate(["a", "漢字", "b"]):
            sheet.write_string(0, column, text)
    raw = _patched(path, SHARED["as written"], SHARED[name], "xl/sharedStrings.xml")
    book_read = open_workbook(raw, "shared.xlsx", Limits())
    for reader in (FastReader(), CarefulReader()):
        cells = reader.read(book_read, book_read.sheets[0], Limits())
        assert cells.frame.row(0) == (1, "a", 0, "漢字", 0, "b", 0)


@pytest.mark.parametrize("shape", ["<si/>", "<si></si>", "<si><t/></si>"])
def test_empty_shared_text_keeps_its_place(shape: str, tmp_path: Path):
    """An empty shared text still counts, so that later ones do not move up."""
    path = tmp_path / "shared.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for column, text in enumerate(["a", "b", "c"]):
            sheet.write_string(0, column, text)
    raw = _patched(path, "<si><t>b</t></si>", shape, "xl/sharedStrings.xml")
    book_read = open_workbook(raw, "shared.xlsx", Limits())
    for reader in (FastReader(), CarefulReader()):
        cells = reader.read(book_read, book_read.sheets[0], Limits())
        assert cells.frame.row(0) == (1, "a", 0, None, None, "c", 0)


def _date_cell(path: Path, serial: str) -> Workbook:
    with xlsxwriter.Workbook(path) as book:
        style = book.add_format({"num_format": "yyyy-mm-dd"})
        book.add_worksheet().write_number(0, 0, 46392, style)
    raw = _patched(path, "<v>46392</v>", f"<v>{serial}</v>")
    return open_workbook(raw, "dates.xlsx", Limits())


@pytest.mark.parametrize(
    ("serial", "text"),
    [
        ("1E+300", "1" + "0" * 300),
        ("123456789", "123456789"),
        ("-123456789", "-123456789"),
    ],
)
def test_wild_date_is_a_number(serial: str, text: str, tmp_path: Path):
    """A date cell far out of range is the number it holds: no day is made up."""
    book = _date_cell(tmp_path / "dates.xlsx", serial)
    for reader in (FastReader(), CarefulReader()):
        cells = reader.read(book, book.sheets[0], Limits())
        assert cells.frame.row(0) == (1, text, K.NUMBER)


def test_number_cell_without_a_number_is_not_plain(tmp_path: Path):
    """A number cell that holds a word is left to the other reader."""
    book = _date_cell(tmp_path / "dates.xlsx", "abc")
    with pytest.raises(NotPlainError):
        FastReader().read(book, book.sheets[0], Limits())


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/worksheets/sheet1.xml", "<v>1</v>", "<v>7</v>"),
        ("xl/worksheets/sheet1.xml", "<v>1</v>", "<v>x</v>"),
        (
            "xl/_rels/workbook.xml.rels",
            'Target="sharedStrings.xml"',
            'Target="texts.xml"',
        ),
        ("xl/sharedStrings.xml", 'uniqueCount="3"', 'uniqueCount="4"'),
        ("xl/sharedStrings.xml", "<t>b</t>", "<t>b</t><x/>"),
        ("xl/sharedStrings.xml", "<t>b</t>", "<t>b&nbsp;</t>"),
        ("xl/sharedStrings.xml", "<t>b</t>", "<t>b&#65;</t>"),
        ("xl/sharedStrings.xml", "</si><si><t>b", "</si><!-- --><si><t>b"),
    ],
)
def test_doubtful_shared_text_is_not_plain(
    part: str, old: str, new: str, tmp_path: Path
):
    """Which text a cell means is never guessed: in doubt the other reader reads."""
    path = tmp_path / "shared.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for column, text in enumerate(["a", "b", "c"]):
            sheet.write_string(0, column, text)
    book_read = open_workbook(_patched(path, old, new, part), "s.xlsx", Limits())
    with pytest.raises(NotPlainError):
        FastReader().read(book_read, book_read.sheets[0], Limits())


@pytest.mark.parametrize(
    "options", [{"constant_memory": True}, {}], ids=["inline", "shared"]
)
def test_rows_of_many_shapes(
    options: dict[str, Any], tmp_path: Path, read_both: ReadBoth
):
    """Blanks that move contents to other places in their row are all allowed for."""
    path, chance = tmp_path / "shapes.xlsx", random.Random(5)
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet()
        formats = {
            n: book.add_format({"num_format": n}) for n in ("yyyy-mm-dd", "0%", "0.00")
        }
        for row in range(1_500):
            for column in range(6):
                kind = chance.randrange(8)
                if kind < 2:
                    sheet.write_string(row, column, f"T&{chance.randrange(9)} <漢>")
                elif kind < 4:
                    value = chance.choice((1, 46_392, 0.1, 1234.5600000000001, 1e15))
                    style = chance.choice((None, *formats.values()))
                    sheet.write_number(row, column, value, style)
                elif kind == 4:
                    sheet.write_boolean(row, column, chance.random() < 0.5)
                elif kind == 5:
                    sheet.write_formula(
                        row, column, "=A1&B1", None, chance.choice("xy")
                    )
    fast, careful = read_both(path)
    assert fast.frame.equals(careful.frame)
