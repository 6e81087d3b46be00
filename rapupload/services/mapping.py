"""Making a mapping for a foreign layout: proposals, what is unclear, the file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from rapupload.config import Settings
from rapupload.errors import SourceError, UsageError
from rapupload.fieldtypes.code import fold_code
from rapupload.services.checking import Source
from rapupload.services.matching import (
    CLOSE,
    EXACT,
    SURE,
    Candidate,
    FuzzyVocabulary,
    candidates,
)
from rapupload.shaping import shape
from rapupload.shaping.sheet import Sheet, is_blank, read
from rapupload.shaping.unfold import LEFT_OUT, LOST_VOTES
from rapupload.sources import Limits, read_table
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.format import BatchSpec, Column
from rapupload.spec.headings import Vocabulary, normalise
from rapupload.spec.mapping import TODO
from rapupload.spec.mapping import Mapping as ColumnMapping
from rapupload.table import Header, Shaping, Table
from rapupload.validation.cells import missing_columns
from rapupload.validation.findings import MASK
from rapupload.validation.identities import identity_masker

_SAMPLES = 3
_NO_NAME = 3  # characters
_MOST_WORDS = 12
_DATES = frozenset({"date", "date-time"})
_ORDERS = ("day-first", "month-first")
_MONTHS = 12
KINDS = ("heading", "column", "word", "date-order")
"""Kinds of doubt, in the order in which they are asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What one heading of the sheet may stand for.

    Attributes:
        column: The column proposed; empty = carried, not sent.
        confidence: How sure that is, from 0 to 1.
        why: ``heading``, ``similar-heading``, ``content``, ``shaped`` (read by its own
            rules, such as a resolution), ``doubtful`` (may hold votes) or empty.
        samples: Up to three cells, personal ones masked.
    """

    heading: str
    letter: str
    column: str
    confidence: float
    why: str
    samples: tuple[str, ...]
    candidates: tuple[Candidate, ...] = ()

    @property
    def is_clear(self) -> bool:
        """Tell whether it can be taken without asking."""
        if self.why in {"heading", "shaped", ""}:
            return True
        rivals = [c for c in self.candidates if c.column != self.column]
        near = any(self.confidence - rival.confidence < CLOSE for rival in rivals)
        return self.confidence >= SURE and not near


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something that only a person can say.

    Attributes:
        kind: ``heading``, ``column`` (a mandatory one has no heading), ``word`` (of a
            closed list) or ``date-order``.
        subject: The heading, column, or column of the word.
        word: The word, where one is asked about.
        choices: What may be answered.
        hint: What speaks for one of them; never taken by itself.
    """

    kind: str
    subject: str
    word: str = ""
    choices: tuple[str, ...] = ()
    hint: str = ""


@dataclass(slots=True, kw_only=True)
class Draft:
    """A mapping in the making.

    Attributes:
        doubts: What is still unclear; ``TODO`` stands for it in the file.
    """

    type: str
    sheet: str
    header_row: int
    encoding: str | None
    suggestions: tuple[Suggestion, ...]
    headings: dict[str, str]
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)
    date_order: str = ""
    doubts: list[Doubt] = field(default_factory=list)

    @property
    def is_needless(self) -> bool:
        """Tell whether the sheet is understood without a mapping."""
        known = all(s.why in {"heading", "shaped"} for s in self.suggestions)
        return known and not (
            self.values or self.fixed or self.doubts or self.date_order
        )

    def answer(self, doubt: Doubt, text: str) -> None:
        """Take a person's answer; an empty one leaves it to be decided."""
        said = text.strip() or TODO
        if doubt.kind == "heading":
            self.headings[doubt.subject] = "" if said == "-" else said
        elif doubt.kind == "column" and said.startswith("="):
            self.fixed[doubt.subject] = said[1:].strip()
        elif doubt.kind == "column" and said != TODO:
            self.headings[said] = doubt.subject
        elif doubt.kind == "column":
            self.fixed[doubt.subject] = TODO
        elif doubt.kind == "word":
            self.values.setdefault(doubt.subject, {})[doubt.word] = said
        else:
            self.date_order = said


