from __future__ import annotations

import socket
import sys
import threading
import time
import traceback

import asyncssh
import paramiko
import pytest

from rapupload.errors import (
    AuthenticationError,
    BusyAccountError,
    ConfigError,
    HostKeyError,
    PermanentTransportError,
    TransientTransportError,
)
from rapupload.transport.endpoints import Endpoint
from rapupload.transport.host_keys import PinMismatchError
from rapupload.transport.rap import RapChannel
from rapupload.transport.session import DISABLED_ALGORITHMS, Credentials
from tests.support.sshd import needs_sshd, sshd
from tests.unit.transport.conftest import LIMITS, channel_to
from tests.unit.transport.misbehaving import Faults, far_end

NOBODYS = "SHA256:" + "A" * 43


def _channel(
    key: paramiko.RSAKey, port: int, *pins: str, account: str = "CB99999001"
) -> RapChannel:
    endpoint = Endpoint(host="127.0.0.1", port=port, host_keys=pins)
    credentials = Credentials(account=account, key=key)
    return RapChannel(endpoints=(endpoint,), credentials=credentials, limits=LIMITS)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        pytest.param("refuse", AuthenticationError, id="key refused"),
        pytest.param("refuse-and-close", AuthenticationError, id="refused, and cut"),
        pytest.param("too-many", BusyAccountError, id="too many connections"),
        pytest.param("no-session", BusyAccountError, id="no second session"),
        pytest.param("hang-up", TransientTransportError, id="hangs up at the login"),
        pytest.param("stall", TransientTransportError, id="silent at the login"),
        pytest.param("no-subsystem", PermanentTransportError, id="no SFTP there"),
        pytest.param("stall-subsystem", TransientTransportError, id="silent at SFTP"),
    ],
)
def test_a_failed_login_is_judged_by_what_the_far_end_said(
    tmp_path, key, public_key, how, expected
):
    """Each way of not getting in has its class, its hint, and costs one login."""
    thaw = threading.Event()
    with far_end(tmp_path, public_key, Faults(login=how, freeze=thaw)) as server:
        began = time.monotonic()
        with pytest.raises(expected) as caught, channel_to(key, server).login():
            pass
        assert type(caught.value) is expected
        assert time.monotonic() - began < 5
        thaw.set()
    assert server.logins == 1
    assert caught.value.hint


def test_nobody_listens(key):
    """A refused connection is transient and says that nothing was sent."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(TransientTransportError) as caught, _channel(key, port).login():
        pass
    assert caught.value.operation == "connect"
    assert caught.value.endpoint == f"127.0.0.1:{port}"
    assert "Nothing was sent" in caught.value.message


def test_a_name_that_does_not_resolve(key):
    """A name that is not known is transient: name servers fail, too."""
    endpoint = Endpoint(host="no-such-host.invalid", port=22)
    credentials = Credentials(account="A", key=key)
    channel = RapChannel(endpoints=(endpoint,), credentials=credentials, limits=LIMITS)
    with pytest.raises(TransientTransportError), channel.login():
        pass


def test_a_silent_listener(key):
    """A port that accepts and says nothing is given up after the limit."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        began = time.monotonic()
        with (
            pytest.raises(TransientTransportError) as caught,
            _channel(key, listener.getsockname()[1]).login(),
        ):
            pass
    assert time.monotonic() - began < 6
    assert caught.value.operation == "negotiate"


def test_a_listener_that_is_no_ssh_server(key):
    """A port that speaks something else is no reason to stop the program hard."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        with (
            pytest.raises(TransientTransportError),
            _channel(key, listener.getsockname()[1]).login(),
        ):
            pass
        thread.join(5)


def test_an_unknown_host_key_stops_before_the_login(tmp_path, key, public_key):
    """A host key that is not pinned is shown with the pinned ones; no key goes out."""
    other = asyncssh.generate_private_key("ssh-ed25519").get_fingerprint()
    with (
        far_end(tmp_path, public_key) as server,
        pytest.raises(HostKeyError) as caught,
        _channel(key, server.port, other).login(),
    ):
        pass
    assert isinstance(caught.value, PinMismatchError)
    assert caught.value.seen == (server.fingerprint,)
    assert caught.value.expected == (other,)
    assert server.fingerprint in caught.value.message
    assert "HKEX" in caught.value.hint
    assert server.logins == 0


def test_without_a_pin_nothing_is_trusted(tmp_path, key, public_key):
    """An endpoint without a pin shows what it saw, for the user to verify and pin."""
    with (
        far_end(tmp_path, public_key) as server,
        pytest.raises(PinMismatchError) as caught,
        _channel(key, server.port).login(),
    ):
        pass
    assert caught.value.seen == (server.fingerprint,)
    assert server.logins == 0


def test_one_of_several_pins_is_enough(tmp_path, key, public_key):
    """The next host key can be pinned before the rotation."""
    other = asyncssh.generate_private_key("ssh-ed25519").get_fingerprint()
    with (
        far_end(tmp_path, public_key) as server,
        _channel(key, server.port, other, server.fingerprint).login() as login,
    ):
        assert login.look("/").entries == ()


def test_a_pin_that_is_none_is_a_fault_of_the_settings(tmp_path, key, public_key):
    """A mistyped pin is not taken for a strange host."""
    with (
        far_end(tmp_path, public_key) as server,
        pytest.raises(ConfigError),
        _channel(key, server.port, "MD5:aa:bb").login(),
    ):
        pass


@needs_sshd
@pytest.mark.parametrize("kind", ["rsa", "ecdsa", "ed25519"])
def test_the_pinned_kind_of_host_key_is_asked_for(tmp_path, key, public_key, kind):
    """Whichever of a server's host keys is pinned, it is found; logins stay one."""
    with sshd(tmp_path, public_key, host_key_kinds=("ed25519", "ecdsa", "rsa")) as it:
        channel = _channel(key, it.port, it.fingerprints[kind], account=it.account)
        with channel.login() as login:
            assert login.look(str(tmp_path)).exists
        assert it.log.read_text(encoding="utf-8").count("Accepted publickey") == 1


