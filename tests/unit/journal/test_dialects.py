"""Whatever the database raises arrives as an error of ours that says what to do."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from rapupload.errors import JournalBrokenError, JournalBusyError, JournalError
from rapupload.journal import Kind, Subject
from rapupload.journal.dialects import error_of
from tests.unit.journal.building import open_journal, prepare

CODES = {
    name: getattr(sqlite3, name)
    for name in dir(sqlite3)
    if name.startswith("SQLITE_") and isinstance(getattr(sqlite3, name), int)
}


@pytest.mark.parametrize("name", CODES)
def test_every_code_has_a_sentence_and_a_hint(name: str) -> None:
    """No result code is without an answer."""
    error = error_of(CODES[name])
    assert error.message.endswith(".")
    assert error.hint


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        pytest.param(sqlite3.SQLITE_BUSY, JournalBusyError, id="busy"),
        pytest.param(sqlite3.SQLITE_BUSY_SNAPSHOT, JournalBusyError, id="snapshot"),
        pytest.param(sqlite3.SQLITE_LOCKED, JournalBusyError, id="locked"),
        pytest.param(sqlite3.SQLITE_CORRUPT, JournalBrokenError, id="corrupt"),
        pytest.param(sqlite3.SQLITE_FULL, JournalError, id="full"),
        pytest.param(sqlite3.SQLITE_IOERR_FSYNC, JournalError, id="io"),
        pytest.param(None, JournalError, id="no-code"),
    ],
)
def test_codes_become_the_right_kind(code: int | None, kind: type) -> None:
    """Extended codes follow their family."""
    assert type(error_of(code)) is kind


def test_a_locked_journal_is_busy_and_unchanged(path: Path) -> None:
    """Another writer's lock is waited for, then reported."""
    with open_journal(path, busy_timeout=0.01) as journal:
        head = journal.head()
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalBusyError, match="nothing was changed"):
            prepare(journal)
        assert journal.head() == head  # readers do not wait
        other.execute("ROLLBACK")
        other.close()
        assert prepare(journal).instructions == 3


def test_a_journal_opened_for_reading_refuses_every_change(path: Path) -> None:
    """An auditor's look changes nothing."""
    with open_journal(path) as journal:
        prepare(journal)
    before = path.read_bytes()
    with open_journal(path, read_only=True) as journal:
        assert journal.verify().is_sound
        with pytest.raises(JournalError, match="cannot be written"):
            journal.record("x", Subject(Kind.JOURNAL, "x"), who="chan")
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """A spreadsheet named as the journal is left as it is."""
    path = tmp_path / "journal.db"
    path.write_bytes(b"PK\x03\x04" * 1_000)
    with pytest.raises(JournalError, match="not a journal"):
        open_journal(path)
    assert path.read_bytes() == b"PK\x03\x04" * 1_000


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    """What cannot be opened is said with a hint."""
    with pytest.raises(JournalError, match="cannot be opened") as caught:
        open_journal(tmp_path)
    assert "folder" in caught.value.hint


def test_a_damaged_journal_is_broken(path: Path) -> None:
    """Garbage inside the file is not read over."""
    with open_journal(path) as journal:
        prepare(journal, 2_000)
    content = bytearray(path.read_bytes())
    content[8_192:] = b"\xff" * (len(content) - 8_192)
    path.write_bytes(content)
    with pytest.raises(JournalError), open_journal(path) as journal:
        journal.verify()
