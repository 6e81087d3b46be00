"""The ledger: what earlier batches have had accepted or wait for, against the limits.

Figures are those of one moment of the journal. A batch that becomes visible later and
takes from the same limits stops ``prepare``: see ``journal.exposure``.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from rapupload import batches
from rapupload.errors import SpecError, UsageError
from rapupload.model import BatchState, Environment, Outcome, Text
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.format import BatchSpec
from rapupload.spec.joined import STOCK_KEY
from rapupload.spec.ledger import LedgerEntry, compile_ledger
from rapupload.spec.loader import LoadedSpec, parse_spec
from rapupload.spec.typed import typed_frame
from rapupload.table import ROW
from rapupload.validation import Checked, Context, Lookup, with_findings
from rapupload.validation.findings import empty
from rapupload.validation.meaning import (
    PLACE,
    NotChecked,
    join_known,
    lost_with,
    without_columns,
)
from rapupload.validation.reckoning import (
    AMOUNT,
    CLAIMS,
    EARLIER,
    claims_of,
    has_limit,
    reckon,
    unread,
    with_all_names,
)

if TYPE_CHECKING:
    from rapupload.journal import Exposure, JournalReader

_NO_STOCKS = pl.DataFrame(schema={"isin": pl.String, STOCK_KEY: pl.String})
_NO_KEYS = pl.Series("key", [], dtype=pl.Int64)
_MEETING = "meeting"
"""Book of votes and representatives: ``voted`` and ``represented`` come from it."""

_SHARED = {"voting": "represented", "representative": "voted"}
"""Instruction type -> the joined column that says what the other type has taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Where earlier batches are looked for; only those of one participant count.

    Attributes:
        today: The Hong Kong day, which is the transmission date of the file at hand.
        open_journal: Called when a limit is known; returns None where no journal has
            been founded, and nothing came before.
    """

    open_journal: Callable[[], JournalReader | None]
    catalogue: Catalogue
    participant: str
    environment: Environment
    today: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What earlier batches take from the limits of a file.

    Attributes:
        claims: As ``reckoning.EARLIER``.
        limited: Ledger keys that were looked up.
        checked: The journal's last event at that moment.
        unknown: Why it cannot be told; None where it can.
    """

    claims: pl.DataFrame = field(repr=False)
    limited: pl.Series = field(repr=False)
    checked: int = 0
    unknown: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """A check with what the ledger adds to it.

    Attributes:
        earlier: What its figures were made of.
    """

    checked: Checked
    earlier: Earlier


NOTHING_EARLIER = Earlier(
    claims=pl.DataFrame(schema=EARLIER), limited=_NO_KEYS, checked=0
)


def reckon_with(
    checked: Checked, context: Context, known: pl.DataFrame, earlier: Earlier | None
) -> Reckoned:
    """Add the findings of the ledger to a check.

    Args:
        checked: The check so far.
        context: What it was made with.
        known: Its ``known_rows``.
        earlier: What earlier batches take; None where no journal was asked, and then
            nothing is judged and every entry is reported as not checked.
    """
    spec = checked.spec.spec
    entries = compile_ledger(spec)
    if not entries:
        return Reckoned(checked=checked, earlier=NOTHING_EARLIER)
    entries, lacking = _judgeable(entries, checked, context, known)
    unknown = _NOT_ASKED if earlier is None else earlier.unknown
    if earlier is None or unknown is not None:
        gaps = unread(entries, known.height, unknown or _NOT_ASKED)
        found, figures = empty(), None
    else:
        reckoning = reckon(
            entries, known, spec, context, earlier.claims, checked.positions
        )
        gaps, found = reckoning.not_checked, reckoning.findings
        figures = reckoning.figures
    words = {entry.table.code: entry.table.message.text for entry in entries}
    messages = {**checked.findings.messages, **words}
    checked = replace(
        checked,
        findings=replace(checked.findings, messages=messages),
        not_checked=(*checked.not_checked, *lacking, *gaps),
        figures=figures,
    )
    if not found.is_empty():
        checked = with_findings(checked, found)
    return Reckoned(checked=checked, earlier=earlier or NOTHING_EARLIER)


