"""Fingerprints: the same instruction twice is recognised without storing it in clear."""

from __future__ import annotations

import hashlib

import polars as pl

from rapupload.spec.format import BatchSpec

SIZE = 16  # bytes
_SEPARATOR = "\x1f"
_BLANK = "\x00"


def fingerprints(
    instructions: pl.DataFrame, spec: BatchSpec, *, participant: str, key: bytes
) -> pl.Series:
    """Return one keyed digest (BLAKE2b, 16 bytes) per instruction.

    The spec names the columns; type and participant are part of it, the spec's version
    is not, so that a new version does not let a duplicate through.
    """
    columns = [name.replace("-", "_") for name in spec.spec.fingerprint]
    present = [name for name in columns if name in instructions.columns]
    prefix = f"{participant}{_SEPARATOR}{spec.id}{_SEPARATOR}{'+'.join(present)}"
    joined = instructions.select(
        text=pl.concat_str(
            [pl.lit(prefix), *(pl.col(name).fill_null(_BLANK) for name in present)],
            separator=_SEPARATOR,
        ).cast(pl.Binary)
    )["text"]
    begin = hashlib.blake2b(key=key, digest_size=SIZE).copy
    found = []
    for text in joined.to_list():  # the one loop over all rows: kept bare
        digest = begin()
        digest.update(text)
        found.append(digest.digest())
    return pl.Series("fingerprint", found, dtype=pl.Binary)
