from __future__ import annotations

import threading
from pathlib import Path

import pytest

from rapupload.errors import ConfigError
from rapupload.simulator.keys import Keys
from rapupload.simulator.run import run
from rapupload.simulator.settings import Running, SimulatorSettings
from rapupload.spec.format import BatchSpec
from tests.unit.simulator.conftest import NOW


def test_run_says_how_to_reach_it_and_ends_when_told(
    tmp_path: Path, ati: BatchSpec, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    """The face is told once it listens; nothing is printed by the simulator itself."""
    Keys.keep(tmp_path / "keys", "CB01234001", keys)
    ended = threading.Event()
    told: list[Running] = []

    def on_started(running: Running) -> None:
        told.append(running)
        ended.set()

    run(
        SimulatorSettings(root=tmp_path),
        [ati],
        clock=lambda: NOW,
        on_started=on_started,
        on_event=lambda _text: None,
        stop=ended,
    )
    assert told[0].port > 0
    assert told[0].upload_folders == ("/upload/ATI",)
    assert capsys.readouterr() == ("", "")


def test_interrupt_stops_cleanly(tmp_path: Path, ati: BatchSpec, keys: Keys) -> None:
    """Ctrl-C ends the run without an error and says so."""
    Keys.keep(tmp_path / "keys", "CB01234001", keys)
    events: list[str] = []

    def interrupt(_running: Running) -> None:
        raise KeyboardInterrupt

    run(
        SimulatorSettings(root=tmp_path),
        [ati],
        clock=lambda: NOW,
        on_started=interrupt,
        on_event=events.append,
    )
    assert events == ["stopped"]
    assert not [t for t in threading.enumerate() if t.name == "rap-simulator"]


def test_bad_settings_stop_before_anything_is_made(
    tmp_path: Path, ati: BatchSpec
) -> None:
    """Another address is refused and no folder is left behind."""
    root = tmp_path / "rap"
    with pytest.raises(ConfigError):
        run(
            SimulatorSettings(root=root, host="0.0.0.0"),
            [ati],
            clock=lambda: NOW,
            on_started=lambda _running: None,
            on_event=lambda _text: None,
        )
    assert not root.exists()
