"""Commands that set things up: init and doctor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rapupload.cli import options
from rapupload.cli.face import Face, argument, plain
from rapupload.cli.settings import required_settings
from rapupload.model import Environment

SIMULATOR_FOLDER = "simulator"
SIMULATOR_ACCOUNT = "CB01234001"
SIMULATOR_PORT = 18801
_PRESETS = tuple(
    f"hkscc-{centre}-{number}"
    for centre in ("primary", "secondary")
    for number in (1, 2)
)
_COLOURS = {"good": "green", "note": "cyan", "bad": "red"}


def init(
    folder: Annotated[Path, typer.Argument(help="Where the settings go.")] = Path(),
    environment: Annotated[
        Environment, typer.Option("--environment", help="Where batch files go.")
    ] = Environment.SIMULATOR,
    account: Annotated[
        str, typer.Option("--account", help="RAP account name.")
    ] = SIMULATOR_ACCOUNT,
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, help="Port of the far end.")
    ] = (SIMULATOR_PORT),
    as_json: options.AsJson = False,
) -> int:
    """Write commented settings; for the simulator they work as they are."""
    from rapupload.config import FILE_NAME
    from rapupload.services.files import write_new
    from rapupload.services.setting_up import Answers, settings_text

    target = folder / FILE_NAME
    simulated = environment is Environment.SIMULATOR
    answers = Answers(
        environment=environment,
        account=account,
        participant=account[1:7],
        private_key=f"{SIMULATOR_FOLDER}/keys/{account}" if simulated else account,
        port=port,
        presets=() if simulated else _PRESETS,
        host_keys=(_simulator_host_key(folder, account, target),)
        if simulated
        else ("SHA256:the fingerprint that HKEX gives you",),
    )
    write_new(target, settings_text(answers).encode())
    face = Face(as_json=as_json)
    then = (
        f"Start the far end in another terminal, in this folder: rapupload simulate "
        f"--settings {argument(target)}"
        if simulated
        else f"Fill in {target}: the private key and the host keys of every address."
    )
    face.show(plain(f"{target} is written."), plain(then), "Then: rapupload doctor")
    return face.end({"settings": str(target), "environment": environment.value})


def _simulator_host_key(folder: Path, account: str, target: Path) -> str:
    """Return the simulator's fingerprint; its keys are made here at the first time."""
    from rapupload.errors import UsageError

    if target.exists():
        raise UsageError(
            f"{target} exists already; it was left as it is.",
            hint="Edit it, or choose another folder.",
        )
    from rapupload.cli.simulator_commands import host_key_of

    return host_key_of(folder / SIMULATOR_FOLDER, account)


def doctor(
    settings: options.SettingsFile = None,
    as_json: options.AsJson = False,
) -> int:
    """Look at everything sending needs, and say how to mend what is wrong."""
    from rapupload.cli.tables import plain_table
    from rapupload.services.diagnosing import Verdict, diagnose
    from rapupload.wiring import open_desk

    face = Face(as_json=as_json)
    known, environ = required_settings(settings)
    with open_desk(known, environ, say=face.say) as desk:
        looks = list(diagnose(desk, environ))
    rows = [
        (look.verdict.value, look.subject, look.said + _arrow(look.mend))
        for look in looks
    ]
    face.show(plain_table(("", "looked at", "what was seen"), rows, colours=_COLOURS))
    problems = [look.error for look in looks if look.error is not None]
    bad = [look for look in looks if look.verdict is Verdict.BAD]
    if not bad:
        face.show("[green]Ready to send.[/] Nothing was uploaded.")
    from rapupload.cli import exits

    codes = [exits.PERMANENT] if any(look.error is None for look in bad) else []
    document: dict[str, object] = {
        "looks": [
            {
                "subject": look.subject,
                "verdict": look.verdict.value,
                "said": look.said,
                "mend": look.mend,
            }
            for look in looks
        ]
    }
    return face.end(
        document,
        problems if as_json else [],
        [*codes, *(exits.of_error(problem) for problem in problems)],
    )


def _arrow(mend: str) -> str:
    return f"\n-> {mend}" if mend else ""
