"""The cases under ``samples/``: what each ``case.toml`` says, strictly read."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

SAMPLES = Path(__file__).parents[2] / "samples"
_Line = Annotated[str, Field(min_length=1)]


class _Table(BaseModel):
    """Strict, frozen, keys in kebab-case."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        alias_generator=lambda name: name.replace("_", "-"),
    )


class Options(_Table):
    """What a person would say on the command line."""

    accept_warning: list[str] = []
    reason: str = ""
    accept_valid_rows: bool = False
    encoding: str | None = None
    summing: bool | None = None


class About(_Table):
    """The keys of ``case.toml``.

    ``result`` says how far the case goes: ``delivered`` through the simulator,
    ``prepared`` as a batch file, ``stopped`` by its findings, or ``sample``, a batch
    file without a source.
    """

    title: _Line
    why: _Line
    provenance: _Line
    licence: _Line
    type: Literal[
        "ati",
        "election",
        "isi",
        "representative",
        "si",
        "sti",
        "subscription",
        "tender",
        "voting",
    ]
    clock: AwareDatetime
    participant: str
    account: str
    environment: Literal["simulator", "practice"]
    result: Literal["delivered", "prepared", "stopped", "sample"]
    options: Options = Options()


class Case:
    """One folder of ``samples/``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        text = (folder / "case.toml").read_text(encoding="utf-8")
        self.about = About.model_validate(tomllib.loads(text))

    def __repr__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return the folder below ``samples/``, such as ``ati/clean``."""
        return self.folder.relative_to(SAMPLES).as_posix()

    @property
    def sources(self) -> list[Path]:
        """Return the source files, the workbook first."""
        names = ("source.xlsx", "source.csv")
        return [path for name in names if (path := self.folder / name).exists()]

    def clock(self) -> dt.datetime:
        """Return the instant at which the case happens."""
        return self.about.clock

    def expected(self, name: str) -> str:
        """Return an expected file as text; bytes are shown one to one."""
        encoding = "latin-1" if name.endswith(".batch") else "utf-8"
        path = self.folder / name
        return path.read_bytes().decode(encoding) if path.exists() else ""


def all_cases() -> list[Case]:
    """Return every case, by name."""
    return [Case(path.parent) for path in sorted(SAMPLES.glob("*/*/case.toml"))]


def cases_that_are(*results: str) -> list[Case]:
    """Return the cases that go so far."""
    return [case for case in all_cases() if case.about.result in results]
