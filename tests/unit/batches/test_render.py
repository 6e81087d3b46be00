from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from typing import Any

import polars as pl
import pytest

from rapupload.batches import decode, file_name, file_reference, folder, render
from rapupload.errors import UsageError
from rapupload.model import Environment
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.format import BatchSpec
from tests.unit.batches.building import instructions, text, two, values
from tests.unit.spec.building import Raw, column, field, load, minimal, words

_DETAIL = minimal()["detail"]
_COLUMNS = minimal()["column"]


def _spec(**tables: Any) -> BatchSpec:
    return load(**tables).spec


def test_header_details_and_trailer_follow_one_another():
    """Every record has the same length; the trailer counts and adds up."""
    spec = _spec(
        header=[
            field("t", "X(1)", value="0"),
            field("i", "9(4)", given="indicator"),
            field("p", "X(7)", given="participant"),
        ],
        trailer=[
            field("t", "X(1)", value="2"),
            field("n", "9(4)", total="count"),
            field("q", "9(7)", total="sum:quantity"),
        ],
    )
    file = render(two(), spec, values())
    assert text(file) == [
        "00007B01234 ",
        "1A1    00100",
        "1B2    00022",
        "200020000122",
    ]
    assert file.lines.to_list() == [2, 3]
    assert file.totals == {"n": 2, "q": 122}
    assert file.overflows == ()
    assert file.digest == hashlib.sha256(file.content).hexdigest()
    assert (file.name, file.folder) == ("MINI_B01234_20270105_0007.TXT", "/up")


def test_a_file_may_lack_header_trailer_and_last_line_end():
    """The first instruction is then on line 1."""
    spec = _spec(batch_file={"line-end": "lf", "final-line-end": False})
    file = render(two(), spec, values())
    assert file.content == b"1A1    00100\n1B2    00022"
    assert file.lines.to_list() == [1, 2]


def test_a_file_without_instructions_has_its_frame_only():
    """Nothing is invented; the counter says zero."""
    spec = _spec(trailer=[field("n", "9(12)", total="count")])
    file = render(instructions(own_reference=[], quantity=[]), spec, values())
    assert text(file) == ["000000000000"]
    assert file.lines.to_list() == []


def test_nothing_at_all_is_an_empty_file():
    """No header, no instruction, no trailer: not even a line end."""
    file = render(instructions(own_reference=[], quantity=[]), _spec(), values())
    assert file.content == b""


@pytest.mark.parametrize(
    ("keys", "content"),
    [
        pytest.param({"given": "participant"}, "B01234      ", id="participant"),
        pytest.param({"given": "account"}, "CB01234001  ", id="account"),
        pytest.param({"given": "market"}, "HKMK        ", id="market"),
        pytest.param({"given": "date"}, "20270105    ", id="date"),
        pytest.param(
            {"given": "date", "format": "%d-%m-%y"}, "05-01-27    ", id="date, format"
        ),
        pytest.param({"given": "time"}, "090807      ", id="time"),
        pytest.param({"given": "indicator"}, "7           ", id="indicator"),
        pytest.param({"given": "file-reference"}, "MINI27010500", id="reference"),
        pytest.param(
            {"constant": "flag"}, "T           ", id="constant by environment"
        ),
        pytest.param({"constant": "same"}, "S           ", id="constant everywhere"),
        pytest.param({"value": ""}, "            ", id="filler"),
    ],
)
def test_the_header_is_filled_from_file_account_and_constants(keys, content):
    """What the file says about itself."""
    spec = _spec(
        header=[field("f", "X(12)", **keys)],
        constants={
            "flag": {"simulator": "T", "practice": "Q", "production": "P"},
            "same": "S",
        },
    )
    file = render(two(), spec, values(reference="MINI27010500"))
    assert text(file)[0] == content


@pytest.mark.parametrize(
    ("environment", "flag"),
    [("simulator", "T"), ("practice", "Q"), ("production", "P")],
)
def test_a_constant_follows_the_environment(environment, flag):
    """A test flag never gets into production, nor the other way round."""
    spec = _spec(
        detail=[*_DETAIL, field("f", "X(1)", constant="flag")],
        constants={"flag": {"simulator": "T", "practice": "Q", "production": "P"}},
    )
    file = render(two(), spec, values(environment=Environment(environment)))
    assert [line[-1] for line in text(file)] == [flag, flag]


