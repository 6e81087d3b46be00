"""Own references that stand in no row of the journal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from rapupload.journal import Journal
from rapupload.services.references import find_used, keys_of
from tests.unit.journal.building import (
    ENVIRONMENT,
    PARTICIPANT,
    batch_of,
    intake_of,
    open_journal,
    question_of,
    rows_of,
)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal."""
    with open_journal(tmp_path / "journal.db") as opened:
        yield opened


def _keys(journal: Journal, *parts: pl.DataFrame, rows: pl.DataFrame | None = None):
    return keys_of(
        parts,
        pl.concat(parts) if rows is None else rows,
        journal=journal,
        participant=PARTICIPANT,
        environment=ENVIRONMENT,
    )


def _rows(*pairs: tuple[int, str | None]) -> pl.DataFrame:
    types = {"row": pl.UInt32, "own_reference": pl.String}
    return pl.DataFrame(list(pairs), schema=types, orient="row")


def _used(journal: Journal, *references: str) -> list[int]:
    asked = _rows(*enumerate(references, 2)).with_row_index("instruction")
    question = question_of(1, prefix="OTHER")
    none = pl.DataFrame(schema={"position": pl.UInt32, "batch": pl.String})
    return find_used(journal, question, asked, but=none)["position"].to_list()


def test_plain_rows_cost_no_key(journal: Journal) -> None:
    """Each has its own reference in a row of the journal."""
    (keys,) = _keys(journal, _rows((2, "R1"), (3, "R2"), (4, None)))
    assert keys.is_empty()


def test_what_was_made_of_a_row_stands_for_the_reference_written_in_it(
    journal: Journal,
) -> None:
    """``R1/2`` alone in a batch still says that ``R1`` was used."""
    first, second = _rows((2, "R1"), (3, "R2")), _rows((2, "R1/2"))
    without, keys = _keys(journal, first, second)
    assert without.is_empty()
    rows = rows_of(1).with_columns(reference=pl.lit("R1/2"))
    journal.prepare(intake_of(1), [batch_of(journal, rows, ledger_keys=keys)])
    assert _used(journal, "R2", "R1", "R1/2") == [1, 2]


def test_references_of_sums_are_found_and_verified(journal: Journal) -> None:
    """A key of the journal's ledger, and no clear text of its own."""
    part = _rows((2, "R4"))
    whole = part.with_columns(
        parts=pl.Series([[{"row": r, "own_reference": f"R{r + 2}"} for r in (2, 3)]])
    )
    (keys,) = _keys(journal, part, rows=whole)
    rows = rows_of(1).with_columns(reference=pl.lit("R4"))
    journal.prepare(intake_of(1), [batch_of(journal, rows, ledger_keys=keys)])
    assert _used(journal, "R4", "R5", "R6") == [0, 1]
    assert journal.verify().problems == ()
