"""Width of text in a fixed record: bytes of the file's encoding, not characters.

A filler stands behind each character that takes more than one byte, as many as there
are further bytes; whatever counts, cuts or pads by characters then does it by bytes.
Source: Big5 in fixed records is counted in bytes (that HKEX's files do so: assumed).

>>> frame = pl.DataFrame({"text": ["CHAN", "陳大文"]})
>>> wide = frame.select(widen(pl.col("text"), "big5hkscs"))
>>> wide["text"].str.len_chars().to_list()
[4, 6]
>>> wide.select(narrow(pl.col("text")))["text"].to_list()
['CHAN', '陳大文']
"""

from __future__ import annotations

from functools import cache

import polars as pl

from rapupload.fieldtypes.charsets import double_bytes

FILLER = "\ufdd0"
"""Unicode promises that it never becomes a character."""

DAMAGED = "\ufffd"
"""Stands where a field begins in the middle of a character."""

_PAIRS = ("\xca\u0304", "\xca\u030c", "\xea\u0304", "\xea\u030c")
"""Two characters that HKSCS writes as one sign of two bytes."""


@cache
def _fillers(encoding: str) -> tuple[tuple[str, str], ...]:
    """Return regular expressions of characters, each with what follows them."""
    if encoding == "utf-8":
        return (
            (r"([\x{80}-\x{7ff}])", FILLER),
            (r"([\x{800}-\x{fdcf}\x{fdd1}-\x{ffff}])", FILLER * 2),
            (r"([\x{10000}-\x{10ffff}])", FILLER * 3),
        )
    if encoding == "gb18030":
        two = double_bytes(encoding)
        four = rf"[^\x00-\x7f\x{{fdd0}}{two}]"
        return ((f"([{two}])", FILLER), (f"({four})", FILLER * 3))
    return ((r"([^\x00-\x7f])", FILLER),)


def widen(text: pl.Expr, encoding: str) -> pl.Expr:
    """Put fillers behind characters of several bytes."""
    if encoding == "ascii":
        return text
    for signs, filler in _fillers(encoding):
        text = text.str.replace_all(signs, f"${{1}}{filler}")
    if encoding == "big5hkscs":
        apart = ["".join(sign + FILLER for sign in pair) for pair in _PAIRS]
        text = text.str.replace_many(apart, list(_PAIRS))
    return text


def narrow(text: pl.Expr) -> pl.Expr:
    """Take the fillers out; one in front is the rest of a character that was cut."""
    cut = text.str.replace(f"^{FILLER}+", DAMAGED)
    return cut.str.replace_all(FILLER, "", literal=True)
