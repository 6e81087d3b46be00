"""Names a rule may use besides the sheet's own columns, and their types.

Their values come from settings, calendars, the account directory, CCASS's announcement
file or the user's lists; a rule whose name has no value is reported as not checked.
"""

from __future__ import annotations

import polars as pl

HONG_KONG = "Asia/Hong_Kong"
_TIMESTAMP = pl.Datetime("us", HONG_KONG)

STOCK_KEY = "stock_key"
"""The one name of a stock: its code as given, else the single code of its ISIN."""

JOINED: dict[str, pl.DataType] = {
    "today": pl.Date(),
    "now": _TIMESTAMP,
    "own_participant": pl.String(),
    "settlement_day": pl.Boolean(),
    "cut_off": _TIMESTAMP,
    "rdp_cut_off": _TIMESTAMP,
    "balance": pl.Int64(),
    "receipts": pl.Int64(),
    "money_limit": pl.Decimal(38, 2),
    "holding": pl.Int64(),
    "event_holding": pl.Int64(),
    "event_type": pl.String(),
    "event_deadline": _TIMESTAMP,
    "event_options": pl.String(),
    "event_stock_code": pl.String(),
    "event_known": pl.Boolean(),
    "event_instruction": pl.String(),
    "event_opens": pl.Date(),
    "event_kind": pl.String(),
    "event_currencies": pl.String(),
    "event_default_option": pl.String(),
    "event_attendance": pl.String(),
    "event_last_trading_day": pl.Date(),
    "underlying_code": pl.String(),
    "counterparty_kind": pl.String(),
    "counterparty_known": pl.Boolean(),
    "counterparty_suspended": pl.Boolean(),
    "reference_known": pl.Boolean(),
    "reference_name": pl.String(),
    "reference_isin": pl.String(),
    "reference_counters": pl.Int64(),
    STOCK_KEY: pl.String(),
    "product": pl.String(),
    "board_lot": pl.Int64(),
    "tender_multiple": pl.Int64(),
    "represented": pl.Int64(),
    "voted": pl.Int64(),
    "agenda": pl.String(),
}
"""Joined column -> type; ``<account column>_kind`` and ``_known`` come on top."""
