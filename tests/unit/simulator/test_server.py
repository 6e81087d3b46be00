from __future__ import annotations

import datetime as dt
import shutil
import socket
import stat
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paramiko
import pytest

from rapupload.errors import ConfigError
from rapupload.simulator.hours import HONG_KONG
from rapupload.simulator.keys import Keys
from rapupload.simulator.server import Simulator
from rapupload.simulator.settings import SimulatorSettings, settings_text
from rapupload.spec.format import BatchSpec
from tests.unit.simulator.client import (
    GOOD,
    GOOD_ROWS,
    GOOD_TRAILER,
    NAME,
    PATH,
    Client,
    detail,
    header,
    private_key,
)
from tests.unit.simulator.conftest import NOW, Connect, Start

DIGEST = "c009e81a3da402643773f1b738e953bb340c638f7b92cb5062885c1a7e0aaa18"


# -- login -----------------------------------------------------------------------------


def test_registered_key_logs_in_and_sees_the_tree(
    start: Start, connect: Connect
) -> None:
    """The account sees upload, download and key folders, and nothing of the machine."""
    client = connect(start())
    assert client.names("/") == ["download", "key_management", "upload"]
    assert client.names("/upload") == ["ATI"]
    assert client.names("/download") == [
        f"{system}_{market}"
        for system in ("CCASS", "HKSCC_CCMS")
        for market in ("GLOB", "HKMK", "MAMK", "SZMK")
    ]
    assert client.names("/key_management") == ["publickey"]
    assert client.names("/../../..") == client.names("/")


def test_start_is_quick_with_ready_made_keys(start: Start) -> None:
    """A test pays less than 0.3 seconds for a simulator."""
    spent = []
    for _ in range(3):  # the machine may be busy with something else
        begun = time.perf_counter()
        start()
        spent.append(time.perf_counter() - begun)
    assert min(spent) < 0.3


def test_wrong_key_is_refused(start: Start, connect: Connect) -> None:
    """A key that is not registered ends in a plain authentication failure."""
    simulator = start()
    with pytest.raises(paramiko.AuthenticationException):
        connect(simulator, key=paramiko.RSAKey.generate(2048))
    assert simulator.sessions.logins == 0


def test_account_name_in_small_letters_is_refused(
    start: Start, connect: Connect
) -> None:
    """Account names are case-sensitive."""
    with pytest.raises(paramiko.AuthenticationException):
        connect(start(), account="cb01234001")


def test_password_is_not_taken(start: Start) -> None:
    """Public-key authentication is the only way in."""
    simulator = start()
    client = Client(simulator)
    client.transport.start_client(timeout=10)
    with pytest.raises(paramiko.BadAuthenticationType) as caught:
        client.transport.auth_password(simulator.account, "secret")
    client.close()
    assert caught.value.allowed_types == ["publickey"]


def test_second_session_of_the_account_is_cut(start: Start, connect: Connect) -> None:
    """While a session is open a further login ends in a disconnect, never a session."""
    simulator = start()
    first = connect(simulator)
    with pytest.raises(paramiko.SSHException) as caught:
        connect(simulator)
    assert "transport shut down" in str(caught.value)
    assert (simulator.sessions.maximum, simulator.sessions.refused) == (1, 1)
    assert first.names("/upload") == ["ATI"]


def test_account_is_free_again_after_its_session(
    start: Start, connect: Connect
) -> None:
    """A login right after the end of a session works."""
    simulator = start()
    connect(simulator).close()
    wait_until(lambda: simulator.sessions.open_now == 0)
    connect(simulator)
    assert simulator.sessions.logins == 2
    assert simulator.sessions.maximum == 1


def test_login_outside_service_hours_is_refused(start: Start, connect: Connect) -> None:
    """Before 07:15 the connection is ended before any account name is asked."""
    simulator = start(keep_hours=True, now=NOW.replace(hour=7, minute=14))
    with pytest.raises((paramiko.SSHException, EOFError)) as caught:
        connect(simulator)
    assert not isinstance(caught.value, paramiko.AuthenticationException)
    assert simulator.sessions.logins == 0


def test_login_within_service_hours_works(start: Start, connect: Connect) -> None:
    """From 07:15 the hours let everyone in."""
    connect(start(keep_hours=True, now=NOW.replace(hour=7, minute=15)))


