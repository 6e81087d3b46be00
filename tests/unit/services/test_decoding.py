from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from rapupload.batches import render
from rapupload.errors import SourceError, UsageError
from rapupload.services.decoding import Decoding, decode_file
from rapupload.services.decoding_report import decoding_document, write_decoding
from rapupload.spec.catalogue import Catalogue
from tests.unit.batches.building import two, values
from tests.unit.spec.building import column, field, load, minimal, toml

_HEADER = [
    field("t", "X(1)", value="0"),
    field("i", "9(4)", given="indicator"),
    field("p", "X(6)", given="participant"),
    field("d", "9(8)", given="date"),
]
_TABLES: dict[str, Any] = {
    "header": [*_HEADER, field("name", "X(4)", value="MINI")],
    "detail": [*minimal()["detail"], field("holder", "X(11)", column="holder")],
    "column": [
        *minimal()["column"],
        column("holder", picture="X(11)", personal=True, characters="ascii"),
    ],
}
_NAME = "MINI_B01234_20270105_0007.TXT"


def _content(**tables: Any) -> bytes:
    frame = two(holder=["=CHAN()", "WONG"])
    return render(frame, load(**_TABLES, **tables).spec, values()).content


def _catalogue(tmp_path: Path, **others: dict[str, Any]) -> Catalogue:
    """Return a desk with the spec ``mini``, and others that differ in some tables."""
    folder = tmp_path / "specs"
    folder.mkdir()
    for name, tables in {"mini": {}, **others}.items():
        raw = minimal(**{**_TABLES, "spec": {"id": name}, **tables})
        (folder / f"{name}.toml").write_bytes(toml(raw))
    return Catalogue(folder)


def _decoded(tmp_path: Path, content: bytes, name: str = _NAME) -> Decoding:
    path = tmp_path / name
    path.write_bytes(content)
    return decode_file(path, _catalogue(tmp_path))


def _codes(decoding: Decoding) -> list[str]:
    return [fault.code for fault in decoding.examined.faults.worded()]


def test_a_file_is_told_by_its_name(tmp_path):
    """The name pattern of one spec fits, and its header with it."""
    decoding = _decoded(tmp_path, _content())
    assert (decoding.spec.id, decoding.found_by) == ("mini", "name")
    assert decoding.values["quantity"].to_list() == ["100", "22"]
    assert _codes(decoding) == []


def test_a_file_of_another_name_is_told_by_its_header(tmp_path):
    """A vendor names files in its own way."""
    decoding = _decoded(tmp_path, _content(), "PG_OUT.DAT")
    assert (decoding.spec.id, decoding.found_by) == ("mini", "header")


@pytest.mark.parametrize("name", Catalogue().types)
def test_files_of_every_shipped_type_tell_it_by_their_header(tmp_path, name):
    """Also where the blanks at the end of lines were lost on the way."""
    spec = Catalogue().spec(name).spec
    none = pl.DataFrame(schema={c.sql_name: pl.String for c in spec.column})
    content = render(none, spec, values()).content
    for number, sent in enumerate((content, content.replace(b"  \r\n", b"\r\n"))):
        file = tmp_path / f"{number}.dat"
        file.write_bytes(sent)
        decoding = decode_file(file, Catalogue())
        assert (decoding.spec.id, decoding.found_by) == (name, "header")


def test_a_file_that_fits_two_types_is_asked_about(tmp_path):
    """The candidates are named; nothing is guessed."""
    path = tmp_path / "A.TXT"
    path.write_bytes(_content())
    catalogue = _catalogue(tmp_path, other={})
    with pytest.raises(UsageError, match="fit several types") as caught:
        decode_file(path, catalogue)
    assert caught.value.hint == "Say which it is: --type mini | other"
    assert decode_file(path, catalogue, "other").found_by == "--type"


def test_a_name_that_speaks_against_the_header_is_asked_about(tmp_path):
    """One of the two is wrong."""
    tables = {
        "batch-file": {**minimal()["batch-file"], "name": "OTHER_{indicator:04}.TXT"},
        "header": [*_HEADER, field("name", "X(4)", value="ELSE")],
    }
    path = tmp_path / "OTHER_0001.TXT"
    path.write_bytes(_content())
    with pytest.raises(UsageError) as caught:
        decode_file(path, _catalogue(tmp_path, other=tables))
    assert caught.value.hint == "Say which it is: --type other | mini"


def test_a_text_that_fits_no_type_is_asked_about(tmp_path):
    """It may be a batch file with a broken first line."""
    path = tmp_path / "A.TXT"
    path.write_bytes(b"9" + _content()[1:])
    catalogue = _catalogue(tmp_path)
    with pytest.raises(UsageError, match="fit no type"):
        decode_file(path, catalogue)
    decoding = decode_file(path, catalogue, "mini")
    assert _codes(decoding) == ["constant-differs"]
    assert decoding.values.height == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "is empty", id="0 bytes"),
        pytest.param(b"PK\x03\x04\x14\x00\x06\x00", "is no text", id="a workbook"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1", "is no text", id="an old workbook"),
        pytest.param(b"a\x00b\x00", "is no text", id="UTF-16"),
    ],
)
def test_what_is_no_batch_file_at_all_is_refused(tmp_path, content, reason):
    """Asking for a type would lead nowhere."""
    with pytest.raises(SourceError, match=reason):
        _decoded(tmp_path, content, "A.DAT")


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    """And a folder is no file."""
    with pytest.raises(SourceError, match="cannot be read"):
        decode_file(tmp_path / "none.txt", _catalogue(tmp_path))
    with pytest.raises(SourceError, match="cannot be read"):
        decode_file(tmp_path / "specs", Catalogue())


