"""Which batches take from a limit: found by key, counted by what became of them."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rapupload.errors import JournalBusyError
from rapupload.journal import Batch, Exposures, Journal, hash_keys
from rapupload.model import BatchState, Environment
from tests.unit.journal.building import (
    ENVIRONMENT,
    PARTICIPANT,
    answer,
    batch_of,
    intake_of,
    move,
    open_journal,
    prepare,
    rows_of,
    send,
)

SECRET = b"s" * 32
SCOPE = (PARTICIPANT, ENVIRONMENT.value, "holding")


def keys(*numbers: int) -> pl.Series:
    return pl.Series("key", numbers, dtype=pl.Int64)


def take(journal: Journal, *numbers: int, prefix: str, **changes: Any) -> Batch:
    """Prepare a batch of three rows that takes from these limits."""
    return prepare(journal, 3, prefix=prefix, ledger_keys=keys(*numbers), **changes)


def find(journal: Journal, *numbers: int, **asked: Any) -> Exposures:
    given = {"participant": PARTICIPANT, "environment": ENVIRONMENT, **asked}
    return journal.find_exposures(keys(*numbers), **given)


def names(found: Exposures) -> list[str]:
    return [exposure.batch for exposure in found.batches]


def test_batches_are_found_by_what_they_take_from(journal: Journal) -> None:
    """Those that share a key, each once, oldest first; others are not read."""
    one = take(journal, 1, 2, prefix="A")
    two = take(journal, 2, 3, prefix="B")
    take(journal, 9, prefix="C")
    assert names(find(journal, 1, 2, 3)) == [one.batch, two.batch]
    assert names(find(journal, 3)) == [two.batch]
    assert names(find(journal, 4)) == []
    assert find(journal).checked == journal.head().seq


@pytest.mark.parametrize(
    ("states", "counts"),
    [
        pytest.param((), True, id="prepared"),
        pytest.param((BatchState.APPROVED,), True, id="approved"),
        pytest.param(
            (BatchState.APPROVED, BatchState.SENDING, BatchState.IN_DOUBT),
            True,
            id="in doubt",
        ),
        pytest.param(
            (BatchState.APPROVED, BatchState.SENDING, BatchState.FAILED),
            True,
            id="failed, until it is withdrawn",
        ),
        pytest.param(
            (BatchState.APPROVED, BatchState.HANDED_OVER), True, id="handed over"
        ),
        pytest.param((BatchState.WITHDRAWN,), False, id="withdrawn"),
        pytest.param((BatchState.EXPIRED,), False, id="expired"),
        pytest.param(
            (
                BatchState.APPROVED,
                BatchState.SENDING,
                BatchState.SENT,
                BatchState.REJECTED,
            ),
            False,
            id="refused as a whole",
        ),
    ],
)
def test_what_counts(
    journal: Journal,
    states: tuple[BatchState, ...],
    counts: bool,  # noqa: FBT001 - a parametrised value
) -> None:
    """What may still be accepted, and what was keyed elsewhere."""
    batch = take(journal, 1, prefix="A")
    move(journal, batch.batch, *states)
    assert names(find(journal, 1)) == ([batch.batch] if counts else [])


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"participant": "B09999"}, id="another participant"),
        pytest.param({"environment": Environment.PRACTICE}, id="another environment"),
    ],
)
def test_participants_and_environments_are_never_mixed(
    journal: Journal, asked: dict[str, Any]
) -> None:
    """Even where two keys were the same by chance."""
    take(journal, 1, prefix="A")
    assert names(find(journal, 1, **asked)) == []


def test_a_batch_still_being_prepared_is_not_seen(path: Path) -> None:
    """Its keys are there, but nobody has been shown it."""
    with open_journal(path) as journal:
        batch = take(journal, 1, prefix="A")
    connection = sqlite3.connect(path)
    connection.execute("UPDATE batches SET state = 'preparing'")
    connection.commit()
    connection.close()
    with open_journal(path) as journal:
        assert names(find(journal, 1)) == []
    assert batch.batch


def test_outcomes_come_along_only_where_rows_differ(journal: Journal) -> None:
    """All pending and all accepted are told by the batch; else line by line."""
    pending, mixed, accepted = (
        send(journal, take(journal, 1, prefix=prefix).batch) for prefix in "ABC"
    )
    answer(journal, mixed.batch, {1: "accepted", 3: "rejected"})
    answer(journal, accepted.batch, dict.fromkeys((1, 2, 3), "accepted"))
    found = {exposure.batch: exposure for exposure in find(journal, 1).batches}
    assert found[pending.batch].rows is None
    assert found[accepted.batch].rows is None
    assert found[accepted.batch].accepted == 3
    rows = found[mixed.batch].rows
    assert rows is not None
    assert rows.rows() == [(1, 2, "accepted"), (2, 3, "pending"), (3, 4, "rejected")]


# Racing


def test_a_limit_that_was_taken_from_meanwhile_stops_the_second(
    journal: Journal,
) -> None:
    """Two runs look at the same figures; the second must look again."""
    looked_at = find(journal, 7).checked
    first = take(journal, 7, prefix="A")
    new = batch_of(journal, rows_of(3, prefix="B"), ledger_keys=keys(7))
    with pytest.raises(JournalBusyError, match=first.batch) as caught:
        journal.prepare(intake_of(3), [new], checked=looked_at, limited=keys(7))
    assert "again" in caught.value.hint
    assert [batch.batch for batch in journal.batches()] == [first.batch]
    [batch] = journal.prepare(
        intake_of(3), [new], checked=journal.head().seq, limited=keys(7)
    )
    assert journal.verify().is_sound
    assert names(find(journal, 7)) == [first.batch, batch.batch]


@pytest.mark.parametrize(
    ("taken", "limited"),
    [
        pytest.param(8, [7], id="another limit"),
        pytest.param(7, [], id="a limit that nobody knows"),
    ],
)
def test_what_changes_no_figure_stops_nobody(
    journal: Journal, taken: int, limited: list[int]
) -> None:
    """Other batches may be prepared meanwhile."""
    looked_at = find(journal, 7).checked
    take(journal, taken, prefix="A")
    new = batch_of(journal, rows_of(3, prefix="B"), ledger_keys=keys(7))
    made = journal.prepare(
        intake_of(3), [new], checked=looked_at, limited=keys(*limited)
    )
    assert len(made) == 1


def test_a_batch_withdrawn_meanwhile_stops_nobody(journal: Journal) -> None:
    """The figures were too large, not too small."""
    looked_at = find(journal, 7).checked
    move(journal, take(journal, 7, prefix="A").batch, BatchState.WITHDRAWN)
    new = batch_of(journal, rows_of(3, prefix="B"), ledger_keys=keys(7))
    made = journal.prepare(intake_of(3), [new], checked=looked_at, limited=keys(7))
    assert len(made) == 1


# Verifying


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        pytest.param(
            "DELETE FROM ledger_keys WHERE key = 1",
            "1 ledger keys are there, but the events say 2",
            id="taken away: its batch would not be counted",
        ),
        pytest.param(
            "UPDATE ledger_keys SET key = 5 WHERE key = 1",
            "its ledger keys differ from what event",
            id="altered",
        ),
        pytest.param(
            "INSERT INTO ledger_keys SELECT batch_no, 7 FROM batches",
            "3 ledger keys are there, but the events say 2",
            id="added",
        ),
    ],
)
def test_altered_keys_are_found(path: Path, statement: str, said: str) -> None:
    """The batch's event holds their count and digest."""
    with open_journal(path) as journal:
        take(journal, 1, 2, prefix="A")
        assert journal.verify().is_sound
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER ledger_keys_no_update")
    connection.execute(statement)
    connection.commit()
    connection.close()
    with open_journal(path) as journal:
        [problem] = journal.verify().problems
    assert said in str(problem)


