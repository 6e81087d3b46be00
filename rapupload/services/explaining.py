"""Every code the program can say, with its words: what ``explain`` and the page show.

One collection feeds the command and ``docs/reference/findings.md``, so that they cannot
differ. Words stand where the code is raised; what to do about it stands there too, or in
``explained``.
"""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from rapupload.batches.faults import FAULTS
from rapupload.errors import SpecError, UsageError
from rapupload.fieldtypes.reading import CLEANINGS, KIND_PROBLEMS, Problem
from rapupload.fieldtypes.registry import NAMES, field_type
from rapupload.model import Scope, Severity, Text
from rapupload.services.checking import OWN_CODES
from rapupload.services.explained import (
    BY_SEVERITY,
    CLEANED,
    ERRORS,
    EXIT_CODES,
    MISREAD,
    OWN_ACTIONS,
    REJECTED,
    REMARK_ACTIONS,
    WHOLE_FILE,
)
from rapupload.sources.remarks import REMARKS
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.checks import NAMED_CHECKS
from rapupload.spec.format import BatchSpec, Ledger, Rule, Words
from rapupload.spec.loader import LoadedSpec
from rapupload.validation.codes import ENGINE_CODES

_AUTHORITY = re.compile(r"^(?:Source|Authority): (.+?)\n\n", re.DOTALL | re.MULTILINE)
_ALWAYS = frozenset({"today", "now"})
_NEAREST = 5
_LIKENESS = 0.5
_TELLING = 3  # letters of a part of a code


class Kind(StrEnum):
    """Where a code comes from."""

    ENGINE = "engine"
    SERVICE = "service"
    READER = "reader"
    CELL = "cell"
    CLEANING = "cleaning"
    RULE = "rule"
    BATCH_FILE = "batch-file"
    REJECTION = "rejection"
    ERROR = "error"
    EXIT_CODE = "exit-code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What one code means, in one place where it is said.

    Attributes:
        code: As it is printed.
        kind: Where it comes from.
        severity: None for what is no finding.
        scope: None for what is no finding.
        message: As it is printed; words in braces are filled in.
        meaning: What it means for the file.
        action: What to do next.
        example: What a right cell looks like; empty where there is none.
        types: Instruction types in which it can come up; empty for all of them.
        field_type: The field type that says it, for a cell.
        test: How a rule is judged: SQL, or the name of a check.
        needs: Values from outside the sheet without which a rule is not checked.
        mark: How sure the rule is, item and format.
        source: Where it is laid down.
        aliases: Other words that lead here, such as the far end's own code.
    """

    code: str
    kind: Kind
    message: Text
    meaning: Text
    action: Text
    severity: Severity | None = None
    scope: Scope | None = None
    example: str = ""
    types: tuple[str, ...] = ()
    field_type: str = ""
    test: str = ""
    needs: tuple[str, ...] = ()
    mark: str = ""
    source: str = ""
    aliases: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return the JSON form that scripts rely on."""
        return {
            "code": self.code,
            "kind": self.kind.value,
            "severity": self.severity.value if self.severity else None,
            "scope": self.scope.value if self.scope else None,
            "message": self.message.as_dict(),
            "meaning": self.meaning.as_dict(),
            "action": self.action.as_dict(),
            "example": self.example,
            "types": list(self.types),
            "field_type": self.field_type,
            "test": self.test,
            "needs": list(self.needs),
            "mark": self.mark,
            "source": self.source,
        }


def explain(code: str, catalogue: Catalogue) -> tuple[Explanation, ...]:
    """Return what a code means: once for each place that says it.

    Raises:
        UsageError: Nothing says it; the nearest codes are proposed.
    """
    wanted = code.strip().casefold()
    every = collect(catalogue)
    found = tuple(e for e in every if e.code.casefold() == wanted)
    if not found:
        found = tuple(e for e in every if wanted in {a.casefold() for a in e.aliases})
    if not found:
        raise UsageError(
            f"There is no code {code!r}.", hint=_proposal(wanted, every, catalogue)
        )
    return _merged(found)


def _merged(found: Iterable[Explanation]) -> tuple[Explanation, ...]:
    """Say once what several types or field types say in the same words."""
    groups: dict[tuple[object, ...], list[Explanation]] = {}
    for one in found:
        key = (one.kind, one.code, one.severity, one.scope, one.message, one.action)
        groups.setdefault((*key, one.test, one.mark), []).append(one)
    return tuple(
        replace(
            same[0],
            types=_all(t for one in same for t in one.types),
            field_type=", ".join(_all(one.field_type for one in same)),
            example=", ".join(_all(one.example for one in same)),
            source="; ".join(_all(one.source for one in same)),
        )
        for same in groups.values()
    )


