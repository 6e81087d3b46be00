"""Everything that is timed, one function each, run in a process of its own.

``python -m benchmarks.tasks NAME FOLDER`` prints one JSON object: the seconds of the
work itself (imports and what a user has before the work are outside), the peak memory
of the whole process, and what is needed to see that the work was done.
"""

from __future__ import annotations

import dataclasses
import gc
import hashlib
import json
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.running import READY
from benchmarks.sheets import (
    NOW,
    TYPES,
    write_ati_text,
    write_si_workbook,
    write_type_text,
)

CHUNK = 10_000  # rows in one transaction, in the product and in the bare insert
_BARE = ("journal_mode=WAL", "synchronous=FULL")
_TUNED = (
    *_BARE,
    "temp_store=MEMORY",
    "cache_size=-65536",
    "wal_autocheckpoint=16000",
)
"""Those of the product's journal: what a bare insert comes to with its every help."""

_SETTINGS = """\
environment = "simulator"
[account]
name = "CB01234001"
participant = "B01234"
private-key = "key.pem"
[[endpoint]]
host = "127.0.0.1"
port = 1
host-keys = ["SHA256:none"]
"""


@dataclasses.dataclass(slots=True)
class Work:
    """What one task found: its seconds, and figures that show what it did."""

    seconds: float = 0.0
    busy: float = 0.0
    figures: dict[str, int] = dataclasses.field(default_factory=dict)

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Take the time of the block."""
        gc.collect()
        busy, started = time.process_time(), time.perf_counter()
        yield
        self.seconds = time.perf_counter() - started
        self.busy = time.process_time() - busy


Task = Callable[[Path, Work], None]


# Source files


def make_si(folder: Path, work: Work) -> None:
    with work.timed():
        write_si_workbook(folder / "si.xlsx", 100_000)


def make_small(folder: Path, work: Work) -> None:
    with work.timed():
        write_si_workbook(folder / "small.xlsx", 10)


def make_ati(folder: Path, work: Work) -> None:
    with work.timed():
        write_ati_text(folder / "ati.csv", 1_000_000)


def make_faulty(folder: Path, work: Work) -> None:
    with work.timed():
        write_ati_text(folder / "faulty.csv", 1_000_000, faulty=True)


def _make_type(type_: str) -> Task:
    def make(folder: Path, work: Work) -> None:
        with work.timed():
            write_type_text(folder / f"{type_}-type.csv", type_, 1_000_000)

    return make


# The product


def prepare_si(folder: Path, work: Work) -> None:
    _prepare(folder, work, "si.xlsx", "si")


def prepare_ati(folder: Path, work: Work) -> None:
    _prepare(folder, work, "ati.csv", "ati")


def prepare_faulty(folder: Path, work: Work) -> None:
    _prepare(folder, work, "faulty.csv", "ati")


def _prepare_type(type_: str) -> Task:
    def prepare(folder: Path, work: Work) -> None:
        _prepare(folder, work, f"{type_}-type.csv", type_)

    return prepare


def _prepare(folder: Path, work: Work, file: str, type_: str) -> None:
    """Prepare a source with an empty journal, from opening it to closing it."""
    from rapupload.config import load_settings
    from rapupload.journal import Journal
    from rapupload.services.checking import Acceptance, Source
    from rapupload.services.preparing import Decisions, prepare
    from rapupload.wiring import open_desk

    place = folder / "journal"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    (place / "rapupload.toml").write_text(_SETTINGS, encoding="utf-8")
    settings = load_settings(place / "rapupload.toml")
    Journal.open(place / "journal.sqlite", clock=lambda: NOW).close()
    (place / READY).touch()
    source = Source(file=folder / file, type=type_)
    accepted = {"sub-irrevocable"} if type_ == "subscription" else set()
    decisions = Decisions(
        acceptance=Acceptance(
            codes=frozenset(accepted),
            reason="measured" if accepted else "",
            valid_rows_only=file.startswith("faulty"),
        )
    )
    with work.timed(), open_desk(settings, {}, clock=lambda: NOW) as desk:
        made = prepare(desk, source, decisions)
    if made.stopped is not None:
        raise made.stopped
    assert made.checked is not None
    work.figures = {
        "batches": len(made.batches),
        "instructions": sum(batch.instructions for batch in made.batches),
        "rejected": len(made.checked.rejected),
        "findings": made.checked.findings.frame.height,
    }


# Baselines


def read_si(folder: Path, work: Work) -> None:
    """Read the workbook as strings, with fastexcel alone."""
    import fastexcel
    import polars as pl

    with work.timed():
        sheet = fastexcel.read_excel(folder / "si.xlsx").load_sheet(0, dtypes="string")
        frame: pl.DataFrame = sheet.to_polars()
    work.figures = {"rows": frame.height, "columns": frame.width}


def rewrite_ati(folder: Path, work: Work) -> None:
    _rewrite(folder, work, "ati.csv")


def _rewrite_type(type_: str) -> Task:
    def rewrite(folder: Path, work: Work) -> None:
        _rewrite(folder, work, f"{type_}-type.csv")

    return rewrite


def _rewrite(folder: Path, work: Work, file: str) -> None:
    """Read the text with polars, every column as text, and write it back."""
    import polars as pl

    with work.timed():
        frame = pl.read_csv(folder / file, infer_schema=False)
        frame.write_csv(folder / "rewritten.csv")
    work.figures = {"rows": frame.height, "columns": frame.width}


def insert_bare(folder: Path, work: Work) -> None:
    _insert(folder, work, _BARE)


def insert_tuned(folder: Path, work: Work) -> None:
    _insert(folder, work, _TUNED)


def _insert(folder: Path, work: Work, pragmas: Sequence[str]) -> None:
    """Insert the instruction rows of the last preparation into a table like theirs."""
    place = folder / "bare.sqlite"
    for old in folder.glob("bare.sqlite*"):
        old.unlink()
    journal = sqlite3.connect(folder / "journal" / "journal.sqlite")
    tables = (
        "select sql from sqlite_master where tbl_name = 'instructions'"
        " and type in ('table', 'index')"
    )
    statements = [sql for (sql,) in journal.execute(tables) if sql]
    rows = journal.execute("select * from instructions").fetchall()
    journal.close()
    marks = ",".join("?" * len(rows[0]))
    with work.timed():
        bare = sqlite3.connect(place, isolation_level=None)
        for pragma in pragmas:
            bare.execute(f"PRAGMA {pragma}")
        for statement in statements:
            bare.execute(statement)
        for start in range(0, len(rows), CHUNK):
            bare.execute("BEGIN IMMEDIATE")
            some = rows[start : start + CHUNK]
            bare.executemany(f"insert into instructions values ({marks})", some)
            bare.execute("COMMIT")
        bare.close()
    work.figures = {"rows": len(rows)}


def run_script(folder: Path, work: Work) -> None:
    """Do the same work row by row, as the script does."""
    from benchmarks.script import prepare

    place = folder / "script"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    with work.timed():
        count = prepare(folder / "si.xlsx", place, NOW.date())
    journal = sqlite3.connect(folder / "journal" / "journal.sqlite")
    ours = dict(journal.execute("select file_name, digest from batches"))
    journal.close()
    theirs = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in place.glob("*.TXT")
    }
    if ours != theirs:
        raise AssertionError("the script's batch files are not those of the product")
    work.figures = {"rows": count, "batches": len(theirs)}


TASKS: dict[str, Task] = {
    task.__name__: task
    for task in (
        make_si,
        make_small,
        make_ati,
        make_faulty,
        prepare_si,
        prepare_ati,
        prepare_faulty,
        read_si,
        rewrite_ati,
        insert_bare,
        insert_tuned,
        run_script,
    )
}
for _type in TYPES:
    TASKS[f"make_type_{_type}"] = _make_type(_type)
    TASKS[f"prepare_type_{_type}"] = _prepare_type(_type)
    TASKS[f"rewrite_type_{_type}"] = _rewrite_type(_type)


def _peak_megabytes() -> float | None:
    """Return the most memory this process had; None where that cannot be asked."""
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def main(name: str, folder: str) -> None:
    """Run one task and print what it came to."""
    work = Work()
    TASKS[name](Path(folder), work)
    found = {
        "seconds": work.seconds,
        "busy": work.busy,
        "megabytes": _peak_megabytes(),
        **work.figures,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
