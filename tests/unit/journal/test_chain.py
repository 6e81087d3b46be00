"""The hashed form, as a person with standard tools would check it."""

from __future__ import annotations

import hashlib
import json

import polars as pl

from rapupload.journal import Journal
from rapupload.journal.digests import ROW_TYPES, arrange, digest_rows, write_rows
from tests.unit.journal.building import prepare


def test_the_chain_holds_by_hand(journal: Journal) -> None:
    """Each text's digest is the next text's prev; the first has 64 zeros."""
    prepare(journal)
    prev = "0" * 64
    for number, event in enumerate(journal.all_events(), 1):
        text = json.loads(event.text)
        assert (text["seq"], text["prev"], text["format"]) == (str(number), prev, "1")
        prev = hashlib.sha256(event.text.encode("utf-8")).hexdigest()
        assert prev == event.hash
    assert journal.head().hash == prev


def test_every_figure_of_an_event_is_text(journal: Journal) -> None:
    """No reader of JSON may round a figure."""
    prepare(journal)

    def leaves(value: object) -> list[object]:
        if isinstance(value, dict):
            return [leaf for part in value.values() for leaf in leaves(part)]
        if isinstance(value, list):
            return [leaf for part in value for leaf in leaves(part)]
        return [value]

    for event in journal.all_events():
        assert {type(leaf) for leaf in leaves(json.loads(event.text))} <= {
            str,
            type(None),
        }


def test_row_text_is_unambiguous() -> None:
    """Tabs, line ends, backslashes and NULL cannot be taken for one another."""
    rows = pl.DataFrame(
        {
            "line": [2, 1],
            "sheet": ["a\tb\\", "中文\r\n"],
            "row": [3, 2],
            "reference": [None, "\\N"],
            "fingerprint": [b"\x00" * 16, b"\xff" * 16],
        }
    )
    arranged = arrange(rows, ROW_TYPES)
    assert write_rows(arranged) == [
        "1\t中文\\r\\n\t2\t\\N\t\\\\N\t" + "ff" * 16,
        "2\ta\\tb\\\\\t3\t\\N\t\\N\t" + "00" * 16,
    ]


def test_a_digest_covers_a_thousand_rows() -> None:
    """1,001 rows have two digests; each is that of its lines with line feeds."""
    frame = pl.DataFrame({"line": range(1, 1_002)}, schema={"line": pl.UInt32})
    first = "".join(f"{line}\n" for line in range(1, 1_001)).encode()
    assert digest_rows(frame) == [
        hashlib.sha256(first).hexdigest(),
        hashlib.sha256(b"1001\n").hexdigest(),
    ]
    assert digest_rows(frame.clear()) == []
