"""What really comes of a case: findings, batch file, outcomes; as text to compare."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from rapupload.config import Settings, load_settings
from rapupload.model import Severity
from rapupload.services.checking import Acceptance, Source, check_source, rehearse
from rapupload.services.deciding import approve_by_policy
from rapupload.services.desk import Desk
from rapupload.services.preparing import Decisions, Preparation, prepare
from rapupload.services.reporting import report
from rapupload.services.sending import send
from rapupload.simulator.keys import Keys
from rapupload.simulator.server import Simulator
from rapupload.simulator.settings import SimulatorSettings, settings_text
from rapupload.spec.catalogue import Catalogue
from rapupload.validation import Checked
from rapupload.wiring import open_desk
from tests.golden.cases import Case

FINDINGS, BATCH, OUTCOME = (
    "expected.findings.csv",
    "expected.batch",
    "expected.outcome.csv",
)
_ENVIRON = {"RAPUPLOAD_PERSON": "golden"}
_FINDING_COLUMNS = (
    *("file", "code", "severity", "scope", "sheet", "row", "cell"),
    *("column", "value", "message_en", "message_zh"),
)
_OUTCOME_COLUMNS = (
    *("line", "sheet", "row", "reference", "outcome"),
    *("reason_code", "reason", "ccass_reference"),
)


@cache
def _keys() -> Keys:
    return Keys.make()


def _source(case: Case, file: Path) -> Source:
    options = case.about.options
    return Source(
        file=file,
        type=case.about.type,
        encoding=options.encoding,
        summing=options.summing,
    )


def check(case: Case, file: Path, settings: Settings) -> Checked:
    """Check one source file as ``rapupload check`` does at the case's clock."""
    now = case.clock()
    checked = check_source(_source(case, file), Catalogue(), settings, now)
    if not checked.findings.count(Severity.ERROR):
        checked = rehearse(checked, now)
    return checked


def findings(case: Case, settings: Settings) -> str:
    """Return the findings of every source file of a case."""
    lines = [
        (
            *(file.name, finding.code, finding.severity.value, finding.scope.value),
            *(finding.sheet, finding.row, finding.cell or finding.letter),
            *(finding.column, finding.value),
            *(finding.message.en, finding.message.zh_hant),
        )
        for file in case.sources
        for finding in check(case, file, settings).findings
    ]
    return _table(_FINDING_COLUMNS, lines)


@contextmanager
def laid_out(case: Case, folder: Path) -> Iterator[tuple[Desk, Simulator]]:
    """Start a simulator that knows nothing yet, and lay out a desk with a new journal."""
    specs = [Catalogue().spec(case.about.type).spec]
    simulator = Simulator(
        SimulatorSettings(root=folder / "rap", account=case.about.account),
        specs,
        clock=case.clock,
        keys=_keys(),
    )
    with simulator:
        settings = write_settings(folder, settings_text(simulator.running))
        with open_desk(settings, _ENVIRON, clock=case.clock) as desk:
            yield desk, simulator


def write_settings(folder: Path, text: str) -> Settings:
    """Return settings read from a file, as a person's are."""
    file = folder / "rapupload.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file)


def plain_settings(case: Case, folder: Path) -> Settings:
    """Return the settings of a case that is not sent anywhere."""
    about = case.about
    return write_settings(
        folder,
        f'environment = "{about.environment}"\n'
        f'[account]\nname = "{about.account}"\nparticipant = "{about.participant}"\n'
        'private-key = "none.key"\n'
        '[[endpoint]]\nhost = "127.0.0.1"\nport = 1\nhost-keys = ["SHA256:none"]\n',
    )


def prepare_case(case: Case, desk: Desk, file: Path | None = None) -> Preparation:
    """Prepare a source file of a case with what a person would have decided."""
    options = case.about.options
    acceptance = Acceptance(
        codes=frozenset(options.accept_warning),
        reason=options.reason,
        valid_rows_only=options.accept_valid_rows,
    )
    source = _source(case, file or case.sources[0])
    return prepare(desk, source, Decisions(acceptance=acceptance))


def batch_of(desk: Desk, prepared: Preparation) -> bytes:
    """Return the one batch file that was prepared."""
    (batch,) = prepared.batches
    return desk.journal.blob(batch.digest)


def deliver(desk: Desk, prepared: Preparation) -> str:
    """Send the prepared batch, collect the answers, and return what became of each row."""
    (batch,) = prepared.batches
    approve_by_policy(desk, batch)
    sent = send(desk, [batch.batch])
    assert sent.stopped is None
    assert not sent.failures
    assert not sent.collection.trouble
    rows = report(desk, batch.batch).rows.select(_OUTCOME_COLUMNS)
    return _table(_OUTCOME_COLUMNS, rows.iter_rows())


def results(case: Case, folder: Path) -> dict[str, str]:
    """Return every file that is expected of a case, by name."""
    if case.about.result == "sample":
        return {}
    made = {FINDINGS: findings(case, plain_settings(case, folder))}
    with laid_out(case, folder) as (desk, _):
        prepared = prepare_case(case, desk)
        if prepared.batches:
            made[BATCH] = batch_of(desk, prepared).decode("latin-1")
        if case.about.result == "delivered":
            made[OUTCOME] = deliver(desk, prepared)
    return made


def _table(columns: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(lines)
    return buffer.getvalue()
