from __future__ import annotations

import pytest

from rapupload.acks import parse
from rapupload.errors import AcknowledgementError
from rapupload.model import AckStage, Outcome
from tests.unit.acks.building import NAME, layer, receipt_layer, report
from tests.unit.spec.building import field


def test_a_control_report_is_read_row_by_row():
    """Numbers, outcomes and reasons; blanks are absent, not empty."""
    parsed = parse(report("1A", "2R S101 NO STOCK"), layer(), name="X.CTL")
    assert parsed.stage is AckStage.CONTROL_REPORT
    assert parsed.meanings == {
        "file-name": NAME,
        "total-count": "0002",
        "accepted-count": "0001",
        "rejected-count": "0001",
    }
    assert parsed.outcome is None
    assert parsed.rows.select(
        "line", "outcome", "reason_code", "reason_text", "ccass_reference", "reference"
    ).rows() == [
        (1, "accepted", None, None, None, None),
        (2, "rejected", "S101", "NO STOCK", None, None),
    ]


@pytest.mark.parametrize(
    ("code", "outcome"), [("A", Outcome.ACCEPTED), ("R", Outcome.REJECTED)]
)
def test_a_receipt_has_a_verdict_on_the_file(code, outcome):
    """And no rows."""
    parsed = parse(f"0{NAME:<24}{code}\r\n".encode(), receipt_layer(), name="X.ACK")
    assert parsed.outcome is outcome
    assert parsed.rows.height == 0
    assert parsed.rows.columns[:2] == ["line", "outcome"]


def test_the_last_line_may_lack_its_end():
    """An answer is not lost over two characters."""
    content = report("1A").removesuffix(b"\r\n")
    assert parse(content, layer(), name="X").rows.height == 1


def test_a_report_without_rows_is_read():
    """Header and trailer alone."""
    assert parse(report(), layer(), name="X").rows.height == 0


def test_an_answer_may_lack_header_and_trailer():
    """Rows from the first line on."""
    bare = layer(header=[], trailer=[], name="{file-stem}.CTL")
    content = b"10001A                   \r\n"
    assert parse(content, bare, name="X").rows["line"].to_list() == [1]


@pytest.mark.parametrize(
    ("content", "meanings"),
    [
        pytest.param(
            b"0,M.TXT,A\r\n", {"file-name": "M.TXT", "result": "A"}, id="plain"
        ),
        pytest.param(
            b'"0","M,1",A\r\n', {"file-name": "M,1", "result": "A"}, id="quotes"
        ),
        pytest.param(b"0,,A\r\n", {"file-name": "", "result": "A"}, id="blank value"),
    ],
)
def test_a_delimited_answer_is_read(content, meanings):
    """A blank value is blank, not the word None."""
    parsed = parse(content, receipt_layer(layout="delimited"), name="X")
    assert parsed.meanings == meanings


def test_fields_of_an_answer_are_measured_in_bytes():
    """A reason in Chinese takes two places a character."""
    content = report("2R S101 NO STOCK").decode().replace("NO STOCK", "股份不足")
    parsed = parse(content.encode("big5hkscs"), layer(encoding="big5hkscs"), name="X")
    assert parsed.rows["reason_text"].to_list() == ["股份不足"]


def test_constants_of_digits_have_their_zeros():
    """`value = "0"` in `9(2)` stands as 00."""
    header = [field("t", "9(2)", value="0"), field("r", "X(1)", means="result")]
    keys = {"header": header, "match-on": ["file-name"]}
    assert (
        parse(b"00A\r\n", receipt_layer(**keys), name="X").outcome is Outcome.ACCEPTED
    )


_DELIMITED = {
    "layout": "delimited",
    "header": [field("t", "X(1)", value="0")],
    "detail": [field("n", "9(4)", means="line"), field("r", "X(1)", means="result")],
    "trailer": [],
}


