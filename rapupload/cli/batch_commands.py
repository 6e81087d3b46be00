"""Commands about batches: approve, send, collect, status, resolve, withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from rapupload.cli import exits, options
from rapupload.cli.face import Face, count_of, plain
from rapupload.cli.settings import required_settings
from rapupload.model import UNFINISHED, BatchState

if TYPE_CHECKING:
    import datetime as dt

    from rich.console import RenderableType

    from rapupload.errors import RapuploadError
    from rapupload.journal import Batch, Journal
    from rapupload.services.collecting import Collection
    from rapupload.services.reporting import BatchReport
    from rapupload.services.sending import SendReport

_SHOWN_ROWS = 60
_NAMED = 5  # batches in a command that is suggested

NeededReason = Annotated[
    str, typer.Option("--reason", help="Why; kept in the journal.")
]


def approve(
    batches: Annotated[list[str], typer.Argument(help="Batch names.")],
    reason: options.Reason = "",
    settings: options.SettingsFile = None,
    as_json: options.AsJson = False,
) -> int:
    """Let the exact bytes of prepared batches go; a failed one needs a reason."""
    from rapupload.errors import UsageError
    from rapupload.services.deciding import approve as approve_batch
    from rapupload.services.reporting import figures_of
    from rapupload.wiring import open_desk

    face = Face(as_json=as_json)
    known, environ = required_settings(settings)
    done: list[Batch] = []
    problems: list[RapuploadError] = []
    figures: dict[str, list[dict[str, object]]] = {}
    with open_desk(known, environ) as desk:
        for name in batches:
            try:
                batch = approve_batch(desk, name, reason=reason)
            except UsageError as error:  # the others are approved all the same
                problems.append(error)
                continue
            done.append(batch)
            figures[batch.intake] = figures_of(
                desk, desk.journal.intake(batch.intake).given
            )
    for told in figures.values():
        face.show(*_limits_told(told))
    return _show(face, done, problems)


def withdraw(
    batch: options.BatchName,
    reason: NeededReason,
    settings: options.SettingsFile = None,
    as_json: options.AsJson = False,
) -> int:
    """Take back a batch that was not sent."""
    from rapupload.services.deciding import withdraw as withdraw_batch
    from rapupload.wiring import open_desk

    known, environ = required_settings(settings)
    with open_desk(known, environ) as desk:
        done = withdraw_batch(desk, batch, reason=reason)
    return _show(Face(as_json=as_json), [done])


def resolve(
    batch: options.BatchName,
    reason: NeededReason,
    sent: Annotated[
        bool | None,
        typer.Option("--sent/--not-sent", help="What became of the file."),
    ] = None,
    settings: options.SettingsFile = None,
    as_json: options.AsJson = False,
) -> int:
    """Say what became of a batch in doubt; --not-sent lets it be sent again."""
    from rapupload.errors import UsageError
    from rapupload.services.deciding import resolve as resolve_batch
    from rapupload.wiring import open_desk

    if sent is None:
        raise UsageError(
            "Say whether the file arrived.", hint="Add --sent or --not-sent."
        )
    known, environ = required_settings(settings)
    with open_desk(known, environ) as desk:
        done = resolve_batch(desk, batch, sent=sent, reason=reason)
    return _show(Face(as_json=as_json), [done])


def _show(
    face: Face, batches: Sequence[Batch], problems: Sequence[RapuploadError] = ()
) -> int:
    from rapupload.cli.tables import batches_table
    from rapupload.services.reporting import batch_summary

    if batches:
        face.show(batches_table(batches))
    return face.end({"batches": [batch_summary(b) for b in batches]}, problems)


def send(
    batches: options.Batches = None,
    settings: options.SettingsFile = None,
    as_json: options.AsJson = False,
) -> int:
    """Send approved batches, settle what is in doubt by evidence, fetch answers."""
    from rapupload.services.reporting import reread
    from rapupload.services.sending import send as send_batches
    from rapupload.wiring import open_desk

    face = Face(as_json=as_json)
    known, environ = required_settings(settings)
    with open_desk(known, environ, say=face.say) as desk:
        before = {b.batch: b.state for b in desk.batches(*UNFINISHED)}
        report = send_batches(desk, batches or ())
        after = reread(desk, before)
        changed = [b.batch for b in after if b.state is not before[b.batch]]
        doubtful = [b.batch for b in after if b.state is BatchState.IN_DOUBT]
        now = reread(desk, dict.fromkeys([*report.batches, *changed, *doubtful]))
        waiting = [b.batch for b in desk.batches(BatchState.PREPARED)]
    if waiting:
        face.show(
            f"{count_of(len(waiting), 'batch', 'batches')} not approved yet: rapupload "
            f"approve {' '.join(waiting[:_NAMED])}"
        )
    return show_sent(face, now, report)


def show_sent(
    face: Face,
    now: Sequence[Batch],
    report: SendReport,
    *,
    problems: Sequence[RapuploadError] = (),
    document: dict[str, object] | None = None,
) -> int:
    """Show where batches stand after a run of sending, and what to do next."""
    from rapupload.cli.tables import batches_table
    from rapupload.services.reporting import batch_summary

    if now:
        face.show(batches_table(now))
    else:
        face.show("No batch waits to be sent.")
    face.show(*_next_steps(now))
    _show_trouble(face, report.collection)
    found = [*problems, *report.problems(now)]
    codes = [exits.BY_STATE.get(batch.state, exits.DONE) for batch in now]
    if report.stopped is not None:  # a batch that waits is what the error says already
        codes = [code for code in codes if code != exits.APPROVAL]
    summaries = [batch_summary(batch) for batch in now]
    return face.end({**(document or {}), "batches": summaries}, found, codes)


_NEXT = {
    BatchState.IN_DOUBT: "{batch} is in doubt: it may have arrived. Do not send it "
    "another way. Look at RAP or ask HKEX, then run: rapupload resolve {batch} "
    '--sent|--not-sent --reason "..."',
    BatchState.FAILED: "{batch} failed: the far end refused to open the file. Once the "
    'cause is mended: rapupload approve {batch} --reason "...", then rapupload send',
    BatchState.SENDING: "{batch} is being sent, or its run was cut off: rapupload send "
    "finds out",
    BatchState.EXPIRED: "{batch} has expired with its day: prepare the source again",
    BatchState.APPROVED: "{batch} is approved and not sent yet: rapupload send",
    BatchState.PREPARED: "{batch} waits for approval: rapupload approve {batch}",
    BatchState.SENT: "{batch} has no answer yet: rapupload collect",
    BatchState.RECEIVED: "{batch} was received; rows are pending: rapupload collect",
    BatchState.PARTLY_ACCEPTED: "{batch} has rejected rows: rapupload status {batch}",
    BatchState.REJECTED: "{batch} was rejected: rapupload status {batch}",
}


def _next_steps(batches: Sequence[Batch]) -> list[str]:
    return [
        _NEXT[batch.state].format(batch=batch.batch)
        for batch in batches
        if batch.state in _NEXT
    ]


def _show_trouble(face: Face, collection: Collection) -> None:
    for name, reason in collection.trouble.items():
        words = f"[yellow]Answer {plain(name)} needs a person:[/] {plain(reason)}"
        face.show(words)


def collect(
    settings: options.SettingsFile = None,
    as_json: options.AsJson = False,
) -> int:
    """Fetch acknowledgements and give every row its outcome."""
    from rapupload.cli.tables import batches_table
    from rapupload.services.collecting import awaited
    from rapupload.services.collecting import collect as collect_answers
    from rapupload.services.reporting import batch_summary, reread
    from rapupload.wiring import open_desk

    face = Face(as_json=as_json)
    known, environ = required_settings(settings)
    with open_desk(known, environ, say=face.say) as desk:
        # what a crash left in sending is in doubt from here on, and must be told
        left = desk.batches(BatchState.SENDING)
        before = [batch.batch for batch in (*left, *awaited(desk))]
        found = collect_answers(desk)
        now = reread(desk, before)
    if not now:
        face.show("No answer is awaited.")
    else:
        face.show(batches_table(now), *_next_steps(now))
    _show_trouble(face, found)
    codes = [exits.BY_STATE.get(batch.state, exits.DONE) for batch in now]
    codes += [exits.REJECTED] if found.trouble else []
    document: dict[str, object] = {
        "batches": [batch_summary(batch) for batch in now],
        "answers": [{"file": f, "batch": b} for f, b in found.applied.items()],
        "trouble": [{"file": f, "reason": r} for f, r in found.trouble.items()],
    }
    return face.end(document, codes=codes)


def status(
    batch: Annotated[str | None, typer.Argument(help="Batch name.")] = None,
    all_batches: Annotated[
        bool, typer.Option("--all", help="Settled batches and every row too.")
    ] = False,
    settings: options.SettingsFile = None,
    as_json: options.AsJson = False,
) -> int:
    """Show where batches stand; of one batch its timeline and every row."""
    from rapupload.wiring import open_desk

    face = Face(as_json=as_json)
    known, environ = required_settings(settings)
    with open_desk(known, environ) as desk:
        if batch is not None:
            from rapupload.services.reporting import report

            return _show_report(face, report(desk, batch), all_batches)
        found = (
            desk.journal.batches() if all_batches else _recent(desk.journal, desk.today)
        )
    return _show_list(face, found)


def _recent(journal: Journal, today: dt.date) -> tuple[Batch, ...]:
    """Return today's batches and every unfinished one."""
    from rapupload.journal import Filter

    names = {b.batch: b for b in journal.unfinished()}
    names |= {b.batch: b for b in journal.batches(Filter(since=today))}
    return tuple(sorted(names.values(), key=lambda b: b.created_at))


