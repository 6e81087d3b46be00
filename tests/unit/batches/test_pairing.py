from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest

from rapupload.batches import By, changed_fields, pair
from rapupload.batches.pairing import Pairs

_COLUMNS = ("reference", "stock", "quantity", "hold")
Row = tuple[str | None, ...]


def _frame(*rows: Row) -> pl.DataFrame:
    return pl.DataFrame(
        list(rows), schema=dict.fromkeys(_COLUMNS, pl.String), orient="row"
    )


def _pair(a: Sequence[Row], b: Sequence[Row], by: By = "auto") -> Pairs:
    return pair(
        _frame(*a),
        _frame(*b),
        reference="reference",
        content=["stock", "quantity"],
        by=by,
    )


_A1: Row = ("A1", "00700", "100", "N")
_A2: Row = ("A2", "00005", "400", "N")


@pytest.mark.parametrize(
    ("a", "b", "by", "same", "changed", "missing", "added"),
    [
        pytest.param(
            [_A1, _A2], [_A2, _A1], "auto", [(0, 1), (1, 0)], [], [], [],
            id="equal in another order",
        ),
        pytest.param(
            [_A1], [("A1", "00700", "900", "N")], "auto",
            [], [(0, 0, "reference")], [], [],
            id="one reference, another quantity",
        ),
        pytest.param(
            [_A1], [("A9", "00700", "100", "N")], "auto",
            [], [(0, 0, "content")], [], [],
            id="one content, another reference",
        ),
        pytest.param(
            [_A1], [("A9", "00700", "100", "N")], "reference", [], [], [0], [0],
            id="by reference only, another reference",
        ),
        pytest.param(
            [_A1], [("A9", "00700", "100", "N")], "content", [(0, 0)], [], [], [],
            id="by content only, the reference does not count",
        ),
        pytest.param(
            [_A1], [("A9", "00700", "900", "N")], "auto", [], [], [0], [0],
            id="neither agrees: nothing is guessed",
        ),
        pytest.param(
            [(None, "00700", "100", "N")] * 2, [(None, "00700", "100", "N")], "auto",
            [(0, 0)], [], [1], [],
            id="two equal fills and one",
        ),
        pytest.param(
            [(None, "00700", "100", "N")], [(None, "00700", "100", "N")] * 3, "auto",
            [(0, 0)], [], [], [1, 2],
            id="one fill and three equal ones",
        ),
        pytest.param(
            [_A1, _A1], [_A1], "auto", [(0, 0)], [], [1], [],
            id="a reference used twice is no key",
        ),
        pytest.param(
            [_A1, ("A1", "00005", "400", "N")],
            [("A1", "00005", "400", "N"), ("A1", "00700", "100", "Y")],
            "auto",
            [(1, 0)], [(0, 1, "content")], [], [],
            id="one reference for two contents on both sides",
        ),
        pytest.param(
            [(None, "00700", "100", "N")], [(None, "00700", "100", "Y")], "auto",
            [], [(0, 0, "content")], [], [],
            id="one content, another column",
        ),
        pytest.param(
            [(None, "00700", "100", "N"), (None, "00700", "100", "Y")],
            [(None, "00700", "100", "A"), (None, "00700", "100", "B")],
            "auto",
            [], [], [0, 1], [0, 1],
            id="two of one content, all unlike: nothing is guessed",
        ),
        pytest.param(
            [(None, "00700", "100", "N"), (None, "00700", "100", "Y")],
            [(None, "00700", "100", "Y"), (None, "00700", "100", "B")],
            "auto",
            [(1, 0)], [(0, 1, "content")], [], [],
            id="what is left of a group once equals are paired",
        ),
        pytest.param(
            [(None, "00700", None, "N")], [(None, "00700", None, "N")], "auto",
            [(0, 0)], [], [], [],
            id="blank is blank",
        ),
        pytest.param([], [_A1], "auto", [], [], [], [0], id="nothing in A"),
        pytest.param([_A1], [], "content", [], [], [0], [], id="nothing in B"),
        pytest.param([], [], "auto", [], [], [], [], id="nothing at all"),
    ],
)  # fmt: skip
def test_rows_are_paired(a, b, by, same, changed, missing, added):
    """By reference, then by content as often as it stands, and never by likeness."""
    pairs = _pair(a, b, by)
    assert pairs.same.rows() == same
    assert pairs.changed.rows() == changed
    assert pairs.missing.to_list() == missing
    assert pairs.added.to_list() == added


@pytest.mark.parametrize("by", ["auto", "reference", "content"])
def test_every_row_of_either_side_ends_in_one_place(by):
    """Same, changed, missing or added: none is lost, none stands twice."""
    stocks, marks = ("00700", "00005", None), ("N", "Y", None)
    references = ("R1", "R2", "R2", None)
    rows: list[Row] = [
        (r, s, "1", m) for r in references for s in stocks for m in marks
    ]
    a, b = rows[::2] * 2, rows[::3] * 3
    pairs = _pair(a, b, by)
    paired = pl.concat([pairs.same, pairs.changed.select("a", "b")])
    assert sorted([*paired["a"], *pairs.missing]) == list(range(len(a)))
    assert sorted([*paired["b"], *pairs.added]) == list(range(len(b)))
    for one, other in pairs.same.iter_rows():
        assert a[one][1:] == b[other][1:]


def test_without_a_reference_rows_are_paired_by_content():
    """The record of an ATI carries none."""
    frame = _frame(_A1, _A2).drop("reference")
    other = _frame(_A2, ("x", "00700", "100", "Y")).drop("reference")
    content = ["stock", "quantity"]
    pairs = pair(frame, other, reference=None, content=content)
    assert pairs.same.rows() == [(1, 0)]
    assert pairs.changed.rows() == [(0, 1, "content")]


def test_changed_columns_are_named():
    """In the order of the columns."""
    a, b = _frame(_A1), _frame(("A1", "00005", "100", None))
    pairs = pair(a, b, reference="reference", content=["stock"])
    found = list(changed_fields(a, b, pairs.changed))
    assert found == [(0, 0, "reference", ["stock", "hold"])]


@pytest.mark.parametrize(
    ("order", "moved"),
    [
        pytest.param([0, 1, 2, 3], 0, id="as it was"),
        pytest.param([3, 0, 1, 2], 1, id="the last one first"),
        pytest.param([1, 2, 3, 0], 1, id="the first one last"),
        pytest.param([3, 2, 1, 0], 3, id="backwards"),
    ],
)
def test_a_change_of_order_is_counted(order, moved):
    """By how many would have to be moved."""
    rows: list[Row] = [(f"R{n}", "00700", str(n), "N") for n in range(4)]
    assert _pair(rows, [rows[n] for n in order]).moved == moved
