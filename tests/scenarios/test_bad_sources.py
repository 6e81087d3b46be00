"""Source files that cannot be used: one clear message, the right exit code, no harm."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import msoffcrypto.format.ooxml
import openpyxl
import pytest

from tests.conftest import Rap, connect
from tests.support.places import Place
from tests.support.sheets import ati_row, si_row, write_workbook

Make = Callable[[Path], None]


def _empty_sheet(path: Path) -> None:
    openpyxl.Workbook().save(path)


def _headings_only(path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(list(ati_row(1)))
    book.save(path)


def _unknown_columns(path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["Alpha", "Beta", "Gamma"], ["1", "2", "3"]):
        book.active.append(row)
    book.save(path)


def _encrypted(path: Path) -> None:
    plain = path.with_suffix(".plain.xlsx")
    write_workbook(plain, [ati_row(1)])
    with plain.open("rb") as source, path.open("wb") as target:
        msoffcrypto.format.ooxml.OOXMLFile(source).encrypt("secret", target)


def _cut_short(path: Path) -> None:
    write_workbook(path, [ati_row(1)])
    path.write_bytes(path.read_bytes()[:2000])


def _a_folder(path: Path) -> None:
    path.mkdir()


def _a_picture(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))


def _no_bytes(path: Path) -> None:
    path.write_bytes(b"")


def _missing(_path: Path) -> None:
    pass


def _old_excel(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))


def _zip_bomb(path: Path) -> None:

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b"\0" * 300_000_000)


UNREADABLE: dict[str, tuple[str, Make, int, str]] = {
    "missing": ("a.xlsx", _missing, 19, "a.xlsx"),
    "folder": ("a.xlsx", _a_folder, 19, "a.xlsx"),
    "no bytes": ("a.xlsx", _no_bytes, 19, "empty"),
    "picture": ("a.xlsx", _a_picture, 19, "a.xlsx"),
    "cut short": ("a.xlsx", _cut_short, 19, "a.xlsx"),
    "password": ("a.xlsx", _encrypted, 19, "password"),
    "old excel": ("a.xls", _old_excel, 19, "a.xls"),
    "zip bomb": ("a.xlsx", _zip_bomb, 19, "a.xlsx"),
    "empty sheet": ("a.xlsx", _empty_sheet, 19, ""),
    "headings only": ("a.xlsx", _headings_only, 19, "no rows"),
    "unknown columns": ("a.xlsx", _unknown_columns, 19, "heading"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_file_that_cannot_be_used_is_refused_in_words(
    place: Place, case: str
) -> None:
    """Exit code, a message about this very fault, what to do next; file untouched."""
    name, make, code, words = UNREADABLE[case]
    path = place.folder / name
    make(path)
    before = path.read_bytes() if path.is_file() else None
    ran = place.run("check", name, "--type", "ati", expect=code)
    message, _, hint = ran.err.partition("\n-> ")
    assert words in message.lower()
    assert hint.strip()
    assert before == (path.read_bytes() if path.is_file() else None)


@pytest.mark.parametrize("case", ["missing", "password", "empty sheet"])
def test_nothing_of_it_reaches_the_journal_or_the_far_end(
    desk: Place, rap: Rap, case: str
) -> None:
    """Submitting such a file ends like checking it, and no batch is left behind."""
    name, make, code, _ = UNREADABLE[case]
    make(desk.folder / name)
    ran = desk.run("submit", name, "-t", "ati", "--json", expect=code)
    assert ran.error["code"] == "source-unreadable"
    assert ran.error["hint"]
    assert desk.run("status", "--all", "--json", expect=0).json["batches"] == []
    assert not rap.uploads
    desk.run("journal", "verify", expect=0)


@pytest.mark.skipif(os.name != "posix", reason="permission bits are POSIX")
def test_a_file_that_may_not_be_read_is_refused(
    desk: Place, rap: Rap, tmp_path: Path
) -> None:
    """No permission, or for root a link that leads nowhere: 19 and the name."""
    path = write_workbook(desk.folder / "a.xlsx", [ati_row(1)])
    path.chmod(0)
    if os.access(path, os.R_OK):  # root reads everything
        path.unlink()
        path.symlink_to(path)
    for command in ("check", "submit"):
        ran = desk.run(command, "a.xlsx", "-t", "ati", "--json", expect=19)
        assert "a.xlsx" in ran.error["message"]
        assert ran.error["hint"]


def test_the_wrong_type_is_named_right(place: Place) -> None:
    """An SI sheet checked as ATI is told which type its headings fit."""
    write_workbook(place.folder / "si.xlsx", [si_row(1), si_row(2)])
    ran = place.run("check", "si.xlsx", "-t", "ati", expect=(3, 19))
    assert "--type si" in ran.text
    place.run("check", "si.xlsx", "-t", "si", expect=0)


def test_an_unknown_type_lists_those_there_are(place: Place) -> None:
    """A misspelt type is a usage error with the types to choose from."""
    write_workbook(place.folder / "a.xlsx", [ati_row(1)])
    for command in (
        ("check", "a.xlsx", "--type", "ait"),
        ("template", "ait", "-o", "x"),
    ):
        ran = place.run(*command, "--json", expect=2)
        assert "ati" in ran.error["hint"]


def test_a_workbook_over_the_row_limit_is_refused(desk: Place, rap: Rap) -> None:
    """The limit in the settings holds; the message says both numbers."""
    connect(desk, rap, limits={"rows": 50})
    write_workbook(desk.folder / "a.xlsx", [ati_row(n) for n in range(1, 61)])
    for command in ("check", "submit"):
        ran = desk.run(command, "a.xlsx", "-t", "ati", "--json", expect=19)
        assert "50" in ran.error["message"] + ran.error["hint"]
        assert ran.error["hint"]
    assert not rap.uploads


def test_a_file_being_written_is_not_half_read(place: Place) -> None:
    """A CSV in an encoding nobody stated is refused, or read right, never garbled."""
    text = "Our reference,Stock code,From account,To account,Quantity,Remarks\r\n"
    line = "AT1,700,01,02,100,備註\r\n"
    (place.folder / "a.csv").write_bytes((text + line).encode("big5hkscs"))
    ran = place.run("check", "a.csv", "-t", "ati", "--json", expect=(3, 19))
    if ran.code == 19:
        assert "--encoding" in ran.error["hint"] + ran.error["message"]
    stated = place.run(
        "check", "a.csv", "-t", "ati", "--encoding", "big5hkscs", "--json", expect=3
    )
    values = [finding["value"] for finding in stated.json["findings"]]
    assert "備註" in values


def test_wrong_calls_are_answered_with_usage(place: Place) -> None:
    """Missing and unknown options: exit 2, one document with --json, no traceback."""
    write_workbook(place.folder / "a.xlsx", [ati_row(1)])
    for call in (
        ("check", "b.xlsx"),
        ("check",),
        ("check", "a.xlsx", "--type"),
        ("nonsense",),
        ("status", "--nonsense"),
        ("check", "a.xlsx", "-t", "ati", "--sheet", "Nowhere"),
        ("check", "a.xlsx", "-t", "ati", "--header-row", "0"),
        ("simulate", "--scenario", "nonsense"),
        ("simulate", "--port", "99999"),
    ):
        ran = place.run(*call, expect=(2, 10, 19))
        assert ran.err.strip()
    ran = place.run("check", "--json", expect=2)
    assert ran.error["code"] == "usage"
