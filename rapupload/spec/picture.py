"""The picture notation of the field's own documents: ``9(5)``, ``X(8)``, ``9(11)V9(2)``.

``X`` is any character of the file's character set, ``9`` a digit, ``V`` the implied
decimal point, ``(n)`` repeats the character before it. Source: HKSCC report layouts
(CCASS Terminal User Guide, "Report data file layout") print fields this way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PART = re.compile(r"(?P<kind>[X9])(?:\((?P<count>[1-9][0-9]{0,3})\))?")
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Picture:
    """The format of one field.

    Attributes:
        text: The notation as written in the spec.
        kind: ``X`` for text, ``9`` for digits.
        length: Width in the record, in characters.
        decimals: Digits behind the implied point.

    >>> Picture.parse("9(11)V9(2)")
    Picture(text='9(11)V9(2)', kind='9', length=13, decimals=2)
    >>> Picture.parse("XX").length
    2
    """

    text: str
    kind: str
    length: int
    decimals: int

    @property
    def digits(self) -> int:
        """Return the digits before the implied point."""
        return self.length - self.decimals

    @classmethod
    def parse(cls, text: str) -> Picture:
        """Read the notation.

        Raises:
            ValueError: The text is not a picture; the message says why.
        """
        whole, point, fraction = text.partition("V")
        kind, length = _measure(whole, text)
        if not point:
            return cls(text, kind, length, 0)
        fraction_kind, decimals = _measure(fraction, text)
        if kind != "9" or fraction_kind != "9":
            raise ValueError(f"{text!r}: V stands between digits only")
        return cls(text, kind, length + decimals, decimals)


def _measure(part: str, text: str) -> tuple[str, int]:
    position, kind, length = 0, "", 0
    while position < len(part):
        match = _PART.match(part, position)
        if match is None:
            break
        if kind and match["kind"] != kind:
            raise ValueError(f"{text!r}: X and 9 cannot stand in one field")
        kind, position = match["kind"], match.end()
        length += int(match["count"] or 1)
    if not kind or position != len(part):
        raise ValueError(f"{text!r} is not a picture such as X(8), 9(5) or 9(11)V9(2)")
    if length > _LONGEST:
        raise ValueError(f"{text!r} is longer than {_LONGEST} characters")
    return kind, length
