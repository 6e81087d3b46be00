"""What was decided and what happened, in one file that shows whether it was altered.

Tables of the present state: ``intakes`` (source files), ``batches`` (batch files and
where they stand), ``instructions`` (one narrow row each), ``outcomes`` (a row for each
instruction that was answered; none means pending), ``matchings`` (how far CCASS has
got, latest last), ``ledger_keys`` (which limits a batch takes from, as keyed digests: a
look-up, see ``exposure``), ``acknowledgements`` with ``answers`` (which of them answered which
batch), ``accounts``, ``indicators`` (numbers given away), ``leases``; ``blobs`` with
``blob_parts`` (bytes by SHA-256); ``facts`` (identity, secret key, noted head).

Table of the past: ``events``, append-only. ``text`` is the hashed form of an event:
canonical JSON (RFC 8785), every figure as text; ``hash`` is its SHA-256 in hex; ``prev``
inside the text is the hash of the event before, 64 zeros for the first. By hand:

    printf %s "$(sqlite3 journal.db 'select text from events where seq=17')" | sha256sum
    sqlite3 journal.db "select hash from events where seq=17"   # the same
    sqlite3 journal.db "select text from events where seq=18"   # its prev is the same

An event's ``body`` explains the state tables: ``set`` gives columns their value as
text, ``from`` and ``to`` move the state; ``rows``, ``outcomes`` and ``matchings`` give
one digest per 1,000 rows (of a text described in ``digests``), ``ledger`` one of all
keys of a batch; ``acknowledgement`` names the reply that was applied.
``Journal.verify`` walks the chain, folds the bodies and compares. The names of a source
file and its sheet may name a person, so events hold only a keyed digest of them. A chain
cannot show that its end was cut off: note
``Journal.head`` outside this machine and give it to ``verify``.

Times are UTC, as text of fixed width, with microseconds and ``Z``.
"""

from __future__ import annotations

from rapupload.journal.acknowledgements import Judgement
from rapupload.journal.batches import Change, Filter
from rapupload.journal.duplicates import Question
from rapupload.journal.exposure import Exposure, Exposures, hash_keys
from rapupload.journal.journal import Journal
from rapupload.journal.outcomes import Answer
from rapupload.journal.reading import JournalReader
from rapupload.journal.records import (
    Account,
    Acknowledgement,
    AckState,
    Applied,
    Batch,
    Duplicates,
    Earlier,
    Event,
    Head,
    Intake,
    Kind,
    Lease,
    NewAcknowledgement,
    NewBatch,
    NewIntake,
    Problem,
    Subject,
    Verification,
)

__all__ = [
    "Account",
    "AckState",
    "Acknowledgement",
    "Answer",
    "Applied",
    "Batch",
    "Change",
    "Duplicates",
    "Earlier",
    "Event",
    "Exposure",
    "Exposures",
    "Filter",
    "Head",
    "Intake",
    "Journal",
    "JournalReader",
    "Judgement",
    "Kind",
    "Lease",
    "NewAcknowledgement",
    "NewBatch",
    "NewIntake",
    "Problem",
    "Question",
    "Subject",
    "Verification",
    "hash_keys",
]
