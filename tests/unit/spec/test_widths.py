"""Widths in bytes: what an encoder writes, counted without asking it each time."""

from __future__ import annotations

import polars as pl
import pytest

from rapupload.spec.widths import DAMAGED, narrow, widen

CODES = [*range(0x20, 0xD800), *range(0xE000, 0xFDD0), *range(0xFDF0, 0xFFFE)]
TEXTS = [
    *map(chr, [*CODES, *range(0x10000, 0x30000)]),
    "陳大文 CHAN",
    "\xca\u0304陳",
    "\xea\u030c",
]


def width_in(text: str, encoding: str) -> int | None:
    """Return the bytes the encoder writes; None where it cannot."""
    try:
        return len(text.encode(encoding))
    except UnicodeEncodeError:
        return None


@pytest.mark.parametrize("encoding", ["ascii", "utf-8", "big5hkscs", "gb18030"])
def test_a_widened_text_is_as_long_as_its_bytes(encoding):
    """Whatever the encoder can write is counted as it writes it, and comes back."""
    known = {t: width_in(t, encoding) for t in TEXTS}
    texts = [text for text, width in known.items() if width is not None]
    wide = pl.DataFrame({"text": texts}).select(widen(pl.col("text"), encoding))
    widths = wide["text"].str.len_chars().to_list()
    assert widths == [known[text] for text in texts]
    assert wide.select(narrow(pl.col("text")))["text"].to_list() == texts


def test_a_field_that_begins_inside_a_character_is_damaged():
    """The rest of a character is shown, not swallowed."""
    wide = pl.DataFrame({"text": ["陳大"]}).select(widen(pl.col("text"), "big5hkscs"))
    rest = wide.select(pl.col("text").str.slice(1, 3)).select(narrow(pl.col("text")))
    assert rest["text"].to_list() == [f"{DAMAGED}大"]
