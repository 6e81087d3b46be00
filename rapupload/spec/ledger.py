"""Entries of the ledger, compiled: what rows take from a limit, and what is wrong there.

Keys, amounts and conditions look at the sheet's own columns alone: those are what is
kept of earlier batches. Only the limit may come from outside; and of a key the stock's
one name, which the stock list of today gives to earlier rows as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from rapupload.errors import SpecFault
from rapupload.spec.columns import rule_schema
from rapupload.spec.format import BatchSpec, Ledger
from rapupload.spec.joined import JOINED, STOCK_KEY
from rapupload.spec.rules import Value, compile_predicate, compile_value

TRANSMISSION = "transmission"
FIGURES = ("accepted", "outstanding", "this-file", "limit", "over")
"""Placeholders that the ledger itself gives to a message."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """A ``[[ledger]]`` table, ready for frames.

    Attributes:
        key: Expressions of what the limit is about.
        each: Expressions whose values are kept apart.
        when: True for rows that take part; None for all.
        day: Column of the day; None where days make no difference.
        limit: The limit, and the names it needs.
    """

    table: Ledger
    key: tuple[pl.Expr, ...]
    each: tuple[pl.Expr, ...]
    amount: pl.Expr
    when: pl.Expr | None
    limit: Value

    @property
    def is_by_stock(self) -> bool:
        """Tell whether the key knows a stock by its one name."""
        return any(STOCK_KEY in part.meta.root_names() for part in self.key)

    @property
    def columns(self) -> frozenset[str]:
        """Return the columns of the sheet that say what a row takes."""
        parts = [*self.key, *self.each, self.amount]
        if self.when is not None:
            parts.append(self.when)
        names = {name for part in parts for name in part.meta.root_names()}
        if STOCK_KEY in names:
            names = names - {STOCK_KEY} | {"stock_code", "isin"}
        return frozenset(names | ({self.day_column} if self.day_column else set()))

    @property
    def quoted(self) -> frozenset[str]:
        """Return the names that its findings show, as they stand in rules."""
        texts = self.table.message.en + self.table.message.zh_hant
        words = {*_PLACEHOLDER.findall(texts), *self.table.columns} - set(FIGURES)
        return frozenset(word.replace("-", "_") for word in words)

    @property
    def day_column(self) -> str | None:
        """Return the date column that says when, where the day is not the file's."""
        day = self.table.day
        return None if day in {None, TRANSMISSION} else str(day).replace("-", "_")


def compile_ledger(spec: BatchSpec) -> tuple[LedgerEntry, ...]:
    """Return the entries of a spec.

    Raises:
        ValueError: One cannot be trusted; loading the spec has said so before.
    """
    everything = rule_schema(spec)
    own = _own(spec, everything)
    return tuple(_entry(table, own, everything) for table in spec.ledger)


def _own(
    spec: BatchSpec, everything: Mapping[str, pl.DataType]
) -> dict[str, pl.DataType]:
    return {column.sql_name: everything[column.sql_name] for column in spec.column}


def _of_key(own: Mapping[str, pl.DataType]) -> dict[str, pl.DataType]:
    """Return the names that a key may use."""
    is_resolved = {"stock_code", "isin"} <= own.keys()
    return {**own, STOCK_KEY: JOINED[STOCK_KEY]} if is_resolved else dict(own)


def _entry(
    table: Ledger, own: Mapping[str, pl.DataType], everything: Mapping[str, pl.DataType]
) -> LedgerEntry:
    when = compile_predicate(table.when, own) if table.when else None
    if when is not None and when.partitions:
        raise ValueError("OVER looks at other rows; here each row speaks for itself")
    return LedgerEntry(
        table=table,
        key=tuple(compile_value(sql, _of_key(own)).expression for sql in table.key),
        each=tuple(compile_value(sql, own).expression for sql in table.each),
        amount=_number(table.amount, own).expression,
        when=when.expression if when else None,
        limit=_number(table.limit, everything),
    )


def _number(sql: str, schema: Mapping[str, pl.DataType]) -> Value:
    value = compile_value(sql, schema)
    if not value.dtype.is_numeric():
        raise ValueError(f"{sql!r} is no number")
    return value


def ledger_faults(
    readable: BatchSpec, names: frozenset[str], codes: frozenset[str]
) -> Iterator[SpecFault]:
    """Yield what is wrong with the entries of a spec.

    Args:
        readable: The spec with only those columns that cells can be read by.
        names: All columns that stand in the file.
        codes: Codes of its rules.
    """
    everything = rule_schema(readable)
    own = _own(readable, everything)
    broken = {name.replace("-", "_") for name in names} - everything.keys()
    quotable = {name.replace("_", "-") for name in everything} | names | set(FIGURES)
    for table in readable.ledger:
        path = f"ledger.{table.code}"
        try:
            _entry(table, own, everything)
        except ValueError as error:
            if not any(name in str(error) for name in broken):
                yield SpecFault(path=path, reason=str(error))
        for reason in _dangling(table, own, names, codes):
            yield SpecFault(path=path, reason=reason)
        for text in (table.message.en, table.message.zh_hant):
            for word in _PLACEHOLDER.findall(text):
                if word not in quotable:
                    reason = f"{{{word}}} means nothing here"
                    yield SpecFault(path=f"{path}.message", reason=reason)


def _dangling(
    table: Ledger,
    own: Mapping[str, pl.DataType],
    names: frozenset[str],
    codes: frozenset[str],
) -> Iterator[str]:
    if table.code in codes:
        yield "a rule has this code already"
    if table.alone is not None and table.alone not in codes:
        yield f"there is no rule {table.alone!r}"
    for name in table.columns:
        if name not in names:
            yield f"there is no column {name!r}"
    if table.day in {None, TRANSMISSION}:
        return
    day = str(table.day)
    if day not in names:
        yield f"there is no column {day!r}"
    elif own.get(day.replace("-", "_"), pl.Date()) != pl.Date():
        yield f"the column {day!r} is no date"
