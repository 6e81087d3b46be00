"""E-mail address, one per cell, kept in capitals or small letters as given.

Source: RFC 5321, the part without quotes; letters outside ASCII (RFC 6531) are asked
about, since the file takes plain characters (assumed).

>>> from rapupload.fieldtypes.registry import validate
>>> [validate("email", text) for text in (" chan@example.com", "mailto:a.b@example.hk")]
['chan@example.com', 'a.b@example.hk']
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from rapupload.fieldtypes.reading import (
    NOTHING,
    TEXT,
    TEXT_ONLY,
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

NAME = "email"
PLAIN_KINDS = TEXT_ONLY
PROBLEMS: Mapping[str, Problem] = {
    "email-form": Problem(
        Text("{value} is not an e-mail address.", "{value} 並非電郵地址。"),
        Text(
            "Write the address alone, in plain letters and without blanks, such as "
            "chan@example.com.",
            "請只填地址，使用英文字母及不留空格，例如 chan@example.com。",
        ),
    ),
    "email-several": Problem(
        Text("{value} has several e-mail addresses.", "{value} 有多於一個電郵地址。"),
        Text("Write one address per row.", "每行只可填一個地址。"),
    ),
    "email-long": Problem(
        Text(
            "{value} is longer than {length} characters.",
            "{value} 超過 {length} 個字元。",
        ),
        Text(
            "Give a shorter address; nothing is cut off.",
            "請提供較短的地址；本程式不會截短。",
        ),
    ),
}
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_WRITTEN = rf"^(?:(?i:mailto):)?({_LOCAL}@(?:{_LABEL}\.)+[A-Za-z]{{2,63}})$"
_SEVERAL = "@[^@]*[ ,;/&、；][^@]*@"
"""A second sign ``@`` behind something that parts addresses; ``chan@@x`` is a slip."""


def plain(_shape: Shape) -> str:
    """Return an expression that matches nothing: addresses are few."""
    return NOTHING


def read(text: pl.Expr, kind: pl.Expr, shape: Shape) -> Reading:
    """Read addresses, without what a link puts before them."""
    problem = first_of(
        cell_problem(TEXT_ONLY),
        when(TIDY.str.contains(_SEVERAL), "email-several"),
    )
    if shape.length is not None:
        too_long = VALUE.str.len_bytes() > shape.length
        problem = first_of(problem, when(too_long, "email-long"))
    return (
        Steps.begin(text, kind, tidy(TEXT))
        .then(value=TIDY.str.extract(_WRITTEN, 1))
        .settle(
            problem=problem,
            otherwise="email-form",
            cleaned=first_of(when(VALUE != TIDY, "value-understood"), tidied(TIDY)),
        )
    )


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Return the addresses as they are: they stay text."""
    return value


def dtype(_shape: Shape) -> pl.DataType:
    """Return text."""
    return pl.String()
