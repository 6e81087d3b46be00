"""Where the mappings of a desk lie, and finding one by its name."""

from __future__ import annotations

from pathlib import Path

from rapupload.config import Settings
from rapupload.errors import UsageError

FOLDER = "mappings"


def mappings_folder(settings: Settings | None) -> Path:
    """Return the folder of the mappings: beside the settings file, else here."""
    return Path(FOLDER) if settings is None else settings.path(Path(FOLDER))


def find_mapping(given: str, settings: Settings | None) -> Path:
    """Return the file of a mapping, given by its name or as a path.

    Raises:
        UsageError: There is none of that name.
    """
    if given.endswith(".toml") or "/" in given or "\\" in given:
        return Path(given)
    folder = mappings_folder(settings)
    file = folder / f"{given}.toml"
    if not file.is_file():
        known = ", ".join(sorted(path.stem for path in folder.glob("*.toml")))
        raise UsageError(
            f"There is no mapping {given!r} in {folder}.",
            hint=f"Known mappings: {known}."
            if known
            else f"Make one with: rapupload map FILE --name {given}",
        )
    return file
