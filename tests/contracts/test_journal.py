"""What every journal does, whatever database it lies in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rapupload.errors import (
    DuplicateError,
    JournalBrokenError,
    TransitionError,
    UsageError,
)
from rapupload.journal import (
    AckState,
    Answer,
    Change,
    Filter,
    Journal,
    Judgement,
    Kind,
    Subject,
)
from rapupload.model import TRANSITIONS, BatchState, Environment
from tests.unit.journal.building import (
    ACCOUNT,
    DAY,
    ENVIRONMENT,
    PARTICIPANT,
    SOURCE,
    answer,
    batch_of,
    collect,
    intake_of,
    move,
    open_journal,
    prepare,
    question_of,
    rows_of,
    send,
)


@pytest.fixture(params=["sqlite"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    """An empty journal of each kind there is."""
    place = {"sqlite": tmp_path / "folder" / "journal.db"}[request.param]
    with open_journal(place) as opened:
        yield opened


@pytest.fixture(autouse=True)
def sound(journal: Journal) -> Iterator[None]:
    """Whatever a test does, the journal adds up afterwards."""
    yield
    assert journal.verify().problems == ()


def test_prepared_batch_reads_back_as_it_was_given(journal: Journal) -> None:
    """What was prepared is what is read, instructions and figures included."""
    new = batch_of(journal, rows_of(3), indicator=7, file_reference="REF7")
    intake = intake_of(3, totals={"quantity": "99999999999999999999"})
    [batch] = journal.prepare(intake, [new])
    assert batch.batch == "B01234-ATI-20270105-0007"
    assert batch.state == BatchState.PREPARED
    assert (batch.instructions, batch.pending, batch.maker) == (3, 3, "chan")
    assert batch.totals == {"count": "3", "quantity": "123456789012345678901"}
    assert batch.created_at.tzinfo == UTC
    assert journal.batch(batch.batch) == batch
    assert journal.batches() == (batch,)
    read = journal.intake(batch.intake)
    assert read.given == intake
    rows = journal.rows(batch.batch)
    assert rows["reference"].to_list() == ["REF000001", "REF000002", "REF000003"]
    assert rows["row"].to_list() == [2, 3, 4]
    assert rows["outcome"].to_list() == ["pending"] * 3
    assert journal.blob(batch.digest) == b"file 7"


def test_rows_may_come_in_any_order_and_carry_their_other_rows(
    journal: Journal,
) -> None:
    """Rows are kept by line; a summed instruction keeps all its source rows."""
    rows = rows_of(3).reverse().with_columns(also=pl.lit("9-11"))
    [batch] = journal.prepare(intake_of(3), [batch_of(journal, rows)])
    kept = journal.rows(batch.batch)
    assert kept["line"].to_list() == [1, 2, 3]
    assert kept["also"].to_list() == ["9-11"] * 3


@pytest.mark.parametrize(
    ("rows", "part"),
    [
        pytest.param(rows_of(0), "no instruction", id="no-rows"),
        pytest.param(
            pl.concat([rows_of(1), rows_of(1)]), "given twice", id="line-given-twice"
        ),
        pytest.param(
            rows_of(1).with_columns(fingerprint=pl.lit(b"short")),
            "16 bytes",
            id="short-fingerprint",
        ),
        pytest.param(
            rows_of(1).with_columns(fingerprint=pl.lit(None, dtype=pl.Binary)),
            "16 bytes",
            id="no-fingerprint",
        ),
    ],
)
def test_malformed_rows_are_refused(
    journal: Journal, rows: pl.DataFrame, part: str
) -> None:
    """A batch that cannot be identified row by row is not prepared."""
    with pytest.raises(UsageError, match=part):
        journal.prepare(intake_of(1), [batch_of(journal, rows)])
    assert journal.batches() == ()


def test_batch_whose_bytes_are_not_kept_is_refused(journal: Journal) -> None:
    """No batch without the very bytes that will be sent."""
    new = batch_of(journal, rows_of(1), digest="77" * 32)
    with pytest.raises(UsageError, match="not kept first"):
        journal.prepare(intake_of(1), [new])
    assert journal.batches() == ()


def test_batch_of_another_participant_is_refused(journal: Journal) -> None:
    """One intake belongs to one participant."""
    new = batch_of(journal, rows_of(1), participant="B09999")
    with pytest.raises(UsageError, match="one participant"):
        journal.prepare(intake_of(1), [new])


@pytest.mark.parametrize("arrow", sorted(TRANSITIONS), ids=" to ".join)
def test_every_arrow_of_the_table_is_taken_only_from_its_state(
    journal: Journal, arrow: tuple[BatchState, BatchState]
) -> None:
    """A guarded change happens from the state expected, and from no other."""
    batch = prepare(journal).batch
    change = Change(expected=arrow[0], to=arrow[1], who="lee")
    if arrow[0] == BatchState.PREPARED:
        assert journal.change(batch, change).state == arrow[1]
        with pytest.raises(TransitionError, match=f"is {arrow[1]}"):
            journal.change(batch, change)
    else:
        with pytest.raises(TransitionError, match="is prepared"):
            journal.change(batch, change)
        assert journal.batch(batch).state == BatchState.PREPARED


def test_an_arrow_that_is_not_in_the_table_is_refused(journal: Journal) -> None:
    """Nothing is sent that was not approved."""
    batch = prepare(journal).batch
    change = Change(expected=BatchState.PREPARED, to=BatchState.SENDING, who="lee")
    with pytest.raises(TransitionError, match="cannot go from prepared to sending"):
        journal.change(batch, change)
    assert [event.action for event in journal.events(batch)] == ["prepared"]


def test_each_step_is_told_by_an_event_and_by_the_columns(journal: Journal) -> None:
    """Who let it go, where it went and how often it was tried is remembered."""
    batch = send(journal, prepare(journal).batch)
    assert (batch.checker, batch.endpoint, batch.attempts) == ("lee", "127.0.0.1:22", 1)
    assert batch.sent_at == batch.changed_at
    steps = [(event.before, event.after) for event in journal.events(batch.batch)]
    assert steps == [
        ("", "prepared"),
        ("prepared", "approved"),
        ("approved", "sending"),
        ("sending", "sent"),
    ]
    assert [event.who for event in journal.events(batch.batch)][1:] == ["lee"] * 3


def test_a_second_attempt_is_counted(journal: Journal) -> None:
    """Each try of a submission is counted."""
    batch = prepare(journal).batch
    s = BatchState
    move(journal, batch, s.APPROVED, s.SENDING, s.FAILED, s.APPROVED, s.SENDING)
    assert journal.batch(batch).attempts == 2


def test_unfinished_lists_what_is_still_awaited(journal: Journal) -> None:
    """Settled batches are not listed; every other one is."""
    first, second = prepare(journal, prefix="A"), prepare(journal, prefix="B")
    third = prepare(journal, prefix="C")
    move(journal, first.batch, BatchState.WITHDRAWN)
    send(journal, third.batch)
    names = [batch.batch for batch in journal.unfinished()]
    assert names == [second.batch, third.batch]


def test_batches_are_filtered_by_state_day_and_account(journal: Journal) -> None:
    """Every filter narrows the list."""
    batch = prepare(journal)
    day = timedelta(days=1)
    found = {
        "state": Filter(states=[BatchState.PREPARED]),
        "since": Filter(since=DAY),
        "until": Filter(until=DAY),
        "account": Filter(
            participant=PARTICIPANT, account=ACCOUNT, environment=ENVIRONMENT
        ),
    }
    missed = {
        "state": Filter(states=[BatchState.SENT]),
        "no state": Filter(states=[]),
        "since": Filter(since=DAY + day),
        "until": Filter(until=DAY - day),
        "account": Filter(account="OTHER"),
    }
    assert [journal.batches(wanted) for wanted in found.values()] == [(batch,)] * 4
    assert [journal.batches(wanted) for wanted in missed.values()] == [()] * 5


def test_unknown_batch_is_a_usage_error(journal: Journal) -> None:
    """A name that was mistyped is said to be unknown."""
    with pytest.raises(UsageError, match="no batch B-1"):
        journal.batch("B-1")


# Outcomes


@pytest.mark.parametrize(
    ("verdicts", "state"),
    [
        pytest.param(["accepted"] * 3, BatchState.ACCEPTED, id="all-accepted"),
        pytest.param(["rejected"] * 3, BatchState.REJECTED, id="all-rejected"),
        pytest.param(
            ["accepted", "rejected", "accepted"],
            BatchState.PARTLY_ACCEPTED,
            id="some-rejected",
        ),
        pytest.param(["accepted", "rejected"], BatchState.RECEIVED, id="incomplete"),
    ],
)
def test_outcomes_move_the_batch(
    journal: Journal, verdicts: list[str], state: BatchState
) -> None:
    """The rows' outcomes decide where the batch goes, in one step with one event."""
    batch = send(journal, prepare(journal).batch).batch
    reply = collect(journal, b"control report")
    before = journal.head().count
    done = answer(journal, batch, dict(enumerate(verdicts, 1)), reply)
    assert done.applied == len(verdicts)
    assert (done.batch.state, done.batch.accepted) == (
        state,
        verdicts.count("accepted"),
    )
    assert done.batch.rejected == verdicts.count("rejected")
    actions = [event.action for event in journal.all_events(before)]
    assert actions == ["outcomes", "applied"]
    rows = journal.rows(batch).head(len(verdicts))
    assert rows["outcome"].to_list() == verdicts
    assert rows["acknowledgement"].to_list() == [reply] * len(verdicts)
    assert rows["ccass_reference"].to_list()[0] == "C1"
    [known] = journal.acknowledgements(batch=batch)
    assert (known.state, known.batches) == (AckState.APPLIED, (batch,))


