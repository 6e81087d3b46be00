"""The one public layout, held to lines that were worked out by hand."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys

import polars as pl

from rapupload import batches
from rapupload.model import Environment
from rapupload.spec.catalogue import Catalogue
from tests.golden.cases import SAMPLES

SAMPLE = SAMPLES / "ati" / "worked" / "sample.txt"
LINES = (
    "00001B01234        REF1           20270105ATI BATCH INPUT" + " " * 42,
    "100005                  01      0200000001000" + " " * 40 + "00000000001005",
    "100700                  02      0100000000500" + " " * 40 + "00000000001200",
    "2000200007050000000000150000000000000002205" + " " * 56,
)
WORKED = "".join(f"{line}\r\n" for line in LINES).encode("ascii")


def test_two_transfers_become_the_worked_lines():
    """The ATI spec writes header, details, checksums and totals to the byte."""
    spec = Catalogue().spec("ati").spec
    columns = [column.sql_name for column in spec.column]
    given = {
        "own_reference": ["A", "B"],
        "stock_code": ["00005", "00700"],
        "from_account": ["01", "02"],
        "to_account": ["02", "01"],
        "quantity": ["1000", "500"],
    }
    blank: list[str | None] = [None, None]
    instructions = pl.DataFrame(
        {name: given.get(name, blank) for name in columns},
        schema=dict.fromkeys(columns, pl.String),
    )
    values = batches.FileValues(
        participant="B01234",
        account="CB01234001",
        environment=Environment.SIMULATOR,
        market="HKMK",
        date=dt.date(2027, 1, 5),
        time=dt.time(10),
        indicator=1,
        reference="REF1",
    )
    written = batches.render(instructions, spec, values)
    assert written.content.decode().splitlines() == list(LINES)
    assert written.content == WORKED
    assert written.name == "ATI_B01234_20270105_0001.TXT"


def test_the_sample_is_the_worked_file():
    """The file that a person can try holds the same lines."""
    assert SAMPLE.read_bytes() == WORKED


def test_the_command_finds_the_sample_identical():
    """``rapupload specs check --sample`` reads it, writes it again, and says identical."""
    spec = Catalogue().spec("ati").file
    command = [sys.executable, "-m", "rapupload.cli", "specs", "check", str(spec)]
    done = subprocess.run(
        [*command, "--sample", str(SAMPLE), "--json"],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["identical"] is True
    assert document["instructions"] == 2
