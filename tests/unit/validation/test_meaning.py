from __future__ import annotations

import datetime as dt
import json
from typing import Any

import polars as pl
import pytest

from rapupload.model import Scope, Severity, Text
from rapupload.spec.checks import NAMED_CHECKS
from rapupload.validation import Lookup, NotChecked
from rapupload.validation.checks import CHECKS
from rapupload.validation.meaning import join_known
from tests.unit.spec.building import column, load, minimal, rule, words
from tests.unit.validation.building import (
    NOW,
    accounts_for_all,
    checked,
    codes,
    context,
    said,
)

_HEADS = ["Own-reference", "Quantity"]
_GROUPED = "count(own_reference) over (partition by own_reference) > 1"


def test_named_checks_and_their_functions_agree():
    """Every check a spec may name is there; `total-wide` is judged where totals are made."""
    assert set(CHECKS) | {"total-wide"} == set(NAMED_CHECKS)
    assert set(CHECKS) & {"total-wide"} == set()


def test_a_rule_finds_its_rows_and_marks_its_first_column():
    """The value and the words of the message are those of the row."""
    spec = load(
        rule=[
            rule(
                "large",
                "quantity > 10",
                columns=["quantity", "own-reference"],
                message=words("{own-reference} has {quantity}"),
            )
        ]
    )
    found = checked(_HEADS, [["A1", "5"], ["B2", "50"]], spec)
    (finding,) = found.findings
    assert (finding.code, finding.cell, finding.value) == ("large", "B3", "50")
    assert finding.message.en == "B2 has 50"
    assert finding.message.zh_hant == "B2 has 50（中）"
    assert (finding.scope, finding.column) == (Scope.ROW, "Quantity")
    assert found.rejected.to_list() == [3]


@pytest.mark.parametrize(
    ("columns", "place"),
    [
        pytest.param(["quantity"], "B2", id="first column"),
        pytest.param(["own-reference", "quantity"], "B2", id="first that is there"),
        pytest.param(["own-reference"], "2", id="column without heading"),
        pytest.param([], "2", id="no column"),
    ],
)
def test_a_finding_stands_where_the_sheet_has_a_column(columns, place):
    """A column that the sheet lacks cannot be marked."""
    spec = load(rule=[rule("r", "quantity > 1", columns=columns)])
    found = checked(["Mood", "Quantity"], [["", "5"]], spec)
    assert ("r", place) in [entry[:2] for entry in said(found)]


@pytest.mark.parametrize(
    ("severity", "rejected"),
    [("error", [2]), ("warning", []), ("note", [])],
)
def test_only_errors_reject(severity, rejected):
    """Warnings and notes leave the instruction where it is."""
    spec = load(rule=[rule("r", "quantity > 1", severity=severity)])
    found = checked(_HEADS, [["A", "5"]], spec)
    assert found.rejected.to_list() == rejected
    assert codes(found, Severity(severity)) == ["r"]


def test_settings_change_the_severity_of_a_rule():
    """By its code; others stay as the spec has them."""
    spec = load(rule=[rule("r", "quantity > 1"), rule("s", "quantity > 2")])
    found = checked(
        _HEADS,
        [["A", "5"]],
        spec,
        severities={"r": Severity.WARNING, "x": Severity.NOTE},
    )
    assert codes(found, Severity.WARNING) == ["r"]
    assert codes(found, Severity.ERROR) == ["s"]


def test_a_rule_about_the_file_is_said_once_and_rejects_all():
    """At the first row that breaks it."""
    spec = load(rule=[rule("r", "quantity > 1", scope="batch")])
    found = checked(_HEADS, [["A", "1"], ["B", "5"], ["C", "6"]], spec)
    assert [entry[:2] for entry in said(found)] == [("r", "3")]
    assert found.has_batch_error
    assert found.used == 0
    assert accounts_for_all(found)


