"""A spec as small as can be, and TOML for whatever a test makes of it."""

from __future__ import annotations

import copy
import datetime as dt
import json
from pathlib import Path
from typing import Any

from rapupload.errors import SpecError
from rapupload.spec.loader import LoadedSpec, parse_spec

Raw = dict[str, Any]


def words(text: str) -> Raw:
    """Return a text in both languages."""
    return {"en": text, "zh-Hant": f"{text}（中）"}


def column(name: str, type_: str = "text", **keys: Any) -> Raw:
    """Return one column of the sheet."""
    return {"name": name, "label": words(name.capitalize()), "type": type_, **keys}


def field(name: str, picture: str, **keys: Any) -> Raw:
    """Return one field of a record."""
    return {"name": name, "picture": picture, **keys}


def rule(code: str, wrong_when: str = "", **keys: Any) -> Raw:
    """Return one rule; a message that quotes nothing."""
    test = {"wrong-when": wrong_when} if wrong_when else {}
    message = words(f"{code} is broken")
    return {"code": code, "severity": "error", "message": message, **test, **keys}


def receipt(**keys: Any) -> Raw:
    """Return an acknowledgement of the file alone: verdict and file name."""
    return {
        "stage": "receipt",
        "where": "/up",
        "name": "{file-stem}.ACK",
        "expected-within": "10m",
        "match-on": ["file-name"],
        "results": {"A": "accepted", "R": "rejected"},
        "header": [
            field("record-type", "X(1)", value="0"),
            field("file-name", "X(24)", means="file-name"),
            field("result", "X(1)", means="result"),
        ],
        **keys,
    }


def control_report(**keys: Any) -> Raw:
    """Return an acknowledgement row by row."""
    return {
        **receipt(),
        "stage": "control-report",
        "name": "{file-stem}.CTL",
        "header": [
            field("record-type", "X(1)", value="0"),
            field("file-name", "X(24)", means="file-name"),
        ],
        "detail": [
            field("record-type", "X(1)", value="1"),
            field("line", "9(4)", means="line"),
            field("result", "X(1)", means="result"),
            field("reason-code", "X(4)", means="reason-code"),
            field("reason-text", "X(10)", means="reason-text"),
            field("ccass-reference", "X(5)", means="ccass-reference"),
        ],
        "trailer": [
            field("record-type", "X(1)", value="2"),
            field("record-count", "9(4)", means="total-count"),
            field("accepted", "9(4)", means="accepted-count"),
            field("rejected", "9(4)", means="rejected-count"),
        ],
        **keys,
    }


_MINIMAL: Raw = {
    "spec": {
        "id": "mini",
        "title": words("Mini"),
        "version": 1,
        "status": "assumed",
        "effective-from": dt.date(2027, 1, 1),
        "sources": ["made up for tests"],
        "fingerprint": ["own-reference", "quantity"],
    },
    "batch-file": {
        "name": "MINI_{participant}_{date:%Y%m%d}_{indicator:04}.TXT",
        "folder": "/up",
    },
    "detail": [
        field("record-type", "X(1)", value="1"),
        field("own-reference", "X(6)", column="own-reference"),
        field("quantity", "9(5)", column="quantity"),
    ],
    "column": [
        column("own-reference", "reference", picture="X(6)"),
        column("quantity", "quantity", picture="9(5)"),
    ],
}


def minimal(**tables: Any) -> Raw:
    """Return the smallest spec, as a TOML reader would give it, with tables replaced.

    A key ``batch_file`` is merged into that table, so that a test names what it is about.
    """
    raw = copy.deepcopy(_MINIMAL)
    for name, content in tables.items():
        table = name.replace("_", "-")
        if table in {"batch-file", "spec"}:
            raw[table] |= content
        else:
            raw[table] = content
    return raw


def toml(raw: Raw) -> bytes:
    """Write TOML: every table in line."""
    lines = (f"{json.dumps(key)} = {_value(value)}\n" for key, value in raw.items())
    return "".join(lines).encode()


def _value(value: object) -> str:
    if isinstance(value, dict):
        pairs = (f"{json.dumps(str(k))} = {_value(v)}" for k, v in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)


def load(**tables: Any) -> LoadedSpec:
    """Load the smallest spec with tables replaced."""
    return parse_spec(toml(minimal(**tables)), Path("mini.toml"))


def faults_of(raw: Raw) -> list[str]:
    """Return the faults found in a spec, as a person reads them; none if it is sound."""
    try:
        parse_spec(toml(raw), Path("mini.toml"))
    except SpecError as error:
        return [str(fault) for fault in error.faults]
    return []


def faults(**tables: Any) -> list[str]:
    """Return the faults of the smallest spec with tables replaced."""
    return faults_of(minimal(**tables))
