from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pytest

from rapupload.simulator.reader import BatchReading, Expected, read_batch
from rapupload.spec.format import BatchSpec
from tests.unit.simulator.client import (
    GOOD,
    GOOD_ROWS,
    GOOD_TRAILER,
    NAME,
    detail,
    header,
)

EXPECTED = Expected(
    participant="B01234", account="CB01234001", today=dt.date(2027, 1, 5)
)


def read(data: bytes | str, spec: BatchSpec, name: str = NAME) -> BatchReading:
    raw = data.encode("ascii") if isinstance(data, str) else data
    return read_batch(raw, name, spec, EXPECTED)


def trailer(count: int, stocks: int, quantity: int, checksums: int) -> str:
    return f"2{count:04}{stocks:07}{quantity:014}{checksums:017}{'':56}\r\n"


def test_good_file_gives_its_rows(ati: BatchSpec) -> None:
    """Every column, the line number and the record checksum come out as written."""
    reading = read(GOOD, ati)
    assert reading.fault is None
    assert reading.indicator == 1
    assert reading.given["file-reference"] == "REF1"
    assert reading.records == 2
    assert [(row.line, row.checksum) for row in reading.rows] == [
        (1, "00000000001005"),
        (2, "00000000001200"),
    ]
    assert reading.rows[0].values == {
        "stock-code": "00005",
        "isin": "",
        "from-account": "01",
        "to-account": "02",
        "quantity": "00000001000",
        "remarks": "",
    }


def test_worked_lines_of_the_public_layout_are_read(ati: BatchSpec) -> None:
    """The file written out letter by letter is taken without a fault."""
    text = (
        "00001B01234        REF1           20270105ATI BATCH INPUT"
        "                                          \r\n"
        "100005                  01      0200000001000"
        "                                        00000000001005\r\n"
        "100700                  02      0100000000500"
        "                                        00000000001200\r\n"
        "2000200007050000000000150000000000000002205"
        "                                                        \r\n"
    )
    assert text.encode("ascii") == GOOD
    assert read(text, ati).fault is None


LAYOUT_FAULTS = {
    "nothing": "",
    "header only": header(),
    "no detail": header() + trailer(0, 0, 0, 0),
    "no trailer": header() + GOOD_ROWS,
    "short record": GOOD.decode().replace("ATI BATCH INPUT ", "ATI BATCH INPUT"),
    "bare line feeds": GOOD.decode().replace("\r\n", "\n"),
    "one bare line feed": GOOD.decode().replace("\r\n", "\n", 1),
    "no last line end": GOOD.decode().removesuffix("\r\n"),
    "blank line at the end": GOOD.decode() + "\r\n",
    "wrong record type": GOOD.decode().replace("\r\n1", "\r\n3", 1),
    "wrong constant": GOOD.decode().replace("ATI BATCH INPUT", "STI BATCH INPUT"),
    "letters for digits": GOOD.decode().replace("00000001000", "0000000100O"),
    "blank for digits": GOOD.decode().replace("00000001000", " " * 11),
    "account on the left": GOOD.decode().replace("      01", "01      ", 1),
    "mandatory field blank": GOOD.decode().replace("      01", "        ", 1),
    "text on the right": header()
    + detail(5, "01", "02", 1, f"{'LATE':>40}")
    + trailer(1, 5, 1, 6),
    "other participant": header(owner="B09999") + GOOD_ROWS + GOOD_TRAILER,
    "yesterday": header(day="20270104") + GOOD_ROWS + GOOD_TRAILER,
    "other indicator than its name": header(2) + GOOD_ROWS + GOOD_TRAILER,
    "filler not blank": GOOD.decode().replace(f"{'':56}\r\n", f"{'':55}X\r\n"),
}


@pytest.mark.parametrize("text", LAYOUT_FAULTS.values(), ids=LAYOUT_FAULTS)
def test_file_off_its_layout_is_unreadable(text: str, ati: BatchSpec) -> None:
    """Any departure from the layout refuses the whole file."""
    fault = read(text, ati).fault
    assert fault is not None
    assert fault.key == "unreadable-file"


def test_byte_outside_the_character_set_is_unreadable(ati: BatchSpec) -> None:
    """An ASCII layout takes no other byte."""
    fault = read(GOOD.replace(b"REF1", b"REF\xa1"), ati).fault
    assert fault is not None
    assert fault.key == "unreadable-file"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("ATI_B01234_20270105_0002.TXT", id="indicator"),
        pytest.param("ATI_B01234_20270104_0001.TXT", id="date"),
        pytest.param("ATI_B09999_20270105_0001.TXT", id="participant"),
        pytest.param("ATI_B01234_20270105_0001.CSV", id="pattern"),
    ],
)
def test_name_that_disagrees_is_unreadable(name: str, ati: BatchSpec) -> None:
    """The file name must say what the header and the day say."""
    fault = read(GOOD, ati, name).fault
    assert fault is not None
    assert fault.key == "unreadable-file"


