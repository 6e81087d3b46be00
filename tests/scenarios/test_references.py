"""An own reference goes once, also where its row went as part of a sum."""

from __future__ import annotations

import pytest

from tests.conftest import Rap
from tests.support.places import Place, Ran
from tests.support.sheets import Row, today, write_csv

_SOON = ("--accept-warning", "ca-deadline-near")
_USED = "reference-used-before"


def _vote(number: int, shares: int, **cells: object) -> Row:
    deadline = f"{today():%Y-%m-%d} 23:59"
    return {
        "Our reference": f"R{number}",
        "Announcement number": "A26007777",
        "Stock code": "00388",
        "Stock account": "01",
        "Resolution": "1",
        "For": shares,
        "CCASS deadline": deadline,
        **cells,
    }


def _prepare(
    place: Place,
    name: str,
    *rows: Row,
    accept: str = "",
    expect: int,
    by: str = "prepare",
) -> Ran:
    """Prepare votes, summed; warnings of the day are accepted."""
    write_csv(place.folder / name, list(rows))
    passed = [*_SOON, *(("--accept-warning", accept) if accept else ())]
    command = (by, name, "-t", "voting", "--json", "--sum", *passed)
    return place.run(*command, "--reason", "as told", expect=expect)


def _used(ran: Ran) -> list[tuple[int, str]]:
    """Return row and value of every warning of a reference used before."""
    found = ran.json["findings"]
    assert isinstance(found, list)
    return [(f["row"], f["value"]) for f in found if f["code"] == _USED]


@pytest.mark.parametrize("number", [4, 5, 6])
def test_no_row_of_a_sum_goes_again_by_itself_unnoticed(
    desk: Place, rap: Rap, number: int
) -> None:
    """Every row's own reference is remembered, not the first one's alone."""
    made = _prepare(
        desk, "a.csv", _vote(4, 100), _vote(5, 200), _vote(6, 300), expect=0
    )
    again = _prepare(
        desk,
        "b.csv",
        _vote(9, 7, Resolution="2"),
        _vote(number, 100 * (number - 3)),
        expect=3,
    )
    assert _used(again) == [(3, f"R{number}")]
    (text,) = [f["message"]["en"] for f in again.json["findings"] if f["code"] == _USED]
    assert made.batch in text
    assert rap.uploads == []
    desk.run("journal", "verify", expect=0)


def test_every_row_of_a_new_sum_is_looked_up(desk: Place) -> None:
    """The second row of the sum went before by itself, the third in another sum."""
    _prepare(desk, "a.csv", _vote(5, 200), expect=0)
    first = (_vote(7, 1, Resolution="2"), _vote(8, 2, Resolution="2"))
    _prepare(desk, "b.csv", *first, expect=0)
    again = _prepare(desk, "c.csv", _vote(4, 100), _vote(5, 200), _vote(8, 2), expect=3)
    assert _used(again) == [(3, "R5"), (4, "R8")]
    _prepare(
        desk,
        "c.csv",
        _vote(4, 100),
        _vote(5, 200),
        _vote(8, 2),
        accept=_USED,
        expect=0,
    )


def test_a_sum_that_was_withdrawn_leaves_its_references_free(desk: Place) -> None:
    """What does not count when rows are looked for does not count here."""
    made = _prepare(desk, "a.csv", _vote(4, 100), _vote(5, 200), expect=0)
    desk.run("withdraw", made.batch, "--reason", "wrong day", expect=0)
    assert _used(_prepare(desk, "b.csv", _vote(5, 200), expect=0)) == []


def test_of_a_batch_partly_rejected_only_what_was_accepted_counts(
    desk: Place, rap: Rap
) -> None:
    """The rows of a rejected sum are free again, those of the accepted one are not."""
    gone = {"Announcement number": "A99007777"}
    rows = (_vote(4, 1), _vote(5, 2), _vote(6, 3, **gone), _vote(7, 4, **gone))
    _prepare(desk, "a.csv", *rows, expect=4, by="submit")
    assert rap.simulator.received[0].accepted == 1
    again = _prepare(desk, "b.csv", _vote(7, 4), _vote(5, 2, Resolution="2"), expect=3)
    assert _used(again) == [(3, "R5")]
