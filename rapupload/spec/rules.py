"""Rules as SQL predicates: compiled against the column types when a spec is loaded.

Polars reads the SQL. What it would let through, and what could then go wrong in
silence or at run time, is refused here: comparisons between different families of
type (silently false, or an error in the middle of a run), casts and division (they can
raise), clock functions (the clock never enters a rule), aggregates without OVER, and
anything not known.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import polars as pl

Node = Any  # the JSON form of an expression, as polars itself writes and reads it

_STRING = re.compile(r"'(?:[^']|'')*'")
_BANNED = {
    r"(?i)\b(?:try_)?cast\b|::": "CAST can fail on real data; compare like with like",
    r"(?i)\b(?:extract|date_part)\b": "EXTRACT wraps in arithmetic; compare dates",
    r"(?i)\bcurrent_(?:date|time|timestamp)\b|\b(?:now|today)\s*\(": (
        "the clock never enters a rule; use the columns today and now"
    ),
    r"/": "division can fail on zero; multiply the other side",
    r"(?i)\bselect\b": "a rule is one predicate, not a query",
}
_COMPARISONS = {
    "Eq",
    "NotEq",
    "Lt",
    "LtEq",
    "Gt",
    "GtEq",
    "EqValidity",
    "NotEqValidity",
}
_OPERATORS = _COMPARISONS | {"And", "Or", "Plus", "Minus"}
_CALLS = frozenset(
    {
        "Abs",
        "Coalesce",
        "DropNulls",
        "MaxHorizontal",
        "MinHorizontal",
        "Round",
        # text
        "ConcatHorizontal",
        "Contains",
        "EndsWith",
        "LenBytes",
        "LenChars",
        "Lowercase",
        "Replace",
        "ReplaceMany",
        "Slice",
        "Split",
        "StartsWith",
        "StripChars",
        "StripCharsEnd",
        "StripCharsStart",
        "Uppercase",
        # truth
        "AllHorizontal",
        "AnyHorizontal",
        "IsBetween",
        "IsIn",
        "IsNotNull",
        "IsNull",
        "Not",
        # numbers and dates, as SQL reckons
        "Add",
        "Minus",
        "Mul",
        "Negate",
        "OffsetBy",
        "Plus",
        "Rem",
        "Sub",
    }
)
"""Functions that neither fail on any data nor depend on anything but their input."""

_SAMPLES: dict[type[pl.DataType], object] = {
    pl.String: "A,1",
    pl.Boolean: True,
    pl.Date: dt.date(2027, 1, 5),
    pl.Datetime: dt.datetime(2027, 1, 5, 9, tzinfo=dt.UTC),
}

_PATTERNED = frozenset({"Contains", "Replace", "ReplaceMany"})
_NO_WINDOW = "an aggregate needs OVER (PARTITION BY ...)"
_SAME_FAMILY_CALLS = {"IsIn", "Coalesce", "MinHorizontal", "MaxHorizontal"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicate:
    """A compiled rule.

    Attributes:
        expression: True where something is wrong; null where that is unknown.
        names: Columns used, sheet columns and joined ones alike.
        partitions: Expressions of each OVER's PARTITION BY; empty for a row rule.
    """

    expression: pl.Expr
    names: frozenset[str]
    partitions: tuple[tuple[pl.Expr, ...], ...]


def compile_predicate(sql: str, schema: Mapping[str, pl.DataType]) -> Predicate:
    """Compile one predicate.

    Raises:
        ValueError: It is not a predicate that can be trusted; the message says why.
    """
    expression, tree, dtype = _compile(sql, schema)
    if dtype != pl.Boolean():
        raise ValueError("it does not say true or false")
    names = frozenset(expression.meta.root_names())
    _try_on_rows(expression, {name: schema[name] for name in names})
    partitions = tuple(
        tuple(_expression(part) for part in node["partition_by"])
        for node in _nodes(tree, "Over")
    )
    return Predicate(expression=expression, names=names, partitions=partitions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A compiled expression that gives one value per row, looking at that row alone."""

    expression: pl.Expr
    names: frozenset[str]
    dtype: pl.DataType


def compile_value(sql: str, schema: Mapping[str, pl.DataType]) -> Value:
    """Compile an expression as far to be trusted as a predicate.

    Raises:
        ValueError: It is not; the message says why.
    """
    expression, tree, dtype = _compile(sql, schema)
    if any(True for _ in _nodes(tree, "Over")):
        raise ValueError("OVER looks at other rows; here each row speaks for itself")
    names = frozenset(expression.meta.root_names())
    _try_on_rows(expression, {name: schema[name] for name in names})
    return Value(expression=expression, names=names, dtype=dtype or pl.Null())


def _compile(
    sql: str, schema: Mapping[str, pl.DataType]
) -> tuple[pl.Expr, Node, pl.DataType | None]:
    _refuse_words(sql)
    try:
        expression = pl.sql_expr(sql)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise ValueError(f"not an SQL predicate: {_first_line(error)}") from error
    names = sorted(set(expression.meta.root_names()))
    unknown = [name for name in names if name not in schema]
    if unknown:
        raise ValueError(f"unknown column {', '.join(unknown)}")
    frame = pl.DataFrame(schema={name: schema[name] for name in names} or None)
    tree = json.loads(expression.meta.serialize(format="json"))
    _Checker(frame).check(tree)
    return expression, tree, _dtype(tree, frame)