TOTAL_FAULTS = {
    "record checksum": GOOD.decode().replace("00000000001200\r", "00000000001201\r"),
    "quantity without its checksum": GOOD.decode().replace(
        "00000001000", "00000001001", 1
    ),
    "count": header() + GOOD_ROWS + trailer(3, 705, 1500, 2205),
    "stock codes": header() + GOOD_ROWS + trailer(2, 704, 1500, 2205),
    "quantities": header() + GOOD_ROWS + trailer(2, 705, 1501, 2205),
    "checksums": header() + GOOD_ROWS + trailer(2, 705, 1500, 2206),
    "a row lost": header() + detail(5, "01", "02", 1000) + GOOD_TRAILER,
    "a row twice": header() + GOOD_ROWS + GOOD_ROWS + GOOD_TRAILER,
}


@pytest.mark.parametrize("text", TOTAL_FAULTS.values(), ids=TOTAL_FAULTS)
def test_wrong_checksum_or_total_refuses_the_file(text: str, ati: BatchSpec) -> None:
    """A count, checksum or total that does not add up is its own reason."""
    fault = read(text, ati).fault
    assert fault is not None
    assert fault.key == "control-total"


def many_high_codes(total: int) -> str:
    rows = detail(99999, "01", "02", 1) * 101
    return header() + rows + trailer(101, total, 101, 101 * 100000)


def test_total_too_wide_keeps_its_last_digits(ati: BatchSpec) -> None:
    """101 x 99999 = 10099899 has eight digits; seven are written."""
    assert read(many_high_codes(99899), ati).fault is None


def test_total_too_wide_is_refused_where_the_spec_allows_none(
    ati_text: dict[str, Any],
) -> None:
    """Without drop-leading the cut total is a wrong total."""
    fields = [dict(field) for field in ati_text["trailer"]]
    for field in fields:
        field.pop("overflow", None)
    strict = BatchSpec.model_validate({**ati_text, "trailer": fields})
    fault = read(many_high_codes(99899), strict).fault
    assert fault is not None
    assert fault.key == "control-total"


def test_too_many_records_are_refused(ati_text: dict[str, Any]) -> None:
    """A file may hold max-records detail records and no more."""
    batch_file = {**ati_text["batch-file"], "max-records": 1}
    spec = BatchSpec.model_validate({**ati_text, "batch-file": batch_file})
    fault = read(GOOD, spec).fault
    assert fault is not None
    assert "too many" in fault.detail


# -- layouts that none of the shipped specs has ----------------------------------------

CSV_NAME = "X_B01234_20270105_0001.CSV"


def csv_spec(ati_text: dict[str, Any], **changes: Any) -> BatchSpec:
    """Return a delimited spec with decimals, a code, a constant and a line number."""
    amount = {
        "name": "amount",
        "label": {"en": "Amount", "zh-Hant": "金額"},
        "type": "money",
        "picture": "9(11)V9(2)",
    }
    side = {
        "name": "side",
        "label": {"en": "Side", "zh-Hant": "方向"},
        "type": "code",
        "codes": [{"code": "DELIVER", "label": {"en": "D", "zh-Hant": "付"}}],
    }
    return BatchSpec.model_validate(
        {
            **ati_text,
            "column": [*ati_text["column"], amount, side],
            "constants": {"mode": {"simulator": "T", "production": "P"}},
            "batch-file": {
                "name": "X_{participant}_{date:%Y%m%d}_{indicator:04}.CSV",
                "folder": "/upload/X",
                "layout": "delimited",
                "encoding": "utf-8",
                "line-end": "lf",
                **changes,
            },
            "header": [],
            "detail": [
                {"name": "mode", "picture": "X(1)", "constant": "mode"},
                {"name": "line", "picture": "9(4)", "given": "line"},
                {"name": "reference", "picture": "X(16)", "column": "own-reference"},
                {"name": "amount", "picture": "9(11)V9(2)", "column": "amount"},
                {
                    "name": "side",
                    "picture": "X(1)",
                    "column": "side",
                    "codes": {"DELIVER": "D"},
                },
                {"name": "sum", "picture": "9(14)", "checksum": ["amount"]},
            ],
            "trailer": [
                {"name": "records", "picture": "9(4)", "total": "count"},
                {"name": "amounts", "picture": "9(14)", "total": "sum:amount"},
            ],
        }
    )


