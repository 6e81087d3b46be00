"""The source files that are measured on: invented, the same in every run.

An SI sheet as a desk keys it: stock codes and figures are numbers, dates are date
cells, about a tenth of the texts repeat (names, codes, accounts). An ATI export as a
back-office system writes it: text in canonical form.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Callable, Iterator
from pathlib import Path

NOW = dt.datetime(2027, 1, 5, 2, 0, tzinfo=dt.UTC)
"""The instant of every check: Tuesday, 10:00 in Hong Kong."""

_SEED = 20270105
_STOCKS = [
    (5, "HSBC HOLDINGS"),
    (388, "HKEX"),
    (700, "TENCENT"),
    (939, "CCB"),
    (941, "CHINA MOBILE"),
    (1299, "AIA"),
    (1398, "ICBC"),
    (2318, "PING AN"),
    (3690, "MEITUAN-W"),
    (9988, "BABA-W"),
]
_SI_HEADINGS = [
    "Our reference",
    "Deliver or receive",
    "Counterparty",
    "Counterparty name",
    "Stock code",
    "Stock name",
    "Quantity",
    "Trade date",
    "Settlement date",
    "Payment method",
    "Currency",
    "Settlement amount",
    "Our stock account",
    "Purpose",
    "Remarks",
]
_DATES = {7, 8}  # places of the date columns
_ATI_HEADINGS = [
    "Our reference",
    "Stock code",
    "Stock name",
    "From account",
    "To account",
    "Quantity",
    "Remarks",
]
FAULTY_EVERY = 10


def si_rows(count: int) -> Iterator[list[object]]:
    """Yield settlement instructions, 15 cells each."""
    chance = random.Random(_SEED)
    traded = dt.date(2027, 1, 5)
    for number in range(1, count + 1):
        code, name = chance.choice(_STOCKS)
        quantity = chance.randrange(1, 5_000) * 100
        broker = chance.randrange(1_300, 1_700)
        is_paid = chance.random() < 0.9
        yield [
            f"SI270105{number:07}",
            "D" if number % 2 else "R",
            f"B{broker:05}",
            f"BROKER {broker} SECURITIES LTD",
            code,
            name,
            quantity,
            traded,
            traded + dt.timedelta(days=chance.choice((1, 2, 3))),
            "DVP" if is_paid else "FOP",
            "HKD" if is_paid else None,
            round(quantity * chance.uniform(5, 500), 2) if is_paid else None,
            f"{chance.randrange(1, 90):02}",
            "BC",
            f"desk {chance.randrange(20)}" if chance.random() < 0.3 else None,
        ]


def write_si_workbook(file: Path, count: int) -> None:
    """Write the sheet with shared strings, as Excel does."""
    import xlsxwriter

    with xlsxwriter.Workbook(file) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        money = book.add_format({"num_format": "#,##0.00"})
        formats = dict.fromkeys(_DATES, day) | {11: money}
        sheet = book.add_worksheet("SI")
        sheet.write_row(0, 0, _SI_HEADINGS)
        for row, cells in enumerate(si_rows(count), 1):
            for column, cell in enumerate(cells):
                if cell is not None:
                    sheet.write(row, column, cell, formats.get(column))


_DEADLINE = "2027-01-20 16:00"
_Made = Callable[[int, random.Random], list[object]]
TYPES: dict[str, tuple[list[str], _Made]] = {
    "ati": (
        ["Our reference", "Stock code", "From account", "To account", "Quantity"],
        lambda n, c: [f"AT{n:09}", _stock(c), "01", "02", _lots(c)],
    ),
    "election": (
        [
            "Our reference",
            "Announcement number",
            "Stock account",
            "Option number",
            "Election",
            "Shares electing",
            "CCASS deadline",
        ],
        lambda n, c: [
            *(f"EL{n:09}", f"A{n:08}", "01", "002", "SCRIP", _lots(c), _DEADLINE),
        ],
    ),
    "isi": (
        [
            "Our reference",
            "Deliver or receive",
            "Investor participant ID",
            "Stock code",
            "Quantity",
            "Settlement date",
            "Payment method",
            "Our stock account",
        ],
        lambda n, c: [
            *(f"IS{n:09}", "D" if n % 2 else "R", f"I{n % 90_000:05}", _stock(c)),
            *(_lots(c), "2027-01-07", "FOP", f"{c.randrange(1, 90):02}"),
        ],
    ),
    "representative": (
        [
            "Our reference",
            "Announcement number",
            "Stock account",
            "Appointment",
            "Name as on the document",
            "Document",
            "Document number",
            "Shares represented",
            "CCASS deadline",
        ],
        lambda n, c: [
            *(f"RP{n:09}", f"A{n:08}", "01", "REP", "CHAN TAI MAN", "HKID"),
            *("A123456(3)", _lots(c), _DEADLINE),
        ],
    ),
    "si": (
        [
            "Our reference",
            "Deliver or receive",
            "Counterparty",
            "Stock code",
            "Quantity",
            "Settlement date",
            "Payment method",
            "Currency",
            "Settlement amount",
            "Our stock account",
            "Purpose",
        ],
        lambda n, c: [
            *(f"SI{n:09}", "D" if n % 2 else "R", f"B{c.randrange(1_300, 1_700):05}"),
            *(_stock(c), _lots(c), "2027-01-07", "DVP", "HKD"),
            *(f"{n}.{n % 100:02}", f"{c.randrange(1, 90):02}", "BC"),
        ],
    ),
    "sti": (
        [
            "Our reference",
            "Stock code",
            "Transfer out account",
            "Transfer in account",
            "Quantity",
            "Payment method",
        ],
        lambda n, c: [
            f"ST{n:09}",
            _stock(c),
            "01",
            f"{n % 90_000:08}",
            _lots(c),
            "FOP",
        ],
    ),
    "subscription": (
        [
            "Our reference",
            "Announcement number",
            "Code of the rights, warrant or bond",
            "Stock account",
            "Quantity subscribed",
            "CCASS deadline",
        ],
        lambda n, c: [f"SB{n:09}", f"A{n:08}", "02945", "01", _lots(c), _DEADLINE],
    ),
    "tender": (
        [
            "Our reference",
            "Tender number",
            "Code of the note",
            "Account to credit",
            "Nominal amount",
            "CCASS deadline",
            "Client",
        ],
        lambda n, c: [
            *(f"TD{n:09}", f"T{n % 9_000:08}", "04110", "01"),
            *(c.randrange(1, 900) * 50_000, _DEADLINE, f"M{n:08}"),
        ],
    ),
    "voting": (
        [
            "Our reference",
            "Announcement number",
            "Stock account",
            "Resolution",
            "For",
            "Against",
            "CCASS deadline",
        ],
        lambda n, c: [
            *(f"VT{n:09}", f"A{n // 10:08}", "01", str(n % 10 + 1)),
            *(_lots(c), _lots(c), _DEADLINE),
        ],
    ),
}
"""Instruction type -> headings of a plain export, and the row of a number."""


def _stock(chance: random.Random) -> str:
    return f"{chance.choice(_STOCKS)[0]:05}"


def _lots(chance: random.Random) -> int:
    return chance.randrange(1, 5_000) * 100


def write_type_text(file: Path, type_: str, count: int) -> None:
    """Write a plain export of an instruction type as CSV."""
    headings, make = TYPES[type_]
    chance = random.Random(_SEED)
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(headings)
        writer.writerows(make(number, chance) for number in range(1, count + 1))


def ati_rows(count: int, *, faulty: bool) -> Iterator[list[str]]:
    """Yield account transfers; every tenth has a fault, of four kinds in turn."""
    chance = random.Random(_SEED)
    for number in range(1, count + 1):
        code, name = chance.choice(_STOCKS)
        row = [
            f"AT{number:09}",
            f"{code:05}",
            name,
            f"{chance.randrange(1, 40):02}",
            f"{chance.randrange(40, 90):02}",
            str(chance.randrange(1, 5_000) * 100),
            "REBALANCE" if number % 3 == 0 else "",
        ]
        if faulty and number % FAULTY_EVERY == 0:
            _spoil(row, number // FAULTY_EVERY % 4)
        yield row


def _spoil(row: list[str], kind: int) -> None:
    if kind == 0:
        row[1] = "7OO"  # letters for zeros
    elif kind == 1:
        row[5] = "-" + row[5]
    elif kind == 2:
        row[1] = ""  # neither stock code nor ISIN: a rule finds it
    else:
        row[0] = ""


def write_ati_text(file: Path, count: int, *, faulty: bool = False) -> None:
    """Write the export as CSV."""
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(_ATI_HEADINGS)
        writer.writerows(ati_rows(count, faulty=faulty))
