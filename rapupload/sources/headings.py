"""Which sheet holds the data, and which row its headings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from rapupload.errors import SourceError
from rapupload.sources.names import OWN_SHEETS
from rapupload.sources.shape import HeadRow, SheetPart, SheetReader
from rapupload.spec.headings import Vocabulary

HEAD_ROWS: Final = 30  # non-blank rows among which the headings are looked for
PEEK_ROWS: Final = 1_000  # blank ones among them
_ENOUGH: Final = 2
_NO_FIT: Final = (False, 0)


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
    book: SheetReader, vocabulary: Vocabulary, wanted: str | None, file: str
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
    fits = {sheet.name: _fit(book.peek(sheet), vocabulary) for sheet in shown}
    best = max(fits.values())
    if best == _NO_FIT:
        raise no_headings(f"{file} ({_listed(fits)})", vocabulary)
    first, *others = [sheet for sheet in shown if fits[sheet.name] == best]
    if others:
        raise SourceError(
            f"{file} has several sheets that fit equally well:"
            f" {_listed([first.name, *(sheet.name for sheet in others)])}.",
            hint="Say which one with --sheet NAME.",
        )
    return first, tuple(
        name for name, fit in fits.items() if fit != _NO_FIT and name != first.name
    )


def _fit(head: Sequence[HeadRow], vocabulary: Vocabulary) -> tuple[bool, int]:
    """Return whether no mandatory column is missing, and how many columns are known."""
    number, score = find_header(head, vocabulary)
    if not score:
        return _NO_FIT
    cells = next(cells for row, cells in head if row == number)
    return not vocabulary.match(cell or "" for cell in cells).missing, score


def _sheet_named(book: SheetReader, wanted: str, file: str) -> SheetPart:
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
