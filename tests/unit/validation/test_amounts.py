"""A currency beside an amount, against the currency column."""

from __future__ import annotations

import pytest

from tests.unit.spec.building import column, load, minimal
from tests.unit.validation.building import checked, said

_REFERENCE, _QUANTITY = minimal()["column"]
_AMOUNT = column("amount", "money", picture="9(11)V9(2)")
_CURRENCY = column("currency", "currency")
_HEADS = ["Own-reference", "Quantity", "Amount", "Currency"]


@pytest.mark.parametrize(
    ("amount", "currency", "wrong"),
    [
        pytest.param("HKD 1,234.50", "HKD", False, id="the same"),
        pytest.param("HK$1,234.50", "港元", False, id="the same in other words"),
        pytest.param("RMB 5.00", "CNH", False, id="renminbi either way"),
        pytest.param("USD 5.00", "HKD", True, id="another"),
        pytest.param("5.00 usd", "HKD", True, id="another, behind"),
        pytest.param("5.00", "HKD", False, id="none stated"),
        pytest.param("USD 5.00", None, False, id="row without a currency"),
    ],
)
def test_a_currency_beside_an_amount_must_agree(amount, currency, wrong):
    """An amount in another currency than its row stops the row."""
    spec = load(column=[_REFERENCE, _QUANTITY, _AMOUNT, _CURRENCY])
    found = checked(
        _HEADS, [["A1", "1", amount, currency], ["A2", "1", "1", None]], spec
    )
    codes = [code for code, _, _ in said(found)]
    assert ("currency-differs" in codes) is wrong
    assert found.rejected.to_list() == ([2] if wrong else [])


def test_both_currencies_are_named():
    """At the cell of the amount."""
    spec = load(column=[_REFERENCE, _QUANTITY, _AMOUNT, _CURRENCY])
    found = checked(_HEADS, [["A1", "1", "USD 5.00", "HKD"]], spec)
    assert (
        "currency-differs",
        "C2",
        "USD 5.00 states USD, but the currency of the row is HKD.",
    ) in said(found)


def test_nothing_is_compared_where_there_is_no_telling_which_currency():
    """Two currency columns, or none."""
    rows = [["A1", "1", "USD 5.00", "HKD"]]
    second = column("other-currency", "currency")
    for columns in ([], [_CURRENCY, second]):
        spec = load(column=[_REFERENCE, _QUANTITY, _AMOUNT, *columns])
        assert checked(_HEADS, rows, spec).rejected.to_list() == []
