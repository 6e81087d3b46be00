"""Reading a source file: told apart by content, read without loss, or refused aloud."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from rapupload.errors import SourceError
from rapupload.sources.archive import damage_explained
from rapupload.sources.assembly import Origin, assemble
from rapupload.sources.delimited import read_delimited
from rapupload.sources.encoding import to_utf8
from rapupload.sources.headings import (
    HEAD_ROWS,
    choose_sheet,
    find_header,
    no_headings,
)
from rapupload.sources.limits import Limits
from rapupload.sources.opening import open_source
from rapupload.sources.shape import HeadRow, SheetCells, SheetReader, Stamp
from rapupload.sources.sniffing import SourceKind, load, tell_kind
from rapupload.sources.splitting import remark_split
from rapupload.spec.headings import Vocabulary
from rapupload.table import ROW, Remark, Table

_DEFAULT = Limits()
_TOP = 1_000  # rows, blank ones among them, above which the headings must be


def read_table(  # noqa: PLR0913 - one parameter per thing a person may state
    path: Path,
    vocabulary: Vocabulary,
    *,
    sheet: str | None = None,
    header_row: int | None = None,
    encoding: str | None = None,
    limits: Limits = _DEFAULT,
    template: Stamp | None = None,
) -> Table:
    """Read the one sheet, or the text file, that holds the instructions.

    Args:
        path: An .xlsx, .xlsm, .xls, .ods, .csv or .tsv file.
        vocabulary: The headings to look for.
        sheet: Its name, where several sheets look alike.
        header_row: Its number, where the headings are not found by themselves.
        encoding: Of a text file that is neither UTF-8 nor marked; never guessed.
        limits: Above these the file is refused.
        template: The stamp of the template in force; a workbook made from another one
            is remarked upon.

    Raises:
        SourceError: It cannot be read without doubt; the hint says what to do.
        UsageError: The encoding stated is unknown.
    """
    raw = load(path, limits)
    kind = tell_kind(raw, path)
    with ThreadPoolExecutor(max_workers=1) as pool:
        digest = pool.submit(_digest, raw)
        if kind is SourceKind.DELIMITED:
            _refuse_sheet(path, sheet)
            text, noticed = to_utf8(raw, path.name, encoding)
            del raw
            cells = read_delimited(
                text, path.name, vocabulary, limits, header_row=header_row
            )
            found = _Found(
                cells, noticed=noticed, is_text=True, may_split=cells.has_commas
            )
        else:
            with damage_explained(path.name):
                book = open_source(raw, kind, path.name, limits)
                found = _read_workbook(book, path.name, vocabulary, limits, sheet)
                found.noticed += _remark_stamp(book.stamp, template)
    place = f'Sheet "{found.sheet}" of {path.name}' if found.sheet else path.name
    row = header_row or find_header(_head(found.cells), vocabulary)[0]
    if not row:
        raise no_headings(place, vocabulary)
    origin = Origin(
        path=path,
        digest=digest.result(),
        sheet=found.sheet,
        header_row=row,
        is_text=found.is_text,
        is_1904=found.is_1904,
    )
    table = assemble(found.cells, origin, limits, found.noticed)
    if found.may_split:
        split = tuple(remark_split(table, vocabulary))
        table = replace(table, remarks=(*table.remarks, *split))
    return table


@dataclass(slots=True)
class _Found:
    """The cells of a source, and what is known about it beside them.

    Attributes:
        may_split: Commas part its fields, or parted those of the text it copies.
    """

    cells: SheetCells
    sheet: str = ""
    noticed: tuple[Remark, ...] = ()
    is_text: bool = False
    is_1904: bool = False
    may_split: bool = False


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _refuse_sheet(path: Path, sheet: str | None) -> None:
    if sheet is not None:
        raise SourceError(
            f"{path.name} is a text file and has no sheets.", hint="Leave --sheet out."
        )


def _read_workbook(
    book: SheetReader,
    file: str,
    vocabulary: Vocabulary,
    limits: Limits,
    wanted: str | None,
) -> _Found:
    sheet, others = choose_sheet(book, vocabulary, wanted, file)
    noticed = (Remark(code="other-sheets", detail=", ".join(others)),) if others else ()
    return _Found(
        book.read(sheet, limits),
        sheet=sheet.name,
        noticed=noticed,
        is_text=book.is_copied_text,
        may_split=book.is_copied_text,
        is_1904=book.is_1904,
    )


def _remark_stamp(found: Stamp | None, wanted: Stamp | None) -> tuple[Remark, ...]:
    """Say where a workbook was made from another template than the one in force."""
    if found is None or wanted is None or found == wanted:
        return ()
    if found.type != wanted.type:
        return (Remark(code="template-of-other-type", detail=found.type),)
    if found.version in {0, wanted.version}:  # unknown, or told in other words
        return ()
    detail = f"{found.version}, {wanted.version}"
    return (Remark(code="template-outdated", detail=detail),)


def _head(cells: SheetCells) -> list[HeadRow]:
    texts = [f"c{index}" for index in cells.columns]
    if not texts:
        return []
    top = cells.frame.head(_TOP)
    filled = top.filter(pl.any_horizontal(pl.col(texts).is_not_null()))
    head = filled.select(ROW, *texts).head(HEAD_ROWS * 2)
    return [(row[0], row[1:]) for row in head.rows()]
