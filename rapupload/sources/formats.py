"""What a spreadsheet's number format makes of a number.

Office Open XML, ECMA-376 part 1, 18.8.30. Only what changes the *meaning* is told
apart: a date, a percentage, an exponent. Decimal places and colours are looks.
"""

from __future__ import annotations

import re
from enum import IntEnum


class Form(IntEnum):
    """What a cell holds, and how it shows it; finer than ``CellKind``."""

    BLANK = 0
    TEXT = 1
    GENERAL = 2  # shows an exponent when long
    PLAIN = 3
    SCIENTIFIC = 4
    PERCENT = 5
    DATE = 6  # with or without a time of day
    TIME = 7  # time of day only
    ELAPSED = 8  # [h]:mm, more than a day
    BOOLEAN = 9
    ERROR = 10
    FORMULA = 11  # saved without a value
    ZEROS = 12  # plain, with leading zeros shown: 000000
    SCALED = 13  # plain, and shown as another one: #,##0, or "-"0 or 0"萬"


NUMBERS = frozenset(
    {
        Form.GENERAL,
        Form.PLAIN,
        Form.SCIENTIFIC,
        Form.PERCENT,
        Form.ELAPSED,
        Form.ZEROS,
        Form.SCALED,
    }
)
"""Forms whose text is a decimal number."""

_BUILTIN: dict[int, Form] = {
    0: Form.GENERAL,
    9: Form.PERCENT,
    10: Form.PERCENT,
    11: Form.SCIENTIFIC,
    **dict.fromkeys(range(14, 18), Form.DATE),
    **dict.fromkeys(range(18, 22), Form.TIME),
    22: Form.DATE,
    # 27-36 and 50-58 are dates and times of the East Asian editions (18.8.30)
    **dict.fromkeys((27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58), Form.DATE),
    **dict.fromkeys((32, 33, 34, 35, 55, 56), Form.TIME),
    45: Form.TIME,
    46: Form.ELAPSED,
    47: Form.TIME,
    48: Form.SCIENTIFIC,
    49: Form.GENERAL,
}
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_CLOCK = re.compile(r"am/pm|a/p|上午/下午", re.IGNORECASE)
_SECTION = re.compile(r'(?:"[^"]*"|\\.|[^";\\])*')
_SPACING = re.compile(r"_.|\*.|\[[^\]]*\]")
_PLACE = re.compile("[0#?@]|general", re.IGNORECASE)
_POINT = re.compile(r'[0#?](?:"[^"]*[.,][^"]*"|\\[.,])[0#?]')
"""A point or comma that is only text: 1000 is shown as 10.00."""
_CONDITION = re.compile(r"\[[<>=]")
_SIGNS = frozenset("-−–(（")
_UNIT = re.compile(
    r"[萬万億亿千百手%‰]|\b(?:lots?|k|m|mm|mn|mio|bn|thousands?|millions?|billions?)\b|'000",
    re.IGNORECASE,
)
_SCALED = re.compile(r"[0#?],+(?![0#?,])")
_FIGURES = frozenset({Form.GENERAL, Form.PLAIN, Form.ZEROS})


def form_of(number_format: int, code: str | None) -> Form:
    """Return how a number is shown under a format.

    >>> form_of(164, "yyyy-mm-dd")
    <Form.DATE: 6>
    >>> form_of(14, None)
    <Form.DATE: 6>
    >>> form_of(165, '#,##0.00 "days"')
    <Form.PLAIN: 3>
    >>> form_of(166, "[$-404]e/m/d")
    <Form.DATE: 6>
    """
    if code is None:
        return _BUILTIN.get(number_format, Form.PLAIN)
    if _ELAPSED.search(_LITERAL.sub("", code)):
        return Form.ELAPSED
    if not _SPACING.sub("", code):  # nothing, or a colour alone
        return Form.GENERAL
    sections = _SECTION.findall(code)[:1]
    if _CONDITION.search(
        sections[0]
    ):  # then the others may be for positive numbers too
        sections = [section for section in _SECTION.findall(code) if section]
    forms = {_form_of_section(_LITERAL.sub("", s).lower()) for s in sections}
    if len(forms) > 1 or (forms <= _FIGURES and any(map(_is_misleading, sections))):
        return Form.SCALED
    return forms.pop()


def _is_misleading(section: str) -> bool:
    """Tell whether a section of a format shows another number."""
    shown = _SPACING.sub("", section)
    if _POINT.search(shown):
        return True
    shown = shown.replace('"', "").replace("\\", "")
    places = list(_PLACE.finditer(shown))
    if not places:
        return True
    return misleads(shown[: places[0].start()], shown[places[-1].end() :])


def misleads(before: str, after: str) -> bool:
    """Tell whether what a format puts around a positive number makes it another one.

    >>> misleads("-", ""), misleads("", " lots"), misleads("HK$", " shares")
    (True, True, False)
    """
    if before.strip()[-1:] in _SIGNS or after.strip()[:1] in _SIGNS:
        return True
    return any(c.isdigit() for c in before + after) or bool(
        _UNIT.search(before + after)
    )


def _form_of_section(shown: str) -> Form:
    if "general" in shown or "@" in shown:
        return Form.GENERAL
    if re.search(r"[0#?]e[+-]", shown):
        return Form.SCIENTIFIC
    if _CLOCK.search(shown) or re.search(r"[hs]", shown):
        return Form.DATE if re.search(r"[ydeg]", _CLOCK.sub("", shown)) else Form.TIME
    if re.search(r"[ymdeg]|b{2,}|aaa", shown):
        return Form.DATE
    return _form_of_figure(shown)


def _form_of_figure(shown: str) -> Form:
    if "%" in shown:
        return Form.PERCENT
    if _SCALED.search(shown):
        return Form.SCALED
    return Form.ZEROS if re.match(r"[^0#?.]*00+(?![0#?.,])", shown) else Form.PLAIN
