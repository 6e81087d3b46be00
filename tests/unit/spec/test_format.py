from __future__ import annotations

from typing import Any

import pytest

from rapupload.spec.format import Field
from tests.unit.spec.building import (
    Raw,
    column,
    control_report,
    faults,
    field,
    load,
    minimal,
    receipt,
    rule,
    words,
)


def _detail(**keys: Any) -> list[Raw]:
    return [*minimal()["detail"], {"name": "more", "picture": "X(4)", **keys}]


@pytest.mark.parametrize(
    ("tables", "fault"),
    [
        pytest.param(
            {"spec": {"extra": 1}}, "spec.extra: unknown key", id="in a table"
        ),
        pytest.param({"headers": []}, "headers: unknown key", id="unknown table"),
        pytest.param(
            {"detail": _detail(value="", pictures="x")},
            "detail.4.pictures: unknown key",
            id="in a list of tables",
        ),
        pytest.param(
            {"spec": {"version": "1"}},
            "spec.version: Input should be a valid integer",
            id="text for a number",
        ),
        pytest.param(
            {"spec": {"version": 1.0}},
            "spec.version: Input should be a valid integer",
            id="1.0 for a whole number",
        ),
        pytest.param(
            {"spec": {"version": 0}},
            "spec.version: Input should be greater than or equal to 1",
            id="version zero",
        ),
        pytest.param(
            {"spec": {"effective-from": "2027-01-01"}},
            "spec.effective-from: Input should be a valid date",
            id="quoted date",
        ),
        pytest.param(
            {"spec": {"sources": []}},
            "spec.sources: Tuple should have at least 1 item after validation, not 0",
            id="no source",
        ),
        pytest.param(
            {"batch_file": {"final-line-end": "yes"}},
            "batch-file.final-line-end: Input should be a valid boolean",
            id="text for true",
        ),
        pytest.param(
            {"batch_file": {"folder": "up"}},
            "batch-file.folder: String should match pattern",
            id="folder without slash",
        ),
        pytest.param(
            {"batch_file": {"max-records": 0}},
            "batch-file.max-records: Input should be greater than or equal to 1",
            id="no records",
        ),
        pytest.param(
            {"batch_file": {"delimiter": "；"}},
            "batch-file.delimiter: String should match pattern",
            id="delimiter of several bytes",
        ),
        pytest.param(
            {"batch_file": {"delimiter": '"'}},
            "batch-file.delimiter: String should match pattern",
            id="quote as delimiter",
        ),
        pytest.param(
            {"batch_file": {"delimiter": "1"}},
            "batch-file.delimiter: String should match pattern",
            id="digit as delimiter",
        ),
        pytest.param(
            {"batch_file": {"name": "A_{date:%Y%m%d}.TXT"}},
            "batch-file: name needs {indicator}: two files of a day need two names",
            id="name without indicator",
        ),
        pytest.param(
            {"batch_file": {"name": "A_{x}.TXT"}},
            "batch-file: {x} is not a known placeholder",
            id="unknown placeholder",
        ),
        pytest.param(
            {"batch_file": {"indicator": {"first": 9, "last": 8}}},
            "batch-file.indicator: first is above last",
            id="range upside down",
        ),
        pytest.param(
            {"detail": _detail(value="", justify="centre")},
            "detail.4.justify: Input should be 'left' or 'right'",
            id="not one of the words",
        ),
        pytest.param(
            {"detail": _detail(value="12345")},
            "detail.4: value '12345' does not fit X(4)",
            id="value too long",
        ),
        pytest.param(
            {"detail": _detail(picture="9(4)", value="1A")},
            "detail.4: value '1A' is not made of digits",
            id="letter in a field of digits",
        ),
        pytest.param(
            {"detail": _detail(checksum=["quantity"])},
            "detail.4: a total or checksum needs a picture of digits",
            id="checksum into text",
        ),
        pytest.param(
            {"detail": []},
            "detail: Tuple should have at least 1 item after validation, not 0",
            id="no detail",
        ),
        pytest.param(
            {"column": [*minimal()["column"], column("a-b", picture="9[5]")]},
            "column.3: '9[5]' is not a picture such as X(8), 9(5) or 9(11)V9(2)",
            id="column with a wrong picture",
        ),
        pytest.param(
            {"column": [*minimal()["column"], column("A_b")]},
            "column.3.name: String should match pattern",
            id="capital letter in a name",
        ),
        pytest.param(
            {"column": [*minimal()["column"], column("c", "code")]},
            "column.3: codes belong to type code, and type code needs codes",
            id="code without codes",
        ),
        pytest.param(
            {
                "column": [
                    *minimal()["column"],
                    column("c", codes=[{"code": "A", "label": words("a")}]),
                ]
            },
            "column.3: codes belong to type code, and type code needs codes",
            id="codes without code",
        ),
        pytest.param(
            {"rule": [rule("r")]},
            "rule.1: needs either wrong-when or check",
            id="rule without test",
        ),
        pytest.param(
            {"rule": [rule("r", "quantity > 1", check="total-wide")]},
            "rule.1: needs either wrong-when or check",
            id="rule with two tests",
        ),
        pytest.param(
            {"rule": [rule("r", "quantity > 1", severity="fatal")]},
            "rule.1.severity: Input should be",
            id="unknown severity",
        ),
        pytest.param(
            {"rule": [rule("r", "quantity > 1", severity=["error"])]},
            "rule.1.severity: Input should be",
            id="a list for a word",
        ),
        pytest.param(
            {"rule": [rule("r", "quantity > 1", message={"en": "x"})]},
            "rule.1.message.zh-Hant: this key is missing",
            id="one language only",
        ),
        pytest.param(
            {"acknowledgement": [receipt(**{"expected-within": "10"})]},
            "acknowledgement.1.expected-within: String should match pattern",
            id="span without unit",
        ),
        pytest.param(
            {"acknowledgement": [receipt(header=[field("a", "X(1)", value="0")])]},
            'acknowledgement.1: no field has means = "result"',
            id="answer without result",
        ),
        pytest.param(
            {"acknowledgement": [receipt(stage="control-report")]},
            'acknowledgement.1: a control report needs a field with means = "line"',
            id="control report without line",
        ),
        pytest.param(
            {"acknowledgement": [receipt(stage="maybe")]},
            "acknowledgement.1.stage: Input should be",
            id="unknown stage",
        ),
        pytest.param(
            {"acknowledgement": [receipt(results={"A": "taken"})]},
            "acknowledgement.1.results.A: Input should be 'accepted' or 'rejected'",
            id="result of another meaning",
        ),
    ],
)
def test_a_spec_is_read_strictly(tables, fault):
    """Nothing is converted, ignored or guessed; the place is named."""
    found = faults(**tables)
    assert [text for text in found if text.startswith(fault)], found


