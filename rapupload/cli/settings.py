"""Finding the settings: a command that can do without them does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rapupload.config import Settings


def optional_settings(given: Path | None) -> Settings | None:
    """Return the settings, or None where there are none and none were named.

    Raises:
        ConfigError: A file was named or found, and is wrong.
    """
    from rapupload.config import as_environ, find_settings, load_settings

    environ = as_environ()
    file = find_settings(given, environ)
    if given is None and not file.is_file() and file.name == str(file):
        return None
    return load_settings(file)


def required_settings(given: Path | None) -> tuple[Settings, dict[str, str]]:
    """Return the settings and the environment.

    Raises:
        ConfigError: There are none, or they are wrong.
    """
    from rapupload.config import as_environ, find_settings, load_settings

    environ = as_environ()
    return load_settings(find_settings(given, environ)), environ
