from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from rapupload.errors import PrivateKeyError
from rapupload.transport import keys

posix_only = pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")


def _keygen(*arguments: str | Path) -> str:
    done = subprocess.run(
        ["ssh-keygen", *arguments], check=True, capture_output=True, text=True
    )
    return str(done.stdout)


def _make(path: Path, *arguments: str) -> Path:
    _keygen("-q", "-f", path, *arguments)
    return path


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("-t", "rsa", "-b", "2048"), id="OpenSSH, 2048 bits"),
        pytest.param(("-t", "rsa", "-b", "4096"), id="OpenSSH, 4096 bits"),
        pytest.param(("-t", "rsa", "-b", "2048", "-m", "PEM"), id="PEM"),
        pytest.param(("-t", "rsa", "-b", "2048", "-m", "PKCS8"), id="PKCS 8"),
    ],
)
@pytest.mark.parametrize("passphrase", ["", "長い pass phrase"])
def test_keys_of_openssh_are_read(tmp_path, arguments, passphrase):
    """Every form that ssh-keygen writes is read, and the passphrase asked if needed."""
    path = _make(tmp_path / "k", *arguments, "-N", passphrase)
    asked: list[str] = []

    def give() -> str:
        asked.append("asked")
        return str(passphrase)

    key = keys.load_private_key(path, passphrase=give)
    assert keys.fingerprint(key) == _keygen("-l", "-f", f"{path}.pub").split()[1]
    assert len(asked) == bool(passphrase)


def test_the_md5_fingerprint_is_that_of_openssh(tmp_path):
    """HKEX's form does not say which fingerprint it wants, so both are shown."""
    path = _make(tmp_path / "k", "-t", "rsa", "-b", "2048", "-N", "")
    expected = _keygen("-l", "-E", "md5", "-f", f"{path}.pub").split()[1]
    assert keys.fingerprint_md5(keys.load_private_key(path)) == expected


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("-t", "ed25519"), "Ed25519", id="Ed25519"),
        pytest.param(("-t", "ecdsa"), "kind EC", id="elliptic curve"),
        pytest.param(("-t", "ecdsa", "-m", "PEM"), "elliptic-curve", id="EC in PEM"),
        pytest.param(("-t", "rsa", "-b", "3072"), "3072 bits", id="RSA of 3072 bits"),
        pytest.param(("-t", "rsa", "-b", "1024"), "1024 bits", id="RSA of 1024 bits"),
    ],
)
def test_other_keys_are_refused_with_what_rap_takes(tmp_path, arguments, said):
    """The message names what was found and what HKEX wants."""
    path = _make(tmp_path / "k", *arguments, "-N", "")
    with pytest.raises(PrivateKeyError) as caught:
        keys.load_private_key(path)
    assert said in caught.value.message
    assert "RSA keys of 2048 or 4096 bits" in caught.value.message


@pytest.mark.parametrize(
    ("content", "said", "hint"),
    [
        pytest.param(
            "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n",
            "PuTTY",
            "-O private-openssh",
            id="PuTTY",
        ),
        pytest.param(
            "-----BEGIN DSA PRIVATE KEY-----\nAAAA\n", "DSA", "ssh-keygen", id="DSA"
        ),
        pytest.param("ssh-rsa AAAAB3", "public half", "private", id="public key"),
        pytest.param(
            "---- BEGIN SSH2 PUBLIC KEY ----\n", "public half", "private", id="RFC 4716"
        ),
        pytest.param(
            "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n",
            "ssh.com",
            "ssh-keygen -i",
            id="ssh.com",
        ),
        pytest.param("", "not a private key", "ssh-keygen -t rsa", id="empty"),
        pytest.param(
            "\x00\xff rubbish", "not a private key", "ssh-keygen -t rsa", id="rubbish"
        ),
        pytest.param(
            "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n",
            "not a private key",
            "ssh-keygen -t rsa",
            id="cut short",
        ),
    ],
)
def test_what_is_no_key_is_named(tmp_path, content, said, hint):
    """A file of another kind is recognised, and the hint says how to get a key."""
    path = tmp_path / "k"
    path.write_text(content, encoding="latin-1")
    path.chmod(0o600)
    with pytest.raises(PrivateKeyError) as caught:
        keys.load_private_key(path)
    assert said in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize("passphrase", [None, lambda: "wrong", lambda: ""])