def test_hours_are_off_by_default(start: Start, connect: Connect) -> None:
    """A person can try the simulator on a Sunday."""
    connect(start(now=dt.datetime(2027, 1, 3, 3, 0, tzinfo=HONG_KONG)))


def test_own_public_key_may_be_registered(
    start: Start, connect: Connect, tmp_path: Path
) -> None:
    """With a public key of one's own the made one no longer opens the account."""
    own = paramiko.RSAKey.generate(2048)
    file = tmp_path / "mine.pub"
    file.write_text(f"ssh-rsa {own.get_base64()} me\n", encoding="utf-8")
    simulator = start(root=tmp_path / "rap", public_key=file)
    assert simulator.private_key == tmp_path / "mine"
    connect(simulator, key=own).close()
    with pytest.raises(paramiko.AuthenticationException):
        connect(simulator, key=private_key(tmp_path / "rap/keys/CB01234001"))


@pytest.mark.parametrize("content", ["ssh-rsa AAAA\n", "ed25519", "3072", None])
def test_public_key_rap_would_not_take_is_refused(
    content: str | None, tmp_path: Path, ati: BatchSpec, keys: Keys
) -> None:
    """Only RSA of 2048 or 4096 bits; anything else stops the start."""
    file = tmp_path / "mine.pub"
    if content == "3072":
        own = paramiko.RSAKey.generate(3072)
        content = f"ssh-rsa {own.get_base64()}\n"
    elif content == "ed25519":
        content = (
            "ssh-ed25519 "
            "AAAAC3NzaC1lZDI1NTE5AAAAIHxCwHDZzn3Rjl8IS0B1GCxG0Yo0dMsRn4pFVyyyb9kq\n"
        )
    if content is not None:
        file.write_text(content, encoding="utf-8")
    settings = SimulatorSettings(root=tmp_path / "rap", public_key=file)
    with pytest.raises(ConfigError, match="cannot start"):
        Simulator(settings, [ati], clock=lambda: NOW, keys=keys)


# -- where it listens, what it keeps ---------------------------------------------------


@pytest.mark.parametrize("host", ["0.0.0.0", "localhost", "::1", "192.0.2.1", ""])
def test_other_addresses_than_loopback_are_refused(
    host: str, tmp_path: Path, ati: BatchSpec, keys: Keys
) -> None:
    """The simulator never listens to the network."""
    settings = SimulatorSettings(root=tmp_path, host=host)
    with pytest.raises(ConfigError, match="not started"):
        Simulator(settings, [ati], clock=lambda: NOW, keys=keys)


