"""Figures as desks write them: separators, units, currencies, signs.

Shared by ``quantity``, ``money`` and ``price``. A figure is read only where one reading
is possible; a sign, a unit such as K or 手, or a point that may stand for thousands is
asked about. What is accepted is desk practice, assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from rapupload.fieldtypes.reading import (
    TEXT_OR_NUMBER,
    Problem,
    Reading,
    Shape,
    cell_problem,
    first_of,
    settle,
    tidied,
    tidy,
    when,
)
from rapupload.model import Text
from rapupload.table import CellKind

CURRENCY = r"(?:HKD|HK\$|CNY|RMB|USD|US\$)"
"""Currencies that may stand beside a figure; whether they agree is not seen here."""

_DIGITS = "[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+"
_NEGATIVE = r"^[^0-9]*[-−–—(][^0-9]*[0-9][0-9.,]*[^0-9]*$|[0-9] ?[-−–—]$"
_UNIT = (
    r"(?i)[0-9] ?(?:k|m|mm|mn|mio|mil|million|bn|b|billion|thousand"
    r"|千|萬|万|百萬|百万|億|亿)$"
)
_EXPONENT = r"(?i)^[+-]?[0-9]+(?:\.[0-9]+)?e[+-]?[0-9]+$"
_SEPARATED = rf"(?i)^(?:{CURRENCY} ?)?[0-9][0-9.,'’ ]*$"
_THREE_BEHIND = 3
_WIDEST = 38  # digits of a Decimal


class Figure(NamedTuple):
    """The parts of a figure; all null where the text is none.

    Attributes:
        text: The cell without stray blanks.
        before: What stands in front of the digits.
        whole: Digits before the point, without separators and leading zeros.
        given: Digits before the point as they are written.
        part: Digits behind the point as they are written; null without a point.
        after: What stands behind the digits.
    """

    text: pl.Expr
    before: pl.Expr
    whole: pl.Expr
    given: pl.Expr
    part: pl.Expr
    after: pl.Expr

    def is_thousand_like(self, kind: pl.Expr) -> pl.Expr:
        """Tell whether a typed point may stand for thousands (``1.000``)."""
        return (
            (kind == CellKind.TEXT.value)
            & (self.part.str.len_bytes() == _THREE_BEHIND)
            & (self.given.str.len_bytes() <= _THREE_BEHIND)
        )

    @property
    def cleaned(self) -> pl.Expr:
        """Return the code of what was left out of the figure."""
        return first_of(
            when(self.given.str.contains(",", literal=True), "thousands-removed"),
            when(self.given != self.whole, "value-understood"),
        )


def parse_figure(text: pl.Expr, before: str, after: str) -> Figure:
    """Take a figure apart.

    Args:
        text: The cell without stray blanks.
        before: Regular expression of what may stand in front of the digits.
        after: The same for what may stand behind.
    """
    parts = text.str.extract_groups(
        rf"(?i)^(?:(?<before>{before}) ?)?(?<whole>{_DIGITS})(?:\.(?<part>[0-9]+))?"
        rf"(?: ?(?<after>{after}))?$"
    ).struct
    given = parts.field("whole")
    digits = given.str.replace_all(",", "", literal=True).str.strip_chars_start("0")
    return Figure(
        text=text,
        before=parts.field("before"),
        whole=pl.when(digits == "").then(pl.lit("0")).otherwise(digits),
        given=given,
        part=parts.field("part"),
        after=parts.field("after"),
    )


def figure_problem(
    name: str, text: pl.Expr, kind: pl.Expr, tidy_text: pl.Expr
) -> pl.Expr:
    """Return the problem of cells whose figure cannot be told for sure."""
    return first_of(
        cell_problem(text, kind, TEXT_OR_NUMBER),
        when(tidy_text.str.ends_with("%"), "cell-percent"),
        when(tidy_text.str.contains(_EXPONENT), "number-scientific"),
        when(tidy_text.str.contains(_NEGATIVE), f"{name}-negative"),
        when(tidy_text.str.contains(_UNIT), f"{name}-unit"),
    )


def separators_problem(name: str, figure: Figure) -> pl.Expr:
    """Return the problem of digits that are cut up in another way than 1,234.50."""
    odd = figure.whole.is_null() & figure.text.str.contains(_SEPARATED)
    return when(odd, f"{name}-separators")


def read_decimal(
    name: str, text: pl.Expr, kind: pl.Expr, shape: Shape, decimals: int
) -> Reading:
    """Read a figure with a fixed number of decimals; it is never rounded."""
    figure = parse_figure(tidy(text), CURRENCY, CURRENCY)
    part = figure.part.fill_null("").str.strip_chars_end("0")
    too_fine = part.str.len_bytes() > decimals
    if decimals < _THREE_BEHIND:
        too_fine |= figure.is_thousand_like(kind)
    padded = part.str.pad_end(decimals, "0")
    value = (
        pl.concat_str(figure.whole, pl.lit("."), padded) if decimals else figure.whole
    )
    too_wide = figure.whole.str.len_bytes() > _digits(shape, decimals)
    has_currency = figure.before.is_not_null() | figure.after.is_not_null()
    return settle(
        figure.text,
        value,
        problem=first_of(
            figure_problem(name, text, kind, figure.text),
            separators_problem(name, figure),
            when(figure.whole.is_not_null() & too_fine, f"{name}-decimals"),
            when(too_wide, f"{name}-wide"),
        ),
        otherwise=f"{name}-form",
        cleaned=first_of(
            when(has_currency, "currency-left-out"),
            figure.cleaned,
            tidied(text, figure.text),
        ),
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
