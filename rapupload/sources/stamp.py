"""The stamp of a template, and the one of our own copies, as custom properties.

A workbook keeps them through every program that saves it as .xlsx or .ods, and LibreOffice
and Excel keep them in an .xls too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rapupload.sources.shape import Stamp

TYPE: Final = "rapupload-spec"
VERSION: Final = "rapupload-spec-version"
STATUS: Final = "rapupload-spec-status"
DIGEST: Final = "rapupload-spec-digest"
COPIED_FROM: Final = "rapupload-copied-from"
TEXT: Final = "text"


def read_stamp(properties: Mapping[str, object]) -> Stamp | None:
    """Return the stamp among the custom properties of a workbook.

    >>> read_stamp({"rapupload-spec": "si", "rapupload-spec-version": "3.0"})
    Stamp(type='si', version=3, digest='')
    """
    type_ = str(properties.get(TYPE, "")).strip()
    if not type_:
        return None
    try:
        version = int(float(str(properties.get(VERSION, 0))))
    except (ValueError, OverflowError):
        version = 0
    return Stamp(type=type_, version=version, digest=str(properties.get(DIGEST, "")))


def is_copied_text(properties: Mapping[str, object]) -> bool:
    """Tell whether a workbook is our copy of a text file."""
    return properties.get(COPIED_FROM) == TEXT
