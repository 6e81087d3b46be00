"""Commands about a source file: template, check, prepare, submit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from rapupload.cli import options
from rapupload.cli.face import Face, argument, count_of, plain
from rapupload.cli.settings import optional_settings, required_settings
from rapupload.cli.source_documents import (
    check_document,
    joined_document,
    left_out_lines,
    prepared_document,
    show_check,
)

if TYPE_CHECKING:
    from rapupload.config import Settings
    from rapupload.errors import RapuploadError
    from rapupload.journal import Batch
    from rapupload.services.checking import Acceptance, Source
    from rapupload.services.desk import Desk
    from rapupload.services.preparing import Decisions, Preparation
    from rapupload.services.sending import SendReport
    from rapupload.services.several import Found
    from rapupload.validation import Checked

_NAMED = 5  # batches in a command that is suggested

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
    type_: options.Type = None,
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
    from rapupload.services.several import find_sources
    from rapupload.wiring import catalogue, open_past, real_clock

    accepted = Acceptance(codes=frozenset(accept_warning or ()), reason=reason)
    known = optional_settings(settings)
    places = _Places(sheet=sheet, header_row=header_row, encoding=encoding)
    source = _source(
        file, type_, places, _Wishes(mapping, sum_rows, control_total), known
    )
    source = replace(source, lists=named_files(lists or ()))
    now, specs = real_clock(), catalogue(known)
    found = find_sources(source, specs, known)
    with open_past(known, specs, now) as past:
        results = [
            reckon_source(sheet, specs, known, now, past).checked
            for sheet in found.sources
        ]
    results = [
        checked if checked.findings.count(Severity.ERROR) else rehearse(checked, now)
        for checked in results
    ]
    face = Face(as_json=as_json)
    _write_marked(results, annotate, encoding)
    for checked in results:
        show_check(face, checked, known)
    face.show(*left_out_lines(found.left_out))
    problems = [
        FindingsError(stopped, hint=_next_step(checked, accepted, file, annotate))
        for checked in results
        if (stopped := stops(checked, accepted))
    ]
    documents = [check_document(checked) for checked in results] if as_json else [{}]
    return face.end(joined_document(str(file), documents, found.left_out), problems)


def _next_step(
    checked: Checked, accepted: Acceptance, file: Path, annotate: Path | None
) -> str:
    from rapupload.services.checking import ways_on

    more = ways_on(checked, accepted)
    if annotate is not None:
        return f"Correct the marked cells in {annotate} and check that file.{more}"
    copy = argument(f"{file.stem}.findings.xlsx")
    return (
        f"Correct the cells and check again; --annotate {copy} gives a workbook with the "
        f"cells marked.{more}"
    )


def prepare(  # noqa: PLR0913, PLR0917 - one parameter per option
    file: options.SourceFile,
    type_: options.Type = None,
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
    from rapupload.services.preparing import prepare_all
    from rapupload.services.several import find_sources
    from rapupload.wiring import open_desk

    face = Face(as_json=as_json)
    known, environ = required_settings(settings)
    places = _Places(sheet=sheet, header_row=header_row, encoding=encoding)
    wishes = _Wishes(mapping, sum_rows, control_total)
    source = _source(file, type_, places, wishes, known)
    decisions = _decisions(accept_warning, reason, accept_valid_rows, duplicate_reason)
    with open_desk(known, environ, say=face.say) as desk:
        found = find_sources(source, desk.catalogue, known)
        made = prepare_all(desk, found.sources, decisions)
        batches = [batch for part in made for batch in part.batches]
        paths, copying = _write_copies(desk, batches, output)
    marking = _try_to_mark(made, annotate, encoding)
    problems = [*_show_prepared(face, made, found, known), *copying, *marking]
    left, leaving = _leave_behind(face, file, made)
    problems += leaving
    if batches:
        names = " ".join(batch.batch for batch in batches[:_NAMED])
        who = "A second person runs" if known.needs_second_person else "Next"
        face.show(f"Nothing was sent. {who}: rapupload approve {names}")
    return face.end({**_prepared(file, made, found, paths), **left}, problems)


def submit(  # noqa: PLR0913, PLR0917 - one parameter per option
    file: options.SourceFile,
    type_: options.Type = None,
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
    from rapupload.services.several import find_sources
    from rapupload.wiring import open_desk

    face = Face(as_json=as_json)
    known, environ = required_settings(settings)
    places = _Places(sheet=sheet, header_row=header_row, encoding=encoding)
    wishes = _Wishes(mapping, sum_rows, control_total)
    source = _source(file, type_, places, wishes, known)
    decisions = _decisions(accept_warning, reason, accept_valid_rows, duplicate_reason)
    with open_desk(known, environ, say=face.say) as desk:
        found = find_sources(source, desk.catalogue, known)
        made, report, now = _submit(desk, found.sources, decisions)
    marking = _try_to_mark(made, annotate, encoding)
    for part in made:
        if part.checked is not None:
            show_check(face, part.checked, known)
    face.show(*left_out_lines(found.left_out))
    problems = [*(part.stopped for part in made if part.stopped), *marking]
    left, leaving = _leave_behind(face, file, made)
    problems += leaving
    document = {**_prepared(file, made, found, {}), **left}
    if not any(part.batches for part in made):
        return face.end({**document, "batches": []}, problems)
    from rapupload.cli.batch_commands import show_sent

    return show_sent(face, now, report, problems=problems, document=document)


def _submit(
    desk: Desk, sources: Sequence[Source], decisions: Decisions
) -> tuple[tuple[Preparation, ...], SendReport, list[Batch]]:
    from rapupload.errors import ApprovalNeededError, RapuploadError
    from rapupload.services.collecting import wait_for_answers
    from rapupload.services.deciding import approve_by_policy
    from rapupload.services.preparing import prepare_all
    from rapupload.services.reporting import reread
    from rapupload.services.sending import SendReport, send

    made = prepare_all(desk, sources, decisions)
    batches = [batch for part in made for batch in part.batches]
    names = [batch.batch for batch in batches]
    report = SendReport(batches=names)
    if desk.settings.needs_second_person and names:
        report.stopped = ApprovalNeededError(
            f"{', '.join(names)} wait for a second person's approval; nothing was sent.",
            hint=f"A second person runs: rapupload approve {names[0]}, then "
            "rapupload send.",
        )
    elif names:
        try:
            for batch in batches:
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
    file: Path,
    type_: str | None,
    places: _Places,
    wishes: _Wishes,
    known: Settings | None,
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
        type=type_ or "",
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
    face: Face, made: Sequence[Preparation], found: Found, known: Settings
) -> list[RapuploadError]:
    for part in made:
        if part.checked is not None:
            show_check(face, part.checked, known)
        if part.batches:
            from rapupload.cli.tables import batches_table

            face.show(batches_table(part.batches))
    face.show(*left_out_lines(found.left_out))
    return [part.stopped for part in made if part.stopped]


def _leave_behind(
    face: Face, file: Path, made: Sequence[Preparation]
) -> tuple[dict[str, object], list[RapuploadError]]:
    """Write the rows that stayed behind while the others were prepared, and say so."""
    from rapupload.errors import RapuploadError
    from rapupload.services.leftovers import name_leftovers, write_leftovers

    checked = [part.checked for part in made if part.checked and part.batches]
    if not any(len(found.rejected) for found in checked):
        return {}, []
    path = name_leftovers(file)
    try:
        count = write_leftovers(checked, path)
    except RapuploadError as error:
        return {"rejected_rows_file": None}, [error]
    face.show(
        f"{count_of(count, 'row')} stayed behind and will not be sent: {plain(path)} has "
        "them, with what is wrong. Correct them there and submit that file."
    )
    return {"rejected_rows_file": str(path)}, []


def _prepared(
    file: Path, made: Sequence[Preparation], found: Found, paths: Mapping[str, Path]
) -> dict[str, object]:
    written = {name: str(path) for name, path in paths.items()}
    documents = [
        prepared_document(part, source, written)
        for part, source in zip(made, found.sources, strict=False)
    ]
    return joined_document(str(file), documents, found.left_out)


def _write_copies(
    desk: Desk, made: Sequence[Batch], output: Path | None
) -> tuple[dict[str, Path], list[RapuploadError]]:
    """Write copies of the batch files; that it fails must not hide what was prepared."""
    from rapupload.errors import RapuploadError
    from rapupload.services.preparing import write_batch_files

    if output is None:
        return {}, []
    try:
        return write_batch_files(desk, made, output), []
    except RapuploadError as error:
        return {}, [error]


def _try_to_mark(
    made: Sequence[Preparation], output: Path | None, encoding: str | None
) -> list[RapuploadError]:
    """Write the marked workbook; that it fails must not hide what was done before."""
    from rapupload.errors import RapuploadError

    try:
        checked = [part.checked for part in made if part.checked is not None]
        _write_marked(checked, output, encoding)
    except RapuploadError as error:
        return [error]
    return []


def _write_marked(
    results: Sequence[Checked], output: Path | None, encoding: str | None
) -> None:
    """Write the user's workbook with its faulty cells marked, where that is wanted."""
    if not results or output is None:
        return
    from rapupload.sources import annotate

    first = results[0]
    annotate(
        first.table.file,
        [finding for checked in results for finding in checked.findings],
        output,
        header_row=first.table.header_row,
        sheet=first.table.sheet or None,
        further={c.table.sheet: c.table.header_row for c in results[1:]},
        encoding=encoding
        or (first.mapping.mapping.encoding if first.mapping else None),
    )


__all__ = ["check", "prepare", "submit", "template"]
