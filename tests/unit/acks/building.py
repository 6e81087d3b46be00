"""Layers of answers, as a spec describes them, and answers that fit them."""

from __future__ import annotations

from typing import Any

from rapupload.spec.format import Acknowledgement
from tests.unit.spec.building import control_report, load, receipt

NAME = "M_B01234_0007.TXT"


def layer(**keys: Any) -> Acknowledgement:
    """Return a control report with keys replaced."""
    return load(acknowledgement=[control_report(**keys)]).spec.acknowledgement[0]


def receipt_layer(**keys: Any) -> Acknowledgement:
    """Return a receipt with keys replaced."""
    return load(acknowledgement=[receipt(**keys)]).spec.acknowledgement[0]


def report(*rows: str, counts: tuple[int, int, int] | None = None) -> bytes:
    """Return a control report: rows such as ``1A`` or ``2R S101 NO STOCK``.

    The counts of the trailer fit, unless others are given.
    """
    lines = [f"0{NAME:<24}"]
    for row in rows:
        head, *rest = row.split(" ", 2)
        code, text = (*rest, "", "")[:2]
        lines.append(f"1{int(head[:-1]):04}{head[-1]}{code:<4}{text:<10}{'':<5}")
    accepted = sum(row.split(" ")[0].endswith("A") for row in rows)
    total, yes, no = counts or (len(rows), accepted, len(rows) - accepted)
    lines.append(f"2{total:04}{yes:04}{no:04}")
    return "".join(f"{line}\r\n" for line in lines).encode()
