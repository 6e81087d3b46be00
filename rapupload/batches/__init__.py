"""Clean table x spec -> batch files, and back again; pure, no I/O, no clock.

``split`` cuts the instructions into batches, ``render`` writes one batch as the bytes
of its file, ``decode`` reads such bytes back, ``first_difference`` compares two files,
``fingerprints`` tells one instruction from another without showing it.
"""

from __future__ import annotations

from rapupload.batches.compare import Difference, first_difference
from rapupload.batches.decode import Decoded, decode, file_values
from rapupload.batches.fingerprint import fingerprints
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

__all__ = [
    "BatchFile",
    "Decoded",
    "Difference",
    "FileValues",
    "Overflow",
    "decode",
    "file_name",
    "file_reference",
    "file_values",
    "fingerprints",
    "first_difference",
    "folder",
    "render",
    "split",
]
