"""The account's private key: loading, refusing what RAP does not take, public forms.

RAP takes RSA keys of 2048 or 4096 bits, the public half in SSH2 form (HKEX, RAP
enhancement briefing); that form is RFC 4716.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from rapupload.errors import PrivateKeyError
from rapupload.transport.host_keys import fingerprint_of

BITS = (2048, 4096)
"""Sizes that RAP takes."""

_WANTED = "RAP takes RSA keys of 2048 or 4096 bits"
_MAKE = "Make one: ssh-keygen -t rsa -b 4096 -f FILE, and register its public half with HKEX."
_LONGEST_LINE = 70  # RFC 4716 allows 72 bytes

_FOREIGN_FORMATS: tuple[tuple[bytes, str, str], ...] = (
    (
        b"PuTTY-User-Key-File-",
        "is a PuTTY key",
        "Convert it: puttygen {path} -O private-openssh -o {stem}.key",
    ),
    (b"---- BEGIN SSH2 PUBLIC KEY", "is the public half", "Name the private key file."),
    (b"-----BEGIN PUBLIC KEY", "is the public half", "Name the private key file."),
    (b"ssh-", "is the public half", "Name the private key file."),
    (b"-----BEGIN DSA PRIVATE KEY", f"is a DSA key; {_WANTED}", _MAKE),
    (b"-----BEGIN EC PRIVATE KEY", f"is an elliptic-curve key; {_WANTED}", _MAKE),
    (
        b"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY",
        "is in the format of ssh.com",
        "Convert it: ssh-keygen -i -f {path} > {stem}.key",
    ),
)


def load_private_key(
    path: Path, *, passphrase: Callable[[], str] | None = None
) -> paramiko.RSAKey:
    """Read an account's private key.

    Args:
        path: Of the private key file.
        passphrase: Asked once, and only when the key is encrypted.

    Raises:
        PrivateKeyError: The file is missing, readable by others, not a key, of another
            kind than RAP takes, or its passphrase is not known.
    """
    content = _read(path)
    refuse_open_permissions(path)
    for start, what, hint in _FOREIGN_FORMATS:
        if content.lstrip().startswith(start):
            raise PrivateKeyError(
                f"The file {path} {what}.",
                hint=hint.format(path=path, stem=path.with_suffix("")),
            )
    key = _decode(path, content, passphrase)
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size not in BITS:
        raise PrivateKeyError(
            f"The key {path} is {_name_kind(key)}; {_WANTED}.", hint=_MAKE
        )
    return paramiko.RSAKey(key=key)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PrivateKeyError(
            f"The private key {path} cannot be read: {error.strerror}.",
            hint="Check private-key in the settings.",
        ) from error


def refuse_open_permissions(path: Path, *, system: str = os.name) -> str:
    """Refuse a key that others on this machine can read.

    Returns:
        Why the check was left out, for ``doctor``; empty where it was made. On Windows
        access lists would need a foreign command to read them, so nothing is checked:
        a key in the user's own profile folder is private there by default.
    """
    if system != "posix":
        return "permissions of the private key are not checked on Windows"
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise PrivateKeyError(
            f"The private key {path} can be read by others (mode {mode:04o}).",
            hint=f"Run: chmod 600 {path}. If others may have read it, renew the key.",
        )
    return ""


def _decode(path: Path, content: bytes, passphrase: Callable[[], str] | None) -> object:
    try:
        return _load(content, None)
    except TypeError:  # cryptography's way to say that the key is encrypted
        if passphrase is None:
            raise PrivateKeyError(
                f"The private key {path} is encrypted and no passphrase is given.",
                hint="Give the passphrase, or its source in the settings.",
            ) from None
    except (ValueError, UnsupportedAlgorithm) as error:
        raise PrivateKeyError(
            f"The file {path} is not a private key of a kind we can read; {_WANTED}.",
            hint=_MAKE,
        ) from error
    try:
        return _load(content, passphrase().encode("utf-8"))
    except (TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise PrivateKeyError(
            f"The passphrase does not open the private key {path}.",
            hint="Give the passphrase again; it was not sent anywhere.",
        ) from error


def _load(content: bytes, password: bytes | None) -> object:
    if content.lstrip().startswith(b"-----BEGIN OPENSSH PRIVATE KEY"):
        return serialization.load_ssh_private_key(content, password)
    return serialization.load_pem_private_key(content, password)


def _name_kind(key: object) -> str:
    if isinstance(key, rsa.RSAPrivateKey):
        return f"an RSA key of {key.key_size} bits"
    kind = type(key).__name__.removesuffix("PrivateKey").lstrip("_")
    return f"a key of kind {kind}"


def write_new_private_key(
    path: Path, *, bits: int = 4096, passphrase: str = ""
) -> None:
    """Make an RSA key and write it in OpenSSH's format; never over another file.

    Raises:
        PrivateKeyError: The file exists or cannot be written, or RAP takes no such key.
    """
    if bits not in BITS:
        raise PrivateKeyError(f"A key of {bits} bits is no use; {_WANTED}.", hint=_MAKE)
    locked = (
        serialization.BestAvailableEncryption(passphrase.encode("utf-8"))
        if passphrase
        else serialization.NoEncryption()
    )
    text = rsa.generate_private_key(public_exponent=65537, key_size=bits).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, locked
    )
    try:
        # created private, not made private afterwards
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "wb") as file:
            file.write(text)
    except OSError as error:
        raise PrivateKeyError(
            f"The private key {path} cannot be written: {error.strerror}.",
            hint="Choose another file name; a key is never written over.",
        ) from error


def render_rfc4716(key: paramiko.PKey, comment: str) -> str:
    """Return the public half as an SSH2 public key file, as HKEX asks for it.

    Args:
        key: The pair; only its public half is used.
        comment: Usually the account name; kept to printable ASCII on one line.
    """
    plain = re.sub(r'[^ -~]|["\\]', "?", comment)[: _LONGEST_LINE - len('Comment: ""')]
    body: str = key.get_base64()
    lines = [body[i : i + _LONGEST_LINE] for i in range(0, len(body), _LONGEST_LINE)]
    begin, end = "---- BEGIN SSH2 PUBLIC KEY ----", "---- END SSH2 PUBLIC KEY ----"
    return "\n".join([begin, f'Comment: "{plain}"', *lines, end, ""])


def fingerprint(key: paramiko.PKey) -> str:
    """Return the SHA-256 fingerprint as OpenSSH prints it."""
    return fingerprint_of(key.asbytes())


def fingerprint_md5(key: paramiko.PKey) -> str:
    """Return the older form: HKEX's form does not say which one it asks for."""
    digest: bytes = key.get_fingerprint()
    return "MD5:" + ":".join(f"{byte:02x}" for byte in digest)
