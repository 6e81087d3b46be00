"""OpenSSH's server with an account named as RAP names them, made up for one test.

sshd lets in system users only, and the settings take only RAP's account names. So the
server runs under cwrap's ``nss_wrapper``, which shows it a user list of its own; the
account is this very user by another name, and no list of the machine is changed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.sshd import Sshd, find_sshd, sshd

_LIBRARIES = ("/usr/lib", "/usr/lib64", "/usr/local/lib")


def find_wrapper() -> Path | None:
    """Return the library, if it is installed (Debian: libnss-wrapper)."""
    if os.name != "posix":
        return None
    found = (p for d in _LIBRARIES for p in Path(d).glob("**/libnss_wrapper.so"))
    return next(found, None)


needs_account_sshd = pytest.mark.skipif(
    find_sshd() is None or find_wrapper() is None,
    reason="needs OpenSSH's server and nss_wrapper "
    "(Debian: openssh-server, libnss-wrapper)",
)


@contextmanager
def account_sshd(
    root: Path, account: str, authorized_key: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Sshd]:
    """Run a server whose one account is named ``account``.

    Args:
        root: An empty folder for the server's own files.
        account: Its name; its files are those of the user who runs the tests.
        authorized_key: Public key line that lets it in.
        monkeypatch: Sets the variables of the wrapper while the server starts.
    """
    root.mkdir(parents=True)
    users, groups = root / "passwd", root / "group"
    lines = [
        f"{account}:x:{os.getuid()}:{os.getgid()}::{root}:/bin/sh",
        f"root:x:0:0::{root}:/bin/sh",
        f"sshd:x:65534:65534::{root}:/bin/false",
    ]
    users.write_text("\n".join(lines) + "\n", encoding="utf-8")
    groups.write_text(f"{account}:x:{os.getgid()}:\nroot:x:0:\n", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setenv("LD_PRELOAD", str(find_wrapper()))
        patch.setenv("NSS_WRAPPER_PASSWD", str(users))
        patch.setenv("NSS_WRAPPER_GROUP", str(groups))
        server = sshd(root, authorized_key)
        running = server.__enter__()
    try:
        yield running
    finally:
        server.__exit__(None, None, None)
