"""Folding the events: what the state tables must say if nothing was altered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rapupload.journal.records import ACK_TRANSITIONS, Kind
from rapupload.model import TRANSITIONS, BatchState

Texts = dict[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """What one event says of many rows."""

    seq: int
    count: int
    digests: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Fold:
    """The state that the events explain, so far.

    Attributes:
        states: Per kind and name, every column as text; ``state`` among them.
        rows: Per batch, its instructions.
        ledger: Per batch, the keys of what it takes from limits.
        outcomes: Per batch, each event that gave rows their outcome.
        matchings: Per batch, each event that changed how far rows have got.
        answers: Which event applied which acknowledgement to which batch.
        problems: Events that do not follow from those before, as (event, what).
    """

    states: dict[Kind, dict[str, Texts]] = field(
        default_factory=lambda: {kind: {} for kind in Kind}
    )
    rows: dict[str, Bulk] = field(default_factory=dict)
    ledger: dict[str, Bulk] = field(default_factory=dict)
    outcomes: dict[str, list[Bulk]] = field(default_factory=dict)
    matchings: dict[str, list[Bulk]] = field(default_factory=dict)
    answers: dict[tuple[str, str], int] = field(default_factory=dict)
    founded: str = ""
    problems: list[tuple[int, str]] = field(default_factory=list)

    def take(self, seq: int, text: Mapping[str, Any]) -> None:
        """Add one event, given as its parsed text."""
        kind, name = Kind(text["kind"]), str(text["subject"])
        body: Mapping[str, Any] = text["body"]
        if text["action"] == "founded":
            self.founded = str(body.get("fingerprint-key", ""))
        if "set" in body or text["to"]:
            state = self.states[kind].setdefault(name, {})
            self._move(seq, kind, state, (text["from"], text["to"]))
            state.update(body.get("set", {}))
        self._take_bulk(seq, name, body)

    def _move(self, seq: int, kind: Kind, state: Texts, arrow: tuple[str, str]) -> None:
        before, after = arrow
        if not after:
            return
        if state.get("state", "") != before or not _is_allowed(kind, before, after):
            what = f"goes from {before or 'nothing'} to {after}, which cannot be"
            self.problems.append((seq, what))
        state["state"] = after

    def _take_bulk(self, seq: int, name: str, body: Mapping[str, Any]) -> None:
        if "rows" in body:
            self.rows[name] = _bulk(seq, body["rows"])
        if "ledger" in body:
            self.ledger[name] = _bulk(seq, body["ledger"])
        if "outcomes" in body:
            self.outcomes.setdefault(name, []).append(_bulk(seq, body["outcomes"]))
        if "matchings" in body:
            self.matchings.setdefault(name, []).append(_bulk(seq, body["matchings"]))
        if "acknowledgement" in body:
            self.answers[str(body["acknowledgement"]), name] = seq


def _bulk(seq: int, told: Mapping[str, Any]) -> Bulk:
    return Bulk(seq=seq, count=int(told["count"]), digests=tuple(told["digests"]))


def _is_allowed(kind: Kind, before: str, after: str) -> bool:
    if kind == Kind.BATCH:
        pairs = {(str(old), str(new)) for old, new in TRANSITIONS}
        return (before, after) in pairs | {("", str(BatchState.PREPARED))}
    if kind == Kind.ACKNOWLEDGEMENT:
        pairs = {(str(old), str(new)) for old, new in ACK_TRANSITIONS}
        return (before, after) in pairs | {("", "stored"), ("", "duplicate")}
    return False
