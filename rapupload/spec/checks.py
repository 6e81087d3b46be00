"""Checks that SQL cannot say: what each needs, and what its message may quote.

The checks themselves are in ``rapupload.validation.checks`` (``total-wide`` in
``rapupload.services.checking``, where totals are made); a test holds both equal.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCheck:
    """What a spec may rely on.

    Attributes:
        words: Placeholders that the check itself gives to the message.
        needs: Joined columns without which the rule is reported as not checked.
        columns: Columns that the spec must have.
    """

    words: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()


NAMED_CHECKS: dict[str, NamedCheck] = {
    "account-chain": NamedCheck(
        needs=frozenset({"stock_key"}),
        columns=frozenset({"stock-code", "isin", "from-account", "to-account"}),
    ),
    "before-opening": NamedCheck(),
    "deadline-unknown": NamedCheck(columns=frozenset({"deadline"})),
    "identity-check-digit": NamedCheck(columns=frozenset({"id-type", "id-number"})),
    "nominal-uneven": NamedCheck(
        words=frozenset({"multiple"}), columns=frozenset({"nominal"})
    ),
    "not-on-agenda": NamedCheck(
        needs=frozenset({"agenda"}), columns=frozenset({"resolution-no"})
    ),
    "total-wide": NamedCheck(words=frozenset({"total", "field"})),
    "vote-missing": NamedCheck(
        words=frozenset({"list"}),
        columns=frozenset({"announcement-no", "stock-account", "resolution-no"}),
    ),
}
"""Check name -> what it needs and gives."""
