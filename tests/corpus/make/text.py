"""Text files of every sort, byte by byte: ``python -m tests.corpus.make.text``."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from tests.corpus.make.rows import BELOW, Shelf, headings, rows, shelf, table, values_of

_ATI: Final = values_of(BELOW)
_SI: Final = values_of(BELOW)


def lines_of(
    lines: Iterable[Iterable[Any]], delimiter: str = ",", end: str = "\r\n", **how: Any
) -> str:
    """Return rows as delimited text."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=end, **how)
    writer.writerows(
        [["" if cell is None else cell for cell in line] for line in lines]
    )
    return stream.getvalue()


_TEXT: Final = lines_of(table("ati"))


def encodings(on: Shelf) -> None:
    """Write one text in the encodings that desks use, marked and unmarked."""
    marked = (
        ("utf-8-bom", codecs.BOM_UTF8, "utf-8"),
        ("utf-16-le", codecs.BOM_UTF16_LE, "utf-16-le"),
        ("utf-16-be", codecs.BOM_UTF16_BE, "utf-16-be"),
        ("utf-32", codecs.BOM_UTF32_LE, "utf-32-le"),
    )
    for name, mark, codec in marked:
        on.path(f"{name}.csv", _ATI).write_bytes(mark + _TEXT.encode(codec))
    on.path("utf-16-unmarked.csv").write_bytes(_TEXT.encode("utf-16-le"))
    twice = codecs.BOM_UTF8 * 2 + _TEXT.encode()
    on.path("bom-twice.csv", _ATI).write_bytes(twice)
    names = ["陳大文證券", "邨鰂魚涌", "𠝹"]
    chinese = [
        [*line, "對手名稱" if not n else names[n - 1]]
        for n, line in enumerate(table("si"))
    ]
    text = lines_of(chinese)
    kept = values_of(BELOW)
    for number, name in enumerate(names, start=2):
        kept[number]["counterparty_name"] = name
    for name, codec in (
        ("utf-8", "utf-8"),
        ("big5", "big5hkscs"),
        ("gb18030", "gb18030"),
    ):
        on.path(f"chinese-{name}.csv", dict(kept)).write_bytes(text.encode(codec))
    names = ["陳大文證券", "碁銅魚涌", "臺灣"]
    for number, name in enumerate(names, start=2):
        kept[number] = kept[number] | {"counterparty_name": name}
        chinese[number - 1][-1] = name
    raw = lines_of(chinese).encode("cp950")
    on.path("chinese-cp950.csv", kept).write_bytes(raw)
    on.path("latin-1.csv").write_bytes(
        _TEXT.replace("REBALANCE", "CAFÉ").encode("latin-1")
    )
    late = _TEXT.encode() + b"AT9,00700,01,02,9,\xff\xfe\r\n"
    on.path("broken-late.csv").write_bytes(late)
    on.path("mixed-encodings.csv").write_bytes(
        _TEXT.replace("REBALANCE", "陳").encode()
        + lines_of([["AT9", "00700", "01", "02", 9, "陳"]]).encode("big5")
    )


def dialects(on: Shelf) -> None:
    """Write one table with the separators and line ends there are."""
    for name, delimiter in (("semicolons", ";"), ("tabs", "\t"), ("pipes", "|")):
        on.path(f"{name}.csv", _ATI).write_text(
            lines_of(table("ati"), delimiter), encoding="utf-8", newline=""
        )
    tabbed = lines_of(table("ati", remarks={0: "RE,BALANCE;X"}), "\t")
    kept = values_of(BELOW, remarks={0: "RE,BALANCE;X"})
    on.path("tabs.tsv", kept).write_text(tabbed, encoding="utf-8", newline="")
    on.path("tabs-named.xls", _ATI).write_text(
        lines_of(table("ati"), "\t"), encoding="utf-8", newline=""
    )
    on.path("text-named.xlsx").write_text(_TEXT, encoding="utf-8", newline="")
    on.path("upper-case.CSV", _ATI).write_text(_TEXT, encoding="utf-8", newline="")
    on.path("no-ending", _ATI).write_text(_TEXT, encoding="utf-8", newline="")
    colons = lines_of(table("ati"), ":")
    on.path("colons.csv").write_text(colons, encoding="utf-8", newline="")
    spread = values_of({3: 0, 5: 1, 7: 2})
    for name, end in (
        ("lf", "\n"),
        ("cr", "\r"),
        ("lf-cr", "\n\r"),
        ("crcrlf", "\r\r\n"),
    ):
        on.path(f"end-{name}.csv", _ATI if len(end) == 1 else spread).write_text(
            lines_of(table("ati"), end=end), encoding="utf-8", newline=""
        )
    parts = [
        lines_of([line], end=end)
        for line, end in zip(table("ati"), ("\r\n", "\n", "\r", ""), strict=True)
    ]
    on.path("end-mixed.csv", _ATI).write_text(
        "".join(parts), encoding="utf-8", newline=""
    )
    first = "sep=;\r\n" + lines_of(table("ati"), ";")
    kept = values_of({3: 0, 4: 1, 5: 2})
    on.path("sep-line.csv", kept).write_text(first, encoding="utf-8", newline="")
    quoted = lines_of(table("ati"), quoting=csv.QUOTE_ALL)
    on.path("all-quoted.csv", _ATI).write_text(quoted, encoding="utf-8", newline="")
    spaced = _TEXT.replace(",", ", ")
    on.path("spaces-after.csv", _ATI).write_text(spaced, encoding="utf-8", newline="")
    single = lines_of(table("ati"), quotechar="'", quoting=csv.QUOTE_ALL)
    on.path("single-quotes.csv").write_text(single, encoding="utf-8", newline="")
    european = lines_of(
        table("si", amount={0: "4.012.345,60", 2: "12750,50"}, quantity={0: "10.000"}),
        ";",
    )
    on.path("european.csv", values_of({3: 1})).write_text(
        european, encoding="utf-8", newline=""
    )
    on.path("dates.csv", values_of({4: 2})).write_text(
        lines_of(
            table("si", settlement_date={0: "06/01/2027", 1: "1/6/27", 2: "2027.1.7"})
        ),
        encoding="utf-8",
        newline="",
    )


