"""Phase two: the rules of the spec over the rows that passed phase one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from rapupload.model import Scope, Severity, Text
from rapupload.spec.checks import NAMED_CHECKS
from rapupload.spec.format import BatchSpec, Rule
from rapupload.spec.joined import JOINED
from rapupload.spec.loader import LoadedSpec
from rapupload.spec.rules import Predicate
from rapupload.validation.checks import CHECKS
from rapupload.validation.context import Context, Lookup
from rapupload.validation.findings import ALSO, MASK, SCHEMA, one

PLACE = "__place_"
"""Begin of the columns that say where a cell came from, for shaped tables."""

_INDEX = "__index"
_FOUND = "__found"
_FROM_LOOKUP = "__looked_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotChecked:
    """A rule that could not be applied for want of data; never passed in silence.

    Attributes:
        rule: Rule code.
        missing: Names of the joined columns without a value.
        rows: Rows concerned.
        reasons: Why those have none, as far as that is known.
    """

    rule: str
    missing: tuple[str, ...]
    rows: int
    reasons: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What phase two found."""

    findings: list[pl.DataFrame]
    not_checked: tuple[NotChecked, ...]


def judge(
    typed: pl.DataFrame,
    failed: pl.DataFrame,
    loaded: LoadedSpec,
    context: Context,
    positions: dict[str, int],
) -> Meaning:
    """Apply every rule.

    Args:
        typed: ``row`` and typed columns of the rows that passed phase one; of summed
            instructions also ``also``, of shaped ones the places of their cells.
        failed: The same columns of the rows that did not, as far as they could be read.
        loaded: Spec and compiled rules.
        context: Day, account, joined data.
        positions: Spec column -> source column.
    """
    known, doubtful = join_known(typed, context), join_known(failed, context)
    state = _State(known, doubtful, loaded.spec, context, positions)
    for rule in loaded.spec.rule:
        if rule.check is None:
            state.apply(rule, loaded.predicates[rule.code])
        elif rule.check in CHECKS:
            state.apply_named(rule)
    return Meaning(findings=state.findings, not_checked=tuple(state.not_checked))


