"""``python -m tests.faults``: every kill, and many random schedules; prints its counts.

python -m tests.faults [--kills] [--schedules COUNT] [--seed FIRST] [--strategy NAME]
python -m tests.faults --kill direct:117        one kill again
python -m tests.faults --seed 42 --schedules 1  one schedule again
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rapupload.simulator.keys import Keys
from tests.faults.arena import STRATEGIES, Arena, Fault, Told, ViolationError
from tests.faults.schedules import schedule


@dataclass(slots=True)
class Tally:
    """Counts over all trials."""

    trials: int = 0
    doubts: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def add(self, told: Told) -> None:
        """Count one trial that kept the promise."""
        self.trials += 1
        self.doubts += told.doubts
        self.ends[told.ended[0]] += 1


class Suite:
    """Makes the trials and tallies them."""

    def __init__(self, folder: Path) -> None:
        self._keys = Keys.make()
        self._folder = folder
        self._arenas: dict[str, Arena] = {}
        self.tally = Tally()

    def arena(self, strategy: str) -> Arena:
        """Return the arena of a write strategy."""
        if strategy not in self._arenas:
            place = self._folder / strategy
            self._arenas[strategy] = Arena(place, strategy, self._keys)
        return self._arenas[strategy]

    def kill_everywhere(self, strategy: str) -> None:
        """Kill the sending at each of its steps, one after the other."""
        steps = self.arena(strategy).count_steps()
        print(f"{strategy}: {len(steps)} steps of a sending", flush=True)
        for number, step in enumerate(steps, 1):
            again = f"--kill {strategy}:{number} ({step})"
            self.run(strategy, Fault(kill_at=number), again)

    def follow(self, seeds: Iterator[int]) -> None:
        """Follow the schedule of each seed."""
        for seed in seeds:
            strategy, fault = schedule(seed)
            self.run(strategy, fault, f"--seed {seed} --schedules 1 ({fault})")

    def run(self, strategy: str, fault: Fault, again: str) -> None:
        """Make one trial; a violation is told with the command that repeats it."""
        try:
            self.tally.add(self.arena(strategy).run(fault))
        except ViolationError as error:
            self.tally.violations.append(f"{error}: python -m tests.faults {again}")
            print(f"VIOLATION {self.tally.violations[-1]}", flush=True)


def main() -> int:
    """Run what is asked for; 1 where the promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--kills", action="store_true", help="kill at every step")
    parser.add_argument("--kill", metavar="STRATEGY:STEP", help="one kill again")
    parser.add_argument("--schedules", type=int, default=0, metavar="COUNT")
    parser.add_argument("--seed", type=int, default=1, metavar="FIRST")
    parser.add_argument("--strategy", choices=STRATEGIES, action="append")
    asked = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        suite = Suite(Path(folder))
        if asked.kill:
            strategy, _, step = asked.kill.partition(":")
            suite.run(strategy, Fault(kill_at=int(step)), f"--kill {asked.kill}")
        for strategy in (asked.strategy or STRATEGIES) if asked.kills else ():
            suite.kill_everywhere(strategy)
        suite.follow(iter(range(asked.seed, asked.seed + asked.schedules)))
    tally = suite.tally
    print(f"{tally.trials} trials in {time.monotonic() - began:.0f} s")
    print(f"the first run ended: {dict(tally.ends.most_common())}")
    print(f"batches a person had to settle: {tally.doubts}")
    print(f"violations: {len(tally.violations)}")
    for violation in tally.violations:
        print(f"  {violation}")
    return 1 if tally.violations else 0


if __name__ == "__main__":
    raise SystemExit(main())
