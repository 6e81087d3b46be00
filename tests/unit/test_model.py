from __future__ import annotations

import pytest

from rapupload.model import (
    COUNTED,
    SETTLED,
    TRANSITIONS,
    BatchState,
    Environment,
    Finding,
    Scope,
    Severity,
    SpecStatus,
    Text,
    actual_person,
)

_S = BatchState


def test_every_state_can_be_reached_and_left_or_is_settled():
    """No batch is stuck, and none comes out of nowhere."""
    left = {start for start, _ in TRANSITIONS}
    reached = {end for _, end in TRANSITIONS}
    assert reached | {_S.PREPARED} == set(BatchState)
    assert left == set(BatchState) - SETTLED


@pytest.mark.parametrize(
    "arrow",
    [
        pytest.param((_S.SENDING, _S.APPROVED), id="sending again by itself"),
        pytest.param((_S.IN_DOUBT, _S.SENDING), id="resending what is in doubt"),
        pytest.param((_S.SENT, _S.APPROVED), id="sending what was sent"),
        pytest.param((_S.PREPARED, _S.SENDING), id="sending without approval"),
        pytest.param((_S.FAILED, _S.SENDING), id="resending without a person"),
        pytest.param((_S.IN_DOUBT, _S.WITHDRAWN), id="withdrawing what may be there"),
        pytest.param((_S.SENT, _S.WITHDRAWN), id="withdrawing what was sent"),
        pytest.param((_S.IN_DOUBT, _S.EXPIRED), id="forgetting what is in doubt"),
        pytest.param((_S.SENT, _S.FAILED), id="un-sending"),
    ],
)
def test_what_would_break_the_promise_is_no_transition(arrow):
    """A duplicate or a false 'sent' has no arrow."""
    assert arrow not in TRANSITIONS


def test_every_arrow_says_why():
    """One sentence each, for people."""
    assert all(why.strip() for why in TRANSITIONS.values())


def test_withdrawn_and_expired_batches_do_not_count_as_sent_before():
    """A failed one does, until it is withdrawn."""
    assert set(BatchState) - COUNTED == {_S.WITHDRAWN, _S.EXPIRED}


_ALLOWED = {
    (SpecStatus.ASSUMED, Environment.SIMULATOR),
    (SpecStatus.PRACTICE, Environment.SIMULATOR),
    (SpecStatus.PRACTICE, Environment.PRACTICE),
    (SpecStatus.CONFIRMED, Environment.SIMULATOR),
    (SpecStatus.CONFIRMED, Environment.PRACTICE),
    (SpecStatus.CONFIRMED, Environment.PRODUCTION),
}


@pytest.mark.parametrize("status", list(SpecStatus))
@pytest.mark.parametrize("environment", list(Environment))
def test_an_assumed_spec_goes_to_the_simulator_only(status, environment):
    """Practice wants practice, production wants confirmed."""
    assert status.allows(environment) is ((status, environment) in _ALLOWED)


@pytest.mark.parametrize(
    ("letter", "row", "cell"),
    [("B", 7, "B7"), ("", 7, ""), ("B", None, ""), ("", None, "")],
)
def test_a_finding_names_its_cell_where_it_has_one(letter, row, cell):
    """Row and column together, or nothing."""
    finding = Finding(
        code="x",
        severity=Severity.NOTE,
        scope=Scope.CELL,
        message=Text("a", "b"),
        row=row,
        letter=letter,
    )
    assert finding.cell == cell
    assert finding.as_dict()["cell"] == cell


@pytest.mark.parametrize(
    ("language", "words"), [("en", "a"), ("zh-Hant", "b"), ("both", "a")]
)
def test_a_text_has_two_languages(language, words):
    """English where another is asked for."""
    assert Text("a", "b").in_language(language) == words
    assert Text("a", "b").as_dict() == {"en": "a", "zh-Hant": "b"}


@pytest.mark.parametrize(
    ("environ", "person"),
    [
        ({"RAPUPLOAD_PERSON": "chan"}, "chan"),
        ({"RAPUPLOAD_PERSON": "  "}, "svc"),
        ({}, "svc"),
    ],
)
def test_who_acts_is_named_or_the_operating_systems_user(environ, person):
    """Blanks are nobody."""
    assert actual_person(environ, "svc") == person
