"""A firm's lists: read like a source file, used whole or not at all."""

from __future__ import annotations

import datetime as dt
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from rapupload.config import Settings, load_settings
from rapupload.errors import ConfigError, SpecError
from rapupload.fieldtypes.registry import validate
from rapupload.model import Severity
from rapupload.services.lists import Lists, named_files, read_lists
from rapupload.spec.columns import shape_of
from rapupload.spec.headings import normalise
from rapupload.spec.lists import LISTS, load_list, load_report
from rapupload.transport.hours import HONG_KONG
from tests.support.places import Place

TUESDAY = dt.datetime(2027, 1, 5, 10, 0, tzinfo=HONG_KONG)

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a file of today."""

    def to_file(name: str, text: str) -> Path:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        at = TUESDAY.timestamp()
        os.utime(file, (at, at))
        return file

    return to_file


def read(name: str, file: Path, now: dt.datetime = TUESDAY) -> Lists:
    """Read one list without settings."""
    return read_lists([name], None, now, given={name: file})


# The descriptions


@pytest.mark.parametrize("name", LISTS)
def test_the_examples_of_every_list_can_be_read(name: str) -> None:
    """As they stand in the description."""
    for column in load_list(name).loaded.spec.column:
        if column.example:
            assert validate(column.type, column.example, shape=shape_of(column))


@pytest.mark.parametrize("name", LISTS)
def test_no_heading_of_a_list_means_two_columns(name: str) -> None:
    """In either language, by label or alias."""
    claims: dict[str, str] = {}
    for column in load_list(name).loaded.spec.column:
        texts = (column.name, column.label.en, column.label.zh_hant, *column.aliases)
        for heading in {normalise(text) for text in texts}:
            assert claims.setdefault(heading, column.name) == column.name


@pytest.mark.parametrize(
    ("report", "lengths"),
    [
        pytest.param("CSESB01", [98, 98, 98], id="CSESB01 has 98 characters"),
        pytest.param("CCNAN05", [0, 417, 0], id="CCNAN05 has 417 characters"),
    ],
)
def test_shipped_reports_have_the_lengths_that_are_known(
    report: str, lengths: list[int]
) -> None:
    """Public code that reads them says so."""
    layout = load_report(report).layout
    records = (layout.header, layout.detail, layout.trailer)
    assert [sum(f.shape.length for f in fields) for fields in records] == lengths
    assert load_report(report).about.status.value == "assumed"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        pytest.param("[list]", "[list]\nodd = 1", "list.odd", id="unknown key"),
        pytest.param('"account"]', '"depot"]', "list.key", id="key without column"),
        pytest.param('type = "account"', 'type = "a"', "column.account", id="type"),
        pytest.param("> 1", "> nothing", "rule.list-repeated", id="rule"),
    ],
)
def test_a_firms_own_description_with_a_fault_is_refused(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    """With the place, as of any spec."""
    own = tmp_path / "lists" / "accounts.toml"
    own.parent.mkdir()
    text = load_list("accounts").loaded.content.decode()
    assert old in text
    own.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SpecError, match=fault):
        load_list("accounts", tmp_path)


# Reading


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Account,Kind\n01,Clearing\n", id="English"),
        pytest.param("戶口,類別\n01,結算\n", id="Chinese"),
        pytest.param("A/C No,Type,Desk\n01,clearing,HK\n", id="aliases, and more"),
    ],
)
def test_headings_and_cells_are_read_as_in_a_sheet(write: Write, text: str) -> None:
    """By label in either language, alias and code."""
    known = read("accounts", write("accounts.csv", text)).known["accounts"]
    assert known.frame.select("account", "kind").rows() == [("01", "clearing")]


def test_a_workbook_does_as_well(tmp_path: Path) -> None:
    """Numbers that lost their zeros are read as the field type reads them."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in (["Stock code", "ISIN", "Board lot"], [700, "KYG875721634", 100]):
        page.append(row)
    book.save(tmp_path / "stocks.xlsx")
    found = read("stocks", tmp_path / "stocks.xlsx", dt.datetime.now(HONG_KONG))  # noqa: TID251 - the file is of now
    frame = found.known["stocks"].frame
    assert frame["stock_code"].to_list() == ["00700"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        pytest.param(
            "accounts",
            "Account,Kind\n01,Clearing\n02,Odd\n",
            "row 3, cell B3",
            id="a word that is no kind",
        ),
        pytest.param(
            "accounts",
            "Account\n01\n02\n01\n",
            "row 2, cell A2: Account 01 is listed more than once.",
            id="the same account twice",
        ),
        pytest.param(
            "balances",
            "Account,Stock code\n01,700\n",
            "There is no column for Balance",
            id="no balances",
        ),
        pytest.param(
            "holdings",
            "Announcement number,Account,Holding\nA26001234,,5\n",
            "row 2, cell B2: Account is blank.",
            id="a blank cell",
        ),
        pytest.param(
            "balances",
            "Account,Balance\n01,5\n",
            "the file: Give a stock code or an ISIN.",
            id="a rule of the list",
        ),
        pytest.param("accounts", "Account,Kind\n", "no rows", id="no rows"),
        pytest.param("accounts", "", "", id="nothing at all"),
    ],
)
def test_a_list_with_faults_is_refused_as_a_whole(
    write: Write, name: str, text: str, said: str
) -> None:
    """Half a directory would call the other half unknown."""
    file = write(f"{name}.csv", text)
    with pytest.raises(ConfigError) as caught:
        read(name, file)
    assert said in caught.value.message
    assert file.name in caught.value.message
    assert f"take {name} out of [lists]" in caught.value.hint


