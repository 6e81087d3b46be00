"""The delivery promise where two things happen at once, or settings change between."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from rapupload.cli import source_commands
from rapupload.config import load_settings
from rapupload.errors import OutcomeUnknownError, StateError
from rapupload.journal import AckState, Batch, Change, Journal, NewAcknowledgement
from rapupload.model import BatchState, Environment
from rapupload.services.checking import Source
from rapupload.services.collecting import collect
from rapupload.services.deciding import approve, resolve, withdraw
from rapupload.services.desk import Desk, say_nothing
from rapupload.services.preparing import Decisions, prepare
from rapupload.services.sending import send
from rapupload.spec.catalogue import shipped_folder
from rapupload.wiring import open_desk, real_clock
from tests.conftest import Rap, StartRap, connect
from tests.support.answers import Sent, control_report, receipt
from tests.support.places import MAKER, Place
from tests.support.sheets import ati_row, write_workbook

Say = Callable[[str], None]


@dataclass(kw_only=True)
class Clock:
    """A clock that a test can put forward."""

    ahead: dt.timedelta = field(default_factory=dt.timedelta)

    def __call__(self) -> dt.datetime:
        """Return the moment."""
        return real_clock() + self.ahead


@contextmanager
def at(
    place: Place, *, say: Say = say_nothing, clock: Clock | None = None
) -> Iterator[Desk]:
    """Open the desk of a folder in this process."""
    settings = load_settings(place.folder / "rapupload.toml")
    environ = {"RAPUPLOAD_PERSON": MAKER}
    with open_desk(settings, environ, say=say, clock=clock or Clock()) as desk:
        yield desk


def approved(desk: Desk, place: Place, *numbers: int, type_: str = "ati") -> Batch:
    """Prepare a file of these rows and approve its batch."""
    name = "-".join(map(str, numbers))
    file = write_workbook(place.folder / f"{name}.xlsx", [ati_row(n) for n in numbers])
    made = prepare(desk, Source(file=file, type=type_), Decisions())
    assert made.stopped is None, made.stopped
    (batch,) = made.batches
    return approve(desk, batch.batch)


def state(desk: Desk, batch: Batch) -> BatchState:
    """Return where a batch stands now."""
    return desk.batch(batch.batch).state


def facts(desk: Desk, batch: Batch, folder: Path) -> Sent:
    """Return what answers to a batch give back."""
    file = folder / batch.file_name
    file.write_bytes(desk.journal.blob(batch.digest))
    return Sent.read(file)


def put(rap: Rap, batch: Batch, ending: str, content: bytes) -> str:
    """Lay an answer beside the uploads; return its name."""
    name = Path(batch.file_name).with_suffix(ending).name
    (rap.simulator.root / "upload" / "ATI" / name).write_bytes(content)
    return name


def own_spec(place: Place, changes: dict[str, str], *, type_: str = "ati") -> Path:
    """Write the firm's own spec: the shipped one with some texts replaced."""
    text = (shipped_folder() / "ati.toml").read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    file = place.folder / "specs" / f"{type_}.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def desk(place: Place, rap: Rap) -> Place:
    """Return a desk that reaches a far end and does not wait for answers."""
    connect(place, rap, collecting={"wait-seconds": 0})
    return place


@pytest.mark.parametrize("now", ["gone", "faulty"])
def test_a_batch_is_sent_and_answered_by_the_spec_it_was_made_by(
    desk: Place, rap: Rap, now: str
) -> None:
    """The type's file was removed, or has faults, since: the journal keeps the spec."""
    file = own_spec(desk, {'id = "ati"': 'id = "move"'}, type_="move")
    with at(desk) as before:
        batch = approved(before, desk, 1, 2, type_="move")
    if now == "gone":
        file.unlink()
    else:
        file.write_text("[spec]\n", encoding="utf-8")
    with at(desk) as after:
        report = send(after)
        assert report.stopped is None
        assert state(after, batch) is BatchState.ACCEPTED
    assert len(rap.uploads) == 1


