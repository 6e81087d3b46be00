"""Writing files for people: whole or not at all, and never over another one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from rapupload.errors import UsageError


def write_new(path: Path, content: bytes, *, overwrite: bool = False) -> Path:
    """Write a file under a temporary name, then give it its own.

    Raises:
        UsageError: It exists, or the folder cannot be written to.
    """
    if path.exists() and not overwrite:
        raise UsageError(
            f"{path} exists already; it was left as it is.",
            hint="Choose another name, or move the old file away.",
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}.",
            hint="Choose a folder that you may write to, with room on the disk.",
        ) from error
    return path
