"""A journal in a file of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rapupload.journal import Journal
from tests.unit.journal.building import open_journal


@pytest.fixture(scope="session")
def empty_journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal just founded, to be copied: founding one takes Alembic's import."""
    path = tmp_path_factory.mktemp("empty") / "journal.db"
    open_journal(path).close()
    return path


@pytest.fixture
def path(tmp_path: Path, empty_journal: Path) -> Path:
    """The file of the journal of this test."""
    return Path(shutil.copy(empty_journal, tmp_path / "journal.db"))


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    """An open, empty journal."""
    with open_journal(path) as opened:
        yield opened
