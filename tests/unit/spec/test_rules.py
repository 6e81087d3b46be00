from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from rapupload.spec.joined import HONG_KONG
from rapupload.spec.rules import compile_predicate

_MOMENT = pl.Datetime("us", HONG_KONG)
SCHEMA = {
    "n": pl.Int64(),
    "wide": pl.Int128(),
    "amount": pl.Decimal(38, 2),
    "text": pl.String(),
    "flag": pl.Boolean(),
    "day": pl.Date(),
    "today": pl.Date(),
    "now": _MOMENT,
    "numbers": pl.String(),
}


def _judge(sql: str, rows: list[dict[str, Any]]) -> list[bool | None]:
    """Return the verdicts of a predicate over rows that say only what matters."""
    frame = pl.DataFrame(
        {name: [row.get(name) for row in rows] for name in SCHEMA}, schema=SCHEMA
    )
    return frame.select(wrong=compile_predicate(sql, SCHEMA).expression)[
        "wrong"
    ].to_list()


_FIVE = {
    "n": 5,
    "wide": 5,
    "amount": Decimal("1.50"),
    "text": "x",
    "flag": True,
    "day": dt.date(2027, 1, 5),
    "today": dt.date(2027, 1, 6),
    "numbers": "1, 2,x",
}


@pytest.mark.parametrize(
    ("sql", "verdict"),
    [
        ("n > 3", True),
        ("n <> 5", False),
        ("n between 5 and 6", True),
        ("n in (1, 5)", True),
        ("n not in (1, 5)", False),
        ("n = wide", True),
        ("n > amount", True),
        ("amount = 1.5", True),
        ("amount in (1.5)", True),
        ("amount * 3 = 4.5", True),
        ("10 * abs(amount - n) > n", True),
        ("amount between 1.49 and 1.51", True),
        ("n % 2 = 1", True),
        ("-n < 0", True),
        ("least(n, 3) = 3", True),
        ("greatest(n, wide) = 5", True),
        ("coalesce(amount, 0) = 0", False),
        ("text = 'x'", True),
        ("text in ('x', 'y')", True),
        ("text between 'a' and 'z'", True),
        ("text like 'x%'", True),
        ("text not like 'BNK%'", True),
        ("text ilike 'X'", True),
        ("upper(text) = 'X'", True),
        ("lower(text) || 'y' = 'xy'", True),
        ("trim(text) = 'x'", True),
        ("left(text, 1) = 'x' and right(text, 1) = 'x'", True),
        ("length(text) = 1", True),
        ("octet_length(text) = length(text)", True),
        ("replace(text, 'x', 'y') = 'y'", True),
        ("starts_with(text, 'x')", True),
        ("text ~ '^[a-z]$'", True),
        ("text = 'a / b' or text = 'now()' or text = '::'", False),
        ("text = 'it''s / x'", False),
        ("array_contains(string_to_array(numbers, ','), text)", True),
        ("flag", True),
        ("not flag", False),
        ("flag = true", True),
        ("flag is not true", False),
        ("day < today", True),
        ("day > date '2027-01-04'", True),
        ("day + interval '60 days' > today", True),
        ("day between today - interval '1 day' and today", True),
        ("case when n > 3 then text else 'z' end = 'x'", True),
        ("n is distinct from 5", False),
        ("nullif(n, 5) is null", True),
        ("n > 3 -- why it is wrong", True),
    ],
)
def test_what_a_rule_may_say(sql, verdict):
    """Comparisons, logic, arithmetic, texts and dates; signs within quotes are text."""
    assert _judge(sql, [_FIVE]) == [verdict]


@pytest.mark.parametrize(
    ("sql", "row", "verdict"),
    [
        pytest.param("n > 3", {}, None, id="a comparison with a blank is unknown"),
        pytest.param("n <> 3", {}, None, id="different from is unknown too"),
        pytest.param("n in (1, 2)", {}, None, id="in a list"),
        pytest.param("not n > 3", {}, None, id="not unknown is unknown"),
        pytest.param("n > 3 or text = 'x'", {"text": "x"}, True, id="or with a true"),
        pytest.param(
            "n > 3 and text = 'x'", {"text": "y"}, False, id="and with a false"
        ),
        pytest.param("n > 3 and text = 'x'", {"text": "x"}, None, id="and with a true"),
        pytest.param("n is null", {}, True, id="is null"),
        pytest.param("n is not null", {}, False, id="is not null"),
        pytest.param("coalesce(n, 0) = 0", {}, True, id="coalesce"),
        pytest.param("n is distinct from 3", {}, True, id="is distinct from"),
        pytest.param("flag is not true", {}, None, id="is not true, unlike SQL"),
        pytest.param("n + amount > 1", {"n": 1}, None, id="a sum with a blank"),
    ],
)
def test_blank_is_unknown(sql, row, verdict):
    """Three-valued logic, as SQL has it."""
    assert _judge(sql, [row]) == [verdict]


def test_a_window_adds_up_rows_of_one_group():
    """Each row sees its own group; a blank key is a group of its own."""
    rows: list[dict[str, Any]] = [
        {"text": "a", "n": 2},
        {"text": "a", "n": 3},
        {"text": "b", "n": 4},
        {"n": 5},
        {"n": 1},
    ]
    sql = "sum(n) over (partition by text) > 4"
    assert _judge(sql, rows) == [True, True, False, True, True]
    assert _judge("count(*) over (partition by text) > 1", rows) == [
        True,
        True,
        False,
        True,
        True,
    ]