def _show_list(face: Face, found: Sequence[Batch]) -> int:
    from rapupload.cli.tables import batches_table
    from rapupload.services.reporting import batch_summary

    if found:
        face.show(batches_table(found), *_next_steps(found))
    else:
        face.show("No batch today and none unfinished; --all shows older ones.")
    return face.end({"batches": [batch_summary(b) for b in found]})


def _origin(found: BatchReport) -> list[str]:
    """Say what a checker has to know: the source, what was left, what was let pass."""
    intake, accepted = found.intake, found.accepted
    counted = (
        f"\nSource {plain(intake.source_file)}: {intake.source_rows:,} rows, "
        f"{intake.used:,} used, {intake.rejected:,} rejected, {intake.ignored:,} ignored"
    )
    lines = [counted, *_summing(found), f"Batch file digest {found.batch.digest}"]
    if intake.control_totals:
        totals = ", ".join(f"{n} {f}" for n, f in intake.control_totals.items())
        lines.append(f"Control totals of the source, compared: {plain(totals)}")
    if intake.mapping_digest:
        lines.append(f"Column mapping digest {intake.mapping_digest}")
    if accepted.codes:
        codes = ", ".join(accepted.codes)
        lines.append(f"Warnings let pass: {codes}: {plain(accepted.reason)}")
    if found.batch.possible_duplicate:
        why = plain(found.batch.possible_duplicate)
        lines.append(f"[yellow]Possible duplicate, let pass:[/] {why}")
    return lines


