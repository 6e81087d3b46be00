"""Commands about a source file: template, check, prepare, submit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from rapupload.cli import options
from rapupload.cli.face import Face, argument, plain
from rapupload.cli.settings import optional_settings, required_settings

if TYPE_CHECKING:
    from rapupload.config import Settings
    from rapupload.errors import RapuploadError
    from rapupload.journal import Batch
    from rapupload.services.checking import Source
    from rapupload.services.desk import Desk
    from rapupload.services.preparing import Decisions, Preparation
    from rapupload.services.sending import SendReport
    from rapupload.validation import Checked

_SHOWN = 200  # findings on a screen; --json and --annotate give all

Annotate = Annotated[
    Path | None,
    typer.Option(
        "--annotate", help="Write your workbook with the faulty cells marked here."
    ),
]
Output = Annotated[
    Path | None,
    typer.Option("-o", "--output", help="Folder for copies of the batch files."),
]


def template(
    type_: Annotated[str, typer.Argument(metavar="TYPE", help="Instruction type.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write.")],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a file of that name.")
    ] = False,
    settings: options.SettingsFile = None,
    as_json: options.AsJson = False,
) -> int:
    """Write an empty workbook with every column, its choices and a help sheet."""
    from rapupload.sources import write_template
    from rapupload.wiring import catalogue

    loaded = catalogue(optional_settings(settings)).spec(type_)
    write_template(loaded.spec, output, version=loaded.digest, overwrite=overwrite)
    face = Face(as_json=as_json)
    face.show(
        f"{plain(output)} is ready. Fill in the first sheet, delete its examples, then run: "
        f"rapupload check {plain(argument(output))} --type {type_}"
    )
    return face.end({"file": str(output), "type": type_})


def check(  # noqa: PLR0913, PLR0917 - one parameter per option
    file: options.SourceFile,
    type_: options.Type,
    sheet: options.Sheet = None,
    header_row: options.HeaderRow = None,
    encoding: options.Encoding = None,
    mapping: options.MappingName = None,
    sum_rows: options.Sum = None,
    control_total: options.ControlTotal = None,
    accept_warning: options.AcceptWarning = None,
    reason: options.Reason = "",
    lists: options.Lists = None,
    annotate: Annotate = None,
    settings: options.SettingsFile = None,
    as_json: options.AsJson = False,
) -> int:
    """Check a source file and show every finding; nothing is kept or sent."""
    from rapupload.errors import FindingsError
    from rapupload.model import Severity
    from rapupload.services.checking import (
        Acceptance,
        reckon_source,
        rehearse,
        stops,
    )
    from rapupload.services.lists import named_files
    from rapupload.wiring import catalogue, open_past, real_clock

    accepted = Acceptance(codes=frozenset(accept_warning or ()), reason=reason)
    known = optional_settings(settings)
    places = _Places(sheet=sheet, header_row=header_row, encoding=encoding)
    source = _source(
        file, type_, places, _Wishes(mapping, sum_rows, control_total), known
    )
    source = replace(source, lists=named_files(lists or ()))
    now, specs = real_clock(), catalogue(known)
    with open_past(known, specs, now) as past:
        checked = reckon_source(source, specs, known, now, past).checked
    if not checked.findings.count(Severity.ERROR):
        checked = rehearse(checked, now)
    face = Face(as_json=as_json)
    _write_marked(checked, annotate, encoding)
    _show_check(face, checked, known)
    stopped = stops(checked, accepted)
    problems = (
        [FindingsError(stopped, hint=_next_step(file, annotate))] if stopped else []
    )
    return face.end(check_document(checked, detailed=as_json), problems)


def _next_step(file: Path, annotate: Path | None) -> str:
    if annotate is not None:
        return f"Correct the marked cells in {annotate} and check that file."
    copy = argument(f"{file.stem}.findings.xlsx")
    return (
        f"Correct the cells and check again; --annotate {copy} gives a workbook with the "
        "cells marked."
    )


def prepare(  # noqa: PLR0913, PLR0917 - one parameter per option
    file: options.SourceFile,
    type_: options.Type,
    output: Output = None,
    sheet: options.Sheet = None,
    header_row: options.HeaderRow = None,
    encoding: options.Encoding = None,
    mapping: options.MappingName = None,
    sum_rows: options.Sum = None,
    control_total: options.ControlTotal = None,
    accept_warning: options.AcceptWarning = None,
    reason: options.Reason = "",
    accept_valid_rows: options.ValidRows = False,
    duplicate_reason: options.DuplicateReason = "",
    annotate: Annotate = None,
    settings: options.SettingsFile = None,
    as_json: options.AsJson = False,
) -> int:
    """Check a source file and make its batch files; nothing is sent."""
    from rapupload.services.preparing import prepare as prepare_source
    from rapupload.wiring import open_desk

    face = Face(as_json=as_json)
    known, environ = required_settings(settings)
    places = _Places(sheet=sheet, header_row=header_row, encoding=encoding)
    wishes = _Wishes(mapping, sum_rows, control_total)
    source = _source(file, type_, places, wishes, known)
    decisions = _decisions(accept_warning, reason, accept_valid_rows, duplicate_reason)
    with open_desk(known, environ, say=face.say) as desk:
        made = prepare_source(desk, source, decisions)
        paths, copying = _write_copies(desk, made, output)
    marking = _try_to_mark(made.checked, annotate, encoding)
    problems = [*_show_prepared(face, made, known), *copying, *marking]
    document = prepared_document(made, source, {k: str(p) for k, p in paths.items()})
    if made.batches and known.needs_second_person:
        face.show(f"A second person runs: rapupload approve {made.batches[0].batch}")
    return face.end(document, problems)


def submit(  # noqa: PLR0913, PLR0917 - one parameter per option
    file: options.SourceFile,
    type_: options.Type,
    sheet: options.Sheet = None,
    header_row: options.HeaderRow = None,
    encoding: options.Encoding = None,
    mapping: options.MappingName = None,
    sum_rows: options.Sum = None,
    control_total: options.ControlTotal = None,
    accept_warning: options.AcceptWarning = None,
    reason: options.Reason = "",
    accept_valid_rows: options.ValidRows = False,
    duplicate_reason: options.DuplicateReason = "",
    annotate: Annotate = None,
    settings: options.SettingsFile = None,
    as_json: options.AsJson = False,
) -> int:
    """Check, prepare, approve where policy allows, send, and wait a little for answers."""
    from rapupload.wiring import open_desk

    face = Face(as_json=as_json)
    known, environ = required_settings(settings)
    places = _Places(sheet=sheet, header_row=header_row, encoding=encoding)
    wishes = _Wishes(mapping, sum_rows, control_total)
    source = _source(file, type_, places, wishes, known)
    decisions = _decisions(accept_warning, reason, accept_valid_rows, duplicate_reason)
    with open_desk(known, environ, say=face.say) as desk:
        made, report, now = _submit(desk, source, decisions)
    marking = _try_to_mark(made.checked, annotate, encoding)
    if made.checked is not None:
        _show_check(face, made.checked, known)
    problems = [*([made.stopped] if made.stopped else []), *marking]
    document = prepared_document(made, source, {})
    if not made.batches:
        return face.end({**document, "batches": []}, problems)
    from rapupload.cli.batch_commands import show_sent

    return show_sent(face, now, report, problems=problems, document=document)


def _submit(
    desk: Desk, source: Source, decisions: Decisions
) -> tuple[Preparation, SendReport, list[Batch]]:
    from rapupload.errors import ApprovalNeededError, RapuploadError
    from rapupload.services.collecting import wait_for_answers
    from rapupload.services.deciding import approve_by_policy
    from rapupload.services.preparing import prepare as prepare_source
    from rapupload.services.reporting import reread
    from rapupload.services.sending import SendReport, send

    made = prepare_source(desk, source, decisions)
    names = [batch.batch for batch in made.batches]
    report = SendReport(batches=names)
    if desk.settings.needs_second_person and names:
        report.stopped = ApprovalNeededError(
            f"{', '.join(names)} wait for a second person's approval; nothing was sent.",
            hint=f"A second person runs: rapupload approve {names[0]}, then "
            "rapupload send.",
        )
    elif names:
        try:
            for batch in made.batches:
                approve_by_policy(desk, batch)
            report = send(desk, names)
        except RapuploadError as error:
            report.stopped = error  # what was prepared is still to be told
        if report.stopped is None:
            wait_for_answers(desk, names, report.collection)
    return made, report, reread(desk, names)


class _Places(NamedTuple):
    """Where in the file the instructions are."""

    sheet: str | None
    header_row: int | None
    encoding: str | None


class _Wishes(NamedTuple):
    """How the file is to be read, beyond its type."""

    mapping: str | None
    sum_rows: bool | None
    control_total: list[str] | None


def _source(
    file: Path, type_: str, places: _Places, wishes: _Wishes, known: Settings | None
) -> Source:
    from rapupload.errors import UsageError
    from rapupload.services.checking import Source
    from rapupload.services.mappings import find_mapping
    from rapupload.spec.mapping import to_control_totals

    try:
        control = to_control_totals(wishes.control_total or [])
    except ValueError as error:
        raise UsageError(
            f"The control total cannot be read: {error}.",
            hint="Write it as count=120, quantity=5000 or HKD=1234.50.",
        ) from error
    return Source(
        file=file,
        type=type_,
        sheet=places.sheet,
        header_row=places.header_row,
        encoding=places.encoding,
        mapping=find_mapping(wishes.mapping, known) if wishes.mapping else None,
        summing=wishes.sum_rows,
        control=control,
    )


def _decisions(
    accept_warning: list[str] | None,
    reason: str,
    accept_valid_rows: bool,
    duplicate_reason: str,
) -> Decisions:
    from rapupload.services.checking import Acceptance
    from rapupload.services.preparing import Decisions

    return Decisions(
        acceptance=Acceptance(
            codes=frozenset(accept_warning or ()),
            reason=reason,
            valid_rows_only=accept_valid_rows,
        ),
        duplicate_reason=duplicate_reason,
    )


def _show_prepared(
    face: Face, made: Preparation, known: Settings
) -> list[RapuploadError]:
    if made.checked is not None:
        _show_check(face, made.checked, known)
    if made.batches:
        from rapupload.cli.tables import batches_table

        face.show(batches_table(made.batches))
    return [made.stopped] if made.stopped else []


def _write_copies(
    desk: Desk, made: Preparation, output: Path | None
) -> tuple[dict[str, Path], list[RapuploadError]]:
    """Write copies of the batch files; that it fails must not hide what was prepared."""
    from rapupload.errors import RapuploadError
    from rapupload.services.preparing import write_batch_files

    if output is None:
        return {}, []
    try:
        return write_batch_files(desk, made.batches, output), []
    except RapuploadError as error:
        return {}, [error]


def _try_to_mark(
    checked: Checked | None, output: Path | None, encoding: str | None
) -> list[RapuploadError]:
    """Write the marked workbook; that it fails must not hide what was done before."""
    from rapupload.errors import RapuploadError

    try:
        _write_marked(checked, output, encoding)
    except RapuploadError as error:
        return [error]
    return []


def _write_marked(
    checked: Checked | None, output: Path | None, encoding: str | None
) -> None:
    """Write the user's workbook with its faulty cells marked, where that is wanted."""
    if checked is None or output is None:
        return
    from rapupload.sources import annotate

    annotate(
        checked.table.file,
        list(checked.findings),
        output,
        header_row=checked.table.header_row,
        encoding=encoding
        or (checked.mapping.mapping.encoding if checked.mapping else None),
    )


def _show_check(face: Face, checked: Checked, known: Settings | None) -> None:
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
    used = "instructions" if is_even else f"used for {made:,} instructions"
    counted = (
        f"{plain(checked.table.file.name)}{sheet}: {checked.rows:,} rows = {checked.used:,} "
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
    made: Preparation, source: Source, paths: dict[str, str]
) -> dict[str, object]:
    """Return the JSON form of a preparation that scripts rely on."""
    from rapupload.services.reporting import batch_summary

    document: dict[str, object] = {"file": str(source.file), "type": source.type}
    if made.checked is not None:
        document = check_document(made.checked)
    document["batches"] = [
        {**batch_summary(batch), "path": paths.get(batch.batch)}
        for batch in made.batches
    ]
    return document


__all__ = ["check", "prepare", "submit", "template"]
