"""What a sheet hides or merges, read from its XML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree as ET

from defusedxml.ElementTree import fromstring, iterparse

from rapupload.sources.shape import Layout, SheetPart
from rapupload.sources.workbook import (
    MAIN,
    Workbook,
    open_part,
    split_reference,
)

_LAST_COLUMN: Final = 16_384
_LAST_ROW: Final = 1_048_576


def parse_surroundings(before: bytes, after: bytes) -> Layout:
    """Return hidden columns and merged cells of a sheet without its rows.

    Raises:
        ValueError: It is not a worksheet.
    """
    root = fromstring(before + b"<sheetData/>" + after, forbid_dtd=True)
    if root.tag != f"{MAIN}worksheet":
        raise ValueError(f"not a worksheet but {root.tag}")
    return Layout(
        hidden_columns=frozenset(
            index for entry in root.iter(f"{MAIN}col") for index in _hidden(entry)
        ),
        merged=tuple(
            _merged(entry.attrib["ref"] for entry in root.iter(f"{MAIN}mergeCell"))
        ),
    )


def _hidden(column: ET.Element) -> Iterator[int]:
    if is_on(column.get("hidden")) or is_flat(column.get("width")):
        last = min(int(column.attrib["max"]), _LAST_COLUMN)
        yield from range(int(column.attrib["min"]) - 1, last)


def _merged(references: Iterable[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the corners of areas, the upper left first; a single cell is no area."""
    for reference in references:
        first, _, last = reference.partition(":")
        row, column = split_reference(first)
        other_row, other_column = split_reference(last or first)
        top, bottom = sorted((row, other_row))
        left, right = sorted((column, other_column))
        if (top, left) != (bottom, right):
            yield top, left, bottom, right


def is_flat(size: str | None) -> bool:
    """Tell whether a height or width is nothing: such a row or column is not seen."""
    return size is not None and float(size) == 0


def is_on(flag: str | None) -> bool:
    """Tell whether an XML boolean attribute is set."""
    return flag in {"1", "true"}


@dataclass(slots=True)
class SheetNotes:
    """What the careful reader needs besides the values.

    Attributes:
        formulas: Cell -> formula text, for formulas saved without a value.
    """

    layout: Layout
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)


def stream_notes(book: Workbook, sheet: SheetPart) -> SheetNotes:
    """Read layout and valueless formulas of a sheet in one pass, in flat memory."""
    rows: set[int] = set()
    columns: set[int] = set()
    merged: list[str] = []
    formulas: dict[tuple[int, int], str] = {}
    last = 0
    with open_part(book, sheet.part) as stream:
        for _, element in iterparse(stream, events=("end",), forbid_dtd=True):
            if element.tag == f"{MAIN}c":
                _note_formula(element, formulas)
            elif element.tag == f"{MAIN}row":
                last = _check_order(element, last)
                if is_on(element.get("hidden")) or is_flat(element.get("ht")):
                    rows.add(last)
                element.clear()
            elif element.tag == f"{MAIN}col":
                columns.update(_hidden(element))
            elif element.tag == f"{MAIN}mergeCell":
                merged.append(element.attrib["ref"])
    layout = Layout(
        hidden_rows=frozenset(rows),
        hidden_columns=frozenset(columns),
        merged=tuple(_merged(merged)),
    )
    return SheetNotes(layout, formulas)


def _check_order(row: ET.Element, last: int) -> int:
    """Return the number of a row; one that stands twice would be read one way only.

    Raises:
        ValueError: Rows or cells are out of order, twice, or in another row.
    """
    number = int(row.get("r", last + 1))
    if not last < number <= _LAST_ROW:
        raise ValueError("rows out of order")
    column = -1
    for cell in row.iter(f"{MAIN}c"):
        reference = cell.get("r")
        place = split_reference(reference) if reference else (number, column + 1)
        if place[0] != number or place[1] <= column:
            raise ValueError("cells out of order")
        column = place[1]
        if cell.get("t") == "s" and (cell.findtext(f"{MAIN}v") or "0").startswith("-"):
            raise ValueError("a shared text before the first")
    return number


def _note_formula(cell: ET.Element, formulas: dict[tuple[int, int], str]) -> None:
    formula = cell.find(f"{MAIN}f")
    if formula is None or cell.get("t", "n") not in {"n", "b", "e"}:
        return
    if not cell.findtext(f"{MAIN}v"):
        formulas[split_reference(cell.attrib["r"])] = formula.text or ""
