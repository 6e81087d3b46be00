r"""Digests of bulk rows: what an event holds instead of the rows themselves.

Rows are taken in the order of their lines, 1,000 at a time, and written as PostgreSQL's
COPY writes text: columns separated by a tab, each row ended by a line feed, NULL as
``\N``, a backslash, tab, line feed or carriage return inside a value as ``\\``,
``\t``, ``\n``, ``\r``, all in UTF-8; a fingerprint stands in hex. SHA-256 of that is
the digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import polars as pl

from rapupload.errors import UsageError

ROWS_PER_DIGEST = 1_000
FINGERPRINT_BYTES = 16

ROW_TYPES: Mapping[str, Any] = {
    "line": pl.UInt32,
    "sheet": pl.String,
    "row": pl.UInt32,
    "also": pl.String,
    "reference": pl.String,
    "fingerprint": pl.Binary,
}
OUTCOME_TYPES: Mapping[str, Any] = {
    "line": pl.UInt32,
    "outcome": pl.String,
    "reason_code": pl.String,
    "reason": pl.String,
    "ccass_reference": pl.String,
}
MATCHING_TYPES: Mapping[str, Any] = {
    "line": pl.UInt32,
    "matching": pl.String,
    "matching_reason": pl.String,
}


def sha256(content: bytes | memoryview) -> str:
    """Return the SHA-256 of the bytes, in hex."""
    return hashlib.sha256(content).hexdigest()


def arrange(frame: pl.DataFrame, types: Mapping[str, Any]) -> pl.DataFrame:
    """Return the named columns with their types, in the order of the lines.

    Raises:
        UsageError: A line number is missing or occurs twice.
    """
    columns = [
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in types.items()
    ]
    arranged = frame.select(columns).sort("line")
    if arranged["line"].null_count() or arranged["line"].n_unique() < arranged.height:
        raise UsageError("A line number is missing or given twice; nothing was kept.")
    return arranged


def _column_text(name: str, kind: Any) -> pl.Expr:
    column = pl.col(name)
    if kind == pl.Binary:
        text = column.bin.encode("hex")
    elif kind == pl.String:
        text = column.str.replace_many(
            ["\\", "\t", "\n", "\r"], ["\\\\", "\\t", "\\n", "\\r"]
        )
    else:
        text = column.cast(pl.String)
    return text.fill_null("\\N")


def write_rows(frame: pl.DataFrame) -> list[str]:
    r"""Return the canonical text of each row, without the line feed.

    >>> write_rows(pl.DataFrame({"line": [1], "sheet": ["a\tb"], "also": [None]},
    ...     schema={"line": pl.UInt32, "sheet": pl.String, "also": pl.String}))
    ['1\ta\\tb\t\\N']
    """
    texts = [_column_text(name, kind) for name, kind in frame.schema.items()]
    return frame.select(pl.concat_str(texts, separator="\t")).to_series().to_list()


def digest_rows(frame: pl.DataFrame) -> list[str]:
    """Return one digest per 1,000 rows of an arranged frame."""
    rows = write_rows(frame)
    return [
        sha256(("\n".join(rows[start : start + ROWS_PER_DIGEST]) + "\n").encode())
        for start in range(0, len(rows), ROWS_PER_DIGEST)
    ]
