"""The shipped specs of the settlement types: SI, ISI, ATI, STI."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import polars as pl
import pytest

from rapupload.shaping import shape
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.format import BatchSpec, Field
from rapupload.validation import Checked, Lookup, check
from tests.unit.validation.building import codes, context, table

TYPES = ("ati", "isi", "si", "sti")
NEW = ("isi", "si", "sti")
_CATALOGUE = Catalogue()
_COMMON = {"own-reference": "R1", "stock-code": "00700", "quantity": "1000"}
_MONEY = {"payment": "DVP", "currency": "HKD", "amount": "399428.00"}
_PARTY = {"direction": "D", "settlement-date": "2027-01-07", "stock-account": "01"}
GOOD: dict[str, dict[str, str | None]] = {
    "ati": {**_COMMON, "from-account": "01", "to-account": "02"},
    "isi": {**_COMMON, **_PARTY, **_MONEY, "investor-id": "I10023"},
    "si": {
        **_COMMON,
        **_PARTY,
        **_MONEY,
        "counterparty-id": "C00019",
        "purpose": "BC",
    },
    "sti": {
        **_COMMON,
        "from-account": "01",
        "to-account": "00012345",
        "payment": "FOP",
        "settlement-date": "2027-01-07",
    },
}


def _spec(type_: str) -> BatchSpec:
    return _CATALOGUE.spec(type_).spec


def _check(
    type_: str, rows: Sequence[Mapping[str, str | None]], *lookups: Lookup
) -> Checked:
    """Check rows by column name; every row has the columns of the first."""
    names = list(rows[0])
    source = table(names, [[row.get(name) for name in names] for row in rows])
    spec = _CATALOGUE.spec(type_)
    shaped = shape(source, spec.spec)
    return check(shaped, spec, context(lookups=lookups))


def _of(key: str, cell: str, **values: object) -> Lookup:
    """Return what is known of one value of a column."""
    return Lookup(keys=(key,), frame=pl.DataFrame({key: [cell], **values}))


@pytest.mark.parametrize("type_", TYPES)
def test_a_good_row_has_no_finding(type_):
    """The row that the other tests change is clean by itself."""
    assert codes(_check(type_, [GOOD[type_]])) == []


def _counterparty(**values: object) -> Lookup:
    return _of("counterparty_id", "C00019", **_listed(values))


def _investor(**values: object) -> Lookup:
    return _of("investor_id", "I10023", **_listed(values))


def _stock(**values: object) -> Lookup:
    return _of("stock_code", "00700", **_listed(values))


def _line(**values: object) -> Lookup:
    return _of("isin", "KYG875721634", **_listed(values))


def _kinds(to: str, from_kind: str, to_kind: str) -> Lookup:
    """Return the kinds of both accounts, looked up by the credited one."""
    return _of(
        "to_account", to, from_account_kind=[from_kind], to_account_kind=[to_kind]
    )


def _listed(values: Mapping[str, object]) -> dict[str, list[object]]:
    return {name: [value] for name, value in values.items()}


_TODAY = {"settlement-date": "2027-01-05"}
_BY_ISIN = {"stock-code": None, "isin": "KYG875721634"}
_BOTH = {"isin": "KYG875721634"}
# fmt: off
_NEEDING_LISTS = [
    ("si", {}, _counterparty(counterparty_kind="investor"), "si-investor"),
    ("si", {"purpose": "PL"}, _counterparty(counterparty_kind="broker"), "si-pledge-party"),
    ("si", {}, _counterparty(counterparty_known=False), "si-counterparty-unknown"),
    ("si", {}, _counterparty(counterparty_suspended=True), "si-counterparty-suspended"),
    ("si", _BY_ISIN, _line(product="connect"), "si-connect-listed"),
    ("si", _TODAY, _stock(balance=999), "si-short"),
    ("si", {"quantity": "10"}, _stock(board_lot=100), "quantity-below-lot"),
    ("si", {"stock-name": "HSBC"}, _stock(reference_name="TENCENT"), "stock-name-differs"),
    ("isi", {}, _investor(counterparty_kind="broker"), "isi-participant-listed"),
    ("isi", {}, _investor(counterparty_known=False), "isi-investor-unknown"),
    ("isi", {}, _investor(counterparty_suspended=True), "isi-investor-suspended"),
    ("isi", _BY_ISIN, _line(product="connect"), "isi-market-listed"),
    ("isi", _TODAY, _stock(balance=999), "isi-short"),
    ("isi", _BOTH, _stock(reference_isin="HK0000069689"), "stock-pair"),
    ("ati", {}, _kinds("02", "house", "statement"), "ati-statement-account"),
    ("ati", {}, _kinds("02", "house", "tsf"), "ati-barred-account"),
    ("ati", {}, _stock(balance=999), "ati-short"),
    ("ati", {}, _of("from_account", "01", from_account_known=[False]), "account-unknown"),
    ("ati", {}, _of("to_account", "02", to_account_known=[False]), "account-unknown-to"),
    ("ati", {"from-account": "1"}, _of("from_account", "1", from_account_known=[False]),
     "account-lost-zero"),
    ("sti", {"to-account": "2"}, _of("to_account", "2", to_account_known=[False]),
     "account-lost-zero-to"),
    ("sti", {}, _kinds("00012345", "house", "client"), "sti-no-statement-account"),
    ("sti", {}, _kinds("00012345", "statement", "statement"), "sti-two-statement-accounts"),
    ("sti", {}, _stock(balance=999), "sti-short"),
    ("sti", {}, _stock(reference_known=False), "stock-unknown"),
    ("sti", _BY_ISIN, _line(reference_counters=2), "stock-isin-only"),
]
# fmt: on


@pytest.mark.parametrize(
    ("type_", "change", "lookup", "code"),
    [pytest.param(*case, id=f"{case[0]} {case[3]}") for case in _NEEDING_LISTS],
)
def test_rules_that_need_lists_of_the_firm(type_, change, lookup, code):
    """With the data a rule asks for, it finds what no sheet alone can show."""
    assert code in codes(_check(type_, [{**GOOD[type_], **change}], lookup))


_LISTED = {"counterparty_known": True, "counterparty_suspended": False}
_IN_ORDER = {"product": "equity", "board_lot": 100, "reference_known": True}


@pytest.mark.parametrize(
    ("type_", "lookup"),
    [
        ("si", _counterparty(counterparty_kind="custodian", **_LISTED)),
        ("si", _stock(balance=1000, **_IN_ORDER)),
        ("isi", _investor(counterparty_kind="investor", **_LISTED)),
        ("ati", _kinds("02", "house", "client")),
        ("sti", _kinds("00012345", "house", "statement")),
        ("sti", _kinds("00012345", "statement", "house")),
    ],
)
def test_lists_that_agree_raise_nothing(type_, lookup):
    """The same rules are silent where the lists confirm the row."""
    assert codes(_check(type_, [GOOD[type_]], lookup)) == []


_ISI, _ATI = ("ISI", "投資者交收指示"), ("ATI", "戶口轉移指示")
_SI, _STI = ("SI", "請用交收指示"), ("STI", "股份獨立戶口轉移指示")


@pytest.mark.parametrize(
    ("type_", "change", "lookups", "named"),
    [
        pytest.param(
            "si", {"counterparty-id": "I01234"}, [], _ISI, id="letter of investors"
        ),
        pytest.param(
            "si",
            {},
            [_counterparty(counterparty_kind="investor")],
            _ISI,
            id="listed investor",
        ),
        pytest.param("si", {"counterparty-id": "B01234"}, [], _ATI, id="own SI"),
        pytest.param("isi", {"investor-id": "C00019"}, [], _SI, id="participant"),
        pytest.param(
            "isi", {}, [_investor(counterparty_kind="broker")], _SI, id="listed broker"
        ),
        pytest.param("isi", {"investor-id": "B01234"}, [], _ATI, id="own ISI"),
        pytest.param(
            "ati",
            {},
            [_kinds("02", "house", "statement")],
            _STI,
            id="statement account",
        ),
        pytest.param(
            "sti", {}, [_kinds("00012345", "house", "client")], _ATI, id="no statement"
        ),
    ],
)
def test_a_mix_up_names_the_right_type(type_, change, lookups, named):
    """Who brings the wrong type is told which one is right, in both languages."""
    found = _check(type_, [{**GOOD[type_], **change}], *lookups)
    english, chinese = named
    said = [
        ([word.strip(",.:;") for word in f.message.en.split()], f.message.zh_hant)
        for f in found.findings
    ]
    assert any(english in words and chinese in text for words, text in said)


@pytest.mark.parametrize("type_", ["si", "isi"])
@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["RVP", "DVP"], [("R", "DVP"), ("D", "DVP")]),
        (["RFP", "DFP"], [("R", "FOP"), ("D", "FOP")]),
        (["RF", "DF"], [("R", "FOP"), ("D", "FOP")]),
        (["541", "543"], [("R", "DVP"), ("D", "DVP")]),
        (["540", "542"], [("R", "FOP"), ("D", "FOP")]),
        (["MT541", "MT542"], [("R", "DVP"), ("D", "FOP")]),
    ],
    ids=lambda value: "-".join(value) if isinstance(value[0], str) else "",
)
def test_combined_words_give_direction_and_payment(type_, words, meant):
    """One word in the column of the payment stands for two columns."""
    base = {k: v for k, v in GOOD[type_].items() if k != "direction"}
    rows = [
        {**base, "own-reference": f"R{number}", "payment": word}
        | {"stock-code": f"0070{number}"}
        | ({} if payment == "DVP" else {"amount": None, "currency": None})
        for number, (word, (_, payment)) in enumerate(zip(words, meant, strict=True))
    ]
    found = _check(type_, rows)
    assert codes(found) == []
    made = found.instructions.select("direction", "payment").rows()
    assert made == meant


@pytest.mark.parametrize("type_", ["si", "isi"])
def test_dvp_alone_is_no_direction(type_):
    """Where nothing else of its kind stands, DVP is only the way of payment."""
    base = {k: v for k, v in GOOD[type_].items() if k != "direction"}
    found = _check(type_, [base])
    assert "column-missing" in codes(found)


@pytest.mark.parametrize("type_", ["si", "isi"])
@pytest.mark.parametrize("word", ["S", "SELL", "沽", "B", "BUY", "買"])
def test_sale_and_purchase_are_no_direction(type_, word):
    """Whose sale it is cannot be known, so the word is asked about."""
    found = _check(type_, [{**GOOD[type_], "direction": word}])
    assert "code-unknown" in codes(found)


@pytest.mark.parametrize("type_", NEW)
def test_a_release_column_is_the_opposite_of_hold(type_):
    """Release: N keeps the instruction on hold."""
    found = _check(type_, [{**GOOD[type_], "Release": "N"}])
    assert found.instructions["hold"].to_list() == ["Y"]


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize(
    ("word", "outcome"),
    [
        ("CANCELLED", "ignored"),
        ("已作廢", "ignored"),
        ("Sent to CCASS", "ignored"),
        ("NEW", "sent"),
        (None, "sent"),
        ("SENT", "asked"),
        ("已發送", "asked"),
        ("PENDING", "asked"),
        ("unmatched", "asked"),
        ("CANCEL", "asked"),
    ],
)
def test_what_a_status_does(type_, word, outcome):
    """Only words that cannot mean a row still to be sent take it out; others are asked."""
    rows = [{**GOOD[type_], "status": word}, {**GOOD[type_], "own-reference": "R2"}]
    found = _check(type_, rows)
    asked = "status-unclear" in codes(found)
    assert (2 in found.ignored, asked) == (outcome == "ignored", outcome == "asked")


@pytest.mark.parametrize(
    ("type_", "ignored"), [("ati", True), ("sti", True), ("si", False), ("isi", False)]
)
@pytest.mark.parametrize("word", ["Done", "已完成"])
def test_done_takes_out_transfers_but_not_deals(type_, ignored, word):
    """A deal that is done has been executed and is still to be settled."""
    rows = [{**GOOD[type_], "status": word}, {**GOOD[type_], "own-reference": "R2"}]
    assert (2 in _check(type_, rows).ignored) is ignored


@pytest.mark.parametrize("type_", ["isi", "si"])
def test_an_equal_name_beside_another_id_is_seen_only_where_there_is_a_name(type_):
    """Blank names are no names: two counterparties without one raise nothing."""
    key = {"isi": "investor-id", "si": "counterparty-id"}[type_]
    other = {"isi": "I10024", "si": "C00020"}[type_]
    rows = [GOOD[type_], {**GOOD[type_], "own-reference": "R2", key: other}]
    assert codes(_check(type_, rows)) == []


def _largest(field: Field) -> int:
    return int("9" * field.shape.length)


def _checksum(spec: BatchSpec) -> int:
    """Return the largest checksum a record can have, decimals dropped."""
    by_name = {field.name: field for field in spec.detail}
    parts = next(f.checksum for f in spec.detail if f.checksum)
    return sum(_largest(by_name[p]) // 10 ** by_name[p].shape.decimals for p in parts)


@pytest.mark.parametrize("type_", NEW)
def test_totals_hold_a_full_file_of_the_largest_values(type_):
    """No control total of an assumed layout can overflow; the ATI's can and says so."""
    spec = _spec(type_)
    by_name = {field.name: field for field in spec.detail}
    assert _checksum(spec) <= _largest(by_name["record-checksum"])
    largest = {f"sum:{name}": _largest(field) for name, field in by_name.items()}
    largest |= {"count": 1, "sum:record-checksum": _checksum(spec)}
    for total in (field for field in spec.trailer if field.total):
        most = spec.batch_file.max_records * largest[str(total.total)]
        assert most <= _largest(total), total.name


