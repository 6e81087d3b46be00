from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from rapupload import errors
from rapupload.errors import RapuploadError, TransientTransportError
from rapupload.transport.retry import (
    Retry,
    RetryPolicy,
    Surroundings,
    run_with_retries,
)


@dataclass
class Time:
    """A clock that moves when somebody sleeps."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def surroundings(self, chance: float = 1.0) -> Surroundings:
        return Surroundings(
            sleep=self.sleep, clock=lambda: self.now, chance=lambda: chance
        )


@dataclass
class Action:
    """Fail with these errors, one per call, then succeed."""

    failures: list[BaseException]
    time: Time = field(default_factory=Time)
    takes: float = 0.0
    calls: int = 0

    def __call__(self) -> str:
        self.calls += 1
        self.time.now += self.takes
        if self.failures:
            raise self.failures.pop(0)
        return "done"


def _lost(count: int) -> list[BaseException]:
    return [TransientTransportError(f"lost {n}") for n in range(1, count + 1)]


@pytest.mark.parametrize(
    ("policy", "failures", "slept"),
    [
        pytest.param(RetryPolicy(), 0, [], id="no failure, no wait"),
        pytest.param(RetryPolicy(), 1, [1], id="one failure"),
        pytest.param(RetryPolicy(), 5, [1, 2, 4, 8, 16], id="waits double"),
        pytest.param(
            RetryPolicy(first_wait=3, longest_wait=5), 3, [3, 5, 5], id="waits are cut"
        ),
        pytest.param(RetryPolicy(first_wait=0), 2, [0, 0], id="no wait at all"),
    ],
)
def test_how_long_it_waits(policy, failures, slept):
    """Transient failures within the policy are waited out, and the result comes."""
    action = Action(_lost(failures))
    result = run_with_retries(action, policy, action.time.surroundings())
    assert (result, action.calls) == ("done", failures + 1)
    assert action.time.slept == slept


@pytest.mark.parametrize(
    ("policy", "takes", "calls"),
    [
        pytest.param(RetryPolicy(attempts=1), 0, 1, id="a single attempt"),
        pytest.param(RetryPolicy(attempts=3), 0, 3, id="attempts used up"),
        pytest.param(RetryPolicy(attempts=99, total=6.9), 0, 3, id="time used up"),
        pytest.param(RetryPolicy(attempts=99, total=7.0), 0, 4, id="time just enough"),
        pytest.param(
            RetryPolicy(attempts=99, total=10), 11, 1, id="the first try took it all"
        ),
    ],
)
def test_when_it_gives_up(policy, takes, calls):
    """The last error comes out, and no wait ends after the total time."""
    time = Time()
    action = Action(_lost(99), time=time, takes=takes)
    with pytest.raises(TransientTransportError, match=f"lost {calls}$"):
        run_with_retries(action, policy, time.surroundings())
    assert action.calls == calls


@pytest.mark.parametrize(
    "kind",
    [
        errors.AuthenticationError,
        errors.HostKeyError,
        errors.PrivateKeyError,
        errors.PermanentTransportError,
        errors.RemoteMissingError,
        errors.RemotePermissionError,
        errors.OutcomeUnknownError,
        errors.BusyAccountError,
        errors.ServiceClosedError,
        errors.JournalError,
        errors.TransportError,
        ConnectionResetError,
        KeyboardInterrupt,
    ],
)
def test_nothing_else_is_tried_again(kind):
    """Whatever is not transient by class comes out of the first try, unchanged."""
    error = kind("x")
    action = Action([error])
    with pytest.raises(kind) as caught:
        run_with_retries(action, RetryPolicy(), action.time.surroundings())
    assert caught.value is error
    assert (action.calls, action.time.slept) == (1, [])


def test_a_permanent_failure_ends_the_tries():
    """After a transient failure a permanent one is not waited out."""
    action = Action([*_lost(1), RapuploadError("stop")])
    with pytest.raises(RapuploadError, match="stop"):
        run_with_retries(action, RetryPolicy(), action.time.surroundings())
    assert action.calls == 2


def test_every_wait_is_reported_before_it_begins():
    """Whoever watches hears which try failed, why, and how long the wait is."""
    action = Action(_lost(2))
    heard: list[Retry] = []
    policy = RetryPolicy(attempts=4)
    surroundings = action.time.surroundings(chance=0.0)
    run_with_retries(action, policy, surroundings, report=heard.append)
    assert [(r.attempt, r.attempts, r.wait, str(r.error)) for r in heard] == [
        (1, 4, 0.5, "lost 1"),
        (2, 4, 1.0, "lost 2"),
    ]


def test_the_last_failure_is_not_reported_as_a_retry():
    """No wait is announced that does not happen."""
    action = Action(_lost(9))
    heard: list[Retry] = []
    with pytest.raises(TransientTransportError):
        run_with_retries(
            action,
            RetryPolicy(attempts=2),
            action.time.surroundings(),
            report=heard.append,
        )
    assert len(heard) == 1


@pytest.mark.parametrize(
    ("attempt", "chance", "seconds"),
    [(2, 0, 0.5), (2, 1, 1), (8, 1, 60), (9999, 0, 30)],
)
def test_the_random_part_of_a_wait(attempt, chance, seconds):
    """A wait is at least half of the whole one, however many there were."""
    assert RetryPolicy().wait_before(attempt, chance) == seconds
