from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import cast
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from rapupload.config import load_settings
from rapupload.services.joining import context_for, wanted_lists
from rapupload.services.lists import read_lists
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.joined import HONG_KONG, JOINED
from rapupload.validation import Context
from rapupload.validation.meaning import join_known
from tests.unit.spec.building import load
from tests.unit.validation.building import NOW


def test_the_clock_is_that_of_hong_kong():
    """Whatever zone the machine keeps: 17:30 in London is tomorrow there."""
    evening = dt.datetime(2027, 1, 5, 17, 30, tzinfo=dt.UTC)
    found = context_for(load().spec, None, evening)
    assert found.now.isoformat() == "2027-01-06T01:30:00+08:00"
    assert found.all_scalars["today"] == dt.date(2027, 1, 6)


def test_without_settings_nothing_is_known_of_the_account():
    """Rules about it are then reported as not checked."""
    found = context_for(load().spec, None, NOW)
    assert found.own_participant is None
    assert "own_participant" not in found.all_scalars
    assert (dict(found.defaults), dict(found.severities)) == ({}, {})


def test_cut_offs_are_those_of_today():
    """At the hours of the settings, in Hong Kong."""
    scalars = context_for(load().spec, None, NOW).all_scalars
    assert str(scalars["cut_off"]) == "2027-01-05 15:45:00+08:00"
    assert str(scalars["rdp_cut_off"]) == "2027-01-05 13:30:00+08:00"


def test_another_market_has_no_cut_offs_of_ours():
    """Better not checked than checked by the wrong calendar."""
    found = context_for(load(spec={"market": "SZMK"}).spec, None, NOW)
    assert (found.market, "cut_off" in found.all_scalars) == ("SZMK", False)
    assert found.lookups == ()


@pytest.mark.parametrize(
    ("day", "settles"),
    [
        pytest.param(dt.date(2027, 1, 5), True, id="Tuesday"),
        pytest.param(dt.date(2027, 1, 9), False, id="Saturday"),
        pytest.param(dt.date(2027, 3, 26), False, id="Good Friday"),
        pytest.param(dt.date(2030, 1, 8), None, id="beyond the calendar"),
    ],
)
def test_settlement_days_come_from_the_calendar(day, settles):
    """A day beyond it is not known, rather than a settlement day."""
    (lookup,) = context_for(Catalogue().spec("si").spec, None, NOW).lookups
    assert lookup.keys == ("settlement_date",)
    known = {row[0]: row[1] for row in lookup.frame.iter_rows()}
    assert known.get(day) is settles
    assert lookup.frame["settlement_date"].is_unique().all()


def test_a_type_without_settlement_date_asks_no_calendar():
    """An ATI settles at once."""
    assert context_for(Catalogue().spec("ati").spec, None, NOW).lookups == ()


# From the firm's lists

_LISTS = {
    "accounts": "Account,Kind\n01,clearing\n00012345,statement\n",
    "stocks": "Stock code,ISIN,Name,Product,Board lot,Underlying code\n"
    "700,KYG875721634,TENCENT,share,100,\n"
    "80700,KYG875721634,TENCENT-R,share,200,\n"
    "2945,,RIGHTS,rights,2000,700\n",
    "participants": "Participant ID,Kind,Suspended\nC00019,custodian,N\nI01234,investor,Y\n",
    "balances": "Account,Stock code,ISIN,Balance,Sign,Receipts\n"
    "01,700,KYG875721634,1000,,50\n01,80700,KYG875721634,200,-,\n",
    "announcements": "Announcement number,Event type,Stock code,Deadline,Opens,Options,"
    "Currencies,Default option,Underlying code,Attendance,Last trading day,Agenda\n"
    'A26001234,rs,700,2027-01-12 16:00,2026-12-01,"CASH , SCRIP","HKD, USD",CASH,00005,'
    '"PERSON，ONLINE",2027-01-08,"1, 2(a)"\n',
    "holdings": "Announcement number,Account,Eligible holding\nA26001234,01,5000\n",
    "tenders": "Tender number,Multiple,Deadline\nT27020001,50000,2027-02-10 12:00\n",
}