@needs_sshd
def test_all_host_keys_seen_are_named(tmp_path, key, public_key):
    """With a fingerprint of unknown kind, every host key of the server is reported."""
    with (
        sshd(tmp_path, public_key) as it,
        pytest.raises(PinMismatchError) as caught,
        _channel(key, it.port, NOBODYS, account=it.account).login(),
    ):
        pass
    assert set(caught.value.seen) == set(it.fingerprints.values())


@needs_sshd
@pytest.mark.parametrize(
    "option",
    [
        pytest.param("MaxAuthTries 1", id="hangs up at once"),
        pytest.param("MaxAuthTries 6", id="lets us try again"),
        pytest.param("PubkeyAuthentication no", id="takes no keys"),
    ],
)
def test_openssh_refuses_the_key_once(tmp_path, key, option):
    """A refused key is offered once, whatever the server does afterwards."""
    with sshd(tmp_path, "", options=(option, "PasswordAuthentication yes")) as it:
        channel = _channel(key, it.port, *it.fingerprints.values(), account=it.account)
        with pytest.raises(AuthenticationError), channel.login():
            pass
        log = it.log.read_text(encoding="utf-8")
    assert log.count("Failed publickey") <= 1


@needs_sshd
@pytest.mark.parametrize(
    ("option", "expected"),
    [
        pytest.param("MaxSessions 0", BusyAccountError, id="no session allowed"),
        pytest.param(
            "Ciphers aes128-cbc,3des-cbc", PermanentTransportError, id="weak ciphers"
        ),
        pytest.param(
            "MACs hmac-sha1,hmac-md5\nCiphers aes128-ctr",
            PermanentTransportError,
            id="weak checksums",
        ),
        pytest.param(
            "KexAlgorithms diffie-hellman-group14-sha1",
            PermanentTransportError,
            id="weak key exchange",
        ),
        pytest.param(
            "ForceCommand /bin/true", TransientTransportError, id="SFTP ends at once"
        ),
    ],
)
def test_openssh_with_other_settings(tmp_path, key, public_key, option, expected):
    """OpenSSH's own refusals get the class that says what can be done."""
    with sshd(tmp_path, public_key, options=(option,)) as it:
        channel = _channel(key, it.port, *it.fingerprints.values(), account=it.account)
        with pytest.raises(expected) as caught, channel.login():
            pass
    assert type(caught.value) is expected


def test_weak_algorithms_are_not_offered():
    """Nothing based on CBC, MD5 or SHA-1 is left in paramiko's offer."""
    ours, theirs = socket.socketpair()
    try:
        transport = paramiko.Transport(ours, disabled_algorithms=DISABLED_ALGORITHMS)
        offered = [
            *transport.preferred_ciphers,
            *transport.preferred_macs,
            *transport.preferred_keys,
            *transport.preferred_pubkeys,
            *transport.preferred_kex,
        ]
    finally:
        ours.close()
        theirs.close()
    weak = [n for n in offered if any(w in n for w in ("cbc", "md5", "sha1", "dss"))]
    assert weak == []
    assert "ssh-rsa" not in offered
    assert {"aes256-ctr", "hmac-sha2-256", "rsa-sha2-512"} <= set(offered)


def test_closing_from_another_thread_ends_what_is_under_way(tmp_path, key, public_key):
    """A lease that runs out closes the session at once; the block ends in order."""
    faults = Faults(stall=frozenset({"scandir"}))
    with (
        far_end(tmp_path, public_key, faults) as server,
        channel_to(key, server).login() as login,
    ):
        timer = threading.Timer(0.2, login.close)
        timer.start()
        began = time.monotonic()
        with pytest.raises(TransientTransportError):
            login.look("/")
        assert time.monotonic() - began < 0.9
        timer.join()


def test_no_thread_is_left(tmp_path, key, public_key):
    """Sessions end with all their threads, good ones and bad ones."""
    with far_end(tmp_path, public_key) as server:
        before = set(threading.enumerate())  # other tests' threads may still be ending
        with channel_to(key, server).login():
            pass
        with pytest.raises(HostKeyError), _channel(key, server.port).login():
            pass
        deadline = time.monotonic() + 10
        while left := _ours(set(threading.enumerate()) - before):
            assert time.monotonic() < deadline, _where(left)
            threading.Event().wait(0.02)


def _ours(threads: set[threading.Thread]) -> list[threading.Thread]:
    names = ("rapupload-guard", "Thread-")  # the guard's, and paramiko's transport
    return [thread for thread in threads if thread.name.startswith(names)]


def _where(threads: list[threading.Thread]) -> str:
    frames = sys._current_frames()
    return "\n".join(
        f"{thread!r}\n{''.join(traceback.format_stack(frames.get(thread.ident or 0)))}"
        for thread in threads
    )
