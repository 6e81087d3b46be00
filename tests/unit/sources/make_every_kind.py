"""Make ``files/every-kind.*``: one sheet, saved by LibreOffice in three formats.

    python -m tests.unit.sources.make_every_kind

A formula with a text is left out: LibreOffice saves it as the number 0 in an .xls.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import xlsxwriter

FILES = Path(__file__).with_name("files")
HEADINGS = [
    *("Our reference", "Stock code", "Quantity", "Payment", "Amount"),
    "Settlement date",
]
CELLS: dict[str, tuple[object, str]] = {
    "text": ("HKD", "General"),
    "leading zeros": ("00700", "@"),
    "blanks": ("  x  y", "General"),
    "Chinese": ("騰訊控股 𠮷", "General"),
    "markup": ("a<b>&\"c\"'d'", "General"),
    "lines": ("a\nb\n\nc", "General"),
    "no-break space": ("1\u00a0000", "General"),
    "full width": ("００７００", "General"),
    "whole": (700, "General"),
    "decimal": (0.1, "General"),
    "negative": (-12.5, "General"),
    "brackets": (-1000, "#,##0_);(#,##0)"),
    "thousands": (1234567.5, "#,##0.00"),
    "eleven digits": (12_000_000_000, "General"),
    "twelve digits": (120_000_000_000, "General"),
    "twelve in full": (120_000_000_000, "0"),
    "tiny": (0.00001, "General"),
    "exponent": (1234, "0.00E+00"),
    "percentage": (0.5, "0%"),
    "sixteen digits": (1234567890123456, "0"),
    "currency": (12.5, "[$HK$-C04]#,##0.00"),
    "fraction": (0.5, "# ?/?"),
    "date": (dt.date(2027, 1, 5), "yyyy-mm-dd"),
    "date in Chinese": (dt.date(2027, 1, 5), 'yyyy"年"m"月"d"日"'),
    "date and time": (
        dt.datetime(2027, 1, 5, 9, 30, 15),  # noqa: DTZ001 - a cell has no zone
        "yyyy-mm-dd hh:mm",
    ),
    "time": (dt.time(9, 30), "hh:mm"),
    "elapsed": (1.25, "[h]:mm"),
    "true": (True, "General"),
    "false": (False, "General"),
}
FORMULAS: dict[str, tuple[str, object]] = {
    "not available": ("=NA()", "#N/A"),
    "divided by zero": ("=1/0", "#DIV/0!"),
    "formula": ("=1+1", 2),
}


def main() -> None:
    """Write the sheet, and have it saved."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder / "every-kind.xlsx")
        source = folder / "every-kind.xlsx"
        for suffix in ("ods", "xlsx", "xls"):  # the first as LibreOffice sees it
            _convert(source, suffix, folder)
            source = FILES / "every-kind.ods"


def _convert(source: Path, suffix: str, folder: Path) -> None:
    profile = (folder / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless"]
    command += ["--convert-to", suffix, "--outdir", str(FILES), str(source)]
    subprocess.run(command, check=True, timeout=120)


def _write(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        looks: dict[str, Any] = {}
        sheet = book.add_worksheet("Every kind")
        sheet.write_row(0, 0, HEADINGS)
        row = 1
        for name, (value, code) in CELLS.items():
            look = looks.setdefault(code, book.add_format({"num_format": code}))
            sheet.write_string(row, 0, name)
            _write_value(sheet, row, value, look)
            row += 1
        for name, (formula, value) in FORMULAS.items():
            sheet.write_string(row, 0, name)
            sheet.write_formula(row, 1, formula, None, value)
            row += 1
        _write_layout(book, sheet, row)
        book.add_worksheet("Hidden one").hide()
        book.add_worksheet("Other").write_row(0, 0, ["x", "y"])
        book.set_custom_property("rapupload-spec", "si", "text")
        book.set_custom_property("rapupload-spec-version", "3", "text")
        book.set_custom_property("rapupload-spec-digest", "d1", "text")


def _write_value(sheet: Any, row: int, value: object, look: Any) -> None:
    if isinstance(value, str):
        sheet.write_string(row, 1, value, look)
    elif isinstance(value, bool):
        sheet.write_boolean(row, 1, value, look)
    elif isinstance(value, int | float):
        sheet.write_number(row, 1, value, look)
    else:
        sheet.write_datetime(row, 1, value, look)


def _write_layout(book: Any, sheet: Any, row: int) -> None:
    sheet.write_number(row, 2, 5, book.add_format({"num_format": "00000"}))
    sheet.write_number(row + 1, 3, 12_000, book.add_format({"num_format": "#,##0,"}))
    bold = book.add_format({"bold": True})
    sheet.write_rich_string(row + 2, 1, "a ", bold, "bold", " z")
    sheet.write_string(row + 3, 1, "noted")
    sheet.write_comment(row + 3, 1, "a comment\nof two lines")
    sheet.write_url(row + 4, 1, "https://example.com/", None, "a link")
    for same in range(3):
        sheet.write_row(row + 5 + same, 0, ["same", 7, 7, 7])
    sheet.write_number(row + 8, 1, 1)
    sheet.set_row(row + 8, None, None, {"hidden": True})
    sheet.merge_range(row + 12, 0, row + 13, 1, "merged")
    sheet.write_string(row + 14, 0, "last")
    sheet.set_column(4, 4, None, None, {"hidden": True})
    sheet.write_string(1, 4, "in a hidden column")


if __name__ == "__main__":
    main()