def _all(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def _meaning(severity: Severity, scope: Scope) -> Text:
    if severity is Severity.ERROR and scope is Scope.BATCH:
        return WHOLE_FILE
    return BY_SEVERITY[severity].message


def _proposal(wanted: str, every: Iterable[Explanation], catalogue: Catalogue) -> str:
    codes = {word for e in every for word in (e.code, *e.aliases)}
    near = difflib.get_close_matches(wanted, sorted(codes), _NEAREST, _LIKENESS)
    near += sorted(
        c for c in codes - set(near) if len(wanted) >= _TELLING and wanted in c
    )
    hint = f"Did you mean {', '.join(near[:_NEAREST])}?" if near else ""
    faulty = [name for name in catalogue.types if _loaded(catalogue, name) is None]
    if faulty:
        hint += (
            f" The rules of {', '.join(faulty)} cannot be read: the spec has faults."
        )
    return hint.strip() or "Codes are printed beside each finding."


def collect(catalogue: Catalogue) -> tuple[Explanation, ...]:
    """Return every code, in the order of the reference page."""
    found = [_loaded(catalogue, name) for name in catalogue.types]
    loaded = [spec for spec in found if spec is not None]
    specs = [one.spec for one in loaded]
    return (
        *_engine(),
        *_services(),
        *_readers(),
        *_cells(specs),
        *_cleanings(),
        *_rules(loaded),
        *_batch_files(),
        *_rejections(specs),
        *_errors(),
        *_exit_codes(),
    )


def _loaded(catalogue: Catalogue, name: str) -> LoadedSpec | None:
    """Return a spec; None where its file has faults, which ``specs list`` shows."""
    try:
        return catalogue.spec(name)
    except SpecError:
        return None


def _engine() -> Iterator[Explanation]:
    for code, engine in sorted(ENGINE_CODES.items()):
        yield Explanation(
            code=code,
            kind=Kind.ENGINE,
            severity=engine.severity,
            scope=engine.scope,
            message=engine.message,
            meaning=_meaning(engine.severity, engine.scope),
            action=engine.explanation,
        )


SERVICE_MEANINGS: Mapping[str, tuple[Severity, Scope]] = {
    "list-stale": (Severity.NOTE, Scope.BATCH),
    "reference-used-before": (Severity.WARNING, Scope.ROW),
    "type-doubtful": (Severity.NOTE, Scope.BATCH),
}
"""Severity and scope of the services' own codes; their words are with the code."""


def _services() -> Iterator[Explanation]:
    for code, message in sorted(OWN_CODES.items()):
        severity, scope = SERVICE_MEANINGS.get(code, (Severity.NOTE, Scope.BATCH))
        yield Explanation(
            code=code,
            kind=Kind.SERVICE,
            severity=severity,
            scope=scope,
            message=message,
            meaning=_meaning(severity, scope),
            action=OWN_ACTIONS.get(code, BY_SEVERITY[severity].action),
        )


def _readers() -> Iterator[Explanation]:
    for code, (severity, english, chinese) in sorted(REMARKS.items()):
        yield Explanation(
            code=code,
            kind=Kind.READER,
            severity=severity,
            scope=Scope.BATCH,
            message=Text(english, chinese),
            meaning=BY_SEVERITY[severity].message,
            action=REMARK_ACTIONS.get(code, BY_SEVERITY[severity].action),
        )


def _cells(specs: Iterable[BatchSpec]) -> Iterator[Explanation]:
    for code, problem in sorted(KIND_PROBLEMS.items()):
        yield _cell(code, problem)
    specs = tuple(specs)
    for name in sorted(NAMES):
        users = [(s.id, c) for s in specs for c in s.column if c.type == name]
        examples = dict.fromkeys(c.example for _, c in users if c.example)
        for code, problem in sorted(field_type(name).PROBLEMS.items()):
            yield replace(
                _cell(code, problem),
                field_type=name,
                types=tuple(dict.fromkeys(id_ for id_, _ in users)),
                example=", ".join(list(examples)[:3]),
                source=_authority(name),
            )


def _cell(code: str, problem: Problem) -> Explanation:
    return Explanation(
        code=code,
        kind=Kind.CELL,
        severity=Severity.ERROR,
        scope=Scope.CELL,
        message=problem.message,
        meaning=BY_SEVERITY[Severity.ERROR].message,
        action=problem.explanation,
    )


def _authority(name: str) -> str:
    """Return what a field type says about its source, on one line."""
    found = _AUTHORITY.search(inspect.getdoc(field_type(name)) or "")
    return " ".join(found[1].split()).rstrip(".") if found else ""


def _cleanings() -> Iterator[Explanation]:
    for code, message in sorted(CLEANINGS.items()):
        yield Explanation(
            code=code,
            kind=Kind.CLEANING,
            severity=Severity.NOTE,
            scope=Scope.CELL,
            message=message,
            meaning=BY_SEVERITY[Severity.NOTE].message,
            action=CLEANED,
        )


def _rules(specs: Iterable[LoadedSpec]) -> Iterator[Explanation]:
    for loaded in specs:
        for rule in loaded.spec.rule:
            yield _rule(loaded, rule)
        for ledger in loaded.spec.ledger:
            yield _ledger(loaded.spec, ledger)


def _action(written: Words | None, severity: Severity, code: str) -> Text:
    """Return the spec's own words; else what is done about any finding so severe."""
    if written is not None:
        return written.text
    general = BY_SEVERITY[severity].action
    return Text(
        general.en.replace("{code}", code), general.zh_hant.replace("{code}", code)
    )


def _ledger(spec: BatchSpec, ledger: Ledger) -> Explanation:
    return Explanation(
        code=ledger.code,
        kind=Kind.RULE,
        severity=ledger.severity,
        scope=Scope.ROW,
        message=ledger.message.text,
        meaning=BY_SEVERITY[ledger.severity].message,
        action=_action(ledger.explanation, ledger.severity, ledger.code),
        types=(spec.id,),
        test=f"{ledger.amount} per {', '.join(ledger.key)} above {ledger.limit}",
        mark=ledger.mark,
        source=ledger.source,
    )


def _rule(loaded: LoadedSpec, rule: Rule) -> Explanation:
    spec = loaded.spec
    scope = Scope.BATCH if rule.scope == "batch" else Scope.ROW
    columns = {column.name: column for column in spec.column}
    examples = [columns[name] for name in rule.columns if name in columns]
    return Explanation(
        code=rule.code,
        kind=Kind.RULE,
        severity=rule.severity,
        scope=scope,
        message=rule.message.text,
        meaning=_meaning(rule.severity, scope),
        action=_action(rule.explanation, rule.severity, rule.code),
        example=", ".join(f"{c.name} {c.example}" for c in examples if c.example),
        types=(spec.id,),
        test=rule.check or " ".join((rule.wrong_when or "").split()),
        needs=_needs(loaded, rule),
        mark=rule.mark,
        source=rule.source,
        aliases=(rule.check,) if rule.check else (),
    )


def _needs(loaded: LoadedSpec, rule: Rule) -> tuple[str, ...]:
    """Return the joined values of a rule, as a person reads them in the check report."""
    if rule.check is not None:
        needed = NAMED_CHECKS[rule.check].needs
    else:
        sheet = {column.sql_name for column in loaded.spec.column}
        needed = loaded.predicates[rule.code].names - sheet - _ALWAYS
    return tuple(sorted(name.replace("_", "-") for name in needed))


def _batch_files() -> Iterator[Explanation]:
    for code, kind in sorted(FAULTS.items()):
        yield Explanation(
            code=code,
            kind=Kind.BATCH_FILE,
            severity=kind.severity,
            message=kind.message,
            meaning=MISREAD.message,
            action=MISREAD.action,
        )


def _rejections(specs: Iterable[BatchSpec]) -> Iterator[Explanation]:
    for spec in specs:
        for reason in spec.reason:
            yield Explanation(
                code=reason.key,
                kind=Kind.REJECTION,
                message=reason.label.text,
                meaning=REJECTED.message,
                action=REJECTED.action,
                example=reason.column or "",
                types=(spec.id,),
                mark=reason.mark,
                aliases=reason.codes,
            )


def _errors() -> Iterator[Explanation]:
    for code, told in sorted(ERRORS.items()):
        yield Explanation(
            code=code,
            kind=Kind.ERROR,
            message=told.message,
            meaning=told.message,
            action=told.action,
        )


def _exit_codes() -> Iterator[Explanation]:
    for number, told in sorted(EXIT_CODES.items()):
        yield Explanation(
            code=str(number),
            kind=Kind.EXIT_CODE,
            message=told.message,
            meaning=told.message,
            action=told.action,
        )
