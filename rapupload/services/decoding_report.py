"""A decoded batch file as a document for scripts, and as a table for people."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from rapupload import batches
from rapupload.errors import UsageError
from rapupload.services.decoding import Decoding
from rapupload.services.files import write_new
from rapupload.services.workbooks import Sheet, write_workbook
from rapupload.spec.format import Column
from rapupload.spec.headings import Vocabulary
from rapupload.spec.loader import LoadedSpec

_FORMATS = (".xlsx", ".csv", ".json")
_LINE_HEADING = "Line of the batch file\n批次檔案行次"
_FAULTS_HEADING = "Faults of the line\n該行錯誤"


def write_decoding(
    decoding: Decoding, path: Path, *, overwrite: bool, show_personal: bool
) -> None:
    """Write the table as .xlsx, .csv or .json, whole or not at all.

    Raises:
        UsageError: The name ends otherwise, there is such a file, or it cannot be written.
    """
    suffix = refuse_output(path, _FORMATS, overwrite=overwrite)
    if suffix == ".xlsx":
        sheets = _sheets(decoding, show_personal=show_personal)
        write_workbook(path, sheets, overwrite=overwrite)
    elif suffix == ".csv":
        content = _csv(decoding, show_personal=show_personal)
        write_new(path, content, overwrite=overwrite)
    else:
        document = decoding_document(decoding, show_personal=show_personal)
        text = json.dumps(document, ensure_ascii=False, indent=1)
        write_new(path, text.encode("utf-8"), overwrite=overwrite)


def refuse_output(path: Path, formats: Sequence[str], *, overwrite: bool) -> str:
    """Return the ending of an output file, before any work is done.

    Raises:
        UsageError: It is none of those that can be written, or there is such a file.
    """
    suffix = path.suffix.lower()
    if suffix not in formats:
        known = ", ".join(formats)
        raise UsageError(
            f"{path.name} is none of {known}; nothing was written.",
            hint=f"Name it {path.with_suffix(formats[0]).name}.",
        )
    if path.exists() and not overwrite:
        raise UsageError(
            f"{path} exists already; it was left as it is.",
            hint="Choose another name, or add --overwrite.",
        )
    return suffix


def both_languages(column: Column, vocabulary: Vocabulary) -> str:
    """Return a heading in both languages that is understood when it comes back."""
    both = f"{column.label.en}\n{column.label.zh_hant}"
    is_understood = vocabulary.meaning(both) == column.name
    return both if is_understood else column.label.en


def _table(decoding: Decoding, *, show_personal: bool) -> pl.DataFrame:
    """Return lines, values and the codes of faults, headed for a person."""
    words = Vocabulary(decoding.spec)
    heads = {c.sql_name: both_languages(c, words) for c in decoding.columns}
    faults = decoding.examined.faults.frame.group_by("line").agg(
        pl.col("code").unique(maintain_order=True).str.join(", ").alias(_FAULTS_HEADING)
    )
    lines = decoding.examined.lines.alias("line").to_frame()
    faulty = lines.join(faults, on="line", how="left", maintain_order="left")
    values = decoding.shown(show_personal=show_personal).rename(heads)
    numbers = lines.select(pl.col("line").cast(pl.String).alias(_LINE_HEADING))
    return numbers.hstack(values).hstack(faulty.select(_FAULTS_HEADING))


def _csv(decoding: Decoding, *, show_personal: bool) -> bytes:
    table = _table(decoding, show_personal=show_personal)
    flat = table.rename({name: name.replace("\n", " ") for name in table.columns})
    stream = io.BytesIO()
    flat.write_csv(stream, include_bom=True, line_terminator="\r\n")
    return stream.getvalue()


def _sheets(decoding: Decoding, *, show_personal: bool) -> list[Sheet]:
    table = _table(decoding, show_personal=show_personal)
    about = list(_about(decoding, show_personal=show_personal))
    faults = decoding.examined.faults
    return [
        Sheet(
            name="Instructions",
            heads=table.columns,
            rows=table.iter_rows(),
            height=table.height,
            widths=(12, 18),
        ),
        Sheet(name="File", heads=(), rows=about, height=len(about), widths=(34, 40)),
        Sheet(
            name="Faults",
            heads=FAULT_HEADS,
            rows=(fault_row(f) for f in faults.worded(show_personal=show_personal)),
            height=faults.frame.height,
            widths=(8, 8, 12, 20, 24, 60, 60, 20),
        ),
    ]


FAULT_HEADS = (
    "Line 行次",
    "Position 位置",
    "Record 紀錄",
    "Field 欄位",
    "Value 內容",
    "What is wrong",
    "問題",
    "Code 代號",
)


def fault_row(fault: batches.Fault) -> tuple[str, ...]:
    """Return a fault as a row under ``FAULT_HEADS``."""
    return (
        str(fault.line or ""),
        str(fault.position or ""),
        fault.record,
        fault.field,
        fault.value,
        fault.message.en,
        fault.message.zh_hant,
        fault.code,
    )


def _about(decoding: Decoding, *, show_personal: bool) -> list[tuple[str, ...]]:
    about, examined = decoding.spec.spec, decoding.examined
    rows: list[tuple[str, ...]] = [
        ("Batch file 批次檔案", decoding.file.name),
        ("SHA-256", decoding.digest),
        (
            "Instruction type 指示類別",
            f"{about.id}: {about.title.en} {about.title.zh_hant}",
        ),
        ("Spec 規格", f"version {about.version}, {about.status.value}"),
        ("Instructions 指示數目", f"{examined.lines.len():,}"),
        ("Faults 錯誤", f"{examined.faults.errors:,}"),
        *(
            (f"{name} (stated 檔案所示)", text)
            for name, text in examined.stated.items()
        ),
    ]
    for total in examined.totals:
        verdict = "agrees 相符" if total.agrees else "DIFFERS 不符"
        name = f"{total.field} ({total.record})"
        rows.append(
            (
                name,
                f"stated {total.stated or '-'}; recomputed {total.recomputed}; {verdict}",
            )
        )
    rows += [(total.name, total.total) for total in decoding.totals()]
    if decoding.personal and not show_personal:
        names = ", ".join(column.label.en for column in decoding.personal)
        rows.append(("Masked 已遮蔽", f"{names} (--show-personal)"))
    return rows


def decoding_document(decoding: Decoding, *, show_personal: bool) -> dict[str, object]:
    """Return the JSON form of a decoded file that scripts rely on."""
    examined, about = decoding.examined, decoding.spec.spec
    faults = examined.faults.worded(show_personal=show_personal)
    return {
        "file": str(decoding.file),
        "digest": decoding.digest,
        "type": about.id,
        "found_by": decoding.found_by,
        "spec": spec_document(decoding.loaded),
        "stated": dict(examined.stated),
        "instruction_count": examined.lines.len(),
        "instructions": _instructions(decoding, show_personal=show_personal),
        "masked": []
        if show_personal
        else [column.name for column in decoding.personal],
        "totals": [
            {
                "record": total.record,
                "field": total.field,
                "stated": total.stated,
                "recomputed": str(total.recomputed),
                "agrees": total.agrees,
            }
            for total in examined.totals
        ],
        "sums": [total.as_dict() for total in decoding.totals()],
        "faults": [fault.as_dict() for fault in faults],
    }


def spec_document(loaded: LoadedSpec) -> dict[str, object]:
    """Return which spec was in force."""
    about = loaded.spec.spec
    return {
        "id": about.id,
        "version": about.version,
        "status": about.status.value,
        "digest": loaded.digest,
    }


def _instructions(
    decoding: Decoding, *, show_personal: bool
) -> list[Mapping[str, object]]:
    names = {column.sql_name: column.name for column in decoding.columns}
    shown = decoding.shown(show_personal=show_personal).rename(names)
    places = zip(
        decoding.examined.lines,
        decoding.examined.readable,
        shown.iter_rows(named=True),
        strict=True,
    )
    return [
        {"line": line, "readable": whole, "values": values}
        for line, whole, values in places
    ]
