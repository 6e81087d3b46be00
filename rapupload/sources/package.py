"""An .xlsx as a package of parts: relations, content types, and a copy with changes.

Open Packaging Conventions (ECMA-376 part 2). Whatever is not changed goes into the copy
byte by byte: charts, drawings, extensions and the saved values of formulas.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rapupload.sources.archive import open_archive
from rapupload.sources.limits import Limits
from rapupload.sources.splice import Node, Part, xml_attribute

OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES: Final = "[Content_Types].xml"
_EMPTY_RELATIONS: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships '
    b'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
)
_LARGE: Final = 8 << 20


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation of a part: its id, the last word of its type, the part it names."""

    id: str
    kind: str
    target: str
    node: Node


class Package:
    """The parts of a workbook, some of them on their way to a changed copy."""

    def __init__(self, raw: bytes, file: str, limits: Limits) -> None:
        self._archive = open_archive(raw, file, limits)
        self._changed: dict[str, bytes] = {}
        self._dropped: set[str] = set()

    def has(self, part: str) -> bool:
        """Tell whether there is such a part."""
        if part in self._changed:
            return True
        return part in self._archive.NameToInfo and part not in self._dropped

    def read(self, part: str) -> bytes:
        """Return a part as it stands now.

        Raises:
            KeyError: There is none.
        """
        if part in self._changed:
            return self._changed[part]
        return self._archive.read(part)

    def put(self, part: str, content: bytes) -> None:
        """Change or add a part."""
        self._changed[part] = content
        self._dropped.discard(part)

    def drop(self, part: str) -> None:
        """Leave a part out of the copy, with what is said about it."""
        self._changed.pop(part, None)
        self._dropped.add(part)
        types = Part(self.read(_TYPES))
        for node in types.root.all("Override"):
            if node.attributes.get("PartName") == f"/{part}":
                types.cut(node)
        self.put(_TYPES, types.render())

    def names(self) -> Iterator[str]:
        """Yield the names of all parts, in their order in the package."""
        for name in self._archive.namelist():
            if name not in self._dropped:
                yield name
        for name in self._changed:
            if name not in self._archive.NameToInfo:
                yield name

    def relations(self, part: str) -> list[Relation]:
        """Return the relations of a part to other parts of the package."""
        name = _relations_of(part)
        if not self.has(name):
            return []
        return [
            Relation(
                node.attributes.get("Id", ""),
                node.attributes.get("Type", "").rpartition("/")[2],
                _resolve(part, node.attributes.get("Target", "")),
                node,
            )
            for node in Part(self.read(name)).root.all("Relationship")
            if node.attributes.get("TargetMode") != "External"
        ]

    def related(self, part: str, kind: str) -> Relation | None:
        """Return the first relation of a kind, or None."""
        return next((r for r in self.relations(part) if r.kind == kind), None)

    def relate(self, part: str, kind: str, target: str) -> str:
        """Add a relation, and return its id."""
        name = _relations_of(part)
        relations = Part(self.read(name) if self.has(name) else _EMPTY_RELATIONS)
        used = {node.attributes.get("Id") for node in relations.root.children}
        number = len(used) + 1
        while f"rId{number}" in used:
            number += 1
        space = relations.root.space
        relations.append(
            relations.root,
            f'<Relationship xmlns="{space}" Id="rId{number}" Type="{OFFICE}/{kind}"'
            f' Target="/{target}"/>',
        )
        self.put(name, relations.render())
        return f"rId{number}"

    def unrelate(self, part: str, relation: Relation) -> None:
        """Take a relation away."""
        name = _relations_of(part)
        relations = Part(self.read(name))
        for node in relations.root.all("Relationship"):
            if node.attributes.get("Id") == relation.id:
                relations.cut(node)
        self.put(name, relations.render())

    def declare(self, part: str, content_type: str) -> None:
        """State the content type of a part."""
        types = Part(self.read(_TYPES))
        for node in types.root.all("Override"):
            if node.attributes.get("PartName") == f"/{part}":
                types.cut(node)
        types.append(
            types.root,
            f'<Override xmlns="{types.root.space}" PartName={xml_attribute("/" + part)}'
            f' ContentType="{content_type}"/>',
        )
        self.put(_TYPES, types.render())

    def declare_suffix(self, suffix: str, content_type: str) -> None:
        """State the content type of all parts with a suffix, where none is stated."""
        types = Part(self.read(_TYPES))
        known = {
            node.attributes.get("Extension", "").lower()
            for node in types.root.all("Default")
        }
        if suffix in known:
            return
        types.insert(
            types.root.inner,
            f'<Default xmlns="{types.root.space}" Extension="{suffix}"'
            f' ContentType="{content_type}"/>',
        )
        self.put(_TYPES, types.render())

    def new_name(self, pattern: str) -> str:
        """Return a name for a new part that none has: ``{}`` becomes a number."""
        taken = {name.lower() for name in self.names()}
        number = 1
        while pattern.format(number).lower() in taken:
            number += 1
        return pattern.format(number)

    def save(self, path: Path) -> None:
        """Write the copy."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as copy:
            for name in dict.fromkeys(self.names()):
                content = self.read(name)
                level = 1 if len(content) > _LARGE else 6
                copy.writestr(name, content, compresslevel=level)


def _relations_of(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"


def _resolve(part: str, target: str) -> str:
    folder = part.rpartition("/")[0]
    joined = posixpath.join("/" + folder, target)
    return posixpath.normpath(joined).lstrip("/")


def insert_in_order(part: Part, order: tuple[str, ...], tag: str, text: str) -> None:
    """Insert a child of the root where the schema wants it."""
    later = order[order.index(tag) :]
    for child in part.root.children:
        if child.tag in later:
            part.insert(child.start, text)
            return
    part.append(part.root, text)
