"""Matching what a desk writes over its columns with the columns of a spec."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from rapupload.spec.format import BatchSpec

_NOISE = re.compile(r"[\s./\\_\-:*()'\"#?]+")


def normalise(heading: str) -> str:
    """Fold case, width, spaces and punctuation of a heading.

    >>> normalise("Stock  A/C No.")
    'stockacno'
    >>> normalise("股份　代號")
    '股份代號'
    """
    return _NOISE.sub("", unicodedata.normalize("NFKC", heading).casefold())


@dataclass(frozen=True, slots=True)
class HeadingMatch:
    """Which source column is which.

    Attributes:
        columns: Spec column name -> index into the headings given.
        unknown: Indexes of headings that no column of the spec claims.
        repeated: Spec column name -> indexes, where several headings claim it.
        missing: Mandatory columns that no heading claims.
    """

    columns: dict[str, int]
    unknown: tuple[int, ...]
    repeated: dict[str, tuple[int, ...]]
    missing: tuple[str, ...]


class Vocabulary:
    """All headings a spec knows, in both languages, and the column each means."""

    def __init__(self, spec: BatchSpec) -> None:
        self._spec = spec
        self._meanings: dict[str, str] = {}
        for column in spec.column:  # names and labels win over aliases
            for text in (column.name, column.label.en, column.label.zh_hant):
                self._meanings.setdefault(normalise(text), column.name)
        for column in spec.column:
            for text in column.aliases:
                self._meanings.setdefault(normalise(text), column.name)

    def meaning(self, heading: str) -> str | None:
        """Return the spec column a heading stands for, or None.

        A heading in both languages (``Quantity 股份數量``) is understood too.
        """
        folded = normalise(heading)
        found = self._meanings.get(folded)
        if found or not folded:
            return found
        latin = "".join(c for c in folded if c.isascii())
        other = "".join(c for c in folded if not c.isascii())
        meanings = {self._meanings.get(part) for part in (latin, other) if part}
        return meanings.pop() if len(meanings) == 1 else None

    def type_of(self, heading: str) -> str | None:
        """Return the field type of the column a heading stands for, or None."""
        meaning = self.meaning(heading)
        return next((c.type for c in self._spec.column if c.name == meaning), None)

    def score(self, headings: Iterable[str]) -> int:
        """Return how many different columns the headings name."""
        return len({m for h in headings if (m := self.meaning(h))})

    def match(self, headings: Iterable[str]) -> HeadingMatch:
        """Pair headings with columns; nothing is guessed where two claim one."""
        claims: dict[str, list[int]] = {}
        unknown = []
        for index, heading in enumerate(headings):
            meaning = self.meaning(heading)
            if meaning is None:
                unknown.append(index)
            else:
                claims.setdefault(meaning, []).append(index)
        return HeadingMatch(
            columns={name: found[0] for name, found in claims.items()},
            unknown=tuple(unknown),
            repeated={n: tuple(found) for n, found in claims.items() if len(found) > 1},
            missing=tuple(
                column.name
                for column in self._spec.column
                if column.need == "mandatory"
                and column.default is None
                and column.default_from is None
                and column.name not in claims
            ),
        )
