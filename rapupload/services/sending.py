"""Sending: the promise, step by step.

At most one upload of each approved file without a human decision, never a false
"sent", nothing forgotten:

1. The account is held (``Journal.lease``) for the whole run, and nothing is parallel.
2. Leftovers first: a batch found in ``sending`` was cut off by a crash, and becomes in
   doubt; unsent batches of an earlier day expire.
3. Service hours are looked at before any connection.
4. After login, files in doubt are settled by evidence where there is any.
5. ``sending`` is journalled when the session has just answered and the next thing
   written is the file's OPEN. From there any failure is in doubt, except an OPEN
   refused as no-such-file or permission-denied, which is failed. When the far end
   has confirmed the last step, that is journalled too: it is the one proof that a
   crash cannot take away.
6. Transient failures before that point are tried again with the very same bytes, in a
   new login, as the retry policy says; permanent ones block the account, not the batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from rapupload.errors import (
    ApprovalNeededError,
    BusyAccountError,
    JournalError,
    OutcomeUnknownError,
    RapuploadError,
    RemoteMissingError,
    RemotePermissionError,
    ServiceClosedError,
    StateError,
    TransitionError,
    TransportError,
)
from rapupload.journal import Batch, Change, Kind, Lease, Subject
from rapupload.model import BatchState
from rapupload.services.blocking import blocking, refuse_blocked
from rapupload.services.collecting import Collection, collect_in, spec_of
from rapupload.services.deciding import expire, expire_old
from rapupload.services.desk import Desk
from rapupload.services.recovering import recover
from rapupload.spec.loader import LoadedSpec
from rapupload.transport.channel import Login, OutboundFile, Sent
from rapupload.transport.endpoints import Centre
from rapupload.transport.evidence import Verdict, judge
from rapupload.transport.retry import Retry, run_with_retries


@dataclass(slots=True, kw_only=True)
class SendReport:
    """What a run of sending came to.

    Attributes:
        batches: Names of the batches it was about.
        stopped: The error that ended the run early; batches not reached stay approved.
        failures: Errors of single batches, by name; the run went on after them.
    """

    batches: list[str] = field(default_factory=list)
    stopped: RapuploadError | None = None
    failures: dict[str, RapuploadError] = field(default_factory=dict)
    collection: Collection = field(default_factory=Collection)

    def problems(self, now: Iterable[Batch]) -> list[RapuploadError]:
        """Return the errors that still stand, given where the batches stand now.

        An answer or evidence may have ended a doubt later in the same run.
        """
        settled = {batch.batch for batch in now if batch.state not in _TROUBLED}
        stand = [e for name, e in self.failures.items() if name not in settled]
        return [*stand, *([self.stopped] if self.stopped else [])]


FINISHED = "finished"
"""Step of an upload, and event: the far end confirmed everything, CLOSE included."""

_TROUBLED = {BatchState.SENDING, BatchState.IN_DOUBT, BatchState.FAILED}


def send(desk: Desk, names: Sequence[str] = ()) -> SendReport:
    """Send approved batches: those named, or all of the account's.

    Raises:
        BusyAccountError: Another run holds the account.
        ServiceClosedError: RAP is closed; the next opening is named.
        StateError: A named batch is not approved.
        PermanentTransportError: The account is blocked until its cause is mended.
    """
    account, environment = desk.settings.account.name, desk.settings.environment
    with desk.journal.lease(account, environment) as lease:
        recover(desk)
        expire_old(desk)
        chosen = _choose(desk, names)
        report = SendReport(batches=[batch.batch for batch in chosen])
        if not chosen and not desk.batches(BatchState.IN_DOUBT):
            return report
        refuse_blocked(desk)
        if desk.settings.keeps_hours:
            desk.hours.refuse_if_closed(desk.clock())
        _Run(desk, lease, report).work(chosen)
    return report


def _choose(desk: Desk, names: Sequence[str]) -> list[Batch]:
    if not names:
        return list(desk.batches(BatchState.APPROVED))
    chosen = [desk.batch(name) for name in dict.fromkeys(names)]
    for batch in chosen:
        if batch.state is BatchState.PREPARED:
            raise ApprovalNeededError(
                f"Batch {batch.batch} is not approved yet; nothing was sent.",
                hint=f"rapupload approve {batch.batch}",
            )
        if batch.state not in {BatchState.APPROVED, BatchState.IN_DOUBT}:
            raise StateError(
                f"Batch {batch.batch} is {batch.state.value}; only an approved batch "
                "is sent.",
                hint=f"rapupload status {batch.batch} shows what happened to it.",
            )
    return chosen


class _LetGoError(StateError):
    """The batch may not go any more; found out just before its OPEN was written."""


class _Steps:
    """Journals the two steps of an upload between which nothing is certain."""

    def __init__(
        self,
        begin: Callable[[Batch, Login], None],
        finish: Callable[[Batch], None],
        batch: Batch,
        login: Login,
    ) -> None:
        self._begin = begin
        self._finish = finish
        self._batch = batch
        self._login = login

    def __call__(self, step: str) -> None:
        if step == "before-open":
            self._begin(self._batch, self._login)
        elif step == FINISHED:
            self._finish(self._batch)


class _Run:
    """One run of sending: logins, deliveries, evidence, answers; all serial."""

    def __init__(self, desk: Desk, lease: Lease, report: SendReport) -> None:
        self._desk = desk
        self._lease = lease
        self._report = report

    def work(self, chosen: Sequence[Batch]) -> None:
        """Do everything in as few logins as it takes."""
        left = [b.batch for b in chosen if b.state is BatchState.APPROVED]
        try:
            with blocking(self._desk):
                while run_with_retries(
                    lambda: self._one_login(left),
                    self._desk.policy,
                    self._desk.surroundings,
                    report=self._tell,
                ):
                    self._desk.say("looking for what became of the file")
        except (TransportError, BusyAccountError, ServiceClosedError) as error:
            self._report.stopped = error

    def _one_login(self, left: list[str]) -> bool:
        """Settle, deliver, collect; tell whether a file in doubt asks for another."""
        with self._desk.channel.login() as login:
            self._desk.say(f"logged in at {login.endpoint}")
            self._settle(login)
            if any(self._desk.batch(name).attempts for name in left):
                # an answer may prove that an earlier attempt did arrive after all
                collect_in(self._desk, login, self._report.collection)
            while left:
                cut_off = self._deliver(login, left[0])
                left.pop(0)
                if cut_off:
                    return True
            self._collect(login)
        return False

    def _collect(self, login: Login) -> None:
        """Fetch answers; that they cannot be had now changes nothing about the sending."""
        found = self._report.collection
        try:
            collect_in(self._desk, login, found)
        except TransportError as error:
            found.trouble["answers"] = f"they could not be fetched now: {error.message}"

    def _tell(self, retry: Retry) -> None:
        self._desk.say(
            f"try {retry.attempt} of {retry.attempts} failed ({retry.error.message}); "
            f"again in {retry.wait:.0f} s"
        )

    # -- one file ------------------------------------------------------------------

    def _deliver(self, login: Login, name: str) -> bool:
        """Hand over one file; tell whether the session has ended with it."""
        batch = self._desk.batch(name)
        if batch.state is not BatchState.APPROVED:
            return False  # settled meanwhile: by an answer, or by a person
        if batch.transmission_date < self._desk.today:
            expire(self._desk, batch)
            return False
        if self._desk.settings.keeps_hours:
            self._desk.hours.refuse_if_closed(self._desk.clock())
        file = outbound(self._desk, batch, spec_of(self._desk, batch))
        self._desk.say(f"sending {file.name} ({batch.instructions:,} instructions)")
        try:
            steps = _Steps(self._begin, self._finish, batch, login)
            sent = login.submit(file, on_step=steps)
        except _LetGoError as error:
            self._desk.say(error.message)
            return False
        except (RemoteMissingError, RemotePermissionError) as error:
            self._end(batch, BatchState.FAILED, error.message)
            self._report.failures[name] = error
            return False
        except OutcomeUnknownError as error:
            # nothing of ours was written when it broke at OPEN: a file of our size there
            # would be somebody else's
            at_open = "yes" if error.operation == "open" else "no"
            self._end(batch, BatchState.IN_DOUBT, error.message, {"at-open": at_open})
            self._report.failures[name] = error
            return True
        except KeyboardInterrupt:
            self._doubt_if_begun(batch)
            raise
        self._confirm(batch, sent)
        return False

    def _confirm(self, batch: Batch, sent: Sent) -> None:
        why = "every reply arrived"
        if not sent.size_confirmed:
            why += ", and the far end took the file at once"
        confirmed = "yes" if sent.size_confirmed else "no"
        figures: dict[str, object] = {
            "size": str(sent.size),
            "size-confirmed": confirmed,
        }
        self._end(batch, BatchState.SENT, why, figures)
        self._desk.say(f"sent {batch.file_name}")

    def _doubt_if_begun(self, batch: Batch) -> None:
        # what cannot be journalled now stays sending, and the next run puts it in doubt
        with suppress(JournalError, OutcomeUnknownError):
            if self._desk.batch(batch.batch).state is BatchState.SENDING:
                self._end(batch, BatchState.IN_DOUBT, "interrupted by the person")

    def _begin(self, batch: Batch, login: Login) -> None:
        """Journal the intent; state and date may have changed since they were looked at."""
        try:
            self._mark_sending(batch, login)
        except TransitionError as error:
            raise _LetGoError(
                f"{batch.file_name} was not sent: {error.message}"
            ) from error

    def _finish(self, batch: Batch) -> None:
        """Journal that the far end confirmed every step.

        A run that dies right after it then leaves proof behind; where it cannot be
        journalled the upload goes on, and the end of it will say so.
        """
        with suppress(JournalError):
            subject = Subject(Kind.BATCH, batch.batch)
            self._desk.journal.record(FINISHED, subject, who=self._desk.person)

    def _mark_sending(self, batch: Batch, login: Login) -> None:
        if batch.transmission_date < self._desk.today:
            expire(self._desk, batch)
            raise _LetGoError(f"{batch.file_name} has expired; it was not sent")
        change = Change(
            expected=BatchState.APPROVED,
            to=BatchState.SENDING,
            who=self._desk.person,
            endpoint=login.endpoint,
            body={
                "digest": batch.digest,
                "file-name": batch.file_name,
                "folder": batch.folder,
                "centre": login.centre.value,
                "fence": str(self._lease.fence),
            },
        )
        try:
            self._desk.journal.change(batch.batch, change)
        except TransitionError as error:
            raise _LetGoError(
                f"{batch.file_name} was not sent: {error.message}"
            ) from error

    def _end(
        self,
        batch: Batch,
        state: BatchState,
        why: str,
        body: dict[str, object] | None = None,
    ) -> None:
        change = Change(
            expected=BatchState.SENDING,
            to=state,
            who=self._desk.person,
            why=why,
            body=body or {},
        )
        try:
            self._desk.journal.change(batch.batch, change)
        except JournalError as error:
            raise OutcomeUnknownError(
                f"{batch.file_name} was begun, and what became of it ({state.value}) "
                f"could not be journalled: {error.message} Its batch stays in sending.",
                operation="journal",
                name=batch.file_name,
                hint="Do not send it another way. Mend the journal, then run rapupload "
                "send: it looks for what became of the file.",
            ) from error

    # -- evidence ------------------------------------------------------------------

    def _settle(self, login: Login) -> None:
        """Settle files in doubt that went to the centre we are logged in to."""
        for batch in self._desk.batches(BatchState.IN_DOUBT):
            attempt = _attempt(self._desk, batch)
            if attempt.centre is login.centre:
                self._look_for(login, batch, attempt)

    def _look_for(self, login: Login, batch: Batch, attempt: _Attempt) -> None:
        loaded = spec_of(self._desk, batch)
        file = loaded.spec.batch_file
        evidence = login.find_evidence(outbound(self._desk, batch, loaded))
        # settings may lead elsewhere since: absence proves only where it was sent to
        is_there = evidence.endpoint == batch.endpoint
        verdict = judge(
            evidence,
            sent_to=attempt.centre,
            server_keeps_file=is_there and file.server_keeps_file,
            # the last step of the others is taken only after a confirmed CLOSE
            is_known_whole=file.whole_when == "our-size" or file.write != "direct",
            was_finished=attempt.was_finished,
            read_back=file.read_back,
            open_was_refused=attempt.open_was_refused,
        )
        body: dict[str, object] = {
            "endpoint": evidence.endpoint,
            "sighting": evidence.sighting.value,
            "size": str(evidence.size),
            "digest": evidence.digest,
            "finished": "yes" if attempt.was_finished else "no",
            "verdict": verdict.value,
        }
        self._desk.journal.record(
            "evidence",
            Subject(Kind.BATCH, batch.batch),
            who=self._desk.person,
            body=body,
        )
        why = f"evidence: {evidence.sighting.value} at {evidence.endpoint}"
        if verdict is not Verdict.UNKNOWN:
            to = BatchState.SENT if verdict is Verdict.ARRIVED else BatchState.APPROVED
            change = Change(
                expected=BatchState.IN_DOUBT,
                to=to,
                who=self._desk.person,
                why=why,
                checker=batch.checker if to is BatchState.APPROVED else "",
                body=body,
            )
            self._desk.journal.change(batch.batch, change)
            self._report.failures.pop(batch.batch, None)
        self._desk.say(f"{batch.file_name} in doubt: {why} -> {verdict.value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """What the journal knows of the last upload of a file in doubt.

    Attributes:
        centre: Where it went.
        open_was_refused: It broke off at OPEN.
        was_finished: The far end confirmed every step.
    """

    centre: Centre = Centre.PRIMARY
    open_was_refused: bool = False
    was_finished: bool = False


def _attempt(desk: Desk, batch: Batch) -> _Attempt:
    attempt = _Attempt()
    for event in desk.journal.events(batch.batch):
        if event.after == BatchState.SENDING.value:
            centre = Centre(str(event.body.get("centre", Centre.PRIMARY.value)))
            attempt = _Attempt(centre=centre)
        elif event.after == BatchState.IN_DOUBT.value:
            refused = event.body.get("at-open") == "yes"
            attempt = replace(attempt, open_was_refused=refused)
        elif event.action == FINISHED:
            attempt = replace(attempt, was_finished=True)
    return attempt


def outbound(desk: Desk, batch: Batch, loaded: LoadedSpec) -> OutboundFile:
    """Return the file as approved, with the exact bytes the journal keeps."""
    file = loaded.spec.batch_file
    return OutboundFile(
        name=batch.file_name,
        place=batch.folder,
        content=desk.journal.blob(batch.digest),
        write=file.write,
        server_keeps_file=file.server_keeps_file,
        read_back=file.read_back,
    )
