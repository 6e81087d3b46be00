"""The only writer of expected files: ``python -m tests.golden.write ati/clean | --all``.

Read the difference before it is committed: what stands there from then on is right.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.golden.cases import Case, all_cases
from tests.golden.running import BATCH, FINDINGS, OUTCOME, results


def write(case: Case) -> list[str]:
    """Write what is expected of a case; return the names of the files that changed."""
    with tempfile.TemporaryDirectory() as folder:
        made = results(case, Path(folder))
    changed = []
    for name in (FINDINGS, BATCH, OUTCOME):
        path = case.folder / name
        if made.get(name, "") == case.expected(name):
            continue
        changed.append(name)
        if name in made:
            encoding = "latin-1" if name == BATCH else "utf-8"
            path.write_bytes(made[name].encode(encoding))
        else:
            path.unlink()
    return changed


def main(arguments: Sequence[str]) -> int:
    """Write one case, or all of them when asked to."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.write")
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("case", nargs="?", metavar="CASE", help="such as ati/clean")
    wanted.add_argument("--all", action="store_true", help="every case")
    given = parser.parse_args(arguments)
    known = {case.name: case for case in all_cases()}
    if not given.all and given.case not in known:
        parser.error(f"there is no case {given.case}; known: {', '.join(known)}")
    for name in known if given.all else [given.case]:
        changed = write(known[name])
        sys.stdout.write(f"{name}: {', '.join(changed) or 'unchanged'}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
