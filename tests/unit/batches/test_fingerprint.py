from __future__ import annotations

import polars as pl
import pytest

from rapupload.batches import fingerprints
from rapupload.spec.format import BatchSpec
from tests.unit.batches.building import instructions, two
from tests.unit.spec.building import load

_SPEC = load(spec={"fingerprint": ["own-reference", "quantity"]}).spec
_KEY = b"k" * 32


def _marks(
    frame: pl.DataFrame,
    spec: BatchSpec = _SPEC,
    participant: str = "B01234",
    key: bytes = _KEY,
) -> list[bytes]:
    return fingerprints(frame, spec, participant=participant, key=key).to_list()


def test_each_instruction_has_a_digest_of_sixteen_bytes():
    """In the order of the instructions; equal ones have equal digests."""
    frame = instructions(own_reference=["A", "B", "A"], quantity=["1", "1", "1"])
    marks = _marks(frame)
    assert [len(mark) for mark in marks] == [16, 16, 16]
    assert marks[0] == marks[2] != marks[1]
    assert _marks(frame) == marks


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"key": b"j" * 32}, id="key"),
        pytest.param({"participant": "B01235"}, id="participant"),
        pytest.param({"spec": load(spec={"id": "other"}).spec}, id="type"),
        pytest.param(
            {"spec": load(spec={"fingerprint": ["own-reference"]}).spec}, id="columns"
        ),
    ],
)
def test_another_key_participant_or_type_gives_another_digest(changed):
    """Nobody can compare fingerprints without the journal's key."""
    assert not set(_marks(two())) & set(_marks(two(), **changed))


def test_another_version_of_the_spec_gives_the_same_digest():
    """A new version lets no duplicate through."""
    assert _marks(two(), load(spec={"version": 2}).spec) == _marks(two())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(("A", None), ("A", ""), id="blank against empty"),
        pytest.param(("A", "1"), ("1", "A"), id="values swapped"),
        pytest.param(("A1", "1"), ("A", "11"), id="a sign moved over"),
        pytest.param((None, "1"), ("1", None), id="blank moved"),
    ],
)
def test_different_instructions_have_different_digests(one, other):
    """A blank is not an empty text, and values keep to their columns."""
    frame = instructions(own_reference=[one[0], other[0]], quantity=[one[1], other[1]])
    first, second = _marks(frame)
    assert first != second


def test_columns_outside_the_fingerprint_do_not_count():
    """A remark does not make another instruction of it."""
    assert _marks(two(remark=["x", "y"])) == _marks(two())


def test_no_instruction_gives_no_digest():
    """The series is empty and still binary."""
    frame = instructions(own_reference=[], quantity=[])
    assert _marks(frame) == []