def join_known(typed: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Return typed rows with everything from outside that rules may use."""
    sheet = set(typed.columns)
    frame = typed.with_columns(
        pl.lit(value).alias(name)
        for name, value in context.all_scalars.items()
        if name not in sheet
    )
    for lookup in context.lookups:
        if set(lookup.keys) <= sheet and lookup.unless in {"", *sheet}:
            frame = _look_up(frame, lookup)
    return frame


def _look_up(frame: pl.DataFrame, lookup: Lookup) -> pl.DataFrame:
    """Join one lookup, filling only what is not known yet."""
    keys = list(lookup.keys)
    given = lookup.frame.with_columns(pl.lit(value=True).alias(_FOUND))
    joined = frame.join(
        given, on=keys, how="left", maintain_order="left", suffix=_FROM_LOOKUP
    )
    asked = pl.all_horizontal(pl.col(key).is_not_null() for key in keys)
    if lookup.unless:
        asked &= pl.col(lookup.unless).is_null()
    found = []
    for name in lookup.frame.columns:
        if name not in keys:
            known = name in frame.columns
            value = pl.col(f"{name}{_FROM_LOOKUP}" if known else name)
            if name in lookup.absent:
                stand_in = pl.lit(lookup.absent[name], lookup.frame.schema[name])
                value = pl.when(_FOUND).then(value).otherwise(stand_in)
            value = pl.when(asked).then(value)
            found.append((pl.coalesce(name, value) if known else value).alias(name))
    further = [name for name in lookup.frame.columns if name not in frame.columns]
    return joined.with_columns(found).select(*frame.columns, *further)


class _State:
    """Findings and gaps, collected over the rules of one table."""

    def __init__(
        self,
        frame: pl.DataFrame,
        failed: pl.DataFrame,
        spec: BatchSpec,
        context: Context,
        positions: dict[str, int],
    ) -> None:
        self.findings: list[pl.DataFrame] = []
        self.not_checked: list[NotChecked] = []
        self._frame = frame
        self._failed = failed
        self._sheet = {column.sql_name for column in spec.column}
        self._spec = spec
        self._context = context
        self._positions = positions

    def apply(self, rule: Rule, predicate: Predicate) -> None:
        """Judge one SQL rule."""
        missing = sorted(predicate.names - set(self._frame.columns))
        if missing:
            self._note_gap(rule, missing, self._frame.height)
            return
        verdict = self._frame.select(wrong=predicate.expression)["wrong"]
        self._note_unknown(rule, predicate, verdict)
        wrong = verdict.fill_null(value=False)
        if predicate.partitions and self._failed.height:
            wrong = self._without_touched(rule, predicate, wrong)
        self._add(rule, wrong, {})

    def apply_named(self, rule: Rule) -> None:
        """Judge one rule that has a check of its own."""
        needs = NAMED_CHECKS[str(rule.check)].needs
        missing = sorted(needs - set(self._frame.columns))
        if missing:
            self._note_gap(rule, missing, self._frame.height)
        elif self._frame.height:
            verdict = CHECKS[str(rule.check)](self._frame)
            self._add(rule, verdict.wrong, verdict.words)

    def _note_gap(self, rule: Rule, missing: Sequence[str], rows: int) -> None:
        names = tuple(name.replace("_", "-") for name in missing)
        reasons = dict.fromkeys(
            self._context.gaps[name] for name in missing if name in self._context.gaps
        )
        gap = NotChecked(rule=rule.code, missing=names, rows=rows, reasons=(*reasons,))
        self.not_checked.append(gap)

    def _note_unknown(
        self, rule: Rule, predicate: Predicate, verdict: pl.Series
    ) -> None:
        """Count rows whose verdict hangs on a joined value that is absent.

        A holding, say, may come from the sheet or from a list: it is joined all the same.
        """
        joined = sorted(
            name
            for name in predicate.names
            if name in JOINED or name not in self._sheet
        )
        if not joined or not verdict.null_count():
            return
        unknown = self._frame.filter(verdict.is_null()).select(joined)
        rows = unknown.filter(pl.any_horizontal(pl.all().is_null()))
        if rows.height:
            absent = [name for name in joined if rows[name].null_count()]
            self._note_gap(rule, absent, rows.height)

    def _without_touched(
        self, rule: Rule, predicate: Predicate, wrong: pl.Series
    ) -> pl.Series:
        """Withhold verdicts on groups that contain a row with errors of shape."""
        touched = pl.repeat(value=False, n=len(wrong), eager=True, dtype=pl.Boolean)
        for partition in predicate.partitions:
            touched |= self._touched(partition)
        withheld = touched & wrong
        if withheld.any():
            self._add_withheld(rule, withheld)
        return wrong & ~touched

    def _add_withheld(self, rule: Rule, withheld: pl.Series) -> None:
        """Report withheld verdicts, as grave as the rule and on its rows.

        By themselves these rows break the rule: left as a mere note, they would go
        when the faulty rows of their group stay behind.
        """
        severity = self._context.severities.get(rule.code, rule.severity)
        words = {"rule": rule.code, "count": int(withheld.sum())}
        code = "rule-not-evaluated"
        if severity is Severity.NOTE:
            self.findings.append(one(code, severity, Scope.BATCH, words))
            return
        self._report(
            self._frame.filter(withheld),
            rule,
            [pl.lit(value).alias(name) for name, value in words.items()],
            code=pl.lit(code),
            severity=pl.lit(severity.value),
        )

    def _touched(self, partition: Sequence[pl.Expr]) -> pl.Series:
        keys = [part.alias(f"key{number}") for number, part in enumerate(partition)]
        mine = self._frame.select(keys).with_row_index(_INDEX)
        theirs = self._failed.select(keys).unique()
        names = [f"key{number}" for number in range(len(keys))]
        found = mine.join(theirs, on=names, how="semi", nulls_equal=True)
        flags = pl.repeat(value=False, n=mine.height, eager=True, dtype=pl.Boolean)
        return flags.scatter(found[_INDEX], values=True)

    def _add(self, rule: Rule, wrong: pl.Series, words: dict[str, pl.Series]) -> None:
        if not wrong.any():
            return
        severity = self._context.severities.get(rule.code, rule.severity)
        rows = self._frame.with_columns(
            series.alias(name) for name, series in words.items()
        ).filter(wrong)
        self._report(
            rows,
            rule,
            self._words(rule, words),
            code=pl.lit(rule.code),
            severity=pl.lit(severity.value),
        )

    def _report(
        self, rows: pl.DataFrame, rule: Rule, words: list[pl.Expr], **about: pl.Expr
    ) -> None:
        """Add findings at the first column of the rule that has a cell.

        One per row; of a rule about the whole file, one in all.
        """
        scope = Scope.BATCH if rule.scope == "batch" else Scope.ROW
        placed = [name for name in rule.columns if name in self._positions]
        if scope is Scope.ROW and ALSO in rows.columns:
            words = [*words, pl.col(ALSO)]
        found = (rows.head(1) if scope is Scope.BATCH else rows).select(
            row="row",
            scope=pl.lit(scope.value),
            position=self._first(placed, self._place, pl.lit(-1, dtype=pl.Int32)),
            value=self._first(placed, self._value, pl.lit("")),
            words=pl.struct(words).struct.json_encode(),
            **about,
        )
        self.findings.append(found.select(*SCHEMA).cast(dict(SCHEMA)))  # type: ignore[arg-type]

    def _first(
        self, columns: Sequence[str], what: Callable[[str], pl.Expr], last: pl.Expr
    ) -> pl.Expr:
        """Return something of the first column that has a cell in the row."""
        found = last
        for name in reversed(columns):
            if self._is_shaped(name):
                there = self._place(name) >= 0
                found = pl.when(there).then(what(name)).otherwise(found)
            else:
                found = what(name)
        return found

    def _is_shaped(self, column: str) -> bool:
        return PLACE + column.replace("-", "_") in self._frame.columns

    def _place(self, column: str) -> pl.Expr:
        if self._is_shaped(column):
            return pl.col(PLACE + column.replace("-", "_"))
        return pl.lit(self._positions[column], dtype=pl.Int32)

    def _value(self, column: str) -> pl.Expr:
        return self._shown(column.replace("-", "_")).fill_null("")

    def _shown(self, name: str) -> pl.Expr:
        personal = {c.sql_name for c in self._spec.column if c.personal}
        if name in personal:
            return pl.lit(MASK)
        dtype = self._frame.schema[name]
        if isinstance(dtype, pl.Datetime):
            return pl.col(name).dt.strftime("%Y-%m-%d %H:%M")
        return pl.col(name).cast(pl.String)

    def _words(self, rule: Rule, own: Iterable[str]) -> list[pl.Expr]:
        quoted = {name for name in self._frame.columns if self._quotes(rule, name)}
        exprs = [
            self._shown(name).alias(name.replace("_", "-")) for name in sorted(quoted)
        ]
        exprs += [pl.col(name) for name in own]
        return exprs or [pl.lit("").alias("none")]

    def _quotes(self, rule: Rule, name: str) -> bool:
        placeholder = "{" + name.replace("_", "-") + "}"
        return placeholder in rule.message.en or placeholder in rule.message.zh_hant
