"""OpenSSH's own server on a free local port, for as long as a block lasts."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_STARTS_WITHIN = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sshd:
    """A running server; the account is the user who runs the tests.

    Attributes:
        fingerprints: SHA-256 fingerprints of its host keys, by kind.
        log: What the server writes.
        pid: Of the listening process.
    """

    port: int
    account: str
    fingerprints: dict[str, str]
    log: Path
    pid: int


def find_sshd() -> str | None:
    """Return the path of OpenSSH's server, if it is installed; POSIX only."""
    if os.name != "posix":
        return None
    return shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


needs_sshd = pytest.mark.skipif(
    find_sshd() is None and not os.environ.get("RAPUPLOAD_TEST_NO_SKIP"),
    reason="OpenSSH's server is not installed (Debian: openssh-server)",
)
"""Leave a test out where there is no server; not where the environment forbids it."""


@contextmanager
def sshd(
    root: Path,
    authorized_key: str,
    *,
    host_key_kinds: tuple[str, ...] = ("ed25519", "rsa"),
    options: tuple[str, ...] = (),
) -> Iterator[Sshd]:
    """Run a server that takes one public key and offers SFTP.

    Args:
        root: An empty folder for the server's own files.
        authorized_key: Public key line of the account.
        host_key_kinds: One host key of each is made.
        options: Further lines of configuration; they win.
    """
    program = find_sshd()
    assert program is not None, "sshd is not installed"
    root = root.resolve()
    fingerprints = {kind: _make_host_key(root, kind) for kind in host_key_kinds}
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # its privilege separation needs it
    (root / "authorized_keys").write_text(authorized_key + "\n", encoding="utf-8")
    port = _find_free_port()
    settings = _write_settings(root, port, host_key_kinds, options)
    log = root / "sshd.log"
    # absolute paths: with others the server cannot start itself anew per connection
    process = subprocess.Popen([program, "-D", "-f", settings, "-E", log])
    try:
        _wait_until_it_listens(process, port, log)
        yield Sshd(
            port=port,
            account=getpass.getuser(),
            fingerprints=fingerprints,
            log=log,
            pid=process.pid,
        )
    finally:
        process.terminate()
        process.wait(_STARTS_WITHIN)


def _make_host_key(root: Path, kind: str) -> str:
    path = root / f"host_{kind}"
    size = ["-b", "2048"] if kind == "rsa" else []
    subprocess.run(
        ["ssh-keygen", "-q", "-t", kind, *size, "-N", "", "-f", path], check=True
    )
    listing = subprocess.run(
        ["ssh-keygen", "-l", "-f", path], check=True, capture_output=True, text=True
    )
    return listing.stdout.split()[1]


def _find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _write_settings(
    root: Path, port: int, kinds: tuple[str, ...], options: tuple[str, ...]
) -> Path:
    lines = [
        *options,  # the first value of a keyword wins
        f"ListenAddress 127.0.0.1:{port}",
        *(f"HostKey {root}/host_{kind}" for kind in kinds),
        f"AuthorizedKeysFile {root}/authorized_keys",
        "StrictModes no",
        "UsePAM no",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "PermitRootLogin yes",
        "PidFile none",
        "LogLevel VERBOSE",
        "Subsystem sftp internal-sftp",
    ]
    path = root / "sshd_config"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _wait_until_it_listens(
    process: subprocess.Popen[bytes], port: int, log: Path
) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(encoding="utf-8")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)  # noqa: TID251 - a bounded wait for another process
        else:
            return
    raise AssertionError(log.read_text(encoding="utf-8"))