def test_port_in_use_is_said(start: Start, tmp_path: Path) -> None:
    """A taken port is a fault of the settings."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"Port {port}"):
            start(root=tmp_path, port=port)


def test_nothing_listens_after_stop(start: Start) -> None:
    """Stopping frees the port, also with a session open, and may be repeated."""
    simulator = start()
    client = Client(simulator)
    client.login()
    simulator.stop()
    simulator.stop()
    client.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", simulator.port), timeout=5)


def test_keys_are_made_once_and_kept_from_others(
    tmp_path: Path, ati: BatchSpec
) -> None:
    """A second start shows the same host key; private keys are for the owner only."""
    settings = SimulatorSettings(root=tmp_path)
    prints = [
        Simulator(settings, [ati], clock=lambda: NOW).host_key_fingerprint
        for _ in range(2)
    ]
    assert prints[0] == prints[1]
    assert prints[0].startswith("SHA256:")
    for name in ("host_key", "other_host_key", "CB01234001"):
        mode = (tmp_path / "keys" / name).stat().st_mode
        assert sys.platform == "win32" or stat.S_IMODE(mode) == 0o600
    public = (tmp_path / "keys/CB01234001.pub").read_text(encoding="ascii")
    assert public.startswith("---- BEGIN SSH2 PUBLIC KEY ----")


def test_settings_text_says_how_to_reach_it(start: Start) -> None:
    """The TOML a person pastes names account, key, address and pinned host key."""
    simulator = start()
    assert tomllib.loads(settings_text(simulator.running)) == {
        "environment": "simulator",
        "account": {
            "name": "CB01234001",
            "participant": "B01234",
            "private-key": str(simulator.private_key),
        },
        "endpoint": [
            {
                "host": "127.0.0.1",
                "port": simulator.port,
                "host-keys": [simulator.host_key_fingerprint],
            }
        ],
    }


# -- folder rules ----------------------------------------------------------------------


def test_uploaded_file_is_received_whole(start: Start, connect: Connect) -> None:
    """Name, size, digest and instant of what arrived are on record."""
    simulator = start()
    connect(simulator).put()
    (received,) = simulator.received
    assert (received.name, received.size, received.digest) == (PATH, 404, DIGEST)
    assert received.at == NOW
    assert (received.fault, received.accepted, received.rejected) == ("", 2, 0)
    assert (simulator.root / "upload/ATI" / NAME).read_bytes() == GOOD


@pytest.mark.parametrize("mode", ["w", "a", "r+", "wx"])
def test_existing_file_is_never_opened_for_writing(
    mode: str, start: Start, connect: Connect
) -> None:
    """Neither truncating, appending nor changing: the bytes stay as they are."""
    simulator = start()
    client = connect(simulator)
    client.put()
    with pytest.raises(OSError, match="a file of this name is there"):
        client.sftp.open(PATH, mode)
    assert (simulator.root / "upload/ATI" / NAME).read_bytes() == GOOD
    assert len(simulator.received) == 1


def test_existing_file_is_not_changed_in_any_other_way(
    start: Start, connect: Connect
) -> None:
    """No removal, renaming, linking, truncation or new attributes."""
    simulator = start()
    client = connect(simulator)
    client.put()
    sftp = client.sftp
    changes: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
        (sftp.remove, (PATH,)),
        (sftp.rename, (PATH, "/upload/ATI/other")),
        (sftp.posix_rename, (PATH, "/upload/ATI/other")),
        (sftp.truncate, (PATH, 0)),
        (sftp.chmod, (PATH, 0o777)),
        (sftp.symlink, (PATH, "/upload/ATI/link")),
        (sftp.mkdir, ("/upload/new",)),
        (sftp.rmdir, ("/upload/ATI",)),
    ]
    for change, arguments in changes:
        with pytest.raises(PermissionError):
            change(*arguments)
    assert client.names("/upload/ATI")[-1] == NAME
    assert (simulator.root / "upload/ATI" / NAME).read_bytes() == GOOD


@pytest.mark.parametrize(
    "path",
    [
        "/x",
        "/upload/x",
        "/upload/SI/x",
        "/upload/ATI/deep/x",
        "/download/CCASS_HKMK/x",
        "/key_management/x",
        "/upload/ATI/../../../x",
        "/upload/ATI/C:x",
        "/upload/ATI/a\\x",
    ],
)
def test_nothing_is_created_outside_the_upload_folders(
    path: str, start: Start, connect: Connect
) -> None:
    """Any other place, and any name that is a place elsewhere, is refused."""
    simulator = start()
    client = connect(simulator)
    with pytest.raises(PermissionError):
        client.put(path)
    assert names_received(simulator) == []


def test_public_key_may_be_put_into_its_folder(start: Start, connect: Connect) -> None:
    """Key renewal starts with an upload that nothing answers here."""
    simulator = start()
    client = connect(simulator)
    client.put("/key_management/publickey/CB01234001.pub", b"key")
    assert names_received(simulator) == ["/key_management/publickey/CB01234001.pub"]
    assert client.names("/key_management/publickey") == ["CB01234001.pub"]


def test_uploads_are_read_back_only_where_the_spec_says(
    start: Start, connect: Connect, ati_text: dict[str, Any], tmp_path: Path
) -> None:
    """By default reading our own file is refused; with read-back it is not."""
    client = connect(start())
    client.put()
    with pytest.raises(PermissionError):
        client.get(PATH)
    batch_file = {**ati_text["batch-file"], "read-back": True}
    spec = BatchSpec.model_validate({**ati_text, "batch-file": batch_file})
    client = connect(start(specs=(spec,), root=tmp_path / "other"))
    client.put()
    assert client.get(PATH) == GOOD


def test_bank_account_has_no_upload_folder(start: Start, connect: Connect) -> None:
    """Only participants upload."""
    client = connect(start(account="CBNK999001"))
    assert client.names("/") == ["download", "key_management"]
    with pytest.raises(PermissionError):
        client.put()


@pytest.mark.parametrize("end", ["transport", "channel"])
def test_file_left_open_is_not_received(
    end: str, start: Start, connect: Connect
) -> None:
    """Without CLOSE a file is no upload, though its bytes are there."""
    simulator = start()
    client = connect(simulator)
    file = client.sftp.open(PATH, "wx")
    file.write(GOOD)
    if end == "channel":
        client.sftp.close()
        threading.Event().wait(0.2)  # the far end sees it before the connection goes
    client.close()
    wait_until(lambda: simulator.sessions.open_now == 0)
    assert names_received(simulator) == []
    assert list((simulator.root / "upload/ATI").iterdir()) == [
        simulator.root / "upload/ATI" / NAME
    ]


# -- what is answered ------------------------------------------------------------------


def test_good_file_is_answered_with_receipt_and_control_report(
    start: Start, connect: Connect
) -> None:
    """Both are there when the upload's last reply comes, byte for byte."""
    client = connect(start())
    client.put()
    stem = PATH.removesuffix(".TXT")
    assert client.get(f"{stem}.ACK") == (
        b"0RECEIPT B01234000120270105REF1           ATI_B01234_20270105_0001.TXT"
        b"            A                                            0002\r\n"
    )
    assert client.get(f"{stem}.CTL") == (
        b"0CONTROL B01234000120270105REF1           ATI_B01234_20270105_0001.TXT"
        b"            \r\n"
        b"10001AA00000001                                            "
        b"00000000001005\r\n"
        b"10002AA00000002                                            "
        b"00000000001200\r\n"
        b"2000200020000\r\n"
    )