def test_delimited_file_is_read(ati_text: dict[str, Any]) -> None:
    """Quotes, implied and visible points, codes and environment constants work."""
    text = 'T,1,"A,1",0000000123450,D,1234\nT,2,A2,0.55,,0\n2,123505\n'
    reading = read(text, csv_spec(ati_text), CSV_NAME)
    assert reading.fault is None
    assert [row.values for row in reading.rows] == [
        {"own-reference": "A,1", "amount": "1234.50", "side": "DELIVER"},
        {"own-reference": "A2", "amount": "0.55", "side": ""},
    ]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param("P,1,A,1.00,D,1\n1,100\n", "unreadable-file", id="environment"),
        pytest.param("T,2,A,1.00,D,1\n1,100\n", "unreadable-file", id="line number"),
        pytest.param("T,1,A,1.00,S,1\n1,100\n", "unreadable-file", id="unknown code"),
        pytest.param("T,1,A,1.001,D,1\n1,100\n", "unreadable-file", id="decimals"),
        pytest.param("T,1,A,1.00,D\n1,100\n", "unreadable-file", id="value missing"),
        pytest.param('T,1,"A,1.00,D,1\n1,100\n', "unreadable-file", id="open quote"),
        pytest.param(
            f"T,1,{'A' * 17},1.00,D,1\n1,100\n", "unreadable-file", id="too long"
        ),
        pytest.param("T,1,A,1.50,D,2\n1,150\n", "control-total", id="checksum"),
        pytest.param("T,1,A,1.50,D,1\n1,1\n", "control-total", id="total in units"),
    ],
)
def test_delimited_file_off_its_layout_is_refused(
    text: str, key: str, ati_text: dict[str, Any]
) -> None:
    """A checksum drops decimals, a total ignores the point, as the spec has it."""
    fault = read(text, csv_spec(ati_text), CSV_NAME).fault
    assert fault is not None
    assert fault.key == key


def zipped(*names: str, content: str = "T,1,A,1.00,D,1\n1,100\n") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("data", "is_good"),
    [
        pytest.param(zipped("X_0001.TXT"), True, id="one member"),
        pytest.param(zipped("Y.TXT"), False, id="other member"),
        pytest.param(zipped("X_0001.TXT", "X_0002.TXT"), False, id="two members"),
        pytest.param(b"no zip", False, id="no zip"),
    ],
)
def test_zipped_file_is_opened(
    data: bytes, *, is_good: bool, ati_text: dict[str, Any]
) -> None:
    """A zip holds exactly the one file that the spec names."""
    spec = csv_spec(ati_text, **{"zip-member": "X_{indicator:04}.TXT"})
    assert (read(data, spec, CSV_NAME).fault is None) is is_good


def two_kinds(ati_text: dict[str, Any]) -> BatchSpec:
    return BatchSpec.model_validate(
        {
            **ati_text,
            "detail-record": [
                {
                    "name": "note",
                    "when": "remarks is not null",
                    "fields": [
                        {"name": "record-type", "picture": "X(1)", "value": "N"},
                        {"name": "remarks", "picture": "X(40)", "column": "remarks"},
                    ],
                }
            ],
        }
    )


def test_second_kind_of_detail_belongs_to_the_row_before(
    ati_text: dict[str, Any],
) -> None:
    """Its values join that row's, and it counts as a record but not as a row."""
    note = f"N{'HELLO':40}\r\n"
    text = header() + detail(5, "01", "02", 1) + note + trailer(2, 5, 1, 6)
    reading = read(text, two_kinds(ati_text))
    assert reading.fault is None
    assert [row.values["remarks"] for row in reading.rows] == ["HELLO"]
    assert reading.records == 2


def test_second_kind_of_detail_cannot_come_first(ati_text: dict[str, Any]) -> None:
    """A further record without an instruction before it is a fault."""
    note = f"N{'HELLO':40}\r\n"
    text = header() + note + detail(5, "01", "02", 1) + trailer(2, 5, 1, 6)
    fault = read(text, two_kinds(ati_text)).fault
    assert fault is not None
    assert "belongs to no instruction" in fault.detail


def in_big5(ati_text: dict[str, Any]) -> BatchSpec:
    """Return the spec of ATI for a file in Big5."""
    batch_file = {**ati_text["batch-file"], "encoding": "big5hkscs"}
    return BatchSpec.model_validate({**ati_text, "batch-file": batch_file})


def test_fixed_fields_are_measured_in_bytes(ati_text: dict[str, Any]) -> None:
    """A Chinese character takes two places of a record."""
    row = detail(5, "01", "02", 1000, "SIX---").replace("SIX---", "歸還借")
    text = header() + row + trailer(1, 5, 1000, 1005)
    data = text.encode("big5hkscs")
    reading = read(data, in_big5(ati_text))
    assert reading.fault is None


def test_a_field_that_ends_inside_a_character_refuses_the_file(
    ati_text: dict[str, Any],
) -> None:
    """The second byte of a character stands in the next field."""
    line = GOOD_ROWS.splitlines()[0]
    start = line.rindex(f"{1005:014}") - 1
    broken = (
        line[:start].encode() + "陳".encode("big5hkscs") + line[start + 2 :].encode()
    )
    data = header().encode() + broken + b"\r\n" + trailer(1, 5, 1000, 1005).encode()
    fault = read(data, in_big5(ati_text)).fault
    assert fault is not None
    assert "cuts a character" in fault.detail
