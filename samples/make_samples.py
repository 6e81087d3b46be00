"""Write the workbooks and text files of the samples: ``python -m samples.make_samples``.

Rows are in ``rows_<type>``; dates count from the clock of each case's ``case.toml``. What
is *expected* of the files is written by another command, ``python -m tests.golden.write``.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from samples import (
    rows_ati,
    rows_election,
    rows_isi,
    rows_representative,
    rows_si,
    rows_sti,
    rows_subscription,
    rows_tender,
    rows_voting,
)
from samples.sheets import Sheet, csv_text, write_workbook

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The content of a case's source files.

    Attributes:
        sheets: Of ``source.xlsx``; none where there is no workbook.
        text: Of ``source.csv``; None = no such file.
        encoding: Of the same; Excel writes a byte order mark.
    """

    sheets: tuple[Sheet, ...] = ()
    text: str | None = None
    encoding: str = "utf-8-sig"


Maker = Callable[[dt.datetime], Made]


def _both(sheet: Sheet) -> Made:
    return Made(sheets=(sheet,), text=csv_text(sheet))


def _one(sheet: Sheet) -> Made:
    return Made(sheets=(sheet,))


MAKERS: dict[str, Maker] = {
    "ati/clean": lambda now: _both(rows_ati.clean(now.date())),
    "ati/faulty": lambda now: Made(sheets=(rows_ati.faulty(now.date()),)),
    "ati/faulty-layout": lambda now: Made(sheets=rows_ati.layout(now.date())),
    "ati/wide-total": lambda now: _both(rows_ati.wide_total(now.date())),
    "election/clean": lambda now: _both(rows_election.clean(now.date())),
    "election/faulty": lambda now: _one(rows_election.faulty(now)),
    "election/faulty-summed": lambda now: _one(rows_election.faulty_summed(now)),
    "election/summed": lambda now: _both(rows_election.summed(now.date())),
    "isi/clean": lambda now: _both(rows_isi.clean(now.date())),
    "isi/faulty": lambda now: Made(sheets=(rows_isi.faulty(now.date()),)),
    "isi/faulty-layout": lambda now: Made(sheets=(rows_isi.layout(now.date()),)),
    "representative/clean": lambda now: _both(rows_representative.clean(now.date())),
    "representative/faulty": lambda now: _one(rows_representative.faulty(now)),
    "si/rvp": lambda now: Made(sheets=(rows_si.combined(now.date()),)),
    "si/clean": lambda now: _both(rows_si.clean(now.date())),
    "si/faulty": lambda now: Made(sheets=(rows_si.faulty(now.date()),)),
    "si/faulty-layout": lambda now: Made(sheets=rows_si.layout(now.date())),
    "si/faulty-text": lambda now: Made(text=rows_si.text(now.date()), encoding="utf-8"),
    "si/wrong-type": lambda now: Made(sheets=(rows_ati.clean(now.date()),)),
    "sti/clean": lambda now: _both(rows_sti.clean(now.date())),
    "sti/faulty": lambda now: Made(sheets=(rows_sti.faulty(now.date()),)),
    "sti/faulty-layout": lambda now: Made(sheets=(rows_sti.layout(now.date()),)),
    "subscription/clean": lambda now: _both(rows_subscription.clean(now.date())),
    "subscription/excess": lambda now: _both(rows_subscription.excess(now.date())),
    "subscription/faulty": lambda now: _one(rows_subscription.faulty(now)),
    "subscription/faulty-excess": lambda now: _one(
        rows_subscription.faulty_excess(now)
    ),
    "tender/clean": lambda now: _both(rows_tender.clean(now.date())),
    "tender/faulty": lambda now: _one(rows_tender.faulty(now)),
    "voting/clean": lambda now: _both(rows_voting.clean(now.date())),
    "voting/faulty": lambda now: Made(sheets=(rows_voting.faulty(now.date(), now),)),
    "voting/faulty-layout": lambda now: Made(sheets=rows_voting.layout(now.date())),
    "voting/faulty-vote": lambda now: _one(rows_voting.faulty_vote(now)),
    "voting/faulty-wide": lambda now: _one(rows_voting.faulty_wide(now)),
    "voting/vote-quantity": lambda now: _both(rows_voting.vote_quantity(now.date())),
    "voting/wide": lambda now: _both(rows_voting.wide(now.date())),
}
"""Case -> what its source files hold at the case's clock."""


def clock_of(case: str) -> dt.datetime:
    """Return the instant of a case, in the zone that its file gives."""
    text = (FOLDER / case / "case.toml").read_text(encoding="utf-8")
    clock = tomllib.loads(text)["clock"]
    assert isinstance(clock, dt.datetime)
    return clock


def write_case(case: str, folder: Path) -> None:
    """Write the source files of one case into a folder."""
    now = clock_of(case)
    made = MAKERS[case](now)
    if made.sheets:
        write_workbook(folder / "source.xlsx", made.sheets, now)
    if made.text is not None:
        (folder / "source.csv").write_bytes(made.text.encode(made.encoding))


def main() -> None:
    """Write the source files of every case."""
    for case in MAKERS:
        write_case(case, FOLDER / case)


if __name__ == "__main__":
    main()
