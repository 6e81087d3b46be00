from __future__ import annotations

import dataclasses

import pytest

from rapupload.transport.channel import OutboundFile
from rapupload.transport.endpoints import Centre
from rapupload.transport.evidence import Evidence, Sighting, Verdict, judge
from tests.unit.transport.conftest import channel_to
from tests.unit.transport.misbehaving import Faults, far_end

FILE = OutboundFile(name="a.txt", place="/", content=b"12345")

ARRIVED, NOT_ARRIVED, UNKNOWN = Verdict.ARRIVED, Verdict.NOT_ARRIVED, Verdict.UNKNOWN
SAME_SIZE, ABSENT = Sighting.SAME_SIZE, Sighting.ABSENT
WHOLE, FINISHED = {"is_known_whole": True}, {"was_finished": True}


@pytest.mark.parametrize(
    ("sighting", "known", "expected"),
    [
        pytest.param(
            SAME_SIZE, {}, UNKNOWN, id="our name and size, perhaps not closed"
        ),
        pytest.param(
            SAME_SIZE, WHOLE, ARRIVED, id="our name and size, which is enough"
        ),
        pytest.param(SAME_SIZE, FINISHED, ARRIVED, id="our size, every step confirmed"),
        pytest.param(
            SAME_SIZE,
            {"read_back": True} | WHOLE | FINISHED,
            UNKNOWN,
            id="size only, digest expected",
        ),
        pytest.param(
            SAME_SIZE,
            {"open_was_refused": True} | WHOLE,
            UNKNOWN,
            id="our size, but OPEN was refused",
        ),
        pytest.param(
            Sighting.SAME_DIGEST, {}, UNKNOWN, id="our digest, perhaps not closed"
        ),
        pytest.param(Sighting.SAME_DIGEST, WHOLE, ARRIVED, id="our digest"),
        pytest.param(
            Sighting.SAME_DIGEST,
            {"open_was_refused": True, "read_back": True} | WHOLE,
            ARRIVED,
            id="our digest, though OPEN was refused",
        ),
        pytest.param(Sighting.OTHER_DIGEST, {}, UNKNOWN, id="another digest"),
        pytest.param(Sighting.OTHER_SIZE, WHOLE | FINISHED, UNKNOWN, id="another size"),
        pytest.param(
            Sighting.OTHER_SIZE,
            {"server_keeps_file": True},
            UNKNOWN,
            id="another size where files stay",
        ),
        pytest.param(Sighting.UNFINISHED, {}, UNKNOWN, id="last step missing"),
        pytest.param(ABSENT, {}, UNKNOWN, id="absent: taken away, or never there"),
        pytest.param(
            ABSENT,
            {"server_keeps_file": True},
            NOT_ARRIVED,
            id="absent where files stay",
        ),
        pytest.param(
            ABSENT,
            {"server_keeps_file": True, "sent_to": Centre.SECONDARY},
            UNKNOWN,
            id="absent at the other centre",
        ),
        pytest.param(ABSENT, FINISHED, ARRIVED, id="taken away, every step confirmed"),
        pytest.param(
            ABSENT,
            {"server_keeps_file": True} | FINISHED,
            UNKNOWN,
            id="confirmed, and gone where files stay",
        ),
        pytest.param(
            SAME_SIZE,
            {"sent_to": Centre.SECONDARY} | WHOLE,
            ARRIVED,
            id="there at the other",
        ),
        pytest.param(
            Sighting.UNSEEN,
            {"server_keeps_file": True},
            UNKNOWN,
            id="the place cannot be looked at",
        ),
    ],
)
def test_what_evidence_proves(sighting, known, expected):
    """Only a sighting that cannot mean anything else settles a file in doubt."""
    evidence = Evidence(
        name="a.txt",
        place="/",
        endpoint="127.0.0.1:1",
        centre=Centre.PRIMARY,
        sighting=sighting,
    )
    given = {"sent_to": Centre.PRIMARY, "server_keeps_file": False, **known}
    assert judge(evidence, **given) is expected


@pytest.mark.parametrize(
    ("there", "changes", "expected"),
    [
        pytest.param({}, {}, Sighting.ABSENT, id="nothing there"),
        pytest.param({"a.txt": b"54321"}, {}, Sighting.SAME_SIZE, id="our size"),
        pytest.param({"a.txt": b"1234"}, {}, Sighting.OTHER_SIZE, id="shorter"),
        pytest.param({"A.TXT": b"12345"}, {}, Sighting.ABSENT, id="other capitals"),
        pytest.param(
            {"a.txt": b"12345"}, {"read_back": True}, Sighting.SAME_DIGEST, id="ours"
        ),
        pytest.param(
            {"a.txt": b"54321"},
            {"read_back": True},
            Sighting.OTHER_DIGEST,
            id="of our size, but not ours",
        ),
        pytest.param(
            {"a.txt.tmp": b"12345"},
            {"write": "rename"},
            Sighting.UNFINISHED,
            id="not yet renamed",
        ),
        pytest.param(
            {"a.txt": b"12345"}, {"write": "rename"}, Sighting.SAME_SIZE, id="renamed"
        ),
        pytest.param(
            {"a.txt": b"12345"},
            {"write": "done-file"},
            Sighting.UNFINISHED,
            id="no done file",
        ),
        pytest.param(
            {"a.txt": b"12345", "a.txt.done": b""},
            {"write": "done-file"},
            Sighting.SAME_SIZE,
            id="with its done file",
        ),
        pytest.param({}, {"place": "/none"}, Sighting.UNSEEN, id="no such place"),
    ],
)
def test_what_is_seen(tmp_path, key, public_key, there, changes, expected):
    """The far end's listing, and our own bytes read back, become a sighting."""
    for name, content in there.items():
        (tmp_path / name).write_bytes(content)
    with (
        far_end(tmp_path, public_key) as server,
        channel_to(key, server).login() as login,
    ):
        evidence = login.find_evidence(dataclasses.replace(FILE, **changes))
    assert evidence.sighting is expected


def test_reading_back_that_is_not_allowed_leaves_the_size(tmp_path, key, public_key):
    """A refused read-back is recorded as size only, which then does not prove."""
    (tmp_path / "a.txt").write_bytes(b"12345")
    faults = Faults(refuse={"open-read": 3})
    file = dataclasses.replace(FILE, read_back=True)
    with (
        far_end(tmp_path, public_key, faults) as server,
        channel_to(key, server).login() as login,
    ):
        evidence = login.find_evidence(file)
    assert evidence.sighting is Sighting.SAME_SIZE
    verdict = judge(
        evidence, sent_to=Centre.PRIMARY, server_keeps_file=True, read_back=True
    )
    assert verdict is Verdict.UNKNOWN


def test_a_place_that_may_not_be_listed_is_unseen(tmp_path, key, public_key):
    """A refused listing is no absence."""
    faults = Faults(refuse={"scandir": 3})
    with (
        far_end(tmp_path, public_key, faults) as server,
        channel_to(key, server).login() as login,
    ):
        assert login.find_evidence(FILE).sighting is Sighting.UNSEEN
