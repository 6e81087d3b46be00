"""Phase two: the rules of the spec over the rows that passed phase one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from rapupload.model import Scope, Severity, Text
from rapupload.spec.checks import NAMED_CHECKS
from rapupload.spec.format import BatchSpec, Column, Rule
from rapupload.spec.joined import JOINED, STOCK_KEY
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


NONE_MISSING: Mapping[str, Column] = {}


def judge(
    typed: pl.DataFrame,
    failed: pl.DataFrame,
    loaded: LoadedSpec,
    context: Context,
    positions: dict[str, int],
    missing: Mapping[str, Column] = NONE_MISSING,
) -> Meaning:
    """Apply every rule.

    Args:
        typed: ``row`` and typed columns of the rows that passed phase one; of summed
            instructions also ``also``, of shaped ones the places of their cells.
        failed: The same columns of the rows that did not, as far as they could be read.
        loaded: Spec and compiled rules.
        context: Day, account, joined data.
        positions: Spec column -> source column.
        missing: Mandatory columns that the sheet lacks, by their names in rules; what
            needs one is not judged, since its every verdict would be false.
    """
    known, doubtful = join_known(typed, context), join_known(failed, context)
    state = _State(known, doubtful, loaded.spec, context, positions)
    lost = lost_with(missing, context, known)
    for rule in loaded.spec.rule:
        gap = without_columns(rule.code, _needs(rule, loaded), lost, known.height)
        if gap is not None:
            state.not_checked.append(gap)
        elif rule.check is None:
            state.apply(rule, loaded.predicates[rule.code])
        elif rule.check in CHECKS:
            state.apply_named(rule)
    return Meaning(findings=state.findings, not_checked=tuple(state.not_checked))


def without_columns(
    code: str, needs: Collection[str], lost: Mapping[str, Column], rows: int
) -> NotChecked | None:
    """Return a rule or ledger entry as not checked if the sheet lacks what it needs.

    Args:
        code: Its finding code.
        needs: The names it uses.
        lost: Names without any value -> the mandatory column that is missing.
        rows: Rows it would have looked at.
    """
    columns = {lost[name].name: lost[name] for name in sorted(lost.keys() & set(needs))}
    if not columns:
        return None
    reasons = tuple(
        Text(
            f"the column {column.label.en} is missing",
            f"欠缺「{column.label.zh_hant}」一欄",
        )
        for column in columns.values()
    )
    return NotChecked(rule=code, missing=tuple(columns), rows=rows, reasons=reasons)


def _needs(rule: Rule, loaded: LoadedSpec) -> frozenset[str]:
    if rule.check is None:
        return loaded.predicates[rule.code].names
    check = NAMED_CHECKS[rule.check]
    return check.needs | {name.replace("-", "_") for name in check.columns}


def lost_with(
    missing: Mapping[str, Column], context: Context, known: pl.DataFrame
) -> dict[str, Column]:
    """Return the missing columns, and what could have been joined by them and was not.

    Args:
        missing: Columns by their names in rules.
        context: The lookups.
        known: The rows as ``join_known`` returns them.
    """
    lost = dict(missing)
    for lookup in context.lookups:
        gone = next((missing[key] for key in lookup.keys if key in missing), None)
        if gone is not None:
            values = [name for name in lookup.frame.columns if name not in lookup.keys]
            blank = (name for name in values if _is_blank(known, name))
            lost |= {name: gone for name in blank if name not in lost}
    return lost


def _is_blank(frame: pl.DataFrame, name: str) -> bool:
    return name not in frame.columns or frame[name].null_count() == frame.height


def join_known(typed: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Return typed rows with everything from outside that rules may use.

    A stock that is given by its code is known by it; lookups fill in the others.
    """
    if "stock_code" in typed.columns:
        typed = typed.with_columns(pl.col("stock_code").alias(STOCK_KEY))
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
    if lookup.unless and not frame[lookup.unless].null_count():
        blank = lookup.frame.clear()
        return frame.with_columns(
            pl.lit(None, dtype=blank.schema[name]).alias(name)
            for name in blank.columns
            if name not in frame.columns
        )
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
        self._absent = {
            column.sql_name
            for column in spec.column
            if column.name not in positions
            and column.sql_name in frame.columns
            and _is_blank(frame, column.sql_name)
        }

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
        if self._is_of_absent(rule, predicate):
            self._add_once(rule, wrong)
        else:
            self._add(rule, wrong, {})

    def apply_named(self, rule: Rule) -> None:
        """Judge one rule that has a check of its own."""
        needs = NAMED_CHECKS[str(rule.check)].needs
        missing = sorted(needs - set(self._frame.columns))
        if missing:
            self._note_gap(rule, missing, self._frame.height)
        elif self._frame.height:
            verdict = CHECKS[str(rule.check)](self._frame)
            if unknown := verdict.wrong.null_count():
                self._note_gap(rule, sorted(needs), unknown)
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

    def _is_of_absent(self, rule: Rule, predicate: Predicate) -> bool:
        """Tell whether a verdict comes of columns that the sheet does not have alone."""
        quoted = {name for name in self._frame.columns if self._quotes(rule, name)}
        return bool(predicate.names) and predicate.names | quoted <= self._absent

    def _add_once(self, rule: Rule, wrong: pl.Series) -> None:
        """Say for the file what is the same in every row, as no cell has a part in it."""
        if wrong.any():
            severity = self._context.severities.get(rule.code, rule.severity)
            self.findings.append(one(rule.code, severity, Scope.BATCH, {}))

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
