"""The parts of a workbook file: its sheets, its number formats, its date system.

Opened from bytes held in memory, so that digest, triage and both readers see the same
file. Sizes are checked before anything is inflated. Office Open XML: ECMA-376 part 1.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final
from xml.etree import ElementTree as ET

from defusedxml.ElementTree import fromstring

from rapupload.errors import SourceError
from rapupload.sources.archive import damage_explained, open_archive
from rapupload.sources.formats import Form, form_of
from rapupload.sources.limits import Limits
from rapupload.sources.shape import SheetPart

MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION: Final = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
)
_PACKAGE: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_BOOK: Final = "xl/workbook.xml"
_CUSTOM: Final = "docProps/custom.xml"
_PROPERTY: Final = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/custom-properties}property"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """An opened workbook.

    Attributes:
        raw: The bytes of the whole file.
        forms: How a number is shown, by style index.
        is_1904: Dates count from 1904 (old Macintosh workbooks).
    """

    raw: bytes
    archive: zipfile.ZipFile
    sheets: tuple[SheetPart, ...]
    forms: tuple[Form, ...]
    is_1904: bool

    def form(self, style: int) -> Form:
        """Return how a number of this style is shown.

        Raises:
            ValueError: No style has such a number.
        """
        if style < 0:
            raise ValueError("a style before the first")
        return self.forms[style] if style < len(self.forms) else Form.GENERAL


def open_workbook(raw: bytes, file: str, limits: Limits) -> Workbook:
    """Open a workbook and read its list of sheets and styles.

    Raises:
        SourceError: Damaged, hostile, too large, or not a workbook of this kind.
    """
    with damage_explained(file):
        archive = open_archive(raw, file, limits)
        _check_kind(archive, file)
        root = fromstring(archive.read(_BOOK), forbid_dtd=True)
        if root.tag != f"{MAIN}workbook":
            raise SourceError(
                f"{file} is saved as Strict Open XML, which is not read.",
                hint='Save it as "Excel Workbook (.xlsx)" and try again.',
            )
        about = root.find(f"{MAIN}workbookPr")
        flag = "0" if about is None else about.get("date1904", "0")
        styles = _read_styles(archive)
        return Workbook(
            raw=raw,
            archive=archive,
            sheets=tuple(_list_sheets(archive, root)),
            forms=tuple(form_of(*style) for style in styles),
            is_1904=flag.lower() in {"1", "true"},
        )


def _check_kind(archive: zipfile.ZipFile, file: str) -> None:
    names = archive.NameToInfo
    if _BOOK in names:
        return
    if "xl/workbook.bin" in names:
        raise SourceError(
            f"{file} is a binary workbook (.xlsb), which is not read.",
            hint='Save it as "Excel Workbook (.xlsx)" and try again.',
        )
    raise SourceError(
        f"{file} is a zip archive, but not a workbook.",
        hint="Unpack it, and use the .xlsx, .ods or .csv file that is inside.",
    )


def _list_sheets(archive: zipfile.ZipFile, root: ET.Element) -> Iterator[SheetPart]:
    relations = fromstring(archive.read("xl/_rels/workbook.xml.rels"), forbid_dtd=True)
    targets = {
        relation.get("Id"): relation.get("Target", "")
        for relation in relations.iter(f"{_PACKAGE}Relationship")
        if relation.get("Type", "").endswith("/worksheet")
    }
    for sheet in root.iter(f"{MAIN}sheet"):
        target = targets.get(sheet.get(_RELATION))
        if target is None:  # a chart or macro sheet
            continue
        yield SheetPart(
            name=sheet.attrib["name"],
            part=posixpath.normpath(posixpath.join("/xl", target)).lstrip("/"),
            is_hidden=sheet.get("state", "visible") != "visible",
        )


def _read_styles(archive: zipfile.ZipFile) -> list[tuple[int, str | None]]:
    """Return number and code of the number format of every style."""
    if "xl/styles.xml" not in archive.NameToInfo:
        return []
    root = fromstring(archive.read("xl/styles.xml"), forbid_dtd=True)
    codes = {
        int(entry.attrib["numFmtId"]): entry.attrib["formatCode"]
        for entry in root.iterfind(f"{MAIN}numFmts/{MAIN}numFmt")
    }
    formats = [
        int(style.get("numFmtId", "0"))
        for style in root.iterfind(f"{MAIN}cellXfs/{MAIN}xf")
    ]
    return [(number, codes.get(number)) for number in formats]


def open_part(book: Workbook, part: str) -> IO[bytes]:
    """Open one part for reading as a stream.

    Raises:
        KeyError: There is no such part.
    """
    return book.archive.open(part)


def column_index(letters: str) -> int:
    """Return the index of a column from its letters.

    >>> column_index("A"), column_index("AB")
    (0, 27)
    """
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def column_letters(index: int) -> str:
    """Return the letters of a column from its index.

    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def split_reference(reference: str) -> tuple[int, int]:
    """Return row number and column index of a cell reference.

    >>> split_reference("$B$7")
    (7, 1)
    """
    plain = reference.replace("$", "").upper()
    letters = plain.rstrip("0123456789")
    return int(plain[len(letters) :]), column_index(letters)


def read_properties(book: Workbook) -> dict[str, str]:
    """Return the custom properties of a workbook, as text."""
    if _CUSTOM not in book.archive.NameToInfo:
        return {}
    root = fromstring(book.archive.read(_CUSTOM), forbid_dtd=True)
    return {
        entry.get("name", ""): "".join(entry.itertext()).strip()
        for entry in root.iter(_PROPERTY)
    }
