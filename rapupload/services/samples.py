"""A sample batch file, read by a spec and written again: the first-day test."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rapupload import batches
from rapupload.errors import SourceError
from rapupload.model import Environment
from rapupload.spec.format import BatchSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What became of the sample.

    Attributes:
        instructions: How many were read.
        difference: Where our bytes leave the sample's; None when identical.
    """

    instructions: int
    difference: batches.Difference | None


def compare_sample(spec: BatchSpec, sample: Path) -> Compared:
    """Read a batch file by a spec, write it again, and compare.

    Raises:
        SourceError: It cannot be read, or is not laid out as the spec says.
        UsageError: What was read cannot be written.
    """
    try:
        content = sample.read_bytes()
    except OSError as error:
        raise SourceError(
            f"{sample} cannot be read: {error.strerror}.", hint="Check the name."
        ) from error
    decoded = batches.decode(content, spec, name=str(sample))
    values = batches.file_values(decoded, spec, Environment.SIMULATOR)
    written = batches.render(decoded.instructions, spec, values)
    return Compared(
        instructions=decoded.instructions.height,
        difference=batches.first_difference(content, written.content, spec),
    )