def test_an_outcome_is_never_turned_round(journal: Journal) -> None:
    """Accepted then rejected is a contradiction: reported, counted, not applied."""
    batch = send(journal, prepare(journal).batch).batch
    answer(journal, batch, {1: "accepted", 2: "rejected"}, collect(journal, b"one"))
    second = collect(journal, b"two", "second.txt")
    done = answer(journal, batch, {1: "rejected", 2: "accepted", 3: "accepted"}, second)
    assert done.applied == 1
    assert done.contradictions["line"].to_list() == [1, 2]
    assert done.contradictions["known"].to_list() == ["accepted", "rejected"]
    assert journal.rows(batch)["outcome"].to_list() == [
        "accepted",
        "rejected",
        "accepted",
    ]
    assert (done.batch.state, done.batch.contradictions) == (
        BatchState.PARTLY_ACCEPTED,
        2,
    )
    [known] = journal.acknowledgements(states=(AckState.CONTRADICTORY,))
    assert known.acknowledgement == second


def test_one_reply_that_says_both_of_a_row_is_not_believed(journal: Journal) -> None:
    """A line with two outcomes in one reply stays pending."""
    batch = send(journal, prepare(journal).batch).batch
    rows = pl.DataFrame(
        {"line": [1, 1, 2], "outcome": ["accepted", "rejected"] * 1 + ["accepted"]}
    )
    done = journal.apply_outcomes(batch, Answer(rows=rows, who="chan"))
    assert done.applied == 1
    assert done.contradictions["line"].to_list() == [1, 1]
    assert journal.rows(batch)["outcome"].to_list() == [
        "pending",
        "accepted",
        "pending",
    ]


