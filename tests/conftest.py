"""What every test gets: a guard around this machine, keys made once, a far end, a desk."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from rapupload.simulator.keys import Keys
from rapupload.simulator.scenarios import Scenario
from rapupload.simulator.server import Simulator
from rapupload.simulator.settings import SimulatorSettings
from rapupload.spec.catalogue import Catalogue
from tests.support.guard import sitecustomize
from tests.support.places import Place

collect_ignore = ["support/typist.py"]  # a program of LibreOffice's own Python

sitecustomize.install()  # before any test module is imported: stricter than a fixture


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Count a skipped test as failed where CI is set: there everything is at hand."""
    del item
    report = yield
    skipped = report.skipped and not hasattr(report, "wasxfail")
    if skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped, and CI forbids that: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def rap_keys() -> Keys:
    """Return the keys of every simulator; making them takes a moment."""
    return Keys.make()


@dataclass(kw_only=True)
class Rap:
    """A simulated far end, and what it said.

    Attributes:
        simulator: The server, on a port of its own.
        events: Its lines, in order.
    """

    simulator: Simulator
    events: list[str] = field(default_factory=list)

    @property
    def uploads(self) -> list[str]:
        """Return names of the files that arrived whole."""
        return [Path(file.name).name for file in self.simulator.received]

    def change(self, scenario: str) -> None:
        """Let something else go wrong from now on."""
        self.simulator.scenario = Scenario.parse(scenario)

    def remote(self, folder: str = "ATI") -> list[Path]:
        """Return batch files in an upload folder as the account sees it."""
        return sorted((self.simulator.root / "upload" / folder).glob("*.TXT"))


StartRap = Callable[..., Rap]


@pytest.fixture
def start_rap(tmp_path: Path, rap_keys: Keys) -> Iterator[StartRap]:
    """Return a function that starts a simulator; all are stopped at the end."""
    running: list[Rap] = []

    def start(scenario: str = "none", **settings: Any) -> Rap:
        catalogue = Catalogue()
        events: list[str] = []
        settings.setdefault("root", tmp_path / f"rap{len(running)}")
        simulator = Simulator(
            SimulatorSettings(scenario=Scenario.parse(scenario), **settings),
            [catalogue.spec(name).spec for name in catalogue.types],
            clock=lambda: dt.datetime.now(dt.UTC),  # noqa: TID251 - as the command's
            keys=rap_keys,
            on_event=events.append,
        )
        simulator.start()
        rap = Rap(simulator=simulator, events=events)
        running.append(rap)
        return rap

    yield start
    for rap in running:
        rap.simulator.stop()


@pytest.fixture
def rap(start_rap: StartRap) -> Rap:
    """Return a far end where nothing goes wrong and answers come at once."""
    return start_rap()


def connect(place: Place, rap: Rap, **settings: Any) -> Path:
    """Write a desk's settings for a far end."""
    settings.setdefault("host_keys", [rap.simulator.host_key_fingerprint])
    settings.setdefault("private_key", rap.simulator.private_key)
    return place.write_settings(port=rap.simulator.port, **settings)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Return an empty folder to work in; its name has a blank and Chinese signs."""
    folder = tmp_path / "desk 交收"
    folder.mkdir()
    return Place(folder=folder)


@pytest.fixture
def desk(place: Place, rap: Rap) -> Place:
    """Return a folder whose settings reach ``rap``."""
    connect(place, rap)
    return place
