from __future__ import annotations

import re

import pytest

from rapupload.spec.picture import Picture


@pytest.mark.parametrize(
    ("text", "kind", "length", "digits", "decimals"),
    [
        pytest.param("9(5)", "9", 5, 5, 0, id="digits"),
        pytest.param("X(8)", "X", 8, 8, 0, id="text"),
        pytest.param("9(11)V9(2)", "9", 13, 11, 2, id="implied point"),
        pytest.param("XX", "X", 2, 2, 0, id="repeated sign"),
        pytest.param("9(3)9", "9", 4, 4, 0, id="count and sign"),
        pytest.param("9V9(2)", "9", 3, 1, 2, id="one digit before"),
        pytest.param("X(4096)", "X", 4096, 4096, 0, id="longest"),
    ],
)
def test_a_picture_says_kind_width_and_decimals(text, kind, length, digits, decimals):
    """The width counts the decimals and not the point."""
    picture = Picture.parse(text)
    assert (picture.kind, picture.length) == (kind, length)
    assert (picture.digits, picture.decimals) == (digits, decimals)
    assert picture.text == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", "is not a picture", id="nothing"),
        pytest.param("A(5)", "is not a picture", id="unknown sign"),
        pytest.param("9(0)", "is not a picture", id="width zero"),
        pytest.param("9(05)", "is not a picture", id="leading zero"),
        pytest.param("9()", "is not a picture", id="no width"),
        pytest.param("9(5) ", "is not a picture", id="trailing blank"),
        pytest.param("9(5)V", "is not a picture", id="nothing behind the point"),
        pytest.param("V9(2)", "is not a picture", id="nothing before the point"),
        pytest.param("9V9V9", "is not a picture", id="two points"),
        pytest.param("S9(5)", "is not a picture", id="sign"),
        pytest.param("X9", "X and 9 cannot stand in one field", id="mixed"),
        pytest.param(
            "X(3)V9(2)", "V stands between digits only", id="point after text"
        ),
        pytest.param("9(3)V(2)", "is not a picture", id="point without digit"),
        pytest.param("9(3)VX", "V stands between digits only", id="text after point"),
        pytest.param("X(4096)X", "longer than 4096", id="too long"),
    ],
)
def test_what_is_no_picture_is_refused_with_its_reason(text, reason):
    """A person who mistypes a picture reads what is wrong with it."""
    with pytest.raises(ValueError, match=re.escape(reason)):
        Picture.parse(text)