def _judgeable(
    entries: Sequence[LedgerEntry],
    checked: Checked,
    context: Context,
    known: pl.DataFrame,
) -> tuple[tuple[LedgerEntry, ...], list[NotChecked]]:
    """Return the entries whose columns the sheet has, and the others as not checked."""
    lost = lost_with(checked.missing, context, known)
    gaps = {
        entry.table.code: without_columns(
            entry.table.code, entry.columns | entry.limit.names, lost, known.height
        )
        for entry in entries
    }
    kept = tuple(entry for entry in entries if gaps[entry.table.code] is None)
    return kept, [gap for gap in gaps.values() if gap is not None]


_NOT_ASKED = Text(
    "the journal was not asked what earlier files hold: there are no settings",
    "沒有設定檔，未有查閱日誌內較早的檔案",
)


def known_rows(checked: Checked, context: Context) -> pl.DataFrame:
    """Return the instructions, typed, with whatever the ledger's entries look at.

    No more than that: a file may have a million rows and forty columns.
    """
    spec = checked.spec.spec
    entries = compile_ledger(spec)
    asked = {n for e in entries for n in (*e.columns, *e.quoted, *e.limit.names)}
    if any(entry.is_by_stock for entry in entries):
        asked.add(STOCK_KEY)
    lookups = tuple(
        lookup for lookup in context.lookups if asked & set(lookup.frame.columns)
    )
    for lookup in lookups:
        asked |= {*lookup.keys, lookup.unless}
    rows = checked.instructions
    typed = typed_frame(rows.select(n for n in rows.columns if n in asked), spec)
    known = join_known(
        rows.select(ROW).hstack(typed), replace(context, lookups=lookups)
    )
    places = checked.places.rename(lambda name: PLACE + name)
    return with_all_names(known.hstack(places), entries, spec)


# Looking back


def look_back(
    known: pl.DataFrame,
    spec: BatchSpec,
    past: Past,
    stocks: pl.DataFrame = _NO_STOCKS,
) -> Earlier:
    """Return what earlier batches take from the limits that rows of a file touch.

    Args:
        known: The file's ``known_rows``.
        spec: Its instruction type.
        past: Where to look.
        stocks: The one ``stock_key`` of each ``isin`` that the stock list knows.
    """
    shares = spec.id in _SHARED
    entries = [
        entry
        for entry in compile_ledger(spec)
        if has_limit(entry, known) or (shares and entry.table.book == _MEETING)
    ]
    claims = [claims_of(entry, known, past.today) for entry in entries]
    if not claims:
        return NOTHING_EARLIER
    journal = past.open_journal()
    if journal is None:
        return NOTHING_EARLIER
    wanted = pl.concat(claims).select("book", "day", "key").unique()
    others = [
        claims_of(entry, _by_isin(known, stocks), past.today)
        for entry in entries
        if entry.is_by_stock and not stocks.is_empty()
    ]
    kept = pl.concat([wanted, *(c.select("book", "day", "key") for c in others)])
    keys = _keys(kept.unique(), journal, past.participant, past.environment)
    found = journal.find_exposures(
        keys, participant=past.participant, environment=past.environment
    )
    reader = _Reader(
        journal=journal, catalogue=past.catalogue, wanted=wanted, stocks=stocks
    )
    try:
        parts = [reader.read(exposure) for exposure in found.batches]
    except _UntoldError as error:
        none = pl.DataFrame(schema=EARLIER)
        return Earlier(
            claims=none, limited=keys, checked=found.checked, unknown=error.why
        )
    frame = pl.concat([pl.DataFrame(schema=EARLIER), *parts])
    sums = frame.group_by(*CLAIMS, "type").agg(pl.col("accepted", "outstanding").sum())
    return Earlier(claims=sums.select(*EARLIER), limited=keys, checked=found.checked)


def _by_isin(known: pl.DataFrame, stocks: pl.DataFrame) -> pl.DataFrame:
    """Return rows as if each stock were given by its ISIN alone.

    The keys of a batch are made of what its rows say, whatever any list says that day.
    """
    none = pl.lit(None, dtype=pl.String)
    return (
        known.drop("isin")
        .join(stocks, on=STOCK_KEY, how="inner")
        .with_columns(none.alias("stock_code"), none.alias(STOCK_KEY))
    )


