"""Listing places and reading files whole; a file still being written is left alone."""

from __future__ import annotations

import datetime as dt
import itertools
import stat
from collections import deque
from collections.abc import Callable

from rapupload.errors import PermanentTransportError
from rapupload.transport import failures
from rapupload.transport.channel import (
    Fetched,
    InboundFile,
    Listed,
    Listing,
    Refused,
)
from rapupload.transport.failures import StatusError
from rapupload.transport.paths import check_place, find_fault, join_place
from rapupload.transport.session import Session
from rapupload.transport.sftp_requests import (
    CHUNK,
    WINDOW,
    RemoteEntry,
    Requests,
    read_data,
)

MOST_ENTRIES = 100_000
"""Names in one folder; ten days of reports are some thousands (domain: retention)."""


def list_place(session: Session, place: str) -> Listing:
    """List a place; ``Login.look`` has the contract."""
    folder = check_place(place)
    look = session.look("list", folder)
    with failures.translating(look):
        try:
            found = _list_bounded(session.requests, folder)
        except StatusError as refusal:
            if refusal.status == failures.NO_SUCH_FILE:
                return Listing(exists=False)
            raise
    if len(found) > MOST_ENTRIES:
        session.close()
        raise PermanentTransportError(
            f"{folder} at {session.endpoint} has more than {MOST_ENTRIES} names.",
            endpoint=str(session.endpoint),
            operation="list",
            name=folder,
            hint="Ask HKEX; nothing was read and nothing was sent.",
        )
    return _sort_out(folder, found)


def _list_bounded(requests: Requests, folder: str) -> list[RemoteEntry]:
    entries = requests.list_folder(folder.encode("utf-8"))
    return list(itertools.islice(entries, MOST_ENTRIES + 1))


def _sort_out(folder: str, found: list[RemoteEntry]) -> Listing:
    named = [entry for entry in found if entry.name not in {".", ".."}]
    faults = {entry.name: find_fault(entry.name) for entry in named}
    return Listing(
        entries=tuple(
            sorted(
                (_as_listed(folder, e) for e in named if not faults[e.name]),
                key=lambda listed: listed.name,
            )
        ),
        refused=tuple(
            Refused(name=ascii(name)[1:-1], place=folder, reason=fault)
            for name, fault in faults.items()
            if fault
        ),
    )


def _as_listed(folder: str, entry: RemoteEntry) -> Listed:
    return Listed(
        name=entry.name,
        place=folder,
        size=entry.size,
        modified=None
        if entry.modified is None
        else dt.datetime.fromtimestamp(entry.modified, tz=dt.UTC),
        is_folder=stat.S_ISDIR(entry.mode),
    )


def fetch_files(
    session: Session, place: str, wanted: Callable[[Listed], bool], max_bytes: int
) -> Fetched:
    """Read the wanted files of a place; ``Login.fetch`` has the contract."""
    listing = list_place(session, place)
    files: list[InboundFile] = []
    postponed: list[Listed] = []
    refused = list(listing.refused)
    for listed in listing.entries:
        if listed.is_folder or not wanted(listed):
            continue
        result = _fetch_one(session, listed, max_bytes)
        if isinstance(result, InboundFile):
            files.append(result)
        elif isinstance(result, Refused):
            refused.append(result)
        else:
            postponed.append(result)
    return Fetched(
        files=tuple(files),
        postponed=tuple(postponed),
        refused=tuple(refused),
        exists=listing.exists,
    )


def _fetch_one(
    session: Session, listed: Listed, max_bytes: int
) -> InboundFile | Refused | Listed:
    """Return the file; or why it is refused; or the listing, if it is not yet whole."""
    path = join_place(listed.place, listed.name)
    with failures.translating(session.look("read", path)):
        try:
            content = read_whole(session.requests, path, max_bytes)
            size_after = session.requests.lstat(path.encode("utf-8"))
        except StatusError as refusal:
            if refusal.status == failures.NO_SUCH_FILE:
                return listed
            return Refused(
                name=listed.name, place=listed.place, reason=f"not readable: {refusal}"
            )
    if len(content) > max_bytes:
        return Refused(
            name=listed.name,
            place=listed.place,
            reason=f"it is larger than {max_bytes} bytes",
        )
    sizes = {listed.size, size_after} - {None}
    if not content or sizes - {len(content)}:
        return listed
    return InboundFile(
        name=listed.name,
        place=listed.place,
        content=content,
        endpoint=str(session.endpoint),
        modified=listed.modified,
    )


def read_whole(requests: Requests, path: str, max_bytes: int) -> bytes:
    """Read a file to its end, and at most one byte more than allowed."""
    encoded = path.encode("utf-8")
    most = max_bytes + 1
    size = min(requests.lstat(encoded) or 0, most)
    handle = requests.open_for_reading(encoded)
    try:
        content = _read_window(requests, handle, size)
        if len(content) == size:
            content += _read_on(requests, handle, size, most)
    finally:
        requests.close(handle)
    return content


def _read_window(requests: Requests, handle: bytes, size: int) -> bytes:
    """Read the first bytes, many requests at once; shorter if the file is."""
    starts = range(0, size, CHUNK)
    to_ask = deque((start, min(CHUNK, size - start)) for start in starts)
    waiting: dict[int, tuple[int, int]] = {}
    pieces: dict[int, bytes] = {}
    refusals: list[StatusError] = []
    with requests.limited():
        while to_ask or waiting:
            while to_ask and len(waiting) < WINDOW:
                start, length = to_ask.popleft()
                waiting[requests.post_read(handle, start, length)] = (start, length)
            reply = requests.take_reply()
            start, length = waiting.pop(reply.number)
            try:
                piece = pieces[start] = read_data(reply)[:length]
            except StatusError as refusal:
                refusals.append(refusal)
                to_ask.clear()  # but take what was asked for, or it answers the next
                continue
            if piece and len(piece) < length:  # allowed; ask for the rest
                to_ask.append((start + len(piece), length - len(piece)))
    if refusals:
        raise refusals[0]
    return b"".join(pieces[start] for start in sorted(pieces))


def _read_on(requests: Requests, handle: bytes, start: int, most: int) -> bytes:
    """Read what follows, in order, to the end of the file."""
    pieces: list[bytes] = []
    while start < most:
        length = min(CHUNK, most - start)
        with requests.limited():
            requests.post_read(handle, start, length)
            piece = read_data(requests.take_reply())
        if not piece:
            break
        pieces.append(piece)
        start += len(piece)
    return b"".join(pieces)
