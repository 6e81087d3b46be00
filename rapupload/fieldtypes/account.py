"""Stock account of CCASS, or an account in a custodian's own form: letters and digits.

Nothing is added and nothing is turned to capitals: ``1`` typed as a number stays ``1``,
and the rules decide with the account directory whether ``01`` is meant. A blank inside
is asked about, since two accounts may stand in one cell.
Source: X(8), shorter numbers right-justified in files (public ATI layout); that only
letters and digits occur is assumed.

>>> from rapupload.fieldtypes.registry import validate
>>> [validate("account", text) for text in ("01", " 00012345 ", "０２")]
['01', '00012345', '02']
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from rapupload.fieldtypes.reading import (
    TEXT,
    TEXT_OR_NUMBER,
    TIDY,
    VALUE,
    Problem,
    Reading,
    Shape,
    Steps,
    cell_problem,
    exponent_shown,
    first_of,
    tidied,
    tidy,
    when,
)
from rapupload.model import Text

NAME = "account"
PLAIN_KINDS = TEXT_OR_NUMBER
PROBLEMS: Mapping[str, Problem] = {
    "account-form": Problem(
        Text("{value} is not an account number.", "{value} 並非戶口號碼。"),
        Text(
            "Write one account per cell, with letters and digits only, such as 01 or "
            "00012345.",
            "每格只填一個戶口，只可用英文字母及數字，例如 01 或 00012345。",
        ),
    ),
    "account-long": Problem(
        Text(
            "{value} is longer than an account may be ({length} characters).",
            "{value} 超過戶口號碼的長度（{length} 個字元）。",
        ),
        Text(
            "Check that it is the CCASS stock account and not a number of the back "
            "office.",
            "請確認是中央結算系統股份戶口，而非內部系統號碼。",
        ),
    ),
}


def plain(shape: Shape) -> str:
    """Return the regular expression of letters and digits that fit."""
    return f"^[A-Za-z0-9]{{1,{shape.length or ''}}}$"


def read(text: pl.Expr, kind: pl.Expr, shape: Shape) -> Reading:
    """Read accounts as they are given, without the blanks around them."""
    problem = first_of(cell_problem(TEXT_OR_NUMBER), exponent_shown())
    if shape.length is not None:
        too_long = VALUE.str.len_bytes() > shape.length
        problem = first_of(problem, when(too_long, "account-long"))
    return (
        Steps.begin(text, kind, tidy(TEXT))
        .then(value=pl.when(TIDY.str.contains("^[A-Za-z0-9]+$")).then(TIDY))
        .settle(problem=problem, otherwise="account-form", cleaned=tidied(TIDY))
    )


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Return the accounts as they are: they stay text."""
    return value


def dtype(_shape: Shape) -> pl.DataType:
    """Return text."""
    return pl.String()
