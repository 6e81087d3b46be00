"""What a check needs to know besides the sheet: the day, the account, joined data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from rapupload.model import Severity, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Joined columns by key: the frame has the key columns and the joined ones.

    Key columns are named and typed as the columns of the sheet are in rules; each key
    stands once. What a cell of the sheet says, or an earlier lookup, is kept.

    Attributes:
        absent: Values of joined columns for a key that the frame does not have; a
            blank key has none.
        unless: Rows in which this column is filled are left to other lookups.
    """

    keys: tuple[str, ...]
    frame: pl.DataFrame
    absent: Mapping[str, object] = field(default_factory=dict)
    unless: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything from outside that a rule may use.

    Attributes:
        own_participant: The participant the account belongs to; None when there are no
            settings, and rules about it are then reported as not checked.
        market: Market of the file, such as HKMK.
        now: The instant of the check, in Asia/Hong_Kong.
        defaults: Settings' values for columns with ``default-from``.
        scalars: Joined columns that are the same for every row, such as ``cut_off``.
        lookups: Joined columns by key.
        severities: Rule codes whose severity the settings change.
        gaps: Joined column -> why it may have no value, for the report of rules that
            could not be checked.
    """

    own_participant: str | None
    market: str
    now: dt.datetime
    defaults: Mapping[str, str] = field(default_factory=dict)
    scalars: Mapping[str, object] = field(default_factory=dict)
    lookups: tuple[Lookup, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    gaps: Mapping[str, Text] = field(default_factory=dict)

    @property
    def all_scalars(self) -> dict[str, object]:
        """Return the scalar joined columns, clock and account among them."""
        known = {
            "today": self.now.date(),
            "now": self.now,
            "own_participant": self.own_participant,
            **self.scalars,
        }
        return {name: value for name, value in known.items() if value is not None}
