"""Addresses of the far end, grouped by data centre and put in order.

The published addresses are data: they are used only by somebody who names a preset.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

RAP_PORT = 18801
"""TCP port of RAP (HKEX, RAP enhancement briefing: both services)."""


class Centre(StrEnum):
    """The data centre an address belongs to; RAP has two."""

    PRIMARY = "primary"
    SECONDARY = "secondary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address of the far end.

    Attributes:
        host: Name or address, without brackets.
        host_keys: What this address may show: OpenSSH fingerprints (``SHA256:...``),
            whole lines of ``ssh-keygen -l``, or public key lines. Several, so that a
            rotation does not stop the day. None pinned means nothing is trusted.
        name: What the user calls it; empty: the address itself.
    """

    host: str
    port: int = RAP_PORT
    centre: Centre = Centre.PRIMARY
    host_keys: tuple[str, ...] = ()
    name: str = ""

    def __str__(self) -> str:
        """Return ``host:port``.

        >>> str(Endpoint(host="10.0.0.1"))
        '10.0.0.1:18801'
        >>> str(Endpoint(host="::1", port=22))
        '[::1]:22'
        """
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def put_in_order(
    endpoints: Iterable[Endpoint], *, centre: Centre | None = None
) -> tuple[Endpoint, ...]:
    """Return the endpoints in the order in which they are tried.

    The primary centre comes first and the order written is kept within a centre: HKEX
    does not say which of the two addresses of a centre is preferred (assumed).

    Args:
        endpoints: In any order of centres.
        centre: Keep only this centre; what is in doubt there is looked for there.

    >>> [e.host for e in put_in_order([
    ...     Endpoint(host="b", centre=Centre.SECONDARY), Endpoint(host="a")])]
    ['a', 'b']
    """
    kept = [e for e in endpoints if centre in {None, e.centre}]
    return tuple(sorted(kept, key=lambda e: list(Centre).index(e.centre)))


def _published(primary: str, secondary: str) -> tuple[Endpoint, ...]:
    centres = {Centre.PRIMARY: primary, Centre.SECONDARY: secondary}
    return tuple(
        Endpoint(host=f"{network}.{last}", centre=centre)
        for centre, network in centres.items()
        for last in (141, 142)
    )


PRESETS: dict[str, tuple[Endpoint, ...]] = {
    "hkscc": _published("10.243.2", "10.243.66"),
    "hkcc-seoch": _published("10.151.14", "10.152.14"),
}
"""Addresses that HKEX published for RAP; host keys are for the user to pin."""
