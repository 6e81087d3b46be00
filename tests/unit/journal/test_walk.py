"""A random walk of operations never leaves the table of transitions."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from rapupload.errors import DuplicateError, TransitionError
from rapupload.journal import Change
from rapupload.model import TRANSITIONS, BatchState, Outcome
from tests.unit.journal.building import answer, collect, open_journal, prepare, send

STATES = st.sampled_from(sorted(BatchState))
VERDICTS = st.dictionaries(
    st.integers(1, 4),
    st.sampled_from([Outcome.ACCEPTED.value, Outcome.REJECTED.value]),
    min_size=1,
)


class Walk(RuleBasedStateMachine):
    """Prepare, move, answer, in any order; the model is a dictionary of states."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.states: dict[str, BatchState] = {}
        self.outcomes: dict[tuple[str, int], str] = {}
        self.replies = 0

    @initialize()
    def found(self) -> None:
        self.journal = open_journal(self.folder / "journal.db")

    @rule(prefix=st.sampled_from(["A", "B", "C", "D"]))
    def prepare(self, prefix: str) -> None:
        try:
            batch = prepare(self.journal, 3, prefix=prefix)
        except DuplicateError:
            return
        self.states[batch.batch] = BatchState.PREPARED

    @precondition(lambda self: self.states)
    @rule(data=st.data(), to=STATES)
    def move(self, data: st.DataObject, to: BatchState) -> None:
        name = data.draw(st.sampled_from(sorted(self.states)))
        change = Change(expected=self.states[name], to=to, who="lee")
        allowed = (self.states[name], to) in TRANSITIONS
        try:
            self.journal.change(name, change)
        except TransitionError:
            assert not allowed
        else:
            assert allowed
            self.states[name] = to

    @precondition(lambda self: BatchState.PREPARED in self.states.values())
    @rule()
    def send(self) -> None:
        waiting = [n for n, s in self.states.items() if s == BatchState.PREPARED]
        self.states[waiting[0]] = send(self.journal, waiting[0]).state

    @precondition(lambda self: self.states)
    @rule(data=st.data(), verdicts=VERDICTS)
    def answer(self, data: st.DataObject, verdicts: dict[int, str]) -> None:
        name = data.draw(st.sampled_from(sorted(self.states)))
        self.replies += 1
        reply = collect(self.journal, f"{self.replies}".encode(), f"{self.replies}.txt")
        before = self.states[name]
        try:
            done = answer(self.journal, name, verdicts, reply)
        except TransitionError:
            return
        if done.batch.state != before:
            assert (before, done.batch.state) in TRANSITIONS
        self.states[name] = done.batch.state
        for line, verdict in verdicts.items():
            if line <= 3:
                self.outcomes.setdefault((name, line), verdict)

    def teardown(self) -> None:
        kept = {batch.batch: batch.state for batch in self.journal.batches()}
        assert kept == self.states
        for name in kept:
            for line, outcome in (
                self.journal.rows(name).select("line", "outcome").rows()
            ):
                assert outcome == self.outcomes.get((name, line), "pending")
        assert self.journal.verify().problems == ()
        self.journal.close()
        shutil.rmtree(self.folder)


TestWalk = Walk.TestCase
TestWalk.settings = settings(
    max_examples=12,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
