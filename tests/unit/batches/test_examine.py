from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from rapupload.batches import FAULTS, decode, examine, render
from rapupload.batches.examine import Examined
from rapupload.errors import SourceError
from rapupload.model import Severity
from rapupload.spec.format import BatchSpec
from tests.unit.batches.building import instructions, two, values
from tests.unit.spec.building import column, field, load, minimal

_DETAIL = minimal()["detail"]
_COLUMNS = minimal()["column"]
_FRAME = {
    "header": [
        field("t", "X(1)", value="0"),
        field("i", "9(4)", given="indicator"),
        field("p", "X(6)", given="participant"),
        field("filler", "X(1)", value=""),
    ],
    "trailer": [
        field("t", "X(1)", value="2"),
        field("n", "9(4)", total="count"),
        field("q", "9(7)", total="sum:quantity"),
    ],
}
_GOOD = b"00007B01234 \r\n1A1    00100\r\n1B2    00022\r\n200020000122\r\n"
_NOTE = column("note", picture="X(11)")
_FURTHER = {
    "name": "large",
    "when": "quantity > 50",
    "fields": [field("t", "X(1)", value="3"), field("note", "X(11)", column="note")],
}
_TWO_KINDS = {"column": [*_COLUMNS, _NOTE], "detail-record": [_FURTHER]}
_DELIMITED = {"batch_file": {"layout": "delimited"}}


def _spec(**tables: object) -> BatchSpec:
    return load(**tables).spec


def _found(examined: Examined) -> list[tuple[str, int | None, str]]:
    """Return code, line and field of every fault."""
    return [(f.code, f.line, f.field) for f in examined.faults.worded()]


def test_a_sound_file_has_no_fault():
    """Instructions, lines, what the file says of itself, and totals that agree."""
    examined = examine(_GOOD, _spec(**_FRAME))
    assert _found(examined) == []
    assert examined.instructions.rows() == [("A1", "100"), ("B2", "22")]
    assert examined.lines.to_list() == [2, 3]
    assert examined.readable.all()
    assert examined.stated == {"indicator": "0007", "participant": "B01234"}
    totals = [(t.field, t.stated, t.recomputed, t.agrees) for t in examined.totals]
    assert totals == [("n", "0002", 2, True), ("q", "0000122", 122, True)]


