from __future__ import annotations

import datetime as dt
from typing import Any

from rapupload.simulator.answers import Judgement, Verdict, write_answers
from rapupload.simulator.hours import HONG_KONG
from rapupload.simulator.reader import Row
from rapupload.spec.format import BatchSpec

NOW = dt.datetime(2027, 1, 6, 0, 5, tzinfo=HONG_KONG)
VERDICTS = (
    Verdict(
        row=Row(line=1, values={"own-reference": "R,1"}, checksum="00000000001005"),
        reference="A00000001",
    ),
    Verdict(row=Row(line=2, values={}, checksum=""), reason="insufficient"),
)


def judged(**changes: Any) -> Judgement:
    values: dict[str, Any] = {
        "file_name": "ATI_B01234_20270105_0007.TXT",
        "participant": "B01234",
        "account": "CB01234001",
        "day": dt.date(2027, 1, 5),
        "indicator": 7,
        "file_reference": "REF1",
        "records": 2,
        "verdicts": VERDICTS,
    }
    return Judgement(**{**values, **changes})


def test_receipt_and_control_report_follow_the_layout(ati: BatchSpec) -> None:
    """Both files of a partly accepted batch, byte for byte."""
    receipt, report = write_answers(ati, judged(), NOW)
    assert str(receipt.path) == "/upload/ATI/ATI_B01234_20270105_0007.ACK"
    assert receipt.content == (
        b"0RECEIPT B01234000720270105REF1           "
        b"ATI_B01234_20270105_0007.TXT            A    "
        b"                                        0002\r\n"
    )
    assert str(report.path) == "/upload/ATI/ATI_B01234_20270105_0007.CTL"
    assert report.content == (
        b"0CONTROL B01234000720270105REF1           "
        b"ATI_B01234_20270105_0007.TXT            \r\n"
        b"10001AA00000001                                            "
        b"00000000001005\r\n"
        b"10002R         S104Not enough stock                        "
        b"00000000000000\r\n"
        b"2000200010001\r\n"
    )


def test_refused_file_gets_its_receipt_only(ati: BatchSpec) -> None:
    """The receipt carries the reason, its first code, and what could be counted."""
    (receipt,) = write_answers(
        ati, judged(reason="control-total", verdicts=(), records=2), NOW
    )
    assert receipt.content == (
        b"0RECEIPT B01234000720270105REF1           "
        b"ATI_B01234_20270105_0007.TXT            RF002"
        b"Count, checksum or total differs; whole 0002\r\n"
    )


def layer(**changes: Any) -> dict[str, Any]:
    return {
        "stage": "control-report",
        "where": "/download/CCASS_{market}/{date:%Y%m%d}",
        "name": "CTL_{participant}_{date:%Y%m%d%H%M%S}{any}.CSV",
        "expected-within": "30m",
        "match-on": ["file-name"],
        "results": {"9": "rejected", "0": "accepted"},
        "layout": "delimited",
        "line-end": "lf",
        "detail": [
            {"name": "line", "picture": "9(4)", "means": "line"},
            {"name": "reference", "picture": "X(16)", "means": "reference"},
            {"name": "result", "picture": "X(1)", "means": "result"},
            {"name": "reason", "picture": "X(12)", "means": "reason-text"},
        ],
        "trailer": [
            {"name": "count", "picture": "9(4)", "total": "count"},
            {"name": "day", "picture": "X(10)", "given": "date"},
            {"name": "time", "picture": "9(6)", "given": "time"},
        ],
        **changes,
    }


def test_delimited_report_is_written_below_the_day_it_is_made(
    ati_text: dict[str, Any],
) -> None:
    """Its folder and name bear the day of the answer, not that of the file."""
    spec = BatchSpec.model_validate({**ati_text, "acknowledgement": [layer()]})
    (report,) = write_answers(spec, judged(), NOW)
    assert str(report.path) == (
        "/download/CCASS_HKMK/20270106/CTL_B01234_20270106000500.CSV"
    )
    assert report.content == (b'1,"R,1",0,\n2,,9,Not enough s\n2,2027-01-06,000500\n')


def test_refused_file_without_receipt_layer_gets_an_empty_report(
    ati_text: dict[str, Any],
) -> None:
    """Where the spec has no receipt, the report itself answers a refused file."""
    spec = BatchSpec.model_validate({**ati_text, "acknowledgement": [layer()]})
    (report,) = write_answers(spec, judged(reason="unreadable-file", verdicts=()), NOW)
    assert report.content == b"0,2027-01-06,000500\n"


def test_result_layer_lists_accepted_rows_only(ati_text: dict[str, Any]) -> None:
    """What became of rows in the end is told of those that were accepted."""
    spec = BatchSpec.model_validate(
        {**ati_text, "acknowledgement": [layer(stage="result", trailer=[])]}
    )
    (result,) = write_answers(spec, judged(), NOW)
    assert result.content == b'1,"R,1",0,\n'
