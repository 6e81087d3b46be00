"""Accounts: blocked or not, and this journal's own range of file indicators."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, insert, select, update

from rapupload.journal.chain import Entry, append
from rapupload.journal.database import Transaction
from rapupload.journal.records import Account, Kind, Subject
from rapupload.journal.schema import accounts
from rapupload.model import Environment

_DEFAULTS: dict[str, Any] = {
    "participant": "",
    "blocked_since": None,
    "blocked_why": "",
    "first_indicator": None,
    "last_indicator": None,
}


def find_account(
    connection: Connection, account: str, environment: Environment
) -> Account | None:
    """Return what is known about an account; None if it was never mentioned."""
    table = accounts.c
    chosen = and_(table.account == account, table.environment == environment.value)
    row = connection.execute(select(accounts).where(chosen)).mappings().first()
    if row is None:
        return None
    return Account(**{**row, "environment": Environment(row["environment"])})


def set_account(
    transaction: Transaction,
    account: str,
    environment: Environment,
    *,
    action: str,
    who: str,
    why: str = "",
    **columns: Any,
) -> int:
    """Change what is known about an account, with its event."""
    connection, table = transaction.connection, accounts.c
    key = {"account": account, "environment": environment.value}
    if find_account(connection, account, environment) is None:
        columns = {**_DEFAULTS, **columns}
        connection.execute(insert(accounts), {**key, **columns})
    else:
        chosen = and_(table.account == account, table.environment == environment.value)
        connection.execute(update(accounts).where(chosen).values(**columns))
    entry = Entry(
        action=action,
        subject=Subject(Kind.ACCOUNT, f"{environment.value}/{account}"),
        who=who,
        why=why,
        body={"set": columns},
    )
    return append(transaction, entry)
