"""A small SFTP server of another make that misbehaves on request.

Its faults are those of real services: a full disk, refusals, a file taken at once, a
connection that breaks or goes silent at a named step, a second login refused.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import asyncssh

from rapupload.transport.endpoints import Centre, Endpoint


@dataclass(kw_only=True)
class Faults:
    """What goes wrong.

    Attributes:
        refuse: Status code with which an operation is answered, by operation.
        drop: Operations at which the connection breaks before anything is done.
        drop_after: Operations that are done, but whose answer is never sent.
        stall: Operations that are never answered.
        freeze: At a WRITE the server stops, socket and all, until this is set.
        seconds_per_write: How long a WRITE takes.
        drop_after_bytes: The connection breaks when a file has so many bytes.
        disk_full_after: Writing fails when a file would have more bytes.
        take_on_close: The file is taken away as soon as it is closed.
        sizes_off_by: Added to every size that is told.
        short_reads: Most bytes that one READ is answered with.
        login: What happens at a login: ``refuse``, ``refuse-and-close``, ``too-many``,
            ``hang-up``, ``stall``, ``no-session``, ``no-subsystem``,
            ``stall-subsystem`` (until ``freeze`` is set); empty: as it should.
        names: A listing shows these names instead.
        grow_on_read: Bytes appended to a file whenever it is opened for reading.
    """

    refuse: dict[str, int] = field(default_factory=dict)
    drop: frozenset[str] = frozenset()
    drop_after: frozenset[str] = frozenset()
    stall: frozenset[str] = frozenset()
    freeze: threading.Event | None = None
    seconds_per_write: float = 0.0
    drop_after_bytes: int | None = None
    disk_full_after: int | None = None
    take_on_close: bool = False
    sizes_off_by: int = 0
    short_reads: int | None = None
    login: str = ""
    names: tuple[bytes, ...] = ()
    grow_on_read: bytes = b""


@dataclass(kw_only=True)
class FarEnd:
    """The running server, as tests see it."""

    root: Path
    faults: Faults
    fingerprint: str
    port: int = 0
    logins: int = 0
    operations: list[str] = field(default_factory=list)
    handles: list[Any] = field(default_factory=list)

    def endpoint(self, centre: Centre = Centre.PRIMARY) -> Endpoint:
        """Return its address with the right pin."""
        pins = (self.fingerprint,)
        return Endpoint(host="127.0.0.1", port=self.port, host_keys=pins, centre=centre)


class _Gate(asyncssh.SSHServer):
    def __init__(self, far_end: FarEnd) -> None:
        self._far_end = far_end
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn

    async def begin_auth(self, username: str) -> bool:  # noqa: ARG002
        self._far_end.logins += 1
        how = self._far_end.faults.login
        assert self._connection is not None
        if how == "too-many":
            code = asyncssh.DISC_TOO_MANY_CONNECTIONS
            raise asyncssh.DisconnectError(code, "one session per account")
        if how == "hang-up":
            self._connection.abort()
        if how == "stall":
            await asyncio.Event().wait()
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:  # noqa: ARG002
        if self._far_end.faults.login == "refuse-and-close":
            assert self._connection is not None
            asyncio.get_running_loop().call_soon(self._connection.abort)
        return False

    def session_requested(self) -> Any:
        how = self._far_end.faults.login
        return False if how == "no-session" else _NoSubsystem(self._far_end.faults)


class _NoSubsystem(asyncssh.SSHServerSession):  # type: ignore[type-arg]
    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def subsystem_requested(self, subsystem: str) -> bool:  # noqa: ARG002
        if self._faults.login == "stall-subsystem" and self._faults.freeze:
            self._faults.freeze.wait(10)
        return False


_WITHOUT_SFTP = {"no-session", "no-subsystem", "stall-subsystem"}
_REFUSING = {"refuse", "refuse-and-close"}


class _Files(asyncssh.SFTPServer):
    def __init__(self, chan: Any, far_end: FarEnd) -> None:
        super().__init__(chan, chroot=os.fsencode(far_end.root))
        self._far_end = far_end
        self._connection = chan.get_connection()
        self._paths: dict[object, bytes] = {}

    async def _pass(self, operation: str) -> None:
        self._far_end.operations.append(operation)
        faults = self._far_end.faults
        if operation in faults.stall:
            await asyncio.Event().wait()
        if operation in faults.drop:
            self._break()
        if operation in faults.refuse:
            raise asyncssh.SFTPError(faults.refuse[operation], "no \u4e0d")

    def _leave(self, operation: str) -> None:
        if operation in self._far_end.faults.drop_after:
            self._break()

    def _break(self) -> None:
        self._connection.abort()
        raise asyncssh.SFTPConnectionLost("cut")

    async def open(self, path: bytes, pflags: int, attrs: Any) -> object:
        is_reading = bool(pflags & asyncssh.FXF_READ)
        await self._pass("open-read" if is_reading else "open")
        if is_reading and self._far_end.faults.grow_on_read:
            _append(self.map_path(path), self._far_end.faults.grow_on_read)
        handle = super().open(path, pflags, attrs)
        self._paths[handle] = self.map_path(path)
        self._far_end.handles.append(handle)
        self._leave("open")
        return handle

    async def write(self, file_obj: object, offset: int, data: bytes) -> int:
        await self._pass("write")
        faults, end = self._far_end.faults, offset + len(data)
        if faults.freeze is not None:
            faults.freeze.wait(10)
        await asyncio.sleep(faults.seconds_per_write)
        if faults.disk_full_after is not None and end > faults.disk_full_after:
            raise asyncssh.SFTPFailure("No space left on device")
        count = cast("int", super().write(file_obj, offset, data))
        if faults.drop_after_bytes is not None and end >= faults.drop_after_bytes:
            self._break()
        return count

    async def read(self, file_obj: object, offset: int, size: int) -> bytes:
        await self._pass("read")
        most = self._far_end.faults.short_reads or size
        return cast("bytes", super().read(file_obj, offset, min(size, most)))

    async def close(self, file_obj: object) -> None:
        if self._connection.is_closed():  # the server's own tidying up
            return
        await self._pass("close")
        super().close(file_obj)
        path = self._paths.pop(file_obj, None)
        if path and self._far_end.faults.take_on_close:
            _remove(path)
        self._leave("close")

    async def lstat(self, path: bytes) -> Any:
        await self._pass("lstat")
        found = cast("os.stat_result", super().lstat(path))
        attributes = asyncssh.SFTPAttrs.from_local(found)
        attributes.size = (attributes.size or 0) + self._far_end.faults.sizes_off_by
        return attributes

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        await self._pass("rename")
        super().rename(oldpath, newpath)

    async def realpath(self, path: bytes) -> bytes:
        await self._pass("realpath")
        return cast("bytes", super().realpath(path))

    async def scandir(self, path: bytes) -> Any:
        await self._pass("scandir")
        async for name in super().scandir(path):
            if not self._far_end.faults.names:
                yield name
        for shown in self._far_end.faults.names:
            yield asyncssh.SFTPName(shown, b"", asyncssh.SFTPAttrs(size=1))


def _append(path: bytes, content: bytes) -> None:
    with Path(os.fsdecode(path)).open("ab") as file:
        file.write(content)


def _remove(path: bytes) -> None:
    Path(os.fsdecode(path)).unlink()


@contextmanager
def far_end(
    root: Path, public_key: str, faults: Faults | None = None
) -> Iterator[FarEnd]:
    """Run a server over a folder; it takes one public key, for any account."""
    host_key = asyncssh.generate_private_key("ssh-ed25519")
    running = FarEnd(
        root=root, faults=faults or Faults(), fingerprint=host_key.get_fingerprint()
    )
    clients = asyncssh.import_authorized_keys(public_key)

    def make_files(chan: Any) -> _Files:
        return _Files(chan, running)

    async def serve(is_up: Callable[[], None], stop: asyncio.Event) -> None:
        how = running.faults.login
        server = await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=lambda: _Gate(running),
            server_host_keys=[host_key],
            authorized_client_keys=None if how in _REFUSING else clients,
            sftp_factory=None if how in _WITHOUT_SFTP else make_files,
        )
        running.port = server.get_port()
        is_up()
        await stop.wait()
        server.close()

    try:
        with _looping(serve):
            yield running
    finally:
        for handle in running.handles:  # those that a broken connection left open
            handle.close()


@contextmanager
def _looping(
    serve: Callable[[Callable[[], None], asyncio.Event], Coroutine[Any, Any, None]],
) -> Iterator[None]:
    is_up = threading.Event()
    running: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve_until_stopped() -> None:
        stop = asyncio.Event()
        running.append((asyncio.get_running_loop(), stop))
        await serve(is_up.set, stop)

    def run() -> None:
        with asyncio.Runner() as runner:  # cancels what still hangs at the end
            runner.run(serve_until_stopped())

    thread = threading.Thread(target=run, name="far-end")
    thread.start()
    try:
        assert is_up.wait(10)
        yield
    finally:
        loop, stop = running[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
