"""What the simulator does with each SFTP request.

One session's requests are handled one after the other, so a stalled one stalls all that
follow it.
"""

from __future__ import annotations

import asyncio
import os
import posixpath
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

import asyncssh
from asyncssh import (
    FXF_APPEND,
    FXF_CREAT,
    FXF_READ,
    FXF_WRITE,
    SFTPAttrs,
    SFTPFailure,
    SFTPFileAlreadyExists,
    SFTPName,
    SFTPNoSpaceOnFilesystem,
    SFTPNoSuchFile,
    SFTPPermissionDenied,
)

from rapupload.simulator.far_end import FarEnd
from rapupload.simulator.scenarios import Scenario

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.,~-][A-Za-z0-9_.,~ -]{0,199}")
_AT_BYTE = ("mid-file-drop", "disk-full", "stall")


@dataclass(slots=True)
class Upload:
    """A file being written by the client.

    Attributes:
        fault: What is to go wrong with it, decided when it was opened.
        is_broken: A write failed, so it is never taken, closed or not.
    """

    path: PurePosixPath
    file: BinaryIO
    fault: Scenario | None
    is_broken: bool = False


class SftpSession(asyncssh.SFTPServer):
    """One SFTP session, shut into the account's tree.

    Args:
        gone: Set when the connection ends; frees a stalled request.
        is_at_end: Tells whether all that the client sent has been read, and it ended.
    """

    def __init__(
        self,
        channel: asyncssh.SSHServerChannel[bytes],
        far_end: FarEnd,
        gone: asyncio.Event,
        is_at_end: Callable[[], bool],
    ) -> None:
        super().__init__(channel, chroot=os.fsencode(far_end.folders.tree))
        self._far_end = far_end
        self._gone = gone
        self._is_at_end = is_at_end
        self._is_cut = False

    # -- names ---------------------------------------------------------------------

    def map_path(self, path: bytes) -> bytes:
        """Map a path into the tree; a scenario may hide it."""
        if self._far_end.hides(_remote(path)):
            raise SFTPNoSuchFile("no such folder")
        return super().map_path(path)

    def scandir(self, path: bytes) -> AsyncIterator[SFTPName]:
        """List a folder; one that is not there is refused at OPENDIR."""
        self.map_path(path)
        if not self._far_end.folders.local(_remote(path)).is_dir():
            raise SFTPNoSuchFile("no such folder")
        return super().scandir(path)

    # -- files ---------------------------------------------------------------------

    def open(self, path: bytes, pflags: int, attrs: SFTPAttrs) -> object:
        """Open a file for reading, or create one that was never there."""
        remote = _remote(path)
        if pflags & (FXF_WRITE | FXF_APPEND | FXF_CREAT):
            return self._create(path, pflags)
        if not self._far_end.folders.may_read(remote):
            raise SFTPPermissionDenied("uploads cannot be read back")
        return super().open(path, FXF_READ, attrs)

    def _create(self, path: bytes, pflags: int) -> Upload:
        remote, far_end = _remote(path), self._far_end
        if far_end.hides(remote) and far_end.faults.strike("no-such-folder"):
            raise SFTPNoSuchFile("no such folder")
        if not far_end.folders.may_create(remote) or not _PLAIN_NAME.fullmatch(
            remote.name
        ):
            raise SFTPPermissionDenied("files cannot be put here")
        if far_end.faults.strike("permission-denied"):
            raise SFTPPermissionDenied("permission denied")
        local = far_end.folders.local(remote)
        if local.exists():
            raise SFTPFileAlreadyExists("a file of this name is there")
        if not pflags & FXF_CREAT or not local.parent.is_dir():
            raise SFTPNoSuchFile("no such file")
        file = local.open("xb")
        return Upload(remote, file, far_end.faults.strike(*_AT_BYTE))

    async def write(self, file_obj: object, offset: int, data: bytes) -> int:
        """Store a piece; the scenario decided at OPEN may strike here."""
        if not isinstance(file_obj, Upload):
            raise SFTPPermissionDenied("opened for reading")
        fault = file_obj.fault
        room = len(data)
        if fault is not None:
            room = min(room, max(0, int(fault.number) - offset))
        file_obj.file.seek(offset)
        file_obj.file.write(data[:room])
        if fault is not None and room < len(data):
            await self._strike(file_obj, fault)
        return len(data)

    async def _strike(self, upload: Upload, fault: Scenario) -> None:
        upload.file.flush()
        upload.is_broken = True
        self._far_end.say(f"scenario {fault} struck {upload.path.name}")
        if fault.name == "disk-full":
            raise SFTPNoSpaceOnFilesystem("no space left")
        if fault.name == "mid-file-drop":
            self._cut()
        await self._gone.wait()
        raise SFTPFailure("the session is gone")

    async def close(self, file_obj: object) -> None:
        """Close a file; an upload is complete, and taken, when its CLOSE was read.

        The library also closes what the client left open when it went away.
        """
        if not isinstance(file_obj, Upload):
            super().close(file_obj)
            return
        file_obj.file.close()
        is_left = self._is_cut or self._gone.is_set() or self._is_at_end()
        if is_left or file_obj.is_broken:
            self._far_end.say(f"not complete: {file_obj.path}")
            return
        self._far_end.finish(file_obj.path)
        if self._far_end.faults.strike("drop-after-close"):
            self._far_end.say(f"scenario drop-after-close: {file_obj.path.name}")
            self._cut()

    def _cut(self) -> None:
        self._is_cut = True
        self.connection.abort()

    def read(self, file_obj: object, offset: int, size: int) -> bytes:
        """Read from a file opened for reading."""
        if isinstance(file_obj, Upload):
            raise SFTPPermissionDenied("opened for writing")
        return super().read(file_obj, offset, size)  # type: ignore[return-value]

    def fstat(self, file_obj: object) -> os.stat_result:
        """Return the attributes of an open file."""
        if isinstance(file_obj, Upload):
            file_obj.file.flush()
            return os.fstat(file_obj.file.fileno())
        return super().fstat(file_obj)  # type: ignore[return-value]

    # -- what nobody may do --------------------------------------------------------

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Refuse, but for the final name of an upload where the spec says rename."""
        if not self._far_end.rename(_remote(oldpath), _remote(newpath)):
            raise SFTPPermissionDenied("files cannot be renamed")

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Refuse like ``rename``: nothing is ever overwritten."""
        self.rename(oldpath, newpath)

    def remove(self, path: bytes) -> None:
        """Refuse to remove a file."""
        raise _refused(path)

    def mkdir(self, path: bytes, _attrs: SFTPAttrs) -> None:
        """Refuse to make a folder."""
        raise _refused(path)

    def rmdir(self, path: bytes) -> None:
        """Refuse to remove a folder."""
        raise _refused(path)

    def setstat(self, path: bytes, _attrs: SFTPAttrs) -> None:
        """Refuse to change a file's attributes or size."""
        raise _refused(path)

    def lsetstat(self, path: bytes, _attrs: SFTPAttrs) -> None:
        """Refuse to change a file's attributes."""
        raise _refused(path)

    def fsetstat(self, _file_obj: object, _attrs: SFTPAttrs) -> None:
        """Refuse to change an open file's attributes or size."""
        raise SFTPPermissionDenied("attributes cannot be changed")

    def symlink(self, _oldpath: bytes, newpath: bytes) -> None:
        """Refuse to make a link."""
        raise _refused(newpath)

    def link(self, _oldpath: bytes, newpath: bytes) -> None:
        """Refuse to make a link."""
        raise _refused(newpath)


def _remote(path: bytes) -> PurePosixPath:
    text = path.decode("utf-8", "surrogateescape")
    return PurePosixPath("/" + posixpath.normpath("/" + text).lstrip("/"))


def _refused(path: bytes) -> SFTPPermissionDenied:
    return SFTPPermissionDenied(f"not allowed: {_remote(path)}")
