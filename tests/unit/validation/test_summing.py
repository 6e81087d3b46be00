"""Rows of several clients that become one instruction."""

from __future__ import annotations

import tomllib
from decimal import Decimal

import polars as pl
import pytest

from rapupload.model import Scope, Severity
from rapupload.shaping import shape
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.loader import LoadedSpec, parse_spec
from rapupload.validation import Asked, Checked, Summed, check, with_findings
from rapupload.validation.findings import one
from rapupload.validation.lineage import held_back
from rapupload.validation.summing import verify_totals
from tests.unit.shaping.building import votes
from tests.unit.spec.building import column, field, load, rule, toml
from tests.unit.validation.building import codes, context, said, table

_HEADS = ["Own-reference", "Account", "Item", "Yes", "No", "Holding", "Client-code"]
_ROWS: list[list[str | None]] = [
    ["A1", "01", "1", "10", None, "99", "C1"],
    ["A2", "01", "1", "1,000", "5", "99", "C2"],
    ["A3", "02", "1", "7", None, None, "C1"],
    ["A4", "01", "1", None, "1", "99", "C2"],
]


def _summed(rows, spec=None, control=None) -> Checked:
    asked = Asked(summing=True, control=control or {})
    return check(table(_HEADS, rows), spec or votes(), context(), asked=asked)


def test_equal_keys_become_one_instruction():
    """Figures are added, the first row gives the reference, the others are listed."""
    found = _summed(_ROWS)
    made = found.instructions.select("row", "also", "own_reference", "yes", "no").rows()
    assert made == [(2, "3,5", "A1", "1010", "6"), (4, None, "A3", "7", None)]
    assert (found.rows, found.used) == (4, 4)
    assert found.summed == Summed(instructions=1, rows=3, clients=2)
    assert found.lineage is not None
    assert found.lineage.rows() == [(0, 2), (0, 3), (1, 4), (0, 5)]


def test_the_rows_of_every_client_are_kept_beside_the_sum():
    """Carried columns and own references are those of the source rows."""
    found = _summed(_ROWS)
    assert found.parts is not None
    kept = found.parts.select("instruction", "row", "own_reference", "client_code")
    assert kept.rows() == [
        (0, 2, "A1", "C1"),
        (0, 3, "A2", "C2"),
        (1, 4, "A3", "C1"),
        (0, 5, "A4", "C2"),
    ]


def test_off_until_it_is_switched_on():
    """Without being asked for, every row is an instruction."""
    found = check(table(_HEADS, _ROWS), votes(), context())
    assert found.instructions.height == 4
    assert found.summed is None
    assert "also" not in found.instructions.columns


def test_what_was_done_is_said_once():
    """How many rows of how many clients, and what only the first row gives."""
    notes = {c: m for c, _, m in said(_summed(_ROWS))}
    assert notes["rows-summed"] == (
        "Rows were summed (rows: 3; clients: 2; instructions: 1)."
    )
    assert notes["sum-first"].startswith("Own-reference differs in 1 instructions")


def test_columns_that_must_agree_are_compared_cell_by_cell():
    """The cell that differs from the first row's is marked; the group stays behind."""
    rows = [*_ROWS, ["A5", "01", "1", "1", None, "98", "C3"]]
    found = _summed(rows)
    wrong = [(c, place) for c, place, _ in said(found) if c == "sum-differs"]
    assert wrong == [("sum-differs", "F6")]
    assert list(found.rejected) == [2, 3, 5, 6]
    assert found.instructions["row"].to_list() == [4]
    held = [place for c, place, _ in said(found) if c == "row-held-back"]
    assert held == ["2", "3", "5"]


def test_an_unreadable_row_holds_its_whole_group_back():
    """A sum without one of its parts is never sent."""
    rows = [row[:] for row in _ROWS]
    rows[3][4] = "many"
    found = _summed(rows)
    assert list(found.rejected) == [2, 3, 5]
    assert found.used == 1
    assert found.instructions["own_reference"].to_list() == ["A3"]


def test_rules_see_the_sum_and_name_all_its_rows():
    """A finding of a summed instruction stands at its first row."""
    found = _summed(_ROWS, load_with_rule())
    (text,) = [m for c, place, m in said(found) if (c, place) == ("too-many", "D2")]
    assert text == "too-many is broken (Summed with rows 3, 5.)"
    assert list(found.rejected) == [2, 3, 5]


