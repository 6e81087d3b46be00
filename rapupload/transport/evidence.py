"""What is seen of a file at the far end, and what it proves.

Two questions, and both need an answer: are these our bytes, and does the far end take
them for a whole file? Our name with our size (our digest, where reading back is
allowed) answers the first. It does not answer the second: a connection that breaks when
everything is written and CLOSE is not leaves the same size behind. That the far end
confirmed the last step does answer it, and so does a spec that says our size is enough.

Another size proves nothing. Absence proves nothing either, unless the spec says that
the far end leaves files in place: most services take a file away as soon as it is
closed.
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


def judge(  # noqa: PLR0913 - each is a fact of its own
    evidence: Evidence,
    *,
    sent_to: Centre,
    server_keeps_file: bool,
    is_known_whole: bool = False,
    was_finished: bool = False,
    read_back: bool = False,
    open_was_refused: bool = False,
) -> Verdict:
    """Tell what evidence proves about a file in doubt.

    Args:
        evidence: What was seen.
        sent_to: Data centre that the upload went to; nothing is known about how fast,
            or whether, one centre sees the files of the other.
        server_keeps_file: As the spec says.
        is_known_whole: A file that lies there with our bytes counts as whole: the spec
            says so, or its last step (rename, done file) was taken.
        was_finished: The far end confirmed every step of the upload, and the journal
            knows it.
        read_back: As the spec says; a size alone is then not enough.
        open_was_refused: The far end refused to create the file, so one of our size
            may be somebody else's: only a digest proves.
    """
    if evidence.sighting is Sighting.ABSENT:
        if was_finished:
            return Verdict.UNKNOWN if server_keeps_file else Verdict.ARRIVED
        is_proof = server_keeps_file and evidence.centre is sent_to
        return Verdict.NOT_ARRIVED if is_proof else Verdict.UNKNOWN
    are_ours = evidence.sighting is Sighting.SAME_DIGEST or (
        evidence.sighting is Sighting.SAME_SIZE and not (read_back or open_was_refused)
    )
    is_whole = was_finished or is_known_whole
    return Verdict.ARRIVED if are_ours and is_whole else Verdict.UNKNOWN