@pytest.mark.parametrize(
    ("content", "named"),
    [
        pytest.param({}, "none", id="no content"),
        pytest.param({"value": "1", "column": "quantity"}, "value, column", id="two"),
        pytest.param({"given": "date", "total": "count"}, "given, total", id="total"),
    ],
)
def test_a_field_has_exactly_one_content(content, named):
    """The message lists the ways, and which of them were used."""
    (fault,) = faults(detail=_detail(**content))
    assert fault == (
        "detail.4: needs exactly one of value, given, constant, column, total, "
        f"checksum, means; it has {named}"
    )


@pytest.mark.parametrize(
    ("keys", "right", "fill", "empty"),
    [
        pytest.param({"picture": "X(4)"}, False, " ", " ", id="text"),
        pytest.param({"picture": "9(4)"}, True, "0", "0", id="digits"),
        pytest.param(
            {"picture": "9(4)", "fill": "space"}, True, " ", " ", id="digits, blanks"
        ),
        pytest.param(
            {"picture": "9(4)", "empty": "spaces"}, True, "0", " ", id="digits, blank"
        ),
        pytest.param(
            {"picture": "X(4)", "justify": "right"}, True, " ", " ", id="text right"
        ),
        pytest.param(
            {"picture": "X(4)", "empty": "zeros"}, False, " ", "0", id="text, zeros"
        ),
    ],
)
def test_side_and_fill_follow_from_the_picture(keys, right, fill, empty):
    """Digits stand right and are filled with zeros; text left, with blanks."""
    found = Field.model_validate({"name": "f", "value": "", **keys})
    assert found.is_right_justified is right
    assert (found.fill_character, found.empty_character) == (fill, empty)


@pytest.mark.parametrize(
    ("keys", "kept"),
    [
        pytest.param({"checksum": ["a"]}, False, id="checksum"),
        pytest.param({"total": "sum:a"}, True, id="total"),
        pytest.param({"checksum": ["a"], "decimals": "kept"}, True, id="checksum kept"),
        pytest.param(
            {"total": "sum:a", "decimals": "dropped"}, False, id="total dropped"
        ),
    ],
)
def test_checksums_drop_decimals_and_totals_keep_them(keys, kept):
    """Unless the spec says otherwise."""
    found = Field.model_validate({"name": "f", "picture": "9(9)", **keys})
    assert found.keeps_decimals is kept


@pytest.mark.parametrize(
    ("span", "minutes"),
    [("10m", 10), ("2h", 120)],
)
def test_the_span_of_an_answer_is_counted_in_minutes(span, minutes):
    """Minutes or hours."""
    layer = load(acknowledgement=[receipt(**{"expected-within": span})])
    assert layer.spec.acknowledgement[0].expected_minutes == minutes


def test_a_column_knows_its_name_in_rules():
    """Hyphens become underscores; a carried column never enters the file."""
    spec = load(column=[*minimal()["column"], column("my-note", need="carried")]).spec
    note = spec.column_named("my-note")
    assert (note.sql_name, note.is_carried, note.shape) == ("my_note", True, None)
    assert not spec.column_named("quantity").is_carried
    with pytest.raises(KeyError):
        spec.column_named("price")


def test_line_ends_and_texts_are_as_written():
    """`crlf` is two characters; words come in both languages."""
    assert load(batch_file={"line-end": "lf"}).spec.batch_file.end == "\n"
    spec = load(acknowledgement=[control_report()]).spec
    assert spec.batch_file.end == "\r\n"
    assert spec.spec.title.text.in_language("zh-Hant") == "Mini（中）"


def test_a_spec_cannot_be_changed_after_loading():
    """What was approved stays what it was."""
    spec = load().spec
    with pytest.raises(ValueError, match="frozen"):
        setattr(spec.column[0], "name", "other")  # noqa: B010 - mypy knows it too
