"""File names, and folders, as patterns that can be written and read back.

A pattern is text with placeholders: ``{participant}``, ``{account}``, ``{market}``,
``{indicator:04}``, ``{date:%Y%m%d}``, ``{time:%H%M%S}``, ``{file-name}``,
``{file-stem}``, ``{any}``. The instant is always passed in; nothing here reads a clock.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

_PLACEHOLDER = re.compile(r"\{(?P<name>[a-z-]+)(?::(?P<format>[^{}]*))?\}")
_WORDS = {
    "participant": r"[A-Z0-9]{1,10}",
    "account": r"[A-Z0-9]{1,12}",
    "market": r"[A-Z]{4}",
    "file-name": r".+",
    "file-stem": r".+?",
    "any": r".*",
}
_TIMES = {
    "%Y": "[0-9]{4}",
    "%m": "[0-9]{2}",
    "%d": "[0-9]{2}",
    "%H": "[0-9]{2}",
    "%M": "[0-9]{2}",
    "%S": "[0-9]{2}",
    "%y": "[0-9]{2}",
    "%f": "[0-9]{6}",
}

NameValue = str | int | dt.date | dt.time


@dataclass(frozen=True, slots=True)
class NamePattern:
    """A name with placeholders.

    >>> name = NamePattern.parse("ATI_{participant}_{date:%Y%m%d}_{indicator:04}.TXT")
    >>> name.write({"participant": "B01234", "date": dt.date(2027, 1, 5),
    ...             "indicator": 7})
    'ATI_B01234_20270105_0007.TXT'
    >>> name.read("ATI_B01234_20270105_0007.TXT")["indicator"]
    '0007'
    >>> name.read("SI_B01234.TXT") is None
    True
    """

    text: str
    placeholders: tuple[tuple[str, str], ...]
    regex: re.Pattern[str]

    @classmethod
    def parse(cls, text: str) -> NamePattern:
        """Read a pattern.

        Raises:
            ValueError: A placeholder is unknown or misses its format.
        """
        pieces: list[str] = []
        found: list[tuple[str, str]] = []
        position = 0
        for match in _PLACEHOLDER.finditer(text):
            pieces.append(re.escape(text[position : match.start()]))
            name, written = match["name"], match["format"] or ""
            first = next((form for known, form in found if known == name), None)
            pieces.append(_group(name, written, first))
            found.append((name, written))
            position = match.end()
        if set("{}") & set(_PLACEHOLDER.sub("", text)):
            raise ValueError(f"{text!r} has a brace that opens no known placeholder")
        pieces.append(re.escape(text[position:]))
        return cls(text, tuple(found), re.compile("".join(pieces)))

    @property
    def names(self) -> frozenset[str]:
        """Return the placeholders used."""
        return frozenset(name for name, _ in self.placeholders)

    def write(self, values: Mapping[str, NameValue]) -> str:
        """Return the name with each placeholder replaced by its value."""
        return _PLACEHOLDER.sub(
            lambda match: format(values[match["name"]], match["format"] or ""),
            self.text,
        )

    def read(self, name: str) -> dict[str, str] | None:
        """Return the texts of the placeholders, or None for another kind of name."""
        match = self.regex.fullmatch(name)
        if match is None:
            return None
        return {key.replace("_", "-"): text for key, text in match.groupdict().items()}


def _group(name: str, written: str, first: str | None) -> str:
    """Return what reads a placeholder.

    The second time in one pattern the same text is wanted; in another form (``{date:%Y}``
    and then ``{date:%m}``) it is read for itself, and the first form is what is told.
    """
    body = _body(name, written)
    key = name.replace("-", "_")
    if first is None:
        return f"(?P<{key}>{body})"
    return f"(?P={key})" if written == first else f"(?:{body})"


def _body(name: str, written: str) -> str:
    if name in {"date", "time"}:
        return _times(name, written)
    if name == "indicator":
        width = re.fullmatch(r"0([1-9])", written)
        if width is None:
            raise ValueError("{indicator} needs a width such as {indicator:04}")
        return rf"[0-9]{{{width[1]}}}"
    if name not in _WORDS or written:
        raise ValueError(f"{{{name}}} is not a known placeholder")
    return _WORDS[name]


def _times(name: str, written: str) -> str:
    codes = re.findall("%.?", written)
    if not codes or any(code not in _TIMES for code in codes):
        known = " ".join(_TIMES)
        raise ValueError(f"{{{name}}} needs a format made of {known}")
    return re.sub(
        "%.|[^%]+",
        lambda match: _TIMES.get(match[0]) or re.escape(match[0]),
        written,
    )
