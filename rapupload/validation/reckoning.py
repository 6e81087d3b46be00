"""The ledger's sums: what earlier batches and this file take from a limit; pure.

A *claim* is what one row takes: of which key, on which day, how much. Claims with an
``each`` value are kept apart from those with another (votes on two resolutions do not
add up); claims without one add to all of them (shares given to a representative).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from rapupload.model import Scope, Text
from rapupload.spec.columns import rule_schema
from rapupload.spec.format import BatchSpec
from rapupload.spec.joined import STOCK_KEY
from rapupload.spec.ledger import LedgerEntry
from rapupload.table import ROW
from rapupload.validation.context import Context
from rapupload.validation.findings import MASK, SCHEMA, empty
from rapupload.validation.meaning import PLACE, NotChecked

SEPARATOR = "\x1f"
BEFORE = "earlier-files"
"""What is missing where nobody could be asked for what came before."""
AMOUNT = pl.Decimal(38, 4)

CLAIMS: Mapping[str, pl.DataType] = {
    "book": pl.String(),
    "day": pl.Date(),
    "key": pl.String(),
    "each": pl.String(),
}
"""What tells one claim from another; joined texts, null where there is none."""

EARLIER: Mapping[str, pl.DataType] = {
    **CLAIMS,
    "type": pl.String(),
    "accepted": AMOUNT,
    "outstanding": AMOUNT,
}
"""What earlier batches take, per kind of claim and instruction type."""

_INDEX = "__index"
_GROUP = ["book", "day", "key"]
_SUMS = ["accepted", "outstanding", "this_file"]
FIGURES: Mapping[str, pl.DataType] = {
    "code": pl.String(),
    **CLAIMS,
    "accepted": AMOUNT,
    "outstanding": AMOUNT,
    "this_file": AMOUNT,
    "limit": AMOUNT,
    "over": AMOUNT,
    "key_of": pl.String(),
    "each_of": pl.String(),
}
"""The four figures, by how much they are over the limit (null = not known), and what
the parts of ``key`` and ``each`` are, as the spec says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """What the ledger says of a file.

    Attributes:
        figures: As ``FIGURES``, one row per entry and kind of claim of this file whose
            limit is known, or from which earlier batches take.
        findings: In the columns of ``findings.SCHEMA``.
        not_checked: Entries whose limit, or what came before, is not known.
    """

    figures: pl.DataFrame = field(repr=False)
    findings: pl.DataFrame = field(repr=False)
    not_checked: tuple[NotChecked, ...] = ()


