"""Nothing here reaches beyond this machine: neither the tests nor what they start."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from tests.support.guard.sitecustomize import ForbiddenAddressError
from tests.support.places import GUARD, Place

PUBLISHED = ("10.243.2.141", 18801)  # HKSCC's first address, as HKEX prints it


@pytest.mark.parametrize("name", ["connect", "connect_ex"])
def test_the_tests_own_process_cannot_leave_this_machine(name: str) -> None:
    """A socket of the tests refuses HKEX's address before any packet."""
    with socket.socket() as it, pytest.raises(ForbiddenAddressError):
        getattr(it, name)(PUBLISHED)


def test_no_name_is_looked_up() -> None:
    """A host name would go to a name server, so it is refused as well."""
    with pytest.raises(ForbiddenAddressError):
        socket.getaddrinfo("www.hkex.com.hk", 443)


def test_a_subprocess_cannot_leave_this_machine() -> None:
    """Python started by a test has the guard from its first line."""
    code = f"import socket; socket.create_connection({PUBLISHED!r}, 1)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(GUARD)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "the tests' guard refuses '10.243.2.141'" in done.stderr


def test_the_installed_command_runs_under_the_guard(place: Place) -> None:
    """The command pointed at HKEX's address sends no packet, and says it in words."""
    place.write_settings(
        port=PUBLISHED[1],
        host_keys=["SHA256:" + "A" * 43],
        private_key=place.folder / "key",
        endpoint={"host": PUBLISHED[0]},
    )
    from rapupload.transport.keys import write_new_private_key

    write_new_private_key(place.folder / "key", bits=2048)
    ran = place.run("doctor")
    assert ran.code in {11, 12}
    assert "10.243.2.141:18801" in ran.text
