"""What really comes of a file: found in this process, as ``rapupload check`` does."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

from rapupload.errors import RapuploadError
from rapupload.model import Finding
from rapupload.services.checking import Source, check_source
from rapupload.sources import annotate
from rapupload.spec.catalogue import Catalogue
from rapupload.validation import Checked
from tests.corpus.cases import Case

NOW = dt.datetime(2027, 1, 4, 10, tzinfo=dt.timezone(dt.timedelta(hours=8)))
_catalogue = cache(Catalogue)


def check(case: Case, file: Path, *, stated: bool = True) -> Checked | RapuploadError:
    """Check a file, and return what came of it: a check, or the error that refused it.

    Args:
        case: Type and options.
        file: The case's own file, or a copy.
        stated: Whether the encoding is stated; a workbook made of a text has none.
    """
    entry = case.entry
    source = Source(
        file=file,
        type=entry.type,
        sheet=entry.sheet,
        header_row=entry.header_row,
        encoding=entry.encoding if stated else None,
    )
    try:
        return check_source(source, _catalogue(), None, NOW)
    except RapuploadError as error:
        return error


def listed(checked: Checked) -> list[str]:
    """Return findings as ``corpus.toml`` writes them."""
    return sorted(f"{f.severity.value} {f.code} {place(f)}" for f in checked.findings)


def place(finding: Finding) -> str:
    """Return where a finding is: a cell, a column, a row, or the file."""
    if finding.cell:
        return finding.cell
    if finding.row is not None:
        return f"row-{finding.row}"
    return finding.letter or "file"


def write_copy(case: Case, checked: Checked, output: Path) -> RapuploadError | None:
    """Write the annotated copy, and return the error where there is none."""
    try:
        annotate(
            case.file,
            list(checked.findings),
            output,
            header_row=checked.table.header_row,
            encoding=case.entry.encoding,
        )
    except RapuploadError as error:
        return error
    return None
