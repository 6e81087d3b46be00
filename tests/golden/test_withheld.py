"""Rows that break a rule never go because a faulty row of their group stays behind."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from rapupload.model import Severity
from rapupload.services.checking import Source, check_source
from rapupload.spec.catalogue import Catalogue
from rapupload.validation import Checked

_NOW = dt.datetime(2027, 1, 5, 2, tzinfo=dt.UTC)


def _check(folder: Path, type_: str, lines: list[str]) -> Checked:
    file = folder / "source.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    return check_source(Source(file=file, type=type_), Catalogue(), None, _NOW)


def _severities(checked: Checked) -> list[tuple[Severity, int | None]]:
    return [
        (finding.severity, finding.row)
        for finding in checked.findings
        if finding.code == "rule-not-evaluated"
    ]


@pytest.mark.parametrize("third", ["1K", "300"], ids=["third row faulty", "all sound"])
def test_rows_that_share_a_reference_stay_behind(tmp_path, third):
    """Two rows with one reference are rejected, whether or not a third can be read."""
    checked = _check(
        tmp_path,
        "ati",
        [
            "Ref,Stock,From,To,Qty",
            "A1,00700,01,02,100",
            "A1,00005,01,02,200",
            f"A1,00016,01,02,{third}",
            "A2,00027,01,02,400",
        ],
    )
    assert checked.instructions["row"].to_list() == [5]


def test_a_withheld_error_is_an_error_on_each_row(tmp_path):
    """The finding stands on the rows it holds back, as grave as its rule."""
    checked = _check(
        tmp_path,
        "ati",
        [
            "Ref,Stock,From,To,Qty",
            "A1,00700,01,02,100",
            "A1,00005,01,02,200",
            "A1,00016,01,02,1K",
        ],
    )
    assert _severities(checked) == [(Severity.ERROR, 2), (Severity.ERROR, 3)]


def test_a_withheld_warning_must_be_accepted(tmp_path):
    """A warning that a faulty row keeps from being judged still asks for a person."""
    checked = _check(
        tmp_path,
        "ati",
        [
            "Ref,Stock,From,To,Qty",
            "A1,00700,01,02,100",
            "A2,00700,02,01,100",
            "A3,00700,01,02,1K",
        ],
    )
    assert _severities(checked) == [(Severity.WARNING, 2), (Severity.WARNING, 3)]


def test_a_withheld_note_stays_a_note(tmp_path):
    """Where the rule itself only notes, so does its absence, once for the file."""
    columns = "Ref No,D/R,Cpty,Stock,Qty,Ccy,Amt,Value Date,Payment,A/C No,Purpose"
    twin = "D,C00019,00700,100,HKD,1000.00,2027-01-07,DVP,01"
    lines = [columns, f"A1,{twin},BC", f"A2,{twin},BC", f"A3,{twin},NONE"]
    checked = _check(tmp_path, "si", lines)
    assert _severities(checked) == [(Severity.NOTE, None)]
    assert checked.instructions["row"].to_list() == [2, 3]
