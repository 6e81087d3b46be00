from __future__ import annotations

from typing import Any

import pytest

from tests.unit.spec.building import (
    Raw,
    column,
    control_report,
    faults,
    field,
    minimal,
    receipt,
    rule,
    words,
)

_COLUMNS = minimal()["column"]
_DETAIL = minimal()["detail"]


def _detail(*more: Raw) -> Raw:
    return {"detail": [*_DETAIL, *more]}


def _column(*more: Raw) -> Raw:
    return {"column": [*_COLUMNS, *more]}


def _field_of(column_: Raw, **keys: Any) -> Raw:
    """Return tables with one more column, and a field that takes it."""
    return {**_column(column_), **_detail({"name": "f", "column": "c", **keys})}


def _codes(*pairs: tuple[str, ...]) -> list[Raw]:
    return [
        {"code": code, "label": words(label), "aliases": list(aliases)}
        for code, label, *aliases in pairs
    ]


_YES_NO = column("c", "yes-no")
_SIDE = column("c", "code", codes=_codes(("D", "Deliver"), ("R", "Receive")))
_EXTRA = {
    "name": "extra",
    "when": "quantity > 5",
    "fields": [field("t", "X(1)", value="2"), field("rest", "X(11)", value="")],
}

CASES = [
    pytest.param(
        _detail(field("record-type", "X(1)", value="")),
        "detail: 'record-type' is defined 2 times",
        id="field twice",
    ),
    pytest.param(
        _column(column("quantity", label=words("Other"))),
        "column: 'quantity' is defined 2 times",
        id="column twice",
    ),
    pytest.param(
        {"rule": [rule("r", "quantity > 1"), rule("r", "quantity > 2")]},
        "rule: 'r' is defined 2 times",
        id="rule twice",
    ),
    pytest.param(
        {
            "reason": [
                {"key": "a", "label": words("a"), "codes": ["S1"]},
                {"key": "b", "label": words("b"), "codes": ["S1"]},
            ]
        },
        "reason: code 'S1' has 2 meanings",
        id="reason code twice",
    ),
    pytest.param(
        {
            "spec": {"fingerprint": ["quantity"]},
            "column": [_COLUMNS[1]],
            "detail": [_DETAIL[0], _DETAIL[2]],
        },
        "column: there is no column 'own-reference', which tells rows apart",
        id="no own reference",
    ),
    pytest.param(
        _column(column("row")),
        "column.3.name: 'row' is a name of our own; call the column otherwise",
        id="column with a name of our own",
    ),
    pytest.param(
        _column(column("c", "colour")),
        "column.3.type: 'colour' is not a field type; known: account, announcement-no",
        id="unknown field type",
    ),
    pytest.param(
        _column(
            column("c", "code", codes=_codes(("D", "Deliver", "S"), ("R", "Take", "s")))
        ),
        "column.3.codes: 's' stands for",
        id="spelling with two meanings",
    ),
    pytest.param(
        _column(column("c", "quantity", picture="9(3)", default="ten")),
        "column.3.default: 'ten' cannot be read as quantity (quantity-form)",
        id="default that cannot be read",
    ),
    pytest.param(
        _column(column("c", "quantity", picture="9(3)", default="1000")),
        "column.3.default: '1000' cannot be read as quantity (quantity-wide)",
        id="default too wide",
    ),
    pytest.param(
        _column(column("c", "yes-no", default="no")),
        "column.3.default: 'no' must be written as 'N'",
        id="default that is not canonical",
    ),
    pytest.param(
        _column(column("c", aliases=["QUANTITY"])),
        "column: the heading 'quantity' is claimed by c, quantity",
        id="heading of two columns",
    ),
    pytest.param(
        _column(column("c", aliases=["**"])),
        "column: c: a heading of signs alone",
        id="heading of signs alone",
    ),
    pytest.param(
        {"batch_file": {"name": "{file-stem}_{indicator:04}"}},
        "batch-file.name: file-stem cannot stand in this name",
        id="placeholder of answers in the name",
    ),
    pytest.param(
        {"batch_file": {"folder": "/{any}"}},
        "batch-file.folder: any cannot stand in this name",
        id="placeholder of answers in the folder",
    ),
    pytest.param(
        {"batch_file": {"zip-member": "{file-name}"}},
        "batch-file.zip-member: file-name cannot stand in this name",
        id="placeholder of answers in the zip",
    ),
    pytest.param(
        _detail(field("f", "X(4)", column="price")),
        "detail.4 (f): there is no column 'price'",
        id="field of an unknown column",
    ),
    pytest.param(
        {"header": [field("f", "X(12)", column="own-reference")]},
        "header.1 (f): a column belongs to a detail record",
        id="column in the header",
    ),
    pytest.param(
        {"header": [field("f", "X(12)", given="line")]},
        "header.1 (f): a line belongs to a detail record",
        id="line in the header",
    ),
    pytest.param(
        {"header": [field("f", "X(12)", means="date")]},
        "header.1 (f): means belongs to acknowledgements",
        id="meaning in a batch file",
    ),
    pytest.param(
        _detail(field("f", "X(4)", value="A", **{"blank-when": "quantity > 1"})),
        "detail.4 (f): blank-when belongs to a column",
        id="blank-when without column",
    ),
    pytest.param(
        _detail(field("f", "X(4)", constant="flag")),
        "detail.4 (f): there is no constant 'flag'",
        id="unknown constant",
    ),
    pytest.param(
        {
            "constants": {"flag": {"production": "P"}},
            **_detail(field("f", "X(4)", constant="flag")),
        },
        "detail.4 (f): 'flag' says nothing for practice",
        id="constant without an environment",
    ),
    pytest.param(
        {
            "constants": {"flag": "LONGER"},
            **_detail(field("f", "X(4)", constant="flag")),
        },
        "detail.4 (f): 'LONGER' does not fit X(4)",
        id="constant too long",
    ),
    pytest.param(
        {"constants": {"flag": "A"}, **_detail(field("f", "9(4)", constant="flag"))},
        "detail.4 (f): 'A' does not fit 9(4)",
        id="letters in a field of digits",
    ),
    pytest.param(
        _detail(field("f", "9(9)", checksum=["own-reference"])),
        "detail.4 (f): there is no field of digits 'own-reference'",
        id="checksum of text",
    ),
    pytest.param(
        _detail(field("f", "9(9)", checksum=["f"])),
        "detail.4 (f): 'f' is a checksum itself",
        id="checksum of itself",
    ),
    pytest.param(
        {"trailer": [field("f", "9(12)", checksum=["f"])]},
        "trailer.1 (f): a checksum belongs to a detail record",
        id="checksum in the trailer",
    ),
    pytest.param(
        _detail(field("f", "9(9)", total="count")),
        "detail.4 (f): a total belongs to header or trailer",
        id="total in the detail",
    ),
    pytest.param(
        {
            "trailer": [
                field("n", "9(3)", total="count"),
                field("filler", "X(9)", value=""),
            ]
        },
        "trailer.1 (n): 9(3) cannot count 9999 records",
        id="counter too narrow",
    ),
    pytest.param(
        {"trailer": [field("n", "9(12)", total="sum:price")]},
        "trailer.1 (n): there is no field of digits 'price'",
        id="total of an unknown field",
    ),
    pytest.param(
        {
            "header": [field("n", "9(12)", total="count")],
            "trailer": [field("n", "9(12)", total="sum:quantity")],
        },
        "trailer (n): the header has another total of this name",
        id="two totals of one name",
    ),
    pytest.param(
        {"header": [field("f", "X(5)", value="")]},
        "header: the record has 5 characters, the detail 12",
        id="record of another length",
    ),
    pytest.param(
        {
            "detail-record": [
                {**_EXTRA, "fields": [field("t", "X(1)", value="2")]},
            ]
        },
        "detail-record.extra: the record has 1 characters, the detail 12",
        id="further record of another length",
    ),
    pytest.param(
        {
            "detail-record": [
                {
                    **_EXTRA,
                    "fields": [
                        field("t", "X(1)", value="1"),
                        field("r", "X(11)", value=""),
                    ],
                }
            ]
        },
        "detail-record: each kind of record must open with a constant of its own",
        id="two kinds that open alike",
    ),
    pytest.param(
        {
            "detail-record": [
                {
                    **_EXTRA,
                    "fields": [
                        field("t", "X(2)", value="1A"),
                        field("r", "X(10)", value=""),
                    ],
                }
            ]
        },
        "detail-record: each kind of record must open with a constant of its own",
        id="a kind that opens as another begins",
    ),
    pytest.param(
        {
            "detail-record": [
                {**_EXTRA, "fields": [field("q", "9(12)", column="quantity")]}
            ]
        },
        "detail-record: each kind of record must open with a constant of its own",
        id="a kind that opens with a value",
    ),
    pytest.param(
        {"detail-record": [_EXTRA], "batch_file": {"max-records": 1}},
        "batch-file.max-records: one instruction may take 2 records",
        id="no room for one instruction",
    ),
    pytest.param(
        {"detail-record": [{**_EXTRA, "when": "balance > 5"}]},
        "detail-record.extra.when: unknown column balance",
        id="further record hangs on a joined name",
    ),
    pytest.param(
        {"detail-record": [{**_EXTRA, "when": "quantity >"}]},
        "detail-record.extra.when: not an SQL predicate",
        id="further record without predicate",
    ),
    pytest.param(
        {
            "detail": [*_DETAIL[:2], {**_DETAIL[2], "blank-when": "today is null"}],
        },
        "detail.3 (quantity).blank-when: unknown column today",
        id="blank-when hangs on a joined name",
    ),
    pytest.param(
        _field_of(column("c"), picture="X(4)"),
        "detail.4 (f): column 'c' needs a picture",
        id="column without picture",
    ),
    pytest.param(
        _field_of(column("c", picture="X(5)"), picture="X(4)"),
        "detail.4 (f): 'c' X(5) does not fit X(4)",
        id="text wider than its field",
    ),
    pytest.param(
        _field_of(column("c", "money", picture="9(5)V9(2)"), picture="9(7)"),
        "detail.4 (f): 'c' 9(5)V9(2) does not fit 9(7)",
        id="decimals that the field lacks",
    ),
    pytest.param(
        _field_of(column("c", "money", picture="9(5)V9(2)"), picture="9(4)V9(3)"),
        "detail.4 (f): 'c' 9(5)V9(2) does not fit 9(4)V9(3)",
        id="digits that the field lacks",
    ),
    pytest.param(
        _field_of(column("c", "money", picture="9(5)V9(2)"), picture="X(7)"),
        "detail.4 (f): 'c' 9(5)V9(2) does not fit X(7)",
        id="no place for the point in text",
    ),
    pytest.param(
        _field_of(column("c", "date"), picture="9(8)", format="%d%m%y"),
        "detail.4 (f): '%d%m%y' writes 6 characters into 9(8)",
        id="date shorter than its digits",
    ),
    pytest.param(
        _field_of(column("c", "date"), picture="X(6)"),
        "detail.4 (f): '%Y%m%d' writes 8 characters into X(6)",
        id="date longer than its field",
    ),
    pytest.param(
        _field_of(column("c", "date-time"), picture="9(8)"),
        "detail.4 (f): '%Y%m%d%H%M' writes 12 characters into 9(8)",
        id="date with time longer than its field",
    ),
    pytest.param(
        _column(column("c", "identity-document", picture="X(20)")),
        "column.3.personal: identity-document is about a person; say personal = true",
        id="document that is not said to be personal",
    ),
    pytest.param(
        _field_of(
            column("c", picture="X(10)", characters="big5hkscs"), picture="X(10)"
        ),
        "detail.4 (f): 'c' takes big5hkscs, the file is ascii",
        id="Chinese in a plain file",
    ),
    pytest.param(
        _field_of(column("c", "time"), picture="9(4)"),
        "detail.4 (f): '%H%M%S' writes 6 characters into 9(4)",
        id="time of a column longer than its field",
    ),
    pytest.param(
        {"header": [field("f", "9(12)", given="time")]},
        "header.1 (f): '%H%M%S' writes 6 characters into 9(12)",
        id="time shorter than its digits",
    ),
    pytest.param(
        _field_of(column("c", "date"), picture="X(8)", format="%j"),
        "detail.4 (f): format '%j' is not made of %Y %y %m %d %H %M %S",
        id="unknown code of dates",
    ),
    pytest.param(
        _detail(field("f", "X(8)", value="", format="%Y")),
        "detail.4 (f): format belongs to dates and times",
        id="format of a constant",
    ),
    pytest.param(
        _field_of(_SIDE, picture="X(1)", codes={"D": "1"}),
        "detail.4 (f).codes: 'R' has no code of HKEX's",
        id="code without HKEX's",
    ),
    pytest.param(
        _field_of(_YES_NO, picture="X(1)", codes={"Y": "1"}),
        "detail.4 (f).codes: 'N' has no code of HKEX's",
        id="no without HKEX's code",
    ),
    pytest.param(
        _field_of(_SIDE, picture="X(1)", codes={"D": "1", "R": "2", "X": "3"}),
        "detail.4 (f).codes: 'X' is no code of column 'c'",
        id="code that the column lacks",
    ),
    pytest.param(
        _field_of(_SIDE, picture="X(1)", codes={"D": "10", "R": "2"}),
        "detail.4 (f).codes: '10' does not fit X(1)",
        id="HKEX's code too long",
    ),
    pytest.param(
        _field_of(_SIDE, picture="9(1)"),
        "detail.4 (f).codes: 'D' does not fit 9(1)",
        id="letters of a code into digits",
    ),
    pytest.param(
        {"spec": {"fingerprint": ["price"]}},
        "spec.fingerprint: there is no column 'price'",
        id="fingerprint of an unknown column",
    ),
    pytest.param(
        {"reason": [{"key": "a", "label": words("a"), "column": "price"}]},
        "reason.a: there is no column 'price'",
        id="reason of an unknown column",
    ),
    pytest.param(
        {"rule": [rule("r", "quantity > 1", columns=["price"])]},
        "rule.r: there is no column 'price'",
        id="rule that marks an unknown column",
    ),
    pytest.param(
        {"rule": [rule("r", "price > 1")]},
        "rule.r: unknown column price",
        id="rule over an unknown column",
    ),
    pytest.param(
        {"rule": [rule("r", check="magic")]},
        "rule.r: there is no check 'magic'; known: account-chain, before-opening",
        id="unknown check",
    ),
    pytest.param(
        {"rule": [rule("r", check="not-on-agenda")]},
        "rule.r: the check 'not-on-agenda' needs the columns resolution-no",
        id="check without its columns",
    ),
    pytest.param(
        {"rule": [rule("r", "quantity > 1", message=words("{price}"))]},
        "rule.r.message: {price} means nothing here",
        id="message with an unknown placeholder",
    ),
    pytest.param(
        {"rule": [rule("r", check="total-wide", message=words("{list}"))]},
        "rule.r.message: {list} means nothing here",
        id="message with another check's word",
    ),
    pytest.param(
        {"acknowledgement": [receipt(name="{file-stem}{x}")]},
        "acknowledgement.1: {x} is not a known placeholder",
        id="answer with an unknown placeholder",
    ),
    pytest.param(
        {"acknowledgement": [receipt(where="/up/{indicator:04}")]},
        "acknowledgement.1.where: indicator is not known",
        id="folder of answers that cannot be written",
    ),
    pytest.param(
        {
            "acknowledgement": [
                receipt(
                    header=[
                        field("a", "X(1)", column="quantity"),
                        field("b", "X(1)", means="result"),
                    ],
                )
            ]
        },
        "acknowledgement.1.header.1 (a): an answer has values and meanings only",
        id="column in an answer",
    ),
    pytest.param(
        {
            "acknowledgement": [
                control_report(
                    detail=[
                        field("a", "X(1)", means="result"),
                        field("a", "9(4)", means="line"),
                    ],
                )
            ]
        },
        "acknowledgement.1.detail: 'a' is defined 2 times",
        id="field of an answer twice",
    ),
    pytest.param(
        {
            "acknowledgement": [
                control_report(
                    detail=[
                        field("a", "X(1)", means="result"),
                        field("b", "X(1)", means="result"),
                        field("c", "9(4)", means="line"),
                    ],
                )
            ]
        },
        "acknowledgement.1.detail: 2 fields mean 'result'",
        id="two fields of one meaning",
    ),
    pytest.param(
        {
            "acknowledgement": [
                control_report(
                    header=[
                        field("a", "X(1)", means="result"),
                        field("b", "X(24)", means="file-name"),
                    ],
                    detail=[field("c", "9(4)", means="line")],
                )
            ]
        },
        'acknowledgement.1.detail: no field of the detail has means = "result"',
        id="detail of an answer without result",
    ),
    pytest.param(
        {"acknowledgement": [receipt(**{"match-on": ["file-reference"]})]},
        "acknowledgement.1.match-on: file-reference: neither name nor fields carry it",
        id="key that nothing carries",
    ),
    pytest.param(
        {
            "acknowledgement": [
                receipt(name="A_{date:%Y%m%d}", **{"match-on": ["indicator+date"]})
            ]
        },
        "acknowledgement.1.match-on: indicator+date: neither name nor fields carry it",
        id="half a key",
    ),
]


