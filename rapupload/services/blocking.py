"""Blocking an account: a refused key or an unknown host key is met once, not in a loop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rapupload.errors import (
    AuthenticationError,
    HostKeyError,
    PermanentTransportError,
    RapuploadError,
)
from rapupload.services.desk import Desk


def refuse_blocked(desk: Desk) -> None:
    """Stop where a rejected key or host key has blocked the account.

    Raises:
        PermanentTransportError: It has; the hint says how to lift it.
    """
    settings = desk.settings
    known = desk.journal.account(settings.account.name, settings.environment)
    if known is not None and known.blocked_since is not None:
        raise PermanentTransportError(
            f"Account {settings.account.name} is blocked since "
            f"{known.blocked_since:%Y-%m-%d %H:%M} UTC: {known.blocked_why} "
            "Nothing was sent or collected; approved batches stay approved.",
            operation="login",
            hint="Mend the cause, then run rapupload doctor: a login that succeeds "
            "lifts the block.",
        )


@contextmanager
def blocking(desk: Desk) -> Iterator[None]:
    """Block the account where a login within is refused for good; raise it again."""
    try:
        yield
    except (AuthenticationError, HostKeyError) as error:
        _block(desk, error)
        raise


def _block(desk: Desk, error: RapuploadError) -> None:
    settings = desk.settings
    desk.journal.block_account(
        settings.account.name,
        settings.environment,
        who=desk.person,
        why=error.message,
    )
