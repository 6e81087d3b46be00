from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from rapupload.spec import records
from rapupload.spec.format import Column, Field
from rapupload.spec.records import LineError
from tests.unit.spec.building import column, field


def _field(picture: str, **keys: Any) -> Field:
    content = {} if {"total", "checksum", "value"} & keys.keys() else {"column": "c"}
    return Field.model_validate(field("f", picture, **content, **keys))


def _column(type_: str, **keys: Any) -> Column:
    return Column.model_validate(column("c", type_, **keys))


def _one(expression: pl.Expr, text: str | None) -> object:
    frame = pl.DataFrame({"x": [text]}, schema={"x": pl.String})
    return frame.select(y=expression)["y"].item()


X = pl.col("x")


@pytest.mark.parametrize(
    ("picture", "keys", "text", "padded"),
    [
        pytest.param("X(5)", {}, "ab", "ab   ", id="text left"),
        pytest.param("X(5)", {"justify": "right"}, "ab", "   ab", id="text right"),
        pytest.param("X(5)", {}, None, "     ", id="text empty"),
        pytest.param("X(3)", {}, "abc", "abc", id="text full"),
        pytest.param("X(3)", {}, "abcd", "abcd", id="too long stays too long"),
        pytest.param("X(5)", {}, "é", "é    ", id="a character is one place"),
        pytest.param("X(5)", {"fill": "zero"}, "ab", "ab000", id="text, zeros behind"),
        pytest.param(
            "X(5)",
            {"fill": "zero", "justify": "right"},
            "ab",
            "000ab",
            id="zeros before",
        ),
        pytest.param("9(5)", {}, "12", "00012", id="digits"),
        pytest.param("9(5)", {"fill": "space"}, "12", "   12", id="digits, blanks"),
        pytest.param("9(5)", {"justify": "left"}, "12", "12000", id="digits left"),
        pytest.param("9(5)", {}, None, "00000", id="digits empty"),
        pytest.param("9(5)", {"empty": "spaces"}, None, "     ", id="digits blank"),
        pytest.param("X(5)", {"empty": "zeros"}, None, "00000", id="text as zeros"),
        pytest.param("9(3)", {}, "1234", "1234", id="too many digits stay"),
        pytest.param(
            "9(3)",
            {"overflow": "drop-leading"},
            "1234",
            "234",
            id="leading digits drop",
        ),
        pytest.param(
            "9(3)", {"overflow": "drop-leading"}, "4", "004", id="nothing to drop"
        ),
    ],
)
def test_a_text_is_filled_to_the_width_of_its_field(picture, keys, text, padded):
    """Side, fill and empty form are the field's; what is too long is not cut."""
    assert _one(records.pad(_field(picture, **keys), X), text) == padded


@pytest.mark.parametrize(
    ("picture", "keys", "column_", "value", "text"),
    [
        pytest.param(
            "X(8)", {}, _column("text", picture="X(8)"), "ab", "ab", id="text"
        ),
        pytest.param(
            "9(7)V9(2)",
            {},
            _column("money", picture="9(7)V9(2)"),
            "12.30",
            "1230",
            id="money without its point",
        ),
        pytest.param(
            "9(7)V9(4)",
            {},
            _column("money", picture="9(7)V9(2)"),
            "12.30",
            "123000",
            id="money gains decimals",
        ),
        pytest.param(
            "9(7)V9(2)",
            {},
            _column("quantity", picture="9(7)"),
            "12",
            "1200",
            id="quantity gains decimals",
        ),
        pytest.param(
            "X(10)",
            {},
            _column("money", picture="9(7)V9(2)"),
            "12.30",
            "12.30",
            id="money as text keeps its point",
        ),
        pytest.param("9(8)", {}, _column("date"), "2027-01-05", "20270105", id="date"),
        pytest.param(
            "X(10)",
            {"format": "%d/%m/%Y"},
            _column("date"),
            "2027-01-05",
            "05/01/2027",
            id="date in a format",
        ),
        pytest.param(
            "9(12)",
            {},
            _column("date-time"),
            "2027-01-05T16:30",
            "202701051630",
            id="date with time",
        ),
        pytest.param("9(6)", {}, _column("time"), "16:00", "160000", id="time"),
        pytest.param(
            "9(6)", {}, _column("time"), "16:00:30", "160030", id="time with seconds"
        ),
        pytest.param(
            "9(4)",
            {"format": "%H%M"},
            _column("time"),
            "16:00:30",
            None,
            id="seconds without a place",
        ),
        pytest.param(
            "9(3)",
            {},
            _column("option-no", picture="9(3)"),
            "001",
            "001",
            id="number of an option",
        ),
        pytest.param(
            "X(1)",
            {"codes": {"Y": "1", "N": "0"}},
            _column("yes-no"),
            "N",
            "0",
            id="code of HKEX's",
        ),
        pytest.param(
            "X(1)",
            {"codes": {"HKD": "1"}},
            _column("currency"),
            "USD",
            None,
            id="value without a code",
        ),
    ],
)
def test_a_value_is_written_as_its_field_wants(picture, keys, column_, value, text):
    """Digits for digits, HKEX's codes for ours; nothing is rounded."""
    found = _one(records.file_text(_field(picture, **keys), column_, X), value)
    assert found == text


