"""Workbooks made by hand whose archive, parts or markup are the trick; for ``raw``."""

from __future__ import annotations

import io
import warnings
import zipfile
from typing import Final

from tests.corpus.make.parts import (
    RELATIONS,
    STYLES,
    add_part,
    book_xml,
    parts_of,
    patched,
    relations_xml,
    rows_xml,
    sheet_xml,
    strings_xml,
    types_xml,
    write_parts,
)
from tests.corpus.make.rows import BELOW, Shelf, table, values_of

_ATI: Final = values_of(BELOW)
_REST: Final = values_of({3: 1, 4: 2})
_ROWS: Final = table("ati")
_SHEET: Final = sheet_xml(rows_xml(_ROWS))
_CLEAN: Final = parts_of(_SHEET)
_CLEAN["[Content_Types].xml"] = types_xml(_CLEAN)
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRICT: Final = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_STRICT_RELATIONS: Final = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_BOMB: Final = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">'
    '<!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;">'
    '<!ENTITY g "&f;&f;&f;&f;&f;&f;&f;&f;"><!ENTITY h "&g;&g;&g;&g;&g;&g;&g;&g;">]>'
)
_OUTSIDE: Final = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


def packages(on: Shelf) -> None:
    """Write parts in unusual places, and references that lead nowhere or outside."""
    whole = relations_xml(
        ("worksheet", "/xl/worksheets/sheet1.xml"), ("styles", "/xl/styles.xml")
    )
    write_parts(
        on.path("absolute-targets.xlsx", _ATI), parts_of(_SHEET, relations=whole)
    )
    away = relations_xml(("worksheet", "../data/one.xml"), ("styles", "styles.xml"))
    parts = parts_of(_SHEET, relations=away)
    parts["data/one.xml"] = parts.pop("xl/worksheets/sheet1.xml")
    write_parts(on.path("sheet-elsewhere.xlsx", _ATI), parts)
    back = relations_xml(
        ("worksheet", "worksheets\\sheet1.xml"), ("styles", "styles.xml")
    )
    write_parts(on.path("backslash-target.xlsx"), parts_of(_SHEET, relations=back))
    gone = relations_xml(
        ("worksheet", "worksheets/sheet7.xml"), ("styles", "styles.xml")
    )
    write_parts(on.path("sheet-missing.xlsx"), parts_of(_SHEET, relations=gone))
    up = relations_xml(
        ("worksheet", "../../../../etc/passwd"), ("styles", "styles.xml")
    )
    write_parts(on.path("target-outside.xlsx"), parts_of(_SHEET, relations=up))
    web = relations_xml(
        ("styles", "styles.xml"),
        more=f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" TargetMode="External"'
        ' Target="http://127.0.0.1:9/sheet.xml"/>',
    ).replace("rId1", "rId9", 1)
    write_parts(on.path("target-on-the-web.xlsx"), parts_of(_SHEET, relations=web))
    parts = parts_of(
        _SHEET,
        root=RELATIONS.replace("xl/workbook.xml", "book/main.xml"),
    )
    parts["book/main.xml"] = parts.pop("xl/workbook.xml")
    parts["book/_rels/main.xml.rels"] = parts.pop("xl/_rels/workbook.xml.rels").replace(
        'Target="', 'Target="/xl/'
    )
    write_parts(on.path("book-elsewhere.xlsx"), parts)
    named = {
        **_CLEAN,
        "[Content_Types].xml": types_xml([*_CLEAN, "xl/sharedStrings.xml"]),
    }
    write_parts(on.path("types-of-missing-parts.xlsx", _ATI), named)
    bare = {**_CLEAN, "[Content_Types].xml": types_xml([])}
    write_parts(on.path("types-of-nothing.xlsx", _ATI), bare)
    parts = dict(_CLEAN)
    del parts["xl/styles.xml"]
    write_parts(on.path("no-styles.xlsx", _ATI), parts)
    _odd_packages(on)


def _odd_packages(on: Shelf) -> None:
    """Write workbooks without a part, with a broken one, or of another dialect."""
    parts = parts_of(_SHEET, styles=STYLES.replace("</cellXfs>", ""))
    write_parts(on.path("styles-broken.xlsx"), parts)
    strict = parts_of(
        sheet_xml(rows_xml(_ROWS), main=_STRICT),
        book=book_xml("Sheet1", main=_STRICT, office=_STRICT_RELATIONS),
        relations=relations_xml(
            ("worksheet", "worksheets/sheet1.xml"), office=_STRICT_RELATIONS
        ),
        root=RELATIONS.replace(_OFFICE, _STRICT_RELATIONS),
    )
    write_parts(on.path("strict.xlsx"), strict)
    _linked(on)