def test_bad_rows_are_rejected_and_the_others_accepted(
    start: Start, connect: Connect
) -> None:
    """Each row has its own verdict and reason."""
    rows = (
        detail(9990, "01", "02", 1)
        + detail(5, "99", "02", 1)
        + detail(5, "01", "02", 90_000_000)
        + detail(700, "01", "02", 1)
    )
    trailer = f"2{4:04}{10700:07}{90000003:014}{90010703:017}{'':56}\r\n"
    simulator = start()
    client = connect(simulator)
    client.put(data=(header() + rows + trailer).encode("ascii"))
    assert client.get(PATH.replace(".TXT", ".CTL")).split(b"\r\n")[1:] == [
        b"10001R         S101Stock not eligible or code unknown      00000000009991",
        b"10002R         S103Stock account invalid for this function 00000000000006",
        b"10003R         S104Not enough stock                        00000090000005",
        b"10004AA00000001                                            00000000000701",
        b"2000400010003",
        b"",
    ]
    assert (simulator.received[0].accepted, simulator.received[0].rejected) == (1, 3)


def answered(client: Client, data: bytes, name: str = NAME) -> bytes:
    """Upload a file and return result and reason code of its receipt."""
    client.put(f"/upload/ATI/{name}", data)
    receipt = client.get(f"/upload/ATI/{name.removesuffix('.TXT')}.ACK")
    return receipt[82:87]


def test_wrong_totals_reject_the_file(start: Start, connect: Connect) -> None:
    """The receipt says F002 and there is no control report."""
    simulator = start()
    client = connect(simulator)
    assert answered(client, GOOD.replace(b"00000000002205", b"00000000002206")) == (
        b"RF002"
    )
    assert client.names() == [NAME.replace(".TXT", ".ACK"), NAME]
    assert simulator.received[0].fault == "control-total"


def test_unreadable_file_is_rejected(start: Start, connect: Connect) -> None:
    """The receipt says F003."""
    assert answered(connect(start()), b"hello") == b"RF003"


def test_name_used_before_is_refused(start: Start, connect: Connect) -> None:
    """A name that was taken away and comes again gets F001 in place of the answer."""
    simulator = start("take-at-once:x1")
    client = connect(simulator)
    client.put()
    assert answered(client, GOOD) == b"RF001"
    assert simulator.received[1].fault == "duplicate-file"


