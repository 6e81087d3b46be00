"""Every type at the desk: template, LibreOffice, check, prepare, decode, compare."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from rapupload.spec.catalogue import Catalogue
from tests.support.libreoffice import Task, needs_libreoffice, type_and_save
from tests.support.places import Place
from tests.support.sheets import ACCEPTED, ROWS, Row, headings

pytestmark = [needs_libreoffice, pytest.mark.xdist_group("libreoffice")]

KINDS = ("xlsx", "ods", "xls")
TYPED = (1, 2, 3)  # rows that a person types, by number
EXAMPLES = "A2:A3"
WIDTHS = {"stock-code": 5, "option-no": 3}


def _typed(value: object) -> str:
    """Return what a person types for a value."""
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(value)


def _cells(template: Path, rows: list[Row]) -> tuple[str, list[tuple[str, str]]]:
    """Return the sheet, and what is typed into which cell."""
    page = openpyxl.load_workbook(template).worksheets[0]
    heads, line = headings(page, rows[0])
    return page.title, [
        (f"{get_column_letter(heads[label])}{line + offset}", _typed(value))
        for offset, row in enumerate(rows, 1)
        for label, value in row.items()
    ]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with every template as it was filled and saved, in every kind."""
    folder = tmp_path_factory.mktemp("office")
    desk = Place(folder=folder)
    tasks = []
    for type_, row in sorted(ROWS.items()):
        template = folder / f"{type_}-template.xlsx"
        desk.run("template", type_, "-o", template.name, expect=0)
        sheet, cells = _cells(template, [row(number) for number in TYPED])
        save = [folder / f"{type_}.{kind}" for kind in KINDS]
        task = Task(
            workbook=template, sheet=sheet, cells=cells, save=save, delete=[EXAMPLES]
        )
        tasks.append(task)
    type_and_save(folder, tasks)
    return folder


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("type_", sorted(ROWS))
def test_what_is_typed_into_a_template_is_what_the_batch_file_says(
    desk: Place, filled: Path, type_: str, kind: str
) -> None:
    """Check is clean; decoding the batch file gives the sheet back, cell by cell."""
    book = filled / f"{type_}.{kind}"
    known = ACCEPTED.get(type_, ())
    checked = desk.run("check", book, "-t", type_, *known, "--json", expect=0).json
    wrong = [f for f in checked["findings"] if f["severity"] == "error"]
    assert (wrong, checked["rows"], checked["instructions"]) == ([], 3, 3)

    made = desk.run("prepare", book, "-t", type_, *known, "-o", "out", "--json").json
    (batch,) = made["batches"]
    same = desk.run("diff", book, batch["path"], "-t", type_, "--json", expect=0).json
    assert not same["changed"]
    show = ("-t", type_, "--show-personal", "--json")
    decoded = desk.run("decode", batch["path"], *show, expect=0).json
    for number, sent in zip(TYPED, decoded["instructions"], strict=True):
        _hold(type_, number, sent["values"])


def _hold(type_: str, number: int, sent: dict[str, object]) -> None:
    """Hold an instruction of the batch file against the row that was typed."""
    spec = Catalogue().spec(type_).spec
    names = {column.label.en: column.name for column in spec.column}
    typed = {names[label]: value for label, value in ROWS[type_](number).items()}
    there = {name: value for name, value in sent.items() if name in typed}
    assert there == {name: _canonical(name, typed[name]) for name in there}
    rest = sent.keys() - typed.keys()
    usual = {column.name: column.default for column in spec.column}
    assert all(sent[name] in {None, usual[name]} for name in rest)


def _canonical(name: str, value: object) -> str:
    if name in WIDTHS:
        return str(value).zfill(WIDTHS[name])
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S}"
    if name == "amount":
        return f"{value:.2f}"
    return str(value).replace("(", "").replace(")", "")
