"""A desk's own layout: mapped once, then checked, sent, and told row by row."""

from __future__ import annotations

import csv
import json
import subprocess
import tomllib
from pathlib import Path

from tests.conftest import Rap
from tests.support.places import COMMAND, Place, Ran
from tests.support.sheets import settlement_day, today, write_csv

_FOREIGN = ["Trade Ref.", "Buy/Sell", "Broker Code", "Security Code", "No. Shares"]
_FOREIGN += [
    "Value Dt",
    "Method",
    "Curr",
    "Net Amt",
    "Depot A/C",
    "Reason Code",
    "Mood",
]


def _foreign(place: Place, *sides: str) -> Path:
    """Write a sheet of a layout that nobody has seen; dates have the day first."""
    after = 2
    while (day := settlement_day(after)).day in {day.month, *range(13, 32)}:
        after += 1  # until it could be read in two ways
    path = place.folder / "deals.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(_FOREIGN)
        for number, side in enumerate(sides, 1):
            row = [f"T{number}", side, "C00019", 5, 400 * number, f"{day:%d/%m/%Y}"]
            writer.writerow([*row, "DVP", "HKD", 60_000, "01", "BC", "calm"])
    return path


def _wide(place: Place, *rows: dict[str, object]) -> None:
    write_csv(place.folder / "votes.csv", list(rows))


def _voter(number: int, account: str = "01", **cells: object) -> dict[str, object]:
    deadline = f"{today():%Y-%m-%d} 23:59"
    return {
        "Our reference": f"VT{number:04}",
        "Announcement number": "A26007777",
        "Stock code": "00388",
        "Stock account": account,
        "Client": f"C{number}",
        "CCASS deadline": deadline,
        **cells,
    }


def _answering(place: Place, answers: str, *arguments: str) -> Ran:
    """Run a command that asks, with what a person types."""
    done = subprocess.run(
        [COMMAND, *arguments],
        cwd=place.folder,
        env=place.environment(None, None),
        input=answers.encode(),
        capture_output=True,
        timeout=120,
        check=False,
    )
    out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    assert "Traceback" not in out + err, err
    return Ran(code=done.returncode, out=out, err=err)


def test_what_is_unclear_is_asked_once_and_kept(desk: Place, rap: Rap) -> None:
    """Headings, a side, the order of dates: answered, kept, and then enough to send."""
    _foreign(desk, "S", "B")
    answers = "1\nB\nD\nR\nday-first\n"
    asked = _answering(
        desk, answers, "map", "deals.csv", "-t", "si", "--name", "deals", "--ask"
    )
    assert asked.code == 0, asked.text
    assert 'What does "S" mean in direction?' in asked.text
    kept = tomllib.loads((desk.folder / "mappings/deals.toml").read_text("utf-8"))
    assert kept["date-order"] == "day-first"
    assert kept["headings"]["Buy/Sell"] == "direction"
    assert kept["headings"]["Mood"] == ""
    assert kept["values"]["direction"] == {"S": "D", "B": "R"}

    reason = ("--accept-warning", "si-mirror", "--reason", "two clients")
    sent = desk.run(
        "submit",
        "deals.csv",
        "-t",
        "si",
        "--mapping",
        "deals",
        "--json",
        *reason,
        expect=0,
    )
    assert len(rap.simulator.received) == 1
    told = desk.run("status", sent.batch, "--json", expect=0).json
    assert told["source"]["mapping_digest"] == sent.json["mapping"]["digest"]
    assert [row["reference"] for row in told["rows"]] == ["T1", "T2"]


def test_without_a_terminal_the_proposal_is_shown_and_nothing_is_kept(
    desk: Place,
) -> None:
    """Something is unclear: exit code 3, and a script sees what and how sure."""
    _foreign(desk, "S")
    ran = desk.run(
        "map", "deals.csv", "-t", "si", "--name", "deals", "--json", expect=3
    )
    assert ran.error["code"] == "findings"
    assert ran.json["mapping"] is None
    assert not (desk.folder / "mappings").exists()
    columns = {c["heading"]: c for c in ran.json["columns"]}
    assert columns["Broker Code"]["column"] == "counterparty-id"
    assert 0.8 <= columns["Broker Code"]["confidence"] < 1
    assert columns["Broker Code"]["samples"] == ["C00019"]
    kinds = {doubt["kind"] for doubt in ran.json["unclear"]}
    assert "column" in kinds


def test_yes_takes_what_is_sure_and_leaves_the_rest_to_be_decided(desk: Place) -> None:
    """A mapping with a TODO is refused until a person has written what is meant."""
    _foreign(desk, "S")
    desk.run("map", "deals.csv", "-t", "si", "--name", "deals", "--yes", expect=3)
    file = desk.folder / "mappings/deals.toml"
    text = file.read_text(encoding="utf-8")
    assert 'direction = "TODO"' in text
    check = ("check", "deals.csv", "-t", "si", "--mapping", "deals", "--json")
    refused = desk.run(*check, expect=10)
    assert "still to be decided" in refused.error["message"]
    again = desk.run(
        "map", "deals.csv", "-t", "si", "--name", "deals", "--yes", "--json", expect=2
    )
    assert "exists already" in again.error["message"]
    assert file.read_text(encoding="utf-8") == text


