"""Styles of an OpenDocument spreadsheet: how its cells show numbers, which sheets show.

OpenDocument 1.3 part 3, 16 (styles) and 16.29 (data styles). What LibreOffice calls
General is a number style that says nothing about decimal places.
"""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree as ET

from rapupload.sources.formats import Form, misleads

NUMBER: Final = "{urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0}"
STYLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_BY_KIND: Final = {
    f"{NUMBER}percentage-style": Form.PERCENT,
    f"{NUMBER}date-style": Form.DATE,
    f"{NUMBER}boolean-style": Form.BOOLEAN,
    f"{NUMBER}text-style": Form.GENERAL,
}
_MOST_PARENTS: Final = 50


class Styles:
    """The styles of both parts of a document, those of the content last."""

    def __init__(self) -> None:
        self._shown: dict[str, Form] = {}
        self._named: dict[str, tuple[str | None, str | None]] = {}
        self._positive: dict[str, str] = {}
        self._forms: dict[str | None, Form] = {}
        self.hidden: set[str] = set()
        """Names of table styles that hide their sheet."""

    def _shown_as(self, name: str) -> Form:
        """Return the form of a data style, of its part for positive numbers if it has."""
        return self._shown.get(self._positive.get(name, name), Form.PLAIN)

    def learn(self, element: ET.Element) -> None:
        """Take in one style."""
        name = element.get(f"{STYLE}name", "")
        if element.tag == f"{STYLE}style":
            self._learn_style(name, element)
        elif element.tag.startswith(NUMBER):
            self._shown[name] = _form_of(element)
            for part in element.iter(f"{STYLE}map"):
                condition = part.get(f"{STYLE}condition", "").replace(" ", "")
                if condition in {"value()>=0", "value()>0"}:
                    self._positive[name] = part.get(f"{STYLE}apply-style-name", name)

    def _learn_style(self, name: str, element: ET.Element) -> None:
        family = element.get(f"{STYLE}family")
        if family == "table-cell":
            data = element.get(f"{STYLE}data-style-name")
            self._named[name] = (data, element.get(f"{STYLE}parent-style-name"))
        elif family == "table":
            looks = element.find(f"{STYLE}table-properties")
            if looks is not None and looks.get(f"{TABLE}display") == "false":
                self.hidden.add(name)

    def form(self, name: str | None) -> Form:
        """Return how a cell of this style shows a number."""
        if name not in self._forms:
            self._forms[name] = self._find(name or "Default")
        return self._forms[name]

    def _find(self, name: str) -> Form:
        wanted: str | None = name
        for _ in range(_MOST_PARENTS):
            if wanted is None or wanted not in self._named:
                break
            data, parent = self._named[wanted]
            if data is not None:
                return self._shown_as(data)
            wanted = parent
        return Form.GENERAL


def _form_of(style: ET.Element) -> Form:
    if style.tag == f"{NUMBER}time-style":
        runs_on = style.get(f"{NUMBER}truncate-on-overflow") == "false"
        return Form.ELAPSED if runs_on else Form.TIME
    if style.tag in _BY_KIND:
        return _BY_KIND[style.tag]
    if style.find(f"{NUMBER}scientific-number") is not None:
        return Form.SCIENTIFIC
    figure = style.find(f"{NUMBER}number")
    if figure is None:
        return (
            Form.PLAIN if style.find(f"{NUMBER}fraction") is not None else Form.SCALED
        )
    form = _form_of_figure(figure)
    place = list(style).index(figure)
    return Form.SCALED if misleads(*_words_around(style, place)) else form


def _words_around(style: ET.Element, place: int) -> tuple[str, str]:
    """Return the words in front of the figure and behind it."""
    parts = [part.text or "" for part in style]
    return "".join(parts[:place]), "".join(parts[place + 1 :])


def _form_of_figure(figure: ET.Element) -> Form:
    if figure.get(f"{NUMBER}display-factor", "1") not in {"1", "1.0"}:
        return Form.SCALED
    places = figure.get(f"{NUMBER}decimal-places")
    digits = figure.get(f"{NUMBER}min-integer-digits", "1")
    is_grouped = figure.get(f"{NUMBER}grouping") == "true"
    if (
        places in {None, "0"}
        and digits.isdigit()
        and int(digits) > 1
        and not is_grouped
    ):
        return Form.ZEROS
    return Form.GENERAL if places is None else Form.PLAIN
