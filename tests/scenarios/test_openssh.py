"""The installed command against OpenSSH's own server, which knows nothing of RAP.

Nobody answers there: the test writes the acknowledgement files as the far end would.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncssh
import pytest

from rapupload.simulator.keys import Keys
from rapupload.spec.catalogue import shipped_folder
from tests.support.account_sshd import account_sshd, needs_account_sshd
from tests.support.answers import Sent, control_report, receipt
from tests.support.places import ACCOUNT, Place
from tests.support.sheets import ati_row, write_workbook

pytestmark = needs_account_sshd


@dataclass(frozen=True, kw_only=True)
class Far:
    """A desk, and the upload folder of the server it sends to."""

    place: Place
    folder: Path

    @property
    def files(self) -> list[Path]:
        """Return the batch files that are there."""
        return sorted(self.folder.glob("*.TXT"))


@pytest.fixture
def far(
    tmp_path: Path, place: Place, rap_keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Far]:
    """Yield a desk whose ATI spec names a folder of this machine."""
    folder = tmp_path / "upload"
    folder.mkdir()
    own = place.folder / "specs"
    own.mkdir()
    text = (shipped_folder() / "ati.toml").read_text(encoding="utf-8")
    assert text.count('"/upload/ATI"') == 3
    (own / "ati.toml").write_text(text.replace("/upload/ATI", str(folder)), "utf-8")
    key = place.folder / "account.key"
    key.write_bytes(rap_keys.client)
    key.chmod(0o600)
    client = asyncssh.import_private_key(rap_keys.client)
    public = client.export_public_key().decode("ascii").strip()
    with account_sshd(tmp_path / "sshd", ACCOUNT, public, monkeypatch) as server:
        place.write_settings(
            port=server.port,
            host_keys=list(server.fingerprints.values()),
            private_key=key,
            collecting={"wait-seconds": 0},
        )
        write_workbook(place.folder / "a.xlsx", [ati_row(1), ati_row(2), ati_row(3)])
        yield Far(place=place, folder=folder)


def test_a_batch_is_sent_and_its_answers_are_collected(far: Far) -> None:
    """Sent; a receipt makes it received; a control report settles every row, once."""
    desk = far.place
    assert "let CB01234001 in" in desk.run("doctor", expect=(0, 11)).text
    sent = desk.run("submit", "a.xlsx", "-t", "ati", "--json", expect=0)
    assert sent.state == "sent"
    (file,) = far.files
    facts = Sent.read(file)
    assert len(facts.checksums) == 3

    file.with_suffix(".ACK").write_bytes(receipt(facts))
    received = desk.run("collect", "--json", expect=0)
    assert received.state == "received"
    assert received.json["batches"][0]["pending"] == 3

    file.with_suffix(".CTL").write_bytes(control_report(facts, rejected=[1]))
    settled = desk.run("collect", "--json", expect=4)
    assert settled.state == "partly-accepted", settled.out
    rows = desk.run("status", sent.batch, "--json", expect=4).json["rows"]
    assert [row["outcome"] for row in rows] == ["accepted", "rejected", "accepted"]
    assert (rows[1]["row"], rows[1]["reference"]) == (3, "AT000002")
    assert rows[1]["reason_code"] == "S101"
    assert desk.run("collect", "--json", expect=0).json["batches"] == []
    desk.run("submit", "a.xlsx", "-t", "ati", expect=17)
    assert far.files == [file]
    desk.run("journal", "verify", expect=0)


def test_a_refused_file_rejects_every_row(far: Far) -> None:
    """A receipt that says no is the end of the batch, with its reason on each row."""
    desk = far.place
    batch = desk.run("submit", "a.xlsx", "-t", "ati", "--json", expect=0).batch
    facts = Sent.read(far.files[0])
    answer = receipt(facts, result="R", code="F002", why="Count differs")
    far.files[0].with_suffix(".ACK").write_bytes(answer)
    assert desk.run("collect", "--json", expect=4).state == "rejected"
    rows = desk.run("status", batch, "--json", expect=4).json["rows"]
    assert {row["reason_code"] for row in rows} == {"F002"}


def test_a_name_already_there_is_never_overwritten(far: Far) -> None:
    """Somebody else's file stays byte for byte, and the batch is in doubt, not sent."""
    desk = far.place
    made = desk.run("prepare", "a.xlsx", "-t", "ati", "--json", expect=0)
    name = made.json["batches"][0]["file_name"]
    size = _size_of(desk, made.batch)
    foreign = far.folder / name
    foreign.write_bytes(b"x" * size)  # of our very size
    desk.run("approve", made.batch, expect=0)
    assert desk.run("send", "--json", expect=13).state == "in-doubt"
    assert desk.run("send", "--json", expect=13).state == "in-doubt"
    assert foreign.read_bytes() == b"x" * size


def _size_of(desk: Place, batch: str) -> int:
    """Return the size of a batch file: header, three details and trailer, with CRLF."""
    del desk, batch
    return 5 * (99 + 2)


def test_answers_that_fit_nothing_need_a_person(far: Far) -> None:
    """A report for other rows, and one cut short, change nothing and are named."""
    desk = far.place
    batch = desk.run("submit", "a.xlsx", "-t", "ati", "--json", expect=0).batch
    file = far.files[0]
    good = control_report(Sent.read(file))
    file.with_suffix(".CTL").write_bytes(good.replace(b"\r\n10003", b"\r\n10093"))
    ran = desk.run("collect", "--json", expect=4)
    assert ran.state == "sent"
    assert ran.json["trouble"][0]["file"] == file.with_suffix(".CTL").name
    assert ran.json["trouble"][0]["reason"]
    file.with_suffix(".CTL").write_bytes(good[: len(good) // 2])
    assert desk.run("collect", "--json", expect=4).state == "sent"
    file.with_suffix(".CTL").write_bytes(good)
    assert desk.run("collect", "--json", expect=0).state == "accepted"
    assert desk.run("status", batch, "--json").state == "accepted"
    desk.run("journal", "verify", expect=0)


def test_a_folder_that_is_absent_or_closed_fails_the_batch(far: Far) -> None:
    """OpenSSH's own refusal of OPEN means failed; mended, it goes once."""
    desk = far.place
    far.folder.rename(far.folder.with_name("moved"))
    ran = desk.run("submit", "a.xlsx", "-t", "ati", "--json", expect=11)
    assert (ran.state, ran.error["code"]) == ("failed", "remote-missing")
    assert str(far.folder) in ran.error["message"]
    far.folder.with_name("moved").rename(far.folder)
    desk.run("approve", ran.batch, "--reason", "folder is back", expect=0)
    assert desk.run("send", "--json", expect=0).state == "sent"
    assert len(far.files) == 1
