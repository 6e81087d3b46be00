"""Commands that need the simulator: simulate and demo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rapupload.cli import options
from rapupload.cli.face import Face

_USUAL_PORT = 18801

if TYPE_CHECKING:
    from rapupload.errors import RapuploadError
    from rapupload.simulator.settings import Running


def host_key_of(folder: Path, account: str) -> str:
    """Return the fingerprint of a simulator's host key; keys are made if missing.

    Raises:
        ConfigError: The simulator is not installed.
        UsageError: The folder cannot be written to.
    """
    try:
        import asyncssh

        from rapupload.simulator.keys import Keys
    except ModuleNotFoundError as error:
        raise simulator_missing() from error
    try:
        keys = Keys.keep(folder / "keys", account)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return str(asyncssh.import_private_key(keys.host).get_fingerprint())


def _unwritable(folder: Path, error: OSError) -> RapuploadError:
    from rapupload.errors import UsageError

    return UsageError(
        f"The simulator cannot keep its files in {folder}: {error.strerror}.",
        hint="Choose a folder that you may write to.",
    )


def simulator_missing() -> RapuploadError:
    """Return the error that says how to install the simulator."""
    from rapupload.errors import ConfigError

    return ConfigError(
        "The simulator is not installed.",
        hint='Install it with: pip install "rapupload[simulator]".',
    )


def simulate(
    root: Annotated[
        Path | None, typer.Option("--root", help="Folder of its keys and files.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help="Port; 0 for any free one."),
    ] = None,
    scenario: Annotated[
        str, typer.Option("--scenario", help="What goes wrong; list shows all.")
    ] = "none",
    answer_after: Annotated[
        float, typer.Option("--answer-after", help="Seconds until answers come.")
    ] = 1.0,
    keep_hours: Annotated[
        bool, typer.Option("--keep-hours", help="Refuse logins outside RAP's hours.")
    ] = False,
    settings: options.SettingsFile = None,
) -> int:
    """Run a RAP on this machine until Ctrl-C; it listens on 127.0.0.1 only."""
    face = Face()
    if scenario == "list":
        return _list_scenarios(face)
    from rapupload.cli.settings import optional_settings
    from rapupload.simulator.run import run
    from rapupload.simulator.scenarios import Scenario
    from rapupload.simulator.settings import SimulatorSettings, settings_text
    from rapupload.wiring import catalogue, real_clock

    known = optional_settings(settings)
    own = known.folder / "simulator" if known else Path("simulator")
    account = known.account.name if known else "CB01234001"
    usual = (known.endpoint[0].port if known else None) or _USUAL_PORT
    chosen = port if port is not None else usual
    specs = catalogue(known)

    def started(running: Running) -> None:
        _show_started(face, running, settings_text(running), has_settings=bool(known))

    simulated = SimulatorSettings(
        root=root or own,
        account=account,
        port=chosen,
        keep_hours=keep_hours,
        answer_after=answer_after,
        scenario=Scenario.parse(scenario),
    )
    try:
        run(
            simulated,
            [specs.spec(name).spec for name in specs.types],
            clock=real_clock,
            on_started=started,
            on_event=lambda text: print(text, flush=True),
        )
    except OSError as error:
        raise _unwritable(simulated.root, error) from error
    return 0


def _list_scenarios(face: Face) -> int:
    from rapupload.cli.tables import plain_table
    from rapupload.simulator.scenarios import KINDS

    rows = [
        (f"{name}:N" if kind.unit else name, kind.summary)
        for name, kind in KINDS.items()
    ]
    face.show(plain_table(("scenario", "what goes wrong"), rows))
    return 0


def _show_started(
    face: Face, running: Running, text: str, *, has_settings: bool
) -> None:
    face.show(
        f"A simulated RAP listens on {running.host}:{running.port} for account "
        f"{running.account}. Ctrl-C stops it.",
        f"Its files are in {running.tree}",
        f"Host key {running.host_key_fingerprint}",
    )
    if not has_settings:
        face.show("\nSettings to paste into rapupload.toml:\n")
        print(text, flush=True)


def demo(
    folder: Annotated[
        Path, typer.Argument(help="Where the demonstration leaves its files.")
    ] = Path("demo"),
) -> int:
    """Run the main job once on this machine, from template to outcomes."""
    from rapupload.cli.demonstration import run_demo

    return run_demo(folder)
