from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapupload.model import Severity
from rapupload.services.checking import rehearse
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.loader import LoadedSpec
from rapupload.table import CellKind, Table
from rapupload.validation import Context, check
from tests.properties.specs import SHIPPED, canonical
from tests.unit.validation.building import NOW, accounts_for_all, context, table

_ODD = [
    *("", " ", "0", "-1", "+1", "1.5", "1,000", "1.000", "1e5", "1.2E+10", "١٢", "²"),
    *("#N/A", "TRUE", "=1+1", "'x", "NaN", "None", "null", "nan", "inf", "∞"),
    *("2027-02-30", "05/01/2027", "2027-01-05", "00:00", "24:00", "9999-12-31"),
    *("0001-01-01", "2027-01-05T25:00", "2027-01-05 16:00", "A26007777", "HKMK"),
    *("700", "00700", "000001", "0700.HK", "KYG875721634", "B01234", "BNK001", "HKD"),
    *("\x00", "\n", "\r\n", "\u3000", "\u200b", "\u202e", "\ufeff", "０１", "股", "𠮷"),
    *("9" * 40, "x" * 300, '"', "{value}", "{", "%s", "\\", "a,b", "D", "Y", "NEW"),
]
_cells = st.none() | st.sampled_from(_ODD) | st.text(max_size=12)


@st.composite
def _sheets(draw: st.DrawFn, spec: LoadedSpec) -> Table:
    """Return any headings over any cells of any kinds."""
    known = [text for c in spec.spec.column for text in (c.name, c.label.zh_hant)]
    heading = st.sampled_from(known) | st.sampled_from(_ODD) | st.text(max_size=8)
    heads: list[str] = draw(st.lists(heading, max_size=14))
    examples = [c.example for c in spec.spec.column if c.example]
    cells = _cells | st.sampled_from(examples)
    rows = draw(st.lists(st.tuples(*(cells for _ in heads)), max_size=5))
    kinds = st.sampled_from(list(CellKind))
    uniform = draw(st.dictionaries(st.integers(0, 14), kinds, max_size=4))
    mixed = {}
    is_mixed: bool = draw(st.booleans())
    if heads and is_mixed:
        mixed = {0: draw(st.tuples(*(kinds for _ in rows)))}
    ignored = draw(st.dictionaries(st.integers(100, 110), st.just("total"), max_size=2))
    return table(heads, rows, kinds=uniform, mixed=mixed, ignored=ignored)


_contexts = st.builds(
    context,
    own_participant=st.none() | st.just("B01234"),
    defaults=st.dictionaries(st.just("stock-account"), _cells.filter(bool), max_size=1),
    scalars=st.fixed_dictionaries(
        {},
        optional={
            "balance": st.integers(0, 2**62),
            "settlement_day": st.booleans(),
            "cut_off": st.just(NOW),
            "event_known": st.booleans(),
            "event_type": st.sampled_from(["VT", "BE"]),
            "event_deadline": st.just(NOW + dt.timedelta(days=1)),
            "agenda": st.sampled_from(["", "1,2", ",", "1, 2(a)"]),
            "represented": st.integers(0, 5),
        },
    ),
)


@pytest.mark.parametrize("name", SHIPPED)
@given(data=st.data())
def test_any_sheet_is_checked_and_every_row_accounted_for(name, data):
    """No cell, heading or kind stops the check; what it lets through can be written."""
    spec = Catalogue().spec(name)
    found = check(data.draw(_sheets(spec)), spec, data.draw(_contexts))
    assert accounts_for_all(found)
    for finding in found.findings:
        assert finding.message.en
        assert finding.message.zh_hant
    if not found.has_batch_error:
        rehearse(found, NOW)


# A table that a desk would call right


def _ati(data: st.DataObject, number: int) -> dict[str, str | None]:
    return {
        "own-reference": f"R{number}",
        "stock-code": data.draw(st.integers(1, 99999).map("{:05}".format)),
        "from-account": "01",
        "to-account": f"1{number:05}",
        "quantity": str(data.draw(st.integers(1, 10**9))),
        "remarks": data.draw(st.none() | st.just("REBALANCE")),
    }


def _si(data: st.DataObject, number: int) -> dict[str, str | None]:
    payment = data.draw(st.sampled_from(["FOP", "DVP"]))
    money = payment == "DVP"
    return {
        "own-reference": f"R{number}",
        "direction": data.draw(st.sampled_from(["D", "R"])),
        "counterparty-id": f"B1{number:04}",
        "stock-code": f"{number + 1:05}",
        "stock-account": "01",
        "quantity": str(data.draw(st.integers(1, 10**6))),
        "settlement-date": "2027-01-06",
        "payment": payment,
        "currency": "HKD" if money else None,
        "amount": f"{data.draw(st.integers(1, 10**9))}.50" if money else None,
        "purpose": "BC",
    }


def _voting(data: st.DataObject, number: int) -> dict[str, str | None]:
    return {
        "own-reference": f"R{number}",
        "announcement-no": "A26007777",
        "stock-code": "00388",
        "stock-account": "01",
        "resolution-no": str(number + 1),
        "votes-for": str(data.draw(st.integers(1, 10**9))),
        "deadline": "2027-05-20T16:00",
    }


_ROWS = {"ati": _ati, "si": _si, "voting": _voting}


@pytest.mark.parametrize("name", _ROWS)
@given(data=st.data())
def test_a_clean_table_has_no_error(name, data):
    """Every row becomes an instruction."""
    spec = Catalogue().spec(name)
    rows = [_ROWS[name](data, n) for n in range(data.draw(st.integers(1, 6)))]
    heads = list(rows[0])
    sheet = table(heads, [[row[head] for head in heads] for row in rows])
    found = check(sheet, spec, _usual())
    errors = [f.message.en for f in found.findings if f.severity is Severity.ERROR]
    assert errors == []
    assert found.used == len(rows)
    rehearse(found, NOW)


def _usual() -> Context:
    return context(scalars={"settlement_day": True})


@pytest.mark.parametrize("name", SHIPPED)
@given(data=st.data())
def test_canonical_cells_stay_as_they_are(name, data):
    """What the file would hold is read back from a sheet without a change."""
    spec = Catalogue().spec(name)
    column = data.draw(
        st.sampled_from(
            [c for c in spec.spec.column if c.type not in {"isin", "reference", "text"}]
        )
    )
    if column.type == "resolution-no":
        return
    text = data.draw(canonical(column))
    if column.type == "quantity" and text == "0" and not column.zero_allowed:
        return
    found = check(table([column.name], [[text]]), spec, context())
    unreadable = [f.code for f in found.findings if f.cell]
    assert set(unreadable) <= {rule.code for rule in spec.spec.rule}
