"""Our marks in a user's sheet, put on and taken off without touching anything else.

Colours are conditional formats with a formula of our own, so that the cell's own fill
stays as it is and our marks are found again; comments follow the user's own text, after
a line that tells where ours begin. ECMA-376 part 1: 18.3.1.18 (conditional formats),
18.7 (comments); the shapes that show comments are VML (part 4, 19).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Final

from rapupload.model import Severity
from rapupload.sources.package import MAIN, OFFICE, Package, insert_in_order
from rapupload.sources.splice import Node, Part, as_utf8, xml_text
from rapupload.sources.workbook import column_letters, split_reference

Place = tuple[int, int]  # row number, column index from 0
_FORMULA: Final = 'LEN("rapupload")>0'
_OUR_FORMULA: Final = (b'LEN("rapupload")', b"LEN(&quot;rapupload&quot;)")
_MARK: Final = "— rapupload —"
_AUTHOR: Final = "rapupload"
_AREAS: Final = 500  # areas in one conditional format
MOST_COMMENTS: Final = 5_000  # more make a workbook slow to open
_ROWS = re.compile(rb"<((?:\w+:)?)sheetData\b")
_ORDER: Final = (
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData"),
    *("sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios", "autoFilter"),
    *("sortState", "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr"),
    *("conditionalFormatting", "dataValidations", "hyperlinks", "printOptions"),
    *("pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks"),
    *("customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing"),
    *("legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects"),
    *("controls", "webPublishItems", "tableParts", "extLst"),
)
_COMMENTS_TYPE: Final = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
)
_VML_TYPE: Final = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_NO_COMMENTS: Final = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="{MAIN}">'
    "<authors/><commentList/></comments>"
)
_NO_SHAPES: Final = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel">'
    '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>'
)
_SHAPE_TYPE: Final = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202"'
    ' path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = re.compile(rb"<v:shape\b(?!type).*?</v:shape\s*>", re.DOTALL)
_SHAPE_ID = re.compile(rb"_x0000_s(\d+)")
_SHAPE_PLACE = re.compile(
    rb"<x:Row>\s*(\d+)\s*</x:Row>\s*<x:Column>\s*(\d+)\s*</x:Column>"
)


@dataclass(slots=True)
class SheetFrame:
    """A worksheet without its rows, which stay as they are."""

    part: Part
    _rows: bytes
    _place: int

    @classmethod
    def of(cls, raw: bytes) -> SheetFrame:
        """Take the rows out of a sheet.

        Raises:
            ValueError: It has no place for rows.
        """
        raw = as_utf8(raw)
        found = _ROWS.search(raw)
        if not found:
            raise ValueError("a sheet without rows")
        start, prefix = found.start(), found.group(1)
        closing = b"</" + prefix + b"sheetData>"
        end = raw.find(closing, start)
        if end < 0:  # <sheetData/>
            end = raw.index(b"/>", start) + 2
        else:
            end += len(closing)
        holder = b"<" + prefix + b"sheetData/>"
        part = Part(raw[:start] + holder + raw[end:])
        return cls(part, raw[start:end], len(holder))

    def render(self) -> bytes:
        """Return the sheet with its rows."""
        before, holder, after = self._split(self.part.render())
        assert holder
        return before + self._rows + after

    def _split(self, raw: bytes) -> tuple[bytes, bytes, bytes]:
        found = _ROWS.search(raw)
        assert found is not None
        end = found.start() + self._place
        return raw[: found.start()], raw[found.start() : end], raw[end:]


def has_marks(package: Package, sheet: str) -> bool:
    """Tell whether a sheet carries marks of an earlier copy."""
    raw = as_utf8(package.read(sheet))
    if any(sign in raw for sign in _OUR_FORMULA):
        return True
    comments = package.related(sheet, "comments")
    return bool(comments and _MARK.encode() in package.read(comments.target))


def remove_marks(package: Package, sheet: str) -> None:
    """Take our colours and comments off a sheet, and leave the user's own."""
    frame = SheetFrame.of(package.read(sheet))
    for area in frame.part.root.all("conditionalFormatting"):
        rules = area.all("cfRule")
        ours = [rule for rule in rules if _is_ours(rule)]
        if ours and len(ours) == len(rules):
            frame.part.cut(area)
        else:
            for rule in ours:
                frame.part.cut(rule)
    package.put(sheet, frame.render())
    comments = package.related(sheet, "comments")
    if comments:
        gone = _strip_comments(package, comments.target)
        _remove_shapes(package, sheet, gone)


