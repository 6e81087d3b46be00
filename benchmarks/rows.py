"""What is compared with what, and what is demanded (design: 'How good is good enough')."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.running import (
    Best,
    best_of,
    installed_command,
    probe_lock,
    run_task,
    time_commands,
)
from benchmarks.sheets import TYPES

_ROUNDS = {"xlsx": 7, "csv": 3, "types": 2, "start": 9}
_BARE_PYTHON = 0.011  # seconds of `python -c pass` where the limits were set


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table.

    Attributes:
        ratio: Ours to the baseline, or to the limit where there is no baseline.
        met: Whether the ratio is what is demanded.
    """

    work: str
    ours: str
    baseline: str
    ratio: str
    demanded: str
    met: bool


def _seconds(value: float) -> str:
    return f"{value:.2f} s" if value >= 1 else f"{value:.3f} s"


def _at_most(work: str, ours: float, baselines: dict[str, float], limit: float) -> Line:
    total = sum(baselines.values())
    parts = " + ".join(f"{name} {_seconds(took)}" for name, took in baselines.items())
    return Line(
        work=work,
        ours=_seconds(ours),
        baseline=parts,
        ratio=f"{ours / total:.2f} x",
        demanded=f"<= {limit:.1f} x",
        met=ours <= limit * total,
    )


def _memory(work: str, found: Best, limit: int) -> Iterator[Line]:
    if found.megabytes is not None:
        yield Line(
            work=work,
            ours=f"{found.megabytes:.0f} MB",
            baseline="",
            ratio="",
            demanded=f"<= {limit:,} MB",
            met=found.megabytes <= limit,
        )


def measure_xlsx(folder: Path) -> Iterator[Line]:
    """Measure 100,000 rows of 15 columns, from the workbook to the journal."""
    run_task("make_si", folder)
    names = ("prepare_si", "read_si", "insert_bare", "run_script")
    best = best_of(_ROUNDS["xlsx"], names, folder)
    ours = best["prepare_si"]
    assert ours.figures["instructions"] == best["run_script"].figures["rows"]
    work = "xlsx, 100,000 x 15, SI: batch files in the journal"
    bare = {
        "fastexcel": best["read_si"].seconds,
        "bare insert": best["insert_bare"].seconds,
    }
    yield _at_most(work, ours.seconds, bare, 2.0)
    script = best["run_script"].seconds
    yield Line(
        work="the same, beside the row-by-row script",
        ours=_seconds(ours.seconds),
        baseline=f"script {_seconds(script)}",
        ratio=f"{script / ours.seconds:.1f} x faster",
        demanded=">= 8.0 x faster",
        met=script >= 8 * ours.seconds,
    )
    yield from _memory("the same, peak memory", ours, 500)


def measure_csv(folder: Path) -> Iterator[Line]:
    """Measure 1,000,000 rows of CSV, clean and faulty, and the writer's lock."""
    run_task("make_ati", folder)
    run_task("make_faulty", folder)
    names = (
        "prepare_faulty",
        "prepare_ati",
        "rewrite_ati",
        "insert_bare",
        "insert_tuned",
    )
    best = best_of(_ROUNDS["csv"], names, folder)
    ours, faulty = best["prepare_ati"], best["prepare_faulty"]
    assert ours.figures["batches"] == 101
    work = "csv, 1,000,000 x 7, ATI: 101 batch files in the journal"
    bare = {
        "polars": best["rewrite_ati"].seconds,
        "bare insert": best["insert_bare"].seconds,
    }
    yield _at_most(work, ours.seconds, bare, 2.0)
    tuned = {"polars": bare["polars"], "tuned insert": best["insert_tuned"].seconds}
    yield _at_most(
        "the same, the insert tuned as the journal is", ours.seconds, tuned, 2.0
    )
    yield from _memory("the same, peak memory", ours, 1_500)
    probe = probe_lock("prepare_ati", folder)
    yield Line(
        work="the same, longest wait of another writer",
        ours=_seconds(probe.longest),
        baseline=f"let in {probe.granted:,} times",
        ratio="",
        demanded="<= 0.5 s",
        met=0 < probe.longest <= 0.5,
    )
    assert faulty.figures["rejected"] == 100_000
    yield _at_most(
        f"the same with 10 % faulty rows, {faulty.figures['findings']:,} findings",
        faulty.seconds,
        {"clean": ours.seconds},
        2.0,
    )
    yield from _memory("the faulty one, peak memory", faulty, 1_500)


def measure_types(folder: Path) -> Iterator[Line]:
    """Measure 1,000,000 rows of CSV of each instruction type."""
    for type_ in TYPES:
        run_task(f"make_type_{type_}", folder)
        names = (f"prepare_type_{type_}", f"rewrite_type_{type_}", "insert_bare")
        best = best_of(_ROUNDS["types"], names, folder)
        ours, rewrite, insert = (best[name] for name in names)
        assert ours.figures["instructions"] == 1_000_000
        bare = {"polars": rewrite.seconds, "bare insert": insert.seconds}
        yield _at_most(f"csv, 1,000,000 rows, {type_}", ours.seconds, bare, 2.0)
        yield from _memory(f"{type_}, peak memory", ours, 1_500)
        (folder / f"{type_}-type.csv").unlink()


def measure_start(folder: Path) -> Iterator[Line]:
    """Measure the start of the installed command."""
    run_task("make_small", folder)
    command = installed_command()
    bare, help_, check = (
        "python -c pass",
        "rapupload --help",
        "rapupload check, 10 rows",
    )
    best = time_commands(
        _ROUNDS["start"],
        {
            bare: [sys.executable, "-c", "pass"],
            help_: [command, "--help"],
            check: [command, "check", "small.xlsx", "--type", "si"],
        },
        folder,
    )
    slower = max(1.0, best[bare] / _BARE_PYTHON)
    for name, limit in ((help_, 0.25), (check, 0.8)):
        yield Line(
            work=name,
            ours=_seconds(best[name]),
            baseline=f"{bare} {_seconds(best[bare])}",
            ratio=f"{best[name] / best[bare]:.0f} x",
            demanded=f"<= {limit * slower:.2f} s",
            met=best[name] <= limit * slower,
        )


ROWS: dict[str, Callable[[Path], Iterator[Line]]] = {
    "xlsx": measure_xlsx,
    "csv": measure_csv,
    "types": measure_types,
    "start": measure_start,
}
