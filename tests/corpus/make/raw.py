"""Workbooks made by hand, each with one trick: ``python -m tests.corpus.make.raw``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from tests.corpus.make.parts import (
    parts_of,
    relations_xml,
    rows_xml,
    sheet_xml,
    strings_xml,
    types_xml,
    write_parts,
)
from tests.corpus.make.raw_packages import hostile, markup, packages
from tests.corpus.make.rows import (
    BELOW,
    Shelf,
    Values,
    headings,
    rows,
    shelf,
    table,
    values_of,
)

_ATI: Final = values_of(BELOW)
_REST: Final = values_of({3: 1, 4: 2})
"""All but the first row, which carries the trick and is rejected."""
_ROWS: Final = table("ati")
_SHEET: Final = sheet_xml(rows_xml(_ROWS))
_CLEAN: Final = parts_of(_SHEET)
_CLEAN["[Content_Types].xml"] = types_xml(_CLEAN)

Expected = dict[int, Values] | None


def _write(on: Shelf, name: str, expected: Expected, body: str, **around: str) -> None:
    """Write a workbook with these rows."""
    write_parts(on.path(name, expected), parts_of(sheet_xml(body, **around)))


def _with(line: int, column: int, cell: Any, kind: str = "ati") -> list[list[Any]]:
    """Return the plain table with one other cell; line 1 is the first row of data."""
    lines = table(kind)
    lines[line][column] = cell
    return lines


def places(on: Shelf) -> None:
    """Write sheets that say little, or the wrong thing, about where cells are."""
    body = rows_xml(_ROWS)
    _write(on, "clean.xlsx", _ATI, body)
    _write(on, "no-places.xlsx", _ATI, rows_xml(_ROWS, numbered=False))
    mixed = rows_xml(_ROWS[:2]) + rows_xml(_ROWS[2:], numbered=False)
    _write(on, "some-places.xlsx", _ATI, mixed)
    lying = '<dimension ref="A1:B2"/>'
    _write(on, "dimension-small.xlsx", _ATI, body, before=lying)
    vast = '<dimension ref="A1:XFD1048576"/>'
    _write(on, "dimension-vast.xlsx", _ATI, body, before=vast)
    _write(on, "dimension-odd.xlsx", _ATI, body, before='<dimension ref="no"/>')
    cells = rows_xml([_ROWS[1]], top=2)
    first, rest = cells.split("</c>", 1)
    head, opening = first.split('<row r="2">')
    turned = f'{head}<row r="2">{rest.removesuffix("</row>")}{opening}</c></row>'
    body_ = rows_xml(_ROWS[:1]) + turned + rows_xml(_ROWS[2:], top=3)
    _write(on, "cells-out-of-order.xlsx", None, body_)
    swapped = rows_xml(_ROWS[:1]) + rows_xml(_ROWS[2:], top=3) + cells
    _write(on, "rows-out-of-order.xlsx", None, swapped)
    other = rows_xml([["AT9", "00001", "01", "02", 9, None]], top=2)
    _write(on, "row-twice.xlsx", None, body + other)
    twice = body.replace("<v>1000</v></c>", '<v>1000</v></c><c r="E2"><v>9000</v></c>')
    _write(on, "cell-twice.xlsx", None, twice)
    wrong = body.replace('r="E2"', 'r="E3"')
    _write(on, "cell-of-another-row.xlsx", None, wrong)
    _write(on, "row-zero.xlsx", None, body.replace('<row r="2">', '<row r="0">'))
    _write(
        on, "row-beyond.xlsx", None, body.replace('<row r="4">', '<row r="1048577">')
    )
    _write(on, "lower-case.xlsx", _ATI, body.replace('r="E2"', 'r="e2"'))
    _write(on, "dollar-place.xlsx", None, body.replace('r="E2"', 'r="$E$2"'))
    _write(on, "nested-rows.xlsx", None, body.replace("</row>", "", 1) + "</row>")


def contents(on: Shelf) -> None:
    """Write numbers, texts and types that only programs write."""
    numbers = [
        *("01000", "+1000", " 1000 ", "1,000", "0x3E8", "1000 shares", "NaN", "INF"),
        *("1000000000000001", "１０００", "1000.0000000000001", "999.99999999999989"),
    ]
    plain = rows("ati")[0]
    readable = ["1E3", "1000.0", "1000.", ".1E4", "1E+3", "1.0E3", "-0", "", "1e400"]
    lines = [
        [f"AT{n:03}", *plain[1:4], f'<c r="@"><v>{number}</v></c>', plain[5]]
        for n, number in enumerate(readable)
    ]
    read = {
        n + 2: values_of({0: 0}, own_reference={0: f"AT{n:03}"})[0] for n in range(6)
    }
    _write(on, "numbers.xlsx", read, rows_xml([headings("ati"), *lines]))
    for n, number in enumerate(numbers, start=1):
        line = [*plain[:4], f'<c r="@"><v>{number}</v></c>', plain[5]]
        kept: Expected = values_of({2: 0}) if n in {1, 2, 3, 10, 11, 12} else None
        _write(on, f"number-{n:02}.xlsx", kept, rows_xml([headings("ati"), line]))
    same = {
        *("text-result", "shared-formula", "both-texts", "style-beyond", "type-odd"),
        *("comment-inside", "cdata", "by-number", "instruction-inside", "extension"),
        "foreign-value",
    }
    cells = {
        "bool-word": '<c r="@" t="b"><v>true</v></c>',
        "bool-odd": '<c r="@" t="b"><v>2</v></c>',
        "type-odd": '<c r="@" t="z"><v>1000</v></c>',
        "type-date": '<c r="@" t="d"><v>2027-01-06</v></c>',
        "type-date-odd": '<c r="@" t="d"><v>tomorrow</v></c>',
        "error-odd": '<c r="@" t="e"><v>#BUSY!</v></c>',
        "error-nothing": '<c r="@" t="e"/>',
        "error-spill": '<c r="@" t="e"><f>SORT(A1:A2)</f><v>#SPILL!</v></c>',
        "text-result": '<c r="@" t="str"><f>A1</f><v>1000</v></c>',
        "text-no-result": '<c r="@" t="str"><f>A1</f></c>',
        "text-empty-result": '<c r="@" t="str"><f>A1</f><v></v></c>',
        "shared-formula": '<c r="@"><f t="shared" si="0"/><v>1000</v></c>',
        "shared-formula-no-result": '<c r="@"><f t="shared" si="0"/></c>',
        "both-texts": '<c r="@" t="inlineStr"><v>9000</v><is><t>1000</t></is></c>',
        "inline-without-type": '<c r="@"><is><t>1000</t></is></c>',
        "style-beyond": '<c r="@" s="99"><v>1000</v></c>',
        "style-negative": '<c r="@" s="-1"><v>1000</v></c>',
        "style-odd": '<c r="@" s="x"><v>1000</v></c>',
        "comment-inside": '<c r="@"><v>10<!-- 9 -->00</v></c>',
        "cdata": '<c r="@"><v><![CDATA[1000]]></v></c>',
        "by-number": '<c r="@"><v>&#49;000</v></c>',
        "instruction-inside": '<c r="@"><?x y?><v>1000</v></c>',
        "extension": '<c r="@"><v>1000</v><extLst><ext uri="x"><v>9000</v></ext></extLst></c>',
        "alternate": '<c r="@"><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.'
        'org/markup-compatibility/2006"><mc:Choice Requires="x"><v>9000</v></mc:Choice>'
        "<mc:Fallback><v>1000</v></mc:Fallback></mc:AlternateContent></c>",
        "foreign-value": '<c r="@"><x:v xmlns:x="urn:x">9000</x:v><v>1000</v></c>',
    }
    for name, cell in cells.items():
        kept = _ATI if name in same else _REST
        _write(on, f"cell-{name}.xlsx", kept, rows_xml(_with(1, 4, cell)))


def texts(on: Shelf) -> None:
    """Write texts in all the forms that the format allows, shared and in the cell."""
    items = [*headings("ati"), *(str(c) for line in rows("ati") for c in line if c)]
    order = {item: n for n, item in enumerate(dict.fromkeys(items))}
    lines = [
        [
            f'<c r="@" t="s"><v>{order[cell]}</v></c>'
            if isinstance(cell, str)
            else cell
            for cell in line
        ]
        for line in _ROWS
    ]
    body = sheet_xml(rows_xml(lines))

    def write(
        name: str, expected: Expected, strings: str | None, **changes: str
    ) -> None:
        write_parts(on.path(name, expected), parts_of(body, strings, **changes))

    write("shared.xlsx", _ATI, strings_xml(order))
    write("shared-no-count.xlsx", _ATI, strings_xml(order, about=""))
    write("shared-wrong-count.xlsx", _ATI, strings_xml(order, about='uniqueCount="2"'))
    write("shared-too-few.xlsx", None, strings_xml(list(order)[:-2]))
    write("shared-missing.xlsx", None, None)
    turned = relations_xml(
        ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "texts.xml")
    )
    moved = parts_of(body, strings_xml(order), relations=turned)
    moved["xl/texts.xml"] = moved.pop("xl/sharedStrings.xml")
    write_parts(on.path("shared-elsewhere.xlsx", _ATI), moved)
    _odd_texts(on, body, list(order))
    for number in ("-1", "1.5", "4294967297", "x"):
        lines_ = [list(line) for line in lines]
        lines_[1][1] = f'<c r="@" t="s"><v>{number}</v></c>'
        name = {"-1": "negative", "1.5": "fraction", "x": "word"}.get(number, "huge")
        parts = parts_of(sheet_xml(rows_xml(lines_)), strings_xml(order))
        write_parts(on.path(f"shared-index-{name}.xlsx"), parts)
    run = '<c r="@" t="inlineStr"><is><r><t>007</t></r><r><t>00</t></r>{}</is></c>'
    reading = '<rPh sb="0" eb="1"><t>9</t></rPh>'
    _write(on, "inline-rich.xlsx", _ATI, rows_xml(_with(1, 1, run.format(""))))
    _write(on, "inline-reading.xlsx", _ATI, rows_xml(_with(1, 1, run.format(reading))))


def _odd_texts(on: Shelf, body: str, items: list[str]) -> None:
    """Write one shared text at a time in an unusual form."""
    phonetic = (
        '<si><r><rPr><b/></rPr><t>007</t></r><r><t xml:space="preserve">00</t></r>'
        '<rPh sb="0" eb="1"><t>9</t></rPh><phoneticPr fontId="1"/></si>'
    )
    odd = {
        "rich": ("00700", phonetic),
        "escaped": ("AT2701040001", "<si><t>AT27_x0030_1040001</t></si>"),
        "entity": ("AT2701040001", "<si><t>AT27010&#52;0001</t></si>"),
        "control": ("AT2701040001", "<si><t>AT2701_x000B_040001</t></si>"),
        "surrogate": ("AT2701040001", "<si><t>AT_xD83D__xDE00_</t></si>"),
        "nul": ("AT2701040001", "<si><t>AT2701_x0000_040001</t></si>"),
        "empty": ("REBALANCE", "<si/>"),
        "empty-run": ("REBALANCE", "<si><t/></si>"),
        "broken-line": ("REBALANCE", "<si><t>RE&#10;BALANCE</t></si>"),
        "spaced": ("REBALANCE", '<si><t xml:space="preserve"> REBALANCE </t></si>'),
        "spaced-unkept": ("REBALANCE", "<si><t> REBALANCE </t></si>"),
    }
    for name, (item, form) in odd.items():
        made = [form if known == item else known for known in items]
        kept = {"control": _REST, "nul": _REST, "broken-line": _REST}.get(name, _ATI)
        if name.startswith("empty"):
            kept = values_of(BELOW, remarks={0: None})
        parts = parts_of(body, strings_xml(made))
        write_parts(on.path(f"shared-{name}.xlsx", kept), parts)


def layouts(on: Shelf) -> None:
    """Write columns and rows hidden in unusual ways, and unusual merges."""
    body = rows_xml(_ROWS)
    hidden = body.replace('<row r="3">', '<row r="3" hidden="1">')
    _write(on, "row-hidden.xlsx", _ATI, hidden)
    true = body.replace('<row r="3">', '<row r="3" hidden="true">')
    _write(on, "row-hidden-word.xlsx", _ATI, true)
    flat = body.replace('<row r="3">', '<row r="3" ht="0" customHeight="1">')
    _write(on, "row-flat.xlsx", _ATI, flat)
    columns = '<cols><col min="5" max="5" width="0" customWidth="1"/></cols>'
    _write(on, "column-flat.xlsx", _ATI, body, before=columns)
    columns = '<cols><col min="3" max="16384" width="9" hidden="1"/></cols>'
    _write(on, "columns-hidden.xlsx", _ATI, body, before=columns)
    zero = '<sheetFormatPr defaultRowHeight="15" zeroHeight="1"/>'
    _write(on, "rows-hidden-by-default.xlsx", _ATI, body, before=zero)
    unnumbered = rows_xml(_ROWS, numbered=False).replace("<row>", '<row hidden="1">', 2)
    _write(on, "row-hidden-unnumbered.xlsx", _ATI, unnumbered)
    merges = '<mergeCells><mergeCell ref="{}"/></mergeCells>'
    _write(on, "merge-one.xlsx", _ATI, body, after=merges.format("C3"))
    _write(
        on, "merge-turned.xlsx", values_of({4: 2}), body, after=merges.format("D3:C2")
    )
    _write(on, "merge-columns.xlsx", None, body, after=merges.format("C:D"))
    _write(on, "merge-outside.xlsx", _ATI, body, after=merges.format("H20:J30"))
    _write(
        on, "merge-covered.xlsx", values_of({4: 2}), body, after=merges.format("C2:C3")
    )
    _write(on, "merge-odd.xlsx", None, body, after=merges.format("nowhere"))


def main(folder: Path | None = None) -> None:
    """Write the folder ``files/raw``."""
    with shelf("raw", folder) as on:
        for maker in (places, contents, texts, layouts, packages, markup, hostile):
            maker(on)


if __name__ == "__main__":
    main()