_FAULTS = [
    pytest.param(
        _FRAME,
        _GOOD.replace(b"1B2 ", b"1B2"),
        [("record-length", 3, ""), ("total-differs", 4, "q")],
        ["100", None],
        id="a record too short",
    ),
    pytest.param(
        _FRAME,
        _GOOD.replace(b"00022\r", b"00022 \r"),
        [("record-length", 3, ""), ("total-differs", 4, "q")],
        ["100", None],
        id="a record too long",
    ),
    pytest.param(
        _FRAME,
        _GOOD.replace(b"20002", b"20003"),
        [("total-differs", 4, "n")],
        ["100", "22"],
        id="another count",
    ),
    pytest.param(
        _FRAME,
        _GOOD.replace(b"0000122", b"0000121"),
        [("total-differs", 4, "q")],
        ["100", "22"],
        id="another hash total",
    ),
    pytest.param(
        _FRAME,
        _GOOD.replace(b"0000122", b"   12A2"),
        [("total-differs", 4, "q")],
        ["100", "22"],
        id="a total that is no number",
    ),
    pytest.param(
        _FRAME,
        _GOOD.replace(b"B2", b"B\xe9"),
        [("character-foreign", 3, "own-reference")],
        ["100", None],
        id="a byte outside the character set",
    ),
    pytest.param(
        _FRAME,
        _GOOD.replace(b"B2", b"B\x07"),
        [("character-control", 3, "own-reference")],
        ["100", None],
        id="a control character",
    ),
    pytest.param(
        _FRAME,
        b"\xef\xbb\xbf" + _GOOD,
        [("byte-order-mark", 1, "")],
        ["100", "22"],
        id="a byte order mark",
    ),
    pytest.param(
        _FRAME,
        _GOOD.replace(b"\r\n200020000122", b""),
        [("trailer-missing", None, "")],
        ["100", "22"],
        id="no trailer",
    ),
    pytest.param(
        _FRAME,
        _GOOD[14:],
        [("header-missing", None, "")],
        ["100", "22"],
        id="no header",
    ),
    pytest.param(
        _FRAME,
        _GOOD + b"\x1a",
        [("after-trailer", 5, "")],
        ["100", "22"],
        id="the end mark of DOS",
    ),
    pytest.param(
        _FRAME,
        _GOOD + b"-- end of file --\r\n\r\n",
        [("after-trailer", 5, ""), ("after-trailer", 6, "")],
        ["100", "22"],
        id="junk after the trailer",
    ),
    pytest.param(
        _FRAME,
        _GOOD + b"1C3    00005\r\n",
        [("after-trailer", 5, "")],
        ["100", "22", "5"],
        id="a record after the trailer is read, and not counted",
    ),
    pytest.param(
        _FRAME,
        _GOOD + _GOOD,
        [
            ("record-repeated", 4, "trailer"),
            ("record-repeated", 5, "header"),
            ("total-differs", 8, "n"),
            ("total-differs", 8, "q"),
        ],
        ["100", "22", "100", "22"],
        id="two files in one",
    ),
    pytest.param(
        _FRAME,
        _GOOD.replace(b"\r\n", b"\n"),
        [("line-end-wrong", 1, "")],
        ["100", "22"],
        id="line feeds alone",
    ),
    pytest.param(
        _FRAME,
        _GOOD.replace(b"\r\n", b"\r"),
        [("line-end-wrong", 1, "")],
        ["100", "22"],
        id="carriage returns alone",
    ),
    pytest.param(
        _FRAME,
        _GOOD.replace(b"100\r\n", b"100\n"),
        [("line-end-wrong", 2, "")],
        ["100", "22"],
        id="one line feed alone",
    ),
    pytest.param(
        {"batch_file": {"line-end": "lf"}},
        b"1A1    00100\n1B2    00022\r\n",
        [("line-end-wrong", 2, "")],
        ["100", "22"],
        id="carriage return where none belongs",
    ),
    pytest.param(
        _FRAME,
        _GOOD[:-2],
        [("line-end-missing", 4, "")],
        ["100", "22"],
        id="no last line end",
    ),
    pytest.param(
        {"batch_file": {"line-end": "lf", "final-line-end": False}},
        b"1A1    00100\n",
        [("line-end-surplus", 1, "")],
        ["100"],
        id="a last line end too many",
    ),
    pytest.param(
        _FRAME,
        _GOOD.replace(b"\r\n1B2", b"\r\n\r\n1B2"),
        [("line-blank", 3, "")],
        ["100", "22"],
        id="a blank line inside",
    ),
    pytest.param(
        _FRAME,
        b"\r\n" + _GOOD,
        [("line-blank", 1, "")],
        ["100", "22"],
        id="a blank line first",
    ),
    pytest.param(
        _FRAME,
        _GOOD.replace(b"1B2", b"7B2"),
        [("constant-differs", 3, "record-type")],
        ["100", "22"],
        id="another record type",
    ),
    pytest.param(
        _FRAME,
        _GOOD.replace(b"\r\n1B2", b"\r\n# note\r\n1B2"),
        [("record-unknown", 3, "")],
        ["100", "22"],
        id="a line that is no record",
    ),
    pytest.param(
        _FRAME,
        _GOOD.replace(b"01234 ", b"01234X"),
        [("filler-filled", 1, "filler")],
        ["100", "22"],
        id="a filler with something in it",
    ),
    pytest.param(
        _FRAME,
        _GOOD.replace(b"0007B", b"00A7B"),
        [("value-unreadable", 1, "i")],
        ["100", "22"],
        id="an indicator that is no number",
    ),
    pytest.param(
        _FRAME,
        _GOOD.replace(b"B01234", b"B0123 "),
        [("participant-id-number", 1, "p")],
        ["100", "22"],
        id="a participant that is none",
    ),
    pytest.param(
        _FRAME,
        _GOOD.replace(b"00022", b"0002X"),
        [("value-unreadable", 3, "quantity"), ("total-differs", 4, "q")],
        ["100", None],
        id="a quantity that is no number",
    ),
    pytest.param(
        _FRAME,
        _GOOD.replace(b"00022", b"   22"),
        [("padding-differs", 3, "quantity")],
        ["100", "22"],
        id="blanks where zeros belong, a note",
    ),
    pytest.param(
        _DELIMITED,
        b"1,A,5\r\n1,B\r\n",
        [("value-count", 2, "")],
        ["5", None],
        id="a value missing",
    ),
    pytest.param(
        _DELIMITED,
        b'1,A,5\r\n1,"B,6\r\n1,"C",7\r\n',
        [("quotes-unpaired", 2, "")],
        ["5", None, "7"],
        id="a quote that is not closed",
    ),
    pytest.param(
        _TWO_KINDS,
        b"3xy         \r\n1A     00100\r\n3xy         \r\n3z          \r\n",
        [("record-orphan", 1, "large"), ("record-orphan", 4, "large")],
        ["100"],
        id="further records without their instruction",
    ),
    pytest.param(
        _TWO_KINDS,
        b"1A     00100\r\n4           \r\n",
        [("record-unknown", 2, "")],
        ["100"],
        id="an unknown kind of record",
    ),
    pytest.param(
        {"batch_file": {"zip-member": "A.TXT"}},
        b"1A     00100\r\n",
        [("zip-missing", None, "")],
        ["100"],
        id="not zipped",
    ),
]


