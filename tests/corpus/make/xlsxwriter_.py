"""Workbooks that XlsxWriter writes: ``python -m tests.corpus.make.xlsxwriter_``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from tests.corpus.make.rows import BELOW, Shelf, headings, rows, shelf, table, values_of

_STAMP: Final = dt.datetime(2027, 1, 4)  # noqa: DTZ001 - a property of the file
_SI: Final = values_of(BELOW)
_ATI: Final = values_of(BELOW)


@contextmanager
def opened(path: Path, **options: Any) -> Iterator[Any]:
    """Open a workbook to write, with the same properties every time."""
    book = xlsxwriter.Workbook(path, options)
    book.set_properties({"created": _STAMP, "author": ""})
    yield book
    book.close()


def put(book: Any, sheet: Any, lines: Iterable[Iterable[Any]], top: int = 0) -> None:
    """Write rows; text as text, and what is a date in rows.json as a date."""
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for row, line in enumerate(lines, start=top):
        for column, value in enumerate(line):
            if value is None:
                continue
            if isinstance(value, str) and len(value) == 10 and value[4:8:3] == "--":
                sheet.write_datetime(row, column, dt.datetime.fromisoformat(value), day)
            elif isinstance(value, str):
                sheet.write_string(row, column, value)
            else:
                sheet.write(row, column, value)


def clean(on: Shelf) -> None:
    """Write the three rows: at once, in constant memory, as zip64, dated from 1904."""
    for name, options in (
        ("clean.xlsx", {}),
        ("constant-memory.xlsx", {"constant_memory": True}),
        ("zip64.xlsx", {"use_zip64": True}),
        ("date-1904.xlsx", {"date_1904": True}),
    ):
        with opened(on.path(name, _SI), **options) as book:
            put(book, book.add_worksheet(), table("si"))


def formulas(on: Shelf) -> None:
    """Write formulas with the value a person gave, with none, and with a wrong zero."""
    expected = values_of({2: 0, 3: 1}, remarks={0: "12345"})
    with opened(on.path("formulas.xlsx", expected)) as book:
        sheet = book.add_worksheet()
        put(book, sheet, table("si"))
        sheet.write_formula("E2", "=100*100", None, 10000)
        sheet.write_formula("L2", '="123"&"45"', None, "12345")
        sheet.write_array_formula("E3:E3", "{=SUM(A1:A2*1)}", None, 2000)
        sheet.write_dynamic_array_formula("D3", '=TEXT(5,"00000")', None, "00005")
        sheet.write_formula("E4", "=B1*2")  # the library saves 0, whatever it gives
        sheet.write_formula("I4", "=E4*25", None, "")
        put(book, sheet, [rows("si", own_reference={2: "SI5"})[2]], top=4)
        sheet.write_formula("D5", "=NA()", None, "#N/A")
        put(book, sheet, [rows("si", own_reference={2: "SI6"})[2]], top=5)
        sheet.write_formula("B6", "=1=1", None, True)  # noqa: FBT003 - its API


def texts(on: Shelf) -> None:
    """Write text that is hard to keep as it is."""
    cells = [
        *(" leading", "trailing ", "two  blanks", "tab\there", "a_x000B_b", "_x0041_"),
        *("A&B <C> \"D\" 'E'", "＝full＝", "=1+1", "+1", "-1", "@x", "1/2", "TRUE"),
        *(
            "#N/A",
            "1E5",
            "00123",
            "é",
            "中文",
            "x" * 41,
            "a\u00a0b",
            "a\u200bb",
            "\u3000",
        ),
    ]
    read = {0: "leading", 1: "trailing", 5: "A", 7: "=full=", 20: "a b", 22: None}
    good = [0, 1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 20, 22]
    expected = {
        n + 2: values_of(
            {0: 0},
            own_reference={0: f"AT{n:03}"},
            remarks={0: read.get(n, cells[n])},
        )[0]
        for n in good
    }
    plain = rows("ati")[0]
    with opened(on.path("texts.xlsx", expected)) as book:
        lines = [[f"AT{n:03}", *plain[1:5], text] for n, text in enumerate(cells)]
        put(book, book.add_worksheet(), [headings("ati"), *lines])


def long_text(on: Shelf) -> None:
    """Write as much text into a cell as the format allows, beside the data."""
    with opened(on.path("long-text.xlsx", _ATI)) as book:
        lines = table("ati")
        lines[0] = [*lines[0], "Internal note"]
        lines[2] = [*lines[2][:6], "長" * 32_767]
        put(book, book.add_worksheet(), lines)


def rich(on: Shelf) -> None:
    """Write runs of several fonts in headings, codes and amounts kept as text."""
    expected = values_of(BELOW)
    with opened(on.path("rich.xlsx", expected)) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        put(book, sheet, table("si", amount={2: "12,750.50"}, quantity={2: "500.00"}))
        sheet.write_rich_string("D1", "Stock ", bold, "code")
        sheet.write_rich_string("D2", "00", bold, "700")
        sheet.write_rich_string("L2", bold, "CONTRACT", " 12345")
        sheet.write_url("A3", "https://example.com/", string="SI2701040002")
        sheet.write_comment("E2", "was 9,999", {"author": "WL"})


def figures(on: Shelf) -> None:
    """Write one figure in formats that mislead, and some that do not."""
    plain = rows("si")[0]
    honest = [
        *(
            "General",
            "#,##0",
            "#,##0.00",
            '"HK$"#,##0',
            "[$HKD] #,##0",
            "#,##0;[Red]-#,##0",
        ),
        *("_(* #,##0_);_(* (#,##0)", "@", "0.", "[<100]0;#,##0", "[DBNum1]General"),
    ]
    otherwise = [
        "0.00E+00",
        "0%",
        "yyyy-mm-dd",
        "##0.0E+0",
        "d/m/yy h:mm",
        "[$-404]e/m/d",
    ]
    lying = [
        '#,##0" lots"',
        '0"萬"',
        '"-"#,##0',
        "(#,##0)",
        "#,##0 -",
        '"10"',
        ";;;",
        "[h]:mm",
    ]
    good = {
        n: values_of({0: 0}, own_reference={0: f"SI{n - 2:03}"})[0]
        for n in range(2, len(honest) + 2)
    }
    for name, shown, expected in (
        ("figures.xlsx", honest + otherwise, good),
        ("scaled.xlsx", ["#,##0,", "#,##0.0,,"], None),
        ("zeros.xlsx", ["00000", "000000000"], {n: good[n] for n in (2, 3)}),
        ("lying.xlsx", lying, None),
    ):
        with opened(on.path(name, expected)) as book:
            sheet = book.add_worksheet()
            lines = [
                [f"SI{n:03}", *plain[1:4], None, *plain[5:]] for n in range(len(shown))
            ]
            put(book, sheet, [headings("si"), *lines])
            for n, code in enumerate(shown, start=1):
                look = book.add_format({"num_format": code})
                sheet.write_number(n, 4, 10_000, look)


def resolutions(on: Shelf) -> None:
    """Write resolution numbers that a spreadsheet has turned into something else."""
    plain = rows("voting")[0]
    day = dt.datetime(2027, 1, 2)  # noqa: DTZ001 - a cell has no zone
    cells: list[Any] = ["5.10", 5.1, 5.1, -2, day, 1, "2(1)", "２（ａ）", 10, 1.0e11]
    kept = {
        n + 2: values_of(
            {0: 0},
            own_reference={0: f"VT{n:03}"},
            resolution_no={0: text},
            votes_for={0: "100"},
        )[0]
        for n, text in ((0, "5.10"), (5, "1"), (6, "2(1)"), (7, "2(a)"), (8, "10"))
    }
    with opened(on.path("resolutions.xlsx", kept)) as book:
        sheet = book.add_worksheet()
        lines = [
            [f"VT{n:03}", *plain[1:4], cell, 100, *plain[6:]]
            for n, cell in enumerate(cells)
        ]
        put(book, sheet, [headings("voting"), *lines])
        sheet.write_number("E4", 5.1, book.add_format({"num_format": "0.00"}))
        short = book.add_format({"num_format": "d-mmm"})
        sheet.write_datetime("E6", day, short)


def headers(on: Shelf) -> None:
    """Write headings in row 5, two languages one above the other, and repeated ones."""
    chinese = ["本方參考編號", "股份代號", "轉出戶口", "轉入戶口", "股份數量", "備註"]
    with opened(on.path("two-languages.xlsx", values_of({6: 0, 7: 1, 8: 2}))) as book:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:F2", "股份轉移 Transfers 2027-01-04")
        put(book, sheet, [chinese, *table("ati")], top=3)
    with opened(on.path("chinese-below.xlsx", values_of({3: 0, 4: 1, 5: 2}))) as book:
        put(book, book.add_worksheet(), [headings("ati"), chinese, *rows("ati")])
    both = [f"{a}\n{b}" for a, b in zip(headings("ati"), chinese, strict=True)]
    with opened(on.path("both-in-one.xlsx", _ATI)) as book:
        put(book, book.add_worksheet(), [both, *rows("ati")])
    with opened(on.path("repeated.xlsx")) as book:
        lines = [[*line, line[4]] for line in rows("ati")]
        put(book, book.add_worksheet(), [[*headings("ati"), "Qty"], *lines])
    spaced = [
        "  our REFERENCE ",
        "ＳＴＯＣＫ　ＣＯＤＥ",
        "From_A/C",
        "To\u00a0A/C",
        "QTY.",
        "Remark",
    ]
    with opened(on.path("spelt-otherwise.xlsx", _ATI)) as book:
        put(book, book.add_worksheet(), [spaced, *rows("ati")])
    numbers = [*headings("ati")[:5], 20270104]
    with opened(
        on.path("number-as-heading.xlsx", values_of(BELOW, remarks={0: None}))
    ) as book:
        put(book, book.add_worksheet(), [numbers, *rows("ati")])


def around(on: Shelf) -> None:
    """Write what stands around the data: blank rows, notes, strays, a far total."""
    lines = rows("ati")
    with opened(on.path("junk.xlsx", values_of({2: 0, 4: 1, 6: 2}))) as book:
        sheet = book.add_worksheet()
        put(
            book,
            sheet,
            [headings("ati"), lines[0], [], lines[1], ["  ", "\u3000"], lines[2]],
        )
        put(book, sheet, [["TOTAL: ", None, None, None, 43500]], top=7)
        sheet.write_string("J3", "check with WL")
        sheet.write_string("A200", "printed 2027-01-04")
        sheet.write_blank("Z500", None, book.add_format({"bg_color": "yellow"}))
    with opened(
        on.path("total-in-the-middle.xlsx", values_of({2: 0, 4: 1, 5: 2}))
    ) as book:
        put(
            book,
            book.add_worksheet(),
            [
                headings("ati"),
                lines[0],
                ["Sub-total", None, None, None, 1000],
                lines[1],
                lines[2],
                ["Total 合計", None, None, None, 43500],
                ["Grand Total", None, None, None, 43500],
            ],
        )
    kept = values_of(BELOW, own_reference={0: "TOTAL", 2: "TOTAL 2"})
    with opened(on.path("total-as-reference.xlsx", kept)) as book:
        put(
            book,
            book.add_worksheet(),
            table("ati", own_reference={0: "TOTAL", 2: "TOTAL 2"}),
        )


def hidden(on: Shelf) -> None:
    """Hide rows and columns by hand, by filter, by group, by default and by height."""
    lines = table("ati")
    with opened(on.path("filtered.xlsx", _ATI)) as book:
        sheet = book.add_worksheet()
        put(book, sheet, lines)
        sheet.autofilter("A1:F4")
        sheet.filter_column("C", "x == 01")
        sheet.set_row(2, None, None, {"hidden": True})
    with opened(on.path("grouped.xlsx", _ATI)) as book:
        sheet = book.add_worksheet()
        put(book, sheet, lines)
        sheet.set_row(1, None, None, {"level": 1, "hidden": True})
        sheet.set_row(2, None, None, {"level": 1, "hidden": True})
        sheet.set_row(3, None, None, {"collapsed": True})
        sheet.set_column("C:D", None, None, {"level": 1, "hidden": True})
        sheet.set_column("E:E", None, None, {"collapsed": True})
    with opened(on.path("no-height.xlsx", _ATI)) as book:
        sheet = book.add_worksheet()
        put(book, sheet, lines)
        sheet.set_row(2, 0)
        sheet.set_column("E:E", 0)
    with opened(on.path("unused-hidden.xlsx", _ATI)) as book:
        sheet = book.add_worksheet()
        put(book, sheet, lines)
        sheet.set_default_row(hide_unused_rows=True)


def tables(on: Shelf) -> None:
    """Write Excel tables with totals rows that are formulas and labels."""
    with opened(on.path("table.xlsx", values_of({3: 0, 4: 1, 5: 2}))) as book:
        sheet = book.add_worksheet()
        columns: list[dict[str, Any]] = [{"header": name} for name in headings("ati")]
        columns[0]["total_string"] = "合計 Total"
        columns[4] |= {"total_function": "sum", "total_value": 43500}
        sheet.add_table(
            "A2:F6", {"data": rows("ati"), "columns": columns, "total_row": True}
        )
    with opened(
        on.path("table-unlabelled.xlsx", values_of({3: 0, 4: 1, 5: 2}))
    ) as book:
        sheet = book.add_worksheet()
        columns = [dict[str, Any](header=name) for name in headings("ati")]
        columns[4] |= {"total_function": "sum", "total_value": 43500}
        sheet.add_table(
            "A2:F6", {"data": rows("ati"), "columns": columns, "total_row": True}
        )


def sheets(on: Shelf) -> None:
    """Write chart sheets, hidden sheets, sheets of several types, odd sheet names."""
    with opened(on.path("chart-first.xlsx", _ATI)) as book:
        drawn = book.add_chartsheet("Chart")
        data = book.add_worksheet("Data")
        put(book, data, table("ati"))
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "=Data!$E$2:$E$4"})
        drawn.set_chart(chart)
        inside = book.add_chart({"type": "pie"})
        inside.add_series({"values": "=Data!$E$2:$E$4"})
        data.insert_chart("H2", inside)
        data.insert_textbox("H20", "settle by noon")
    with opened(on.path("hidden-sheets.xlsx", _ATI)) as book:
        put(book, book.add_worksheet("ATI"), table("ati"))
        for name, hide in (("old", "hide"), ("lists", "very_hidden")):
            sheet = book.add_worksheet(name)
            put(book, sheet, table("ati", quantity={0: 999}))
            getattr(sheet, hide)()
    with opened(on.path("all-but-hidden.xlsx", _ATI)) as book:
        first = book.add_chartsheet("Chart")
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "=ATI!$E$2:$E$4"})
        first.set_chart(chart)
        sheet = book.add_worksheet("ATI")
        put(book, sheet, table("ati"))
        sheet.hide()
    _other_sheets(on)


def _other_sheets(on: Shelf) -> None:
    """Write odd sheet names, an empty sheet, and one of headings only."""
    with opened(on.path("odd-names.xlsx", _ATI)) as book:
        put(book, book.add_worksheet("Notes & <more>"), [["notes"], ["more notes"]])
        put(book, book.add_worksheet('A\'B "交收" & C'), table("ati"))
    with opened(on.path("nothing.xlsx")) as book:
        book.add_worksheet()
    with opened(on.path("only-headings.xlsx")) as book:
        put(book, book.add_worksheet(), [headings("ati")])


def furnished(on: Shelf) -> None:
    """Write rules, validations, protection and names that must not disturb."""
    with opened(on.path("furnished.xlsx", _ATI)) as book:
        sheet = book.add_worksheet("ATI")
        put(book, sheet, table("ati"))
        red = book.add_format({"bg_color": "#FFC7CE"})
        sheet.conditional_format(
            "E2:E4", {"type": "cell", "criteria": ">", "value": 1, "format": red}
        )
        sheet.conditional_format(
            "E2:E4", {"type": "icon_set", "icon_style": "3_arrows"}
        )
        sheet.data_validation(
            "C2:D99", {"validate": "list", "source": ["01", "02", "03"]}
        )
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        sheet.protect("secret", {"select_locked_cells": True})
        sheet.freeze_panes(1, 1)
        sheet.set_header("&C&P")
        sheet.repeat_rows(0)
        sheet.add_sparkline("G2", {"range": "ATI!E2:E4"})
        book.define_name("Refs", "=ATI!$A$2:$A$4")
        book.read_only_recommended()


def sparse(on: Shelf) -> None:
    """Put one more cell into the last row and column that there are."""
    with opened(on.path("sparse.xlsx")) as book:
        sheet = book.add_worksheet()
        put(book, sheet, table("ati"))
        sheet.write_string("XFD1048576", "x")
    with opened(on.path("last-row.xlsx")) as book:
        sheet = book.add_worksheet()
        put(book, sheet, table("ati"))
        sheet.write_string("A1048576", "x")


def macros(on: Shelf) -> None:
    """Write a workbook with macros, whose macros are only zeros."""
    project = on.folder / "project.tmp"
    on.folder.mkdir(parents=True, exist_ok=True)
    project.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    with opened(on.path("macros.xlsm", _ATI)) as book:
        book.add_vba_project(str(project))
        put(book, book.add_worksheet(), table("ati"))
    project.unlink()


def merged(on: Shelf) -> None:
    """Merge cells of a column that may be blank, where nobody misses the second."""
    with opened(on.path("merged-optional.xlsx")) as book:
        sheet = book.add_worksheet()
        put(book, sheet, table("ati"))
        sheet.merge_range("F2:F4", "REBALANCE")
        sheet.merge_range("H2:I3", "not under a heading")


MAKERS: Final = (
    *(clean, formulas, texts, long_text, rich, figures, resolutions, headers, around),
    *(hidden, tables, sheets, furnished, sparse, macros, merged),
)


def main() -> None:
    """Write the folder ``files/xlsxwriter``."""
    with shelf("xlsxwriter") as on:
        for maker in MAKERS:
            maker(on)


if __name__ == "__main__":
    main()
