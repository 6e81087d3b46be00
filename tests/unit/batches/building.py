"""Instructions and file values for tests of batch files."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from rapupload.batches import BatchFile, FileValues, decode, file_values, render
from rapupload.model import Environment
from rapupload.spec.format import BatchSpec


def values(**changed: Any) -> FileValues:
    """Return what a file of Tuesday 5 January 2027 says about itself."""
    usual: dict[str, Any] = {
        "participant": "B01234",
        "account": "CB01234001",
        "environment": Environment.SIMULATOR,
        "market": "HKMK",
        "date": dt.date(2027, 1, 5),
        "time": dt.time(9, 8, 7),
        "indicator": 7,
        "reference": "MINI2701050007",
    }
    return FileValues(**{**usual, **changed})


def instructions(**columns: list[str | None]) -> pl.DataFrame:
    """Return canonical text columns, one list each."""
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


TWO: dict[str, list[str | None]] = {
    "own_reference": ["A1", "B2"],
    "quantity": ["100", "22"],
}


def two(**more: list[str | None]) -> pl.DataFrame:
    """Return two instructions of the smallest spec."""
    return instructions(**TWO, **more)


def text(file: BatchFile) -> list[str]:
    """Return the lines of an unpacked file; each ends with CR LF."""
    lines = file.content.decode().split("\r\n")
    assert lines.pop() == ""
    return lines


def written_again(content: bytes, spec: BatchSpec) -> bytes:
    """Read a batch file and write it from what was read."""
    decoded = decode(content, spec)
    given = file_values(decoded, spec, Environment.SIMULATOR)
    return render(decoded.instructions, spec, given).content