def load_with_rule() -> LoadedSpec:
    """Return the spec of votes with a rule over the sum."""
    base = votes()
    raw = tomllib.loads(base.content.decode())
    raw["rule"] = [rule("too-many", "yes > holding", columns=["yes"])]
    return parse_spec(toml(raw), base.file)


def test_a_sum_too_wide_for_its_field_is_an_error():
    """Six digits are all that the column can hold."""
    rows = [
        ["A1", "01", "1", "999999", None, None, None],
        ["A2", "01", "1", "1", None, None, None],
    ]
    found = _summed(rows)
    assert "sum-wide" in codes(found, Severity.ERROR)
    assert found.instructions.is_empty()
    assert len(found.rejected) == 2


def test_money_is_added_to_the_cent():
    """Neither floats nor rounding: 0.10 and 0.20 are 0.30."""
    spec = load(
        spec={"fingerprint": ["own-reference"]},
        detail=[
            field("own-reference", "X(6)", column="own-reference"),
            field("account", "X(4)", column="account"),
            field("amount", "9(9)V9(2)", column="amount"),
        ],
        column=[
            column("own-reference", "reference", picture="X(6)"),
            column("account", "account", picture="X(4)"),
            column("amount", "money", picture="9(9)V9(2)"),
        ],
        summing={"key": ["account"], "sum": ["amount"]},
    )
    heads = ["Own-reference", "Account", "Amount"]
    rows = [["A1", "01", "0.10"], ["A2", "01", "0.2"], ["A3", "02", "0.05"]]
    found = check(table(heads, rows), spec, context(), asked=Asked(summing=True))
    assert found.instructions["amount"].to_list() == ["0.30", "0.05"]


def test_a_sum_that_is_not_its_parts_is_never_sent():
    """The last guard: were the adding wrong, nothing would go."""
    parts = pl.DataFrame({"yes": ["1", "2"], "no": [None, "1"]})
    spec = votes().spec
    verify_totals(parts, pl.DataFrame({"yes": ["3"], "no": ["1"]}), spec, ["yes", "no"])
    with pytest.raises(ArithmeticError):
        verify_totals(parts, pl.DataFrame({"yes": ["4"]}), spec, ["yes"])


def test_errors_found_later_hold_back_what_goes_with_them():
    """A finding on one row takes its instruction and all its other rows along."""
    found = _summed(_ROWS)
    later = one("too-late", Severity.ERROR, Scope.ROW, {}, row=5)
    after = with_findings(found, later)
    assert list(after.rejected) == [2, 3, 5]
    assert after.instructions["own_reference"].to_list() == ["A3"]
    assert after.lineage is not None
    assert after.lineage.rows() == [(0, 4)]
    assert after.rows == after.used + len(after.rejected)


def test_rows_go_together_through_any_number_of_instructions():
    """Row 1 and row 9 share nothing but the chain between them."""
    pairs = [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3), (2, 9), (3, 4)]
    lineage = pl.DataFrame(
        pairs, schema={"instruction": pl.UInt32, "row": pl.UInt32}, orient="row"
    )
    found = held_back(lineage, pl.Series([1]))
    assert found.rows() == [(1, 1), (2, 1), (3, 1), (9, 1)]


@pytest.mark.parametrize(
    ("control", "agrees"),
    [
        pytest.param({"count": 4}, True, id="rows, not instructions"),
        pytest.param({"count": 2}, False, id="instructions are not counted"),
        pytest.param({"yes": 1017, "no": 6}, True, id="sums"),
        pytest.param({"yes": 1016}, False, id="one less"),
    ],
)
def test_control_totals_are_compared_before_rows_are_summed(control, agrees):
    """They are what the sender of the rows has counted."""
    given = {name: Decimal(figure) for name, figure in control.items()}
    found = _summed(_ROWS, control=given)
    assert ("control-total-differs" not in codes(found)) is agrees
    assert found.has_batch_error is not agrees


def test_a_cell_that_cannot_be_read_leaves_its_total_open():
    """Nobody can say that a sum agrees when a part of it is not known."""
    rows = [row[:] for row in _ROWS]
    rows[2][3] = "x"
    found = _summed(rows, control={"yes": Decimal(1010)})
    (text,) = [m for c, _, m in said(found) if c == "control-total-differs"]
    assert text == "The control total yes is 1,010, but the sheet has 1,010 + ?."


