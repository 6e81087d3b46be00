"""Clean table x spec -> batch files, and back again; pure, no I/O, no clock.

``split`` cuts the instructions into batches, ``render`` writes one batch as the bytes
of its file, ``decode`` reads such bytes back, ``examine`` reads any batch file as far as
it goes and says what is wrong with it, ``first_difference`` compares the bytes of two
files, ``fingerprints`` tells one instruction from another without showing it.
"""

from __future__ import annotations

from rapupload.batches.compare import Difference, first_difference
from rapupload.batches.decode import Decoded, decode, file_values
from rapupload.batches.examine import Examined, examine
from rapupload.batches.faults import FAULTS, MASK, Fault, Faults, visible
from rapupload.batches.fingerprint import fingerprints
from rapupload.batches.judging import Total
from rapupload.batches.lines import opens_as
from rapupload.batches.pairing import By, Pairs, changed_fields, pair
from rapupload.batches.render import (
    BatchFile,
    FileValues,
    Overflow,
    file_name,
    file_reference,
    folder,
    render,
)
from rapupload.batches.split import split
from rapupload.batches.sums import ColumnTotal, plain_values, sum_columns
from rapupload.batches.unpacking import LARGEST

__all__ = [
    "FAULTS",
    "LARGEST",
    "MASK",
    "BatchFile",
    "By",
    "ColumnTotal",
    "Decoded",
    "Difference",
    "Examined",
    "Fault",
    "Faults",
    "FileValues",
    "Overflow",
    "Pairs",
    "Total",
    "changed_fields",
    "decode",
    "examine",
    "file_name",
    "file_reference",
    "file_values",
    "fingerprints",
    "first_difference",
    "folder",
    "opens_as",
    "pair",
    "plain_values",
    "render",
    "split",
    "sum_columns",
    "visible",
]
