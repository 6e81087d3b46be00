"""One trial: a desk with approved batches, a far end, a fault, recovery, the invariant."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rapupload.config import load_settings
from rapupload.model import BatchState
from rapupload.services import deciding
from rapupload.services.checking import Source
from rapupload.services.desk import Desk
from rapupload.services.preparing import Decisions, prepare
from rapupload.simulator.keys import Keys
from rapupload.simulator.scenarios import Scenario
from rapupload.simulator.server import Simulator
from rapupload.simulator.settings import SimulatorSettings
from rapupload.spec.catalogue import Catalogue
from rapupload.wiring import open_desk
from tests.faults import victim
from tests.faults.proxy import Proxy, Strike
from tests.support.places import Place
from tests.support.sheets import ati_row, write_workbook

STRATEGIES = ("direct", "rename", "done-file")
ROWS = (400, 3)  # the first file takes two WRITEs, the second one
_SPECS = Path(__file__).parents[2] / "specs"
_ENVIRON = {"RAPUPLOAD_PERSON": "chan"}
_THERE = {
    BatchState.SENT,
    BatchState.RECEIVED,
    BatchState.ACCEPTED,
    BatchState.PARTLY_ACCEPTED,
    BatchState.REJECTED,
}
_NOT_THERE = {BatchState.APPROVED, BatchState.FAILED, BatchState.EXPIRED}


class ViolationError(AssertionError):
    """The promise was broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong in one trial; its text reproduces it.

    Attributes:
        kill_at: Step at which the sending process is killed; 0: not at all.
        scenario: What the far end does wrong while the first run lasts.
        strikes: What the line does to each connection of the first run.
        clock_jump: Seconds by which the first run's clock is wrong.
        lock_seconds: How long somebody else writes to the journal, from the login on.
        room_bytes: By how much a file may still grow here before the disk is full.
    """

    kill_at: int = 0
    scenario: str = "none"
    strikes: tuple[Strike | None, ...] = ()
    clock_jump: float = 0.0
    lock_seconds: float = 0.0
    room_bytes: int | None = None


@dataclass(slots=True, kw_only=True)
class Told:
    """What a trial came to.

    Attributes:
        steps: Those of the first run.
        ended: How each run ended.
        doubts: Batches a person had to settle.
    """

    steps: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    doubts: int = 0


class Arena:
    """Makes trials of one write strategy, each in a folder of its own.

    Args:
        folder: An empty one.
        strategy: How files are written.
        keys: Of the far end; making them takes a moment.
    """

    def __init__(self, folder: Path, strategy: str, keys: Keys) -> None:
        self.strategy = strategy
        self._folder = folder
        self._keys = keys
        self._forks = victim.forks()
        self._trials = 0
        self._model = folder / "model"
        self._model.mkdir(parents=True)
        self._prepare_model()

    def _prepare_model(self) -> None:
        """Prepare the batches once; every trial starts from a copy."""
        specs = self._model / "specs"
        specs.mkdir()
        text = (_SPECS / "ati.toml").read_text(encoding="utf-8")
        written = re.sub(
            r"(?m)^\[batch-file\]\n", f'[batch-file]\nwrite = "{self.strategy}"\n', text
        )
        (specs / "ati.toml").write_text(written, encoding="utf-8")
        with self._far_end(self._folder / "model-rap") as far_end:
            settings = self._settle_in(self._model, far_end)
        with open_desk(load_settings(settings), _ENVIRON) as desk:
            first = 1
            for number, rows in enumerate(ROWS):
                book = self._model / f"{number}.xlsx"
                numbers = range(first, first + rows)
                write_workbook(book, [ati_row(n) for n in numbers])
                first += rows
                made = prepare(desk, Source(file=book, type="ati"), Decisions())
                for batch in made.batches:
                    deciding.approve_by_policy(desk, batch)

    @contextmanager
    def _far_end(self, root: Path) -> Iterator[Simulator]:
        catalogue = Catalogue(self._model / "specs")
        simulator = Simulator(
            SimulatorSettings(root=root),
            [catalogue.spec(name).spec for name in catalogue.types],
            clock=lambda: dt.datetime.now(dt.UTC),  # noqa: TID251 - as the victim's
            keys=self._keys,
        )
        with simulator:
            yield simulator

    def _settle_in(self, folder: Path, far_end: Simulator, port: int = 1) -> Path:
        return Place(folder=folder).write_settings(
            port=port,
            host_keys=[far_end.host_key_fingerprint],
            private_key=far_end.private_key,
            retry={"attempts": 1},
            timeouts={"connect_seconds": 2, "reply_seconds": 2},
            collecting={"wait_seconds": 0},
        )

    def count_steps(self) -> list[str]:
        """Return the steps of a sending at which nothing goes wrong."""
        told = self.run(Fault())
        if told.ended[0] != "done":
            raise ViolationError(f"without a fault the sending ended {told.ended[0]}")
        return told.steps

    def run(self, fault: Fault) -> Told:
        """Make one trial.

        Raises:
            ViolationError: The promise was broken.
        """
        self._trials += 1
        folder = self._folder / f"trial-{self._trials}"
        shutil.copytree(self._model, folder)
        root = self._folder / f"rap-{self._trials}"
        told = Told()
        with (
            self._far_end(root) as far_end,
            Proxy(far_end.port, fault.strikes) as line,
        ):
            settings = self._settle_in(folder, far_end, line.port)
            far_end.scenario = Scenario.parse(fault.scenario)
            with _busy(settings, far_end, fault.lock_seconds):
                self._send(settings, told, fault)
            far_end.scenario = Scenario()
            line.mend()
            _wait_until_free(far_end)
            for _ in range(2):  # the next start, and one more
                self._send(settings, told)
            with open_desk(load_settings(settings), _ENVIRON) as desk:
                hold(desk, far_end)
                told.doubts = _settle_doubts(desk, far_end)
            self._send(settings, told)
            with open_desk(load_settings(settings), _ENVIRON) as desk:
                hold(desk, far_end)
                hold_all_there(desk, far_end)
        shutil.rmtree(folder)
        shutil.rmtree(root)
        return told

    def _send(self, settings: Path, told: Told, fault: Fault | None = None) -> None:
        report = settings.with_name("report.json")
        report.unlink(missing_ok=True)
        wrong = fault or Fault()
        task = victim.Task(
            settings=settings,
            environ=_ENVIRON,
            report=report,
            kill_at=wrong.kill_at,
            clock_jump=wrong.clock_jump,
            room_bytes=wrong.room_bytes,
        )
        process = self._forks.Process(target=victim.send, args=(task,))
        process.start()
        process.join(victim.PATIENCE)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise ViolationError("a sending hangs")
        if process.exitcode == 0:
            found = json.loads(report.read_text(encoding="utf-8"))
            told.steps = told.steps or found["steps"]
            told.ended.append(found["ended"])
        elif process.exitcode < 0:
            told.ended.append("killed")
        else:
            raise ViolationError(f"a sending ended with {process.exitcode}")


def _received(far_end: Simulator) -> Counter[tuple[str, str]]:
    return Counter((Path(f.name).name, f.digest) for f in far_end.received)


def hold(desk: Desk, far_end: Simulator) -> None:
    """Hold the journal against what the far end has received.

    Raises:
        ViolationError: They do not agree.
    """
    received = _received(far_end)
    batches = desk.batches(*BatchState)
    if far_end.sessions.maximum > 1:
        raise ViolationError("two sessions at once")
    for (name, _), count in received.items():
        if count > 1:
            raise ViolationError(f"{name} was received {count} times")
    ours = {(batch.file_name, batch.digest) for batch in batches}
    if strange := [name for name, digest in received if (name, digest) not in ours]:
        raise ViolationError(f"received, but not as approved: {', '.join(strange)}")
    for batch in batches:
        is_there = (batch.file_name, batch.digest) in received
        if batch.state in _THERE and not is_there:
            raise ViolationError(f"{batch.file_name} is {batch.state} and is not there")
        if batch.state in _NOT_THERE and is_there:
            raise ViolationError(f"{batch.file_name} is {batch.state} and is there")
        if batch.state not in _THERE | _NOT_THERE | {BatchState.IN_DOUBT}:
            raise ViolationError(f"{batch.file_name} is left {batch.state}")
    if not (verification := desk.journal.verify()).is_sound:
        raise ViolationError(f"the journal does not verify: {verification}")


def _settle_doubts(desk: Desk, far_end: Simulator) -> int:
    """Settle what is in doubt as a person would who has asked HKEX."""
    received = _received(far_end)
    doubtful = desk.batches(BatchState.IN_DOUBT)
    for batch in doubtful:
        is_there = (batch.file_name, batch.digest) in received
        reason = "HKEX was asked"
        deciding.resolve(desk, batch.batch, sent=is_there, reason=reason)
        if not is_there:  # and HKEX takes away what is left of it
            folder = far_end.root / batch.folder.lstrip("/")
            for part in folder.glob(f"{batch.file_name}*"):
                part.unlink()
    for batch in desk.batches(BatchState.FAILED):
        deciding.take_up_again(desk, batch, "mended")
    return len(doubtful)


def hold_all_there(desk: Desk, far_end: Simulator) -> None:
    """Hold that in the end every approved file went, once.

    Raises:
        ViolationError: One did not.
    """
    received = _received(far_end)
    for batch in desk.batches(*BatchState):
        count = received[batch.file_name, batch.digest]
        if batch.state is BatchState.EXPIRED and not count:
            continue  # the clock had jumped into another day
        if count != 1 or batch.state not in _THERE:
            raise ViolationError(f"{batch.file_name} ended {batch.state}")


def _wait_until_free(far_end: Simulator) -> None:
    """Wait until the far end has noticed that the first run is gone."""
    until = time.monotonic() + 10
    while far_end.sessions.open_now and time.monotonic() < until:
        threading.Event().wait(0.01)


@contextmanager
def _busy(settings: Path, far_end: Simulator, seconds: float) -> Iterator[None]:
    """Write to the journal as somebody else, from the first login on."""
    if not seconds:
        yield
        return
    done = threading.Event()

    def hold_lock() -> None:
        while not far_end.sessions.logins and not done.wait(0.005):
            pass
        other = sqlite3.connect(settings.with_name("journal.sqlite"), timeout=5)
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        done.wait(seconds)
        other.execute("ROLLBACK")
        other.close()

    thread = threading.Thread(target=hold_lock)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
