"""The source files that are measured on: invented, the same in every run.

An SI sheet as a desk keys it: stock codes and figures are numbers, dates are date
cells, about a tenth of the texts repeat (names, codes, accounts). An ATI export as a
back-office system writes it: text in canonical form.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Iterator
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
