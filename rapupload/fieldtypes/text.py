"""Free text: remarks, names, carried columns.

What stands inside is kept, blanks included; only the ends are trimmed and, where the
file takes ASCII alone, full-width signs are folded. In Chinese text they are legitimate
and stay. ``big5hkscs`` is that set exactly, two bytes a character outside ASCII, and a
length counts bytes there. A carried column never enters the file and takes any cell.
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
from functools import cache

import polars as pl

from rapupload.fieldtypes.charsets import double_bytes
from rapupload.fieldtypes.reading import (
    BLANKS,
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
from rapupload.table import CellKind

NAME = "text"
PLAIN_KINDS = TEXT_OR_NUMBER
LOST_CHARACTERS: Mapping[str, Problem] = {
    "text-lost-characters": Problem(
        Text(
            "Characters of {value} were lost when this file was saved.",
            "{value} 的部分字元在儲存檔案時已遺失。",
        ),
        Text(
            "Save the sheet as UTF-8 or as .xlsx, from the file that still has the "
            "characters, and check again.",
            "請由仍有原字元的檔案另存為 UTF-8 或 .xlsx 後再檢查。",
        ),
    ),
}
LOST = r"\x{fffd}|\?{3}"
"""What a program leaves in place of characters that its encoding does not have.

Two question marks are seen in remarks; three in a row are taken for lost (assumed).
"""

PROBLEMS: Mapping[str, Problem] = {
    **LOST_CHARACTERS,
    "text-charset": Problem(
        Text(
            "{value} has {characters}, which cannot be sent in this field.",
            "{value} 內的 {characters} 不可在此欄使用。",
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
    "text-bytes": Problem(
        Text(
            "{value} takes more than the {length} bytes of the field.",
            "{value} 超過欄位的 {length} 個位元組。",
        ),
        Text(
            "A Chinese character takes two bytes. Shorten the text; nothing is cut off.",
            "每個中文字佔兩個位元組，請縮短文字；本程式不會截短。",
        ),
    ),
}
ASCII = " -~"
REFERENCE = r"A-Za-z0-9/\-?:().,'+ "
_LONGEST_PATTERN = 200
_QUOTED = 5  # of the characters that cannot be sent

_INSIDE = {
    "ascii": ASCII,
    "reference": REFERENCE,
    "any": r"^\p{Cc}\x{2028}\x{2029}",
}
_PLAIN_ASCII = " ->@-~"
_PLAIN_INSIDE = {  # a question mark goes the long way; and the whole of Big5 is long
    "ascii": _PLAIN_ASCII,
    "reference": r"A-Za-z0-9/\-:().,'+ ",
    "big5hkscs": _PLAIN_ASCII,
    "any": _INSIDE["any"] + r"?\x{fffd}",
}
_PLAIN_ENDS = {  # no blank; and # goes the long way, since #N/A is an error shown
    "ascii": '!"$->@-~',
    "reference": r"A-Za-z0-9/\-:().,'+",
    "big5hkscs": '!"$->@-~',
    "any": r'!"$->@-~\x{4e00}-\x{9fff}\x{ff01}-\x{ff5e}',
}
_INVISIBLE = sorted({*map(chr, (*range(0x20), *range(0x7F, 0xA0))), *BLANKS} - {" "})
_SHOWN = frozenset(CellKind) - {CellKind.ERROR, CellKind.FORMULA}
_NOT_ASCII = r"[^\x00-\x7f]"


def plain(shape: Shape) -> str:
    """Return the regular expression of text that fits and has no blank at its ends."""
    if shape.carried:
        return rf"^[{_PLAIN_ENDS['any']}][^?\x{{fffd}}]*$"
    end, inside = (of[shape.characters] for of in (_PLAIN_ENDS, _PLAIN_INSIDE))
    if shape.length is None:
        return f"^[{end}](?:[{inside}]*[{end}])?$"
    if shape.length > _LONGEST_PATTERN:
        return NOTHING
    last = f"(?:[{inside}]{{0,{shape.length - 2}}}[{end}])?"
    return f"^[{end}]{last if shape.length > 1 else ''}$"


def read(text: pl.Expr, kind: pl.Expr, shape: Shape) -> Reading:
    """Read text as it is, trimmed, and folded where only plain signs can be sent."""
    if shape.carried:
        return _read_carried(text, kind)
    return read_text(text, kind, shape, cell_problem(TEXT_OR_NUMBER))


def read_text(
    text: pl.Expr, kind: pl.Expr, shape: Shape, *problems: pl.Expr
) -> Reading:
    """Read text that may have further problems, which win over those of its characters."""
    odd = VALUE.str.contains(_others(shape.characters))
    problem = first_of(
        *problems,
        when(TIDY.str.contains(LOST), "text-lost-characters"),
        when(TIDY.str.contains(f"[{BREAKS}]"), "text-line-break"),
        when(odd, "text-charset"),
        *_too_long(shape),
    )
    return (
        Steps.begin(text, kind, trim(TEXT))
        .then(value=narrow(TIDY) if _is_narrowed(shape) else TIDY)
        .settle(problem=problem, otherwise="text-charset", cleaned=tidied(VALUE))
    )


def _read_carried(text: pl.Expr, kind: pl.Expr) -> Reading:
    """Take any cell: it comes back beside the outcome and is never sent."""
    broken = first_of(cell_problem(_SHOWN))
    return (
        Steps.begin(text, kind, trim(TEXT))
        .then(value=pl.when(TIDY.is_not_null()).then(TEXT))
        .settle(
            problem=pl.lit(None, dtype=pl.String),
            otherwise="text-charset",
            cleaned=first_of(
                when(broken.is_not_null(), "carried-as-shown"),
                when(TEXT.str.contains(LOST), "carried-characters-lost"),
            ),
        )
    )


def _is_narrowed(shape: Shape) -> bool:
    return shape.characters in {"ascii", "reference"}


def _too_long(shape: Shape) -> list[pl.Expr]:
    """Return the problem of a text that its field cannot hold, none without a length."""
    if shape.length is None:
        return []
    if shape.characters == "big5hkscs":
        size = VALUE.str.len_chars() + VALUE.str.count_matches(_NOT_ASCII)
        return [when(size > shape.length, "text-bytes")]
    return [when(VALUE.str.len_chars() > shape.length, "text-long")]


def odd_characters(text: pl.Expr, shape: Shape) -> pl.Expr:
    """Return the first few characters that cannot be sent, each once, for a message.

    Marks that nobody sees are named by their number.

    >>> cells = pl.DataFrame({"text": ["A備B註備", "a\u200bb"]})
    >>> cells.select(odd_characters(pl.col("text"), Shape()))["text"].to_list()
    ['備 註', 'U+200B']
    """
    clean = narrow(trim(text)) if _is_narrowed(shape) else trim(text)
    return name_characters(clean.str.extract_all(_others(shape.characters)))


def name_characters(found: pl.Expr) -> pl.Expr:
    """Return characters, listed per cell, as a message names them."""
    first = found.list.unique(maintain_order=True).list.head(_QUOTED).list.join(" ")
    return first.str.replace_many(_INVISIBLE, [f"U+{ord(c):04X}" for c in _INVISIBLE])


@cache
def _others(characters: str) -> str:
    """Return the regular expression of one character that cannot be sent."""
    if characters == "big5hkscs":
        return f"[^{ASCII}{double_bytes(characters)}]"
    inside = _INSIDE[characters]
    return f"[{inside[1:] if inside.startswith('^') else f'^{inside}'}]"


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Return the text as it is."""
    return value


def dtype(_shape: Shape) -> pl.DataType:
    """Return text."""
    return pl.String()
