"""Writing one file so that its fate is known: exclusive, windowed, every reply checked.

paramiko's own ``put``, pipelined writes and ``SFTPFile.close`` truncate, hide write
errors or hide an unanswered CLOSE; none of them carries an upload here.
"""

from __future__ import annotations

from rapupload.errors import OutcomeUnknownError
from rapupload.transport import failures
from rapupload.transport.channel import OnStep, OutboundFile, Sent
from rapupload.transport.failures import StatusError
from rapupload.transport.paths import join_place
from rapupload.transport.session import Session
from rapupload.transport.sftp_requests import CHUNK, WINDOW, Requests, check_ok


def upload(session: Session, file: OutboundFile, on_step: OnStep) -> Sent:
    """Hand over one file; ``Login.submit`` has the contract."""
    target = join_place(file.place, file.name)
    first = target + _TEMPORARY if file.write == "rename" else target
    with failures.translating(session.look("probe", first)):
        session.requests.probe()
    on_step("before-open")
    handle = _open_new(session, first)
    try:
        with failures.translating_in_doubt(session.look("write", first)):
            _write_and_close(session.requests, handle, file.content, on_step)
        _finish(session, file, on_step)
        on_step("finished")
    except BaseException:
        # a CLOSE now could make a part look whole; hanging up cannot
        session.close()
        raise
    return _confirm(session, file, target, on_step)


_TEMPORARY = ".tmp"
_DONE = ".done"


def list_companions(file: OutboundFile) -> tuple[str, ...]:
    """Return the further names that a file has at the far end before it counts."""
    endings = {"direct": (), "rename": (_TEMPORARY,), "done-file": (_DONE,)}
    return tuple(file.name + ending for ending in endings[file.write])


def _open_new(session: Session, path: str) -> bytes:
    look = session.look("open", path)
    try:
        return session.requests.open_new(path.encode("utf-8"))
    except StatusError as refusal:
        if refusal.status in {failures.NO_SUCH_FILE, failures.PERMISSION_DENIED}:
            raise failures.translate(refusal, look()) from refusal
        # version 3 has no code for "exists": it may be there, from an earlier try
        raise failures.translate_in_doubt(refusal, look()) from refusal
    except failures.FOREIGN as error:
        session.close()
        raise failures.translate_in_doubt(error, look()) from error


def _write_and_close(
    requests: Requests, handle: bytes, content: bytes, on_step: OnStep
) -> None:
    on_step("opened")
    _write_all(requests, handle, content, on_step)
    # only when every WRITE is confirmed: CLOSE is what makes a far end take the file
    requests.close(handle)
    on_step("closed")


def _write_all(
    requests: Requests, handle: bytes, content: bytes, on_step: OnStep
) -> None:
    waiting: dict[int, int] = {}
    written = 0

    def take_one() -> None:
        nonlocal written
        reply = requests.take_reply()
        check_ok(reply)
        written += waiting.pop(reply.number)
        on_step(f"written {written}")

    with requests.limited():
        for offset in range(0, len(content), CHUNK):
            data = content[offset : offset + CHUNK]
            waiting[requests.post_write(handle, offset, data)] = len(data)
            if len(waiting) == WINDOW:
                take_one()
        while waiting:
            take_one()


def _finish(session: Session, file: OutboundFile, on_step: OnStep) -> None:
    """Take the last step of a spec that has one; every refusal is in doubt by now."""
    target = join_place(file.place, file.name)
    if file.write == "rename":
        with failures.translating_in_doubt(session.look("rename", target)):
            on_step("before-rename")
            old = (target + _TEMPORARY).encode("utf-8")
            session.requests.rename(old, target.encode("utf-8"))
    elif file.write == "done-file":
        with failures.translating_in_doubt(session.look("done-file", target)):
            on_step("before-done-file")
            marker = session.requests.open_new((target + _DONE).encode("utf-8"))
            session.requests.close(marker)


def _confirm(
    session: Session, file: OutboundFile, target: str, on_step: OnStep
) -> Sent:
    look = session.look("confirm", target)
    try:
        found = session.requests.lstat(target.encode("utf-8"))
    except StatusError as refusal:
        is_taken = refusal.status == failures.NO_SUCH_FILE
        if not is_taken or file.server_keeps_file:
            raise failures.translate_in_doubt(refusal, look()) from refusal
        found = None
    except failures.FOREIGN as error:
        session.close()
        raise failures.translate_in_doubt(error, look()) from error
    if found not in {None, file.size}:
        raise _wrong_size(found, file.size, look())
    on_step("confirmed")
    return Sent(
        name=file.name,
        endpoint=str(session.endpoint),
        centre=session.endpoint.centre,
        size=file.size,
        size_confirmed=found is not None,
    )


def _wrong_size(
    found: int | None, size: int, seen: failures.Circumstances
) -> OutcomeUnknownError:
    return failures.in_doubt(f"it has {found} bytes there and {size} here", seen)
