"""The simulator for a person: start it, say what happens, stop at Ctrl-C."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from rapupload.errors import ConfigError
from rapupload.simulator.hours import Clock
from rapupload.simulator.settings import Running, SimulatorSettings
from rapupload.spec.format import BatchSpec

try:
    from rapupload.simulator.server import Simulator
except ModuleNotFoundError as error:
    raise ConfigError(
        "The simulator needs asyncssh, which is not installed.",
        hint='Install it with: pip install "rapupload[simulator]".',
    ) from error

_GLANCE = 0.2  # seconds; on Windows a wait without limit cannot be interrupted


def run(
    settings: SimulatorSettings,
    specs: Sequence[BatchSpec],
    *,
    clock: Clock,
    on_started: Callable[[Running], None],
    on_event: Callable[[str], None],
    stop: threading.Event | None = None,
) -> None:
    """Run a simulator until Ctrl-C, or until ``stop`` is set.

    Args:
        settings: Where it keeps its files, and what is to go wrong.
        specs: The instruction types it takes.
        clock: Returns the present instant, aware of its zone.
        on_started: Called once, when clients can connect.
        on_event: Called with one line per event, from the server's thread.
        stop: Set by another thread to end the run.

    Raises:
        ConfigError: The settings cannot be, or the port is taken.
    """
    ended = stop or threading.Event()
    with Simulator(settings, specs, clock=clock, on_event=on_event) as simulator:
        try:
            on_started(simulator.running)
            while not ended.wait(_GLANCE):
                pass
        except KeyboardInterrupt:
            on_event("stopped")
