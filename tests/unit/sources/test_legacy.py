"""The old format: same cells and limits, and the formulas nobody has calculated."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from rapupload.errors import SourceError
from rapupload.sources import read_table
from rapupload.sources.legacy import _find_uncalculated
from rapupload.spec.headings import Vocabulary
from rapupload.table import CellKind
from tests.unit.sources.make_every_kind import FILES


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _formula(row: int, column: int, result: bytes) -> bytes:
    return _record(0x0006, struct.pack("<HHH", row, column, 0) + result + bytes(8))


EMPTY = b"\x03" + bytes(5) + b"\xff\xff"


def _stream(*inside: bytes, calculated: bool = False) -> bytes:
    globals_ = _record(0x0809, bytes(16))
    mark = _record(0x01C1, bytes(8)) if calculated else b""
    sheet = b"\0\0\x02\0SI"
    place = len(globals_) + len(mark) + 4 + 4 + len(sheet)
    listed = _record(0x0085, struct.pack("<I", place) + sheet)
    return globals_ + mark + listed + _record(0x0809, bytes(16)) + b"".join(inside)


def test_formula_without_a_result_is_found():
    """An empty text as the result, in a file that no spreadsheet program calculated."""
    number = struct.pack("<d", 2.0)
    stream = _stream(_formula(1, 2, EMPTY), _formula(1, 3, number))
    assert _find_uncalculated(stream) == {0: [(1, 2)]}


def test_formula_that_is_empty_on_purpose_is_blank():
    """Where the program says that it has calculated, an empty text is the result."""
    assert _find_uncalculated(_stream(_formula(1, 2, EMPTY), calculated=True)) == {}


@pytest.mark.parametrize("size", [4_096, 8_000, 11_000])
def test_cut_short_is_damaged(size: int, tmp_path: Path, vocabulary: Vocabulary):
    """Half a file is one sentence."""
    path = tmp_path / "a.xls"
    path.write_bytes((FILES / "every-kind.xls").read_bytes()[:size])
    with pytest.raises(SourceError, match=r"damaged") as caught:
        read_table(path, vocabulary)
    assert caught.value.hint


def test_content_decides_not_the_name(tmp_path: Path, vocabulary: Vocabulary):
    """An .xls named .xlsx is read as what it is, and so is an .ods."""
    for suffix in ("xls", "ods"):
        path = tmp_path / f"{suffix}.xlsx"
        path.write_bytes((FILES / f"every-kind.{suffix}").read_bytes())
        table = read_table(path, vocabulary, sheet="Every kind")
        assert table.kinds[0] is CellKind.TEXT
        assert table.headers[0].text == "Our reference"
