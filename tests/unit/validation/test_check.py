from __future__ import annotations

import pytest

from rapupload.model import Scope, Severity, Text
from rapupload.spec.catalogue import Catalogue
from rapupload.table import CellKind
from rapupload.validation import ENGINE_CODES, check
from rapupload.validation.findings import one
from tests.unit.spec.building import column, load, minimal, rule, words
from tests.unit.validation.building import (
    accounts_for_all,
    checked,
    codes,
    context,
    said,
    table,
)

_REFERENCE, _QUANTITY = minimal()["column"]
_MANDATORY = [
    {**_REFERENCE, "need": "mandatory"},
    {**_QUANTITY, "need": "mandatory"},
]
_HEADS = ["Own-reference", "Quantity"]


def test_clean_rows_become_instructions():
    """Canonical text of every column of the spec, and the row it came from."""
    found = checked(_HEADS, [["A1", "1,000"], ["B2", "22"]], load())
    assert found.instructions.rows() == [(2, "A1", "1000"), (3, "B2", "22")]
    assert found.instructions.columns == ["row", "own_reference", "quantity"]
    assert codes(found, Severity.ERROR, Severity.WARNING) == []
    assert codes(found) == ["thousands-removed"]
    assert (found.rows, found.used, len(found.rejected)) == (2, 2, 0)
    assert not found.has_batch_error


def test_a_table_without_rows_has_nothing_to_say():
    """Headings alone are not an error of this stage."""
    found = checked(_HEADS, [], load(column=_MANDATORY))
    assert (found.rows, said(found)) == (0, [])


def test_a_column_that_is_needed_and_missing_rejects_every_row():
    """The finding is about the file, and says which column."""
    found = checked(["Own-reference"], [["A1"], ["B2"]], load(column=_MANDATORY))
    assert said(found) == [
        ("column-missing", "file", "There is no column for Quantity.")
    ]
    assert found.has_batch_error
    assert found.rejected.to_list() == [2, 3]
    assert found.used == 0


def test_a_column_that_is_not_needed_may_be_missing():
    """It is blank in every instruction."""
    found = checked(["Quantity"], [["5"]], load())
    assert found.instructions.rows() == [(2, None, "5")]


def test_a_repeated_column_is_not_guessed():
    """Both places are named, and the whole file stops."""
    spec = load(column=[_REFERENCE, {**_QUANTITY, "aliases": ["Qty"]}])
    found = checked(["Quantity", "Qty", "Own-reference"], [["1", "2", "A"]], spec)
    assert said(found) == [
        (
            "column-repeated",
            "file",
            "The columns A (Quantity), B (Qty) all mean Quantity; only one can be used.",
        )
    ]
    assert found.used == 0


def test_an_unknown_column_is_noted_at_its_place():
    """Its heading is quoted, and nothing stops."""
    found = checked(["Quantity", "Mood"], [["5", "good"]], load())
    assert [entry[:2] for entry in said(found)] == [("column-unknown", "B")]
    assert codes(found, Severity.NOTE) == ["column-unknown"]
    assert "Mood" in said(found)[0][2]
    assert found.used == 1


def test_a_blank_cell_of_a_mandatory_column_rejects_its_row():
    """The cell is named; blanks alone count as blank."""
    rows: list[list[str | None]] = [
        ["A1", "5"],
        ["B2", None],
        ["C3", "  "],
        [None, "7"],
    ]
    found = checked(_HEADS, rows, load(column=_MANDATORY))
    assert said(found) == [
        ("value-missing", "B3", "Quantity is blank."),
        ("value-missing", "B4", "Quantity is blank."),
        ("value-missing", "A5", "Own-reference is blank."),
    ]
    assert found.rejected.to_list() == [3, 4, 5]


