"""Stock code of CCASS: five digits, leading zeros kept in files.

On screen CCASS ignores leading zeros (17 = 00017), so a desk may leave them out. Six
digits are never taken for a padded code: 000001 is a mainland share, 00001 is not.
Source: CCASS Terminal User Guide, report data file layouts, 9(5).

>>> from rapupload.fieldtypes.registry import validate
>>> [validate("stock-code", text) for text in ("700", "0700.HK", "HK.00005", "７００")]
['00700', '00700', '00005', '00700']
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from rapupload.fieldtypes.reading import (
    TEXT,
    TEXT_ONLY,
    TEXT_OR_NUMBER,
    TIDY,
    VALUE,
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
_LENGTH = 5
_DIGITS = pl.field("digits")
_WRITTEN = (
    r"(?i)^(?:(?:hk|sehk|hkex)[.: ]?)?([0-9]{1,5})(?:[. ] *hk(?: +equity)?| +equity)?$"
)
_MAINLAND = r"(?i)^[0-9]{6}(?:[. ]?(?:sh|ss|sz|ch))?$"
_FIRST_NOT_ZERO = [
    f"{'0' * zeros}[1-9]{f'[0-9]{{{_LENGTH - 1 - zeros}}}'}" for zeros in range(_LENGTH)
]


def plain(_shape: Shape) -> str:
    """Return the regular expression of five digits that are not all zero."""
    return f"^(?:{'|'.join(_FIRST_NOT_ZERO)})$"


def read(text: pl.Expr, kind: pl.Expr, _shape: Shape) -> Reading:
    """Read codes with or without leading zeros and with the suffixes desks use."""
    return (
        Steps.begin(text, kind, tidy(TEXT))
        .then(digits=TIDY.str.extract(_WRITTEN, 1))
        .then(
            value=pl.when(_DIGITS.str.contains("[1-9]")).then(
                _DIGITS.str.zfill(_LENGTH)
            )
        )
        .settle(
            problem=first_of(
                cell_problem(TEXT_OR_NUMBER),
                when(TIDY.str.contains(_MAINLAND), "stock-code-six"),
            ),
            otherwise="stock-code-form",
            cleaned=first_of(
                when(_DIGITS.str.len_bytes() < _LENGTH, "zeros-restored"),
                tidied(TIDY),
                when(VALUE != TIDY, "value-understood"),
            ),
        )
    )


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Return the codes as they are: they stay text."""
    return value


def dtype(_shape: Shape) -> pl.DataType:
    """Return text."""
    return pl.String()
