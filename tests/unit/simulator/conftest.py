"""A simulator on port 0, with keys made once for the whole run."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rapupload.simulator.hours import HONG_KONG
from rapupload.simulator.keys import Keys
from rapupload.simulator.scenarios import Scenario
from rapupload.simulator.server import Simulator
from rapupload.simulator.settings import SimulatorSettings
from rapupload.spec.format import BatchSpec
from tests.unit.simulator.client import Client

SPECS = Path(__file__).parents[3] / "specs"
NOW = dt.datetime(2027, 1, 5, 9, 30, tzinfo=HONG_KONG)

Start = Callable[..., Simulator]
Connect = Callable[..., Client]


@pytest.fixture(scope="session")
def keys() -> Keys:
    return Keys.make()


@pytest.fixture(scope="session")
def ati_text() -> dict[str, Any]:
    return tomllib.loads((SPECS / "ati.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def ati(ati_text: dict[str, Any]) -> BatchSpec:
    return BatchSpec.model_validate(ati_text)


@pytest.fixture
def start(tmp_path: Path, keys: Keys, ati: BatchSpec) -> Iterator[Start]:
    """Return a function that starts a simulator; all are stopped at the end."""
    started: list[Simulator] = []

    def start_one(
        scenario: str = "none",
        *,
        specs: tuple[BatchSpec, ...] = (ati,),
        now: dt.datetime = NOW,
        root: Path = tmp_path,
        **settings: Any,
    ) -> Simulator:
        simulator = Simulator(
            SimulatorSettings(root=root, scenario=Scenario.parse(scenario), **settings),
            specs,
            clock=lambda: now,
            keys=keys,
        )
        simulator.start()
        started.append(simulator)
        return simulator

    yield start_one
    for simulator in started:
        simulator.stop()


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Return a function that logs in; all sessions are closed at the end."""
    clients: list[Client] = []

    def connect_one(simulator: Simulator, **options: Any) -> Client:
        client = Client(simulator)
        clients.append(client)
        client.login(**options)
        return client

    yield connect_one
    for client in clients:
        client.close()
