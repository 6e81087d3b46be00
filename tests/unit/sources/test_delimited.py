"""Delimited text: nothing lost, records counted, encodings never guessed."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapupload.errors import SourceError, UsageError
from rapupload.sources import Limits, read_table
from rapupload.sources.delimited import read_odd, read_plain
from rapupload.spec.headings import Vocabulary
from rapupload.table import CellKind, Remark, Table

TITLE = "Our reference,Stock code,Quantity\n"


def _read(
    content: str | bytes,
    tmp_path: Path,
    vocabulary: Vocabulary,
    encoding: str | None = None,
) -> Table:
    path = tmp_path / "source.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path, vocabulary, encoding=encoding)


ROWS: dict[str, tuple[str, list[tuple[int, str | None, str | None, str | None]]]] = {
    "zeros kept": ("01,00700,10\n", [(2, "01", "00700", "10")]),
    "blanks kept": ("  a ,b\u3000,c\n", [(2, "  a ", "b\u3000", "c")]),
    "empty is null": (',,"1"\n', [(2, None, None, "1")]),
    "quoted nothing is null": ('"",x,1\n', [(2, None, "x", "1")]),
    "quoted delimiter and quote": ('"a,b","say ""hi""",1\n', [(2, "a,b", 'say "hi"', "1")]),
    "quoted line break": ('"a\r\nb",x,1\nc,y,2\n', [
        (2, "a\r\nb", "x", "1"), (3, "c", "y", "2")]),
    "CR LF": ("a,b,1\r\nc,d,2\r\n", [(2, "a", "b", "1"), (3, "c", "d", "2")]),
    "mixed line ends": ("a,b,1\r\nc,d,2\ne,f,3\r", [
        (2, "a", "b", "1"), (3, "c", "d", "2"), (4, "e", "f", "3")]),
    "old Macintosh": ("a,b,1\rc,d,2\r", [(2, "a", "b", "1"), (3, "c", "d", "2")]),
    "no line end at the end": ("a,b,1", [(2, "a", "b", "1")]),
    "fewer cells": ("a\n", [(2, "a", None, None)]),
    "stray quote in a field": ('12" pipe,x,1\n', [(2, '12" pipe', "x", "1")]),
    "number-like text": ("1e5,0x1F,NaN\n", [(2, "1e5", "0x1F", "NaN")]),
    "a formula is text": ("=1+1,@x,-2\n", [(2, "=1+1", "@x", "-2")]),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_fields_come_as_written(name: str, tmp_path: Path, vocabulary: Vocabulary):
    """Every field is the text between its delimiters, and nothing else."""
    content, rows = ROWS[name]
    table = _read(TITLE + content, tmp_path, vocabulary)
    assert table.frame.rows() == rows
    assert table.kinds == dict.fromkeys(range(3), CellKind.TEXT)
    assert table.sheet == ""
    assert {remark.code for remark in table.remarks} <= {"mixed-line-ends"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found_by_the_headings(
    delimiter: str, tmp_path: Path, vocabulary: Vocabulary
):
    """The delimiter is the one that makes the headings known, whatever else occurs."""
    rows = [["Our reference", "Stock code", "Quantity"], ["a,b;c|d", "700", "1"]]
    text = "\n".join(
        delimiter.join(f'"{c}"' if delimiter in c else c for c in r) for r in rows
    )
    table = _read(text, tmp_path, vocabulary)
    assert table.frame.rows() == [(2, "a,b;c|d", "700", "1")]


def test_row_numbers_count_records(tmp_path: Path, vocabulary: Vocabulary):
    """Blank lines count, quoted line breaks do not, as a spreadsheet would show them."""
    text = "\nReport\n\n" + TITLE + '"a\nb",700,1\n\nc,5,2\n\n\n'
    table = _read(text, tmp_path, vocabulary)
    assert table.header_row == 4
    assert table.frame["row"].to_list() == [5, 7]
    assert table.ignored == {6: "blank"}


def test_ragged_rows_are_errors_at_their_row(tmp_path: Path, vocabulary: Vocabulary):
    """A row with more cells than headings is read in full and remarked upon."""
    table = _read(TITLE + "a,700,1\nb,700,1,000\nc,700,2,\n", tmp_path, vocabulary)
    assert table.rows == 3
    assert table.remarks == (Remark(code="ragged-row", row=3, letter="D", detail="3"),)


def test_ragged_row_far_below_the_head(tmp_path: Path, vocabulary: Vocabulary):
    """A wide record in the middle of a long file is found as well."""
    lines = "a,700,1\n" * 5000 + "b,700,1,000\n" + "a,700,1\n" * 10
    table = _read(TITLE + lines, tmp_path, vocabulary)
    assert [remark.row for remark in table.remarks] == [5002]
    assert table.rows == 5011


def test_total_row_in_text(tmp_path: Path, vocabulary: Vocabulary):
    """A total at the bottom is recognised where every cell is text."""
    table = _read(TITLE + 'a,700,1\nTotal,,"1,000"\n', tmp_path, vocabulary)
    assert table.ignored == {3: "total"}


def test_open_quote_is_refused(tmp_path: Path, vocabulary: Vocabulary):
    """A quote that never closes would swallow rows; the file is refused."""
    with pytest.raises(SourceError, match="row 3") as caught:
        _read(TITLE + 'a,700,1\nb,"700,1\nc,5,2\n', tmp_path, vocabulary)
    assert caught.value.hint


ENCODED = {
    "UTF-8": ("我方編號,股份代號\n參考一,700\n".encode(), None),
    "UTF-8 with mark": ("我方編號,股份代號\n參考一,700\n".encode("utf-8-sig"), None),
    "UTF-16 with mark": ("我方編號,股份代號\n參考一,700\n".encode("utf-16"), None),
    "Big5 stated": ("我方編號,股份代號\n參考一,700\n".encode("big5hkscs"), "big5"),
    "GB 18030 stated": ("我方編號,股份代號\n參考一,700\n".encode("gb18030"), "gbk"),
    "a mark wins over what is stated": (
        "我方編號,股份代號\n參考一,700\n".encode("utf-8-sig"),
        "big5",
    ),
}


@pytest.mark.parametrize("name", ENCODED)
def test_encodings(name: str, tmp_path: Path, vocabulary: Vocabulary):
    """Chinese text is read from each encoding that is marked or stated."""
    content, encoding = ENCODED[name]
    table = _read(content, tmp_path, vocabulary, encoding)
    assert table.frame.rows() == [(2, "參考一", "700")]
    assert table.remarks == ()


def test_hkscs_names_need_the_superset(tmp_path: Path, vocabulary: Vocabulary):
    """Characters of Hong Kong names, absent from plain Big5, are read."""
    content = "我方編號,股份代號\n鰂魚涌𠝹,700\n".encode("big5hkscs")
    assert _read(content, tmp_path, vocabulary, "big5").frame["c0"][0] == "鰂魚涌𠝹"


def test_legacy_encoding_is_not_guessed(tmp_path: Path, vocabulary: Vocabulary):
    """Unstated, the candidates are shown with a sample each, and nothing is read."""
    content = "Our reference,Stock code\n騰訊控股,700\n".encode("big5hkscs")
    with pytest.raises(SourceError, match="big5hkscs: 騰訊控股") as caught:
        _read(content, tmp_path, vocabulary)
    assert "--encoding" in caught.value.hint


def test_wrong_encoding_is_refused_with_its_line(
    tmp_path: Path, vocabulary: Vocabulary
):
    """Bytes that mean nothing in the stated encoding are located."""
    content = TITLE.encode() + b"ok,700,1\n\xff\xff,700,1\n"
    with pytest.raises(SourceError, match="line 3"):
        _read(content, tmp_path, vocabulary, "big5")


def test_unknown_encoding_is_a_usage_error(tmp_path: Path, vocabulary: Vocabulary):
    """An encoding that is not read is named with those that are."""
    with pytest.raises(UsageError) as caught:
        _read(TITLE + "a,1,1\n", tmp_path, vocabulary, "shift-jis")
    assert "big5hkscs" in caught.value.hint


def test_stated_legacy_over_valid_utf8_is_an_error_remark(
    tmp_path: Path, vocabulary: Vocabulary
):
    """UTF-8 text read as something else by order is read, and said aloud."""
    content = (TITLE + "é,700,1\n").encode()
    table = _read(content, tmp_path, vocabulary, "gb18030")
    assert [remark.code for remark in table.remarks] == ["ambiguous-encoding"]


_FIELD = st.text(st.sampled_from('ab"",\n\r \u3000é;\t'), max_size=6)


@settings(max_examples=300, deadline=None)
@given(rows=st.lists(st.lists(_FIELD, min_size=1, max_size=4), min_size=1, max_size=6))
def test_written_files_come_back(rows: list[list[str]]):
    """What a CSV writer wrote is read back, by both ways where both apply."""
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    text = stream.getvalue().encode()
    width = max(map(len, rows))
    expected = [
        (n, *((cell or None) for cell in row), *([None] * (width - len(row))))
        for n, row in enumerate(rows, start=1)
    ]
    odd = read_odd(text, ",", "x.csv", Limits())
    assert odd.rows() == expected
    plain = read_plain(text, ",", width)
    assert plain is None or plain.rows() == expected


@settings(max_examples=500, deadline=None)
@given(text=st.text(st.sampled_from('ab",\n\r'), max_size=24))
def test_both_ways_agree_on_any_text(text: str):
    """Where the fast way takes a text at all, it reads what the careful way reads."""
    plain = read_plain(text.encode(), ",", 4) if text.strip("\r\n") else None
    if plain is None:
        return
    odd = read_odd(text.encode(), ",", "x.csv", Limits())
    assert [_trimmed(r) for r in plain.rows()] == [_trimmed(r) for r in odd.rows()]


def _trimmed(row: tuple[object, ...]) -> list[object]:
    cells = list(row)
    while cells and cells[-1] is None:
        cells.pop()
    return cells


@pytest.mark.parametrize(
    "line", [b"a,700,\xa4\xa4\n", b'"\xa4\xa4",700,1\n', b"\xff,7,1\r"]
)
def test_no_byte_escapes_the_check(line: bytes, tmp_path: Path, vocabulary: Vocabulary):
    """Bytes that are not UTF-8 are found wherever they stand and however they are read."""
    content = TITLE.encode() + b"a,700,1\n" * 5000 + line + b"a,700,1\n" * 5000
    with pytest.raises(SourceError, match="not UTF-8"):
        _read(content, tmp_path, vocabulary)


@pytest.mark.parametrize(
    ("content", "mixed"),
    [
        ("A1,700,5\nA2,700,5\n", False),
        ("A1,700,5\r\nA2,700,5\n", True),
        ("A1,700,5\rA2,700,5\n", True),
        ('A1,"7\r\n00",5\nA2,700,5\n', False),
    ],
    ids=["alike", "CR LF and LF", "CR and LF", "inside quotes"],
)
def test_mixed_line_ends_are_told(
    content: str, *, mixed: bool, tmp_path: Path, vocabulary: Vocabulary
):
    """Each ends a row; that they differ is a note."""
    path = tmp_path / "a.csv"
    text = "Our reference,Stock code,Quantity\n" + content
    path.write_bytes(text.encode())
    table = read_table(path, vocabulary)
    assert table.rows == 2
    assert [r.code for r in table.remarks] == ["mixed-line-ends"] * mixed


def test_quotes_that_swallow_rows_are_refused(tmp_path: Path, vocabulary: Vocabulary):
    """Two stray quotes make several rows one with its usual number of fields."""
    head = "Our reference,Stock code,Quantity,Remarks\n"
    swallowed = 'A1,700,5,"note\nA2,700,5,\nA3,700,5,note"\nA4,700,5,x\n'
    path = tmp_path / "a.csv"
    path.write_text(head + swallowed, encoding="utf-8")
    with pytest.raises(SourceError, match="row 2 that seems to hold rows") as caught:
        read_table(path, vocabulary)
    assert "stray quote" in caught.value.hint
    path.write_text(head + 'A1,700,5,"two\nlines, one comma"\n', encoding="utf-8")
    assert read_table(path, vocabulary).rows == 1


_FIGURES = "Our reference,Stock code,Quantity,{}\n"


@pytest.mark.parametrize(
    ("more", "record", "is_split"),
    [
        pytest.param("Remarks", "a,700,1,000", True, id="a thousand"),
        pytest.param("Remarks", "a,700,12,345", True, id="no nought"),
        pytest.param("Desk's own,Remarks", "a,700,1,000", True, id="unknown heading"),
        pytest.param("Desk's own,Remarks", "a,700,1,000,000", True, id="a million"),
        pytest.param("Remarks", 'a,700,"1,000",', False, id="quoted"),
        pytest.param("Remarks", "a,700,1000,500", False, id="a figure of four digits"),
        pytest.param("Remarks", "a,700,1,00", False, id="two digits"),
        pytest.param("Remarks", "a,700,5,urgent", False, id="a remark in words"),
        pytest.param("Remarks", "a,700,5,", False, id="no remark"),
    ],
)
def test_a_figure_split_at_its_separator_is_remarked_upon(
    more: str, record: str, *, is_split: bool, tmp_path: Path, vocabulary: Vocabulary
):
    """Though the record has as many fields as there are headings."""
    lines = f"b,700,5,\n{record}\n"
    table = _read(_FIGURES.format(more) + lines, tmp_path, vocabulary)
    expected = Remark(code="split-figure", row=3, letter="C", detail="C3")
    assert table.remarks == ((expected,) if is_split else ())


@pytest.mark.parametrize(
    ("record", "is_split"),
    [
        pytest.param("a,1,700,5", True, id="what follows has moved"),
        pytest.param("a,100,700,", False, id="a code of three digits"),
        pytest.param("a,100,700,urgent", False, id="and a remark"),
    ],
)
def test_a_number_next_to_a_figure_is_told_from_its_rest(
    record: str, *, is_split: bool, tmp_path: Path, vocabulary: Vocabulary
):
    """A code may have three digits; that a number stands among the texts tells."""
    text = f"Our reference,Quantity,Stock code,Remarks\n{record}\n"
    table = _read(text, tmp_path, vocabulary)
    assert [r.code for r in table.remarks] == (["split-figure"] if is_split else [])


def test_a_semicolon_splits_no_thousands(tmp_path: Path, vocabulary: Vocabulary):
    """Commas inside values are harmless there."""
    text = (_FIGURES.format("Remarks") + "a,700,5,100\n").replace(",", ";")
    assert _read(text, tmp_path, vocabulary).remarks == ()