def test_a_crashed_sending_is_told_by_collect_too(desk: Place, rap: Rap) -> None:
    """Whoever runs collect first after a crash learns of the doubt: exit 13."""
    with at(desk) as here:
        batch = approved(here, desk, 1)
        here.journal.change(
            batch.batch,
            Change(expected=BatchState.APPROVED, to=BatchState.SENDING, who=MAKER),
        )
    ran = desk.run("collect", "--json", expect=13)
    assert (ran.batch, ran.state) == (batch.batch, "in-doubt")


def test_a_doubt_that_an_answer_ended_is_no_error_of_the_run(
    desk: Place, rap: Rap, tmp_path: Path
) -> None:
    """The answer came while the run looked for the file: nothing is in doubt any more."""
    rap.change("mid-file-drop:100:x1")
    made: list[tuple[Batch, Sent]] = []

    def answer(text: str) -> None:
        if text.startswith("looking for"):
            batch, sent = made[0]
            put(rap, batch, ".CTL", control_report(sent))

    with at(desk, say=answer) as here:
        batch = approved(here, desk, 1, 2)
        made.append((batch, facts(here, batch, tmp_path)))
        report = send(here)
        assert state(here, batch) is BatchState.ACCEPTED
        assert report.problems([here.batch(batch.batch)]) == []


def test_a_doubt_that_remains_is_an_error_of_the_run(desk: Place, rap: Rap) -> None:
    """A part at the far end and no answer: the error stands."""
    rap.change("mid-file-drop:100:x1")
    with at(desk) as here:
        batch = approved(here, desk, 1, 2)
        (error,) = send(here).problems([here.batch(batch.batch)])
    assert isinstance(error, OutcomeUnknownError)


@pytest.mark.parametrize("end", ["withdrawn", "expired"])
def test_an_answer_to_a_file_said_not_to_have_been_sent_names_the_batch(
    desk: Place, rap: Rap, tmp_path: Path, end: str
) -> None:
    """It was let go after all: a person must learn that it did arrive."""
    rap.change("mid-file-drop:100:x1")
    clock = Clock()
    with at(desk, clock=clock) as here:
        batch = approved(here, desk, 1, 2)
        send(here)
        resolve(here, batch.batch, sent=False, reason="HKEX has nothing")
        if end == "withdrawn":
            withdraw(here, batch.batch, reason="not wanted any more")
        else:
            clock.ahead = dt.timedelta(days=1)
            send(here)
        assert state(here, batch).value == end
        name = put(rap, batch, ".CTL", control_report(facts(here, batch, tmp_path)))
        found = collect(here)
        assert batch.batch in found.trouble[name]
        assert end in found.trouble[name]
        assert state(here, batch).value == end


def test_a_refused_key_blocks_the_account_when_collecting(
    desk: Place, rap: Rap
) -> None:
    """Trying again and again would lock the account at RAP: once, then never."""
    rap.change("no-acknowledgement")
    with at(desk) as here:
        approved(here, desk, 1)
        send(here)
    connect(desk, rap, host_keys=["SHA256:" + "A" * 43])
    desk.run("collect", "--json", expect=11)
    tried = rap.simulator.sessions.connections
    for command in ("collect", "send", "collect"):
        ran = desk.run(
            command, "--json", expect=11 if command == "collect" else (0, 11)
        )
    assert "blocked" in ran.error["message"]
    assert rap.simulator.sessions.connections == tried


def test_an_answer_is_read_by_the_spec_of_its_own_batch(
    desk: Place, rap: Rap, tmp_path: Path
) -> None:
    """The layout of answers changed between two batches; both are awaited."""
    rap.change("no-acknowledgement")
    with at(desk) as here:
        old = approved(here, desk, 1)
        send(here)
    own_spec(desk, {'value = "RECEIPT"': 'value = "RECEIVED"'})
    with at(desk) as here:
        new = approved(here, desk, 2)
        send(here)
        newer = receipt(facts(here, new, tmp_path)).replace(b"RECEIPT ", b"RECEIVED")
        put(rap, new, ".ACK", newer)
        assert collect(here).trouble == {}
        assert state(here, new) is BatchState.RECEIVED
        put(rap, old, ".ACK", receipt(facts(here, old, tmp_path)))
        assert collect(here).trouble == {}
        assert state(here, old) is BatchState.RECEIVED