def keys_of(
    parts: Sequence[pl.DataFrame],
    spec: BatchSpec,
    day: dt.date,
    *,
    journal: JournalReader,
    participant: str,
    environment: Environment,
) -> list[pl.Series]:
    """Return the ledger keys of batches about to be prepared; each once per batch.

    All of them, whether a limit is known today or not: it may be tomorrow.
    """
    entries = compile_ledger(spec)
    if not entries:
        return [_NO_KEYS for _ in parts]
    names = {name for entry in entries for name in entry.columns}
    found = []
    for part in parts:
        typed = typed_frame(part.select(n for n in part.columns if n in names), spec)
        if "stock_code" in typed.columns:
            typed = typed.with_columns(pl.col("stock_code").alias(STOCK_KEY))
        claims = [
            claims_of(e, typed, day).select("book", "day", "key") for e in entries
        ]
        wanted = pl.concat(claims).unique()
        found.append(_keys(wanted, journal, participant, environment))
    return found


def _keys(
    wanted: pl.DataFrame,
    journal: JournalReader,
    participant: str,
    environment: Environment,
) -> pl.Series:
    from rapupload.journal import hash_keys  # noqa: PLC0415 - SQLAlchemy takes 0.2 s

    secret = journal.fingerprint_key()
    found = [_NO_KEYS]
    for (book,), group in wanted.group_by("book"):
        texts = group.select(pl.col("day").cast(pl.String).fill_null(""), "key").rows()
        scope = (participant, environment.value, str(book))
        found.append(hash_keys(texts, scope=scope, secret=secret))
    return pl.concat(found).unique()


class _UntoldError(Exception):
    """What an earlier batch takes cannot be told; no figure is better than a wrong one."""

    def __init__(self, batch: str, english: str, chinese: str) -> None:
        super().__init__(english)
        self.why = Text(
            f"what batch {batch} takes cannot be told: {english}",
            f"無法得知批次 {batch} 所佔數額：{chinese}",
        )


