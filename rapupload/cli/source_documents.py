"""What a check and a preparation look like: for a person, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rapupload.cli.face import Face, count_of, plain

if TYPE_CHECKING:
    from rapupload.config import Settings
    from rapupload.services.checking import Source
    from rapupload.services.preparing import Preparation
    from rapupload.validation import Checked

_SHOWN = 200  # findings on a screen; --json and --annotate give all


def show_check(face: Face, checked: Checked, known: Settings | None) -> None:
    """Show the findings and what became of the rows, for a person."""
    from rapupload.cli.limits import figures_table, gap_lines
    from rapupload.cli.tables import findings_table

    if face.as_json:
        return
    total = checked.findings.frame.height
    if total:
        language = known.language if known else "en"
        face.show(findings_table(checked.findings.first(_SHOWN), language))
    if total > _SHOWN:
        face.show(f"{total - _SHOWN:,} more findings; --json or --annotate shows all.")
    language = "zh-Hant" if known and known.language == "zh-Hant" else "en"
    figures = _figures(checked)
    if (table := figures_table(figures)) is not None:
        face.show(table)
    face.show(*_summary(checked), *gap_lines(checked.not_checked, language))


def _summary(checked: Checked) -> list[str]:
    from rapupload.model import Severity

    about = checked.spec.spec.spec
    sheet = f" sheet {plain(checked.table.sheet)}" if checked.table.sheet else ""
    made = checked.instructions.height
    is_even = checked.used == made and checked.summed is None
    used = count_of(made, "instruction")
    if not is_even:
        used = f"{checked.used:,} used for {used}"
    counted = (
        f"{plain(checked.table.file.name)}{sheet}: {count_of(checked.rows, 'row')} = "
        f"{used} + {len(checked.rejected):,} rejected + "
        f"{len(checked.ignored):,} ignored ({about.id} version {about.version}, "
        f"{about.status.value})"
    )
    lines = [counted]
    if (summed := checked.summed) is not None:
        whose = "" if summed.clients is None else f" of {summed.clients:,} clients"
        lines.append(
            f"Summed: {summed.rows:,} rows{whose} into {summed.instructions:,} instructions"
        )
    if checked.mapping is not None:
        lines.append(f"Read by the mapping {plain(checked.mapping.mapping.name)}")
    if checked.control:
        differs = "control-total-differs" in checked.findings.codes(Severity.ERROR)
        verdict = "differ" if differs else "agree"
        lines.append(f"Control totals {verdict}: {', '.join(checked.control)}")
    return lines


def _figures(checked: Checked) -> list[dict[str, object]]:
    from rapupload.validation.reckoning import figures_document

    return [] if checked.figures is None else figures_document(checked.figures)


def check_document(checked: Checked, *, detailed: bool = True) -> dict[str, object]:
    """Return the JSON form of a check that scripts rely on."""
    from rapupload.cli.limits import gaps_document

    if not detailed:
        return {}
    about = checked.spec.spec.spec
    return {
        "file": str(checked.table.file),
        "type": about.id,
        "spec": {
            "id": about.id,
            "version": about.version,
            "status": about.status.value,
            "digest": checked.spec.digest,
        },
        "sheet": checked.table.sheet,
        "rows": checked.rows,
        "instructions": checked.instructions.height,
        "used_rows": checked.used,
        "rejected_rows": len(checked.rejected),
        "ignored_rows": [
            {"row": row, "reason": why} for row, why in sorted(checked.ignored.items())
        ],
        "summed": _summed_document(checked),
        "mapping": _mapping_document(checked),
        "control_totals": {n: f"{f:f}" for n, f in checked.control.items()},
        "findings": [finding.as_dict() for finding in checked.findings],
        "not_checked": gaps_document(checked.not_checked),
        "ledger": _figures(checked),
    }


def _summed_document(checked: Checked) -> dict[str, object] | None:
    summed = checked.summed
    if summed is None:
        return None
    return {
        "rows": summed.rows,
        "instructions": summed.instructions,
        "clients": summed.clients,
    }


def _mapping_document(checked: Checked) -> dict[str, object] | None:
    known = checked.mapping
    if known is None:
        return None
    return {
        "name": known.mapping.name,
        "file": str(known.file),
        "digest": known.digest,
    }


def prepared_document(
    made: Preparation, source: Source, paths: Mapping[str, str]
) -> dict[str, object]:
    """Return the JSON form of one sheet's preparation that scripts rely on."""
    from rapupload.services.reporting import batch_summary

    document: dict[str, object] = {
        "file": str(source.file),
        "type": source.type,
        "sheet": source.sheet or "",
    }
    if made.checked is not None:
        document = check_document(made.checked)
    document["batches"] = [
        {**batch_summary(batch), "path": paths.get(batch.batch)}
        for batch in made.batches
    ]
    return document


_ADDED_UP = ("rows", "instructions", "used_rows", "rejected_rows")
_STRUNG = ("findings", "not_checked", "ledger", "batches")


def joined_document(
    file: str, documents: Sequence[dict[str, Any]], left_out: Mapping[str, str]
) -> dict[str, object]:
    """Return one document for a source file: of its only sheet, or of all of them.

    Of several sheets it has the sums and all findings and batches, and each sheet's own
    document under ``sheets``; ``type`` and ``spec`` are then null.
    """
    told = [{"sheet": sheet, "why": why} for sheet, why in left_out.items()]
    if len(documents) == 1:
        return {**documents[0], "left_out_sheets": told}
    whole: dict[str, object] = {"file": file, "type": None, "spec": None}
    for key in _ADDED_UP:
        whole[key] = sum(document.get(key, 0) for document in documents)
    for key in _STRUNG:
        if any(key in document for document in documents):
            whole[key] = [part for d in documents for part in d.get(key, [])]
    return {**whole, "sheets": list(documents), "left_out_sheets": told}


def left_out_lines(left_out: Mapping[str, str]) -> list[str]:
    """Return a sentence for each sheet that was not read."""
    return [
        f"Sheet {plain(sheet)} was not read: {plain(why)}. Read it with --sheet if it is "
        "meant."
        for sheet, why in left_out.items()
    ]
