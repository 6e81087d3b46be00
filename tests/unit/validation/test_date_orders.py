"""Dates of one column in two orders."""

from __future__ import annotations

import pytest

from tests.unit.spec.building import column, load, minimal
from tests.unit.validation.building import checked, said

_HEADS = ["Own-reference", "Quantity", "Day"]


def _said(*dates: str | None, **keys: object) -> list[tuple[str, str, str]]:
    spec = load(column=[*minimal()["column"], column("day", "date", **keys)])
    rows = [[f"A{number}", "5", date] for number, date in enumerate(dates)]
    return said(checked(_HEADS, rows, spec))


def test_a_column_that_proves_both_orders_is_told():
    """Both are read, with one example of each; one that can be read twice is refused."""
    found = _said("24/11/2026", "11/25/2026", "11/12/2026", None)
    assert [entry[:2] for entry in found] == [
        ("date-orders-mixed", "C"),
        ("value-understood", "C"),
        ("date-order", "C4"),
    ]
    assert found[0][2] == (
        "The dates of this column are written both ways: 24/11/2026 has the day first, "
        "11/25/2026 the month."
    )


@pytest.mark.parametrize(
    "dates",
    [
        pytest.param(("24/11/2026", "25/11/2026", "05/05/2026"), id="day first"),
        pytest.param(("11/24/2026", "11/25/2026"), id="month first"),
        pytest.param(("24/11/2026", "2026-11-25", "25 Nov 2026"), id="year, name"),
        pytest.param(("24/11/2026", "11/45/2026", "99/99/2026"), id="no date"),
    ],
)
def test_one_order_is_not_remarked_upon(dates):
    """However else dates are written."""
    assert "date-orders-mixed" not in {entry[0] for entry in _said(*dates)}


def test_examples_of_a_personal_column_are_masked():
    """A date of birth is nobody's business."""
    (note,) = (
        entry
        for entry in _said("24/11/2026", "11/25/2026", personal=True)
        if entry[0] == "date-orders-mixed"
    )
    assert "2026" not in note[2]
