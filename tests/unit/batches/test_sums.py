from __future__ import annotations

import pytest

from rapupload.batches import plain_values, sum_columns
from rapupload.spec.catalogue import Catalogue
from tests.unit.batches.building import instructions, two
from tests.unit.spec.building import column, load, minimal


def test_quantities_are_summed_and_money_by_currency():
    """One total for each currency, with the decimals of the column."""
    spec = Catalogue().spec("si").spec
    frame = instructions(
        quantity=["100", "22", None],
        currency=["HKD", "CNY", "HKD"],
        amount=["60001.50", "0.05", "12345678901234567.25"],
    )
    found = [(t.name, t.total) for t in sum_columns(frame, spec)]
    assert found == [
        ("Quantity", "122"),
        ("Settlement amount CNY", "0.05"),
        ("Settlement amount HKD", "12345678901294568.75"),
    ]


def test_a_total_of_nothing_is_zero():
    """So that two sides stand beside one another."""
    spec = load().spec
    (total,) = sum_columns(two().clear(), spec)
    assert total.as_dict() == {"column": "quantity", "currency": "", "total": "0"}


def test_carried_columns_are_not_summed():
    """They are never sent."""
    columns = [
        *minimal()["column"],
        column("priority", "quantity", picture="9(1)", need="carried"),
    ]
    found = sum_columns(two(priority=["1", "2"]), load(column=columns).spec)
    assert [total.column for total in found] == ["quantity"]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        pytest.param("account", "01      ", "01", id="an account on the other side"),
        pytest.param("account", "        ", None, id="blanks alone"),
        pytest.param("remarks", "  SEE FAX", "  SEE FAX", id="free text"),
    ],
)
def test_blanks_that_only_justify_are_no_part_of_a_value(name, text, expected):
    """Blanks before a free text are sent, and so they count."""
    columns = [
        *minimal()["column"],
        column("account", "account"),
        column("remarks", "text"),
    ]
    frame = plain_values(instructions(**{name: [text]}), load(column=columns).spec)
    assert frame[name].to_list() == [expected]