@pytest.mark.parametrize(
    ("picture", "keys", "column_", "padded", "value"),
    [
        pytest.param(
            "X(5)", {}, _column("text", picture="X(5)"), "ab   ", "ab", id="text"
        ),
        pytest.param(
            "X(5)", {}, _column("text", picture="X(5)"), "     ", None, id="blank"
        ),
        pytest.param(
            "X(5)",
            {"justify": "right"},
            _column("account", picture="X(5)"),
            "   01",
            "01",
            id="account with blanks before it",
        ),
        pytest.param(
            "9(5)",
            {},
            _column("stock-code", picture="9(5)"),
            "00700",
            "00700",
            id="code",
        ),
        pytest.param(
            "9(5)",
            {},
            _column("stock-code", picture="9(5)"),
            "00000",
            None,
            id="no code",
        ),
        pytest.param(
            "9(5)",
            {},
            _column("quantity", picture="9(5)"),
            "00012",
            "12",
            id="quantity",
        ),
        pytest.param(
            "9(5)",
            {},
            _column("quantity", picture="9(5)", need="mandatory"),
            "00000",
            "0",
            id="zero of a mandatory column",
        ),
        pytest.param(
            "9(5)", {}, _column("quantity", picture="9(5)"), "00000", None, id="zeros"
        ),
        pytest.param(
            "9(5)",
            {"empty": "spaces"},
            _column("quantity", picture="9(5)"),
            "00000",
            "0",
            id="zero where a blank is blank",
        ),
        pytest.param(
            "9(5)",
            {},
            _column("quantity", picture="9(5)", need="mandatory"),
            "12A45",
            None,
            id="no digits",
        ),
        pytest.param(
            "9(5)V9(2)",
            {},
            _column("money", picture="9(5)V9(2)"),
            "0001230",
            "12.30",
            id="money",
        ),
        pytest.param(
            "9(5)V9(2)",
            {},
            _column("money", picture="9(5)V9(2)"),
            "0000030",
            "0.30",
            id="cents",
        ),
        pytest.param(
            "9(5)V9(4)",
            {},
            _column("money", picture="9(5)V9(2)"),
            "000123000",
            "12.30",
            id="more decimals, all zero",
        ),
        pytest.param(
            "9(5)V9(4)",
            {},
            _column("money", picture="9(5)V9(2)"),
            "000123045",
            "12.3045",
            id="more decimals than the column: none is lost",
        ),
        pytest.param(
            "9(5)V9(2)",
            {},
            _column("quantity", picture="9(5)"),
            "0001200",
            "12",
            id="quantity with decimals, all zero",
        ),
        pytest.param(
            "9(5)V9(2)",
            {},
            _column("quantity", picture="9(5)"),
            "0001250",
            "12.5",
            id="quantity with a fraction",
        ),
        pytest.param("9(8)", {}, _column("date"), "20270105", "2027-01-05", id="date"),
        pytest.param("9(8)", {}, _column("date"), "20271305", None, id="no such date"),
        pytest.param(
            "9(12)",
            {},
            _column("date-time"),
            "202701051630",
            "2027-01-05T16:30",
            id="date with time",
        ),
        pytest.param("9(6)", {}, _column("time"), "160000", "16:00", id="time"),
        pytest.param(
            "9(6)", {}, _column("time"), "160030", "16:00:30", id="time with seconds"
        ),
        pytest.param("9(6)", {}, _column("time"), "250000", None, id="no such time"),
        pytest.param(
            "9(3)",
            {},
            _column("option-no", picture="9(3)", need="mandatory"),
            "001",
            "001",
            id="number of an option keeps its zeros",
        ),
        pytest.param(
            "X(1)",
            {"codes": {"Y": "1", "N": "0"}},
            _column("yes-no"),
            "1",
            "Y",
            id="code of HKEX's",
        ),
        pytest.param(
            "X(1)",
            {"codes": {"Y": "1", "N": "0"}},
            _column("yes-no"),
            "7",
            None,
            id="unknown code",
        ),
    ],
)
def test_a_field_is_read_back_into_its_column(picture, keys, column_, padded, value):
    """What was written comes back; what cannot be read is blank, never half."""
    found = _one(records.canonical(_field(picture, **keys), column_, X), padded)
    assert found == value