def test_a_list_that_is_not_there_is_a_fault_of_the_settings(tmp_path: Path) -> None:
    """Not of the source file: the person mends the settings."""
    with pytest.raises(ConfigError, match=r"gone\.csv"):
        read("accounts", tmp_path / "gone.csv")


def test_many_faults_are_counted_and_the_first_are_shown(write: Write) -> None:
    """A screen holds twenty."""
    lines = "\n".join("700" for _ in range(50))
    with pytest.raises(ConfigError) as caught:
        read("stocks", write("stocks.csv", f"Stock code\n{lines}\n"))
    assert "50 faults" in caught.value.message
    assert "and 30 more" in caught.value.message


def test_a_list_nobody_gave_says_where_it_would_be_named() -> None:
    """So that the report of what was not checked can say it."""
    found = read_lists(["accounts"], None, TUESDAY)
    assert found.gaps["accounts"].en == (
        "no list of stock accounts ([lists] accounts in rapupload.toml, or --list "
        "accounts=FILE)"
    )


@pytest.mark.parametrize("given", ["accounts", "=a.csv", "accounts=", "kinds=a.csv"])
def test_an_argument_that_names_no_list_and_file_is_refused(given: str) -> None:
    """With the names that there are."""
    with pytest.raises(ConfigError) as caught:
        named_files([given])
    assert "accounts, stocks" in caught.value.hint


def test_an_argument_names_list_and_file() -> None:
    """A file may have an equals sign in its name."""
    assert named_files(["accounts=a=b.csv"]) == {"accounts": Path("a=b.csv")}


# How old


@pytest.mark.parametrize(
    ("as_of", "stale"),
    [
        pytest.param("2027-01-05", False, id="this morning"),
        pytest.param("2027-01-04", False, id="yesterday's close is today's start"),
        pytest.param("2026-12-31", True, id="before Monday: New Year does not count"),
    ],
)
def test_age_is_counted_in_settlement_days(
    write: Write,
    as_of: str,
    stale: bool,  # noqa: FBT001 - a parametrised value
) -> None:
    """A list of balances may be one settlement day old."""
    text = f"Account,Stock code,Balance,As of\n01,700,5,{as_of}\n02,700,5,2027-01-05\n"
    found = read("balances", write("balances.csv", text))
    assert ("balances" in found.gaps) is stale
    assert ("balances" in found.known) is not stale


