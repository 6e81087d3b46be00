"""Which rows the simulator rejects: rules by content, so that a sample can show each.

| reason | the row is rejected when |
| --- | --- |
| unknown-stock | the stock code is 09990 to 09999 |
| invalid-account | an account starts with 9 |
| unknown-counterparty | the ID of the counterparty or investor ends in 999 |
| event-closed | the announcement number starts with A99, the tender number with T99 |
| insufficient | the quantity is 90,000,000 or more |
| over-holding | the votes are more than 90,000,000, or others 80,000,000 or more |
| limit | the amount is 9,000,000,000 or more |
| payment-invalid | the currency is Swiss franc, CHF |

A rule applies only where the spec lists the reason. The rules are the simulator's own;
what CCASS checks is not public.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal

from rapupload.simulator.records import number_of

Values = Mapping[str, str]

_STOCKS_UNKNOWN = range(9990, 10000)
_HELD = Decimal(90_000_000)
_ELIGIBLE = Decimal(80_000_000)
_LIMIT = Decimal(9_000_000_000)


def _has_unknown_stock(values: Values) -> bool:
    code = values.get("stock-code", "")
    return code.isdigit() and int(code) in _STOCKS_UNKNOWN


def _has_invalid_account(values: Values) -> bool:
    names = ("from-account", "to-account", "stock-account")
    return any(values.get(name, "").startswith("9") for name in names)


def _has_unknown_counterparty(values: Values) -> bool:
    names = ("counterparty-id", "investor-id")
    return any(values.get(name, "").endswith("999") for name in names)


def _has_closed_event(values: Values) -> bool:
    return values.get("announcement-no", "").startswith("A99") or values.get(
        "tender-no", ""
    ).startswith("T99")


def _is_short_of_stock(values: Values) -> bool:
    return number_of(values.get("quantity", "")) >= _HELD


def _is_over_holding(values: Values) -> bool:
    names = ("votes-for", "votes-against", "votes-abstain")
    if sum(number_of(values.get(name, "")) for name in names) > _HELD:
        return True
    under_announcement = "announcement-no" in values
    return under_announcement and number_of(values.get("quantity", "")) >= _ELIGIBLE


def _is_over_limit(values: Values) -> bool:
    return number_of(values.get("amount", "")) >= _LIMIT


def _has_invalid_payment(values: Values) -> bool:
    return values.get("currency", "") == "CHF"


RULES: tuple[tuple[str, Callable[[Values], bool]], ...] = (
    ("unknown-stock", _has_unknown_stock),
    ("invalid-account", _has_invalid_account),
    ("unknown-counterparty", _has_unknown_counterparty),
    ("event-closed", _has_closed_event),
    ("insufficient", _is_short_of_stock),
    ("over-holding", _is_over_holding),
    ("limit", _is_over_limit),
    ("payment-invalid", _has_invalid_payment),
)
"""Reason key and test, in the order in which they are tried."""


def judge(values: Values, reasons: Collection[str]) -> str | None:
    """Return the key of the first reason to reject a row, or None to accept it.

    >>> judge({"stock-code": "09990"}, {"unknown-stock"})
    'unknown-stock'
    >>> judge({"stock-code": "09990"}, {"limit"}) is None
    True
    """
    for key, is_wrong in RULES:
        if key in reasons and is_wrong(values):
            return key
    return None
