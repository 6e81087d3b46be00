"""Verifying: the chain link by link, then everything the events explain.

Each problem says where it is: an event, a batch with its lines, a blob, a column.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl
import rfc8785
from sqlalchemy import (
    Connection,
    Select,
    String,
    Table,
    func,
    select,
    type_coerce,
)
from sqlalchemy.engine import Row

from rapupload.journal.blobs import read_parts
from rapupload.journal.chain import read_last, write_value
from rapupload.journal.dialects import fetch_frame
from rapupload.journal.digests import (
    MATCHING_TYPES,
    OUTCOME_TYPES,
    ROW_TYPES,
    ROWS_PER_DIGEST,
    digest_rows,
    sha256,
)
from rapupload.journal.exposure import digest_keys
from rapupload.journal.folding import Bulk, Fold, Texts
from rapupload.journal.preparation import hide_names
from rapupload.journal.records import Head, Kind, Problem, Verification
from rapupload.journal.schema import (
    PREPARING,
    accounts,
    acknowledgements,
    answers,
    batches,
    blobs,
    events,
    facts,
    indicators,
    instructions,
    intakes,
    ledger_keys,
    matchings,
    outcomes,
)
from rapupload.journal.walking import raw_columns, walk_chain

_ANSWERED: Mapping[str, Any] = {**OUTCOME_TYPES, "event": pl.Int64}
_FOLLOWED: Mapping[str, Any] = {**MATCHING_TYPES, "event": pl.Int64}


def _read_states(
    connection: Connection,
    statement: Select[*tuple[Any, ...]],
    name: Callable[[Any], str],
) -> Iterator[tuple[str, dict[str, Any]]]:
    for row in connection.execute(statement).mappings():
        yield name(row), dict(row)


def _told(row: dict[str, Any], hidden: Iterable[str]) -> Texts:
    told: Texts = write_value({k: v for k, v in row.items() if k not in hidden})
    return told


def _select_of(table: Table) -> Select[*tuple[Any, ...]]:
    return select(*raw_columns(table))


def _tables(
    connection: Connection, seal: Callable[[str], str]
) -> Iterator[tuple[Kind, dict[str, Texts]]]:
    seen = batches.outerjoin(intakes)
    all_batches = select(*raw_columns(batches), intakes.c.intake).select_from(seen)
    visible = all_batches.where(batches.c.state != PREPARING)
    untold = {"batch", "batch_no", "intake_no", "prepared_event"}
    found = _read_states(connection, visible, lambda row: str(row["batch"]))
    yield Kind.BATCH, {name: _told(row, untold) for name, row in found}
    found = _read_states(
        connection, _select_of(intakes), lambda row: str(row["intake"])
    )
    untold = {"intake", "intake_no"}
    yield (
        Kind.INTAKE,
        {name: _told(hide_names(row, seal), untold) for name, row in found},
    )
    found = _read_states(
        connection, _select_of(acknowledgements), lambda row: row["acknowledgement"]
    )
    untold = {"ack_no", "acknowledgement"}
    yield Kind.ACKNOWLEDGEMENT, {name: _told(row, untold) for name, row in found}
    yield from _small_tables(connection)


def _small_tables(connection: Connection) -> Iterator[tuple[Kind, dict[str, Texts]]]:
    found = _read_states(
        connection,
        _select_of(accounts),
        lambda row: f"{row['environment']}/{row['account']}",
    )
    untold = {"environment", "account"}
    yield Kind.ACCOUNT, {name: _told(row, untold) for name, row in found}
    found = _read_states(
        connection,
        _select_of(indicators),
        lambda row: f"{row['participant']}/{row['day']}/{row['first']}",
    )
    untold = {"participant", "day", "first"}
    yield Kind.INDICATORS, {name: _told(row, untold) for name, row in found}
    erased = select(
        blobs.c.digest, type_coerce(blobs.c.erased_at, String).label("erased_at")
    )
    erased = erased.where(blobs.c.erased_at.is_not(None))
    found = _read_states(connection, erased, lambda row: str(row["digest"]))
    yield Kind.BLOB, {name: _told(row, {"digest"}) for name, row in found}


# Columns that came with a later migration: older events do not tell of them, and
# what they do not tell of must still be what the migration wrote.
_LATER: Mapping[Kind, Texts] = {
    Kind.INTAKE: {"mapping_digest": "", "ledger_digest": ""}
}


def _compare_states(
    kind: Kind, told: Mapping[str, Texts], kept: Mapping[str, Texts]
) -> Iterator[Problem]:
    for name in sorted(told.keys() | kept.keys()):
        where = f"{kind} {name}"
        if name not in kept:
            yield Problem(where=where, what="the events tell of it, but it is gone")
        elif name not in told:
            yield Problem(where=where, what="no event explains it")
        else:
            events_say = {**_LATER.get(kind, {}), **told[name]}
            for column in sorted(events_say.keys() | kept[name].keys()):
                said, is_now = _plain(events_say.get(column)), kept[name].get(column)
                if said != is_now:
                    what = f"{column} is {is_now!r}, but the events say {said!r}"
                    yield Problem(where=where, what=what)


def _plain(said: object) -> object:
    """Return figures as the column keeps them."""
    return rfc8785.dumps(said).decode() if isinstance(said, dict) else said


def _compare_bulk(
    where: str, what: str, told: Bulk, frame: pl.DataFrame
) -> Iterator[Problem]:
    if frame.height != told.count:
        said = (
            f"{frame.height} {what} are there, but event {told.seq} says {told.count}"
        )
        yield Problem(where=where, what=said)
        return
    for part, digest in enumerate(digest_rows(frame)):
        if digest != told.digests[part]:
            lines = frame["line"].slice(part * ROWS_PER_DIGEST, ROWS_PER_DIGEST)
            said = f"differ from what event {told.seq} says"
            place = f"{where}, {what} of lines {lines[0]} to {lines[-1]}"
            yield Problem(where=place, what=said)


def _read_frame(
    connection: Connection, table: Table, number: int, types: Mapping[str, Any]
) -> pl.DataFrame:
    columns = [table.c[name] for name in types]
    chosen = select(*columns).where(table.c.batch_no == number)
    return fetch_frame(connection, chosen.order_by(table.c.line), types)


def _compare_answers(
    where: str, what: str, told: Sequence[Bulk], frame: pl.DataFrame
) -> Iterator[Problem]:
    known = {bulk.seq for bulk in told}
    strange = frame.filter(~pl.col("event").is_in(list(known)))
    if strange.height:
        first = strange["line"][0]
        said = f"{strange.height} {what}, line {first} first, come from no event"
        yield Problem(where=where, what=said)
    for bulk in told:
        own = frame.filter(pl.col("event") == bulk.seq).drop("event")
        yield from _compare_bulk(where, what, bulk, own)


def _compare_counts(
    row: Row[Any], instructions_kept: int, said: pl.DataFrame
) -> Iterator[Problem]:
    where = f"batch {row.batch}"
    counted = {
        "instructions": (row.instructions, instructions_kept),
        "accepted": (row.accepted, (said["outcome"] == "accepted").sum()),
        "rejected": (row.rejected, (said["outcome"] == "rejected").sum()),
    }
    for name, (kept, real) in counted.items():
        if kept != real:
            what = f"{name} is {kept}, but there are {real} such rows"
            yield Problem(where=where, what=what)


def _compare_batch(
    connection: Connection, fold: Fold, row: Row[Any]
) -> Iterator[Problem]:
    where, number = f"batch {row.batch}", row.batch_no
    rows = _read_frame(connection, instructions, number, ROW_TYPES)
    said = _read_frame(connection, outcomes, number, _ANSWERED)
    after = _read_frame(connection, matchings, number, _FOLLOWED)
    if row.batch in fold.rows:
        yield from _compare_bulk(where, "instructions", fold.rows[row.batch], rows)
    yield from _compare_keys(connection, where, number, fold.ledger.get(row.batch))
    by_event = fold.outcomes.get(row.batch, [])
    yield from _compare_answers(where, "outcomes", by_event, said)
    by_event = fold.matchings.get(row.batch, [])
    yield from _compare_answers(where, "matchings", by_event, after)
    yield from _compare_counts(row, rows.height, said)


def _compare_keys(
    connection: Connection, where: str, number: int, told: Bulk | None
) -> Iterator[Problem]:
    """Compare what a batch takes from limits: a key gone is a batch not counted."""
    chosen = select(ledger_keys.c.key).where(ledger_keys.c.batch_no == number)
    kept = fetch_frame(connection, chosen, {"key": pl.Int64})["key"]
    said = told or Bulk(seq=0, count=0, digests=())
    if len(kept) != said.count:
        what = f"{len(kept)} ledger keys are there, but the events say {said.count}"
        yield Problem(where=where, what=what)
    elif said.count and (digest_keys(kept),) != said.digests:
        what = f"its ledger keys differ from what event {said.seq} says"
        yield Problem(where=where, what=what)


def _compare_rows(connection: Connection, fold: Fold) -> Iterator[Problem]:
    names = ("batch_no", "batch", "instructions", "accepted", "rejected")
    chosen = select(*(batches.c[name] for name in names))
    shown = chosen.where(batches.c.state != PREPARING).order_by(batches.c.batch_no)
    for row in connection.execute(shown).fetchall():
        try:
            yield from _compare_batch(connection, fold, row)
        except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError):
            what = "one of its rows holds a value of the wrong kind"
            yield Problem(where=f"batch {row.batch}", what=what)


def _compare_links(connection: Connection, fold: Fold) -> Iterator[Problem]:
    statement = select(
        acknowledgements.c.acknowledgement, batches.c.batch, answers.c.event
    ).select_from(answers.join(acknowledgements).join(batches))
    kept = {(row[0], row[1]): row[2] for row in connection.execute(statement)}
    for pair in sorted(kept.keys() ^ fold.answers.keys()):
        what = "its link to the batch is not what the events say"
        where = f"acknowledgement {pair[0]}, batch {pair[1]}"
        yield Problem(where=where, what=what)


# Without clean rows nothing is known of what a batch takes from limits.
_INTAKE_BLOBS = ("clean_rows_digest", "mapping_digest", "ledger_digest")


def _compare_blobs(connection: Connection) -> Iterator[Problem]:
    for row in connection.execute(_select_of(blobs)).fetchall():
        digest = hashlib.sha256()
        for content in read_parts(connection, row.digest):
            digest.update(content)
        if row.erased_at is None and digest.hexdigest() != row.digest:
            what = f"the bytes kept ({row.kind}) were altered"
            yield Problem(where=f"blob {row.digest}", what=what)
    shown = batches.c.state != PREPARING
    named = [select(batches.c.digest).where(shown)]
    named += [select(intakes.c[name]) for name in _INTAKE_BLOBS]
    wanted = select(acknowledgements.c.digest).union(*named).subquery()
    known = select(blobs.c.digest)
    lost = select(wanted.c.digest).where(
        wanted.c.digest != "", wanted.c.digest.not_in(known)
    )
    for digest in connection.execute(lost).scalars():
        yield Problem(where=f"blob {digest}", what="the bytes are gone")


def _compare_key(connection: Connection, fold: Fold) -> Iterator[Problem]:
    statement = select(facts.c.value).where(facts.c.name == "fingerprint-key")
    key = connection.execute(statement).scalar_one_or_none() or ""
    if sha256(key.encode()) != fold.founded:
        what = "it is not the one the journal was founded with"
        yield Problem(where="fingerprint key", what=what)


def verify(
    connection: Connection, seal: Callable[[str], str], anchors: Sequence[Head]
) -> Verification:
    """Check the whole journal; a broken chain comes first among the problems."""
    walk = walk_chain(connection, anchors)
    problems = list(walk.problems)
    for kind, kept in _tables(connection, seal):
        problems += _compare_states(kind, walk.fold.states[kind], kept)
    problems += _compare_rows(connection, walk.fold)
    problems += _compare_links(connection, walk.fold)
    problems += _compare_blobs(connection)
    problems += _compare_key(connection, walk.fold)
    counts = {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar()
        for table in (events, batches, instructions, blobs)
    }
    return Verification(
        head=read_last(connection),
        problems=tuple(problems),
        **{name: int(count or 0) for name, count in counts.items()},
    )