def read_foreign(
    source: Source, catalogue: Catalogue, settings: Settings | None
) -> tuple[Table, str]:
    """Read a sheet of an unknown layout; return it, and the type it fits best.

    Args:
        source: Its type may be empty.
        catalogue: The types to try.
        settings: Limits of size.

    Raises:
        UsageError: Several types fit equally well.
        SourceError: No row of headings was found for any type.
    """
    types = (source.type,) if source.type else catalogue.types
    tables = {}
    trouble: SourceError | None = None
    for type_ in types:
        try:
            tables[type_] = _read(source, catalogue.spec(type_).spec, settings)
        except SourceError as error:
            trouble = trouble or error
    if not tables:
        assert trouble is not None
        raise trouble
    return _best(tables, catalogue)


def _read(source: Source, spec: BatchSpec, settings: Settings | None) -> Table:
    limits = Limits()
    if settings is not None:
        limits = Limits(rows=settings.limits.rows, megabytes=settings.limits.megabytes)
    return read_table(
        source.file,
        FuzzyVocabulary(spec),
        sheet=source.sheet,
        header_row=source.header_row,
        encoding=source.encoding,
        limits=limits,
    )


def _best(tables: Mapping[str, Table], catalogue: Catalogue) -> tuple[Table, str]:
    scores = {}
    for type_, table in tables.items():
        spec = catalogue.spec(type_).spec
        match = FuzzyVocabulary(spec).match(h.text for h in table.headers)
        scores[type_] = len(match.columns) - 2 * len(match.missing)
    best = max(scores.values())
    first, *others = [type_ for type_, score in scores.items() if score == best]
    if others:
        raise UsageError(
            f"The headings fit {', '.join([first, *others])} equally well.",
            hint="Say which instruction type it is with --type.",
        )
    return tables[first], first


def propose(table: Table, spec: BatchSpec, encoding: str | None) -> Draft:
    """Return a draft mapping: matches, and every doubt that only a person can settle."""
    found = _assign(table, spec)
    draft = Draft(
        type=spec.id,
        sheet=table.sheet,
        header_row=table.header_row,
        encoding=encoding,
        suggestions=found,
        headings={},
    )
    _settle_headings(draft, table, spec)
    for kind in KINDS:
        draft.doubts += doubts_of(kind, draft, table, spec)
    return draft


def doubts_of(kind: str, draft: Draft, table: Table, spec: BatchSpec) -> list[Doubt]:
    """Return the doubts of one kind, as the draft stands now."""
    if kind == "heading":
        return [
            Doubt(
                kind=kind,
                subject=s.heading,
                choices=tuple(c.column for c in s.candidates),
            )
            for s in draft.suggestions
            if not s.is_clear
        ]
    columns = _columns_by(draft, table)
    if kind == "column":
        return list(_missing(draft, table, spec))
    if kind == "word":
        return list(_unread_words(table, spec, columns))
    return list(_date_doubts(table, spec, columns))


def _assign(table: Table, spec: BatchSpec) -> tuple[Suggestion, ...]:
    """Give each heading at most one column, and each column at most one heading."""
    vocabulary = Vocabulary(spec)
    sheet = Sheet.of(table, spec, {})
    offers = {
        header.position: candidates(
            header.text,
            sheet.cells_at(header.position),
            spec,
            vocabulary.meaning(header.text),
        )
        for header in table.headers
    }
    chosen = _one_to_one(offers)
    return tuple(
        _suggest(header, offers[header.position], chosen, sheet)
        for header in table.headers
    )


def _one_to_one(offers: Mapping[int, Sequence[Candidate]]) -> dict[int, Candidate]:
    """Take the surest pairs first; two exact claims to one column both stand."""
    pairs = sorted(
        ((c.confidence, -position, c) for position, cs in offers.items() for c in cs),
        key=lambda pair: pair[:2],
        reverse=True,
    )
    chosen: dict[int, Candidate] = {}
    taken: set[str] = set()
    for confidence, place, candidate in pairs:
        if -place in chosen:
            continue
        if candidate.column in taken and confidence < EXACT:
            continue
        chosen[-place] = candidate
        taken.add(candidate.column)
    return chosen


def _suggest(
    header: Header,
    offered: Sequence[Candidate],
    chosen: Mapping[int, Candidate],
    sheet: Sheet,
) -> Suggestion:
    taken = {candidate.column for place, candidate in chosen.items()}
    best = chosen.get(header.position)
    left = [c for c in offered if c is best or c.column not in taken]
    return Suggestion(
        heading=header.text,
        letter=header.letter,
        column=best.column if best else "",
        confidence=best.confidence if best else 0.0,
        why=best.why if best else "",
        samples=_samples(header, best, sheet),
        candidates=tuple(left),
    )