def _is_ours(rule: Node) -> bool:
    formula = rule.first("formula")
    return formula is not None and formula.text.strip() == _FORMULA


def _strip_comments(package: Package, name: str) -> set[Place]:
    """Cut our words off every comment; return the cells that had no others."""
    part = Part(package.read(name))
    listed = part.root.first("commentList")
    gone: set[Place] = set()
    for comment in listed.children if listed else ():
        text = comment.first("text")
        said = _said(text) if text else ""
        if text is None or _MARK not in said:
            continue
        own = said.partition(_MARK)[0].rstrip("\n")
        if own:
            _shorten(part, text, len(own))
        else:
            part.cut(comment)
            gone.add(split_reference(comment.attributes["ref"]))
    package.put(name, part.render())
    return gone


def _said(text: Node) -> str:
    return "".join(node.text for node in text.walk() if node.tag == "t")


def _shorten(part: Part, text: Node, length: int) -> None:
    """Keep so many characters of a comment, with their looks."""
    for run in text.children:
        letters = next((node for node in run.walk() if node.tag == "t"), None)
        if letters is None or length <= 0:
            part.cut(run)
            continue
        if len(letters.text) > length:
            kept = xml_text(letters.text[:length])
            part.replace(letters.inner, letters.inner_end, kept)
        length -= len(letters.text)


def _remove_shapes(package: Package, sheet: str, places: set[Place]) -> None:
    drawing = package.related(sheet, "vmlDrawing")
    if not drawing or not places:
        return

    def keep(found: re.Match[bytes]) -> bytes:
        place = _SHAPE_PLACE.search(found.group())
        here = place and (int(place.group(1)) + 1, int(place.group(2)))
        return b"" if here in places else found.group()

    package.put(drawing.target, _SHAPE.sub(keep, package.read(drawing.target)))


def colour(
    package: Package,
    sheet: str,
    severities: Mapping[Place, Severity],
    shades: Mapping[Severity, int],
) -> None:
    """Colour cells by severity, over whatever fill they have."""
    frame = SheetFrame.of(package.read(sheet))
    formula = xml_text(_FORMULA)
    areas = ""
    for severity, shade in shades.items():
        places = [place for place, found in severities.items() if found is severity]
        ranges = _areas(places)
        while batch := list(islice(ranges, _AREAS)):
            areas += (
                f'<conditionalFormatting xmlns="{MAIN}" sqref="{" ".join(batch)}">'
                f'<cfRule type="expression" dxfId="{shade}" priority="1"'
                f' stopIfTrue="1"><formula>{formula}</formula></cfRule>'
                "</conditionalFormatting>"
            )
    insert_in_order(frame.part, _ORDER, "conditionalFormatting", areas)
    package.put(sheet, frame.render())


def _areas(places: Iterable[Place]) -> Iterator[str]:
    """Yield the places as ranges, rows that follow one another joined."""
    ordered = sorted((column, row) for row, column in places)
    runs = groupby(enumerate(ordered), key=lambda p: (p[1][0], p[1][1] - p[0]))
    for (column, _), run in runs:
        rows = [row for _, (_, row) in run]
        letters = column_letters(column)
        first, last = f"{letters}{rows[0]}", f"{letters}{rows[-1]}"
        yield first if first == last else f"{first}:{last}"


def comment(package: Package, sheet: str, texts: Mapping[Place, str]) -> None:
    """Put a comment on cells, after the user's own comment where there is one."""
    wanted = dict(islice(texts.items(), MOST_COMMENTS))
    if not wanted:
        return
    name = _comments_of(package, sheet)
    part = Part(package.read(name))
    listed, authors = part.root.first("commentList"), part.root.first("authors")
    if listed is None or authors is None:
        raise ValueError("comments without authors or list")
    known = {split_reference(c.attributes["ref"]): c for c in listed.all("comment")}
    added, new = "", []
    for place, text in wanted.items():
        if place in known:
            _add_to(part, known[place], text)
        else:
            added += _new_comment(place, text, len(authors.children))
            new.append((place, text))
    part.append(listed, added)
    if added:
        part.append(authors, f'<author xmlns="{MAIN}">{_AUTHOR}</author>')
    package.put(name, part.render())
    _add_shapes(package, sheet, new)