def _limits_told(figures: Sequence[dict[str, object]]) -> list[RenderableType]:
    """Show what was said of limits when a batch was prepared."""
    from rapupload.cli.limits import figures_table

    table = figures_table(figures)
    return [] if table is None else ["\nLimits, when it was prepared:", table]


def _summing(found: BatchReport) -> list[str]:
    """Say how many rows and clients stand behind the instructions of the source."""
    from rapupload.services.preparing import CLIENTS, SOURCE_ROWS, SUMMED

    totals = found.intake.totals
    if SUMMED not in totals:
        return []
    clients = f" of {int(totals[CLIENTS]):,} clients" if CLIENTS in totals else ""
    rows, made = int(totals[SOURCE_ROWS]), int(totals[SUMMED])
    return [f"[yellow]Summed:[/] {rows:,} rows{clients} into {made:,} instructions"]


def _show_report(face: Face, found: BatchReport, all_rows: bool) -> int:
    from rapupload.cli.tables import batches_table, rows_table, timeline
    from rapupload.services.reporting import report_document

    hidden = 0 if all_rows else found.rows.height - _SHOWN_ROWS
    face.show(
        batches_table([found.batch]),
        *_next_steps([found.batch]),
        *_origin(found),
        *_limits_told(found.figures),
        "",
        timeline(found),
        "",
        rows_table(found, limit=_SHOWN_ROWS, all_rows=all_rows),
    )
    if hidden > 0:
        face.show(f"{hidden:,} more rows; --all shows them.")
    code = exits.BY_STATE.get(found.batch.state, exits.DONE)
    code = code if code in {exits.IN_DOUBT, exits.REJECTED} else exits.DONE
    return face.end(report_document(found), codes=[code])