def test_an_answer_that_contradicts_an_earlier_one_is_told(
    desk: Place, rap: Rap, tmp_path: Path
) -> None:
    """Accepted, then rejected under the same name: the first stands, a person looks."""
    rap.change("no-acknowledgement")
    with at(desk) as here:
        batch, other = approved(here, desk, 1, 2), approved(here, desk, 3)
        send(here)
        sent = facts(here, batch, tmp_path)
        name = put(rap, batch, ".CTL", control_report(sent))
        assert collect(here).trouble == {}
        assert state(here, batch) is BatchState.ACCEPTED
        put(rap, batch, ".CTL", control_report(sent, rejected=[0]))
        found = collect(here)  # for the other one
        assert state(here, other) is BatchState.SENT
        assert "contradicts" in found.trouble[name]
        assert batch.batch in found.trouble[name]
        assert state(here, batch) is BatchState.ACCEPTED


def test_absence_at_another_address_than_it_went_to_proves_nothing(
    desk: Place, rap: Rap, start_rap: StartRap
) -> None:
    """The settings lead elsewhere now; a file not seen there may have arrived here."""
    own_spec(
        desk, {"max-records = 9999": "max-records = 9999\nserver-keeps-file = true"}
    )
    rap.change("mid-file-drop:100:x1")
    with at(desk) as here:
        batch = approved(here, desk, 1, 2)
        send(here)
        assert state(here, batch) is BatchState.IN_DOUBT
    connect(desk, start_rap())
    with at(desk) as there:
        send(there)
        assert state(there, batch) is BatchState.IN_DOUBT
    connect(desk, rap)
    rap.remote()[0].unlink()
    with at(desk) as here:
        send(here)
        assert state(here, batch) is BatchState.APPROVED


def test_what_was_sent_is_told_though_the_marked_workbook_cannot_be_written(
    desk: Place, rap: Rap
) -> None:
    """The copy with marks comes last; that it fails must not hide the sending."""
    write_workbook(desk.folder / "a.xlsx", [ati_row(1)])
    taken = desk.folder / "taken"
    taken.mkdir()
    ran = desk.run(
        "submit", "a.xlsx", "-t", "ati", "--annotate", "taken", "--json", expect=2
    )
    assert "taken" in ran.error["message"]
    assert len(rap.uploads) == 1
    assert ran.state == "accepted"


def test_what_was_prepared_is_told_though_a_copy_cannot_be_written(
    desk: Place, rap: Rap
) -> None:
    """The batches are in the journal; a copy that fails must not hide them."""
    write_workbook(desk.folder / "a.xlsx", [ati_row(1)])
    (desk.folder / "out").write_text("a file, not a folder", encoding="utf-8")
    ran = desk.run("prepare", "a.xlsx", "-t", "ati", "-o", "out", "--json", expect=2)
    assert "out" in ran.error["message"]
    assert ran.state == "prepared"


def test_a_file_that_went_but_could_not_be_journalled_as_sent_is_in_doubt(
    desk: Place, rap: Rap
) -> None:
    """Not "nothing was changed": exit 13; the next run finds the evidence."""
    with at(desk) as here:
        batch = approved(here, desk, 1, 2)
        path = here.journal.database.path
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON batches WHEN NEW.state = 'sent' "
            "BEGIN SELECT RAISE(ABORT, 'no room'); END"
        )
    ran = desk.run("send", "--json", expect=13)
    assert (ran.batch, ran.error["code"]) == (batch.batch, "in-doubt")
    assert batch.file_name in ran.error["message"]
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.execute("DROP TRIGGER full")
    assert desk.run("send", "--json", expect=0).state == "accepted"
    assert len(rap.uploads) == 1


def test_a_batch_withdrawn_in_the_last_moment_stops_only_itself(
    desk: Place, rap: Rap
) -> None:
    """Another person takes it back while the run is about to open it."""

    def take_back(text: str) -> None:
        if text.startswith(f"sending {first.file_name}"):
            with at(desk) as other:
                withdraw(other, first.batch, reason="wrong account")

    with at(desk, say=take_back) as here:
        first, second = approved(here, desk, 1), approved(here, desk, 2)
        report = send(here)
        assert report.stopped is None
        assert state(here, first) is BatchState.WITHDRAWN
        assert state(here, second) is BatchState.ACCEPTED
    assert rap.uploads == [second.file_name]