def test_fridays_balances_are_those_of_monday(write: Write) -> None:
    """The weekend is no settlement day, nor is a holiday."""
    text = "Account,Stock code,Balance,As of\n01,700,5,2027-01-08\n"
    file = write("balances.csv", text)
    assert read("balances", file, TUESDAY + dt.timedelta(days=6)).gaps == {}
    assert read("balances", file, TUESDAY + dt.timedelta(days=7)).gaps


def test_a_list_that_is_too_old_is_left_aside_and_said_to_be(write: Write) -> None:
    """A note with the file, and the reason of every rule that needed it."""
    text = "Account,Stock code,Balance,As of\n01,700,5,2026-12-01\n"
    found = read("balances", write("balances.csv", text))
    assert found.gaps["balances"].en == (
        "the list of day-start balances is of 2026-12-01 and too old ([lists] balances "
        "in rapupload.toml)"
    )
    (note,) = found.notes.rows(named=True)
    assert (note["code"], note["severity"]) == ("list-stale", Severity.NOTE.value)
    assert "balances.csv" in note["words"]


def test_a_file_without_a_date_is_of_the_day_it_was_written(write: Write) -> None:
    """In Hong Kong."""
    file = write("balances.csv", "Account,Stock code,Balance\n01,700,5\n")
    assert read("balances", file).known["balances"].as_of == dt.date(2027, 1, 5)
    later = TUESDAY + dt.timedelta(days=10)
    assert "balances" in read("balances", file, later).gaps


# Settings, and reports


def settings(place: Place, lists: str) -> Settings:
    place.write_settings(
        port=1, host_keys=["SHA256:x"], private_key=Path("k"), text=f"[lists]\n{lists}"
    )
    return load_settings(place.folder / "rapupload.toml")


def csesb01(*records: str, owner: str = "B01234", day: str = "20270104") -> str:
    """Return a report as the shipped layout has it."""
    name = "DAILY STK BAL"
    header = f"0{owner}CSESB01{name:<15}HKMK{day}{'':57}"
    trailer = f"9{0:018}{0:018}{0:018}{'':43}"
    return "".join(f"{line}\r\n" for line in (header, *records, trailer))


def balance(account: str, code: str, figure: int, sign: str = "+") -> str:
    """Return one detail record."""
    return (
        f"1{code}{'KYG875721634':12}HKD{account:>8}{figure:015}{sign}"
        f"{0:018}+{0:018}N{'':15}"
    )


@pytest.fixture
def report(place: Place) -> Callable[..., Lists]:
    """Return a function that reads a report as the list of balances."""

    def reading(content: str | bytes, **keys: Any) -> Lists:
        file = place.folder / "CSESB01.TXT"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        more = "".join(f", {key} = {value}" for key, value in keys.items())
        text = f'balances = {{ file = "CSESB01.TXT", report = "CSESB01"{more} }}'
        return read_lists(["balances"], settings(place, text), TUESDAY)

    return reading


def test_a_downloaded_report_stands_in_for_the_list(
    report: Callable[..., Lists],
) -> None:
    """Its date, its signs; what it does not name is zero."""
    content = csesb01(balance("01", "00700", 1_000), balance("02", "00005", 5, "-"))
    known = report(content).known["balances"]
    assert known.frame.select("account", "stock_code", "balance", "sign").rows() == [
        ("01", "00700", 1_000, "plus"),
        ("02", "00005", 5, "minus"),
    ]
    assert (known.as_of, known.complete) == (dt.date(2027, 1, 4), True)
    assert report(content, complete="false").known["balances"].complete is False