@pytest.mark.parametrize(
    ("keys", "content", "place", "reason"),
    [
        pytest.param({}, b"", "line 1", "it ends too early", id="empty"),
        pytest.param(
            {},
            f"0{NAME:<24}\r\n".encode(),
            "line 2",
            "it ends too early",
            id="header only",
        ),
        pytest.param(
            {},
            report("1A").replace(b"A ", b"\xff ", 1),
            "line 2, column 6",
            "not ascii",
            id="no ASCII",
        ),
        pytest.param(
            {},
            report("1A").replace(b"\r\n", b"\n"),
            "line 1",
            "the line does not end with CRLF",
            id="other line ends",
        ),
        pytest.param(
            {},
            report("1A", "2A").replace(b"\r\n10002", b"\n10002"),
            "line 2",
            "the line does not end with CRLF",
            id="one other line end",
        ),
        pytest.param(
            {},
            report("1A", "2A").replace(b"10002A", b"10002A "),
            "line 3, column 26",
            "the detail record has 26 characters instead of 25",
            id="long line",
        ),
        pytest.param(
            {},
            report("1A", "2A").replace(b"10002A  ", b"10002A"),
            "line 3, column 24",
            "the detail record has 23 characters instead of 25",
            id="short line",
        ),
        pytest.param(
            {},
            report("1A").replace(b"0M_", b"9M_"),
            "line 1, column 1",
            "record-type is '9' instead of '0'",
            id="another header",
        ),
        pytest.param(
            {},
            report("1A", "2A").replace(b"10002", b"70002"),
            "line 3, column 1",
            "record-type is '7' instead of '1'",
            id="another record",
        ),
        pytest.param(
            {},
            report("1A", "2A").replace(b"10002", b"10x02"),
            "line 3, column 2",
            "'0x02' is no line number",
            id="no line number",
        ),
        pytest.param(
            {},
            report("1A", "2A").replace(b"10002", b"1    "),
            "line 3, column 2",
            "'' is no line number",
            id="blank line number",
        ),
        pytest.param(
            {},
            report("1A", "2A").replace(b"10002A", b"10002?"),
            "line 3, column 6",
            "'?' is none of the results A, R",
            id="unknown result of a row",
        ),
        pytest.param(
            {},
            report("1A", counts=(2, 1, 0)),
            "line 3, column 2",
            "its total-count says '0002', but 1 stand there",
            id="cut short",
        ),
        pytest.param(
            {},
            report("1A", counts=(1, 0, 1)),
            "line 3, column 6",
            "its accepted-count says '0000', but 1 stand there",
            id="accepted count differs",
        ),
        pytest.param(
            {},
            report("1R", counts=(1, 0, 0)),
            "line 3, column 10",
            "its rejected-count says '0000', but 1 stand there",
            id="rejected count differs",
        ),
        pytest.param(
            {},
            report("1A").replace(b"20001", b"2   ."),
            "line 3, column 2",
            "its total-count says '.', but 1 stand there",
            id="no count",
        ),
        pytest.param(
            _DELIMITED,
            b"0\r\n1,A\r\n2\r\n",
            "line 3",
            "the detail record has 1 values where the record has 2",
            id="value missing",
        ),
        pytest.param(
            _DELIMITED,
            b'0\r\n1,A\r\n2,"A\r\n3,A"\r\n',
            "line 3",
            "the detail record has quotes that do not pair",
            id="quote left open",
        ),
        pytest.param(
            _DELIMITED,
            b"0\r\n1,A\r\n2,\r\n",
            "line 3",
            "'' is none of the results A, R",
            id="blank result",
        ),
        pytest.param(
            {**_DELIMITED, "encoding": "utf-8"},
            "0\r\n²,A\r\n".encode(),
            "line 2",
            "'²' is no line number",
            id="digit that is no number",
        ),
        pytest.param(
            {
                "header": [
                    field("t", "X(1)", value="0"),
                    field("n", "9(4)", means="total-count"),
                ],
            },
            b"00009\r\n" + report("1A").split(b"\r\n", 1)[1],
            "line 3, column 2",
            "total-count is '0001' here and '0009' in the header",
            id="header and trailer disagree",
        ),
    ],
)
def test_an_answer_that_is_laid_out_otherwise_is_refused(keys, content, place, reason):
    """Line and column are named; nothing of it is applied."""
    with pytest.raises(AcknowledgementError) as caught:
        parse(content, layer(**keys), name="X.CTL")
    expected = f"The acknowledgement X.CTL cannot be read, {place}: {reason}"
    assert caught.value.message.startswith(expected)
    assert "kept as received" in caught.value.hint


@pytest.mark.parametrize(
    ("content", "place", "reason"),
    [
        pytest.param(
            f"0{NAME:<24}?\r\n",
            "line 1, column 26",
            "'?' is none of",
            id="unknown result",
        ),
        pytest.param(
            f"0{NAME:<24}A\r\n1\r\n", "line 2", "records where none are", id="records"
        ),
    ],
)
def test_a_receipt_that_is_odd_is_refused(content, place, reason):
    """A result code is never guessed."""
    with pytest.raises(
        AcknowledgementError, match=f"{place}: .*{reason}".replace("?", r"\?")
    ):
        parse(content.encode(), receipt_layer(), name="X.ACK")