def test_an_encrypted_key_that_cannot_be_opened(tmp_path, passphrase):
    """A missing or wrong passphrase is a fault of the key, not of the far end."""
    path = tmp_path / "k"
    keys.write_new_private_key(path, bits=2048, passphrase="right")
    with pytest.raises(PrivateKeyError, match="passphrase"):
        keys.load_private_key(path, passphrase=passphrase)


def test_a_missing_key(tmp_path):
    """A file that is not there is named."""
    with pytest.raises(PrivateKeyError, match="cannot be read"):
        keys.load_private_key(tmp_path / "none")


@posix_only
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610, 0o777])
def test_a_key_that_others_can_read_is_refused(tmp_path, mode):
    """One bit for group or others is enough; the hint says how to mend it."""
    path = tmp_path / "k"
    keys.write_new_private_key(path, bits=2048)
    path.chmod(mode)
    with pytest.raises(PrivateKeyError) as caught:
        keys.load_private_key(path)
    assert f"{mode:04o}" in caught.value.message
    assert "chmod 600" in caught.value.hint


def test_on_windows_the_check_is_left_out_and_said_so(tmp_path):
    """The reason is there for doctor to show."""
    path = tmp_path / "k"
    path.write_text("x", encoding="utf-8")
    path.chmod(0o666)
    assert "Windows" in keys.refuse_open_permissions(path, system="nt")


@posix_only
def test_a_new_key_is_private_and_never_written_over(tmp_path):
    """The file is readable by its owner only; a second one needs another name."""
    path = tmp_path / "k"
    keys.write_new_private_key(path, bits=2048)
    before = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(PrivateKeyError, match="cannot be written"):
        keys.write_new_private_key(path, bits=2048)
    assert path.read_bytes() == before


def test_a_new_key_of_a_size_that_rap_does_not_take(tmp_path):
    """3072 bits are safe and useless here."""
    with pytest.raises(PrivateKeyError, match="3072"):
        keys.write_new_private_key(tmp_path / "k", bits=3072)
    assert not (tmp_path / "k").exists()


@pytest.mark.parametrize(
    "comment", ["CB99999001", "", 'a "quoted" \\ 名 line\nnext', "x" * 200]
)
def test_the_public_half_is_read_by_openssh(tmp_path, key, comment):
    """The SSH2 form of the public key comes back as the same key from ssh-keygen."""
    path = tmp_path / "CB99999001.pub"
    path.write_text(keys.render_rfc4716(key, comment), encoding="ascii")
    assert _keygen("-i", "-f", path).split()[1] == key.get_base64()
    lines = path.read_text(encoding="ascii").splitlines()
    assert max(map(len, lines)) <= 72
    assert lines[1].startswith('Comment: "')


def test_the_key_that_is_sent_is_the_key_that_was_made(tmp_path):
    """Writing and loading, with and without a passphrase, keep the key."""
    plain, locked = tmp_path / "a", tmp_path / "b"
    keys.write_new_private_key(plain, bits=2048)
    keys.write_new_private_key(locked, bits=2048, passphrase="pass")
    key = keys.load_private_key(plain)
    public = serialization.load_ssh_public_key(
        f"ssh-rsa {key.get_base64()}".encode("ascii")
    )
    assert isinstance(public, rsa.RSAPublicKey)
    assert public.key_size == 2048
    assert keys.load_private_key(locked, passphrase=lambda: "pass").can_sign()
