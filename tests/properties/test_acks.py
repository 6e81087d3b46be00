from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapupload.acks import Sent, Submission, judge, match, parse
from rapupload.errors import AcknowledgementError
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.format import Acknowledgement
from tests.properties.specs import SHIPPED
from tests.unit.acks.building import layer, receipt_layer, report
from tests.unit.spec.building import field

# ruff: noqa: PT017 - either outcome is right, and both are looked at

_DELIMITED = {
    "layout": "delimited",
    "encoding": "utf-8",
    "header": [
        field("t", "X(1)", value="0"),
        field("n", "X(9)", means="file-name"),
        field("c", "9(4)", means="total-count"),
    ],
    "detail": [
        field("t", "X(1)", value="1"),
        field("l", "9(4)", means="line"),
        field("r", "X(1)", means="result"),
    ],
    "trailer": [],
}
_LAYERS: dict[str, Acknowledgement] = {
    "report": layer(),
    "receipt": receipt_layer(),
    "delimited": layer(**_DELIMITED),
    **{
        f"{name}-{a.stage.value}": a
        for name in SHIPPED
        for a in Catalogue().spec(name).spec.acknowledgement
    },
}
_VALID = {
    "report": report("1A", "2R S101 NO STOCK", "3A"),
    "receipt": f"0{'M.TXT':<24}A\r\n".encode(),
    "delimited": b"0,M.TXT,2\r\n1,1,A\r\n1,2,R\r\n",
}


def _read(content: bytes, of: Acknowledgement) -> None:
    try:
        parsed = parse(content, of, name="X")
    except AcknowledgementError as error:
        assert error.message.startswith("The acknowledgement X cannot be read")
        assert "line" in error.message
        return
    assert parsed.rows["outcome"].null_count() == 0
    assert parsed.rows["line"].null_count() == 0
    lines = pl.Series("line", [2, 3], dtype=pl.UInt32)
    spec = Catalogue().spec("ati").spec
    judged = judge(parsed, Sent(lines=lines), spec)
    assert 0 <= judged.unanswered <= 2
    if not judged.repeated:
        assert judged.rows.height + judged.unanswered == 2


@pytest.mark.parametrize("name", _LAYERS)
@given(content=st.binary(max_size=150))
def test_any_bytes_are_an_answer_or_refused(name, content):
    """Reading ends in rows or in one error, with its place."""
    _read(content, _LAYERS[name])


@pytest.mark.parametrize("name", _VALID)
@given(data=st.data())
def test_a_damaged_answer_is_read_or_refused(name, data):
    """Bytes changed, left out or put in, anywhere."""
    content = _VALID[name]
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content)))
        end = start + data.draw(st.integers(0, 4))
        put = data.draw(st.binary(max_size=3) | st.sampled_from([b'"', b"\r\n", b","]))
        content = content[:start] + put + content[end:]
    _read(content, _LAYERS[name])


@given(st.text(max_size=60))
def test_any_text_is_an_answer_or_refused(text):
    """Digits of other scripts among them."""
    _read(text.encode(), _LAYERS["delimited"])


_texts = st.sampled_from(["", "1", "0001", "2", "²", "٣", "x", "9" * 5000])
_dates = st.sampled_from(["", "20270105", "20270106", "20271305", "x"])
_names = st.sampled_from(["", "M_1.TXT", "M_2.TXT", "M_3.TXT"])
_references = st.sampled_from(["", "REF1", "REF2", "REF3"])
_said = st.fixed_dictionaries(
    {},
    optional={
        "file-name": _names,
        "indicator": _texts,
        "date": _dates,
        "file-reference": _references,
        "participant": st.sampled_from(["", "B01234", "B09999"]),
    },
)
_in_name = st.fixed_dictionaries(
    {},
    optional={
        "file-stem": st.sampled_from(["M_1", "M_2", "M_3"]),
        "indicator": _texts,
        "date": _dates,
    },
)
_submissions = st.lists(
    st.builds(
        Submission,
        batch=st.sampled_from(["a", "b", "c", "d"]),
        file_name=_names.filter(bool),
        indicator=st.integers(1, 3),
        date=st.sampled_from([dt.date(2027, 1, 5), dt.date(2027, 1, 6)]),
        file_reference=_references,
        participant=st.just("B01234"),
    ),
    max_size=4,
    unique_by=lambda submission: submission.batch,
)
_MATCHING = receipt_layer(
    **{
        "name": "{file-stem}_{date:%Y%m%d}_{indicator:04}",
        "match-on": ["file-name", "indicator+date", "file-reference"],
        "header": [
            field("f", "X(15)", means="file-reference"),
            field("r", "X(1)", means="result"),
        ],
    }
)


@given(_in_name, _said, _submissions)
def test_an_answer_is_paired_with_at_most_one_batch(in_name, said, submissions):
    """With one that everything said fits, and only where it is the only one."""
    found = match(_MATCHING, in_name, said, submissions)
    assert (found.batch is None) or not found.is_ambiguous
    if found.batch is None:
        return
    (own,) = (s for s in submissions if s.batch == found.batch)
    assert said.get("file-name") in {None, "", own.file_name}
    assert said.get("file-reference") in {None, "", own.file_reference}
    assert in_name.get("file-stem") in {None, own.file_name.removesuffix(".TXT")}
    assert said.get("participant") in {None, "", "B01234"}
    same = [s for s in submissions if match(_MATCHING, in_name, said, [s]).batch]
    assert same == [own]
