"""What all field types share."""

from __future__ import annotations

import polars as pl
import pytest

from rapupload.fieldtypes import Reading, Shape, field_type
from rapupload.fieldtypes.reading import CLEANINGS, tidy, without_example
from rapupload.table import CellKind
from tests.unit.fieldtypes.cells import rows

TIDY = {
    "full-width": ("ＡＢ１２", "AB12"),
    "blanks of every sort": ("\u3000\xa0A\u2003B\ufeff", "A B"),
    "mark without width inside": ("1\u200b2", "1 2"),
    "only blanks": (" \t\u3000", None),
    "nothing": ("", None),
    "superscript stays": ("10²", "10²"),
    "circled digit stays": ("①", "①"),
}


@rows(TIDY, ("text", "clean"))
def test_tidying_folds_width_and_blanks_only(text, clean):
    """Signs that merely look like digits stay, so that they are seen and refused."""
    assert pl.select(tidy(pl.lit(text))).item() == clean


def read_uniform(
    texts: list[str | None], kind: CellKind
) -> tuple[pl.DataFrame, Reading]:
    """Read a column of one kind of cell, given as a literal."""
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    reading = field_type("quantity").read(
        pl.col("text"), pl.lit(int(kind), dtype=pl.UInt8), Shape()
    )
    return frame, reading


def test_blank_cells_of_a_refused_kind_are_no_problem():
    """In a column of yes/no cells the blank ones are blank, not wrong."""
    frame, reading = read_uniform(["TRUE", None], CellKind.BOOLEAN)
    assert reading.answers(frame)["problem"].to_list() == ["cell-boolean", None]


def test_single_answers_agree_with_all_together():
    """The three expressions and the one behind them say the same."""
    frame, reading = read_uniform(["1,000", "x", None], CellKind.TEXT)
    alone = frame.select(
        value=reading.value, problem=reading.problem, cleaned=reading.cleaned
    )
    assert alone.rows() == reading.answers(frame).rows()
    assert alone.rows() == [
        ("1000", None, "thousands-removed"),
        (None, "quantity-form", None),
        (None, None, None),
    ]


def test_empty_frames_are_read():
    """A sheet without rows gives no answers and no error."""
    frame, reading = read_uniform([], CellKind.TEXT)
    assert reading.answers(frame).shape == (0, 3)


@pytest.mark.parametrize("code", sorted(CLEANINGS))
def test_cleanings_have_words_in_both_languages(code):
    """A note says how many cells, in English and in Chinese."""
    words = CLEANINGS[code]
    assert "{count}" in words.en
    assert "{count}" in words.zh_hant


@pytest.mark.parametrize("code", sorted(CLEANINGS))
def test_the_words_of_a_cleaning_can_do_without_an_example(code):
    """For values that nobody is shown: nothing of the example is left."""
    words = without_example(CLEANINGS[code])
    for text in (words.en, words.zh_hant):
        assert "{value}" not in text
        assert "{canonical}" not in text
        assert "{count}" in text