def test_many_keys_go_in_short_transactions_and_add_up(journal: Journal) -> None:
    """More keys than one transaction takes; the leftovers of a run go with it."""
    many = keys(*range(25_000))
    new = batch_of(journal, rows_of(12_000), ledger_keys=many)
    [batch] = journal.prepare(intake_of(12_000), [new], checked=journal.head().seq)
    assert journal.verify().is_sound
    assert names(find(journal, 24_999)) == [batch.batch]


def test_leftovers_of_a_run_that_died_go_with_their_keys(path: Path) -> None:
    """The next one to open the journal removes them."""
    with open_journal(path) as journal:
        take(journal, 1, 2, prefix="A")
    connection = sqlite3.connect(path)
    connection.execute("UPDATE batches SET state = 'preparing', prepared_event = NULL")
    connection.commit()
    open_journal(path).close()
    assert connection.execute("SELECT count(*) FROM ledger_keys").fetchone() == (0,)
    connection.close()


# Keys


def test_a_key_is_the_same_every_day_it_is_made() -> None:
    """A batch of last year is found by it: this value must never change."""
    found = hash_keys([("2027-01-05", "01\x1f00700")], scope=SCOPE, secret=SECRET)
    assert found.to_list() == [339860064370607641]


@pytest.mark.parametrize(
    ("text", "scope", "secret"),
    [
        pytest.param(("2027-01-05", "02"), SCOPE, SECRET, id="account"),
        pytest.param(("2027-01-06", "01"), SCOPE, SECRET, id="day"),
        pytest.param(("", "01"), SCOPE, SECRET, id="no day"),
        pytest.param(
            ("2027-01-05", "01"), ("B09999", *SCOPE[1:]), SECRET, id="participant"
        ),
        pytest.param(
            ("2027-01-05", "01"),
            (SCOPE[0], "practice", SCOPE[2]),
            SECRET,
            id="environment",
        ),
        pytest.param(("2027-01-05", "01"), (*SCOPE[:2], "money"), SECRET, id="book"),
        pytest.param(("2027-01-05", "01"), SCOPE, b"t" * 32, id="journal"),
    ],
)
def test_whatever_differs_has_another_key(
    text: tuple[str, str], scope: tuple[str, ...], secret: bytes
) -> None:
    """Nobody without the journal's secret can tell what a key is about."""
    usual = hash_keys([("2027-01-05", "01")], scope=SCOPE, secret=SECRET)
    assert hash_keys([text], scope=scope, secret=secret)[0] != usual[0]


def test_the_keys_of_a_day_lie_together() -> None:
    """So that the index is written in one place, however old the journal."""
    texts = [(day, str(n)) for day in ("2027-01-05", "2027-01-06") for n in range(100)]
    found = hash_keys(texts, scope=SCOPE, secret=SECRET).sort()
    days = {key >> 48 for key in found}
    assert (len(days), found.n_unique()) == (2, 200)
    assert found.min() >= 0  # type: ignore[operator]
