from __future__ import annotations

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rapupload.batches import decode, file_values, fingerprints, render, split
from rapupload.errors import SourceError, UsageError
from rapupload.model import Environment
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.format import BatchSpec
from tests.properties.specs import SHIPPED, VALUES, layouts, rows_of
from tests.unit.spec.building import column, field, load, minimal


def _sent(frame: pl.DataFrame, spec: BatchSpec) -> pl.DataFrame:
    """Return the columns that enter the record; figures of zero may stand for blanks."""
    names = [
        field.column.replace("-", "_")
        for field in spec.detail
        if field.column and field.blank_when is None
    ]
    zeros = {
        field.column.replace("-", "_")
        for field in spec.detail
        if field.column
        and field.shape.kind == "9"
        and field.empty_character == "0"
        and spec.column_named(field.column).need != "mandatory"
    }
    return frame.select(
        pl.when(~pl.col(name).str.contains("^[0.]+$")).then(pl.col(name))
        if name in zeros
        else pl.col(name)
        for name in dict.fromkeys(names)
    )


def _comes_back(frame: pl.DataFrame, spec: BatchSpec) -> None:
    file = render(frame, spec, VALUES)
    decoded = decode(file.content, spec)
    expected = _sent(frame, spec)
    assert decoded.instructions.select(expected.columns).equals(expected)
    assert decoded.lines.to_list() == file.lines.to_list()
    values = file_values(decoded, spec, Environment.SIMULATOR)
    again = render(decoded.instructions, spec, values)
    assert again.content == file.content


@given(st.data())
def test_any_layout_gives_back_what_was_written(data):
    """Render, decode, render: the same instructions, the same bytes."""
    spec = data.draw(layouts())
    _comes_back(data.draw(rows_of(spec)), spec)


@pytest.mark.parametrize("name", SHIPPED)
@given(data=st.data())
def test_every_shipped_layout_gives_back_what_was_written(name, data):
    """Whatever the instructions say."""
    spec = Catalogue().spec(name).spec
    _comes_back(data.draw(rows_of(spec)), spec)


@pytest.mark.parametrize("name", SHIPPED)
@given(data=st.data())
def test_one_digit_of_a_summed_field_changes_the_trailer(name, data):
    """A digit that is lost or changed on the way does not go unnoticed."""
    spec = Catalogue().spec(name).spec
    summed = {
        field.total.removeprefix("sum:")
        for field in spec.trailer
        if field.total and field.total.startswith("sum:")
    }
    frame = data.draw(rows_of(spec, max_size=4).filter(lambda f: f.height > 0))
    decoded = decode(render(frame, spec, VALUES).content, spec)
    figures = [
        field
        for field in spec.detail
        if field.name in summed and field.column and field.shape.kind == "9"
    ]
    chosen = data.draw(st.sampled_from(figures))
    row = data.draw(st.integers(0, frame.height - 1))
    text = decoded.detail[chosen.name][row]
    place = data.draw(st.integers(0, len(text) - 1))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != text[place]]))
    changed = text[:place] + digit + text[place + 1 :]
    before = render(decoded.instructions, spec, VALUES)
    name_of = (chosen.column or "").replace("-", "_")
    of = spec.column_named(chosen.column or "")
    places = of.shape.decimals if of.shape else 0
    value = changed if of.type == "stock-code" else str(int(changed or 0))
    if places:
        value = f"{int(changed[:-places])}.{changed[-places:]}"
    assume(len(value.replace(".", "")) <= (of.shape.length if of.shape else 0))
    values = decoded.instructions[name_of].to_list()
    values[row] = value
    after = render(
        decoded.instructions.with_columns(pl.Series(name_of, values)), spec, VALUES
    )
    assert before.content.split(b"\r\n")[-2] != after.content.split(b"\r\n")[-2]


@given(st.data())
def test_splitting_loses_nothing_and_keeps_to_the_limit(data):
    """Every instruction is in exactly one file, in order within its priority."""
    most = data.draw(st.integers(1, 5))
    columns = [*minimal()["column"], column("priority", "quantity", picture="9(1)")]
    spec = load(column=columns, batch_file={"max-records": most}).spec
    frame = data.draw(rows_of(spec, max_size=12)).with_row_index("number")
    parts = split(frame, spec)
    numbers = [n for part in parts for n in part["number"]]
    assert sorted(numbers) == list(range(frame.height))
    assert all(0 < part.height <= most for part in parts)
    order = [
        (int(p) if p else 10, n)
        for part in parts
        for p, n in zip(part["priority"], part["number"], strict=True)
    ]
    assert order == sorted(order)


@given(st.data())
def test_fingerprints_are_equal_exactly_for_equal_instructions(data):
    """By the columns of the fingerprint."""
    spec = load().spec
    frame = data.draw(rows_of(spec))
    marks = fingerprints(frame, spec, participant="B01234", key=b"k" * 32).to_list()
    keys = list(zip(frame["own_reference"], frame["quantity"], strict=True))
    for one, mark in zip(keys, marks, strict=True):
        for other, another in zip(keys, marks, strict=True):
            assert (one == other) is (mark == another)


_FURTHER = {
    "name": "more",
    "when": "quantity > 5",
    "fields": [field("t", "X(1)", value="3"), field("note", "X(11)", column="note")],
}
_SPECS = {
    **{name: Catalogue().spec(name).spec for name in SHIPPED},
    "delimited": load(batch_file={"layout": "delimited"}).spec,
    "unquoted": load(batch_file={"layout": "delimited", "quote": "none"}).spec,
    "zip": load(batch_file={"zip-member": "A.TXT"}).spec,
    "big5": load(batch_file={"encoding": "big5hkscs", "line-end": "lf"}).spec,
    "kinds": load(
        column=[*minimal()["column"], column("note", picture="X(11)")],
        **{"detail-record": [_FURTHER]},
    ).spec,
}


@pytest.mark.parametrize("name", _SPECS)
@given(content=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(name, content):
    """Reading a batch file ends in instructions or in a source error, never otherwise."""
    try:
        decoded = decode(content, _SPECS[name])
    except SourceError:
        return
    file_values(decoded, _SPECS[name], Environment.SIMULATOR)


@pytest.mark.parametrize("name", _SPECS)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(name, data):
    """Bytes changed, left out or put in, anywhere."""
    spec = _SPECS[name]
    try:
        content = render(data.draw(rows_of(spec, max_size=3)), spec, VALUES).content
    except UsageError:  # a value with a delimiter where there are no quotes
        assume(False)  # noqa: FBT003 - hypothesis wants it so
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.integers(0, 3)))
        content = content[:start] + data.draw(st.binary(max_size=3)) + content[end:]
    try:
        decoded = decode(content, spec)
    except SourceError:
        return
    file_values(decoded, spec, Environment.SIMULATOR)
