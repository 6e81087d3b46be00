from __future__ import annotations

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rapupload.batches import decode, examine, pair, render
from rapupload.errors import SourceError, UsageError
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.format import BatchSpec
from tests.properties.specs import VALUES, rows_of
from tests.unit.spec.building import column, load, minimal

_FURTHER = {
    "name": "large",
    "when": "quantity > 50",
    "fields": [
        {"name": "t", "picture": "X(1)", "value": "3"},
        {"name": "note", "picture": "X(11)", "column": "note"},
    ],
}
_SPECS = {
    "ati": Catalogue().spec("ati").spec,
    "delimited": load(batch_file={"layout": "delimited"}).spec,
    "zip": load(batch_file={"zip-member": "A.TXT"}).spec,
    "big5": load(batch_file={"encoding": "big5hkscs", "line-end": "lf"}).spec,
    "kinds": load(
        column=[*minimal()["column"], column("note", picture="X(11)")],
        **{"detail-record": [_FURTHER]},
    ).spec,
}


def _render(data: st.DataObject, spec: BatchSpec) -> tuple[pl.DataFrame, bytes]:
    frame = data.draw(rows_of(spec, max_size=3))
    try:
        return frame, render(frame, spec, VALUES).content
    except UsageError:  # a value with a delimiter where there are no quotes
        assume(False)  # noqa: FBT003 - hypothesis wants it so
        raise


@pytest.mark.parametrize("name", _SPECS)
@given(data=st.data())
def test_a_damaged_file_is_examined_whatever_it_says(name, data):
    """Every fault can be worded, and what the strict reader takes reads the same."""
    spec = _SPECS[name]
    _, content = _render(data, spec)
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.integers(0, 3)))
        content = content[:start] + data.draw(st.binary(max_size=3)) + content[end:]
    try:
        found = examine(content, spec)
    except SourceError:
        return
    assert all(fault.message.en for fault in found.faults.worded())
    assert found.lines.len() == found.readable.len() == found.instructions.height
    try:
        strict = decode(content, spec)
    except SourceError:
        assert found.faults.errors
    else:
        assert strict.instructions.equals(found.instructions)


@pytest.mark.parametrize("name", ["ati", "election"])
@given(data=st.data())
def test_a_record_lost_or_doubled_is_told(name, data):
    """The count no longer agrees, whatever the record said."""
    spec = Catalogue().spec(name).spec
    frame, content = _render(data, spec)
    assume(frame.height > 0)
    first, *details, last, end = content.split(b"\r\n")
    place = data.draw(st.integers(0, len(details) - 1))
    times = data.draw(st.sampled_from([0, 2]))
    changed = [*details[:place], *[details[place]] * times, *details[place + 1 :]]
    found = examine(b"\r\n".join([first, *changed, last, end]), spec)
    assert "total-differs" in set(found.faults.frame["code"])


_CELLS = st.sampled_from(["", "1", "2", "3"])
_ROWS = st.lists(st.tuples(_CELLS, _CELLS, _CELLS), max_size=8)


def _frame(rows: list[tuple[str, str, str]]) -> pl.DataFrame:
    names = ("reference", "stock", "hold")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    return frame.select(pl.when(pl.all() != "").then(pl.all()))


@given(a=_ROWS, b=_ROWS, by=st.sampled_from(["auto", "reference", "content"]))
def test_pairing_loses_no_row_and_calls_nothing_equal_that_is_not(a, b, by):
    """Same + changed + missing = A, same + changed + added = B."""
    one, other = _frame(a), _frame(b)
    pairs = pair(one, other, reference="reference", content=["stock"], by=by)
    paired = pl.concat([pairs.same, pairs.changed.select("a", "b")])
    assert sorted([*paired["a"], *pairs.missing]) == list(range(len(a)))
    assert sorted([*paired["b"], *pairs.added]) == list(range(len(b)))
    skipped = int(by == "content")
    for left, right in pairs.same.iter_rows():
        assert one.row(left)[skipped:] == other.row(right)[skipped:]


@given(rows=_ROWS, data=st.data(), by=st.sampled_from(["auto", "content"]))
def test_the_same_rows_in_any_order_are_the_same(rows, data, by):
    """However often a row stands, and whether references repeat or are blank."""
    shuffled = data.draw(st.permutations(rows))
    pairs = pair(
        _frame(rows), _frame(shuffled), reference="reference", content=["stock"], by=by
    )
    assert pairs.same.height == len(rows)
