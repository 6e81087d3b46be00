from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from rapupload.batches import render
from rapupload.errors import SourceError, UsageError
from rapupload.services.comparing import Comparison, Question, compare
from rapupload.services.comparison_report import comparison_document, write_comparison
from rapupload.services.sides import Wanted
from rapupload.spec.catalogue import Catalogue
from tests.unit.batches.building import instructions, values
from tests.unit.spec.building import column, field, load, minimal, rule, toml

_NOW = dt.datetime(2027, 1, 7, 2, 0, tzinfo=dt.UTC)
_TABLES: dict[str, Any] = {
    "spec": {
        **minimal()["spec"],
        "fingerprint": ["own-reference", "stock-code", "quantity"],
    },
    "header": [
        field("t", "X(1)", value="0"),
        field("i", "9(4)", given="indicator"),
        field("p", "X(6)", given="participant"),
        field("d", "9(8)", given="date"),
        field("name", "X(4)", value="MINI"),
        field("filler", "X(13)", value=""),
    ],
    "detail": [
        *minimal()["detail"],
        field("stock-code", "9(5)", column="stock-code", empty="zeros"),
        field("isin", "X(3)", column="isin", blank_when="stock_code is not null"),
        field("account", "X(5)", column="account", justify="right"),
        field("holder", "X(7)", column="holder"),
        field("sum", "9(4)", checksum=["quantity"], overflow="drop-leading"),
    ],
    "trailer": [field("t", "X(1)", value="2"), field("n", "9(35)", total="count")],
    "column": [
        *minimal()["column"],
        column("stock-code", "stock-code", picture="9(5)"),
        column("isin", "text", picture="X(3)"),
        column("account", "account", picture="X(5)"),
        column("holder", "text", picture="X(7)", personal=True),
        column("client", "text", need="carried"),
        column("participant-id", "participant-id", picture="X(6)", need="constant"),
        column("day", "date", picture="9(8)"),
    ],
    "rule": [rule("day-past", "day < today")],
}
for _field in _TABLES["detail"]:
    if "blank_when" in _field:
        _field["blank-when"] = _field.pop("blank_when")

_SPEC = load(**_TABLES).spec
_HEADS = ("Own-reference", "Quantity", "Stock-code", "Isin", "Account", "Holder")
Row = tuple[str, ...]
_ROWS: tuple[Row, ...] = (
    ("A1", "100", "700", "", "01", "CHAN"),
    ("B2", "22", "5", "", "02", "WONG"),
    ("C3", "7", "", "XS1", "01", ""),
)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """Return a desk whose own spec is ``mini``; reading all specs takes a moment."""
    folder = tmp_path_factory.mktemp("specs")
    (folder / "mini.toml").write_bytes(toml(minimal(**_TABLES)))
    return Catalogue(folder)


def _changed(row: int, cell: int, text: str) -> list[Row]:
    rows = [list(known) for known in _ROWS]
    rows[row][cell] = text
    return [tuple(known) for known in rows]


