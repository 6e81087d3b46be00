"""Remote paths and names: ours before they are written, theirs before they are used."""

from __future__ import annotations

import re

from rapupload.errors import UsageError

LONGEST_NAME = 200
"""Characters; below every common file system's limit, endings of ours included."""

# also what Windows gives a meaning to: a name may become a local file name
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|]')
_DEVICES = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def find_fault(name: str) -> str:
    r"""Return why a name from the far end is not used; empty if it may be.

    >>> find_fault("ATI_B01234_0001.ACK"), find_fault(".."), find_fault("a/b")
    ('', 'it is a path, not a name', 'it has a character that names must not have')
    """
    if name.strip(" .") == "":
        return "it is a path, not a name"
    if len(name) > LONGEST_NAME:
        return f"it is longer than {LONGEST_NAME} characters"
    if _FORBIDDEN.search(name):
        return "it has a character that names must not have"
    if _DEVICES.match(name) or name[-1] in " .":
        return "it cannot be a file name on Windows"
    return ""


def check_place(place: str) -> str:
    """Return a remote folder in its plain form.

    >>> check_place("/upload/ATI/")
    '/upload/ATI'

    Raises:
        UsageError: It is not an absolute path of plain names.
    """
    parts = [part for part in place.split("/") if part]
    if not place.startswith("/") or any(find_fault(part) for part in parts):
        raise UsageError(
            f"{place!r} is not a folder of the far end.",
            hint="Correct the folder in the spec; it starts with a slash.",
        )
    return "/" + "/".join(parts)


def join_place(place: str, name: str) -> str:
    """Return the remote path of a file.

    >>> join_place("/", "a.txt")
    '/a.txt'

    Raises:
        UsageError: The place or the name cannot be used.
    """
    if fault := find_fault(name):
        raise UsageError(
            f"{name!r} cannot be a file name at the far end: {fault}.",
            hint="Correct the name in the spec.",
        )
    return f"{check_place(place).rstrip('/')}/{name}"
