"""Looking for a file in doubt at the far end."""

from __future__ import annotations

import hashlib

from rapupload.errors import RemotePermissionError
from rapupload.transport import failures
from rapupload.transport.channel import Listed, Listing, OutboundFile
from rapupload.transport.download import list_place, read_whole
from rapupload.transport.evidence import Evidence, Sighting
from rapupload.transport.failures import StatusError
from rapupload.transport.paths import join_place
from rapupload.transport.session import Session
from rapupload.transport.upload import list_companions


def find_evidence(session: Session, file: OutboundFile) -> Evidence:
    """Look for a file by name; ``Login.find_evidence`` has the contract."""
    try:
        listing = list_place(session, file.place)
    except RemotePermissionError:
        return _record(session, file, Sighting.UNSEEN)
    if not listing.exists:
        return _record(session, file, Sighting.UNSEEN)
    return _weigh(session, file, listing)


def _weigh(session: Session, file: OutboundFile, listing: Listing) -> Evidence:
    names = {listed.name: listed for listed in listing.entries}
    if _is_unfinished(file, set(names)):
        return _record(session, file, Sighting.UNFINISHED)
    found = names.get(file.name)
    if found is None:
        return _record(session, file, Sighting.ABSENT)
    if found.size != file.size or found.is_folder:
        return _record(session, file, Sighting.OTHER_SIZE, found)
    digest = _read_back(session, file) if file.read_back else ""
    if not digest:
        return _record(session, file, Sighting.SAME_SIZE, found)
    is_same = digest == file.digest
    sighting = Sighting.SAME_DIGEST if is_same else Sighting.OTHER_DIGEST
    return _record(session, file, sighting, found, digest)


def _is_unfinished(file: OutboundFile, names: set[str]) -> bool:
    companions = set(list_companions(file))
    if file.write == "rename":
        return bool(companions & names) and file.name not in names
    return file.name in names and not companions <= names


def _read_back(session: Session, file: OutboundFile) -> str:
    path = join_place(file.place, file.name)
    with failures.translating(session.look("read-back", path)):
        try:
            content = read_whole(session.requests, path, file.size)
        except StatusError:
            return ""  # not allowed after all: the size is what is left
    return hashlib.sha256(content).hexdigest()


def _record(
    session: Session,
    file: OutboundFile,
    sighting: Sighting,
    found: Listed | None = None,
    digest: str = "",
) -> Evidence:
    return Evidence(
        name=file.name,
        place=file.place,
        endpoint=str(session.endpoint),
        centre=session.endpoint.centre,
        sighting=sighting,
        size=found.size if found else None,
        digest=digest,
    )
