"""A workbook as the zip archive it is: sizes checked before anything is inflated."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from xml.etree import ElementTree as ET
from xml.parsers.expat import ExpatError

from defusedxml import DefusedXmlException

from rapupload.errors import SourceError
from rapupload.sources.limits import Limits

_MEGABYTE: Final = 1 << 20
_SMALL_PART: Final = 64 * _MEGABYTE
SAVE_AGAIN: Final = (
    "Open the file in the spreadsheet program, save it again as .xlsx, and try again."
)

DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,  # a compression method or zip version from the future
    ET.ParseError,
    ExpatError,
    DefusedXmlException,
    UnicodeDecodeError,
    LookupError,  # no such part, or an encoding of XML that nobody knows
    ValueError,
    TypeError,
    AttributeError,
)
"""What the zip, XML and workbook libraries raise over a damaged file."""


@contextmanager
def damage_explained(file: str) -> Iterator[None]:
    """Translate whatever the libraries raise over a damaged workbook.

    Raises:
        SourceError: In place of any of ``DAMAGE``.
    """
    try:
        yield
    except DAMAGE as error:
        raise SourceError(
            f"{file} is damaged: a part of the workbook cannot be read.",
            hint=SAVE_AGAIN,
        ) from error


def open_archive(raw: bytes, file: str, limits: Limits) -> zipfile.ZipFile:
    """Open the zip archive of a workbook.

    Raises:
        SourceError: Hostile, protected or too large once unpacked.
    """
    archive = zipfile.ZipFile(io.BytesIO(raw))
    _check_members(archive, file, limits)
    return archive


def _check_members(archive: zipfile.ZipFile, file: str, limits: Limits) -> None:
    members = archive.infolist()
    names = {member.filename.lower() for member in members}
    if len(names) != len(members):
        raise SourceError(
            f"{file} holds the same part twice, which no spreadsheet program writes.",
            hint=SAVE_AGAIN,
        )
    if any(member.flag_bits & 1 for member in members):
        raise SourceError(
            f"{file} is a zip archive with a password.",
            hint="Take the workbook out of the archive, save it without a password.",
        )
    total = sum(member.file_size for member in members)
    bombs = [
        member
        for member in members
        if member.file_size > _SMALL_PART
        and member.file_size > limits.ratio * max(member.compress_size, 1)
    ]
    if bombs or total > limits.unpacked_megabytes * _MEGABYTE:
        raise SourceError(
            f"{file} would unpack to {total // _MEGABYTE:,} MB, far more than its"
            " size on disk suggests; it was not opened.",
            hint="Copy the rows that count into a new workbook and use that.",
        )
