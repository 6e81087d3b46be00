"""Random fault schedules, each from a seed that makes it again."""

from __future__ import annotations

import random

from tests.faults.arena import STRATEGIES, Fault
from tests.faults.proxy import Action, Strike

_ACTIONS: tuple[Action, ...] = ("cut", "cut", "truncate", "stall", "delay")
_SCENARIOS = (
    "disk-full:0",
    "disk-full:9000",
    "mid-file-drop:0",
    "mid-file-drop:20000",
    "drop-after-close",
    "drop-after-close:x1",
    "drop-before-login:x1",
    "drop-during-login:x1",
    "second-login-refused:x1",
    "no-such-folder:x1",
    "permission-denied:x1",
    "take-at-once",
    "stall:100:x1",
)
_LOGIN_BYTES = 6_000  # about what a login takes in either direction
_ALL_BYTES = 70_000  # and a whole run
_STEPS = 220
_MIDNIGHT = 86_400.0


def schedule(seed: int) -> tuple[str, Fault]:
    """Return the write strategy and the fault of a seed."""
    chance = random.Random(seed)
    strategy = chance.choice(STRATEGIES)
    strikes = tuple(
        _strike(chance) if chance.random() < 0.8 else None
        for _ in range(chance.choice((0, 1, 1, 1, 2)))
    )
    return strategy, Fault(
        strikes=strikes,
        kill_at=chance.randrange(1, _STEPS) if chance.random() < 0.3 else 0,
        scenario=chance.choice(_SCENARIOS) if chance.random() < 0.3 else "none",
        clock_jump=_jump(chance) if chance.random() < 0.1 else 0.0,
        lock_seconds=chance.uniform(0.1, 7) if chance.random() < 0.05 else 0.0,
        room_bytes=chance.randrange(0, 400_000) if chance.random() < 0.1 else None,
    )


def _strike(chance: random.Random) -> Strike:
    is_late = chance.random() < 0.75
    after = chance.randrange(_LOGIN_BYTES, _ALL_BYTES) if is_late else None
    return Strike(
        direction=chance.choice(("up", "down")),
        after=chance.randrange(_LOGIN_BYTES) if after is None else after,
        action=chance.choice(_ACTIONS),
        seconds=chance.choice((0.05, 0.3, 2.5)),
    )


def _jump(chance: random.Random) -> float:
    return chance.choice((-1, 1)) * chance.choice((5.0, 3_600.0, _MIDNIGHT))
