"""A firm's lists: read like a source file, used whole or not at all.

A list with a fault is refused with its findings: half a directory of accounts would call
the other half unknown. A list that is too old is left aside, and said to be.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from rapupload import batches
from rapupload.batches.unpacking import unpack
from rapupload.config import ListFile, Settings
from rapupload.errors import ConfigError, SourceError
from rapupload.model import Scope, Severity, Text
from rapupload.sources import REMARKS, Limits, read_table, word
from rapupload.spec.headings import Vocabulary
from rapupload.spec.lists import (
    LISTS,
    AboutList,
    LoadedList,
    LoadedReport,
    load_list,
    load_report,
)
from rapupload.spec.typed import typed_frame
from rapupload.table import ROW, CellKind, Header, Table
from rapupload.transport.hong_kong_days import HongKongDays
from rapupload.transport.hours import HONG_KONG
from rapupload.validation import Checked, Context, check
from rapupload.validation.findings import empty, one

STALE = "list-stale"
LIST_CODES: dict[str, Text] = {
    STALE: Text(
        "The list of {list} ({file}) is of {date} and too old; rules that need it were "
        "not checked.",
        "{list_zh}清單（{file}）截至 {date}，已過時；需用該清單的規則未有核對。",
    ),
}
"""Finding codes of this module, with their words."""

_SHOWN = 20  # faults of a list that are told


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownList:
    """A list that may be used.

    Attributes:
        frame: Its columns, typed as rules see them.
        as_of: The day it speaks of.
        complete: What it does not name does not exist.
    """

    about: AboutList
    file: Path
    frame: pl.DataFrame = field(repr=False)
    as_of: dt.date
    complete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """What the firm knows today.

    Attributes:
        known: Lists by name.
        gaps: Why the others are not known.
        notes: Findings to be shown with the file that is checked.
    """

    known: Mapping[str, KnownList] = field(default_factory=dict)
    gaps: Mapping[str, Text] = field(default_factory=dict)
    notes: pl.DataFrame = field(default_factory=empty)

    def frame(self, name: str) -> pl.DataFrame | None:
        """Return the rows of a list; None where it is not known."""
        return self.known[name].frame if name in self.known else None


NO_LISTS = Lists()


def read_lists(
    wanted: Iterable[str],
    settings: Settings | None,
    now: dt.datetime,
    *,
    given: Mapping[str, Path] | None = None,
) -> Lists:
    """Read the lists a check can use.

    Args:
        wanted: Names of lists.
        settings: Where the firm's lists are named; None where there are none.
        now: The present instant.
        given: Files that win over those of the settings.

    Raises:
        ConfigError: A list cannot be read, or has faults; it is refused as a whole.
        SpecError: The description of a list or report has faults.
    """
    today = now.astimezone(HONG_KONG).date()
    files = _files(settings, given or {})
    known: dict[str, KnownList] = {}
    gaps: dict[str, Text] = {}
    notes = [empty()]
    for name in wanted:
        about = load_list(name, _own_specs(settings))
        if name not in files:
            gaps[name] = _missing(about)
            continue
        read = _read(about, files[name], settings, now)
        if _is_stale(read, _max_age(about, files[name], settings), today):
            gaps[name] = _old(read)
            notes.append(one(STALE, Severity.NOTE, Scope.BATCH, _words(read)))
        else:
            known[name] = read
    return Lists(known=known, gaps=gaps, notes=pl.concat(notes))


def named_files(given: Iterable[str]) -> dict[str, Path]:
    """Return files by list, from arguments such as ``accounts=FILE``.

    Raises:
        ConfigError: There is no such list.
    """
    found = {}
    for text in given:
        name, sign, file = text.partition("=")
        if name not in LISTS or not sign or not file:
            raise ConfigError(
                f"{text!r} names no list and file.",
                hint=f"Write NAME=FILE; the names are {', '.join(LISTS)}.",
            )
        found[name] = Path(file)
    return found


def _files(settings: Settings | None, given: Mapping[str, Path]) -> dict[str, ListFile]:
    named = settings.lists.files() if settings else {}
    return {**named, **{name: ListFile(file=file) for name, file in given.items()}}


def _own_specs(settings: Settings | None) -> Path | None:
    return settings.path(settings.specs.folder) if settings else None


# How old


def _max_age(about: LoadedList, file: ListFile, settings: Settings | None) -> int:
    for age in (file.max_age_days, settings.lists.max_age_days if settings else None):
        if age is not None:
            return age
    return about.about.max_age_days


def _is_stale(read: KnownList, max_age: int, today: dt.date) -> bool:
    """Tell whether more settlement days have passed than the list may be old.

    Yesterday's closing balances, or Friday's on Monday, are those of this morning.
    """
    passed = (today - read.as_of).days
    if passed <= max_age:
        return False
    calendar = HongKongDays()
    days = (read.as_of + dt.timedelta(days=n) for n in range(1, passed + 1))
    return sum(map(calendar.is_settlement_day, days)) > max_age


def _words(read: KnownList) -> dict[str, str]:
    return {
        "list": read.about.title.en.lower(),
        "list_zh": read.about.title.zh_hant,
        "file": read.file.name,
        "date": read.as_of.isoformat(),
    }


def _missing(about: LoadedList) -> Text:
    name, title = about.about.id, about.about.title
    return Text(
        f"no list of {title.en.lower()} ([lists] {name} in rapupload.toml, or "
        f"--list {name}=FILE)",
        f"未有{title.zh_hant}清單（rapupload.toml 的 [lists] {name}，或 "
        f"--list {name}=檔案）",
    )


def _old(read: KnownList) -> Text:
    return Text(
        f"the list of {read.about.title.en.lower()} is of {read.as_of} and too old "
        f"([lists] {read.about.id} in rapupload.toml)",
        f"{read.about.title.zh_hant}清單截至 {read.as_of}，已過時（rapupload.toml 的 "
        f"[lists] {read.about.id}）",
    )


# Reading


def _read(
    about: LoadedList, file: ListFile, settings: Settings | None, now: dt.datetime
) -> KnownList:
    path = settings.path(file.file) if settings else file.file
    if file.report is None:
        table, day, complete = _read_rows(about, path), None, False
    else:
        spec = settings.path(file.spec) if settings and file.spec else file.spec
        layout = load_report(file.report, spec, _own_specs(settings))
        table, day = _read_report(about, layout, path, settings)
        complete = layout.about.complete
    checked = check(table, about.loaded, _context(settings, now))
    _refuse_faults(about, path, checked)
    frame = typed_frame(checked.instructions, about.loaded.spec)
    return KnownList(
        about=about.about,
        file=path,
        frame=frame,
        as_of=day or _as_of(frame, path),
        complete=complete if file.complete is None else file.complete,
    )


def _context(settings: Settings | None, now: dt.datetime) -> Context:
    own = settings.account.participant if settings else None
    return Context(own_participant=own, market="HKMK", now=now.astimezone(HONG_KONG))


def _read_rows(about: LoadedList, path: Path) -> Table:
    try:
        return read_table(path, Vocabulary(about.loaded.spec), limits=Limits())
    except SourceError as error:
        raise _unreadable(about, path, error.message) from error


def _unreadable(about: LoadedList, path: Path, reason: str) -> ConfigError:
    title = about.about.title.en.lower()
    return ConfigError(
        f"The list of {title} ({path}) cannot be used, and nothing was checked: "
        f"{reason}",
        hint=f"Mend the file, or take {about.about.id} out of [lists] in the settings; "
        "rules that need it are then reported as not checked.",
    )


def _as_of(frame: pl.DataFrame, path: Path) -> dt.date:
    """Return the day of the list: its oldest row's, else the file's."""
    if "as_of" in frame.columns:
        oldest = frame["as_of"].min()
        if isinstance(oldest, dt.date):
            return oldest
    return dt.datetime.fromtimestamp(path.stat().st_mtime, HONG_KONG).date()


def _refuse_faults(about: LoadedList, path: Path, checked: Checked) -> None:
    faults = [*_remarked(checked.table), *_found(checked)]
    if not faults:
        return
    shown = "".join(f"\n  {fault}" for fault in faults[:_SHOWN])
    if len(faults) > _SHOWN:
        shown += f"\n  and {len(faults) - _SHOWN:,} more"
    count = "1 fault" if len(faults) == 1 else f"{len(faults):,} faults"
    raise _unreadable(about, path, f"it has {count}:{shown}")


def _remarked(table: Table) -> Iterator[str]:
    for remark in table.remarks:
        if REMARKS[remark.code][0] is Severity.ERROR:
            yield word(remark).en


def _found(checked: Checked) -> Iterator[str]:
    for finding in checked.findings:
        if finding.severity is Severity.ERROR:
            place = f"row {finding.row}" if finding.row else "the file"
            cell = finding.cell or finding.column
            place += f", cell {cell}" if cell and finding.row else ""
            yield f"{place}: {finding.message.en}"


# Reports


def _read_report(
    about: LoadedList, report: LoadedReport, path: Path, settings: Settings | None
) -> tuple[Table, dt.date | None]:
    """Read a downloaded report as the table of the list it stands in for."""
    if report.about.list != about.about.id:
        reason = f"the report {report.about.id} is one of {report.about.list}."
        raise _unreadable(about, path, reason)
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = f"{error.strerror or 'it cannot be read'}."
        raise _unreadable(about, path, reason) from error
    try:
        content = _unpacked(content, report, path.name)
        decoded = batches.decode(content, report.layout, name=path.name)
    except SourceError as error:
        raise _unreadable(about, path, error.message) from error
    if not decoded.lines.len():
        raise _unreadable(about, path, "it holds no record.")
    _refuse_strangers(about, path, decoded, report, settings)
    _refuse_unread(about, path, decoded, report)
    day = None
    if report.about.as_of is not None:
        day = _day(about, path, decoded.header[report.about.as_of])
    return _as_table(about, path, decoded), day


def _unpacked(content: bytes, report: LoadedReport, name: str) -> bytes:
    """Return the lines of the report, out of the zip it came in."""
    inner, _ = unpack(content, report.layout, name)
    if not report.about.only_lines:
        return inner
    wanted = report.about.only_lines.encode(report.layout.batch_file.encoding)
    lines = inner.splitlines(keepends=True)
    return b"".join(line for line in lines if line.startswith(wanted))


def _refuse_strangers(
    about: LoadedList,
    path: Path,
    decoded: batches.Decoded,
    report: LoadedReport,
    settings: Settings | None,
) -> None:
    """Refuse another participant's report: its balances are none of ours."""
    named = [f.name for f in report.layout.header if f.given == "participant"]
    if settings is None or not named:
        return
    owner, own = decoded.header[named[0]].strip(), settings.account.participant
    if owner != own:
        reason = f"it is the report of participant {owner}, not of {own}."
        raise _unreadable(about, path, reason)


