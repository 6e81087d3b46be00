"""A desk in a folder of its own: settings, source files, and the installed command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

GUARD = Path(__file__).parent / "guard"
COMMAND = Path(sys.executable).with_name(
    "rapupload.exe" if os.name == "nt" else "rapupload"
)
ACCOUNT = "CB01234001"
MAKER, CHECKER = "chan", "wong"
_PATIENCE = 120.0  # seconds; a command that takes longer hangs
_FLAT = ("environment", "approval", "language")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command came to.

    Attributes:
        code: Exit code; negative where a signal ended it.
        out: Standard output.
        err: Standard error.
    """

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Return all that a person saw, on one line: tables wrap where they like."""
        return " ".join((self.out + "\n" + self.err).split())

    @property
    def json(self) -> dict[str, Any]:
        """Return the document; standard output must hold one and nothing else."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    @property
    def error(self) -> dict[str, Any]:
        """Return the document's error, with the keys that scripts rely on."""
        error = self.json["error"]
        assert {"code", "message", "hint", "exit_code"} <= set(error), error
        assert error["exit_code"] == self.code, error
        assert isinstance(error, dict)
        return error

    @property
    def batch(self) -> str:
        """Return the name of the one batch in the document."""
        (batch,) = self.json["batches"]
        return str(batch["batch"])

    @property
    def state(self) -> str:
        """Return the state of the one batch in the document."""
        (batch,) = self.json["batches"]
        return str(batch["state"])


@dataclass(slots=True, kw_only=True)
class Place:
    """A folder where one person, or several, work with the installed command.

    Attributes:
        folder: Where commands run.
        person: Who acts unless a call says otherwise.
        environ: Further variables of every command.
    """

    folder: Path
    person: str = MAKER
    environ: dict[str, str] = field(default_factory=dict)

    def run(
        self,
        *arguments: str | Path,
        expect: int | Sequence[int] | None = None,
        person: str | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> Ran:
        """Run the command to its end; no outcome may show a traceback."""
        done = subprocess.run(
            [COMMAND, *map(str, arguments)],
            cwd=self.folder,
            env=self.environment(person, environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
        out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
        ran = Ran(code=done.returncode, out=out, err=err)
        said = f"rapupload {' '.join(map(str, arguments))}\n{ran.code}\n{out}\n{err}"
        assert "Traceback" not in out + err, said
        if expect is not None:
            wanted = (expect,) if isinstance(expect, int) else expect
            assert ran.code in wanted, said
        return ran

    def start(
        self, *arguments: str | Path, person: str | None = None, **options: Any
    ) -> subprocess.Popen[bytes]:
        """Start the command and do not wait for it."""
        return subprocess.Popen(
            [COMMAND, *map(str, arguments)],
            cwd=self.folder,
            env=self.environment(person, None),
            stdin=subprocess.DEVNULL,
            stdout=options.pop("stdout", subprocess.DEVNULL),
            stderr=options.pop("stderr", subprocess.DEVNULL),
            **options,
        )

    def write_settings(
        self,
        *,
        port: int,
        host_keys: Sequence[str],
        private_key: Path,
        text: str = "",
        **tables: Mapping[str, object] | str,
    ) -> Path:
        """Write settings for one far end, impatient enough for tests.

        Args:
            port: Of the far end.
            host_keys: Its pins.
            private_key: File of the account's key.
            text: Further TOML, at the end.
            tables: Values that differ from the tests' own, by table; a plain value
                stands before the first table.
        """
        wanted: dict[str, dict[str, object]] = {
            "account": {
                "name": ACCOUNT,
                "participant": ACCOUNT[1:7],
                "private-key": str(private_key),
            },
            "endpoint": {
                "host": "127.0.0.1",
                "port": port,
                "host-keys": list(host_keys),
            },
            "retry": {
                "attempts": 2,
                "first-wait-seconds": 0.05,
                "longest-wait-seconds": 0.1,
            },
            "timeouts": {"connect-seconds": 5, "reply-seconds": 5},
            "collecting": {"wait-seconds": 3, "poll-seconds": 0.1},
        }
        flat = {k: str(v) for k, v in tables.items() if k in _FLAT}
        for name, values in tables.items():
            if isinstance(values, Mapping):
                table = wanted.setdefault(name.replace("_", "-"), {})
                table.update({k.replace("_", "-"): v for k, v in values.items()})
        lines = [f"{key} = {json.dumps(value)}" for key, value in flat.items()]
        for name, table in wanted.items():
            lines.append("[[endpoint]]" if name == "endpoint" else f"[{name}]")
            lines += [
                f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in table.items()
            ]
        path = self.folder / "rapupload.toml"
        path.write_text("\n".join([*lines, text, ""]), encoding="utf-8")
        return path

    def environment(
        self, person: str | None, more: Mapping[str, str] | None
    ) -> dict[str, str]:
        """Return this machine's variables less the user's own, and the guard's."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("RAPUPLOAD_", "COV_", "PYTEST_"))
        }
        home = str(self.folder.parent / "home")
        own = {
            "HOME": home,
            "XDG_STATE_HOME": home,
            "PYTHONPATH": os.pathsep.join([str(GUARD), *_paths()]),
            "COLUMNS": "200",
            "RAPUPLOAD_PERSON": person or self.person,
        }
        return kept | own | self.environ | dict(more or {})


def _paths() -> list[str]:
    """Return where this process's own PYTHONPATH points; the guard goes before it."""
    return [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
