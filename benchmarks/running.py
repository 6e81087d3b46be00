"""Processes, best of several, and the probe of the writer's lock.

Every task runs in a fresh process, so that nothing is warm and memory is its own. This
process imports nothing large: on Linux a child starts with its parent's peak memory.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

READY = "ready"
"""File beside the journal: it is laid out, and the preparation begins."""
_ROOT = Path(__file__).resolve().parent.parent


@dataclass(slots=True)
class Best:
    """The least of several runs, and the most memory of any.

    Attributes:
        busy: Processor seconds, which other work on the machine hardly disturbs.
        figures: What the last run did, in numbers.
    """

    seconds: float = float("inf")
    busy: float = float("inf")
    megabytes: float | None = None
    figures: dict[str, int] = field(default_factory=dict)

    def add(self, found: dict[str, float]) -> None:
        """Take one more run into account."""
        self.seconds = min(self.seconds, found["seconds"])
        self.busy = min(self.busy, found["busy"])
        if found["megabytes"] is not None:
            self.megabytes = max(self.megabytes or 0.0, found["megabytes"])
        rest = found.keys() - {"seconds", "busy", "megabytes"}
        self.figures = {name: int(found[name]) for name in sorted(rest)}


def say(text: str) -> None:
    """Report a step to whoever watches."""
    print(text, file=sys.stderr, flush=True)


def run_task(name: str, folder: Path) -> dict[str, float]:
    """Run one task in a process of its own.

    Raises:
        SystemExit: It failed; what it said goes with it.
    """
    command = [sys.executable, "-m", "benchmarks.tasks", name, str(folder)]
    done = subprocess.run(
        command, cwd=_ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr}")
    found: dict[str, float] = json.loads(done.stdout)
    say(f"  {name:15} {found['seconds']:8.3f} s  (processor {found['busy']:.3f} s)")
    return found


def best_of(rounds: int, names: Sequence[str], folder: Path) -> dict[str, Best]:
    """Run the tasks in turn, round after round, and keep the best of each."""
    best = {name: Best() for name in names}
    for number in range(1, rounds + 1):
        say(f"round {number} of {rounds}")
        for name in names:
            best[name].add(run_task(name, folder))
    return best


class LockProbe:
    """Somebody else who wants to write: how long is the longest wait?

    Asks for the writer's lock every millisecond and gives it back at once. A pause
    shorter than that between two transactions is not seen, so the wait is never
    understated.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stop = threading.Event()
        self.longest = 0.0
        self.granted = 0

    def _look(self) -> None:
        while not (self._folder / READY).exists():
            if self._stop.wait(0.01):
                return
        journal = self._folder / "journal.sqlite"
        connection = sqlite3.connect(journal, timeout=0, isolation_level=None)
        asked = time.perf_counter()
        while not self._stop.is_set():
            try:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
            except sqlite3.OperationalError:
                time.sleep(0.001)
                continue
            self.longest = max(self.longest, time.perf_counter() - asked)
            self.granted += 1
            time.sleep(0.001)
            asked = time.perf_counter()
        connection.close()

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Ask again and again for as long as the context lasts."""
        thread = threading.Thread(target=self._look)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()


def probe_lock(name: str, folder: Path) -> LockProbe:
    """Run a preparation while somebody else wants to write to its journal."""
    say("once more, while somebody else wants to write")
    shutil.rmtree(folder / "journal", ignore_errors=True)  # not the old one
    probe = LockProbe(folder / "journal")
    with probe.looking():
        run_task(name, folder)
    return probe


def time_commands(
    rounds: int, commands: dict[str, Sequence[str]], folder: Path
) -> dict[str, float]:
    """Return the best wall time of each command, run in turn."""
    best = dict.fromkeys(commands, float("inf"))
    for _ in range(rounds):
        for name, command in commands.items():
            started = time.perf_counter()
            done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
            took = time.perf_counter() - started
            if done.returncode:
                raise SystemExit(f"{name} failed:\n{done.stderr.decode()}")
            best[name] = min(best[name], took)
    for name, seconds in best.items():
        say(f"  {name:28} {seconds:8.3f} s")
    return best


def installed_command() -> str:
    """Return the path of the command as it was installed."""
    found = shutil.which("rapupload", path=sysconfig.get_path("scripts"))
    if found is None:
        raise SystemExit("rapupload is not installed in this environment.")
    return found
