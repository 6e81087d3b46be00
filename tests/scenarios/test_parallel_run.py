"""The parallel run, by the installed command: decode any batch file, diff two sides."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.support.places import Place
from tests.support.sheets import ROWS, write_workbook

_TYPES = sorted(ROWS)


def _prepared(desk: Place, name: str, count: int = 12) -> tuple[Path, Path]:
    """Return a sheet and the one batch file that was made of it."""
    rows = [ROWS[name](number) for number in range(1, count + 1)]
    sheet = write_workbook(desk.folder / f"{name}.xlsx", rows)
    warnings = ("si-today-late", "sub-irrevocable")
    accept = [part for code in warnings for part in ("--accept-warning", code)]
    desk.run(
        "prepare",
        sheet,
        "--type",
        name,
        "-o",
        "out",
        *accept,
        "--reason",
        "test",
        expect=0,
    )
    (batch,) = (desk.folder / "out").iterdir()
    return sheet, batch


@pytest.mark.parametrize("name", _TYPES)
def test_what_we_prepare_decodes_to_the_sheet_it_was_made_of(desk, name):
    """The type is told by the name; every row is there, and nothing is wrong."""
    sheet, batch = _prepared(desk, name)
    decoded = desk.run("decode", batch, "--json", expect=0).json
    assert (decoded["type"], decoded["found_by"]) == (name, "name")
    assert decoded["instruction_count"] == 12
    assert decoded["faults"] == []
    assert all(total["agrees"] for total in decoded["totals"])
    found = desk.run("diff", sheet, batch, "--json", expect=0).json
    assert found["is_same"]
    assert found["same"] == 12
    assert found["verdict"] == "The same: 12 instructions in A and in B."


def test_a_decoded_workbook_is_a_source_again(desk):
    """Its headings are ours: it can be checked, and compared with where it came from."""
    _, batch = _prepared(desk, "si")
    desk.run("decode", batch, "-o", "again.xlsx", expect=0)
    assert desk.run("diff", "again.xlsx", batch, expect=0).text.startswith("The same")


def test_another_clients_file_is_compared_with_our_sheet(desk):
    """One changed, one missing, one added; the verdict comes first and exit code is 3."""
    sheet, batch = _prepared(desk, "si")
    lines = batch.read_bytes().split(b"\r\n")
    lines[1] = lines[1].replace(b"DVP", b"RDP")
    lines[2] = lines[3]
    (desk.folder / "old.dat").write_bytes(b"\r\n".join(lines))
    ran = desk.run("diff", sheet, "old.dat", "-o", "d.xlsx", expect=3)
    first = ran.out.splitlines()[0]
    assert first == (
        "Different: 1 changed, 1 missing (only in A), 1 added (only in B), 10 the same."
    )
    assert "SI000001" in ran.text
    assert "row 2 line 2 Payment method DVP RDP" in ran.text
    assert "d.xlsx" in ran.text
    book = openpyxl.load_workbook(desk.folder / "d.xlsx")
    assert book["Changed"]["C2"].value == "DVP"


def test_a_faulty_file_is_read_as_far_as_it_goes(desk):
    """Exit 3, each fault with its line and words, and the rows all the same."""
    _, batch = _prepared(desk, "ati")
    content = batch.read_bytes()
    (desk.folder / "bad.dat").write_bytes(content.replace(b"\r\n", b"\n")[:-1])
    ran = desk.run("decode", "bad.dat", "--json", expect=3)
    assert ran.error["code"] == "findings"
    codes = [fault["code"] for fault in ran.json["faults"]]
    assert codes == ["line-end-wrong", "line-end-missing"]
    assert set(ran.json["faults"][0]["message"]) == {"en", "zh-Hant"}
    assert ran.json["instruction_count"] == 12
    shown = desk.run("decode", "bad.dat", expect=3)
    assert "13 of 13 lines end with LF; the spec says CRLF" in shown.text
    assert "bad.dat has 2 faults; what can be read was read." in shown.err


@pytest.mark.parametrize(
    ("content", "options", "code", "words"),
    [
        pytest.param(b"hello\r\n", (), 2, "--type ati", id="no type fits"),
        pytest.param(
            b"hello\r\n", ("--type", "si"), 19, "not a batch file", id="named"
        ),
        pytest.param(
            b"hello\r\n", ("--type", "x"), 2, "no instruction type", id="none"
        ),
        pytest.param(b"", (), 19, "is empty", id="0 bytes"),
        pytest.param(b"PK\x03\x04\x00", (), 19, "no batch file", id="a workbook"),
    ],
)
def test_what_cannot_be_decoded_ends_in_one_sentence(
    place, content, options, code, words
):
    """With the exit code that a script can act on; no settings are needed."""
    (place.folder / "a.dat").write_bytes(content)
    ran = place.run("decode", "a.dat", *options, expect=code)
    assert words in ran.text
    assert place.run("decode", "a.dat", *options, "--json", expect=code).error


def test_results_are_never_written_over_a_file(desk):
    """Unless that is asked for, and before any work is done."""
    sheet, batch = _prepared(desk, "ati")
    out = desk.folder / "out.xlsx"
    out.write_text("mine", encoding="utf-8")
    for command in (("decode", batch), ("diff", sheet, batch)):
        desk.run(*command, "-o", out, expect=2)
        assert out.read_text(encoding="utf-8") == "mine"
    desk.run("decode", batch, "-o", out, "--overwrite", expect=0)
    desk.run("decode", batch, "-o", "out.pdf", expect=2)
    desk.run("diff", sheet, batch, "-o", "out.csv", expect=2)


def test_a_source_that_became_several_files_is_compared_with_their_folder(place):
    """Each part is found, whatever its name; an unknown file is not passed over."""
    specs = place.folder / "specs"
    specs.mkdir()
    shipped = Path(__file__).parents[2] / "specs" / "ati.toml"
    text = shipped.read_text(encoding="utf-8")
    small = text.replace("max-records = 9999", "max-records = 5")
    assert small != text
    (specs / "ati.toml").write_text(small, encoding="utf-8")
    place.write_settings(
        port=1, host_keys=["SHA256:" + "A" * 43], private_key=place.folder / "key"
    )
    sheet, parts = _parts(place)
    assert len(list(parts.iterdir())) == 3
    ran = place.run("diff", sheet, parts, expect=0)
    assert ran.out.startswith("The same: 12 instructions in A and in B.")
    assert place.run("diff", parts, parts, "--json", expect=0).json["same"] == 12
    shutil.copy(sheet, parts / "notes.txt")
    ran = place.run("diff", sheet, parts, "--type", "ati", expect=3)
    assert "Not proved the same" in ran.out
    assert "notes.txt" in ran.text


def _parts(place: Place) -> tuple[Path, Path]:
    rows = [ROWS["ati"](number) for number in range(1, 13)]
    sheet = write_workbook(place.folder / "ati.xlsx", rows)
    place.run("prepare", sheet, "--type", "ati", "-o", "out", expect=0)
    return sheet, place.folder / "out"
