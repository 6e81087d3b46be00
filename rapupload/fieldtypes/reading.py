"""What all field types share: the shape of a column, the reading of its cells.

The kinds of cell and their texts are those of ``rapupload.table.CellKind``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

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
        date_order: ``day-first``, ``month-first`` or ``year-first``, where a mapping
            fixes how 05/01/2027 is meant; empty where it is asked about.
        carried: The value never enters the file; type ``text`` takes any cell then.
    """

    length: int | None = None
    decimals: int = 0
    characters: str = "ascii"
    zero_allowed: bool = False
    codes: Mapping[str, str] = field(default_factory=dict)
    date_order: str = ""
    carried: bool = False

    @property
    def digits(self) -> int | None:
        """Return the digits before the point."""
        return None if self.length is None else self.length - self.decimals


@dataclass(frozen=True, slots=True)
class Problem:
    """Words for one finding code.

    ``{value}`` and ``{length}`` may stand in them, and ``{characters}`` where the field
    type says with ``odd_characters(text, shape)`` which cannot be sent.
    """

    message: Text
    explanation: Text


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of the cells of a column, row by row.

    The three answers are expressions of their own for convenience; ``answers`` works
    all of them out together, in a third of the time.

    Attributes:
        cells: The expression behind them, a struct of every step of the reading.
    """

    cells: pl.Expr

    @property
    def value(self) -> pl.Expr:
        """Return canonical text; null for a blank cell, and where there is a problem."""
        return self.cells.struct.field("value")

    @property
    def problem(self) -> pl.Expr:
        """Return the finding code; null where the cell can be read."""
        return self.cells.struct.field("problem")

    @property
    def cleaned(self) -> pl.Expr:
        """Return the code of a cleaning to be said once per column; null where none."""
        return self.cells.struct.field("cleaned")

    def answers(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the columns ``value``, ``problem`` and ``cleaned`` for the cells given."""
        steps = frame.select(cells=self.cells).unnest("cells")
        return steps.select("value", "problem", "cleaned")


TEXT = pl.field("text")
KIND = pl.field("kind")
TIDY = pl.field("tidy")
VALUE = pl.field("value")
_PROBLEM = pl.field("problem")


@dataclass(frozen=True, slots=True)
class Steps:
    """A reading in the making: named steps, each of which may use those before it.

    A step is worked out once however often later ones refer to it (``pl.field``). Plain
    expressions that share a part repeat it, and a date would be parsed 60 times over.

    Attributes:
        cells: A struct with ``text``, ``kind``, ``tidy`` (the text without stray blanks;
            null where the cell is blank) and the steps so far.
    """

    cells: pl.Expr

    @classmethod
    def begin(cls, text: pl.Expr, kind: pl.Expr, tidy_text: pl.Expr) -> Steps:
        """Begin with the cells and with their text, tidied in the type's own way."""
        cells = pl.struct(text.alias("text"), kind.alias("kind"))
        return cls(cells).then(tidy=tidy_text)

    def then(self, **steps: pl.Expr) -> Steps:
        """Add steps; those of one call do not see one another."""
        return Steps(self.cells.struct.with_fields(**steps))

    def settle(self, *, problem: pl.Expr, otherwise: str, cleaned: pl.Expr) -> Reading:
        """Make the three answers agree with one another, ``value`` being a step.

        Args:
            problem: What was recognised as wrong.
            otherwise: The problem of a cell that is not blank and has neither value nor
                problem, so that none is ever lost without a word.
            cleaned: What was cleaned, should there be a value.
        """
        found = pl.coalesce(problem, when(VALUE.is_null(), otherwise))
        judged = self.then(problem=pl.when(TIDY.is_not_null()).then(found))
        is_given = TIDY.is_not_null() & _PROBLEM.is_null()
        settled = judged.then(
            value=pl.when(is_given).then(VALUE), cleaned=pl.when(is_given).then(cleaned)
        )
        return Reading(settled.cells)


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


BLANKS = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"
)
"""White space, and the marks without width that come along when a cell is pasted."""

_ODD_BLANKS = BLANKS.replace(" ", "")

BREAKS = r"\t\n\x0b\x0c\r\x{1c}-\x{1f}\x{85}\x{2028}\x{2029}"
"""What ends a line or jumps within one, for the inside of a character class."""

_WIDE = [chr(code) for code in range(0xFF01, 0xFF5F)]
_IS_WIDE = "[\uff01-\uff5e]"
_NARROW = [chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)]

NOTHING = r"[^\s\S]"
"""A regular expression that no text matches: every cell takes the long way."""

_ERROR_SHOWN = r"^#(?:N/A|[A-Z][A-Z0-9/_]*[!?]|GETTING_DATA|#+)$"


_EXPONENT_SHOWN = r"^[0-9](?:\.[0-9]+)?[Ee]\+[0-9]{2,3}$"


def cell_problem(allowed: frozenset[CellKind]) -> pl.Expr:
    """Return the problem code of cells the column does not take, whatever they say.

    A CSV file has no error cells, but it has the text that a spreadsheet showed when
    it was exported (``#N/A``, or ``####`` where the column was too narrow).
    """
    refused = [
        when(KIND.eq(kind.value), code)
        for kind, code in _REFUSED.items()
        if kind not in allowed
    ]
    return pl.coalesce(*refused, when(TEXT.str.contains(_ERROR_SHOWN), "cell-error"))


