"""The ledger: real files into a real journal, one after the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rapupload.config import load_settings
from rapupload.errors import (
    ApprovalNeededError,
    FindingsError,
    JournalBusyError,
    StateError,
    UsageError,
)
from rapupload.journal import Batch
from rapupload.model import BatchState, Environment, Severity
from rapupload.services.checking import Acceptance, Source
from rapupload.services.deciding import approve, approve_by_policy
from rapupload.services.desk import Desk
from rapupload.services.joining import context_for, wanted_lists
from rapupload.services.ledger import known_rows, look_back
from rapupload.services.lists import read_lists
from rapupload.services.preparing import Decisions, Preparation, past_of, prepare
from rapupload.services.reporting import report
from rapupload.validation.reckoning import figures_document
from rapupload.wiring import open_desk
from tests.support.places import MAKER, Place
from tests.support.sheets import Row, write_csv
from tests.unit.journal.building import answer, move, send

HKT = dt.timezone(dt.timedelta(hours=8))
TODAY = dt.date(2027, 1, 5)
DEADLINE = "2027-01-12 16:00"
LISTS = """
[lists]
holdings = "holdings.csv"
balances = "balances.csv"
max-age-days = 9999
[limits]
money = { HKD = "1000000.00" }
"""


class Clock:
    """Tuesday, ten in the morning in Hong Kong, until a test says otherwise."""

    now = dt.datetime(2027, 1, 5, 10, 0, tzinfo=HKT)

    def __call__(self) -> dt.datetime:
        return self.now.astimezone(dt.UTC)


def write_settings(place: Place, text: str = LISTS, **tables: Any) -> None:
    key = Path("key")
    place.write_settings(
        port=1, host_keys=["SHA256:x"], private_key=key, text=text, **tables
    )


def write_list(place: Place, name: str, *lines: str) -> None:
    text = "\n".join([*lines, ""])
    (place.folder / f"{name}.csv").write_text(text, encoding="utf-8")


@pytest.fixture
def clock() -> Clock:
    """The clock of the desk."""
    return Clock()


@pytest.fixture
def firm(place: Place) -> Place:
    """A folder with settings and the firm's lists."""
    write_settings(place)
    write_list(
        place,
        "holdings",
        "Announcement number,Account,Eligible holding",
        "A26001234,01,1000",
        "A26007777,01,1000",
    )
    write_list(place, "balances", "Account,Stock code,Balance", "01,00700,1000")
    return place


@pytest.fixture
def desk(firm: Place, clock: Clock) -> Iterator[Desk]:
    """The firm's desk."""
    with open_at(firm, clock) as opened:
        yield opened


def open_at(place: Place, clock: Clock) -> Any:
    settings = load_settings(place.folder / "rapupload.toml")
    return open_desk(settings, {"RAPUPLOAD_PERSON": MAKER}, clock=clock)


_PASSED = ("el-incomplete", "vt-resolution-missing")
"""Warnings about files by themselves, which small ones cannot but give."""

_numbers = iter(range(1, 100_000))


def elects(quantity: int, option: str = "SCRIP", /, **changes: object) -> Row:
    return {
        "Our reference": f"R{next(_numbers):06d}",
        "Announcement number": "A26001234",
        "Stock account": "01",
        "Election": option,
        "Shares electing": quantity,
        "CCASS deadline": DEADLINE,
        **changes,
    }


def votes(resolution: str, quantity: int, against: int = 0, **changes: object) -> Row:
    return {
        "Our reference": f"R{next(_numbers):06d}",
        "Announcement number": "A26007777",
        "Stock account": "01",
        "Resolution": resolution,
        "For": quantity,
        "Against": against,
        "CCASS deadline": DEADLINE,
        **changes,
    }


def represents(quantity: int, document: str = "A123456(3)") -> Row:
    return {
        "Our reference": f"R{next(_numbers):06d}",
        "Announcement number": "A26007777",
        "Stock account": "01",
        "Appointment": "REP",
        "Name as on the document": "CHAN TAI MAN",
        "Document": "HKID" if document.endswith(")") else "PASSPORT",
        "Document number": document,
        "Issuing country": "HK",
        "Shares represented": quantity,
        "Way of attending": "PERSON",
        "CCASS deadline": DEADLINE,
    }


