"""What all field types share: the shape of a column, the reading of its cells.

The kinds of cell and their texts are those of ``rapupload.table.CellKind``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import polars as pl

from rapupload.model import Text
from rapupload.table import CellKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a spec says about the format of one column.

    Attributes:
        length: Characters or digits (implied decimals included); None = unlimited.
        decimals: Digits behind the point.
        characters: ``ascii``, ``reference``, ``big5hkscs`` or ``any``.
        zero_allowed: Zero is a value and not a mistake.
        codes: For type ``code``: what a desk may write (folded) -> the code.
    """

    length: int | None = None
    decimals: int = 0
    characters: str = "ascii"
    zero_allowed: bool = False
    codes: Mapping[str, str] = field(default_factory=dict)

    @property
    def digits(self) -> int | None:
        """Return the digits before the point."""
        return None if self.length is None else self.length - self.decimals


@dataclass(frozen=True, slots=True)
class Problem:
    """Words for one finding code; ``{value}`` and ``{length}`` may stand in them."""

    message: Text
    explanation: Text


class Reading(NamedTuple):
    """Expressions over one column, row by row.

    Attributes:
        value: Canonical text; null for a blank cell, and where there is a problem.
        problem: Finding code; null where the cell can be read.
        cleaned: Code of a cleaning worth saying once per column; null where none.
    """

    value: pl.Expr
    problem: pl.Expr
    cleaned: pl.Expr


class FieldType(Protocol):
    """The interface of a field type module."""

    NAME: str
    PLAIN_KINDS: frozenset[CellKind]
    PROBLEMS: Mapping[str, Problem]

    def plain(self, shape: Shape) -> str:
        """Return the regular expression of canonical text."""
        ...

    def read(self, text: pl.Expr, kind: pl.Expr, shape: Shape) -> Reading:
        """Read the cells of a column."""
        ...

    def typed(self, value: pl.Expr, shape: Shape) -> pl.Expr:
        """Turn canonical text into what rules see."""
        ...

    def dtype(self, shape: Shape) -> pl.DataType:
        """Return the type of ``typed``."""
        ...


TEXT_ONLY = frozenset({CellKind.TEXT})
TEXT_OR_NUMBER = frozenset({CellKind.TEXT, CellKind.NUMBER})

KIND_PROBLEMS: Mapping[str, Problem] = {
    "cell-error": Problem(
        Text(
            "The cell shows {value}, an error of the spreadsheet.",
            "儲存格顯示錯誤 {value}。",
        ),
        Text(
            "A formula or look-up failed. Mend it, or type the value itself.",
            "公式或查閱失敗，請更正或直接輸入數值。",
        ),
    ),
    "cell-formula": Problem(
        Text(
            "The formula {value} was saved without a value.",
            "公式 {value} 沒有儲存結果。",
        ),
        Text(
            "A program wrote the workbook. Open it in Excel, save it, and try again.",
            "此檔案由程式產生，請用 Excel 開啟並儲存後再試。",
        ),
    ),
    "cell-boolean": Problem(
        Text("{value} is a yes/no cell, not a value.", "{value} 為是/否儲存格。"),
        Text("Type the value as text.", "請以文字輸入。"),
    ),
    "cell-date": Problem(
        Text(
            "{value} is a date cell; the spreadsheet may have changed what was typed.",
            "{value} 為日期儲存格，試算表可能已改動原值。",
        ),
        Text(
            "Format the column as text and type the value again.",
            "請將該欄設為文字格式並重新輸入。",
        ),
    ),
    "number-scientific": Problem(
        Text(
            "The cell shows an exponent ({value}); digits may be lost.",
            "儲存格以指數顯示（{value}），可能已失去數字。",
        ),
        Text(
            "Format the column as text and paste the value again from its source.",
            "請將該欄設為文字格式，並由來源重新貼上。",
        ),
    ),
    "number-long": Problem(
        Text(
            "{value} has more than 15 digits; the spreadsheet has lost some.",
            "{value} 超過 15 位數字，試算表已失去部分數字。",
        ),
        Text(
            "Format the column as text and paste the value again from its source.",
            "請將該欄設為文字格式，並由來源重新貼上。",
        ),
    ),
    "cell-percent": Problem(
        Text("{value} is shown as a percentage.", "{value} 以百分比顯示。"),
        Text("Type the figure itself.", "請直接輸入數字。"),
    ),
}
"""Problems of the kind of cell, whatever the column."""

_REFUSED = {
    CellKind.NUMBER_LONG: "number-long",
    CellKind.NUMBER_SCIENTIFIC: "number-scientific",
    CellKind.NUMBER_PERCENT: "cell-percent",
    CellKind.DATE: "cell-date",
    CellKind.DATETIME: "cell-date",
    CellKind.TIME: "cell-date",
    CellKind.BOOLEAN: "cell-boolean",
    CellKind.ERROR: "cell-error",
    CellKind.FORMULA: "cell-formula",
}


def kind_problem(kind: pl.Expr, allowed: frozenset[CellKind]) -> pl.Expr:
    """Return the problem code of cells of a kind the column does not take.

    Number cells in a text-only column are never a problem by themselves: their text
    is what the reader gives.
    """
    refused = {k.value: c for k, c in _REFUSED.items() if k not in allowed}
    return kind.replace_strict(refused, default=None, return_dtype=pl.String)


def tidy(text: pl.Expr) -> pl.Expr:
    """Fold width, and strip blanks of every sort; an empty rest becomes null."""
    folded = text.str.normalize("NFKC").str.replace_all(r"[\s\u{200b}\u{feff}]+", " ")
    stripped = folded.str.strip_chars(" ")
    return pl.when(stripped != "").then(stripped)


def tidied(text: pl.Expr) -> pl.Expr:
    """Return the code of what ``tidy`` changed, null where nothing."""
    wide = text.str.normalize("NFKC") != text
    trimmed = text.str.contains(r"^\s|\s$|[\u{200b}\u{feff}]")
    return pl.when(wide).then(pl.lit("width-folded")).when(trimmed).then(
        pl.lit("blanks-trimmed")
    )


CLEANINGS: Mapping[str, Text] = {
    "width-folded": Text(
        "Full-width characters were read as plain ones in {count} cells.",
        "{count} 個儲存格的全形字元已視作半形。",
    ),
    "blanks-trimmed": Text(
        "Blanks at the ends were left out in {count} cells.",
        "{count} 個儲存格首尾的空格已略去。",
    ),
    "value-understood": Text(
        "{count} cells were written differently and understood (for example {value} as {canonical}).",
        "{count} 個儲存格寫法不同但已理解（例如 {value} 視作 {canonical}）。",
    ),
    "zeros-restored": Text(
        "Leading zeros were put back in {count} cells (for example {value} as {canonical}).",
        "{count} 個儲存格已補回前面的零（例如 {value} 視作 {canonical}）。",
    ),
    "thousands-removed": Text(
        "Thousands separators or units were left out in {count} cells.",
        "{count} 個儲存格的千位分隔符或單位已略去。",
    ),
}
"""Words for cleanings; each is a note, said once per column."""


def first_of(*problems: pl.Expr) -> pl.Expr:
    """Return the first problem code that is not null."""
    return pl.coalesce(*problems)
