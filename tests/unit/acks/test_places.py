from __future__ import annotations

import datetime as dt
from typing import Any

from rapupload.acks import places
from tests.unit.spec.building import control_report, load, receipt

_DAYS = [dt.date(2027, 1, 5), dt.date(2027, 1, 6)]


def _folders(**keys: Any) -> list[tuple[str, str]]:
    spec = load(acknowledgement=[receipt(**keys), control_report()]).spec
    found = places(spec, participant="B01234", account="CB01234001", days=_DAYS)
    return [(place.folder, place.layer.stage.value) for place in found]


def test_every_layer_is_looked_for_in_its_folder():
    """A folder without a date is looked at once."""
    assert _folders() == [("/up", "receipt"), ("/up", "control-report")]


def test_a_folder_by_day_is_looked_at_for_each_day():
    """With participant, account and market."""
    found = _folders(where="/{account}/{participant}/{market}/{date:%Y%m%d}")
    assert found == [
        ("/CB01234001/B01234/HKMK/20270105", "receipt"),
        ("/CB01234001/B01234/HKMK/20270106", "receipt"),
        ("/up", "control-report"),
    ]


def test_a_name_says_what_it_answers_or_that_it_is_none():
    """Other files in the folder are left alone."""
    spec = load(acknowledgement=[receipt()]).spec
    (place,) = places(spec, participant="B", account="C", days=_DAYS[:1])
    assert place.meanings("M_0007.ACK") == {"file-stem": "M_0007"}
    assert place.meanings("M_0007.TXT") is None
