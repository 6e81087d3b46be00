"""Reading a source file: told apart by content, read without loss, or refused aloud."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl

from rapupload.errors import SourceError
from rapupload.sources.assembly import Origin, assemble
from rapupload.sources.delimited import read_delimited
from rapupload.sources.encoding import to_utf8
from rapupload.sources.fast import FastReader
from rapupload.sources.headings import (
    HEAD_ROWS,
    HeadRow,
    choose_sheet,
    find_header,
    no_headings,
)
from rapupload.sources.limits import Limits
from rapupload.sources.shape import SheetCells
from rapupload.sources.sniffing import SourceKind, load, tell_kind
from rapupload.sources.triage import NotPlainError
from rapupload.sources.workbook import (
    SheetPart,
    Workbook,
    damage_explained,
    open_workbook,
)
from rapupload.spec.headings import Vocabulary
from rapupload.table import ROW, Remark, Table

_DEFAULT = Limits()
_TOP = 1_000  # rows, blank ones among them, above which the headings must be


def read_table(
    path: Path,
    vocabulary: Vocabulary,
    *,
    sheet: str | None = None,
    header_row: int | None = None,
    encoding: str | None = None,
    limits: Limits = _DEFAULT,
) -> Table:
    """Read the one sheet, or the text file, that holds the instructions.

    Args:
        path: An .xlsx, .xlsm, .csv or .tsv file.
        vocabulary: The headings to look for.
        sheet: Its name, where several sheets look alike.
        header_row: Its number, where the headings are not found by themselves.
        encoding: Of a text file that is neither UTF-8 nor marked; never guessed.
        limits: Above these the file is refused.

    Raises:
        SourceError: It cannot be read without doubt; the hint says what to do.
        UsageError: The encoding stated is unknown.
    """
    raw = load(path, limits)
    kind = tell_kind(raw, path)
    with ThreadPoolExecutor(max_workers=1) as pool:
        digest = pool.submit(_digest, raw)
        if kind is SourceKind.WORKBOOK:
            with damage_explained(path.name):
                cells, name, remarks = _read_workbook(
                    raw, path.name, vocabulary, limits, sheet
                )
        else:
            if sheet is not None:
                raise SourceError(
                    f"{path.name} is a text file and has no sheets.",
                    hint="Leave --sheet out.",
                )
            text, remarks = to_utf8(raw, path.name, encoding)
            del raw
            name = ""
            cells = read_delimited(
                text, path.name, vocabulary, limits, header_row=header_row
            )
    place = f'Sheet "{name}" of {path.name}' if name else path.name
    row = header_row or find_header(_head(cells), vocabulary)[0]
    if not row:
        raise no_headings(place, vocabulary)
    origin = Origin(path=path, digest=digest.result(), sheet=name, header_row=row)
    return assemble(cells, origin, limits, remarks)


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _read_workbook(
    raw: bytes, file: str, vocabulary: Vocabulary, limits: Limits, wanted: str | None
) -> tuple[SheetCells, str, tuple[Remark, ...]]:
    book = open_workbook(raw, file, limits)
    sheet, others = choose_sheet(book, vocabulary, wanted, file)
    noticed = (Remark(code="other-sheets", detail=", ".join(others)),) if others else ()
    return read_sheet(book, sheet, limits), sheet.name, noticed


def read_sheet(book: Workbook, sheet: SheetPart, limits: Limits) -> SheetCells:
    """Return all cells of a sheet, by the fast reader where it is plain."""
    try:
        return FastReader().read(book, sheet, limits)
    except NotPlainError:
        from rapupload.sources.careful import (  # noqa: PLC0415 - openpyxl takes 0.1 s
            CarefulReader,
        )

        return CarefulReader().read(book, sheet, limits)


def _head(cells: SheetCells) -> list[HeadRow]:
    texts = [f"c{index}" for index in cells.columns]
    if not texts:
        return []
    top = cells.frame.head(_TOP)
    filled = top.filter(pl.any_horizontal(pl.col(texts).is_not_null()))
    head = filled.select(ROW, *texts).head(HEAD_ROWS * 2)
    return [(row[0], row[1:]) for row in head.rows()]
