"""Name of a person as on the document, in Latin capitals.

Small letters become capitals, a curved apostrophe a straight one, a long hyphen a short
one, and several blanks one. Chinese belongs in a column of its own; an accent is asked
about, since the document has a spelling without.
Source: letters, blank, hyphen, apostrophe and comma in names (ICAO Doc 9303-3, machine
readable travel documents); that HKSCC Nominees takes the same is assumed.

>>> from rapupload.fieldtypes.registry import validate
>>> [validate("name", text) for text in ("Chan Tai Man", "O’BRIEN, Anne-Marie")]
['CHAN TAI MAN', "O'BRIEN, ANNE-MARIE"]
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
from rapupload.fieldtypes.text import LOST, LOST_CHARACTERS, name_characters
from rapupload.model import Text

NAME = "name"
PLAIN_KINDS = TEXT_ONLY
_ALLOWED = "A-Z ,'-"
PROBLEMS: Mapping[str, Problem] = {
    **LOST_CHARACTERS,
    "name-characters": Problem(
        Text(
            "{value} has {characters}, which a name in Latin letters cannot have.",
            "{value} 內的 {characters} 不可用於英文姓名。",
        ),
        Text(
            "Write the name as the document prints it in Latin letters, with blanks, "
            "comma, hyphen and apostrophe only; a Chinese name has its own column.",
            "請按證件上的英文姓名填寫，只可用英文字母、空格、逗號、連字號及撇號；中文"
            "姓名另填於所屬欄。",
        ),
    ),
    "name-form": Problem(
        Text("{value} is not a name.", "{value} 並非姓名。"),
        Text(
            "Write the name as the document prints it, surname first, such as "
            "CHAN TAI MAN.",
            "請按證件填寫姓名，姓氏在前，例如 CHAN TAI MAN。",
        ),
    ),
    "name-long": Problem(
        Text(
            "{value} is longer than {length} characters.",
            "{value} 超過 {length} 個字元。",
        ),
        Text(
            "Ask how the name is to be shortened; nothing is cut off.",
            "請查詢應如何縮短姓名；本程式不會截短。",
        ),
    ),
}
_SIGNS = {
    "\u2018": "'",
    "\u2019": "'",
    "\u02bc": "'",
    "\u2010": "-",
    "\u2011": "-",
    "\u2013": "-",
    "`": "'",
}
_WELL_FORMED = "^[A-Z](?:[A-Z ,'-]*[A-Z'])?$"
_WITHOUT_PICTURE = 60
_WORDS = 3  # most names; longer ones go the long way


def plain(shape: Shape) -> str:
    """Return the regular expression of up to three words that fit together."""
    each = ((shape.length or _WITHOUT_PICTURE) - (_WORDS - 1)) // _WORDS
    if each < 1:
        return NOTHING
    return f"^[A-Z]{{1,{each}}}(?: [A-Z]{{1,{each}}}){{0,{_WORDS - 1}}}$"


def read(text: pl.Expr, kind: pl.Expr, shape: Shape) -> Reading:
    """Read names in small letters or capitals."""
    problem = first_of(
        cell_problem(TEXT_ONLY),
        when(VALUE.str.contains(LOST), "text-lost-characters"),
        when(VALUE.str.contains(f"[^{_ALLOWED}]"), "name-characters"),
        when(~VALUE.str.contains(_WELL_FORMED), "name-form"),
    )
    if shape.length is not None:
        too_long = VALUE.str.len_bytes() > shape.length
        problem = first_of(problem, when(too_long, "name-long"))
    return (
        Steps.begin(text, kind, tidy(TEXT))
        .then(value=_capitals(TIDY))
        .settle(
            problem=problem,
            otherwise="name-form",
            cleaned=first_of(when(VALUE != TIDY, "name-capitals"), tidied(TIDY)),
        )
    )


def _capitals(text: pl.Expr) -> pl.Expr:
    signs = text.str.replace_many(list(_SIGNS), list(_SIGNS.values()))
    return signs.str.to_uppercase().str.replace_all(" {2,}", " ")


def odd_characters(text: pl.Expr, _shape: Shape) -> pl.Expr:
    """Return the characters that no name in Latin letters has."""
    return name_characters(_capitals(tidy(text)).str.extract_all(f"[^{_ALLOWED}]"))


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Return the names as they are: they stay text."""
    return value


def dtype(_shape: Shape) -> pl.DataType:
    """Return text."""
    return pl.String()
