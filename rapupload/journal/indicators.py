"""File indicators: reserved before rendering, never given twice."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, insert, select

from rapupload.errors import UsageError
from rapupload.journal.chain import Entry, append
from rapupload.journal.database import Transaction
from rapupload.journal.records import Kind, Subject
from rapupload.journal.schema import indicators


def reserve_indicators(  # noqa: PLR0913 - a range, a day and who asks
    transaction: Transaction,
    participant: str,
    day: date,
    count: int,
    *,
    first: int,
    last: int,
    who: str,
) -> list[int]:
    """Reserve the next free numbers of a participant's day within a range.

    A number once reserved never comes back, whether its batch was sent, withdrawn or
    never prepared: a number that was lost is harmless, one that was used twice is not.
    """
    table, connection = indicators.c, transaction.connection
    overlapping = (
        select(func.max(table.last))
        .where(table.participant == participant, table.day == day)
        .where(table.first <= last, table.last >= first)
    )
    used = connection.execute(overlapping).scalar_one()
    start = first if used is None else max(first, used + 1)
    end = start + count - 1
    if count < 1 or end > last:
        raise UsageError(
            f"{count} file indicators are wanted for {participant} on {day}, but of "
            f"{first} to {last} only {max(0, last - start + 1)} are left; no batch was "
            "made.",
            hint="Use another transmission date, or give this journal a wider range.",
        )
    span = {"participant": participant, "day": day, "first": start, "last": end}
    connection.execute(insert(indicators), span)
    subject = Subject(Kind.INDICATORS, f"{participant}/{day}/{start}")
    body = {"set": {"last": end}}
    append(transaction, Entry(action="reserved", subject=subject, who=who, body=body))
    return list(range(start, end + 1))