def quotes(on: Shelf) -> None:
    """Write quotes that pair, that do not, and breaks inside them."""
    inside = table("ati", remarks={0: 'SAYS "NOW", TWICE', 1: "FIRST\nSECOND", 2: ""})
    kept = values_of({2: 0, 4: 2}, remarks={0: 'SAYS "NOW", TWICE'})
    on.path("quoted.csv", kept).write_text(
        lines_of(inside), encoding="utf-8", newline=""
    )
    heading = table("ati")
    heading[0][4] = "Quantity\n股份數量"
    on.path("quoted-heading.csv", _ATI).write_text(
        lines_of(heading), encoding="utf-8", newline=""
    )
    unclosed = _TEXT.replace("AT2701040002", '"AT2701040002')
    on.path("quote-unclosed.csv").write_text(unclosed, encoding="utf-8", newline="")
    end = _TEXT.replace("REBALANCE", 'RE"BALANCE')
    kept = values_of(BELOW, remarks={0: 'RE"BALANCE'})
    on.path("quote-inside.csv", kept).write_text(end, encoding="utf-8", newline="")
    after = _TEXT.replace("REBALANCE", '"RE"BALANCE')
    on.path("quote-then-text.csv").write_text(after, encoding="utf-8", newline="")
    slash = _TEXT.replace("REBALANCE", '"RE\\"BALANCE"')
    on.path("quote-escaped.csv").write_text(slash, encoding="utf-8", newline="")
    swallowed = _TEXT.replace("REBALANCE", '"REBALANCE').replace("40000,", '40000,"')
    on.path("quote-swallows-rows.csv").write_text(
        swallowed, encoding="utf-8", newline=""
    )
    for name, label in (("carried", "Client code"), ("unknown", "Desk note")):
        notes = [label, "AC1", "AC2", "AC3"]
        lines = zip(table("si"), notes, strict=True)
        text = lines_of([[*line, note] for line, note in lines])
        text = text.replace(",AC1", ',"AC1').replace(",AC3", ',AC3"')
        on.path(f"quote-swallows-{name}.csv").write_text(
            text, encoding="utf-8", newline=""
        )
    typographic = _TEXT.replace("REBALANCE", "“RE”")
    on.path("quote-typographic.csv", values_of({3: 1, 4: 2})).write_text(
        typographic, encoding="utf-8", newline=""
    )


