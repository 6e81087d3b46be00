"""How a column of the spec looks in a template: heading, format, width, what is offered."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from rapupload.fieldtypes import currency, market
from rapupload.spec.format import Column
from rapupload.spec.headings import Vocabulary

FONT: Final = (
    "Arial"  # everywhere; programs take Chinese characters from the system's own
)
_PROMPT_TITLE: Final = 32
_PROMPT: Final = 255
_PROMPT_ENGLISH: Final = 130
_PROMPT_CHINESE: Final = 60
_WIDEST: Final = 30.0
_NARROWEST: Final = 12.0
FIGURES: Final = frozenset({"quantity", "money", "price"})
_FREE: Final = frozenset({"text", "reference", "name"})
_FILLED: Final = 0.82  # of a line, before words wrap
YES_NO: Final = ("Y", "N")


@dataclass(frozen=True, slots=True)
class Need:
    """How a need is shown: colour of the heading, sign, words in both languages."""

    colour: str
    text: str
    sign: str
    words: str


NEEDS: Final = {
    "mandatory": Need("#A9D08E", "#000000", " *", "must be filled in 必填"),
    "conditional": Need(
        "#FFE699", "#000000", " (*)", "depends on the rules or settings 視乎規則或設定"
    ),
    "optional": Need("#EAF1F8", "#404040", "", "optional 可選"),
    "constant": Need("#E7E6E6", "#404040", "", "from the settings 取自設定"),
    "alternative": Need(
        "#EADCF4",
        "#404040",
        " (#)",
        "another way to write other columns 另一種填寫方式",
    ),
    "carried": Need("#F7F7F7", "#7F7F7F", "", "kept, not sent 保留，不會發送"),
}


def need_of(column: Column) -> Need:
    """Return how the need of a column is shown; a default may stand in for some."""
    has_default = column.default is not None or column.default_from is not None
    if column.need == "mandatory" and has_default:
        return NEEDS["conditional"]
    return NEEDS[column.need]


def heading(column: Column, vocabulary: Vocabulary) -> str:
    """Return a heading in both languages that is understood when it comes back."""
    sign = need_of(column).sign
    both = f"{column.label.en}{sign}\n{column.label.zh_hant}"
    meant = vocabulary.meaning(both)
    is_further = vocabulary.meaning(column.label.en) is None
    if meant == column.name or is_further:
        return both
    return f"{column.label.en}{sign}"


def choices(column: Column) -> Sequence[str]:
    """Return what a drop-down offers, where the column has one."""
    if column.type == "yes-no":
        return YES_NO
    if column.type == "currency":
        return currency.CODES
    if column.type == "market":
        return [code for code in market.CODES if code != "GLOB"]
    return [code.code for code in column.codes]


def number_format(column: Column) -> str:
    """Return the number format of the cells; text keeps leading zeros when keyed."""
    if column.type == "date":
        return "yyyy-mm-dd"
    if column.type == "date-time":
        return "yyyy-mm-dd hh:mm"
    if column.type in FIGURES:
        usual = 0 if column.type == "quantity" else 2
        decimals = column.shape.decimals if column.shape else usual
        decimals = min(decimals, 2) if column.type == "money" else decimals
        return "#,##0" + ("." + "0" * decimals if decimals else "")
    return "@"


def guard(column: Column) -> dict[str, Any]:
    """Return what the program asks about while typing; nothing is refused by it."""
    if column.type in {"date", "date-time"}:
        test = {"validate": "date", "criteria": ">=", "value": dt.date(2000, 1, 1)}
        words = "Write a date such as 2027-01-05. 請輸入日期，例如 2027-01-05。"
    elif column.type in FIGURES:
        test = {"validate": "decimal", "criteria": ">=", "value": 0}
        words = "Write a number, without letters. 請輸入數字，不含字母。"
    elif column.type in _FREE and column.shape and column.shape.length:
        length = column.shape.length
        test = {"validate": "length", "criteria": "<=", "value": length}
        words = f"At most {length} characters are sent. 最多 {length} 個字元。"
    else:
        return {"validate": "any"}
    titled = {"error_title": "Please look again 請再核對", "error_message": words}
    return {**test, "error_type": "warning", **titled}


def prompt(column: Column) -> dict[str, str]:
    """Return title and text shown when a cell is entered, within Excel's limits."""
    title = f"{column.label.en} {column.label.zh_hant}"
    if len(title) > _PROMPT_TITLE:
        title = shorten(column.label.en, _PROMPT_TITLE)
    lines = []
    if column.description:
        lines.append(shorten(column.description.en, _PROMPT_ENGLISH))
        lines.append(shorten(column.description.zh_hant, _PROMPT_CHINESE))
    if column.example:
        lines.append(f"e.g. 例: {column.example}")
    codes = "; ".join(
        f"{c.code} = {c.label.en} {c.label.zh_hant}" for c in column.codes
    )
    if codes and len("\n".join([*lines, codes])) <= _PROMPT:
        lines.append(codes)
    message = shorten("\n".join(lines) or column.label.zh_hant, _PROMPT)
    return {"input_title": title, "input_message": message}


def width(column: Column, title: str) -> tuple[float, int]:
    """Return the width of a column, and how many lines its heading then takes."""
    lines = title.split("\n")
    longest = max(map(measure, lines)) + 5.0  # room for the button of the filter
    wide = min(max(longest, measure(column.example) + 3.0, _NARROWEST), _WIDEST)
    return wide, sum(1 + int(measure(line) / (wide - 4)) for line in lines)


def measure(text: str) -> int:
    """Return how wide a text is, in digits: Chinese characters count double.

    >>> measure("HK 港元")
    7
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def shorten(text: str, limit: int) -> str:
    """Return a text cut to a length, with a sign where it was cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def count_lines(text: str, width: float) -> int:
    """Return how many lines a text takes in a column, wrapped between words."""
    lengths = (measure(line) for line in text.split("\n"))
    return sum(1 + int(length / (width * _FILLED)) for length in lengths)
