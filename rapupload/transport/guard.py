"""Time limits for a whole step, and what the far end said while it lasted.

paramiko has waits without a limit (a subsystem request; a socket write to a far end
that stopped reading), and its exceptions do not carry the far end's reason codes. Both
gaps are closed here. Tried with paramiko 4.0.0 and 5.1.0.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from paramiko.common import MSG_DISCONNECT, MSG_USERAUTH_FAILURE
from paramiko.packet import Packetizer


class Guard:
    """Cut the connection when a step outlives its limit.

    Args:
        cut: Ends the connection from another thread; called at most once.

    Attributes:
        expired_after: The limit that was not kept, in seconds; 0 while all were.
    """

    def __init__(self, cut: Callable[[], None]) -> None:
        self.expired_after = 0.0
        self._cut = cut
        self._seconds = 0.0
        self._deadline: float | None = None
        self._ended = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(
            target=self._watch, name="rapupload-guard", daemon=True
        )
        self._thread.start()

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Cut the connection if the block, or a pause between touches, takes longer."""
        with self._changed:
            self._seconds = seconds
            self._deadline = time.monotonic() + seconds
            self._changed.notify()
        try:
            yield
        finally:
            self._deadline = None

    def touch(self) -> None:
        """Start the limit anew: the far end has answered."""
        if self._deadline is not None:
            self._deadline = time.monotonic() + self._seconds

    def end(self) -> None:
        """Stop watching; may be called twice."""
        with self._changed:
            self._ended = True
            self._changed.notify()

    def _watch(self) -> None:
        with self._changed:
            while not self._ended:
                deadline = self._deadline
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    self.expired_after = self._seconds
                    break
                self._changed.wait(left)
        if self.expired_after:
            self._cut()


class WitnessingPacketizer(Packetizer):  # type: ignore[misc]
    """Note the far end's verdicts as they pass.

    Attributes:
        auth_refused: It answered a login with a refusal.
        disconnect_code: Reason of its disconnect message (RFC 4253, 11.1), else None.
    """

    def __init__(self, socket: object) -> None:
        super().__init__(socket)
        self.auth_refused = False
        self.disconnect_code: int | None = None

    def read_message(self) -> tuple[int, Any]:
        """Return the next message, unread."""
        kind, message = super().read_message()
        if kind == MSG_USERAUTH_FAILURE:
            self.auth_refused = True
        elif kind == MSG_DISCONNECT:
            self.disconnect_code = message.get_int()
            message.rewind()
        return kind, message

    def close(self) -> None:
        """Close, and stop the handshake timer that would hold up the process's end."""
        self.complete_handshake()
        super().close()
