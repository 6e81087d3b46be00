from __future__ import annotations

import copy
import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapupload.errors import SpecError
from rapupload.spec.catalogue import shipped_folder
from rapupload.spec.joined import JOINED
from rapupload.spec.loader import parse_spec
from rapupload.spec.naming import NamePattern
from rapupload.spec.picture import Picture
from rapupload.spec.rules import compile_predicate
from tests.properties.specs import SHIPPED
from tests.unit.spec.building import toml

# ruff: noqa: PT017 - either outcome is right, and both are looked at

_TEXTS = {n: (shipped_folder() / f"{n}.toml").read_bytes() for n in SHIPPED}
_NAME = Path("x.toml")

_words = st.sampled_from(
    [
        "",
        "A",
        "x" * 300,
        "股",
        "9(5)",
        "X(8)",
        "9(3)V9(2)",
        "sum:quantity",
        "count",
        "quantity",
        "own-reference",
        "quantity > 1",
        "sum(quantity) over (partition by own_reference) > 1",
        "1 = 1",
        "{any}",
        "{date:%Y}",
        "{indicator:04}{indicator:02}",
        "%Y%m%d",
        "/up",
        "error",
        "delimited",
        "date",
        "code",
        '"',
        "\\",
        "row",
    ]
)
_junk: st.SearchStrategy[Any] = st.one_of(
    _words,
    st.text(max_size=12),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(dt.date(1, 1, 1)),
    st.just([]),
    st.just({}),
    st.lists(_words, max_size=2),
    st.dictionaries(_words, _words, max_size=2),
)


def _places(
    node: object, path: tuple[str | int, ...] = ()
) -> list[tuple[str | int, ...]]:
    """Return the path of every value."""
    found = [path] if path else []
    if isinstance(node, dict):
        for key, value in node.items():
            found += _places(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            found += _places(value, (*path, index))
    return found


def _mutate(
    draw: st.DrawFn, raw: dict[str, Any], places: list[tuple[str | int, ...]]
) -> None:
    *path, last = draw(st.sampled_from(places))
    node: Any = raw
    for step in path:
        if not isinstance(node, dict | list) or (
            isinstance(node, list) and isinstance(step, int) and step >= len(node)
        ):
            return
        if isinstance(node, dict) and step not in node:
            return
        node = node[step]  # type: ignore[index]
    if isinstance(node, list) and isinstance(last, int) and last < len(node):
        match draw(st.sampled_from(["drop", "twice", "junk"])):
            case "drop":
                node.pop(last)
            case "twice":
                node.insert(last, copy.deepcopy(node[last]))
            case _:
                node[last] = draw(_junk)
    elif isinstance(node, dict) and last in node:
        match draw(st.sampled_from(["drop", "rename", "junk", "junk"])):
            case "drop":
                node.pop(last)
            case "rename":
                node[draw(_words)] = node.pop(last)
            case _:
                node[last] = draw(_junk)


@pytest.mark.parametrize("name", SHIPPED)
@given(data=st.data())
def test_a_mutated_spec_loads_or_is_a_spec_error(name, data):
    """Keys, values and types changed, left out, doubled or renamed."""
    raw = tomllib.loads(_TEXTS[name].decode())
    places = _places(raw)
    for _ in range(data.draw(st.integers(1, 3))):
        _mutate(data.draw, raw, places)
    try:
        loaded = parse_spec(toml(raw), _NAME)
    except SpecError as error:
        assert error.faults
        assert all(fault.path and fault.reason for fault in error.faults)
        return
    assert set(loaded.predicates) == {r.code for r in loaded.spec.rule if r.wrong_when}


@given(data=st.data())
def test_a_damaged_spec_file_loads_or_is_a_spec_error(data):
    """Bytes changed, left out or put in."""
    content = _TEXTS["ati"]
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content)))
        end = start + data.draw(st.integers(0, 5))
        content = content[:start] + data.draw(st.binary(max_size=4)) + content[end:]
    try:
        parse_spec(content, _NAME)
    except SpecError as error:
        assert error.faults


@given(st.binary(max_size=100))
def test_any_bytes_are_a_spec_or_a_spec_error(content):
    """Mostly the latter."""
    with pytest.raises(SpecError):
        parse_spec(content, _NAME)


_pieces = st.sampled_from(
    [
        *("today", "now", "balance", "event_type", "agenda", "event_known"),
        *(
            "=",
            "<>",
            ">",
            "+",
            "-",
            "*",
            "%",
            "/",
            "||",
            "(",
            ")",
            ",",
            "'a'",
            "1",
            "1.5",
        ),
        *("and", "or", "not", "is null", "in", "between", "like", "case when", "then"),
        *("else", "end", "coalesce(", "sum(", "count(*)", "over (partition by", "min("),
        *("interval '1 day'", "upper(", "length(", "regexp_like(", "'('", "least("),
        *("cast(", "::", "extract(", "select", "null", "true", "now()", "$1", "*"),
    ]
)


@given(st.lists(_pieces, max_size=12).map(" ".join) | st.text(max_size=30))
def test_any_predicate_is_compiled_or_refused(sql):
    """A rule never fails otherwise than with a reason."""
    try:
        predicate = compile_predicate(sql, JOINED)
    except ValueError as error:
        assert str(error)
        return
    assert predicate.names <= JOINED.keys()
    assert predicate.names


@given(st.text("9XV()0123456789S ", max_size=12))
def test_any_picture_is_read_or_refused(text):
    """And what is read has the width that its text says."""
    try:
        picture = Picture.parse(text)
    except ValueError as error:
        assert text in str(error) or repr(text) in str(error)
        return
    assert picture.length == picture.digits + picture.decimals > 0


@given(
    st.lists(
        st.sampled_from(
            [
                *("{participant}", "{market}", "{indicator:04}", "{indicator:02}"),
                *(
                    "{date:%Y%m%d}",
                    "{date:%y}",
                    "{time:%H%M%S}",
                    "A",
                    "_",
                    ".",
                    "{",
                    "}",
                ),
                *("{date}", "{x}", "(", "+", "股"),
            ]
        ),
        max_size=8,
    ).map("".join)
)
def test_any_name_that_is_written_can_be_read(text):
    """Or the pattern is refused."""
    try:
        pattern = NamePattern.parse(text)
    except ValueError:
        return
    name = pattern.write(
        {
            "participant": "B01234",
            "market": "HKMK",
            "indicator": 7,
            "date": dt.date(2027, 1, 5),
            "time": dt.time(9, 8, 7),
        }
    )
    assert pattern.read(name) is not None
