"""Rows of several clients that become one instruction, their figures added.

Between the two phases: cells are read, rules are not yet judged. What is added is exact,
and what went in must come out: ``verify_totals`` would rather stop than send a wrong sum.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from rapupload.model import Scope, Severity
from rapupload.spec.columns import shape_of, type_of
from rapupload.spec.format import BatchSpec, Column, Summing
from rapupload.table import ROW
from rapupload.validation.codes import ENGINE_CODES
from rapupload.validation.findings import ALSO, MASK, SCHEMA, empty, one
from rapupload.validation.lineage import CAUSE, INSTRUCTION

CLIENT = "client_code"
"""Column of the client, where a spec has one."""

IDENTIFYING = ("stock-code", "isin")
"""Columns that must agree within a sum without being named: rules see them."""

_INDEX = "__index"
_MONEY = "money"
_FIRST = "__first"
_LOST = "__lost_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Summed:
    """Rows added up.

    Attributes:
        instructions: ``row`` (the first), ``also`` (the others, separated by commas, null
            for none) and the columns.
        lineage: Pairs of ``instruction`` and ``row``, one per row of the frame given.
        failed: Instructions that cannot be judged: a part of them could not be read.
        findings: What disagrees, and what was done.
    """

    instructions: pl.DataFrame
    lineage: pl.DataFrame
    failed: pl.Series
    findings: list[pl.DataFrame]


def sum_rows(
    canonical: pl.DataFrame,
    failed: pl.Series,
    spec: BatchSpec,
    places: Places,
    lost: pl.DataFrame | None = None,
) -> Summed:
    """Add up rows with an equal key.

    Args:
        canonical: ``row`` and canonical text of every column.
        failed: Rows that could not be read whole.
        spec: Which has a table ``[summing]``.
        places: Where the cells of the columns are.
        lost: Per column, rows whose value is unknown; None where all are known.
    """
    rule = spec.summing
    assert rule is not None
    adder = _Adder(canonical, failed, spec, rule)
    differing = [*adder.differing(places), *adder.lacking(places)]
    if lost is not None:
        differing += adder.in_doubt(lost)
    wrong = failed | adder.accused
    instructions = adder.instructions()
    groups = adder.groups
    bad = groups.filter(wrong).unique()
    index = pl.int_range(instructions.height, dtype=pl.UInt32, eager=True)
    wide = list(adder.too_wide(instructions, places))
    return Summed(
        instructions=instructions,
        lineage=pl.DataFrame([groups.alias(INSTRUCTION), canonical[ROW]]),
        failed=index.is_in(bad.implode()),
        findings=[*differing, *wide, *adder.notes(instructions)],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the cells of columns are: per row of the frame, or for a whole column."""

    by_row: pl.DataFrame
    by_column: dict[str, int]

    def of(self, column: Column) -> pl.Series | int:
        """Return the source column of every row, or of all of them."""
        if column.sql_name in self.by_row.columns:
            return self.by_row[column.sql_name]
        return self.by_column.get(column.name, -1)


def first_places(places: pl.DataFrame, lineage: pl.DataFrame) -> pl.DataFrame:
    """Return where the cells of every instruction's first row are."""
    if not places.width:
        return places
    numbered = places.with_columns(lineage[INSTRUCTION])
    firsts = numbered.group_by(INSTRUCTION, maintain_order=True).first()
    return firsts.sort(INSTRUCTION).drop(INSTRUCTION)


def scale_of(column: Column) -> int:
    """Return the decimals of a column of figures."""
    dtype = type_of(column).dtype(shape_of(column))
    return dtype.scale if isinstance(dtype, pl.Decimal) else 0


def units(column: Column, name: str | None = None) -> pl.Expr:
    """Return canonical figures as whole units of their last decimal, 128 bits wide."""
    text = pl.col(name or column.sql_name).str.replace(".", "", literal=True)
    return text.cast(pl.Int128)


def _text(total: pl.Expr, scale: int) -> pl.Expr:
    """Return units as canonical text."""
    digits = total.cast(pl.String)
    if not scale:
        return digits
    padded = digits.str.zfill(scale + 1)
    size = padded.str.len_bytes() - scale
    return pl.concat_str(padded.str.slice(0, size), pl.lit("."), padded.str.tail(scale))


