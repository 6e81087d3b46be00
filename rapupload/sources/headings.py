"""Which sheet holds the data, and which row its headings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final
from xml.etree import ElementTree as ET

from defusedxml.ElementTree import iterparse

from rapupload.errors import SourceError
from rapupload.sources.names import OWN_SHEETS
from rapupload.sources.workbook import MAIN, SheetPart, Workbook, open_part
from rapupload.spec.headings import Vocabulary

HEAD_ROWS: Final = 30  # non-blank rows among which the headings are looked for
_PEEK_ROWS: Final = 1_000  # blank ones among them
_ENOUGH: Final = 2

HeadRow = tuple[int, Sequence[str | None]]


def find_header(rows: Iterable[HeadRow], vocabulary: Vocabulary) -> tuple[int, int]:
    """Return number and score of the row that names most columns; (0, 0) if none does.

    Of two such rows, one right above the other (a heading per language), the lower one
    counts; otherwise the first.
    """
    best = (0, 0)
    filled = (row for row in rows if any(cell and cell.strip() for cell in row[1]))
    for number, cells in islice(filled, HEAD_ROWS):
        words = [cell for cell in cells if cell and cell.strip()]
        score = vocabulary.score(words)
        is_narrow = score == len(words)
        if score < _ENOUGH and not (score and is_narrow):
            continue
        if score > best[1] or (score == best[1] and number == best[0] + 1):
            best = (number, score)
    return best


def no_headings(place: str, vocabulary: Vocabulary) -> SourceError:
    """Return the error for a sheet or file without known headings."""
    known = ", ".join(expected_headings(vocabulary))
    return SourceError(
        f"{place} has no row with known headings in its first {HEAD_ROWS} rows.",
        hint=f"Headings such as {known} are expected. Check that it is the right"
        " instruction type, or say where the headings are with --header-row.",
    )


def expected_headings(vocabulary: Vocabulary, count: int = 5) -> list[str]:
    """Return a few headings that the vocabulary knows, mandatory ones first."""
    missing = vocabulary.match([]).missing
    return [name.replace("-", " ") for name in missing[:count]] or ["those of the spec"]


def choose_sheet(
    book: Workbook, vocabulary: Vocabulary, wanted: str | None, file: str
) -> tuple[SheetPart, tuple[str, ...]]:
    """Return the sheet to read, and the names of others that look like data as well.

    Raises:
        SourceError: No such sheet, none with known headings, or several alike.
    """
    if wanted is not None:
        return _sheet_named(book, wanted, file), ()
    shown = [s for s in book.sheets if not s.is_hidden and s.name not in OWN_SHEETS]
    if not shown:
        raise SourceError(
            f"{file} has no visible sheet with data.",
            hint="Show the sheet in Excel, or name it with --sheet.",
        )
    if len(shown) == 1:
        return shown[0], ()
    scores = {
        sheet.name: find_header(peek(book, sheet), vocabulary)[1] for sheet in shown
    }
    best = max(scores.values())
    if not best:
        raise no_headings(f"{file} ({_listed(scores)})", vocabulary)
    first, *others = [sheet for sheet in shown if scores[sheet.name] == best]
    if others:
        raise SourceError(
            f"{file} has several sheets that fit equally well:"
            f" {_listed([first.name, *(sheet.name for sheet in others)])}.",
            hint="Say which one with --sheet NAME.",
        )
    return first, tuple(n for n, score in scores.items() if score and n != first.name)


def _sheet_named(book: Workbook, wanted: str, file: str) -> SheetPart:
    folded = wanted.strip().casefold()
    for sheet in book.sheets:
        if sheet.name.strip().casefold() == folded:
            return sheet
    raise SourceError(
        f'{file} has no sheet "{wanted}".',
        hint=f"Its sheets are {_listed(sheet.name for sheet in book.sheets)}.",
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def peek(book: Workbook, sheet: SheetPart) -> list[HeadRow]:
    """Return the texts of the first filled rows of a sheet, without reading it all."""
    rows: list[tuple[int, list[tuple[str, str]]]] = []
    with open_part(book, sheet.part) as stream:
        found = 0
        events = iterparse(stream, events=("end",), forbid_dtd=True)
        elements = (element for _, element in events if element.tag == f"{MAIN}row")
        for element in islice(elements, _PEEK_ROWS):
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
    if kind == "inlineStr":
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