@pytest.mark.parametrize("type_", TYPES)
def test_every_column_says_where_it_comes_from(type_):
    """Label and description in both languages, mark and source stand at every column."""
    lacking = [
        column.name
        for column in _spec(type_).column
        if not (column.description and column.source and column.mark)
    ]
    assert lacking == []


@pytest.mark.parametrize("type_", TYPES)
def test_warnings_say_what_to_do(type_):
    """Whoever must accept a warning with a reason is told what else could be done."""
    lacking = [
        rule.code
        for rule in _spec(type_).rule
        if rule.severity.value == "warning" and rule.explanation is None
    ]
    assert lacking == []


@pytest.mark.parametrize("type_", TYPES)
def test_reasons_for_rejection_point_at_a_cell(type_):
    """Every reason that concerns a row marks a column; only the file's own do not."""
    without = {reason.key for reason in _spec(type_).reason if reason.column is None}
    assert without == {"closed", "duplicate-file", "control-total", "unreadable-file"}


def test_a_transfer_without_a_day_is_not_held_against_the_calendar():
    """A blank settlement date of an STI is no gap of the calendar."""
    closed = pl.DataFrame(
        {"settlement_date": [dt.date(2027, 1, 9)], "settlement_day": [False]}
    )
    lookup = Lookup(keys=("settlement_date",), frame=closed)
    found = _check("sti", [{**GOOD["sti"], "settlement-date": None}], lookup)
    assert codes(found) == ["sti-date-blank"]
    assert "sti-date-closed" not in {gap.rule for gap in found.not_checked}
