"""The script an office would write without this product: one row after the other.

openpyxl reads a row, a pydantic model checks it, an f-string writes the record, one
``execute`` keeps it. Its batch files are the product's own, byte for byte, which the
benchmark compares: it is slow, not sloppy. (It knows one layout, finds the first fault
only, and forgets nothing of what a journal is for because it has none.)
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import openpyxl
from pydantic import BaseModel, BeforeValidator, Field, model_validator

RECORDS = 9_999
_KEY = b"0" * 32


def _as_text(value: object) -> object:
    return None if value is None else str(value)


def _as_day(value: object) -> object:
    return value.date() if isinstance(value, dt.datetime) else value


Day = Annotated[dt.date, BeforeValidator(_as_day)]
Amount = Annotated[Decimal, Field(ge=0, lt=10**11, decimal_places=2)]


class Instruction(BaseModel):
    """One settlement instruction, as the sheet has it."""

    reference: Annotated[str, Field(pattern=r"^[A-Za-z0-9\-?:().,'+ /]{1,16}$")]
    direction: Literal["D", "R"]
    counterparty: Annotated[str, Field(pattern="^[A-Z][0-9]{5}$")]
    counterparty_name: str | None
    stock_code: Annotated[int, Field(ge=1, le=99_999)]
    stock_name: str | None
    quantity: Annotated[int, Field(ge=1, lt=10**11)]
    trade_date: Day | None
    settlement_date: Day
    payment: Literal["DVP", "FOP", "RDP"]
    currency: Literal["HKD", "CNY", "USD"] | None
    amount: Annotated[Amount | None, BeforeValidator(_as_text)]
    account: Annotated[str, Field(pattern="^[0-9A-Z]{1,8}$")]
    purpose: Literal["BC", "SL", "SR", "PL", "PM"]
    remarks: Annotated[str, Field(max_length=40)] | None

    @model_validator(mode="after")
    def _agrees(self) -> Instruction:
        if (self.payment == "FOP") == bool(self.amount):
            raise ValueError("amount and payment method do not agree")
        if self.payment != "FOP" and self.currency is None:
            raise ValueError("the currency is missing")
        if self.trade_date and self.trade_date > self.settlement_date:
            raise ValueError("traded after it settles")
        return self

    @property
    def cents(self) -> int:
        """Return the amount without its point."""
        return int((self.amount or Decimal(0)) * 100)

    @property
    def checksum(self) -> int:
        """Return the record checksum."""
        return self.stock_code + self.quantity + int(self.amount or 0)

    def write(self) -> str:
        """Return the detail record."""
        traded = f"{self.trade_date:%Y%m%d}" if self.trade_date else "0" * 8
        return (
            f"1{self.stock_code:05}{'':12}{self.direction}{self.counterparty:6}"
            f"{self.account:>8}{self.quantity:011}{self.settlement_date:%Y%m%d}{traded}"
            f"{self.payment}{self.currency or '':3}{self.cents:013}{self.purpose}N{'':57}"
            f"{self.reference:16}{self.remarks or '':40}{self.checksum:014}"
        )

    def fingerprint(self) -> bytes:
        """Return the keyed digest by which a repetition is known."""
        parts = (
            self.direction,
            self.counterparty,
            f"{self.stock_code:05}",
            str(self.quantity),
            self.settlement_date.isoformat(),
            self.payment,
            self.currency or "",
            str(self.amount or ""),
            self.account,
            self.reference,
        )
        text = "\x1f".join(parts).encode()
        return hashlib.blake2b(text, key=_KEY, digest_size=16).digest()


def read(file: Path) -> Iterator[Instruction]:
    """Yield the instructions of a sheet whose columns are in the order of the model."""
    book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    names = list(Instruction.model_fields)
    for cells in book.worksheets[0].iter_rows(min_row=2, values_only=True):
        yield Instruction.model_validate(dict(zip(names, cells, strict=True)))


class _BatchFile:
    """A batch file on its way."""

    def __init__(self, number: int, day: dt.date) -> None:
        self.name = f"SI_B01234_{day:%Y%m%d}_{number:04}.TXT"
        reference = f"SI{day:%y%m%d}{number:04}"
        header = (
            f"0{number:04}B01234{'':8}{reference:15}{day:%Y%m%d}{'SI BATCH INPUT':15}"
        )
        self.lines = [f"{header}{'':152}"]
        self.totals = [0, 0, 0, 0, 0]

    def add(self, instruction: Instruction) -> int:
        """Add a record and return its line."""
        self.lines.append(instruction.write())
        figures = (
            1,
            instruction.stock_code,
            instruction.quantity,
            instruction.cents,
            instruction.checksum,
        )
        self.totals = [a + b for a, b in zip(self.totals, figures, strict=True)]
        return len(self.lines)

    def content(self) -> bytes:
        """Return the bytes of the file."""
        count, codes, shares, cents, checksums = self.totals
        trailer = f"2{count:04}{codes:09}{shares:015}{cents:017}{checksums:017}{'':146}"
        return "".join(f"{line}\r\n" for line in [*self.lines, trailer]).encode()


def prepare(file: Path, folder: Path, day: dt.date) -> int:
    """Write the batch files of a sheet and keep their rows; return how many rows."""
    database = sqlite3.connect(folder / "script.sqlite", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        database.execute(f"PRAGMA {pragma}")
    database.execute(
        "create table instructions (batch text, line integer, row integer,"
        " reference text, fingerprint blob, primary key (batch, line)) without rowid"
    )
    for column in ("reference", "fingerprint"):
        database.execute(f"create index by_{column} on instructions ({column})")
    count, batch = 0, _BatchFile(1, day)
    database.execute("BEGIN")
    for count, instruction in enumerate(read(file), 1):
        line = batch.add(instruction)
        row = (batch.name, line, count + 1, instruction.reference)
        database.execute(
            "insert into instructions values (?, ?, ?, ?, ?)",
            (*row, instruction.fingerprint()),
        )
        if len(batch.lines) > RECORDS:
            _finish(batch, folder, database)
            batch = _BatchFile(count // RECORDS + 1, day)
            database.execute("BEGIN")
    _finish(batch, folder, database)
    database.close()
    return count


def _finish(batch: _BatchFile, folder: Path, database: sqlite3.Connection) -> None:
    """Commit and write the file: one commit for each file, not for each row."""
    database.execute("COMMIT")
    if len(batch.lines) > 1:
        (folder / batch.name).write_bytes(batch.content())
