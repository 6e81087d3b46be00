"""Own references that stand in no row of the journal, and where all of them were used.

The journal keeps one own reference per instruction. Where several rows became one, or
one became several, the others are kept as keyed digests among the ledger keys of the
batch: without them a row that went as part of a sum could go again by itself, unnoticed.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import polars as pl

from rapupload.errors import UsageError
from rapupload.model import BatchState, Environment, Outcome
from rapupload.table import ROW
from rapupload.validation import Checked
from rapupload.validation.lineage import INSTRUCTION

if TYPE_CHECKING:
    from rapupload.journal import JournalReader, Question

_BOOK = "reference"
_OWN = "own_reference"
_PARTS = "parts"
_MARK = ""
"""Named beside the references of a batch: tells at once that there are any at all."""

_NO_KEYS = pl.Series("key", [], dtype=pl.Int64)
_OTHERS = {ROW: pl.UInt32, _OWN: pl.String, "other": pl.String}


def asked_of(checked: Checked) -> pl.DataFrame:
    """Return the own reference of every row that goes, with its ``instruction``.

    Of a sum these are those of all its rows.
    """
    if checked.parts is not None:
        return checked.parts.select(INSTRUCTION, ROW, _OWN)
    return checked.instructions.select(ROW, _OWN).with_row_index(INSTRUCTION)


def find_used(
    journal: JournalReader,
    question: Question,
    asked: pl.DataFrame,
    *,
    but: pl.DataFrame,
) -> pl.DataFrame:
    """Return batches that count and carry one of these references, in whatever way.

    Args:
        journal: Where to look.
        question: Whose batches count, and since when.
        asked: As ``asked_of`` returns.
        but: Duplicates that were found, with ``position`` of the instruction: no need
            to say of the same batch that it has the reference, too.

    Returns:
        ``position`` in what was asked, ``batch``, ``state`` and ``created_at``.
    """
    found = journal.find_references(question, asked[_OWN])
    named = _find_named(journal, question, asked[_OWN])
    used = pl.concat([found.select(named.columns), named])
    told = but.select(pl.col("position").alias(INSTRUCTION), "batch").unique()
    numbers = asked[INSTRUCTION].cast(pl.UInt32)
    return (
        used.with_columns(numbers.gather(used["position"]).alias(INSTRUCTION))
        .join(told, on=[INSTRUCTION, "batch"], how="anti")
        .drop(INSTRUCTION)
        .sort("position", "batch")
    )


def keys_of(
    parts: Sequence[pl.DataFrame],
    clean_rows: pl.DataFrame,
    *,
    journal: JournalReader,
    participant: str,
    environment: Environment,
) -> list[pl.Series]:
    """Return the keys of references that no instruction of a batch has as its own.

    None for a plain sheet, where every instruction has the reference of its row.

    Args:
        parts: The instructions of each batch about to be prepared.
        clean_rows: Those of the intake, with the ``parts`` of sums.
        journal: Whose key makes the digests.
        participant: Whose references they are.
        environment: Where they are used.
    """
    others = _other_references(clean_rows)
    if others.is_empty():
        return [_NO_KEYS for _ in parts]
    secret = journal.fingerprint_key()
    found = []
    for part in parts:
        kept = others.join(_own(part), on=[ROW, _OWN], how="semi", nulls_equal=True)
        texts = kept["other"].unique().to_list()
        named = [_MARK, *texts] if texts else []
        found.append(_hash(named, participant, environment, secret))
    return found


def _own(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(pl.col(ROW).cast(pl.UInt32), _OWN)


def _other_references(clean_rows: pl.DataFrame) -> pl.DataFrame:
    """Return ``row`` and ``own_reference`` of instructions, and each ``other`` of them.

    Others are those of the rows of a sum, and of an unfolded row the one written in it:
    what was made of it (``R5/2``) is always longer.
    """
    own = _own(clean_rows)
    if _PARTS in clean_rows.columns:
        rows = (
            own.hstack([clean_rows[_PARTS]])
            .explode(_PARTS)
            .select(
                ROW,
                _OWN,
                part=pl.col(_PARTS).struct.field(ROW),
                other=pl.col(_PARTS).struct.field(_OWN),
            )
        )
    elif own[ROW].is_duplicated().any():
        rows = own.with_columns(pl.col(ROW).alias("part"), pl.col(_OWN).alias("other"))
    else:
        return pl.DataFrame(schema=_OTHERS)
    written = pl.col("other").sort_by(pl.col("other").str.len_chars()).first()
    bases = rows.select(ROW, _OWN, other=written.over("part"))
    return (
        pl.concat([rows.select(*_OTHERS), bases])
        .filter(pl.col("other").ne_missing(pl.col(_OWN)))
        .drop_nulls("other")
        .unique(maintain_order=True)
    )


def _hash(
    texts: Iterable[str], participant: str, environment: Environment, secret: bytes
) -> pl.Series:
    from rapupload.journal import hash_keys  # noqa: PLC0415 - SQLAlchemy takes 0.2 s

    scope = (participant, environment.value, _BOOK)
    keys = hash_keys([("", text) for text in texts], scope=scope, secret=secret)
    return keys.alias("key")


def _find_named(
    journal: JournalReader, question: Question, references: pl.Series
) -> pl.DataFrame:
    secret = journal.fingerprint_key()
    who = (question.participant, question.environment, secret)
    marked = journal.find_named(question, _hash([_MARK], *who))
    if marked.is_empty():
        return marked
    given = pl.DataFrame({_OWN: references}).with_row_index("position").drop_nulls()
    hits = journal.find_named(question, _hash(given[_OWN].to_list(), *who))
    asked = given["position"].gather(hits["position"])
    hits = hits.with_columns(asked.cast(pl.UInt32).alias("position"))
    return _without_rejected(journal, hits, references)


def _without_rejected(
    journal: JournalReader, hits: pl.DataFrame, references: pl.Series
) -> pl.DataFrame:
    """Drop what only rejected instructions stand for."""
    kept = [hits.clear()]
    for (name,), found in hits.group_by("batch", maintain_order=True):
        living = _living_references(journal, str(name))
        if living is None:
            kept.append(found)
            continue
        own = references.gather(found["position"])
        kept.append(found.filter(own.is_in(living.implode())))
    return pl.concat(kept)


def _living_references(journal: JournalReader, name: str) -> pl.Series | None:
    """Return the other references of what was not rejected; None for all of them."""
    batch = journal.batch(name)
    if batch.state is BatchState.REJECTED:
        return pl.Series([], dtype=pl.String)
    if not batch.rejected:
        return None
    digest = journal.intake(batch.intake).given.clean_rows_digest
    try:
        content = journal.blob(digest)
    except UsageError:  # erased: a warning too many is better than one too few
        return None
    rows = journal.rows(name).filter(pl.col("outcome") != Outcome.REJECTED.value)
    living = rows.select(pl.col(ROW).cast(pl.UInt32), pl.col("reference").alias(_OWN))
    others = _other_references(pl.read_parquet(io.BytesIO(content)))
    return others.join(living, on=[ROW, _OWN], how="semi", nulls_equal=True)["other"]