def _sheet(path: Path, rows: Any = _ROWS, heads: Row = _HEADS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([heads, *rows])
    return path


def _batch(path: Path, rows: Any = _ROWS, **stated: Any) -> Path:
    """Write a batch file of the rows, as another client would from the same sheet."""
    names = [head.lower().replace("-", "_") for head in _HEADS]
    frame = instructions(
        **{n: [row[i] or None for row in rows] for i, n in enumerate(names)}
    )
    padded = frame.with_columns(frame["stock_code"].str.zfill(5))
    path.write_bytes(render(padded, _SPEC, values(**stated)).content)
    return path


def _compare(a: Path, b: Path, catalogue: Catalogue, **more: Any) -> Comparison:
    question = Question(a=Wanted(path=a), b=Wanted(path=b), **more)
    return compare(question, catalogue, None, _NOW)


def _document(found: Comparison, *, show_personal: bool = True) -> dict[str, Any]:
    document = comparison_document(found, show_personal=show_personal)
    assert json.loads(json.dumps(document)) == document
    return document


def _counts(found: Comparison) -> tuple[int, int, int, int, int]:
    pairs = found.pairs
    return (
        found.same,
        pairs.changed.height,
        pairs.missing.len(),
        pairs.added.len(),
        len(found.apart),
    )


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """Return the desk's sheet."""
    return _sheet(tmp_path / "desk.csv")


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    """Return the other client's batch file of the same rows."""
    return _batch(tmp_path / "old.dat")


def test_a_sheet_and_the_batch_file_made_of_it_are_the_same(catalogue, sheet, batch):
    """Leading zeros, justification and blanks are writing, not content."""
    for a, b in ((sheet, batch), (batch, sheet), (sheet, sheet), (batch, batch)):
        found = _compare(a, b, catalogue, type="mini")
        assert found.is_same, found.doubts
        assert _counts(found) == (3, 0, 0, 0, 0)


def test_the_type_is_told_by_the_batch_file(catalogue, sheet, batch):
    """A sheet alone does not tell it."""
    assert _compare(sheet, batch, catalogue).spec.id == "mini"
    with pytest.raises(UsageError, match="do not tell their type"):
        _compare(sheet, sheet, catalogue)


def test_what_is_left_out_on_sending_is_no_difference(tmp_path, catalogue, batch):
    """An ISIN beside a stock code never enters the record, a carried column neither."""
    rows = [(*row, "C-17") for row in _changed(0, 3, "US2")]
    sheet = _sheet(tmp_path / "more.csv", rows, (*_HEADS, "Client"))
    assert _compare(sheet, batch, catalogue).is_same


@pytest.mark.parametrize(
    ("rows", "counts"),
    [
        pytest.param(_changed(0, 1, "101"), (2, 1, 0, 0, 0), id="quantity"),
        pytest.param(_changed(0, 4, "1"), (2, 1, 0, 0, 0), id="account 1 is not 01"),
        pytest.param(_changed(0, 0, "A9"), (2, 1, 0, 0, 0), id="reference alone"),
        pytest.param(_ROWS[:2], (2, 0, 1, 0, 0), id="one missing"),
        pytest.param([*_ROWS, ("D4", *_ROWS[0][1:])], (3, 0, 0, 1, 0), id="one added"),
        pytest.param([*_ROWS, _ROWS[0]], (3, 0, 0, 1, 0), id="one twice"),
        pytest.param(
            [("A9", "101", *_ROWS[0][2:]), *_ROWS[1:]],
            (2, 0, 1, 1, 0),
            id="reference and content",
        ),
    ],
)
def test_differences_are_found(tmp_path, catalogue, sheet, rows, counts):
    """Changed only where a key agrees, else missing and added."""
    found = _compare(sheet, _batch(tmp_path / "new.dat", rows), catalogue)
    assert _counts(found) == counts
    assert not found.is_same


def test_a_change_names_both_places_and_both_values(tmp_path, catalogue, sheet):
    """Row of the sheet, line of the batch file, column by column."""
    rows = [("A1", "101", "700", "", "02", "CHAN"), *_ROWS[1:]]
    found = _compare(sheet, _batch(tmp_path / "new.dat", rows), catalogue)
    (change,) = _document(found)["changed"]
    assert change == {
        "on": "reference",
        "reference": "A1",
        "a": {"file": "desk.csv", "sheet": "", "row": 2, "also": [], "line": None},
        "b": {"file": "new.dat", "sheet": "", "row": None, "also": [], "line": 2},
        "fields": [
            {"column": "quantity", "a": "100", "b": "101"},
            {"column": "account", "a": "01", "b": "02"},
        ],
    }


def test_by_content_references_do_not_count(tmp_path, catalogue, sheet):
    """Two clients may number instructions each in its own way; that is noted."""
    rows = [(f"X{n}", *row[1:]) for n, row in enumerate(_ROWS)]
    other = _batch(tmp_path / "new.dat", rows)
    assert _counts(_compare(sheet, other, catalogue)) == (0, 3, 0, 0, 0)
    assert _counts(_compare(sheet, other, catalogue, by="reference")) == (0, 0, 3, 3, 0)
    found = _compare(sheet, other, catalogue, by="content")
    assert found.is_same
    assert any("references were not compared" in note for note in found.notes())


def test_totals_stand_beside_one_another(tmp_path, catalogue, sheet):
    """With the difference, B less A."""
    found = _compare(sheet, _batch(tmp_path / "new.dat", _ROWS[1:]), catalogue)
    assert _document(found)["totals"] == [
        {"column": "count", "currency": "", "a": "3", "b": "2", "difference": "-1"},
        {
            "column": "quantity",
            "currency": "",
            "a": "129",
            "b": "29",
            "difference": "-100",
        },
    ]


def test_another_order_is_only_noted(tmp_path, catalogue, sheet):
    """The same instructions are sent."""
    found = _compare(sheet, _batch(tmp_path / "new.dat", _ROWS[::-1]), catalogue)
    assert found.is_same
    assert any("the order differs" in note for note in found.notes())


def test_another_indicator_or_day_is_expected(tmp_path, catalogue, batch):
    """A parallel run cannot use the same number; it is noted and does not count."""
    other = _batch(tmp_path / "n.dat", indicator=8, date=dt.date(2027, 1, 6))
    found = _compare(batch, other, catalogue)
    assert found.is_same
    said = {d["what"]: d["counts"] for d in _document(found)["file_differences"]}
    assert said == {"date": False, "indicator": False}


def test_another_participant_counts(tmp_path, catalogue, batch):
    """The same instructions of another firm are not the same."""
    found = _compare(batch, _batch(tmp_path / "n.dat", participant="B09999"), catalogue)
    assert not found.has_differences
    assert not found.is_same
    assert found.doubts == ("the files differ in participant",)


def test_a_row_with_an_error_is_not_compared(tmp_path, catalogue, batch):
    """It is listed with the other side's row of its reference, which is not "added"."""
    sheet = _sheet(tmp_path / "bad.csv", _changed(1, 1, "many"))
    found = _compare(sheet, batch, catalogue)
    assert _counts(found) == (2, 0, 0, 0, 1)
    (apart,) = _document(found)["not_compared"]
    assert (apart["side"], apart["row"], apart["reference"]) == ("a", 3, "B2")
    assert apart["codes"]
    assert apart["counterpart"]["line"] == 3
    assert not found.is_same


def test_a_record_that_cannot_be_read_is_not_compared(
    tmp_path, catalogue, sheet, batch
):
    """Its values may have moved; what is known is its reference."""
    content = batch.read_bytes().replace(b"00022", b"0002X")
    (tmp_path / "bad.dat").write_bytes(content)
    found = _compare(sheet, tmp_path / "bad.dat", catalogue)
    assert _counts(found) == (2, 0, 0, 0, 1)
    (apart,) = _document(found)["not_compared"]
    assert (apart["side"], apart["line"], apart["codes"]) == (
        "b",
        3,
        ["value-unreadable", "checksum-differs"],
    )
    assert apart["counterpart"]["row"] == 3


def test_a_line_that_is_no_record_is_not_compared(tmp_path, catalogue, sheet, batch):
    """It might have been an instruction."""
    content = batch.read_bytes().replace(b"\r\n1B2", b"\r\n#\r\n1B2")
    (tmp_path / "bad.dat").write_bytes(content)
    found = _compare(sheet, tmp_path / "bad.dat", catalogue)
    assert _counts(found) == (3, 0, 0, 0, 1)
    assert not found.is_same


def test_a_faulty_file_is_never_called_the_same(tmp_path, catalogue, sheet, batch):
    """All its instructions agree, and yet it may have been cut."""
    lines = batch.read_bytes().split(b"\r\n")
    (tmp_path / "cut.dat").write_bytes(b"\r\n".join([*lines[:-2], b""]))
    found = _compare(sheet, tmp_path / "cut.dat", catalogue)
    assert _counts(found) == (3, 0, 0, 0, 0)
    assert not found.is_same
    assert found.doubts == ("1 fault in the batch files of B",)


def test_a_folder_of_parts_is_one_side(tmp_path, catalogue, sheet):
    """A large source becomes several batch files; each place names its file."""
    parts = tmp_path / "parts"
    parts.mkdir()
    _batch(parts / "1.dat", _ROWS[:1])
    _batch(parts / "2.dat", _changed(1, 1, "23")[1:], indicator=8)
    (parts / ".DS_Store").write_bytes(b"\x00")
    found = _compare(sheet, parts, catalogue)
    assert _counts(found) == (2, 1, 0, 0, 0)
    (change,) = found.changes()
    assert str(change.b) == "2.dat line 2"


def test_files_of_another_type_are_left_out_of_a_folder(tmp_path, catalogue, sheet):
    """An outgoing folder holds all types of the day; that is noted."""
    parts = tmp_path / "parts"
    parts.mkdir()
    _batch(parts / "1.dat")
    shipped = Path(__file__).parents[3] / "samples" / "ati" / "clean" / "expected.batch"
    (parts / "ATI_B01234_20270105_0001.TXT").write_bytes(shipped.read_bytes())
    found = _compare(sheet, parts, catalogue, type="mini")
    assert found.is_same
    assert any("another type" in note for note in found.notes())


def test_an_unknown_file_in_a_folder_is_a_doubt(tmp_path, catalogue, sheet):
    """It may be the part that is missing on the other side too."""
    parts = tmp_path / "parts"
    parts.mkdir()
    _batch(parts / "1.dat")
    (parts / "notes.txt").write_text("call HKEX", encoding="utf-8")
    found = _compare(sheet, parts, catalogue)
    assert not found.is_same
    assert found.doubts == ("files of B are no known batch file: notes.txt",)


def test_an_empty_folder_is_refused(tmp_path, catalogue, sheet):
    """Comparing with nothing would call everything missing."""
    (tmp_path / "none").mkdir()
    with pytest.raises(UsageError, match="no file in the folder"):
        _compare(sheet, tmp_path / "none", catalogue, type="mini")


def test_a_file_named_that_is_no_batch_file_is_refused(tmp_path, catalogue, sheet):
    """One sentence instead of a thousand differences."""
    (tmp_path / "a.txt").write_text("Dear colleague", encoding="utf-8")
    with pytest.raises(SourceError, match="is not a batch file of mini"):
        _compare(sheet, tmp_path / "a.txt", catalogue, type="mini")


def test_a_sheet_is_asked_for_of_a_workbook_only(catalogue, sheet, batch):
    """A batch file has none."""
    a, b = Wanted(path=sheet), Wanted(path=batch, sheet="Desk")
    with pytest.raises(UsageError, match="has no sheets"):
        compare(Question(a=a, b=b), catalogue, None, _NOW)


def test_a_record_without_a_reference_is_compared_by_content_only():
    """As that of an ATI."""
    sample = Path(__file__).parents[3] / "samples" / "ati" / "clean" / "expected.batch"
    with pytest.raises(UsageError, match="no own reference") as caught:
        _compare(sample, sample, Catalogue(), by="reference")
    assert caught.value.hint == "Use --by content."
    assert _compare(sample, sample, Catalogue()).is_same


def test_an_old_sheet_is_judged_on_the_day_of_its_batch_file(
    tmp_path, catalogue, batch
):
    """Weeks later its dates have passed; that says nothing of what was sent."""
    rows = [(*row, "2027-01-05") for row in _ROWS]
    sheet = _sheet(tmp_path / "old.csv", rows, (*_HEADS, "Day"))
    found = _compare(sheet, batch, catalogue)
    assert found.judged_on == dt.date(2027, 1, 5)
    assert found.is_same
    today = _compare(sheet, batch, catalogue, on=dt.date(2027, 1, 7))
    assert _counts(today) == (0, 0, 0, 0, 3)


def test_two_sources_are_compared_by_what_no_record_carries_too(tmp_path, catalogue):
    """Own columns of a sheet count where both sides have them."""
    heads = (*_HEADS, "Day")
    a = _sheet(tmp_path / "a.csv", [(*row, "2027-01-08") for row in _ROWS], heads)
    b = _sheet(tmp_path / "b.csv", [(*row, "2027-01-09") for row in _ROWS], heads)
    found = _compare(a, b, catalogue, type="mini")
    assert {f.column.name for c in found.changes() for f in c.fields} == {"day"}


def test_personal_values_are_masked(tmp_path, catalogue, sheet):
    """That they differ is said, what they are only when somebody asks."""
    other = _batch(tmp_path / "n.dat", [*_changed(0, 5, "CHEN")[:1], *_ROWS[2:]])
    found = _compare(sheet, other, catalogue)
    masked = json.dumps(_document(found, show_personal=False), ensure_ascii=False)
    assert "CHEN" not in masked
    assert "WONG" not in masked
    shown = json.dumps(_document(found), ensure_ascii=False)
    assert "CHEN" in shown
    assert "WONG" in shown
    path = tmp_path / "d.xlsx"
    write_comparison(found, path, overwrite=False, show_personal=False, verdict="x")
    cells = [
        str(cell)
        for page in openpyxl.load_workbook(path)
        for row in page.values
        for cell in row
    ]
    assert "•••" in cells
    assert not {"CHEN", "WONG"} & set(cells)


def test_the_workbook_has_every_difference(tmp_path, catalogue, sheet, batch):
    """One sheet for each kind; the verdict first."""
    rows = [*_changed(0, 1, "101")[:1], ("Z9", "5", "388", "", "01", "")]
    other = _batch(tmp_path / "n.dat", rows)
    path = tmp_path / "d.xlsx"
    found = _compare(sheet, other, catalogue)
    write_comparison(
        found, path, overwrite=False, show_personal=True, verdict="Different: ..."
    )
    book = openpyxl.load_workbook(path)
    heights = {page.title: page.max_row - 1 for page in book.worksheets[1:]}
    assert heights == {
        "Changed": 1,
        "Missing": 2,
        "Added": 1,
        "Not compared": 0,
        "Faults": 0,
    }
    assert book["Summary"]["A1"].value == "Different: ..."
    with pytest.raises(UsageError, match="exists already"):
        write_comparison(
            found, path, overwrite=False, show_personal=True, verdict="again"
        )


def test_every_difference_of_thousands_is_in_the_document(tmp_path, catalogue):
    """The limit on how many are shown is the face's."""
    rows = [(f"R{n:05d}", str(n + 1), "700", "", "01", "") for n in range(3_000)]
    others = [(*row[:4], "02", "") for row in rows]
    found = _compare(
        _batch(tmp_path / "a.dat", rows), _batch(tmp_path / "b.dat", others), catalogue
    )
    assert _counts(found) == (0, 3_000, 0, 0, 0)
    assert len(_document(found)["changed"]) == 3_000


@pytest.mark.parametrize("name", Catalogue().types)
def test_the_clean_samples_of_every_type_are_the_same_as_their_batch_files(name):
    """What the desk wrote and what we send of it are one, in all nine types."""
    folder = Path(__file__).parents[3] / "samples" / name / "clean"
    source, batch = folder / "source.xlsx", folder / "expected.batch"
    found = _compare(source, batch, Catalogue(), type=name)
    assert found.is_same, found.doubts
    assert found.same > 0