def test_sums_of_money_are_exact():
    """0.10 three times is 0.30, which binary fractions deny."""
    rows = [{"text": "a", "amount": Decimal("0.10")}] * 3
    sql = "sum(amount) over (partition by text) <> 0.3"
    assert _judge(sql, rows) == [False, False, False]


def test_a_predicate_names_its_columns_and_partitions():
    """Partitions are kept as expressions, so that faulty rows can be placed in groups."""
    predicate = compile_predicate(
        "sum(n) over (partition by text, coalesce(day, today)) > 1"
        " and max(n) over (partition by flag) > 2",
        SCHEMA,
    )
    assert predicate.names == {"n", "text", "day", "today", "flag"}
    assert [len(partition) for partition in predicate.partitions] == [2, 1]
    assert compile_predicate("n > 1", SCHEMA).partitions == ()


_MIXED = "compare like with like"


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        # what polars would say false to, in silence
        ("n = text", _MIXED),
        ("n = '5'", _MIXED),
        ("amount = '1.50'", _MIXED),
        ("flag = 1", _MIXED),
        ("flag = 'true'", _MIXED),
        ("day = '2027-01-05'", _MIXED),
        ("day > 5", _MIXED),
        ("now > day", _MIXED),
        ("now = '2027-01-05'", _MIXED),
        ("n in ('a')", _MIXED),
        ("text in (1)", _MIXED),
        ("day in ('2027-01-05')", _MIXED),
        ("text between 1 and 2", _MIXED),
        ("n between 'a' and 'b'", _MIXED),
        ("coalesce(text, n) = 'x'", _MIXED),
        ("n is distinct from text", _MIXED),
        ("case when n > 1 then n else 'a' end = 'x'", _MIXED),
        ("case n when 'x' then true else false end", _MIXED),
        ("array_contains(string_to_array(numbers, ','), n)", _MIXED),
        # what can fail on real data
        ("cast(text as int) > 1", "CAST can fail"),
        ("text::int > 1", "CAST can fail"),
        ("try_cast(text as int) > 1", "CAST can fail"),
        ("n / 2 > 1", "division can fail"),
        ("n // 2 > 1", "division can fail"),
        ("amount % 2 = 1", "% works between whole numbers only"),
        ("mod(amount, 2) = 1", "% works between whole numbers only"),
        ("regexp_like(text, '(')", "it fails when judged"),
        ("regexp_like(text, numbers)", "needs a pattern that stands in the rule"),
        (
            "replace(text, numbers, 'x') = 'x'",
            "needs a pattern that stands in the rule",
        ),
        ("char_length(n) > 3", "it fails when judged"),
        ("text = 'x' xor flag", "the operator Xor is not among those that are safe"),
        ("unnest(string_to_array(numbers, ',')) = 'x'", "an aggregate needs OVER"),
        ("greatest(n, text) = 5", "types do not fit"),
        ("n like 'x%'", "types do not fit"),
        ("n + text > 1", "types do not fit"),
        # what wraps, or hangs on something else than the row
        ("extract(year from day) = 2027", "EXTRACT wraps"),
        ("date_part('year', day) = 2027", "EXTRACT wraps"),
        ("now() > now", "the clock never enters a rule"),
        ("current_date > day", "the clock never enters a rule"),
        ("CURRENT_TIMESTAMP > now", "the clock never enters a rule"),
        ("pow(n, 2) > 1", "not among those that are safe"),
        ("sqrt(n) > 1", "not among those that are safe"),
        ("lag(n) over (order by n) > 1", "not among those that are safe"),
        # what mixes the whole file into each row
        ("sum(n) > 3", "an aggregate needs OVER"),
        ("max(n) over () > 1", "an aggregate needs OVER"),
        ("count(*) > 1 and n > 0", "an aggregate needs OVER"),
        # what is no predicate about a row
        ("n", "does not say true or false"),
        ("flag or text", "does not say true or false"),
        ("null", "does not say true or false"),
        ("true", "looks at no column"),
        ("1 = 1", "looks at no column"),
        ("count(*) > 1", "an aggregate needs OVER"),
        ("columns('n') = 1", "more than one thing"),
        ("", "not an SQL predicate"),
        ("n >", "not an SQL predicate"),
        ("n = 1; drop table x", "not an SQL predicate"),
        ("random() > 1", "not an SQL predicate"),
        ("n in (select 1)", "a rule is one predicate, not a query"),
        ("exists (SELECT 1)", "a rule is one predicate, not a query"),
        ("price > 1", "unknown column price"),
        ('text = "x"', "unknown column x"),
        ("other.n > 1", "unknown column other"),
    ],
)
def test_what_a_rule_may_not_say_is_refused_for_its_own_reason(sql, reason):
    """A rule that would never fire, or stop the run, is a fault of the spec."""
    with pytest.raises(ValueError, match=re.escape(reason)):
        compile_predicate(sql, SCHEMA)


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("now = day", id="a moment against its day is silently false"),
        pytest.param("n = '5'", id="a number against text fails"),
        pytest.param("day = '2027-01-05'", id="a day against text fails"),
    ],
)
def test_polars_itself_would_not_say_what_a_person_reads(sql):
    """Each of these is true to a person; polars says false, or stops."""
    row = {**_FIVE, "now": dt.datetime(2027, 1, 5, tzinfo=ZoneInfo(HONG_KONG))}
    frame = pl.DataFrame({name: [row[name]] for name in SCHEMA}, schema=SCHEMA)
    try:
        verdict = frame.select(wrong=pl.sql_expr(sql))["wrong"].to_list()
    except pl.exceptions.PolarsError:
        verdict = []
    assert verdict != [True]
