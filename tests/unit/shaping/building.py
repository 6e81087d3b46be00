"""Small specs that shape, and what became of a table of texts."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from typing import Any

import polars as pl

from rapupload.shaping import shape
from rapupload.spec.format import BatchSpec
from rapupload.spec.loader import LoadedSpec
from rapupload.spec.mapping import Mapping
from rapupload.table import CellKind, Header, Table
from tests.unit.spec.building import column, field, load, words
from tests.unit.validation.building import table

Rows = list[list[str | None]]


def code(name: str, *aliases: str) -> dict[str, Any]:
    """Return one code of a column."""
    return {"code": name, "label": words(f"code {name}"), "aliases": list(aliases)}


def _columns(*more: dict[str, Any]) -> list[dict[str, Any]]:
    return [column("own-reference", "reference", picture="X(10)"), *more]


def ways() -> LoadedSpec:
    """Return a spec with combined words, a heading of the opposite, ignored rows."""
    return load(
        spec={"fingerprint": ["own-reference"]},
        detail=[
            field("own-reference", "X(10)", column="own-reference"),
            field("direction", "X(1)", column="direction"),
            field("payment", "X(3)", column="payment"),
            field("hold", "X(1)", column="hold"),
        ],
        column=_columns(
            column(
                "direction",
                "code",
                picture="X(1)",
                need="mandatory",
                codes=[code("D", "DEL"), code("R", "REC")],
            ),
            column(
                "payment",
                "code",
                picture="X(3)",
                need="mandatory",
                codes=[code("DVP", "AP"), code("FOP", "FREE")],
            ),
            column("hold", "yes-no", **{"opposite-aliases": ["Release", "釋放"]}),
            column("status", "text", need="carried", characters="any"),
        ),
        combined=[
            {"spellings": ["RVP"], "gives": {"direction": "R", "payment": "DVP"}},
            {"spellings": ["DVP"], "gives": {"direction": "D", "payment": "DVP"}},
            {"spellings": ["RFP"], "gives": {"direction": "R", "payment": "FOP"}},
        ],
        **{
            "ignored-rows": [
                {"reason": "done", "column": "status", "values": ["DONE", "已完成"]}
            ]
        },
    )


def votes() -> LoadedSpec:
    """Return a spec with a choice, wide sheets and summing."""
    figure = {"picture": "9(6)", "zero-allowed": True}
    return load(
        spec={"fingerprint": ["account", "item", "yes", "no", "own-reference"]},
        detail=[
            field("own-reference", "X(10)", column="own-reference"),
            field("account", "X(4)", column="account"),
            field("item", "X(5)", column="item"),
            field("yes", "9(6)", column="yes"),
            field("no", "9(6)", column="no"),
        ],
        column=_columns(
            column("account", "account", picture="X(4)", need="mandatory"),
            column(
                "item",
                "resolution-no",
                picture="X(5)",
                need="mandatory",
                aliases=["Resolution", "決議案"],
            ),
            column("yes", "quantity", **figure),
            column("no", "quantity", **figure),
            column(
                "vote",
                "code",
                need="alternative",
                codes=[code("F", "For", "贊成"), code("A", "Against", "反對")],
            ),
            column("shares", "quantity", need="alternative", **figure),
            column("holding", "quantity", need="carried", **figure),
            column("client-code", "text", need="carried", characters="any"),
        ),
        choice=[
            {
                "selector": "vote",
                "figure": "shares",
                "goes-to": {"F": "yes", "A": "no"},
                "whole": "holding",
            }
        ],
        unfold=[{"name": "wide", "by": "headings", "column": "item", "choice": "vote"}],
        summing={"key": ["account", "item"], "sum": ["yes", "no"], "same": ["holding"]},
    )


def rights() -> LoadedSpec:
    """Return a spec whose rows may hold a second instruction on the right."""
    return load(
        detail=[
            field("own-reference", "X(10)", column="own-reference"),
            field("quantity", "9(5)", column="quantity"),
            field("event", "X(5)", column="event"),
        ],
        column=_columns(
            column("quantity", "quantity", picture="9(5)", need="mandatory"),
            column("event", "text", picture="X(5)", need="mandatory"),
            column("excess", "quantity", picture="9(5)", need="alternative"),
            column("excess-event", "text", picture="X(5)", need="alternative"),
        ),
        unfold=[
            {
                "name": "excess",
                "by": "columns",
                "takes": {"quantity": "excess", "event": "excess-event"},
            }
        ],
    )


def shaped(
    headings: Sequence[str],
    rows: Sequence[Sequence[Any]],
    spec: LoadedSpec | BatchSpec,
    mapping: Dict[str, Any] | None = None,
    *,
    kinds: Dict[int, CellKind] | None = None,
) -> Table:
    """Shape a table made of texts."""
    own = spec.spec if isinstance(spec, LoadedSpec) else spec
    known = mapping_of(own, mapping) if mapping is not None else None
    return shape(table(headings, rows, kinds=kinds), own, known)


def mapping_of(spec: BatchSpec, keys: Dict[str, Any]) -> Mapping:
    """Return a mapping for a spec."""
    return Mapping.model_validate({"name": "desk", "type": spec.id, **keys})


def with_header_kind(of: Table, position: int, kind: CellKind) -> Table:
    """Return a table, one heading of which stands in a cell of another kind."""
    import dataclasses

    headers = tuple(
        Header(h.text, h.position, h.letter, kind if h.position == position else h.kind)
        for h in of.headers
    )
    return dataclasses.replace(of, headers=headers)


def texts(found: Table, *names: str) -> list[tuple[Any, ...]]:
    """Return the cells of columns of the spec, row by row, after the row number."""
    columns = found.shaping.columns if found.shaping else {}
    picked = [
        pl.col(f"c{columns[name]}").alias(name)
        if name in columns
        else pl.lit(None, dtype=pl.String).alias(name)
        for name in names
    ]
    return found.frame.select("row", *picked).rows()


def places(found: Table, name: str) -> list[int]:
    """Return where the cells of a column of the spec came from."""
    assert found.shaping is not None
    number = found.shaping.columns[name]
    if f"p{number}" not in found.frame.columns:
        return [number] * found.frame.height
    return list(found.frame[f"p{number}"])


def said(found: Table) -> list[tuple[str, int | None, int]]:
    """Return code, row and position of everything that shaping said."""
    if found.shaping is None:
        return []
    return found.shaping.findings.select("code", "row", "position").rows()
