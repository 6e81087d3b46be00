"""Open a workbook of any format, and make small ones by hand."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from rapupload.sources.limits import Limits
from rapupload.sources.opening import open_source
from rapupload.sources.shape import SheetCells, SheetReader
from rapupload.sources.sniffing import load, tell_kind

SPACES = "".join(
    f' xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        *(("office", "office"), ("table", "table"), ("text", "text")),
        *(("style", "style"), ("number", "datastyle"), ("draw", "drawing")),
    )
)
CALC = ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'


def opened(path: Path) -> SheetReader:
    """Return the reader of a workbook."""
    raw = load(path, Limits())
    return open_source(raw, tell_kind(raw, path), path.name, Limits())


def first_sheet(path: Path) -> SheetCells:
    """Return the cells of the first sheet."""
    reader = opened(path)
    return reader.read(reader.sheets[0], Limits())


def write_ods(path: Path, tables: str, styles: str = "", meta: str = "") -> Path:
    """Write an OpenDocument spreadsheet from the XML of its tables."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{SPACES}{CALC}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body>"
        f"<office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        if meta:
            archive.writestr("meta.xml", meta)
    path.write_bytes(target.getvalue())
    return path


def table(rows: str, name: str = "SI", attributes: str = "", columns: str = "") -> str:
    """Return the XML of a table."""
    return f'<table:table table:name="{name}"{attributes}>{columns}{rows}</table:table>'


def row(*cells: str, attributes: str = "") -> str:
    """Return the XML of a row."""
    return f"<table:table-row{attributes}>{''.join(cells)}</table:table-row>"


def text(words: str, attributes: str = "") -> str:
    """Return the XML of a cell with a text."""
    return (
        f'<table:table-cell office:value-type="string"{attributes}>'
        f"<text:p>{words}</text:p></table:table-cell>"
    )


def number(value: object, attributes: str = "") -> str:
    """Return the XML of a cell with a number."""
    return (
        f'<table:table-cell office:value-type="float" office:value="{value}"{attributes}>'
        f"<text:p>{value}</text:p></table:table-cell>"
    )
