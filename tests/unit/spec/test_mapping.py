"""Mapping files: read strictly, every fault at once."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from rapupload.errors import ConfigError
from rapupload.spec.mapping import (
    load_mapping,
    parse_mapping,
    to_control_totals,
    vocabulary_of,
)
from tests.unit.shaping.building import votes, ways

_FILE = Path("desk.toml")
_GOOD = """
name = "desk"
type = "mini"
date-order = "day-first"
header-row = 3
[headings]
"Side" = "direction"
"Note" = ""
[values.direction]
"Sell" = "D"
[fixed]
payment = "FOP"
[[ignored-rows]]
reason = "sent"
column = "State of row"
values = ["OK"]
[control-totals]
count = 5
"""


def _faults(text: str, spec=None) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_mapping(text.encode(), _FILE, (spec or ways()).spec)
    return caught.value.message


def test_a_sound_mapping_is_read():
    """Its own words win over the spec's, and its bytes are kept."""
    loaded = parse_mapping(_GOOD.encode(), _FILE, ways().spec)
    assert loaded.content == _GOOD.encode()
    assert loaded.mapping.carried == frozenset({"note"})
    vocabulary = vocabulary_of(ways().spec, loaded.mapping)
    assert vocabulary.meaning("SIDE") == "direction"
    assert vocabulary.meaning("Note") is None
    assert vocabulary.meaning("Payment") == "payment"


def test_all_faults_are_told_at_once():
    """With their key path, as for specs."""
    text = """
name = "desk"
type = "mini"
date-order = "TODO"
summing = true
[headings]
"A" = "nothing"
"B" = "TODO"
"a." = "direction"
[values.direction]
"S" = "X"
"s" = "D"
[values.nothing]
"S" = "X"
[fixed]
payment = "TODO"
hold = "maybe"
[control-totals.sum]
direction = "5"
[control-totals.amount]
HKD = "5"
"""
    told = _faults(text).split("\n  ")
    assert told[0] == "The mapping file desk.toml has 12 faults:"
    assert told[1:] == [
        "summing: mini has nothing to be summed",
        "date-order: still to be decided",
        "headings.'A': there is no column 'nothing'",
        "headings.'B': still to be decided",
        "headings.'a.': the same heading means two columns",
        "values.direction.'S': 'X' cannot be read as code (code-unknown)",
        "values.direction.'s': the same word means two values",
        "values.nothing.'S': there is no column 'nothing'",
        "fixed.payment: still to be decided",
        "fixed.hold: 'maybe' cannot be read as yes-no (yes-no-form)",
        "control-totals.sum.direction: 'direction' holds no figures",
        "control-totals.amount: this type has no amount in a currency",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param('name = "x"', "type: this key is missing", id="no type"),
        pytest.param(
            'name = "x"\ntype = "mini"\ncolour = 1', "colour: unknown key", id="unknown"
        ),
        pytest.param("name = ", "not readable TOML", id="not TOML"),
        pytest.param(
            'name = "x"\ntype = "ati"',
            "the mapping is for 'ati', not for 'mini'",
            id="type",
        ),
        pytest.param(
            'name = "x"\ntype = "mini"\n[values.hold]\n" " = "Y"',
            "values.hold.' ': a blank cell holds no word",
            id="blank word",
        ),
        pytest.param(
            'name = "x"\ntype = "mini"\n[[ignored-rows]]\nreason = "done"\n'
            'column = "status"\nvalues = ["X", ""]',
            "ignored-rows.1.values: a blank cell holds no word",
            id="blank rows",
        ),
        pytest.param(
            'name = "x"\ntype = "mini"\n[control-totals.sum]\nyes = "many"',
            "control-totals.sum: 'many' is not a figure",
            id="control total",
        ),
    ],
)
def test_what_is_no_mapping_is_refused(text, fault):
    """Nothing is guessed and no key is passed over."""
    assert fault in _faults(text)


def test_summing_is_fine_where_the_spec_can_sum():
    """It is switched on by the desk that needs it."""
    text = 'name = "x"\ntype = "mini"\nsumming = true'
    assert parse_mapping(text.encode(), _FILE, votes().spec).mapping.summing


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    """The hint says how to make one."""
    with pytest.raises(ConfigError, match="cannot be read") as caught:
        load_mapping(tmp_path / "none.toml", ways().spec)
    assert "rapupload map" in caught.value.hint


def test_control_totals_are_written_on_the_command_line():
    """Count, columns and currencies, with thousands or without."""
    found = to_control_totals(["count=12", "quantity=1,000", "HKD=99.50"])
    assert found.given() == {
        "count": Decimal(12),
        "quantity": Decimal(1000),
        "HKD": Decimal("99.50"),
    }


@pytest.mark.parametrize(
    "text", ["count", "count=x", "count=1.5", "=5", "a b=5", "quantity="]
)
def test_control_totals_that_cannot_be_read(text):
    """They are refused, since one not compared would prove nothing."""
    with pytest.raises(ValueError, match=r"\S"):
        to_control_totals([text])