def test_rows_with_an_unreadable_cell_are_not_judged():
    """One fault is enough: no second finding follows from the first."""
    spec = load(rule=[rule("r", "quantity is null")])
    found = checked(_HEADS, [["A", "x"], ["B", None]], spec)
    assert [entry[:2] for entry in said(found)] == [("quantity-form", "B2"), ("r", "3")]


def test_blank_is_unknown_and_does_not_reject():
    """A comparison with a blank cell is neither true nor false."""
    spec = load(rule=[rule("r", "quantity < 10")])
    found = checked(_HEADS, [["A", None]], spec)
    assert (said(found), found.not_checked) == ([], ())


@pytest.mark.parametrize(
    ("about", "gap"),
    [
        pytest.param(
            {},
            NotChecked(rule="r", missing=("balance",), rows=2),
            id="no value for any row",
        ),
        pytest.param(
            {
                "lookups": (
                    Lookup(
                        keys=("own_reference",),
                        frame=pl.DataFrame({"own_reference": ["A"], "balance": [9]}),
                    ),
                )
            },
            NotChecked(rule="r", missing=("balance",), rows=1),
            id="no value for one row",
        ),
    ],
)
def test_a_rule_without_its_joined_value_is_reported_as_not_checked(about, gap):
    """It never passes in silence."""
    spec = load(rule=[rule("r", "quantity > balance and today is not null")])
    found = checked(_HEADS, [["A", "5"], ["B", "50"]], spec, **about)
    assert found.not_checked == (gap,)
    assert said(found) == []


def test_a_blank_cell_is_no_gap_in_our_data():
    """The verdict is unknown for want of the desk's value, not of ours."""
    spec = load(rule=[rule("r", "quantity > balance")])
    found = checked(_HEADS, [["A", None]], spec, scalars={"balance": 5})
    assert found.not_checked == ()


def test_joined_values_come_by_key_or_for_all_rows():
    """A lookup joins by columns of the sheet; scalars hold everywhere."""
    lookup = Lookup(
        keys=("own_reference",),
        frame=pl.DataFrame({"own_reference": ["A", "B"], "balance": [9, 90]}),
    )
    spec = load(
        rule=[
            rule("short", "quantity > balance", message=words("only {balance}")),
            rule("late", "now >= cut_off", message=words("after {cut-off}")),
        ]
    )
    found = checked(
        _HEADS,
        [["A", "50"], ["B", "50"]],
        spec,
        lookups=(lookup,),
        scalars={"cut_off": NOW - dt.timedelta(minutes=30)},
    )
    assert said(found) == [
        ("late", "2", "after 2027-01-05 09:30"),
        ("short", "2", "only 9"),
        ("late", "3", "after 2027-01-05 09:30"),
    ]


def test_a_lookup_whose_keys_the_sheet_lacks_is_left_out():
    """The rule is then reported as not checked."""
    lookup = Lookup(
        keys=("settlement_date",),
        frame=pl.DataFrame({"settlement_date": [NOW.date()], "settlement_day": [True]}),
    )
    spec = load(rule=[rule("r", "settlement_day = false")])
    found = checked(_HEADS, [["A", "5"]], spec, lookups=(lookup,))
    assert [gap.missing for gap in found.not_checked] == [("settlement-day",)]


def _known(**about: Any) -> list[dict[str, Any]]:
    """What the rows A, B and one without reference are found to know."""
    frame = pl.DataFrame({"own_reference": ["A", "B", None]})
    return join_known(frame, context(**about)).rows(named=True)


