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
    "full-width in Chinese text": ("（陳）大文", CHINESE, "（陳）大文", None),
    "Chinese of the supplement": ("峯嶺", CHINESE, "峯嶺", None),
    "ten bytes": ("陳大文AB12", CHINESE, "陳大文AB12", None),
    "ideographic blank at the end": (
        "陳大文\u3000",
        CHINESE,
        "陳大文",
        "blanks-trimmed",
    ),
    "anything": ("Ünïcode ½ 😀", ANY, "Ünïcode ½ 😀", None),
    "two question marks": ("RETURN?? YES?", ASCII, "RETURN?? YES?", None),
    "full-width question marks": ("嗎？？？", CHINESE, "嗎？？？", None),
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
    "Chinese saved as Latin": ("????", ASCII, "text-lost-characters"),
    "three of them inside": ("LOAN ??? 2", ANY, "text-lost-characters"),
    "Chinese name saved as Latin": ("???", CHINESE, "text-lost-characters"),
    "replacement character": ("LOAN \ufffd", ASCII, "text-lost-characters"),
    "replacement where anything goes": ("a\ufffdb", ANY, "text-lost-characters"),
    "twelve bytes, six characters": ("陳" * 6, CHINESE, "text-bytes"),
    "simplified, not in HKSCS": ("陈大文", CHINESE, "text-charset"),
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


@rows(
    {
        "text": ("騰訊 ☎\n2", CellKind.TEXT, None),
        "number": ("12.5", CellKind.NUMBER, None),
        "lost digits": ("12345678901234500", CellKind.NUMBER_LONG, None),
        "exponent shown": ("12000000000", CellKind.NUMBER_SCIENTIFIC, None),
        "per cent": ("0.5", CellKind.NUMBER_PERCENT, None),
        "date": ("2027-01-05", CellKind.DATE, None),
        "moment": ("2027-01-05T10:00:00", CellKind.DATETIME, None),
        "time": ("10:00:00", CellKind.TIME, None),
        "yes or no": ("TRUE", CellKind.BOOLEAN, None),
        "error": ("#N/A", CellKind.ERROR, "carried-as-shown"),
        "error in a CSV file": ("#REF!", CellKind.TEXT, "carried-as-shown"),
        "formula without a value": ("=A1", CellKind.FORMULA, "carried-as-shown"),
        "saved as Latin": ("????", CellKind.TEXT, "carried-characters-lost"),
        "replaced": ("A \ufffd", CellKind.TEXT, "carried-characters-lost"),
        "blanks around": (" A ", CellKind.TEXT, None),
        "longer than its field": ("x" * 50, CellKind.TEXT, None),
    },
    ("text", "kind", "cleaned"),
)
def test_a_carried_column_takes_any_cell(text, kind, cleaned):
    """What is never sent comes back as it is; an error in it is a note."""
    shape = Shape(length=40, carried=True)
    assert ask("text", text, kind, shape) == (text, None, cleaned)


def test_a_blank_cell_of_a_carried_column_is_blank():
    """Blanks alone are no value."""
    assert ask("text", " \u3000", shape=Shape(carried=True)) == (None, None, None)


def test_number_cells_give_their_text():
    """A number in a column of text is the text of the number."""
    assert ask("text", "12.5", CellKind.NUMBER).value == "12.5"


def test_every_character_of_hkscs_passes():
    """What the encoder can write is taken, and nothing else."""
    codes = [*range(0x20, 0x7F), *range(0x80, 0xD800), *range(0xE000, 0x30000)]
    characters = pl.Series([chr(code) for code in codes])
    frame = pl.DataFrame({"text": "A" + characters + "A", "kind": 0})
    reading = field_type("text").read(pl.col("text"), pl.col("kind"), CHINESE)
    taken = characters.filter(reading.answers(frame)["problem"].is_null())
    assert taken.to_list() == [c for c in characters if _can_be_written(c)]


def _can_be_written(character: str) -> bool:
    try:
        return bool(character.encode("big5hkscs"))
    except UnicodeEncodeError:
        return False