def test_a_sheet_of_our_own_needs_no_mapping(desk: Place) -> None:
    """Known headings are understood as they are, and the command says so."""
    _wide(desk, _voter(1, Resolution="1", For=100))
    ran = desk.run("map", "votes.csv", "--json", expect=0)
    assert (ran.json["type"], ran.json["needs_mapping"]) == ("voting", False)
    shown = desk.run("map", "votes.csv", "-t", "voting", expect=0)
    assert "no mapping is needed" in shown.text


def test_faults_of_a_mapping_are_told_at_once(desk: Place) -> None:
    """Exit code 10, every fault with its key; a name that is not there is a wrong call."""
    _foreign(desk, "D")
    (desk.folder / "bad.toml").write_text(
        'name = "bad"\ntype = "si"\n[headings]\n"A" = "x"\n[fixed]\ny = "z"\n',
        encoding="utf-8",
    )
    ran = desk.run(
        "check", "deals.csv", "-t", "si", "--mapping", "bad.toml", "--json", expect=10
    )
    assert "2 faults" in ran.error["message"]
    missing = desk.run(
        "check", "deals.csv", "-t", "si", "--mapping", "nobody", "--json", expect=2
    )
    assert "nobody" in missing.error["message"]


def test_a_wide_sheet_is_sent_and_told_by_its_source_rows(
    desk: Place, rap: Rap
) -> None:
    """One row becomes several instructions; a row that fails in one goes in none."""
    _wide(
        desk,
        _voter(1, Holding=500, **{"1": "F", "2(a)": "A 100"}),
        _voter(2, "02", Holding=500, **{"1": "F", "2(a)": "70"}),
        _voter(3, "03", Holding=500, **{"1": "", "2(a)": ""}),
    )
    send = ["submit", "votes.csv", "-t", "voting", "--json", "--accept-valid-rows"]
    for code in ("vt-resolution-missing", "ca-deadline-near"):
        send += ["--accept-warning", code]
    ran = desk.run(*send, "--reason", "as told", expect=0)
    document = ran.json
    assert (document["rows"], document["used_rows"], document["rejected_rows"]) == (
        3,
        1,
        1,
    )
    assert document["ignored_rows"] == [{"row": 4, "reason": "no-vote"}]
    errors = [f for f in document["findings"] if f["severity"] == "error"]
    assert [(f["cell"], f["code"]) for f in errors] == [("I3", "unfold-code-missing")]
    told = desk.run("status", ran.batch, "--json", expect=0).json
    assert [(row["row"], row["reference"]) for row in told["rows"]] == [
        (2, "VT0001"),
        (2, "VT0001/2"),
    ]
    assert told["source"]["instructions"] == 2
    assert len(rap.simulator.received) == 1


def test_summed_rows_reach_the_checker_and_come_back_by_row(
    desk: Place, rap: Rap
) -> None:
    """Off until asked for; then rows and clients are shown, and every row is listed."""
    rows = [_voter(n, Resolution="1", For=100 * n) for n in (1, 2, 3)]
    _wide(desk, *rows)
    base = ("votes.csv", "-t", "voting", "--json")
    warned = ("--accept-warning", "ca-deadline-near", "--reason", "today")
    apart = desk.run("check", *base, expect=3)
    assert "vt-repeated" in {f["code"] for f in apart.json["findings"]}
    control = ("--control-total", "count=3", "--control-total", "votes-for=600")
    wrong = desk.run(
        "prepare", *base, "--sum", "--control-total", "count=4", *warned, expect=3
    )
    assert "control-total-differs" in {f["code"] for f in wrong.json["findings"]}
    sent = desk.run("submit", *base, "--sum", *control, *warned, expect=0)
    assert sent.json["summed"] == {"rows": 3, "instructions": 1, "clients": 3}
    assert (sent.json["rows"], sent.json["instructions"]) == (3, 1)
    told = desk.run("status", sent.batch, "--json", expect=0).json
    (row,) = told["rows"]
    assert (row["row"], row["also"], row["reference"]) == (2, [3, 4], "VT0001")
    assert told["source"]["summed"] == {"rows": 3, "instructions": 1, "clients": 3}
    assert told["source"]["control_totals"] == {"count": "3", "votes-for": "600"}
    shown = desk.run("status", sent.batch, expect=0)
    assert "Summed: 3 rows of 3 clients into 1 instructions" in shown.text
    assert rap.simulator.received[0].accepted == 1
    assert json.loads(desk.run("journal", "verify", "--json", expect=0).out)
