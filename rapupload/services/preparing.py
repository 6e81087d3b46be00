"""Preparing: a checked source becomes batches in the journal, all of them or none."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from rapupload import batches
from rapupload.errors import (
    ConfigError,
    DuplicateError,
    FindingsError,
    RapuploadError,
    SourceError,
    StateError,
    UsageError,
)
from rapupload.journal import (
    Batch,
    Change,
    Duplicates,
    Earlier,
    NewBatch,
    NewIntake,
    Question,
)
from rapupload.model import AccountKind, BatchState, Environment, Severity
from rapupload.services import references
from rapupload.services.checking import (
    Acceptance,
    Source,
    reckon_source,
    stops,
    ways_on,
    with_used_references,
    with_wide_totals,
)
from rapupload.services.desk import Desk
from rapupload.services.files import write_new
from rapupload.services.ledger import Past, keys_of
from rapupload.spec.format import BatchSpec
from rapupload.spec.loader import LoadedSpec
from rapupload.table import ROW
from rapupload.validation import Checked, Summed
from rapupload.validation.findings import ALSO
from rapupload.validation.lineage import INSTRUCTION

SOURCE_ROWS, SUMMED, CLIENTS = "source-rows", "summed", "clients"
"""Among the totals of an intake: rows summed, into how many instructions, of whom."""

INSTRUCTIONS = "instructions"
"""Among the totals of an intake, where they are not as many as the rows used."""

_CORRECT = "Correct the rows; --accept-valid-rows sends those without an error."
_NO_FINGERPRINTS = pl.Series("fingerprint", [], dtype=pl.Binary)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What a person decided about this source, beyond the file itself.

    Attributes:
        acceptance: Warnings that may pass, rows that may stay behind.
        duplicate_reason: Why the same instructions may go again; empty = they may not.
    """

    acceptance: Acceptance = field(default_factory=Acceptance)
    duplicate_reason: str = ""

    def __post_init__(self) -> None:
        if self.duplicate_reason and not self.duplicate_reason.strip():
            raise UsageError(
                "A duplicate can only be let pass with a reason; nothing was prepared.",
                hint='Say why: --duplicate-reason "...".',
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What preparing came to.

    Attributes:
        checked: The check; None where the source was stopped before it.
        batches: The batches made; empty when stopped.
        stopped: Why nothing was prepared; None when it was.
    """

    checked: Checked | None
    batches: tuple[Batch, ...] = ()
    stopped: RapuploadError | None = None


def prepare(desk: Desk, source: Source, decisions: Decisions) -> Preparation:
    """Read, check, render and journal a source file, or one sheet of it.

    Duplicates are looked for before findings: a file that was sent is said to be so,
    whatever else is wrong with it.

    Raises:
        UsageError, SpecError, ConfigError, SourceError, JournalError: as they come.
    """
    examined = _examine(desk, source, decisions)
    if isinstance(examined, Preparation):
        return examined
    return _journal(desk, decisions, examined)


def prepare_all(
    desk: Desk, sources: Sequence[Source], decisions: Decisions
) -> tuple[Preparation, ...]:
    """Prepare the sheets of one source file: all of them, or none.

    Every sheet is looked at before the first is prepared. Should a later one be stopped
    nevertheless (it shares a limit with an earlier one), what was prepared is withdrawn.

    Raises:
        UsageError, SpecError, ConfigError, SourceError, JournalError: as they come.
    """
    if len(sources) == 1:
        return (prepare(desk, sources[0], decisions),)
    looked = [_examine(desk, source, decisions) for source in sources]
    if any(isinstance(found, Preparation) for found in looked):
        return tuple(
            found
            if isinstance(found, Preparation)
            else Preparation(checked=found.checked)
            for found in looked
        )
    done: list[Preparation] = []
    for source in sources:
        try:
            done.append(prepare(desk, source, decisions))
        except RapuploadError:
            _take_back(desk, done)
            raise
        if done[-1].stopped is not None:
            _take_back(desk, done)
            return tuple(replace(made, batches=()) for made in done)
    return tuple(done)


def _take_back(desk: Desk, done: Sequence[Preparation]) -> None:
    """Withdraw what was prepared of a source whose other sheets could not be."""
    for made in done:
        for batch in made.batches:
            change = Change(
                expected=BatchState.PREPARED,
                to=BatchState.WITHDRAWN,
                who=desk.person,
                why="another sheet of its source could not be prepared",
            )
            desk.journal.change(batch.batch, change)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Examined:
    """A source in which nothing stops it.

    Attributes:
        marks: Fingerprint of every instruction.
        at: The last event when the journal was looked through.
        limited: Ledger keys whose figures were compared with a limit.
        day: The day those were of.
    """

    checked: Checked
    marks: pl.Series
    at: int
    limited: pl.Series
    day: dt.date


def _examine(
    desk: Desk, source: Source, decisions: Decisions
) -> _Examined | Preparation:
    loaded = desk.catalogue.spec(source.type)
    refuse_use(desk, loaded)
    digest = _digest(source.file)
    first = _question(desk, digest, _NO_FINGERPRINTS, source.sheet)
    seen = desk.journal.find_duplicates(first)
    if _living(seen) and not decisions.duplicate_reason:
        return Preparation(checked=None, stopped=_duplicate(seen, source.file))
    past = past_of(desk)
    reckoned = reckon_source(source, desk.catalogue, desk.settings, desk.clock(), past)
    checked = reckoned.checked
    if checked.table.digest != digest:
        raise _changed(source.file)
    marks = _fingerprints(desk, checked)
    question = _question(desk, digest, marks, checked.table.sheet)
    again = desk.journal.find_duplicates(question)
    is_again = again.rows.height or _living(again)
    if is_again and not decisions.duplicate_reason:
        return Preparation(checked=checked, stopped=_duplicate(again, source.file))
    asked = references.asked_of(checked)
    used = references.find_used(desk.journal, question, asked, but=again.rows)
    checked = with_used_references(checked, used, asked)
    if reason := stops(checked, decisions.acceptance):
        hint = _CORRECT + ways_on(checked, decisions.acceptance)
        return Preparation(checked=checked, stopped=FindingsError(reason, hint=hint))
    return _Examined(
        checked=checked,
        marks=marks,
        at=min(again.checked, reckoned.earlier.checked or again.checked),
        limited=reckoned.earlier.limited,
        day=past.today,
    )


def past_of(desk: Desk) -> Past:
    """Return where earlier batches of the account are looked for."""
    return Past(
        open_journal=lambda: desk.journal,
        catalogue=desk.catalogue,
        participant=desk.settings.account.participant,
        environment=desk.settings.environment,
        today=desk.today,
    )


def refuse_use(desk: Desk, loaded: LoadedSpec) -> None:
    """Refuse what may not be sent from here at all.

    Raises:
        ConfigError: The account does not upload, or the spec is not sure enough.
    """
    settings, about = desk.settings, loaded.spec.spec
    if settings.account.kind is not AccountKind.PARTICIPANT:
        raise ConfigError(
            f"Account {settings.account.name} downloads reports only: upload is for "
            "CCASS participants. Nothing was prepared.",
            hint="Use the account of a participant.",
        )
    if not about.status.allows(settings.environment):
        raise ConfigError(
            f"The spec of {about.id} is only {about.status.value}, which is not enough "
            f"for the {settings.environment.value} environment; nothing was prepared.",
            hint="Bring the spec in line with HKEX's document, check it with "
            "`rapupload specs check FILE --sample SAMPLE`, and raise its status.",
        )
    is_real = settings.environment is Environment.PRODUCTION
    if is_real and about.effective_from > desk.today:
        raise ConfigError(
            f"The spec of {about.id} is in force from {about.effective_from}; nothing "
            "was prepared.",
            hint="Use the spec that is in force today.",
        )


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(
            f"{file} cannot be read: {error.strerror}.",
            hint="Check the name, and that you may read the file.",
        ) from error


def _fingerprints(desk: Desk, checked: Checked) -> pl.Series:
    return batches.fingerprints(
        checked.instructions,
        checked.spec.spec,
        participant=desk.settings.account.participant,
        key=desk.journal.fingerprint_key(),
    )


def _question(
    desk: Desk, digest: str, fingerprints: pl.Series, sheet: str | None
) -> Question:
    days = dt.timedelta(days=desk.settings.limits.look_back_days)
    return Question(
        participant=desk.settings.account.participant,
        environment=desk.settings.environment,
        source_digest=digest,
        batch_digests=(),
        fingerprints=fingerprints,
        sheet=sheet,
        since=desk.today - days,
    )


def _living(found: Duplicates) -> tuple[Earlier, ...]:
    """Return earlier batches of this source, less those that were rejected whole."""
    return tuple(e for e in found.by_source if e.state is not BatchState.REJECTED)


def _duplicate(found: Duplicates, file: Path) -> DuplicateError:
    if living := _living(found):
        first = living[0]
        names = [earlier.batch for earlier in living]
        states = {earlier.state for earlier in living}
        listed = ", ".join(names)
        what = (
            f"{file.name} was prepared before as {listed} (state {first.state.value})"
        )
    else:
        hits = found.rows.unique("position", keep="first", maintain_order=True)
        names = hits["batch"].unique().sort().head(5).to_list()
        states = {BatchState(state) for state in hits["state"].unique()}
        what = f"{hits.height:,} of its rows were prepared before in {', '.join(names)}"
    return DuplicateError(
        f"{what}; nothing was prepared.", hint=_way_out(names, states)
    )


_DOUBTFUL = {BatchState.SENDING, BatchState.IN_DOUBT}
_UNSENT = {BatchState.PREPARED, BatchState.APPROVED, BatchState.FAILED}


def _way_out(names: Sequence[str], states: set[BatchState]) -> str:
    """Say what to do about an earlier batch, by how far it has got."""
    if states & _DOUBTFUL:
        return (
            "It may have arrived: settle that first, and send it no other way. "
            f"rapupload status {names[0]} says how."
        )
    if states <= _UNSENT:
        return (
            "It has not gone yet: rapupload send lets it go, rapupload withdraw "
            f"{names[0]} undoes it."
        )
    return (
        "Take the rows that have gone out of the sheet, and leave those that are new or "
        "were rejected. Only if the same instructions are wanted twice: "
        "--duplicate-reason TEXT."
    )


def _journal(desk: Desk, decisions: Decisions, looked: _Examined) -> Preparation:
    checked = looked.checked
    spec = checked.spec.spec
    instructions = checked.instructions.with_columns(looked.marks)
    parts = batches.split(instructions, spec)
    values = _file_values(desk, spec, len(parts))
    if values[0].date != looked.day:
        raise StateError(
            "Midnight in Hong Kong passed while the file was checked; nothing was "
            "prepared.",
            hint="Prepare it again: dates and limits are those of the new day.",
        )
    files, clean = _make_files(desk, checked, parts, values)
    checked = with_wide_totals(checked, files)
    keys = keys_of(
        parts,
        spec,
        values[0].date,
        journal=desk.journal,
        participant=desk.settings.account.participant,
        environment=desk.settings.environment,
    )
    names = references.keys_of(
        parts,
        clean_rows(checked),
        journal=desk.journal,
        participant=desk.settings.account.participant,
        environment=desk.settings.environment,
    )
    new = [
        replace(
            _new_batch(checked, file, value, part, (number, len(parts)), decisions),
            ledger_keys=pl.concat([taken, named]),
        )
        for number, (part, value, file, taken, named) in enumerate(
            zip(parts, values, files, keys, names, strict=True), 1
        )
    ]
    intake = _intake(desk, checked, clean, files, decisions.acceptance)
    try:
        made = desk.journal.prepare(
            intake, new, checked=looked.at, limited=looked.limited
        )
    except DuplicateError as error:
        return Preparation(checked=checked, stopped=error)
    return Preparation(checked=checked, batches=made)


def _make_files(
    desk: Desk,
    checked: Checked,
    parts: Sequence[pl.DataFrame],
    values: Sequence[batches.FileValues],
) -> tuple[list[batches.BatchFile], str]:
    """Make and keep the batch files; return them, and the digest of the clean rows.

    The disk is busy with what is there already while the next file is made in memory.
    """
    files: list[batches.BatchFile] = []
    with ThreadPoolExecutor(max_workers=1) as disk:
        clean = disk.submit(_keep_source, desk, checked)
        keeping = []
        for part, value in zip(parts, values, strict=True):
            file = batches.render(part.drop("fingerprint"), checked.spec.spec, value)
            kept = disk.submit(desk.journal.put_blob, file.content, "batch-file")
            files.append(file)
            keeping.append(kept)
        digest = clean.result()
        for kept in keeping:
            kept.result()
    return files, digest


def _keep_source(desk: Desk, checked: Checked) -> str:
    """Keep source file, spec and clean rows; return the digest of the clean rows.

    Raises:
        SourceError: The file is no longer the one that was checked.
    """
    kept = desk.journal.put_blob(checked.table.file.read_bytes(), "source")
    if kept != checked.table.digest:
        raise _changed(checked.table.file)
    desk.journal.put_blob(checked.spec.content, "spec")
    return desk.journal.put_blob(_parquet(clean_rows(checked)), "clean-rows")


def clean_rows(checked: Checked) -> pl.DataFrame:
    """Return the instructions; summed ones with ``parts``, the rows they are made of.

    The parts keep what one instruction has no room for: every client's own reference,
    figures and carried columns.
    """
    if checked.parts is None:
        return checked.instructions
    parts = checked.parts
    whole = pl.struct(pl.exclude(INSTRUCTION)).alias("parts")
    grouped = parts.group_by(INSTRUCTION).agg(whole).sort(INSTRUCTION)
    return checked.instructions.hstack([grouped["parts"]])


def _changed(file: Path) -> SourceError:
    return SourceError(
        f"{file} was changed while it was read; nothing was prepared.",
        hint="Close it in the spreadsheet program and try again.",
    )


def _file_values(desk: Desk, spec: BatchSpec, count: int) -> list[batches.FileValues]:
    settings, own = desk.settings, spec.batch_file.indicator
    now = desk.now_hkt
    indicators = desk.journal.reserve_indicators(
        settings.account.participant,
        now.date(),
        count,
        first=max(own.first, settings.file_indicators.first),
        last=min(own.last, settings.file_indicators.last),
        who=desk.person,
    )
    return [
        batches.FileValues(
            participant=settings.account.participant,
            account=settings.account.name,
            environment=settings.environment,
            market=spec.spec.market,
            date=now.date(),
            time=now.time().replace(microsecond=0),
            indicator=indicator,
            reference=batches.file_reference(spec, now.date(), indicator),
        )
        for indicator in indicators
    ]


def _new_batch(
    checked: Checked,
    file: batches.BatchFile,
    values: batches.FileValues,
    part: pl.DataFrame,
    place: tuple[int, int],
    decisions: Decisions,
) -> NewBatch:
    rows = part.select(
        file.lines,
        pl.lit(checked.table.sheet).alias("sheet"),
        pl.col(ROW).cast(pl.UInt32),
        *(pl.col(name) for name in (ALSO,) if name in part.columns),
        pl.col("own_reference").alias("reference"),
        "fingerprint",
    )
    return NewBatch(
        participant=values.participant,
        account=values.account,
        environment=values.environment,
        type=checked.spec.spec.id,
        spec_version=checked.spec.spec.spec.version,
        spec_digest=checked.spec.digest,
        file_name=file.name,
        folder=file.folder,
        digest=file.digest,
        size=len(file.content),
        indicator=values.indicator,
        transmission_date=values.date,
        rows=rows,
        file_reference=values.reference,
        totals={name: str(total) for name, total in file.totals.items()},
        part=place[0],
        parts=place[1],
        possible_duplicate=decisions.duplicate_reason,
    )


def _intake(
    desk: Desk,
    checked: Checked,
    clean: str,
    files: Sequence[batches.BatchFile],
    acceptance: Acceptance,
) -> NewIntake:
    totals: dict[str, int] = {}
    for file in files:
        for name, total in file.totals.items():
            totals[name] = totals.get(name, 0) + total
    if checked.instructions.height != checked.used:
        totals[INSTRUCTIONS] = checked.instructions.height
    if (summed := checked.summed) is not None:
        totals |= _summed_totals(summed)
    accepted = {
        "codes": sorted(acceptance.codes),
        "reason": acceptance.reason,
        "second-person": _for_second_person(checked, acceptance),
    }
    warnings = json.dumps(accepted, ensure_ascii=False).encode()
    return NewIntake(
        participant=desk.settings.account.participant,
        environment=desk.settings.environment,
        source_file=checked.table.file.name,
        source_digest=checked.table.digest,
        maker=desk.person,
        sheet=checked.table.sheet,
        source_rows=checked.rows,
        used=checked.used,
        rejected=len(checked.rejected),
        ignored=len(checked.ignored),
        totals={name: str(total) for name, total in totals.items()},
        control_totals={n: f"{f:f}" for n, f in checked.control.items()},
        clean_rows_digest=clean,
        mapping_digest=desk.journal.put_blob(checked.mapping.content, "mapping")
        if checked.mapping
        else "",
        warnings_digest=desk.journal.put_blob(warnings, "accepted-warnings")
        if acceptance.codes
        else "",
        ledger_digest=desk.journal.put_blob(_parquet(checked.figures), "ledger")
        if checked.figures is not None and checked.figures.height
        else "",
    )


def _for_second_person(checked: Checked, acceptance: Acceptance) -> list[str]:
    """Return the limits passed that the maker alone cannot let pass."""
    found = acceptance.codes & set(checked.findings.codes(Severity.WARNING))
    entries = checked.spec.spec.ledger
    return sorted(e.code for e in entries if e.second_person and e.code in found)


def _summed_totals(summed: Summed) -> dict[str, int]:
    """Return what a checker must know of the summing, among the totals."""
    found = {SOURCE_ROWS: summed.rows, SUMMED: summed.instructions}
    return found if summed.clients is None else found | {CLIENTS: summed.clients}


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", compression_level=1)
    return buffer.getvalue()


def write_batch_files(
    desk: Desk, made: Sequence[Batch], folder: Path
) -> dict[str, Path]:
    """Write copies of the batch files into a folder; return their paths by batch.

    Raises:
        UsageError: A file of that name is there already.
    """
    return {
        batch.batch: write_new(
            folder / batch.file_name, desk.journal.blob(batch.digest)
        )
        for batch in made
    }
