from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rapupload.batches import render, split
from rapupload.errors import UsageError
from rapupload.model import Severity
from rapupload.services.checking import (
    OWN_CODES,
    Acceptance,
    Source,
    check_source,
    open_warnings,
    rehearse,
    stops,
    with_used_references,
    with_wide_totals,
)
from rapupload.sources.remarks import REMARKS
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.loader import LoadedSpec
from rapupload.validation import check
from tests.unit.batches.building import values
from tests.unit.spec.building import field, load, rule, words
from tests.unit.validation.building import (
    NOW,
    checked,
    codes,
    context,
    said,
    table,
)

_HEADS = ["Own-reference", "Quantity"]
_CLEAN = [["A1", "5"], ["B2", "6"]]


def _warned() -> LoadedSpec:
    return load(rule=[rule("odd", "quantity > 5", severity="warning")])


def test_a_clean_file_is_not_stopped():
    """There is nothing to accept."""
    found = checked(_HEADS, _CLEAN, load())
    assert stops(found, Acceptance()) == ""
    assert open_warnings(found, Acceptance()) == ()


@pytest.mark.parametrize(
    ("rows", "accepted", "reason"),
    [
        pytest.param(
            [["A1", "x"], ["B2", "y"], ["C3", "6"]],
            Acceptance(),
            "2 errors in 2 rows; nothing was prepared.",
            id="errors",
        ),
        pytest.param(
            [["A1", "x"], ["C3", "5"]],
            Acceptance(),
            "1 error in 1 row; nothing was prepared.",
            id="one error",
        ),
        pytest.param(
            [["A1", "x"], ["C3", "5"]],
            Acceptance(valid_rows_only=True),
            "",
            id="rows with errors may stay behind",
        ),
        pytest.param(
            [["A1", "x"]],
            Acceptance(valid_rows_only=True),
            "There is no row to prepare.",
            id="none is left",
        ),
        pytest.param([], Acceptance(), "There is no row to prepare.", id="empty"),
        pytest.param(
            [["A1", "6"]],
            Acceptance(),
            "Unaccepted warnings: odd; nothing was prepared.",
            id="warning",
        ),
        pytest.param(
            [["A1", "6"]],
            Acceptance(codes=frozenset({"odd"}), reason="known"),
            "",
            id="warning accepted",
        ),
        pytest.param(
            [["A1", "6"]],
            Acceptance(codes=frozenset({"even"}), reason="known"),
            "Unaccepted warnings: odd; nothing was prepared.",
            id="another warning accepted",
        ),
    ],
)
def test_errors_and_unaccepted_warnings_stop_a_file(rows, accepted, reason):
    """Unless a person decided otherwise, with a reason."""
    assert stops(checked(_HEADS, rows, _warned()), accepted) == reason


def test_an_error_of_the_whole_file_always_stops_it():
    """Valid rows alone cannot be sent from it."""
    spec = load(rule=[rule("r", "quantity > 5", scope="batch")])
    found = checked(_HEADS, _CLEAN, spec)
    assert stops(found, Acceptance(valid_rows_only=True)) == (
        "An error concerns the whole file; nothing was prepared."
    )


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_warning_is_not_accepted_without_a_reason(reason):
    """The journal keeps why."""
    with pytest.raises(UsageError, match="only be accepted with a reason"):
        Acceptance(codes=frozenset({"odd"}), reason=reason)


def test_totals_that_lose_digits_are_said_where_the_spec_has_the_rule():
    """With field and whole total, once per file."""
    tables: dict[str, Any] = {
        "trailer": [
            field("q", "9(1)", total="sum:quantity", overflow="drop-leading"),
            field("filler", "X(11)", value=""),
        ],
        "batch_file": {"max-records": 2},
    }
    wide = rule(
        "wide",
        check="total-wide",
        severity="note",
        scope="batch",
        message=words("{field} is {total}"),
    )
    found = checked(
        _HEADS, [["A", "5"], ["B", "6"], ["C", "7"]], load(**tables, rule=[wide])
    )
    assert codes(found) == []
    assert said(rehearse(found, NOW)) == [("wide", "file", "q is 11")]
    without = checked(_HEADS, _CLEAN, load(**tables))
    assert rehearse(without, NOW) is without


def test_totals_that_fit_say_nothing():
    """The check is given back as it was."""
    found = checked(_HEADS, _CLEAN, load())
    files = [
        render(p, load().spec, values()) for p in split(found.instructions, load().spec)
    ]
    assert with_wide_totals(found, files) is found


def test_a_reference_of_an_earlier_batch_is_a_warning_at_its_cell():
    """With batch, day of Hong Kong and state; said once per row."""
    sheet = table(_HEADS, [["A1", "x"], ["B2", "6"], ["C3", "7"]])
    found = check(sheet, load(), context(), words=OWN_CODES)
    used = pl.DataFrame(
        {
            "position": [1, 1],
            "batch": ["b7", "b8"],
            "state": ["sent", "accepted"],
            "created_at": [dt.datetime(2027, 1, 4, 17, tzinfo=dt.UTC)] * 2,
        }
    )
    warned = with_used_references(found, used)
    assert codes(warned, Severity.WARNING) == ["reference-used-before"]
    assert said(warned)[-1] == (
        "reference-used-before",
        "A4",
        "The reference C3 was used on 2027-01-05 in batch b7 (state sent).",
    )
    assert with_used_references(found, used.head(0)) is found


def _source(folder: Path, text: str, type_: str = "ati") -> Source:
    file = folder / "sheet.csv"
    file.write_text(text, encoding="utf-8")
    return Source(file=file, type=type_)


_ATI = "Ref,Stock,From A/C,To A/C,Qty\n"


def test_a_source_file_is_read_and_checked(tmp_path):
    """From the path to the instructions."""
    source = _source(tmp_path, _ATI + "R1,700,01,02,100\n")
    found = check_source(source, Catalogue(), None, NOW)
    assert found.instructions["stock_code"].to_list() == ["00700"]
    assert codes(found, Severity.ERROR) == []


def test_what_the_reader_remarks_becomes_a_finding(tmp_path):
    """A row with too many cells is rejected, and the others go on."""
    text = _ATI + "R1,700,01,02,100,extra\nR2,700,01,02,100\n"
    found = check_source(_source(tmp_path, text), Catalogue(), None, NOW)
    assert "ragged-row" in codes(found, Severity.ERROR)
    assert found.used == 1


@pytest.mark.parametrize(
    ("text", "type_", "doubtful"),
    [
        pytest.param(_ATI + "R1,700,01,02,100\n", "si", True, id="an ATI as SI"),
        pytest.param(_ATI + "R1,700,01,02,100\n", "ati", False, id="as what it is"),
        pytest.param("Ref,Qty\nR1,100\n", "ati", False, id="fits no type better"),
    ],
)
def test_headings_of_another_type_are_pointed_out(tmp_path, text, type_, doubtful):
    """Only where this type lacks columns and another has all it needs."""
    found = check_source(_source(tmp_path, text, type_), Catalogue(), None, NOW)
    assert ("type-doubtful" in codes(found)) is doubtful


def test_every_code_of_readers_and_of_this_module_has_words():
    """In both languages."""
    spoken = [(code, en, zh) for code, (_, en, zh) in REMARKS.items()]
    spoken += [(code, text.en, text.zh_hant) for code, text in OWN_CODES.items()]
    for code, en, zh in spoken:
        assert en.strip(), code
        assert zh.strip(), code