@pytest.mark.parametrize(
    ("picture", "padded", "kept", "dropped"),
    [
        pytest.param("9(5)", "00012", 12, 12, id="whole number"),
        pytest.param("9(5)V9(2)", "0001234", 1234, 12, id="decimals"),
        pytest.param("9(5)", "     ", 0, 0, id="blank"),
        pytest.param("9(5)", "   12", 12, 12, id="blanks before"),
        pytest.param("9(20)", "9" * 20, 10**20 - 1, 10**20 - 1, id="beyond 64 bits"),
    ],
)
def test_a_sum_takes_digits_with_or_without_decimals(picture, padded, kept, dropped):
    """12.34 counts as 1234, or as 12."""
    found = _field(picture)
    assert _one(records.amount(found, X, keep_decimals=True), padded) == kept
    assert _one(records.amount(found, X, keep_decimals=False), padded) == dropped


_THREE = [
    Field.model_validate(field("a", "X(3)", means="line")),
    Field.model_validate(field("filler", "X(1)", value="")),
    Field.model_validate(field("b", "X(3)", means="result")),
    Field.model_validate(field("filler", "X(1)", value="")),
]


@pytest.mark.parametrize(
    ("line", "values"),
    [
        pytest.param("1,,2,", ("1", "", "2", ""), id="blank is an empty text"),
        pytest.param('"1",,"2",', ("1", "", "2", ""), id="quotes"),
        pytest.param('"1,5",,"2",', ("1,5", "", "2", ""), id="delimiter in quotes"),
        pytest.param('"say ""a""",,2,', ('say "a"', "", "2", ""), id="quote in quotes"),
        pytest.param(" 1 ,, 2 ,", (" 1 ", "", " 2 ", ""), id="blanks are kept"),
        pytest.param("股,,2,", ("股", "", "2", ""), id="Chinese"),
    ],
)
def test_delimited_lines_are_cut(line, values):
    """Every field has its own column; fillers are told apart by their place."""
    frame = records.split_fields(pl.Series([line, "1,2,3,4"]), _THREE, ",")
    assert frame.columns == ["a", "filler#2", "b", "filler#4"]
    assert frame.row(0) == values
    assert frame.row(1) == ("1", "2", "3", "4")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param("1,2,3", "3 values where the record has 4", id="too few"),
        pytest.param("1,2,3,4,5", "5 values where the record has 4", id="too many"),
        pytest.param("", "1 values where the record has 4", id="nothing"),
        pytest.param('1,2,3,"4', "quotes that do not pair", id="quote left open"),
        pytest.param('"1"2,2,3,4', "quotes that do not pair", id="text behind a quote"),
    ],
)
def test_a_line_that_cannot_be_cut_is_named(line, reason):
    """Values never move into another line or column."""
    lines = pl.Series(["1,2,3,4", line, '1,2,3,4"'])
    with pytest.raises(LineError, match=reason) as caught:
        records.split_fields(lines, _THREE, ",")
    assert caught.value.index == 1


def test_without_quotes_a_quote_is_a_sign_like_any_other():
    """A format that has no quotes leaves them in the value."""
    lines = pl.Series(['"1,2,"3",4'])
    frame = records.split_fields(lines, _THREE, ",", quote="none")
    assert frame.row(0) == ('"1', "2", '"3"', "4")


def test_no_line_gives_no_row():
    """An empty body has the columns all the same."""
    frame = records.split_fields(pl.Series([], dtype=pl.String), _THREE, ",")
    assert (frame.height, frame.width) == (0, 4)


@pytest.mark.parametrize("delimiter", list("\t!#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"))
@pytest.mark.parametrize("quote", ["minimal", "all"])
def test_joined_values_are_cut_apart_again(delimiter, quote):
    """Whatever separates the values, what is written can be read."""
    values = ["1", f"a{delimiter}b", 'say "x"', ""]
    frame = pl.DataFrame([values], schema=["a", "b", "c", "d"], orient="row")
    joined = frame.select(
        records.join_fields(
            [pl.col(name) for name in frame.columns],
            layout="delimited",
            delimiter=delimiter,
            quote=quote,
        )
    ).to_series()
    assert records.split_fields(joined, _THREE, delimiter).row(0) == tuple(values)


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        pytest.param({"picture": "X(8)", "value": "ATI IN"}, "ATI IN", id="text"),
        pytest.param({"picture": "9(3)", "value": "1"}, "001", id="digits"),
        pytest.param({"picture": "X(3)", "value": ""}, "", id="filler"),
    ],
)
def test_a_constant_reads_as_it_was_written(keys, text):
    """A constant of digits has its leading zeros in the file."""
    assert records.constant_text(_field(**keys)) == text
