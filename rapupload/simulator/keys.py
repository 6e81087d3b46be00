"""The simulator's keys, made at the first start and kept beside its folders.

The account's pair is RSA, as RAP demands (HKEX briefing, 2025); the kind of RAP's own
host key is not public, so a quick one is made.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import asyncssh
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from rapupload.errors import ConfigError

RSA_BITS = (2048, 4096)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The private keys as OpenSSH text; making them once serves many simulators.

    Attributes:
        host: The host key.
        other_host: What is shown in the scenario ``host-key-changed``.
        client: The account's own key.
    """

    host: bytes
    other_host: bytes
    client: bytes

    @classmethod
    def make(cls) -> Keys:
        """Make new keys; the RSA pair takes a moment."""
        return cls(
            host=asyncssh.generate_private_key("ssh-ed25519").export_private_key(),
            other_host=asyncssh.generate_private_key(
                "ssh-ed25519"
            ).export_private_key(),
            client=asyncssh.generate_private_key(
                "ssh-rsa", key_size=RSA_BITS[0]
            ).export_private_key(),
        )

    @classmethod
    def keep(cls, folder: Path, account: str, keys: Keys | None = None) -> Keys:
        """Return the keys of a folder; new ones, or those given, if it has none."""
        paths = (folder / "host_key", folder / "other_host_key", folder / account)
        if all(path.exists() for path in paths):
            host, other, client = (path.read_bytes() for path in paths)
            return cls(host=host, other_host=other, client=client)
        made = keys or cls.make()
        folder.mkdir(parents=True, exist_ok=True)
        texts = (made.host, made.other_host, made.client)
        for path, text in zip(paths, texts, strict=True):
            _write_private(path, text)
        public = asyncssh.import_private_key(made.client).export_public_key("rfc4716")
        (folder / f"{account}.pub").write_bytes(public)
        return made


def registered_key(keys: Keys, public_key: Path | None) -> asyncssh.SSHKey:
    """Return the public key that may log in: the one given, else the one made.

    Raises:
        ConfigError: The file is no RSA public key of 2048 or 4096 bits.
    """
    if public_key is None:
        return asyncssh.import_private_key(keys.client).convert_to_public()
    try:
        key = asyncssh.import_public_key(public_key.read_bytes())
    except (OSError, asyncssh.KeyImportError) as error:
        raise ConfigError(
            f"The public key {public_key} cannot be read: the simulator cannot start.",
            hint="Name the account's .pub file, in SSH2 or OpenSSH form.",
        ) from error
    if not is_allowed(key):
        raise ConfigError(
            f"{public_key} is not an RSA key of 2048 or 4096 bits, and RAP takes no"
            " other: the simulator cannot start.",
            hint="Make a new pair: ssh-keygen -t rsa -b 4096.",
        )
    return key


def is_allowed(key: asyncssh.SSHKey) -> bool:
    """Tell whether RAP takes this kind of key: RSA of 2048 or 4096 bits."""
    inner = key.pyca_key
    return (
        isinstance(inner, RSAPublicKey | RSAPrivateKey) and inner.key_size in RSA_BITS
    )


def _write_private(path: Path, text: bytes) -> None:
    path.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(text)
