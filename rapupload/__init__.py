"""Spreadsheets to HKEX's Report Access Platform: checked, sent once, answered.

For scripts. ``open_desk`` reads the settings and opens the journal; every other function is
a use case on that desk, and every error is in ``rapupload.errors``:

    import rapupload

    with rapupload.open_desk("rapupload.toml") as desk:
        made = rapupload.prepare(desk, rapupload.Source(file=path, type="ati"))
        if made.stopped:
            raise made.stopped
        for batch in made.batches:
            rapupload.approve(desk, batch.batch)
        report = rapupload.send(desk, [batch.batch for batch in made.batches])
        rapupload.collect(desk)

Names are loaded when they are first used, so that ``import rapupload`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rapupload.scripting import (
        Acceptance,
        Decisions,
        Desk,
        Preparation,
        SendReport,
        Source,
        approve,
        check,
        collect,
        open_desk,
        prepare,
        report,
        resolve,
        send,
        withdraw,
    )

__all__ = [
    "Acceptance",
    "Decisions",
    "Desk",
    "Preparation",
    "SendReport",
    "Source",
    "approve",
    "check",
    "collect",
    "open_desk",
    "prepare",
    "report",
    "resolve",
    "send",
    "withdraw",
]


def __getattr__(name: str) -> object:
    if name in __all__:
        return getattr(import_module("rapupload.scripting"), name)
    raise AttributeError(f"module 'rapupload' has no attribute {name!r}")
