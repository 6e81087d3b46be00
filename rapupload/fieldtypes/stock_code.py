"""Stock code of CCASS: five digits, leading zeros kept in files.

On screen CCASS ignores leading zeros (17 = 00017), so a desk may leave them out.
Source: CCASS Terminal User Guide, report data file layouts, 9(5).

>>> from rapupload.fieldtypes.registry import validate
>>> [validate("stock-code", text) for text in ("700", "0700.HK", "HK.00005", "７００")]
['00700', '00700', '00005', '00700']
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from rapupload.fieldtypes.reading import (
    TEXT_ONLY,
    TEXT_OR_NUMBER,
    Problem,
    Reading,
    Shape,
    first_of,
    kind_problem,
    tidied,
    tidy,
)
from rapupload.model import Text

NAME = "stock-code"
PLAIN_KINDS = TEXT_ONLY
PROBLEMS: Mapping[str, Problem] = {
    "stock-code-six": Problem(
        Text(
            "{value} has six digits: that is a mainland code, not a CCASS one.",
            "{value} 為六位數字，屬內地代號，並非中央結算系統代號。",
        ),
        Text(
            "Look up the five-digit CCASS code of the share (7xxxx or 9xxxx).",
            "請查閱該股份的五位中央結算系統代號（7xxxx 或 9xxxx）。",
        ),
    ),
    "stock-code-form": Problem(
        Text("{value} is not a stock code.", "{value} 並非股份代號。"),
        Text(
            "A stock code has one to five digits, such as 700 or 00700.",
            "股份代號為一至五位數字，例如 700 或 00700。",
        ),
    ),
}
_WRITTEN = (
    r"(?i)^(?:(?:hk|sehk|hkex)[.: ]?)?0*([0-9]{1,5})(?:[. ]?hk(?: equity)?| equity)?$"
)


def plain(shape: Shape) -> str:
    """Return the regular expression of canonical text."""
    return rf"^[0-9]{{{shape.length or 5}}}$"


def read(text: pl.Expr, kind: pl.Expr, shape: Shape) -> Reading:
    """Read codes with or without leading zeros and with the suffixes desks use."""
    tidy_text = tidy(text)
    digits = tidy_text.str.extract(_WRITTEN, 1)
    six = tidy_text.str.contains(r"^[1-9][0-9]{5}$")
    problem = first_of(
        kind_problem(kind, TEXT_OR_NUMBER),
        pl.when(six).then(pl.lit("stock-code-six")),
        pl.when(tidy_text.is_not_null() & digits.is_null()).then(
            pl.lit("stock-code-form")
        ),
        pl.when(digits.str.contains("^0*$")).then(pl.lit("stock-code-form")),
    )
    value = pl.when(problem.is_null()).then(digits.str.zfill(shape.length or 5))
    restored = pl.when(digits.str.len_chars() < (shape.length or 5)).then(
        pl.lit("zeros-restored")
    )
    return Reading(value, problem, first_of(tidied(text), restored))


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Codes stay text."""
    return value


def dtype(_shape: Shape) -> pl.DataType:
    """Return text."""
    return pl.String()