@pytest.mark.parametrize(("tables", "content", "faults", "quantities"), _FAULTS)
def test_every_fault_is_told_and_every_row_read(tables, content, faults, quantities):
    """Each fault stands once, by line and field; a row that is in doubt is marked."""
    examined = examine(content, _spec(**tables), name="S.TXT")
    assert _found(examined) == faults
    kept = zip(examined.instructions["quantity"], examined.readable, strict=True)
    assert [text if whole else None for text, whole in kept] == quantities


def test_a_zip_where_none_belongs_is_opened_and_told():
    """A vendor's file that was zipped for the mail still reads."""
    zipped = render(two(), _spec(batch_file={"zip-member": "A.TXT"}), values()).content
    examined = examine(zipped, _spec())
    assert _found(examined) == [("zip-surplus", None, "")]
    assert examined.instructions.height == 2


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"Dear colleague,\r\nplease find enclosed\r\n", id="a letter"),
        pytest.param(b"PK\x03\x04 nothing more", id="a damaged zip"),
        pytest.param(b"%PDF-1.7\n\x00\x01", id="binary"),
        pytest.param(b"0\r\n1\r\n2\r\n", id="openings alone"),
    ],
)
def test_what_is_no_batch_file_is_refused(content):
    """No line of it is a record, by its opening and its length."""
    with pytest.raises(SourceError, match=r"S\.TXT is not a batch file of mini"):
        examine(content, _spec(**_FRAME), name="S.TXT")


def _checked_spec() -> BatchSpec:
    """Return a spec with codes, dates, a checksum and numbered records."""
    return _spec(
        column=[
            *_COLUMNS,
            column("day", "date", picture="9(8)"),
            column("side", "code", codes=_codes("D", "R")),
            column("ccy", "currency", picture="X(3)"),
            column("holder", picture="X(6)", personal=True, need="mandatory"),
        ],
        detail=[
            *_DETAIL,
            field("day", "9(8)", column="day", empty="zeros"),
            field("side", "X(1)", column="side", codes={"D": "1", "R": "2"}),
            field("ccy", "X(3)", column="ccy"),
            field("holder", "X(6)", column="holder"),
            field("line", "9(3)", given="line"),
            field("sum", "9(3)", checksum=["quantity"], overflow="drop-leading"),
        ],
    )


def _codes(*codes: str) -> list[dict[str, object]]:
    return [{"code": c, "label": {"en": f"{c} x", "zh-Hant": f"{c}字"}} for c in codes]


_RECORD = b"1A1    00100202701051HKDCHAN  001100\r\n"


def test_the_record_of_the_content_tests_is_sound():
    """Otherwise they would show nothing."""
    examined = examine(_RECORD, _checked_spec())
    assert _found(examined) == []
    row = ("A1", "100", "2027-01-05", "D", "HKD", "CHAN")
    assert examined.instructions.rows() == [row]


@pytest.mark.parametrize(
    ("before", "after", "code", "is_readable"),
    [
        pytest.param(b"1HKD", b"3HKD", "field-code-unknown", False, id="unknown code"),
        pytest.param(b"20270105", b"20271305", "value-unreadable", False, id="no date"),
        pytest.param(b"HKD", b"HK$", "value-otherwise", True, id="desk's own writing"),
        pytest.param(b"HKD", b"XQZ", "currency-unknown", True, id="no currency"),
        pytest.param(b"CHAN  ", b"      ", "value-missing", True, id="mandatory blank"),
        pytest.param(b"001100", b"001101", "checksum-differs", True, id="checksum"),
        pytest.param(b"001100", b"007100", "line-number-differs", True, id="number"),
        pytest.param(b"00100", b"01100", "", True, id="a carry that the spec drops"),
    ],
)
def test_content_is_held_against_the_spec(before, after, code, is_readable):
    """A value that cannot be read is no basis for a comparison; an odd one is."""
    assert before in _RECORD
    examined = examine(_RECORD.replace(before, after), _checked_spec())
    assert [found[0] for found in _found(examined)] == ([code] if code else [])
    assert examined.readable.to_list() == [is_readable]


