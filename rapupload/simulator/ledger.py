"""What the simulator remembers between runs: names, indicators, references given out.

One JSON line per file or run of references, appended; the file is read once at start.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from rapupload.errors import ConfigError


class Ledger:
    """The memory on disk.

    Raises:
        ConfigError: Its file is damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._names: set[str] = set()
        self._indicators: set[tuple[str, int]] = set()
        self._references = 0
        if path.exists():
            self._load()

    def has_name(self, name: str) -> bool:
        """Tell whether a file of this name was received before."""
        return name in self._names

    def has_indicator(self, day: dt.date, indicator: int) -> bool:
        """Tell whether a file of that day bore this indicator, whatever its type."""
        return (day.isoformat(), indicator) in self._indicators

    def note_name(self, name: str) -> None:
        """Remember that a file was received."""
        self._note({"name": name})

    def note_indicator(self, day: dt.date, indicator: int) -> None:
        """Remember that an indicator is used up for the day."""
        self._note({"day": day.isoformat(), "indicator": indicator})

    def take_references(self, letter: str, count: int) -> list[str]:
        """Return so many new CCASS references: the letter and eight digits each."""
        first = self._references + 1
        if count:
            self._note({"references": self._references + count})
        return [f"{letter}{first + n:08d}" for n in range(count)]

    def _load(self) -> None:
        try:
            for line in self._path.read_text(encoding="utf-8").splitlines():
                self._replay(json.loads(line))
        except json.JSONDecodeError as error:
            raise ConfigError(
                f"The simulator's memory {self._path} is damaged: it cannot start.",
                hint="Remove the file, or give the simulator another folder.",
            ) from error

    def _note(self, entry: dict[str, str | int]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
        self._replay(entry)

    def _replay(self, entry: dict[str, str | int]) -> None:
        match entry:
            case {"name": str(name)}:
                self._names.add(name)
            case {"day": str(day), "indicator": int(indicator)}:
                self._indicators.add((day, indicator))
            case {"references": int(references)}:
                self._references = references
            case _:
                pass