def test_a_cell_that_cannot_be_read_rejects_its_row_with_its_text():
    """Every fault of every column is told at once."""
    found = checked(_HEADS, [["A1", "x"], ["ABCDEFG", "-5"]], load())
    assert [entry[:2] for entry in said(found)] == [
        ("quantity-form", "B2"),
        ("text-long", "A3"),
        ("quantity-negative", "B3"),
    ]
    values = {f.cell: f.value for f in found.findings}
    assert values == {"B2": "x", "A3": "ABCDEFG", "B3": "-5"}
    assert accounts_for_all(found)


def test_the_kind_of_a_cell_counts():
    """A number that shows an exponent is not the number it looks like."""
    sheet = table(
        _HEADS,
        [["A1", "12000000000"], ["B2", "5"]],
        mixed={1: [CellKind.NUMBER_SCIENTIFIC, CellKind.NUMBER]},
    )
    found = check(sheet, load(), context())
    assert codes(found) == ["number-scientific"]
    uniform = table(_HEADS, [["A1", "#N/A"]], kinds={1: CellKind.ERROR})
    assert codes(check(uniform, load(), context())) == ["cell-error"]


def test_cleanings_are_said_once_per_column():
    """With their count and one example."""
    rows = [["A1", "1,000"], ["B2", "2,000"], [" C3", "3"]]
    found = checked(_HEADS, rows, load())
    assert [entry[:2] for entry in said(found)] == [
        ("blanks-trimmed", "A"),
        ("thousands-removed", "B"),
    ]
    assert "2" in said(found)[1][2]
    assert "1,000" in said(found)[1][2]


_ACCOUNT = column(
    "stock-account",
    "account",
    picture="X(4)",
    need="mandatory",
    **{"default-from": "stock-account"},
)
_CONSTANTS = [
    *minimal()["column"],
    column("participant-id", "participant-id", picture="X(6)", need="constant"),
    column("market", "market", picture="X(4)", need="constant"),
    column("hold", "yes-no", default="N"),
]


def test_blank_cells_take_defaults_and_constants():
    """With a heading or without."""
    heads = ["Quantity", "Hold", "Market"]
    found = checked(
        heads, [["5", None, None], ["6", "yes", "HKMK"]], load(column=_CONSTANTS)
    )
    frame = found.instructions
    assert frame["participant_id"].to_list() == ["B01234", "B01234"]
    assert frame["market"].to_list() == ["HKMK", "HKMK"]
    assert frame["hold"].to_list() == ["N", "Y"]


def test_without_settings_the_participant_is_unknown_and_said_so():
    """A rule about it is reported as not checked, not passed."""
    spec = load(
        column=_CONSTANTS,
        rule=[rule("foreign", "participant_id <> own_participant")],
    )
    found = checked(["Quantity"], [["5"]], spec, own_participant=None)
    assert found.instructions["participant_id"].to_list() == [None]
    (gap,) = found.not_checked
    assert (gap.rule, gap.missing, gap.rows) == ("foreign", ("own-participant",), 1)


def test_rows_of_another_market_are_rejected():
    """A file belongs to one market."""
    rows = [["5", "HKMK"], ["6", "SZMK"]]
    found = checked(["Quantity", "Market"], rows, load(column=_CONSTANTS))
    assert said(found) == [
        ("market-differs", "B3", "SZMK is not the market of this file (HKMK).")
    ]
    assert found.rejected.to_list() == [3]


@pytest.mark.parametrize(
    ("heads", "row"),
    [
        pytest.param([*_HEADS, "Stock-account"], ["A", "5", None], id="blank cell"),
        pytest.param(_HEADS, ["A", "5"], id="no heading"),
    ],
)
def test_a_default_of_the_settings_fills_in(heads, row):
    """Read as a cell is read: canonical text goes into the file."""
    spec = load(column=[*minimal()["column"], _ACCOUNT])
    found = checked(heads, [row], spec, defaults={"stock-account": " ０１ "})
    assert found.instructions["stock_account"].to_list() == ["01"]
    assert codes(found, Severity.ERROR) == []


