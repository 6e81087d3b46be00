"""Workbooks put together part by part, for what no library writes."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
STAMP: Final = (2027, 1, 4, 0, 0, 0)

_KINDS: Final = {
    "workbook": "sheet.main",
    "sheet1": "worksheet",
    "texts": "sharedStrings",
    "one": "worksheet",
    "main": "sheet.main",
    "externalLink1": "externalLink",
}
_SHEET_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RELATION_TYPE: Final = "application/vnd.openxmlformats-package.relationships+xml"


def types_xml(names: Iterable[str]) -> str:
    """Return ``[Content_Types].xml`` for these parts."""
    listed = []
    for name in names:
        stem, _, ending = name.rpartition("/")[2].partition(".")
        if ending == "xml" and stem != "[Content_Types]":
            kind = f"{_SHEET_TYPE}.{_KINDS.get(stem, stem)}+xml"
            listed.append(f'<Override PartName="/{name}" ContentType="{kind}"/>')
    return (
        f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="rels" ContentType="{_RELATION_TYPE}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{"".join(listed)}</Types>'
    )


RELATIONS: Final = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1"'
    f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
STYLES: Final = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164"'
    ' formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    "<borders count='1'><border/></borders>"
    '<cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164" applyNumberFormat="1"/>'
    "</cellXfs></styleSheet>"
)


def book_xml(
    *names: str,
    inside: str = "",
    after: str = "",
    main: str = _MAIN,
    office: str = _OFFICE,
) -> str:
    """Return ``workbook.xml``."""
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in enumerate(names, start=1)
    )
    return (
        f'{_HEAD}<workbook xmlns="{main}" xmlns:r="{office}">{inside}'
        f"<sheets>{listed}</sheets>{after}</workbook>"
    )


def relations_xml(
    *targets: tuple[str, str], office: str = _OFFICE, more: str = ""
) -> str:
    """Return ``workbook.xml.rels``: pairs of kind and target."""
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{office}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}">{listed}{more}</Relationships>'


def letters(index: int) -> str:
    """Return the letters of a column below 26."""
    return chr(65 + index)


def cell_xml(place: str, value: Any) -> str:
    """Return a cell; markup of one is taken as it is."""
    at = f' r="{place}"' if place else ""
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith("<c"):
        return value.replace("@", place)
    if isinstance(value, str):
        keep = ' xml:space="preserve"' if value != value.strip() else ""
        return f'<c{at} t="inlineStr"><is><t{keep}>{escape(value)}</t></is></c>'
    return f"<c{at}><v>{value}</v></c>"


def rows_xml(
    lines: Iterable[Iterable[Any]], top: int = 1, *, numbered: bool = True
) -> str:
    """Return rows; without numbers, neither rows nor cells say where they are."""
    made = []
    for number, line in enumerate(lines, start=top):
        cells = "".join(
            cell_xml(f"{letters(n)}{number}" if numbered else "", value)
            for n, value in enumerate(line)
        )
        made.append(
            f'<row r="{number}">{cells}</row>' if numbered else f"<row>{cells}</row>"
        )
    return "".join(made)


def sheet_xml(body: str, before: str = "", after: str = "", main: str = _MAIN) -> str:
    """Return a worksheet."""
    return (
        f'{_HEAD}<worksheet xmlns="{main}" xmlns:r="{_OFFICE}">{before}'
        f"<sheetData>{body}</sheetData>{after}</worksheet>"
    )


def strings_xml(items: Iterable[str], about: str | None = None) -> str:
    """Return the shared texts; markup of an item is taken as it is."""
    made = [i if i.startswith("<si") else f"<si><t>{escape(i)}</t></si>" for i in items]
    count = f'count="{len(made)}" uniqueCount="{len(made)}"' if about is None else about
    return f'{_HEAD}<sst xmlns="{_MAIN}" {count}>{"".join(made)}</sst>'


def parts_of(sheet: str, strings: str | None = None, **changes: str) -> dict[str, str]:
    """Return the parts of a workbook with one sheet; ``changes`` are by short name."""
    targets = [("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")]
    if strings is not None:
        targets.append(("sharedStrings", "sharedStrings.xml"))
    made = {
        "[Content_Types].xml": "",
        "_rels/.rels": changes.get("root", RELATIONS),
        "xl/workbook.xml": changes.get("book", book_xml("Sheet1")),
        "xl/_rels/workbook.xml.rels": changes.get("relations", relations_xml(*targets)),
        "xl/worksheets/sheet1.xml": sheet,
        "xl/styles.xml": changes.get("styles", STYLES),
    }
    if strings is not None:
        made["xl/sharedStrings.xml"] = strings
    return made


def write_parts(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    """Write a workbook, the same bytes every time."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            add_part(archive, name, content or _types_if_wanted(name, parts))
    return path


def _types_if_wanted(name: str, parts: Mapping[str, str | bytes]) -> str:
    return types_xml(parts) if name == "[Content_Types].xml" else ""


def add_part(
    archive: zipfile.ZipFile,
    name: str,
    content: str | bytes,
    method: int = zipfile.ZIP_DEFLATED,
) -> None:
    """Add one part with a fixed time."""
    info = zipfile.ZipInfo(name, STAMP)
    info.compress_type = method
    info.external_attr = 0o644 << 16
    archive.writestr(info, content)


def patched(raw: bytes, part: str, offset: int, shape: str, value: int) -> bytes:
    """Change a number in the central directory entry of a part."""
    start = raw.rindex(b"PK\x01\x02", 0, raw.rindex(part.encode()))
    made = bytearray(raw)
    struct.pack_into(f"<{shape}", made, start + offset, value)
    return bytes(made)