def _samples(header: Header, best: Candidate | None, sheet: Sheet) -> tuple[str, ...]:
    """Return a few cells; what may name a person only if it is too short to."""
    cells = sheet.cells_at(header.position)
    texts = cells.filter(~is_blank(cells))["text"].unique(maintain_order=True)
    shown = tuple(texts.head(_SAMPLES))
    if best is not None and best.confidence >= SURE:
        may_name = sheet.spec.column_named(best.column).personal
    else:
        may_name = any(column.personal for column in sheet.spec.column)
    masked = identity_masker(sheet.spec) or str
    return tuple(
        MASK if may_name and len(text) > _NO_NAME else masked(text) for text in shown
    )


def _settle_headings(draft: Draft, table: Table, spec: BatchSpec) -> None:
    """Write down what is clear; what shaping reads by itself needs no entry."""
    draft.headings = {
        s.heading: s.column if s.is_clear else TODO
        for s in draft.suggestions
        if s.column
    }
    shaping = shape(table, spec, _mapping_of(draft)).shaping
    assert shaping is not None
    unknown = {
        header.text for header in table.headers if header.position in shaping.unknown
    }
    doubtful = _doubtful(table, shaping)
    settled = []
    for suggestion in draft.suggestions:
        if not suggestion.column and suggestion.heading in doubtful:
            draft.headings[suggestion.heading] = TODO
            suggestion = replace(suggestion, why="doubtful")  # noqa: PLW2901
        elif not suggestion.column and suggestion.heading in unknown:
            if not normalise(suggestion.heading):
                continue  # "#" cannot be named in a mapping, and means nothing
            draft.headings[suggestion.heading] = ""
        elif not suggestion.column:
            suggestion = replace(suggestion, why="shaped", confidence=EXACT)  # noqa: PLW2901
        settled.append(suggestion)
    draft.suggestions = tuple(settled)


def _doubtful(table: Table, shaping: Shaping) -> set[str]:
    """Return the headings that may hold votes: only a person says that they do not."""
    said = shaping.findings.filter(pl.col("code").is_in([LOST_VOTES, LEFT_OUT]))
    places = set(said["position"])
    return {
        header.text
        for header in table.headers
        if header.position in places and normalise(header.text)
    }


def _mapping_of(draft: Draft) -> ColumnMapping:
    """Return the draft as far as it is clear, to be tried on the sheet."""
    return ColumnMapping(
        name="draft",
        type=draft.type,
        headings={
            heading: "" if name == TODO else name
            for heading, name in draft.headings.items()
        },
        fixed={name: text for name, text in draft.fixed.items() if text != TODO},
    )


def _columns_by(draft: Draft, table: Table) -> dict[str, int]:
    places = {header.text: header.position for header in table.headers}
    return {
        name: places[heading]
        for heading, name in draft.headings.items()
        if name not in {"", TODO}
    }


def _missing(draft: Draft, table: Table, spec: BatchSpec) -> Iterator[Doubt]:
    """Yield the mandatory columns that nothing in the sheet gives."""
    shaping = shape(table, spec, _mapping_of(draft)).shaping
    assert shaping is not None
    open_ = {
        candidate.column
        for s in draft.suggestions
        if draft.headings.get(s.heading) == TODO
        for candidate in s.candidates
    }
    free = tuple(
        s.heading
        for s in draft.suggestions
        if s.why != "shaped" and not draft.headings.get(s.heading)
    )
    for column in missing_columns(spec, shaping):
        if column.name not in open_:
            yield Doubt(kind="column", subject=column.name, choices=free)


