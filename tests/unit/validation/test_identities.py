"""Numbers of identity documents, wherever they were typed."""

from __future__ import annotations

import json

import polars as pl
import pytest

from rapupload.model import Scope, Severity
from rapupload.spec.catalogue import Catalogue
from rapupload.validation.findings import MASK, one
from rapupload.validation.identities import identity_masker, mask_identities
from tests.unit.validation.building import checked

_SPEC = Catalogue().spec("representative")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("A123456(3)", MASK, id="Hong Kong"),
        pytest.param("wx 123456 （A）", MASK, id="full width brackets"),
        pytest.param("Ａ１２３４５６（３）", MASK, id="full width"),
        pytest.param("A1234563", MASK, id="bare"),
        pytest.param("A123456A", MASK, id="bare with a letter"),
        pytest.param("身份證A123456(3)號", f"身份證{MASK}號", id="in a remark"),
        pytest.param("11010519491231002x", MASK, id="mainland"),
        pytest.param("110105 19491231 0021", MASK, id="mainland in groups"),
        pytest.param("H01234567", MASK, id="passport"),
        pytest.param("C123456(9) = HKID (2)", f"{MASK} = HKID (2)", id="a pair"),
        pytest.param("HKID", "HKID", id="code"),
        pytest.param("B01234", "B01234", id="participant"),
        pytest.param("HK0005000012", "HK0005000012", id="ISIN"),
        pytest.param("RP0512-39", "RP0512-39", id="reference"),
        pytest.param("100000000000", "100000000000", id="figure"),
        pytest.param("2027-05-20 16:00:30", "2027-05-20 16:00:30", id="date"),
        pytest.param("3, 4, 5, 6", "3, 4, 5, 6", id="rows"),
    ],
)
def test_what_looks_like_such_a_number_is_masked(text, shown):
    """By its shape, in any writing; other values stay readable."""
    mask = identity_masker(_SPEC.spec)
    assert mask is not None
    assert mask(text) == shown


def test_findings_show_no_number_in_value_or_words():
    """Other specs have no such numbers: theirs are left as they are."""
    words = {"pairs": "A123456(3) = HKID (2)", "count": 2, "list": ["K1234567"]}
    found = one("value-mapped", Severity.NOTE, Scope.BATCH, words)
    masked = mask_identities(found, _SPEC.spec, pl.DataFrame())
    said = json.loads(masked["words"][0])
    assert said == {"pairs": f"{MASK} = HKID (2)", "count": 2, "list": [MASK]}
    other = Catalogue().spec("si").spec
    assert mask_identities(found, other, pl.DataFrame()).equals(found)


def test_two_columns_swapped_show_nobodys_number():
    """The number stands where the kind of document should: the cell is accused, masked."""
    found = checked(
        ["Document", "Document number", "Shares represented"],
        [["A123456(3)", "HKID", "K765432(1)"]],
        _SPEC,
    )
    shown = " ".join(
        f"{f.value} {f.message.en} {f.message.zh_hant}" for f in found.findings
    )
    assert "A2" in {f.cell for f in found.findings}
    assert "123456" not in shown
    assert "765432" not in shown


def test_announcements_stay_readable_in_their_own_column():
    """A passport there, or an announcement nowhere else in the sheet, is masked."""
    words = {"event": "A26001234", "other": "A12345678", "third": "A26009999"}
    found = one("ca-not-open", Severity.ERROR, Scope.ROW, words)
    rows = pl.DataFrame({"announcement_no": ["A26001234", "A12345678", None]})
    said = json.loads(mask_identities(found, _SPEC.spec, rows)["words"][0])
    assert said == {"event": "A26001234", "other": MASK, "third": MASK}
