"""Names of the sheets that we write ourselves, and that are never read as data."""

from __future__ import annotations

from typing import Final

SUMMARY_SHEET: Final = "rapupload findings"
HELP_SHEET: Final = "Help 說明"
LISTS_SHEET: Final = "rapupload lists"
OWN_SHEETS: Final = frozenset({SUMMARY_SHEET, HELP_SHEET, LISTS_SHEET})
EXAMPLE_MARK: Final = "EXAMPLE 範例"
"""How an example row of a template begins; no instruction can begin so by chance."""


def template_sheet(type_: str) -> str:
    """Return the name of the sheet that a template's rows go into.

    >>> template_sheet("si")
    'SI'
    """
    return type_.upper()[:31]
