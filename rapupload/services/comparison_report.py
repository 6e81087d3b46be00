"""A comparison as a document for scripts and as a workbook for people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rapupload.services.comparing import Apart, Change, Comparison, Single
from rapupload.services.decoding_report import (
    FAULT_HEADS,
    fault_row,
    refuse_output,
    spec_document,
)
from rapupload.services.sides import Side
from rapupload.services.workbooks import Sheet, write_workbook


def comparison_document(
    comparison: Comparison, *, show_personal: bool
) -> dict[str, object]:
    """Return the JSON form of a comparison that scripts rely on."""
    found = comparison
    return {
        "type": found.spec.id,
        "spec": spec_document(found.loaded),
        "by": found.by,
        "judged_on": found.judged_on.isoformat(),
        "is_same": found.is_same,
        "columns": [column.name for column in found.columns],
        "masked": [] if show_personal else [c.name for c in found.personal],
        "a": _side_document(found.a, show_personal=show_personal),
        "b": _side_document(found.b, show_personal=show_personal),
        "same": found.same,
        "missing": [
            _single_document(one)
            for one in found.singles("missing", show_personal=show_personal)
        ],
        "added": [
            _single_document(one)
            for one in found.singles("added", show_personal=show_personal)
        ],
        "changed": [
            _change_document(change)
            for change in found.changes(show_personal=show_personal)
        ],
        "not_compared": [_apart_document(apart) for apart in found.apart],
        "totals": [
            {
                "column": total.column or "count",
                "currency": total.currency,
                "a": total.a,
                "b": total.b,
                "difference": total.difference,
            }
            for total in found.totals()
        ],
        "file_differences": [
            {
                "what": difference.what,
                "a": list(difference.a),
                "b": list(difference.b),
                "counts": difference.counts,
            }
            for difference in found.files
        ],
        "doubts": list(found.doubts),
        "notes": list(found.notes()),
    }


def _side_document(side: Side, *, show_personal: bool) -> dict[str, object]:
    return {
        "path": str(side.path),
        "files": [
            {
                "file": str(part.file),
                "kind": "source" if part.source else "batch-file",
                "sheet": part.source.table.sheet if part.source else "",
                "instructions": part.values.height,
                "not_compared": len(part.unread),
                "stated": part.stated,
                "faults": [
                    fault.as_dict()
                    for fault in part.batch.examined.faults.worded(
                        show_personal=show_personal
                    )
                ]
                if part.batch
                else [],
            }
            for part in side.parts
        ],
        "other_types": [str(path) for path in side.other_types],
        "unknown": [str(path) for path in side.unknown],
    }


def _single_document(single: Single) -> dict[str, object]:
    return {**single.place.as_dict(), "values": dict(single.values)}


def _change_document(change: Change) -> dict[str, object]:
    return {
        "on": change.on,
        "reference": change.reference,
        "a": change.a.as_dict(),
        "b": change.b.as_dict(),
        "fields": [
            {"column": field.column.name, "a": field.a or None, "b": field.b or None}
            for field in change.fields
        ],
    }


def _apart_document(apart: Apart) -> dict[str, object]:
    row = apart.unread
    return {
        "side": apart.side.lower(),
        **row.place.as_dict(),
        "reference": row.reference,
        "codes": list(row.codes),
        "counterpart": apart.counterpart.as_dict() if apart.counterpart else None,
    }


def write_comparison(
    comparison: Comparison,
    path: Path,
    *,
    overwrite: bool,
    show_personal: bool,
    verdict: str,
) -> None:
    """Write every difference into a workbook, whole or not at all.

    Raises:
        UsageError: It is not named .xlsx, there is such a file, or it cannot be written.
    """
    refuse_output(path, (".xlsx",), overwrite=overwrite)
    sheets = [
        _summary_sheet(comparison, verdict),
        _changed_sheet(comparison, show_personal=show_personal),
        _single_sheet(comparison, "missing", show_personal=show_personal),
        _single_sheet(comparison, "added", show_personal=show_personal),
        _apart_sheet(comparison),
        _faults_sheet(comparison, show_personal=show_personal),
    ]
    write_workbook(path, sheets, overwrite=overwrite)


def _summary_sheet(comparison: Comparison, verdict: str) -> Sheet:
    found = comparison
    rows: list[Sequence[str]] = [
        (verdict,),
        (),
        ("A", str(found.a.path)),
        ("B", str(found.b.path)),
        ("Type", f"{found.spec.id} version {found.spec.spec.version}"),
        ("Sources judged on", found.judged_on.isoformat()),
        ("Columns compared", ", ".join(column.label.en for column in found.columns)),
        (),
        ("", "A", "B", "B less A"),
        *((t.name, t.a, t.b, t.difference) for t in found.totals()),
        (),
        ("The same", str(found.same)),
        ("Changed", str(found.pairs.changed.height)),
        ("Missing: only in A", str(found.pairs.missing.len())),
        ("Added: only in B", str(found.pairs.added.len())),
        ("Not compared", str(len(found.apart))),
        (),
        *(("Doubt", text) for text in found.doubts),
        *(("Note", text) for text in found.notes()),
    ]
    return Sheet(name="Summary", heads=(), rows=rows, height=len(rows), widths=(26, 40))


def _changed_sheet(comparison: Comparison, *, show_personal: bool) -> Sheet:
    heads = (
        "Reference 參考編號",
        "Column 欄位",
        "A",
        "B",
        "Where in A",
        "Where in B",
        "Paired by",
    )
    rows = [
        (
            change.reference,
            f"{field.column.label.en} {field.column.label.zh_hant}",
            field.a,
            field.b,
            str(change.a),
            str(change.b),
            change.on,
        )
        for change in comparison.changes(show_personal=show_personal)
        for field in change.fields
    ]
    widths = (20, 28, 24, 24, 40, 40, 12)
    return Sheet(
        name="Changed", heads=heads, rows=rows, height=len(rows), widths=widths
    )


def _single_sheet(comparison: Comparison, name: str, *, show_personal: bool) -> Sheet:
    columns = comparison.columns
    heads = ("Where", *(f"{c.label.en} {c.label.zh_hant}" for c in columns))
    rows = [
        (str(single.place), *(single.values.get(c.name) for c in columns))
        for single in comparison.singles(name, show_personal=show_personal)
    ]
    return Sheet(
        name=name.capitalize(),
        heads=heads,
        rows=rows,
        height=len(rows),
        widths=(40, 18),
    )


def _apart_sheet(comparison: Comparison) -> Sheet:
    heads = ("Side", "Where", "Reference", "Why (codes)", "Row of the other side")
    rows = [
        (
            apart.side,
            str(apart.unread.place),
            apart.unread.reference,
            ", ".join(apart.unread.codes),
            str(apart.counterpart or ""),
        )
        for apart in comparison.apart
    ]
    return Sheet(
        name="Not compared",
        heads=heads,
        rows=rows,
        height=len(rows),
        widths=(6, 40, 20, 40, 40),
    )


def _faults_sheet(comparison: Comparison, *, show_personal: bool) -> Sheet:
    rows = [
        (name, part.file.name, *fault_row(fault))
        for name, side in (("A", comparison.a), ("B", comparison.b))
        for part in side.parts
        if part.batch
        for fault in part.batch.examined.faults.worded(show_personal=show_personal)
    ]
    return Sheet(
        name="Faults",
        heads=("Side", "File", *FAULT_HEADS),
        rows=rows,
        height=len(rows),
        widths=(6, 30, 8, 8, 12, 20, 24, 60, 60, 20),
    )
