"""A workbook of whatever format, opened for reading."""

from __future__ import annotations

from rapupload.sources.archive import damage_explained, open_archive
from rapupload.sources.excel import ExcelReader
from rapupload.sources.limits import Limits
from rapupload.sources.shape import SheetReader
from rapupload.sources.sniffing import SourceKind
from rapupload.sources.workbook import open_workbook


def open_source(raw: bytes, kind: SourceKind, file: str, limits: Limits) -> SheetReader:
    """Open a workbook; its content decides which reader it needs.

    Raises:
        SourceError: Damaged, hostile, protected, too large, or not a workbook.
    """
    with damage_explained(file):
        if kind is SourceKind.LEGACY:
            from rapupload.sources.legacy import (  # noqa: PLC0415 - seldom needed
                open_legacy,
            )

            return open_legacy(raw, file)
        archive = open_archive(raw, file, limits)
        if "content.xml" in archive.NameToInfo:
            from rapupload.sources.opendocument import (  # noqa: PLC0415 - as above
                open_document,
            )

            return open_document(archive, file)
    return ExcelReader(open_workbook(raw, file, limits))
