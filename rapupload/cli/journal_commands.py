"""Commands about the journal itself."""

from __future__ import annotations

import typer

from rapupload.cli import options
from rapupload.cli.face import Face
from rapupload.cli.settings import required_settings

app = typer.Typer(help="The journal: check that nothing was altered.")


@app.command()
def verify(
    settings: options.SettingsFile = None,
    as_json: options.AsJson = False,
) -> int:
    """Walk the event chain and compare it with everything the journal holds."""
    from rapupload.errors import JournalBrokenError
    from rapupload.wiring import open_desk

    face = Face(as_json=as_json)
    known, environ = required_settings(settings)
    with open_desk(known, environ) as desk:
        found = desk.journal.verify()
    face.show(
        f"{found.events:,} events, {found.batches:,} batches, "
        f"{found.instructions:,} instructions, {found.blobs:,} kept files",
        f"head {found.head.seq} {found.head.hash}",
    )
    problems = []
    if not found.is_sound:
        listing = "".join(f"\n  {problem}" for problem in found.problems)
        problems.append(
            JournalBrokenError(
                f"The journal does not add up:{listing}",
                hint="Send nothing. Keep a copy of the journal as it is, and compare "
                "with a backup and with the heads noted elsewhere.",
            )
        )
    else:
        face.show("[green]Everything adds up.[/]")
    document: dict[str, object] = {
        "sound": found.is_sound,
        "head": {"seq": found.head.seq, "hash": found.head.hash},
        "events": found.events,
        "batches": found.batches,
        "instructions": found.instructions,
        "blobs": found.blobs,
        "problems": [{"where": p.where, "what": p.what} for p in found.problems],
    }
    return face.end(document, problems)