def test_a_report_is_read_out_of_its_zip(
    report: Callable[..., Lists], tmp_path: Path
) -> None:
    """As RAP delivers it."""
    packed = tmp_path / "report.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("CSESB01.TXT", csesb01(balance("01", "00700", 7)))
    known = report(packed.read_bytes()).known["balances"]
    assert known.frame["balance"].to_list() == [7]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(
            csesb01(balance("01", "00700", 7), owner="B09999"),
            "participant B09999, not of B01234",
            id="another participant's",
        ),
        pytest.param(
            csesb01(balance("01", "00700", 7)[:-1]), "line 2", id="a short line"
        ),
        pytest.param(
            csesb01(balance("01", "00700", 7, "?")), "'?' as sign", id="an odd sign"
        ),
        pytest.param(
            csesb01(balance("01", "00700", 7), day="20271399"), "its date", id="date"
        ),
        pytest.param(
            csesb01(balance("01", "00700", 7), balance("01", "00700", 7)),
            "row 2",
            id="a balance twice",
        ),
        pytest.param("Account,Balance\n", "CSESB01.TXT", id="no report at all"),
        pytest.param(csesb01(), "CSESB01.TXT", id="no balance in it"),
    ],
)
def test_a_report_with_a_fault_is_refused(
    report: Callable[..., Lists], content: str, said: str
) -> None:
    """None of it is used."""
    with pytest.raises(ConfigError) as caught:
        report(content)
    assert said in caught.value.message


def test_a_report_of_another_list_is_refused(place: Place) -> None:
    """Announcements are no balances."""
    (place.folder / "a.txt").write_text("x", encoding="utf-8")
    text = 'balances = { file = "a.txt", report = "CCNAN05" }'
    with pytest.raises(ConfigError, match="is one of announcements"):
        read_lists(["balances"], settings(place, text), TUESDAY)


def test_a_layout_of_the_firms_own_is_used(place: Place) -> None:
    """Named in the settings, or laid beside the firm's specs."""
    (place.folder / "layout.toml").write_text(
        """
[report]
id = "MINE"
list = "holdings"
title = { en = "Holdings", zh-Hant = "持股" }
status = "practice"
sources = ["our own"]
[file]
layout = "delimited"
delimiter = ";"
line-end = "lf"
[[detail]]
name = "announcement"
picture = "X(9)"
column = "announcement-no"
[[detail]]
name = "account"
picture = "X(8)"
column = "account"
[[detail]]
name = "holding"
picture = "9(15)"
column = "holding"
""",
        encoding="utf-8",
    )
    (place.folder / "mine.txt").write_text("A26001234;01;500\n", encoding="utf-8")
    text = (
        'holdings = { file = "mine.txt", report = "MINE", spec = "layout.toml", '
        "max-age-days = 9999 }"
    )
    found = read_lists(["holdings"], settings(place, text), TUESDAY)
    assert found.known["holdings"].frame.select(
        "announcement_no", "account", "holding"
    ).rows() == [("A26001234", "01", 500)]


def test_announcements_come_from_their_report(place: Place) -> None:
    """Of its lines those that are announcements; date and time are one deadline."""
    line = f"101001BEA26001234  00005{'':119}202612012027011216:00{'':253}"
    content = f"999999 another record\r\n{line}\r\n"
    (place.folder / "CCNAN05.TXT").write_text(content, encoding="ascii", newline="")
    text = 'announcements = { file = "CCNAN05.TXT", report = "CCNAN05", max-age-days = 9999 }'
    found = read_lists(["announcements"], settings(place, text), TUESDAY)
    (row,) = found.known["announcements"].frame.rows(named=True)
    assert (row["announcement_no"], row["event_type"]) == ("A26001234", "BE")
    assert row["stock_code"] == "00005"
    assert row["opens"] == dt.date(2026, 12, 1)
    assert row["deadline"].isoformat() == "2027-01-12T16:00:00+08:00"
