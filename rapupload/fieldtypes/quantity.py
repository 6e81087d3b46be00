"""Number of shares, units or nominal: a whole number, above zero as a rule.

Lots need the lot size, thousands and millions a person, and a sign may be a direction:
all are asked about.
Source: 9(11) in trades and in the public ATI layout; what desks write is assumed.

>>> from rapupload.fieldtypes.registry import validate
>>> [validate("quantity", text) for text in ("1000", "1,000.00", "1000 shs", "1,000股")]
['1000', '1000', '1000', '1000']
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from rapupload.fieldtypes.figures import (
    AFTER,
    DIGITS,
    PART,
    figure_cleaned,
    figure_problem,
    figure_problems,
    is_thousand_like,
    parse_figure,
)
from rapupload.fieldtypes.reading import (
    TEXT_OR_NUMBER,
    TIDY,
    Problem,
    Reading,
    Shape,
    first_of,
    when,
)
from rapupload.model import Text

NAME = "quantity"
PLAIN_KINDS = TEXT_OR_NUMBER
PROBLEMS: Mapping[str, Problem] = {
    **figure_problems(NAME, example="1000"),
    "quantity-whole": Problem(
        Text(
            "{value} is not a whole number above zero.",
            "{value} 並非大於零的整數。",
        ),
        Text(
            "Write the number of shares without a fraction. Zero stands only in "
            "columns where it means 'none'.",
            "請填股數，不可有小數；只有可填「無」的欄位才可填零。",
        ),
    ),
    "quantity-lots": Problem(
        Text("{value} counts board lots.", "{value} 以手數計算。"),
        Text(
            "Multiply by the lot size and write the number of shares.",
            "請乘以每手股數，填寫總股數。",
        ),
    ),
}
_UNITS = r"shs?\.?|shares?|units?|股"
_LOTS = r"(?i)^[0-9.,]+ ?(?:board )?(?:lots?|手)$"
_LONGEST = 18
_SUMMABLE = 12  # a million rows of so many digits still add up in 64 bits


def _digits(shape: Shape) -> int:
    return min(shape.digits or _LONGEST, _LONGEST)


def plain(shape: Shape) -> str:
    """Return the regular expression of a whole number without leading zeros."""
    zero = "0|" if shape.zero_allowed else ""
    return f"^(?:{zero}[1-9][0-9]{{0,{_digits(shape) - 1}}})$"


def read(text: pl.Expr, kind: pl.Expr, shape: Shape) -> Reading:
    """Read whole numbers with thousands separators, ``.00`` or a word for shares."""
    not_whole = PART.str.contains("[1-9]")
    if not shape.zero_allowed:
        not_whole = not_whole.fill_null(value=False) | (DIGITS == "0")
    has_more = PART.is_not_null() | AFTER.is_not_null()
    return (
        parse_figure(text, kind, "", _UNITS)
        .then(value=DIGITS)
        .settle(
            problem=first_of(
                figure_problem(NAME, ""),
                when(TIDY.str.contains(_LOTS), "quantity-lots"),
                when(not_whole, "quantity-whole"),
                when(is_thousand_like(), "quantity-separators"),
                when(DIGITS.str.len_bytes() > _digits(shape), "quantity-wide"),
            ),
            otherwise="quantity-form",
            cleaned=first_of(when(has_more, "thousands-removed"), figure_cleaned()),
        )
    )


def typed(value: pl.Expr, shape: Shape) -> pl.Expr:
    """Turn canonical text into a whole number."""
    return value.cast(dtype(shape))


def dtype(shape: Shape) -> pl.DataType:
    """Return a whole number wide enough for the sum of a whole file."""
    return pl.Int64() if _digits(shape) <= _SUMMABLE else pl.Int128()
