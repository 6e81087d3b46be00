"""Writing a file whole or not at all: beside its place first, then moved into it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rapupload.errors import UsageError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary file in the same folder, and move it to ``path`` at the end.

    Raises:
        UsageError: The folder does not take a file, or the place is locked.
    """
    try:
        handle, name = tempfile.mkstemp(
            prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent
        )
    except OSError as error:
        raise UsageError(
            f"{path.parent} does not take a file ({error.strerror}).",
            hint="Name a folder that exists and may be written to.",
        ) from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)  # mkstemp makes a file only its owner may open
        temporary.replace(path)
    except PermissionError as error:
        raise UsageError(
            f"{path.name} could not be put in place; another program may have it open.",
            hint="Close it there and try again.",
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def refuse_existing(path: Path, *, overwrite: bool) -> None:
    """Stop before a file would be lost.

    Raises:
        UsageError: There is such a file already and overwriting was not asked for.
    """
    if path.exists() and not overwrite:
        raise UsageError(
            f"{path} exists already; it is left as it is.",
            hint="Name another file, or remove this one first.",
        )
