"""The empty workbook for an instruction type: what a desk fills in, generated from it.

Nothing here is typed twice: headings, colours, drop-downs and help all come from the
spec, so that a template cannot disagree with the checks made later.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import xlsxwriter

from rapupload.errors import UsageError
from rapupload.sources.atomic import refuse_existing, replacing
from rapupload.sources.help_sheet import write_help
from rapupload.sources.names import LISTS_SHEET
from rapupload.sources.workbook import column_letters
from rapupload.spec.format import BatchSpec, Column
from rapupload.spec.headings import Vocabulary

ROWS: Final = 2_000
_LIST_LIMIT: Final = 255  # characters of a drop-down written into the sheet itself
_PROMPT_TITLE: Final = 32
_PROMPT: Final = 255
_WIDEST: Final = 30
NEED_COLOURS: Final = {
    "mandatory": "#C6E0B4",
    "conditional": "#FFF2CC",
    "optional": "#DDEBF7",
    "constant": "#E7E6E6",
    "carried": "#E7E6E6",
}
_NEED_MARKS: Final = {"mandatory": " *", "conditional": " (*)"}
_FIGURES: Final = frozenset({"quantity", "money", "price"})
_YES_NO: Final = ("Y", "N")


def write_template(
    spec: BatchSpec, path: Path, *, version: str, overwrite: bool = False
) -> None:
    """Write the template of an instruction type.

    Args:
        spec: The instruction type.
        path: Where to; written whole or not at all.
        version: Digest of the spec file, kept in the workbook's properties.
        overwrite: Replace a file that is there.

    Raises:
        UsageError: There is such a file already, or the folder takes none.
    """
    if path.suffix.lower() != ".xlsx":
        raise UsageError(
            f"A template is an .xlsx workbook; {path.name} is named otherwise.",
            hint=f"Name it {path.with_suffix('.xlsx').name}.",
        )
    refuse_existing(path, overwrite=overwrite)
    with replacing(path) as temporary:
        book = xlsxwriter.Workbook(temporary)
        _Template(book, spec).write()
        write_help(book, spec)
        _stamp(book, spec, version)
        book.close()


def template_columns(spec: BatchSpec) -> list[Column]:
    """Return the columns a person fills in; constants come from the settings."""
    return [column for column in spec.column if column.need != "constant"]


def heading(column: Column, vocabulary: Vocabulary) -> str:
    """Return a heading in both languages that is understood when it comes back."""
    mark = _NEED_MARKS.get(column.need, "")
    both = f"{column.label.en}{mark}\n{column.label.zh_hant}"
    if vocabulary.meaning(both) == column.name:
        return both
    return f"{column.label.en}{mark}"


class _Template:
    """The data sheet and the hidden sheet of lists."""

    def __init__(self, book: Any, spec: BatchSpec) -> None:
        self._book = book
        self._spec = spec
        self._vocabulary = Vocabulary(spec)
        self._sheet = book.add_worksheet(spec.id.upper()[:31])
        self._lists: Any = None
        self._list_count = 0

    def write(self) -> None:
        """Write headings, formats, drop-downs and prompts."""
        columns = template_columns(self._spec)
        self._sheet.set_row(0, 48)
        for index, column in enumerate(columns):
            self._write_column(index, column)
        texts = [i for i, column in enumerate(columns) if _number_format(column) == "@"]
        areas = " ".join(f"{_letters(i)}2:{_letters(i)}{ROWS + 1}" for i in texts)
        if areas:  # no green corner over a text of digits
            self._sheet.ignore_errors({"number_stored_as_text": areas})
        self._sheet.freeze_panes(1, 1)
        self._sheet.set_landscape()
        self._sheet.repeat_rows(0)
        self._sheet.activate()

    def _write_column(self, index: int, column: Column) -> None:
        top = self._book.add_format(
            {
                "bold": column.need == "mandatory",
                "bg_color": NEED_COLOURS[column.need],
                "border": 1,
                "border_color": "#A6A6A6",
                "text_wrap": True,
                "valign": "vcenter",
                "align": "center",
            }
        )
        body = self._book.add_format({"num_format": _number_format(column)})
        title = heading(column, self._vocabulary)
        self._sheet.set_column(index, index, _width(column, title), body)
        self._sheet.write_string(0, index, title, top)
        options = self._prompt(column) | self._choices(column)
        if self._sheet.data_validation(1, index, ROWS, index, options) != 0:
            raise ValueError(f"the drop-down of {column.name} is not accepted")

    def _prompt(self, column: Column) -> dict[str, Any]:
        lines = []
        if column.description:
            lines += [column.description.en, column.description.zh_hant]
        if column.example:
            lines.append(f"e.g. 例: {column.example}")
        message = _shorten("\n".join(lines) or column.label.zh_hant, _PROMPT)
        title = _shorten(column.label.en, _PROMPT_TITLE)
        return {"validate": "any", "input_title": title, "input_message": message}

    def _choices(self, column: Column) -> dict[str, Any]:
        codes = [code.code for code in column.codes]
        if column.type == "yes-no":
            codes = list(_YES_NO)
        if not codes:
            return {}
        is_short = len(",".join(codes)) <= _LIST_LIMIT
        is_plain = is_short and not any("," in code for code in codes)
        return {
            "validate": "list",
            "source": codes if is_plain else self._named_list(codes),
            "error_type": "stop",
            "error_title": "Not in the list 不在清單內",
            "error_message": "Choose a value from the list. 請從清單中選擇。",
        }

    def _named_list(self, codes: list[str]) -> str:
        if self._lists is None:
            self._lists = self._book.add_worksheet(LISTS_SHEET)
            self._lists.very_hidden()
        letters = _letters(self._list_count)
        for row, code in enumerate(codes):
            self._lists.write_string(row, self._list_count, code)
        self._list_count += 1
        name = f"list_{self._list_count}"
        area = f"='{LISTS_SHEET}'!${letters}$1:${letters}${len(codes)}"
        self._book.define_name(name, area)
        return f"={name}"


def _letters(index: int) -> str:
    return column_letters(index)


def _number_format(column: Column) -> str:
    if column.type == "date":
        return "yyyy-mm-dd"
    if column.type == "date-time":
        return "yyyy-mm-dd hh:mm"
    if column.type in _FIGURES:
        usual = 0 if column.type == "quantity" else 2
        decimals = column.shape.decimals if column.shape else usual
        decimals = min(decimals, 2) if column.type == "money" else decimals
        return "#,##0" + ("." + "0" * decimals if decimals else "")
    return "@"  # a text keeps its leading zeros when it is keyed


def _width(column: Column, title: str) -> float:
    lines = [_measure(line) for line in title.split("\n")]
    wanted = max(max(lines) + 3, _measure(column.example) + 3, 11)
    return float(min(wanted, _WIDEST))


def _measure(text: str) -> int:
    return sum(1 if character.isascii() else 2 for character in text)


def _shorten(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _stamp(book: Any, spec: BatchSpec, version: str) -> None:
    book.set_properties(
        {
            "title": f"{spec.spec.title.en} {spec.spec.title.zh_hant}",
            "subject": f"rapupload template for {spec.id}",
            "comments": f"spec {spec.id} version {spec.spec.version}, {spec.spec.status}",
        }
    )
    book.set_custom_property("rapupload-spec", spec.id, "text")
    book.set_custom_property("rapupload-spec-version", spec.spec.version, "number")
    book.set_custom_property("rapupload-spec-status", str(spec.spec.status), "text")
    book.set_custom_property("rapupload-spec-digest", version, "text")
