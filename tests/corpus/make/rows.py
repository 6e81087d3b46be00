"""The plain rows that every file of the corpus begins with, and what they must become.

``rows.json`` holds them once for the makers of both languages. What a maker says a file
must be read as is written before anything of ours has read it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
FILES: Final = HERE.parent / "files"
_ROWS: Final = json.loads((HERE / "rows.json").read_text(encoding="utf-8"))

Row = list[Any]
Values = dict[str, str | int | None]
"""``plain``: the index of the plain row that it must become, but for what follows."""


def headings(kind: str) -> list[str]:
    """Return the headings of an instruction type, as its template has them."""
    return list(_ROWS[kind]["columns"].values())


def rows(kind: str, **changes: Mapping[int, Any]) -> list[Row]:
    """Return the plain rows; ``quantity={1: 7}`` changes the second row's quantity."""
    names = list(_ROWS[kind]["columns"])
    made = [list(row) for row in _ROWS[kind]["rows"]]
    for name, by_row in changes.items():
        for index, value in by_row.items():
            made[index][names.index(name)] = value
    return made


def table(kind: str, **changes: Mapping[int, Any]) -> list[Row]:
    """Return headings and rows."""
    return [headings(kind), *rows(kind, **changes)]


def values(kind: str, index: int) -> dict[str, str | None]:
    """Return what the plain row of this index must become, as canonical text."""
    canonical = _ROWS[kind]["canonical"]
    columns, cells = _ROWS[kind]["columns"], _ROWS[kind]["rows"][index]
    plain = {
        name: None if cell is None else str(cell)
        for name, cell in zip(columns, cells, strict=True)
    }
    return plain | {name: by[index] for name, by in canonical.items()}


def values_of(
    at: Mapping[int, int], **changes: Mapping[int, str | None]
) -> dict[int, Values]:
    """Return what the rows of a file must become.

    Args:
        at: Row number in the file -> index of the plain row that stands there.
        changes: Column -> index of the plain row -> canonical text.
    """
    return {
        number: {
            "plain": index,
            **{name: by[index] for name, by in changes.items() if index in by},
        }
        for number, index in at.items()
    }


BELOW: Final = {2: 0, 3: 1, 4: 2}
"""All three rows, right below headings in row 1."""


class Shelf:
    """The folder of one writer, and the values that its files must be read as."""

    def __init__(self, writer: str, folder: Path | None = None) -> None:
        self.folder = (folder or FILES) / writer
        self._kept: dict[str, dict[int, Values]] = {}

    def path(self, name: str, expected: dict[int, Values] | None = None) -> Path:
        """Return where to write a file, and keep what must come of its rows."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if expected is not None:
            self._kept[name] = expected
        return self.folder / name

    def write_values(self) -> None:
        """Write what was kept, beside the files."""
        files = [
            f"{json.dumps(name)}: {{\n{_lines(rows_)}\n}}"
            for name, rows_ in sorted(self._kept.items())
        ]
        text = "{\n" + ",\n".join(files) + "\n}\n"
        (self.folder / "values.json").write_text(text, encoding="utf-8", newline="\n")


def _lines(kept: Mapping[int, Values]) -> str:
    return ",\n".join(
        f'  "{number}": {json.dumps(found, ensure_ascii=False)}'
        for number, found in sorted(kept.items())
    )


@contextmanager
def shelf(writer: str, folder: Path | None = None) -> Iterator[Shelf]:
    """Fill a writer's folder; the values are written at the end."""
    made = Shelf(writer, folder)
    yield made
    made.write_values()
