"""Cells of an .xlsx as they are stored: types, texts, the table of shared texts."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final
from xml.etree import ElementTree as ET

from defusedxml.ElementTree import iterparse

from rapupload.sources.headings import HEAD_ROWS, PEEK_ROWS
from rapupload.sources.shape import HeadRow, SheetPart
from rapupload.sources.workbook import MAIN, Workbook, open_part

_INLINE: Final = "inlineStr"


def peek(book: Workbook, sheet: SheetPart) -> list[HeadRow]:
    """Return the texts of the first filled rows of a sheet, without reading it all."""
    rows: list[tuple[int, list[tuple[str, str]]]] = []
    with open_part(book, sheet.part) as stream:
        found = 0
        events = iterparse(stream, events=("end",), forbid_dtd=True)
        elements = (element for _, element in events if element.tag == f"{MAIN}row")
        for element in islice(elements, PEEK_ROWS):
            cells = [c for c in map(stored_text, element.iter(f"{MAIN}c")) if c[1]]
            found += bool(cells)
            rows.append((int(element.get("r", len(rows) + 1)), cells))
            element.clear()
            if found >= HEAD_ROWS:
                break
    texts = resolve_texts(book, (cell for _, cells in rows for cell in cells))
    return [(number, [texts[cell] for cell in cells]) for number, cells in rows]


def stored_text(cell: ET.Element) -> tuple[str, str]:
    """Return type and content of a cell as they are stored."""
    kind = cell.get("t", "n")
    if kind == _INLINE:
        return kind, "".join(part.text or "" for part in cell.iter(f"{MAIN}t"))
    return kind, cell.findtext(f"{MAIN}v") or ""


def resolve_texts(
    book: Workbook, cells: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """Return the texts of stored cells, the shared ones looked up."""
    stored = set(cells)
    shared = _shared_texts(book, {int(text) for kind, text in stored if kind == "s"})
    return {
        (kind, text): shared[int(text)] if kind == "s" else text
        for kind, text in stored
    }


def _shared_texts(book: Workbook, wanted: set[int]) -> dict[int, str]:
    if not wanted:
        return {}
    last, texts, index = max(wanted), {}, 0
    with open_part(book, "xl/sharedStrings.xml") as stream:
        for _, element in iterparse(stream, events=("end",), forbid_dtd=True):
            if element.tag != f"{MAIN}si":
                continue
            if index in wanted:
                texts[index] = "".join(t.text or "" for t in element.iter(f"{MAIN}t"))
            element.clear()
            index += 1
            if index > last:
                break
    return texts
