"""Collecting: answers are fetched from where they lie, and kept whole before all else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from rapupload import acks
from rapupload.errors import (
    RapuploadError,
    RemotePermissionError,
    TransportError,
)
from rapupload.journal import (
    Acknowledgement,
    AckState,
    Batch,
    NewAcknowledgement,
)
from rapupload.model import BatchState
from rapupload.services.answering import AnswerPlace, Collection, apply
from rapupload.services.blocking import blocking, refuse_blocked
from rapupload.services.desk import Desk
from rapupload.services.recovering import recover
from rapupload.spec.loader import LoadedSpec, parse_spec
from rapupload.transport.channel import InboundFile, Listed, Login
from rapupload.transport.retry import run_with_retries

_CLOCKS_DIFFER = dt.timedelta(minutes=5)  # ours and the far end's, at most; assumed
LARGEST_ANSWER = 64 * 1024 * 1024  # bytes; 9,999 records have about one megabyte
_AWAITED = (BatchState.SENT, BatchState.RECEIVED, BatchState.IN_DOUBT)
"""States that an answer is expected in; see also ``awaited``."""

_LET_GO = (BatchState.WITHDRAWN, BatchState.EXPIRED)
_DAYS_KEPT = 10  # calendar days that RAP keeps files (domain: CCASS file retention)


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


def _take_up(desk: Desk, places: Sequence[AnswerPlace], found: Collection) -> None:
    """Apply answers that were kept, but not applied before a run ended."""
    for known in _kept(desk, AckState.STORED):
        here = [place for place in places if place.place.folder == known.folder]
        fitting = _fitting(here, known.name)
        if fitting:
            content = desk.journal.blob(known.digest)
            apply(desk, fitting, known, content, found)


def _fitting(places: Iterable[AnswerPlace], name: str) -> list[AnswerPlace]:
    """Return the places where a file of that name may be an answer.

    More than one where a spec has changed since another batch was made by it, or where
    two layers, or types, have names alike: what the file says decides.
    """
    return [place for place in places if place.place.meanings(name) is not None]


_Seen = dict[tuple[str, int | None], dt.datetime]


def _wanted(places: Sequence[AnswerPlace], seen: _Seen) -> Callable[[Listed], bool]:
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


def spec_of(desk: Desk, batch: Batch) -> LoadedSpec:
    """Return the spec the batch was made by, whatever the folder says today."""
    kept_as = Path(f"{batch.type}.toml")  # for messages: no such file need exist today
    return parse_spec(desk.journal.blob(batch.spec_digest), kept_as)


def _places(desk: Desk, batches: Iterable[Batch]) -> list[AnswerPlace]:
    """Return the places to look at: folder and layer, each once."""
    found: dict[tuple[str, str], AnswerPlace] = {}
    for batch in batches:
        loaded = spec_of(desk, batch)
        for place in acks.places(
            loaded.spec,
            participant=batch.participant,
            account=batch.account,
            days=_days(batch.transmission_date, desk.today),
        ):
            layer = f"{loaded.digest}/{place.layer.stage.value}/{place.layer.name}"
            found[place.folder, layer] = AnswerPlace(place=place, loaded=loaded)
    return list(found.values())


def _days(sent: dt.date, today: dt.date) -> list[dt.date]:
    """Return the days whose dated folders may hold an answer: until it comes, all."""
    kept = range((today - sent).days, -1, -1)[: _DAYS_KEPT + 1]
    return [sent + dt.timedelta(days=n) for n in reversed(kept)] or [today]


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
    desk: Desk, places: Sequence[AnswerPlace], file: InboundFile, found: Collection
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
        apply(desk, places, known, file.content, found)
    elif is_new:
        found.trouble[file.name] = f"the same bytes came as {known.duplicate_of}"


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