@dataclass(slots=True, kw_only=True)
class _Reader:
    """Reads the rows of earlier batches, each blob and each spec once."""

    journal: JournalReader
    catalogue: Catalogue
    wanted: pl.DataFrame
    stocks: pl.DataFrame
    _parts: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    _specs: dict[str, tuple[BatchSpec, tuple[LedgerEntry, ...]]] = field(
        default_factory=dict
    )

    def read(self, exposure: Exposure) -> pl.DataFrame:
        """Return what one batch takes, as ``reckoning.EARLIER``."""
        spec, entries = self._spec(exposure)
        rows = self._rows(exposure, spec)
        typed = typed_frame(rows, spec).with_columns(rows["outcome"])
        typed = self._with_codes(typed)
        return pl.concat(
            [
                pl.DataFrame(schema=EARLIER),
                *self._claims(exposure, typed, entries),
            ]
        )

    def _with_codes(self, typed: pl.DataFrame) -> pl.DataFrame:
        """Give every stock its code, also for older specs that know no other name."""
        if not {"stock_code", "isin"} <= set(typed.columns):
            return typed
        if typed["stock_code"].null_count():
            joined = typed.join(
                self.stocks, on="isin", how="left", maintain_order="left"
            )
            code = pl.coalesce("stock_code", STOCK_KEY)
            typed = joined.with_columns(code.alias("stock_code"))
        return typed.with_columns(pl.col("stock_code").alias(STOCK_KEY))

    def _claims(
        self,
        exposure: Exposure,
        typed: pl.DataFrame,
        entries: Sequence[LedgerEntry],
    ) -> Iterator[pl.DataFrame]:
        none = pl.lit(0).cast(AMOUNT)
        amount = pl.col("amount").fill_null(none)
        for (outcome,), rows in typed.group_by("outcome"):
            accepted = outcome == Outcome.ACCEPTED.value
            for entry in entries:
                taken = claims_of(entry, rows, exposure.transmission_date)
                yield taken.join(
                    self.wanted, on=["book", "day", "key"], how="semi", nulls_equal=True
                ).select(
                    *CLAIMS,
                    type=pl.lit(exposure.type),
                    accepted=amount if accepted else none,
                    outstanding=none if accepted else amount,
                )

    def _spec(self, exposure: Exposure) -> tuple[BatchSpec, tuple[LedgerEntry, ...]]:
        """Return the spec a batch was made by, which may be an older version."""
        digest = exposure.spec_digest
        if digest not in self._specs:
            spec = self._load(exposure).spec
            books = set(self.wanted["book"])
            entries = tuple(e for e in compile_ledger(spec) if e.table.book in books)
            self._specs[digest] = spec, entries
        return self._specs[digest]

    def _load(self, exposure: Exposure) -> LoadedSpec:
        if exposure.type in self.catalogue.types:
            current = self.catalogue.spec(exposure.type)
            if current.digest == exposure.spec_digest:
                return current
        try:
            content = self.journal.blob(exposure.spec_digest)
            return parse_spec(content, Path(f"{exposure.type}.toml"))
        except (SpecError, UsageError) as error:
            raise _UntoldError(
                exposure.batch,
                "the spec it was made by cannot be read",
                "無法讀取其所用的規格",
            ) from error

    def _rows(self, exposure: Exposure, spec: BatchSpec) -> pl.DataFrame:
        """Return the instructions of a batch that count, with ``outcome``."""
        digest = exposure.clean_rows_digest
        if digest not in self._parts:
            self._parts[digest] = batches.split(self._clean_rows(exposure), spec)
        parts = self._parts[digest]
        part = parts[exposure.part - 1] if exposure.part <= len(parts) else None
        if part is None or part.height != exposure.instructions:
            raise self._disagreement(exposure)
        if exposure.rows is None:
            outcome = pl.lit(_outcome_of(exposure))
        else:
            if not part[ROW].cast(pl.UInt32).equals(exposure.rows["row"]):
                raise self._disagreement(exposure)
            outcome = pl.lit(exposure.rows["outcome"])
        rows = part.with_columns(outcome=outcome)
        if exposure.state is BatchState.HANDED_OVER:
            keyed = pl.col("outcome").replace(
                Outcome.PENDING.value, Outcome.ACCEPTED.value
            )
            rows = rows.with_columns(outcome=keyed)
        return rows.filter(pl.col("outcome") != Outcome.REJECTED.value)

    def _clean_rows(self, exposure: Exposure) -> pl.DataFrame:
        try:
            content = self.journal.blob(exposure.clean_rows_digest)
        except UsageError as error:
            raise _UntoldError(
                exposure.batch, "its rows were erased", "其資料已被刪除"
            ) from error
        return pl.read_parquet(io.BytesIO(content))

    def _disagreement(self, exposure: Exposure) -> _UntoldError:
        return _UntoldError(
            exposure.batch,
            "its rows do not fit those kept of its source",
            "其資料與來源檔案的紀錄不符",
        )


def _outcome_of(exposure: Exposure) -> str:
    """Return the outcome that all rows of a batch share."""
    is_accepted = exposure.accepted == exposure.instructions
    return (Outcome.ACCEPTED if is_accepted else Outcome.PENDING).value


# What one type leaves to the other


def shared_lookups(spec: BatchSpec, earlier: Earlier) -> tuple[Lookup, ...]:
    """Return ``represented`` for votes, ``voted`` for representatives.

    Votes on different resolutions do not add up: the largest sum counts.
    """
    name = _SHARED.get(spec.id)
    if name is None or earlier.unknown is not None:
        return ()
    others = earlier.claims.filter(
        (pl.col("book") == _MEETING) & (pl.col("type") != spec.id)
    )
    taken = others.with_columns(taken=pl.col("accepted") + pl.col("outstanding"))
    sums = taken.group_by("key", "each").agg(pl.col("taken").sum())
    most = sums.group_by("key").agg(pl.col("taken").max())
    parts = pl.col("key").str.split("\x1f")
    frame = most.select(
        announcement_no=parts.list.get(0),
        stock_account=parts.list.get(1),
        **{name: pl.col("taken").cast(pl.Int64)},
    )
    keys = ("announcement_no", "stock_account")
    return (Lookup(keys=keys, frame=frame, absent={name: 0}),)
