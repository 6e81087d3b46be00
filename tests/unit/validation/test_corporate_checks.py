"""Named checks of corporate actions: deadlines, opening hours, identity documents."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from rapupload.spec.joined import JOINED
from rapupload.validation import Lookup
from tests.unit.spec.building import column, load, rule, words
from tests.unit.validation.building import NOW, checked, codes, said

_COLUMNS = [
    column("own-reference", "reference", picture="X(6)"),
    column("announcement-no", "announcement-no", picture="X(9)"),
    column("deadline", "date-time"),
    column("quantity", "quantity", picture="9(5)"),
]
_HEADS = ["Own-reference", "Announcement-no", "Deadline", "Quantity"]
_ANNOUNCED = NOW + dt.timedelta(days=3)


def _event(deadline: dt.datetime | None) -> Lookup:
    frame = pl.DataFrame(
        {"announcement_no": ["A27000001"], "event_deadline": [deadline]},
        schema={
            "announcement_no": pl.String,
            "event_deadline": JOINED["event_deadline"],
        },
    )
    return Lookup(keys=("announcement_no",), frame=frame)


@pytest.mark.parametrize(
    ("lookups", "cell", "found"),
    [
        pytest.param((), None, ["r"], id="no announcement file, no deadline"),
        pytest.param((), "2027-01-08 16:00", [], id="deadline in the sheet"),
        pytest.param((_event(_ANNOUNCED),), None, [], id="deadline in the file"),
        pytest.param((_event(None),), None, ["r"], id="announcement without one"),
    ],
)
def test_a_row_without_any_deadline_stops(lookups, cell, found):
    """It needs the sheet's deadline unless the announcement file has one; never silent."""
    spec = load(
        column=_COLUMNS,
        rule=[rule("r", check="deadline-unknown", columns=["deadline"])],
    )
    result = checked(_HEADS, [["A", "A27000001", cell, "5"]], spec, lookups=lookups)
    assert codes(result) == found
    assert result.not_checked == ()


def test_the_missing_deadline_is_marked_in_its_column():
    """Not at the announcement, which may be right."""
    spec = load(
        column=_COLUMNS,
        rule=[rule("r", check="deadline-unknown", columns=["deadline"])],
    )
    found = checked(_HEADS, [["A", "A27000001", None, "5"]], spec)
    assert [entry[:2] for entry in said(found)] == [("r", "C2")]


@pytest.mark.parametrize(
    ("time", "found"),
    [
        pytest.param((8, 59), ["r"], id="a minute before nine"),
        pytest.param((9, 0), [], id="at nine"),
    ],
)
def test_tenders_open_at_nine(time, found):
    """Hong Kong time, whatever the zone of the machine."""
    spec = load(column=_COLUMNS, rule=[rule("r", check="before-opening")])
    now = NOW.replace(hour=time[0], minute=time[1])
    result = checked(_HEADS, [["A", "A27000001", None, "5"]], spec, now=now)
    assert codes(result) == found


_KINDS = [
    {"code": code, "label": words(code)} for code in ("HKID", "PRC-ID", "PASSPORT")
]
_PERSON = [
    column("own-reference", "reference", picture="X(6)"),
    column("quantity", "quantity", picture="9(5)"),
    column("id-type", "code", codes=_KINDS),
    column("id-number", "identity-document", picture="X(20)", personal=True),
]


@pytest.mark.parametrize(
    ("kind", "number", "found"),
    [
        pytest.param("HKID", "A123456(3)", [], id="Hong Kong"),
        pytest.param("HKID", "A123456(4)", ["r"], id="Hong Kong, wrong digit"),
        pytest.param("HKID", "K12345678", ["r"], id="a passport called a card"),
        pytest.param("PRC-ID", "11010519491231002X", [], id="mainland"),
        pytest.param("PRC-ID", "110105194912310020", ["r"], id="mainland, last lost"),
        pytest.param("PASSPORT", "A1234564", [], id="passports have no digit"),
    ],
)
def test_the_number_must_be_that_of_the_document_named(kind, number, found):
    """The kind of document says which digit is tested; the number stays masked."""
    spec = load(
        column=_PERSON,
        rule=[
            rule("r", check="identity-check-digit", columns=["id-number", "id-type"])
        ],
    )
    heads = ["Own-reference", "Quantity", "Id-type", "Id-number"]
    result = checked(heads, [["A", "5", kind, number]], spec)
    assert [c for c in codes(result) if c == "r"] == found
    assert all(number not in finding.value for finding in result.findings)


_NOTES = [
    column("own-reference", "reference", picture="X(6)"),
    column("quantity", "quantity", picture="9(5)"),
    column("tender-no", "reference", picture="X(9)"),
    column("nominal", "quantity", picture="9(11)"),
]
_TERMS = pl.DataFrame(
    {"tender_no": ["T1"], "tender_multiple": [10_000]},
    schema={"tender_no": pl.String, "tender_multiple": JOINED["tender_multiple"]},
)


@pytest.mark.parametrize(
    ("lookups", "nominal", "found"),
    [
        pytest.param((), "100000", [], id="twice fifty thousand"),
        pytest.param((), "60000", ["r: 50,000"], id="no multiple"),
        pytest.param((_TERMS,), "60000", [], id="the terms ask for less"),
        pytest.param((_TERMS,), "65000", ["r: 10,000"], id="no multiple of the terms"),
    ],
)
def test_nominal_must_be_a_multiple(lookups, nominal, found):
    """Of fifty thousand, unless the firm's list of tenders says otherwise."""
    spec = load(
        column=_NOTES,
        rule=[rule("r", check="nominal-uneven", message=words("r: {multiple}"))],
    )
    heads = ["Own-reference", "Quantity", "Tender-no", "Nominal"]
    known = tuple(Lookup(keys=("tender_no",), frame=frame) for frame in lookups)
    result = checked(heads, [["A", "5", "T1", nominal]], spec, lookups=known)
    assert [finding.message.en for finding in result.findings] == found
    assert result.not_checked == ()
