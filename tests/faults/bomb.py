"""Ends its own process with SIGKILL at a step that was counted out before.

Installed in the victim's process alone, around the libraries that our code calls:
SQLAlchemy for everything written to the journal, paramiko for every SFTP request and
reply. Our own code is not touched.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import paramiko
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

_WRITES = ("INSERT", "UPDATE", "DELETE")
_OPERATIONS = {
    3: "OPEN",
    4: "CLOSE",
    5: "READ",
    6: "WRITE",
    7: "LSTAT",
    11: "OPENDIR",
    12: "READDIR",
    16: "REALPATH",
    18: "RENAME",
}


@dataclass(slots=True)
class Bomb:
    """Counts steps; at the one named by ``at`` the process is gone.

    Attributes:
        at: Number of the step, from 1; 0 only counts.
        steps: What each step was.
    """

    at: int = 0
    steps: list[str] = field(default_factory=list)
    is_writing: bool = False

    def step(self, name: str) -> None:
        """Pass one step, or do not survive it."""
        self.steps.append(name)
        if len(self.steps) == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def install(self) -> None:
        """Put the counters around the libraries; once per process."""
        self._around_statements()
        self._around_commits()
        self._around_requests()

    def _around_statements(self) -> None:
        @event.listens_for(Engine, "before_cursor_execute")
        def before(*arguments: Any) -> None:
            statement = str(arguments[2]).lstrip()
            if statement.upper().startswith(_WRITES):
                words = statement.replace('"', "").split()
                table = words[1] if words[0].upper() == "UPDATE" else words[2]
                self.is_writing = True
                self.step(f"journal {words[0].lower()} {table}, before")

    def _around_commits(self) -> None:
        plain: Callable[..., Any] = DefaultDialect.do_commit

        def do_commit(dialect: Any, connection: Any) -> None:
            if not self.is_writing:  # the end of a look
                plain(dialect, connection)
                return
            self.is_writing = False
            self.step("journal commit, before")
            plain(dialect, connection)
            self.step("journal commit, after")

        DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]

    def _around_requests(self) -> None:
        client: Any = paramiko.SFTPClient
        send: Callable[..., Any] = client._async_request
        read: Callable[..., Any] = client._read_response

        def _async_request(this: Any, owner: Any, kind: Any, *parts: Any) -> Any:
            name = _OPERATIONS.get(kind, str(kind))
            self.step(f"sftp {name}, before the request")
            number = send(this, owner, kind, *parts)
            self.step(f"sftp {name}, request written")
            return number

        def _read_response(this: Any, *arguments: Any) -> Any:
            answer = read(this, *arguments)
            self.step("sftp reply read")
            return answer

        client._async_request = _async_request
        client._read_response = _read_response
