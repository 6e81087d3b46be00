"""How large a source may be before it is refused; the bounds hold memory and time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The largest source that is read.

    Attributes:
        rows: Rows below the headings.
        columns: Columns with anything in them.
        megabytes: Size of the file as it lies on disk.
        unpacked_megabytes: Size of all parts of a workbook together, once inflated.
        ratio: How many times larger than packed a part over 64 MB may be (a zip bomb
            is a thousand times larger; real sheets are 5 to 60 times).
    """

    rows: int = 1_000_000
    columns: int = 200
    megabytes: int = 500
    unpacked_megabytes: int = 3_000
    ratio: int = 250
