"""What a code means, and which codes are near a mistyped one."""

from __future__ import annotations

from pathlib import Path

import pytest

from rapupload.errors import UsageError
from rapupload.model import Scope, Severity
from rapupload.services.explained import BY_SEVERITY, WHOLE_FILE
from rapupload.services.explaining import Explanation, Kind, collect, explain
from rapupload.spec.catalogue import Catalogue
from tests.unit.spec.building import minimal, rule, toml, words


@pytest.fixture
def own(tmp_path: Path) -> Catalogue:
    """Return a catalogue with a firm's own spec beside the shipped ones."""
    rules = [
        rule("mini-few", "quantity < 5", severity="warning"),
        rule("mini-none", "quantity is null", explanation=words("Fill it in.")),
        rule("mini-late", "cut_off is not null and now > cut_off", scope="batch"),
    ]
    reasons = [{"key": "no-stock", "label": words("No stock"), "codes": ["X999"]}]
    (tmp_path / "mini.toml").write_bytes(toml(minimal(rule=rules, reason=reasons)))
    return Catalogue(tmp_path)


def only(code: str, catalogue: Catalogue) -> Explanation:
    """Return the one explanation of a code."""
    (found,) = explain(code, catalogue)
    return found


CASES = {
    "engine": ("column-missing", Kind.ENGINE, Severity.ERROR, Scope.BATCH),
    "service": ("type-doubtful", Kind.SERVICE, Severity.NOTE, Scope.BATCH),
    "reader": ("hidden-rows", Kind.READER, Severity.WARNING, Scope.BATCH),
    "cell of any column": ("cell-error", Kind.CELL, Severity.ERROR, Scope.CELL),
    "cell": ("isin-check-digit", Kind.CELL, Severity.ERROR, Scope.CELL),
    "cleaning": ("zeros-restored", Kind.CLEANING, Severity.NOTE, Scope.CELL),
    "rule": ("mini-few", Kind.RULE, Severity.WARNING, Scope.ROW),
    "rule of the whole file": ("mini-late", Kind.RULE, Severity.ERROR, Scope.BATCH),
    "batch file": ("trailer-missing", Kind.BATCH_FILE, Severity.ERROR, None),
    "rejection": ("no-stock", Kind.REJECTION, None, None),
    "error": ("host-key", Kind.ERROR, None, None),
    "exit code": ("13", Kind.EXIT_CODE, None, None),
}


@pytest.mark.parametrize(
    ("code", "kind", "severity", "scope"), list(CASES.values()), ids=list(CASES)
)
def test_codes_of_every_kind_are_explained(code, kind, severity, scope, own):
    """With words in both languages, and what to do next."""
    found = only(code, own)
    assert (found.kind, found.severity, found.scope) == (kind, severity, scope)
    for text in (found.message, found.meaning, found.action):
        assert text.en
        assert text.zh_hant


def test_a_rule_says_how_it_is_judged(own):
    """The predicate, the values it needs, its mark and where it comes from."""
    found = only("mini-late", own)
    assert found.test == "cut_off is not null and now > cut_off"
    assert found.needs == ("cut-off",)
    assert found.types == ("mini",)


def test_an_explanation_of_the_spec_wins(own):
    """What to do is the spec's, else by severity, with the code to be accepted."""
    assert only("mini-none", own).action.en == "Fill it in."
    assert "--accept-warning mini-few" in only("mini-few", own).action.en
    assert "--accept-warning mini-few" in only("mini-few", own).action.zh_hant


def test_an_error_of_the_file_is_not_an_error_of_a_row(own):
    """Nothing lets the other rows go without it."""
    assert only("column-missing", own).meaning == WHOLE_FILE
    row = BY_SEVERITY[Severity.ERROR].message
    assert only("mini-none", own).meaning == row
    assert row != WHOLE_FILE


def test_a_code_of_the_far_end_leads_to_its_reason(own):
    """HKEX's own code is explained by our word for it."""
    assert only("X999", own).code == "no-stock"


def test_a_named_check_leads_to_the_rules_that_use_it():
    """Also by its name, which stands in the spec and not in a finding."""
    found = explain("account-chain", Catalogue())
    assert {one.code for one in found} == {"ati-chain"}


def test_what_is_said_alike_is_said_once():
    """Rules of several types, and problems of several field types, are put together."""
    found = only("stock-missing", Catalogue())
    assert {"si", "ati"} <= set(found.types)
    (texts,) = (e for e in explain("text-long", Catalogue()) if e.kind is Kind.CELL)
    assert {"text", "reference"} <= set(texts.field_type.split(", "))


def test_what_is_said_differently_is_said_apart():
    """A code that a sheet and a batch file share has two meanings."""
    kinds = [one.kind for one in explain("value-missing", Catalogue())]
    assert kinds == [Kind.ENGINE, Kind.BATCH_FILE]


@pytest.mark.parametrize("code", ["ISIN-FORM", " isin-form "])
def test_case_and_blanks_do_not_matter(code):
    """A code copied from a table is found."""
    assert only(code, Catalogue()).code == "isin-form"


@pytest.mark.parametrize(
    ("code", "nearest"),
    [
        pytest.param("isin-frm", "isin-form", id="slip"),
        pytest.param("check-digit", "isin-check-digit", id="part"),
        pytest.param("stock_code_six", "stock-code-six", id="underscores"),
    ],
)
def test_the_nearest_codes_are_proposed(code, nearest):
    """For a code that nothing says."""
    with pytest.raises(UsageError) as caught:
        explain(code, Catalogue())
    assert nearest in caught.value.hint


def test_nothing_is_proposed_where_nothing_is_near():
    """A guess would lead astray."""
    with pytest.raises(UsageError) as caught:
        explain("qqqqqq", Catalogue())
    assert "Did you mean" not in caught.value.hint


def test_a_faulty_spec_does_not_hide_the_other_codes(tmp_path):
    """Its own rules are missing, and that is said where a code is not found."""
    (tmp_path / "mini.toml").write_text("[spec]\n", encoding="utf-8")
    catalogue = Catalogue(tmp_path)
    assert only("isin-form", catalogue).code == "isin-form"
    with pytest.raises(UsageError) as caught:
        explain("mini-few", catalogue)
    assert "mini" in caught.value.hint


def test_no_code_of_a_kind_is_told_twice_for_one_type():
    """Each stands once in the collection for each place that says it."""
    keys = [(e.kind, e.code, e.types, e.field_type) for e in collect(Catalogue())]
    assert len(keys) == len(set(keys))