def exponent_shown() -> pl.Expr:
    """Return the problem of text that a spreadsheet showed in place of many digits."""
    return when(TIDY.str.contains(_EXPONENT_SHOWN), "number-scientific")


def tidy(text: pl.Expr) -> pl.Expr:
    """Fold full-width signs and blanks of every sort; an empty rest becomes null.

    Not Unicode's NFKC: that reads ``10²`` as 102 and ``①`` as 1. A mark without width
    becomes a blank too, so that inside a number it is seen and not swallowed.
    """
    folded = text.str.replace_many(
        [*_WIDE, *_ODD_BLANKS], [*_NARROW, *(" " for _ in _ODD_BLANKS)]
    )
    return _unless_empty(folded.str.strip_chars(" "))


def trim(text: pl.Expr) -> pl.Expr:
    """Strip blanks of every sort at both ends; an empty rest becomes null."""
    return _unless_empty(text.str.strip_chars(BLANKS))


def narrow(text: pl.Expr) -> pl.Expr:
    """Fold full-width signs and the blanks that stand within a line."""
    blanks = "\xa0\u3000"
    return text.str.replace_many([*_WIDE, *blanks], [*_NARROW, *(" " for _ in blanks)])


def _unless_empty(text: pl.Expr) -> pl.Expr:
    return pl.when(text != "").then(text)


def tidied(clean: pl.Expr) -> pl.Expr:
    """Return the code of what tidying or trimming changed, null where nothing."""
    wide = TEXT.str.contains(_IS_WIDE) & ~clean.str.contains(_IS_WIDE)
    return pl.coalesce(
        when(wide, "width-folded"), when(clean != TEXT, "blanks-trimmed")
    )


def when(condition: pl.Expr, code: str) -> pl.Expr:
    """Return the code where the condition holds, null elsewhere."""
    return pl.when(condition).then(pl.lit(code))


def first_of(*codes: pl.Expr) -> pl.Expr:
    """Return the first code that is not null."""
    return pl.coalesce(*codes)


CLEANINGS: Mapping[str, Text] = {
    "width-folded": Text(
        "Full-width characters were read as plain ones (cells: {count}).",
        "{count} 個儲存格的全形字元已視作半形。",
    ),
    "blanks-trimmed": Text(
        "Stray blanks were left out or made plain ones (cells: {count}).",
        "{count} 個儲存格的多餘或特殊空格已略去或改為一般空格。",
    ),
    "value-understood": Text(
        "Cells written differently were understood ({count}; for example {value} "
        "as {canonical}).",
        "{count} 個儲存格寫法不同但已理解（例如 {value} 視作 {canonical}）。",
    ),
    "zeros-restored": Text(
        "Leading zeros were put back (cells: {count}; for example {value} as "
        "{canonical}).",
        "{count} 個儲存格已補回前面的零（例如 {value} 視作 {canonical}）。",
    ),
    "thousands-removed": Text(
        "Thousands separators or units were left out (cells: {count}; for example "
        "{value} as {canonical}).",
        "{count} 個儲存格的千位分隔符或單位已略去（例如 {value} 視作 {canonical}）。",
    ),
    "carried-as-shown": Text(
        "Cells of a column that is not sent show an error of the spreadsheet (cells: "
        "{count}; for example {value}). They come back as they are.",
        "不發送的欄位內有 {count} 個儲存格顯示試算表錯誤（例如 {value}），會原樣交還。",
    ),
    "carried-characters-lost": Text(
        "Characters of a column that is not sent were lost when this file was saved "
        "(cells: {count}; for example {value}). They come back as they are.",
        "不發送的欄位內有 {count} 個儲存格的字元在儲存檔案時已遺失（例如 {value}），會"
        "原樣交還。",
    ),
    "name-capitals": Text(
        "Names were put in capitals, with plain apostrophes, hyphens and single blanks "
        "(cells: {count}; for example {value} as {canonical}).",
        "{count} 個儲存格的姓名已改為大寫及一般符號（例如 {value} 視作 {canonical}）。",
    ),
    "currency-left-out": Text(
        "A currency beside the figure was left out (cells: {count}; for example "
        "{value} as {canonical}); compare it with the currency column.",
        "{count} 個儲存格金額旁的貨幣已略去（例如 {value} 視作 {canonical}），請與貨幣"
        "欄核對。",
    ),
}
"""Words for cleanings; each is a note, said once per column."""

_EXAMPLE_EN = re.compile(r"; for example \{value\}(?: as \{canonical\})?")
_EXAMPLE_ZH = re.compile(r"（例如 \{value\}(?: 視作 \{canonical\})?）")


def without_example(message: Text) -> Text:
    """Return the words of a cleaning for a column whose values nobody is shown.

    >>> without_example(CLEANINGS["value-understood"]).en
    'Cells written differently were understood ({count}).'
    """
    return Text(_EXAMPLE_EN.sub("", message.en), _EXAMPLE_ZH.sub("", message.zh_hant))
