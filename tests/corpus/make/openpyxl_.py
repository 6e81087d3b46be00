"""Workbooks that openpyxl writes: ``python -m tests.corpus.make.openpyxl_``.

Mostly in write-only mode, whose texts stand in the cells and which saves no results of
formulas. The library stamps its files with the time, so they differ from run to run.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable
from typing import Any, Final

import openpyxl
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from tests.corpus.make.rows import BELOW, Shelf, headings, rows, shelf, table, values_of

_SI: Final = values_of(BELOW)
_ATI: Final = values_of(BELOW)


def typed(line: Iterable[Any]) -> list[Any]:
    """Return a row with dates in the place of the texts that are dates in rows.json."""
    return [
        dt.date.fromisoformat(cell)
        if isinstance(cell, str) and len(cell) == 10 and cell[4:8:3] == "--"
        else cell
        for cell in line
    ]


def write_only(lines: Iterable[Iterable[Any]], name: str = "Sheet1", **how: Any) -> Any:
    """Return a write-only workbook; a triple is value, number format and data type."""
    book = openpyxl.Workbook(write_only=True, **how)
    sheet = book.create_sheet(name)
    for line in lines:
        sheet.append([_styled(sheet, cell) for cell in typed(line)])
    return book


def _styled(sheet: Any, value: Any) -> Any:
    if not isinstance(value, tuple):
        return value
    content, shown, kind = value
    cell = WriteOnlyCell(sheet, content)
    if shown:
        cell.number_format = shown
    if kind:
        cell.data_type = kind
    return cell


def clean(on: Shelf) -> None:
    """Write the three rows: with dates as numbers, and as ISO 8601 text."""
    write_only(table("si")).save(on.path("clean.xlsx", _SI))
    write_only(table("si"), iso_dates=True).save(on.path("iso-dates.xlsx", _SI))
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for line in table("si"):
        book.active.append(typed(line))
    book.save(on.path("date-1904.xlsx", _SI))


def formulas(on: Shelf) -> None:
    """Write formulas of every sort, none of them with what it gives."""
    lines = table(
        "si",
        own_reference={0: '=CONCATENATE("SI";1)', 2: "=A2"},
        quantity={0: "=100*100", 1: ArrayFormula("E3", "=SUM(A1:A2)")},
        remarks={
            1: "=T(A1)",
            2: DataTableFormula(ref="L4", dt2D=True, r1="A1", r2="A2"),
        },
    )
    write_only(lines).save(on.path("formulas.xlsx"))
    quiet = table("ati", remarks={0: '="x"'})
    write_only(quiet).save(on.path("formula-optional.xlsx", values_of({3: 1, 4: 2})))


def odd(on: Shelf) -> None:
    """Write errors, yes and no, times, spans of time and moments into every column."""
    plain = rows("si")[0]
    moment = dt.datetime(2027, 1, 6, 14, 30)  # noqa: DTZ001 - a cell has no zone
    cells: list[tuple[int, Any]] = [
        *((3, "#N/A"), (4, "#REF!"), (4, True), (5, dt.time(14, 30)), (5, moment)),
        *((5, dt.timedelta(days=2)), (4, dt.timedelta(hours=30)), (8, "#DIV/0!")),
        *(
            (8, dt.date(2027, 1, 6)),
            (9, 1),
            (9, True),
            (1, False),
            (3, dt.date(2027, 7, 1)),
        ),
        *((5, dt.datetime(2027, 1, 6, 0, 0, 0, 400)), (11, True), (11, 12.5)),  # noqa: DTZ001
        *((11, dt.date(2027, 1, 6)), (0, 1001), (0, 123456789012), (3, 5), (3, 5.5)),
    ]
    lines = []
    for n, (column, cell) in enumerate(cells):
        line = [f"SI{n:03}", *plain[1:]]
        line[column] = cell
        lines.append(line)
    expected = {
        number: values_of({0: 0}, own_reference={0: reference}, **change)[0]
        for number, reference, change in (
            (11, "SI009", {"stock_account": {0: "1"}}),
            (15, "SI013", {}),
            (17, "SI015", {"remarks": {0: "12.5"}}),
            (19, "1001", {}),
            (21, "SI019", {"stock_code": {0: "00005"}}),
        )
    }
    write_only([headings("si"), *lines]).save(on.path("odd.xlsx", expected))


def sly(on: Shelf) -> None:
    """Write texts that begin like formulas, and text in cells formatted as numbers."""
    lines = table(
        "ati",
        remarks={
            0: ("=1+1", "@", "s"),
            1: ("=cmd|' /C calc'!A0", "", "s"),
            2: ("+1", "", "s"),
        },
        quantity={1: ("2,500", "#,##0", "s")},
        stock_code={0: ("00700", "0000000", "s")},
    )
    expected = values_of(BELOW, remarks={0: "=1+1", 1: "=cmd|' /C calc'!A0", 2: "+1"})
    write_only(lines).save(on.path("formula-like.xlsx", expected))


def encrypted(on: Shelf) -> None:
    """Protect a workbook by a password."""
    plain = io.BytesIO()
    write_only(table("ati")).save(plain)
    with on.path("encrypted.xlsx").open("wb") as target:
        OOXMLFile(plain).encrypt("secret", target)
    broken = (
        on.path("encrypted.xlsx").read_bytes().replace(b"<encryption", b"<encr\0ption")
    )
    on.path("encrypted-damaged.xlsx").write_bytes(broken)


def lock_file(on: Shelf) -> None:
    """Write the file that Excel keeps beside a workbook while it is open."""
    on.path("~$clean.xlsx").write_bytes(
        b"\x02WL" + b" " * 52 + b"\x02\0W\0L" + b"\0 " * 53
    )


def styled(on: Shelf) -> None:
    """Write one style for each cell, as exports do, and rows that are styled only."""
    book = openpyxl.Workbook()
    sheet = book.active
    for line in table("ati"):
        sheet.append(typed(line))
    for row in sheet.iter_rows(min_row=2, max_row=60, max_col=20):
        for cell in row:
            cell.number_format = "@" if cell.column < 5 else "#,##0"
            cell.border = openpyxl.styles.Border(
                bottom=openpyxl.styles.Side(style="thin" if cell.row % 2 else "medium")
            )
    for column in "HIJ":
        sheet.column_dimensions[column].hidden = True
    sheet.row_dimensions[40].hidden = True
    book.save(on.path("styled-below.xlsx", _ATI))


def names(on: Shelf) -> None:
    """Write sheets with the names of our own sheets, and a name with blanks."""
    book = openpyxl.Workbook()
    book.active.title = "rapupload"
    book.active.append(["what is this"])
    for name in ("Findings", "  ATI  "):
        sheet = book.create_sheet(name)
        lines = table("ati") if "ATI" in name else [["Severity", "Place"]]
        for line in lines:
            sheet.append(line)
    book.save(on.path("sheet-names.xlsx", _ATI))


def annotated(on: Shelf) -> None:
    """Write comments and colours of a person's own, which an annotated copy must keep."""
    book = openpyxl.Workbook()
    sheet = book.active
    for line in table("ati", quantity={1: "two thousand"}):
        sheet.append(line)
    sheet["E3"].comment = openpyxl.comments.Comment("ask WL", "WL")
    sheet["E3"].fill = openpyxl.styles.PatternFill("solid", fgColor="FFFFFF00")
    sheet["H9"] = "=SUM(E2:E4)"
    book.save(on.path("own-comments.xlsx", values_of({2: 0, 4: 2})))


MAKERS: Final = (
    *(clean, formulas, odd, sly, encrypted, lock_file, styled, names, annotated),
)


def main() -> None:
    """Write the folder ``files/openpyxl``."""
    with shelf("openpyxl") as on:
        for maker in MAKERS:
            maker(on)


if __name__ == "__main__":
    main()