def transfers(quantity: int, **changes: object) -> Row:
    return {
        "Our reference": f"R{next(_numbers):06d}",
        "Stock code": "00700",
        "From account": "01",
        "To account": "02",
        "Quantity": quantity,
        **changes,
    }


def settles(direction: str, quantity: int, amount: int, **changes: object) -> Row:
    return {
        "Our reference": f"R{next(_numbers):06d}",
        "Deliver or receive": direction,
        "Counterparty": "C00019",
        "Stock code": "00700",
        "Quantity": quantity,
        "Settlement date": TODAY.isoformat(),
        "Payment method": "DVP",
        "Currency": "HKD",
        "Settlement amount": amount,
        "Our stock account": "01",
        "Purpose": "BC",
        **changes,
    }


def put_in(
    desk: Desk, type_: str, rows: Sequence[Row], *, accept: Sequence[str] = ()
) -> Preparation:
    """Prepare a file of these rows."""
    file = desk.settings.folder / f"{type_}-{next(_numbers)}.csv"
    write_csv(file, rows)
    codes = frozenset({*accept, *_PASSED})
    acceptance = Acceptance(codes=codes, reason="known")
    return prepare(
        desk, Source(file=file, type=type_), Decisions(acceptance=acceptance)
    )


def batch_of(made: Preparation) -> Batch:
    assert made.stopped is None, (made.stopped, _errors(made))
    (batch,) = made.batches
    return batch


def _errors(made: Preparation) -> list[str]:
    return (
        [f"{f.code} {f.message.en}" for f in made.checked.findings]
        if made.checked
        else []
    )


def said(made: Preparation) -> list[str]:
    """Return the findings of the ledger, in English."""
    assert made.checked is not None
    codes = {entry.code for entry in made.checked.spec.spec.ledger}
    return [f.message.en for f in made.checked.findings if f.code in codes]


def figures(made: Preparation) -> list[tuple[str | None, ...]]:
    """Return accepted, outstanding, this file, limit and over of each limit."""
    assert made.checked is not None
    assert made.checked.figures is not None
    names = ("accepted", "outstanding", "this_file", "limit", "over")
    found = figures_document(made.checked.figures)
    return [tuple(_text(row[name]) for name in names) for row in found]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def settle(desk: Desk, batch: Batch, how: str) -> None:
    """Let a batch of two rows come to an end, or stay on its way."""
    journal, name = desk.journal, batch.batch
    if how == "prepared":
        return
    if how in {"withdrawn", "expired"}:
        move(journal, name, BatchState(how))
        return
    if how == "in-doubt":
        states = (BatchState.APPROVED, BatchState.SENDING, BatchState.IN_DOUBT)
        move(journal, name, *states)
        return
    if how == "handed over":
        move(journal, name, BatchState.APPROVED, BatchState.HANDED_OVER)
        return
    send(journal, name)
    outcomes: Mapping[str, Sequence[str]] = {
        "sent": (),
        "accepted": ("accepted", "accepted"),
        "first accepted": ("accepted",),
        "second rejected": ("accepted", "rejected"),
        "rejected": ("rejected", "rejected"),
    }
    if outcomes[how]:
        lines = journal.rows(name)["line"].to_list()
        answer(journal, name, dict(zip(lines, outcomes[how], strict=False)))


