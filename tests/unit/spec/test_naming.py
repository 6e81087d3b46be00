from __future__ import annotations

import datetime as dt

import pytest

from rapupload.spec.naming import NamePattern, NameValue

_VALUES: dict[str, NameValue] = {
    "participant": "B01234",
    "account": "CB01234001",
    "market": "HKMK",
    "date": dt.date(2027, 1, 5),
    "time": dt.time(9, 8, 7, 654321),
    "indicator": 7,
    "file-name": "A_1.TXT",
    "file-stem": "A_1",
}


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        pytest.param("A.TXT", "A.TXT", id="no placeholder"),
        pytest.param("{participant}-{market}", "B01234-HKMK", id="words"),
        pytest.param("{account}", "CB01234001", id="account"),
        pytest.param("I{indicator:04}", "I0007", id="indicator of four digits"),
        pytest.param("I{indicator:02}", "I07", id="indicator of two digits"),
        pytest.param("{date:%Y%m%d}", "20270105", id="date"),
        pytest.param("{date:%d.%m.%y}", "05.01.27", id="date with signs"),
        pytest.param("{time:%H%M%S%f}", "090807654321", id="time"),
        pytest.param("{file-stem}.ACK", "A_1.ACK", id="stem"),
        pytest.param("{file-name}.CTL", "A_1.TXT.CTL", id="file name"),
        pytest.param("{date:%Y}/X_{date:%Y%m%d}", "2027/X_20270105", id="date twice"),
        pytest.param("{market}_{market}", "HKMK_HKMK", id="word twice"),
        pytest.param("A+(B)[C]", "A+(B)[C]", id="signs of regular expressions"),
    ],
)
def test_a_name_is_written_and_read_back(pattern, name):
    """What is written by a pattern is recognised by it, with the same placeholders."""
    parsed = NamePattern.parse(pattern)
    assert parsed.write(_VALUES) == name
    assert set(parsed.read(name) or {}) == set(parsed.names)


def test_reading_returns_the_texts_of_the_placeholders():
    """Digits stay text: leading zeros of an indicator are not lost."""
    pattern = NamePattern.parse("{file-stem}_{date:%Y%m%d}_{indicator:04}.CTL")
    assert pattern.read("ATI_X_20270105_0007.CTL") == {
        "file-stem": "ATI_X",
        "date": "20270105",
        "indicator": "0007",
    }


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        pytest.param("{market}_{market}", "HKMK_MAMK", id="two markets"),
        pytest.param("I{indicator:04}", "I007", id="too few digits"),
        pytest.param("I{indicator:04}", "I00071", id="too many digits"),
        pytest.param("I{indicator:04}", "I०००७", id="digits of another script"),
        pytest.param("A.TXT", "AxTXT", id="the point is a point"),
        pytest.param("A.TXT", "A.TXT\n", id="line end behind"),
        pytest.param("{participant}.TXT", "b01234.TXT", id="small letters"),
        pytest.param("{date:%Y%m%d}", "2027015", id="date too short"),
    ],
)
def test_another_kind_of_name_is_not_read(pattern, name):
    """A name that only looks alike is nobody's answer."""
    assert NamePattern.parse(pattern).read(name) is None


def test_any_and_file_name_take_what_is_there():
    """`{any}` may be empty; `{file-name}` may not."""
    assert NamePattern.parse("A{any}").read("A") == {"any": ""}
    assert NamePattern.parse("A{file-name}").read("A") is None


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        pytest.param("{participants}", "not a known placeholder", id="unknown"),
        pytest.param(
            "{participant:05}", "not a known placeholder", id="format on word"
        ),
        pytest.param("{date}", "needs a format", id="date without format"),
        pytest.param("{date:%Q}", "needs a format", id="unknown code of dates"),
        pytest.param("{date:Y}", "needs a format", id="no code of dates"),
        pytest.param("{date:%Y%}", "needs a format", id="percent sign at the end"),
        pytest.param("{time:}", "needs a format", id="empty format"),
        pytest.param("{indicator}", "needs a width", id="indicator without width"),
        pytest.param("{indicator:4}", "needs a width", id="width without zero"),
        pytest.param("{indicator:04d}", "needs a width", id="python's own format"),
        pytest.param("{Participant}", "opens no known", id="capital letter"),
        pytest.param("A{", "opens no known", id="brace open"),
        pytest.param("A}", "opens no known", id="brace closed"),
        pytest.param("}{any}", "opens no known", id="brace closed before"),
        pytest.param("{{any}}", "opens no known", id="double braces"),
    ],
)
def test_a_wrong_pattern_is_refused_with_its_reason(pattern, reason):
    """A misspelt placeholder never ends up in a file name."""
    with pytest.raises(ValueError, match=reason):
        NamePattern.parse(pattern)
