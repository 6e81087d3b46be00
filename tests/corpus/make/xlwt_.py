"""Old workbooks that xlwt writes: ``python -m tests.corpus.make.xlwt_``.

xlwt 1.3.0 from PyPI is needed for this alone; nothing of the product imports it.
"""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from tests.corpus.make.rows import BELOW, Shelf, headings, rows, shelf, table, values_of


class Maker:
    """Write workbooks with xlwt."""

    def __init__(self, on: Shelf) -> None:
        self.on = on
        self.xlwt: Any = import_module("xlwt")

    def style(self, number_format: str) -> Any:
        """Return a style with a number format."""
        return self.xlwt.easyxf(num_format_str=number_format)

    def put(self, sheet: Any, lines: Iterable[Iterable[Any]], top: int = 0) -> None:
        """Write rows; text that is a date in rows.json becomes a date."""
        for row, line in enumerate(lines, start=top):
            for column, value in enumerate(line):
                self.put_cell(sheet, row, column, value)

    def put_cell(self, sheet: Any, row: int, column: int, value: Any) -> None:
        """Write one cell: a value, or a pair of value and number format."""
        shown = "General"
        if isinstance(value, tuple):
            value, shown = value
        if isinstance(value, str) and len(value) == 10 and value[4:8:3] == "--":
            value, shown = dt.date.fromisoformat(value), "yyyy-mm-dd"
        if value is not None:
            sheet.write(row, column, value, self.style(shown))

    def book(self, *lines: Iterable[Any], name: str = "Sheet1") -> tuple[Any, Any]:
        """Return a workbook with one sheet."""
        book = self.xlwt.Workbook(encoding="utf-8", style_compression=2)
        sheet = book.add_sheet(name, cell_overwrite_ok=True)
        self.put(sheet, lines)
        return book, sheet

    def clean(self) -> None:
        """Write the three rows as a person types them."""
        book, _ = self.book(*table("si"))
        book.save(self.on.path("clean.xls", values_of(BELOW)))

    def dates(self) -> None:
        """Write one day in many formats, and dates that count from 1904."""
        plain = rows("si")[0]
        day, moment = dt.date(2027, 1, 6), dt.datetime(2027, 1, 6, 14, 30)  # noqa: DTZ001
        cells: list[Any] = [
            *((day, "D/M/YYYY"), (day, "MMM-YY"), (day, "[$-404]e/m/d")),
            *(
                (day, 'yyyy"年"m"月"d"日"'),
                (46393, "dd\\-mmm\\-yy"),
                (46393, "General"),
            ),
            *((moment, "yyyy-mm-dd hh:mm"), (moment, "yyyy-mm-dd")),
            *((dt.time(14, 30), "hh:mm"), (0, "yyyy-mm-dd"), (60, "yyyy-mm-dd")),
            *((-1, "yyyy-mm-dd"), "2027.01.06", (46393.0000001, "yyyy-mm-dd")),
        ]
        lines = [[f"SI{n:03}", *plain[1:5], c, *plain[6:]] for n, c in enumerate(cells)]
        book, _ = self.book(headings("si"), *lines)
        good = (0, 1, 2, 3, 4, 12, 13)
        expected = {
            n + 2: values_of({0: 0}, own_reference={0: f"SI{n:03}"})[0] for n in good
        }
        book.save(self.on.path("dates.xls", expected))
        book, sheet = self.book()
        book.dates_1904 = True
        self.put(sheet, table("si"))
        book.save(self.on.path("date-1904.xls", values_of(BELOW)))

    def figures(self) -> None:
        """Write numbers in misleading formats, yes/no cells and errors."""
        plain = rows("si")[0]
        cells: list[Any] = [
            *((10000, "#,##0"), (10000, "0.00E+00"), (0.5, "0%"), (10000, "#,##0,")),
            *((10000, "00000000"), 1234567890123456, 12345678901.0, (10000, "@")),
            *(True, 10000.5, -10000, (10000, "#,##0_);[Red](#,##0)"), "10,000.00"),
            *("1,0000", "(10,000)", "10000-", "１００００", (10000, '0" lots"')),
        ]
        lines = [[f"SI{n:03}", *plain[1:4], c, *plain[5:]] for n, c in enumerate(cells)]
        book, sheet = self.book(headings("si"), *lines)
        for n, error in enumerate([0x2A, 0x17, 0x00, 0x07], start=19):
            line = [f"SI{n:03}", *plain[1:4], None, *plain[5:]]
            self.put(sheet, [line], top=n)
            sheet.row(n).set_cell_error(4, error)
        book.save(self.on.path("figures.xls", None))

    def formulas(self) -> None:
        """Write formulas, which xlwt saves without what they give."""
        book, sheet = self.book(*table("ati"))
        formula = self.xlwt.Formula
        sheet.write(1, 4, formula("500+500"))
        sheet.write(2, 5, formula('"RE"&"MARK"'))
        sheet.write(3, 1, formula('HYPERLINK("http://example.com";"02800")'))
        book.save(self.on.path("formulas.xls", None))

    def hidden(self) -> None:
        """Hide rows and columns in all the ways there are, and two further sheets."""
        lines = [[f"AT{n}", "00700", "01", "02", n, None] for n in range(1001, 1007)]
        book, sheet = self.book(headings("ati"), *lines)
        sheet.row(2).hidden = 1
        sheet.row(3).height, sheet.row(3).height_mismatch = 0, 1
        sheet.row(5).level, sheet.row(5).hidden = 1, 1
        sheet.col(2).hidden = 1
        sheet.col(3).width = 0
        for name, visibility in (("hidden", 1), ("very hidden", 2)):
            other = book.add_sheet(name)
            self.put(other, table("ati"))
            other.visibility = visibility
        expected = {
            number: values_of(
                {0: 0},
                own_reference={0: f"AT{number + 999}"},
                from_account={0: "01"},
                quantity={0: str(number + 999)},
                remarks={0: None},
            )[0]
            for number in range(2, 8)
        }
        book.save(self.on.path("hidden.xls", expected))

    def flat(self) -> None:
        """Take the height of a row and the width of a column away."""
        book, sheet = self.book(*table("ati"))
        sheet.row(2).height, sheet.row(2).height_mismatch = 0, 1
        sheet.col(4).width = 0
        book.save(self.on.path("flat.xls", values_of(BELOW)))

    def layout(self) -> None:
        """Merge cells in the title and in the data, headings in row 4, totals below."""
        book, sheet = self.book()
        sheet.write_merge(0, 1, 0, 11, "Settlement instructions 交收指示")
        sheet.write_merge(2, 2, 0, 11, "Desk 2")
        lines = rows("si")
        self.put(sheet, [headings("si"), lines[0], lines[1], lines[2]], top=3)
        sheet.write_merge(5, 6, 2, 2, "C00010")
        self.put(sheet, [["合計", None, None, None, 12500]], top=7)
        book.save(self.on.path("layout.xls", values_of({5: 0})))
        book, _ = self.book(*table("ati"))
        raw = book.get_biff_data()
        upwards = struct.pack("<HHHHHHH", 0xE5, 10, 1, 3, 2, 2, 2)
        end = raw.rindex(struct.pack("<HH", 0x0A, 0))
        self.store("merge-turned.xls", raw[:end] + upwards + raw[end:])
        self.on.path("merge-turned.xls", values_of({2: 0}))

    def rich(self) -> None:
        """Write text in several fonts, with breaks and odd blanks, and long text."""
        book, sheet = self.book(
            *table(
                "ati", own_reference={1: "\u3000AT2701040002 "}, quantity={1: "2 500"}
            )
        )
        bold = self.xlwt.easyfont("bold true")
        sheet.write_rich_text(1, 1, ["00", ("70", bold), "0"])
        sheet.write_rich_text(3, 0, [("AT2701", bold), "040003"])
        sheet.write(0, 6, "Internal note")
        sheet.write(1, 6, "長" * 4200)
        sheet.write(3, 6, "line one\nline two")
        book.save(self.on.path("rich.xls", values_of({2: 0, 4: 2})))

    def sparse(self) -> None:
        """Put one more cell into the last row and column of the format."""
        book, sheet = self.book(*table("ati"))
        sheet.write(65535, 255, "x")
        book.save(self.on.path("sparse.xls", None))

    def several(self) -> None:
        """Write two sheets that fit, one of another type, and a protected one."""
        book, _ = self.book(["notes"], name="Notes")
        for name, kind in (("ATI (1)", "ati"), ('ATI\'s "2"', "ati"), ("交收", "si")):
            self.put(book.add_sheet(name), table(kind))
        book.get_sheet(3).protect = True
        book.save(self.on.path("several.xls", values_of(BELOW)))

    def encrypted(self) -> None:
        """Mark the stream as encrypted, let a record never end, and cut the stream."""
        book, _ = self.book(*table("ati"))
        raw = book.get_biff_data()
        end = 4 + struct.unpack("<H", raw[2:4])[0]
        password = struct.pack("<HHHHH", 0x2F, 6, 0, 0x1234, 0x5678)
        self.store("encrypted.xls", raw[:end] + password + raw[end:])
        endless = struct.pack("<HH", 0xE1, 0xFFF0)
        self.store("record-endless.xls", raw[:end] + endless + raw[end:])
        self.store("stream-cut-short.xls", raw[: len(raw) // 2])

    def store(self, name: str, stream: bytes) -> None:
        """Write a stream of records as a document."""
        document = import_module("xlwt.CompoundDoc").XlsDoc()
        document.save(str(self.on.path(name, None)), stream)

    def only_headings(self) -> None:
        """Write headings, and nothing below them."""
        book, _ = self.book(headings("ati"))
        book.save(self.on.path("only-headings.xls", None))


def main() -> None:
    """Write the folder ``files/xlwt``."""
    with shelf("xlwt") as on:
        maker = Maker(on)
        maker.clean()
        maker.dates()
        maker.figures()
        maker.formulas()
        maker.hidden()
        maker.flat()
        maker.layout()
        maker.rich()
        maker.sparse()
        maker.several()
        maker.encrypted()
        maker.only_headings()


if __name__ == "__main__":
    main()
