from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest

from rapupload.batches import decode, file_values, render
from rapupload.errors import SourceError
from rapupload.model import Environment
from tests.unit.batches.building import instructions, two, values, written_again
from tests.unit.spec.building import column, field, load, minimal

_DETAIL = minimal()["detail"]
_COLUMNS = minimal()["column"]
_FRAME = {
    "header": [
        field("t", "X(1)", value="0"),
        field("i", "9(4)", given="indicator"),
        field("p", "X(7)", given="participant"),
    ],
    "trailer": [field("t", "X(1)", value="2"), field("n", "9(11)", total="count")],
}
_GOOD = b"00007B01234 \r\n1A1    00100\r\n1B2    00022\r\n200000000002\r\n"
_FURTHER = {
    "name": "large",
    "when": "quantity > 50",
    "fields": [field("t", "X(1)", value="3"), field("note", "X(11)", column="note")],
}
_NOTE = column("note", picture="X(11)")


def test_a_file_is_read_back():
    """Header, instructions with their lines, and trailer."""
    decoded = decode(_GOOD, load(**_FRAME).spec)
    assert decoded.header == {"t": "0", "i": "0007", "p": "B01234 "}
    assert decoded.trailer == {"t": "2", "n": "00000000002"}
    assert decoded.instructions.rows() == [("A1", "100"), ("B2", "22")]
    assert decoded.instructions.columns == ["own_reference", "quantity"]
    assert decoded.detail.rows()[0] == ("1", "A1    ", "00100")
    assert decoded.lines.to_list() == [2, 3]


_LAYOUTS = [
    pytest.param({}, id="fixed"),
    pytest.param(_FRAME, id="header and trailer"),
    pytest.param({"batch_file": {"layout": "delimited"}}, id="delimited"),
    pytest.param(
        {"batch_file": {"layout": "delimited", "quote": "all"}, **_FRAME},
        id="delimited, all quoted",
    ),
    pytest.param(
        {"batch_file": {"layout": "delimited", "quote": "none"}},
        id="delimited, no quotes",
    ),
    pytest.param(
        {"batch_file": {"line-end": "lf", "final-line-end": False}}, id="no last end"
    ),
    pytest.param({"batch_file": {"zip-member": "A.TXT"}}, id="zip"),
    pytest.param(
        {"detail": [field("t", "9(3)", value="1"), *_DETAIL[1:]]},
        id="constant of digits",
    ),
    pytest.param(
        {
            "column": [*_COLUMNS, _NOTE],
            "detail-record": [_FURTHER],
        },
        id="further records",
    ),
    pytest.param(
        {
            "batch_file": {"layout": "delimited", "quote": "all"},
            "column": [*_COLUMNS, _NOTE],
            "detail-record": [_FURTHER],
        },
        id="further records, all quoted",
    ),
]


@pytest.mark.parametrize("tables", _LAYOUTS)
def test_what_was_written_is_read_and_written_again(tables):
    """The instructions come back, and the same bytes with them."""
    spec = load(**tables).spec
    frame = two(**({"note": ["xy", None]} if "column" in tables else {}))
    file = render(frame, spec, values())
    decoded = decode(file.content, spec)
    assert decoded.instructions.select(frame.columns).equals(frame)
    assert decoded.lines.to_list() == file.lines.to_list()
    assert written_again(file.content, spec) == file.content


def test_an_empty_file_has_no_instruction():
    """Without header and trailer there is nothing to miss."""
    assert decode(b"", load().spec).instructions.height == 0
    delimited = load(batch_file={"layout": "delimited"}).spec
    assert decode(b"", delimited).instructions.columns == ["own_reference", "quantity"]


def test_records_that_open_with_a_value_are_read():
    """A delimited file may have no record type, header or trailer."""
    values_alone = [part for part in _DETAIL if "column" in part]
    spec = load(batch_file={"layout": "delimited"}, detail=values_alone).spec
    decoded = decode(b"A1,100\r\nB2,22\r\n", spec)
    assert decoded.instructions.rows() == [("A1", "100"), ("B2", "22")]


