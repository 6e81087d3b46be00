"""Which sheets of a source look like data, and of which instruction type each is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rapupload.sources.archive import damage_explained
from rapupload.sources.delimited import choose_delimiter, head_rows
from rapupload.sources.encoding import to_utf8
from rapupload.sources.headings import find_header
from rapupload.sources.limits import Limits
from rapupload.sources.names import OWN_SHEETS, template_sheet
from rapupload.sources.opening import open_source
from rapupload.sources.shape import HeadRow, Stamp
from rapupload.sources.sniffing import SourceKind, load, tell_kind
from rapupload.spec.headings import Vocabulary

_DEFAULT: Final = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFit:
    """A sheet that looks like data, and what it seems to be.

    Attributes:
        sheet: Its name; empty for a text file.
        type: The instruction type that fits best; None where several fit equally well.
        header_row: Row of the headings for that type, or for the first of the others.
        score: How many columns of the type the headings name.
        others: The types between which it lies, where ``type`` is None.
        missing: Mandatory columns of the type, or of the first of the others, that no
            heading names.
        is_stamped: The template that the workbook was made from names the type.
        has_rows: Something stands below the headings.
    """

    sheet: str
    type: str | None
    header_row: int
    score: int
    others: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    is_stamped: bool = False
    has_rows: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    type: str
    header_row: int
    score: int
    missing: tuple[str, ...]

    @property
    def rank(self) -> tuple[bool, int]:
        """Return what is compared: all mandatory columns first, then how many known."""
        return not self.missing, self.score


def survey(
    path: Path,
    vocabularies: Mapping[str, Vocabulary],
    *,
    encoding: str | None = None,
    limits: Limits = _DEFAULT,
) -> tuple[SheetFit, ...]:
    """Return the visible sheets that look like data, each with the type that fits.

    Types are never guessed between: where two fit equally well, the sheet has none, and
    both are named. Our own sheets, hidden ones and sheets without known headings are
    left out.

    Args:
        path: Any source file; a text file is one sheet without a name.
        vocabularies: Instruction type -> its headings.
        encoding: Of a text file that is neither UTF-8 nor marked.
        limits: Above these the file is refused.

    Raises:
        SourceError: It cannot be read at all.
        UsageError: The encoding stated is unknown.
    """
    raw = load(path, limits)
    kind = tell_kind(raw, path)
    if kind is SourceKind.DELIMITED:
        text, _ = to_utf8(raw, path.name, encoding)
        found = [_fit_text(text, vocabularies)]
        return tuple(fit for fit in found if fit)
    with damage_explained(path.name):
        book = open_source(raw, kind, path.name, limits)
        shown = [s for s in book.sheets if not s.is_hidden and s.name not in OWN_SHEETS]
        heads = {sheet.name: book.peek(sheet) for sheet in shown}
        stamp = book.stamp
    fits = [_fit(name, head, vocabularies, stamp) for name, head in heads.items()]
    return tuple(fit for fit in fits if fit)


def _fit_text(text: bytes, vocabularies: Mapping[str, Vocabulary]) -> SheetFit | None:
    """Fit a text file, whose fields depend on the delimiter that suits a type."""
    last = 0
    found: list[_Fit] = []
    for type_, vocabulary in vocabularies.items():
        head = head_rows(text, choose_delimiter(text, vocabulary, None))
        found += _fits_of(head, {type_: vocabulary})
        last = max(last, *(number for number, _ in head), 0)
    return _choose("", found, last) if found else None


def _fit(
    sheet: str,
    head: list[HeadRow],
    vocabularies: Mapping[str, Vocabulary],
    stamp: Stamp | None,
) -> SheetFit | None:
    found = list(_fits_of(head, vocabularies))
    if not found:
        return None
    last = max(number for number, _ in head)
    best = max(fit.rank for fit in found)
    stamped = [fit for fit in found if stamp and fit.type == stamp.type]
    for fit in stamped:
        is_own = sheet == template_sheet(fit.type)
        if not fit.missing or is_own or fit.rank == best:
            return _as_sheet_fit(sheet, fit, last, is_stamped=True)
    return _choose(sheet, found, last)


def _fits_of(
    head: list[HeadRow], vocabularies: Mapping[str, Vocabulary]
) -> Iterable[_Fit]:
    for type_, vocabulary in vocabularies.items():
        row, score = find_header(head, vocabulary)
        if not score:
            continue
        cells = next(cells for number, cells in head if number == row)
        match = vocabulary.match(cell or "" for cell in cells)
        yield _Fit(type=type_, header_row=row, score=score, missing=match.missing)


def _choose(sheet: str, found: list[_Fit], last: int) -> SheetFit:
    best = max(fit.rank for fit in found)
    first, *others = [fit for fit in found if fit.rank == best]
    if not others:
        return _as_sheet_fit(sheet, first, last)
    return SheetFit(
        sheet=sheet,
        type=None,
        header_row=first.header_row,
        score=first.score,
        others=(first.type, *(fit.type for fit in others)),
        missing=first.missing,
        has_rows=last > first.header_row,
    )


def _as_sheet_fit(
    sheet: str, fit: _Fit, last: int, *, is_stamped: bool = False
) -> SheetFit:
    return SheetFit(
        sheet=sheet,
        type=fit.type,
        header_row=fit.header_row,
        score=fit.score,
        missing=fit.missing,
        is_stamped=is_stamped,
        has_rows=last > fit.header_row,
    )