def _try_on_rows(expression: pl.Expr, schema: Mapping[str, pl.DataType]) -> None:
    """Judge some rows: what fails on any data, and what is no verdict row by row."""
    if not schema:
        raise ValueError("it looks at no column")
    rows = pl.DataFrame(
        {
            name: [None, _SAMPLES.get(dtype.base_type(), 1)]
            for name, dtype in schema.items()
        },
        schema=dict(schema),
    )
    try:
        verdicts = rows.select(wrong=expression).height
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise ValueError(f"it fails when judged: {_first_line(error)}") from error
    if verdicts != rows.height:
        raise ValueError(_NO_WINDOW)


def _refuse_words(sql: str) -> None:
    bare = _STRING.sub("''", sql)
    for pattern, reason in _BANNED.items():
        found = re.search(pattern, bare)
        if found:
            raise ValueError(f"{found[0].strip()!r} is not allowed: {reason}")


class _Checker:
    """Walks the expression tree and refuses what would be silently wrong."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame

    def check(self, node: Node, *, inside_window: bool = False) -> None:
        if isinstance(node, list):
            for part in node:
                self.check(part, inside_window=inside_window)
        elif isinstance(node, dict):
            for kind, content in node.items():
                self._check_kind(kind, content, inside_window=inside_window)
        elif node == "Len" and not inside_window:  # count(*)
            raise ValueError(_NO_WINDOW)

    def _check_kind(self, kind: str, content: Node, *, inside_window: bool) -> None:
        if kind in {"Literal", "Column"}:
            return
        if kind == "Agg" and not inside_window:
            raise ValueError(_NO_WINDOW)
        if kind == "BinaryExpr":
            self._check_operator(content)
        elif kind == "Function":
            self._check_call(content)
        elif kind == "Ternary":
            self._same_family([content["truthy"], content["falsy"]], "CASE")
        self.check(content, inside_window=inside_window or kind == "Over")

    def _check_operator(self, content: Node) -> None:
        operator = content["op"]
        sides = [content["left"], content["right"]]
        if operator in _COMPARISONS:
            self._same_family(sides, "comparison")
        elif operator not in _OPERATORS:
            raise ValueError(
                f"the operator {operator} is not among those that are safe"
            )

    def _check_call(self, content: Node) -> None:
        call = _call_name(content["function"])
        if call in _COMPARISONS:
            self._same_family(content["input"], "comparison")
            return
        if call not in _CALLS:
            raise ValueError(f"the function {call} is not among those that are safe")
        if "ListExpr" in content["function"]:
            self._same_family(content["input"], "list")
        elif call in _PATTERNED and any(
            "Literal" not in part for part in content["input"][1:]
        ):
            raise ValueError(f"{call} needs a pattern that stands in the rule itself")
        if call in _SAME_FAMILY_CALLS:
            self._same_family(content["input"], "list")
        if call == "Rem" and not self._is_whole(content["input"]):
            raise ValueError("% works between whole numbers only")

    def _is_whole(self, sides: list[Node]) -> bool:
        types = [_dtype(side, self._frame) for side in sides]
        return all(dtype is None or dtype.is_integer() for dtype in types)

    def _same_family(self, nodes: list[Node], where: str) -> None:
        families = {}
        for node in nodes:
            dtype = _dtype(node, self._frame)
            if dtype is not None and not isinstance(dtype, pl.Null):
                families[_family(dtype)] = dtype
        if len(families) > 1:
            kinds = " and ".join(sorted(families))
            raise ValueError(f"a {where} of {kinds}: compare like with like")


def _call_name(function: Node) -> str:
    """Return the innermost name of a call: ``{"Boolean": "Not"}`` is ``Not``."""
    name = ""
    while isinstance(function, dict) and name not in _CALLS | _COMPARISONS:
        name, function = next(iter(function.items()))
    known = name in _CALLS | _COMPARISONS or not isinstance(function, str)
    return name if known else str(function)


def _family(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.List):
        return _family(_inner(dtype))
    if dtype.is_numeric():
        return "number"
    if isinstance(dtype, pl.Datetime):
        return "timestamp"
    return {pl.String: "text", pl.Boolean: "true/false", pl.Date: "date"}.get(
        type(dtype), str(dtype)
    )


def _inner(dtype: pl.List) -> pl.DataType:
    inner = dtype.inner
    return inner if isinstance(inner, pl.DataType) else inner()


def _dtype(node: Node, frame: pl.DataFrame) -> pl.DataType | None:
    """Return the type of a part; None for SQL's untyped NULL."""
    try:
        schema = frame.lazy().select(part=_expression(node)).collect_schema()
    except pl.exceptions.PolarsError as error:
        raise ValueError(f"types do not fit: {_first_line(error)}") from error
    if "part" not in schema:
        raise ValueError("it says more than one thing")
    return schema["part"]


def _expression(node: Node) -> pl.Expr:
    return pl.Expr.deserialize(BytesIO(json.dumps(node).encode()), format="json")


def _nodes(node: Node, kind: str) -> Iterator[Node]:
    if isinstance(node, list):
        for part in node:
            yield from _nodes(part, kind)
    elif isinstance(node, dict):
        for name, content in node.items():
            if name == kind:
                yield content
            yield from _nodes(content, kind)


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