def markup(on: Shelf) -> None:
    """Write sheets in other prefixes and encodings, cut short, or no XML at all."""
    prefixed = _SHEET.replace(f'xmlns="{_MAIN}"', f'xmlns:x="{_MAIN}"')
    for tag in ("worksheet", "sheetData", "row", "c", "v", "is", "t"):
        prefixed = prefixed.replace(f"<{tag}>", f"<x:{tag}>").replace(
            f"<{tag} ", f"<x:{tag} "
        )
        prefixed = prefixed.replace(f"</{tag}>", f"</x:{tag}>")
    write_parts(on.path("prefixed.xlsx", _ATI), parts_of(prefixed))
    wide = _SHEET.replace("UTF-8", "UTF-16").encode("utf-16")
    write_parts(
        on.path("utf-16-parts.xlsx", _ATI), {**_CLEAN, "xl/worksheets/sheet1.xml": wide}
    )
    latin = (
        _SHEET.replace("UTF-8", "ISO-8859-1")
        .replace("REBALANCE", "RE\xc9")
        .encode("latin-1")
    )
    write_parts(
        on.path("latin-1-parts.xlsx", _REST),
        {**_CLEAN, "xl/worksheets/sheet1.xml": latin},
    )
    for part, short in (
        ("xl/worksheets/sheet1.xml", "sheet"),
        ("xl/workbook.xml", "book"),
        ("xl/styles.xml", "styles"),
    ):
        unknown = _CLEAN[part].replace("UTF-8", "klingon")
        write_parts(
            on.path(f"encoding-unknown-{short}.xlsx"), {**_CLEAN, part: unknown}
        )
    broken = _SHEET.encode().replace(b"REBALANCE", b"RE\xff\xfeBALANCE")
    write_parts(
        on.path("not-utf-8.xlsx"), {**_CLEAN, "xl/worksheets/sheet1.xml": broken}
    )
    cut = _SHEET[: _SHEET.index("</row>", 900)]
    write_parts(on.path("sheet-cut-short.xlsx"), parts_of(cut))
    write_parts(on.path("sheet-not-xml.xlsx"), parts_of("rows, rows, rows"))
    write_parts(on.path("sheet-empty.xlsx"), parts_of(""))
    twice = _SHEET.replace("</sheetData>", "</sheetData><sheetData>", 1)
    more = [["AT9", "00001", "01", "02", 9]]
    twice = twice.replace(
        "<sheetData></worksheet>",
        f"<sheetData>{rows_xml(more, top=5)}</sheetData></worksheet>",
    )
    write_parts(
        on.path(
            "two-sheet-datas.xlsx",
            _ATI
            | values_of(
                {5: 0},
                own_reference={0: "AT9"},
                stock_code={0: "00001"},
                quantity={0: "9"},
                remarks={0: None},
            ),
        ),
        parts_of(twice),
    )
    none = parts_of(_SHEET, book=book_xml())
    write_parts(on.path("no-sheets.xlsx"), none)


def _linked(on: Shelf) -> None:
    """Write a code that comes from another workbook."""
    lines = table("ati")
    lines[1][1] = '<c r="@" t="str"><f>[1]Codes!$A$1</f><v>00700</v></c>'
    links = dict(_CLEAN)
    links["xl/externalLinks/externalLink1.xml"] = (
        f'<externalLink xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><externalBook r:id="rId1"/>'
        "</externalLink>"
    )
    links["xl/externalLinks/_rels/externalLink1.xml.rels"] = relations_xml(
        more=f'<Relationship Id="rId1" Type="{_OFFICE}/externalLinkPath"'
        ' TargetMode="External" Target="file://server/share/prices.xlsx"/>'
    )
    links["xl/workbook.xml"] = book_xml(
        "Sheet1",
        after='<externalReferences><externalReference r:id="rId8"/></externalReferences>',
    )
    links["xl/_rels/workbook.xml.rels"] = relations_xml(
        ("worksheet", "worksheets/sheet1.xml"),
        ("styles", "styles.xml"),
        more=f'<Relationship Id="rId8" Type="{_OFFICE}/externalLink"'
        ' Target="externalLinks/externalLink1.xml"/>',
    )
    links["xl/worksheets/sheet1.xml"] = sheet_xml(rows_xml(lines))
    write_parts(on.path("external-link.xlsx", _ATI), links)


def hostile(on: Shelf) -> None:
    """Write what is made to do harm, and what only a broken disk makes."""
    sheet = "xl/worksheets/sheet1.xml"
    for name, trick in (("entity-bomb", _BOMB), ("entity-outside", _OUTSIDE)):
        for part, short in (
            (sheet, "sheet"),
            ("xl/styles.xml", "styles"),
            ("xl/_rels/workbook.xml.rels", "relations"),
        ):
            own = _CLEAN[part].replace("?>\n", f"?>\n{trick}", 1)
            entity = "&h;" if name == "entity-bomb" else "&a;"
            own = own.replace("REBALANCE", entity)
            write_parts(on.path(f"{name}-{short}.xlsx"), {**_CLEAN, part: own})
    lines = [
        [f'<c r="@" t="s"><v>{0 if n else 1}</v></c>' for n in range(6)]
        for _ in range(2)
    ]
    bomb = (
        strings_xml(["&h;", "x"])
        .replace("?>\n", f"?>\n{_BOMB}", 1)
        .replace("&amp;h;", "&h;")
    )
    write_parts(
        on.path("entity-bomb-strings.xlsx"), parts_of(sheet_xml(rows_xml(lines)), bomb)
    )
    _bombs(on)
    _names(on)
    _damage(on)