# Corporate actions: one holding per announcement and account


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        pytest.param("prepared", ("0", "1000", "300", "1000", "300"), id="prepared"),
        pytest.param("sent", ("0", "1000", "300", "1000", "300"), id="sent"),
        pytest.param("in-doubt", ("0", "1000", "300", "1000", "300"), id="in doubt"),
        pytest.param("accepted", ("1000", "0", "300", "1000", "300"), id="accepted"),
        pytest.param(
            "first accepted",
            ("400", "600", "300", "1000", "300"),
            id="partly answered",
        ),
        pytest.param(
            "second rejected", ("400", "0", "300", "1000", "-300"), id="one rejected"
        ),
        pytest.param("rejected", ("0", "0", "300", "1000", "-700"), id="rejected"),
        pytest.param("withdrawn", ("0", "0", "300", "1000", "-700"), id="withdrawn"),
        pytest.param("expired", ("0", "0", "300", "1000", "-700"), id="expired"),
        pytest.param(
            "handed over",
            ("1000", "0", "300", "1000", "300"),
            id="keyed at the terminal counts as accepted",
        ),
    ],
)
def test_what_earlier_files_take_from_a_holding(
    desk: Desk, how: str, expected: tuple[str, ...]
) -> None:
    """Accepted, outstanding, this file, limit: too much is stopped with the figures."""
    first = put_in(desk, "election", [elects(400), elects(600, "CASH")])
    settle(desk, batch_of(first), how)
    second = put_in(desk, "election", [elects(300)])
    assert figures(second) == [expected]
    accepted, outstanding, _, _, over = expected
    if over.startswith("-"):
        assert second.stopped is None
        assert said(second) == []
    else:
        assert isinstance(second.stopped, FindingsError)
        assert said(second) == [
            (
                f"Announcement A26001234, account 01: {accepted} accepted before, "
                f"{outstanding} outstanding and 300 in this file come to {over} more than "
                "the holding of 1000."
            )
        ]


def test_a_file_alone_is_judged_by_its_own_rule(desk: Desk) -> None:
    """One finding for one fault: the ledger speaks only where something came before."""
    made = put_in(desk, "election", [elects(1_100)])
    assert made.checked is not None
    assert "ca-over-holding" in made.checked.findings.codes(Severity.ERROR)
    assert said(made) == []


def test_exactly_the_holding_passes_and_one_share_more_does_not(desk: Desk) -> None:
    """The limit itself may be reached."""
    batch_of(put_in(desk, "election", [elects(400)]))
    batch_of(put_in(desk, "election", [elects(600)]))
    assert len(said(put_in(desk, "election", [elects(1)]))) == 1


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"Announcement number": "A26007777"}, id="another announcement"),
    ],
)
def test_other_holdings_are_other_limits(
    desk: Desk, changes: dict[str, object]
) -> None:
    """Each announcement and account has its own."""
    batch_of(put_in(desk, "election", [elects(1_000)]))
    made = put_in(desk, "election", [elects(500, **changes)])
    assert figures(made) == [("0", "0", "500", "1000", "-500")]


def test_the_users_own_column_is_a_limit_too(desk: Desk) -> None:
    """A sheet that states the holding needs no list."""
    given = {"Announcement number": "A26009999", "Eligible holding": 700}
    batch_of(put_in(desk, "election", [elects(500, **given)]))
    made = put_in(desk, "election", [elects(300, **given)])
    assert figures(made) == [("0", "500", "300", "700", "100")]


def test_a_holding_nobody_knows_is_reported_as_not_checked(desk: Desk) -> None:
    """And costs no look at the journal."""
    made = put_in(desk, "election", [elects(5, **{"Announcement number": "A26009999"})])
    assert made.checked is not None
    (gap,) = [g for g in made.checked.not_checked if g.rule == "ledger-holding"]
    assert (gap.missing, gap.rows) == (("holding",), 1)
    assert [why.en for why in gap.reasons] == [
        "the list of eligible holdings does not say"
    ]
    assert figures(made) == []


def test_other_participants_and_environments_do_not_count(
    firm: Place, clock: Clock
) -> None:
    """One journal may hold several accounts and environments; they never mix."""
    with open_at(firm, clock) as desk:
        batch_of(put_in(desk, "election", [elects(900)]))
        made = put_in(desk, "election", [elects(50)])
        checked, past = made.checked, past_of(desk)
        assert checked is not None
        known = known_rows(checked, context_of(desk))
        assert look_back(known, checked.spec.spec, past).claims.height == 1
        for other in (
            replace(past, participant="B09999"),
            replace(past, environment=Environment.PRACTICE),
        ):
            assert look_back(known, checked.spec.spec, other).claims.is_empty()


def context_of(desk: Desk) -> Any:
    spec = desk.catalogue.spec("election").spec
    lists = read_lists(wanted_lists(spec), desk.settings, desk.clock())
    return context_for(spec, desk.settings, desk.clock(), lists)


