"""``python -m benchmarks [ROW ...] [--write]``: measure, show, and keep the table."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.report import show, write
from benchmarks.rows import ROWS, Line
from benchmarks.running import say


def main() -> int:
    """Measure the rows asked for; 1 when a demanded ratio is not met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[*ROWS, []], help="default: all")
    parser.add_argument(
        "--write", action="store_true", help="into benchmarks/README.md"
    )
    asked = parser.parse_args()
    found: list[Line] = []
    for name in asked.rows or ROWS:
        say(f"== {name}")
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
            lines = list(ROWS[name](Path(folder)))
        if asked.write:
            write(name, lines)
        found += lines
    show(found)
    return 0 if all(line.met for line in found) else 1


if __name__ == "__main__":
    raise SystemExit(main())