@pytest.mark.parametrize(
    ("tables", "content", "reason"),
    [
        pytest.param(_FRAME, b"", "The header record is missing", id="empty file"),
        pytest.param(
            _FRAME,
            b"00007B01234 \r\n",
            "The trailer record is missing",
            id="header alone",
        ),
        pytest.param(
            _FRAME,
            _GOOD.replace(b"\r\n200000000002\r\n", b"\r\n"),
            "The trailer record is missing",
            id="cut short",
        ),
        pytest.param(
            _FRAME,
            _GOOD.replace(b"1B2 ", b"1B2"),
            "line 3: The record has 11 characters instead of 12",
            id="short line",
        ),
        pytest.param(
            _FRAME,
            _GOOD.replace(b"1B2", b"7B2"),
            "line 3: record-type is '7' instead of '1'",
            id="another constant",
        ),
        pytest.param(
            _FRAME,
            _GOOD.replace(b"00007B", b"90007B"),
            "line 1: t is '9' instead of '0'",
            id="another header",
        ),
        pytest.param(
            {},
            b"1A1    00100\n",
            "line 1: 1 of 1 lines end with LF; the spec says CRLF",
            id="other line ends",
        ),
        pytest.param(
            {},
            b"1A1    00100\r\n1B2\n    00022\r\n",
            "line 2: 1 of 3 lines end with LF; the spec says CRLF",
            id="line end inside",
        ),
        pytest.param(
            {},
            b"1A1    00100",
            "The last line does not end as the spec says",
            id="no last line end",
        ),
        pytest.param(
            {},
            b"1A1    001\xff0\r\n",
            "The bytes FF are no ascii character",
            id="other characters",
        ),
        pytest.param(
            {"batch_file": {"layout": "delimited"}},
            b"1,A,5\r\n1,B\r\n",
            "line 2: The record has 2 values instead of 3",
            id="value missing",
        ),
        pytest.param(
            {"batch_file": {"layout": "delimited"}},
            b'1,A,5\r\n1,"B,6\r\n1,C",7\r\n',
            "line 2: The quotes of the line do not pair",
            id="quote over two lines",
        ),
        pytest.param(
            {"batch_file": {"layout": "delimited"}},
            b"1,A,5\r\n\r\n1,C,7\r\n",
            "line 2: The line is blank",
            id="blank line",
        ),
        pytest.param(
            {"batch_file": {"layout": "delimited"}},
            b"1,A,5\r\n,C,7\r\n",
            "line 2: record-type is '' instead of '1'",
            id="blank constant",
        ),
        pytest.param(
            {"column": [*_COLUMNS, _NOTE], "detail-record": [_FURTHER]},
            b"1A     00100\r\n4           \r\n",
            "line 2: The line opens as no record of the spec does",
            id="unknown kind of record",
        ),
        pytest.param(
            {"column": [*_COLUMNS, _NOTE], "detail-record": [_FURTHER]},
            b"3xy         \r\n1A     00100\r\n",
            "line 1: A large record without its instruction",
            id="further record first",
        ),
        pytest.param(
            {"column": [*_COLUMNS, _NOTE], "detail-record": [_FURTHER]},
            b"1A     00100\r\n3xy         \r\n3z          \r\n",
            "line 3: A large record without its instruction",
            id="further record twice",
        ),
        pytest.param(
            {"column": [*_COLUMNS, _NOTE], "detail-record": [_FURTHER]},
            b"1A     00100\r\n3xy         \r\n1B  00100\r\n",
            "line 3: The record has 9 characters instead of 12",
            id="line numbers count all kinds",
        ),
        pytest.param(
            {"batch_file": {"zip-member": "A.TXT"}},
            b"1A     00100\r\n",
            "The file is not zipped",
            id="no zip",
        ),
    ],
)
def test_a_file_that_is_laid_out_otherwise_is_refused(tables, content, reason):
    """Line and reason are named; no line is left out in silence."""
    with pytest.raises(SourceError, match="is not a batch file of mini") as caught:
        decode(content, load(**tables).spec, name="S.TXT")
    assert reason in caught.value.message
    assert caught.value.message.startswith("S.TXT ")


