"""Every finding code is shown by a sample, or listed with the reason why it cannot be."""

from __future__ import annotations

import csv
import io
import tomllib
from functools import cache

import pytest
from pydantic import BaseModel, ConfigDict

from rapupload.fieldtypes.reading import CLEANINGS, KIND_PROBLEMS
from rapupload.fieldtypes.registry import field_type
from rapupload.services.checking import OWN_CODES
from rapupload.sources.remarks import REMARKS
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.format import BatchSpec
from rapupload.validation.codes import ENGINE_CODES
from tests.golden.cases import SAMPLES, all_cases
from tests.golden.running import FINDINGS, check, plain_settings

TYPES = tuple(sorted(path.parent.name for path in SAMPLES.glob("*/faulty")))
READER_CODES = frozenset(REMARKS) | frozenset(OWN_CODES)
"""Raised by a file as such, whatever its type: one sample for all will do."""


class NotShown(BaseModel):
    """One entry of ``not-shown.toml``."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    types: list[str]
    codes: list[str]
    why: str
    needs: list[str] = []


@cache
def _not_shown() -> list[NotShown]:
    text = (SAMPLES / "not-shown.toml").read_text(encoding="utf-8")
    return [
        NotShown.model_validate(entry) for entry in tomllib.loads(text)["not-shown"]
    ]


def _codes_of(type_: str) -> set[str]:
    """Return what the content of a sheet of this type can raise, as the code has it."""
    spec = Catalogue().spec(type_).spec
    by_column = (field_type(column.type).PROBLEMS for column in spec.column)
    found = set(KIND_PROBLEMS) | set(CLEANINGS) | set(ENGINE_CODES) - _not_of(spec)
    rules = {rule.code for rule in spec.rule} | {entry.code for entry in spec.ledger}
    return found.union(rules, *by_column)


def _not_of(spec: BatchSpec) -> set[str]:
    """Return the engine's codes that only specs with certain tables can raise."""
    tables = {
        "combined-": bool(spec.combined),
        "opposite-": any(column.opposite_aliases for column in spec.column),
        "choice-": bool(spec.choice),
        "unfold-": any(unfold.by == "headings" for unfold in spec.unfold),
        "rows-unfolded": bool(spec.unfold),
        "rows-summed": spec.summing is not None,
        "sum-": spec.summing is not None,
        "row-held-back": spec.summing is not None or bool(spec.unfold),
        "currency-differs": _has_money_and_currency(spec),
    }
    absent = tuple(prefix for prefix, is_there in tables.items() if not is_there)
    return {code for code in ENGINE_CODES if code.startswith(absent)}


def _has_money_and_currency(spec: BatchSpec) -> bool:
    types = {column.type for column in spec.column}
    return "currency" in types and bool(types & {"money", "price"})


def _shown(type_: str | None = None) -> set[str]:
    """Return the codes that the samples, of one type or of all, are expected to show."""
    return {
        line["code"]
        for case in all_cases()
        if type_ in {None, case.about.type}
        for line in csv.DictReader(io.StringIO(case.expected(FINDINGS)))
    }


def _listed(type_: str) -> set[str]:
    return {code for e in _not_shown() if type_ in e.types for code in e.codes}


@pytest.mark.parametrize("type_", TYPES)
def test_every_code_is_shown_or_listed(type_):
    """No finding exists that a person could not see in a sample, save those listed."""
    assert _codes_of(type_) - _shown(type_) - _listed(type_) == set()


def test_every_code_of_the_readers_is_shown():
    """Whatever is remarked upon a file as such is shown by some sample, or listed."""
    listed = set().union(*(_listed(type_) for type_ in TYPES))
    assert READER_CODES - _shown() - listed == set()


@pytest.mark.parametrize("type_", TYPES)
def test_the_list_is_not_stale(type_):
    """What is listed as not shown exists, and really is not shown."""
    assert _listed(type_) & _shown(type_) == set()
    assert _listed(type_) <= _codes_of(type_) | READER_CODES


def test_only_known_codes_are_expected():
    """A code that is gone from specs and engine is gone from the samples too."""
    known = READER_CODES.union(*(_codes_of(type_) for type_ in TYPES))
    assert _shown() <= known


@pytest.mark.parametrize("type_", TYPES)
def test_what_is_listed_for_want_of_data_is_reported_as_not_checked(type_, tmp_path):
    """A rule without its joined values says so, and names what is missing."""
    case = next(c for c in all_cases() if c.name == f"{type_}/faulty")
    checked = check(case, case.sources[0], plain_settings(case, tmp_path))
    reported = {gap.rule: sorted(gap.missing) for gap in checked.not_checked}
    listed = {
        code: sorted(entry.needs)
        for entry in _not_shown()
        if type_ in entry.types and entry.needs
        for code in entry.codes
    }
    partly = {rule for rule, needs in reported.items() if needs == ["stock-key"]}
    assert partly <= _shown(type_)  # elsewhere: of rows by ISIN alone it is not known
    assert {r: needs for r, needs in reported.items() if r not in partly} == listed
