"""Walking the chain of events: is every link there, unaltered and in its place?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, Table, select, type_coerce
from sqlalchemy.engine import Row

from rapupload.journal.chain import START, read_noted_head
from rapupload.journal.digests import sha256
from rapupload.journal.folding import Fold
from rapupload.journal.records import Head, Problem
from rapupload.journal.schema import events

_SAME_NAME = ("who", "action", "kind", "subject", "why")


def raw_columns(table: Table) -> list[ColumnElement[str]]:
    """Return the columns as they are kept: what was altered may not be readable."""
    return [type_coerce(column, String).label(column.name) for column in table.c]


@dataclass(slots=True, kw_only=True)
class Walk:
    """The way along the chain; only its first break is a finding."""

    previous: Head = START
    fold: Fold = field(default_factory=Fold)
    problems: list[Problem] = field(default_factory=list)

    def step(self, row: Row[*tuple[Any, ...]], anchors: Mapping[int, str]) -> None:
        """Take one event on."""
        try:
            text = json.loads(row.text)
            wrong = _check_link(row, text, self.previous, anchors)
            self.fold.take(row.seq, text)
        except (ValueError, KeyError, TypeError, AttributeError):
            wrong = f"event {row.seq}", "its text was altered and cannot be read"
        if wrong and not self.problems:
            self.problems.append(Problem(where=wrong[0], what=wrong[1]))
        self.previous = Head(row.seq, row.hash)


def _check_link(
    row: Row[*tuple[Any, ...]],
    text: Mapping[str, Any],
    previous: Head,
    anchors: Mapping[int, str],
) -> tuple[str, str] | None:
    where = f"event {row.seq}"
    if row.seq != previous.seq + 1:
        return f"event {previous.seq + 1}", "it is missing"
    if sha256(row.text.encode()) != row.hash:
        return where, "its text was altered: the digest beside it is another one"
    if text["seq"] != str(row.seq):
        return where, f"it was moved: this is the text of event {text['seq']}"
    if text["prev"] != previous.hash:
        return where, f"it does not continue event {previous.seq}: one was replaced"
    if anchors.get(row.seq, row.hash) != row.hash:
        return where, "its digest is not the one that was noted elsewhere"
    return _check_columns(row, text)


def _check_columns(
    row: Row[*tuple[Any, ...]], text: Mapping[str, Any]
) -> tuple[str, str] | None:
    columns = {name: getattr(row, name) for name in _SAME_NAME}
    columns |= {"at": row.at, "from": row.before, "to": row.after}
    for name, value in columns.items():
        if text[name] != value:
            what = f"its column {name} differs from the hashed text"
            return f"event {row.seq}", what
    return None


def walk_chain(connection: Connection, anchors: Sequence[Head]) -> Walk:
    """Check every link, and the heads that were noted."""
    walk = Walk()
    known = {anchor.seq: anchor.hash for anchor in anchors}
    ordered = select(*raw_columns(events)).order_by(events.c.seq)
    for row in connection.execute(ordered.execution_options(yield_per=1_000)):
        walk.step(row, known)
    noted = read_noted_head(connection)
    ends = [*anchors, noted]
    cut = max((end.seq for end in ends), default=0)
    if cut > walk.previous.seq and not walk.problems:
        where = f"event {walk.previous.seq + 1}"
        walk.problems.append(Problem(where=where, what="it is missing at the end"))
    elif noted not in (walk.previous, Head(0, "")) and not walk.problems:
        what = "it is not the last event that was noted"
        walk.problems.append(Problem(where=f"event {walk.previous.seq}", what=what))
    walk.problems += [
        Problem(where=f"event {seq}", what=what) for seq, what in walk.fold.problems
    ]
    return walk