def test_details_may_hold_fillers_lines_and_what_the_file_says():
    """Constants stand on every line; lines are counted from 1."""
    spec = _spec(
        detail=[
            *_DETAIL,
            field("filler", "X(2)", value=""),
            field("line", "9(3)", given="line"),
            field("day", "9(8)", given="date"),
        ]
    )
    assert text(render(two(), spec, values())) == [
        "1A1    00100  00120270105",
        "1B2    00022  00220270105",
    ]


def test_a_detail_of_constants_alone_has_a_line_per_instruction():
    """Two instructions are two lines, whatever stands in them."""
    spec = _spec(detail=[field("t", "X(3)", value="ONE")])
    assert text(render(two(), spec, values())) == ["ONE", "ONE"]


_MONEY = {
    "column": [*_COLUMNS, column("amount", "money", picture="9(5)V9(2)")],
    "detail": [*_DETAIL, field("amount", "9(5)V9(2)", column="amount")],
}


@pytest.mark.parametrize(
    ("decimals", "checksum", "total"),
    [
        pytest.param({}, ["112", "56"], 4634, id="usual: checksum drops, total keeps"),
        pytest.param(
            {"decimals": "kept"}, ["1334", "3422"], 4634, id="checksum keeps decimals"
        ),
    ],
)
def test_money_enters_sums_with_or_without_decimals(decimals, checksum, total):
    """12.34 is 12 or 1234; never 12.34, and never rounded."""
    spec = _spec(
        column=_MONEY["column"],
        detail=[
            *_MONEY["detail"],
            field("sum", "9(6)", checksum=["quantity", "amount"], **decimals),
        ],
        trailer=[
            field("total", "9(9)", total="sum:amount"),
            field("filler", "X(16)", value=""),
        ],
    )
    file = render(two(amount=["12.34", "34.00"]), spec, values())
    lines = text(file)
    assert [line[-6:].lstrip("0") for line in lines[:2]] == checksum
    assert [line[12:19] for line in lines[:2]] == ["0001234", "0003400"]
    assert file.totals == {"total": total}


def test_sums_are_exact_beyond_64_bits():
    """Ten numbers of nineteen nines do not wrap."""
    spec = _spec(
        column=[_COLUMNS[0], column("quantity", "money", picture="9(19)")],
        detail=[_DETAIL[0], field("quantity", "9(19)", column="quantity")],
        trailer=[field("q", "9(20)", total="sum:quantity")],
    )
    frame = instructions(quantity=["9" * 19] * 10)
    assert render(frame, spec, values()).totals == {"q": 99999999999999999990}


def test_totals_of_checksums_count_blanks_as_zero():
    """A blank quantity adds nothing."""
    spec = _spec(
        detail=[*_DETAIL, field("c", "9(6)", checksum=["quantity"])],
        trailer=[field("s", "9(18)", total="sum:c")],
    )
    frame = instructions(own_reference=["A", "B"], quantity=[None, "22"])
    assert render(frame, spec, values()).totals == {"s": 22}


def test_an_overflowing_total_loses_leading_digits_only_where_the_spec_says():
    """The loss is reported with the whole total."""
    trailer = field("q", "9(2)", total="sum:quantity", overflow="drop-leading")
    filler = field("filler", "X(10)", value="")
    file = render(two(), _spec(trailer=[trailer, filler]), values())
    assert text(file)[-1] == "22          "
    assert [(o.field, o.total) for o in file.overflows] == [("q", 122)]
    refusing = _spec(trailer=[field("q", "9(2)", total="sum:quantity"), filler])
    with pytest.raises(UsageError, match=r"'q' 122 does not fit 9\(2\)"):
        render(two(), refusing, values())


