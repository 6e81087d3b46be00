"""Values that all stages share: states and their transitions, findings, places.

No I/O, no clock, no third-party import: this module is read first and loads fast.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in the two languages of the desk.

    >>> Text("Stock code", "股份代號").in_language("zh-Hant")
    '股份代號'
    """

    en: str
    zh_hant: str

    def in_language(self, language: str) -> str:
        """Return the sentence in ``en`` or ``zh-Hant``."""
        return self.zh_hant if language == "zh-Hant" else self.en

    def as_dict(self) -> dict[str, str]:
        """Return the JSON form that scripts rely on."""
        return {"en": self.en, "zh-Hant": self.zh_hant}


class Severity(StrEnum):
    """What a finding means for the file."""

    ERROR = "error"  # the row, or the file, cannot go
    WARNING = "warning"  # stops until accepted with a reason
    NOTE = "note"  # said, and goes on


class Scope(StrEnum):
    """What a finding is about."""

    CELL = "cell"
    ROW = "row"
    BATCH = "batch"  # the whole file


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Our own verdict on one place of the source.

    Attributes:
        code: Stable slug, explained in docs/reference/findings.md.
        sheet: Sheet name; empty for a CSV file.
        row: Row number as the spreadsheet shows it; None for the whole file.
        column: Heading as the user wrote it, on one line; empty for a whole row.
        letter: Column letter as the spreadsheet shows it; empty for a whole row.
        value: The cell as read, masked where the spec says personal.
    """

    code: str
    severity: Severity
    scope: Scope
    message: Text
    sheet: str = ""
    row: int | None = None
    column: str = ""
    letter: str = ""
    value: str = ""

    @property
    def cell(self) -> str:
        """Return the place in spreadsheet notation, such as ``B7``."""
        return f"{self.letter}{self.row}" if self.letter and self.row else ""

    def as_dict(self) -> dict[str, object]:
        """Return the JSON form that scripts rely on."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "scope": self.scope.value,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "cell": self.cell,
            "value": self.value,
            "message": self.message.as_dict(),
        }


class Environment(StrEnum):
    """Where batch files go."""

    SIMULATOR = "simulator"
    PRACTICE = "practice"
    PRODUCTION = "production"


class SpecStatus(StrEnum):
    """How sure a spec file is."""

    ASSUMED = "assumed"
    PRACTICE = "practice"
    CONFIRMED = "confirmed"

    def allows(self, environment: Environment) -> bool:
        """Tell whether a spec of this status may be used there.

        >>> SpecStatus.ASSUMED.allows(Environment.PRODUCTION)
        False
        >>> SpecStatus.PRACTICE.allows(Environment.PRACTICE)
        True
        """
        needed = {
            Environment.SIMULATOR: 0,
            Environment.PRACTICE: 1,
            Environment.PRODUCTION: 2,
        }
        return list(SpecStatus).index(self) >= needed[environment]


class AccountKind(StrEnum):
    """What kind of firm a RAP account belongs to; only participants upload."""

    PARTICIPANT = "participant"
    DESIGNATED_BANK = "designated-bank"
    HKCC_SEOCH = "hkcc-seoch"


class BatchState(StrEnum):
    """Where a batch stands; the arrows are in ``TRANSITIONS``."""

    PREPARED = "prepared"
    APPROVED = "approved"
    SENDING = "sending"
    SENT = "sent"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly-accepted"
    REJECTED = "rejected"
    FAILED = "failed"
    IN_DOUBT = "in-doubt"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    HANDED_OVER = "handed-over"


_S = BatchState

TRANSITIONS: dict[tuple[BatchState, BatchState], str] = {
    (_S.PREPARED, _S.APPROVED): "a checker, or the policy, lets these exact bytes go",
    (_S.PREPARED, _S.WITHDRAWN): "a person takes the batch back before it is sent",
    (_S.PREPARED, _S.EXPIRED): "its transmission date has passed",
    (_S.APPROVED, _S.SENDING): "logged in; the next thing written is the file's OPEN",
    (_S.APPROVED, _S.WITHDRAWN): "a person takes the batch back before it is sent",
    (_S.APPROVED, _S.EXPIRED): "its transmission date has passed",
    (_S.APPROVED, _S.HANDED_OVER): "keyed at the terminal instead",
    (_S.SENDING, _S.SENT): "every reply arrived and the size is right",
    (_S.SENDING, _S.FAILED): "the far end refused to open the file; nothing arrived",
    (_S.SENDING, _S.IN_DOUBT): "it broke off after OPEN; bytes may have arrived",
    (_S.FAILED, _S.APPROVED): "a person says that the cause is mended",
    (_S.FAILED, _S.WITHDRAWN): "a person takes the batch back",
    (_S.FAILED, _S.EXPIRED): "its transmission date has passed",
    (_S.FAILED, _S.HANDED_OVER): "keyed at the terminal instead",
    (_S.IN_DOUBT, _S.SENT): "evidence, or a second person, says that it arrived",
    (_S.IN_DOUBT, _S.APPROVED): "a second person says that it did not arrive",
    (_S.IN_DOUBT, _S.HANDED_OVER): "keyed at the terminal instead",
    (_S.SENT, _S.RECEIVED): "a receipt says that the far end took the file",
    (_S.SENT, _S.ACCEPTED): "every row was accepted",
    (_S.SENT, _S.PARTLY_ACCEPTED): "some rows were accepted, some rejected",
    (_S.SENT, _S.REJECTED): "the file, or every row, was rejected",
    (_S.SENT, _S.HANDED_OVER): "keyed at the terminal instead",
    (_S.RECEIVED, _S.ACCEPTED): "every row was accepted",
    (_S.RECEIVED, _S.PARTLY_ACCEPTED): "some rows were accepted, some rejected",
    (_S.RECEIVED, _S.REJECTED): "the file, or every row, was rejected",
    (_S.RECEIVED, _S.HANDED_OVER): "keyed at the terminal instead",
}
"""Every allowed change of state, with the sentence that explains the arrow."""

SETTLED = frozenset(
    {
        _S.ACCEPTED,
        _S.PARTLY_ACCEPTED,
        _S.REJECTED,
        _S.WITHDRAWN,
        _S.EXPIRED,
        _S.HANDED_OVER,
    }
)
"""States in which nothing more is awaited."""

UNFINISHED = frozenset(BatchState) - SETTLED
"""States in which something is still awaited."""

COUNTED = frozenset(set(BatchState) - {_S.WITHDRAWN, _S.EXPIRED})
"""States whose rows count when duplicates are looked for (rejected rows do not)."""


class Outcome(StrEnum):
    """What became of one instruction."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class AckStage(StrEnum):
    """The layer of an acknowledgement; each is optional, in any order."""

    RECEIPT = "receipt"  # the file was taken or refused
    CONTROL_REPORT = "control-report"  # row by row
    RESULT = "result"  # what became of it in the end


def actual_person(environ: dict[str, str], operating_system_user: str) -> str:
    """Return who acts: ``RAPUPLOAD_PERSON``, else the operating-system user.

    >>> actual_person({"RAPUPLOAD_PERSON": "chan"}, "svc")
    'chan'
    """
    return environ.get("RAPUPLOAD_PERSON", "").strip() or operating_system_user
