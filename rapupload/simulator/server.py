"""The simulator as an SFTP server in a thread of its own.

How it refuses, seen from the SSH protocol:

- outside service hours: DISCONNECT (service not available) right after the versions are
  exchanged, before any account name;
- an account in use: DISCONNECT (too many connections) once the right key is shown and
  before the login is granted, so the client sees a login that never ended;
- a wrong key or name: the usual refusal of public-key authentication.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Self

import asyncssh
from asyncssh.stream import SSHServerStreamSession

from rapupload.errors import ConfigError
from rapupload.simulator.accounts import Account
from rapupload.simulator.far_end import FarEnd, SessionCounts
from rapupload.simulator.folders import Folders
from rapupload.simulator.hours import HONG_KONG, Clock
from rapupload.simulator.intake import Intake, Received
from rapupload.simulator.keys import Keys, registered_key
from rapupload.simulator.ledger import Ledger
from rapupload.simulator.scenarios import Faults, Scenario
from rapupload.simulator.settings import LOOPBACK, Running, SimulatorSettings
from rapupload.simulator.sftp import SftpSession
from rapupload.spec.format import BatchSpec

_SFTP_VERSION = 3


def _say_nothing(_text: str) -> None:
    pass


class Simulator:
    """A RAP on this machine's loopback address; use it as a context manager.

    Args:
        settings: Where it keeps its files, and what it is called.
        specs: The instruction types it takes.
        clock: Returns the present instant, aware of its zone; the date counts.
        keys: Ready-made keys, since making them takes a moment; used only where
            ``settings.root`` holds none yet.
        on_event: Called, from the server's thread, with a line for each event.

    Raises:
        ConfigError: Another address than the loopback one, a name that is no account,
            or a key that RAP would not take.
    """

    def __init__(
        self,
        settings: SimulatorSettings,
        specs: Sequence[BatchSpec],
        *,
        clock: Clock,
        keys: Keys | None = None,
        on_event: Callable[[str], None] = _say_nothing,
    ) -> None:
        if settings.host != LOOPBACK:
            raise ConfigError(
                f"The simulator listens on {LOOPBACK} only, not on {settings.host!r};"
                " it was not started.",
                hint="Leave the address out.",
            )
        self.settings = settings
        account = Account.parse(settings.account)
        self._key_folder = settings.root / "keys"
        self._keys = Keys.keep(self._key_folder, account.name, keys)
        self._faults = Faults(settings.scenario)
        self._far_end = self._join(account, specs, clock, on_event)
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._port = 0

    def _join(
        self,
        account: Account,
        specs: Sequence[BatchSpec],
        clock: Clock,
        say: Callable[[str], None],
    ) -> FarEnd:
        root = self.settings.root
        folders = Folders(root, account, specs)
        intake = Intake(
            account=account,
            folders=folders,
            ledger=Ledger(root / "ledger.jsonl"),
            faults=self._faults,
            clock=clock,
            say=say,
        )
        far_end = FarEnd(
            settings=self.settings,
            account=account,
            key=registered_key(self._keys, self.settings.public_key),
            folders=folders,
            faults=self._faults,
            intake=intake,
            clock=clock,
            say=say,
        )
        far_end.open_day()
        return far_end

    # -- what a test or a face asks ------------------------------------------------

    @property
    def port(self) -> int:
        """Return the port it listens on."""
        return self._port

    @property
    def account(self) -> str:
        """Return the account's name."""
        return self._far_end.account.name

    @property
    def root(self) -> Path:
        """Return the folder of this machine that the account sees as ``/``."""
        return self._far_end.folders.tree

    @property
    def private_key(self) -> Path:
        """Return the file of the account's private key."""
        if self.settings.public_key is not None:
            return self.settings.public_key.with_suffix("")
        return self._key_folder / self.account

    @property
    def host_key(self) -> str:
        """Return the host key it shows, as ``ssh-ed25519 AAAA...``."""
        line = self._host_key().export_public_key("openssh").decode("ascii")
        return " ".join(line.split()[:2])

    @property
    def host_key_fingerprint(self) -> str:
        """Return the fingerprint of the host key, as ``SHA256:...``."""
        return self._host_key().get_fingerprint()

    @property
    def received(self) -> tuple[Received, ...]:
        """Return every file that really arrived whole, in order."""
        return self._far_end.intake.received

    @property
    def sessions(self) -> SessionCounts:
        """Return the counts of logins."""
        return self._far_end.sessions.counts

    @property
    def scenario(self) -> Scenario:
        """Return what goes wrong now; it may be changed while running."""
        return self._faults.scenario

    @scenario.setter
    def scenario(self, scenario: Scenario) -> None:
        self._faults.change(scenario)

    @property
    def running(self) -> Running:
        """Return what a person needs to know to reach it."""
        far_end = self._far_end
        today = far_end.clock().astimezone(HONG_KONG).date()
        return Running(
            host=self.settings.host,
            port=self.port,
            account=self.account,
            participant=far_end.account.owner,
            private_key=self.private_key,
            host_key=self.host_key,
            host_key_fingerprint=self.host_key_fingerprint,
            root=self.settings.root,
            tree=self.root,
            upload_folders=far_end.folders.upload_folders(today),
        )

    # -- life ----------------------------------------------------------------------

    def start(self) -> None:
        """Listen, in a thread of its own.

        Raises:
            ConfigError: The port is taken.
        """
        ready: Future[int] = Future()
        self._thread = threading.Thread(
            target=self._run, args=(ready,), name="rap-simulator", daemon=True
        )
        self._thread.start()
        try:
            self._port = ready.result()
        except OSError as error:
            self._thread.join()
            self._thread = None
            raise ConfigError(
                f"Port {self.settings.port} of {self.settings.host} cannot be listened"
                " on; the simulator was not started.",
                hint="Choose another port, or 0 for any free one.",
            ) from error

    def stop(self) -> None:
        """Cut every session and stop listening; answers still to come are dropped."""
        if self._thread is None:
            return
        if self._loop is not None and self._stopping is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _host_key(self) -> asyncssh.SSHKey:
        is_changed = self._faults.scenario.name == "host-key-changed"
        return asyncssh.import_private_key(
            self._keys.other_host if is_changed else self._keys.host
        )

    def _run(self, ready: Future[int]) -> None:
        asyncio.run(self._serve(ready))

    async def _serve(self, ready: Future[int]) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        gates: set[_Gate] = set()
        try:
            acceptor = await asyncssh.listen(
                self.settings.host,
                self.settings.port,
                server_host_keys=[self._host_key()],
                server_factory=lambda: _Gate(self._far_end, gates),
                encoding=None,
                line_editor=False,
                public_key_auth=True,
                password_auth=False,
                kbdint_auth=False,
                gss_host=None,
                agent_forwarding=False,
            )
        except OSError as error:
            ready.set_exception(error)
            return
        ready.set_result(acceptor.get_port())
        await self._stopping.wait()
        acceptor.close()
        self._far_end.stop()
        for gate in tuple(gates):
            await gate.shut()
        await acceptor.wait_closed()


