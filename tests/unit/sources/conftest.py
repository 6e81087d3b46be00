"""A small instruction type, its vocabulary, and the two xlsx readers side by side."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from rapupload.sources.careful import CarefulReader
from rapupload.sources.fast import FastReader
from rapupload.sources.limits import Limits
from rapupload.sources.shape import SheetCells
from rapupload.sources.workbook import open_workbook
from rapupload.spec.format import BatchSpec
from rapupload.spec.headings import Vocabulary

SPEC = """
[spec]
id = "si"
title = { en = "Settlement Instruction", zh-Hant = "交收指示" }
version = 3
status = "assumed"
effective-from = 2027-01-01
sources = ["made for these tests"]
fingerprint = ["reference"]
[batch-file]
name = "SI_{participant}_{date:%Y%m%d}_{indicator:04}.TXT"
folder = "/upload/SI"
[[detail]]
name = "record-type"
picture = "X(1)"
value = "1"
[[column]]
name = "reference"
label = { en = "Our reference", zh-Hant = "我方編號" }
type = "reference"
need = "mandatory"
description = { en = "Your own number.", zh-Hant = "自編號碼。" }
example = "A001"
[[column]]
name = "stock-code"
label = { en = "Stock code", zh-Hant = "股份代號" }
aliases = ["Stock", "Code"]
type = "stock-code"
need = "mandatory"
description = { en = "Five digits; leading zeros may be left out.", zh-Hant = "五位數字。" }
example = "00700"
[[column]]
name = "quantity"
label = { en = "Quantity", zh-Hant = "股份數量" }
type = "quantity"
need = "mandatory"
example = "1000"
[[column]]
name = "payment"
label = { en = "Payment", zh-Hant = "付款方式" }
type = "code"
need = "conditional"
example = "DVP"
[[column.codes]]
code = "DVP"
label = { en = "Delivery versus payment", zh-Hant = "貨銀對付" }
[[column.codes]]
code = "FOP"
label = { en = "Free of payment", zh-Hant = "毋須付款" }
[[column]]
name = "amount"
label = { en = "Amount", zh-Hant = "金額" }
type = "money"
[[column]]
name = "settlement-date"
label = { en = "Settlement date", zh-Hant = "交收日期" }
type = "date"
[[rule]]
code = "si-amount"
severity = "error"
wrong-when = "payment = 'FOP' and amount is not null"
columns = ["amount"]
message = { en = "FOP takes no amount.", zh-Hant = "毋須付款不應有金額。" }
"""

Build = Callable[[Callable[[Worksheet], object]], Path]


@pytest.fixture(scope="session")
def spec() -> BatchSpec:
    """Return the small instruction type."""
    return BatchSpec.model_validate(tomllib.loads(SPEC))


@pytest.fixture(scope="session")
def vocabulary(spec: BatchSpec) -> Vocabulary:
    """Return its headings."""
    return Vocabulary(spec)


HEADINGS = ["Our reference", "Stock code", "Quantity"]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Return a function that saves a workbook whose sheet another function fills."""

    def save(fill: Callable[[Worksheet], object]) -> Path:
        book = openpyxl.Workbook()
        sheet = book.active
        assert isinstance(sheet, Worksheet)
        sheet.title = "SI"
        sheet.append(HEADINGS)
        fill(sheet)
        path = tmp_path / "source.xlsx"
        book.save(path)
        return path

    return save


@pytest.fixture(scope="session")
def read_both() -> Callable[[Path], tuple[SheetCells, SheetCells]]:
    """Return a function that reads the first sheet with both readers."""

    def read(path: Path) -> tuple[SheetCells, SheetCells]:
        book = open_workbook(path.read_bytes(), path.name, Limits())
        sheet = book.sheets[0]
        return (
            FastReader().read(book, sheet, Limits()),
            CarefulReader().read(book, sheet, Limits()),
        )

    return read