# One holding, shared by votes and representatives


def test_votes_on_different_resolutions_do_not_add_up(desk: Desk) -> None:
    """The same shares vote on each of them; one after the other is enough."""
    batch_of(put_in(desk, "voting", [votes("1", 700, 200)]))
    made = put_in(desk, "voting", [votes("1", 100), votes("2", 1_000)])
    assert made.stopped is None
    assert figures(made) == [
        ("0", "900", "100", "1000", "0"),
        ("0", "0", "1000", "1000", "0"),
    ]
    over = put_in(desk, "voting", [votes("1", 1), votes("3", 1_000)])
    assert isinstance(over.stopped, FindingsError)
    assert [f.row for f in over.checked.findings if f.code == "ledger-holding"] == [2]  # type: ignore[union-attr]


def test_a_representative_takes_from_what_votes_left(desk: Desk) -> None:
    """Of the resolutions voted on, the one with most votes counts."""
    batch_of(put_in(desk, "voting", [votes("1", 300), votes("2", 900)]))
    over = put_in(desk, "representative", [represents(101)])
    assert over.checked is not None
    assert over.checked.findings.codes(Severity.ERROR) == ("rp-over-holding",)
    made = put_in(desk, "representative", [represents(100)])
    assert figures(made) == [("0", "900", "100", "1000", "0")]
    batch_of(made)


def test_votes_take_from_what_representatives_left(desk: Desk) -> None:
    """On every resolution; the sheet's own rule sees the shares represented as well."""
    rows = [represents(200), represents(100, "A1234567")]
    settle(desk, batch_of(put_in(desk, "representative", rows)), "second rejected")
    over = put_in(desk, "voting", [votes("1", 800), votes("2", 801)])
    assert over.checked is not None
    wrong = [f for f in over.checked.findings if f.severity is Severity.ERROR]
    assert [(f.code, f.row) for f in wrong] == [("vt-with-representative", 3)]
    made = put_in(desk, "voting", [votes("1", 800), votes("2", 200)])
    assert figures(made) == [
        ("200", "0", "800", "1000", "0"),
        ("200", "0", "200", "1000", "-600"),
    ]
    batch_of(made)
    full = put_in(desk, "voting", [votes("1", 1), votes("2", 600)])
    assert isinstance(full.stopped, FindingsError)
    assert said(full) == [
        (
            "Announcement A26007777, account 01: 200 accepted before, 800 outstanding and 1 "
            "in this file come to 1 more than the holding of 1000."
        )
    ]


def test_with_nothing_before_shares_are_known_not_to_be_represented(
    desk: Desk,
) -> None:
    """The rule is checked: nothing was represented, which is not the same as unknown."""
    made = put_in(desk, "voting", [votes("1", 1_000)])
    assert made.checked is not None
    assert "vt-with-representative" not in {g.rule for g in made.checked.not_checked}


# Deliveries of a day against its balance


def test_deliveries_of_several_types_share_the_balance_of_today(desk: Desk) -> None:
    """Transfers and settlements take from one account; receipts do not."""
    batch_of(put_in(desk, "ati", [transfers(400)]))
    batch_of(put_in(desk, "si", [settles("D", 500, 1), settles("R", 9_000, 1)]))
    made = put_in(desk, "ati", [transfers(200)])
    assert figures(made) == [("0", "900", "200", "1000", "100")]
    assert said(made) == [
        (
            "Account 01 delivers too much today: 0 accepted before, 900 outstanding and 200 "
            "in this file come to 100 more than the day-start balance of 1000."
        )
    ]
    assert isinstance(made.stopped, FindingsError)
    batch_of(put_in(desk, "ati", [transfers(200)], accept=["ledger-short"]))


def test_a_settlement_prepared_yesterday_counts_on_its_day(
    desk: Desk, clock: Clock
) -> None:
    """What counts is the day of the delivery, not the day of the file."""
    clock.now -= dt.timedelta(days=1)
    batch_of(put_in(desk, "si", [settles("D", 900, 1)]))
    batch_of(put_in(desk, "ati", [transfers(900)]))
    clock.now += dt.timedelta(days=1)
    made = put_in(desk, "ati", [transfers(200)])
    assert figures(made) == [("0", "900", "200", "1000", "100")]


