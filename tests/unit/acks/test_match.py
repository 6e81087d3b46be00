from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from rapupload.acks import Submission, match
from tests.unit.acks.building import receipt_layer
from tests.unit.spec.building import field


def _submission(batch: str, **changed: Any) -> Submission:
    usual: dict[str, Any] = {
        "batch": batch,
        "file_name": "M_0007.TXT",
        "indicator": 7,
        "date": dt.date(2027, 1, 5),
        "file_reference": "M2701050007",
        "participant": "B01234",
    }
    return Submission(**{**usual, **changed})


_ONE = _submission("one")
_TWO = _submission(
    "two", file_name="M_0008.TXT", indicator=8, file_reference="M2701050008"
)
_POOL = (_ONE, _TWO)
_ALL = ["file-name", "indicator+date", "file-reference"]


def _layer(*keys: str, **more: Any) -> Any:
    header = [
        field("n", "X(40)", means="file-name"),
        field("i", "9(4)", means="indicator"),
        field("d", "9(8)", means="date"),
        field("f", "X(15)", means="file-reference"),
        field("r", "X(1)", means="result"),
    ]
    return receipt_layer(**{"match-on": list(keys), "header": header, **more})


@pytest.mark.parametrize(
    ("keys", "in_name", "in_content", "key"),
    [
        pytest.param(
            ["file-name"],
            {"file-stem": "M_0008"},
            {},
            "file-name",
            id="stem in the name",
        ),
        pytest.param(
            ["file-name"],
            {"file-name": "M_0008.TXT"},
            {},
            "file-name",
            id="file name in the name",
        ),
        pytest.param(
            ["file-name"],
            {},
            {"file-name": "M_0008.TXT"},
            "file-name",
            id="file name inside",
        ),
        pytest.param(
            ["indicator+date"],
            {"indicator": "0008", "date": "20270105"},
            {},
            "indicator+date",
            id="indicator and date in the name",
        ),
        pytest.param(
            ["indicator+date"],
            {"indicator": "08"},
            {"date": "20270105"},
            "indicator+date",
            id="half of it inside",
        ),
        pytest.param(
            ["file-reference"],
            {},
            {"file-reference": "M2701050008"},
            "file-reference",
            id="reference",
        ),
        pytest.param(
            _ALL,
            {"file-stem": "M_0008"},
            {
                "file-name": "M_0008.TXT",
                "indicator": "0008",
                "date": "20270105",
                "file-reference": "M2701050008",
            },
            "file-name+indicator+date+file-reference",
            id="all keys",
        ),
        pytest.param(
            _ALL,
            {"file-stem": "M_0008"},
            {"file-name": "", "indicator": "", "date": "", "file-reference": ""},
            "file-name",
            id="what is blank says nothing",
        ),
    ],
)
def test_an_answer_is_paired_by_each_key(keys, in_name, in_content, key):
    """The keys that led there are told."""
    found = match(
        _layer(*keys, name="{file-stem}_{date:%Y%m%d}_{indicator:04}"),
        in_name,
        in_content,
        _POOL,
    )
    assert (found.batch, found.key, found.candidates) == ("two", key, ())
    assert not found.is_ambiguous


@pytest.mark.parametrize(
    ("in_name", "in_content", "candidates"),
    [
        pytest.param(
            {"file-stem": "M_0007"},
            {"file-reference": "M2701050008"},
            ("one", "two"),
            id="keys name different batches",
        ),
        pytest.param(
            {"file-stem": "M_0007"},
            {"file-reference": "SOMEBODY"},
            ("one", "another file"),
            id="one key names nobody's",
        ),
        pytest.param(
            {"file-stem": "M_0007"},
            {"indicator": "0007", "date": "20270106"},
            ("one", "another file"),
            id="another day",
        ),
    ],
)
def test_keys_that_disagree_leave_it_to_a_person(in_name, in_content, candidates):
    """All keys that say something must name the same batch."""
    found = match(_layer(*_ALL), in_name, in_content, _POOL)
    assert (found.batch, found.candidates) == (None, candidates)
    assert found.is_ambiguous


def test_two_batches_of_one_name_are_ambiguous():
    """It is never given to the first."""
    pool = (_ONE, _submission("copy"))
    found = match(_layer(*_ALL), {"file-stem": "M_0007"}, {}, pool)
    assert found.candidates == ("copy", "one")


@pytest.mark.parametrize(
    ("in_name", "in_content"),
    [
        pytest.param({"file-stem": "M_0009"}, {}, id="another name"),
        pytest.param({}, {}, id="nothing said"),
        pytest.param({"indicator": "0007"}, {}, id="indicator without date"),
        pytest.param({}, {"indicator": "²", "date": "20270105"}, id="no number"),
        pytest.param({}, {"indicator": "7", "date": "20271305"}, id="no date"),
        pytest.param(
            {"indicator": "0008", "date": "20270105"},
            {"indicator": "0007", "date": "20270105"},
            id="name and content disagree within a key",
        ),
        pytest.param(
            {"file-stem": "M_0007"},
            {"file-name": "M_0008.TXT"},
            id="stem and file name disagree",
        ),
        pytest.param(
            {"file-stem": "M_0007"},
            {"participant": "B09999"},
            id="another participant",
        ),
    ],
)
def test_an_answer_to_nobody_is_an_orphan(in_name, in_content):
    """It is kept and told, and applied to nothing."""
    found = match(
        _layer(*_ALL, name="{file-stem}_{date:%Y%m%d}_{indicator:04}"),
        in_name,
        in_content,
        _POOL,
    )
    assert (found.batch, found.is_ambiguous) == (None, False)


def test_no_submission_leaves_only_orphans():
    """An empty desk."""
    found = match(_layer(*_ALL), {"file-stem": "M_0007"}, {}, ())
    assert (found.batch, found.candidates, found.key) == (None, (), "file-name")


def test_the_participant_is_compared_where_both_say_one():
    """Our own answers, and those of a journal that does not know it, fit."""
    said = {"participant": "B01234"}
    assert match(_layer(*_ALL), {"file-stem": "M_0007"}, said, _POOL).batch == "one"
    pool = (_submission("old", participant=""),)
    assert match(_layer(*_ALL), {"file-stem": "M_0007"}, said, pool).batch == "old"


def test_dates_are_read_as_the_layer_writes_them():
    """In the name, and inside."""
    header = [
        field("i", "9(4)", means="indicator"),
        field("d", "9(6)", means="date", format="%d%m%y"),
        field("r", "X(1)", means="result"),
    ]
    inside = _layer("indicator+date", header=header)
    said = {"indicator": "7", "date": "050127"}
    assert match(inside, {}, said, _POOL).batch == "one"
    named = _layer(
        "indicator+date", name="A_{date:%y%m%d}_{indicator:04}", header=header
    )
    in_name = {"indicator": "0007", "date": "270105"}
    assert match(named, in_name, {}, _POOL).batch == "one"