def _bombs(on: Shelf) -> None:
    """Write small files that unpack to much: by a strong method, and by one part for all."""
    with zipfile.ZipFile(on.path("bomb.xlsx"), "w") as archive:
        for name, content in _CLEAN.items():
            add_part(archive, name, content)
        blank = b" " * (1 << 20)
        info = zipfile.ZipInfo("xl/media/image1.png", (2027, 1, 4, 0, 0, 0))
        info.compress_type = zipfile.ZIP_BZIP2
        with archive.open(info, "w") as part:
            for _ in range(200):
                part.write(blank)
    with zipfile.ZipFile(on.path("bomb-in-sheet.xlsx"), "w") as archive:
        for name, content in _CLEAN.items():
            if name != "xl/worksheets/sheet1.xml":
                add_part(archive, name, content)
        body = sheet_xml(rows_xml(_ROWS)).split("</sheetData>")
        info = zipfile.ZipInfo("xl/worksheets/sheet1.xml", (2027, 1, 4, 0, 0, 0))
        info.compress_type = zipfile.ZIP_BZIP2
        with archive.open(info, "w") as part:
            part.write(body[0].encode())
            for _ in range(100):
                part.write(b" " * (1 << 20))
            part.write(f"</sheetData>{body[1]}".encode())
    with zipfile.ZipFile(on.path("bomb-of-many.xlsx"), "w") as archive:
        for name, content in _CLEAN.items():
            add_part(archive, name, content)
        for n in range(60):
            info = zipfile.ZipInfo(f"xl/media/image{n}.png", (2027, 1, 4, 0, 0, 0))
            info.compress_type = zipfile.ZIP_BZIP2
            with archive.open(info, "w") as part:
                for _ in range(60):
                    part.write(b" " * (1 << 20))
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        for name, content in _CLEAN.items():
            add_part(archive, name, content)
    write_parts(on.path("nested.xlsx"), {"book.xlsx": inner.getvalue()})
    write_parts(on.path("nested.zip"), {"a/book.xlsx": inner.getvalue(), "b.csv": "x"})


def _names(on: Shelf) -> None:
    """Write archives whose names climb out, are there twice, or are not names."""
    climbing = {**_CLEAN, "../../evil.txt": "x", "/etc/evil": "x"}
    write_parts(on.path("path-traversal.xlsx", _ATI), climbing)
    for name, second in (
        ("part-twice", "xl/worksheets/sheet1.xml"),
        ("part-twice-case", "XL/WORKSHEETS/SHEET1.XML"),
    ):
        with zipfile.ZipFile(on.path(f"{name}.xlsx"), "w") as archive:
            for part, content in _CLEAN.items():
                add_part(archive, part, content)
            other = _SHEET.replace("1000", "9000")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                add_part(archive, second, other)
    raw = write_parts(on.path("flag-encrypted.xlsx"), _CLEAN).read_bytes()
    on.path("flag-encrypted.xlsx").write_bytes(
        patched(raw, "xl/worksheets/sheet1.xml", 8, "H", 1)
    )
    raw = write_parts(on.path("method-unknown.xlsx"), _CLEAN).read_bytes()
    on.path("method-unknown.xlsx").write_bytes(
        patched(raw, "xl/worksheets/sheet1.xml", 10, "H", 97)
    )
    raw = write_parts(on.path("size-lies.xlsx"), _CLEAN).read_bytes()
    on.path("size-lies.xlsx").write_bytes(
        patched(raw, "xl/worksheets/sheet1.xml", 24, "I", 200)
    )


def _damage(on: Shelf) -> None:
    """Write files cut short, with a flipped bit, with bytes before or after."""
    raw = write_parts(on.path("cut-short.xlsx"), _CLEAN).read_bytes()
    on.path("cut-short.xlsx").write_bytes(raw[: len(raw) * 2 // 3])
    at = raw.index(b"xl/worksheets/sheet1.xml") + 24 + 100
    flipped = raw[:at] + bytes([raw[at] ^ 0x10]) + raw[at + 1 :]
    on.path("bit-flipped.xlsx").write_bytes(flipped)
    on.path("bytes-before.xlsx").write_bytes(b"MZ" + b"\0" * 62 + raw)
    on.path("bytes-after.xlsx", _ATI).write_bytes(raw + b"\r\n-- sent by mail --\r\n")
    on.path("zip-empty.xlsx").write_bytes(b"PK\x05\x06" + bytes(18))
    on.path("only-magic.xlsx").write_bytes(b"PK\x03\x04")
    on.path("zeros.xlsx").write_bytes(bytes(2048))
    on.path("workbook-named.csv", _ATI).write_bytes(raw)
    on.path("workbook-named.xls", _ATI).write_bytes(raw)
    on.path("old-magic.xls").write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    )
    on.path("old-magic-short.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