def _refuse_unread(
    about: LoadedList, path: Path, decoded: batches.Decoded, report: LoadedReport
) -> None:
    """Refuse a field that says something we cannot read: it would count as blank."""
    columns = {column.name: column.sql_name for column in report.layout.column}
    for record in report.layout.detail:
        if record.column is None:
            continue
        texts = decoded.detail[record.name]
        values = decoded.instructions[columns[record.column]]
        empty_form = f"^[{record.empty_character} ]*$"
        unread = values.is_null() & ~texts.str.contains(empty_form)
        if unread.any():
            index = unread.arg_max() or 0
            reason = (
                f"line {decoded.lines[index]} has {texts[index]!r} as {record.name}."
            )
            raise _unreadable(about, path, reason)


def _day(about: LoadedList, path: Path, text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        reason = f"its date {text!r} is none."
        raise _unreadable(about, path, reason) from error


def _as_table(about: LoadedList, path: Path, decoded: batches.Decoded) -> Table:
    """Return what the records say as a table, its rows numbered as lines."""
    columns = [
        column
        for column in about.loaded.spec.column
        if column.sql_name in decoded.instructions.columns
    ]
    cells = {
        f"c{n}": decoded.instructions[column.sql_name]
        for n, column in enumerate(columns)
    }
    return Table(
        file=path,
        digest="",
        sheet="",
        header_row=0,
        headers=tuple(Header(c.label.en, n, "") for n, c in enumerate(columns)),
        frame=pl.DataFrame({ROW: decoded.lines.cast(pl.UInt32), **cells}),
        kinds=dict.fromkeys(range(len(columns)), CellKind.TEXT),
    )