@pytest.mark.parametrize(
    ("tables", "more", "field_name"),
    [
        pytest.param({}, {"quantity": ["100000", "1"]}, "quantity", id="too wide"),
        pytest.param(
            {
                "column": [*_COLUMNS, column("c", "account", picture="X(3)")],
                "detail": [*_DETAIL, field("f", "9(3)", column="c")],
            },
            {"c": ["012", "A12"]},
            "f",
            id="letters among digits",
        ),
        pytest.param(
            {
                "column": [*_COLUMNS, column("c", "currency", picture="X(3)")],
                "detail": [
                    *_DETAIL,
                    field("f", "X(1)", column="c", codes={"HKD": "1"}),
                ],
            },
            {"c": ["HKD", "USD"]},
            "f",
            id="value without a code of HKEX's",
        ),
        pytest.param(
            {
                "column": [*_COLUMNS, column("c", "date")],
                "detail": [*_DETAIL, field("f", "9(8)", column="c", format="%d%m%Y")],
            },
            {"c": ["2027-01-05", "2027-02-30"]},
            "f",
            id="date that is none",
        ),
        pytest.param(
            {"batch_file": {"layout": "delimited", "quote": "none"}},
            {"own_reference": ["A,1", "B"]},
            "own-reference",
            id="delimiter in a value, and no quotes",
        ),
        pytest.param(
            {"batch_file": {"layout": "delimited"}},
            {"own_reference": ["A", "1234567"]},
            "own-reference",
            id="too long for a delimited field",
        ),
    ],
)
def test_a_value_that_cannot_stand_in_its_field_stops_the_file(
    tables, more, field_name
):
    """No file is made rather than one with a value cut, moved or left out."""
    frame = two().with_columns(
        pl.Series(name, texts, dtype=pl.String) for name, texts in more.items()
    )
    with pytest.raises(UsageError, match="no batch file was made") as caught:
        render(frame, _spec(**tables), values())
    assert repr(field_name) in caught.value.message


def test_a_given_text_that_is_too_long_stops_the_file():
    """A participant ID is never cut."""
    spec = _spec(header=[field("p", "X(5)", given="participant"), _filler(7)])
    with pytest.raises(UsageError, match="'p' B01234 does not fit"):
        render(two(), spec, values())


def _filler(width: int) -> Raw:
    return field("filler", f"X({width})", value="")


def test_a_character_that_the_file_cannot_hold_stops_it():
    """Chinese has no place in an ASCII file."""
    spec = _spec(column=[column("own-reference", picture="X(6)"), _COLUMNS[1]])
    frame = two().with_columns(own_reference=pl.Series(["A", "股"]))
    with pytest.raises(UsageError, match="'股' cannot be written in ascii"):
        render(frame, spec, values())


def test_a_field_is_blanked_where_its_predicate_is_true():
    """Where the predicate is unknown, the value stands."""
    detail = [_DETAIL[0], {**_DETAIL[1], "blank-when": "quantity > 50"}, _DETAIL[2]]
    spec = _spec(detail=detail)
    frame = instructions(own_reference=["A", "B", "C"], quantity=["100", "22", None])
    assert text(render(frame, spec, values())) == [
        "1      00100",
        "1B     00022",
        "1C     00000",
    ]


def test_codes_and_dates_are_written_as_the_field_says():
    """Our codes become HKEX's; a blank stays blank."""
    codes = [
        {"code": "D", "label": words("Deliver")},
        {"code": "R", "label": words("Receive")},
    ]
    spec = _spec(
        column=[*_COLUMNS, column("side", "code", codes=codes), column("day", "date")],
        detail=[
            *_DETAIL,
            field("side", "9(1)", column="side", codes={"D": "1", "R": "2"}),
            field("day", "X(10)", column="day", format="%d/%m/%Y"),
        ],
    )
    file = render(two(side=["R", None], day=["2027-01-05", None]), spec, values())
    assert [line[12:] for line in text(file)] == ["205/01/2027", "0          "]


def test_delimited_values_are_quoted_where_needed():
    """Fill is left out, zeros of digits are not."""
    spec = _spec(
        batch_file={"layout": "delimited", "delimiter": "|"},
        column=[column("own-reference", picture="X(6)"), _COLUMNS[1]],
    )
    frame = instructions(own_reference=["A|1", 'a"b', None], quantity=["1", "2", None])
    assert text(render(frame, spec, values())) == [
        '1|"A|1"|00001',
        '1|"a""b"|00002',
        "1||00000",
    ]


@pytest.mark.parametrize(
    ("quote", "line"), [("all", '"1","A1","00100"'), ("none", "1,A1,00100")]
)
def test_quotes_may_be_always_or_never(quote, line):
    """As the spec says."""
    spec = _spec(batch_file={"layout": "delimited", "quote": quote})
    assert text(render(two(), spec, values()))[0] == line