def test_the_same_reply_is_applied_once(journal: Journal) -> None:
    """Applying a reply again changes nothing and adds no event."""
    batch = send(journal, prepare(journal).batch).batch
    reply = collect(journal, b"one")
    answer(journal, batch, {1: "accepted"}, reply)
    head = journal.head()
    again = answer(journal, batch, {1: "accepted", 2: "accepted"}, reply)
    assert (again.again, again.applied) == (True, 0)
    assert journal.head() == head


def test_another_reply_with_the_same_outcomes_changes_no_row(journal: Journal) -> None:
    """What is said twice by two files is counted as unchanged."""
    batch = send(journal, prepare(journal).batch).batch
    answer(journal, batch, {1: "accepted"}, collect(journal, b"one"))
    done = answer(journal, batch, {1: "accepted"}, collect(journal, b"two", "2.txt"))
    assert (done.applied, done.unchanged) == (0, 1)
    assert done.contradictions.height == 0


def test_lines_that_the_batch_does_not_have_are_reported(journal: Journal) -> None:
    """A foreign line is neither kept nor lost."""
    batch = send(journal, prepare(journal).batch).batch
    done = answer(journal, batch, {3: "accepted", 4: "accepted"})
    assert (done.applied, done.unknown) == (1, (4,))


def test_an_answer_to_a_batch_that_was_not_sent_is_refused(journal: Journal) -> None:
    """A batch that nobody sent cannot be accepted; the reply stays unapplied."""
    batch = prepare(journal).batch
    reply = collect(journal, b"one")
    with pytest.raises(TransitionError, match="is prepared"):
        answer(journal, batch, {1: "accepted"}, reply)
    [known] = journal.acknowledgements()
    assert known.state == AckState.STORED
    assert journal.rows(batch)["outcome"].to_list() == ["pending"] * 3


