"""Number of an option of a corporate action, filled with zeros: ``001``.

What an option is called (Cash, 以股代息) is not read: the announcement numbers the
options, and its numbers decide.
Source: ISO 15022, field 13A CAON, three characters; that CCASS numbers options with
three digits is assumed.

>>> from rapupload.fieldtypes.registry import validate
>>> [validate("option-no", text) for text in ("1", "Option 2", "選項3", "001")]
['001', '002', '003', '001']
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

NAME = "option-no"
PLAIN_KINDS = TEXT_ONLY
PROBLEMS: Mapping[str, Problem] = {
    "option-no-form": Problem(
        Text("{value} is not the number of an option.", "{value} 並非選項編號。"),
        Text(
            "Write the number that the announcement gives the option, such as 1 or "
            "001; a word such as Cash is not translated, and one row takes one option.",
            "請填公布所列的選項編號，例如 1 或 001；「現金」等字眼不會換算，每行只可"
            "填一個選項。",
        ),
    ),
    "option-no-long": Problem(
        Text(
            "{value} has more digits than the number of an option ({length}).",
            "{value} 的位數超過選項編號的長度（{length}）。",
        ),
        Text(
            "Check that it is the option and not the announcement or a quantity.",
            "請確認是選項編號，而非公布編號或數量。",
        ),
    ),
}
_WITHOUT_PICTURE = 3
_DIGITS = pl.field("digits")
_WRITTEN = (
    r"(?i)^(?:option|opt\.?|no\.?|option no\.?|選項|选项|選擇|选择|方案|第)? ?#?0*"
    r"([1-9][0-9]*) ?(?:項|项)?$"
)


def _length(shape: Shape) -> int:
    return shape.length or _WITHOUT_PICTURE


def plain(shape: Shape) -> str:
    """Return the regular expression of filled digits that are not all zero."""
    length = _length(shape)
    forms = (f"0{{{n}}}[1-9][0-9]{{{length - 1 - n}}}" for n in range(length))
    return f"^(?:{'|'.join(forms)})$"


def read(text: pl.Expr, kind: pl.Expr, shape: Shape) -> Reading:
    """Read numbers with or without zeros in front, and with the word before them."""
    length = _length(shape)
    filled = when(TIDY.str.contains("^[0-9]+$"), "zeros-restored")
    return (
        Steps.begin(text, kind, tidy(TEXT))
        .then(digits=TIDY.str.extract(_WRITTEN, 1))
        .then(value=_DIGITS.str.zfill(length))
        .settle(
            problem=first_of(
                cell_problem(TEXT_OR_NUMBER),
                when(_DIGITS.str.len_bytes() > length, "option-no-long"),
            ),
            otherwise="option-no-form",
            cleaned=first_of(
                pl.when(VALUE != TIDY).then(
                    first_of(filled, pl.lit("value-understood"))
                ),
                tidied(TIDY),
            ),
        )
    )


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Return the numbers as they are: they stay text, zeros and all."""
    return value


def dtype(_shape: Shape) -> pl.DataType:
    """Return text."""
    return pl.String()
