"""What a file is, told by its content; what cannot be read ends here with a hint."""

from __future__ import annotations

import io
import re
import struct
from enum import Enum
from pathlib import Path
from typing import Final
from xml.parsers.expat import ExpatError

from rapupload.errors import SourceError
from rapupload.sources.limits import Limits

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_BOMS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_MARKUP = re.compile(
    rb"<(?:!doctype html|html|head|body|table|meta|div)\b", re.IGNORECASE
)
_WORKBOOK_NAMES: Final = frozenset(
    {".xlsx", ".xlsm", ".xlsb", ".xltx", ".xltm", ".xls", ".xlt", ".ods", ".ots"}
)
SAVE_AS_XLSX: Final = 'Open it in Excel and save it as "Excel Workbook (.xlsx)".'


class SourceKind(Enum):
    """The families of files that are read."""

    WORKBOOK = "workbook"  # a zip archive: .xlsx, .xlsm, .ods
    LEGACY = "legacy"  # an OLE document: .xls
    DELIMITED = "delimited"


def load(path: Path, limits: Limits) -> bytes:
    """Return the bytes of a source file.

    Raises:
        SourceError: Missing, a folder, not readable, empty, too large, a lock file.
    """
    if path.name.startswith("~$"):
        raise SourceError(
            f"{path.name} is the lock file that Excel leaves beside an open workbook.",
            hint=f"Use {path.name.removeprefix('~$')} instead.",
        )
    try:
        if path.is_dir():
            raise SourceError(f"{path} is a folder.", hint="Name a file inside it.")
        size = path.stat().st_size
        if size > limits.megabytes << 20:
            raise SourceError(
                f"{path.name} has {size >> 20:,} MB; at most {limits.megabytes:,} MB"
                " are read.",
                hint="Split it into several files.",
            )
        raw = path.read_bytes()
    except OSError as error:
        raise _explain(path, error) from error
    if not raw:
        raise SourceError(
            f"{path.name} is empty (0 bytes).",
            hint="Save or export it again; the copy may have been cut short.",
        )
    return raw


def _explain(path: Path, error: OSError) -> SourceError:
    if isinstance(error, FileNotFoundError):
        return SourceError(
            f"There is no file {path}.", hint="Check the name and the folder."
        )
    if isinstance(error, PermissionError):
        return SourceError(
            f"{path.name} may not be read by this user, or another program locks it.",
            hint="Close it in Excel, or ask for the right to read it.",
        )
    return SourceError(
        f"{path.name} could not be read ({error.strerror or type(error).__name__}).",
        hint="Copy the file to a local folder and try again.",
    )


def tell_kind(raw: bytes, path: Path) -> SourceKind:
    """Return which reader a file is for.

    Raises:
        SourceError: Neither a workbook of today's kind nor delimited text.
    """
    name = path.name
    if raw.startswith(_ZIP):
        return SourceKind.WORKBOOK
    if raw.startswith(_OLE):
        if _is_encrypted(raw):
            raise SourceError(
                f"{name} is protected by a password and cannot be opened.",
                hint="Save it without a password (File, Info, Protect Workbook, Encrypt"
                " with Password, clear the box), then try again.",
            )
        return SourceKind.LEGACY
    head = raw[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if _MARKUP.match(head):
        raise SourceError(
            f"{name} is a web page (HTML), whatever its name says.", hint=SAVE_AS_XLSX
        )
    if head[:13].lower() == b"mime-version:":
        raise SourceError(
            f"{name} is a saved web page (MHTML), whatever its name says.",
            hint=SAVE_AS_XLSX,
        )
    if head.startswith(b"<?xml"):
        raise SourceError(
            f"{name} is an XML file, perhaps of Excel 2003.", hint=SAVE_AS_XLSX
        )
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf", b"Rar!")):
        raise SourceError(f"{name} is not a spreadsheet.", hint="Name another file.")
    if path.suffix.lower() in _WORKBOOK_NAMES:
        raise SourceError(
            f"{name} is not a workbook; its content is plain text or damaged.",
            hint="If it is comma separated text, rename it to .csv; else save it again"
            " as .xlsx.",
        )
    if b"\0" in head and not raw.startswith(_BOMS):
        raise SourceError(
            f"{name} is binary, or UTF-16 text without its byte order mark.",
            hint='Save it as "CSV UTF-8" or as .xlsx.',
        )
    return SourceKind.DELIMITED


def _is_encrypted(raw: bytes) -> bool:
    import msoffcrypto  # noqa: PLC0415 - seldom needed, and slow to import
    from msoffcrypto.exceptions import (  # noqa: PLC0415
        DecryptionError,
        FileFormatError,
        ParseError,
    )

    try:
        return bool(msoffcrypto.OfficeFile(io.BytesIO(raw)).is_encrypted())
    except (
        FileFormatError,
        DecryptionError,
        ParseError,
        ExpatError,
        OSError,
        ValueError,
        LookupError,
        struct.error,
        AssertionError,
        AttributeError,
        TypeError,
    ):  # damaged: the reader says so
        return False
