"""A slice of the fault suite for every run; ``make faults`` is the whole."""

from __future__ import annotations

import os

import pytest

from rapupload.simulator.keys import Keys
from tests.faults.arena import STRATEGIES, Arena, Fault
from tests.faults.proxy import Strike
from tests.faults.schedules import schedule

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills and limits are POSIX")

_SLICES = 5
FAULTS = {
    "cut in the login": (
        Fault(strikes=(Strike(direction="up", after=2_000, action="cut"),)),
        {"transport-transient"},
    ),
    "cut in the file": (
        Fault(strikes=(Strike(direction="up", after=30_000, action="cut"),)),
        {"in-doubt"},
    ),
    "replies cut off": (
        Fault(strikes=(Strike(direction="down", after=4_500, action="truncate"),)),
        {"in-doubt", "transport-transient"},
    ),
    "stalled in the file": (
        Fault(strikes=(Strike(direction="up", after=30_000, action="stall"),)),
        {"account-busy, in-doubt"},  # the far end does not know that we hung up
    ),
    "disk full here": (Fault(room_bytes=100_000), {"in-doubt", "journal"}),
    "disk full there": (Fault(scenario="disk-full:9000"), {"in-doubt"}),
    "closed, no reply": (Fault(scenario="drop-after-close"), {"done"}),
    "another day": (Fault(clock_jump=86_400), {"done"}),
    "journal busy": (Fault(lock_seconds=6), {"in-doubt", "journal-busy"}),
}
"""What goes wrong, and how the first run may end: the error's code, or done."""


@pytest.fixture
def arena(tmp_path, rap_keys: Keys):
    return lambda strategy: Arena(tmp_path / strategy, strategy, rap_keys)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_killed_at_any_step_nothing_goes_twice_or_is_lost(arena, strategy):
    """The steps are counted out first; some of them are tried here."""
    trials = arena(strategy)
    steps = trials.count_steps()
    assert {"sftp OPEN, request written", "journal commit, after"} <= set(steps)
    assert len(steps) > 100
    for number in range(5, len(steps) + 1, len(steps) // _SLICES):
        assert trials.run(Fault(kill_at=number)).ended[0] == "killed", steps[number - 1]


@pytest.mark.parametrize(("fault", "ended"), FAULTS.values(), ids=FAULTS)
def test_a_fault_leaves_every_file_settled_or_in_doubt(arena, fault, ended):
    """Recovery, then the journal against what the far end really received."""
    assert arena("direct").run(fault).ended[0] in ended


@pytest.mark.parametrize("seed", range(1, 4))
def test_a_random_schedule_keeps_the_promise(arena, seed):
    """Like ``python -m tests.faults --seed SEED --schedules 1``."""
    strategy, fault = schedule(seed)
    assert arena(strategy).run(fault).ended


def test_a_seed_makes_the_same_schedule_again():
    """A failure can be looked at as often as it takes."""
    assert schedule(4711) == schedule(4711)
    assert len({schedule(seed) for seed in range(50)}) > 45
