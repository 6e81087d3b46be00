"""Names of RAP accounts, and the folders that each kind of account has.

Source: HKEX briefing "Enhancement of CCASS and CCMS Report Download" and Migration
Guide, 2025. That uploads go below ``/upload`` is assumed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapupload.errors import ConfigError
from rapupload.model import AccountKind

_FORMS = (
    (re.compile(r"C(?P<owner>BNK[0-9]{3})[0-9]{3}"), AccountKind.DESIGNATED_BANK),
    (re.compile(r"C(?P<owner>[A-Z][A-Z0-9]{5})[0-9]{3}"), AccountKind.PARTICIPANT),
    (re.compile(r"DC(?P<owner>[A-Z]{3})[0-9]{3}"), AccountKind.HKCC_SEOCH),
)
_MARKETS = ("GLOB", "HKMK", "MAMK", "SZMK")
KEY_FOLDER = "/key_management/publickey"


@dataclass(frozen=True, slots=True)
class Account:
    """One RAP account.

    Attributes:
        name: As typed at login; capitals only.
        owner: Participant ID, bank or customer code inside the name.

    >>> Account.parse("CB01234001").owner
    'B01234'
    """

    name: str
    owner: str
    kind: AccountKind

    @classmethod
    def parse(cls, name: str) -> Account:
        """Read an account name.

        Raises:
            ConfigError: The name has none of the documented forms.
        """
        for form, kind in _FORMS:
            match = form.fullmatch(name)
            if match:
                return cls(name, match["owner"], kind)
        raise ConfigError(
            f"{name!r} is not a RAP account name, so the simulator cannot start.",
            hint="Use capitals: C, six characters of participant ID and three digits,"
            " such as CB01234001.",
        )

    @property
    def download_folders(self) -> tuple[str, ...]:
        """Return the report folders; a designated bank has the market GLOB only."""
        if self.kind is AccountKind.HKCC_SEOCH:
            return tuple(f"/download/HKCC_SEOCH_CCMS_{m}" for m in _MARKETS)
        markets = _MARKETS if self.kind is AccountKind.PARTICIPANT else _MARKETS[:1]
        return tuple(
            f"/download/{system}_{market}"
            for system in ("CCASS", "HKSCC_CCMS")
            for market in markets
        )
