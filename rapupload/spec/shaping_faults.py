"""What the tables that shape rows say about columns, codes and one another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from rapupload.errors import SpecFault
from rapupload.fieldtypes.code import fold_code
from rapupload.spec.columns import shape_of
from rapupload.spec.format import BatchSpec, Choice, Column, Combined, Unfold
from rapupload.spec.headings import normalise
from rapupload.spec.written import Written

_FIGURES = frozenset({"quantity", "money", "price"})
_SUMMABLE = 18  # digits: a thousand million rows of them still add up in 128 bits
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_OWN_REFERENCE = "own-reference"
_OUR_REASONS = frozenset({"blank", "total", "example", "no-vote"})


def shaping_faults(spec: BatchSpec, written: Written) -> Iterator[SpecFault]:
    """Return the faults of combined, choice, unfold, summing and ignored-rows.

    Args:
        spec: What could be read of the file, all columns that cells can be read by.
        written: What stands in the file.
    """
    columns = _Columns(spec, written)
    yield from _alternatives(spec)
    yield from _opposites(spec)
    yield from _combined(spec, columns)
    for number, choice in enumerate(spec.choice, 1):
        yield from _choice(f"choice.{number}", choice, columns)
    yield from _twice("choice", (choice.selector for choice in spec.choice))
    for unfold in spec.unfold:
        yield from _unfold(f"unfold.{unfold.name}", unfold, spec, columns)
    yield from _twice("unfold", (unfold.name for unfold in spec.unfold))
    yield from _summing(spec, columns)
    for number, rows in enumerate(spec.ignored_rows, 1):
        path = f"ignored-rows.{number}"
        yield from columns.missing(f"{path}.column", [rows.column])
        if rows.reason in _OUR_REASONS:
            reason = f"{rows.reason!r} is a reason of our own; call it otherwise"
            yield SpecFault(path=f"{path}.reason", reason=reason)


def _twice(path: str, names: Iterable[str]) -> Iterator[SpecFault]:
    for name, count in Counter(names).items():
        if count > 1:
            yield SpecFault(path=path, reason=f"{name!r} is defined {count} times")


class _Columns:
    """The columns of a spec, and those whose own tables have a fault."""

    def __init__(self, spec: BatchSpec, written: Written) -> None:
        self._known = {column.name: column for column in spec.column}
        self._broken = written.columns - self._known.keys()

    def get(self, name: str | None) -> Column | None:
        """Return a column that can be looked at."""
        return None if name is None else self._known.get(name)

    def missing(self, path: str, names: Iterable[str]) -> Iterator[SpecFault]:
        """Yield a fault for each name that is no column."""
        for name in names:
            if name not in self._known and name not in self._broken:
                yield SpecFault(path=path, reason=f"there is no column {name!r}")

    def kinds(self, path: str, name: str, *, alternative: bool) -> Iterator[SpecFault]:
        """Yield a fault where a column is not (or is) another way to write others."""
        yield from self.missing(path, [name])
        column = self.get(name)
        if column is None or column.is_alternative is alternative:
            return
        wanted = 'need = "alternative"' if alternative else "a column of its own"
        yield SpecFault(path=path, reason=f"{name!r} must be {wanted}")

    def alike(self, path: str, name: str, other: str) -> Iterator[SpecFault]:
        """Yield a fault where cells of one column could not stand in another."""
        one, two = self.get(name), self.get(other)
        if one and two and one.type != two.type:
            reason = f"{name!r} is {one.type}, {other!r} is {two.type}"
            yield SpecFault(path=path, reason=reason)


def _alternatives(spec: BatchSpec) -> Iterator[SpecFault]:
    """What is only another way to write other columns is read by a table, or by none."""
    used = {name for c in spec.choice for name in (c.selector, c.figure)}
    used |= {right for unfold in spec.unfold for right in unfold.takes.values()}
    for number, column in enumerate(spec.column, 1):
        if not column.is_alternative:
            continue
        path = f"column.{number} ({column.name})"
        if column.name not in used:
            yield SpecFault(path=path, reason="no choice and no unfold reads it")
        if column.default is not None or column.default_from is not None:
            yield SpecFault(path=path, reason="an alternative column has no default")
        if column.name in spec.spec.fingerprint:
            reason = f"{column.name!r} never reaches an instruction"
            yield SpecFault(path="spec.fingerprint", reason=reason)


def _opposites(spec: BatchSpec) -> Iterator[SpecFault]:
    claims: dict[str, set[str]] = {}
    for column in spec.column:
        for text in (
            column.name,
            column.label.en,
            column.label.zh_hant,
            *column.aliases,
        ):
            claims.setdefault(normalise(text), set()).add(column.name)
    for column in spec.column:
        for alias in column.opposite_aliases:
            folded = normalise(alias)
            others = claims.setdefault(folded, set())
            path = f"column ({column.name}).opposite-aliases"
            if not folded:
                yield SpecFault(path=path, reason="a heading of signs alone")
            elif others:
                names = ", ".join(sorted(others))
                reason = f"the heading {folded!r} is claimed by {names}"
                yield SpecFault(path=path, reason=reason)
            others.add(f"the opposite of {column.name}")


def _combined(spec: BatchSpec, columns: _Columns) -> Iterator[SpecFault]:
    said: dict[tuple[str, str], str] = {}
    for number, table in enumerate(spec.combined, 1):
        path = f"combined.{number}"
        for name, code in table.gives.items():
            yield from columns.missing(f"{path}.gives", [name])
            column = columns.get(name)
            if column is None:
                continue
            if code not in {known.code for known in column.codes}:
                reason = f"{name!r} has no code {code!r}"
                yield SpecFault(path=f"{path}.gives", reason=reason)
                continue
            yield from _spellings(path, table, column, code, said)


def _spellings(
    path: str,
    table: Combined,
    column: Column,
    code: str,
    said: dict[tuple[str, str], str],
) -> Iterator[SpecFault]:
    own = shape_of(column).codes
    for spelling in map(fold_code, table.spellings):
        for other in (
            own.get(spelling, code),
            said.setdefault((column.name, spelling), code),
        ):
            if other != code:
                reason = f"{spelling!r} stands for {other} and for {code}"
                yield SpecFault(path=f"{path}.spellings", reason=reason)


def _choice(path: str, choice: Choice, columns: _Columns) -> Iterator[SpecFault]:
    for key, name in (("selector", choice.selector), ("figure", choice.figure)):
        yield from columns.kinds(f"{path}.{key}", name, alternative=True)
    selector, figure = columns.get(choice.selector), columns.get(choice.figure)
    if selector is not None:
        codes = {code.code for code in selector.codes}
        for code in sorted(codes ^ choice.goes_to.keys()):
            known = "has no column" if code in codes else "is no code of the selector"
            yield SpecFault(path=f"{path}.goes-to", reason=f"{code!r} {known}")
    if figure is not None and figure.type not in _FIGURES:
        reason = f"{figure.name!r} is {figure.type}, which is no figure"
        yield SpecFault(path=f"{path}.figure", reason=reason)
    targets = list(choice.goes_to.values())
    for name in targets:
        yield from columns.kinds(f"{path}.goes-to", name, alternative=False)
        yield from columns.alike(f"{path}.goes-to", name, choice.figure)
    yield from _twice(f"{path}.goes-to", targets)
    if choice.whole is not None:
        yield from columns.kinds(f"{path}.whole", choice.whole, alternative=False)
        yield from columns.alike(f"{path}.whole", choice.whole, choice.figure)
        if choice.whole in targets:
            reason = f"{choice.whole!r} is a column that figures go to"
            yield SpecFault(path=f"{path}.whole", reason=reason)


def _unfold(
    path: str, unfold: Unfold, spec: BatchSpec, columns: _Columns
) -> Iterator[SpecFault]:
    if unfold.column is not None:
        yield from columns.kinds(f"{path}.column", unfold.column, alternative=False)
    selectors = {choice.selector for choice in spec.choice}
    if unfold.choice is not None and unfold.choice not in selectors:
        reason = f"there is no choice with the selector {unfold.choice!r}"
        yield SpecFault(path=f"{path}.choice", reason=reason)
    for left, right in unfold.takes.items():
        yield from columns.kinds(f"{path}.takes", left, alternative=False)
        yield from columns.kinds(f"{path}.takes", right, alternative=True)
        yield from columns.alike(f"{path}.takes", left, right)
    yield from _twice(f"{path}.takes", unfold.takes.values())
    found = _PLACEHOLDER.findall(unfold.reference)
    if sorted(found) != ["number", "reference"]:
        reason = "needs {reference} and {number}, each once, and nothing else in braces"
        yield SpecFault(path=f"{path}.reference", reason=reason)


def _summing(spec: BatchSpec, columns: _Columns) -> Iterator[SpecFault]:
    rule = spec.summing
    if rule is None:
        return
    named = [*rule.key, *rule.sum, *rule.same]
    for key, names in (("key", rule.key), ("sum", rule.sum), ("same", rule.same)):
        for name in names:
            yield from columns.kinds(f"summing.{key}", name, alternative=False)
    yield from _twice("summing", named)
    if _OWN_REFERENCE in named:
        reason = "the own reference is that of the first row, always"
        yield SpecFault(path="summing", reason=reason)
    sent = _sent(spec)
    for name in rule.key:
        if columns.get(name) is not None and name not in sent:
            reason = f"{name!r} is in no detail record"
            yield SpecFault(path="summing.key", reason=reason)
    for name in rule.sum:
        yield from _summable(name, columns.get(name))
    yield from _uncovered(spec, set(named), sent)


def _sent(spec: BatchSpec) -> set[str]:
    records = [spec.detail, *(record.fields for record in spec.detail_record)]
    return {field.column for fields in records for field in fields if field.column}


def _summable(name: str, column: Column | None) -> Iterator[SpecFault]:
    if column is None:
        return
    if column.type not in _FIGURES:
        reason = f"{name!r} is {column.type}, which is no figure"
        yield SpecFault(path="summing.sum", reason=reason)
        return
    length = shape_of(column).length
    if length is None or length > _SUMMABLE:
        reason = f"{name!r} needs a picture of at most {_SUMMABLE} digits"
        yield SpecFault(path="summing.sum", reason=reason)


def _uncovered(spec: BatchSpec, named: set[str], sent: set[str]) -> Iterator[SpecFault]:
    """What tells instructions apart, and every figure, must not come from one row."""
    for column in spec.column:
        is_told = column.name in spec.spec.fingerprint
        is_figure = column.type in _FIGURES and column.name in sent
        is_own = column.name == _OWN_REFERENCE
        if (is_told or is_figure) and not is_own and column.name not in named:
            reason = f"{column.name!r} must be in key, sum or same"
            yield SpecFault(path="summing", reason=reason)