@pytest.mark.parametrize(
    ("lookups", "values"),
    [
        pytest.param([{}], [9, None, None], id="a key that is not listed is unknown"),
        pytest.param(
            [{"absent": {"balance": 0}}],
            [9, 0, None],
            id="it has a stand-in, but a blank key has none",
        ),
        pytest.param(
            [{}, {"own_reference": ["A", "B"], "balance": [1, 2]}],
            [9, 2, None],
            id="a later lookup fills what an earlier one left open",
        ),
        pytest.param(
            [{"unless": "own_reference", "absent": {"balance": 0}}],
            [None, None, None],
            id="rows with the other column are left alone",
        ),
    ],
)
def test_lookups_fill_what_is_not_known_yet(lookups, values):
    """In their order; a stand-in says what absence from a whole list means."""
    found = tuple(
        Lookup(
            keys=("own_reference",),
            frame=pl.DataFrame(
                {
                    "own_reference": given.pop("own_reference", ["A"]),
                    "balance": given.pop("balance", [9]),
                }
            ),
            **given,
        )
        for given in map(dict, lookups)
    )
    rows = _known(lookups=found)
    assert [row["balance"] for row in rows] == values


def test_a_lookup_fills_blank_cells_of_a_column_of_that_name():
    """The cell wins; where it is blank, what the firm's list says stands in."""
    frame = pl.DataFrame({"account": ["1", "2"], "holding": [5, None]})
    listed = pl.DataFrame({"account": ["1", "2"], "holding": [7, 8]})
    about = context(lookups=(Lookup(keys=("account",), frame=listed),))
    assert join_known(frame, about)["holding"].to_list() == [5, 8]


def test_a_gap_says_why_the_value_is_missing():
    """So that a person knows which file to give."""
    why = Text("there is no list of balances", "沒有結餘清單")
    spec = load(rule=[rule("r", "quantity > balance")])
    found = checked(_HEADS, [["A", "5"]], spec, gaps={"balance": why})
    assert [gap.reasons for gap in found.not_checked] == [(why,)]


def test_a_column_of_the_sheet_wins_over_a_joined_name():
    """What the desk wrote is compared, not what we know."""
    spec = load(
        column=[*minimal()["column"], column("balance", "quantity", picture="9(5)")],
        rule=[rule("r", "quantity > balance")],
    )
    found = checked(
        [*_HEADS, "Balance"], [["A", "5", "9"]], spec, scalars={"balance": 1}
    )
    assert said(found) == []


@pytest.mark.parametrize(
    ("severity", "kept_out", "place"),
    [
        pytest.param(
            "error", [2, 3, 4], ["A2", "A3"], id="error: the rows stay behind"
        ),
        pytest.param("warning", [4], ["A2", "A3"], id="warning: until accepted"),
        pytest.param("note", [4], ["file"], id="note: said once"),
    ],
)
def test_a_rule_over_a_group_with_a_faulty_row_is_withheld_and_said(
    severity, kept_out, place
):
    """Rows of the group are held as the rule would hold them."""
    spec = load(
        rule=[rule("twice", _GROUPED, columns=["own-reference"], severity=severity)]
    )
    rows = [["A", "1"], ["A", "2"], ["A", "x"], ["B", "3"]]
    found = checked(_HEADS, rows, spec)
    withheld = [entry for entry in said(found) if entry[0] == "rule-not-evaluated"]
    assert [entry[1] for entry in withheld] == place
    assert all("twice" in entry[2] and "2 rows" in entry[2] for entry in withheld)
    assert "twice" not in codes(found)
    assert found.rejected.to_list() == kept_out
    assert accounts_for_all(found)


def test_groups_without_a_faulty_row_are_judged():
    """A fault elsewhere in the file does not withhold the rule."""
    spec = load(rule=[rule("twice", _GROUPED)])
    rows = [["A", "1"], ["A", "2"], ["B", "x"]]
    found = checked(_HEADS, rows, spec)
    assert codes(found) == ["twice", "twice", "quantity-form"]


def test_a_group_may_hang_on_a_joined_value():
    """Faulty rows are placed by joined values too."""
    grouped = "sum(quantity) over (partition by settlement_day) > 3"
    spec = load(rule=[rule("sum", grouped)])
    rows = [["A", "2"], ["B", "2"], ["ABCDEFG", "1"]]
    found = checked(_HEADS, rows, spec, scalars={"settlement_day": True})
    assert codes(found, Severity.ERROR) == [
        "rule-not-evaluated",
        "rule-not-evaluated",
        "text-long",
    ]


