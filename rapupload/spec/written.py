"""Names that stand in a spec file, whether their tables are sound or not.

A name that stands there but whose table has a fault of its own is not called dangling a
second time, and a record with such a field is not measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rapupload.spec.format import BatchSpec

_RECORDS = ("header", "detail", "trailer", "detail-record")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the file says, beside what could be read of it.

    Attributes:
        columns: Names of columns.
        fields: Names of fields of detail records.
        broken: Tables of records of which a part could not be read.
    """

    columns: frozenset[str]
    fields: frozenset[str]
    broken: frozenset[str]

    @classmethod
    def of(cls, raw: Mapping[str, Any], spec: BatchSpec) -> Written:
        """Compare the file as written with what was read of it."""
        further = [
            field
            for record in _parts(raw, "detail-record")
            for field in _parts(record, "fields")
        ]
        return cls(
            columns=_names(_parts(raw, "column")),
            fields=_names([*_parts(raw, "detail"), *further]),
            broken=frozenset(
                table
                for table in _RECORDS
                if _count(raw, table) > len(getattr(spec, table.replace("-", "_")))
            ),
        )


def _parts(raw: Mapping[str, Any], table: str) -> list[dict[str, Any]]:
    parts = raw.get(table)
    if not isinstance(parts, list):
        return []
    return [part for part in parts if isinstance(part, dict)]


def _count(raw: Mapping[str, Any], table: str) -> int:
    parts = raw.get(table)
    return len(parts) if isinstance(parts, list) else 0


def _names(parts: list[dict[str, Any]]) -> frozenset[str]:
    return frozenset(
        name for part in parts if isinstance(name := part.get("name"), str)
    )