def test_a_name_that_says_otherwise_than_the_header_is_a_fault(tmp_path):
    """The file was renamed, or written with the wrong header."""
    name = "MINI_B09999_20270106_0008.TXT"
    decoding = _decoded(tmp_path, _content(), name)
    found = [(f.code, f.field, f.value) for f in decoding.examined.faults.worded()]
    assert found == [
        ("name-differs", "i", "0007"),
        ("name-differs", "p", "B01234"),
        ("name-differs", "d", "2027-01-05"),
    ]


def test_the_json_form_has_what_scripts_rely_on(tmp_path):
    """Values by column name, totals, faults; personal columns masked."""
    document = decoding_document(_decoded(tmp_path, _content()), show_personal=False)
    assert json.loads(json.dumps(document)) == document
    assert document["stated"] == {
        "indicator": "0007",
        "participant": "B01234",
        "date": "2027-01-05",
    }
    assert document["instructions"] == [
        {
            "line": 2,
            "readable": True,
            "values": {"own-reference": "A1", "quantity": "100", "holder": "•••"},
        },
        {
            "line": 3,
            "readable": True,
            "values": {"own-reference": "B2", "quantity": "22", "holder": "•••"},
        },
    ]
    assert document["masked"] == ["holder"]
    assert document["sums"] == [{"column": "quantity", "currency": "", "total": "122"}]
    assert document["faults"] == []


def _written(tmp_path: Path, name: str, *, show_personal: bool = True) -> Path:
    path = tmp_path / name
    decoding = _decoded(tmp_path, _content())
    write_decoding(decoding, path, overwrite=False, show_personal=show_personal)
    return path


def test_the_workbook_holds_texts_and_no_formula(tmp_path):
    """A vendor's file cannot run anything on our screen; zeros in front survive."""
    book = openpyxl.load_workbook(_written(tmp_path, "A.xlsx"))
    assert book.sheetnames == ["Instructions", "File", "Faults"]
    rows = list(book["Instructions"].iter_rows())
    assert [cell.value for cell in rows[1]][:4] == ["2", "A1", "100", "=CHAN()"]
    kinds = {cell.data_type for row in rows for cell in row if cell.value}
    assert kinds == {"s"}


def test_the_csv_file_opens_in_a_spreadsheet(tmp_path):
    """With a byte order mark, one line of headings, and the line of the batch file."""
    content = _written(tmp_path, "A.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0][:2] == ["Line of the batch file 批次檔案行次", "Own-reference"]
    assert rows[1] == ["2", "A1", "100", "=CHAN()", ""]


def test_the_json_file_is_the_document(tmp_path):
    """One form for a file and for standard output."""
    path = _written(tmp_path, "A.json")
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["instruction_count"] == 2
    assert document["masked"] == []


@pytest.mark.parametrize("name", ["A.xlsx", "A.csv", "A.json"])
def test_personal_columns_are_masked_in_files_too(tmp_path, name):
    """Unless somebody asks for them."""
    path = _written(tmp_path, name, show_personal=False)
    shown = path.read_bytes()
    if name == "A.xlsx":
        rows = openpyxl.load_workbook(path)["Instructions"].values
        shown = str(list(rows)).encode()
    assert b"WONG" not in shown
    assert "•••".encode() in shown or b"\\u2022" in shown


def test_a_file_that_is_there_is_left_as_it_is(tmp_path):
    """Overwriting is asked for, and an unknown ending is refused."""
    path = tmp_path / "A.csv"
    path.write_text("mine", encoding="utf-8")
    decoding = _decoded(tmp_path, _content())
    with pytest.raises(UsageError, match="exists already"):
        write_decoding(decoding, path, overwrite=False, show_personal=False)
    assert path.read_text(encoding="utf-8") == "mine"
    write_decoding(decoding, path, overwrite=True, show_personal=False)
    assert path.read_text(encoding="utf-8") != "mine"
    with pytest.raises(UsageError, match=r"none of \.xlsx, \.csv, \.json"):
        write_decoding(
            decoding, tmp_path / "A.pdf", overwrite=False, show_personal=False
        )


def test_more_rows_than_a_workbook_holds_are_refused(tmp_path):
    """Nothing is cut off in silence."""
    decoding = _decoded(tmp_path, _content())
    many = pl.repeat("1", 1_048_576, eager=True)
    examined = replace(
        decoding.examined, lines=pl.int_range(many.len(), eager=True, dtype=pl.UInt32)
    )
    frame = pl.DataFrame({"own_reference": many, "quantity": many, "holder": many})
    huge = replace(decoding, values=frame, examined=examined)
    with pytest.raises(UsageError, match="1,048,576 rows do not fit"):
        write_decoding(huge, tmp_path / "A.xlsx", overwrite=False, show_personal=False)
    assert not (tmp_path / "A.xlsx").exists()
