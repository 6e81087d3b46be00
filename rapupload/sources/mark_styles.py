"""Fonts, fills and formats that our marks and our summary add to a workbook's styles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rapupload.model import Severity
from rapupload.sources.package import MAIN, Package, insert_in_order
from rapupload.sources.splice import Part

COLOURS: Final = {
    Severity.ERROR: "FFFFA7A7",
    Severity.WARNING: "FFFFD966",
    Severity.NOTE: "FFBDD7EE",
}
_STYLES: Final = "xl/styles.xml"
_STYLES_TYPE: Final = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
)
_ORDER: Final = (
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
)
_NO_STYLES: Final = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<styleSheet xmlns="{MAIN}">'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border>'
    '</borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0"'
    ' borderId="0"/></cellStyleXfs><cellXfs count="1"><xf numFmtId="0" fontId="0"'
    ' fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>'
)
_FONT: Final = '<name val="Arial"/>'
_FONTS: Final = {
    "plain": f'<sz val="10"/>{_FONT}',
    "bold": f'<b/><sz val="10"/>{_FONT}',
    "title": f'<b/><sz val="14"/>{_FONT}',
    "head": f'<b/><sz val="10"/><color rgb="FFFFFFFF"/>{_FONT}',
    "link": f'<u/><sz val="10"/><color rgb="FF0563C1"/>{_FONT}',
}
_FILLS: Final = {
    "none": None,
    "head": "FF1F3864",
    **{str(severity): colour for severity, colour in COLOURS.items()},
}
_CELLS: Final = {
    "plain": ("plain", "none"),
    "bold": ("bold", "none"),
    "title": ("title", "none"),
    "head": ("head", "head"),
    "link": ("link", "none"),
    **{str(severity): ("bold", str(severity)) for severity in COLOURS},
}
_EDGE: Final = '<{0} style="thin"><color rgb="FFD0D0D0"/></{0}>'
_EDGES: Final = "".join(map(_EDGE.format, ("left", "right", "top", "bottom")))
_BARE: Final = frozenset({"title", "bold"})


@dataclass(frozen=True, slots=True)
class Added:
    """Numbers of what was added: formats of cells by name, colours by severity."""

    cells: dict[str, int]
    colours: dict[Severity, int]


def add_styles(package: Package) -> Added:
    """Add what our marks need, or find it where an earlier copy had added it."""
    fills = _ensure(
        package,
        "fills",
        [
            f'<fill xmlns="{MAIN}"><patternFill patternType="solid">'
            f'<fgColor rgb="{shade}"/></patternFill></fill>'
            for shade in _FILLS.values()
            if shade
        ],
    )
    shaded = [name for name, shade in _FILLS.items() if shade]
    fill_ids = {"none": 0} | dict(zip(shaded, fills, strict=True))
    fonts = _ensure(
        package,
        "fonts",
        [f'<font xmlns="{MAIN}">{font}</font>' for font in _FONTS.values()],
    )
    font_ids = dict(zip(_FONTS, fonts, strict=True))
    (edge,) = _ensure(
        package, "borders", [f'<border xmlns="{MAIN}">{_EDGES}<diagonal/></border>']
    )
    cells = _ensure(
        package,
        "cellXfs",
        [
            _cell_format(font_ids[font], fill_ids[fill], 0 if name in _BARE else edge)
            for name, (font, fill) in _CELLS.items()
        ],
    )
    colours = _ensure(
        package,
        "dxfs",
        [
            f'<dxf xmlns="{MAIN}"><fill><patternFill patternType="solid">'
            f'<bgColor rgb="{shade}"/></patternFill></fill></dxf>'
            for shade in COLOURS.values()
        ],
    )
    return Added(
        dict(zip(_CELLS, cells, strict=True)), dict(zip(COLOURS, colours, strict=True))
    )


def _cell_format(font: int, fill: int, border: int) -> str:
    wrap = "" if not border else ' wrapText="1"'
    return (
        f'<xf xmlns="{MAIN}" numFmtId="0" fontId="{font}" fillId="{fill}"'
        f' borderId="{border}" xfId="0" applyFont="1" applyFill="1" applyBorder="1"'
        f' applyAlignment="1"><alignment vertical="top"{wrap}/></xf>'
    )


def _ensure(package: Package, tag: str, wanted: list[str]) -> list[int]:
    """Return the numbers of entries of a list of styles, adding those that are not in."""
    if not package.has(_STYLES):
        package.put(_STYLES, _NO_STYLES.encode())
        package.declare(_STYLES, _STYLES_TYPE)
        package.relate("xl/workbook.xml", "styles", _STYLES)
    styles = Part(package.read(_STYLES))
    listed = styles.root.first(tag)
    known = [styles.text_of(child) for child in listed.children] if listed else []
    numbers: list[int] = []
    added: list[str] = []
    for entry in wanted:
        if entry.encode() in known:
            numbers.append(known.index(entry.encode()))
        else:
            numbers.append(len(known) + len(added))
            added.append(entry)
    if listed is None:
        entries = f'<{tag} xmlns="{MAIN}" count="{len(added)}">{"".join(added)}</{tag}>'
        insert_in_order(styles, _ORDER, tag, entries)
    elif added:
        if not listed.is_closed:
            styles.set_attribute(listed, "count", str(len(known) + len(added)))
        styles.append(listed, "".join(added))
    package.put(_STYLES, styles.render())
    return numbers