def test_an_outcome_that_is_neither_is_refused(journal: Journal) -> None:
    """Only accepted and rejected are outcomes."""
    batch = send(journal, prepare(journal).batch).batch
    with pytest.raises(UsageError, match="neither accepted nor rejected"):
        answer(journal, batch, {1: "pending"})


def test_a_receipt_moves_the_batch_and_is_linked_to_it(journal: Journal) -> None:
    """A receipt without rows is a step with an acknowledgement."""
    batch = send(journal, prepare(journal).batch).batch
    reply = collect(journal, b"receipt")
    step = Change(
        expected=BatchState.SENT,
        to=BatchState.RECEIVED,
        who="chan",
        acknowledgement=reply,
    )
    assert journal.change(batch, step).state == BatchState.RECEIVED
    [known] = journal.acknowledgements(batch=batch)
    assert (known.acknowledgement, known.state) == (reply, AckState.APPLIED)


def test_matchings_come_and_go_and_the_latest_counts(journal: Journal) -> None:
    """Unmatched, then matched: both are kept, the later one is shown."""
    batch = send(journal, prepare(journal).batch).batch
    answer(journal, batch, {1: "accepted", 2: "accepted", 3: "accepted"})

    def say(what: list[str]) -> int:
        rows = pl.DataFrame({"line": [1, 2], "matching": what})
        return journal.record_matchings(batch, Answer(rows=rows, who="chan"))

    assert say(["unmatched", "unmatched"]) == 2
    assert say(["matched", "unmatched"]) == 1
    assert journal.rows(batch)["matching"].to_list() == ["matched", "unmatched", None]


# Acknowledgements


def test_a_reply_seen_again_is_the_same_and_under_another_name_a_duplicate(
    journal: Journal,
) -> None:
    """Digest and name identify a reply; a copy is remembered but never applied."""
    batch = send(journal, prepare(journal).batch).batch
    first = collect(journal, b"bytes")
    assert collect(journal, b"bytes") == first
    copy = collect(journal, b"bytes", "copy.txt")
    [known] = journal.acknowledgements(states=(AckState.DUPLICATE,))
    assert (known.acknowledgement, known.duplicate_of) == (copy, first)
    assert journal.blob(known.digest) == b"bytes"
    with pytest.raises(TransitionError, match="duplicate"):
        answer(journal, batch, {1: "accepted"}, copy)
    assert journal.rows(batch)["outcome"].to_list() == ["pending"] * 3


def test_an_orphan_can_be_applied_later(journal: Journal) -> None:
    """A reply about nobody waits, and can find its batch after all."""
    batch = send(journal, prepare(journal).batch).batch
    reply = collect(journal, b"bytes")
    judgement = Judgement(
        expected=AckState.STORED, to=AckState.ORPHAN, who="chan", note="no batch"
    )
    assert journal.judge_acknowledgement(reply, judgement).note == "no batch"
    answer(journal, batch, {1: "accepted"}, reply)
    assert journal.acknowledgements()[0].state == AckState.APPLIED
    with pytest.raises(TransitionError, match="is applied"):
        journal.judge_acknowledgement(reply, judgement)


# Duplicates and indicators


def test_duplicates_are_found_by_source_file_bytes_and_fingerprint(
    journal: Journal,
) -> None:
    """The three ways in which the same thing can come twice."""
    batch = prepare(journal, 3, source_digest=SOURCE)
    asked = question_of(5, source_digest=SOURCE, batch_digests=[batch.digest])
    found = journal.find_duplicates(asked)
    assert [earlier.batch for earlier in found.by_source] == [batch.batch]
    assert [earlier.batch for earlier in found.by_batch] == [batch.batch]
    assert found.rows.select("position", "line", "row").rows() == [
        (0, 1, 2),
        (1, 2, 3),
        (2, 3, 4),
    ]
    assert found.rows["created_at"][0] == batch.created_at
    assert found.checked == journal.head().seq


