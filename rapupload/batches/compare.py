"""Where two batch files part: the first byte that differs, in terms of line and field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapupload.spec.format import BatchSpec, Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The first byte that differs.

    Attributes:
        offset: From 0, in bytes.
        line: From 1.
        position: Column within the line, from 1, as specs print positions.
        field: Name of the field there, where the layout is fixed.
        expected: The line as given.
        found: The line as we write it.
    """

    offset: int
    line: int
    position: int
    field: str
    expected: str
    found: str


def first_difference(given: bytes, ours: bytes, spec: BatchSpec) -> Difference | None:
    """Return where our bytes leave the given ones; None when they are identical."""
    if given == ours:
        return None
    offset = _common(given, ours)
    line = given.count(b"\n", 0, offset) + 1
    start = given.rfind(b"\n", 0, offset) + 1
    position = _position(given[start:offset], spec)
    return Difference(
        offset=offset,
        line=line,
        position=position,
        field=_field_at(spec, given, start, position),
        expected=_line(given, start, spec),
        found=_line(ours, start, spec),
    )


def _position(before: bytes, spec: BatchSpec) -> int:
    """Return the place behind: bytes of a fixed record, characters of a delimited one."""
    if spec.batch_file.layout == "fixed":
        return len(before) + 1
    return len(before.decode(spec.batch_file.encoding, errors="ignore")) + 1


def _common(one: bytes, other: bytes) -> int:
    """Return how many bytes agree from the start, halving the stretch in doubt."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _line(content: bytes, start: int, spec: BatchSpec) -> str:
    line = content[start:].split(b"\n", 1)[0]
    return line.rstrip(b"\r").decode(spec.batch_file.encoding, errors="replace")


def _field_at(spec: BatchSpec, given: bytes, start: int, position: int) -> str:
    if spec.batch_file.layout != "fixed":
        return ""
    end = 0
    for field in _record_at(spec, given, start):
        end += field.shape.length
        if position <= end:
            return field.name
    return "line end"


def _record_at(spec: BatchSpec, given: bytes, start: int) -> Sequence[Field]:
    line, *further = given[start:].split(b"\n", 2)
    if start == 0 and spec.header:
        return spec.header
    if spec.trailer and not any(further):
        return spec.trailer
    text = line.decode(spec.batch_file.encoding, errors="replace")
    kinds = [spec.detail, *(record.fields for record in spec.detail_record)]
    opened = (fields for fields in kinds if text.startswith(fields[0].value or "\0"))
    return next(opened, spec.detail)
