"""The empty workbook for an instruction type: what a desk fills in, generated from it.

Nothing here is typed twice: headings, colours, drop-downs and help all come from the
spec, so that a template cannot disagree with the checks made later.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from rapupload.errors import UsageError
from rapupload.sources import stamp
from rapupload.sources.atomic import refuse_existing, replacing
from rapupload.sources.example_rows import example_cells
from rapupload.sources.help_sheet import write_help
from rapupload.sources.looks import (
    FONT,
    choices,
    guard,
    heading,
    need_of,
    number_format,
    prompt,
    width,
)
from rapupload.sources.names import LISTS_SHEET, template_sheet
from rapupload.sources.workbook import column_letters
from rapupload.spec.format import BatchSpec, Column
from rapupload.spec.headings import Vocabulary

ROWS: Final = 2_000  # rows with drop-downs and prompts
_LIST_LIMIT: Final = 255  # characters of a drop-down written into the sheet itself
_A4: Final = 9
_MARK_WIDTH: Final = 14.0
_FIRST_WIDTH: Final = 26.0  # room for the mark of the examples
_HEADING_HEIGHT: Final = 16.0  # points for one line
_EXAMPLE_HEIGHT: Final = 31.0
_PAGE_WIDTH: Final = 150.0  # of columns that can still be read on paper


def write_template(
    spec: BatchSpec,
    path: Path,
    *,
    version: str,
    overwrite: bool = False,
    further: Sequence[Column] = (),
) -> None:
    """Write the template of an instruction type.

    Args:
        spec: The instruction type.
        path: Where to; written whole or not at all.
        version: Digest of the spec file, kept in the workbook's properties.
        overwrite: Replace a file that is there.
        further: Columns after those of the spec, such as the shape of a wide sheet has.

    Raises:
        UsageError: There is such a file already, or the folder takes none.
    """
    if path.suffix.lower() != ".xlsx":
        raise UsageError(
            f"A template is an .xlsx workbook; {path.name} is named otherwise.",
            hint=f"Name it {path.with_suffix('.xlsx').name}.",
        )
    refuse_existing(path, overwrite=overwrite)
    columns = [*template_columns(spec), *further]
    with replacing(path) as temporary:
        book = xlsxwriter.Workbook(temporary)
        book.formats[0].set_font_name(FONT)
        _Template(book, spec, columns).write()
        write_help(book, spec, columns)
        _stamp(book, spec, version)
        book.close()


def template_columns(spec: BatchSpec) -> list[Column]:
    """Return the columns a person fills in.

    Constants come from the settings; other ways to write the same are for sheets that a
    desk has already.
    """
    left_out = {"constant", "alternative"}
    return [column for column in spec.column if column.need not in left_out]


class _Template:
    """The data sheet and the hidden sheet of lists."""

    def __init__(self, book: Any, spec: BatchSpec, columns: Sequence[Column]) -> None:
        self._book = book
        self._columns = columns
        self._vocabulary = Vocabulary(spec)
        self._sheet = book.add_worksheet(template_sheet(spec.id))
        self._title = f"{spec.spec.title.en} {spec.spec.title.zh_hant}"
        self._width = 0.0
        self._lists: Any = None
        self._list_count = 0

    def write(self) -> None:
        """Write headings, examples, formats, drop-downs and prompts."""
        lines = [
            self._write_column(index, column)
            for index, column in enumerate(self._columns)
        ]
        self._sheet.set_row(0, _HEADING_HEIGHT * max(lines) + 6)
        self._write_examples()
        self._sheet.set_column(len(self._columns), len(self._columns), _MARK_WIDTH)
        texts = [i for i, c in enumerate(self._columns) if number_format(c) == "@"]
        areas = " ".join(
            f"{column_letters(i)}2:{column_letters(i)}{ROWS + 1}" for i in texts
        )
        if areas:  # no green corner over a text of digits
            self._sheet.ignore_errors({"number_stored_as_text": areas})
        self._sheet.freeze_panes(1, 1)
        self._sheet.autofilter(0, 0, ROWS, len(self._columns) - 1)
        self._set_up_print()
        self._sheet.activate()

    def _set_up_print(self) -> None:
        self._sheet.set_landscape()
        self._sheet.set_paper(_A4)
        self._sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        self._sheet.fit_to_pages(max(1, round(self._width / _PAGE_WIDTH)), 0)
        self._sheet.repeat_rows(0)
        self._sheet.repeat_columns(0)
        self._sheet.set_header(f'&L&"{FONT}"{self._title.replace("&", "&&")}&R&F')
        self._sheet.set_footer("&L&A&R&P / &N")

    def _write_column(self, index: int, column: Column) -> int:
        """Write one column, and return how many lines its heading takes."""
        need = need_of(column)
        top = self._book.add_format(
            {
                "font_name": FONT,
                "bold": need.sign == " *",
                "italic": column.need == "carried",
                "font_color": need.text,
                "bg_color": need.colour,
                "border": 1,
                "border_color": "#A6A6A6",
                "text_wrap": True,
                "valign": "vcenter",
                "align": "center",
            }
        )
        form = {"font_name": FONT, "num_format": number_format(column)}
        title = heading(column, self._vocabulary)
        wide, lines = width(column, title)
        wide = max(wide, _FIRST_WIDTH) if index == 0 else wide
        self._width += wide
        self._sheet.set_column(index, index, wide, self._book.add_format(form))
        self._sheet.write_string(0, index, title, top)
        options = prompt(column) | (self._choices(column) or guard(column))
        if self._sheet.data_validation(1, index, ROWS, index, options) != 0:
            raise ValueError(f"the drop-down of {column.name} is not accepted")
        return lines

    def _write_examples(self) -> None:
        base = {
            "font_name": FONT,
            "italic": True,
            "font_color": "#7F6000",
            "bg_color": "#FFF8E1",
            "border": 1,
            "border_color": "#E0D8B0",
            "text_wrap": True,
            "valign": "vcenter",
        }
        styles = {
            code: self._book.add_format({**base, "num_format": code})
            for code in {number_format(column) for column in self._columns}
        }
        mark = self._book.add_format({**base, "bold": True, "font_color": "#C00000"})
        for row, cells in enumerate(example_cells(self._columns), start=1):
            self._sheet.set_row(row, _EXAMPLE_HEIGHT)
            for index, value in enumerate(cells):
                style = mark
                if index < len(self._columns):
                    style = styles[number_format(self._columns[index])]
                self._write_value(row, index, value, style if index else mark)

    def _write_value(self, row: int, column: int, value: object, style: Any) -> None:
        if value is None:
            self._sheet.write_blank(row, column, None, style)
        elif isinstance(value, str):
            self._sheet.write_string(row, column, value, style)
        elif isinstance(value, float):
            self._sheet.write_number(row, column, value, style)
        else:
            self._sheet.write_datetime(row, column, value, style)

    def _choices(self, column: Column) -> dict[str, Any]:
        codes = choices(column)
        if not codes:
            return {}
        is_short = len(",".join(codes)) <= _LIST_LIMIT
        is_plain = is_short and not any("," in code for code in codes)
        return {
            "validate": "list",
            "source": list(codes) if is_plain else self._named_list(codes),
            # other spellings are understood as well: told, not refused
            "error_type": "information",
            "error_title": "Not in the list 不在清單內",
            "error_message": (
                "Other spellings are understood if the help sheet lists them; anything"
                " else is reported when the file is checked."
                " 說明頁所列的其他寫法亦可；其餘會在檢查時指出。"
            ),
        }

    def _named_list(self, codes: Sequence[str]) -> str:
        if self._lists is None:
            self._lists = self._book.add_worksheet(LISTS_SHEET)
            self._lists.very_hidden()
        letters = column_letters(self._list_count)
        for row, code in enumerate(codes):
            self._lists.write_string(row, self._list_count, code)
        self._list_count += 1
        name = f"list_{self._list_count}"
        area = f"='{LISTS_SHEET}'!${letters}$1:${letters}${len(codes)}"
        self._book.define_name(name, area)
        return f"={name}"


def _stamp(book: Any, spec: BatchSpec, version: str) -> None:
    book.set_properties(
        {
            "title": f"{spec.spec.title.en} {spec.spec.title.zh_hant}",
            "subject": f"rapupload template for {spec.id}",
            "comments": f"spec {spec.id} version {spec.spec.version}, {spec.spec.status}",
        }
    )
    # as text, which survives in every format a workbook is saved in
    book.set_custom_property(stamp.TYPE, spec.id, "text")
    book.set_custom_property(stamp.VERSION, str(spec.spec.version), "text")
    book.set_custom_property(stamp.STATUS, str(spec.spec.status), "text")
    book.set_custom_property(stamp.DIGEST, version, "text")
