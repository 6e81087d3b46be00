"""Names of the checks that SQL cannot say, and what their messages may quote.

The checks themselves are in ``rapupload.validation.checks``; a test holds both equal.
"""

from __future__ import annotations

NAMED_CHECKS: dict[str, frozenset[str]] = {
    "account-chain": frozenset(),
    "total-wide": frozenset({"total", "field"}),
    "vote-missing": frozenset({"list"}),
}
"""Check name -> placeholders of its own."""
