"""Intakes, batches and answers to fill a journal with."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from rapupload.journal import (
    Answer,
    Applied,
    Batch,
    Change,
    Journal,
    NewAcknowledgement,
    NewBatch,
    NewIntake,
    Question,
)
from rapupload.model import BatchState, Environment

DAY = date(2027, 1, 5)
PARTICIPANT = "B01234"
ACCOUNT = "RAPB01234"
ENVIRONMENT = Environment.SIMULATOR
START = datetime(2027, 1, 5, 1, 2, 3, tzinfo=UTC)
SOURCE = "5a" * 32


class Clock:
    """A clock that goes on by a second each time it is read."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def open_journal(path: Path, **options: Any) -> Journal:
    return Journal.open(path, clock=options.pop("clock", Clock()), **options)


def fingerprint(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:16]


def rows_of(count: int, *, prefix: str = "REF") -> pl.DataFrame:
    references = [f"{prefix}{line:06d}" for line in range(1, count + 1)]
    return pl.DataFrame(
        {
            "line": range(1, count + 1),
            "sheet": ["Sheet1"] * count,
            "row": range(2, count + 2),
            "reference": references,
            "fingerprint": [fingerprint(text) for text in references],
        }
    )


def intake_of(count: int, **changes: Any) -> NewIntake:
    given: dict[str, Any] = {
        "participant": PARTICIPANT,
        "environment": ENVIRONMENT,
        "source_file": "orders.xlsx",
        "source_digest": SOURCE,
        "maker": "chan",
        "sheet": "Sheet1",
        "source_rows": count,
        "used": count,
    }
    return NewIntake(**given | changes)


def batch_of(journal: Journal, rows: pl.DataFrame, **changes: Any) -> NewBatch:
    """Return a batch whose file is a blob of the journal already."""
    indicator = changes.pop("indicator", None)
    if indicator is None:
        [indicator] = journal.reserve_indicators(
            PARTICIPANT, DAY, 1, first=1, last=9999, who="chan"
        )
    content = changes.pop("content", f"file {indicator}".encode())
    given: dict[str, Any] = {
        "participant": PARTICIPANT,
        "account": ACCOUNT,
        "environment": ENVIRONMENT,
        "type": "ati",
        "spec_version": 1,
        "spec_digest": "3b" * 32,
        "file_name": f"ATI_{PARTICIPANT}_20270105_{indicator:04}.TXT",
        "folder": "/upload/ATI",
        "digest": journal.put_blob(content, "batch-file"),
        "size": len(content),
        "indicator": indicator,
        "transmission_date": DAY,
        "totals": {"count": str(rows.height), "quantity": "123456789012345678901"},
        "rows": rows,
    }
    return NewBatch(**given | changes)


def prepare(
    journal: Journal, count: int = 3, *, prefix: str = "REF", **changes: Any
) -> Batch:
    """Prepare one batch and return it."""
    source = changes.pop("source_digest", hashlib.sha256(prefix.encode()).hexdigest())
    new = batch_of(journal, rows_of(count, prefix=prefix), **changes)
    intake = intake_of(count, source_digest=source)
    [batch] = journal.prepare(intake, [new], checked=journal.head().seq)
    return batch


def move(journal: Journal, batch: str, *states: BatchState) -> Batch:
    """Move a batch along several arrows."""
    for state in states:
        expected = journal.batch(batch).state
        journal.change(
            batch,
            Change(
                expected=expected,
                to=state,
                who="lee",
                why="test",
                endpoint="127.0.0.1:22",
                checker="lee",
            ),
        )
    return journal.batch(batch)


def send(journal: Journal, batch: str) -> Batch:
    """Move a prepared batch to sent."""
    return move(
        journal, batch, BatchState.APPROVED, BatchState.SENDING, BatchState.SENT
    )


def collect(journal: Journal, content: bytes, name: str = "reply.txt") -> str:
    """Keep a reply file and return its id."""
    new = NewAcknowledgement(
        participant=PARTICIPANT,
        account=ACCOUNT,
        environment=ENVIRONMENT,
        name=name,
        folder="/download",
    )
    return journal.store_acknowledgement(new, content, who="chan")[0].acknowledgement


def answer(
    journal: Journal, batch: str, verdicts: dict[int, str], reply: str = ""
) -> Applied:
    """Apply an outcome per line."""
    rows = pl.DataFrame(
        {
            "line": list(verdicts),
            "outcome": list(verdicts.values()),
            "reason_code": [
                "" if v == "accepted" else "E01" for v in verdicts.values()
            ],
            "reason": [None] * len(verdicts),
            "ccass_reference": [f"C{line}" for line in verdicts],
        }
    )
    given = Answer(rows=rows, who="chan", acknowledgement=reply)
    return journal.apply_outcomes(batch, given)


def question_of(count: int, *, prefix: str = "REF", **changes: Any) -> Question:
    given: dict[str, Any] = {
        "participant": PARTICIPANT,
        "environment": ENVIRONMENT,
        "source_digest": "00" * 32,
        "batch_digests": [],
        "fingerprints": rows_of(count, prefix=prefix)["fingerprint"],
        "since": DAY,
    }
    return Question(**given | changes)
