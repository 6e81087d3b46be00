from __future__ import annotations

import pytest

from rapupload.spec.headings import Vocabulary, normalise
from tests.unit.spec.building import column, load


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    stock = {
        "label": {"en": "Stock code", "zh-Hant": "股份代號"},
        "aliases": ["Ticker", "Sec. Code", "代號"],
    }
    spec = load(
        column=[
            column("own-reference", "reference", picture="X(6)", need="mandatory"),
            column("quantity", "quantity", picture="9(5)", need="mandatory"),
            column("stock-code", "stock-code", **stock),
            column("action", "reference", need="mandatory", default="NEW"),
            column(
                "stock-account", "account", need="mandatory", **{"default-from": "x"}
            ),
        ]
    ).spec
    return Vocabulary(spec)


@pytest.mark.parametrize(
    ("heading", "folded"),
    [
        pytest.param("Stock  A/C No.", "stockacno", id="blanks and signs"),
        pytest.param("ＱＴＹ", "qty", id="full width"),
        pytest.param("Qty\n(shares)", "qtyshares", id="line break"),
        pytest.param("STRASSE", "strasse", id="case"),
        pytest.param("?? ** --", "", id="signs alone"),
    ],
)
def test_headings_are_folded(heading, folded):
    """Case, width, blanks and punctuation do not matter."""
    assert normalise(heading) == folded


@pytest.mark.parametrize(
    ("heading", "meaning"),
    [
        pytest.param("stock-code", "stock-code", id="name"),
        pytest.param("STOCK CODE", "stock-code", id="label"),
        pytest.param("股份代號", "stock-code", id="Chinese label"),
        pytest.param("sec code", "stock-code", id="alias"),
        pytest.param("Stock code 股份代號", "stock-code", id="both languages"),
        pytest.param("代號 Ticker", "stock-code", id="aliases in both languages"),
        pytest.param("Quantity 股份代號", None, id="languages that disagree"),
        pytest.param("Stock code 其他", None, id="a second half unknown"),
        pytest.param("", None, id="blank"),
        pytest.param("***", None, id="signs alone"),
        pytest.param("Stock", None, id="only a part"),
    ],
)
def test_a_heading_means_one_column_or_none(vocabulary, heading, meaning):
    """Nothing is guessed from a part of a heading."""
    assert vocabulary.meaning(heading) == meaning


def test_headings_are_paired_with_columns(vocabulary):
    """Unknown and repeated headings, and missing columns, are all told."""
    found = vocabulary.match(["Ticker", "Notes", "Own-reference", "代號"])
    assert found.columns == {"stock-code": 0, "own-reference": 2}
    assert found.unknown == (1,)
    assert found.repeated == {"stock-code": (0, 3)}
    assert found.missing == ("quantity",)


def test_the_score_counts_different_columns(vocabulary):
    """Two headings for one column count once."""
    assert vocabulary.score(["Ticker", "代號", "quantity", "x"]) == 2
