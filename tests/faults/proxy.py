"""A line that fails: a TCP proxy that cuts, stalls, delays and truncates, as planned.

Every connection through it has a plan of its own; bytes are counted per direction, so
that a plan strikes at the same place in every run.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

_CHUNK = 4096

Action = Literal["cut", "stall", "truncate", "delay"]
_Ends = tuple[asyncio.StreamWriter, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """What happens to one direction of a connection.

    Attributes:
        direction: ``up`` to the far end, ``down`` from it.
        after: Bytes that still pass.
        action: ``cut``: both directions end at once, with a reset. ``stall``: nothing
            passes any more, and nobody is told. ``truncate``: this direction ends in
            order, the other goes on. ``delay``: each piece waits from there on.
        seconds: Of the delay.
    """

    direction: Literal["up", "down"]
    after: int
    action: Action
    seconds: float = 0.0


class Proxy:
    """Listens on a free port of the loopback address and leads to another one.

    Args:
        target: Port of the far end.
        plan: A strike, or None, for each connection in turn; later ones go through.
    """

    def __init__(self, target: int, plan: Sequence[Strike | None] = ()) -> None:
        self._target = target
        self._plan = list(plan)
        self.port = 0
        self.connections = 0
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._mended = asyncio.Event()

    def __enter__(self) -> Self:
        ready: Future[int] = Future()
        self._thread = threading.Thread(
            target=self._run, args=(ready,), name="cutting-proxy", daemon=True
        )
        self._thread.start()
        self.port = ready.result(10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        if self._thread is not None:
            self._thread.join(10)

    def mend(self) -> None:
        """End what is stalled, and let everything through from now on."""
        self._plan.clear()
        self._loop.call_soon_threadsafe(self._mended.set)

    def _run(self, ready: Future[int]) -> None:
        asyncio.set_event_loop(self._loop)
        serving = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._server = self._loop.run_until_complete(serving)
        ready.set_result(self._server.sockets[0].getsockname()[1])
        self._loop.run_forever()
        self._server.close()
        for task in self._tasks:
            task.cancel()
        self._loop.run_until_complete(
            asyncio.gather(*self._tasks, return_exceptions=True)
        )
        self._loop.close()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._lead(reader, writer)
        except OSError:
            writer.transport.abort()
        finally:
            self._tasks.discard(task)

    async def _lead(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        strike = self._plan.pop(0) if self._plan else None
        self.connections += 1
        far_reader, far_writer = await asyncio.open_connection(
            "127.0.0.1", self._target
        )
        ends = (writer, far_writer)
        up = strike if strike and strike.direction == "up" else None
        down = strike if strike and strike.direction == "down" else None
        try:
            await asyncio.gather(
                self._pump(reader, far_writer, up, ends),
                self._pump(far_reader, writer, down, ends),
            )
        finally:
            for end in ends:
                end.transport.abort()

    async def _pump(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        strike: Strike | None,
        ends: _Ends,
    ) -> None:
        room = strike.after if strike is not None else None
        while data := await source.read(_CHUNK):
            if strike is not None and room is not None and len(data) > room:
                sink.write(data[:room])
                await sink.drain()
                if not await self._strike(strike, sink, ends):
                    return
                data = data[room:]
                room = 0 if strike.action == "delay" else None
            elif room is not None:
                room -= len(data)
            sink.write(data)
            await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()

    async def _strike(
        self, strike: Strike, sink: asyncio.StreamWriter, ends: _Ends
    ) -> bool:
        """Do what is planned; tell whether the rest passes."""
        if strike.action == "delay":
            await asyncio.sleep(strike.seconds)
            return True
        if strike.action == "truncate":
            sink.write_eof()
            return False
        if strike.action == "stall":
            await self._mended.wait()
        for end in ends:
            end.transport.abort()
        return False
