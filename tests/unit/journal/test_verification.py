"""Whatever is altered by hand is found, and named."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from rapupload.errors import JournalBrokenError
from rapupload.journal import Answer, Batch, Head, Journal
from rapupload.journal.digests import sha256
from tests.unit.journal.building import (
    ACCOUNT,
    ENVIRONMENT,
    answer,
    batch_of,
    collect,
    intake_of,
    open_journal,
    prepare,
    rows_of,
    send,
)

BATCH = "B01234-ATI-20270105-0001"
FILE = sha256(b"the file")
REPLY = sha256(b"the reply")


@pytest.fixture
def told(path: Path) -> Path:
    """A closed journal with a batch of 2,500 rows, its reply and a blocked account."""
    with open_journal(path) as journal:
        batch = send(journal, prepare(journal, 2_500, content=b"the file").batch)
        verdicts = dict.fromkeys(range(1, 2_001), "accepted") | {2_500: "rejected"}
        answer(journal, batch.batch, verdicts, collect(journal, b"the reply"))
        rows = rows_of(1).select("line").with_columns(matching=rows_of(1)["sheet"])
        journal.record_matchings(batch.batch, Answer(rows=rows, who="chan"))
        journal.block_account(ACCOUNT, ENVIRONMENT, who="chan", why="host key")
        prepare(journal, 2, prefix="OTHER")
        assert journal.verify().is_sound
    return path


def alter(path: Path, *statements: str) -> None:
    """Do what somebody with a database tool would do, triggers or not."""
    connection = sqlite3.connect(path)
    triggers = connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'")
    for (name,) in triggers.fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def problems_of(path: Path, *anchors: Head) -> list[str]:
    with open_journal(path) as journal:
        return [str(problem) for problem in journal.verify(anchors).problems]


CASES = {
    "one-byte-of-an-event": (
        "UPDATE events SET text = replace(text, 'lee', 'lea') WHERE seq = 5",
        "event 5: its text was altered",
    ),
    "an-event-that-is-no-longer-json": (
        "UPDATE events SET text = 'x' WHERE seq = 4",
        "event 4: its text was altered",
    ),
    "the-column-of-an-event": (
        "UPDATE events SET who = 'lea' WHERE seq = 4",
        "event 4: its column who differs",
    ),
    "the-time-of-an-event": (
        "UPDATE events SET at = 'yesterday' WHERE seq = 4",
        "event 4: its column at differs",
    ),
    "an-event-deleted": ("DELETE FROM events WHERE seq = 4", "event 4: it is missing"),
    "the-last-event-deleted": (
        "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)",
        "it is missing at the end",
    ),
    "one-outcome": (
        "UPDATE outcomes SET outcome = 'rejected' WHERE line = 1500",
        f"batch {BATCH}, outcomes of lines 1001 to 2000: differ from what event",
    ),
    "one-reason": (
        "UPDATE outcomes SET reason = 'none' WHERE line = 2500",
        f"batch {BATCH}, outcomes of lines 2500 to 2500: differ from what event",
    ),
    "an-outcome-deleted": (
        "DELETE FROM outcomes WHERE line = 3",
        f"batch {BATCH}: 2000 outcomes are there, but event",
    ),
    "an-outcome-added": (
        "INSERT INTO outcomes VALUES (1, 2100, 'accepted', '', '', '', 1, 999)",
        f"batch {BATCH}: 1 outcomes, line 2100 first, come from no event",
    ),
    "a-reference": (
        "UPDATE instructions SET reference = 'OTHER' WHERE line = 1001",
        f"batch {BATCH}, instructions of lines 1001 to 2000: differ",
    ),
    "a-source-row": (
        'UPDATE instructions SET "row" = 1 WHERE line = 2500',
        f"batch {BATCH}, instructions of lines 2001 to 2500: differ",
    ),
    "a-row-of-the-wrong-kind": (
        "UPDATE instructions SET \"row\" = 'first' WHERE line = 2500",
        f"batch {BATCH}: one of its rows holds a value of the wrong kind",
    ),
    "an-instruction-deleted": (
        "DELETE FROM instructions WHERE line = 9",
        f"batch {BATCH}: 2499 instructions are there, but event",
    ),
    "a-matching": (
        "UPDATE matchings SET matching = 'settled'",
        f"batch {BATCH}, matchings of lines 1 to 1: differ",
    ),
    "the-batch-file": (
        f"UPDATE blob_parts SET content = 'the fila' WHERE digest = '{FILE}'",
        f"blob {FILE}: the bytes kept (batch-file) were altered",
    ),
    "a-reply-deleted": (
        f"DELETE FROM blobs WHERE digest = '{REPLY}'",
        f"blob {REPLY}: the bytes are gone",
    ),
    "a-reply-unlinked": ("DELETE FROM answers", "its link to the batch is not what"),
    "the-state-of-a-batch": (
        "UPDATE batches SET state = 'accepted' WHERE batch_no = 1",
        f"batch {BATCH}: state is 'accepted', but the events say 'received'",
    ),
    "a-state-that-does-not-exist": (
        "UPDATE batches SET state = 'lost' WHERE batch_no = 1",
        f"batch {BATCH}: state is 'lost', but the events say 'received'",
    ),
    "the-totals-of-a-batch": (
        "UPDATE batches SET totals = replace(totals, '123', '124') WHERE batch_no = 1",
        f"batch {BATCH}: totals is",
    ),
    "the-counts-of-a-batch": (
        "UPDATE batches SET accepted = 2001 WHERE batch_no = 1",
        f"batch {BATCH}: accepted is 2001, but there are 2000 such rows",
    ),
    "the-time-of-a-batch": (
        "UPDATE batches SET sent_at = 'never' WHERE batch_no = 1",
        f"batch {BATCH}: sent_at is 'never', but",
    ),
    "a-batch-hidden": (
        "UPDATE batches SET state = 'preparing' WHERE batch_no = 1",
        f"batch {BATCH}: the events tell of it, but it is gone",
    ),
    "a-batch-invented": (
        "UPDATE batches SET batch = 'B01234-ATI-20270105-0009' WHERE batch_no = 2",
        "batch B01234-ATI-20270105-0009: no event explains it",
    ),
    "the-source-file": (
        "UPDATE intakes SET source_file = 'other.xlsx' WHERE intake_no = 1",
        "source_file is",
    ),
    "an-account-unblocked": (
        "UPDATE accounts SET blocked_since = NULL",
        f"account simulator/{ACCOUNT}: blocked_since is None, but",
    ),
    "an-acknowledgement": (
        "UPDATE acknowledgements SET state = 'orphan'",
        "state is 'orphan', but the events say 'applied'",
    ),
    "an-indicator-freed": (
        "DELETE FROM indicators WHERE first = 1",
        "indicators B01234/2027-01-05/1: the events tell of it, but it is gone",
    ),
    "a-blob-called-erased": (
        "UPDATE blobs SET erased_at = '2027-01-05T00:00:00.000000Z'",
        "no event explains it",
    ),
    "the-secret-key": (
        "UPDATE facts SET value = '00' WHERE name = 'fingerprint-key'",
        "fingerprint key: it is not the one the journal was founded with",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_was_altered_is_named(told: Path, case: str) -> None:
    """Each single alteration is found, at its place."""
    statement, expected = CASES[case]
    alter(told, statement)
    found = problems_of(told)
    assert any(expected in problem for problem in found), found


def test_two_events_swapped_are_named(told: Path) -> None:
    """Order is part of the chain."""
    alter(
        told,
        "UPDATE events SET seq = -1 WHERE seq = 4",
        "UPDATE events SET seq = 4 WHERE seq = 5",
        "UPDATE events SET seq = 5 WHERE seq = -1",
    )
    assert problems_of(told)[0] == "event 4: it was moved: this is the text of event 5"


def test_an_event_rewritten_with_its_digest_is_named(told: Path) -> None:
    """A forger who mends the digest beside the text breaks the link to the next."""
    connection = sqlite3.connect(told)
    (text,) = connection.execute("SELECT text FROM events WHERE seq = 5").fetchone()
    connection.close()
    forged = str(text).replace('"why":"test"', '"why":"fine"')
    assert forged != text
    alter(
        told,
        f"UPDATE events SET text = '{forged}', hash = '{sha256(forged.encode())}',"
        " why = 'fine' WHERE seq = 5",
    )
    what = "event 6: it does not continue event 5: one was replaced"
    assert problems_of(told)[0] == what


def test_a_chain_cut_off_with_its_note_is_found_by_an_anchor(told: Path) -> None:
    """Only a head noted elsewhere shows that the end is gone."""
    with open_journal(told) as journal:
        anchor = journal.head()
        last = journal.record("note", journal.events(BATCH)[0].subject, who="chan")
        later = journal.head()
    alter(
        told,
        f"DELETE FROM events WHERE seq = {last}",
        f"UPDATE facts SET value = '{anchor.seq} {anchor.hash}' WHERE name = 'head'",
    )
    assert problems_of(told, anchor) == []
    assert problems_of(told, later) == [f"event {last}: it is missing at the end"]
    forged = Head(anchor.seq, "0" * 64)
    assert problems_of(told, forged) == [
        f"event {anchor.seq}: its digest is not the one that was noted elsewhere"
    ]


def test_nothing_is_added_to_a_chain_that_lost_its_end(told: Path) -> None:
    """Writing on would hide the loss, so it is refused."""
    alter(told, "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)")
    with (
        open_journal(told) as journal,
        pytest.raises(JournalBrokenError, match="was the last one written"),
    ):
        prepare(journal, prefix="LATER")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET who = 'x'",
        "DELETE FROM events",
        "UPDATE outcomes SET outcome = 'rejected'",
        "DELETE FROM outcomes",
        "UPDATE instructions SET reference = 'x'",
        "DELETE FROM matchings",
    ],
)
def test_the_database_itself_refuses(told: Path, statement: str) -> None:
    """An accident in a database tool changes nothing."""
    connection = sqlite3.connect(told)
    with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
        connection.execute(statement)
    connection.close()


def test_the_count_of_everything_is_told(journal: Journal) -> None:
    """A sound journal says how much was checked."""
    batch: Batch = prepare(journal, 5)
    found = journal.verify()
    assert (found.batches, found.instructions, found.blobs) == (1, 5, 1)
    assert found.events == journal.head().seq
    assert found.is_sound
    assert batch.batch == BATCH


@pytest.mark.parametrize(
    "column", ["clean_rows_digest", "mapping_digest", "ledger_digest"]
)
def test_what_was_kept_of_an_intake_is_missed(path: Path, column: str) -> None:
    """Without its clean rows, say, a batch could not be counted against limits."""
    with open_journal(path) as journal:
        digest = journal.put_blob(b"kept", "kept")
        intake = intake_of(3, **{column: digest})
        new = batch_of(journal, rows_of(3))
        journal.prepare(intake, [new], checked=journal.head().seq)
        assert journal.verify().is_sound
    alter(path, f"DELETE FROM blobs WHERE digest = '{digest}'")
    assert problems_of(path) == [f"blob {digest}: the bytes are gone"]