@pytest.fixture
def lists(tmp_path):
    """Return a function that gives what a type can know from all lists."""

    def of(type_: str, *left_out: str) -> Context:
        given = {}
        for name, text in _LISTS.items():
            if name not in left_out:
                given[name] = tmp_path / f"{name}.csv"
                given[name].write_text(text, encoding="utf-8")
        spec = Catalogue().spec(type_).spec
        now = dt.datetime.now(dt.UTC)  # noqa: TID251 - the files are of now
        found = read_lists(wanted_lists(spec), None, now, given=given)
        return context_for(spec, None, NOW, found)

    return of


def known(context: Context, **row: object) -> dict[str, object]:
    """Return what one row is found to know."""
    texts = {name: pl.Series([value], dtype=pl.String) for name, value in row.items()}
    return join_known(pl.DataFrame(texts), context).row(0, named=True)


_HKT = ZoneInfo(HONG_KONG)
_JOINS = [
    pytest.param(
        "ati",
        {"from_account": "01", "to_account": "09"},
        {
            "from_account_kind": "clearing",
            "from_account_known": True,
            "to_account_kind": None,
            "to_account_known": False,
        },
        id="each account column has its kind",
    ),
    pytest.param(
        "si",
        {"stock_account": None},
        {"stock_account_known": None},
        id="a blank account is not unknown",
    ),
    pytest.param(
        "si",
        {"counterparty_id": "C00019"},
        {
            "counterparty_kind": "custodian",
            "counterparty_known": True,
            "counterparty_suspended": False,
        },
        id="counterparty",
    ),
    pytest.param(
        "isi",
        {"investor_id": "I01234"},
        {"counterparty_kind": "investor", "counterparty_suspended": True},
        id="an investor is a counterparty too",
    ),
    pytest.param(
        "si",
        {"counterparty_id": "B09999"},
        {"counterparty_kind": None, "counterparty_known": False},
        id="a participant that is not listed",
    ),
    pytest.param(
        "si",
        {"stock_account": "01", "stock_code": "00700", "isin": None},
        {
            "balance": 1000,
            "receipts": 50,
            "reference_known": True,
            "reference_name": "TENCENT",
            "reference_isin": "KYG875721634",
            "reference_counters": 2,
            "product": "share",
            "board_lot": 100,
            "stock_key": "00700",
        },
        id="stock and balance by code",
    ),
    pytest.param(
        "si",
        {"stock_account": "01", "stock_code": None, "isin": "KYG875721634"},
        {
            "balance": 800,
            "reference_isin": "KYG875721634",
            "reference_counters": 2,
            "stock_key": None,
            "product": "share",
            "board_lot": None,
        },
        id="by ISIN what all its counters agree on",
    ),
    pytest.param(
        "si",
        {"stock_account": "01", "stock_code": "00001", "isin": "KYG875721634"},
        {"balance": None, "reference_known": False, "reference_isin": None},
        id="a code that is not listed is not looked up by its ISIN",
    ),
    pytest.param(
        "subscription",
        {"announcement_no": "A26001234", "stock_account": "01", "stock_code": "02945"},
        {
            "event_known": True,
            "event_type": "RS",
            "event_instruction": "subscription",
            "event_kind": "RIGHTS",
            "event_stock_code": "00700",
            "event_deadline": dt.datetime(2027, 1, 12, 16, 0, tzinfo=_HKT),
            "event_opens": dt.date(2026, 12, 1),
            "event_options": "CASH,SCRIP",
            "event_currencies": "HKD,USD",
            "event_default_option": "CASH",
            "event_attendance": "PERSON,ONLINE",
            "event_last_trading_day": dt.date(2027, 1, 8),
            "agenda": "1,2(a)",
            "underlying_code": "00005",
            "holding": 5000,
            "event_holding": 5000,
        },
        id="an announcement, its holding, its stock",
    ),
    pytest.param(
        "voting",
        {"announcement_no": "A26009999", "stock_account": "01", "stock_code": "02945"},
        {
            "event_known": False,
            "event_type": None,
            "holding": None,
            "underlying_code": "00700",
        },
        id="an announcement that is not listed",
    ),
    pytest.param(
        "tender",
        {"tender_no": "T27020001"},
        {
            "tender_multiple": 50_000,
            "event_deadline": dt.datetime(2027, 2, 10, 12, 0, tzinfo=_HKT),
            "event_type": None,
        },
        id="a tender",
    ),
    pytest.param(
        "tender",
        {"tender_no": "A26001234"},
        {"tender_multiple": None, "event_type": "RS"},
        id="an announcement where a tender should be",
    ),
]


