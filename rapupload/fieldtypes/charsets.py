"""Which characters an encoding of batch files writes, and in how many bytes.

Source: the encoders of Python's standard library, asked rather than restated.
"""

from __future__ import annotations

from functools import cache

_SECOND = (*range(0x30, 0x7F), *range(0x80, 0xFF))


@cache
def double_bytes(encoding: str) -> str:
    """Return the inside of a character class: what takes two bytes, some 20,000 signs.

    >>> import polars as pl
    >>> signs = pl.Series(["陳", "陈", "A"])
    >>> signs.str.contains(f"[{double_bytes('big5hkscs')}]").to_list()
    [True, False, False]
    """
    pairs = (bytes((lead, trail)) for lead in range(0x81, 0xFF) for trail in _SECOND)
    texts = {pair.decode(encoding, errors="ignore") for pair in pairs}
    codes = sorted(ord(text) for text in texts if len(text) == 1 and not text.isascii())
    runs: list[list[int]] = []
    for code in codes:
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return "".join(rf"\x{{{low:x}}}-\x{{{high:x}}}" for low, high in runs)