def test_indicators_are_remembered_over_a_restart(
    start: Start, connect: Connect, ati_text: dict[str, Any]
) -> None:
    """The next day the indicator is free, on the same day it is not."""
    batch_file = {**ati_text["batch-file"], "name": "ATI{any}{indicator:04}.TXT"}
    spec = BatchSpec.model_validate({**ati_text, "batch-file": batch_file})
    first = start(specs=(spec,))
    answered(connect(first), GOOD, "ATI_a_0001.TXT")
    first.stop()
    second = start(specs=(spec,))
    client = connect(second)
    assert answered(client, GOOD, "ATI_b_0001.TXT") == b"RF001"
    third = (header(2) + GOOD_ROWS + GOOD_TRAILER).encode("ascii")
    assert answered(client, third, "ATI_c_0002.TXT")[:1] == b"A"
    assert b"AA00000003" in client.get("/upload/ATI/ATI_c_0002.CTL")
    second.stop()
    tomorrow = (header(day="20270106") + GOOD_ROWS + GOOD_TRAILER).encode("ascii")
    later = connect(start(specs=(spec,), now=NOW + dt.timedelta(days=1)))
    assert answered(later, tomorrow, "ATI_d_0001.TXT")[:1] == b"A"


def test_answers_come_after_the_delay(start: Start, connect: Connect) -> None:
    """With a delay the acknowledgements are not there at once, but come."""
    client = connect(start(answer_after=0.3))
    client.put()
    assert client.names() == [NAME]
    wait_until(lambda: len(client.names()) == 3)


def test_renamed_upload_is_taken_at_its_final_name(
    start: Start, connect: Connect, ati_text: dict[str, Any]
) -> None:
    """Where the spec says rename, that is the sign; twice or onto a file it is not."""
    batch_file = {**ati_text["batch-file"], "write": "rename"}
    spec = BatchSpec.model_validate({**ati_text, "batch-file": batch_file})
    simulator = start(specs=(spec,))
    client = connect(simulator)
    client.put("/upload/ATI/draft.part")
    client.put("/upload/ATI/second.part")
    assert names_received(simulator) == []
    client.sftp.rename("/upload/ATI/draft.part", PATH)
    assert names_received(simulator) == [PATH]
    with pytest.raises(PermissionError):
        client.sftp.rename("/upload/ATI/second.part", PATH)
    with pytest.raises(PermissionError):
        client.sftp.rename(PATH, "/upload/ATI/ATI_B01234_20270105_0002.TXT")


def test_done_file_completes_an_upload(
    start: Start, connect: Connect, ati_text: dict[str, Any]
) -> None:
    """Where the spec says done-file, the batch is taken when that arrives."""
    batch_file = {**ati_text["batch-file"], "write": "done-file"}
    spec = BatchSpec.model_validate({**ati_text, "batch-file": batch_file})
    simulator = start(specs=(spec,))
    client = connect(simulator)
    client.put()
    assert names_received(simulator) == []
    client.put(f"{PATH}.done", b"")
    assert names_received(simulator) == [PATH]


@pytest.mark.skipif(shutil.which("sftp") is None, reason="OpenSSH's sftp is not here")
def test_openssh_sftp_uploads_once(start: Start, tmp_path: Path) -> None:
    """Another client than ours gets in, uploads, and cannot upload over it."""
    simulator = start(root=tmp_path / "rap")
    (tmp_path / "batch").write_bytes(GOOD)
    (tmp_path / "known").write_text(
        f"[127.0.0.1]:{simulator.port} {simulator.host_key}\n", encoding="ascii"
    )
    command = ["sftp", "-q", "-b", "-", "-F", "none", "-P", str(simulator.port)]
    command += ["-i", str(simulator.private_key)]
    command += ["-o", f"UserKnownHostsFile={tmp_path / 'known'}"]
    command += ["-o", "IdentitiesOnly=yes", "CB01234001@127.0.0.1"]
    results = [
        subprocess.run(  # noqa: PLW1510
            command,
            input=f"put {tmp_path / 'batch'} {PATH}\n",
            capture_output=True,
            text=True,
            timeout=30,
        ).returncode
        for _ in range(2)
    ]
    assert results == [0, 1]
    assert [r.digest for r in simulator.received] == [DIGEST]


def names_received(simulator: Simulator) -> list[str]:
    return [received.name for received in simulator.received]


def wait_until(is_so: Any, limit: float = 5.0) -> None:
    """Poll for something that another thread is about to do."""
    end = time.monotonic() + limit
    pause = threading.Event()
    while not is_so():
        assert time.monotonic() < end, "it never came"
        pause.wait(0.01)