def test_a_sum_of_a_wide_sheet_is_accused_where_its_first_part_stands():
    """One row gives several instructions: each has a cell of its own."""
    heads = ["Our reference", "Announcement number", "Stock account"]
    heads += ["Eligible holding", "CCASS deadline", "1", "2", "3"]
    begin = ["A26007777", "01", "1000", "2027-01-12 16:00"]
    rows = [[f"R{n}", *begin, "F 600", "F 5", "F 5"] for n in (1, 2)]
    spec = Catalogue().spec("voting")
    wide = shape(table(heads, rows), spec.spec)
    found = check(wide, spec, context(), asked=Asked(summing=True))
    assert [
        (place, message)
        for code, place, message in said(found)
        if code == "vt-over-holding"
    ] == [
        (
            "F2",
            "More votes on resolution 1 than the holding of 1000. (Summed with rows 3.)",
        )
    ]


def test_money_of_one_part_alone_is_no_sum():
    """Blank in one row, it would be counted as nothing against the limit of the day."""
    heads = ["Our reference", "Announcement number", "Stock code", "Stock account"]
    heads += ["CCASS deadline", "Quantity", "Amount"]
    begin = ["A26001234", "02945", "01", "2027-01-12 16:00"]
    rows: list[list[str | None]] = [
        ["R1", *begin, "100", "150.00"],
        ["R2", *begin, "200", None],
    ]
    spec = Catalogue().spec("subscription")
    asked = Asked(summing=True)
    found = check(table(heads, rows), spec, context(), asked=asked)
    assert ("value-missing", "G3") in [(code, at) for code, at, _ in said(found)]
    assert list(found.rejected) == [2, 3]
    rows[0][-1] = None
    found = check(table(heads, rows), spec, context(), asked=asked)
    assert found.rejected.is_empty()


@pytest.mark.parametrize(
    ("account", "item", "held"),
    [
        pytest.param("01", "UNKNOWN", {2, 5, 7}, id="groups of its account"),
        pytest.param("?!", "1", {2, 5, 6}, id="groups of its resolution"),
        pytest.param("?!", "UNKNOWN", {2, 5, 6, 7, 8}, id="every group"),
        pytest.param(None, "1", {2, 5, 6}, id="blank where there must be one"),
    ],
)
def test_a_row_with_an_unreadable_key_holds_back_what_it_may_belong_to(
    account, item, held
):
    """A sum never goes in part, even if nobody can say that it is one."""
    rows = [
        ["A1", "01", "1", "10", None, None, None],
        ["A2", account, item, "20", None, None, None],
        ["A3", "03", "9", "x", None, None, None],
        ["A4", "01", "1", "30", None, None, None],
        ["A5", "02", "1", "40", None, None, None],
        ["A6", "01", "2", "50", None, None, None],
        ["A7", "02", "2", "60", None, None, None],
    ]
    found = _summed(rows)
    assert set(found.rejected) == {3, 4, *held}
    told = [(at, m) for c, at, m in said(found) if c == "row-held-back"]
    assert {int(at) for at, _ in told} == held
    assert len(told) == len(held)
    assert all("goes with row 3" in message for _, message in told)
    assert found.rows == found.used + len(found.rejected)


def test_an_unreadable_figure_holds_back_its_own_group_alone():
    """A key that was read leaves no doubt about the other groups."""
    rows = [row[:] for row in _ROWS]
    rows[1][3] = "x"
    assert list(_summed(rows).rejected) == [2, 3, 5]


@pytest.mark.parametrize(
    ("type_", "cells", "differs"),
    [
        pytest.param(
            "voting",
            {"ISIN": ("HK0388045442", "US0378331005")},
            True,
            id="an ISIN that is not sent",
        ),
        pytest.param(
            "voting", {"ISIN": ("HK0388045442", "HK0388045442")}, False, id="one ISIN"
        ),
        pytest.param(
            "voting", {"Stock code": ("388", "5")}, True, id="a stock code, as ever"
        ),
    ],
)
def test_one_sum_is_of_one_stock(type_, cells, differs):
    """Rules and lists see the first row's identity; the others' must be the same."""
    heads = ["Our reference", "Announcement number", "Stock account", "Resolution"]
    heads += ["For", "CCASS deadline", *cells]
    begin = ["A26007777", "01", "1", "100", "2027-01-12 16:00"]
    rows = [
        [f"R{n}", *begin, *(pair[n - 1] for pair in cells.values())] for n in (1, 2)
    ]
    spec = Catalogue().spec(type_)
    found = check(table(heads, rows), spec, context(), asked=Asked(summing=True))
    wrong = [at for code, at, _ in said(found) if code == "sum-differs"]
    assert wrong == (["G3"] if differs else [])
    assert found.instructions.height == (0 if differs else 1)
