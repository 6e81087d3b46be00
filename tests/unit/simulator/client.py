"""A small paramiko client, and batch files written out by hand."""

from __future__ import annotations

import base64
from pathlib import Path

import paramiko
from paramiko.sftp import CMD_CLOSE, CMD_OPEN, CMD_WRITE

from rapupload.simulator.server import Simulator

WAIT = 10.0
NAME = "ATI_B01234_20270105_0001.TXT"
PATH = f"/upload/ATI/{NAME}"


def header(indicator: int = 1, day: str = "20270105", owner: str = "B01234") -> str:
    return (
        f"0{indicator:04}{owner}        REF1           {day}ATI BATCH INPUT{'':42}\r\n"
    )


def detail(stock: int, start: str, end: str, quantity: int, remarks: str = "") -> str:
    return (
        f"1{stock:05}{'':12}{start:>8}{end:>8}{quantity:011}{remarks:40}"
        f"{stock + quantity:014}\r\n"
    )


GOOD_ROWS = detail(5, "01", "02", 1000) + detail(700, "02", "01", 500)
GOOD_TRAILER = f"2{2:04}{705:07}{1500:014}{2205:017}{'':56}\r\n"
GOOD = (header() + GOOD_ROWS + GOOD_TRAILER).encode("ascii")


class Client:
    """One SSH connection with an SFTP session."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self.transport = paramiko.Transport(("127.0.0.1", simulator.port))
        self.transport.banner_timeout = WAIT
        self.sftp: paramiko.SFTPClient

    def login(
        self, *, account: str | None = None, key: paramiko.PKey | None = None
    ) -> None:
        _, _, blob = self._simulator.host_key.partition(" ")
        pinned = paramiko.PKey.from_type_string(
            self._simulator.host_key.split()[0], base64.b64decode(blob)
        )
        self.transport.start_client(timeout=WAIT)
        assert self.transport.get_remote_server_key() == pinned
        self.transport.auth_publickey(
            account or self._simulator.account,
            key or private_key(self._simulator.private_key),
        )
        sftp = paramiko.SFTPClient.from_transport(self.transport)
        assert sftp is not None
        channel = sftp.get_channel()
        assert channel is not None
        channel.settimeout(WAIT)
        self.sftp = sftp

    def put(self, path: str = PATH, data: bytes = GOOD, piece: int = 8192) -> None:
        """Create, write and close, each reply awaited."""
        flags = 0x02 | 0x08 | 0x20  # write, create, exclusive
        _, reply = self.sftp._request(
            CMD_OPEN, path.encode(), flags, paramiko.SFTPAttributes()
        )
        handle = reply.get_binary()
        for offset in range(0, len(data), piece):
            chunk = data[offset : offset + piece]
            self.sftp._request(CMD_WRITE, handle, paramiko.sftp.int64(offset), chunk)
        self.sftp._request(CMD_CLOSE, handle)

    def get(self, path: str) -> bytes:
        with self.sftp.open(path, "rb") as file:
            return bytes(file.read())

    def names(self, folder: str = "/upload/ATI") -> list[str]:
        return sorted(self.sftp.listdir(folder))

    def close(self) -> None:
        self.transport.close()


def private_key(path: Path) -> paramiko.PKey:
    return paramiko.RSAKey.from_private_key_file(str(path))
