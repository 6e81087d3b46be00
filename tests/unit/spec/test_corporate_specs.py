"""The shipped specs of corporate actions, with the announcements and lists they ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import polars as pl
import pytest

from rapupload.model import Severity
from rapupload.shaping import shape
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.joined import JOINED
from rapupload.validation import Checked, Lookup, check
from tests.unit.validation.building import NOW, codes, context, said, table

TYPES = ("election", "representative", "subscription", "tender", "voting")
_CATALOGUE = Catalogue()
_COMMON = {
    "own-reference": "R1",
    "announcement-no": "A27000001",
    "stock-code": "00005",
    "stock-account": "01",
    "quantity": "1000",
    "deadline": "2027-01-08T16:00",
    "holding": "1000",
}
GOOD: dict[str, dict[str, str | None]] = {
    "election": {**_COMMON, "election": "CASH"},
    "representative": {
        **_COMMON,
        "appointment": "REP",
        "name": "CHAN TAI MAN",
        "id-type": "HKID",
        "id-number": "A1234563",
    },
    "subscription": {**_COMMON, "stock-code": "02945", "subscription-kind": "RIGHTS"},
    "tender": {
        "own-reference": "R1",
        "tender-no": "T27000001",
        "stock-code": "04110",
        "stock-account": "01",
        "nominal": "50000",
        "deadline": "2027-01-08T16:00",
    },
    "voting": {
        **{name: cell for name, cell in _COMMON.items() if name != "quantity"},
        "resolution-no": "1",
        "votes-for": "1000",
    },
}
_ALWAYS = {"subscription": ["sub-irrevocable"]}


def _check(
    type_: str, rows: Sequence[Mapping[str, str | None]], *lookups: Lookup
) -> Checked:
    """Check rows by column name; every row has the columns of the first."""
    names = list(rows[0])
    source = table(names, [[row.get(name) for name in names] for row in rows])
    spec = _CATALOGUE.spec(type_)
    return check(shape(source, spec.spec), spec, context(lookups=lookups))


def _known(key: str, cell: str, values: Mapping[str, object]) -> Lookup:
    """Return what is known of one value of a column."""
    schema = {key: pl.String(), **{name: JOINED[name] for name in values}}
    row = {key: [cell], **{name: [value] for name, value in values.items()}}
    return Lookup(keys=(key,), frame=pl.DataFrame(row, schema=schema))


def _event(**values: object) -> Lookup:
    return _known("announcement_no", "A27000001", values)


def _tender(**values: object) -> Lookup:
    return _known("tender_no", "T27000001", values)


def _stock(code: str, **values: object) -> Lookup:
    return _known("stock_code", code, values)


@pytest.mark.parametrize("type_", TYPES)
def test_a_good_row_has_no_finding(type_):
    """The row that the other tests change is clean by itself."""
    assert codes(_check(type_, [GOOD[type_]])) == _ALWAYS.get(type_, [])


_SOON, _PAST = NOW + dt.timedelta(hours=1), NOW - dt.timedelta(hours=1)
_OPEN_LATER, _TRADED = NOW.date() + dt.timedelta(days=1), NOW.date()
_NO_DEADLINE = {"deadline": None}
_TAKEOVER = {"subscription-kind": "TAKEOVER", "stock-code": "00175"}
_ELECTION_EVENT = {"event_type": "BE", "event_instruction": "election"}
_RIGHTS_EVENT = {"event_type": "RS", "event_instruction": "subscription"}
_MEETING_EVENT = {"event_type": "VT", "event_instruction": "voting,representative"}
_MANDATORY_EVENT = {"event_type": "TM", "event_instruction": "none"}
_NEEDING_LISTS = [
    ("voting", {}, _event(event_known=False), "ca-announcement-unknown"),
    ("voting", {}, _event(**_ELECTION_EVENT), "ca-wrong-function"),
    ("voting", {}, _event(**_MANDATORY_EVENT), "ca-no-instruction"),
    ("representative", {}, _event(**_RIGHTS_EVENT), "ca-wrong-function"),
    ("election", {}, _event(**_MEETING_EVENT), "ca-wrong-function"),
    ("election", {}, _event(**_MANDATORY_EVENT), "ca-no-instruction"),
    ("subscription", {}, _event(**_ELECTION_EVENT), "ca-wrong-function"),
    ("subscription", {}, _event(**_MANDATORY_EVENT), "ca-no-instruction"),
    ("tender", {}, _tender(**_RIGHTS_EVENT), "ca-wrong-function"),
    (
        "election",
        {"announcement-type": "RS"},
        _event(**_ELECTION_EVENT),
        "ca-type-differs",
    ),
    ("voting", {}, _event(event_stock_code="00700"), "ca-stock-differs"),
    ("voting", _NO_DEADLINE, _event(event_deadline=_PAST), "ca-event-deadline-passed"),
    ("voting", _NO_DEADLINE, _event(event_deadline=_SOON), "ca-event-deadline-near"),
    ("election", {}, _event(event_deadline=_SOON), "ca-deadline-differs"),
    ("tender", {}, _tender(event_deadline=_SOON), "ca-deadline-differs"),
    ("election", {}, _event(event_opens=_OPEN_LATER), "ca-not-open"),
    ("election", {}, _event(event_options="SCRIP,CCY"), "el-option-not-offered"),
    (
        "election",
        {"election": None, "option-no": "3"},
        _event(event_options="001,002"),
        "el-option-not-offered",
    ),
    (
        "election",
        {"election": "CCY", "currency": "GBP"},
        _event(event_currencies="HKD,USD"),
        "el-currency-not-offered",
    ),
    ("election", {}, _event(event_currencies="HKD,USD"), "el-currency-missed"),
    ("election", {}, _event(event_default_option="CASH"), "el-default-only"),
    (
        "election",
        {"election": None, "option-no": "1"},
        _event(event_default_option="1"),
        "el-default-only",
    ),
    ("subscription", {}, _event(underlying_code="02945"), "sub-underlying-code"),
    (
        "subscription",
        {"subscription-kind": "EXCESS"},
        _event(**_RIGHTS_EVENT),
        "sub-excess-needs-event",
    ),
    (
        "subscription",
        _TAKEOVER,
        _event(event_type="TU", event_options="CASH,SHARE"),
        "sub-option-needed",
    ),
    ("subscription", _TAKEOVER, _event(event_type="TC"), "sub-conditional"),
    (
        "subscription",
        {"subscription-kind": "WARRANT"},
        _stock("02945", board_lot=3000),
        "sub-not-whole-lots",
    ),
    (
        "subscription",
        {},
        _event(event_type="RS", event_last_trading_day=_TRADED),
        "sub-rights-trading",
    ),
    (
        "representative",
        {"attendance": "ONLINE", "email": "a@example.com", "phone": "91234567"},
        _event(event_attendance="PERSON"),
        "rp-mode-not-offered",
    ),
    (
        "representative",
        {"attendance": "PERSON"},
        _event(event_attendance="ISSUER"),
        "rp-mode-not-offered",
    ),
    ("representative", {}, _event(voted=1), "rp-over-holding"),
    ("voting", {}, _event(represented=1), "vt-with-representative"),
    ("voting", {}, _event(agenda="2,3"), "vt-resolution-unknown"),
    ("voting", {"holding": None}, _event(holding=999), "vt-over-holding"),
    ("election", {"holding": None}, _event(holding=999), "ca-over-holding"),
    ("subscription", {"holding": None}, _event(holding=999), "sub-over-rights"),
    ("tender", {}, _tender(tender_multiple=40_000), "td-multiple"),
]
_SILENT = [
    ("voting", {}, _event(**_MEETING_EVENT), "ca-wrong-function"),
    ("representative", {}, _event(**_MEETING_EVENT), "ca-wrong-function"),
    ("election", {}, _event(**_ELECTION_EVENT), "ca-wrong-function"),
    ("subscription", {}, _event(**_RIGHTS_EVENT), "ca-wrong-function"),
    (
        "subscription",
        {"subscription-kind": "WARRANT"},
        _event(event_type="CA"),
        "ca-no-instruction",
    ),
    (
        "election",
        {"announcement-type": "AGM"},
        _event(**_ELECTION_EVENT),
        "ca-type-differs",
    ),
    (
        "voting",
        _NO_DEADLINE,
        _event(event_deadline=NOW + dt.timedelta(days=2)),
        "ca-deadline-unknown",
    ),
    ("election", {}, _event(event_options="001,002"), "el-option-not-offered"),
    (
        "election",
        {"election": None, "option-no": "2"},
        _event(event_options="1,2"),
        "el-option-not-offered",
    ),
    (
        "election",
        {"election": None, "option-no": "2"},
        _event(event_options="CASH,SCRIP"),
        "el-option-not-offered",
    ),
    (
        "subscription",
        {"subscription-kind": "EXCESS", "holding": "1"},
        _event(event_type="ER"),
        "sub-over-rights",
    ),
    (
        "subscription",
        {**_TAKEOVER, "option": "CASH"},
        _event(event_type="TU", event_options="CASH,SHARE"),
        "sub-option-needed",
    ),
    (
        "representative",
        {"attendance": "PERSON"},
        _event(event_attendance="PERSON,ONLINE"),
        "rp-mode-not-offered",
    ),
    ("tender", {"nominal": "60000"}, _tender(tender_multiple=10_000), "td-multiple"),
]


@pytest.mark.parametrize(
    ("type_", "change", "lookup", "code"),
    [pytest.param(*case, id=f"{case[0]} {case[3]}") for case in _NEEDING_LISTS],
)
def test_rules_that_need_announcements_or_lists(type_, change, lookup, code):
    """With the data a rule asks for, it finds what no sheet alone can show."""
    assert code in codes(_check(type_, [{**GOOD[type_], **change}], lookup))


@pytest.mark.parametrize(
    ("type_", "change", "lookup", "code"),
    [pytest.param(*case, id=f"{case[0]} {case[3]}") for case in _SILENT],
)
def test_rules_that_have_nothing_to_say(type_, change, lookup, code):
    """With the same data, a row that is right passes."""
    assert code not in codes(_check(type_, [{**GOOD[type_], **change}], lookup))


_RIGHT_TYPE = [
    ("tender", "TU", "subscription", "認購指示"),
    ("tender", "RS", "subscription", "認購指示"),
    ("tender", "VT", "voting", "投票指示"),
    ("election", "VT", "voting", "投票指示"),
    ("election", "TC", "subscription", "認購指示"),
    ("subscription", "BE", "election", "選擇指示"),
    ("voting", "供股", "subscription", "認購指示"),
    ("representative", "dividend", "election", "選擇指示"),
]


@pytest.mark.parametrize(("type_", "event", "en", "zh"), _RIGHT_TYPE)
def test_a_mix_up_names_the_right_type(type_, event, en, zh):
    """The sheet's own event type is enough, and both languages name the way out."""
    found = _check(type_, [{**GOOD[type_], "announcement-type": event}])
    (error,) = [f for f in found.findings if f.severity is Severity.ERROR]
    assert en in error.message.en
    assert zh in error.message.zh_hant


