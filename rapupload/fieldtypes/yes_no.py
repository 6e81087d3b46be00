"""Yes or no, written ``Y`` or ``N``.

A blank stays blank (the spec may state a default); a cross or a tick is asked about,
since desks mean either by it.
Authority: Y and N in CCASS reports (CCASS Terminal User Guide, report data file
layouts); the other spellings are desk practice, assumed.

>>> from rapupload.fieldtypes.registry import validate
>>> [validate("yes-no", text) for text in ("Y", "no", "是", "0")]
['Y', 'N', 'Y', 'N']
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from rapupload.fieldtypes.code import fold_codes, folded
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
from rapupload.table import CellKind

NAME = "yes-no"
PLAIN_KINDS = TEXT_ONLY
PROBLEMS: Mapping[str, Problem] = {
    "yes-no-form": Problem(
        Text("{value} is neither yes nor no.", "{value} 既非是亦非否。"),
        Text("Write Y or N.", "請填 Y 或 N。"),
    ),
    "yes-no-mark": Problem(
        Text(
            "{value} is a mark that could mean yes or no.",
            "{value} 這個記號可指是或否。",
        ),
        Text(
            "Write Y or N: some desks cross what they want, others what they do not.",
            "請填 Y 或 N；有人以叉號表示選取，有人表示不選。",
        ),
    ),
}
_SPELLINGS = fold_codes(
    dict.fromkeys(("Y", "Yes", "1", "True", "是"), "Y")
    | dict.fromkeys(("N", "No", "0", "False", "否"), "N")
)
_MARK = "^(?:[xXvV*+○●◯◎□☐-]|[✓✔☑√✗✘✕✖×☒]+\ufe0f?)$"
_ALLOWED = TEXT_OR_NUMBER | {CellKind.BOOLEAN}


def plain(_shape: Shape) -> str:
    """Return the regular expression of the two letters."""
    return "^[YN]$"


def read(text: pl.Expr, kind: pl.Expr, _shape: Shape) -> Reading:
    """Read the usual words of both languages, 1 and 0, and cells of kind yes/no."""
    return (
        Steps.begin(text, kind, tidy(TEXT))
        .then(
            value=folded(TEXT).replace_strict(
                _SPELLINGS, default=None, return_dtype=pl.String
            )
        )
        .settle(
            problem=first_of(
                cell_problem(_ALLOWED),
                when(TIDY.str.contains(_MARK), "yes-no-mark"),
            ),
            otherwise="yes-no-form",
            cleaned=first_of(when(VALUE != TIDY, "value-understood"), tidied(TIDY)),
        )
    )


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Return the letters as they are: rules compare them with 'Y'."""
    return value


def dtype(_shape: Shape) -> pl.DataType:
    """Return text."""
    return pl.String()
