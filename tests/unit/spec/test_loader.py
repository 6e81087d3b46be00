from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from rapupload.errors import SpecError
from rapupload.spec.loader import load_spec, parse_spec
from tests.unit.spec.building import (
    column,
    faults,
    faults_of,
    field,
    load,
    minimal,
    receipt,
    rule,
    toml,
)


def test_a_sound_spec_comes_with_its_bytes_and_digest(tmp_path):
    """The digest names exactly these bytes."""
    file = tmp_path / "mini.toml"
    file.write_bytes(toml(minimal(rule=[rule("r", "quantity > 5")])))
    loaded = load_spec(file)
    assert loaded.spec.id == "mini"
    assert loaded.content == file.read_bytes()
    assert loaded.digest == hashlib.sha256(file.read_bytes()).hexdigest()
    assert loaded.file == file
    assert set(loaded.predicates) == {"r"}


def test_a_file_that_is_not_there_is_a_spec_error(tmp_path):
    """The operating system's reason is passed on."""
    with pytest.raises(SpecError, match="No such file"):
        load_spec(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("content", "path", "reason"),
    [
        pytest.param(b"[spec", "file", "not TOML: ", id="broken TOML"),
        pytest.param(b"a = 1\na = 2", "file", "not TOML: ", id="key twice"),
        pytest.param(b"a = 0123", "file", "not TOML: ", id="number with leading zero"),
        pytest.param(b"a = \xff", "byte 4", "not UTF-8 text", id="not UTF-8"),
        pytest.param(b"a = " + b"1" * 5000, "file", "not TOML: ", id="huge number"),
        pytest.param(b"a = " + b"[" * 5000, "file", "not TOML: ", id="bottomless"),
        pytest.param(
            b".".join([b"a"] * 500) + b" = 1",
            "file",
            "tables nested too deeply",
            id="deep keys",
        ),
    ],
)
def test_what_cannot_be_read_is_one_fault(content, path, reason):
    """Odd bytes never end in another error than a spec error."""
    with pytest.raises(SpecError) as caught:
        parse_spec(content, Path("x.toml"))
    (fault,) = caught.value.faults
    assert fault.path == path
    assert fault.reason.startswith(reason)


def test_every_fault_is_told_at_once():
    """Faults of shape and faults between tables stand together, with their places."""
    found = faults(
        spec={"fingerprint": ["price"], "version": "2"},
        detail=[
            *minimal()["detail"],
            field("a", "Z(4)", value=""),
            field("b", "X(4)", column="nowhere"),
        ],
        rule=[rule("r", "quantity > nowhere"), rule("s", "quantity > 1", colour="red")],
    )
    # a table that is there once cannot be left out: only its own shape is told
    assert "detail.4: 'Z(4)' is not a picture such as X(8), 9(5) or 9(11)V9(2)" in found
    assert "rule.2.colour: unknown key" in found
    assert "spec.version: Input should be a valid integer" in found


def test_faults_of_shape_do_not_hide_faults_between_tables():
    """A list's faulty tables are left out, and the rest is judged."""
    found = faults(
        column=[*minimal()["column"], column("a", characters="latin")],
        rule=[rule("r", "quantity > nowhere")],
        reason=[{"key": "x", "label": {"en": "a", "zh-Hant": "b"}, "column": "y"}],
        extra=1,
    )
    assert sorted(found) == [
        "column.3.characters: Input should be 'ascii', 'reference', 'big5hkscs' or 'any'",
        "extra: unknown key",
        "reason.x: there is no column 'y'",
        "rule.r: unknown column nowhere",
    ]


def test_the_message_counts_and_lists_faults():
    """A person reads how many, where and why; and what to do."""
    raw = minimal(spec={"id": "Mini", "market": "XXXX"})
    with pytest.raises(SpecError) as caught:
        parse_spec(toml(raw), Path("mini.toml"))
    lines = caught.value.message.splitlines()
    assert lines[0] == "The spec file mini.toml has 2 faults:"
    assert lines[1].startswith("  spec.id: ")
    assert lines[2].startswith("  spec.market: ")
    assert "rapupload specs check" in caught.value.hint


def test_a_table_of_the_wrong_kind_is_a_fault():
    """A text where a table should stand."""
    assert faults_of({**minimal(), "column": "x"}) == [
        "column: Input should be a valid tuple"
    ]
    assert faults_of({**minimal(), "spec": 5})[0].startswith("spec: Input should be")


def test_nothing_at_all_misses_every_table():
    """An empty file names what it lacks."""
    assert faults_of({}) == [
        "spec: this key is missing",
        "batch-file: this key is missing",
        "detail: this key is missing",
        "column: this key is missing",
    ]


_COLUMNS = minimal()["column"]
_DETAIL = minimal()["detail"]


@pytest.mark.parametrize(
    ("tables", "only"),
    [
        pytest.param(
            {"column": [{**_COLUMNS[0], "need": "x"}, _COLUMNS[1]]},
            "column.1.need",
            id="a column that fields, rules and fingerprint use",
        ),
        pytest.param(
            {
                "column": [_COLUMNS[0], {**_COLUMNS[1], "picture": "9[5]"}],
                "rule": [rule("r", "quantity > 5", columns=["quantity"])],
                "reason": [
                    {
                        "key": "x",
                        "label": {"en": "a", "zh-Hant": "b"},
                        "column": "quantity",
                    }
                ],
            },
            "column.2",
            id="a column that a rule and a reason use",
        ),
        pytest.param(
            {
                "column": [_COLUMNS[0], {**_COLUMNS[1], "need": "x"}],
                "detail": [
                    *_DETAIL[:2],
                    {**_DETAIL[2], "blank-when": "quantity is null"},
                ],
            },
            "column.2.need",
            id="a column that blank-when uses",
        ),
        pytest.param(
            {
                "header": [
                    field("a", "X(5)", value=""),
                    field("b", "Y(7)", value=""),
                ]
            },
            "header.2",
            id="a header field: its record is not measured",
        ),
        pytest.param(
            {
                "detail": [*_DETAIL[:2], {**_DETAIL[2], "picture": "9[5]"}],
                "trailer": [field("total", "9(12)", total="sum:quantity")],
            },
            "detail.3",
            id="a detail field that a total adds up",
        ),
        pytest.param(
            {
                "detail": [
                    *_DETAIL[:2],
                    {**_DETAIL[2], "fill": "stars"},
                    field("checksum", "9(5)", checksum=["quantity"]),
                ]
            },
            "detail.3.fill",
            id="a detail field that a checksum adds up",
        ),
        pytest.param(
            {"detail": [field("a", "Z", value="")]},
            "detail.1",
            id="the only detail field: the list is not called empty",
        ),
        pytest.param(
            {"acknowledgement": [receipt(stage="none")]},
            "acknowledgement.1.stage",
            id="an acknowledgement",
        ),
        pytest.param(
            {"column": [*_COLUMNS, {**column("a"), "name": ["a"]}]},
            "column.3.name",
            id="a column named by a list",
        ),
    ],
)
def test_a_fault_in_one_table_does_not_cascade(tables, only):
    """What refers to a faulty table is not called dangling; one mistake, one fault."""
    (fault,) = faults(**tables)
    assert fault.split(":")[0] == only


def test_a_loaded_spec_has_predicates_by_rule():
    """Rules with a check of their own have none."""
    loaded = load(rule=[rule("one", "quantity > 5"), rule("two", check="total-wide")])
    assert set(loaded.predicates) == {"one"}
