"""Free text."""

from __future__ import annotations

import polars as pl

from rapupload.fieldtypes import Shape, field_type
from rapupload.table import CellKind
from tests.unit.fieldtypes.cells import ask, rows

ASCII = Shape(length=40)
CHINESE = Shape(length=10, characters="big5hkscs")
ANY = Shape(characters="any")
UNDERSTOOD = {
    "plain": ("LOAN  RETURN #2", ASCII, "LOAN  RETURN #2", None),
    "ends": ("\n LOAN\t", ASCII, "LOAN", "blanks-trimmed"),
    "full-width in plain text": ("ＬＯＡＮ（２）", ASCII, "LOAN(2)", "width-folded"),
    "no-break blank": ("A\xa0B", ASCII, "A B", "blanks-trimmed"),
    "full-width in Chinese text": ("（一）陳大文", CHINESE, "（一）陳大文", None),
    "ideographic blank at the end": (
        "陳大文\u3000",
        CHINESE,
        "陳大文",
        "blanks-trimmed",
    ),
    "anything": ("Ünïcode ½ 😀", ANY, "Ünïcode ½ 😀", None),
    "as long as the field": ("x" * 40, ASCII, "x" * 40, None),
}
REFUSED = {
    "Chinese in plain text": ("備註", ASCII, "text-charset"),
    "accent in plain text": ("CAFÉ", ASCII, "text-charset"),
    "superscript in plain text": ("M²", ASCII, "text-charset"),
    "emoji in Chinese text": ("好😀", CHINESE, "text-charset"),
    "line break": ("one\ntwo", ASCII, "text-line-break"),
    "tab": ("one\ttwo", ANY, "text-line-break"),
    "line break of Unicode": ("one\u2028two", ANY, "text-line-break"),
    "control character": ("a\x00b", ANY, "text-charset"),
    "too long": ("x" * 41, ASCII, "text-long"),
    "too long in Chinese": ("陳" * 11, CHINESE, "text-long"),
    "error of a look-up in a CSV file": ("#N/A", ANY, "cell-error"),
    "column too narrow when exported": ("########", ANY, "cell-error"),
}


@rows(UNDERSTOOD, ("text", "shape", "value", "cleaned"))
def test_text_is_kept(text, shape, value, cleaned):
    """The inside of a text stays as it is wherever it can be sent."""
    assert ask("text", text, shape=shape) == (value, None, cleaned)


@rows(REFUSED, ("text", "shape", "problem"))
def test_text_that_cannot_be_sent_is_refused(text, shape, problem):
    """Nothing is cut off, replaced or joined."""
    assert ask("text", text, shape=shape) == (None, problem, None)


def test_number_cells_give_their_text():
    """A number in a column of text is the text of the number."""
    assert ask("text", "12.5", CellKind.NUMBER).value == "12.5"


def test_every_character_of_hkscs_passes():
    """The ranges hold at least all that the encoder can write."""
    characters = []
    for code in [*range(0x21, 0x3000), *range(0x3001, 0xD800), *range(0xE000, 0x30000)]:
        try:
            chr(code).encode("big5hkscs")
        except UnicodeEncodeError:
            continue
        characters.append(chr(code))
    frame = pl.DataFrame({"text": characters}).with_columns(kind=pl.lit(0, pl.UInt8))
    reading = field_type("text").read(pl.col("text"), pl.col("kind"), CHINESE)
    answers = frame.hstack(reading.answers(frame))
    refused = answers.filter(pl.col("problem").is_not_null())["text"].to_list()
    assert [c for c in refused if c.isprintable()] == []