_ACCOUNTS = [
    column("own-reference", "reference", picture="X(6)"),
    column("quantity", "quantity", picture="9(5)"),
    column("stock-code", "stock-code", picture="9(5)"),
    column("isin", "isin", picture="X(12)"),
    column("from-account", "account", picture="X(8)"),
    column("to-account", "account", picture="X(8)"),
]


def test_no_row_that_passed_means_nothing_to_judge():
    """Rules over an empty rest say nothing."""
    spec = load(
        column=_ACCOUNTS,
        rule=[rule("twice", _GROUPED), rule("chain", check="account-chain")],
    )
    found = checked(_HEADS, [["A", "x"]], spec)
    assert codes(found) == ["quantity-form"]


@pytest.mark.parametrize(
    ("rows", "found_at"),
    [
        pytest.param([["700", "01", "02"], ["700", "02", "03"]], ["3"], id="chain"),
        pytest.param(
            [["700", "02", "03"], ["700", "01", "02"]], ["2"], id="other order"
        ),
        pytest.param([["700", "01", "02"], ["5", "02", "03"]], [], id="other stock"),
        pytest.param([["700", "01", "02"], ["700", "01", "03"]], [], id="no chain"),
        pytest.param([["700", "01", "01"]], ["2"], id="into itself"),
        pytest.param([[None, "01", "02"], [None, "02", "03"]], [], id="no stock"),
    ],
)
def test_an_account_that_is_credited_and_debited_is_found(rows, found_at):
    """With the same stock in the same file."""
    spec = load(
        column=_ACCOUNTS,
        rule=[rule("chain", severity="warning", check="account-chain")],
    )
    heads = ["Stock-code", "From-account", "To-account"]
    found = checked(heads, rows, spec)
    chained = [entry[1] for entry in said(found) if entry[0] == "chain"]
    assert chained == found_at


_VOTES = [
    column("own-reference", "reference", picture="X(6)"),
    column("quantity", "quantity", picture="9(5)"),
    column("announcement-no", "announcement-no", picture="X(9)"),
    column("stock-account", "account", picture="X(8)"),
    column("resolution-no", "resolution-no", picture="X(5)"),
]
_VOTE_HEADS = ["Announcement-no", "Stock-account", "Resolution-no"]


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        pytest.param([["01", "1"], ["02", "1"]], {}, id="all vote on all"),
        pytest.param(
            [["01", "1"], ["01", "2"], ["02", "1"]], {"4": "2"}, id="one lacks"
        ),
        pytest.param(
            [["01", "1"], ["02", "2"], ["02", "3"]],
            {"2": "2, 3", "3": "1"},
            id="each lacks some, said at its first row",
        ),
        pytest.param([["01", None], ["02", "1"]], {"2": "1"}, id="resolution blank"),
    ],
)
def test_an_account_that_leaves_resolutions_out_is_found(rows, missing):
    """Once per account and meeting, with the resolutions that are missing."""
    spec = load(
        column=_VOTES,
        rule=[rule("votes", check="vote-missing", message=words("{list}"))],
    )
    found = checked(_VOTE_HEADS, [["A26007777", *row] for row in rows], spec)
    by_row = {entry[1]: entry[2] for entry in said(found) if entry[0] == "votes"}
    assert by_row == missing


@pytest.mark.parametrize(
    ("agenda", "found_at"),
    [
        pytest.param("1, 2(a),3", ["4"], id="one is not listed"),
        pytest.param("1,2(a),3,9", [], id="all are listed"),
    ],
)
def test_a_resolution_that_the_agenda_lacks_is_found(agenda, found_at):
    """Numbers are separated by commas, blanks do not matter."""
    spec = load(column=_VOTES, rule=[rule("agenda", check="not-on-agenda")])
    rows = [["A26007777", "01", number] for number in ("1", "2(a)", "9")]
    found = checked(_VOTE_HEADS, rows, spec, scalars={"agenda": agenda})
    assert [entry[1] for entry in said(found)] == found_at


