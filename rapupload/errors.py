"""Everything that can stop the program; what is wrong with a user's data is a finding instead.

RapuploadError                    one sentence, and a hint that says what to do next
+ UsageError                      the call asks for something that cannot be
|  + StateError                   the batch is not in a state that allows it
+ ConfigError                     settings missing or contradictory
+ SpecError                       every fault of one spec file, with key path and reason
+ SourceError                     the file cannot be read at all
+ FindingsError                   errors or unaccepted warnings stop the file
+ ApprovalNeededError             a second person has to approve first
+ DuplicateError                  the same instructions were prepared before
+ ServiceClosedError              outside service hours
+ BusyAccountError                another session holds the account
+ AcknowledgementError            a reply cannot be parsed; the raw file is kept
+ TransportError                  endpoint, operation and name of the file
|  + TransientTransportError      nothing reached the far end; trying again is safe
|  + PermanentTransportError      trying again cannot help
|  |  + AuthenticationError
|  |  + HostKeyError
|  |  + PrivateKeyError
|  |  + RemoteMissingError
|  |  + RemotePermissionError
|  + OutcomeUnknownError          bytes may have arrived: look for evidence, never resend
+ JournalError                    the journal cannot be used
   + JournalBusyError             another process holds the writer lock
   + TransitionError              the state was not the expected one
   + MigrationNeededError
   + JournalBrokenError           the chain or the state tables do not add up
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


class RapuploadError(Exception):
    """The program cannot do what was asked.

    Args:
        message: One sentence: what happened and what it means.
        hint: What the person does next.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(RapuploadError):
    """The call asks for something that cannot be."""

    code = "usage"


class StateError(UsageError):
    """The batch is not in a state that allows it."""

    code = "wrong-state"


class ConfigError(RapuploadError):
    """Settings are missing or contradict one another."""

    code = "settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecFault:
    """One thing wrong with a spec file.

    Attributes:
        path: Where in the file, as a dotted key path (``detail.3.picture``).
        reason: What is wrong there.
    """

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class SpecError(RapuploadError):
    """A spec file has faults; all of them are carried at once."""

    code = "spec"

    def __init__(
        self, file: str, faults: tuple[SpecFault, ...], *, hint: str = ""
    ) -> None:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        listing = "".join(f"\n  {fault}" for fault in faults)
        super().__init__(f"The spec file {file} has {count}:{listing}", hint=hint)
        self.file = file
        self.faults = faults


class SourceError(RapuploadError):
    """A source file cannot be read at all."""

    code = "source-unreadable"


class FindingsError(RapuploadError):
    """Errors or unaccepted warnings stop the file."""

    code = "findings"


class ApprovalNeededError(RapuploadError):
    """A second person has to approve the batch first."""

    code = "approval-needed"


class DuplicateError(RapuploadError):
    """The same instructions were prepared before and still count."""

    code = "duplicate"


class ServiceClosedError(RapuploadError):
    """The far end is closed at this hour."""

    code = "service-closed"


class BusyAccountError(RapuploadError):
    """Another session holds the account."""

    code = "account-busy"


class AcknowledgementError(RapuploadError):
    """An acknowledgement file cannot be parsed; its raw bytes are kept."""

    code = "acknowledgement-unreadable"


class TransportError(RapuploadError):
    """The conversation with the far end failed.

    Args:
        message: One sentence.
        endpoint: ``host:port`` of the far end.
        operation: What was being done, for example ``login`` or ``open``.
        name: Remote path of the file concerned, where there is one.
        hint: What to do next.
    """

    code = "transport"

    def __init__(
        self,
        message: str,
        *,
        endpoint: str = "",
        operation: str = "",
        name: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.endpoint = endpoint
        self.operation = operation
        self.name = name


class TransientTransportError(TransportError):
    """Nothing reached the far end; trying again is safe."""

    code = "transport-transient"


class PermanentTransportError(TransportError):
    """Trying again cannot help."""

    code = "transport-permanent"


class AuthenticationError(PermanentTransportError):
    """The far end refused the account's key."""

    code = "authentication"


class HostKeyError(PermanentTransportError):
    """The far end showed a host key that is not pinned for this address."""

    code = "host-key"


class PrivateKeyError(PermanentTransportError):
    """The private key is missing, readable by others, or of the wrong kind."""

    code = "private-key"


class RemoteMissingError(PermanentTransportError):
    """The far end says there is no such file or folder."""

    code = "remote-missing"


class RemotePermissionError(PermanentTransportError):
    """The far end says permission denied."""

    code = "remote-permission"


class OutcomeUnknownError(TransportError):
    """Bytes may have arrived; the fate of the file is unknown."""

    code = "in-doubt"


class JournalError(RapuploadError):
    """The journal cannot be used."""

    code = "journal"


class JournalBusyError(JournalError):
    """Another process holds the journal's writer lock."""

    code = "journal-busy"


class TransitionError(JournalError):
    """The batch's state was not the expected one; nothing was changed."""

    code = "transition"


class MigrationNeededError(JournalError):
    """The journal was written by another version of the program."""

    code = "migration-needed"


class JournalBrokenError(JournalError):
    """The event chain or the state tables do not add up."""

    code = "journal-broken"