def claims_of(entry: LedgerEntry, typed: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """Return what rows take from the limit of an entry, one claim per row that takes.

    Args:
        entry: The compiled entry.
        typed: Rows with typed columns of the entry's spec.
        day: The transmission date of the rows.
    """
    rows = typed if entry.when is None else typed.filter(entry.when)
    if entry.table.day is None:
        on = pl.lit(None, dtype=pl.Date)
    elif entry.day_column is None:
        on = pl.lit(day)
    else:
        on = pl.col(entry.day_column).fill_null(day)
    further = [column for column in rows.columns if column in {ROW, _INDEX}]
    return rows.select(
        *further,
        book=pl.lit(entry.table.book),
        day=on,
        key=_joined(entry.key),
        each=_joined(entry.each) if entry.each else pl.lit(None, dtype=pl.String),
        amount=entry.amount.cast(AMOUNT),
    )


def _joined(parts: Iterable[pl.Expr]) -> pl.Expr:
    texts = (part.cast(pl.String).fill_null("") for part in parts)
    return pl.concat_str(texts, separator=SEPARATOR)


def has_limit(entry: LedgerEntry, known: pl.DataFrame) -> bool:
    """Tell whether the limit of any row of ``with_all_names`` is known."""
    limits = known.select(_limit(entry))
    return bool(limits.to_series().is_not_null().any())


def _limit(entry: LedgerEntry) -> pl.Expr:
    return entry.limit.expression.cast(AMOUNT).alias("limit")


def with_all_names(
    known: pl.DataFrame, entries: Iterable[LedgerEntry], spec: BatchSpec
) -> pl.DataFrame:
    """Return the rows with blank columns for names of limits that are not known."""
    schema = rule_schema(spec)
    names = {name for entry in entries for name in entry.limit.names}
    blank = sorted(names - set(known.columns))
    return known.with_columns(
        pl.lit(None, dtype=schema[name]).alias(name) for name in blank
    )


def reckon(
    entries: Sequence[LedgerEntry],
    known: pl.DataFrame,
    spec: BatchSpec,
    context: Context,
    earlier: pl.DataFrame,
    positions: Mapping[str, int],
) -> Reckoning:
    """Compare what is taken with the limits.

    Args:
        entries: Those of the spec.
        known: The file's instructions, typed, with all that is known from outside.
        spec: The instruction type.
        context: The day, and why values may be missing.
        earlier: As ``EARLIER``.
        positions: Spec column -> source column.
    """
    today = context.now.date()
    known = with_all_names(known, entries, spec).with_row_index(_INDEX)
    own = [claims_of(entry, known, today) for entry in entries]
    totals = _totals(own, earlier)
    clerk = _Clerk(spec=spec, context=context, positions=positions)
    parts = [
        clerk.judge(entry, known, mine, totals)
        for entry, mine in zip(entries, own, strict=True)
    ]
    return Reckoning(
        figures=pl.concat([pl.DataFrame(schema=FIGURES), *(p.figures for p in parts)]),
        findings=pl.concat([empty(), *(p.findings for p in parts)]),
        not_checked=tuple(gap for part in parts for gap in part.not_checked),
    )


def _totals(own: Sequence[pl.DataFrame], earlier: pl.DataFrame) -> pl.DataFrame:
    """Return the sums per kind of claim; what has no ``each`` is in all of its key."""
    none = pl.lit(0).cast(AMOUNT)
    frames = [earlier.select(*CLAIMS, "accepted", "outstanding", this_file=none)]
    frames += [
        mine.select(*CLAIMS, accepted=none, outstanding=none, this_file="amount")
        for mine in own
    ]
    sums = pl.concat(frames).group_by(*CLAIMS).agg(pl.col(_SUMS).sum())
    shared = sums.filter(pl.col("each").is_null()).drop("each")
    apart = sums.filter(pl.col("each").is_not_null())
    both = apart.join(shared, on=_GROUP, how="left", nulls_equal=True, suffix="_all")
    added = both.select(
        *CLAIMS, *(pl.col(s) + pl.col(f"{s}_all").fill_null(none) for s in _SUMS)
    )
    alone = shared.join(apart, on=_GROUP, how="anti", nulls_equal=True)
    alone = alone.select(
        *_GROUP, pl.lit(None, dtype=pl.String).alias("each"), pl.col(_SUMS)
    )
    return pl.concat([added, alone.select(added.columns)])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clerk:
    """Judges the entries of one file."""

    spec: BatchSpec
    context: Context
    positions: Mapping[str, int]

    def judge(
        self,
        entry: LedgerEntry,
        known: pl.DataFrame,
        mine: pl.DataFrame,
        totals: pl.DataFrame,
    ) -> Reckoning:
        """Return figures and findings of one entry."""
        limits = self._limits(entry, known)
        rows = mine.join(limits, on=_INDEX, how="left", maintain_order="left")
        if entry.table.limit_on == "today":
            rows = rows.filter(pl.col("day") == self.context.now.date())
        figures = self._figures(entry, rows, totals)
        on = [*_GROUP, "each"] if entry.each else _GROUP
        sums = figures.select(*on, *_SUMS, least="limit", over="over")
        placed = rows.join(
            sums, on=on, how="left", nulls_equal=True, maintain_order="left"
        )
        wrong = pl.col("over") > 0
        if entry.table.alone is not None:
            wrong &= pl.col("accepted") + pl.col("outstanding") > 0
        found = placed.filter(wrong)
        seen = figures.filter(
            pl.col("limit").is_not_null()
            | (pl.col("accepted") > 0)
            | (pl.col("outstanding") > 0)
        )
        return Reckoning(
            figures=seen.select(*FIGURES),
            findings=self._findings(entry, known, found),
            not_checked=tuple(self._gaps(entry, placed)),
        )

    def _limits(self, entry: LedgerEntry, known: pl.DataFrame) -> pl.DataFrame:
        doubt = pl.any_horizontal(pl.col(name).is_null() for name in entry.limit.names)
        unnamed = (
            pl.col(STOCK_KEY).is_null() if entry.is_by_stock else pl.lit(value=False)
        )
        return known.select(_INDEX, _limit(entry), doubt=doubt, unnamed=unnamed)

    def _figures(
        self, entry: LedgerEntry, rows: pl.DataFrame, totals: pl.DataFrame
    ) -> pl.DataFrame:
        """Return the sums of every kind of claim of this file, with its limit."""
        of_key = rows.group_by(_GROUP).agg(pl.col("limit").min())
        if entry.each:
            asked = rows.select(*_GROUP, "each").unique()
            sums = asked.join(totals, on=[*_GROUP, "each"], nulls_equal=True)
        else:
            asked = rows.select(_GROUP).unique()
            sums = asked.join(totals, on=_GROUP, nulls_equal=True)
            # Several resolutions were voted on: the one with most votes counts.
            total = pl.sum_horizontal(_SUMS)
            sums = sums.sort(total, "each", descending=[True, False])
            sums = sums.unique(_GROUP, keep="first", maintain_order=True)
        sums = sums.join(of_key, on=_GROUP, how="left", nulls_equal=True)
        return sums.sort(*_GROUP, "each").with_columns(
            code=pl.lit(entry.table.code),
            key_of=pl.lit(SEPARATOR.join(entry.table.key)),
            each_of=pl.lit(SEPARATOR.join(entry.table.each)),
            over=pl.sum_horizontal(_SUMS) - pl.col("limit"),
        )

    def _findings(
        self, entry: LedgerEntry, known: pl.DataFrame, found: pl.DataFrame
    ) -> pl.DataFrame:
        if found.is_empty():
            return empty()
        table = entry.table
        severity = self.context.severities.get(table.code, table.severity)
        column = next((name for name in table.columns if name in self.positions), "")
        quoted = sorted(entry.quoted & set(known.columns))
        shown = {name: self._shown(name) for name in quoted}
        if column:
            shown[""] = self._shown(column.replace("-", "_"))
        place = PLACE + column.replace("-", "_")
        usual = pl.lit(self.positions.get(column, -1), dtype=pl.Int32)
        cells = known.select(
            _INDEX,
            *(e.alias(f"_{n}") for n, e in shown.items()),
            _place=pl.col(place) if place in known.columns else usual,
        )
        rows = found.join(cells, on=_INDEX, how="left", maintain_order="left")
        words = [
            *(pl.col(f"_{name}").alias(name.replace("_", "-")) for name in quoted),
            *(_plain(sum_).alias(sum_.replace("_", "-")) for sum_ in _SUMS),
            _plain("least").alias("limit"),
            _plain("over").alias("over"),
        ]
        return rows.select(
            code=pl.lit(table.code),
            severity=pl.lit(severity.value),
            scope=pl.lit(Scope.ROW.value),
            row=ROW,
            position="_place",
            value=pl.col("_").fill_null("") if column else pl.lit(""),
            words=pl.struct(words).struct.json_encode(),
        ).cast(dict(SCHEMA))  # type: ignore[arg-type]

    def _shown(self, name: str) -> pl.Expr:
        if name in {c.sql_name for c in self.spec.column if c.personal}:
            return pl.lit(MASK)
        return pl.col(name).cast(pl.String)

    def _gaps(self, entry: LedgerEntry, rows: pl.DataFrame) -> Iterable[NotChecked]:
        # A limit may be null by itself, where the entry says that there is none.
        unknown = rows.filter(pl.col("least").is_null() & pl.col("doubt")).height
        if unknown:
            yield self._gap(entry.table.code, sorted(entry.limit.names), unknown)
        # Under its ISIN alone a stock may lack what was taken by code; over is over.
        unnamed = pl.col("unnamed") & pl.col("least").is_not_null()
        apart = rows.filter(unnamed & ~(pl.col("over") > 0)).height
        if apart:
            yield self._gap(entry.table.code, [STOCK_KEY], apart)
        blank = rows.filter(pl.col("amount").is_null()).height
        if blank:
            yield self._gap(entry.table.code, entry.amount.meta.root_names(), blank)

    def _gap(self, code: str, names: Sequence[str], rows: int) -> NotChecked:
        gaps = self.context.gaps
        reasons = dict.fromkeys(gaps[name] for name in names if name in gaps)
        return NotChecked(
            rule=code,
            missing=tuple(name.replace("_", "-") for name in names),
            rows=rows,
            reasons=tuple(reasons),
        )


def _plain(name: str) -> pl.Expr:
    """Return a figure without the zeros that only its scale demands."""
    text = pl.col(name).cast(pl.String)
    return text.str.strip_chars_end("0").str.strip_chars_end(".")


def unread(
    entries: Sequence[LedgerEntry], rows: int, reason: Text
) -> tuple[NotChecked, ...]:
    """Return the entries as not checked, since what came before cannot be told."""
    return tuple(
        NotChecked(
            rule=entry.table.code, missing=(BEFORE,), rows=rows, reasons=(reason,)
        )
        for entry in entries
    )


def figures_document(figures: pl.DataFrame) -> list[dict[str, object]]:
    """Return the JSON form of ``FIGURES`` that scripts rely on."""
    plain = [_plain(name) for name in (*_SUMS, "limit", "over")]
    return [
        {
            "code": row["code"],
            "book": row["book"],
            "day": row["day"].isoformat() if row["day"] else None,
            "key": _named(row["key_of"], row["key"]),
            "each": _named(row["each_of"], row["each"]),
            **{name: row[name] for name in (*_SUMS, "limit", "over")},
        }
        for row in figures.with_columns(plain).iter_rows(named=True)
    ]


def _named(names: str, values: str | None) -> dict[str, str]:
    if not names or values is None:
        return {}
    return dict(zip(names.split(SEPARATOR), values.split(SEPARATOR), strict=True))
