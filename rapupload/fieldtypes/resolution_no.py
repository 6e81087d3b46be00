"""Number of a resolution, as the agenda prints it: 1, 2(a), 3A, 5.10, S1.

It looks like a number and is none: a spreadsheet turns 5.10 into 5.1, 2-1 into a date
and (2) into -2. Only whole numbers above zero are safe in cells of kind number.
Source: assumed, from agendas of Hong Kong companies and the damage seen in sheets.

>>> from rapupload.fieldtypes.registry import validate
>>> [validate("resolution-no", text) for text in ("1", "2(a)", " 5.10 ", "３Ａ")]
['1', '2(a)', '5.10', '3A']
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from rapupload.fieldtypes.reading import (
    KIND,
    TEXT,
    TEXT_ONLY,
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
from rapupload.fieldtypes.text import ASCII, name_characters
from rapupload.fieldtypes.text import PROBLEMS as TEXT_PROBLEMS
from rapupload.model import Text
from rapupload.table import CellKind

NAME = "resolution-no"
PLAIN_KINDS = TEXT_ONLY
PROBLEMS: Mapping[str, Problem] = {
    "text-charset": TEXT_PROBLEMS["text-charset"],
    "text-long": TEXT_PROBLEMS["text-long"],
    "vt-resolution-mangled": Problem(
        Text(
            "Excel has changed the number of the resolution; it now reads {value}.",
            "Excel 已改動決議案編號，現為 {value}。",
        ),
        Text(
            "Format the column as text and type the number as the agenda has it, such "
            "as 5.10 or 2(a).",
            "請將該欄設為文字格式，並按議程輸入編號，例如 5.10 或 2(a)。",
        ),
    ),
}
_DAMAGED = [
    kind.value
    for kind in (
        CellKind.NUMBER_LONG,
        CellKind.NUMBER_SCIENTIFIC,
        CellKind.NUMBER_PERCENT,
        CellKind.DATE,
        CellKind.DATETIME,
        CellKind.TIME,
    )
]
_LOOKED_INTO = frozenset(CellKind) - {
    CellKind.BOOLEAN,
    CellKind.ERROR,
    CellKind.FORMULA,
}
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_TRACES = (  # in a CSV file, what a spreadsheet showed in place of (2), 2-1, 2/1/2027
    rf"(?i)^-[0-9]|^[0-9]{{1,2}}-{_MONTH}(?:-[0-9]+)?$|^{_MONTH}-[0-9]{{1,2}}$"
    r"|^[0-9]{1,2}月[0-9]{1,2}[日號号]$|^[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}[日號号]$"
    r"|^[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}$|^[0-9]{1,2}[-/][0-9]{1,2}[-/][0-9]{4}$"
)


def plain(shape: Shape) -> str:
    """Return the regular expression of letters, digits, points and brackets."""
    return f"^[A-Za-z0-9().]{{1,{shape.length or ''}}}$"


def read(text: pl.Expr, kind: pl.Expr, shape: Shape) -> Reading:
    """Read numbers as they are typed, and find those that a spreadsheet changed."""
    is_number = KIND.eq(CellKind.NUMBER.value)
    mangled = (
        KIND.is_in(_DAMAGED)
        | (is_number & ~TIDY.str.contains("^[1-9][0-9]*$"))
        | TIDY.str.contains(_TRACES)
    )
    problem = first_of(
        cell_problem(_LOOKED_INTO),
        when(mangled, "vt-resolution-mangled"),
        when(~TIDY.str.contains(f"^[{ASCII}]+$"), "text-charset"),
    )
    if shape.length is not None:
        too_long = TIDY.str.len_chars() > shape.length
        problem = first_of(problem, when(too_long, "text-long"))
    return (
        Steps.begin(text, kind, tidy(TEXT))
        .then(value=TIDY)
        .settle(problem=problem, otherwise="text-charset", cleaned=tidied(TIDY))
    )


def odd_characters(text: pl.Expr, _shape: Shape) -> pl.Expr:
    """Return the characters that cannot be sent."""
    return name_characters(tidy(text).str.extract_all(f"[^{ASCII}]"))


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Return the numbers as they are: they stay text."""
    return value


def dtype(_shape: Shape) -> pl.DataType:
    """Return text."""
    return pl.String()
