"""How a simulator is set up, and the settings a client needs to reach it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from rapupload.simulator.scenarios import NOTHING_WRONG, Scenario

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorSettings:
    """How a simulator is set up.

    Attributes:
        root: Folder that holds its keys, its memory and the account's tree.
        account: Name of the one account; capitals.
        host: Only the loopback address is taken.
        port: 0 for any free one.
        public_key: The account's public key; without it a pair is made in ``root``.
        keep_hours: Refuse connections outside RAP's service hours.
        holidays: Public holidays, for the service hours.
        answer_after: Seconds from the end of an upload to its acknowledgements; at 0
            they are there before the upload's last reply.
        scenario: What is to go wrong.
    """

    root: Path
    account: str = "CB01234001"
    host: str = LOOPBACK
    port: int = 0
    public_key: Path | None = None
    keep_hours: bool = False
    holidays: frozenset[dt.date] = frozenset()
    answer_after: float = 0.0
    scenario: Scenario = NOTHING_WRONG


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What a person needs to know of a running simulator.

    Attributes:
        private_key: File of the account's private key, made for demonstration.
        host_key: The pinned line, ``ssh-ed25519 AAAA...``.
        host_key_fingerprint: ``SHA256:...`` of the same.
        tree: The folder of this machine that the account sees as ``/``.
    """

    host: str
    port: int
    account: str
    participant: str
    private_key: Path
    host_key: str
    host_key_fingerprint: str
    root: Path
    tree: Path
    upload_folders: tuple[str, ...]


def settings_text(running: Running) -> str:
    """Return settings, as TOML, that a client can use as they are."""
    return (
        'environment = "simulator"\n'
        "\n"
        "[account]\n"
        f"name = {_quote(running.account)}\n"
        f"participant = {_quote(running.participant)}\n"
        f"private-key = {_quote(str(running.private_key))}\n"
        "\n"
        "[[endpoint]]\n"
        f"host = {_quote(running.host)}\n"
        f"port = {running.port}\n"
        f"host-keys = [{_quote(running.host_key_fingerprint)}]\n"
    )


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
