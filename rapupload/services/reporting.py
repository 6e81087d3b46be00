"""Reading the journal for people and scripts: batches, rows, one timeline."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from rapupload.errors import UsageError
from rapupload.journal import Batch, Event, NewIntake
from rapupload.model import TRANSITIONS, BatchState
from rapupload.services.desk import Desk
from rapupload.services.preparing import CLIENTS, INSTRUCTIONS, SOURCE_ROWS, SUMMED
from rapupload.validation.reckoning import figures_document


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Warnings that a person let pass when the batch was made, and why."""

    codes: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReport:
    """Everything about one batch.

    Attributes:
        rows: ``line``, ``sheet``, ``row``, ``reference``, ``outcome``, ``reason_code``,
            ``reason``, ``ccass_reference``.
        intake: The source file, and what was made of its rows.
        accepted: Codes of the warnings that were let pass, and why.
        figures: What the ledger said of limits when it was prepared.
    """

    batch: Batch
    intake: NewIntake
    accepted: Accepted
    rows: pl.DataFrame
    events: tuple[Event, ...]
    figures: list[dict[str, object]]


def report(desk: Desk, name: str) -> BatchReport:
    """Return everything about one batch.

    Raises:
        UsageError: There is no such batch.
    """
    batch = desk.journal.batch(name)
    intake = desk.journal.intake(batch.intake).given
    return BatchReport(
        batch=batch,
        intake=intake,
        accepted=_accepted(desk, intake),
        rows=desk.journal.rows(name),
        events=desk.journal.events(name),
        figures=figures_of(desk, intake),
    )


def _accepted(desk: Desk, intake: NewIntake) -> Accepted:
    if not intake.warnings_digest:
        return Accepted()
    kept = json.loads(desk.journal.blob(intake.warnings_digest))
    return Accepted(codes=tuple(kept["codes"]), reason=kept["reason"])


def figures_of(desk: Desk, intake: NewIntake) -> list[dict[str, object]]:
    """Return what the ledger said of limits when a source was prepared, as JSON has it.

    Nothing where no limit was known, or the figures were erased since.
    """
    if not intake.ledger_digest:
        return []
    try:
        kept = desk.journal.blob(intake.ledger_digest)
    except UsageError:
        return []
    return figures_document(pl.read_parquet(io.BytesIO(kept)))


def batch_summary(batch: Batch) -> dict[str, object]:
    """Return the JSON form of a batch that scripts rely on."""
    return {
        "batch": batch.batch,
        "type": batch.type,
        "file_name": batch.file_name,
        "digest": batch.digest,
        "state": batch.state.value,
        "instructions": batch.instructions,
        "accepted": batch.accepted,
        "rejected": batch.rejected,
        "pending": batch.pending,
        "transmission_date": batch.transmission_date.isoformat(),
        "maker": batch.maker,
        "checker": batch.checker,
    }


def report_document(found: BatchReport) -> dict[str, object]:
    """Return the JSON form of a whole report."""
    columns = ["sheet", "row", "line", "reference", "outcome", "reason_code", "reason"]
    columns += ["ccass_reference", "also"]
    rows = [
        {"file": found.intake.source_file, **row, "also": other_rows(row["also"])}
        for row in found.rows.select(columns).iter_rows(named=True)
    ]
    return {
        "batches": [batch_summary(found.batch)],
        "source": _source_document(found.intake),
        "accepted_warnings": {
            "codes": list(found.accepted.codes),
            "reason": found.accepted.reason,
        },
        "ledger": found.figures,
        "duplicate_reason": found.batch.possible_duplicate,
        "events": [event_document(event) for event in found.events],
        "rows": rows,
    }


def other_rows(also: str | None) -> list[int]:
    """Return the further source rows of an instruction that was summed.

    >>> other_rows("5,9")
    [5, 9]
    """
    return [int(row) for row in (also or "").split(",") if row]


def _source_document(intake: NewIntake) -> dict[str, object]:
    return {
        "file": intake.source_file,
        "sheet": intake.sheet,
        "digest": intake.source_digest,
        "rows": intake.source_rows,
        "instructions": int(intake.totals.get(INSTRUCTIONS, intake.used)),
        "used_rows": intake.used,
        "summed": _summed(intake),
        "control_totals": dict(intake.control_totals),
        "mapping_digest": intake.mapping_digest,
        "rejected_rows": intake.rejected,
        "ignored_rows": intake.ignored,
    }


def _summed(intake: NewIntake) -> dict[str, int | None] | None:
    if SUMMED not in intake.totals:
        return None
    clients = intake.totals.get(CLIENTS)
    return {
        "rows": int(intake.totals[SOURCE_ROWS]),
        "instructions": int(intake.totals[SUMMED]),
        "clients": None if clients is None else int(clients),
    }


def event_document(event: Event) -> dict[str, object]:
    """Return the JSON form of an event."""
    return {
        "at": event.at.isoformat(),
        "who": event.who,
        "action": event.action,
        "from": event.before,
        "to": event.after,
        "why": event.why,
    }


def meaning_of(event: Event) -> str:
    """Return the sentence for an event: its reason, else what its arrow means."""
    if event.why:
        return event.why
    if event.action == "evidence":
        seen, where = event.body.get("sighting"), event.body.get("endpoint")
        return f"{seen} at {where}: {event.body.get('verdict')}"
    if event.before and event.after:
        arrow = (BatchState(event.before), BatchState(event.after))
        return TRANSITIONS.get(arrow, "")
    return {"prepared": "checked, rendered and kept"}.get(event.action, "")


def reread(desk: Desk, names: Iterable[str]) -> list[Batch]:
    """Return batches as they stand now."""
    return [desk.journal.batch(name) for name in names]