def _comments_of(package: Package, sheet: str) -> str:
    known = package.related(sheet, "comments")
    if known:
        return known.target
    name = package.new_name("xl/comments{}.xml")
    package.put(name, _NO_COMMENTS.encode())
    package.declare(name, _COMMENTS_TYPE)
    package.relate(sheet, "comments", name)
    return name


def _run(text: str) -> str:
    return (
        f'<r xmlns="{MAIN}"><rPr><sz val="9"/><rFont val="Arial"/></rPr>'
        f'<t xml:space="preserve">{xml_text(text)}</t></r>'
    )


def _new_comment(place: Place, text: str, author: int) -> str:
    reference = f"{column_letters(place[1])}{place[0]}"
    run = _run(f"{_MARK}\n{text}")
    return (
        f'<comment xmlns="{MAIN}" ref="{reference}" authorId="{author}">'
        f"<text>{run}</text></comment>"
    )


def _add_to(part: Part, comment: Node, text: str) -> None:
    """Add to a user's comment; a plain text becomes the first of two runs."""
    own = comment.first("text")
    if own is None:
        part.append(
            comment, f'<text xmlns="{MAIN}">{_run(_MARK + chr(10) + text)}</text>'
        )
        return
    plain = own.first("t")
    if plain is not None:
        part.insert(plain.start, f'<r xmlns="{MAIN}">')
        part.insert(plain.end, "</r>")
    part.append(own, _run(f"\n{_MARK}\n{text}"))


def _add_shapes(
    package: Package, sheet: str, comments: list[tuple[Place, str]]
) -> None:
    if not comments:
        return
    raw = package.read(name := _shapes_of(package, sheet))
    known = [int(number) for number in _SHAPE_ID.findall(raw)]
    number = max([1024, *known]) + 1
    shapes = "" if b'id="_x0000_t202"' in raw else _SHAPE_TYPE
    for offset, (place, text) in enumerate(comments):
        shapes += _shape(place, text, number + offset)
    end = raw.rindex(b"</xml")
    package.put(name, raw[:end] + shapes.encode() + raw[end:])


def _shapes_of(package: Package, sheet: str) -> str:
    known = package.related(sheet, "vmlDrawing")
    if known:
        return known.target
    name = package.new_name("xl/drawings/rapuploadComments{}.vml")
    package.put(name, _NO_SHAPES.encode())
    package.declare_suffix("vml", _VML_TYPE)
    identity = package.relate(sheet, "vmlDrawing", name)
    frame = SheetFrame.of(package.read(sheet))
    drawing = f'<legacyDrawing xmlns="{MAIN}" xmlns:r="{OFFICE}" r:id="{identity}"/>'
    insert_in_order(frame.part, _ORDER, "legacyDrawing", drawing)
    package.put(sheet, frame.render())
    return name


def _shape(place: Place, text: str, number: int) -> str:
    row, column = place[0] - 1, place[1]
    lines = text.count("\n") + 3 + len(text) // 45
    bottom = max(row - 1, 0) + min(lines, 24)
    anchor = f"{column + 1}, 15, {max(row - 1, 0)}, 4, {column + 5}, 15, {bottom}, 4"
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;'
        f"width:255pt;height:{min(13 * lines, 320)}pt;z-index:{number};"
        'visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
        '<v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto">'
        '<div style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note">'
        f"<x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>"
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row>"
        f"<x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )


def merge(package: Package, sheet: str, areas: Sequence[str]) -> None:
    """Merge areas of a sheet that has none merged yet."""
    if areas:
        frame = SheetFrame.of(package.read(sheet))
        cells = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
        text = f'<mergeCells xmlns="{MAIN}" count="{len(areas)}">{cells}</mergeCells>'
        insert_in_order(frame.part, _ORDER, "mergeCells", text)
        package.put(sheet, frame.render())