@pytest.mark.parametrize(
    ("heads", "row", "code"),
    [
        pytest.param(
            [*_HEADS, "Stock-account"], ["A", "5", None], "value-missing", id="blank"
        ),
        pytest.param(_HEADS, ["A", "5"], "column-missing", id="no heading"),
    ],
)
def test_a_mandatory_column_never_goes_out_blank(heads, row, code):
    """Without a default in the settings, the value is missing like any other."""
    spec = load(column=[*minimal()["column"], _ACCOUNT])
    found = checked(heads, [row], spec)
    assert codes(found) == [code]
    assert found.used == 0


def test_a_default_that_cannot_be_read_is_the_settings_fault():
    """It stops the file with the reason, where a cell would have taken it."""
    spec = load(column=[*minimal()["column"], _ACCOUNT])
    found = checked(
        _HEADS, [["A", "5"]], spec, defaults={"stock-account": "0123456789"}
    )
    (finding,) = found.findings
    assert finding.code == "default-unreadable"
    assert finding.message.en == (
        "The settings' default for Stock-account cannot be used: 0123456789 is longer "
        "than an account may be (4 characters)."
    )
    assert finding.message.zh_hant.startswith("設定檔中")
    assert found.used == 0


def test_a_bad_default_that_nothing_takes_is_not_mentioned():
    """Every cell is filled in."""
    spec = load(column=[*minimal()["column"], _ACCOUNT])
    heads = [*_HEADS, "Stock-account"]
    found = checked(heads, [["A", "5", "01"]], spec, defaults={"stock-account": "?"})
    assert said(found) == []


_SECRET = column("client-name", "reference", picture="X(8)", personal=True)


def test_personal_values_are_masked_in_findings():
    """In the value, in the words, and in the example of a cleaning."""
    spec = load(
        column=[*minimal()["column"], _SECRET],
        rule=[
            rule(
                "named",
                "client_name = 'LEE'",
                columns=["client-name"],
                message=words("It is {client-name}, {quantity}"),
            )
        ],
    )
    heads = ["Quantity", "Client-name"]
    rows = [["5", "LEE"], ["6", "A LONG NAME"], ["7", "WONG "], ["8", "股"]]
    found = checked(heads, rows, spec)
    everything = repr([f.as_dict() for f in found.findings])
    assert not any(secret in everything for secret in ("LEE", "LONG", "WONG", '股"'))
    words_of = {code: text for code, _, text in said(found)}
    assert words_of["named"] == "It is •••, 5"
    assert codes(found) == [
        "blanks-trimmed",
        "named",
        "text-long",
        "text-charset",
    ]


def test_remarks_of_the_reader_become_findings():
    """An error of a row rejects that row; one of the file rejects all."""
    said_by_reader = {"ragged-row": Text("Ragged {detail}.", "…{detail}")}
    sheet = table(_HEADS, [["A", "5"], ["B", "6"]])
    row = one("ragged-row", Severity.ERROR, Scope.ROW, {"detail": "D3"}, row=3)
    found = check(sheet, load(), context(), remarks=row, words=said_by_reader)
    assert said(found) == [("ragged-row", "3", "Ragged D3.")]
    assert found.rejected.to_list() == [3]
    whole = one("ragged-row", Severity.ERROR, Scope.BATCH, {"detail": "D3"})
    found = check(sheet, load(), context(), remarks=whole, words=said_by_reader)
    assert found.rejected.to_list() == [2, 3]
    assert accounts_for_all(found)


def test_a_remark_about_a_row_that_is_not_there_does_not_upset_the_count():
    """Used, rejected and ignored rows still make up the source."""
    sheet = table(_HEADS, [["A", "5"]], ignored={9: "total"})
    remark = one("ragged-row", Severity.ERROR, Scope.ROW, {"detail": ""}, row=9)
    words_ = {"ragged-row": Text("a", "b")}
    found = check(sheet, load(), context(), remarks=remark, words=words_)
    assert (found.rows, found.used, len(found.rejected)) == (2, 1, 0)
    assert accounts_for_all(found)