def test_a_delivery_of_another_day_is_not_compared_with_todays_balance(
    desk: Desk,
) -> None:
    """Tomorrow's balance is not known today."""
    later = {"Settlement date": "2027-01-06"}
    batch_of(put_in(desk, "si", [settles("D", 5_000, 1, **later)]))
    assert figures(put_in(desk, "ati", [transfers(1_000)])) == [
        ("0", "0", "1000", "1000", "0")
    ]


# One stock, by its code and by its ISIN

_ISIN = "KYG875721634"
_BY_ISIN = {"Stock code": "", "ISIN": _ISIN}


def know_stocks(desk: Desk, *codes: str) -> None:
    """Have the firm keep a list of stocks, all of one ISIN, and balances by both."""
    folder = desk.settings.folder
    lines = [f"{code},{_ISIN},TENCENT,share" for code in codes]
    text = "\n".join(["Stock code,ISIN,Name,Product", *lines, ""])
    (folder / "stocks.csv").write_text(text, encoding="utf-8")
    balances = f"Account,Stock code,ISIN,Balance\n01,00700,{_ISIN},1000\n"
    (folder / "balances.csv").write_text(balances, encoding="utf-8")


def with_stocks(place: Place) -> None:
    write_settings(place, LISTS.replace("[lists]", '[lists]\nstocks = "stocks.csv"'))


_TWO_WAYS = [
    pytest.param({}, _BY_ISIN, id="code, then ISIN"),
    pytest.param(_BY_ISIN, {}, id="ISIN, then code"),
]


@pytest.mark.parametrize(("before", "after"), _TWO_WAYS)
def test_a_stock_is_one_whichever_way_it_is_named(
    firm: Place, clock: Clock, before: dict[str, str], after: dict[str, str]
) -> None:
    """The same balance is not given out twice, by code and by ISIN."""
    with_stocks(firm)
    with open_at(firm, clock) as desk:
        know_stocks(desk, "00700")
        batch_of(put_in(desk, "ati", [transfers(900, **before)]))
        made = put_in(desk, "si", [settles("D", 900, 1, **after)])
    assert figures(made) == [("0", "900", "900", "1000", "800")]
    assert isinstance(made.stopped, FindingsError)


def test_a_batch_made_before_there_was_a_list_counts_by_the_list_of_today(
    firm: Place, clock: Clock
) -> None:
    """What its rows say is kept; what that is, is looked up when it is asked."""
    with open_at(firm, clock) as desk:
        know_stocks(desk, "00700")
        batch_of(put_in(desk, "ati", [transfers(900, **_BY_ISIN)]))
    with_stocks(firm)
    with open_at(firm, clock) as desk:
        made = put_in(desk, "ati", [transfers(900)])
    assert figures(made) == [("0", "900", "900", "1000", "800")]


def test_rows_of_one_file_are_of_one_stock(firm: Place, clock: Clock) -> None:
    """The rules of the file alone see both names too."""
    with_stocks(firm)
    rows = [transfers(900, ISIN=""), transfers(900, **_BY_ISIN)]
    back = transfers(5, **_BY_ISIN, **{"From account": "02", "To account": "01"})
    with open_at(firm, clock) as desk:
        know_stocks(desk, "00700")
        made = put_in(desk, "ati", [*rows, back])
    assert made.checked is not None
    found = {(f.code, f.row) for f in made.checked.findings}
    assert {("ati-short", 2), ("ati-short", 3)} <= found, _errors(made)
    assert {("ati-chain", 2), ("ati-chain", 3), ("ati-round-trip", 2)} <= found


