"""Headings of a wide sheet: which resolution, and perhaps which vote, a column is about."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from rapupload.fieldtypes.code import fold_code
from rapupload.shaping.sheet import reads
from rapupload.spec.columns import shape_of, type_of
from rapupload.spec.format import BatchSpec, Choice, Column
from rapupload.table import CellKind, Header

_NUMBER = re.compile(
    r"[A-Za-z]?[0-9]{1,3}[A-Za-z]?(?:\.[0-9]{1,3})*(?:\([0-9A-Za-z]{1,4}\))*"
)
"""How agendas number (assumed). Wider, "KYC2" over yes and no would become a vote."""

_DIGIT = re.compile("[0-9]")
_MARKS = " -–—:/|_,、"
_BRIEF = 2  # letters that may abbreviate something else
_SHORT = 1  # a letter alone, "2 A", may belong to the number


@dataclass(frozen=True, slots=True)
class WideHeading:
    """What a heading of a wide sheet says.

    Attributes:
        value: Of the unfolded column, such as resolution 2(a).
        code: Of the choice, where the heading names it ("2(a) Against").
    """

    header: Header
    value: str
    code: str | None


class WideVocabulary:
    """Reads the headings of a wide sheet; what is not understood is never guessed."""

    def __init__(self, spec: BatchSpec, column: str, choice: Choice) -> None:
        self._column = spec.column_named(column)
        self._codes = _code_words(spec.column_named(choice.selector))
        self._telling = _telling_words(spec.column_named(choice.selector))
        self._titles = sorted(_titles(self._column), key=len, reverse=True)

    def read(self, header: Header) -> WideHeading | None:
        """Return what a heading says, or None.

        The value must be numbered as agendas are, and read as a value of the column in
        the kind of cell that it stands in: a date, or 5.1 typed as a number, is nothing
        to go by.
        """
        text = _fold(header.text)
        code, rest = self._without_code(self._without_title(text))
        kind = header.kind if rest == text else CellKind.TEXT
        if not _NUMBER.fullmatch(rest):
            return None
        value = reads(self._column, rest, kind)
        plain = type_of(self._column).plain(shape_of(self._column))
        if value is None or not re.search(plain, value):
            return None
        return WideHeading(header, value, code)

    def names_a_code(self, header: Header) -> bool:
        """Tell whether the heading has the word of a code beside a number."""
        text = _fold(header.text)
        return self._without_code(text)[0] is not None and bool(_DIGIT.search(text))

    def has_code_word(self, header: Header) -> bool:
        """Tell whether the word of a code stands anywhere: "Special For", "反對（特別）"."""
        text = _fold(header.text).casefold()
        return any(_has_word(text, word) for word in self._telling)

    def _without_title(self, text: str) -> str:
        for title in self._titles:
            if _starts_with(text, title) and not _joined(title[-1], text[len(title)]):
                return text[len(title) :].lstrip(" .:#")
        return text

    def _without_code(self, text: str) -> tuple[str | None, str]:
        """Take the words of codes off both ends; two of them must be the same code."""
        found: set[str] = set()
        rest, shorter = text, self._cut(text, found)
        while shorter != rest:
            rest, shorter = shorter, self._cut(shorter, found)
        return (found.pop(), rest) if len(found) == 1 else (None, text)

    def _cut(self, text: str, found: set[str]) -> str:
        for word, code in self._codes:
            size = len(word)
            if _starts_with(text, word) and not _joined(word[-1], text[size]):
                found.add(code)
                return _trim(text[size:])
            if _ends_with(text, word) and not _joined(text[-size - 1], word[0]):
                found.add(code)
                return _trim(text[:-size])
        return text


def _fold(text: str) -> str:
    """Fold width and blanks; the case of a value is kept, it will be sent."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _starts_with(text: str, word: str) -> bool:
    return len(text) > len(word) and text[: len(word)].casefold() == word.casefold()


def _ends_with(text: str, word: str) -> bool:
    return len(text) > len(word) and text[-len(word) :].casefold() == word.casefold()


def _has_word(text: str, word: str) -> bool:
    """Tell whether a word stands in a text, as a word of its own where it is Latin."""
    edge = "[a-z]"
    before = f"(?<!{edge})" if word[0].isascii() else ""
    after = f"(?!{edge})" if word[-1].isascii() else ""
    return re.search(before + re.escape(word) + after, text) is not None


def _joined(left: str, right: str) -> bool:
    """Tell whether two letters stand in one word: "Resort" is no title, "S1for" no vote."""
    return left.isascii() and right.isascii() and left.isalpha() and right.isalpha()


def _titles(column: Column) -> Iterable[str]:
    for text in (column.label.en, column.label.zh_hant, *column.aliases):
        yield _fold(text)


def _code_words(column: Column) -> list[tuple[str, str]]:
    words = {
        _fold(word): code.code
        for code in column.codes
        for word in (code.code, code.label.en, code.label.zh_hant, *code.aliases)
        if len(fold_code(word)) > _SHORT or not word.isascii()
    }
    words |= {f"({word})": code for word, code in words.items()}
    return sorted(words.items(), key=lambda pair: len(pair[0]), reverse=True)


def _telling_words(column: Column) -> set[str]:
    """Return the words that mean a vote wherever they stand; "Client No" means none."""
    labels = {text for c in column.codes for text in (c.label.en, c.label.zh_hant)}
    aliases = {word for code in column.codes for word in code.aliases}
    longer = {word for word in aliases if len(word) > _BRIEF or not word.isascii()}
    return {_fold(word).casefold() for word in labels | longer}


def _trim(rest: str) -> str:
    """Strip what stands between value and word, and brackets that pair with nothing."""
    rest = rest.strip(_MARKS)
    if rest.startswith("(") and rest.endswith(")") and rest.count("(") == 1:
        rest = rest[1:-1]
    if rest.count("(") > rest.count(")"):
        rest = rest.removesuffix("(")
    if rest.count(")") > rest.count("("):
        rest = rest.removeprefix(")")
    return rest.strip(_MARKS)
