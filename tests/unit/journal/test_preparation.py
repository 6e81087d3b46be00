"""Preparing is all or nothing, whoever dies and whoever else is at it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from rapupload.errors import DuplicateError, JournalBusyError
from rapupload.journal import Journal
from tests.unit.journal.building import (
    batch_of,
    intake_of,
    open_journal,
    prepare,
    question_of,
    rows_of,
)

ROWS = 25_000
WRITINGS = 5  # the batch, three chunks of rows, the last step


def start(root: Path, path: Path, prefix: str, die_at: int) -> subprocess.Popen[bytes]:
    arguments = ["prepare", str(path), prefix, str(ROWS), str(die_at)]
    command = [sys.executable, "-m", "tests.unit.journal.dying", *arguments]
    return subprocess.Popen(command, cwd=root)


def count_rows(path: Path) -> int:
    connection = sqlite3.connect(path)
    (count,) = connection.execute("SELECT count(*) FROM instructions").fetchone()
    connection.close()
    return int(count)


@pytest.mark.parametrize("die_at", range(1, WRITINGS + 1))
def test_killed_while_preparing_leaves_nothing(
    pytestconfig: pytest.Config, path: Path, die_at: int
) -> None:
    """Kill -9 at any writing: nothing is seen, and the leftovers go when next opened."""
    killed = start(pytestconfig.rootpath, path, "DEADBEEF", die_at)
    assert killed.wait(60) != 0
    assert count_rows(path) == max(0, min(10_000 * (die_at - 2), ROWS))
    with open_journal(path) as journal:
        assert count_rows(path) == 0
        assert journal.batches() == ()
        assert not journal.find_duplicates(question_of(3, prefix="DEADBEEF"))
        assert journal.verify().is_sound
        batch = prepare(journal, 3, prefix="DEADBEEF")
        assert batch.indicator == 2  # the first was reserved and is lost
        assert journal.verify().is_sound


def test_one_writing_more_would_have_been_enough(
    pytestconfig: pytest.Config, path: Path
) -> None:
    """The kills above really covered the last writing."""
    process = start(pytestconfig.rootpath, path, "CAFEBABE", WRITINGS + 1)
    assert process.wait(60) == 0
    with open_journal(path) as journal:
        assert [batch.instructions for batch in journal.batches()] == [ROWS]


def test_two_processes_prepare_at_once(pytestconfig: pytest.Config, path: Path) -> None:
    """Both batches are there, whole, with different indicators."""
    both = [start(pytestconfig.rootpath, path, name, 0) for name in ("AAAA", "BBBB")]
    assert [process.wait(60) for process in both] == [0, 0]
    with open_journal(path) as journal:
        found = journal.batches()
        assert [batch.instructions for batch in found] == [ROWS, ROWS]
        assert sorted(batch.indicator for batch in found) == [1, 2]
        assert journal.verify().is_sound


def test_rows_are_unseen_until_the_last_step(journal: Journal, path: Path) -> None:
    """While rows are being written another reader sees no batch at all."""
    seen: list[tuple[int, int]] = []
    with open_journal(path) as reader:

        def look(_connection: Connection) -> None:
            seen.append((count_rows(path), len(reader.batches())))

        new = batch_of(journal, rows_of(ROWS))
        event.listen(journal.database.engine, "commit", look)
        journal.prepare(intake_of(ROWS), [new])
        event.remove(journal.database.engine, "commit", look)
        assert {batches for rows, batches in seen if rows} == {0, 1}
        assert (20_000, 0) in seen
        assert len(reader.batches()) == 1


def test_no_transaction_holds_more_than_ten_thousand_rows(journal: Journal) -> None:
    """Other writers get their turn, however large the source is."""
    sizes: list[int] = []

    def look(_conn, _cursor, statement: str, parameters, _context, many) -> None:
        if many and statement.startswith("INSERT INTO instructions"):
            sizes.append(len(parameters))

    event.listen(journal.database.engine, "before_cursor_execute", look)
    parts = [
        batch_of(journal, rows_of(4_000, prefix=name), content=name.encode())
        for name in ("A", "B", "C")
    ]
    journal.prepare(intake_of(12_000), parts)
    assert sizes == [10_000, 2_000]


def test_several_batches_appear_together_or_not_at_all(journal: Journal) -> None:
    """One bad part and none of the source's batches is prepared."""
    good = batch_of(journal, rows_of(2, prefix="A"), content=b"a")
    twin = batch_of(journal, rows_of(2, prefix="B"), content=b"a")
    with pytest.raises(DuplicateError):
        journal.prepare(intake_of(4), [good, twin])
    assert journal.batches() == ()
    assert journal.verify().is_sound


def test_a_preparation_that_failed_can_be_repeated(journal: Journal) -> None:
    """What was left by an error in the middle does not stand in the way."""
    new = batch_of(journal, rows_of(ROWS))
    count = 0

    def fail(connection: Connection) -> None:
        nonlocal count
        count += bool(connection.get_execution_options().get("rapupload_writes"))
        if count == 3:
            raise KeyboardInterrupt

    event.listen(journal.database.engine, "commit", fail)
    with pytest.raises(KeyboardInterrupt):
        journal.prepare(intake_of(ROWS), [new])
    event.remove(journal.database.engine, "commit", fail)
    assert journal.batches() == ()
    [batch] = journal.prepare(intake_of(ROWS), [new])
    assert batch.instructions == ROWS
    actions = [event.action for event in journal.events(batch.batch)]
    assert actions == ["abandoned", "prepared"]
    assert journal.verify().is_sound


def test_waiting_for_another_preparation_ends(path: Path) -> None:
    """Who waits too long is told that the other one is still at it."""
    with open_journal(path, patience=0.0) as journal:
        new = batch_of(journal, rows_of(1))
        with (
            journal.database.alone_preparing(),
            open_journal(path, patience=0.0) as other,
            pytest.raises(JournalBusyError, match="is preparing"),
        ):
            other.prepare(intake_of(1), [new])
        assert len(journal.prepare(intake_of(1), [new])) == 1


def test_opening_leaves_a_living_preparation_alone(
    journal: Journal, path: Path
) -> None:
    """Rows of a process that is still preparing are no leftovers."""
    counts: list[int] = []

    def look(_connection: Connection) -> None:
        with open_journal(path):
            counts.append(count_rows(path))

    new = batch_of(journal, rows_of(ROWS))
    event.listen(journal.database.engine, "begin", look)
    journal.prepare(intake_of(ROWS), [new])
    event.remove(journal.database.engine, "begin", look)
    assert counts[-1] == ROWS


def test_a_batch_that_was_shown_is_never_tidied_away(
    journal: Journal, path: Path
) -> None:
    """Hidden by hand or by a fault, it stays for verify to find."""
    batch = prepare(journal)
    with journal.database.write() as transaction:
        transaction.connection.exec_driver_sql("UPDATE batches SET state = 'preparing'")
    with open_journal(path) as again:
        assert count_rows(path) == batch.instructions
        assert not again.verify().is_sound