def _zip(*members: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in members:
            archive.writestr(name, b"1A     00100\r\n" * 50)
    return packed.getvalue()


def _locked() -> bytes:
    """Return a zip whose member says that it is encrypted."""
    content = bytearray(_zip("A"))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    return bytes(content)


def _huge() -> bytes:
    """Return a zip whose directory promises two GiB."""
    content = bytearray(_zip("A"))
    start = content.index(b"PK\x01\x02")
    content[start + 24 : start + 28] = (2 << 30).to_bytes(4, "little")
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(_zip("A", "B"), "not a zip with one file", id="two members"),
        pytest.param(_zip(), "not a zip with one file", id="no member"),
        pytest.param(_locked(), "not a zip with one file", id="password"),
        pytest.param(_zip("A")[:-30], "not a zip with one file", id="cut short"),
        pytest.param(
            _zip("A").replace(_zip("A")[31:45], b"\xff" * 14),
            "not a zip with one file",
            id="damaged",
        ),
        pytest.param(_huge(), "unpack to more than any batch file", id="bomb"),
    ],
)
def test_a_zip_that_is_odd_is_refused(content, reason):
    """Damage, passwords and bombs end in the same error."""
    spec = load(batch_file={"zip-member": "A.TXT"}).spec
    with pytest.raises(SourceError, match=reason):
        decode(content, spec)


def test_what_a_file_says_about_itself_is_read():
    """So that it can be written again with the same header."""
    spec = load(
        header=[
            field("d", "9(8)", given="date", format="%d%m%Y"),
            field("t", "X(6)", given="time"),
            field("i", "9(4)", given="indicator"),
            field("p", "X(6)", given="participant"),
            field("a", "X(12)", given="account"),
            field("m", "X(4)", given="market"),
            field("r", "X(15)", given="file-reference"),
        ],
        detail=[*_DETAIL, field("filler", "X(43)", value="")],
    ).spec
    file = render(two(), spec, values())
    found = file_values(decode(file.content, spec), spec, Environment.SIMULATOR)
    assert found == values()


def test_a_file_that_says_nothing_about_itself_gives_neutral_values():
    """Nothing is taken from the clock."""
    spec = load(header=[field("i", "X(12)", given="indicator")]).spec
    decoded = decode(b"no number   \r\n", spec)
    found = file_values(decoded, spec, Environment.PRACTICE)
    assert (found.indicator, found.date) == (0, dt.date(1970, 1, 1))
    assert (found.participant, found.market, found.reference) == ("", "HKMK", "")
    assert found.environment is Environment.PRACTICE


def test_repeated_fillers_are_told_apart():
    """Each has a column of its own among the texts of the file."""
    spec = load(
        detail=[
            *_DETAIL,
            field("filler", "X(1)", value=""),
            field("filler", "X(1)", value=""),
        ]
    ).spec
    decoded = decode(b"1A     00100xy\r\n", spec)
    assert decoded.detail.columns[-2:] == ["filler#4", "filler#5"]
    assert decoded.instructions.equals(
        instructions(own_reference=["A"], quantity=["100"])
    )


def test_two_further_kinds_may_carry_the_same_column():
    """Whichever record an instruction has, its value is found."""
    other = {
        "name": "small",
        "when": "quantity < 50",
        "fields": [field("t", "X(1)", value="4"), field("n", "X(11)", column="note")],
    }
    spec = load(column=[*_COLUMNS, _NOTE], **{"detail-record": [_FURTHER, other]}).spec
    file = render(two(note=["x", "y"]), spec, values())
    notes = decode(file.content, spec).instructions["note"]
    assert notes.to_list() == ["x", "y"]
