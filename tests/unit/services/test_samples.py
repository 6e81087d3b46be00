from __future__ import annotations

import pytest

from rapupload.errors import SourceError
from rapupload.services.samples import compare_sample
from tests.unit.spec.building import field, load

_SPEC = load(
    header=[
        field("t", "X(1)", value="0"),
        field("i", "9(4)", given="indicator"),
        field("p", "X(7)", given="participant"),
    ]
).spec


def test_a_sample_that_fits_comes_out_the_same(tmp_path):
    """Read by the spec and written again, byte for byte."""
    sample = tmp_path / "SAMPLE.TXT"
    sample.write_bytes(b"00007B01234 \r\n1A1    00100\r\n")
    compared = compare_sample(_SPEC, sample)
    assert (compared.instructions, compared.difference) == (1, None)


def test_the_first_difference_is_told(tmp_path):
    """Here the sample fills quantities with blanks."""
    sample = tmp_path / "SAMPLE.TXT"
    sample.write_bytes(b"00007B01234 \r\n1A1      100\r\n")
    found = compare_sample(_SPEC, sample).difference
    assert found is not None
    assert (found.line, found.position, found.field) == (2, 8, "quantity")


def test_a_sample_that_is_not_there_is_a_source_error(tmp_path):
    """With the reason."""
    with pytest.raises(SourceError, match="cannot be read: No such file"):
        compare_sample(_SPEC, tmp_path / "none.txt")
