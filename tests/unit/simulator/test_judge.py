from __future__ import annotations

import pytest

from rapupload.simulator.judge import RULES, judge

ALL = {key for key, _ in RULES}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"stock-code": "09989"}, None),
        ({"stock-code": "09990"}, "unknown-stock"),
        ({"stock-code": "09999"}, "unknown-stock"),
        ({"stock-code": "10000"}, None),
        ({"from-account": "99"}, "invalid-account"),
        ({"to-account": "9"}, "invalid-account"),
        ({"stock-account": "90000001"}, "invalid-account"),
        ({"from-account": "09"}, None),
        ({"counterparty-id": "B00999"}, "unknown-counterparty"),
        ({"counterparty-id": "B09990"}, None),
        ({"investor-id": "I00999"}, "unknown-counterparty"),
        ({"investor-id": "I99901"}, None),
        ({"announcement-no": "A99000001"}, "event-closed"),
        ({"announcement-no": "A09900001"}, None),
        ({"announcement-no": "A27000001", "quantity": "00079999999"}, None),
        ({"announcement-no": "A27000001", "quantity": "00080000000"}, "over-holding"),
        ({"tender-no": "T99000001"}, "event-closed"),
        ({"tender-no": "T09900001"}, None),
        ({"quantity": "00089999999"}, None),
        ({"quantity": "00090000000"}, "insufficient"),
        ({"votes-for": "60000000", "votes-against": "30000000"}, None),
        (
            {
                "votes-for": "60000000",
                "votes-against": "1",
                "votes-abstain": "30000000",
            },
            "over-holding",
        ),
        ({"amount": "8999999999.99"}, None),
        ({"amount": "9000000000.00"}, "limit"),
        ({"currency": "CHF"}, "payment-invalid"),
        ({"currency": "CNY"}, None),
        ({"stock-code": "", "quantity": "", "amount": ""}, None),
        ({}, None),
    ],
)
def test_rows_are_judged_by_their_content(
    values: dict[str, str], reason: str | None
) -> None:
    """Each rule rejects from its bound on and nothing before it."""
    assert judge(values, ALL) == reason


def test_first_rule_of_the_table_wins() -> None:
    """A row wrong in two ways gets the reason that stands first."""
    assert (
        judge({"quantity": "90000000", "stock-code": "09991"}, ALL) == "unknown-stock"
    )


def test_rule_without_reason_in_the_spec_does_not_apply() -> None:
    """A spec that lists no such reason accepts the row."""
    assert judge({"quantity": "90000000"}, ALL - {"insufficient"}) is None
