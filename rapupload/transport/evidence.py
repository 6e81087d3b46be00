"""What is seen of a file at the far end, and what it proves.

The rule for a file in doubt: our name with our size, and our digest where reading back
is allowed, proves that it arrived. Another size proves nothing. Absence proves nothing
either, unless the spec says that the far end leaves files in place: most services take
a file away as soon as it is closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rapupload.transport.endpoints import Centre


class Sighting(StrEnum):
    """What the far end shows under a file's name."""

    SAME_DIGEST = "same-digest"
    OTHER_DIGEST = "other-digest"
    SAME_SIZE = "same-size"  # not read back
    OTHER_SIZE = "other-size"  # or the far end does not say how large it is
    UNFINISHED = "unfinished"  # its last step (rename, done file) was not taken
    ABSENT = "absent"
    UNSEEN = "unseen"  # the place cannot be looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was seen, where; for the journal as it stands.

    Attributes:
        endpoint: Address that was asked.
        centre: Its data centre.
        size: Bytes at the far end; None where unknown or absent.
        digest: SHA-256 of what was read back; empty where it was not.
    """

    name: str
    place: str
    endpoint: str
    centre: Centre
    sighting: Sighting
    size: int | None = None
    digest: str = ""


class Verdict(StrEnum):
    """What the evidence proves."""

    ARRIVED = "arrived"
    NOT_ARRIVED = "not-arrived"
    UNKNOWN = "unknown"


def judge(
    evidence: Evidence,
    *,
    sent_to: Centre,
    server_keeps_file: bool,
    read_back: bool = False,
    open_was_refused: bool = False,
) -> Verdict:
    """Tell what evidence proves about a file in doubt.

    Args:
        evidence: What was seen.
        sent_to: Data centre that the upload went to; nothing is known about how fast,
            or whether, one centre sees the files of the other.
        server_keeps_file: As the spec says.
        read_back: As the spec says; a size alone is then not enough.
        open_was_refused: The far end refused to create the file, so one of our size
            may be somebody else's: only a digest proves.
    """
    if evidence.sighting is Sighting.SAME_DIGEST:
        return Verdict.ARRIVED
    if evidence.sighting is Sighting.SAME_SIZE:
        is_enough = not (read_back or open_was_refused)
        return Verdict.ARRIVED if is_enough else Verdict.UNKNOWN
    if evidence.sighting is Sighting.ABSENT:
        is_proof = server_keeps_file and evidence.centre is sent_to
        return Verdict.NOT_ARRIVED if is_proof else Verdict.UNKNOWN
    return Verdict.UNKNOWN
