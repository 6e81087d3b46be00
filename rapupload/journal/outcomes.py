"""Outcomes: what the far end said of each row, kept once and never turned round.

A row without an outcome is pending. An outcome is inserted, never updated; one that
contradicts what is known is left aside and reported back, for a person to look at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import Connection, func, insert, select

from rapupload.errors import TransitionError, UsageError
from rapupload.journal.acknowledgements import find_number, mark_answered
from rapupload.journal.batches import (
    find_batch,
    refuse_unknown_arrow,
    update_guarded,
)
from rapupload.journal.chain import Entry, append
from rapupload.journal.database import Transaction
from rapupload.journal.dialects import fetch_frame, insert_rows
from rapupload.journal.digests import (
    MATCHING_TYPES,
    OUTCOME_TYPES,
    arrange,
    digest_rows,
)
from rapupload.journal.records import Applied, Batch, Kind, Subject
from rapupload.journal.schema import answers, instructions, matchings, outcomes
from rapupload.model import BatchState, Outcome

_ANSWERABLE = frozenset(
    {
        BatchState.SENT,
        BatchState.RECEIVED,
        BatchState.ACCEPTED,
        BatchState.PARTLY_ACCEPTED,
        BatchState.REJECTED,
    }
)
_KNOWN_TYPES: Mapping[str, Any] = {"line": pl.UInt32, "known": pl.String}
_CONTRADICTION = ["line", "outcome", "known", "reason_code", "reason"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one acknowledgement, or a person, says of a batch's rows.

    Attributes:
        rows: ``line`` and, for outcomes, ``outcome`` (accepted or rejected),
            ``reason_code``, ``reason``, ``ccass_reference``; for matchings,
            ``matching`` and ``matching_reason``.
        acknowledgement: Its id; empty where a person entered the rows.
    """

    rows: pl.DataFrame
    who: str
    why: str = ""
    acknowledgement: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sorted:
    fresh: pl.DataFrame
    unchanged: int
    contradictions: pl.DataFrame
    unknown: tuple[int, ...]


def _answered_before(connection: Connection, ack_no: int | None, number: int) -> bool:
    if ack_no is None:
        return False
    pair = select(answers.c.event).where(answers.c.ack_no == ack_no)
    return (
        connection.execute(pair.where(answers.c.batch_no == number)).first() is not None
    )


def _read_known(connection: Connection, number: int) -> pl.DataFrame:
    lines = select(instructions.c.line).where(instructions.c.batch_no == number)
    known = select(outcomes.c.line, outcomes.c.outcome)
    known = known.where(outcomes.c.batch_no == number)
    frame = fetch_frame(connection, lines, {"line": pl.UInt32})
    told = fetch_frame(connection, known, _KNOWN_TYPES)
    return frame.join(told, on="line", how="left").with_columns(exists=True)


