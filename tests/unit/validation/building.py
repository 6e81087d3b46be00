"""Tables as readers hand them on, and the check of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from rapupload.model import Finding, Severity
from rapupload.spec.joined import HONG_KONG
from rapupload.spec.loader import LoadedSpec
from rapupload.table import CellKind, Header, Table
from rapupload.validation import Checked, Context, check

NOW = dt.datetime(2027, 1, 5, 10, 0, tzinfo=ZoneInfo(HONG_KONG))
Cell = str | None


def letter(position: int) -> str:
    """Return the letter of one of the first 26 columns."""
    return chr(ord("A") + position)


def table(
    headings: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    kinds: Mapping[int, CellKind] | None = None,
    mixed: Mapping[int, Sequence[CellKind]] | None = None,
    ignored: Mapping[int, str] | None = None,
) -> Table:
    """Return a table whose headings stand in row 1."""
    count = len(headings)
    columns: dict[str, pl.Series] = {
        f"c{n}": pl.Series([row[n] for row in rows], dtype=pl.String)
        for n in range(count)
    }
    for position, of in (mixed or {}).items():
        columns[f"k{position}"] = pl.Series([int(kind) for kind in of], dtype=pl.UInt8)
    numbers = pl.Series(range(2, 2 + len(rows)), dtype=pl.UInt32)
    return Table(
        file=Path("sheet.csv"),
        digest="",
        sheet="",
        header_row=1,
        headers=tuple(Header(text, n, letter(n)) for n, text in enumerate(headings)),
        frame=pl.DataFrame({"row": numbers, **columns}),
        kinds=dict(kinds or {}),
        ignored=dict(ignored or {}),
    )


def context(**changed: Any) -> Context:
    """Return Tuesday 5 January 2027, ten in the morning, at participant B01234."""
    usual: dict[str, Any] = {
        "own_participant": "B01234",
        "market": "HKMK",
        "now": NOW,
    }
    return Context(**{**usual, **changed})


def checked(
    headings: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    spec: LoadedSpec,
    **about: Any,
) -> Checked:
    """Check a table made of texts."""
    return check(table(headings, rows), spec, context(**about))


def said(found: Checked) -> list[tuple[str, str, str]]:
    """Return code, place and English words of every finding."""
    return [(f.code, place(f), f.message.en) for f in found.findings]


def codes(found: Checked, *severities: Severity) -> list[str]:
    """Return the codes found, with these severities or any."""
    return [
        f.code for f in found.findings if not severities or f.severity in severities
    ]


def place(finding: Finding) -> str:
    """Return where a finding is: cell, row, column or file."""
    if finding.cell:
        return finding.cell
    return str(finding.row or finding.letter or "file")


def accounts_for_all(found: Checked) -> bool:
    """Tell whether every source row is used, rejected or ignored, and only one of them."""
    used = set(found.instructions["row"])
    rejected = set(found.rejected)
    ignored = set(found.ignored)
    apart = not (used & rejected or used & ignored or rejected & ignored)
    return apart and found.rows == found.used + len(found.rejected) + len(ignored)