@pytest.mark.parametrize(("tables", "fault"), CASES)
def test_each_fault_between_tables_is_found(tables, fault):
    """The place is named and the reason given."""
    found = faults(**tables)
    assert [text for text in found if text.startswith(fault)], found


@pytest.mark.parametrize(
    "tables",
    [
        pytest.param(
            {
                "header": [
                    field("d", "9(8)", given="date"),
                    field("f", "X(4)", value=""),
                ],
                "trailer": [
                    field("n", "9(4)", total="count"),
                    field("filler", "X(2)", value=""),
                    field("sum", "9(5)", total="sum:quantity"),
                    field("filler", "X(1)", value=""),
                ],
            },
            id="header and trailer, filler twice",
        ),
        pytest.param({"detail-record": [_EXTRA]}, id="a further kind of record"),
        pytest.param(
            {
                "detail-record": [
                    {
                        **_EXTRA,
                        "fields": [
                            field("t", "X(1)", value="2"),
                            field("more", "9(11)", column="quantity"),
                        ],
                    }
                ],
                "trailer": [field("sum", "9(12)", total="sum:more")],
            },
            id="a total of a further record's field",
        ),
        pytest.param(
            {
                "header": [field("n", "9(12)", total="count")],
                "trailer": [field("n", "9(12)", total="count")],
            },
            id="the same total in header and trailer",
        ),
        pytest.param(
            {
                "batch_file": {"layout": "delimited"},
                "header": [field("n", "X(1)", value="H")],
            },
            id="delimited records of any length",
        ),
        pytest.param(
            {
                "constants": {
                    "flag": {"simulator": "T", "practice": "T", "production": "P"},
                    "same": "S",
                },
                **_detail(
                    field("f", "X(1)", constant="flag"),
                    field("s", "X(1)", constant="same"),
                ),
            },
            id="constants",
        ),
        pytest.param(
            _field_of(_SIDE, picture="9(1)", codes={"D": "1", "R": "2"}),
            id="codes that are digits",
        ),
        pytest.param(_field_of(_YES_NO, picture="X(1)"), id="yes and no as they are"),
        pytest.param(
            _field_of(
                column("c", "currency", picture="X(3)"),
                picture="X(1)",
                codes={"HKD": "1"},
            ),
            id="codes of a currency",
        ),
        pytest.param(
            _field_of(column("c", "date"), picture="X(10)", format="%Y-%m-%d"),
            id="date with signs",
        ),
        pytest.param(
            _field_of(column("c", "date"), picture="X(10)"), id="date in wider text"
        ),
        pytest.param(
            _field_of(column("c", "money", picture="9(5)V9(2)"), picture="X(8)"),
            id="money with its point",
        ),
        pytest.param(
            _field_of(column("c", "money", picture="9(5)V9(2)"), picture="9(6)V9(3)"),
            id="money in a wider field",
        ),
        pytest.param(
            {"acknowledgement": [receipt(), control_report()]}, id="two answers"
        ),
        pytest.param(
            {
                "acknowledgement": [
                    receipt(
                        name="A_{date:%Y%m%d}_{indicator:04}",
                        **{"match-on": ["indicator+date", "file-name"]},
                    )
                ]
            },
            id="keys in name and content",
        ),
        pytest.param(
            {
                "rule": [
                    rule(
                        "r",
                        "quantity > balance",
                        columns=["quantity"],
                        message=words("{quantity} {balance}"),
                    ),
                    rule("t", check="total-wide", message=words("{total} {field}")),
                ]
            },
            id="messages that quote columns, joined names and a check's words",
        ),
    ],
)
def test_a_sound_spec_has_no_fault(tables):
    """What the format allows is let through."""
    assert faults(**tables) == []