class _Adder:
    """One summing of one table."""

    def __init__(
        self, canonical: pl.DataFrame, failed: pl.Series, spec: BatchSpec, rule: Summing
    ) -> None:
        self._spec = spec
        self._rule = rule
        self._same = _must_agree(spec, rule)
        self._keys = [name.replace("-", "_") for name in rule.key]
        grouped = (
            canonical.with_row_index(_INDEX)
            .group_by(self._keys, maintain_order=True)
            .agg(_INDEX)
            .with_row_index(INSTRUCTION)
            .select(INSTRUCTION, _INDEX)
            .explode(_INDEX)
            .sort(_INDEX)
        )
        self.groups = grouped[INSTRUCTION].cast(pl.UInt32)
        self._failed = failed
        self._frame = canonical.with_columns(self.groups.alias(INSTRUCTION))
        self.accused = pl.repeat(
            value=False, n=canonical.height, eager=True, dtype=pl.Boolean
        )

    def _column(self, name: str) -> Column:
        return self._spec.column_named(name)

    def differing(self, places: Places) -> Iterable[pl.DataFrame]:
        """Yield errors on the cells that must agree within an instruction and do not."""
        sound = self._frame.filter(~self._failed)
        for name in self._same:
            column = self._column(name)
            own = column.sql_name
            firsts = sound.group_by(INSTRUCTION).agg(
                pl.col(own).first().alias("said"), pl.col(ROW).first().alias(_FIRST)
            )
            joined = self._frame.join(
                firsts, on=INSTRUCTION, how="left", maintain_order="left"
            )
            other = joined.select(
                other=pl.col(own).ne_missing(pl.col("said"))
                & pl.col(_FIRST).is_not_null()
            )["other"]
            other &= ~self._failed
            self.accused |= other
            yield _accuse(joined, other, column, places)

    def lacking(self, places: Places) -> Iterable[pl.DataFrame]:
        """Yield errors on blanks among money: the sum would be too low, and look whole."""
        for name in self._rule.sum:
            column = self._column(name)
            if column.type != _MONEY:
                continue
            given = pl.col(column.sql_name)
            marked = self._frame.with_columns(self._failed.alias("failed")).select(
                blank=given.is_null()
                & (given.count().over(INSTRUCTION) > 0)
                & ~pl.col("failed")
            )["blank"]
            self.accused |= marked
            frame = self._frame.with_columns(pl.col(ROW).alias(_FIRST))
            yield _accuse(frame, marked, column, places, code="value-missing")

    def in_doubt(self, lost: pl.DataFrame) -> Iterable[pl.DataFrame]:
        """Yield errors on rows to whose sum a row without a readable key may belong.

        What can be read of that key decides; of a key of which nothing can be read every
        sum of the sheet may lack a part.
        """
        unknown = [name for name in self._keys if name in lost.columns]
        if not unknown:
            return
        where = lost.select(pl.col(name).alias(_LOST + name) for name in unknown)
        keyed = self._frame.select(ROW, *self._keys).hstack(where)
        sound = keyed.filter(~self._failed).select(ROW, *self._keys)
        doubts = [pl.DataFrame(schema={ROW: pl.UInt32, CAUSE: pl.UInt32})]
        names = [_LOST + name for name in unknown]
        doubtful = keyed.filter(pl.any_horizontal(names))
        for lacks, rows in doubtful.group_by(names, maintain_order=True):
            gone = {n for n, is_lost in zip(unknown, lacks, strict=True) if is_lost}
            told = [name for name in self._keys if name not in gone]
            doubts.append(_may_belong(sound, rows, told))
        held = pl.concat(doubts).group_by(ROW).agg(pl.col(CAUSE).min())
        numbers = self._frame[ROW]
        accused = numbers.filter(self._failed)
        held = held.filter(~pl.col(ROW).is_in(accused.implode()))
        self.accused |= numbers.is_in(held[ROW].implode())
        yield _held_back(held.sort(ROW))

    def instructions(self) -> pl.DataFrame:
        """Return one row per instruction."""
        sums = {self._column(name).sql_name: name for name in self._rule.sum}
        others = pl.col(ROW).unique(maintain_order=True).slice(1)
        made = [
            pl.col(ROW).first(),
            others.cast(pl.String).str.join(",").alias(ALSO),
        ]
        for name in self._frame.columns:
            if name in {ROW, INSTRUCTION}:
                continue
            if name in sums:
                column = self._column(sums[name])
                total = pl.when(pl.col(name).count() > 0).then(units(column).sum())
                made.append(_text(total, scale_of(column)).alias(name))
            elif name in self._carried():
                made.append(pl.col(name).drop_nulls().first())
            else:
                made.append(pl.col(name).first())
        summed = self._frame.group_by(INSTRUCTION, maintain_order=True).agg(made)
        blank = pl.when(pl.col(ALSO) != "").then(pl.col(ALSO)).alias(ALSO)
        return summed.with_columns(blank).drop(INSTRUCTION)

    def _carried(self) -> set[str]:
        """Return carried columns that need not agree: the first row that has one tells."""
        return {
            column.sql_name
            for column in self._spec.column
            if column.is_carried and column.name not in self._same
        }

    def too_wide(
        self, instructions: pl.DataFrame, places: Places
    ) -> Iterable[pl.DataFrame]:
        """Yield errors where a sum has more digits than its column can hold."""
        for name in self._rule.sum:
            column = self._column(name)
            length = shape_of(column).length
            if length is None:
                continue
            own = column.sql_name
            digits = pl.col(own).str.replace(".", "", literal=True).str.len_bytes()
            where = places.of(column)
            for row, total in (
                instructions.filter(digits > length).select(ROW, own).iter_rows()
            ):
                position = where if isinstance(where, int) else where[0]
                words = {**_labels(column), "total": total}
                yield _said("sum-wide", words, row=row, position=position)

    def notes(self, instructions: pl.DataFrame) -> Iterable[pl.DataFrame]:
        """Yield what was summed, and what was taken from the first row alone."""
        together = instructions.filter(pl.col(ALSO).is_not_null())
        if together.is_empty():
            return
        rows = self._frame.filter(pl.len().over(INSTRUCTION) > 1)
        words: dict[str, object] = {
            "rows": rows[ROW].n_unique(),
            "clients": clients_of(rows),
            "instructions": together.height,
        }
        yield _said("rows-summed", words)
        agreed = {*self._rule.key, *self._rule.sum, *self._same}
        for column in self._spec.column:
            if column.name in agreed or column.is_carried or column.is_alternative:
                continue
            kinds = rows.group_by(INSTRUCTION).agg(pl.col(column.sql_name).n_unique())
            differing = kinds.filter(pl.col(column.sql_name) > 1).height
            if differing:
                yield _said("sum-first", {**_labels(column), "count": differing})


