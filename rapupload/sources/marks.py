"""Our marks in a user's sheet, put on and taken off without touching their formats.

Colours are conditional formats with a formula of our own, so that the cell's own fill
stays as it is and our marks are found again; comments follow the user's own text, after
a line that tells where ours begin.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, islice
from typing import Final

from openpyxl.comments import Comment
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formatting.rule import Rule
from openpyxl.styles import PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.worksheet import Worksheet

from rapupload.model import Severity
from rapupload.sources.workbook import column_letters

_FORMULA: Final = 'LEN("rapupload")>0'
_MARK: Final = "— rapupload —"
_AUTHOR: Final = "rapupload"
_AREAS: Final = 500  # areas in one conditional format
MOST_COMMENTS: Final = 5_000  # more make a workbook slow to open
COLOURS: Final = {
    Severity.ERROR: "FFFFA7A7",
    Severity.WARNING: "FFFFD966",
    Severity.NOTE: "FFBDD7EE",
}
Place = tuple[int, int]  # row number, column index from 0


def remove_marks(sheet: Worksheet) -> None:
    """Take our colours and comments off a sheet, and leave the user's own."""
    kept = ConditionalFormattingList()
    for area in sheet.conditional_formatting:
        for rule in area.rules:
            if rule.formula != [_FORMULA]:
                kept.add(str(area.sqref), rule)
    sheet.conditional_formatting = kept
    for row in sheet.iter_rows():
        for cell in row:
            if cell.comment is not None and _MARK in cell.comment.text:
                own = cell.comment.text.partition(_MARK)[0].rstrip("\n")
                author = cell.comment.author
                cell.comment = Comment(own, author) if own else None


def colour(sheet: Worksheet, severities: Mapping[Place, Severity]) -> None:
    """Colour cells by severity, over whatever fill they have."""
    for severity, shade in COLOURS.items():
        places = [place for place, found in severities.items() if found is severity]
        areas = _areas(places)
        fill = PatternFill(bgColor=shade, fill_type="solid")
        while batch := list(islice(areas, _AREAS)):
            rule = Rule(
                type="expression",
                formula=[_FORMULA],
                dxf=DifferentialStyle(fill=fill),
                priority=1,
                stopIfTrue=True,
            )
            sheet.conditional_formatting.add(" ".join(batch), rule)


def _areas(places: Iterable[Place]) -> Iterator[str]:
    """Yield the places as ranges, rows that follow one another joined."""
    ordered = sorted((column, row) for row, column in places)
    runs = groupby(enumerate(ordered), key=lambda p: (p[1][0], p[1][1] - p[0]))
    for (column, _), run in runs:
        rows = [row for _, (_, row) in run]
        letters = column_letters(column)
        first, last = f"{letters}{rows[0]}", f"{letters}{rows[-1]}"
        yield first if first == last else f"{first}:{last}"


def comment(sheet: Worksheet, texts: Mapping[Place, str]) -> None:
    """Put a comment on cells, after the user's own comment where there is one."""
    for (row, column), text in islice(texts.items(), MOST_COMMENTS):
        cell = sheet.cell(row, column + 1)
        if not hasattr(cell, "hyperlink"):  # inside a merged area
            continue
        own = f"{cell.comment.text}\n" if cell.comment else ""
        author = cell.comment.author if cell.comment else _AUTHOR
        note = Comment(f"{own}{_MARK}\n{text}", author)
        lines = text.count("\n") + 2 + len(text) // 45
        note.width, note.height = 340, min(40 + 17 * lines, 400)
        cell.comment = note
