from __future__ import annotations

import polars as pl
import pytest

from rapupload.spec.ledger import compile_ledger
from tests.unit.spec.building import Raw, column, faults, load, minimal, rule, words

_COLUMNS = [
    *minimal()["column"],
    column("stock-account", "account"),
    column("settlement-date", "date"),
]


def entry(**keys: object) -> Raw:
    """Return a ledger entry as small as can be."""
    return {
        "code": "over",
        "severity": "error",
        "book": "stock",
        "key": ["stock_account"],
        "amount": "quantity",
        "limit": "balance",
        "message": words("{accepted} {outstanding} {this-file} {limit} {over}"),
        **keys,
    }


def test_an_entry_is_compiled_over_the_columns_of_the_sheet():
    """Key, amount and condition can be put to the rows of any batch of the type."""
    given = entry(when="quantity > 1", each=["own_reference"])
    (found,) = compile_ledger(load(column=_COLUMNS, ledger=[given]).spec)
    frame = pl.DataFrame({"stock_account": ["01"], "quantity": [5]})
    assert found.when is not None
    row = frame.filter(found.when).select(*found.key, amount=found.amount)
    assert row.rows() == [("01", 5)]
    assert (found.day_column, sorted(found.limit.names)) == (None, ["balance"])


@pytest.mark.parametrize(
    ("day", "column_"),
    [
        pytest.param({"day": "transmission"}, None, id="the day of the file"),
        pytest.param({"day": "settlement-date"}, "settlement_date", id="a column"),
    ],
)
def test_a_day_is_that_of_the_file_or_of_a_column(day, column_):
    """A batch of yesterday for settlement today counts today."""
    (found,) = compile_ledger(load(column=_COLUMNS, ledger=[entry(**day)]).spec)
    assert found.day_column == column_


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        pytest.param(
            {"key": ["nothing"]}, "ledger.over: unknown column nothing", id="key"
        ),
        pytest.param(
            {"amount": "own_reference"},
            "ledger.over: 'own_reference' is no number",
            id="amount in text",
        ),
        pytest.param(
            {"amount": "sum(quantity) over (partition by stock_account)"},
            "ledger.over: OVER looks at other rows; here each row speaks for itself",
            id="amount over rows",
        ),
        pytest.param(
            {"when": "sum(quantity) over (partition by stock_account) > 1"},
            "ledger.over: OVER looks at other rows; here each row speaks for itself",
            id="condition over rows",
        ),
        pytest.param(
            {"when": "settlement_date = today"},
            "ledger.over: unknown column today",
            id="the clock would not be that of the earlier batch",
        ),
        pytest.param(
            {"amount": "balance"},
            "ledger.over: unknown column balance",
            id="joined values of earlier batches are not kept",
        ),
        pytest.param(
            {"day": "deal-date"},
            "ledger.over: there is no column 'deal-date'",
            id="unknown day",
        ),
        pytest.param(
            {"day": "stock-account"},
            "ledger.over: the column 'stock-account' is no date",
            id="a day that is none",
        ),
        pytest.param(
            {"limit-on": "today"},
            'ledger.1: limit-on = "today" needs a day',
            id="today without a day",
        ),
        pytest.param(
            {"code": "twice"},
            "ledger.twice: a rule has this code already",
            id="code of a rule",
        ),
        pytest.param(
            {"alone": "none"},
            "ledger.over: there is no rule 'none'",
            id="unknown rule",
        ),
        pytest.param(
            {"columns": ["none"]},
            "ledger.over: there is no column 'none'",
            id="unknown column",
        ),
        pytest.param(
            {"message": words("{holding}{sum}")},
            "ledger.over.message: {sum} means nothing here",
            id="placeholder",
        ),
    ],
)
def test_what_an_entry_may_not_say_is_refused(keys, fault):
    """With the place and the reason, before anything is counted."""
    rules = [rule("twice", "quantity > 1")]
    found = faults(column=_COLUMNS, rule=rules, ledger=[entry(**keys)])
    assert fault in found


def test_two_entries_have_two_codes():
    """A person accepts a warning by its code."""
    found = faults(column=_COLUMNS, ledger=[entry(), entry()])
    assert found == ["ledger: 'over' is defined 2 times"]
