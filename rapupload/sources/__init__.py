"""Intake: from the user's file to a table of text columns, and back to the user.

What comes in: a workbook (.xlsx, .xlsm) or delimited text (.csv, .tsv), told apart by
content. What goes out: a ``Table`` (``rapupload.table``): every cell as text beside its
kind, row numbers as the spreadsheet shows them, every row that was left out with its
reason, and remarks. Nothing is judged here: what a value must look like is the business
of field types and rules. A file that cannot be read without doubt is a ``SourceError``.

    intake      ``read_table``: the way through the modules below
    sniffing    bytes and kind of a file; everything unreadable is refused here
    workbook    the parts of a workbook: sheets, styles, sizes checked before inflating
    formats     what a number format makes of a number (date, percentage, exponent)
    triage      is a sheet plain? its rows by shape, against a short grammar of XML
    fast        fastexcel for plain sheets (100,000 rows a second)
    careful     openpyxl for all others
    cells       from stored content to kind and text; both readers end here
    layout      hidden rows and columns, merged cells
    headings    which sheet, which row has the headings
    encoding    UTF-8, UTF-16; Big5-HKSCS and GB 18030 when stated
    delimited   CSV and TSV
    assembly    headings, blank and total rows, remarks: cells become a ``Table``
    remarks     what the readers remark upon, with severity and wording
    template    ``write_template``: the empty workbook for an instruction type
    annotate    ``annotate``: findings written into a copy of the user's workbook
"""

from __future__ import annotations

from rapupload.sources.intake import read_table
from rapupload.sources.limits import Limits
from rapupload.sources.names import SUMMARY_SHEET
from rapupload.sources.remarks import REMARKS, word

__all__ = ["REMARKS", "SUMMARY_SHEET", "Limits", "read_table", "word"]
