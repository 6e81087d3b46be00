"""Findings, batches, rows and timelines as tables a person can read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from rapupload.model import BatchState, Finding, Severity

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from rich.table import Table

    from rapupload.journal import Batch
    from rapupload.services.reporting import BatchReport

_NARROW = 100  # columns of the screen
_COLOURS = {
    Severity.ERROR: "red",
    Severity.WARNING: "yellow",
    Severity.NOTE: "cyan",
}
_STATE_COLOURS = {
    BatchState.ACCEPTED: "green",
    BatchState.PARTLY_ACCEPTED: "yellow",
    BatchState.REJECTED: "red",
    BatchState.FAILED: "red",
    BatchState.IN_DOUBT: "bold red",
}


def _table(*columns: str, whole: Sequence[str] = ()) -> Table:
    """Return an empty table; what is typed into commands stays in one piece."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in whole)
    return table


def _escape(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def findings_table(findings: Iterable[Finding], language: str) -> Table:
    """Return findings, one line each, with the cell as the spreadsheet names it.

    A narrow screen has the code below the words: it is copied to explain, so it must
    not break, and beside them it would leave the words a third of the line.
    """
    is_narrow = _is_narrow()
    heads = ("", "cell", "column", "value", "what is wrong", "code")
    table = _table(*heads[: -1 if is_narrow else None], whole=("", "cell", "code"))
    for finding in findings:
        colour = _COLOURS[finding.severity]
        words = _escape(_words(finding, language))
        table.add_row(
            f"[{colour}]{finding.severity.value}[/]",
            finding.cell or (str(finding.row) if finding.row else finding.letter),
            _escape(finding.column),
            _escape(finding.value),
            *(
                (f"{words}\n[dim]{finding.code}[/]",)
                if is_narrow
                else (words, finding.code)
            ),
        )
    return table


def _is_narrow() -> bool:
    """Tell whether the screen is narrow; what is no screen is 120 columns wide."""
    return get_terminal_size((120, 24)).columns < _NARROW


def _words(finding: Finding, language: str) -> str:
    message = finding.message
    if language == "both":
        return f"{message.en} {message.zh_hant}"
    return message.in_language(language)


def batches_table(batches: Sequence[Batch]) -> Table:
    """Return batches, newest last; a narrow screen leaves out the file, named alike."""
    heads = ("batch", "file", "state", "rows", "accepted", "rejected", "pending")
    is_narrow = _is_narrow()
    shown = [head for head in heads if not (is_narrow and head == "file")]
    table = _table(*shown, whole=("batch", "state"))
    for batch in batches:
        colour = _STATE_COLOURS.get(batch.state, "")
        state = f"[{colour}]{batch.state.value}[/]" if colour else batch.state.value
        table.add_row(
            batch.batch,
            *(() if is_narrow else (batch.file_name,)),
            state,
            f"{batch.instructions:,}",
            f"{batch.accepted:,}",
            f"{batch.rejected:,}",
            f"{batch.pending:,}",
        )
    return table


def timeline(report: BatchReport) -> Table:
    """Return what happened to a batch, in Hong Kong time."""
    from rapupload.services.reporting import meaning_of

    table = _table("Hong Kong time", "who", "what", "why")
    for event in report.events:
        at = event.at.astimezone(_hong_kong())
        what = event.action
        if event.before and event.after:
            what = f"{event.before} -> {event.after}"
        table.add_row(
            f"{at:%Y-%m-%d %H:%M:%S}",
            _escape(event.who or "-"),
            what,
            _escape(meaning_of(event)),
        )
    return table


def _hong_kong() -> ZoneInfo:
    from zoneinfo import ZoneInfo

    return ZoneInfo("Asia/Hong_Kong")


def rows_table(report: BatchReport, *, limit: int, all_rows: bool) -> Table:
    """Return the rows of a batch: those rejected or pending first in mind."""
    table = _table(
        "sheet", "row", "line", "reference", "outcome", "reason or CCASS reference"
    )
    rows = report.rows if all_rows else report.rows.head(limit)
    for row in rows.iter_rows(named=True):
        outcome = str(row["outcome"])
        colour = {"accepted": "green", "rejected": "red"}.get(outcome, "")
        reason = " ".join(part for part in (row["reason_code"], row["reason"]) if part)
        table.add_row(
            _escape(row["sheet"] or ""),
            _rows_of(row),
            str(row["line"]),
            _escape(row["reference"] or ""),
            f"[{colour}]{outcome}[/]" if colour else outcome,
            _escape(reason or row["ccass_reference"] or ""),
        )
    return table


def _rows_of(row: Mapping[str, object]) -> str:
    """Return the source row, and how many others were summed with it."""
    also = str(row["also"] or "")
    return f"{row['row']}" + (f" +{also.count(',') + 1}" if also else "")


def plain_table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    colours: Mapping[str, str] | None = None,
) -> Table:
    """Return a table of texts; the first of each row may have a colour."""
    table = _table(*heads)
    for first, *rest in rows:
        colour = (colours or {}).get(first, "")
        shown = f"[{colour}]{first}[/]" if colour else _escape(first)
        table.add_row(shown, *(_escape(text) for text in rest))
    return table
