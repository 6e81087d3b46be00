"""Files that LibreOffice writes: ``python -m tests.corpus.make.libreoffice``.

Each is described once as flat OpenDocument XML, which LibreOffice (Debian package
``libreoffice-calc``, run without a window) opens and saves as the kinds asked for.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from tests.corpus.make.rows import BELOW, Shelf, Values, rows, shelf, table, values_of

_SPACES: Final = (
    " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (
            *(("office", "office"), ("table", "table"), ("text", "text")),
            *(("style", "style"), ("number", "datastyle")),
        )
    )
    + ' xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"'
)
_STYLES: Final = """
<number:date-style style:name="N-iso"><number:year number:style="long"/><number:text>-</number:text><number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/></number:date-style>
<number:date-style style:name="N-dmy"><number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/></number:date-style>
<number:date-style style:name="N-mdy"><number:month/><number:text>/</number:text><number:day/><number:text>/</number:text><number:year/></number:date-style>
<number:date-style style:name="N-zh"><number:year number:style="long"/><number:text>年</number:text><number:month/><number:text>月</number:text><number:day/><number:text>日</number:text></number:date-style>
<number:date-style style:name="N-long"><number:day-of-week number:style="long"/><number:text>, </number:text><number:month number:style="long" number:textual="true"/><number:text> </number:text><number:day/><number:text>, </number:text><number:year number:style="long"/></number:date-style>
<number:date-style style:name="N-moment"><number:year number:style="long"/><number:text>-</number:text><number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/><number:text> </number:text><number:hours number:style="long"/><number:text>:</number:text><number:minutes number:style="long"/></number:date-style>
<number:time-style style:name="N-clock"><number:hours number:style="long"/><number:text>:</number:text><number:minutes number:style="long"/></number:time-style>
<number:number-style style:name="N-zeros"><number:number number:min-integer-digits="5"/></number:number-style>
<number:number-style style:name="N-thousands"><number:number number:decimal-places="0" number:min-integer-digits="1" number:grouping="true" number:display-factor="1000"/></number:number-style>
<number:number-style style:name="N-grouped"><number:number number:decimal-places="0" number:min-integer-digits="1" number:grouping="true"/></number:number-style>
<number:number-style style:name="N-exponent"><number:scientific-number number:decimal-places="2" number:min-integer-digits="1" number:min-exponent-digits="2"/></number:number-style>
<number:percentage-style style:name="N-percent"><number:number number:decimal-places="0" number:min-integer-digits="1"/><number:text>%</number:text></number:percentage-style>
<number:currency-style style:name="N-money"><number:currency-symbol>HK$</number:currency-symbol><number:number number:decimal-places="2" number:min-integer-digits="1" number:grouping="true"/></number:currency-style>
<number:boolean-style style:name="N-truth"><number:boolean/></number:boolean-style>
<number:text-style style:name="N-text"><number:text-content/></number:text-style>
"""  # noqa: E501 - one number format a line
_NAMES: Final = (
    *("iso", "dmy", "mdy", "zh", "long", "moment", "clock", "zeros", "thousands"),
    *("grouped", "exponent", "percent", "money", "truth", "text"),
)


def text(value: str, inside: str = "", style: str = "") -> str:
    """Return a cell of text; ``inside`` is markup in its place."""
    body = inside or f"<text:p>{escape(value)}</text:p>"
    return _cell('office:value-type="string"', style, body)


def number(value: object, style: str = "", kind: str = "float", more: str = "") -> str:
    """Return a cell of a number."""
    return _cell(f'office:value-type="{kind}" office:value="{value}" {more}', style)


def date(value: str, style: str = "iso") -> str:
    """Return a date cell."""
    return _cell(f'office:value-type="date" office:date-value="{value}"', style)


def clock(value: str) -> str:
    """Return a time cell."""
    return _cell(f'office:value-type="time" office:time-value="{value}"', "clock")


def truth(value: str) -> str:
    """Return a yes/no cell."""
    return _cell(f'office:value-type="boolean" office:boolean-value="{value}"', "truth")


def formula(value: str, style: str = "") -> str:
    """Return a cell with a formula, which LibreOffice works out."""
    return _cell(f"table:formula={quoteattr('of:=' + value)}", style)


def blank(count: int = 1) -> str:
    """Return empty cells."""
    return f'<table:table-cell table:number-columns-repeated="{count}"/>'


def covered(count: int = 1) -> str:
    """Return cells that lie under a merged one."""
    return f'<table:covered-table-cell table:number-columns-repeated="{count}"/>'


def merged(value: str, columns: int, rows_: int = 1) -> str:
    """Return a merged cell and what it covers in its own row."""
    span = (
        f'table:number-columns-spanned="{columns}" table:number-rows-spanned="{rows_}"'
    )
    own = _cell(f'office:value-type="string" {span}', "", f"<text:p>{value}</text:p>")
    return own + (covered(columns - 1) if columns > 1 else "")


def _cell(about: str, style: str, body: str = "") -> str:
    look = f' table:style-name="S-{style}"' if style else ""
    return f"<table:table-cell{look} {about}>{body}</table:table-cell>"


def cell(value: Any) -> str:
    """Return the cell a value stands in: text, number or date as a person types it."""
    if value is None:
        return blank()
    if isinstance(value, str) and value.startswith("<table:"):
        return value
    if isinstance(value, str) and len(value) == 10 and value[4:8:3] == "--":
        return date(value)
    return text(value) if isinstance(value, str) else number(value)


def row(cells: Iterable[Any], about: str = "") -> str:
    """Return a row."""
    return f"<table:table-row {about}>{''.join(map(cell, cells))}</table:table-row>"


def sheet(
    body: Iterable[str], name: str = "Sheet1", columns: str = "", about: str = ""
) -> str:
    """Return a sheet."""
    width = columns or '<table:table-column table:number-columns-repeated="40"/>'
    return (
        f'<table:table table:name="{name}" {about}>{width}{"".join(body)}</table:table>'
    )


def document(*sheets: str, settings: str = "") -> str:
    """Return a flat OpenDocument spreadsheet."""
    cells = "".join(
        f'<style:style style:name="S-{name}" style:family="table-cell"'
        f' style:data-style-name="N-{name}"/>'
        for name in _NAMES
    )
    hidden = (
        '<style:style style:name="T-hidden" style:family="table">'
        '<style:table-properties table:display="false"/></style:style>'
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {_SPACES}'
        ' office:version="1.2"'
        ' office:mimetype="application/vnd.oasis.opendocument.spreadsheet">'
        f"<office:automatic-styles>{_STYLES}{cells}{hidden}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{settings}{''.join(sheets)}"
        "</office:spreadsheet></office:body></office:document>"
    )


def _rows(lines: Iterable[Iterable[Any]]) -> list[str]:
    return [row(line) for line in lines]


_TITLE: Final = merged("交收指示 Settlement instructions", 12)
_SI: Final = values_of(BELOW)
_ATI: Final = values_of(BELOW)

Case = tuple[str, dict[int, Values] | None, str]
"""Content, values, kinds of file."""


def clean() -> Case:
    """All three rows as a person types them: text codes, real dates and numbers."""
    return document(sheet(_rows(table("si")))), _SI, "xlsx xls ods"


def errors() -> Case:
    """Errors, each the result of a formula, in columns that are sent."""
    changed = table(
        "si",
        stock_code={0: formula('VLOOKUP("x";[.N1:.O2];2;0)')},
        quantity={1: formula("1/0")},
        amount={2: formula("[.N1]+#REF!")},
    )
    changed += rows("si", own_reference={0: "SI4"}, remarks={0: formula("NOSUCH()")})[
        :1
    ]
    changed += rows("si", own_reference={1: "SI5"})[1:2]
    return (
        document(sheet(_rows(changed))),
        values_of({6: 1}, own_reference={1: "SI5"}),
        "xlsx xls ods",
    )


def formulas() -> Case:
    """Formulas of every kind of result; LibreOffice saves what they gave."""
    changed = table(
        "si",
        own_reference={0: formula('CONCATENATE("SI27";"01040001")')},
        stock_code={0: formula('TEXT(700;"00000")')},
        quantity={0: formula("100*100"), 2: formula("[.E2]/20")},
        settlement_date={
            0: formula("DATE(2027;1;6)", "iso"),
            2: formula("[.F2]+1", "iso"),
        },
        amount={0: formula("ROUND(401.23456*[.E2];2)"), 2: formula("[.E4]*25.501")},
        currency={0: formula('[.N1]&"HKD"')},
        remarks={0: "CONTRACT 12345", 1: formula('IF(1=2;"x";"")')},
    )
    return document(sheet(_rows(changed))), _SI, "xlsx xls ods"


def hidden() -> Case:
    """A row hidden by hand, one by a filter, one in a closed group; a hidden column."""
    lines = table("ati") + [
        [f"AT{n}", "00700", "01", "02", n, None] for n in (1004, 1005, 1006)
    ]
    body = [
        row(lines[0]),
        row(lines[1]),
        row(lines[2], 'table:visibility="collapse"'),
        row(lines[3], 'table:visibility="filter"'),
        row(lines[4]),
        '<table:table-row-group table:display="false">'
        + row(lines[5], 'table:visibility="collapse"')
        + "</table:table-row-group>",
        row(lines[6]),
    ]
    columns = (
        '<table:table-column table:number-columns-repeated="2"/>'
        '<table:table-column table:visibility="collapse"/>'
        '<table:table-column table:number-columns-repeated="5"/>'
    )
    more = {
        number: values_of(
            {0: 0},
            own_reference={0: f"AT{number + 999}"},
            quantity={0: str(number + 999)},
            remarks={0: None},
        )[0]
        for number in (5, 6, 7)
    }
    return document(sheet(body, columns=columns)), _ATI | more, "xlsx xls ods"


def merged_cells() -> Case:
    """A merged title, which is nothing to worry about, and merged cells in the data."""
    lines = rows("si")
    body = [
        row([_TITLE]),
        row(table("si")[0]),
        row(lines[0]),
        row([*lines[1][:2], merged("C00010", 1, 2), *lines[1][3:]]),
        row([*lines[2][:2], covered(), *lines[2][3:]]),
    ]
    return document(sheet(body)), values_of({3: 0}), "xlsx xls ods"


def dates() -> Case:
    """One day in six formats, a moment, a time alone, and dates that are only text."""
    styles = ["iso", "dmy", "mdy", "zh", "long", "moment"]
    cells = [date("2027-01-06", style) for style in styles]
    cells += [date("2027-01-06T14:30:00", "moment"), clock("PT14H30M00S")]
    cells += [text("06/01/2027"), text("2027/1/6"), number(46393), text("6-Jan-27")]
    plain = rows("si")[0]
    body = [table("si")[0]]
    body += [
        [f"SI{n:03}", *plain[1:5], cell_, *plain[6:]] for n, cell_ in enumerate(cells)
    ]
    good = [0, 1, 2, 3, 4, 5, 9, 11]
    expected = {
        n + 2: values_of({0: 0}, own_reference={0: f"SI{n:03}"})[0] for n in good
    }
    return document(sheet(_rows(body))), expected, "xlsx xls ods"


def date_1904() -> Case:
    """A workbook whose dates count from 1904."""
    settings = (
        "<table:calculation-settings>"
        '<table:null-date table:date-value="1904-01-01"/>'
        "</table:calculation-settings>"
    )
    return document(sheet(_rows(table("si"))), settings=settings), _SI, "xlsx xls"


def figures() -> Case:
    """Numbers that are shown otherwise than they are stored."""
    plain = rows("si")[0]
    quantities: list[Any] = [
        number(10000, "grouped"),
        number(10000, "exponent"),
        number(0.5, "percent", "percentage"),
        number(10000000, "thousands"),
        number(10000, "zeros"),
        truth("true"),
        number("1234567890123456", ""),
        number(10000.5),
        number(-10000),
        number(0),
    ]
    body = [table("si")[0]]
    body += [
        [f"SI{n:03}", *plain[1:4], cell_, *plain[5:]]
        for n, cell_ in enumerate(quantities)
    ]
    body.append(
        [
            *("SI010", "D", "C00019", number(700, "zeros"), 10000, "2027-01-06"),
            *(
                "DVP",
                "HKD",
                number(4012345.6, "money", "currency", 'office:currency="HKD"'),
            ),
            *(number(1), "BC", number(12345)),
        ]
    )
    return document(sheet(_rows(body))), None, "xlsx xls ods"


def odd_text() -> Case:
    """Blanks without width, full-width digits, breaks, runs and notes inside cells."""
    run = "<text:p>0<text:span>27</text:span>00</text:p>"
    spaced = '<text:p>CONTRACT<text:s text:c="3"/>12345</text:p>'
    broken = "<text:p>FIRST</text:p><text:p>SECOND</text:p>"
    linked = (
        '<text:p><text:a xlink:href="mailto:a@example.com" '
        'xmlns:xlink="http://www.w3.org/1999/xlink">02800</text:a></text:p>'
    )
    noted = (
        "<office:annotation><text:p>99999 is in the note</text:p></office:annotation>"
        "<text:p>00005</text:p>"
    )
    changed = table(
        "si",
        own_reference={0: "SI2701040001\u00a0"},
        counterparty_id={0: "\u200bC00019"},
        quantity={0: text("１０，０００")},
        stock_code={0: text("", run), 1: text("", noted), 2: text("", linked)},
        remarks={0: text("", spaced), 1: text("", broken)},
    )
    changed[0][1] = text("", "<text:p>Deliver</text:p><text:p>or receive</text:p>")
    expected = values_of(
        {2: 0, 4: 2},
        stock_code={0: "02700", 2: "02800"},
        remarks={0: "CONTRACT   12345"},
    )
    return document(sheet(_rows(changed))), expected, "xlsx xls ods"


def below_and_above() -> Case:
    """Headings in row 5, blank rows inside, a total, and notes below."""
    lines = rows("si")
    body: list[list[Any]] = [
        [_TITLE],
        ["Desk 2"],
        [],
        [],
        table("si")[0],
        lines[0],
        [],
        lines[1],
        lines[2],
        ["合計 Total", None, None, None, 12500],
        [],
        ["Prepared by: WL"],
        ["Checked by:"],
    ]
    return document(sheet(_rows(body))), values_of({6: 0, 8: 1, 9: 2}), "ods"


def totals() -> Case:
    """Totals at the bottom in both languages, with sums that are formulas."""
    lines = rows("ati")
    body = [table("ati")[0], *lines]
    body.append(["小計", None, None, None, formula("SUM([.E2:.E4])"), None])
    body.append(["Grand total:", None, None, None, formula("SUM([.E2:.E4])"), None])
    return document(sheet(_rows(body))), _ATI, "xls"


def sheets() -> Case:
    """Three sheets of two types, one hidden, and one of notes."""
    notes = [["Desk notes"], ["settle by noon"]]
    return (
        document(
            sheet(_rows(notes), "Notes"),
            sheet(_rows(table("si")), "SI"),
            sheet(_rows(table("ati")), "ATI 轉移"),
            sheet(_rows(table("ati")), "old", about='table:style-name="T-hidden"'),
        ),
        _ATI,
        "xlsx xls ods",
    )


def protected() -> Case:
    """A sheet protected against changes can still be read."""
    about = 'table:protected="true" table:protection-key="x"'
    return document(sheet(_rows(table("ati")), about=about)), _ATI, "xlsx"


def repeated() -> Case:
    """Equal rows, which OpenDocument stores once with a count: each is its own row."""
    line = ["AT1", "00700", "01", "02", 1000, None]
    other = ["AT2", "00700", "01", "02", 1000, None]
    body = [table("ati")[0], line, line, line, other]
    expected = {5: values_of({0: 0}, own_reference={0: "AT2"}, remarks={0: None})[0]}
    return document(sheet(_rows(body))), expected, "ods xls"


def looked_up() -> Case:
    """Values that come from another sheet of the workbook by a formula."""
    stocks = [["SEHK", "CCASS"], ["Tencent", "00700"], ["HSBC", "00005"]]
    changed = table(
        "ati",
        stock_code={
            0: formula('VLOOKUP("Tencent";[$Stocks.A1:.B3];2;0)'),
            1: formula("[$Stocks.B3]"),
        },
    )
    return (
        document(sheet(_rows(changed), "ATI"), sheet(_rows(stocks), "Stocks")),
        _ATI,
        "xls",
    )


def filtered() -> Case:
    """A filter that is on, with rows filtered out, and a pivot table beside the data."""
    ranges = (
        "<table:database-ranges><table:database-range table:name='__Anonymous_Sheet_DB__0'"
        " table:target-range-address='Sheet1.A1:Sheet1.F4'"
        " table:display-filter-buttons='true'>"
        "<table:filter><table:filter-condition table:field-number='2'"
        " table:operator='=' table:value='01'/></table:filter>"
        "</table:database-range></table:database-ranges>"
        "<table:data-pilot-tables><table:data-pilot-table table:name='P'"
        " table:target-range-address='Pivot.A1:Pivot.B6' table:buttons='Pivot.A1'>"
        "<table:source-cell-range table:cell-range-address='Sheet1.A1:Sheet1.F4'/>"
        "<table:data-pilot-field table:source-field-name='Stock code'"
        " table:orientation='row'/>"
        "<table:data-pilot-field table:source-field-name='Quantity'"
        " table:orientation='data' table:function='sum'/>"
        "</table:data-pilot-table></table:data-pilot-tables>"
    )
    lines = table("ati")
    body = [
        row(lines[0]),
        row(lines[1]),
        row(lines[2], 'table:visibility="filter"'),
        row(lines[3]),
    ]
    made = document(sheet(body), sheet([row([])], "Pivot"))
    end = "</office:spreadsheet>"
    return made.replace(end, ranges + end), _ATI, "xlsx ods"


def shown_as_text() -> Case:
    """A CSV as LibreOffice writes it: what the cells show, not what they hold."""
    plain = rows("si")[0]
    cells: list[tuple[Any, Any]] = [
        (number(10000, "grouped"), date("2027-01-06", "iso")),
        (number(10000, "exponent"), date("2027-01-06", "zh")),
        (formula("1/0"), date("2027-01-06", "dmy")),
        (number(10000, "zeros"), date("2027-01-13", "dmy")),
        (number(0.5, "percent", "percentage"), date("2027-01-06", "long")),
    ]
    body = [table("si")[0]]
    body += [
        [f"SI{n:03}", *plain[1:4], quantity, day, *plain[6:]]
        for n, (quantity, day) in enumerate(cells)
    ]
    expected = {
        n + 2: values_of({0: 0}, own_reference={0: f"SI{n:03}"})[0] for n in (0, 3)
    }
    expected[5]["settlement_date"] = "2027-01-13"
    return document(sheet(_rows(body))), expected, "csv"


CASES: Final[dict[str, Callable[[], Case]]] = {
    "clean": clean,
    "errors": errors,
    "formulas": formulas,
    "hidden": hidden,
    "merged": merged_cells,
    "dates": dates,
    "date-1904": date_1904,
    "figures": figures,
    "odd-text": odd_text,
    "below-and-above": below_and_above,
    "totals": totals,
    "sheets": sheets,
    "protected": protected,
    "repeated": repeated,
    "looked-up": looked_up,
    "filtered": filtered,
    "shown-as-text": shown_as_text,
}


def convert(source: Path, kind: str, folder: Path, profile: Path) -> Path:
    """Have LibreOffice save a file as another kind."""
    program = shutil.which("soffice")
    if program is None:
        raise SystemExit(
            "LibreOffice is not installed: apt-get install libreoffice-calc"
        )
    command = [
        *(program, "--headless", f"-env:UserInstallation={profile.as_uri()}"),
        *("--convert-to", kind, "--outdir", str(folder), str(source)),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder / f"{source.stem}.{kind}"


def make(on: Shelf, only: Iterable[str] = ()) -> None:
    """Write all files, or those named."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for stem, described in CASES.items():
            content, expected, kinds = described()
            source = folder / f"{stem}.fods"
            source.write_text(content, encoding="utf-8")
            for kind in kinds.split():
                target = on.path(f"{stem}.{kind}", expected)
                if not only or stem in only:
                    made = convert(source, kind, folder, folder / "profile")
                    shutil.copyfile(made, target)


def main() -> None:
    """Write the folder ``files/libreoffice``."""
    import sys

    with shelf("libreoffice") as on:
        make(on, sys.argv[1:])


if __name__ == "__main__":
    main()
