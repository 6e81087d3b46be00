"""OpenDocument: what stands for much is bounded, what looks alike is told apart."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapupload.errors import SourceError
from rapupload.sources import Limits, read_table
from rapupload.sources.opendocument import OpenDocumentReader
from rapupload.sources.shape import SheetCells
from rapupload.spec.headings import Vocabulary
from rapupload.table import CellKind
from tests.unit.sources.opened import (
    CALC,
    SPACES,
    first_sheet,
    number,
    opened,
    row,
    table,
    text,
    write_ods,
)

K = CellKind
_MANY = ' table:number-rows-repeated="1048570"'
_WIDE = ' table:number-columns-repeated="16380"'
HEAD = row(text("Our reference"), text("Stock code"), text("Quantity"))
BLANK = f"<table:table-cell{_WIDE}/>"


def _bulky(path: Path) -> SheetCells:
    return first_sheet(path)


def _by_events(path: Path) -> SheetCells:
    """Read without taking plain rows many at a time."""
    reader = opened(path)
    assert isinstance(reader, OpenDocumentReader)
    reader.__dict__["_is_usual"] = False
    return reader.read(reader.sheets[0], Limits())


CELLS: dict[str, tuple[str, CellKind | None, str | None]] = {
    "text": (text("a &amp; b"), K.TEXT, "a & b"),
    "a character by its number": (text("&#65;&#x42;"), K.TEXT, "AB"),
    "blanks that count": (text('<text:s text:c="2"/>a<text:s/> b '), K.TEXT, "  a  b "),
    "white space that does not": (text("\n   a\n\t b"), K.TEXT, "a b"),
    "tab and line break": (text("a<text:tab/>b<text:line-break/>c"), K.TEXT, "a\tb\nc"),
    "spans and links": (
        text("a<text:span>b</text:span><text:a>c</text:a>"),
        K.TEXT,
        "abc",
    ),
    "pronunciation is not shown": (
        text(
            "<text:ruby><text:ruby-base>漢</text:ruby-base>"
            "<text:ruby-text>hon</text:ruby-text></text:ruby>"
        ),
        K.TEXT,
        "漢",
    ),
    "a comment is not content": (
        (
            '<table:table-cell office:value-type="string"><office:annotation><text:p>no'
            "</text:p></office:annotation><text:p>yes</text:p></table:table-cell>"
        ),
        K.TEXT,
        "yes",
    ),
    "nor is a drawing": (
        (
            '<table:table-cell office:value-type="float" office:value="5"><draw:frame>'
            "<text:p>9</text:p></draw:frame><text:p>5</text:p></table:table-cell>"
        ),
        K.NUMBER,
        "5",
    ),
    "paragraphs": (
        (
            '<table:table-cell office:value-type="string"><text:p>a</text:p><text:p/>'
            "<text:p>b</text:p></table:table-cell>"
        ),
        K.TEXT,
        "a\n\nb",
    ),
    "number": (number("700"), K.NUMBER, "700"),
    "what it shows is no matter": (
        (
            '<table:table-cell office:value-type="float" office:value="1000">'
            "<text:p>9,000</text:p></table:table-cell>"
        ),
        K.NUMBER,
        "1000",
    ),
    "money": (
        (
            '<table:table-cell office:value-type="currency" office:currency="HKD"'
            ' office:value="1.5"><text:p>HK$1.50</text:p></table:table-cell>'
        ),
        K.NUMBER,
        "1.5",
    ),
    "percentage": (
        (
            '<table:table-cell office:value-type="percentage" office:value="0.5">'
            "<text:p>50%</text:p></table:table-cell>"
        ),
        K.NUMBER_PERCENT,
        "0.5",
    ),
    "day": (
        '<table:table-cell office:value-type="date" office:date-value="2027-01-05"/>',
        K.DATE,
        "2027-01-05",
    ),
    "moment": (
        (
            '<table:table-cell office:value-type="date"'
            ' office:date-value="2027-01-05T09:30:14.9999"/>'
        ),
        K.DATETIME,
        "2027-01-05T09:30:15",
    ),
    "no day": (
        (
            '<table:table-cell office:value-type="date" office:date-value="2027-02-30">'
            "<text:p>30 Feb</text:p></table:table-cell>"
        ),
        K.ERROR,
        "2027-02-30",
    ),
    "time": (
        '<table:table-cell office:value-type="time" office:time-value="PT09H30M00S"/>',
        K.TIME,
        "09:30:00",
    ),
    "boolean": (
        '<table:table-cell office:value-type="boolean" office:boolean-value="true"/>',
        K.BOOLEAN,
        "TRUE",
    ),
    "boolean as LibreOffice has it": (
        (
            '<table:table-cell table:formula="of:=TRUE()" office:value-type="float"'
            ' office:value="1"><text:p>TRUE</text:p></table:table-cell>'
        ),
        K.BOOLEAN,
        "TRUE",
    ),
    "error": (
        (
            '<table:table-cell table:formula="of:=NA()" office:value-type="string"'
            ' office:string-value="" calcext:value-type="error"><text:p>#N/A</text:p>'
            "</table:table-cell>"
        ),
        K.ERROR,
        "#N/A",
    ),
    "error of another program": (
        (
            '<table:table-cell table:formula="of:=1/0" office:value-type="float"'
            ' office:value="0"><text:p>Err:502</text:p></table:table-cell>'
        ),
        K.ERROR,
        "Err:502",
    ),
    "formula without a value": (
        '<table:table-cell table:formula="of:=[.A1]*2"/>',
        K.FORMULA,
        "=[.A1]*2",
    ),
    "formula that shows nothing": (
        '<table:table-cell table:formula="of:=T(1)"><text:p/></table:table-cell>',
        None,
        None,
    ),
    "blank": ("<table:table-cell/>", None, None),
}


@pytest.mark.parametrize("read", [_bulky, _by_events], ids=["at once", "by events"])
@pytest.mark.parametrize("name", CELLS)
def test_cell_keeps_kind_and_text(name: str, read, tmp_path: Path):
    """Each cell comes out as its documented kind and text, in either way."""
    xml, kind, expected = CELLS[name]
    rows = row(text("from"), text("to")) + row(text("x"), xml, text("y"))
    found = read(write_ods(tmp_path / "a.ods", table(rows))).frame.row(-1, named=True)
    assert (found["k1"], found["c1"], found["c2"]) == (kind, expected, "y")


def test_repeated_blanks_do_not_expand(tmp_path: Path):
    """The million blank rows and cells of LibreOffice take neither time nor room."""
    data = row(text("A1"), text("00700"), number(5), BLANK)
    rows = HEAD + data + row(BLANK, attributes=_MANY)
    cells = first_sheet(write_ods(tmp_path / "a.ods", table(rows)))
    assert cells.frame.shape == (2, 7)


def test_repeated_content_is_content(tmp_path: Path):
    """Equal cells and rows, stored once with a count, are as many as they say."""
    twice = ' table:number-columns-repeated="2"'
    rows = HEAD + row(
        number(7, twice), number(9), attributes=' table:number-rows-repeated="3"'
    )
    frame = first_sheet(write_ods(tmp_path / "a.ods", table(rows))).frame
    assert frame.select("row", "c0", "c1", "c2").rows()[1:] == [
        (number_, "7", "7", "9") for number_ in (2, 3, 4)
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (row(*[text("A")] * 6, attributes=_MANY), "stands for 1,048,570 equal rows"),
        (row(text("A1"), attributes=_MANY), "more than 1,000,000 rows"),
        (row(text("A1", _WIDE)), "column GS"),
        (row(BLANK, text("far")), "column XFA"),
    ],
    ids=[
        "a row a million times",
        "a cell a million times",
        "a cell in all columns",
        "a cell far right",
    ],
)
def test_what_stands_for_too_much_is_refused(
    rows: str, said: str, tmp_path: Path, vocabulary: Vocabulary
):
    """A few bytes never become gigabytes."""
    path = write_ods(tmp_path / "a.ods", table(HEAD + rows))
    with pytest.raises(SourceError, match=said):
        read_table(path, vocabulary)


def test_single_cells_far_apart_are_refused(tmp_path: Path, vocabulary: Vocabulary):
    """A cell at the far corner within the limits would still fill the memory."""
    far = ' table:number-rows-repeated="900000"'
    side = '<table:table-cell table:number-columns-repeated="150"/>'
    rows = HEAD + row(side, attributes=far) + row(side, text("x"))
    path = write_ods(tmp_path / "a.ods", table(rows))
    with pytest.raises(SourceError, match="single cells as far down as row 900,002"):
        read_table(path, vocabulary)


def test_default_styles_decide_how_a_number_shows(tmp_path: Path):
    """A cell without a style has that of its row, else of its column."""
    styles = (
        '<number:percentage-style style:name="N1"><number:number/></number:percentage-style>'
        '<number:number-style style:name="N2"><number:number number:decimal-places="0"'
        ' number:min-integer-digits="5"/></number:number-style>'
        '<style:style style:name="p" style:family="table-cell" style:data-style-name="N1"/>'
        '<style:style style:name="z" style:family="table-cell"'
        ' style:parent-style-name="zz"/>'
        '<style:style style:name="zz" style:family="table-cell" style:data-style-name="N2"/>'
    )
    columns = (
        '<table:table-column table:default-cell-style-name="p"/>'
        '<table:table-column table:number-columns-repeated="3"/>'
    )
    rows = (
        row(number(1), number(2), number(3, ' table:style-name="z"'))
        + row(number(4), attributes=' table:default-cell-style-name="z"')
        + row(number(5))
    )
    path = write_ods(tmp_path / "a.ods", table(rows, columns=columns), styles)
    cells = first_sheet(path)
    assert cells.frame["k0"].to_list() == [K.NUMBER_PERCENT, K.NUMBER, K.NUMBER_PERCENT]
    assert cells.odd == ((0, "zeros-shown"), (2, "zeros-shown"))


def test_hidden_filtered_merged(tmp_path: Path):
    """What is hidden by hand, filtered out, or merged is told; nothing of it is lost."""
    rows = (
        HEAD
        + row(text("A1"), attributes=' table:visibility="collapse"')
        + row(text("A2"), attributes=' table:visibility="filter"')
        + row(
            text(
                "A3", ' table:number-columns-spanned="2" table:number-rows-spanned="2"'
            ),
            "<table:covered-table-cell/>",
            text("x"),
        )
        + row(text("A4"))
    )
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/>'
    cells = first_sheet(write_ods(tmp_path / "a.ods", table(rows, columns=columns)))
    assert cells.layout.hidden_rows == {2, 3}
    assert cells.layout.hidden_columns == {1}
    assert cells.layout.merged == ((4, 0, 5, 1),)
    assert cells.frame["c0"].to_list()[1:] == ["A1", "A2", "A3", "A4"]
    assert cells.frame["c2"][3] == "x"


def test_sheet_after_large_ones_is_found(tmp_path: Path, vocabulary: Vocabulary):
    """Sheets in front are passed by, rows in groups among them; hidden ones are."""
    group = "<table:table-row-group>{}</table:table-row-group>"
    many = "".join(row(text(f"x{n}"), number(n)) for n in range(9_000))
    hidden = ' table:style-name="gone"'
    styles = (
        '<style:style style:name="gone" style:family="table">'
        '<style:table-properties table:display="false"/></style:style>'
    )
    tables = (
        table(group.format(many), "Notes")
        + table(HEAD + row(text("A0")), "Old", hidden)
        + table(HEAD + row(text("A1"), text("00700"), number(5)), "Data")
    )
    found = read_table(write_ods(tmp_path / "a.ods", tables, styles), vocabulary)
    assert (found.sheet, found.rows, found.remarks) == ("Data", 1, ())
    assert found.frame["c1"].to_list() == ["00700"]


def test_rows_of_both_kinds_keep_their_numbers(tmp_path: Path):
    """Plain rows taken at once and others by events make one sheet, in order."""
    chance = random.Random(7)
    rows, expected, at = "", [], 0
    for n in range(4_000):
        kind = chance.randrange(12)
        times = chance.choice((2, 5)) if kind == 0 else 1
        words = text(f"R{n}") if kind else text(f"R<text:span>{n}</text:span>")
        rows += row(
            words,
            number(n),
            attributes=f' table:number-rows-repeated="{times}"' if times > 1 else "",
        )
        expected += [(at + i + 1, f"R{n}", str(n)) for i in range(times)]
        at += times
    path = write_ods(tmp_path / "a.ods", table(rows))
    frame = first_sheet(path).frame
    assert frame.select("row", "c0", "c1").rows() == expected
    assert frame.equals(_by_events(path).frame)


def test_rows_inside_a_drawing_or_a_comment_are_none(tmp_path: Path):
    """What looks like a row, but stands in a text box or an XML comment, is not read."""
    inner = f"<draw:text-box>{row(text('no'))}</draw:text-box>"
    shapes = f"<table:shapes><draw:frame>{inner}</draw:frame></table:shapes>"
    rows = shapes + HEAD + f"<!-- {row(text('no'))} -->" + row(text("A1"))
    for read in (_bulky, _by_events):
        found = read(write_ods(tmp_path / "a.ods", table(rows)))
        assert found.frame["c0"].to_list() == ["Our reference", "A1"]


def test_other_prefixes(tmp_path: Path, vocabulary: Vocabulary):
    """The names of the namespaces count, not their prefixes."""
    path = write_ods(
        tmp_path / "a.ods", table(HEAD + row(text("A1"), text("00700"), number(5)))
    )
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml").decode()
    for prefix in ("table", "office", "text"):
        content = content.replace(f"{prefix}:", f"x{prefix}:")
        content = content.replace(f"xmlns:x{prefix}:", f"xmlns:{prefix}:")
    content = content.replace("opendocument:xmlns:x", "opendocument:xmlns:")
    for prefix in ("table", "office", "text"):
        content = content.replace(f"xmlns:{prefix}=", f"xmlns:x{prefix}=")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", content)
    assert read_table(path, vocabulary).frame["c1"].to_list() == ["00700"]


REFUSED: dict[str, tuple[dict[str, str] | str, str]] = {
    "encrypted": (
        {"META-INF/manifest.xml": "<m><encryption-data/></m>", "content.xml": "@@"},
        "password",
    ),
    "a text document": (
        {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"},
        "not a spreadsheet",
    ),
    "cut short": ({"content.xml": "<office"}, "damaged"),
    "a document type": (
        {"content.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x/>'},
        "damaged",
    ),
    "no number": ("number", "damaged"),
    "an unknown type": ("type", "damaged"),
    "a table in a cell": ("nested", "damaged"),
    "no sheet": ("none", "no visible sheet"),
}
MADE = {
    "number": table(HEAD + row(text("A1"), text("5"), number("1,000"))),
    "type": table(HEAD + row('<table:table-cell office:value-type="odd"/>')),
    "nested": table(
        HEAD + row(f"<table:table-cell>{table(row(text('x')))}</table:table-cell>")
    ),
    "none": "",
}


@pytest.mark.parametrize("name", REFUSED)
def test_unreadable_documents_are_refused(
    name: str, tmp_path: Path, vocabulary: Vocabulary
):
    """One sentence, and a hint that says what to do."""
    made, said = REFUSED[name]
    path = tmp_path / "a.ods"
    if isinstance(made, str):
        write_ods(path, MADE[made])
    else:
        with zipfile.ZipFile(path, "w") as archive:
            for part, content in made.items():
                archive.writestr(part, content)
    with pytest.raises(SourceError, match=said) as caught:
        read_table(path, vocabulary)
    assert caught.value.hint


def test_spaces_are_declared():
    """The documents made here use the prefixes that the quick way knows."""
    assert 'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"' in SPACES
    assert "calcext" in CALC


_TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12
)
_VALUES = st.one_of(
    st.none(), _TEXTS, st.floats(allow_nan=False, allow_infinity=False), st.booleans()
)


def _cell(value: object) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, bool):
        word = str(value).lower()
        return f'<table:table-cell office:value-type="boolean" office:boolean-value="{word}"/>'
    if isinstance(value, float):
        return number(repr(value))
    escaped = str(value).replace("&", "&amp;").replace("<", "&lt;")
    return text(escaped) if escaped else "<table:table-cell/>"


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.lists(_VALUES, max_size=4), min_size=1, max_size=8))
def test_both_ways_agree(tmp_path: Path, rows: list[list[object]]):
    """Rows taken at once and rows taken by events are equal, whatever is in them."""
    xml = "".join(row(text("k"), *map(_cell, cells)) for cells in rows)
    path = write_ods(tmp_path / "a.ods", table(xml))
    assert _bulky(path).frame.equals(_by_events(path).frame)
