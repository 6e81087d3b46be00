"""Files of other writers, most of them hostile: what comes of each, and of its copy."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

from rapupload.errors import SourceError
from rapupload.validation import Checked
from tests.corpus.cases import FILES, Case, all_cases, corpus
from tests.corpus.make import opendocument, raw, text
from tests.corpus.running import check, listed, write_copy

CASES = all_cases()
READ = [case for case in CASES if not case.entry.error]
REFUSED = [case for case in CASES if case.entry.error]
BY_NAME = {repr(case): case for case in CASES}
LARGEST = 40_000
ALL_TOGETHER = 1_500_000


@pytest.mark.parametrize("case", REFUSED, ids=repr)
def test_refused(case):
    """A file that cannot be read is refused with its one sentence, and told what to do."""
    found = check(case, case.file)
    assert isinstance(found, SourceError), found
    assert case.entry.error in found.message
    assert found.hint


@pytest.mark.parametrize("case", READ, ids=repr)
def test_read(case, tmp_path):
    """A file shows exactly its findings, no value is changed, and its copy does the same.

    One test for all three, since the check is what takes the time.
    """
    found = check(case, case.file)
    assert isinstance(found, Checked), found
    assert listed(found) == case.findings
    assert_accounted_for(case, found)
    assert_unchanged(case, found)
    assert_copied(case, found, tmp_path)


def assert_accounted_for(case: Case, found: Checked) -> None:
    """Source rows are used, rejected or ignored, as many of each as are expected."""
    counts = case.entry.counts
    assert counts is not None
    assert counts.rows == counts.used + counts.rejected + counts.ignored
    sizes = (found.rows, found.used, len(found.rejected), len(found.ignored))
    assert sizes == (counts.rows, counts.used, counts.rejected, counts.ignored)


def assert_unchanged(case: Case, found: Checked) -> None:
    """Each row that is used has the very values that its maker put down for it."""
    rows = found.instructions.rows_by_key("row", named=True, unique=True)
    if not rows:
        return
    assert case.values is not None, "the maker says nothing of a row that is used"
    assert set(rows) == set(case.values)
    for number, expected in case.values.items():
        assert {name: rows[number][name] for name in expected} == expected


def assert_copied(case: Case, found: Checked, folder: Path) -> None:
    """The annotated copy, checked again, shows the same findings and instructions."""
    output = folder / "copy.xlsx"
    error = write_copy(case, found, output)
    if case.entry.copy_error:
        assert error is not None
        assert case.entry.copy_error in error.message
        assert not list(folder.iterdir())
        return
    assert error is None, error
    assert list(folder.iterdir()) == [output]
    again = check(case, output, stated=False)
    assert isinstance(again, Checked), again
    assert listed(again) == case.findings_again
    if case.entry.again is None:
        assert again.instructions.equals(found.instructions)
        assert again.ignored == found.ignored
    if not found.table.sheet:
        assert_no_formulas(output)


def assert_no_formulas(output: Path) -> None:
    """What begins like a formula in a text file is text in its annotated copy."""
    sheets = openpyxl.load_workbook(output).worksheets
    kinds = {cell.data_type for s in sheets for row in s.iter_rows() for cell in row}
    assert "s" in kinds
    assert "f" not in kinds


BY_COMMAND = {
    "xlsxwriter/clean.xlsx": 0,
    "libreoffice/clean.ods": 0,
    "libreoffice/errors.xls": 3,
    "text/formula-like.csv": 3,
    "sheetjs/clean.xlsb": 19,
    "openpyxl/encrypted.xlsx": 19,
    "raw/bomb-of-many.xlsx": 19,
    "raw/entity-bomb-sheet.xlsx": 19,
    "opendocument/all-cells-filled.ods": 19,
    "text/empty.csv": 19,
}


@pytest.mark.parametrize(("name", "code"), BY_COMMAND.items(), ids=BY_COMMAND)
def test_command(name, code, tmp_path):
    """The command ends with the documented code and one document, and no traceback."""
    case = BY_NAME[name]
    command = [
        *(sys.executable, "-m", "rapupload.cli", "check", str(case.file), "--json"),
        *("--type", case.entry.type, "--annotate", str(tmp_path / "copy.xlsx")),
    ]
    done = subprocess.run(
        command, check=False, capture_output=True, timeout=120, cwd=tmp_path
    )
    assert done.returncode == code, done.stderr
    assert b"Traceback" not in done.stderr
    document = json.loads(done.stdout)
    if code == 19:
        assert case.entry.error in document["error"]["message"]
    else:
        assert (tmp_path / "copy.xlsx").exists()


@pytest.mark.parametrize("maker", [raw, opendocument, text], ids=lambda m: m.__name__)
def test_makers_write_the_files_that_are_here(maker, tmp_path):
    """Nobody has edited a file made by hand: its maker writes the same again."""
    maker.main(tmp_path)
    (folder,) = tmp_path.iterdir()
    kept = FILES / folder.name
    assert {f.name for f in folder.iterdir()} == {f.name for f in kept.iterdir()}
    for file in folder.iterdir():
        assert content(file) == content(kept / file.name), file.name


def content(file: Path) -> object:
    """Return what two runs must agree on: an archive packs differently elsewhere."""
    try:
        with zipfile.ZipFile(file) as archive:
            return [(part.filename, part.CRC) for part in archive.infolist()]
    except zipfile.BadZipFile:
        raw_bytes = file.read_bytes()
        return b"PK" if b"PK\x03\x04" in raw_bytes[:100] else raw_bytes


def test_corpus_is_complete_and_small():
    """Every file has its entry, every writer its files, and the lot stays small."""
    files = [file for file in FILES.glob("*/*") if file.name != "values.json"]
    names = {file.relative_to(FILES).as_posix() for file in files}
    assert names == {case.entry.path for case in CASES}
    assert {case.writer for case in CASES} == set(corpus().writer)
    sizes = [file.stat().st_size for file in FILES.rglob("*") if file.is_file()]
    assert max(sizes) < LARGEST
    assert sum(sizes) < ALL_TOGETHER


def test_each_entry_says_why_its_copy_differs():
    """No entry lets a copy show other findings without a reason."""
    unexplained = [
        case
        for case in CASES
        if (case.entry.again is None) != (not case.entry.again_because)
    ]
    assert not unexplained
