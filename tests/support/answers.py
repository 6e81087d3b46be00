"""Acknowledgements of an ATI file, written by hand as the far end would: bytes alone.

Nothing here reads the spec: the layout is written out, so that a misreading of the spec
on our side does not repeat itself in the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The facts of a batch file that its answers give back.

    Attributes:
        checksums: Record checksum of each detail, as in the file.
    """

    name: str
    indicator: str
    participant: str
    reference: str
    date: str
    checksums: tuple[str, ...]

    @classmethod
    def read(cls, file: Path) -> Sent:
        """Read them from an ATI batch file by position."""
        header, *details, trailer = file.read_bytes().decode("ascii").split("\r\n")[:-1]
        assert (header[0], trailer[0]) == ("0", "2")
        return cls(
            name=file.name,
            indicator=header[1:5],
            participant=header[5:11],
            reference=header[19:34],
            date=header[34:42],
            checksums=tuple(line[-14:] for line in details),
        )


def receipt(sent: Sent, *, result: str = "A", code: str = "", why: str = "") -> bytes:
    """Return the answer that a file was taken (A) or refused (R)."""
    count = f"{len(sent.checksums):04}"
    start = f"0RECEIPT {sent.participant}{sent.indicator}{sent.date}{sent.reference}"
    end = f"{sent.name:<40}{result}{code:<4}{why:<40}{count}"
    return f"{start}{end}\r\n".encode("ascii")


def control_report(sent: Sent, rejected: Sequence[int] = ()) -> bytes:
    """Return the answer for every row; it counts instructions from 1.

    Args:
        sent: The batch file.
        rejected: Places of the rows that are rejected, from 0.
    """
    start = f"0CONTROL {sent.participant}{sent.indicator}{sent.date}{sent.reference}"
    lines = [f"{start}{sent.name:<40}"]
    for place, checksum in enumerate(sent.checksums):
        bad = place in rejected
        words = "Stock not eligible or code unknown" if bad else ""
        reference = "" if bad else f"A{place + 1:08}"
        result, code = ("R", "S101") if bad else ("A", "")
        lines.append(
            f"1{place + 1:04}{result}{reference:<9}{code:<4}{words:<40}{checksum}"
        )
    total = len(sent.checksums)
    lines.append(f"2{total:04}{total - len(rejected):04}{len(rejected):04}")
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")