@pytest.mark.parametrize(
    ("has_list", "why"),
    [
        pytest.param(False, "no list of stocks", id="no list"),
        pytest.param(True, "does not say", id="not in the list"),
    ],
)
def test_an_isin_that_nothing_resolves_is_reported_as_not_checked(
    firm: Place, clock: Clock, *, has_list: bool, why: str
) -> None:
    """Of that row alone; a row by code needs no list."""
    if has_list:
        with_stocks(firm)
    with open_at(firm, clock) as desk:
        know_stocks(desk, "00001")
        text = (firm.folder / "stocks.csv").read_text("utf-8")
        other = text.replace(_ISIN, "CNE1000003G1")
        (firm.folder / "stocks.csv").write_text(other, "utf-8")
        rows = [transfers(400, ISIN=""), transfers(400, **_BY_ISIN)]
        made = put_in(desk, "ati", rows)
        assert made.checked is not None
        gaps = {
            gap.rule: gap
            for gap in made.checked.not_checked
            if "stock-key" in gap.missing
        }
        named = {"ledger-short", "ati-short", "ati-chain", "ati-round-trip"}
        assert set(gaps) == named
        assert {gap.rows for gap in gaps.values()} == {1}
        assert all(why in gap.reasons[0].en for gap in gaps.values())
        assert not {f.code for f in made.checked.findings} & named
        over = put_in(desk, "ati", [transfers(1_001, **_BY_ISIN)])
        assert over.checked is not None
        assert "ati-short" in {f.code for f in over.checked.findings}


# Money of a day against the limit of the settings


def test_money_beyond_the_limit_waits_for_a_second_person(desk: Desk) -> None:
    """Though approval is off: accepted with a reason, it is not the maker's to approve."""
    batch_of(put_in(desk, "si", [settles("R", 1, 600_000)]))
    rows = [settles("R", 1, 400_000), settles("R", 1, 1, Currency="USD")]
    assert put_in(desk, "si", rows).stopped is None
    made = put_in(desk, "si", [settles("R", 1, 10)])
    assert said(made) == [
        (
            "HKD going out: 0 accepted before, 1000000 outstanding and 10 in this file come "
            "to 10 more than the limit of 1000000 for one day."
        )
    ]
    batch = batch_of(put_in(desk, "si", [settles("R", 1, 10)], accept=["ledger-money"]))
    with pytest.raises(ApprovalNeededError, match="second person"):
        approve_by_policy(desk, batch)
    with pytest.raises(UsageError, match="may not approve"):
        approve(desk, batch.batch)
    other = replace(desk, person="wong")
    assert approve(other, batch.batch).state is BatchState.APPROVED


def test_a_limit_that_is_not_passed_asks_for_nobody(desk: Desk) -> None:
    """Having accepted the warning beforehand changes nothing."""
    made = put_in(desk, "si", [settles("R", 1, 10)], accept=["ledger-money"])
    assert approve_by_policy(desk, batch_of(made)).state is BatchState.APPROVED


# What is kept, and what cannot be told


def test_the_figures_are_shown_to_the_checker(desk: Desk) -> None:
    """They are those of the moment in which the batch was prepared."""
    batch_of(put_in(desk, "election", [elects(400)]))
    batch = batch_of(put_in(desk, "election", [elects(300)]))
    (row,) = report(desk, batch.batch).figures
    assert row == {
        "code": "ledger-holding",
        "book": "election",
        "day": None,
        "key": {"announcement_no": "A26001234", "stock_account": "01"},
        "each": {},
        "accepted": "0",
        "outstanding": "400",
        "this_file": "300",
        "limit": "1000",
        "over": "-300",
    }
    assert desk.journal.verify().is_sound


def test_an_earlier_file_whose_rows_were_erased_is_not_left_out(desk: Desk) -> None:
    """No figure is better than one that is too small."""
    first = batch_of(put_in(desk, "election", [elects(1_000)]))
    clean = desk.journal.intake(first.intake).given.clean_rows_digest
    desk.journal.erase_blob(clean, who="chan", why="the law")
    made = put_in(desk, "election", [elects(300)])
    assert made.checked is not None
    (gap,) = [g for g in made.checked.not_checked if g.rule == "ledger-holding"]
    (why,) = gap.reasons
    assert (
        why.en == f"what batch {first.batch} takes cannot be told: its rows were erased"
    )
    assert made.checked.figures is None