def _must_agree(spec: BatchSpec, rule: Summing) -> list[str]:
    """Return the columns whose cells must agree within an instruction."""
    named = {*rule.key, *rule.sum, *rule.same}
    known = {column.name for column in spec.column if not column.is_alternative}
    more = [n for n in IDENTIFYING if n in known and n not in named]
    return [*rule.same, *more]


def _may_belong(
    sound: pl.DataFrame, rows: pl.DataFrame, told: list[str]
) -> pl.DataFrame:
    """Return rows that agree with others in what is told of their key, and a cause."""
    if not told:
        cause = pl.lit(rows[ROW].min()).cast(pl.UInt32)
        return sound.select(pl.col(ROW).cast(pl.UInt32), cause.alias(CAUSE))
    causes = rows.group_by(told).agg(pl.col(ROW).min().alias(CAUSE))
    found = sound.join(causes, on=told, nulls_equal=True)
    return found.select(pl.col(ROW, CAUSE).cast(pl.UInt32))


def _held_back(held: pl.DataFrame) -> pl.DataFrame:
    """Return errors on rows that go with another, which is their cause."""
    known = ENGINE_CODES["row-held-back"]
    found = held.select(
        code=pl.lit("row-held-back"),
        severity=pl.lit(known.severity.value),
        scope=pl.lit(known.scope.value),
        row=ROW,
        position=pl.lit(-1, dtype=pl.Int32),
        value=pl.lit(""),
        words=pl.struct(row=CAUSE).struct.json_encode(),
    )
    return found.cast(dict(SCHEMA))  # type: ignore[arg-type]


def clients_of(rows: pl.DataFrame) -> int | None:
    """Return how many clients are named; None where there is no column for them."""
    if CLIENT not in rows.columns or not rows[CLIENT].count():
        return None
    return rows[CLIENT].drop_nulls().n_unique()


def verify_totals(
    before: pl.DataFrame, after: pl.DataFrame, spec: BatchSpec, columns: Iterable[str]
) -> None:
    """Stop where a sum of instructions is not the sum of their rows.

    Raises:
        ArithmeticError: It is not; a fault of ours, and nothing may be sent.
    """
    for name in columns:
        column = spec.column_named(name)
        own = units(column).sum()
        if before.select(own).item() != after.select(own).item():
            raise ArithmeticError(f"the sum of {name} changed while rows were summed")


def _labels(column: Column) -> dict[str, str]:
    return {"label": column.label.en, "label_zh": column.label.zh_hant}


def _said(
    code: str, words: dict[str, object], *, row: int | None = None, position: int = -1
) -> pl.DataFrame:
    known = ENGINE_CODES[code]
    return one(code, known.severity, known.scope, words, row=row, position=position)


def _accuse(
    joined: pl.DataFrame,
    where: pl.Series,
    column: Column,
    places: Places,
    code: str = "sum-differs",
) -> pl.DataFrame:
    """Return errors on cells that do not go with those of the other rows."""
    label = [pl.lit(text).alias(name) for name, text in _labels(column).items()]
    place = places.of(column)
    value = pl.lit(MASK) if column.personal else pl.col(column.sql_name).fill_null("")
    found = (
        joined.with_columns(
            pl.lit(place).cast(pl.Int32).alias("position")
            if isinstance(place, int)
            else place.alias("position")
        )
        .filter(where)
        .select(
            ROW,
            "position",
            code=pl.lit(code),
            severity=pl.lit(Severity.ERROR.value),
            scope=pl.lit(Scope.CELL.value),
            value=value,
            words=pl.struct(pl.col(_FIRST).alias("first"), *label).struct.json_encode(),
        )
        .select(*SCHEMA)
        .cast(dict(SCHEMA))  # type: ignore[arg-type]
    )
    return pl.concat([empty(), found])
