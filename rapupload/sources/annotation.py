"""Findings written into a copy of the user's own file, ready to be mended and returned.

An .xlsx is copied part by part: formats, formulas with their saved values, charts and
other sheets stay as they are, to the byte; only colours, comments and the list of
findings are put in. The file given is never written to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rapupload.errors import SourceError, UsageError
from rapupload.model import Finding, Severity, Text
from rapupload.sources.archive import damage_explained
from rapupload.sources.atomic import replacing
from rapupload.sources.copying import Copied, copy_text, copy_workbook
from rapupload.sources.excel import ExcelReader
from rapupload.sources.limits import Limits
from rapupload.sources.mark_styles import Added, add_styles
from rapupload.sources.marks import (
    MOST_COMMENTS,
    Place,
    colour,
    comment,
    has_marks,
    merge,
    remove_marks,
)
from rapupload.sources.names import OWN_SHEETS, SUMMARY_SHEET
from rapupload.sources.opening import open_source
from rapupload.sources.outline import Outline
from rapupload.sources.package import Package
from rapupload.sources.shape import SheetPart
from rapupload.sources.sniffing import SourceKind, load, tell_kind
from rapupload.sources.summary import Summary
from rapupload.sources.workbook import column_index, open_workbook

_PER_CELL: Final = 5  # findings told in one comment
_ORDER: Final = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


def annotate(  # noqa: PLR0913 - one parameter per thing a person may state
    source: Path,
    findings: Sequence[Finding],
    output: Path,
    *,
    header_row: int,
    language: str = "both",
    encoding: str | None = None,
    sheet: str | None = None,
    further: Mapping[str, int] | None = None,
) -> None:
    """Write a copy of a source file with its bad cells coloured and explained.

    Args:
        source: The file that was checked; an .xlsx is copied as it is, any other is
            turned into one with the same rows, in a text file all of them text.
        findings: What to mark.
        output: The copy, an .xlsx file; a copy made earlier is replaced.
        header_row: Row of the headings; findings about a whole column stand there.
        language: Of the comments: ``en``, ``zh-Hant`` or ``both``.
        encoding: Of a text file that needed one stated.
        sheet: The sheet that was checked; None for the one the findings name, else
            the first that is shown.
        further: Other sheets that were checked, and the row of the headings of each.

    Raises:
        UsageError: The output is the source, another file, or not an .xlsx.
        SourceError: The source cannot be read.
    """
    _check_output(source, output)
    raw = load(source, Limits())
    with damage_explained(source.name):
        wanted = sheet or next((f.sheet for f in findings if f.sheet), None)
        copied = _copy(raw, _Asked(source, header_row, encoding, wanted))
        package = Package(copied.raw, source.name, Limits())
        outline = Outline(package)
        for name, part in outline.sheets.items():
            if has_marks(package, part):
                remove_marks(package, part)
            merge(package, part, copied.merged.get(name, ()))
        added = add_styles(package)
        heads = {**(further or {}), copied.sheet: header_row}
        notes = list(copied.notes)
        for name, found in _by_sheet(findings, heads, copied.sheet).items():
            by_place = _by_place(found, heads[name])
            _mark(package, outline.sheets[name], by_place, added, language)
            notes += _not_commented(len(by_place))
        summary = Summary(added, copied.sheet).render(findings, notes)
        outline.put_first(SUMMARY_SHEET, summary)
        outline.set_kind(output.suffix)
        with replacing(output) as temporary:
            package.save(temporary)


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


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be copied, and how it was read."""

    source: Path
    header_row: int
    encoding: str | None
    sheet: str | None


def _copy(raw: bytes, asked: _Asked) -> Copied:
    kind = tell_kind(raw, asked.source)
    if kind is SourceKind.DELIMITED:
        return copy_text(raw, asked.source, asked.header_row, asked.encoding)
    reader = open_source(raw, kind, asked.source.name, Limits())
    name = _sheet_to_mark(reader.sheets, asked)
    if isinstance(reader, ExcelReader):
        return Copied(raw, name, ())
    return copy_workbook(reader, asked.source, name, asked.header_row)


def _sheet_to_mark(sheets: Sequence[SheetPart], asked: _Asked) -> str:
    names = [sheet.name for sheet in sheets]
    if asked.sheet in names:
        return str(asked.sheet)
    for sheet in sheets:
        if not sheet.is_hidden and sheet.name not in OWN_SHEETS:
            return sheet.name
    raise SourceError(
        f"{asked.source.name} has no visible sheet to mark.",
        hint="Show the data sheet.",
    )


def _mark(
    package: Package,
    part: str,
    by_place: Mapping[Place, list[Finding]],
    added: Added,
    language: str,
) -> None:
    worst_first = dict(
        sorted(by_place.items(), key=lambda item: _ORDER.index(item[1][0].severity))
    )
    severities = {place: found[0].severity for place, found in worst_first.items()}
    colour(package, part, severities, added.colours)
    texts = {place: _explain(found, language) for place, found in worst_first.items()}
    comment(package, part, texts)


def _by_sheet(
    findings: Sequence[Finding], sheets: Mapping[str, int], first: str
) -> Mapping[str, list[Finding]]:
    """Return the findings of every sheet; those of no sheet belong to the first."""
    by_sheet: dict[str, list[Finding]] = {name: [] for name in sheets}
    for finding in findings:
        by_sheet[finding.sheet if finding.sheet in sheets else first].append(finding)
    return by_sheet


def _by_place(
    findings: Sequence[Finding], header_row: int
) -> Mapping[Place, list[Finding]]:
    """Return the findings of every cell, the worst first."""
    by_place: dict[Place, list[Finding]] = {}
    for finding in findings:
        place = _place(finding, header_row)
        if place is not None:
            by_place.setdefault(place, []).append(finding)
    for found in by_place.values():
        found.sort(key=lambda f: _ORDER.index(f.severity))
    return by_place


def _place(finding: Finding, header_row: int) -> Place | None:
    if finding.row is None and not finding.letter:
        return None
    column = column_index(finding.letter) if finding.letter else 0
    return finding.row or header_row, column


def _not_commented(cells: int) -> Sequence[str]:
    rest = cells - MOST_COMMENTS
    if rest <= 0:
        return ()
    words = (
        f"{rest:,} more cells are coloured and listed here, but have no comment."
        f" 另有 {rest:,} 個儲存格只有顏色，沒有備註。"
    )
    return (words,)


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