@pytest.mark.parametrize(("type_", "row", "values"), _JOINS)
def test_a_row_knows_what_the_lists_say(lists, type_, row, values):
    """By its keys; what they do not say stays unknown."""
    filled = {c.sql_name: None for c in Catalogue().spec(type_).spec.column}
    keys = {n for n in filled if n in row or n.endswith(("account", "_no", "_code"))}
    found = known(lists(type_), **{**dict.fromkeys(keys), "isin": None, **row})
    assert {name: found.get(name) for name in values} == values


def test_every_joined_name_has_a_source():
    """None is left that nothing could ever fill."""
    shared = {"voted", "represented"}  # from the journal: see test_ledger
    cases = (cast("dict[str, object]", case.values[2]) for case in _JOINS)
    told = {name for values in cases for name in values}
    clock = {"today", "now", "own_participant", "settlement_day", "cut_off"}
    others = {"rdp_cut_off", "money_limit"}
    assert set(JOINED) - told == shared | clock | others


@pytest.mark.parametrize(
    ("type_", "left_out", "row", "name", "why"),
    [
        pytest.param(
            "ati",
            "accounts",
            {"from_account": "01"},
            "from_account_known",
            "no list of stock accounts ([lists] accounts",
            id="no list",
        ),
        pytest.param(
            "voting",
            "",
            {"announcement_no": "A26009999", "stock_account": "01"},
            "holding",
            "the list of eligible holdings does not say",
            id="not in the list",
        ),
        pytest.param(
            "ati",
            "",
            {"isin": None},
            "own_participant",
            "there are no settings",
            id="no settings",
        ),
        pytest.param(
            "si",
            "",
            {"currency": "HKD"},
            "money_limit",
            "no limit for that currency",
            id="no limit",
        ),
    ],
)
def test_a_gap_says_what_would_fill_it(lists, type_, left_out, row, name, why):
    """The list and the key of the settings, by name."""
    context = lists(type_, left_out)
    assert known(context, **row).get(name) is None
    assert why in context.gaps[name].en


def test_a_complete_list_says_zero_of_what_it_leaves_out(tmp_path):
    """A balance that CCASS does not report is none."""
    (tmp_path / "balances.csv").write_text(_LISTS["balances"], encoding="utf-8")
    (tmp_path / "rapupload.toml").write_text(
        """
[account]
name = "CB01234001"
participant = "B01234"
private-key = "k"
[[endpoint]]
host = "127.0.0.1"
port = 1
host-keys = ["SHA256:x"]
[lists]
balances = { file = "balances.csv", complete = true, max-age-days = 9999 }
[limits]
money = { HKD = "5.50" }
""",
        encoding="utf-8",
    )
    settings = load_settings(tmp_path / "rapupload.toml")
    spec = Catalogue().spec("si").spec
    context = context_for(
        spec, settings, NOW, read_lists(wanted_lists(spec), settings, NOW)
    )
    row = {"stock_account": "09", "stock_code": "00700", "isin": None}
    found = known(context, **row, currency="HKD")
    assert (found["balance"], found["receipts"]) == (0, 0)
    assert found["money_limit"] == Decimal("5.50")
    assert known(context, currency="USD")["money_limit"] is None