def _arrange_outcomes(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return one outcome per line, and the lines that one answer gives several."""
    filled = rows.with_columns(
        pl.col(name).fill_null("").cast(pl.String)
        for name in ("reason_code", "reason")
        if name in rows.columns
    ).unique(maintain_order=True)
    wrong = ~pl.col("outcome").is_in([Outcome.ACCEPTED.value, Outcome.REJECTED.value])
    if filled.select(wrong.fill_null(value=True).any()).item():
        raise UsageError("An outcome is neither accepted nor rejected; none was kept.")
    several = filled.filter(pl.len().over("line") > 1)
    single = filled.filter(pl.len().over("line") == 1)
    return (
        arrange(single, OUTCOME_TYPES).with_columns(
            pl.col("reason_code", "reason").fill_null("")
        ),
        several,
    )


def _sort_out(rows: pl.DataFrame, known: pl.DataFrame) -> _Sorted:
    single, several = _arrange_outcomes(rows)
    judged = single.join(known, on="line", how="left", maintain_order="left")
    unknown = judged.filter(pl.col("exists").is_null())["line"]
    against = judged.filter(pl.col("known") != pl.col("outcome"))
    split = several.select(
        pl.col(name).cast(kind) if name in several.columns else pl.lit("").alias(name)
        for name, kind in list(OUTCOME_TYPES.items())[:4]
    ).join(known, on="line", how="left")
    contradictions = pl.concat(
        [against.select(_CONTRADICTION), split.select(_CONTRADICTION)]
    ).sort("line")
    fresh = judged.filter(pl.col("exists") & pl.col("known").is_null())
    same = judged.filter(pl.col("known") == pl.col("outcome")).height
    return _Sorted(
        fresh=fresh.select(list(OUTCOME_TYPES)),
        unchanged=same,
        contradictions=contradictions,
        unknown=tuple(unknown),
    )


def _state_after(batch: Batch, accepted: int, rejected: int) -> BatchState:
    if accepted + rejected < batch.instructions:
        return BatchState.RECEIVED if batch.state == BatchState.SENT else batch.state
    if not rejected:
        return BatchState.ACCEPTED
    return BatchState.PARTLY_ACCEPTED if accepted else BatchState.REJECTED


def _tally(transaction: Transaction, batch: Batch, found: _Sorted) -> dict[str, Any]:
    said = found.fresh["outcome"]
    accepted = int((said == Outcome.ACCEPTED.value).sum())
    return {
        "accepted": batch.accepted + accepted,
        "rejected": batch.rejected + said.len() - accepted,
        "contradictions": batch.contradictions
        + found.contradictions["line"].n_unique(),
        "changed_at": transaction.at,
    }


def _entry(
    batch: Batch, answer: Answer, found: _Sorted, tally: dict[str, Any]
) -> Entry:
    after = _state_after(batch, tally["accepted"], tally["rejected"])
    moved = after != batch.state
    if moved:
        refuse_unknown_arrow(batch.batch, batch.state, after)
    body: dict[str, object] = {
        "set": tally,
        "outcomes": {
            "count": found.fresh.height,
            "digests": digest_rows(found.fresh),
        },
        "contradictions": digest_rows(found.contradictions),
        "unchanged": found.unchanged,
        "unknown": len(found.unknown),
    }
    if answer.acknowledgement:
        body["acknowledgement"] = answer.acknowledgement
    return Entry(
        action="outcomes",
        subject=Subject(Kind.BATCH, batch.batch),
        who=answer.who,
        why=answer.why,
        before=batch.state.value if moved else "",
        after=after.value if moved else "",
        body=body,
    )


def _insert_outcomes(
    connection: Connection,
    fresh: pl.DataFrame,
    number: int,
    ack_no: int | None,
    seq: int,
) -> None:
    rows = fresh.select(
        pl.lit(number).alias("batch_no"),
        pl.all(),
        pl.lit(ack_no, dtype=pl.Int64).alias("ack_no"),
        pl.lit(seq).alias("event"),
    )
    insert_rows(connection, outcomes, rows.columns, rows.rows())


def _nothing(batch: Batch) -> Applied:
    types = {name: OUTCOME_TYPES.get(name, pl.String) for name in _CONTRADICTION}
    return Applied(
        batch=batch,
        applied=0,
        unchanged=0,
        contradictions=pl.DataFrame(schema=types),
        again=True,
    )


def apply_outcomes(transaction: Transaction, batch: str, answer: Answer) -> Applied:
    """Give pending rows their outcome; move the batch accordingly; all with one event.

    Raises:
        TransitionError: The batch is not in a state in which an answer can come.
    """
    connection = transaction.connection
    number, current = find_batch(connection, batch)
    ack_no = find_number(connection, answer.acknowledgement)
    if _answered_before(connection, ack_no, number):
        return _nothing(current)
    if current.state not in _ANSWERABLE:
        raise TransitionError(
            f"Batch {batch} is {current.state}, so no answer about it was expected; "
            "its outcomes were not applied.",
            hint=f"`rapupload status {batch}` shows what happened to it.",
        )
    found = _sort_out(answer.rows, _read_known(connection, number))
    tally = _tally(transaction, current, found)
    entry = _entry(current, answer, found, tally)
    seq = append(transaction, entry)
    if found.fresh.height:
        _insert_outcomes(connection, found.fresh, number, ack_no, seq)
    state = entry.after or current.state.value
    update_guarded(transaction, number, current.state, {**tally, "state": state})
    if ack_no is not None:
        mark_answered(
            transaction,
            answer.acknowledgement,
            number,
            seq,
            who=answer.who,
            clash=found.contradictions.height > 0,
        )
    return Applied(
        batch=find_batch(connection, batch)[1],
        applied=found.fresh.height,
        unchanged=found.unchanged,
        contradictions=found.contradictions,
        unknown=found.unknown,
    )


def _read_latest(connection: Connection, number: int) -> pl.DataFrame:
    newest = (
        select(matchings.c.line, func.max(matchings.c.event).label("event"))
        .where(matchings.c.batch_no == number)
        .group_by(matchings.c.line)
        .subquery()
    )
    latest = select(*(matchings.c[name] for name in MATCHING_TYPES)).join(
        newest,
        (matchings.c.line == newest.c.line) & (matchings.c.event == newest.c.event),
    )
    latest = latest.where(matchings.c.batch_no == number)
    return fetch_frame(connection, latest, MATCHING_TYPES)


def record_matchings(transaction: Transaction, batch: str, answer: Answer) -> int:
    """Keep how far CCASS has got with accepted rows; return how many rows changed.

    Unlike outcomes these come and go (unmatched, matched, on hold, settled), so every
    change is kept and the latest one counts.
    """
    connection = transaction.connection
    number, _ = find_batch(connection, batch)
    ack_no = find_number(connection, answer.acknowledgement)
    if _answered_before(connection, ack_no, number):
        return 0
    arranged = arrange(answer.rows, MATCHING_TYPES).with_columns(
        pl.col("matching_reason").fill_null("")
    )
    lines = _read_known(connection, number).select("line")
    news = arranged.join(lines, on="line", how="semi").join(
        _read_latest(connection, number), on=list(MATCHING_TYPES), how="anti"
    )
    news = news.sort("line")
    body: dict[str, object] = {
        "matchings": {"count": news.height, "digests": digest_rows(news)},
        "unknown": arranged.join(lines, on="line", how="anti").height,
    }
    if ack_no is not None:
        body["acknowledgement"] = answer.acknowledgement
    entry = Entry(
        action="matchings",
        subject=Subject(Kind.BATCH, batch),
        who=answer.who,
        why=answer.why,
        body=body,
    )
    seq = append(transaction, entry)
    rows = [
        {"batch_no": number, "event": seq, **row} for row in news.iter_rows(named=True)
    ]
    if rows:
        connection.execute(insert(matchings), rows)
    if ack_no is not None:
        mark_answered(transaction, answer.acknowledgement, number, seq, who=answer.who)
    return news.height
