"""What was decided and what happened."""

from __future__ import annotations

from rapupload.journal.acknowledgements import Judgement
from rapupload.journal.batches import Change, Filter
from rapupload.journal.duplicates import Question
from rapupload.journal.journal import Journal
from rapupload.journal.outcomes import Answer
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
    "Filter",
    "Head",
    "Intake",
    "Journal",
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
]
