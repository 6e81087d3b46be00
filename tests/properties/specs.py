"""Strategies: layouts that no spec of ours has, and instructions that fit a layout."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
from hypothesis import strategies as st

from rapupload.batches import FileValues
from rapupload.model import Environment
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.format import BatchSpec, Column
from tests.unit.spec.building import Raw, column, field, load, minimal, words

SHIPPED = Catalogue().types
_PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_SIGNS = _PLAIN + "/-?:().,'+\"|;&<>#"

VALUES = FileValues(
    participant="B01234",
    account="CB01234001",
    environment=Environment.SIMULATOR,
    market="HKMK",
    date=dt.date(2027, 1, 5),
    time=dt.time(9, 8, 7),
    indicator=7,
    reference="REF2701050007",
)


@st.composite
def _field_and_column(draw: st.DrawFn, number: int) -> tuple[Raw, Raw]:
    """Return a field of a detail record, and the column it takes."""
    name = f"col{number}"
    kind = draw(
        st.sampled_from(["text", "quantity", "money", "date", "date-time", "code"])
    )
    width = draw(st.integers(1, 12))
    common: Raw = draw(st.sampled_from([{}, {"justify": "right"}, {"empty": "spaces"}]))
    if kind == "text":
        shape = {"picture": f"X({width})"}
        return field(name, column=name, **shape, **common), column(name, **shape)
    if kind == "quantity":
        more = draw(st.integers(0, 3))
        keys = {"zero-allowed": True, "picture": f"9({width})"}
        return (
            field(name, f"9({width + more})", column=name, empty="spaces"),
            column(name, kind, **keys),
        )
    if kind == "money":
        decimals, more = draw(st.integers(1, 4)), draw(st.integers(0, 2))
        return (
            field(
                name,
                f"9({width})V9({decimals + more})",
                column=name,
                empty="spaces",
            ),
            column(name, kind, picture=f"9({width})V9({decimals})"),
        )
    if kind == "date":
        shape = draw(
            st.sampled_from(
                [
                    {"picture": "9(8)"},
                    {"picture": "X(10)", "format": "%d/%m/%Y"},
                    {"picture": "9(8)", "format": "%d%m%Y", "empty": "spaces"},
                ]
            )
        )
        return field(name, column=name, **shape), column(name, kind)
    if kind == "date-time":
        return field(name, "9(12)", column=name), column(name, kind)
    codes = [{"code": c, "label": words(f"code {c}")} for c in ("D", "R", "PAID")]
    theirs = draw(
        st.sampled_from(
            [
                None,
                {"D": "1", "R": "2", "PAID": "3"},
                {"D": "AA", "R": "B", "PAID": "C"},
            ]
        )
    )
    keys = {"codes": theirs} if theirs else {}
    return field(name, "X(4)", column=name, **keys), column(name, kind, codes=codes)


@st.composite
def layouts(draw: st.DrawFn) -> BatchSpec:
    """Return a spec with records made at random."""
    pairs = [draw(_field_and_column(n)) for n in range(draw(st.integers(1, 5)))]
    detail = [field("kind", "X(1)", value="1"), *(pair[0] for pair in pairs)]
    if draw(st.booleans()):
        detail.append(field("line", "9(5)", given="line"))
    digits = [f["name"] for f in detail if f["picture"].startswith("9(")]
    if digits:
        detail.append(field("checksum", "9(18)", checksum=digits))
    detail.append(field("filler", "X(40)", value=""))
    width = sum(_width(f["picture"]) for f in detail)
    frame: Raw = {}
    if draw(st.booleans()):
        frame["header"] = [
            field("kind", "X(1)", value="0"),
            field("indicator", "9(4)", given="indicator"),
            field("filler", f"X({width - 5})", value=""),
        ]
    if draw(st.booleans()):
        totals = [
            field(f"sum{n}", "9(20)", total=f"sum:{d}")
            for n, d in enumerate(digits[:2])
        ]
        used = 11 + 20 * len(totals)
        frame["trailer"] = [
            field("kind", "X(1)", value="2"),
            field("count", "9(10)", total="count"),
            *totals,
        ]
        if width > used:
            frame["trailer"].append(field("filler", f"X({width - used})", value=""))
        elif width < used:
            detail[-1] = field("filler", f"X({40 + used - width})", value="")
            if "header" in frame:
                frame["header"][-1] = field("filler", f"X({used - 5})", value="")
    columns = [*minimal()["column"], *(pair[1] for pair in pairs)]
    file: dict[str, Any] = {
        "layout": draw(st.sampled_from(["fixed", "delimited"])),
        "quote": draw(st.sampled_from(["minimal", "all"])),
        "delimiter": draw(st.sampled_from([",", "|", "\t", ";", "^", "["])),
        "line-end": draw(st.sampled_from(["crlf", "lf"])),
        "final-line-end": draw(st.booleans()),
        "encoding": draw(st.sampled_from(["ascii", "utf-8", "big5hkscs"])),
    }
    if draw(st.booleans()):
        file["zip-member"] = "A.TXT"
    return load(batch_file=file, detail=detail, column=columns, **frame).spec


def _width(picture: str) -> int:
    return sum(
        int(part.rstrip(")")) for part in picture.replace("V9", "").split("(")[1:]
    )


def _figures(of: Column) -> st.SearchStrategy[str]:
    picture = of.shape
    digits, decimals = (picture.digits, picture.decimals) if picture else (5, 0)
    whole = st.integers(0 if of.zero_allowed else 1, 10**digits - 1)
    if not decimals:
        return whole.map(str)
    parts = st.integers(0, 10**decimals - 1).map(f"{{:0{decimals}}}".format)
    return st.tuples(whole.map(str), parts).map(".".join)


_FIXED: dict[str, st.SearchStrategy[str]] = {
    "date": st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)).map(str),
    "date-time": st.datetimes(
        dt.datetime(2000, 1, 1),  # noqa: DTZ001 - cells have no zone
        dt.datetime(2099, 12, 31),  # noqa: DTZ001
    ).map("{:%Y-%m-%dT%H:%M}".format),
    "yes-no": st.sampled_from(["Y", "N"]),
    "stock-code": st.integers(1, 99999).map("{:05}".format),
    "market": st.just("HKMK"),
    "participant-id": st.integers(0, 99999).map("B{:05}".format),
    "currency": st.sampled_from(["HKD", "CNY", "USD"]),
    "announcement-no": st.integers(0, 99999999).map("A{:08}".format),
    "country": st.sampled_from(["HK", "CN", "GB"]),
    "email": st.sampled_from(["chan@example.com", "a.b@example.hk"]),
    "identity-document": st.sampled_from(["A1234563", "11010519491231002X"]),
    "name": st.sampled_from(["CHAN TAI MAN", "O'BRIEN, ANNE-MARIE", "YU"]),
    "option-no": st.integers(1, 999).map("{:03}".format),
    "phone": st.sampled_from(["91234567", "+85291234567"]),
}


def canonical(of: Column) -> st.SearchStrategy[str]:
    """Return canonical texts of a column."""
    if of.type in _FIXED:
        return _FIXED[of.type]
    if of.codes:
        return st.sampled_from([code.code for code in of.codes])
    if of.type in {"quantity", "money", "price"}:
        return _figures(of)
    signs = _PLAIN if of.type in {"account", "isin", "resolution-no"} else _SIGNS
    return st.text(signs, min_size=1, max_size=of.shape.length if of.shape else 8)


def rows_of(spec: BatchSpec, *, max_size: int = 6) -> st.SearchStrategy[pl.DataFrame]:
    """Return instructions that fit a spec; blanks where a column may be blank."""
    row = st.fixed_dictionaries(
        {
            column.sql_name: canonical(column)
            if column.need == "mandatory"
            else st.none() | canonical(column)
            for column in spec.column
        }
    )
    schema = {column.sql_name: pl.String for column in spec.column}
    return st.lists(row, max_size=max_size).map(
        lambda found: pl.DataFrame(found, schema=schema)
    )
