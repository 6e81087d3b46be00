"""The samples, walked: what comes of each source is what stands beside it."""

from __future__ import annotations

import difflib
from pathlib import Path

import openpyxl
import pytest

from rapupload import batches
from rapupload.model import Environment
from rapupload.spec.catalogue import Catalogue
from samples.make_samples import MAKERS, write_case
from tests.golden.cases import SAMPLES, Case, all_cases, cases_that_are
from tests.golden.running import (
    BATCH,
    FINDINGS,
    OUTCOME,
    batch_of,
    check,
    deliver,
    findings,
    laid_out,
    plain_settings,
    prepare_case,
)

CHECKED = cases_that_are("delivered", "prepared", "stopped")
WITH_A_BATCH = cases_that_are("delivered", "prepared")
IN_TWO_FORMS = [case for case in CHECKED if len(case.sources) > 1]


def assert_same(case: Case, name: str, made: str) -> None:
    """Fail with a unified diff where a result is not the expected file."""
    expected = case.expected(name)
    if made == expected:
        return
    lines = difflib.unified_diff(
        [repr(line) for line in expected.splitlines(keepends=True)],
        [repr(line) for line in made.splitlines(keepends=True)],
        f"{case.name}/{name}",
        "what came of it now",
        lineterm="",
    )
    hint = f"If it is right: python -m tests.golden.write {case.name}"
    pytest.fail("\n".join([*lines, hint]), pytrace=False)


@pytest.mark.parametrize("case", CHECKED, ids=repr)
def test_findings(case, tmp_path):
    """Each source of a case raises exactly the findings that are expected of it."""
    assert_same(case, FINDINGS, findings(case, plain_settings(case, tmp_path)))


@pytest.mark.parametrize("case", CHECKED, ids=repr)
def test_every_row_is_accounted_for(case, tmp_path):
    """Source rows are used, rejected or ignored; none is lost, none counted twice."""
    for file in case.sources:
        checked = check(case, file, plain_settings(case, tmp_path))
        accounted = checked.used + len(checked.rejected) + len(checked.ignored)
        assert checked.rows == accounted


@pytest.mark.parametrize("case", IN_TWO_FORMS, ids=repr)
def test_workbook_and_text_give_the_same_instructions(case, tmp_path):
    """The workbook and the CSV that Excel makes of it say the same."""
    settings = plain_settings(case, tmp_path)
    workbook, text = (check(case, file, settings) for file in case.sources)
    assert workbook.instructions.height
    assert workbook.instructions.equals(text.instructions)
    assert workbook.ignored == text.ignored


@pytest.mark.parametrize("case", cases_that_are("prepared"), ids=repr)
def test_what_is_prepared(case, tmp_path):
    """The rows that may go become the expected batch file, to the byte."""
    with laid_out(case, tmp_path) as (desk, _):
        made = batch_of(desk, prepare_case(case, desk))
    assert_same(case, BATCH, made.decode("latin-1"))


@pytest.mark.parametrize("case", cases_that_are("delivered"), ids=repr)
def test_what_is_delivered(case, tmp_path):
    """Sent over SFTP, the expected bytes arrive once, and each row is answered."""
    with laid_out(case, tmp_path) as (desk, simulator):
        prepared = prepare_case(case, desk)
        assert_same(case, BATCH, batch_of(desk, prepared).decode("latin-1"))
        assert_same(case, OUTCOME, deliver(desk, prepared))
        (arrived,) = simulator.received
        tree = simulator.root
        content = (tree / arrived.name.lstrip("/")).read_bytes()
    assert content.decode("latin-1") == case.expected(BATCH)


@pytest.mark.parametrize("case", cases_that_are("stopped"), ids=repr)
def test_what_is_stopped(case, tmp_path):
    """A sheet that cannot be read safely is not prepared, and nothing is expected of it."""
    with laid_out(case, tmp_path) as (desk, _):
        prepared = prepare_case(case, desk)
        assert prepared.stopped is not None
        assert not desk.journal.batches()
    assert not case.expected(BATCH)
    assert not case.expected(OUTCOME)


@pytest.mark.parametrize("case", cases_that_are("delivered"), ids=repr)
def test_a_clean_case_shows_the_far_end_refusing_rows(case):
    """Its outcomes are of both kinds, but for the case that is about a wide total."""
    lines = case.expected(OUTCOME).splitlines()[1:]
    rejected = [line for line in lines if ",rejected," in line]
    reasons = {line.split(",")[5] for line in rejected}
    assert len(rejected) < len(lines)
    assert len(reasons) >= 3 or case.name == "ati/wide-total"


@pytest.mark.parametrize("case", WITH_A_BATCH, ids=repr)
def test_a_batch_read_and_written_again_is_the_same(case):
    """Decoding an expected batch and rendering it gives identical bytes."""
    spec = Catalogue().spec(case.about.type).spec
    content = case.expected(BATCH).encode("latin-1")
    decoded = batches.decode(content, spec)
    values = batches.file_values(decoded, spec, Environment.SIMULATOR)
    written = batches.render(decoded.instructions, spec, values)
    assert_same(case, BATCH, written.content.decode("latin-1"))


@pytest.mark.parametrize("case", WITH_A_BATCH, ids=repr)
def test_every_line_ends_as_the_spec_says(case):
    """Expected batches survive a checkout: CR LF everywhere, no line feed alone."""
    content = case.expected(BATCH)
    assert content.endswith("\r\n")
    assert "\n" not in content.replace("\r\n", "")


def _cells(path: Path) -> list[tuple[object, ...]]:
    """Return everything a person sees in a workbook, cell by cell."""
    book = openpyxl.load_workbook(path)
    return [
        (sheet.title, cell.coordinate, cell.value, cell.number_format)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]


@pytest.mark.parametrize("case", CHECKED, ids=repr)
def test_the_script_makes_the_sources_that_are_here(case, tmp_path):
    """Nobody has edited a source by hand: the script writes the same again."""
    write_case(case.name, tmp_path)
    for file in case.sources:
        made = tmp_path / file.name
        if file.suffix == ".csv":
            assert made.read_bytes() == file.read_bytes()
        else:
            assert _cells(made) == _cells(file)


def test_every_case_is_complete_and_known():
    """Each folder has its case.toml, its sources a maker, and a line in the README."""
    names = {case.name for case in all_cases()}
    folders = {path.relative_to(SAMPLES).as_posix() for path in SAMPLES.glob("*/*/")}
    readme = (SAMPLES / "README.md").read_text(encoding="utf-8")
    assert {name for name in folders if "__pycache__" not in name} == names
    assert set(MAKERS) == {case.name for case in CHECKED}
    assert [name for name in names if f"`{name}`" not in readme] == []
