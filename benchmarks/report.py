"""The table: on the screen, and in its place in the README."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.rows import Line

_README = Path(__file__).with_name("README.md")
_HEADINGS = ("work", "ours", "baseline", "ratio", "demanded", "met")
_PACKAGES = ("polars", "fastexcel", "openpyxl", "pydantic", "SQLAlchemy")


def _cells(line: Line) -> tuple[str, ...]:
    met = "yes" if line.met else "NO"
    return (line.work, line.ours, line.baseline, line.ratio, line.demanded, met)


def show(lines: Sequence[Line]) -> None:
    """Print the table for a person."""
    table = Table(*_HEADINGS, title=describe_machine(), title_justify="left")
    for line in lines:
        style = None if line.met else "bold"
        table.add_row(*_cells(line), style=style)
    Console().print(table)


def describe_machine() -> str:
    """Return in words where the figures come from."""
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return (
        f"{os.cpu_count()} processors{_memory()}, {platform.system()} on "
        f"{platform.machine()}, {platform.python_implementation()} "
        f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}, {packages}."
    )


def _memory() -> str:
    names: Mapping[str, int] = getattr(os, "sysconf_names", {})
    if not {"SC_PAGE_SIZE", "SC_PHYS_PAGES"} <= names.keys():
        return ""
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f", {size / (1 << 30):.0f} GB of memory"


def write(row: str, lines: Sequence[Line]) -> None:
    """Put the lines of one row between its markers in the README."""
    text = _README.read_text(encoding="utf-8")
    opening, closing = f"<!-- {row} -->", f"<!-- end of {row} -->"
    before, _, rest = text.partition(opening)
    _, found, after = rest.partition(closing)
    if not found:
        raise SystemExit(f"{_README.name} has no place for the row {row}.")
    table = [
        f"| {' | '.join(_HEADINGS)} |",
        f"|{' --- |' * len(_HEADINGS)}",
        *(f"| {' | '.join(_cells(line))} |" for line in lines),
    ]
    content = "\n".join(
        [opening, f"Measured on {describe_machine()}", "", *table, closing]
    )
    _README.write_text(before + content + after, encoding="utf-8")