def ragged(on: Shelf) -> None:
    """Write rows with too many cells, with too few, and with none."""
    lines = rows("ati")
    wide = [headings("ati"), [*lines[0], "x"], lines[1], lines[2]]
    on.path("row-too-wide.csv", values_of({3: 1, 4: 2})).write_text(
        lines_of(wide), encoding="utf-8", newline=""
    )
    unquoted = _TEXT.replace("1000,", "1,000,").replace("2500,", '"2,500",')
    on.path("thousands-unquoted.csv", values_of({3: 1, 4: 2})).write_text(
        unquoted, encoding="utf-8", newline=""
    )
    short = [headings("ati"), lines[0], lines[1][:5], lines[2][:3]]
    on.path("row-too-short.csv", values_of({2: 0, 3: 1})).write_text(
        lines_of(short), encoding="utf-8", newline=""
    )
    empty = [
        headings("ati"),
        *[[*line, None, None, None] for line in lines],
        [None] * 9,
        [None] * 9,
    ]
    on.path("trailing-commas.csv", _ATI).write_text(
        lines_of(empty), encoding="utf-8", newline=""
    )
    commas = [[*headings("ati"), None, None, None], *empty[1:]]
    on.path("trailing-commas-all.csv", _ATI).write_text(
        lines_of(commas), encoding="utf-8", newline=""
    )
    blank = [
        headings("ati"),
        lines[0],
        [],
        [None] * 6,
        [" ", "\t", "\u3000", "", "", ""],
        lines[1],
        lines[2],
        [],
        [],
    ]
    on.path("blank-rows.csv", values_of({2: 0, 6: 1, 7: 2})).write_text(
        lines_of(blank), encoding="utf-8", newline=""
    )
    width = [
        [*line, *(f"extra {n}" if not i else n for n in range(94))]
        for i, line in enumerate(table("ati"))
    ]
    on.path("hundred-columns.csv", _ATI).write_text(
        lines_of(width), encoding="utf-8", newline=""
    )
    width = [
        [*line, *([f"extra {n}" for n in range(300)] if not i else [])]
        for i, line in enumerate(table("ati"))
    ]
    on.path("three-hundred-columns.csv").write_text(
        lines_of(width), encoding="utf-8", newline=""
    )


