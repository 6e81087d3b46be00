"""Trying again: a policy of numbers, and an error class that decides.

Only ``TransientTransportError`` is tried again: nothing had reached the far end.
Everything else comes out of the first try unchanged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import tenacity

from rapupload.errors import TransientTransportError

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and how long.

    Attributes:
        attempts: Tries in all; 1 never tries again.
        first_wait: Seconds before the second try; doubled each time.
        longest_wait: Seconds that a single wait is cut to.
        total: Seconds from the first try after which none is begun.
    """

    attempts: int = 6
    first_wait: float = 1.0
    longest_wait: float = 60.0
    total: float = 600.0

    def wait_before(self, attempt: int, chance: float) -> float:
        """Return the seconds before a try: half of the doubled wait, and a random rest.

        >>> [RetryPolicy().wait_before(n, 1.0) for n in (2, 3, 4)]
        [1.0, 2.0, 4.0]
        >>> RetryPolicy().wait_before(2, 0.0)
        0.5

        Args:
            attempt: Number of the try to come; 2 is the first that waits.
            chance: From 0 to 1; keeps many clients from coming back together.
        """
        doublings = min(attempt - 2, 60)
        whole: float = min(self.first_wait * 2.0**doublings, self.longest_wait)
        return whole * (0.5 + 0.5 * chance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """A failed try that is followed by another, for whoever watches.

    Attributes:
        attempt: Number of the try that failed.
        wait: Seconds until the next one.
        error: Why it failed.
    """

    attempt: int
    attempts: int
    wait: float
    error: TransientTransportError


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Time and chance, passed in.

    Attributes:
        sleep: Waits that many seconds.
        clock: Seconds that never go back, such as ``time.monotonic``.
        chance: Returns a number from 0 to 1, such as ``random.random``.
    """

    sleep: Callable[[float], None]
    clock: Callable[[], float]
    chance: Callable[[], float]


def ignore_retry(retry: Retry) -> None:
    """Say nothing."""


def run_with_retries(
    action: Callable[[], Result],
    policy: RetryPolicy,
    surroundings: Surroundings,
    *,
    report: Callable[[Retry], None] = ignore_retry,
) -> Result:
    """Run an action until it succeeds, fails for good, or the policy is used up.

    The action includes the login and submits one file at most: what it did before a
    transient failure is done again.

    Raises:
        TransientTransportError: That of the last try.
    """
    began = surroundings.clock()

    def is_used_up(state: tenacity.RetryCallState) -> bool:
        spent = surroundings.clock() - began
        is_late = spent + state.upcoming_sleep > policy.total
        return is_late or state.attempt_number >= policy.attempts

    def tell(state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, TransientTransportError):
            report(
                Retry(
                    attempt=state.attempt_number,
                    attempts=policy.attempts,
                    wait=state.upcoming_sleep,
                    error=error,
                )
            )

    retrying = tenacity.Retrying(
        sleep=surroundings.sleep,
        stop=is_used_up,
        wait=lambda state: policy.wait_before(
            state.attempt_number + 1, surroundings.chance()
        ),
        retry=tenacity.retry_if_exception_type(TransientTransportError),
        before_sleep=tell,
        reraise=True,
    )
    return retrying(action)
