"""Pinned host keys: reading the pins, comparing, and saying what to do on a mismatch.

A pin is an OpenSSH fingerprint (``SHA256:...``), a line printed by ``ssh-keygen -l``,
or a public key line as in ``known_hosts`` or ``ssh_host_rsa_key.pub``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapupload.errors import ConfigError, HostKeyError
from rapupload.transport.endpoints import Endpoint

_FINGERPRINT = re.compile(r"SHA256:([A-Za-z0-9+/]{43})=?(?![A-Za-z0-9+/=])")
_FAMILY_OF_LISTING = re.compile(r"\((RSA|ECDSA|ED25519)\)\s*$")
_PUBLIC_LINE = re.compile(
    r"(?:^|\s)(ssh-rsa|ssh-ed25519|ecdsa-sha2-nistp\d+)\s+([A-Za-z0-9+/=]+)(?:\s|$)"
)

ALGORITHMS: dict[str, tuple[str, ...]] = {
    "ed25519": ("ssh-ed25519",),
    "ecdsa": ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
    "rsa": ("rsa-sha2-512", "rsa-sha2-256"),
}
"""Host key algorithms we accept, by family; SHA-1 signatures are not among them."""


class PinMismatchError(HostKeyError):
    """The far end showed a host key that is not pinned.

    Attributes:
        seen: Fingerprints that the far end showed, one per kind of key asked for.
        expected: Fingerprints pinned for the address.
    """

    def __init__(
        self, endpoint: Endpoint, seen: tuple[str, ...], expected: tuple[str, ...]
    ) -> None:
        pinned = ", ".join(expected) or "none"
        super().__init__(
            f"{endpoint} showed the host key {', '.join(seen)}; pinned for it:"
            f" {pinned}. Nothing was sent.",
            endpoint=str(endpoint),
            operation="host-key",
            hint="Do not go on. Ask HKEX for the fingerprint by another way; only if it"
            " is the one shown, add it to host-keys of this endpoint.",
        )
        self.seen = seen
        self.expected = expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One accepted host key.

    Attributes:
        fingerprint: In OpenSSH's form.
        family: ``rsa``, ``ecdsa`` or ``ed25519``; empty where the pin does not tell.
    """

    fingerprint: str
    family: str = ""


def fingerprint_of(blob: bytes) -> str:
    """Return the fingerprint of a public key blob as OpenSSH prints it.

    >>> fingerprint_of(b"")
    'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU'
    """
    digest = hashlib.sha256(blob).digest()
    return "SHA256:" + base64.b64encode(digest).decode("ascii").rstrip("=")


def family_of(algorithm: str) -> str:
    """Return the family of a key or signature algorithm.

    >>> family_of("ecdsa-sha2-nistp256"), family_of("ssh-rsa"), family_of("ssh-ed25519")
    ('ecdsa', 'rsa', 'ed25519')
    """
    return next((f for f in ALGORITHMS if f in algorithm), "")


def parse_pin(text: str) -> Pin:
    """Read one pin in any of its forms.

    >>> parse_pin("2048 SHA256:" + "A" * 43 + " hkex (RSA)").family
    'rsa'

    Raises:
        ConfigError: It is neither a SHA256 fingerprint nor a public key line.
    """
    if found := _FINGERPRINT.search(text):
        listing = _FAMILY_OF_LISTING.search(text)
        family = listing.group(1).lower() if listing else ""
        return Pin(fingerprint=f"SHA256:{found.group(1)}", family=family)
    if found := _PUBLIC_LINE.search(text):
        return Pin(
            fingerprint=fingerprint_of(_decode_blob(*found.groups())),
            family=family_of(found.group(1)),
        )
    raise ConfigError(
        f"The host key {text!r} is not a SHA256 fingerprint or a public key line.",
        hint="Write it as ssh-keygen -l prints it, for example SHA256:4zPx...",
    )


def _decode_blob(kind: str, encoded: str) -> bytes:
    try:
        blob = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        blob = b""
    if blob[4 : 4 + len(kind)] != kind.encode("ascii"):
        raise ConfigError(
            f"The public key line of a host key ({kind}) is damaged or cut short.",
            hint="Copy the whole line again.",
        )
    return blob


def offer_order(pins: Iterable[Pin], without: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the algorithms to ask for, those of pinned keys first.

    A far end has several host keys and shows one; asking for the pinned kind first
    keeps a good pin from looking like a mismatch.

    Args:
        pins: Of the address.
        without: Families whose key was seen and is not pinned.
    """
    pinned = {pin.family for pin in pins}
    families = sorted(ALGORITHMS, key=lambda family: family not in pinned)
    return tuple(
        algorithm
        for family in families
        if family not in set(without)
        for algorithm in ALGORITHMS[family]
    )


def may_match_another(pins: Iterable[Pin], seen: Iterable[str]) -> bool:
    """Tell whether a pin could belong to a kind of key not yet seen."""
    unseen = set(ALGORITHMS) - set(seen)
    return bool(unseen) and any(p.family == "" or p.family in unseen for p in pins)
