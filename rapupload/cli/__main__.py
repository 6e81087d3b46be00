"""Entry point of the ``rapupload`` command: lazy commands, one place for errors."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

import typer

from rapupload.cli import (
    batch_commands,
    comparing_commands,
    exits,
    journal_commands,
    mapping_commands,
    reference_commands,
    setup_commands,
    simulator_commands,
    source_commands,
    spec_commands,
)
from rapupload.cli.face import Face, OutputError, error_document, tell
from rapupload.errors import RapuploadError

app = typer.Typer(
    name="rapupload",
    help="Spreadsheets to HKEX's Report Access Platform: checked, sent once, answered.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for _command, _panel in (
    (setup_commands.init, "Set up"),
    (setup_commands.doctor, "Set up"),
    (source_commands.template, "Source files"),
    (source_commands.check, "Source files"),
    (reference_commands.explain, "Source files"),
    (source_commands.prepare, "Source files"),
    (source_commands.submit, "Source files"),
    (batch_commands.approve, "Batches"),
    (batch_commands.send, "Batches"),
    (batch_commands.collect, "Batches"),
    (batch_commands.status, "Batches"),
    (batch_commands.resolve, "Batches"),
    (batch_commands.withdraw, "Batches"),
    (comparing_commands.decode, "Parallel run"),
    (comparing_commands.diff, "Parallel run"),
    (simulator_commands.simulate, "Try out"),
    (simulator_commands.demo, "Try out"),
):
    app.command(rich_help_panel=_panel)(_command)
app.command("map", rich_help_panel="Source files")(mapping_commands.map_columns)
app.add_typer(spec_commands.app, name="specs")
app.add_typer(journal_commands.app, name="journal")


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code."""
    face = Face(as_json="--json" in arguments)
    try:
        result = app(arguments, standalone_mode=False, prog_name="rapupload")
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted(face)
    except Exception as error:  # noqa: BLE001 - the one place where nothing may pass
        return _failed(face, error)
    if result == exits.INTERRUPTED:  # typer's way to tell of Ctrl-C in a command
        return _interrupted(face)
    return result if isinstance(result, int) else exits.DONE


def _failed(face: Face, error: Exception) -> int:
    if isinstance(error, OutputError):
        return _unwritten(error)
    if isinstance(error, RapuploadError):
        return _stopped(face, error)
    if hasattr(error, "format_message"):  # a wrong call, in typer's words
        return _misused(face, error.format_message())
    return _unexpected(face, error)


def _unwritten(error: OutputError) -> int:
    """Tell that the result is lost, not the work; nothing if the reader went away."""
    if not error.is_unread:
        tell(error)
    # what is still in the buffer would fail again at the end of the process
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return exits.UNEXPECTED


def _stopped(face: Face, error: RapuploadError) -> int:
    code = exits.of_error(error)
    face.document({"error": error_document(error, code)})
    if not face.as_json:
        tell(error)
    return code


def _misused(face: Face, message: str) -> int:
    face.document(
        {
            "error": {
                "code": "usage",
                "message": message,
                "hint": "See --help.",
                "exit_code": exits.USAGE,
            }
        }
    )
    if not face.as_json:
        print(f"{message}\n-> See rapupload --help.", file=sys.stderr)
    return exits.USAGE


def _interrupted(face: Face) -> int:
    message = "Interrupted. What was journalled stands: rapupload status shows it."
    document = {"code": "interrupted", "message": message, "hint": "", "exit_code": 130}
    face.document({"error": document})
    if not face.as_json:
        print(message, file=sys.stderr)
    return exits.INTERRUPTED


def _unexpected(face: Face, error: Exception) -> int:
    """Keep the trace for us, and tell the person in a sentence."""
    log = _log(error)
    message = f"Something unexpected happened: {type(error).__name__}."
    hint = "Nothing is lost: rapupload status shows where batches stand."
    if log is not None:
        hint += f" The trace is in {log}; please send it to us."
    document = {"code": "unexpected", "message": message, "hint": hint, "exit_code": 1}
    face.document({"error": document})
    if not face.as_json:
        print(f"{message}\n-> {hint}", file=sys.stderr)
    return exits.UNEXPECTED


def _log(error: Exception) -> Path | None:
    """Keep the trace where the person, or at least everybody, may write."""
    import tempfile

    import platformdirs

    for place in (platformdirs.user_log_dir("rapupload"), tempfile.gettempdir()):
        path = Path(place) / "rapupload.log"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as stream:
                stream.write("".join(traceback.format_exception(error)))
        except OSError:
            continue
        return path
    return None


def main() -> None:
    """Run the command line of this process."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by who started us, as schedulers do
            nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
            setattr(sys, name, nowhere)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # Chinese on a console of another code page
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
