"""What a sheet hides or merges, read from its XML."""

from __future__ import annotations

from collections.abc import Iterator
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
            _corners(entry.attrib["ref"]) for entry in root.iter(f"{MAIN}mergeCell")
        ),
    )


def _hidden(column: ET.Element) -> Iterator[int]:
    if is_on(column.get("hidden")):
        last = min(int(column.attrib["max"]), _LAST_COLUMN)
        yield from range(int(column.attrib["min"]) - 1, last)


def _corners(reference: str) -> tuple[int, int, int, int]:
    first, _, last = reference.partition(":")
    return (*split_reference(first), *split_reference(last or first))


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
    merged: list[tuple[int, int, int, int]] = []
    formulas: dict[tuple[int, int], str] = {}
    with open_part(book, sheet.part) as stream:
        for _, element in iterparse(stream, events=("end",), forbid_dtd=True):
            if element.tag == f"{MAIN}c":
                _note_formula(element, formulas)
            elif element.tag == f"{MAIN}row":
                if is_on(element.get("hidden")):
                    rows.add(int(element.attrib["r"]))
                element.clear()
            elif element.tag == f"{MAIN}col":
                columns.update(_hidden(element))
            elif element.tag == f"{MAIN}mergeCell":
                merged.append(_corners(element.attrib["ref"]))
    layout = Layout(
        hidden_rows=frozenset(rows),
        hidden_columns=frozenset(columns),
        merged=tuple(merged),
    )
    return SheetNotes(layout, formulas)


def _note_formula(cell: ET.Element, formulas: dict[tuple[int, int], str]) -> None:
    formula = cell.find(f"{MAIN}f")
    if formula is None or cell.get("t", "n") not in {"n", "b", "e"}:
        return
    if not cell.findtext(f"{MAIN}v"):
        formulas[split_reference(cell.attrib["r"])] = formula.text or ""
