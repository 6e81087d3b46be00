"""Answering: one kept answer is read, matched to its batch, and applied once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from rapupload import acks
from rapupload.batches import decode
from rapupload.errors import AcknowledgementError, TransitionError
from rapupload.journal import (
    Acknowledgement,
    AckState,
    Answer,
    Batch,
    Change,
    Journal,
    Judgement,
)
from rapupload.model import BatchState, Outcome
from rapupload.services.desk import Desk
from rapupload.spec.loader import LoadedSpec


@dataclass(slots=True, kw_only=True)
class Collection:
    """What a look for answers came to.

    Attributes:
        applied: Batches that got an answer, by name of the answer's file.
        trouble: Answers that need a person, with the reason, by file name.
        looked: Folders looked at.
    """

    applied: dict[str, str] = field(default_factory=dict)
    trouble: dict[str, str] = field(default_factory=dict)
    looked: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPlace:
    """A place to look at, and the spec whose answers lie there."""

    place: acks.Place
    loaded: LoadedSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """An answer as one layer reads it, and the batch it is paired with."""

    place: AnswerPlace
    parsed: acks.Parsed
    paired: acks.Match


def apply(
    desk: Desk,
    places: Sequence[AnswerPlace],
    known: Acknowledgement,
    content: bytes,
    found: Collection,
) -> None:
    """Read a kept answer by every layer that fits, and apply the best reading.

    What cannot be applied is laid aside in the journal and named in ``found``.
    """
    readings: list[_Reading] = []
    errors: list[AcknowledgementError] = []
    for place in places:
        try:
            readings.append(_read(desk, place, known, content))
        except AcknowledgementError as error:
            errors.append(error)
    if not readings:
        note = errors[0].message
        _lay_aside(desk.journal, known, AckState.UNREADABLE, note, desk.person)
        found.trouble[known.name] = note
        return
    best = min(readings, key=lambda reading: _strangeness(desk, reading))
    if best.paired.batch is None:
        note = (
            f"several batches fit: {', '.join(best.paired.candidates)}"
            if best.paired.is_ambiguous
            else "it answers none of our batches"
        )
        key = best.paired.key
        _lay_aside(desk.journal, known, AckState.ORPHAN, note, desk.person, key)
        found.trouble[known.name] = note
        return
    _answer(desk, best.place, known, best.parsed, best.paired.batch, found)


def _read(
    desk: Desk, place: AnswerPlace, known: Acknowledgement, content: bytes
) -> _Reading:
    parsed = acks.parse(content, place.place.layer, name=known.name)
    in_name = place.place.meanings(known.name) or {}
    paired = acks.match(
        place.place.layer, in_name, parsed.meanings, _submissions(desk, place)
    )
    return _Reading(place=place, parsed=parsed, paired=paired)


def _strangeness(desk: Desk, reading: _Reading) -> int:
    """Return 0 where the batch was made by the very spec the answer was read by."""
    if reading.paired.batch is None:
        return 2 if reading.paired.is_ambiguous else 3
    made_by = desk.journal.batch(reading.paired.batch).spec_digest
    return 0 if made_by == reading.place.loaded.digest else 1


def _submissions(desk: Desk, place: AnswerPlace) -> list[acks.Submission]:
    """Return every batch of the type that was ever handed over, answered or not."""
    return [
        acks.Submission(
            batch=batch.batch,
            file_name=batch.file_name,
            indicator=batch.indicator,
            date=batch.transmission_date,
            file_reference=batch.file_reference,
            participant=batch.participant,
        )
        for batch in desk.batches(*BatchState)
        if batch.type == place.loaded.spec.id and batch.attempts
    ]


def _lay_aside(
    journal: Journal,
    known: Acknowledgement,
    state: AckState,
    note: str,
    who: str,
    key: str = "",
) -> None:
    journal.judge_acknowledgement(
        known.acknowledgement,
        Judgement(expected=known.state, to=state, who=who, note=note, match_key=key),
    )


def _answer(
    desk: Desk,
    place: AnswerPlace,
    known: Acknowledgement,
    parsed: acks.Parsed,
    name: str,
    found: Collection,
) -> None:
    batch = desk.journal.batch(name)
    if not _may_have_arrived(desk, batch):
        note = (
            f"it has the name of {name}, of which nothing was ever written: another "
            "desk or journal has used this file name"
        )
        _lay_aside(desk.journal, known, AckState.ORPHAN, note, desk.person)
        found.trouble[known.name] = note
        return
    if note := _miscounted(batch, parsed, place.loaded):
        _lay_aside(desk.journal, known, AckState.UNREADABLE, note, desk.person)
        found.trouble[known.name] = note
        return
    rows = desk.journal.rows(name)
    judged = acks.judge(
        parsed, _sent(desk, batch, rows, place.loaded), place.loaded.spec
    )
    if judged.foreign or judged.repeated or judged.unlike:
        note = _misfit(judged)
        state = AckState.ORPHAN if judged.unlike else AckState.UNREADABLE
        _lay_aside(desk.journal, known, state, note, desk.person)
        found.trouble[known.name] = note
        return
    try:
        against = _apply_verdict(desk, batch, known, judged, rows["line"])
    except TransitionError as error:
        if desk.batch(name).state is not batch.state:
            # a person decided meanwhile, or we got half way: judge it as it stands now
            _answer(desk, place, known, parsed, name, found)
            return
        _lay_aside(desk.journal, known, AckState.ORPHAN, error.message, desk.person)
        found.trouble[known.name] = error.message
        return
    found.applied[known.name] = name
    desk.say(f"{known.name} answers {name}")
    if against:
        found.trouble[known.name] = (
            f"it contradicts what was known of {against:,} instructions of {name}; the "
            "earlier outcome stands until a person has asked HKEX"
        )


def _miscounted(batch: Batch, parsed: acks.Parsed, loaded: LoadedSpec) -> str:
    """Return what is wrong where a receipt counts other records than we sent."""
    said = parsed.meanings.get("total-count", "")
    if parsed.rows.height or loaded.spec.detail_record or not said.isdigit():
        return ""
    if int(said) == batch.instructions:
        return ""
    return (
        f"totals differ: it counts {int(said):,} records where {batch.batch} has "
        f"{batch.instructions:,}; ask HKEX before anything else"
    )


def _may_have_arrived(desk: Desk, batch: Batch) -> bool:
    """Tell whether any attempt came as far as writing.

    Where every one ended at OPEN, because the name was taken, an answer to that name is
    about somebody else's file: it proves nothing about ours.
    """
    if batch.state not in {BatchState.IN_DOUBT, BatchState.APPROVED}:
        return True
    return any(
        event.body.get("at-open") != "yes"
        for event in desk.journal.events(batch.batch)
        if event.after == BatchState.IN_DOUBT.value
    )


def _sent(
    desk: Desk, batch: Batch, rows: pl.DataFrame, loaded: LoadedSpec
) -> acks.Sent:
    """Return what was sent, read back from the exact bytes that went out."""
    detail = loaded.spec.detail
    checksum = next((field.name for field in detail if field.checksum), None)
    decoded = decode(desk.journal.blob(batch.digest), loaded.spec, name=batch.file_name)
    carried = "own_reference" in decoded.instructions.columns
    return acks.Sent(
        lines=rows["line"],
        checksums=decoded.detail[checksum] if checksum else None,
        references=decoded.instructions["own_reference"] if carried else None,
    )


def _misfit(judged: acks.Judged) -> str:
    if judged.unlike:
        return (
            f"what it repeats of instruction {judged.unlike[0]} is not what we sent: it "
            "answers another file of that name"
        )
    if judged.repeated:
        return f"it answers instruction {judged.repeated[0]} more than once"
    return f"it answers instruction {judged.foreign[0]}, which the batch does not have"


def _apply_verdict(
    desk: Desk,
    batch: Batch,
    known: Acknowledgement,
    judged: acks.Judged,
    lines: pl.Series,
) -> int:
    """Apply what a layer says; return how many instructions it contradicts.

    An answer also proves that a file in doubt arrived.
    """
    if batch.state is BatchState.APPROVED:
        batch = _doubt_again(desk, batch, known)
    if batch.state is BatchState.IN_DOUBT:
        batch = _step(
            desk, batch, BatchState.SENT, known, "an acknowledgement names it"
        )
    file = judged.file
    if file is not None and file.outcome is Outcome.REJECTED:
        rows = _all_rejected(lines, file)
        why = f"file rejected: {file.reason_code} {file.reason}"
        return _give(desk, batch, known, rows, why)
    if judged.rows.height:
        return _give(desk, batch, known, judged.rows, "")
    if batch.state is BatchState.SENT:
        _step(desk, batch, BatchState.RECEIVED, known, "receipt: the file was taken")
        return 0
    return _give(desk, batch, known, judged.rows, "nothing new")


def _doubt_again(desk: Desk, batch: Batch, known: Acknowledgement) -> Batch:
    """Take back "not sent": an answer names the file, so it must not go again.

    The states have no arrow from approved to sent; an attempt that writes nothing leads
    to in doubt, and from there the answer itself is the evidence.
    """
    why = f"{known.name} answers it although a person said that it was not sent"
    for expected, to in (
        (BatchState.APPROVED, BatchState.SENDING),
        (BatchState.SENDING, BatchState.IN_DOUBT),
    ):
        endpoint = known.endpoint if to is BatchState.SENDING else ""
        change = Change(
            expected=expected,
            to=to,
            who=desk.person,
            why=why,
            endpoint=endpoint,
            body={"bytes-written": "none"},
        )
        batch = desk.journal.change(batch.batch, change)
    return batch


def _step(
    desk: Desk, batch: Batch, to: BatchState, known: Acknowledgement, why: str
) -> Batch:
    change = Change(
        expected=batch.state,
        to=to,
        who=desk.person,
        why=why,
        acknowledgement=known.acknowledgement if to is BatchState.RECEIVED else "",
    )
    return desk.journal.change(batch.batch, change)


def _give(
    desk: Desk, batch: Batch, known: Acknowledgement, rows: pl.DataFrame, why: str
) -> int:
    answer = Answer(
        rows=rows, who=desk.person, why=why, acknowledgement=known.acknowledgement
    )
    applied = desk.journal.apply_outcomes(batch.batch, answer)
    return applied.contradictions["line"].n_unique()


def _all_rejected(lines: pl.Series, file: acks.FileVerdict) -> pl.DataFrame:
    return pl.DataFrame({"line": lines}).select(
        pl.col("line").cast(pl.UInt32),
        outcome=pl.lit(Outcome.REJECTED.value),
        reason_code=pl.lit(file.reason_code),
        reason=pl.lit(file.reason),
        ccass_reference=pl.lit(None, dtype=pl.String),
    )