def test_a_fault_names_place_value_and_words_in_both_languages():
    """A person finds the character in an editor and knows what is wrong."""
    examined = examine(_RECORD.replace(b"1HKD", b"3HKD"), _checked_spec())
    (fault,) = examined.faults.worded()
    assert fault.as_dict() == {
        "code": "field-code-unknown",
        "severity": "error",
        "line": 1,
        "record": "detail",
        "field": "side",
        "column": "side",
        "position": 21,
        "value": "3",
        "message": {
            "en": "3 is no code of side; the spec knows 1, 2.",
            "zh-Hant": "3 並非 side 的代碼；規格只有 1, 2。",
        },
    }


def test_the_value_of_a_personal_column_is_masked_until_somebody_asks():
    """It may be shown on a screen that others see."""
    content = _RECORD.replace(b"CHAN  ", "CH\u00e9N ".encode("latin-1") + b" ")
    (fault,) = examine(content, _checked_spec()).faults.worded()
    assert (fault.column, fault.value) == ("holder", "•••")
    assert "E9" not in fault.message.en
    faults = examine(content, _checked_spec()).faults
    assert [f.value for f in faults.worded(show_personal=True)] == ["E9"]


def test_notes_do_not_count_as_errors():
    """Padding may be otherwise in a file that is sound for all we know."""
    examined = examine(b"1A1       22\r\n", _spec())
    assert examined.faults.errors == 0
    assert [f.severity for f in examined.faults.worded()] == [Severity.NOTE]


def test_dates_of_the_header_are_told_as_days():
    """Whatever their form in the file."""
    spec = _spec(
        header=[
            field("d", "9(8)", given="date", format="%d%m%Y"),
            field("p", "X(4)", value="HEAD"),
        ]
    )
    content = render(two(), spec, values(date=dt.date(2027, 1, 5))).content
    assert examine(content, spec).stated == {"date": "2027-01-05"}
    wrong = examine(b"31022027" + content[8:], spec)
    assert _found(wrong) == [("value-unreadable", 1, "d")]
    assert wrong.stated == {"date": "31022027"}


def test_totals_run_over_every_kind_of_detail_record():
    """The count counts lines; a sum takes a field wherever it stands."""
    tables = {
        **_TWO_KINDS,
        "trailer": [field("t", "X(1)", value="9"), field("n", "9(11)", total="count")],
    }
    spec = _spec(**tables)
    content = render(two(note=["x", None]), spec, values()).content
    examined = examine(content, spec)
    assert _found(examined) == []
    assert [t.recomputed for t in examined.totals] == [3]


def test_a_file_of_100_faults_gives_100():
    """The limit on how many are shown is the face's."""
    content = b"1A1    0010X\r\n" * 100
    faults = examine(content, _spec()).faults
    assert faults.errors == 100
    assert len(list(faults.first(7))) == 7


def test_what_is_sound_reads_as_the_strict_reader_reads_it():
    """There are not two ways to understand a file."""
    spec = _spec(**_FRAME)
    assert examine(_GOOD, spec).instructions.equals(decode(_GOOD, spec).instructions)
    frame = instructions(own_reference=[], quantity=[])
    assert examine(b"", _spec()).instructions.equals(frame)


def test_every_kind_of_fault_speaks_both_languages():
    """And neither sentence is empty or the same as the other."""
    for kind in FAULTS.values():
        assert kind.message.en.strip()
        assert kind.message.zh_hant.strip()
        assert kind.message.en != kind.message.zh_hant


def test_every_kind_of_fault_is_explained_in_the_how_to():
    """And the page explains none that does not exist."""
    page = Path(__file__).parents[3] / "docs" / "how-to" / "parallel-run.md"
    text = page.read_text(encoding="utf-8").partition("### Faults")[2]
    table = text.partition("## For scripts")[0]
    cells = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    codes = {code for cell in cells for code in re.findall("`([a-z-]+)`", cell)}
    assert codes == set(FAULTS)
