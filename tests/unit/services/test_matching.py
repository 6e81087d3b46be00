"""How sure a proposal for a foreign heading is."""

from __future__ import annotations

import polars as pl
import pytest

from rapupload.services.mapping import Draft, leave_open, propose, to_toml
from rapupload.services.matching import SURE, FuzzyVocabulary, candidates
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.mapping import TODO
from tests.unit.shaping.building import Rows, votes
from tests.unit.validation.building import table

SI = Catalogue().spec("si").spec


def _cells(*texts: str | None) -> pl.DataFrame:
    return pl.DataFrame(
        {"text": texts, "kind": [0] * len(texts)},
        schema={"text": pl.String, "kind": pl.UInt8},
    )


@pytest.mark.parametrize(
    ("heading", "cells", "column"),
    [
        pytest.param("Broker Code", ["C00019", "B01234"], "counterparty-id", id="code"),
        pytest.param("Security Code", ["700", "5"], "stock-code", id="stock"),
        pytest.param("Value Dt", ["05/01/2027"], "settlement-date", id="doubtful date"),
        pytest.param("交收日", ["2027-01-05"], "settlement-date", id="Chinese"),
        pytest.param("No. Shares", ["1,000"], "quantity", id="quantity"),
    ],
)
def test_likeness_and_content_together_are_sure(heading, cells, column):
    """A heading much like ours over cells that the column reads is taken."""
    exact = FuzzyVocabulary(SI).meaning(heading) if heading == "交收日" else None
    first = candidates(heading, _cells(*cells), SI, exact)[0]
    assert first.column == column
    assert first.confidence >= SURE


def test_content_that_does_not_fit_speaks_against():
    """A heading like a date's over words is no date."""
    found = candidates("Value Dt", _cells("spot", "soon"), SI, None)
    assert "settlement-date" not in {c.column for c in found if c.confidence >= SURE}


def test_content_alone_is_never_sure():
    """Participant IDs under a heading like none of ours are asked about."""
    found = candidates("Zzyzx", _cells("B01234", "C00019"), SI, None)
    assert all(c.confidence < SURE for c in found)


def _draft(headings: list[str], *rows: list[str | None]) -> Draft:
    spec = votes().spec
    return propose(table(headings, rows), spec, None)


def test_each_column_is_given_to_one_heading():
    """The surest takes it; the other is offered what is left."""
    draft = _draft(["Own-reference", "Accounts", "Account No."], ["A1", "01", "02"])
    columns = [s.column for s in draft.suggestions if s.column]
    assert len(columns) == len(set(columns))


def test_headings_that_shaping_reads_need_no_entry():
    """A column per resolution must not be mapped away."""
    draft = _draft(
        ["Own-reference", "Account", "Holding", "1", "Mood"], ["A", "1", "9", "F", "x"]
    )
    assert {s.heading: s.why for s in draft.suggestions}["1"] == "shaped"
    assert "1" not in draft.headings
    assert draft.headings["Mood"] == ""
    assert draft.doubts == []


def test_personal_cells_are_masked():
    """Samples of what may name a person are shown as filled, and no more."""
    spec = Catalogue().spec("representative").spec
    sheet = table(["Full Nmae", "Odd"], [["CHAN TAI MAN", "A123456(3)"]])
    shown = [s.samples for s in propose(sheet, spec, None).suggestions]
    assert shown == [("•••",), ("•••",)]


def test_a_number_of_a_document_is_neither_shown_nor_asked_about():
    """Two columns swapped: it is no sample, no word of the desk, and in no file."""
    spec = Catalogue().spec("representative").spec
    rows: Rows = [["A123456(3)", "HKID", "by K765432(1)"], ["CARD", "HKID", None]]
    draft = propose(table(["Document", "Document number", "Status"], rows), spec, None)
    leave_open(draft)
    shown = f"{draft.suggestions} {draft.doubts} {to_toml(draft, 'desk').decode()}"
    assert "123456" not in shown
    assert "765432" not in shown
    words = [doubt.word for doubt in draft.doubts if doubt.kind == "word"]
    assert words == ["CARD"]


def test_columns_that_may_hold_votes_are_asked_about():
    """Kept back without a question, the mapping itself would lose the votes."""
    heads = ["Own-reference", "Account", "Holding", "1", "Special For", "Phone"]
    draft = _draft(heads, ["R1", "01", "900", "F", "100", "21234567"])
    open_ = {heading for heading, name in draft.headings.items() if name == TODO}
    assert open_ == {"Special For", "Phone"}
    asked = [doubt for doubt in draft.doubts if doubt.kind == "heading"]
    assert [doubt.subject for doubt in asked] == ["Special For", "Phone"]
    assert not draft.is_needless
    draft.answer(asked[0], "-")
    assert not draft.headings["Special For"]