@pytest.mark.parametrize(
    "type_", ["election", "representative", "subscription", "voting"]
)
def test_without_an_announcement_file_the_deadline_must_be_given(type_):
    """No deadline anywhere stops the row instead of leaving it unchecked."""
    found = _check(type_, [{**GOOD[type_], **_NO_DEADLINE}])
    assert "ca-deadline-unknown" in codes(found, Severity.ERROR)
    assert found.used == 0


def test_every_personal_column_of_a_representative_is_masked():
    """Whatever is wrong, no name, number or address is in a finding."""
    row = {
        "name": "陳大文",
        "name-chinese": "X" * 30,
        "id-number": "A123456(4) OR SO",
        "id-country": "ATLANTIS",
        "email": "chan at example",
        "phone": "SECRET",
        "address": "香港中環",
        "remarks": "FOR 陳大文",
    }
    found = _check("representative", [{**GOOD["representative"], **row}])
    marked = [f for f in found.findings if f.cell]
    assert len(marked) >= len(row)
    shown = [f"{f.value} {f.message.en} {f.message.zh_hant}" for f in marked]
    for secret in ("陳大文", "A123456", "ATLANTIS", "chan at", "SECRET", "中環"):
        assert [text for text in shown if secret in text] == []


def test_the_rows_of_a_representative_are_as_wide_in_bytes():
    """A Chinese name takes two bytes a character in a field of twenty."""
    spec = _CATALOGUE.spec("representative").spec
    assert spec.batch_file.encoding == "big5hkscs"
    widths = {
        sum(field.shape.length for field in fields)
        for fields in (spec.header, spec.detail, spec.trailer)
    }
    assert len(widths) == 1


def test_excess_in_the_row_becomes_an_instruction_of_its_own():
    """With the number of the excess, and without a limit by the rights held."""
    row = {
        **GOOD["subscription"],
        "excess": "5000",
        "excess-announcement-no": "A27000002",
    }
    found = _check("subscription", [row])
    assert codes(found, Severity.ERROR) == []
    made = found.instructions.select("announcement_no", "quantity", "holding").rows()
    assert made == [("A27000001", "1000", "1000"), ("A27000002", "5000", None)]


@pytest.mark.parametrize(
    ("cell", "votes"),
    [
        pytest.param("F", ("1000", None, None), id="for"),
        pytest.param("against", (None, "1000", None), id="a word"),
        pytest.param("棄權", (None, None, "1000"), id="Chinese"),
    ],
)
def test_a_vote_as_a_word_takes_the_holding(cell, votes):
    """Without a figure beside it, all shares are voted."""
    plain = {k: v for k, v in GOOD["voting"].items() if k != "votes-for"}
    found = _check("voting", [{**plain, "vote": cell}])
    assert said(found) == []
    row = found.instructions.select("votes_for", "votes_against", "votes_abstain")
    assert row.row(0) == votes
