from __future__ import annotations

import pytest

from rapupload.errors import ConfigError
from rapupload.model import AccountKind
from rapupload.simulator.accounts import Account


@pytest.mark.parametrize(
    ("name", "owner", "kind"),
    [
        ("CB99999001", "B99999", AccountKind.PARTICIPANT),
        ("CC00019002", "C00019", AccountKind.PARTICIPANT),
        ("CBNK999001", "BNK999", AccountKind.DESIGNATED_BANK),
        ("DCXXX001", "XXX", AccountKind.HKCC_SEOCH),
    ],
)
def test_documented_names_are_understood(
    name: str, owner: str, kind: AccountKind
) -> None:
    """A name of each documented form tells whose account it is."""
    assert Account.parse(name) == Account(name, owner, kind)


@pytest.mark.parametrize(
    "name", ["", "cb99999001", "CB9999901", "XB99999001", "DCXX001"]
)
def test_other_names_are_refused(name: str) -> None:
    """Small letters and other lengths are no account names."""
    with pytest.raises(ConfigError, match="cannot start"):
        Account.parse(name)


def test_bank_sees_reports_of_the_market_glob_only() -> None:
    """A designated bank has two report folders, both GLOB."""
    assert Account.parse("CBNK999001").download_folders == (
        "/download/CCASS_GLOB",
        "/download/HKSCC_CCMS_GLOB",
    )