def test_midnight_between_the_look_at_the_date_and_the_open_stops_the_file(
    desk: Place, rap: Rap
) -> None:
    """A batch belongs to one Hong Kong day; waiting for a reply never crosses it."""
    clock = Clock()

    def strike(text: str) -> None:
        if text.startswith("sending "):
            clock.ahead = dt.timedelta(days=1)

    with at(desk, say=strike, clock=clock) as here:
        batch = approved(here, desk, 1)
        send(here)
        assert state(here, batch) is BatchState.EXPIRED
    assert rap.uploads == []


def test_an_answer_kept_in_another_environment_is_left_alone(
    desk: Place, rap: Rap
) -> None:
    """One journal may serve several accounts; an answer belongs to where it came from."""
    rap.change("no-acknowledgement")
    with at(desk) as here:
        batch = approved(here, desk, 1)
        send(here)
        new = NewAcknowledgement(
            participant=batch.participant,
            account=batch.account,
            environment=Environment.PRACTICE,
            name="ATI_B01234_20260101_0001.ACK",
            folder="/upload/ATI",
        )
        kept, _ = here.journal.store_acknowledgement(new, b"x", who=MAKER)
        found = collect(here)
        assert found.trouble == {}
        (known,) = here.journal.acknowledgements()
    assert (known.acknowledgement, known.state) == (
        kept.acknowledgement,
        AckState.STORED,
    )


def test_answers_in_dated_folders_are_looked_for_until_today(
    desk: Place, rap: Rap
) -> None:
    """Sent on a Friday, answered on Monday in Monday's folder."""
    own_spec(desk, {'where = "/upload/ATI"': 'where = "/upload/ATI/{date:%Y%m%d}"'})
    rap.change("no-acknowledgement")
    clock = Clock()
    with at(desk, clock=clock) as here:
        batch = approved(here, desk, 1)
        send(here)
        clock.ahead = dt.timedelta(days=3)
        looked = collect(here).looked
    days = [batch.transmission_date + dt.timedelta(days=n) for n in range(4)]
    assert {f"/upload/ATI/{day:%Y%m%d}" for day in days} == set(looked)


class _Meanwhile(Journal):
    """A journal where a person resolves a batch while its answer is being read."""

    def rows(self, batch: str) -> object:  # type: ignore[override]
        """Let the person act, then return the rows."""
        found = super().rows(batch)
        if self.batch(batch).state is BatchState.IN_DOUBT:
            self.change(
                batch,
                Change(
                    expected=BatchState.IN_DOUBT,
                    to=BatchState.SENT,
                    who="wong",
                    why="HKEX has it",
                ),
            )
        return found


def test_an_answer_is_applied_though_a_person_decides_at_the_same_moment(
    desk: Place, rap: Rap, tmp_path: Path
) -> None:
    """The answer is not laid aside for a state that has changed under it."""
    rap.change("mid-file-drop:100:x1")
    with at(desk) as here:
        batch = approved(here, desk, 1, 2)
        send(here)
        put(rap, batch, ".CTL", control_report(facts(here, batch, tmp_path)))
        journal = _Meanwhile(database=here.journal.database)
        found = collect(replace(here, journal=journal))
        assert found.trouble == {}
        assert state(here, batch) is BatchState.ACCEPTED


def test_submit_tells_what_it_prepared_though_it_may_not_send_it_any_more(
    desk: Place, rap: Rap
) -> None:
    """Midnight strikes between approving and sending: prepared, expired, not sent."""
    path = desk.folder / "a.xlsx"
    write_workbook(path, [ati_row(1)])

    class Midnight(Clock):
        def __call__(self) -> dt.datetime:
            with closing(sqlite3.connect(journal)) as plain:
                found = plain.execute("SELECT 1 FROM batches WHERE state = 'approved'")
                if found.fetchone() is not None:
                    self.ahead = dt.timedelta(days=1)
            return super().__call__()

    with at(desk) as here:
        journal = here.journal.database.path
    with at(desk, clock=Midnight()) as here:
        source = Source(file=path, type="ati")
        made, report, now = source_commands._submit(here, [source], Decisions())
    assert isinstance(report.stopped, StateError)
    assert [batch.state for batch in now] == [BatchState.EXPIRED]
    assert [len(part.batches) for part in made] == [1]
    assert rap.uploads == []
