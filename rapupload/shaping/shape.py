"""The steps of shaping in their order, and the fast way past them for a plain sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from rapupload.shaping.applying import apply_fixed, apply_values
from rapupload.shaping.choice import apply_choice
from rapupload.shaping.combined import (
    combined_columns,
    speaks_combined,
    split_combined,
)
from rapupload.shaping.ignoring import any_ignored, ignore_rows
from rapupload.shaping.opposite import find_opposites, turn_opposites
from rapupload.shaping.sheet import FOUND, Sheet
from rapupload.shaping.unfold import (
    find_wide,
    number_references,
    unfold_columns,
    unfold_headings,
)
from rapupload.shaping.wide import WideHeading
from rapupload.spec.format import BatchSpec, Unfold
from rapupload.spec.headings import HeadingMatch, normalise
from rapupload.spec.mapping import Mapping, vocabulary_of
from rapupload.table import Header, Shaping, Table

_REFERENCE = "own-reference"


def shape(table: Table, spec: BatchSpec, mapping: Mapping | None = None) -> Table:
    """Return the table with one frame row per instruction and no alternative column.

    A sheet that is plain already is returned as it is.
    """
    match = vocabulary_of(spec, mapping).match(h.text for h in table.headers)
    if mapping is None and not _has_work(table, spec, match):
        return table
    return _Shaper(table, spec, mapping, match).run()


def _positions(table: Table, match: HeadingMatch) -> dict[str, int]:
    return {name: table.headers[at].position for name, at in match.columns.items()}


def _unclaimed(table: Table, match: HeadingMatch) -> list[Header]:
    return [table.headers[index] for index in match.unknown]


def _has_work(table: Table, spec: BatchSpec, match: HeadingMatch) -> bool:
    """Tell whether any step would change anything; quick for a plain sheet."""
    columns = _positions(table, match)
    if any(spec.column_named(name).is_alternative for name in columns):
        return True
    if any(u.by == "headings" and u.column not in columns for u in spec.unfold):
        return True
    if find_opposites(spec, _unclaimed(table, match)):
        return True
    for rows in spec.ignored_rows:
        number = columns.get(rows.column)
        if number is not None and any_ignored(table.frame, number, rows.values):
            return True
    sheet = Sheet.of(table, spec, columns)
    return any(
        sheet.has(n) and speaks_combined(sheet, n) for n in combined_columns(spec)
    )


class _Shaper:
    def __init__(
        self,
        table: Table,
        spec: BatchSpec,
        mapping: Mapping | None,
        match: HeadingMatch,
    ) -> None:
        self._table = table
        self._spec = spec
        self._mapping = mapping
        self._sheet = Sheet.of(table, spec, _positions(table, match))
        carried = mapping.carried if mapping else frozenset()
        self._sheet.unknown = [
            header.position
            for header in _unclaimed(table, match)
            if normalise(header.text) not in carried
        ]
        self._sheet.repeated = {
            name: tuple(table.headers[index].position for index in indexes)
            for name, indexes in match.repeated.items()
        }

    def run(self) -> Table:
        """Take every step, and return the table."""
        sheet, spec = self._sheet, self._spec
        ignore_rows(sheet, spec.ignored_rows, by_mapping=False)
        if self._mapping is not None:
            ignore_rows(sheet, self._mapping.ignored_rows, by_mapping=True)
            self._miss_headings(self._mapping)
            apply_values(sheet, self._mapping)
            apply_fixed(sheet, self._mapping)
        turn_opposites(sheet, find_opposites(spec, self._unknown_headers()))
        split_combined(sheet)
        for unfold in spec.unfold:
            self._unfold(unfold)
        for choice in spec.choice:
            apply_choice(sheet, choice)
        self._drop_alternatives()
        return self._table_made()

    def _unknown_headers(self) -> list[Header]:
        return [self._sheet.header(position) for position in self._sheet.unknown]

    def _miss_headings(self, mapping: Mapping) -> None:
        """Say which headings of the mapping the sheet does not have.

        Gravely where their column is sent: the blank that takes its place may release
        what the desk holds. What is only carried changes nothing that is sent.
        """
        present = {normalise(header.text) for header in self._sheet.headers}
        missing: dict[str, list[str]] = {}
        for heading, name in mapping.headings.items():
            if not name or normalise(heading) in present or self._sheet.has(name):
                continue
            is_carried = self._spec.column_named(name).is_carried
            code = "mapping-heading-gone" if is_carried else "mapping-heading-missing"
            missing.setdefault(code, []).append(heading)
        for code, headings in missing.items():
            self._sheet.say(code, {"list": ", ".join(headings)})

    def _unfold(self, unfold: Unfold) -> None:
        before = self._sheet.frame.height
        if unfold.by == "columns":
            unfold_columns(self._sheet, unfold)
        elif not self._sheet.has(unfold.column):
            wide: Sequence[WideHeading] = find_wide(
                self._spec, unfold, self._unknown_headers()
            )
            if wide:
                unfold_headings(self._sheet, unfold, wide)
        if self._sheet.frame.height != before:
            number_references(self._sheet, unfold.reference, _REFERENCE)

    def _drop_alternatives(self) -> None:
        """Say of what is left of other ways to write that it goes nowhere."""
        for name in list(self._sheet.columns):
            if self._spec.column_named(name).is_alternative:
                self._sheet.unknown.append(self._sheet.place(name))
                del self._sheet.columns[name]

    def _table_made(self) -> Table:
        sheet = self._sheet
        shown = {header.position for header in sheet.headers}
        shaping = Shaping(
            columns=sheet.columns,
            unknown=tuple(dict.fromkeys(n for n in sheet.unknown if n in shown)),
            repeated=sheet.repeated,
            findings=pl.concat([pl.DataFrame(schema=FOUND), *sheet.findings]),
            date_order=(self._mapping.date_order or "") if self._mapping else "",
        )
        return replace(
            self._table,
            frame=sheet.frame,
            kinds=sheet.kinds,
            ignored=dict(sorted(sheet.ignored.items())),
            shaping=shaping,
        )
