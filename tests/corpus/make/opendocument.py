"""OpenDocument files made by hand: ``python -m tests.corpus.make.opendocument``."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from tests.corpus.make.parts import STAMP, add_part
from tests.corpus.make.rows import BELOW, Shelf, shelf, table, values_of

_ATI: Final = values_of(BELOW)
_REST: Final = values_of({3: 1, 4: 2})
"""All but the first row, which carries the trick and is rejected."""
_KIND: Final = "application/vnd.oasis.opendocument.spreadsheet"
_OASIS: Final = "urn:oasis:names:tc:opendocument:xmlns"
_SPACES: Final = (
    f'xmlns:office="{_OASIS}:office:1.0" xmlns:table="{_OASIS}:table:1.0"'
    f' xmlns:text="{_OASIS}:text:1.0" xmlns:style="{_OASIS}:style:1.0"'
    f' xmlns:number="{_OASIS}:datastyle:1.0" xmlns:draw="{_OASIS}:drawing:1.0"'
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_BOMB: Final = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>'
)
_ENCRYPTION: Final = (
    '<manifest:encryption-data manifest:checksum-type="SHA1/1K" manifest:checksum="x">'
    '<manifest:algorithm manifest:algorithm-name="Blowfish CFB"'
    ' manifest:initialisation-vector="x"/></manifest:encryption-data>'
)


def cell(value: Any) -> str:
    """Return a cell; markup of one is taken as it is."""
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str) and value.startswith("<table:"):
        return value
    if isinstance(value, str) and len(value) == 10 and value[4:8:3] == "--":
        return typed("date", f'office:date-value="{value}"', value)
    if isinstance(value, str):
        return typed("string", "", value)
    return typed("float", f'office:value="{value}"', str(value))


def typed(kind: str, about: str = "", shown: str = "", inside: str = "") -> str:
    """Return a cell of a type; ``inside`` is markup in the place of what it shows."""
    body = inside or (f"<text:p>{escape(shown)}</text:p>" if shown else "")
    return f'<table:table-cell office:value-type="{kind}" {about}>{body}</table:table-cell>'


def row(cells: Iterable[Any], about: str = "") -> str:
    """Return a row."""
    return f"<table:table-row {about}>{''.join(map(cell, cells))}</table:table-row>"


def rows_of(lines: Iterable[Iterable[Any]]) -> str:
    """Return rows."""
    return "".join(row(line) for line in lines)


def content(body: str, name: str = "Sheet1", before: str = "", after: str = "") -> str:
    """Return ``content.xml`` with one sheet."""
    return (
        f'{_HEAD}<office:document-content {_SPACES} office:version="1.3">'
        f"<office:automatic-styles/><office:body><office:spreadsheet>{before}"
        f'<table:table table:name="{name}"><table:table-column/>{body}</table:table>'
        f"{after}</office:spreadsheet></office:body></office:document-content>"
    )


def manifest(inside: str = "") -> str:
    """Return ``META-INF/manifest.xml``."""
    return (
        f'{_HEAD}<manifest:manifest xmlns:manifest="{_OASIS}:manifest:1.0"'
        f' manifest:version="1.3"><manifest:file-entry manifest:full-path="/"'
        f' manifest:media-type="{_KIND}"/><manifest:file-entry manifest:full-path='
        f'"content.xml" manifest:media-type="text/xml">{inside}</manifest:file-entry>'
        "</manifest:manifest>"
    )


def write(path: Path, body: str | bytes, kind: str = _KIND, about: str = "") -> None:
    """Write a document; its kind stands first, not compressed, as the format asks."""
    with zipfile.ZipFile(path, "w") as archive:
        if kind:
            add_part(archive, "mimetype", kind, zipfile.ZIP_STORED)
        if body:
            add_part(archive, "content.xml", body)
        add_part(archive, "META-INF/manifest.xml", about or manifest())


def _sheet(on: Shelf, name: str, expected: Any, body: str, **around: str) -> None:
    write(on.path(f"{name}.ods", expected), content(body, **around))


def _with(line: int, column: int, value: Any, kind: str = "ati") -> str:
    lines = table(kind)
    lines[line][column] = value
    return rows_of(lines)


def repeats(on: Shelf) -> None:
    """Write counts of equal rows and cells, honest ones and bombs."""
    body = rows_of(table("ati"))
    blank = row([None], 'table:number-rows-repeated="1048572"')
    wide = '<table:table-cell table:number-columns-repeated="16378"/>'
    _sheet(on, "clean", _ATI, body)
    _sheet(on, "blank-to-the-end", _ATI, body + blank)
    _sheet(
        on,
        "blank-to-the-right",
        _ATI,
        body.replace("</table:table-row>", f"{wide}</table:table-row>"),
    )
    gap = row([None], 'table:number-rows-repeated="2000000"')
    far = row(["AT9", "00700", "01", "02", 9, None])
    _sheet(on, "blank-million-inside", None, body + gap + far)
    gap = row([None], 'table:number-rows-repeated="5000"')
    kept = _ATI | values_of(
        {5005: 0}, own_reference={0: "AT9"}, quantity={0: "9"}, remarks={0: None}
    )
    _sheet(on, "blank-thousands-inside", kept, body + gap + far)
    line = ["AT9", "00700", "01", "02", 9, None]
    _sheet(
        on,
        "row-million-times",
        None,
        body + row(line, 'table:number-rows-repeated="1048572"'),
    )
    _sheet(
        on,
        "row-billion-times",
        None,
        body + row(line, 'table:number-rows-repeated="4294967295"'),
    )
    much = (
        '<table:table-cell office:value-type="float" office:value="1"'
        ' table:number-columns-repeated="{}"/>'
    )
    for name, times in (
        ("cell-thousands-times", "16000"),
        ("cell-billion-times", "4294967295"),
    ):
        _sheet(on, name, None, body + row([much.format(times)]))
    both = row([much.format("16384")], 'table:number-rows-repeated="1048572"')
    _sheet(on, "all-cells-filled", None, body + both)
    accounts = typed("string", 'table:number-columns-repeated="2"', "01")
    lines = table("ati")
    twice = [*lines[1][:2], accounts, *lines[1][4:]]
    _sheet(
        on,
        "cell-twice",
        values_of({3: 1, 4: 2}),
        rows_of([lines[0], twice, *lines[2:]]),
    )
    for name, count in (("zero", "0"), ("negative", "-1"), ("word", "many")):
        odd = row(line, f'table:number-rows-repeated="{count}"')
        once = _ATI | values_of(
            {5: 0}, own_reference={0: "AT9"}, quantity={0: "9"}, remarks={0: None}
        )
        _sheet(on, f"count-{name}", None if name == "word" else once, body + odd)


def structure(on: Shelf) -> None:
    """Write rows inside groups and headers, and rows that are no rows."""
    head, *data = [row(line) for line in table("ati")]
    inside = (
        f"<table:table-header-rows>{head}</table:table-header-rows>"
        f"<table:table-row-group>{data[0]}<table:table-row-group>{data[1]}"
        f"</table:table-row-group></table:table-row-group>"
        f"<table:table-rows>{data[2]}</table:table-rows>"
    )
    _sheet(on, "grouped", _ATI, inside)
    changes = (
        "<table:tracked-changes><table:cell-content-change table:id='ct1'>"
        "<table:cell-address table:column='0' table:row='1' table:table='0'/>"
        "<table:previous><table:change-track-table-cell office:value-type='string'>"
        "<text:p>AT-OLD</text:p></table:change-track-table-cell></table:previous>"
        "</table:cell-content-change></table:tracked-changes>"
    )
    _sheet(on, "tracked-changes", _ATI, rows_of(table("ati")), before=changes)
    shapes = (
        "<table:shapes><draw:frame><draw:text-box><text:p>99999</text:p>"
        "</draw:text-box></draw:frame></table:shapes>"
    )
    _sheet(on, "shapes", _ATI, shapes + rows_of(table("ati")))
    hidden = (
        rows_of(table("ati"))
        .replace(
            "<table:table-row >", '<table:table-row table:visibility="collapse">', 3
        )
        .replace(
            '<table:table-row table:visibility="collapse">', "<table:table-row >", 1
        )
    )
    _sheet(on, "row-hidden", _ATI, hidden)
    column = (
        '<table:table-column table:number-columns-repeated="4"/>'
        '<table:table-column table:visibility="collapse"'
        ' table:number-columns-repeated="16380"/>'
    )
    _sheet(on, "columns-hidden", _ATI, column + rows_of(table("ati")))
    _merged(on)
    _sheets(on)


def _merged(on: Shelf) -> None:
    """Write cells merged downwards, over others with content and without."""
    under = (
        '<table:covered-table-cell office:value-type="string">'
        "<text:p>09</text:p></table:covered-table-cell>"
    )
    lines = table("ati")
    lines[1][2] = typed("string", 'table:number-rows-spanned="2"', "01")
    lines[2][2] = under
    _sheet(on, "covered-filled", values_of({4: 2}), rows_of(lines))
    lines = table("ati")
    lines[1][5] = typed("string", 'table:number-rows-spanned="3"', "REBALANCE")
    lines[2][5] = lines[3][5] = "<table:covered-table-cell/>"
    _sheet(on, "merged-optional", None, rows_of(lines))


def _sheets(on: Shelf) -> None:
    """Write sheets under other prefixes, two alike, none, and one without rows."""
    other = content(rows_of(table("ati")))
    for short in ("office", "table", "text"):
        other = other.replace(f"xmlns:{short}=", f"xmlns:{short[0]}{short[1]}=")
        other = other.replace(f"<{short}:", f"<{short[:2]}:").replace(
            f"</{short}:", f"</{short[:2]}:"
        )
        other = other.replace(f" {short}:", f" {short[:2]}:")
    write(
        on.path("other-prefixes.ods", _ATI),
        other.replace("te:", "tx:").replace("xmlns:te=", "xmlns:tx="),
    )
    second = (
        '<table:table table:name="Sheet2"><table:table-column/>'
        f"{rows_of(table('ati'))}</table:table>"
    )
    _sheet(on, "two-alike", None, rows_of(table("ati")), after=second)
    none = content("").replace(
        '<table:table table:name="Sheet1"><table:table-column/></table:table>', ""
    )
    write(on.path("no-sheets.ods"), none)
    _sheet(on, "no-rows", None, "")


def contents(on: Shelf) -> None:
    """Write values that differ from what is shown, errors, formulas, odd dates."""
    same = {
        *("stale", "string-value", "untyped", "formula", "float-exponent", "currency"),
        "void",
    }
    cells = {
        "stale": typed("float", 'office:value="1000"', "9,000"),
        "string-value": typed("string", 'office:string-value="1000"', "9000"),
        "untyped": "<table:table-cell><text:p>1000</text:p></table:table-cell>",
        "formula": typed(
            "float", 'table:formula="of:=500*2" office:value="1000"', "1000"
        ),
        "formula-no-value": '<table:table-cell table:formula="of:=500*2"/>',
        "formula-empty-text": typed(
            "string", 'table:formula="of:=T(1)" office:string-value=""'
        ),
        "float-no-value": typed("float", "", "1000"),
        "float-odd": typed("float", 'office:value="1,000"', "1,000"),
        "float-nan": typed("float", 'office:value="NaN"', "1000"),
        "float-exponent": typed("float", 'office:value="1E3"', "1000"),
        "float-long": typed(
            "float", 'office:value="1234567890123456"', "1234567890123456"
        ),
        "percentage": typed("percentage", 'office:value="10"', "1000%"),
        "currency": typed(
            "currency", 'office:currency="HKD" office:value="1000"', "HK$1,000.00"
        ),
        "boolean": typed("boolean", 'office:boolean-value="true"', "TRUE"),
        "boolean-odd": typed("boolean", 'office:boolean-value="1"', "TRUE"),
        "time": typed("time", 'office:time-value="PT30H00M00S"', "30:00:00"),
        "date": typed("date", 'office:date-value="2027-01-06"', "06/01/27"),
        "date-odd": typed("date", 'office:date-value="tomorrow"', "tomorrow"),
        "date-nothing": typed("date", 'office:date-value=""', "2027-01-06"),
        "void": typed("void", "", "1000"),
        "type-odd": typed("quantity", 'office:value="1000"', "1000"),
        "error": typed(
            "string",
            'table:formula="of:=NA()" office:string-value="" calcext:value-type="error"',
            "#N/A",
        ),
        "error-shown": typed(
            "float",
            'table:formula="of:=1/0" office:value="0" calcext:value-type="error"',
            "#DIV/0!",
        ),
        "error-number": typed(
            "float", 'table:formula="of:=1/0" office:value="0"', "Err:502"
        ),
    }
    for name, made in cells.items():
        _sheet(on, f"cell-{name}", _ATI if name in same else _REST, _with(1, 4, made))
    read = {"spaces": "RE    B", "blanks": "RE B", "empty": None}
    texts = {
        "spaces": "<text:p>RE<text:s/><text:s text:c='3'/>B</text:p>",
        "blanks": "<text:p>  RE   \n   B  </text:p>",
        "tab": "<text:p>RE<text:tab/>B</text:p>",
        "break": "<text:p>RE<text:line-break/>B</text:p>",
        "paragraphs": "<text:p>RE</text:p><text:p>B</text:p>",
        "spans": "<text:p><text:span>RE<text:span>BAL</text:span></text:span>ANCE</text:p>",
        "link": "<text:p><text:a>REBALANCE</text:a></text:p>",
        "ruby": "<text:p><text:ruby><text:ruby-base>REBALANCE</text:ruby-base>"
        "<text:ruby-text>reading</text:ruby-text></text:ruby></text:p>",
        "note": "<office:annotation><text:p>was 9</text:p></office:annotation>"
        "<text:p>REBALANCE</text:p>",
        "shape": "<draw:frame><draw:text-box><text:p>99</text:p></draw:text-box>"
        "</draw:frame><text:p>REBALANCE</text:p>",
        "field": "<text:p><text:sheet-name>REBALANCE</text:sheet-name></text:p>",
        "many-spaces": "<text:p>RE<text:s text:c='2000000000'/>B</text:p>",
        "comment": "<text:p>REBAL<!-- x -->ANCE</text:p>",
        "empty": "<text:p/>",
    }
    for name, inside in texts.items():
        cell_ = typed("string", "", "", inside)
        kept = values_of(BELOW, remarks={0: read.get(name, "REBALANCE")})
        rejected = name in {"tab", "break", "paragraphs", "many-spaces"}
        _sheet(on, f"text-{name}", _REST if rejected else kept, _with(1, 5, cell_))
    _sheet(
        on,
        "dates",
        values_of({2: 0}),
        rows_of(
            table(
                "si",
                settlement_date={
                    0: typed(
                        "date", 'office:date-value="2027-01-06T00:00:00"', "06/01/27"
                    ),
                    1: typed(
                        "date", 'office:date-value="2027-01-06T14:30:00"', "06/01/27"
                    ),
                    2: typed("date", 'office:date-value="1899-12-30"', "30/12/99"),
                },
            )
        ),
    )


def hostile(on: Shelf) -> None:
    """Write what is made to do harm, and what is no spreadsheet."""
    plain = content(rows_of(table("ati")))
    bomb = plain.replace("?>\n", f"?>\n{_BOMB}", 1).replace("REBALANCE", "&d;")
    write(on.path("entity-bomb.ods"), bomb)
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    leak = plain.replace("?>\n", f"?>\n{outside}", 1).replace("REBALANCE", "&a;")
    write(on.path("entity-outside.ods"), leak)
    write(
        on.path("entity-in-manifest.ods", _ATI),
        plain,
        about=manifest().replace("?>\n", f"?>\n{_BOMB}", 1),
    )
    write(on.path("encrypted.ods"), b"\x8f\x12" * 300, about=manifest(_ENCRYPTION))
    write(on.path("no-mimetype.ods", _ATI), plain, kind="")
    write(
        on.path("text-document.ods"),
        plain.replace("office:spreadsheet", "office:text"),
        kind="application/vnd.oasis.opendocument.text",
    )
    write(on.path("template.ots", _ATI), plain, kind=f"{_KIND}-template")
    write(on.path("no-content.ods"), "")
    write(on.path("cut-short.ods"), plain[: len(plain) // 2])
    write(on.path("not-xml.ods"), "rows, rows, rows")
    write(on.path("encoding-unknown.ods"), plain.replace("UTF-8", "klingon"))
    write(on.path("named.xlsx", _ATI), plain)
    deep = "<text:span>" * 20_000 + "x" + "</text:span>" * 20_000
    write(
        on.path("deep.ods", values_of(BELOW, remarks={0: "x"})),
        content(_with(1, 5, typed("string", "", "", f"<text:p>{deep}</text:p>"))),
    )
    with zipfile.ZipFile(on.path("bomb.ods"), "w") as archive:
        add_part(archive, "mimetype", _KIND, zipfile.ZIP_STORED)
        info = zipfile.ZipInfo("content.xml", STAMP)
        info.compress_type = zipfile.ZIP_BZIP2
        start, end = plain.split("</table:table>")
        with archive.open(info, "w") as part:
            part.write(start.encode())
            for _ in range(100):
                part.write(b" " * (1 << 20))
            part.write(f"</table:table>{end}".encode())
        add_part(archive, "META-INF/manifest.xml", manifest())


def main(folder: Path | None = None) -> None:
    """Write the folder ``files/opendocument``."""
    with shelf("opendocument", folder) as on:
        for maker in (repeats, structure, contents, hostile):
            maker(on)


if __name__ == "__main__":
    main()