def test_urgent_rows_keep_their_outcomes(desk: Desk) -> None:
    """Rows with a priority are sent first: what is answered is told by line."""
    rows = [elects(100, Priority=""), elects(800, "CASH", Priority="1")]
    settle(desk, batch_of(put_in(desk, "election", rows)), "first accepted")
    assert figures(put_in(desk, "election", [elects(50)])) == [
        ("800", "100", "50", "1000", "-50")
    ]


def test_a_file_in_parts_counts_part_by_part(place: Place, clock: Clock) -> None:
    """A source that became several batches, of which one was withdrawn."""
    spec = place.folder / "specs" / "election.toml"
    spec.parent.mkdir()
    shipped = Path(__file__).parents[3] / "specs" / "election.toml"
    text = shipped.read_text(encoding="utf-8")
    assert "max-records = 9999" in text
    spec.write_text(text.replace("max-records = 9999", "max-records = 1"), "utf-8")
    write_settings(place)
    write_list(
        place,
        "holdings",
        "Announcement number,Account,Eligible holding",
        "A26001234,01,1000",
    )
    write_list(place, "balances", "Account,Stock code,Balance", "01,00700,1000")
    with open_at(place, clock) as desk:
        made = put_in(desk, "election", [elects(200), elects(300, "CASH")])
        first, _ = made.batches
        move(desk.journal, first.batch, BatchState.WITHDRAWN)
        assert figures(put_in(desk, "election", [elects(50)])) == [
            ("0", "300", "50", "1000", "-650")
        ]


# Racing


def test_a_file_prepared_at_the_same_time_is_counted_or_stops_the_other(
    desk: Desk, firm: Place, clock: Clock
) -> None:
    """Two people at once: the second sees the first, or is told to look again."""

    def meanwhile() -> None:
        with open_at(firm, clock) as other:
            batch_of(put_in(other, "election", [elects(800)]))

    file = firm.folder / "mine.csv"
    write_csv(file, [elects(300)])
    racing = replace(desk, clock=_Once(clock, meanwhile))
    acceptance = Acceptance(codes=frozenset(_PASSED), reason="known")
    with pytest.raises(JournalBusyError, match="takes from the same"):
        prepare(
            racing, Source(file=file, type="election"), Decisions(acceptance=acceptance)
        )
    assert len(desk.journal.batches()) == 1
    again = prepare(
        desk, Source(file=file, type="election"), Decisions(acceptance=acceptance)
    )
    assert isinstance(again.stopped, FindingsError)
    assert figures(again) == [("0", "800", "300", "1000", "100")]


class _Once:
    """A clock at whose reading, late in the preparation, something else happens."""

    def __init__(self, clock: Clock, then: Any) -> None:
        self.clock, self.then, self.readings = clock, then, 0

    def __call__(self) -> dt.datetime:
        self.readings += 1
        if self.readings == _LATE:
            self.then()
        return self.clock()


_LATE = 5


def test_midnight_between_check_and_batch_stops_it(desk: Desk, clock: Clock) -> None:
    """Limits of one day do not hold for the next."""

    def strike() -> None:
        clock.now = dt.datetime(2027, 1, 6, 0, 0, 1, tzinfo=HKT)

    clock.now = dt.datetime(2027, 1, 5, 23, 59, 59, tzinfo=HKT)
    file = desk.settings.folder / "late.csv"
    write_csv(file, [transfers(1)])
    late = replace(desk, clock=_Once(clock, strike))
    with pytest.raises(StateError, match="Midnight"):
        prepare(late, Source(file=file, type="ati"), Decisions())


def test_a_wide_sheet_is_accused_in_the_cell_of_the_resolution(desk: Desk) -> None:
    """Not in the last one of the row: there somebody would mend the wrong vote."""
    batch_of(put_in(desk, "voting", [votes("2", 900)]))
    wide = votes("", 0)
    for name in ("Resolution", "For", "Against"):
        del wide[name]
    made = put_in(desk, "voting", [{**wide, "1": "F 10", "2": "F 200", "3": "F 10"}])
    assert made.checked is not None
    found = [f for f in made.checked.findings if f.code == "ledger-holding"]
    assert [(f.column, f.value) for f in found] == [("2", "200")]