def test_an_own_reference_used_before_is_found(journal: Journal) -> None:
    """A reference that counts is found, whatever the rest of its instruction says."""
    batch = prepare(journal, 3)
    references = pl.Series("reference", ["nobody's", "REF2", None])
    used = str(journal.rows(batch.batch)["reference"][1])
    found = journal.find_references(
        question_of(1, prefix="OTHER"), references.set(references == "REF2", used)
    )
    assert found.select("position", "batch", "line").rows() == [(1, batch.batch, 2)]
    move(journal, batch.batch, BatchState.WITHDRAWN)
    assert journal.find_references(question_of(1), pl.Series([used])).is_empty()


def test_what_is_new_is_no_duplicate(journal: Journal) -> None:
    """Other references, other bytes, another source: nothing is found."""
    prepare(journal, 3)
    assert not journal.find_duplicates(question_of(3, prefix="NEW"))


@pytest.mark.parametrize(
    ("states", "found"),
    [
        pytest.param([BatchState.WITHDRAWN], 0, id="withdrawn"),
        pytest.param([BatchState.EXPIRED], 0, id="expired"),
        pytest.param([BatchState.APPROVED], 3, id="approved"),
        pytest.param(
            [BatchState.APPROVED, BatchState.SENDING, BatchState.FAILED],
            3,
            id="failed-counts-until-withdrawn",
        ),
    ],
)
def test_only_batches_that_count_are_duplicates(
    journal: Journal, states: list[BatchState], found: int
) -> None:
    """Withdrawn and expired batches do not stop anything."""
    move(journal, prepare(journal, 3).batch, *states)
    assert journal.find_duplicates(question_of(3)).rows.height == found


def test_rejected_rows_may_come_again(journal: Journal) -> None:
    """A row that was rejected does not count; its neighbours do."""
    batch = send(journal, prepare(journal, 3).batch).batch
    answer(journal, batch, {1: "accepted", 2: "rejected"})
    found = journal.find_duplicates(question_of(3))
    assert found.rows["position"].to_list() == [0, 2]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"participant": "B09999"}, id="other-participant"),
        pytest.param({"environment": "production"}, id="other-environment"),
        pytest.param({"since": DAY + timedelta(days=1)}, id="before-the-look-back"),
    ],
)
def test_other_scopes_do_not_count(journal: Journal, changes: dict[str, Any]) -> None:
    """Only the same participant and environment within the look-back are compared."""
    prepare(journal, 3)
    if "environment" in changes:
        changes = {"environment": Environment.PRODUCTION}
    assert not journal.find_duplicates(question_of(3, **changes))


def test_a_duplicate_that_appeared_since_the_look_up_stops_the_second(
    journal: Journal,
) -> None:
    """Two desks looked, both saw nothing; only one of them prepares."""
    seen = journal.find_duplicates(question_of(3)).checked
    prepare(journal, 3)
    second = batch_of(journal, rows_of(3))
    other = intake_of(3, source_digest="99" * 32)
    with pytest.raises(DuplicateError, match="B01234-ATI-20270105-0001"):
        journal.prepare(other, [second], checked=seen)
    assert len(journal.batches()) == 1


def test_a_decision_lets_known_duplicates_through(journal: Journal) -> None:
    """What a person has seen and wants is prepared, and says so."""
    prepare(journal, 3, content=b"same")
    head = journal.find_duplicates(question_of(3)).checked
    second = batch_of(
        journal, rows_of(3), content=b"same", possible_duplicate="two equal fills"
    )
    [batch] = journal.prepare(intake_of(3), [second], checked=head)
    assert batch.possible_duplicate == "two equal fills"
    assert journal.events(batch.batch)[0].why == "two equal fills"


def test_the_same_bytes_are_refused_without_a_decision(journal: Journal) -> None:
    """The same batch file is not prepared twice for one account."""
    first = prepare(journal, 3, content=b"same")
    with pytest.raises(DuplicateError, match=f"{first.batch} holds exactly"):
        prepare(journal, 3, prefix="B", content=b"same")
    move(journal, first.batch, BatchState.WITHDRAWN)
    assert prepare(journal, 3, prefix="B", content=b"same").digest == first.digest


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        pytest.param({"indicator": 1, "file_name": "X.TXT"}, "indicator", id="number"),
        pytest.param(
            {"indicator": 2, "file_name": "ATI_B01234_20270105_0001.TXT"},
            "file name",
            id="name",
        ),
    ],
)
def test_names_and_indicators_are_never_used_twice(
    journal: Journal, changes: dict[str, Any], what: str
) -> None:
    """Not even after the batch was withdrawn."""
    move(journal, prepare(journal, indicator=1).batch, BatchState.WITHDRAWN)
    with pytest.raises(UsageError, match=what):
        prepare(journal, prefix="B", content=b"other", **changes)


