"""What the far end does with a file once it is there: read, judge, answer."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from rapupload.simulator.accounts import Account
from rapupload.simulator.answers import Answer, Judgement, Verdict, write_answers
from rapupload.simulator.folders import Folders
from rapupload.simulator.hours import HONG_KONG, Clock
from rapupload.simulator.judge import judge
from rapupload.simulator.ledger import Ledger
from rapupload.simulator.reader import BatchReading, Expected, Row, read_batch
from rapupload.simulator.records import DUPLICATE, TOTALS, UNREADABLE, Fault
from rapupload.simulator.scenarios import Faults
from rapupload.spec.format import BatchSpec

_FILE_REASONS = {DUPLICATE, TOTALS, UNREADABLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One file that really arrived: its CLOSE was seen.

    Attributes:
        name: Path in the tree.
        digest: SHA-256 of the bytes, in hex.
        at: When it was closed, in UTC.
        fault: Key of the reason for refusing it whole; empty when it was taken.
        accepted: Number of rows accepted.
        rejected: Number of rows rejected.
    """

    name: str
    size: int
    digest: str
    at: dt.datetime
    fault: str = ""
    accepted: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Acknowledgements, and by how many seconds they are to be late."""

    answers: tuple[Answer, ...]
    delay: float


class Intake:
    """The far end's processing of uploaded files."""

    def __init__(
        self,
        *,
        account: Account,
        folders: Folders,
        ledger: Ledger,
        faults: Faults,
        clock: Clock,
        say: Callable[[str], None],
    ) -> None:
        self._account = account
        self._folders = folders
        self._ledger = ledger
        self._faults = faults
        self._clock = clock
        self._say = say
        self._received: list[Received] = []

    @property
    def received(self) -> tuple[Received, ...]:
        """Return every file received since the start, in order."""
        return tuple(self._received)

    def take(self, path: PurePosixPath) -> Due:
        """Read, judge and answer an uploaded file; the answers are still to go out."""
        data = self._folders.local(path).read_bytes()
        now = self._clock()
        spec = self._folders.spec_of(path)
        if spec is None:  # a public key: nobody answers it here
            self._note(path, data, now, None)
            return Due(answers=(), delay=0)
        judgement = self._judge(spec, path.name, data, now)
        self._note(path, data, now, judgement)
        if self._faults.strike("take-at-once"):
            self._folders.take_away(path)
            self._say(f"scenario take-at-once: {path.name} left its folder")
        return self._answer(spec, judgement, now)

    def _note(
        self,
        path: PurePosixPath,
        data: bytes,
        now: dt.datetime,
        judgement: Judgement | None,
    ) -> None:
        verdicts = judgement.verdicts if judgement else ()
        rejected = sum(v.reason is not None for v in verdicts)
        self._received.append(
            Received(
                name=str(path),
                size=len(data),
                digest=hashlib.sha256(data).hexdigest(),
                at=now.astimezone(dt.UTC),
                fault=(judgement.reason if judgement else None) or "",
                accepted=len(verdicts) - rejected,
                rejected=rejected,
            )
        )

    def _judge(
        self, spec: BatchSpec, name: str, data: bytes, now: dt.datetime
    ) -> Judgement:
        today = now.astimezone(HONG_KONG).date()
        expected = Expected(
            participant=self._account.owner, account=self._account.name, today=today
        )
        reading = read_batch(data, name, spec, expected)
        fault = self._fault(name, today, reading)
        if fault:
            self._say(f"refused {name}: {fault.key}: {fault.detail}")
        verdicts = () if fault else self._verdicts(spec, reading)
        return Judgement(
            file_name=name,
            participant=self._account.owner,
            account=self._account.name,
            day=today,
            indicator=reading.indicator or 0,
            file_reference=reading.given.get("file-reference", ""),
            records=reading.records,
            reason=fault.key if fault else None,
            verdicts=verdicts,
        )

    def _fault(self, name: str, today: dt.date, reading: BatchReading) -> Fault | None:
        """Return why the file is refused; name and indicator are used up either way."""
        if self._ledger.has_name(name):
            return Fault(DUPLICATE, "a file of this name was received before")
        self._ledger.note_name(name)
        if reading.indicator is None:
            return reading.fault
        if self._ledger.has_indicator(today, reading.indicator):
            return Fault(DUPLICATE, f"indicator {reading.indicator} was used today")
        self._ledger.note_indicator(today, reading.indicator)
        return reading.fault

    def _verdicts(self, spec: BatchSpec, reading: BatchReading) -> tuple[Verdict, ...]:
        reasons = [r.key for r in spec.reason if r.key not in _FILE_REASONS]
        if self._faults.strike("reject-all"):
            key = "closed" if "closed" in reasons else next(iter(reasons), "")
            return tuple(Verdict(row=row, reason=key) for row in reading.rows)
        judged = [(row, judge(row.values, reasons)) for row in reading.rows]
        count = sum(reason is None for _, reason in judged)
        letter = spec.id[0].upper()
        references = iter(self._ledger.take_references(letter, count))
        return tuple(_verdict(row, reason, references) for row, reason in judged)

    def _answer(self, spec: BatchSpec, judgement: Judgement, now: dt.datetime) -> Due:
        if self._faults.strike("no-acknowledgement"):
            self._say(f"scenario no-acknowledgement: {judgement.file_name}")
            return Due(answers=(), delay=0)
        late = self._faults.strike("late-acknowledgement")
        delay = late.number if late else 0.0
        answers = write_answers(spec, judgement, now + dt.timedelta(seconds=delay))
        return Due(answers=answers, delay=delay)


def _verdict(row: Row, reason: str | None, references: Iterator[str]) -> Verdict:
    if reason is not None:
        return Verdict(row=row, reason=reason)
    return Verdict(row=row, reference=next(references))