def _unread_words(
    table: Table, spec: BatchSpec, columns: Mapping[str, int]
) -> Iterator[Doubt]:
    """Yield the words of closed lists that are on none: S, for one, is whose sale?

    The number of a person's document is no word of a desk: it is neither shown nor
    written into a mapping. The check accuses the cell.
    """
    masked = identity_masker(spec) or str
    sheet = Sheet.of(table, spec, columns)
    combined = {fold_code(w) for c in spec.combined for w in c.spellings}
    for name in columns:
        column = spec.column_named(name)
        if column.type not in {"code", "yes-no"}:
            continue
        cells = sheet.cells(name)
        unread = cells.filter(read(cells, column)["problem"].is_not_null())
        words = unread["text"].drop_nulls().unique(maintain_order=True)
        for word in words.head(_MOST_WORDS):
            if fold_code(word) not in combined and masked(word) == word:
                yield Doubt(
                    kind="word", subject=name, word=word, choices=_codes(column)
                )


def _codes(column: Column) -> tuple[str, ...]:
    return tuple(code.code for code in column.codes) or ("Y", "N")


def _date_doubts(
    table: Table, spec: BatchSpec, columns: Mapping[str, int]
) -> Iterator[Doubt]:
    """Yield one doubt where a date could be two; others of its column are a hint."""
    sheet = Sheet.of(table, spec, columns)
    for name in columns:
        column = spec.column_named(name)
        if column.type not in _DATES:
            continue
        cells = sheet.cells(name)
        unclear = cells.filter(read(cells, column)["problem"] == "date-order")
        if unclear.height:
            yield Doubt(
                kind="date-order",
                subject=name,
                word=unclear["text"][0],
                choices=_ORDERS,
                hint=_order_hint(cells),
            )
            return


def _order_hint(cells: pl.DataFrame) -> str:
    """Return the order that dates with one reading only speak for, if they agree."""
    parts = cells["text"].str.extract_groups(
        r"^\s*(?<a>\d{1,2})[-/.](?<b>\d{1,2})[-/.]\d{2,4}"
    )
    frame = pl.DataFrame({"parts": parts}).unnest("parts").cast(pl.Int32, strict=False)
    day, month = int((frame["a"] > _MONTHS).sum()), int((frame["b"] > _MONTHS).sum())
    if bool(day) == bool(month):
        return ""
    return _ORDERS[0] if day else _ORDERS[1]


def leave_open(draft: Draft) -> None:
    """Write ``TODO`` for every doubt that nobody has answered."""
    for doubt in draft.doubts:
        draft.answer(doubt, "")


def to_toml(draft: Draft, name: str) -> bytes:
    """Return the mapping file."""
    known = {s.heading: s for s in draft.suggestions}
    lines = [
        f"# How {name} writes its sheets; docs/how-to/mapping.md explains every key.",
        *(_todo_line(draft)),
        f"name = {_quote(name)}",
        f"type = {_quote(draft.type)}",
        *([f"sheet = {_quote(draft.sheet)}"] if draft.sheet else []),
        *([f"header-row = {draft.header_row}"] if draft.header_row != 1 else []),
        *([f"encoding = {_quote(draft.encoding)}"] if draft.encoding else []),
        *([f"date-order = {_quote(draft.date_order)}"] if draft.date_order else []),
        "",
        '[headings]  # their heading = our column; "" = kept, not sent',
    ]
    for heading, column in draft.headings.items():
        note = _note(known.get(heading), column)
        lines.append(f"{_quote(heading)} = {_quote(column)}{note}")
    for column, words in draft.values.items():
        lines += ["", f"[values.{column}]  # their word = our code"]
        lines += [f"{_quote(word)} = {_quote(code)}" for word, code in words.items()]
    if draft.fixed:
        lines += ["", "[fixed]  # the same value for every row"]
        note = "  # or give the heading that holds it, above"
        lines += [
            f"{name} = {_quote(text)}{note if text == TODO else ''}"
            for name, text in draft.fixed.items()
        ]
    return ("\n".join(lines) + "\n").encode()


def _todo_line(draft: Draft) -> list[str]:
    if not draft.doubts:
        return []
    return [f'# Replace every "{TODO}": until then the mapping is refused.']


def _note(suggestion: Suggestion | None, column: str) -> str:
    if suggestion is None or suggestion.why == "heading":
        return ""
    if column == TODO:
        offered = ", ".join(
            f"{c.column} {c.confidence:.0%}" for c in suggestion.candidates[:3]
        )
        return f"  # {offered}" if offered else ""
    is_own = column == suggestion.column and suggestion.confidence
    return f"  # {suggestion.confidence:.0%}" if is_own else ""


def _quote(text: str) -> str:
    """Return a TOML string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
