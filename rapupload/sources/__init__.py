"""Intake: from the user's file to a table of text columns, and back to the user.

What comes in: a workbook (.xlsx, .xlsm, .xls, .ods) or delimited text (.csv, .tsv), told
apart by content. What goes out: a ``Table`` (``rapupload.table``): every cell as text
beside its kind, row numbers as the spreadsheet shows them, every row that was left out
with its reason, and remarks. Nothing is judged here: what a value must look like is the
business of field types and rules. A file that cannot be read without doubt is a
``SourceError``.

    intake      ``read_table``: the way through the modules below
    surveying   ``survey``: which sheets are data, and of which type
    sniffing    bytes and kind of a file; everything unreadable is refused here
    opening     the reader for a workbook: one of the next four families
    shape       what they all give: sheets, cells, layout (``SheetReader``)
    archive     a zip archive, sizes checked before inflating
    workbook    parts of an .xlsx: sheets, styles, properties
    stored      its cells as they are stored; the shared texts
    excel       which of its two readers a sheet gets
    triage      is a sheet plain? its rows by shape, against a short grammar of XML
    fast        cells of plain sheets, cut from their XML (200,000 rows a second)
    careful     openpyxl for all others
    layout      hidden rows and columns, merged cells
    legacy      .xls, by xlrd
    opendocument, opendocument_cells, _bulk, _forms     .ods: the way through it, event
                by event, plain rows many at a time, styles
    grid        cells put together to a frame, within the limits
    columns     whole columns from stored content to kind and text
    cells       single cells likewise; all readers end here
    formats     what a number format makes of a number (date, percentage, exponent)
    stamp       what a template says about itself
    headings    which sheet, which row has the headings
    encoding    UTF-8, UTF-16; Big5-HKSCS and GB 18030 when stated
    delimited   CSV and TSV
    assembly    headings, blank, total and example rows, remarks: a ``Table``
    remarks     what the readers remark upon, with severity and wording
    template    ``write_template``: the empty workbook for an instruction type
    help_sheet  its help sheet: columns, codes and rules in both languages
    annotation  ``annotate``: findings written into a copy of the user's workbook
    marks       our colours and comments, put on and taken off
    summary     the sheet that lists all findings
    atomic      a file written whole or not at all
    names       names and marks that are ours and never read as data
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from rapupload.sources.intake import read_table
from rapupload.sources.limits import Limits
from rapupload.sources.names import SUMMARY_SHEET
from rapupload.sources.remarks import REMARKS, word
from rapupload.sources.shape import Stamp
from rapupload.sources.surveying import SheetFit, survey

if TYPE_CHECKING:
    from rapupload.sources.annotation import annotate
    from rapupload.sources.template import write_template

__all__ = [
    "REMARKS",
    "SUMMARY_SHEET",
    "Limits",
    "SheetFit",
    "Stamp",
    "annotate",
    "read_table",
    "survey",
    "word",
    "write_template",
]

_WRITERS = {"annotate": "annotation", "write_template": "template"}


def __getattr__(name: str) -> object:
    """Import what writes workbooks only when it is asked for: it costs 0.2 s."""
    if name in _WRITERS:
        return getattr(import_module(f"{__name__}.{_WRITERS[name]}"), name)
    raise AttributeError(name)