def contents(on: Shelf) -> None:
    """Write cells that mean something else to a spreadsheet than to a reader."""
    plain = rows("ati")[0]
    remarks = [
        *("=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "+852 2123 4567", "-1", "\t=1+1"),
        *(
            '=HYPERLINK("http://127.0.0.1/","x")',
            "'00700",
            "1E5",
            "TRUE",
            "#N/A",
            "####",
        ),
    ]
    good = (0, 1, 2, 3, 4, 6, 7, 8, 9)
    kept = {
        n + 2: values_of(
            {0: 0}, own_reference={0: f"AT{n:03}"}, remarks={0: remarks[n]}
        )[0]
        for n in good
    } | {7: values_of({0: 0}, own_reference={0: "AT005"}, remarks={0: "=1+1"})[0]}
    lines = [[f"AT{n:03}", *plain[1:5], text] for n, text in enumerate(remarks)]
    on.path("formula-like.csv", kept).write_text(
        lines_of([headings("ati"), *lines]), encoding="utf-8", newline=""
    )
    codes = [
        '="00700"',
        "'00700",
        "7.00E+02",
        "700.0",
        "０７００",
        "700 HK",
        "00700\u00a0",
        "#REF!",
        "1-Jul",
    ]
    lines = [[f"AT{n:03}", code, *plain[2:]] for n, code in enumerate(codes)]
    kept = {
        n + 2: values_of({0: 0}, own_reference={0: f"AT{n:03}"})[0] for n in (4, 5, 6)
    }
    on.path("codes.csv", kept).write_text(
        lines_of([headings("ati"), *lines]), encoding="utf-8", newline=""
    )
    figures = [
        *(
            "1,000",
            "1,000.00",
            "１，０００",
            "1000-",
            "(1000)",
            "-1000",
            "+1000",
            "1.000",
            "1'000",
        ),
        *(
            "1 000",
            "1K",
            "10 lots",
            "10手",
            "1000股",
            "1E3",
            "10%",
            "1000.5",
            "0",
            "1,00,000",
        ),
        *(
            "12345678901234567890",
            "1000\u00a0",
            "\u200b1000",
            "10\u200b00",
            "0x3E8",
            "#####",
            "٣",
        ),
    ]
    lines = [
        [f"AT{n:03}", *plain[1:4], figure, plain[5]] for n, figure in enumerate(figures)
    ]
    kept = {
        n + 2: values_of({0: 0}, own_reference={0: f"AT{n:03}"})[0]
        for n in (0, 1, 2, 13, 20, 21)
    }
    on.path("figures.csv", kept).write_text(
        lines_of([headings("ati"), *lines]), encoding="utf-8", newline=""
    )
    odd = [
        "A\x1aB",
        "A\x0bB",
        "A\x0cB",
        "A\x1cB",
        "A\x85B",
        "A\u2028B",
        "A\ufeffB",
        "A\U0001f600B",
        "A\u202eB",
    ]
    lines = [[f"AT{n:03}", *plain[1:5], text] for n, text in enumerate(odd)]
    on.path("control-characters.csv").write_text(
        lines_of([headings("ati"), *lines]), encoding="utf-8", newline=""
    )
    early = _TEXT.replace("REBALANCE", "RE\x00BALANCE")
    on.path("nul-early.csv").write_text(early, encoding="utf-8", newline="")
    padded = _TEXT.replace("Remarks", "Remarks,Note") + "".join(
        f"AT{n:05},00700,01,02,{n},{'X' * 30},{'y' * 120}\r\n" for n in range(1, 31)
    )
    kept = _ATI | {
        n + 4: values_of(
            {0: 0},
            own_reference={0: f"AT{n:05}"},
            quantity={0: str(n)},
            remarks={0: "X" * 30},
        )[0]
        for n in range(1, 31)
    }
    on.path("nul-late.csv", kept).write_text(
        padded + "AT9,007\x0000,01,02,9,\r\n", encoding="utf-8", newline=""
    )
    on.path("end-of-file-sign.csv", _ATI).write_text(
        _TEXT + "\x1a", encoding="utf-8", newline=""
    )


def shapes(on: Shelf) -> None:
    """Write files that are hardly files: empty, headings only, prose, other formats."""
    on.path("empty.csv").write_bytes(b"")
    on.path("only-bom.csv").write_bytes(codecs.BOM_UTF8)
    on.path("only-line-ends.csv").write_bytes(b"\r\n" * 20)
    on.path("only-headings.csv").write_text(
        lines_of([headings("ati")]), encoding="utf-8", newline=""
    )
    on.path("no-headings.csv").write_text(
        lines_of(rows("ati")), encoding="utf-8", newline=""
    )
    on.path("prose.csv").write_text(
        "To whom it may concern,\nplease settle.\n", encoding="utf-8"
    )
    on.path("one-column.csv").write_text("Quantity\n1000\n", encoding="utf-8")
    on.path("json.csv").write_text(
        '[{"Our reference": "AT1", "Quantity": 1}]\n', encoding="utf-8"
    )
    on.path("web-page.csv").write_text(
        "<html><table><tr><td>Our reference</td></tr></table></html>", encoding="utf-8"
    )
    on.path("web-page-named.xls").write_bytes(
        codecs.BOM_UTF8 + b"\r\n <TABLE><TR><TD>Our reference</TD></TR></TABLE>"
    )
    on.path("mail-page-named.xls").write_text(
        "MIME-Version: 1.0\nX-Document-Type: Workbook\n", encoding="utf-8"
    )
    on.path("pdf-named.csv").write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    above = [
        ["Transfers 股份轉移"],
        [],
        ["Desk 2", "WL"],
        [],
        *table("ati"),
        [],
        ["Total", None, None, None, 43500],
    ]
    on.path("title-above.csv", values_of({6: 0, 7: 1, 8: 2})).write_text(
        lines_of(above), encoding="utf-8", newline=""
    )
    names = ["本方參考編號", "股份代號", "轉出戶口", "轉入戶口", "股份數量", "備註"]
    double = [names, *table("ati")]
    on.path("double-headings.csv", values_of({3: 0, 4: 1, 5: 2})).write_text(
        lines_of(double), encoding="utf-8", newline=""
    )
    again = [*table("ati")[:2], *table("ati")[:1], *table("ati")[2:]]
    on.path("headings-again.csv", values_of({2: 0, 4: 1, 5: 2})).write_text(
        lines_of(again), encoding="utf-8", newline=""
    )
    repeated = [
        [*line, line[4] if n else "Quantity"] for n, line in enumerate(table("ati"))
    ]
    on.path("repeated.csv").write_text(lines_of(repeated), encoding="utf-8", newline="")
    on.path("wrong-type.csv").write_text(
        _TEXT.replace("From account", "Deliver or receive"),
        encoding="utf-8",
        newline="",
    )
    on.path("si.csv", _SI).write_text(
        lines_of(table("si")), encoding="utf-8", newline=""
    )
    kept = values_of(BELOW, own_reference={2: "TOTAL 2"})
    on.path("total-as-reference.csv", kept).write_text(
        lines_of(table("ati", own_reference={2: "TOTAL 2"})),
        encoding="utf-8",
        newline="",
    )
    on.path("long-field.csv", _ATI).write_text(
        lines_of(
            [
                [*line, "Note" if not n else "x" * 3_000]
                for n, line in enumerate(table("ati"))
            ]
        ),
        encoding="utf-8",
        newline="",
    )


def main(folder: Path | None = None) -> None:
    """Write the folder ``files/text``."""
    with shelf("text", folder) as on:
        for maker in (encodings, dialects, quotes, ragged, contents, shapes):
            maker(on)


if __name__ == "__main__":
    main()
