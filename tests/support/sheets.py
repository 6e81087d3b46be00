"""Source files as a desk writes them: rows under headings, in a workbook or as CSV."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl

from rapupload.sources.names import EXAMPLE_MARK
from rapupload.transport.hong_kong_days import HongKongDays

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
Row = dict[str, object]


def today() -> dt.date:
    """Return the Hong Kong calendar day."""
    return dt.datetime.now(HONG_KONG).date()  # noqa: TID251 - commands use the real one


def settlement_day(after: int = 2) -> dt.date:
    """Return a coming settlement day, some days from now."""
    calendar, day = HongKongDays(), today() + dt.timedelta(days=after)
    while not calendar.is_settlement_day(day):
        day += dt.timedelta(days=1)
    return day


def ati_row(number: int, **changes: object) -> Row:
    """Return one sound transfer; the stock code is a number, as spreadsheets have it."""
    row: Row = {
        "Our reference": f"AT{number:06d}",
        "Stock code": 700,
        "From account": "01",
        "To account": "02",
        "Quantity": 100 * number,
        "Remarks": "REBALANCE",
    }
    return row | _by_label(changes)


def si_row(number: int, **changes: object) -> Row:
    """Return one sound settlement instruction."""
    row: Row = {
        "Our reference": f"SI{number:06d}",
        "Deliver or receive": "D" if number % 2 else "R",
        "Counterparty": "C00019",
        "Stock code": "00005",
        "Quantity": 400 * number,
        "Settlement date": settlement_day(),
        "Payment method": "DVP",
        "Currency": "HKD",
        "Settlement amount": 60_000 + number,
        "Our stock account": "01",
        "Purpose": "BC",
    }
    return row | _by_label(changes)


def voting_row(number: int, **changes: object) -> Row:
    """Return one sound vote."""
    row: Row = {
        "Our reference": f"VT{number:06d}",
        "Announcement number": "A26007777",
        "Stock code": "00388",
        "Stock account": "01",
        "Resolution": str(number),
        "For": 120_000,
        "Against": 30_000,
        "CCASS deadline": _deadline(),
    }
    return row | _by_label(changes)


def isi_row(number: int, **changes: object) -> Row:
    """Return one sound instruction with an investor participant."""
    row: Row = {
        "Our reference": f"IS{number:06d}",
        "Deliver or receive": "D" if number % 2 else "R",
        "Investor participant ID": "I01234",
        "Stock code": "00005",
        "Quantity": 400 * number,
        "Settlement date": settlement_day(),
        "Payment method": "FOP",
        "Our stock account": "01",
        "Affirmation needed": "Y",
    }
    return row | _by_label(changes)


def sti_row(number: int, **changes: object) -> Row:
    """Return one sound transfer to an account with statement service."""
    row: Row = {
        "Our reference": f"ST{number:06d}",
        "Stock code": "00388",
        "Transfer out account": "01",
        "Transfer in account": "00012345",
        "Quantity": 100 * number,
        "Payment method": "FOP",
    }
    return row | _by_label(changes)


def election_row(number: int, **changes: object) -> Row:
    """Return one sound choice of shares instead of cash."""
    row: Row = {
        "Our reference": f"EL{number:06d}",
        "Announcement number": f"A2600{number:04d}",
        "Stock account": "01",
        "Option number": "2",
        "Election": "SCRIP",
        "Shares electing": 400 * number,
        "CCASS deadline": _deadline(),
    }
    return row | _by_label(changes)


def subscription_row(number: int, **changes: object) -> Row:
    """Return one sound exercise of rights."""
    row: Row = {
        "Our reference": f"SB{number:06d}",
        "Announcement number": f"A2600{number:04d}",
        "Code of the rights, warrant or bond": "02945",
        "Stock account": "01",
        "Quantity subscribed": 2_000 * number,
        "CCASS deadline": _deadline(),
    }
    return row | _by_label(changes)


def representative_row(number: int, **changes: object) -> Row:
    """Return one sound appointment; the document number is made up."""
    row: Row = {
        "Our reference": f"RP{number:06d}",
        "Announcement number": f"A2600{number:04d}",
        "Stock account": "01",
        "Appointment": "REP",
        "Name as on the document": "CHAN TAI MAN",
        "Document": "HKID",
        "Document number": "A123456(3)",
        "Shares represented": 20_000,
        "Way of attending": "PERSON",
        "CCASS deadline": _deadline(),
    }
    return row | _by_label(changes)


def tender_row(number: int, **changes: object) -> Row:
    """Return one sound tender for notes."""
    row: Row = {
        "Our reference": f"TD{number:06d}",
        "Tender number": "T27020001",
        "Code of the note": "04110",
        "Account to credit": "01",
        "Nominal amount": 50_000 * number,
        "CCASS deadline": _deadline(),
    }
    return row | _by_label(changes)


def _deadline() -> dt.datetime:
    return dt.datetime.combine(today() + dt.timedelta(days=5), dt.time(16, 0))


def _by_label(changes: Mapping[str, object]) -> Row:
    return {k.replace("_", " ").capitalize(): v for k, v in changes.items()}


ROWS: dict[str, Callable[..., Row]] = {
    "ati": ati_row,
    "election": election_row,
    "isi": isi_row,
    "representative": representative_row,
    "si": si_row,
    "sti": sti_row,
    "subscription": subscription_row,
    "tender": tender_row,
    "voting": voting_row,
}
"""A sound row of each type, by number; keyword arguments change cells by label."""

ACCEPTED: dict[str, tuple[str, ...]] = {
    "subscription": ("--accept-warning", "sub-irrevocable", "--reason", "they know"),
}
"""Options for what even a sound sheet of a type has to be asked."""

REJECTED: dict[str, dict[str, object]] = {
    "ati": {"stock_code": 9990},
    "election": {"announcement_number": "A99007777"},
    "isi": {"stock_code": 9990},
    "representative": {"announcement_number": "A99007777"},
    "si": {"counterparty": "C00999"},
    "sti": {"stock_code": 9990},
    "subscription": {"announcement_number": "A99007777"},
    "tender": {"tender_number": "T99020001"},
    "voting": {"announcement_number": "A99007777"},
}
"""What the simulator's own rules reject, though nothing is wrong by the spec."""


