"""Refuse every address that is not this machine's own, before any packet is sent.

The tests' own process calls ``install``. A subprocess has this folder on its
``PYTHONPATH``; Python then imports this file at its start, by the name ``sitecustomize``.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

_NAMES = frozenset({"localhost", ""})


class ForbiddenAddressError(OSError):
    """A test wanted to reach something beyond this machine."""


def is_loopback(host: object) -> bool:
    """Tell whether a host is this machine's loopback address.

    >>> is_loopback("127.0.0.1"), is_loopback("10.243.2.141"), is_loopback("hkex.com.hk")
    (True, False, False)
    """
    if host is None:
        return True
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    if text in _NAMES:
        return True
    try:
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse(host: object) -> None:
    if not is_loopback(host):
        raise ForbiddenAddressError(
            f"the tests' guard refuses {host!r}: only loopback addresses are reached"
        )


def install() -> None:
    """Put the guard before everything that names an address."""
    plain = {
        name: getattr(socket.socket, name)
        for name in ("connect", "connect_ex", "sendto", "bind")
    }

    def guarded(name: str) -> Any:
        def method(self: socket.socket, *arguments: Any) -> Any:
            if isinstance(arguments[-1], tuple):  # not a Unix socket's path
                _refuse(arguments[-1][0])
            return plain[name](self, *arguments)

        return method

    for name in plain:
        setattr(socket.socket, name, guarded(name))
    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        _refuse(host)
        return look_up(host, *arguments, **options)

    socket.getaddrinfo = getaddrinfo


if __name__ == "sitecustomize":
    install()
