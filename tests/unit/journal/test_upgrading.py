"""Opening: fast, private, and only what this version understands."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from rapupload.errors import JournalError, MigrationNeededError
from rapupload.journal import Journal
from rapupload.journal.schema import metadata
from rapupload.journal.upgrading import REVISION
from tests.unit.journal.building import open_journal, prepare


def test_migrations_make_the_very_tables_of_the_statements(journal: Journal) -> None:
    """Migrations and schema never drift apart."""
    with journal.database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_newest_migration_is_the_one_opening_looks_for() -> None:
    """The constant that spares the import of Alembic is right."""
    config = Config()
    config.set_main_option("script_location", "rapupload.journal:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_triggers_are_there_after_the_migrations(path: Path) -> None:
    """Alembic's batch mode drops triggers silently; here they are."""
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    names = {name for (name,) in found}
    connection.close()
    assert names == {
        "events_no_update",
        "events_no_delete",
        "instructions_no_update",
        "outcomes_no_update",
        "outcomes_no_delete",
        "matchings_no_update",
        "matchings_no_delete",
        "ledger_keys_no_update",
    }


def test_opening_a_journal_that_is_up_to_date_does_not_import_alembic(
    path: Path,
) -> None:
    """Alembic takes a third of a second to import."""
    program = (
        "import sys, datetime, pathlib\n"
        "from rapupload.journal import Journal\n"
        "now = lambda: datetime.datetime(2027, 1, 5, tzinfo=datetime.UTC)\n"
        "Journal.open(pathlib.Path(sys.argv[1]), clock=now).close()\n"
        "sys.exit('alembic' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], check=False)
    assert done.returncode == 0


def test_founding_and_reopening_a_journal(tmp_path: Path) -> None:
    """A new journal has one event; opening it again adds none and keeps the key."""
    path = tmp_path / "a" / "b" / "journal.db"
    with open_journal(path) as journal:
        key = journal.fingerprint_key()
        [event] = journal.all_events()
    assert (event.action, event.body["revision"], len(key)) == ("founded", "0002", 32)
    with Journal.open(f"sqlite:///{path}", clock=journal.database.clock) as again:
        assert again.head().seq == 1
        assert again.fingerprint_key() == key


def test_two_journals_have_different_keys(tmp_path: Path) -> None:
    """The secret is the journal's own."""
    with open_journal(tmp_path / "a.db") as one, open_journal(tmp_path / "b.db") as two:
        assert one.fingerprint_key() != two.fingerprint_key()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permission bits")
def test_only_this_user_may_read_the_journal(tmp_path: Path) -> None:
    """Folder, file and the log beside it are private."""
    path = tmp_path / "folder" / "journal.db"
    with open_journal(path) as journal:
        prepare(journal)
        modes = {
            file.name: stat.S_IMODE(file.stat().st_mode)
            for file in (path.parent, *path.parent.iterdir())
        }
    assert modes.pop("folder") == 0o700
    assert set(modes) >= {"journal.db", "journal.db-wal"}
    assert set(modes.values()) == {0o600}


def test_a_journal_that_is_not_there_is_not_made_up(tmp_path: Path) -> None:
    """Without leave to create, a missing journal is an error and no file appears."""
    path = tmp_path / "journal.db"
    with pytest.raises(JournalError, match="no journal") as caught:
        open_journal(path, create=False)
    assert caught.value.hint
    assert not path.exists()


def test_an_empty_file_is_no_journal_without_leave_to_create(tmp_path: Path) -> None:
    """A file of no bytes is not taken for an empty journal."""
    path = tmp_path / "journal.db"
    path.touch()
    with pytest.raises(JournalError, match="holds no journal"):
        open_journal(path, create=False)


def test_a_newer_journal_is_left_alone(path: Path) -> None:
    """A newer program's journal is neither read nor changed."""
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '0999'")
    connection.commit()
    connection.close()
    with pytest.raises(MigrationNeededError, match="0999"):
        open_journal(path)


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A journal of revision 0001, as the program of that time wrote it."""
    path = tmp_path / "older.db"
    dump = Path(__file__).with_name("files") / "journal-0001.sql"
    connection = sqlite3.connect(path)
    connection.executescript(dump.read_text(encoding="utf-8"))
    connection.close()
    return path


def test_an_older_journal_is_brought_up_to_date(older: Path) -> None:
    """Opening migrates, with an event; what was there still adds up, triggers too."""
    with open_journal(older) as journal:
        assert journal.verify().is_sound
        *_, last = journal.all_events()
        assert (last.action, last.body["before"]) == ("migrated", "0001")
        [batch] = journal.batches()
        assert (batch.accepted, batch.rejected, batch.pending) == (1, 1, 1)
        assert journal.intake(batch.intake).given.mapping_digest == ""
        prepare(journal, 2, prefix="NEW", indicator=77)
        assert journal.verify().is_sound
    test_triggers_are_there_after_the_migrations(older)


def test_what_the_migration_wrote_is_held_to_by_verify(older: Path) -> None:
    """An old event does not tell of a new column, but it cannot be filled by hand."""
    open_journal(older).close()
    connection = sqlite3.connect(older)
    connection.execute("UPDATE intakes SET mapping_digest = 'other'")
    connection.commit()
    connection.close()
    with open_journal(older) as journal:
        problem, lost = journal.verify().problems
    assert "mapping_digest is 'other', but the events say ''" in str(problem)
    assert str(lost) == "blob other: the bytes are gone"


def test_an_older_journal_opened_for_reading_is_left_alone(older: Path) -> None:
    """An auditor's copy is not migrated: the message says what to do."""
    with pytest.raises(MigrationNeededError, match="0001") as caught:
        open_journal(older, read_only=True)
    assert caught.value.hint


def test_another_database_is_not_taken_over(tmp_path: Path) -> None:
    """Somebody else's tables are not mixed with ours."""
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE mine (x)")
    connection.commit()
    connection.close()
    with pytest.raises(JournalError, match="something else"):
        open_journal(path)


@pytest.mark.parametrize("place", ["postgresql://localhost/x", "sqlite:///", "a://b"])
def test_only_sqlite_files_for_now(place: str) -> None:
    """An address of another kind is refused by name."""
    with pytest.raises(JournalError, match="SQLite file only"):
        open_journal(place)  # type: ignore[arg-type]
