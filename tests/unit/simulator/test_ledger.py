from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from rapupload.errors import ConfigError
from rapupload.simulator.ledger import Ledger

DAY = dt.date(2027, 1, 5)


def test_memory_outlives_the_run(tmp_path: Path) -> None:
    """Names, indicators and references given out are known to the next run."""
    first = Ledger(tmp_path / "ledger")
    first.note_name("A.TXT")
    first.note_indicator(DAY, 7)
    assert first.take_references("S", 2) == ["S00000001", "S00000002"]
    second = Ledger(tmp_path / "ledger")
    assert second.has_name("A.TXT")
    assert not second.has_name("B.TXT")
    assert second.has_indicator(DAY, 7)
    assert not second.has_indicator(DAY, 8)
    assert not second.has_indicator(dt.date(2027, 1, 6), 7)
    assert second.take_references("A", 1) == ["A00000003"]


def test_damaged_memory_is_said(tmp_path: Path) -> None:
    """A torn line stops the start: forgetting would let a duplicate through."""
    path = tmp_path / "ledger"
    path.write_text('{"name": "A.TX', encoding="utf-8")
    with pytest.raises(ConfigError, match="damaged"):
        Ledger(path)