def test_indicators_are_reserved_once_and_within_the_range(journal: Journal) -> None:
    """Numbers go up, per participant and day, and the end of the range is said."""

    def reserve(count: int, participant: str = PARTICIPANT, days: int = 0) -> list[int]:
        day = DAY + timedelta(days=days)
        return journal.reserve_indicators(
            participant, day, count, first=10, last=14, who="chan"
        )

    assert reserve(2) == [10, 11]
    assert reserve(2) == [12, 13]
    assert reserve(1, "B09999") == [10]
    assert reserve(1, days=1) == [10]
    with pytest.raises(UsageError, match="only 1 are left"):
        reserve(2)
    assert reserve(1) == [14]


def test_overlapping_ranges_never_give_a_number_twice(journal: Journal) -> None:
    """A range that was widened or narrowed goes on after what was given."""
    given: list[int] = []
    for first, last in [(1, 5), (3, 9), (1, 9), (20, 30), (1, 99)]:
        given += journal.reserve_indicators(
            PARTICIPANT, DAY, 2, first=first, last=last, who="chan"
        )
    assert given == [1, 2, 3, 4, 5, 6, 20, 21, 22, 23]


# Accounts, other events, blobs


def test_an_account_is_blocked_and_mended(journal: Journal) -> None:
    """A blocked account says since when and why, until somebody mends it."""
    assert journal.account(ACCOUNT, ENVIRONMENT) is None
    journal.register_account(
        ACCOUNT, ENVIRONMENT, participant=PARTICIPANT, first=1, last=99, who="chan"
    )
    journal.block_account(ACCOUNT, ENVIRONMENT, who="chan", why="host key changed")
    blocked = journal.account(ACCOUNT, ENVIRONMENT)
    assert blocked is not None
    assert blocked.blocked_why == "host key changed"
    assert blocked.blocked_since is not None
    journal.unblock_account(ACCOUNT, ENVIRONMENT, who="lee", why="key confirmed")
    mended = journal.account(ACCOUNT, ENVIRONMENT)
    assert mended is not None
    assert (mended.blocked_since, mended.participant) == (None, PARTICIPANT)
    events = journal.events_about(Subject(Kind.ACCOUNT, f"simulator/{ACCOUNT}"))
    assert [event.action for event in events] == ["registered", "blocked", "unblocked"]


def test_any_other_event_can_be_recorded(journal: Journal) -> None:
    """Attempts and evidence are remembered beside the steps."""
    batch = prepare(journal).batch
    subject = Subject(Kind.BATCH, batch)
    body = {"size": 123, "names": ["a", "b"], "seen": True}
    seq = journal.record("evidence", subject, who="chan", why="listing", body=body)
    event = journal.events(batch)[-1]
    assert (event.seq, event.action, event.why) == (seq, "evidence", "listing")
    assert event.body == {"size": "123", "names": ["a", "b"], "seen": "true"}
    assert journal.head().seq == seq


@pytest.mark.parametrize("name", ["set", "rows", "outcomes", "acknowledgement"])
def test_a_recorded_event_cannot_pretend_to_change_state(
    journal: Journal, name: str
) -> None:
    """Only the journal explains its own tables."""
    with pytest.raises(UsageError, match=name):
        journal.record("x", Subject(Kind.JOURNAL, "x"), who="chan", body={name: {}})


def test_blobs_are_kept_once_whatever_their_size(journal: Journal) -> None:
    """Empty, small and many-part contents come back byte for byte."""
    for content in (b"", b"small", bytes(range(256)) * 40_000):
        digest = journal.put_blob(content, "source")
        assert journal.put_blob(content, "source") == digest
        assert journal.blob(digest) == content
    with pytest.raises(UsageError, match="keeps no bytes"):
        journal.blob("00" * 32)


