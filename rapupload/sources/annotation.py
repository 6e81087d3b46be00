"""Findings written into a copy of the user's own file, ready to be mended and returned.

The copy keeps the user's formats, formulas and other sheets as far as openpyxl does
(charts and drawn shapes are lost, and formulas are calculated anew when the copy is
opened). The file given is never written to.
"""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import openpyxl
from openpyxl.styles import Font
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from rapupload.errors import SourceError, UsageError
from rapupload.model import Finding, Severity, Text
from rapupload.sources.archive import damage_explained
from rapupload.sources.atomic import replacing
from rapupload.sources.delimited import DELIMITERS, head_rows
from rapupload.sources.encoding import require_utf8, to_utf8
from rapupload.sources.limits import Limits
from rapupload.sources.marks import Place, colour, comment, remove_marks
from rapupload.sources.names import OWN_SHEETS, SUMMARY_SHEET
from rapupload.sources.sniffing import SourceKind, load, tell_kind
from rapupload.sources.summary import add_summary, put_text
from rapupload.sources.workbook import column_index, open_workbook

_MOST_CELLS: Final = 3_000_000  # openpyxl holds every cell in memory
_PER_CELL: Final = 5  # findings told in one comment
_ORDER: Final = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


def annotate(
    source: Path,
    findings: Sequence[Finding],
    output: Path,
    *,
    header_row: int,
    language: str = "both",
    encoding: str | None = None,
) -> None:
    """Write a copy of a source file with its bad cells coloured and explained.

    Args:
        source: The file that was checked; an .xlsx is copied, a text file is turned
            into one with the same rows, all of them text.
        findings: What to mark.
        output: The copy, an .xlsx file; a copy made earlier is replaced.
        header_row: Row of the headings; findings about a whole column stand there.
        language: Of the comments: ``en``, ``zh-Hant`` or ``both``.
        encoding: Of a text file that needed one stated.

    Raises:
        UsageError: The output is the source, another file, or not an .xlsx.
        SourceError: The source cannot be read.
    """
    _check_output(source, output)
    raw = load(source, Limits())
    if tell_kind(raw, source) is SourceKind.WORKBOOK:
        book = _load_workbook(raw, source, keep_macros=output.suffix == ".xlsm")
    else:
        book = _build_workbook(raw, source, header_row, encoding)
    if SUMMARY_SHEET in book.sheetnames:
        del book[SUMMARY_SHEET]
    for sheet in book.worksheets:
        remove_marks(sheet)
    marked = _data_sheet(book, findings, source)
    _mark(marked, findings, header_row, language)
    add_summary(book, findings, marked.title)
    if book.calculation is not None:
        book.calculation.fullCalcOnLoad = True  # saved values do not survive a copy
    with replacing(output) as temporary:
        book.save(temporary)


def _check_output(source: Path, output: Path) -> None:
    wanted = {".xlsx", ".xlsm"} if source.suffix.lower() == ".xlsm" else {".xlsx"}
    if output.suffix not in wanted:
        raise UsageError(
            f"The annotated copy is an .xlsx workbook; {output.name} is named otherwise.",
            hint=f"Name it {output.with_suffix('.xlsx').name}.",
        )
    if not output.exists():
        return
    if source.exists() and output.samefile(source):
        raise UsageError(
            f"{output.name} is the source file itself, which is never changed.",
            hint="Give the annotated copy another name.",
        )
    if not _is_ours(output):
        raise UsageError(
            f"{output.name} exists already and is not an annotated copy.",
            hint="Give the annotated copy another name.",
        )


def _is_ours(path: Path) -> bool:
    try:
        book = open_workbook(path.read_bytes(), path.name, Limits())
    except (SourceError, OSError):
        return False
    return any(sheet.name == SUMMARY_SHEET for sheet in book.sheets)


def _load_workbook(raw: bytes, source: Path, *, keep_macros: bool) -> Workbook:
    with damage_explained(source.name), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions that a copy cannot keep
        open_workbook(raw, source.name, Limits())  # sizes, before anything is inflated
        return openpyxl.load_workbook(
            io.BytesIO(raw), keep_vba=keep_macros, rich_text=True
        )


def _build_workbook(
    raw: bytes, source: Path, header_row: int, encoding: str | None
) -> Workbook:
    text, _ = to_utf8(raw, source.name, encoding)
    require_utf8(text, source.name)
    delimiter = max(DELIMITERS, key=lambda d: _fields(text, d, header_row))
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = source.stem[:31].translate(dict.fromkeys(map(ord, "[]:*?/\\'"), "_"))
    stream = io.StringIO(text.decode("utf-8"), newline="")
    records = csv.reader(stream, delimiter=delimiter, strict=True)
    try:
        _fill(sheet, records, source)
    except csv.Error as error:
        raise SourceError(
            f"{source.name} has quotes that do not pair.",
            hint="Mend it in a text editor, or save it as .xlsx.",
        ) from error
    for cell in sheet[header_row]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = f"A{header_row + 1}"
    return book


def _fields(text: bytes, delimiter: str, header_row: int) -> int:
    rows = head_rows(text, delimiter)
    return max(
        (len(cells) for number, cells in rows if number == header_row), default=0
    )


def _fill(sheet: Worksheet, records: Iterable[list[str]], source: Path) -> None:
    cells = 0
    for row, record in enumerate(records, start=1):
        cells += len(record)
        if cells > _MOST_CELLS:
            raise UsageError(
                f"{source.name} is too large to be annotated.",
                hint="Use --json for the findings, or split the file.",
            )
        for column, field in enumerate(record, start=1):
            if field:
                cell = sheet.cell(row, column)
                put_text(cell, field)
                cell.number_format = "@"
    widths = {"A": 18.0} | dict.fromkeys("BCDEFGHIJKLMNOPQRSTUVWXYZ", 16.0)
    for letter, width in widths.items():
        sheet.column_dimensions[letter].width = width


def _data_sheet(book: Workbook, findings: Sequence[Finding], source: Path) -> Worksheet:
    named = next((f.sheet for f in findings if f.sheet in book.sheetnames), None)
    if named is not None:
        return book[named]
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible" and sheet.title not in OWN_SHEETS:
            return sheet
    raise SourceError(
        f"{source.name} has no visible sheet to mark.", hint="Show the data sheet."
    )


def _mark(
    sheet: Worksheet, findings: Sequence[Finding], header_row: int, language: str
) -> None:
    by_place: dict[Place, list[Finding]] = {}
    for finding in findings:
        place = _place(finding, header_row)
        if place is not None:
            by_place.setdefault(place, []).append(finding)
    for found in by_place.values():
        found.sort(key=lambda f: _ORDER.index(f.severity))
    worst_first = sorted(
        by_place.items(), key=lambda item: _ORDER.index(item[1][0].severity)
    )
    colour(sheet, {place: found[0].severity for place, found in worst_first})
    comment(sheet, {place: _explain(found, language) for place, found in worst_first})


def _place(finding: Finding, header_row: int) -> Place | None:
    if finding.row is None and not finding.letter:
        return None
    column = column_index(finding.letter) if finding.letter else 0
    return finding.row or header_row, column


def _explain(findings: Sequence[Finding], language: str) -> str:
    parts = [
        f"{f.severity.value}: {_in_language(f.message, language)} ({f.code})"
        for f in findings[:_PER_CELL]
    ]
    rest = len(findings) - _PER_CELL
    return "\n".join([*parts, f"+ {rest}"] if rest > 0 else parts)


def _in_language(message: Text, language: str) -> str:
    if language == "both":
        return f"{message.en}\n{message.zh_hant}"
    return message.in_language(language)
