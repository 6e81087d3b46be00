"""The list of sheets of a workbook, with one of ours put first."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final

from rapupload.sources.package import MAIN, OFFICE, Package, Relation
from rapupload.sources.splice import Part, as_utf8, xml_attribute

_BOOK: Final = "xl/workbook.xml"
_SHEET_TYPE: Final = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
)
_KINDS: Final = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    ".xlsm": "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
}
_SELECTED = re.compile(rb'(<(?:\w+:)?sheetView\b[^>]*?) tabSelected="(?:1|true)"')


class Outline:
    """The sheets of a package."""

    def __init__(self, package: Package) -> None:
        self._package = package

    @cached_property
    def _relations(self) -> dict[str, Relation]:
        return {relation.id: relation for relation in self._package.relations(_BOOK)}

    @cached_property
    def sheets(self) -> dict[str, str]:
        """Return the worksheets: name -> part."""
        listed = Part(self._package.read(_BOOK)).root.first("sheets")
        found = {}
        for node in listed.children if listed else ():
            relation = self._relations.get(node.attributes.get("r:id", ""))
            if relation and relation.kind == "worksheet":
                found[node.attributes["name"]] = relation.target
        return found

    def put_first(self, name: str, content: bytes) -> None:
        """Put a sheet of ours in front, or renew it where it stands; show it first."""
        self._unselect()
        if name in self.sheets:
            self._package.put(self.sheets[name], content)
            relations = self._package.relations(self.sheets[name])
            for relation in relations:  # of the sheet as another program saved it
                self._package.unrelate(self.sheets[name], relation)
            self._show(name)
            return
        part = self._package.new_name("xl/worksheets/rapupload{}.xml")
        self._package.put(part, content)
        self._package.declare(part, _SHEET_TYPE)
        identity = self._package.relate(_BOOK, "worksheet", part)
        self._list(name, identity)

    def _unselect(self) -> None:
        """Several selected sheets would be edited together."""
        for relation in self._relations.values():
            if relation.kind in {"worksheet", "chartsheet", "dialogsheet"}:
                raw = as_utf8(self._package.read(relation.target))
                changed = _SELECTED.sub(rb"\1", raw, count=8)
                if changed != raw:
                    self._package.put(relation.target, changed)

    def _list(self, name: str, identity: str) -> None:
        book = Part(self._package.read(_BOOK))
        listed = book.root.first("sheets")
        if listed is None:
            raise ValueError("a workbook without sheets")
        used = [int(node.attributes.get("sheetId", "0")) for node in listed.children]
        book.insert(
            listed.inner,
            f'<sheet xmlns="{MAIN}" xmlns:r="{OFFICE}" name={xml_attribute(name)}'
            f' sheetId="{max([0, *used]) + 1}" r:id="{identity}"/>',
        )
        names = book.root.first("definedNames")
        for node in names.children if names else ():
            local = node.attributes.get("localSheetId")
            if local is not None:  # the place of a sheet, which has moved by one
                book.set_attribute(node, "localSheetId", str(int(local) + 1))
        self._activate(book, 0)
        self._package.put(_BOOK, book.render())

    def _show(self, name: str) -> None:
        book = Part(self._package.read(_BOOK))
        listed = book.root.first("sheets")
        places = [node.attributes["name"] for node in listed.children] if listed else []
        self._activate(book, places.index(name))
        self._package.put(_BOOK, book.render())

    def _activate(self, book: Part, place: int) -> None:
        views = book.root.first("bookViews")
        for view in views.children if views else ():
            opening = dict(view.attributes)
            opening.pop("firstSheet", None)
            opening["activeTab"] = str(place)
            kept = {k: v for k, v in opening.items() if ":" not in k}
            written = "".join(f" {k}={xml_attribute(v)}" for k, v in kept.items())
            book.replace(
                view.start, view.end, f'<workbookView xmlns="{MAIN}"{written}/>'
            )

    def set_kind(self, suffix: str) -> None:
        """Make the package what its suffix says; an .xlsx holds no macros."""
        self._package.declare(_BOOK, _KINDS[suffix])
        macros = self._package.related(_BOOK, "vbaProject")
        if macros and suffix == ".xlsx":
            self._package.unrelate(_BOOK, macros)
            for relation in self._package.relations(macros.target):
                self._package.drop(relation.target)
            folder, _, name = macros.target.rpartition("/")
            about = f"{folder}/_rels/{name}.rels"
            if self._package.has(about):
                self._package.drop(about)
            self._package.drop(macros.target)