def test_an_erased_blob_is_gone_but_the_chain_is_whole(journal: Journal) -> None:
    """The law can have its bytes erased; the event says who and why."""
    digest = journal.put_blob(b"personal", "source")
    journal.erase_blob(digest, who="chan", why="request 17")
    with pytest.raises(UsageError, match="were erased"):
        journal.blob(digest)
    with pytest.raises(UsageError, match="keeps no bytes"):
        journal.erase_blob(digest, who="chan", why="again")


def test_no_event_holds_the_names_of_source_file_and_sheet(journal: Journal) -> None:
    """A file name can be a person's; events hold a keyed digest of it."""
    new = batch_of(journal, rows_of(1))
    intake = intake_of(1, source_file="Chan Tai Man.xlsx", sheet="Tai Man")
    journal.prepare(intake, [new])
    texts = "".join(event.text for event in journal.all_events())
    assert "Tai Man" not in texts
    assert journal.fingerprint_key().hex() not in texts


def test_rows_are_traced_by_their_own_reference(journal: Journal) -> None:
    """A reference finds its row in every batch that carried it."""
    first = prepare(journal, 3, prefix="A")
    found = journal.trace(PARTICIPANT, "A000002")
    assert found.select("batch", "line", "row", "outcome", "state").rows() == [
        (first.batch, 2, 3, "pending", "prepared")
    ]
    assert journal.trace("B09999", "A000002").height == 0


def test_heads_noted_elsewhere_are_checked(journal: Journal) -> None:
    """A head taken earlier is still part of the chain."""
    anchor = journal.head()
    prepare(journal)
    assert journal.verify([anchor, journal.head()]).is_sound
    assert anchor.count == anchor.seq


def test_times_are_those_of_the_clock(journal: Journal) -> None:
    """Nothing but the clock given tells the time."""
    batch = prepare(journal)
    assert datetime(2027, 1, 5, 1, 2, 3, tzinfo=UTC) < batch.created_at
    assert batch.created_at < datetime(2027, 1, 5, 1, 3, 3, tzinfo=UTC)


def test_altered_bytes_are_never_handed_out(journal: Journal) -> None:
    """Reading a blob checks its digest."""
    digest = journal.put_blob(b"to be sent", "batch-file")
    connect = journal.database.engine.begin
    with connect() as connection:
        connection.exec_driver_sql(
            "UPDATE blob_parts SET content = CAST('to be sens' AS BLOB)"
        )
    with pytest.raises(JournalBrokenError, match="altered"):
        journal.blob(digest)
    with connect() as connection:
        connection.exec_driver_sql(
            "UPDATE blob_parts SET content = CAST('to be sent' AS BLOB)"
        )


def test_matchings_of_a_reply_are_kept_once_and_linked(journal: Journal) -> None:
    """A report about matching is applied once, and foreign lines are left out."""
    batch = send(journal, prepare(journal).batch).batch
    reply = collect(journal, b"settlement report")
    rows = pl.DataFrame({"line": [1, 9], "matching": ["matched", "matched"]})
    given = Answer(rows=rows, who="chan", acknowledgement=reply)
    assert journal.record_matchings(batch, given) == 1
    assert journal.record_matchings(batch, given) == 0
    [known] = journal.acknowledgements(batch=batch)
    assert known.acknowledgement == reply


@pytest.mark.parametrize("reply", ["", "NONE-1"])
def test_an_unknown_acknowledgement_is_a_usage_error(
    journal: Journal, reply: str
) -> None:
    """Nothing can be said of a reply file that was never collected."""
    judgement = Judgement(expected=AckState.STORED, to=AckState.ORPHAN, who="chan")
    with pytest.raises(UsageError, match="acknowledgement"):
        journal.judge_acknowledgement(reply, judgement)


def test_an_unknown_intake_is_a_usage_error(journal: Journal) -> None:
    """A name that was mistyped is said to be unknown."""
    with pytest.raises(UsageError, match="no intake X"):
        journal.intake("X")


def test_an_answer_with_nothing_new_leaves_the_state(journal: Journal) -> None:
    """A batch that is settled stays so when it is answered again."""
    batch = send(journal, prepare(journal, 1).batch).batch
    answer(journal, batch, {1: "accepted"}, collect(journal, b"one"))
    done = answer(journal, batch, {1: "rejected"}, collect(journal, b"2", "2.txt"))
    assert done.batch.state == BatchState.ACCEPTED
    assert done.contradictions.height == 1
