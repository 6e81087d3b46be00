"""The main job, shown on this machine: templates, faults, delivery, answers, trouble.

Every step is a real command line, run as a person would run it, against a simulated
RAP in a thread of this process. Rows are dated from today.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from rapupload.cli import exits
from rapupload.errors import UsageError

if TYPE_CHECKING:
    from rapupload.simulator.server import Simulator

Row = dict[str, object]


def run_demo(folder: Path) -> int:
    """Run the demonstration in a new folder; return 0 when all went as it should.

    Raises:
        UsageError: The folder exists and holds something.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(
            f"{folder} is there already and not empty; nothing was changed.",
            hint="Remove it, or name another folder: rapupload demo OTHER.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / "report.txt"
    with (
        report.open("w", encoding="utf-8") as stream,
        contextlib.redirect_stdout(_Tee(sys.stdout, stream)),
        contextlib.redirect_stderr(_Tee(sys.stderr, stream)),
        contextlib.chdir(folder),
        _simulator() as simulator,
    ):
        good = _Story(simulator).tell()
    print(f"\nThe report of all this is {report}")
    print(f"Workbooks, settings and journal are in {folder}")
    print(f"What the far end received and answered is in {simulator.root}")
    return exits.DONE if good else exits.UNEXPECTED


class _Tee(io.TextIOBase):
    """Writes to the screen and to the report."""

    def __init__(self, *streams: TextIO) -> None:
        self._streams = streams

    def write(self, text: str) -> int:
        for stream in self._streams:
            stream.write(text)
        return len(text)

    def flush(self) -> None:
        for stream in self._streams:
            stream.flush()


@contextlib.contextmanager
def _simulator() -> Iterator[Simulator]:
    from rapupload.cli.simulator_commands import simulator_missing

    try:
        from rapupload.simulator.server import Simulator
    except ModuleNotFoundError as error:
        raise simulator_missing() from error
    from rapupload.simulator.settings import SimulatorSettings
    from rapupload.wiring import catalogue, real_clock

    specs = catalogue(None)
    with Simulator(
        SimulatorSettings(root=Path("simulator").resolve()),
        [specs.spec(name).spec for name in specs.types],
        clock=real_clock,
    ) as simulator:
        yield simulator


class _Story:
    """What is shown, in order; remembers whether every step went as it should."""

    def __init__(self, simulator: Simulator) -> None:
        from rapupload.transport.hours import HONG_KONG
        from rapupload.wiring import real_clock

        self._simulator = simulator
        self._today = real_clock().astimezone(HONG_KONG).date()
        self._good = True

    def tell(self) -> bool:
        """Run the whole demonstration."""
        port = str(self._simulator.port)
        self._say("A new desk: settings, and a look at everything before anything.")
        self._run("init", "--port", port)
        self._run("doctor")
        self._faults()
        self._main_job()
        self._trouble()
        self._say(
            "The journal remembers all of it, and can prove that nobody changed it."
        )
        self._run("status", "--all")
        self._run("journal", "verify")
        return self._good

    def _faults(self) -> None:
        self._say("A workbook with mistakes: all of them at once, in its own cells.")
        self._run("template", "si", "-o", "si-faulty.xlsx")
        self._fill(Path("si-faulty.xlsx"), "si", _faulty_si(self._today))
        self._run(
            "check",
            "si-faulty.xlsx",
            "--type",
            "si",
            "--annotate",
            "si-faulty.findings.xlsx",
            expected=exits.FINDINGS,
        )

    def _main_job(self) -> None:
        self._say(
            "The main job: a filled template, one command, an outcome for each row."
        )
        for type_, rows in (
            ("si", _si(self._today)),
            ("ati", _ati()),
            ("voting", _voting(self._today)),
        ):
            file = f"{type_}.xlsx"
            self._run("template", type_, "-o", file)
            self._fill(Path(file), type_, rows)
            self._run("submit", file, "--type", type_, expected=exits.REJECTED)
        self._run("status", self._batch("SI", 1), expected=exits.REJECTED)
        self._say("The same file again is stopped.")
        self._run("submit", "ati.xlsx", "--type", "ati", expected=exits.DUPLICATE)

    def _trouble(self) -> None:
        self._say(
            "The line breaks when the last byte is written: in doubt, then proved."
        )
        self._trouble_with("drop-after-close:x1", "doubt.xlsx", "D", exits.REJECTED)
        self._run("status", self._batch("ATI", 4), expected=exits.REJECTED)
        self._say("The far end refuses to open the file: failed, mended, sent.")
        self._trouble_with("permission-denied:x1", "refused.xlsx", "F", exits.PERMANENT)
        refused = self._batch("ATI", 5)
        self._run("approve", refused, "--reason", "HKEX granted the folder")
        self._run("send")
        self._run("collect")
        self._run("status", refused)
        self._say("A batch that is not wanted any more is withdrawn before it is sent.")
        self._prepare_ati("withdrawn.xlsx", "W", "prepare")
        self._run("withdraw", self._batch("ATI", 6), "--reason", "client called it off")

    def _trouble_with(self, scenario: str, file: str, mark: str, code: int) -> None:
        from rapupload.simulator.scenarios import Scenario

        self._simulator.scenario = Scenario.parse(scenario)
        self._prepare_ati(file, mark, "submit", code)
        self._simulator.scenario = Scenario()

    def _prepare_ati(
        self, file: str, mark: str, command: str, code: int = exits.DONE
    ) -> None:
        self._run("template", "ati", "-o", file)
        rows = _ati(mark) if code == exits.REJECTED else _ati(mark)[:-1]
        self._fill(Path(file), "ati", rows)
        self._run(command, file, "--type", "ati", expected=code)

    def _batch(self, type_: str, number: int) -> str:
        return f"B01234-{type_}-{self._today:%Y%m%d}-{number:04}"

    def _say(self, text: str) -> None:
        print(f"\n=== {text}")

    def _run(self, *arguments: str, expected: int = exits.DONE) -> None:
        from rapupload.cli.__main__ import run

        print("\n$ rapupload " + " ".join(_quoted(arguments)))
        code = run(list(arguments))
        if code != expected:
            self._good = False
            print(f"!!! exit code {code}, and {expected} was expected")
        elif code:
            print(f"(exit code {code})")

    def _fill(self, file: Path, type_: str, rows: Sequence[Row]) -> None:
        """Fill in a template as a person would, by its headings."""
        import openpyxl

        from rapupload.spec.headings import Vocabulary
        from rapupload.wiring import catalogue

        words = Vocabulary(catalogue(None).spec(type_).spec)
        book = openpyxl.load_workbook(file)
        sheet = book.worksheets[0]
        columns = {words.meaning(str(c.value or "")): c.column for c in sheet[1]}
        for example in sheet.iter_rows(min_row=2):
            for cell in example:  # typed over, an example would leave its rest behind
                cell.value = None
        for number, row in enumerate(rows, 2):
            for name, value in row.items():
                sheet.cell(row=number, column=columns[name], value=value)
        book.save(file)
        print(f"  ({len(rows)} rows are typed into {file})")


def _quoted(arguments: Sequence[str]) -> Iterator[str]:
    for argument in arguments:
        yield f'"{argument}"' if " " in argument else argument


def _settlement_day(after: dt.date) -> dt.date:
    from rapupload.transport.hong_kong_days import HongKongDays

    is_settled: Callable[[dt.date], bool] = HongKongDays().is_settlement_day
    day = after + dt.timedelta(days=1)
    while not is_settled(day):
        day += dt.timedelta(days=1)
    return day


def _si(today: dt.date) -> list[Row]:
    """Return settlement instructions; the simulator rejects the last two."""
    day = _settlement_day(today)
    deals = [
        ("D", "C00019", 700, 10_000, "DVP", "HKD", 4_012_345.60, "BC"),
        ("R", "C00010", 5, 4_000, "DVP", "HKD", 268_400, "BC"),
        ("D", "B01555", 388, 2_500, "FOP", None, None, "PM"),
        ("R", "C00033", 2800, 50_000, "DVP", "HKD", 1_190_000, "BC"),
        ("D", "C00074", 9988, 8_000, "RDP", "HKD", 912_640, "BC"),
        ("R", "C00100", 1299, 6_000, "DVP", "HKD", 402_600, "BC"),
        ("D", "B00999", 11, 1_000, "DVP", "HKD", 110_200, "BC"),
        ("D", "C00019", 9995, 3_000, "DVP", "HKD", 45_000, "BC"),
    ]
    names = (
        "direction",
        "counterparty-id",
        "stock-code",
        "quantity",
        "payment",
        "currency",
        "amount",
        "purpose",
    )
    return [
        {
            "own-reference": f"SI{today:%y%m%d}{number:04}",
            "settlement-date": day,
            "stock-account": "01",
            **dict(zip(names, deal, strict=True)),
        }
        for number, deal in enumerate(deals, 1)
    ]


def _faulty_si(today: dt.date) -> list[Row]:
    """Return settlement instructions as they come on a bad day."""
    rows = _si(today)
    rows[0]["counterparty-id"] = "1234"
    rows[1]["quantity"] = "10 lots"
    rows[2]["amount"] = 5_000
    rows[3]["settlement-date"] = today - dt.timedelta(days=7)
    rows[4]["stock-code"] = 600519
    rows[5]["amount"] = None
    rows[6]["own-reference"] = rows[7]["own-reference"]
    return rows


def _ati(mark: str = "A") -> list[Row]:
    """Return account transfers; the simulator rejects the last one."""
    moves = [
        (5, "01", "02", 4_000),
        (700, "01", "12", 1_500),
        (388, "02", "01", 700),
        (2318, "01", "02", 6_500),
        (1810, "12", "01", 20_000),
        (9990, "01", "02", 100),
    ]
    return [
        {
            "own-reference": f"{mark}T{number:04}",
            "stock-code": code,
            "from-account": source,
            "to-account": target,
            "quantity": quantity,
            "remarks": "REBALANCE",
        }
        for number, (code, source, target, quantity) in enumerate(moves, 1)
    ]


def _voting(today: dt.date) -> list[Row]:
    """Return votes; the simulator says that the last announcement is closed."""
    deadline = dt.datetime.combine(
        _settlement_day(today + dt.timedelta(days=9)), dt.time(16, 0)
    )
    votes = [
        ("A26007777", 388, "1", 120_000, 30_000, None),
        ("A26007777", 388, "2(a)", 150_000, None, None),
        ("A26007777", 388, "2(b)", 90_000, 60_000, None),
        ("A26007777", 388, "3", None, 150_000, None),
        ("A26008888", 5, "1", 40_000, None, 500),
        ("A99000001", 11, "1", 8_000, None, None),
    ]
    names = (
        "announcement-no",
        "stock-code",
        "resolution-no",
        "votes-for",
        "votes-against",
        "votes-abstain",
    )
    return [
        {
            "own-reference": f"VT{today:%y%m%d}{number:02}",
            "stock-account": "01",
            "deadline": deadline,
            **dict(zip(names, vote, strict=True)),
        }
        for number, vote in enumerate(votes, 1)
    ]


__all__ = ["run_demo"]
