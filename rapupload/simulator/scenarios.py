"""What the simulator can do wrong, by name; the table is what ``--help`` prints.

A scenario is written ``NAME``, ``NAME:NUMBER`` or, to strike only the first few times,
``NAME:xTIMES`` or ``NAME:NUMBER:xTIMES``.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from typing import Literal

from rapupload.errors import UsageError


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table.

    Attributes:
        summary: One line for a person.
        unit: What the number counts; empty where the scenario takes none.
    """

    summary: str
    unit: Literal["", "bytes", "seconds"] = ""


KINDS: dict[str, Kind] = {
    "none": Kind("nothing goes wrong"),
    "drop-before-login": Kind("the connection is cut as soon as it is made"),
    "drop-during-login": Kind("the connection is cut when the account name arrives"),
    "second-login-refused": Kind("as if another session held the account"),
    "host-key-changed": Kind("the simulator shows another host key (from its start)"),
    "no-such-folder": Kind("the upload folders are not there"),
    "permission-denied": Kind("no file may be created"),
    "disk-full": Kind("writing fails after N bytes of a file", "bytes"),
    "mid-file-drop": Kind("the connection is cut after N bytes of a file", "bytes"),
    "stall": Kind("no more replies after N bytes of a file", "bytes"),
    "drop-after-close": Kind("the file is stored, but the reply to CLOSE never comes"),
    "take-at-once": Kind("the file leaves the folder as soon as it is closed"),
    "no-acknowledgement": Kind("the file is taken and nothing is ever answered"),
    "late-acknowledgement": Kind("the answers come N seconds late", "seconds"),
    "reject-all": Kind("the file is taken and every row is rejected"),
}
"""Every scenario by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What goes wrong, and how often.

    Attributes:
        name: Key of ``KINDS``.
        number: Bytes or seconds, where the kind takes them.
        times: How often it strikes; None for always.

    >>> Scenario.parse("mid-file-drop:4096:x1")
    Scenario(name='mid-file-drop', number=4096.0, times=1)
    >>> str(Scenario.parse("late-acknowledgement:1.5"))
    'late-acknowledgement:1.5'
    """

    name: str = "none"
    number: float = 0.0
    times: int | None = None

    @classmethod
    def parse(cls, text: str) -> Scenario:
        """Read the written form.

        Raises:
            UsageError: There is no such scenario, or its number is missing or wrong.
        """
        name, *rest = text.strip().split(":")
        kind = KINDS.get(name)
        if kind is None:
            known = ", ".join(KINDS)
            raise UsageError(
                f"There is no scenario {name!r}; nothing was started.",
                hint=f"Choose one of: {known}.",
            )
        times = _times(rest.pop(), text) if rest and rest[-1][:1] == "x" else None
        if len(rest) != bool(kind.unit):
            need = f"a number of {kind.unit}" if kind.unit else "no number"
            raise _malformed(text, f"{name} takes {need}")
        return cls(
            name=name, number=_number(rest[0], text) if rest else 0.0, times=times
        )

    def __str__(self) -> str:
        number = f":{self.number:g}" if KINDS[self.name].unit else ""
        return f"{self.name}{number}{'' if self.times is None else f':x{self.times}'}"


NOTHING_WRONG = Scenario()


class Faults:
    """The scenario in force, and how often it may still strike."""

    def __init__(self, scenario: Scenario) -> None:
        self._lock = threading.Lock()
        self._scenario = scenario
        self._left = scenario.times

    @property
    def scenario(self) -> Scenario:
        """Return the scenario in force."""
        return self._scenario

    def change(self, scenario: Scenario) -> None:
        """Put another scenario in force; its count starts anew."""
        with self._lock:
            self._scenario, self._left = scenario, scenario.times

    def is_due(self, name: str) -> bool:
        """Tell whether this scenario would strike now, without using up a strike."""
        return self._scenario.name == name and self._left != 0

    def strike(self, *names: str) -> Scenario | None:
        """Return the scenario if it is one of these and due; one strike is used up."""
        with self._lock:
            if self._scenario.name not in names or self._left == 0:
                return None
            if self._left is not None:
                self._left -= 1
            return self._scenario


def _times(part: str, text: str) -> int:
    if not part[1:].isascii() or not part[1:].isdigit():
        raise _malformed(text, f"{part!r} is not a count such as x1")
    return int(part[1:])


def _number(part: str, text: str) -> float:
    try:
        number = float(part)
    except ValueError:
        raise _malformed(text, f"{part!r} is not a number") from None
    if not math.isfinite(number) or number < 0:
        raise _malformed(text, f"{part!r} is not a number from 0 up")
    return number


def _malformed(text: str, why: str) -> UsageError:
    return UsageError(
        f"The scenario {text!r} cannot be read: {why}; nothing was started.",
        hint="Write NAME, NAME:NUMBER or NAME:NUMBER:xTIMES.",
    )
