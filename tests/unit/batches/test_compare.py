from __future__ import annotations

import pytest

from rapupload.batches import first_difference
from tests.unit.spec.building import field, load

_SPEC = load(
    header=[field("t", "X(1)", value="0"), field("p", "X(11)", given="participant")],
    trailer=[field("t", "X(1)", value="2"), field("n", "9(11)", total="count")],
).spec
_GIVEN = b"0B01234     \r\n1A1    00100\r\n1B2    00022\r\n200000000002\r\n"


def test_identical_files_have_no_difference():
    """Byte for byte."""
    assert first_difference(_GIVEN, bytes(_GIVEN), _SPEC) is None


@pytest.mark.parametrize(
    ("ours", "line", "position", "name"),
    [
        pytest.param(b"9" + _GIVEN[1:], 1, 1, "t", id="first byte"),
        pytest.param(_GIVEN.replace(b"B01234", b"B01235"), 1, 7, "p", id="header"),
        pytest.param(
            _GIVEN.replace(b"B2 ", b"C2 "), 3, 2, "own-reference", id="detail"
        ),
        pytest.param(_GIVEN.replace(b"00022", b"00023"), 3, 12, "quantity", id="last"),
        pytest.param(_GIVEN.replace(b"002\r", b"003\r"), 4, 12, "n", id="trailer"),
        pytest.param(_GIVEN.replace(b"\r\n", b"\n"), 1, 13, "line end", id="line end"),
        pytest.param(_GIVEN[:-2], 4, 13, "line end", id="ours is shorter"),
        pytest.param(b"", 1, 1, "t", id="ours is empty"),
    ],
)
def test_the_first_difference_is_named_by_line_position_and_field(
    ours, line, position, name
):
    """Positions count from 1, as specs print them."""
    found = first_difference(_GIVEN, ours, _SPEC)
    assert found is not None
    assert (found.line, found.position, found.field) == (line, position, name)
    assert found.offset == sum(
        len(x) + 2 for x in _GIVEN.split(b"\r\n")[: line - 1]
    ) + (position - 1)


def test_both_lines_are_shown():
    """Without their line ends."""
    ours = _GIVEN.replace(b"B2 ", b"C2 ")
    found = first_difference(_GIVEN, ours, _SPEC)
    assert found is not None
    assert (found.expected, found.found) == ("1B2    00022", "1C2    00022")


def test_a_line_too_many_is_found():
    """Ours goes on where the given file ends."""
    spec = load().spec
    given = b"1A1    00100\r\n"
    found = first_difference(given, given + b"1B2    00022\r\n", spec)
    assert found is not None
    assert (found.line, found.position) == (2, 1)
    assert (found.expected, found.found) == ("", "1B2    00022")


def test_positions_of_a_fixed_record_count_bytes():
    """A Chinese sign takes two places in Big5, as the fields of the record count."""
    spec = load(batch_file={"encoding": "big5hkscs"}).spec
    given = "1股份   00100\r\n".encode("big5hkscs")
    ours = "1股票   00100\r\n".encode("big5hkscs")
    found = first_difference(given, ours, spec)
    assert found is not None
    assert (found.position, found.field) == (4, "own-reference")


def test_a_further_record_is_told_by_its_opening():
    """The field named is that of the record that stands there."""
    further = {
        "name": "more",
        "when": "quantity > 50",
        "fields": [field("t", "X(1)", value="3"), field("rest", "X(11)", value="")],
    }
    spec = load(**{"detail-record": [further]}).spec
    given = b"1A1    00100\r\n3abc        \r\n"
    found = first_difference(given, given.replace(b"abc", b"abd"), spec)
    assert found is not None
    assert found.field == "rest"


def test_a_delimited_file_has_no_fields_by_position():
    """Line and position are named all the same."""
    spec = load(batch_file={"layout": "delimited"}).spec
    found = first_difference(b"1,A,5\r\n", b"1,B,5\r\n", spec)
    assert found is not None
    assert (found.line, found.position, found.field) == (1, 3, "")
