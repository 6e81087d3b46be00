"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[
    bool, typer.Option("--json", help="Print one JSON document and nothing else.")
]
SettingsFile = Annotated[
    Path | None,
    typer.Option("--settings", help="Settings file; else rapupload.toml here."),
]
SourceFile = Annotated[Path, typer.Argument(help="Workbook or CSV file.")]
Type = Annotated[
    str | None,
    typer.Option(
        "--type", "-t", help="Instruction type, such as si; else told by the headings."
    ),
]
Sheet = Annotated[
    str | None, typer.Option("--sheet", help="Sheet; else the one that fits.")
]
HeaderRow = Annotated[
    int | None, typer.Option("--header-row", min=1, help="Row of the headings.")
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="Encoding of a CSV file, else UTF-8.")
]
MappingName = Annotated[
    str | None,
    typer.Option("--mapping", help="Saved column mapping, by name or as a file."),
]
Sum = Annotated[
    bool | None,
    typer.Option(
        "--sum/--no-sum", help="Sum the rows of several clients; else as mapped."
    ),
]
ControlTotal = Annotated[
    list[str] | None,
    typer.Option(
        "--control-total",
        metavar="NAME=FIGURE",
        help="What the source must come to: count=120, quantity=5000, HKD=99.50.",
    ),
]
Lists = Annotated[
    list[str] | None,
    typer.Option(
        "--list",
        metavar="NAME=FILE",
        help="A list of your own for this check, such as accounts=FILE.",
    ),
]
AcceptWarning = Annotated[
    list[str] | None,
    typer.Option("--accept-warning", help="Code of a warning that may pass."),
]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept in the journal.")]
ValidRows = Annotated[
    bool,
    typer.Option("--accept-valid-rows", help="Leave rows with errors behind."),
]
DuplicateReason = Annotated[
    str,
    typer.Option("--duplicate-reason", help="Why the same instructions go again."),
]
Batches = Annotated[
    list[str] | None, typer.Argument(help="Batch names; else all that wait.")
]
BatchName = Annotated[str, typer.Argument(help="Batch name.")]
