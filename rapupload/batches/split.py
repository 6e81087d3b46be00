"""Instructions -> batches: in sheet order, urgent rows first, at most so many each."""

from __future__ import annotations

import polars as pl

from rapupload.spec.format import BatchSpec


def split(instructions: pl.DataFrame, spec: BatchSpec) -> list[pl.DataFrame]:
    """Cut the instructions into the frames of the batches to come.

    Rows with a priority (1 first) go before rows without; within a priority the order of
    the sheet is kept, since order can matter.
    """
    if "priority" in instructions.columns and instructions["priority"].count():
        order = pl.col("priority").cast(pl.Int32, strict=False)
        instructions = instructions.sort(order, nulls_last=True, maintain_order=True)
    size = spec.batch_file.max_records // (1 + len(spec.detail_record))
    return [part for part in instructions.iter_slices(size) if part.height]