def test_ignored_rows_are_counted():
    """They are rows of the source and stay out of the file, with a reason."""
    sheet = table(_HEADS, [["A", "5"]], ignored={3: "total", 4: "example"})
    found = check(sheet, load(), context())
    assert (found.rows, found.used) == (3, 1)
    assert found.ignored == {3: "total", 4: "example"}
    assert accounts_for_all(found)


def test_findings_are_told_in_the_order_of_the_sheet():
    """The file first, then row by row and column by column."""
    found = checked(
        ["Own-reference", "Quantity", "Mood"],
        [["A1", "x", ""], ["B2", None, ""]],
        load(column=_MANDATORY),
    )
    assert [entry[1] for entry in said(found)] == ["C", "B2", "B3"]
    assert [f.code for f in found.findings.first(1)] == ["column-unknown"]
    assert found.findings.count(Severity.ERROR) == 2
    assert found.findings.codes(Severity.ERROR) == ("quantity-form", "value-missing")


def test_every_engine_code_has_words_and_an_explanation():
    """In both languages."""
    for code, engine in ENGINE_CODES.items():
        for text in (engine.message, engine.explanation):
            assert text.en.strip(), code
            assert text.zh_hant.strip(), code


@pytest.mark.parametrize("name", Catalogue().types)
def test_an_example_row_of_every_shipped_spec_can_be_read(name):
    """The examples of the template are sound cells."""
    spec = Catalogue().spec(name)
    shown = [c for c in spec.spec.column if c.example and c.need != "constant"]
    found = checked([c.label.en for c in shown], [[c.example for c in shown]], spec)
    unreadable = [
        f"{f.column}: {f.message.en}"
        for f in found.findings
        if f.scope is Scope.CELL and f.severity is Severity.ERROR
    ]
    assert unreadable == []


def test_the_characters_that_cannot_be_sent_are_named():
    """The message quotes them, each once, and not only the whole text."""
    spec = load(column=[_REFERENCE, _QUANTITY, column("remarks", "text")])
    found = checked([*_HEADS, "Remarks"], [["A1", "1", 'LOAN "還" 還貸']], spec)
    assert said(found) == [
        (
            "text-charset",
            "C2",
            'LOAN "還" 還貸 has 還 貸, which cannot be sent in this field.',
        )
    ]


def test_one_character_of_a_personal_value_is_named():
    """So that it can be found, and the rest stays hidden."""
    name = column("name", "name", personal=True, picture="X(60)")
    spec = load(column=[_REFERENCE, _QUANTITY, name])
    found = checked([*_HEADS, "Name"], [["A1", "1", "CHAN 陳大文"]], spec)
    assert said(found) == [
        (
            "name-characters",
            "C2",
            "••• has 陳, which a name in Latin letters cannot have.",
        )
    ]


def test_a_carried_column_takes_any_cell():
    """What is not sent stops no row, whatever its cells are; an error shown is a note."""
    carried = column("client", "text", need="carried")
    spec = load(column=[_REFERENCE, _QUANTITY, carried])
    rows = [["A1", "1", "2027-01-05"], ["A2", "1", "TRUE"], ["A3", "1", "#N/A"]]
    kinds = [CellKind.DATE, CellKind.BOOLEAN, CellKind.ERROR]
    found = check(table([*_HEADS, "Client"], rows, mixed={2: kinds}), spec, context())
    assert found.instructions["client"].to_list() == ["2027-01-05", "TRUE", "#N/A"]
    assert [(f.code, f.severity) for f in found.findings] == [
        ("carried-as-shown", Severity.NOTE)
    ]


def test_a_cleaning_of_personal_values_gives_no_example():
    """A masked example says nothing; the count and what was done remain."""
    name = column("name", "name", picture="X(20)", personal=True)
    spec = load(column=[_REFERENCE, _QUANTITY, name])
    found = checked(["Name"], [["Chan Tai Man"]], spec)
    (finding,) = found.findings
    assert finding.message.en == (
        "Names were put in capitals, with plain apostrophes, hyphens and single blanks "
        "(cells: 1)."
    )
    assert finding.message.zh_hant == "1 個儲存格的姓名已改為大寫及一般符號。"