def test_without_an_agenda_the_check_is_reported_as_not_made():
    """As for any rule whose joined value is absent."""
    spec = load(column=_VOTES, rule=[rule("agenda", check="not-on-agenda")])
    found = checked(_VOTE_HEADS, [["A26007777", "01", "1"]], spec)
    assert [(gap.rule, gap.missing) for gap in found.not_checked] == [
        ("agenda", ("agenda",))
    ]


def test_words_are_kept_as_json_until_somebody_looks():
    """Findings are columns; nothing is worded for rows that nobody reads."""
    spec = load(rule=[rule("r", "quantity > 1", message=words("{quantity}"))])
    frame = checked(_HEADS, [["A", "5"]], spec).findings.frame
    assert json.loads(frame["words"][0]) == {"quantity": "5"}


@pytest.mark.parametrize(
    ("cell", "gaps"),
    [
        pytest.param("4", (), id="the sheet says it"),
        pytest.param(
            None,
            (NotChecked(rule="over", missing=("holding",), rows=1),),
            id="nobody does",
        ),
    ],
)
def test_a_joined_value_that_the_sheet_may_give_is_missed_too(cell, gaps):
    """A blank holding leaves the rule unchecked, and that is reported."""
    holding = column("holding", "quantity", picture="9(5)", need="carried")
    spec = load(
        column=[*minimal()["column"], holding],
        rule=[rule("over", "quantity > holding", columns=["quantity"])],
    )
    found = checked([*_HEADS, "Holding"], [["A", "3", cell]], spec)
    assert found.not_checked == gaps


_NEEDED = [
    column("own-reference", "reference", picture="X(6)"),
    column("quantity", "quantity", picture="9(5)", need="mandatory"),
]
_NO_QUANTITY = "quantity is null"


def test_a_rule_about_a_missing_column_is_not_checked():
    """No row is said to repeat a blank, and the report names the column."""
    spec = load(column=_NEEDED, rule=[rule("r", _GROUPED), rule("s", _NO_QUANTITY)])
    found = checked(["Own-reference"], [["A"], ["B"]], spec)
    assert codes(found) == ["column-missing"]
    (gap,) = found.not_checked
    assert (gap.rule, gap.missing, gap.rows) == ("s", ("quantity",), 2)
    assert gap.reasons[0].en == "the column Quantity is missing"


def test_what_is_joined_by_a_missing_column_is_missing_with_it():
    """The reason is the column, and not the list that was never asked."""
    lots = Lookup(
        keys=("quantity",),
        frame=pl.DataFrame(
            {"quantity": [5], "board_lot": [5]},
            schema={"quantity": pl.Int64, "board_lot": pl.Int64},
        ),
    )
    spec = load(column=_NEEDED, rule=[rule("r", "board_lot > 1")])
    found = checked(
        ["Own-reference"],
        [["A"]],
        spec,
        lookups=(lots,),
        gaps={"board_lot": Text("no stock list", "沒有股份清單")},
    )
    (gap,) = found.not_checked
    assert gap.missing == ("quantity",)
    assert gap.reasons[0].zh_hant == "欠缺「Quantity（中）」一欄"


def test_what_is_wrong_for_want_of_columns_alone_is_said_once():
    """Of columns that may be absent, where a rule asks for one of them."""
    more = [column("stock-code", "stock-code"), column("isin", "isin")]
    wrong = "stock_code is null and isin is null"
    spec = load(column=[*_NEEDED, *more], rule=[rule("r", wrong)])
    rows = [["A", "5"], ["B", "6"]]
    found = checked(_HEADS, rows, spec)
    assert [entry[:2] for entry in said(found)] == [("r", "file")]
    assert accounts_for_all(found)
    blank = checked([*_HEADS, "Isin"], [[*row, None] for row in rows], spec)
    assert [entry[0] for entry in said(blank)] == ["r", "r"]
