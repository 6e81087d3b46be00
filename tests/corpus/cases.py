"""What ``corpus.toml`` says of each file, strictly read."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from tests.corpus.make.rows import values

HERE = Path(__file__).parent
FILES = HERE / "files"
_Line = Annotated[str, Field(min_length=1)]
_Findings = dict[str, str]
"""Severity and code -> the places it is found at, each once."""


class _Table(BaseModel):
    """Strict, frozen, keys in kebab-case."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        alias_generator=lambda name: name.replace("_", "-"),
    )


class Writer(_Table):
    """Who wrote a folder of files, and the command that does so again."""

    name: _Line
    version: _Line
    command: _Line


class Counts(_Table):
    """What becomes of the rows of a file."""

    rows: int
    used: int = 0
    rejected: int = 0
    ignored: int = 0


class Entry(_Table):
    """The keys of one ``[[file]]``.

    ``error`` is a part of the sentence, and of the hint, that refuse the file. Where the
    annotated copy cannot show the same findings, ``again`` has those it shows and
    ``again-because`` says why; ``copy-error`` is the sentence where there is no copy.
    """

    path: _Line
    hostile: _Line
    type: _Line
    sheet: str | None = None
    header_row: int | None = None
    encoding: str | None = None
    counts: Counts | None = None
    findings: _Findings = {}
    error: str = ""
    copy_error: str = ""
    again: _Findings | None = None
    again_because: str = ""


class _Corpus(_Table):
    writer: dict[str, Writer]
    file: list[Entry]


class Case:
    """One way of checking one file of the corpus."""

    def __init__(self, entry: Entry, number: int) -> None:
        self.entry = entry
        self._number = number

    def __repr__(self) -> str:
        return self.entry.path + (f" ({self._number})" if self._number > 1 else "")

    @property
    def file(self) -> Path:
        """Return the file itself."""
        return FILES / self.entry.path

    @property
    def writer(self) -> str:
        """Return the folder it is in."""
        return self.entry.path.partition("/")[0]

    @property
    def findings(self) -> list[str]:
        """Return the findings expected, one a line, sorted."""
        return _listed(self.entry.findings)

    @property
    def findings_again(self) -> list[str]:
        """Return the findings expected of the annotated copy."""
        again = self.entry.again
        return self.findings if again is None else _listed(again)

    @property
    def values(self) -> dict[int, dict[str, str | None]] | None:
        """Return row number -> column -> text, as the maker has put them down."""
        kept = _values(self.writer).get(self.file.name)
        if kept is None:
            return None
        return {int(row): self._complete(found) for row, found in kept.items()}

    def _complete(self, found: dict[str, str | int | None]) -> dict[str, str | None]:
        changes = {
            name: text
            for name, text in found.items()
            if name != "plain" and not isinstance(text, int)
        }
        plain = found["plain"]
        assert isinstance(plain, int)
        return values(self.entry.type, plain) | changes


def _listed(findings: _Findings) -> list[str]:
    return sorted(
        f"{code} {place}"
        for code, places in findings.items()
        for place in places.split()
    )


@cache
def _values(writer: str) -> dict[str, dict[str, dict[str, str | int | None]]]:
    file = FILES / writer / "values.json"
    loaded: dict[str, dict[str, dict[str, str | int | None]]]
    loaded = json.loads(file.read_text(encoding="utf-8"))
    return loaded


@cache
def corpus() -> _Corpus:
    """Return what ``corpus.toml`` says."""
    text = (HERE / "corpus.toml").read_text(encoding="utf-8")
    return _Corpus.model_validate(tomllib.loads(text))


def all_cases() -> list[Case]:
    """Return every case, in the order of ``corpus.toml``."""
    seen: dict[str, int] = {}
    made = []
    for entry in corpus().file:
        seen[entry.path] = seen.get(entry.path, 0) + 1
        made.append(Case(entry, seen[entry.path]))
    return made
