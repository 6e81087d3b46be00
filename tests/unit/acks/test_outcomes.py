from __future__ import annotations

import polars as pl
import pytest

from rapupload.acks import Sent, judge, parse
from rapupload.model import Outcome
from tests.unit.acks.building import NAME, layer, receipt_layer, report
from tests.unit.spec.building import control_report, field, load, receipt, words

_SPEC = load(
    reason=[
        {"key": "stock", "label": words("No such stock"), "codes": ["S101", "S102"]},
        {"key": "file", "label": words("File twice"), "codes": ["F001"]},
    ],
    acknowledgement=[receipt(), control_report()],
).spec


def _judged(*rows: str, lines: tuple[int, ...] = (2, 3, 5)):
    parsed = parse(report(*rows), layer(), name="X")
    return judge(parsed, Sent(lines=pl.Series("line", lines)), _SPEC)


def test_answers_are_keyed_by_the_line_of_our_file():
    """The report counts instructions; we count lines."""
    judged = _judged("1A", "3R S101", "2R X999 WHY")
    assert judged.rows.rows() == [
        (2, "accepted", None, None, None),
        (5, "rejected", "S101", "No such stock", None),
        (3, "rejected", "X999", "WHY", None),
    ]
    assert (judged.foreign, judged.repeated, judged.unanswered) == ((), (), 0)
    assert judged.file is None


def test_a_text_of_the_far_end_wins_over_our_words():
    """Our words stand in where it gives a code alone."""
    judged = _judged("1R S101 THEIR", "2R S102", "3R X999")
    assert judged.rows["reason"].to_list() == ["THEIR", "No such stock", None]


@pytest.mark.parametrize(
    ("rows", "foreign", "repeated", "unanswered"),
    [
        pytest.param(["1A", "2A", "3A"], (), (), 0, id="complete"),
        pytest.param(["2A"], (), (), 2, id="two unanswered"),
        pytest.param([], (), (), 3, id="nothing answered"),
        pytest.param(["1A", "4A", "9R"], (4, 9), (), 2, id="foreign"),
        pytest.param(["0A"], (0,), (), 3, id="zero is nobody's"),
        pytest.param(["1A", "1R", "2A"], (), (1,), 1, id="repeated"),
        pytest.param(["1A", "1A"], (), (1,), 2, id="repeated alike"),
    ],
)
def test_foreign_repeated_and_missing_rows_are_counted(
    rows, foreign, repeated, unanswered
):
    """Anomalies are told, never swallowed."""
    judged = _judged(*rows)
    assert (judged.foreign, judged.repeated) == (foreign, repeated)
    assert judged.unanswered == unanswered


def test_a_verdict_on_the_file_has_its_reason():
    """From the answer, or from the words of the spec for its code."""
    header = [
        field("t", "X(1)", value="0"),
        field("n", "X(24)", means="file-name"),
        field("r", "X(1)", means="result"),
        field("c", "X(4)", means="reason-code"),
        field("w", "X(9)", means="reason-text"),
    ]
    answers = receipt_layer(header=header)
    lines = pl.Series("line", [2])
    parsed = parse(f"0{NAME:<24}RF001{'':<9}\r\n".encode(), answers, name="X")
    verdict = judge(parsed, Sent(lines=lines), _SPEC).file
    assert verdict is not None
    assert verdict.outcome is Outcome.REJECTED
    assert (verdict.reason_code, verdict.reason) == ("F001", "File twice")
    parsed = parse(f"0{NAME:<24}AX999WELCOME  \r\n".encode(), answers, name="X")
    verdict = judge(parsed, Sent(lines=lines), _SPEC).file
    assert verdict is not None
    assert (verdict.outcome, verdict.reason) == (Outcome.ACCEPTED, "WELCOME")


def test_a_verdict_without_reason_is_still_one():
    """A plain receipt has a result and nothing else."""
    parsed = parse(f"0{NAME:<24}A\r\n".encode(), receipt_layer(), name="X")
    judged = judge(parsed, Sent(lines=pl.Series("line", [2, 3])), _SPEC)
    assert judged.file is not None
    assert (judged.file.reason_code, judged.file.reason) == ("", "")
    assert judged.unanswered == 2


_REPEATING = [
    field("t", "X(1)", value="1"),
    field("n", "9(4)", means="line"),
    field("r", "X(1)", means="result"),
    field("k", "9(6)", means="record-checksum"),
    field("o", "X(4)", means="reference"),
]


@pytest.mark.parametrize(
    ("checksum", "reference", "unlike"),
    [
        pytest.param("000123", "R1", (), id="ours"),
        pytest.param("000124", "R1", (1,), id="another checksum"),
        pytest.param("000123", "R9", (1,), id="another reference"),
        pytest.param("      ", "", (), id="repeats nothing"),
    ],
)
def test_an_answer_to_another_file_of_our_name_is_seen(checksum, reference, unlike):
    """What a report repeats of an instruction must be what we sent."""
    answers = layer(header=[], detail=_REPEATING, trailer=[], name="{file-stem}.CTL")
    content = f"10001A{checksum}{reference:<4}\r\n".encode()
    sent = Sent(
        lines=pl.Series("line", [2]),
        checksums=pl.Series(["000123"]),
        references=pl.Series(["R1"]),
    )
    assert judge(parse(content, answers, name="X"), sent, _SPEC).unlike == unlike
