from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import paramiko
import pytest

from rapupload.errors import RemotePermissionError, TransientTransportError, UsageError
from rapupload.transport.channel import Fetched, Listed
from tests.unit.transport.conftest import channel_to
from tests.unit.transport.misbehaving import Faults, far_end


def _all(listed: object) -> bool:
    return True


def _fetch(
    tmp_path: Path,
    key: paramiko.RSAKey,
    public_key: str,
    faults: Faults | None = None,
    wanted: Callable[[Listed], bool] = _all,
    max_bytes: int = 10_000_000,
) -> Fetched:
    with (
        far_end(tmp_path, public_key, faults) as server,
        channel_to(key, server).login() as login,
    ):
        return login.fetch("/", wanted=wanted, max_bytes=max_bytes)


@pytest.mark.parametrize(
    "size", [1, 32_767, 32_768, 32_769, 65 * 32_768, 70 * 32_768 + 1]
)
def test_files_are_read_whole(tmp_path, key, public_key, size):
    """Sizes around the limits of a READ and of the window come byte for byte."""
    content = (b"0123456789\n" * (size // 11 + 1))[:size]
    (tmp_path / "a.ack").write_bytes(content)
    (file,) = _fetch(tmp_path, key, public_key).files
    assert file.content == content
    assert file.modified is not None


def test_short_answers_are_asked_for_again(tmp_path, key, public_key):
    """A far end may give less than asked; the rest is not lost or moved."""
    content = bytes(range(256)) * 500
    (tmp_path / "a.ack").write_bytes(content)
    (file,) = _fetch(tmp_path, key, public_key, Faults(short_reads=9_999)).files
    assert file.content == content


def test_only_wanted_files_are_read(tmp_path, key, public_key):
    """The caller's predicate sees name and size; folders are not read."""
    (tmp_path / "a.ack").write_bytes(b"a")
    (tmp_path / "b.txt").write_bytes(b"bb")
    (tmp_path / "c.ack").mkdir()
    fetched = _fetch(
        tmp_path, key, public_key, wanted=lambda listed: listed.name.endswith(".ack")
    )
    assert [file.name for file in fetched.files] == ["a.ack"]
    assert (fetched.postponed, fetched.refused) == ((), ())


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param(Faults(grow_on_read=b"more"), id="grew since it was listed"),
        pytest.param(Faults(sizes_off_by=1), id="size after reading differs"),
        pytest.param(Faults(refuse={"open-read": 2}), id="gone since it was listed"),
    ],
)
def test_a_file_in_motion_is_left_for_later(tmp_path, key, public_key, faults):
    """Half of an acknowledgement is never taken for a whole one."""
    (tmp_path / "a.ack").write_bytes(b"half of it, ")
    fetched = _fetch(tmp_path, key, public_key, faults)
    assert fetched.files == ()
    assert [listed.name for listed in fetched.postponed] == ["a.ack"]


def test_an_empty_file_is_left_for_later(tmp_path, key, public_key):
    """A file that was created and not yet written is no acknowledgement."""
    (tmp_path / "a.ack").write_bytes(b"")
    fetched = _fetch(tmp_path, key, public_key)
    assert [listed.name for listed in fetched.postponed] == ["a.ack"]


@pytest.mark.parametrize(
    ("size", "taken"), [(1000, True), (1001, False), (5_000_000, False)]
)
def test_a_file_above_the_limit_is_refused(tmp_path, key, public_key, size, taken):
    """The limit is inclusive; a larger file is named with the reason."""
    (tmp_path / "a.ack").write_bytes(b"x" * size)
    fetched = _fetch(tmp_path, key, public_key, max_bytes=1000)
    assert len(fetched.files) == taken
    assert [r.reason for r in fetched.refused] == (
        [] if taken else ["it is larger than 1000 bytes"]
    )


