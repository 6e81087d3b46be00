"""One key pair for all tests, and short time limits."""

from __future__ import annotations

from pathlib import Path

import paramiko
import pytest

from rapupload.transport.keys import load_private_key, write_new_private_key
from rapupload.transport.rap import RapChannel
from rapupload.transport.session import Credentials, Limits
from tests.unit.transport.misbehaving import FarEnd


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> paramiko.RSAKey:
    """Return the account's key."""
    path: Path = tmp_path_factory.mktemp("key") / "account.key"
    write_new_private_key(path, bits=2048)
    return load_private_key(path)


@pytest.fixture(scope="session")
def public_key(key: paramiko.RSAKey) -> str:
    """Return its public half as one line."""
    return f"ssh-rsa {key.get_base64()}"


LIMITS = Limits(connect=2, negotiate=2, login=1, channel=1, request=1, keepalive=0)


def channel_to(key: paramiko.RSAKey, *far_ends: FarEnd) -> RapChannel:
    """Return a channel with short limits to these servers, in this order."""
    return RapChannel(
        endpoints=tuple(far_end.endpoint() for far_end in far_ends),
        credentials=Credentials(account="CB99999001", key=key),
        limits=LIMITS,
    )
