"""LibreOffice at the desk: a second program that opens our workbooks and saves its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

_TYPIST = Path(__file__).with_name("typist.py")
_PYTHON = Path("/usr/bin/python3")
_UNO = Path("/usr/lib/python3/dist-packages/uno.py")
_PATIENCE = 150.0  # seconds, the first start of a new profile included
FILTERS = {
    "xlsx": "Calc MS Excel 2007 XML",
    "ods": "calc8",
    "xls": "MS Excel 97",
}
"""Kind of file -> LibreOffice's name for it."""

needs_libreoffice = pytest.mark.skipif(
    shutil.which("soffice") is None or not _UNO.exists(),
    reason="needs LibreOffice Calc and its Python module (.ci/packages installs both)",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One workbook to fill.

    Attributes:
        workbook: The template; it is not changed.
        sheet: Where to type.
        cells: ``(address, text)`` in the order of typing.
        delete: Ranges whose rows are deleted first.
        save: Where to save copies; the suffix says which kind.
    """

    workbook: Path
    sheet: str
    cells: Sequence[tuple[str, str]]
    save: Sequence[Path]
    delete: Sequence[str] = ()

    @property
    def job(self) -> Mapping[str, object]:
        """Return what the typist reads."""
        return {
            "workbook": str(self.workbook),
            "sheet": self.sheet,
            "delete": list(self.delete),
            "cells": list(self.cells),
            "save": [(str(path), FILTERS[path.suffix[1:]]) for path in self.save],
        }


def type_and_save(folder: Path, tasks: Sequence[Task]) -> None:
    """Let LibreOffice open, fill and save workbooks; a pipe, no network, leads to it."""
    pipe = f"rapupload-{folder.name}"
    job = folder / "job.json"
    job.write_text(
        json.dumps({"pipe": pipe, "tasks": [task.job for task in tasks]}),
        encoding="utf-8",
    )
    office = subprocess.Popen(
        [
            "soffice",
            "--headless",
            "--norestore",
            "--nologo",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            f"--accept=pipe,name={pipe};urp;",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # what we see is a script; the program is its child
    )
    try:
        subprocess.run([_PYTHON, _TYPIST, job], check=True, timeout=_PATIENCE)
        office.wait(_PATIENCE)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(office.pid, signal.SIGKILL)