def test_a_file_may_travel_in_a_zip():
    """The member is named after the file, and equal instructions make equal bytes."""
    spec = _spec(
        batch_file={
            "name": "M_{date:%Y%m%d}_{indicator:04}.ZIP",
            "zip-member": "{file-stem}.TXT",
        }
    )
    file = render(two(), spec, values())
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert archive.namelist() == ["M_20270105_0007.TXT"]
        assert archive.read("M_20270105_0007.TXT") == (
            b"1A1    00100\r\n1B2    00022\r\n"
        )
    assert render(two(), spec, values()).content == file.content


_FURTHER = {
    "name": "large",
    "when": "quantity > 50",
    "fields": [
        field("t", "X(1)", value="3"),
        field("large", "9(11)", column="quantity"),
    ],
}


def test_further_records_follow_their_instruction():
    """Each instruction is known by its first line; all records are counted and summed."""
    spec = _spec(
        header=[field("t", "X(12)", value="0")],
        **{"detail-record": [_FURTHER]},
        trailer=[
            field("n", "9(4)", total="count"),
            field("s", "9(8)", total="sum:large"),
        ],
    )
    frame = instructions(own_reference=["A", "B", "C"], quantity=["100", "22", "60"])
    file = render(frame, spec, values())
    assert text(file)[1:] == [
        "1A     00100",
        "300000000100",
        "1B     00022",
        "1C     00060",
        "300000000060",
        "000500000160",
    ]
    assert file.lines.to_list() == [2, 4, 5]


def test_a_further_record_of_constants_stands_where_it_is_wanted():
    """Not at the first instruction, and not at each."""
    record = {**_FURTHER, "fields": [field("t", "X(12)", value="3")]}
    spec = _spec(**{"detail-record": [record]})
    frame = instructions(own_reference=["A", "B"], quantity=["22", "100"])
    assert text(render(frame, spec, values())) == [
        "1A     00022",
        "1B     00100",
        "3           ",
    ]


def test_names_and_references_come_from_day_and_indicator():
    """The reference has at most fifteen characters, whatever the type."""
    spec = Catalogue().spec("voting").spec
    assert file_name(spec, values()) == "VOTING_B01234_20270105_0007.TXT"
    assert folder(spec, values()) == "/upload/VOTING"
    reference = file_reference(spec, dt.date(2027, 1, 5), 9999)
    assert reference == "VOTI2701059999"


_NAME = column("name", "text", picture="X(10)", characters="big5hkscs")
_NAMED = [
    field("t", "X(1)", value="1"),
    field("own-reference", "X(6)", column="own-reference"),
    field("name", "X(10)", column="name"),
    field("quantity", "9(5)", column="quantity"),
]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("陳大文", "1A1    陳大文    00100", id="half filled"),
        pytest.param("陳大文AB12", "1A1    陳大文AB1200100", id="all ten bytes"),
        pytest.param("CHAN", "1A1    CHAN      00100", id="plain letters"),
        pytest.param(None, "1A1              00100", id="blank"),
    ],
)
@pytest.mark.parametrize("encoding", ["big5hkscs", "gb18030"])
def test_a_fixed_field_is_measured_in_bytes(name, content, encoding):
    """A Chinese character takes two places, so every record is of one length."""
    spec = _spec(
        batch_file={"encoding": encoding}, column=[*_COLUMNS, _NAME], detail=_NAMED
    )
    rows = instructions(own_reference=["A1"], quantity=["100"], name=[name])
    file = render(rows, spec, values())
    assert file.content == f"{content}\r\n".encode(encoding)
    assert len(file.content) == 22 + len("\r\n")
    assert decode(file.content, spec).instructions["name"].to_list() == [name]


def test_a_name_of_too_many_bytes_is_refused():
    """Six Chinese characters do not fit ten bytes; nothing is cut off."""
    spec = _spec(
        batch_file={"encoding": "big5hkscs"}, column=[*_COLUMNS, _NAME], detail=_NAMED
    )
    rows = instructions(own_reference=["A1"], quantity=["100"], name=["陳大文陳大文"])
    with pytest.raises(UsageError, match="does not fit field 'name'"):
        render(rows, spec, values())


def test_a_delimited_value_is_measured_in_characters():
    """No position depends on it."""
    file = {"encoding": "utf-8", "layout": "delimited"}
    spec = _spec(batch_file=file, column=[*_COLUMNS, _NAME], detail=_NAMED)
    rows = instructions(own_reference=["A1"], quantity=["100"], name=["陳大文陳大文"])
    assert text(render(rows, spec, values())) == ["1,A1,陳大文陳大文,00100"]