class _Gate(asyncssh.SSHServer):
    """One connection, from the first byte to the last."""

    def __init__(self, far_end: FarEnd, gates: set[_Gate]) -> None:
        self._far_end = far_end
        self._gates = gates
        self._connection: asyncssh.SSHServerConnection | None = None
        self._gone = asyncio.Event()

    async def shut(self) -> None:
        if self._connection is not None:
            self._connection.abort()
            await self._connection.wait_closed()

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._gates.add(self)
        self._far_end.sessions.connect()
        if self._far_end.faults.strike("drop-before-login"):
            self._far_end.say("scenario drop-before-login: connection cut")
            conn.abort()
        elif not self._far_end.is_open():
            self._far_end.say("connection refused: outside service hours")
            asyncio.get_running_loop().call_soon(
                conn.disconnect, asyncssh.DISC_SERVICE_NOT_AVAILABLE, "closed"
            )

    def connection_lost(self, _exc: Exception | None) -> None:
        self._gone.set()
        self._gates.discard(self)
        if self._far_end.sessions.release(self):
            self._far_end.say("session ended")

    def begin_auth(self, _username: str) -> bool:
        if self._far_end.faults.strike("drop-during-login") and self._connection:
            self._far_end.say("scenario drop-during-login: connection cut")
            self._connection.abort()
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        if not self._far_end.is_known(username, key):
            self._far_end.say(f"login refused: {username!r} with this key")
            return False
        is_refused = self._far_end.faults.strike("second-login-refused") is not None
        if is_refused or self._far_end.sessions.is_held:
            self._refuse()
            return False
        return True

    def session_requested(self) -> _Stream:
        return _Stream(self._far_end, self._gone)

    def auth_completed(self) -> None:
        if not self._far_end.sessions.claim(self):
            self._refuse()
            return
        self._far_end.open_day()
        self._far_end.say(f"login {self._far_end.account.name}")

    def _refuse(self) -> None:
        self._far_end.sessions.refuse()
        self._far_end.say("login refused: the account has a session")
        if self._connection is not None:
            self._connection.disconnect(
                asyncssh.DISC_TOO_MANY_CONNECTIONS, "one session per account"
            )


class _Stream(SSHServerStreamSession[bytes]):
    """The channel of one SFTP session; knows when the client has ended it."""

    def __init__(self, far_end: FarEnd, gone: asyncio.Event) -> None:
        super().__init__(None, self._open, _SFTP_VERSION)
        self._far_end = far_end
        self._gone = gone

    def _open(self, channel: object) -> SftpSession:
        assert isinstance(channel, asyncssh.SSHServerChannel)
        return SftpSession(
            channel, self._far_end, self._gone, lambda: self.at_eof(None)
        )
