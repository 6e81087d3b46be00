"""No cell, heading or kind stops shaping and the check behind it, and no row is lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapupload.services.checking import rehearse
from rapupload.shaping import shape
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.mapping import Mapping
from rapupload.table import CellKind
from rapupload.validation import Asked, check
from tests.unit.validation.building import NOW, context, table

# fmt: off
_ODD = ["1", "2(a)", "1 For", "Against 1", "3 A", "Release", "Desk", "5.10", "投票", "#", ""]
_WORDS = [
    "F", "A", "ALL", "F 10", "10", "-1", "RVP", "DVP", "541", "Y", "N", "DONE", " ",
    "A26007777", "00388", "01", "2027-01-06", "05/01/27", "#N/A", "1E5", "０", "\x00",
]
# fmt: on
_CELLS = st.none() | st.sampled_from(_WORDS)


@st.composite
def _any_sheet(draw: st.DrawFn, spec: Any) -> Any:
    known = [text for c in spec.column for text in (c.name, c.label.zh_hant)]
    known += [alias for c in spec.column for alias in c.opposite_aliases]
    heading = st.sampled_from(known) | st.sampled_from(_ODD) | st.text(max_size=5)
    heads: list[str] = draw(st.lists(heading, min_size=1, max_size=10))
    examples = [c.example for c in spec.column if c.example]
    cell = _CELLS | st.sampled_from(examples) | st.text(max_size=4)
    rows = draw(st.lists(st.tuples(*(cell for _ in heads)), max_size=4))
    kinds = draw(
        st.dictionaries(st.integers(0, 9), st.sampled_from(list(CellKind)), max_size=3)
    )
    mixed = {}
    is_mixed: bool = draw(st.booleans())
    if is_mixed:
        mixed = {0: draw(st.tuples(*(st.sampled_from(list(CellKind)) for _ in rows)))}
    return table(heads, rows, kinds=kinds, mixed=mixed, ignored={100: "total"})


@st.composite
def _mapping(draw: st.DrawFn, spec: Any, headings: list[str]) -> Mapping | None:
    is_mapped: bool = draw(st.booleans())
    if not is_mapped:
        return None
    names = st.sampled_from(["", *(column.name for column in spec.column)])
    keys: dict[str, Any] = {
        "headings": draw(st.dictionaries(st.sampled_from(headings), names, max_size=3)),
        "date-order": draw(st.sampled_from(["day-first", "year-first", None])),
        "fixed": draw(st.sampled_from([{}, {"own-reference": "X1"}])),
    }
    by_word: bool = draw(st.booleans())
    if by_word:
        word = {
            "reason": "w",
            "column": draw(st.sampled_from(headings)),
            "values": ["N"],
        }
        keys["ignored-rows"] = [word] if word["column"] else []
    codes = [c for c in spec.column if c.codes]
    by_code: bool = draw(st.booleans())
    if codes and by_code:
        chosen = draw(st.sampled_from(codes))
        keys["values"] = {chosen.name: {"F": chosen.codes[0].code}}
    return Mapping.model_validate({"name": "desk", "type": spec.id, **keys})


@pytest.mark.parametrize("name", Catalogue().types)
@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_any_sheet_is_shaped_checked_and_accounted_for(name, data):
    """Every source row is used, rejected or ignored; what is let through can be written."""
    loaded = Catalogue().spec(name)
    sheet = data.draw(_any_sheet(loaded.spec))
    headings = [header.text for header in sheet.headers]
    mapping = data.draw(_mapping(loaded.spec, headings))
    shaped = shape(sheet, loaded.spec, mapping)
    assert shaped.rows == sheet.rows
    assert set(shaped.frame["row"]).isdisjoint(shaped.ignored)
    asked = Asked(summing=data.draw(st.booleans()))
    found = check(shaped, loaded, context(), asked=asked)
    assert found.rows == found.used + len(found.rejected) + len(found.ignored)
    assert set(found.instructions["row"]).isdisjoint(found.rejected)
    letters = {header.letter for header in sheet.headers} | {""}
    rows = set(sheet.frame["row"]) | {None}
    for finding in found.findings:
        assert finding.letter in letters
        assert finding.row in rows
        assert finding.message.en
        assert finding.message.zh_hant
    if not found.has_batch_error:
        rehearse(found, NOW)
