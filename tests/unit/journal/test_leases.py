"""One session per account, ever, and the lock dies with its holder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rapupload.errors import BusyAccountError
from rapupload.journal import Journal
from rapupload.model import Environment
from tests.unit.journal.building import ACCOUNT, ENVIRONMENT


def test_a_second_holder_in_the_same_process_is_refused(journal: Journal) -> None:
    """Another thread or call cannot open a second session."""
    with journal.lease(ACCOUNT, ENVIRONMENT) as first:
        with (
            pytest.raises(BusyAccountError, match=ACCOUNT),
            journal.lease(ACCOUNT, ENVIRONMENT),
        ):
            pass
        assert first.fence == 1
    with journal.lease(ACCOUNT, ENVIRONMENT) as second:
        assert second.fence == 2


def test_other_accounts_and_environments_are_free(journal: Journal) -> None:
    """A lease is of one account at one far end."""
    with (
        journal.lease(ACCOUNT, ENVIRONMENT),
        journal.lease("OTHER/1", ENVIRONMENT) as other,
        journal.lease(ACCOUNT, Environment.PRACTICE) as practice,
    ):
        assert (other.account, practice.environment) == ("OTHER/1", "practice")


def test_the_holder_is_named_and_its_death_frees_the_account(
    pytestconfig: pytest.Config, journal: Journal, path: Path
) -> None:
    """Busy says which process; kill -9 of it leaves nothing locked."""
    command = [sys.executable, "-m", "tests.unit.journal.dying", "lease", str(path)]
    with subprocess.Popen(
        command,
        cwd=pytestconfig.rootpath,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with (
            pytest.raises(BusyAccountError, match=f"process {holder.pid} on ") as busy,
            journal.lease(ACCOUNT, ENVIRONMENT),
        ):
            pass
        assert busy.value.hint
        holder.kill()
        holder.wait()
        with journal.lease(ACCOUNT, ENVIRONMENT) as lease:
            assert lease.fence == 2


def test_a_lease_ends_with_an_error_too(journal: Journal) -> None:
    """Whatever happens inside, the account is free afterwards."""
    with pytest.raises(ZeroDivisionError), journal.lease(ACCOUNT, ENVIRONMENT):
        raise ZeroDivisionError
    with journal.lease(ACCOUNT, ENVIRONMENT):
        pass


def test_a_holder_without_a_note_is_still_a_holder(
    journal: Journal, path: Path
) -> None:
    """The note is for people; the lock decides."""
    with journal.lease(ACCOUNT, ENVIRONMENT):
        for note in path.parent.glob("*.holder"):
            note.write_text("garbage", encoding="utf-8")
        with (
            pytest.raises(BusyAccountError, match="has not said who"),
            journal.lease(ACCOUNT, ENVIRONMENT),
        ):
            pass