def write_workbook(path: Path, rows: Sequence[Row], sheet: str = "Desk") -> Path:
    """Write rows under the headings of the first."""
    book = openpyxl.Workbook()
    page = _page(book)
    page.title = sheet
    page.append(list(rows[0]))
    for row in rows:
        page.append(list(row.values()))
    book.save(path)
    return path


def fill_template(path: Path, rows: Sequence[Row]) -> Path:
    """Fill a template in place, as a person does, in place of its examples."""
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    heads, line = headings(page, rows[0])
    clear_examples(page)
    for offset, row in enumerate(rows, 1):
        for label, value in row.items():
            page.cell(line + offset, heads[label]).value = value
    book.save(path)
    return path


def _page(book: openpyxl.Workbook) -> Any:
    assert book.active is not None
    return book.active


def clear_examples(page: Any) -> None:
    """Empty the example rows of a template."""
    for row in page.iter_rows(max_row=5):
        if any(str(cell.value or "").startswith(EXAMPLE_MARK) for cell in row):
            for cell in row:
                cell.value = None


def delete_examples(path: Path) -> Path:
    """Empty the example rows of a template in a file."""
    book = openpyxl.load_workbook(path)
    clear_examples(book.worksheets[0])
    book.save(path)
    return path


def headings(page: Any, row: Row) -> tuple[dict[str, int], int]:
    """Find the row of headings; a template may give them in two languages."""
    for line in range(1, 12):
        heads: dict[str, int] = {}
        for cell in page[line]:
            for label in row:
                if str(cell.value or "").startswith(label):
                    heads.setdefault(label, cell.column)
        if len(heads) == len(row):
            return heads, line
    raise AssertionError(f"no row of {page.title} has the headings {sorted(row)}")


def write_csv(path: Path, rows: Sequence[Row]) -> Path:
    """Write rows as UTF-8 with a byte order mark, as Excel saves CSV."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(rows[0])
        writer.writerows(row.values() for row in rows)
    return path