@pytest.mark.parametrize("operation", ["open-read", "read", "close"])
def test_one_unreadable_file_does_not_hide_the_others(
    tmp_path, key, public_key, operation
):
    """A refusal concerns its file; the session goes on with the next."""
    (tmp_path / "a.ack").write_bytes(b"x" * 100_000)
    (tmp_path / "b.ack").write_bytes(b"y" * 100_000)
    faults = Faults(refuse={operation: 3})
    with (
        far_end(tmp_path, public_key, faults) as server,
        channel_to(key, server).login() as login,
    ):
        fetched = login.fetch("/", wanted=lambda e: e.name == "a.ack", max_bytes=10**6)
        assert [r.name for r in fetched.refused] == ["a.ack"]
        faults.refuse.clear()
        again = login.fetch("/", wanted=_all, max_bytes=10**6)
    assert [file.content[:1] for file in again.files] == [b"x", b"y"]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(b"../../etc/passwd", id="climbs out"),
        pytest.param(b"a/b", id="separator"),
        pytest.param(b"a\\b", id="separator of Windows"),
        pytest.param(b"c:a", id="drive of Windows"),
        pytest.param(b"a\x00b", id="null"),
        pytest.param(b"a\nb", id="line feed"),
        pytest.param(b"x" * 201, id="too long"),
        pytest.param("回執".encode("big5"), id="not UTF-8"),
        pytest.param(b"NUL.txt", id="device of Windows"),
        pytest.param(b"", id="empty"),
    ],
)
def test_names_of_the_far_end_are_not_trusted(tmp_path, key, public_key, name):
    """A name that could reach outside a folder is reported, never used."""
    faults = Faults(names=(name, b"."))
    fetched = _fetch(tmp_path, key, public_key, faults)
    assert fetched.files == ()
    assert len(fetched.refused) == 1
    assert fetched.refused[0].name.isascii()


def test_a_place_that_is_not_there(tmp_path, key, public_key):
    """A folder of the day that was not made yet is no error, and not silent."""
    with (
        far_end(tmp_path, public_key) as server,
        channel_to(key, server).login() as login,
    ):
        assert login.look("/20270104").exists is False
        fetched = login.fetch("/20270104", wanted=_all, max_bytes=1)
    assert (fetched.exists, fetched.files) == (False, ())


def test_a_place_that_may_not_be_listed(tmp_path, key, public_key):
    """A refused listing is an error, not an empty folder."""
    faults = Faults(refuse={"scandir": 3})
    with (
        far_end(tmp_path, public_key, faults) as server,
        channel_to(key, server).login() as login,
        pytest.raises(RemotePermissionError),
    ):
        login.look("/")


@pytest.mark.parametrize("operation", ["scandir", "read"])
def test_a_lost_connection_is_worth_another_try(tmp_path, key, public_key, operation):
    """Reading changes nothing, so a broken connection is transient."""
    (tmp_path / "a.ack").write_bytes(b"x" * 100_000)
    faults = Faults(drop=frozenset({operation}))
    with pytest.raises(TransientTransportError):
        _fetch(tmp_path, key, public_key, faults)


@pytest.mark.parametrize("place", ["relative", "/a/../b", "", "/a\n"])
def test_a_place_that_is_no_folder(tmp_path, key, public_key, place):
    """A spec cannot point outside of plain absolute folders."""
    with (
        far_end(tmp_path, public_key) as server,
        channel_to(key, server).login() as login,
        pytest.raises(UsageError),
    ):
        login.look(place)


def test_entries_are_sorted_and_described(tmp_path, key, public_key):
    """A listing tells name, size and kind, in the order of names."""
    (tmp_path / "b").write_bytes(b"12")
    (tmp_path / "a").mkdir()
    with (
        far_end(tmp_path, public_key) as server,
        channel_to(key, server).login() as login,
    ):
        entries = login.look("/").entries
    assert [(e.name, e.is_folder) for e in entries] == [("a", True), ("b", False)]
    assert entries[1].size == 2
