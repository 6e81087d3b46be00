"""The public API behind ``import rapupload``; thin on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rapupload import wiring
from rapupload.config import as_environ, load_settings
from rapupload.services.checking import Acceptance, Source, check_source
from rapupload.services.collecting import collect
from rapupload.services.deciding import approve, resolve, withdraw
from rapupload.services.desk import Desk
from rapupload.services.preparing import Decisions, Preparation
from rapupload.services.preparing import prepare as prepare_source
from rapupload.services.reporting import report
from rapupload.services.sending import SendReport, send
from rapupload.validation import Checked

__all__ = [
    "Acceptance",
    "Decisions",
    "Desk",
    "Preparation",
    "SendReport",
    "Source",
    "approve",
    "check",
    "collect",
    "open_desk",
    "prepare",
    "report",
    "resolve",
    "send",
    "withdraw",
]


@contextmanager
def open_desk(settings: str | Path) -> Iterator[Desk]:
    """Read the settings, open the journal, and close it at the end of the block.

    Raises:
        ConfigError: The settings are missing or wrong.
        JournalError: The journal cannot be opened.
    """
    known = load_settings(Path(settings))
    with wiring.open_desk(known, as_environ()) as desk:
        yield desk


def check(desk: Desk, source: Source) -> Checked:
    """Read and check a source file; nothing is kept.

    Raises:
        SourceError: The file cannot be read at all.
    """
    return check_source(source, desk.catalogue, desk.settings, desk.clock())


def prepare(
    desk: Desk, source: Source, decisions: Decisions | None = None
) -> Preparation:
    """Make batches of a source file, all or none; ``stopped`` says why there are none.

    Raises:
        SourceError: The file cannot be read at all.
        ConfigError: The spec or account may not be used here.
    """
    return prepare_source(desk, source, decisions or Decisions())
