"""Changing an XML part in place: what is not touched stays as it is, to the byte.

A parsed and rewritten part loses what its parser does not know (prefixes that other
attributes name, extensions, cached values); so only the places of its elements are
looked up here, and pieces are cut out and put in between.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from defusedxml.ElementTree import DefusedXMLParser

_TAG = re.compile(rb"<[^<>\"']*(?:\"[^\"]*\"[^<>\"']*|'[^']*'[^<>\"']*)*>")
_DECLARATION = re.compile(r"\A\ufeff?<\?xml[^>]*\?>\s*")
_WIDE: Final = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(slots=True)
class Node:
    """An element and where it stands.

    Attributes:
        tag: Its name without prefix.
        start, end: Its first byte, and the one after its last.
        inner, inner_end: The same for its content.
    """

    tag: str
    space: str
    attributes: dict[str, str]
    start: int
    end: int = 0
    inner: int = 0
    inner_end: int = 0
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def all(self, tag: str) -> list[Node]:
        """Return the children of this name."""
        return [child for child in self.children if child.tag == tag]

    def first(self, tag: str) -> Node | None:
        """Return the first child of this name, or None."""
        return next(iter(self.all(tag)), None)

    @property
    def is_closed(self) -> bool:
        """Tell whether it is written as ``<a/>``."""
        return self.inner == self.end

    def walk(self) -> Iterator[Node]:
        """Yield this element and all inside it, as far as they were looked up."""
        yield self
        for child in self.children:
            yield from child.walk()


class Part:
    """One XML part of a workbook on its way to another one."""

    def __init__(self, raw: bytes, *, depth: int = 99) -> None:
        self.raw = as_utf8(raw)
        self.root = _parse(self.raw, depth)
        self._cuts: list[tuple[int, int, bytes]] = []

    def cut(self, node: Node) -> None:
        """Take an element out."""
        self.replace(node.start, node.end, "")

    def replace(self, start: int, end: int, text: str) -> None:
        """Put a text in place of some bytes."""
        self._cuts.append((start, end, text.encode("utf-8")))

    def insert(self, place: int, text: str) -> None:
        """Put a text in front of a byte."""
        self.replace(place, place, text)

    def append(self, parent: Node, text: str) -> None:
        """Put a text at the end of an element's content."""
        if not text:
            return
        if parent.is_closed:
            opening = self.raw[parent.start : parent.end].decode()
            name = re.match(r"<([^\s/>]+)", opening)
            assert name is not None
            bare = opening[:-2].rstrip()
            self.replace(parent.start, parent.end, f"{bare}>{text}</{name.group(1)}>")
        else:
            self.insert(parent.inner_end, text)

    def set_attribute(self, node: Node, name: str, value: str | None) -> None:
        """Change, add or (None) take away an attribute without a prefix."""
        end = node.inner if not node.is_closed else node.end
        opening = self.raw[node.start : end].decode()
        pattern = re.compile(rf"\s{re.escape(name)}\s*=\s*(\"[^\"]*\"|'[^']*')")
        put = "" if value is None else f" {name}={quoteattr(value)}"
        changed, count = pattern.subn(lambda _: put, opening, count=1)
        if not count and put:
            head = re.match(r"<[^\s/>]+", opening)
            assert head is not None
            changed = opening[: head.end()] + put + opening[head.end() :]
        self.replace(node.start, end, changed)

    def text_of(self, node: Node) -> bytes:
        """Return an element as it is written."""
        return self.raw[node.start : node.end]

    def render(self) -> bytes:
        """Return the part with all changes made; those at one place in their order."""
        pieces, last = [], 0
        for start, end, text in sorted(self._cuts, key=lambda cut: cut[0]):
            if start < last:
                raise ValueError("two changes overlap")
            pieces += [self.raw[last:start], text]
            last = end
        return b"".join([*pieces, self.raw[last:]])


def as_utf8(raw: bytes) -> bytes:
    """Return a part in UTF-8, without a mark in front."""
    for mark, codec in _WIDE:
        if raw.startswith(mark):
            text = _DECLARATION.sub("", raw.decode(codec))
            return b'<?xml version="1.0" encoding="UTF-8"?>\n' + text.encode("utf-8")
    return raw.removeprefix(codecs.BOM_UTF8)


def _parse(raw: bytes, depth: int) -> Node:
    parser: Any = DefusedXMLParser(forbid_dtd=True).parser
    parser.DefaultHandlerExpand = None
    parser.buffer_text = True
    builder = _Builder(raw, depth, parser)
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.Parse(raw, True)  # noqa: FBT003 - expat's own signature
    return builder.top.children[0]


class _Builder:
    """Notes down elements as the parser comes upon them."""

    def __init__(self, raw: bytes, depth: int, parser: Any) -> None:
        self.top = Node("", "", {}, 0)
        self._raw = raw
        self._depth = depth
        self._parser = parser
        self._stack = [self.top]
        self._level = 0

    def start(self, name: str, attributes: list[str]) -> None:
        """Begin an element."""
        self._level += 1
        if self._level > self._depth:
            return
        space, _, tag = name.rpartition("}")
        pairs = zip(attributes[::2], attributes[1::2], strict=True)
        place = int(self._parser.CurrentByteIndex)
        node = Node(tag, space, {_local(key): value for key, value in pairs}, place)
        opening = _TAG.match(self._raw, place)
        if not opening:
            raise ValueError("an element without an end")
        node.inner = opening.end()
        self._stack[-1].children.append(node)
        self._stack.append(node)

    def end(self, _name: str) -> None:
        """End an element."""
        self._level -= 1
        if self._level >= self._depth:
            return
        node = self._stack.pop()
        if self._raw[node.inner - 2 : node.inner] == b"/>":
            node.inner_end = node.end = node.inner
        else:
            node.inner_end = int(self._parser.CurrentByteIndex)
            node.end = self._raw.index(b">", node.inner_end) + 1

    def data(self, text: str) -> None:
        """Keep the text of an element."""
        if self._level <= self._depth:
            self._stack[-1].text += text


def _local(name: str) -> str:
    """Return an attribute's name; the namespace of relations is kept as ``r:``."""
    space, _, tag = name.rpartition("}")
    return f"r:{tag}" if space.endswith("/relationships") else tag


def xml_text(text: str) -> str:
    """Return a text as XML may hold it."""
    return escape(_CONTROL.sub("\ufffd", text))


def xml_attribute(text: str) -> str:
    """Return a text as a quoted attribute."""
    return quoteattr(_CONTROL.sub("\ufffd", text))
