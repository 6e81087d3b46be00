"""What every far end and every channel must do alike.

The same suite over OpenSSH's server and over asyncssh's: two other makes than ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import paramiko
import pytest

from rapupload.errors import (
    BusyAccountError,
    OutcomeUnknownError,
    RemoteMissingError,
    RemotePermissionError,
    TransientTransportError,
)
from rapupload.transport.channel import Channel, Listed, OutboundFile
from rapupload.transport.endpoints import Centre, Endpoint
from rapupload.transport.evidence import Sighting, Verdict, judge
from rapupload.transport.keys import load_private_key, write_new_private_key
from rapupload.transport.rap import RapChannel
from rapupload.transport.session import Credentials, Limits
from tests.support.sshd import find_sshd, sshd
from tests.unit.transport.misbehaving import far_end

LIMITS = Limits(connect=5, negotiate=5, login=5, channel=5, request=5, keepalive=1)
FAR_ENDS = [
    pytest.param(
        "openssh",
        marks=pytest.mark.skipif(find_sshd() is None, reason="sshd is not installed"),
    ),
    "asyncssh",
]


@dataclass(frozen=True, kw_only=True)
class Place:
    """A far end with one folder.

    Attributes:
        name: The folder as the channel calls it.
        folder: The same folder on this machine.
    """

    channel: Channel
    name: str
    folder: Path


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> paramiko.RSAKey:
    path: Path = tmp_path_factory.mktemp("key") / "account.key"
    write_new_private_key(path, bits=2048)
    return load_private_key(path)


def _channel(key: paramiko.RSAKey, account: str, port: int, pin: str) -> RapChannel:
    endpoint = Endpoint(host="127.0.0.1", port=port, host_keys=(pin,))
    credentials = Credentials(account=account, key=key)
    return RapChannel(endpoints=(endpoint,), credentials=credentials, limits=LIMITS)


@pytest.fixture(params=FAR_ENDS)
def place(request, tmp_path: Path, key: paramiko.RSAKey) -> Iterator[Place]:
    """Yield a channel to each far end in turn."""
    public_key = f"ssh-rsa {key.get_base64()}"
    root, folder = tmp_path / "server", tmp_path / "root" / "upload"
    root.mkdir()
    folder.mkdir(parents=True)
    if request.param == "openssh":
        with sshd(root, public_key, host_key_kinds=("rsa",)) as it:
            channel = _channel(key, it.account, it.port, it.fingerprints["rsa"])
            yield Place(channel=channel, name=str(folder), folder=folder)
    else:
        with far_end(folder.parent, public_key) as server:
            channel = _channel(key, "C", server.port, server.fingerprint)
            yield Place(channel=channel, name="/upload", folder=folder)


def _file(place: Place, content: bytes = b"12345", **more) -> OutboundFile:
    return OutboundFile(name="a.txt", place=place.name, content=content, **more)


def _any(listed: Listed) -> bool:
    return True


def test_what_is_submitted_arrives_and_is_seen(place):
    """A submitted file is there, byte for byte, and the evidence proves it."""
    file = _file(place, bytes(range(256)) * 4096, read_back=True)
    with place.channel.login() as login:
        sent = login.submit(file)
        evidence = login.find_evidence(file)
    assert (place.folder / "a.txt").read_bytes() == file.content
    assert (sent.size, sent.size_confirmed) == (file.size, True)
    assert sent.centre is Centre.PRIMARY
    assert evidence.sighting is Sighting.SAME_DIGEST
    assert evidence.digest == file.digest


def test_a_second_submit_never_overwrites(place):
    """The same name again is in doubt, what is there stays, and the session lasts."""
    first, second = _file(place), _file(place, b"another")
    with place.channel.login() as login:
        login.submit(first)
        with pytest.raises(OutcomeUnknownError):
            login.submit(second)
        evidence = login.find_evidence(second)
    assert (place.folder / "a.txt").read_bytes() == b"12345"
    assert evidence.sighting is Sighting.OTHER_SIZE
    verdict = judge(evidence, sent_to=Centre.PRIMARY, server_keeps_file=True)
    assert verdict is Verdict.UNKNOWN


def test_a_place_that_does_not_exist(place):
    """A missing place fails without a doubt, and looking there finds no place."""
    file = OutboundFile(name="a.txt", place=f"{place.name}/none", content=b"x")
    with place.channel.login() as login:
        with pytest.raises(RemoteMissingError):
            login.submit(file)
        assert login.look(file.place).exists is False
        assert login.find_evidence(file).sighting is Sighting.UNSEEN


@pytest.mark.parametrize("write", ["direct", "rename", "done-file"])
def test_every_way_of_writing_ends_the_same(place, write):
    """Whatever the spec says, the file ends under its own name and is proved."""
    file = _file(place, write=write)
    with place.channel.login() as login:
        login.submit(file)
        assert login.find_evidence(file).sighting is Sighting.SAME_SIZE
    assert (place.folder / "a.txt").read_bytes() == b"12345"


def test_rename_never_overwrites(place):
    """A spec that renames does not replace what has the name already."""
    (place.folder / "a.txt").write_bytes(b"somebody else's")
    with place.channel.login() as login, pytest.raises(OutcomeUnknownError):
        login.submit(_file(place, write="rename"))
    assert (place.folder / "a.txt").read_bytes() == b"somebody else's"


def test_answers_are_fetched_and_stay(place):
    """Fetching reads whole files, twice the same, and removes nothing."""
    (place.folder / "a.ack").write_bytes(b"x" * 100_000)
    (place.folder / "b.ack").write_bytes(b"")
    with place.channel.login() as login:
        first = login.fetch(place.name, wanted=_any, max_bytes=10**6)
        second = login.fetch(place.name, wanted=_any, max_bytes=10**6)
    assert [(f.name, len(f.content)) for f in first.files] == [("a.ack", 100_000)]
    assert [f.digest for f in first.files] == [f.digest for f in second.files]
    assert [listed.name for listed in first.postponed] == ["b.ack"]
    assert len(list(place.folder.iterdir())) == 2


def test_one_session_at_a_time(place):
    """A second login while the first lasts is refused, and later allowed."""
    with place.channel.login(), pytest.raises(BusyAccountError), place.channel.login():
        pass
    with place.channel.login() as login:
        assert login.look(place.name).entries == ()


def test_a_session_that_was_closed_submits_nothing(place):
    """After close() a submit fails before OPEN: nothing arrives."""
    with place.channel.login() as login:
        login.close()
        with pytest.raises(TransientTransportError):
            login.submit(_file(place))
    assert list(place.folder.iterdir()) == []


def test_a_stop_in_the_middle_leaves_a_part_that_proves_nothing(place):
    """A caller that stops half-way leaves a part, and evidence of another size."""

    class Stop(BaseException):
        pass

    def stop(step: str) -> None:
        if step.startswith("written"):
            raise Stop

    file = _file(place, b"x" * 5_000_000)
    with place.channel.login() as login, pytest.raises(Stop):
        login.submit(file, on_step=stop)
    with place.channel.login() as login:
        assert login.find_evidence(file).sighting is Sighting.OTHER_SIZE


@pytest.mark.skipif(find_sshd() is None, reason="sshd is not installed")
def test_a_read_only_account_is_a_clear_failure(tmp_path, key):
    """OpenSSH's read-only SFTP answers permission denied: failed, not in doubt."""
    root = tmp_path / "server"
    root.mkdir()
    option = ("ForceCommand internal-sftp -R",)
    file = OutboundFile(name="a", place=str(tmp_path), content=b"x")
    public_key = f"ssh-rsa {key.get_base64()}"
    with sshd(root, public_key, options=option) as it:
        pin = it.fingerprints["ed25519"]
        with (
            _channel(key, it.account, it.port, pin).login() as login,
            pytest.raises(RemotePermissionError),
        ):
            login.submit(file)
