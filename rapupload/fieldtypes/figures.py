"""Figures as desks write them: separators, units, currencies, signs.

Shared by ``quantity``, ``money`` and ``price``. A figure is read only where one reading
is possible; a sign, a unit such as K or 手, or a point that may stand for thousands is
asked about. What is accepted is desk practice, assumed.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from rapupload.fieldtypes.currency import CODES
from rapupload.fieldtypes.reading import (
    KIND,
    TEXT,
    TEXT_OR_NUMBER,
    TIDY,
    Problem,
    Reading,
    Shape,
    Steps,
    cell_problem,
    first_of,
    tidied,
    tidy,
    when,
)
from rapupload.model import Text
from rapupload.table import CellKind

_SIGNS = {"HK$": "HKD", "US$": "USD", "RMB": "CNY", "CNH": "CNY"}
CURRENCY = f"(?:{'|'.join(map(pl.escape_regex, (*CODES, *_SIGNS)))})"
"""Currencies that may stand beside a figure; whether they agree the check says."""

_DIGITS = "[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+"
_NEGATIVE = r"^[^0-9]*[-−–—(][^0-9]*[0-9][0-9.,]*[^0-9]*$|[0-9] ?[-−–—]$"
_UNIT = (
    r"(?i)[0-9] ?(?:k|m|mm|mn|mio|mil|million|bn|b|billion|thousand"
    r"|千|萬|万|百萬|百万|億|亿)$"
)
_DOLLAR = r"^[$¥元圓] ?[0-9][0-9.,]*$|^[0-9][0-9.,]* ?[$¥元圓蚊]$"
_EXACT = 15  # digits of a spreadsheet's number
_EXPONENT = r"(?i)^[+-]?[0-9]+(?:\.[0-9]+)?e[+-]?[0-9]+$"
_SEPARATED = "[0-9][0-9.,'’ ]*$"
_THREE_BEHIND = 3
_WIDEST = 38  # digits of a Decimal


BEFORE, AFTER, WHOLE, PART = (
    pl.field("parts").struct.field(name)
    for name in ("before", "after", "whole", "part")
)
"""The parts of a figure as they are written; null where there is no such part."""

DIGITS = pl.field("digits")
"""The whole part without separators and leading zeros."""


def parse_figure(text: pl.Expr, kind: pl.Expr, before: str, after: str) -> Steps:
    """Take figures apart.

    Args:
        text: The cells.
        kind: Their kinds.
        before: Regular expression of what may stand in front of the digits.
        after: The same for what may stand behind.
    """
    pattern = (
        rf"(?i)^(?:(?<before>{before}) ?)?(?<whole>{_DIGITS})(?:\.(?<part>[0-9]+))?"
        rf"(?: ?(?<after>{after}))?$"
    )
    bare = WHOLE.str.replace_all(",", "", literal=True).str.strip_chars_start("0")
    return (
        Steps.begin(text, kind, tidy(TEXT))
        .then(parts=TIDY.str.extract_groups(pattern))
        .then(digits=bare)
        .then(digits=pl.when(DIGITS == "").then(pl.lit("0")).otherwise(DIGITS))
    )


def is_thousand_like() -> pl.Expr:
    """Tell whether a typed point may stand for thousands (``1.000``)."""
    return (
        KIND.eq(CellKind.TEXT.value)
        & (PART.str.len_bytes() == _THREE_BEHIND)
        & (WHOLE.str.len_bytes() <= _THREE_BEHIND)
    )


def figure_problem(name: str, before: str) -> pl.Expr:
    """Return the problem of cells whose figure cannot be told for sure."""
    separated = rf"(?i)^(?:{before} ?)?{_SEPARATED}"
    return first_of(
        cell_problem(TEXT_OR_NUMBER),
        when(TIDY.str.ends_with("%"), "cell-percent"),
        when(TIDY.str.contains(_EXPONENT), "number-scientific"),
        when(TIDY.str.contains(_NEGATIVE), f"{name}-negative"),
        when(TIDY.str.contains(_UNIT), f"{name}-unit"),
        when(DIGITS.is_null() & TIDY.str.contains(separated), f"{name}-separators"),
    )


def figure_cleaned() -> pl.Expr:
    """Return the code of what was left out of the digits or around them."""
    return first_of(
        when(WHOLE.str.contains(",", literal=True), "thousands-removed"),
        when(WHOLE != DIGITS, "value-understood"),
        tidied(TIDY),
    )


def read_decimal(
    name: str, text: pl.Expr, kind: pl.Expr, shape: Shape, decimals: int
) -> Reading:
    """Read a figure with a fixed number of decimals; it is never rounded."""
    behind = pl.field("behind")
    too_fine = behind.str.len_bytes() > decimals
    if decimals < _THREE_BEHIND:
        too_fine |= is_thousand_like()
    padded = behind.str.pad_end(decimals, "0")
    value = pl.concat_str(DIGITS, pl.lit("."), padded) if decimals else DIGITS
    is_rest = too_fine & ((DIGITS + behind).str.len_bytes() > _EXACT)
    too_wide = DIGITS.str.len_bytes() > _digits(shape, decimals)
    has_currency = BEFORE.is_not_null() | AFTER.is_not_null()
    return (
        parse_figure(text, kind, CURRENCY, CURRENCY)
        .then(behind=PART.fill_null("").str.strip_chars_end("0"))
        .then(value=value)
        .settle(
            problem=first_of(
                figure_problem(name, CURRENCY),
                when(TIDY.str.contains(_DOLLAR), f"{name}-dollar"),
                when(is_rest, f"{name}-rest"),
                when(DIGITS.is_not_null() & too_fine, f"{name}-decimals"),
                when(too_wide, f"{name}-wide"),
            ),
            otherwise=f"{name}-form",
            cleaned=first_of(when(has_currency, "currency-left-out"), figure_cleaned()),
        )
    )


def plain_decimal(shape: Shape, decimals: int) -> str:
    """Return the regular expression of a figure with exactly so many decimals."""
    more = _digits(shape, decimals) - 1
    point = rf"\.[0-9]{{{decimals}}}" if decimals else ""
    return f"^(?:0|[1-9][0-9]{{0,{more}}}){point}$"


def typed_decimal(value: pl.Expr, decimals: int) -> pl.Expr:
    """Turn canonical text into a decimal; its scale is exact, so nothing is cut off."""
    return value.str.to_decimal(scale=decimals)


def decimal_dtype(decimals: int) -> pl.DataType:
    """Return the widest decimal, so that sums of whole files fit."""
    return pl.Decimal(_WIDEST, decimals)


def _digits(shape: Shape, decimals: int) -> int:
    return min(shape.digits or _WIDEST, _WIDEST - decimals)


def figure_problems(name: str, *, example: str) -> Mapping[str, Problem]:
    """Return the words of the problems that all kinds of figures share."""
    return {
        f"{name}-negative": Problem(
            Text("{value} is negative.", "{value} 為負數。"),
            Text(
                "A minus sign or brackets may mean a direction. Write the figure "
                "without a sign and the direction in its own column.",
                "負號或括號可能代表方向，請只填數字，方向另填於所屬欄。",
            ),
        ),
        f"{name}-unit": Problem(
            Text(
                "{value} is written with a unit such as K, M or 萬.",
                "{value} 使用了 K、M、萬等單位。",
            ),
            Text(
                f"Write the figure in full, such as {example}.",
                f"請填完整數字，例如 {example}。",
            ),
        ),
        f"{name}-separators": Problem(
            Text(
                "The separators in {value} are not those of 1,234.50.",
                "{value} 的分隔符與 1,234.50 的寫法不同。",
            ),
            Text(
                "Use a comma for thousands and a point for decimals, or digits only: "
                f"{example}.",
                f"千位請用逗號、小數請用句點，或只填數字：{example}。",
            ),
        ),
        f"{name}-form": Problem(
            Text("{value} is not a figure.", "{value} 並非數字。"),
            Text(
                f"Write digits only, such as {example}; 'all' or '100%' cannot be "
                "turned into a figure.",
                f"請只填數字，例如 {example}；「全部」或「100%」不能轉為數字。",
            ),
        ),
        f"{name}-wide": Problem(
            Text(
                "{value} has more digits than the field can hold ({length}).",
                "{value} 的位數超過欄位長度（{length}）。",
            ),
            Text(
                "Check the figure; if it is right, split the row.",
                "請核對數字；如無誤，請分拆為多行。",
            ),
        ),
    }


def decimal_problems(name: str, *, example: str) -> Mapping[str, Problem]:
    """Return the words of the problems of a figure with decimals."""
    return {
        **figure_problems(name, example=example),
        f"{name}-dollar": Problem(
            Text(
                "The sign in {value} does not say which currency.",
                "{value} 的符號未能表明是哪種貨幣。",
            ),
            Text(
                "Leave the sign out, or write HK$ or US$; the currency has its own column.",
                "請刪去符號，或寫明 HK$ 或 US$；貨幣另填於所屬欄。",
            ),
        ),
        f"{name}-rest": Problem(
            Text(
                "{value} has the small rest that calculations leave, as 0.1 + 0.2 does.",
                "{value} 帶有計算所餘的極小尾數，如 0.1 + 0.2 所得。",
            ),
            Text(
                f"Round it where it is calculated, and check it: {example}.",
                f"請在計算之處取整並核對，例如 {example}。",
            ),
        ),
        f"{name}-decimals": Problem(
            Text(
                "{value} has more decimals than the field can hold.",
                "{value} 的小數位多於欄位所容。",
            ),
            Text(
                f"Nothing is rounded. Write the exact figure, such as {example}.",
                f"本程式不會四捨五入，請填準確數字，例如 {example}。",
            ),
        ),
    }


def stated_currency(text: pl.Expr) -> pl.Expr:
    """Return the currency that stands beside a figure; null where none does.

    >>> cells = pl.DataFrame({"text": ["HK$ 1,234.50", "1,234.50 rmb", "1,234.50"]})
    >>> cells.select(stated_currency(pl.col("text")))["text"].to_list()
    ['HKD', 'CNY', None]
    """
    sign = rf"(?i)^({CURRENCY}) ?[0-9]|[0-9] ?({CURRENCY})$"
    found = tidy(text).str.to_uppercase().str.extract_groups(sign)
    written = pl.coalesce(found.struct.field("1"), found.struct.field("2"))
    return written.replace(_SIGNS).alias("text")
