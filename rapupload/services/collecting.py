"""Collecting: answers are fetched, kept whole, matched to a batch, and applied once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from rapupload import acks
from rapupload.batches import decode
from rapupload.errors import (
    AcknowledgementError,
    RapuploadError,
    RemotePermissionError,
    TransitionError,
    TransportError,
)
from rapupload.journal import (
    Acknowledgement,
    AckState,
    Answer,
    Batch,
    Change,
    Journal,
    Judgement,
    NewAcknowledgement,
)
from rapupload.model import BatchState, Outcome
from rapupload.services.blocking import blocking, refuse_blocked
from rapupload.services.desk import Desk
from rapupload.services.recovering import recover
from rapupload.spec.loader import LoadedSpec, parse_spec
from rapupload.transport.channel import InboundFile, Listed, Login
from rapupload.transport.retry import run_with_retries

_CLOCKS_DIFFER = dt.timedelta(minutes=5)  # ours and the far end's, at most; assumed
LARGEST_ANSWER = 64 * 1024 * 1024  # bytes; 9,999 records have about one megabyte
_AWAITED = (BatchState.SENT, BatchState.RECEIVED, BatchState.IN_DOUBT)
"""States that an answer is expected in; see also ``_may_be_answered``."""

_LET_GO = (BatchState.WITHDRAWN, BatchState.EXPIRED)
_DAYS_KEPT = 10  # calendar days that RAP keeps files (domain: CCASS file retention)


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


def collect(desk: Desk) -> Collection:
    """Log in, fetch and apply answers to what is awaited.

    Raises:
        BusyAccountError: Another run holds the account.
        ServiceClosedError: RAP is closed.
        TransportError: It could not be reached, or the account is blocked.
    """
    account, environment = desk.settings.account.name, desk.settings.environment
    found = Collection()
    with desk.journal.lease(account, environment):
        recover(desk)
        if not awaited(desk):
            return found
        refuse_blocked(desk)
        if desk.settings.keeps_hours:
            desk.hours.refuse_if_closed(desk.clock())

        def look() -> None:
            with desk.channel.login() as login:
                collect_in(desk, login, found)

        with blocking(desk):
            run_with_retries(look, desk.policy, desk.surroundings)
    return found


def awaited(desk: Desk) -> tuple[Batch, ...]:
    """Return the batches that an answer may still come for.

    Among them those that a person has said were not sent: an answer would prove the
    contrary, and must be seen.
    """
    again = [b for b in desk.batches(BatchState.APPROVED) if b.attempts]
    since = desk.today - dt.timedelta(days=_DAYS_KEPT)
    let_go = [
        batch
        for batch in desk.batches(*_LET_GO)
        if batch.attempts and batch.transmission_date > since
    ]
    return (*desk.batches(*_AWAITED), *again, *let_go)


def collect_in(desk: Desk, login: Login, found: Collection) -> None:
    """Fetch and apply answers in a session that is open already."""
    places = _places(desk, awaited(desk))
    _take_up(desk, places, found)
    for folder in dict.fromkeys(place.place.folder for place in places):
        here = [place for place in places if place.place.folder == folder]
        found.looked.append(folder)
        wanted = _wanted(here, _seen(desk, folder))
        try:
            fetched = login.fetch(folder, wanted=wanted, max_bytes=LARGEST_ANSWER)
        except RemotePermissionError as error:
            found.trouble[folder] = error.message
            continue
        for refused in fetched.refused:
            found.trouble[refused.name] = refused.reason
        for file in fetched.files:
            _take_in(desk, _fitting(here, file.name), file, found)


def _take_up(desk: Desk, places: Sequence[_Place], found: Collection) -> None:
    """Apply answers that were kept, but not applied before a run ended."""
    for known in _kept(desk, AckState.STORED):
        here = [place for place in places if place.place.folder == known.folder]
        fitting = _fitting(here, known.name)
        if fitting:
            content = desk.journal.blob(known.digest)
            _apply(desk, fitting, known, content, found)


def _fitting(places: Iterable[_Place], name: str) -> list[_Place]:
    """Return the places where a file of that name may be an answer.

    More than one where a spec has changed since another batch was made by it, or where
    two layers, or types, have names alike: what the file says decides.
    """
    return [place for place in places if place.place.meanings(name) is not None]


_Seen = dict[tuple[str, int | None], dt.datetime]


def _wanted(places: Sequence[_Place], seen: _Seen) -> Callable[[Listed], bool]:
    """Return the test for names that may be answers and were not kept yet.

    A corrected report may take the place of an earlier one: with fixed records its size
    is the same. So a file is left out only when it is older than our copy of it.
    """

    def test(listed: Listed) -> bool:
        if not _fitting(places, listed.name):
            return False
        kept = seen.get((listed.name, listed.size))
        if kept is None or listed.modified is None:
            return True
        return listed.modified > kept - _CLOCKS_DIFFER

    return test


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    place: acks.Place
    loaded: LoadedSpec


def _places(desk: Desk, batches: Iterable[Batch]) -> list[_Place]:
    """Return the places to look at: folder and layer, each once."""
    found: dict[tuple[str, str], _Place] = {}
    for batch in batches:
        loaded = spec_of(desk, batch)
        for place in acks.places(
            loaded.spec,
            participant=batch.participant,
            account=batch.account,
            days=_days(batch.transmission_date, desk.today),
        ):
            layer = f"{loaded.digest}/{place.layer.stage.value}/{place.layer.name}"
            found[place.folder, layer] = _Place(place=place, loaded=loaded)
    return list(found.values())


def _days(sent: dt.date, today: dt.date) -> list[dt.date]:
    """Return the days whose dated folders may hold an answer: until it comes, all."""
    kept = range((today - sent).days, -1, -1)[: _DAYS_KEPT + 1]
    return [sent + dt.timedelta(days=n) for n in reversed(kept)] or [today]


def spec_of(desk: Desk, batch: Batch) -> LoadedSpec:
    """Return the spec the batch was made by, whatever the folder says today."""
    kept_as = Path(f"{batch.type}.toml")  # for messages: no such file need exist today
    return parse_spec(desk.journal.blob(batch.spec_digest), kept_as)


def _seen(desk: Desk, folder: str) -> _Seen:
    """Return when answers were kept, so that they are not fetched again each time."""
    return {
        (known.name, known.size): known.collected_at
        for known in _kept(desk)
        if known.folder == folder
    }


def _kept(desk: Desk, *states: AckState) -> list[Acknowledgement]:
    """Return answers of the account and environment in force; no state means any."""
    mine = (desk.settings.account.name, desk.settings.environment)
    return [
        known
        for known in desk.journal.acknowledgements(states=states)
        if (known.account, known.environment) == mine
    ]


def _take_in(
    desk: Desk, places: Sequence[_Place], file: InboundFile, found: Collection
) -> None:
    """Keep one answer, and apply it if it is new."""
    new = NewAcknowledgement(
        participant=desk.settings.account.participant,
        account=desk.settings.account.name,
        environment=desk.settings.environment,
        name=file.name,
        folder=file.place,
        endpoint=file.endpoint,
        stage=places[0].place.layer.stage,
    )
    known, is_new = desk.journal.store_acknowledgement(
        new, file.content, who=desk.person
    )
    if is_new and known.state is AckState.STORED:
        _apply(desk, places, known, file.content, found)
    elif is_new:
        found.trouble[file.name] = f"the same bytes came as {known.duplicate_of}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """An answer as one layer reads it, and the batch it is paired with."""

    place: _Place
    parsed: acks.Parsed
    paired: acks.Match


def _apply(
    desk: Desk,
    places: Sequence[_Place],
    known: Acknowledgement,
    content: bytes,
    found: Collection,
) -> None:
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
    desk: Desk, place: _Place, known: Acknowledgement, content: bytes
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


def _submissions(desk: Desk, place: _Place) -> list[acks.Submission]:
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
    place: _Place,
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


def wait_for_answers(desk: Desk, names: Iterable[str], found: Collection) -> None:
    """Look again from time to time until the batches are settled or patience ends."""
    settings = desk.settings.collecting
    wanted = set(names)
    ends = desk.surroundings.clock() + settings.wait_seconds
    while wanted & {batch.batch for batch in awaited(desk)}:
        if desk.surroundings.clock() + settings.poll_seconds > ends:
            return
        desk.surroundings.sleep(settings.poll_seconds)
        try:
            merge(found, collect(desk))
        except TransportError as error:
            desk.say(f"looking for answers failed: {error.message}")
        except RapuploadError as error:
            desk.say(f"no answers now: {error.message}")
            return


def merge(found: Collection, more: Collection) -> None:
    """Add what a later look came to."""
    found.applied.update(more.applied)
    found.trouble.update(more.trouble)
    found.looked.extend(more.looked)


__all__ = [
    "Collection",
    "collect",
    "collect_in",
    "merge",
    "spec_of",
    "wait_for_answers",
]
