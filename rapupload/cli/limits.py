"""What could not be checked, and figures against limits, for a person to read."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from rapupload.cli.face import count_of as _count
from rapupload.cli.face import plain

if TYPE_CHECKING:
    from rich.table import Table

    from rapupload.model import Text
    from rapupload.validation import NotChecked

_SHOWN = 20  # figures on a screen; --json gives all
_NAMED = 2  # rules named on a screen
_FIGURES = ("accepted", "outstanding", "this_file", "limit", "over")


def gap_lines(gaps: Sequence[NotChecked], language: str) -> list[str]:
    """Return what was not checked, by what would mend it."""
    if not gaps:
        return []
    by_reason: dict[Text | None, set[str]] = {}
    for gap in gaps:
        for reason in gap.reasons or (None,):
            by_reason.setdefault(reason, set()).add(gap.rule)
    lines = ["Not checked for want of data (--json names the rules):"]
    for why, codes in by_reason.items():
        text = "no value" if why is None else why.in_language(language)
        named = sorted(codes)
        some = ", ".join(named[:_NAMED]) + (", ..." if len(named) > _NAMED else "")
        lines.append(f"  {_count(len(named), 'rule')} ({some}): {plain(text)}")
    return lines


def gaps_document(gaps: Sequence[NotChecked]) -> list[dict[str, object]]:
    """Return the JSON form of what was not checked."""
    return [
        {
            "rule": gap.rule,
            "missing": list(gap.missing),
            "rows": gap.rows,
            "why": [reason.as_dict() for reason in gap.reasons],
        }
        for gap in gaps
    ]


def figures_table(figures: Sequence[dict[str, object]]) -> Table | None:
    """Return the figures to which earlier files add, or that are over; None if none."""
    told = [row for row in figures if _is_telling(row)]
    if not told:
        return None
    from rapupload.cli.tables import plain_table

    heads = ("limit on", "day", "accepted", "outstanding", "this file", "limit", "over")
    rows = [
        (_about(row), str(row["day"] or ""), *(_figure(row[name]) for name in _FIGURES))
        for row in told[:_SHOWN]
    ]
    return plain_table(heads, rows)


def _is_telling(row: dict[str, object]) -> bool:
    is_over = row["over"] is not None and Decimal(str(row["over"])) > 0
    return is_over or row["accepted"] != "0" or row["outstanding"] != "0"


def _about(row: dict[str, object]) -> str:
    parts = [row["key"], row["each"]]
    values = [str(v) for part in parts if isinstance(part, dict) for v in part.values()]
    return f"{row['book']} {' '.join(values)}"


def _figure(value: object) -> str:
    """Return a figure with its thousands apart.

    >>> _figure("-1234.5"), _figure("1000000"), _figure(None)
    ('-1,234.5', '1,000,000', 'not known')
    """
    return "not known" if value is None else f"{Decimal(str(value)):,f}"
