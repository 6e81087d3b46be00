"""Free text: remarks, names, carried columns.

What stands inside is kept, blanks included; only the ends are trimmed and, where the
file takes ASCII alone, full-width signs are folded. In Chinese text they are legitimate
and stay. ``big5hkscs`` is approximated by ranges that hold at least every character of
that set: the encoder is the last judge.
Source: remarks X(40) (public ATI layout); the ``reference`` set is SWIFT's, character
set x without line breaks; the rest is assumed.

>>> from rapupload.fieldtypes.registry import validate
>>> validate("text", " LOAN RETURN （ａ）")
'LOAN RETURN (a)'
>>> validate("text", "歸還借貨（一）", shape=Shape(characters="big5hkscs"))
'歸還借貨（一）'
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from rapupload.fieldtypes.reading import (
    BREAKS,
    NOTHING,
    TEXT,
    TEXT_OR_NUMBER,
    TIDY,
    VALUE,
    Problem,
    Reading,
    Shape,
    Steps,
    cell_problem,
    first_of,
    narrow,
    tidied,
    trim,
    when,
)
from rapupload.model import Text

NAME = "text"
PLAIN_KINDS = TEXT_OR_NUMBER
PROBLEMS: Mapping[str, Problem] = {
    "text-charset": Problem(
        Text(
            "{value} has a character that cannot be sent in this field.",
            "{value} 內有此欄不可使用的字元。",
        ),
        Text(
            "Use only the characters the column's description names, as a rule plain "
            "letters, digits and signs.",
            "請只用該欄說明所列的字元，一般為英文字母、數字及符號。",
        ),
    ),
    "text-line-break": Problem(
        Text(
            "{value} has a line break or a tab inside.",
            "{value} 內有換行或定位字元。",
        ),
        Text("Write the text in one line.", "請將文字寫成一行。"),
    ),
    "text-long": Problem(
        Text(
            "{value} is longer than {length} characters.",
            "{value} 超過 {length} 個字元。",
        ),
        Text("Shorten the text; nothing is cut off.", "請縮短文字；本程式不會截短。"),
    ),
}
ASCII = " -~"
REFERENCE = r"A-Za-z0-9/\-?:().,'+ "
_LONGEST_PATTERN = 200

_INSIDE = {
    "ascii": f"[{ASCII}]",
    "reference": f"[{REFERENCE}]",
    "big5hkscs": (
        r"[ -~\x{a2}-\x{ff}\x{100}-\x{1ff}\x{250}-\x{2af}\x{2c6}-\x{2d9}\x{370}-\x{451}"
        r"\x{1e00}-\x{1eff}\x{2010}-\x{2027}\x{2030}-\x{266f}\x{2700}-\x{27bf}"
        r"\x{2e80}-\x{2fdf}\x{3000}-\x{33ff}\x{3400}-\x{9fff}\x{e000}-\x{faff}"
        r"\x{fe30}-\x{fe6f}\x{ff01}-\x{ffee}\x{20000}-\x{2fa1f}]"
    ),
    "any": r"[^\p{Cc}\x{2028}\x{2029}]",
}
_PLAIN_ENDS = {  # no blank; and # goes the long way, since #N/A is an error shown
    "ascii": '[!"$-~]',
    "reference": r"[A-Za-z0-9/\-?:().,'+]",
    "big5hkscs": r'[!"$-~\x{4e00}-\x{9fff}\x{ff01}-\x{ff5e}]',
    "any": r'[!"$-~\x{4e00}-\x{9fff}\x{ff01}-\x{ff5e}]',
}


def plain(shape: Shape) -> str:
    """Return the regular expression of text that fits and has no blank at its ends."""
    end, inside = _PLAIN_ENDS[shape.characters], _INSIDE[shape.characters]
    if shape.length is None:
        return f"^{end}(?:{inside}*{end})?$"
    if shape.length > _LONGEST_PATTERN:
        return NOTHING
    more = f"(?:{inside}{{0,{shape.length - 2}}}{end})?" if shape.length > 1 else ""
    return f"^{end}{more}$"


def read(text: pl.Expr, kind: pl.Expr, shape: Shape) -> Reading:
    """Read text as it is, trimmed, and folded where only plain signs can be sent."""
    return read_text(text, kind, shape, cell_problem(TEXT_OR_NUMBER))


def read_text(
    text: pl.Expr, kind: pl.Expr, shape: Shape, *problems: pl.Expr
) -> Reading:
    """Read text that may have further problems, which win over those of its characters."""
    is_plain_only = shape.characters in {"ascii", "reference"}
    odd = ~VALUE.str.contains(f"^{_INSIDE[shape.characters]}*$")
    problem = first_of(
        *problems,
        when(TIDY.str.contains(f"[{BREAKS}]"), "text-line-break"),
        when(odd, "text-charset"),
    )
    if shape.length is not None:
        too_long = VALUE.str.len_chars() > shape.length
        problem = first_of(problem, when(too_long, "text-long"))
    return (
        Steps.begin(text, kind, trim(TEXT))
        .then(value=narrow(TIDY) if is_plain_only else TIDY)
        .settle(problem=problem, otherwise="text-charset", cleaned=tidied(VALUE))
    )


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Return the text as it is."""
    return value


def dtype(_shape: Shape) -> pl.DataType:
    """Return text."""
    return pl.String()
