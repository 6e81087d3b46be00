"""One of a short list of codes, under any of the spellings that the spec allows.

The spec says which spellings there are; two texts are the same spelling when
``fold_code`` makes them equal. What is not on the list is asked about, never guessed.
Authority: the code lists are ours until HKEX's document gives its own (assumed).

>>> from rapupload.fieldtypes.registry import validate
>>> shape = Shape(codes=fold_codes({"BC": "BC", "Broker-agent": "BC", "質押": "PL"}))
>>> [validate("code", text, shape=shape) for text in ("bc", "Broker - Agent", "質押")]
['BC', 'BC', 'PL']
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from rapupload.fieldtypes.reading import (
    BLANKS,
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
    tidied,
    tidy,
    when,
)
from rapupload.model import Text

NAME = "code"
PLAIN_KINDS = TEXT_OR_NUMBER
PROBLEMS: Mapping[str, Problem] = {
    "code-unknown": Problem(
        Text(
            "{value} is none of {codes}.",
            "{value} 並非 {codes} 其中之一。",
        ),
        Text(
            "Write one of the codes; the help sheet of the template says what each "
            "means. Words of your own are kept in a mapping: rapupload map FILE.",
            "請填寫其中一個代碼，其意思見範本的說明頁。自用的寫法可存於對照檔："
            "rapupload map FILE。",
        ),
    ),
}


def folded(text: pl.Expr) -> pl.Expr:
    """Fold width, compatibility forms, case and blanks.

    Here Unicode's NFKC is right: the list is closed, so nothing new can come of it.
    """
    small = text.str.normalize("NFKC").str.to_lowercase()
    return small.str.replace_many(list(BLANKS), [""])


def fold_code(text: str) -> str:
    """Return the folded spelling, made by the very expression that reads cells.

    >>> fold_code("Broker － Custodian")
    'broker-custodian'
    """
    (spelling,) = _fold([text])
    return spelling


def fold_codes(spellings: Mapping[str, str]) -> dict[str, str]:
    """Return what ``Shape.codes`` wants: folded spelling -> code.

    Raises:
        ValueError: One spelling stands for two codes; the message names it.
    """
    codes: dict[str, str] = {}
    for spelling, code in zip(_fold(spellings), spellings.values(), strict=True):
        if codes.setdefault(spelling, code) != code:
            raise ValueError(
                f"{spelling!r} stands for {codes[spelling]} and for {code}"
            )
    return codes


def _fold(texts: Iterable[str]) -> list[str]:
    frame = pl.DataFrame({"text": list(texts)}, schema={"text": pl.String})
    return frame.select(folded(pl.col("text"))).to_series().to_list()


def plain(shape: Shape) -> str:
    """Return the regular expression of the codes that stand for themselves."""
    codes = sorted(set(shape.codes.values()))
    own = [
        pl.escape_regex(code)
        for code, spelling in zip(codes, _fold(codes), strict=True)
        if shape.codes.get(spelling) == code and code == code.strip()
    ]
    return f"^(?:{'|'.join(own)})$" if own else NOTHING


def read(text: pl.Expr, kind: pl.Expr, shape: Shape) -> Reading:
    """Read codes and their other spellings."""
    return (
        Steps.begin(text, kind, tidy(TEXT))
        .then(folded=folded(TEXT))
        .then(
            value=pl.field("folded").replace_strict(
                list(shape.codes),
                list(shape.codes.values()),
                default=None,
                return_dtype=pl.String,
            )
        )
        .settle(
            problem=cell_problem(TEXT_OR_NUMBER),
            otherwise="code-unknown",
            cleaned=first_of(when(VALUE != TIDY, "value-understood"), tidied(TIDY)),
        )
    )


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Return the codes as they are: they stay text."""
    return value


def dtype(_shape: Shape) -> pl.DataType:
    """Return text."""
    return pl.String()
