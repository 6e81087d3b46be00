"""What an acknowledgement says of the file, and of each instruction in it."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from rapupload.acks.parse import Parsed
from rapupload.model import Outcome
from rapupload.spec.format import BatchSpec

OUTCOMES = {
    "line": pl.UInt32(),
    "outcome": pl.String(),
    "reason_code": pl.String(),
    "reason": pl.String(),
    "ccass_reference": pl.String(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVerdict:
    """Verdict on the file as a whole."""

    outcome: Outcome
    reason_code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a parsed acknowledgement means for one batch.

    Attributes:
        file: Verdict on the whole file, where the layer has one.
        rows: One row per instruction answered, keyed by its line in the batch file.
        foreign: Line numbers that are none of the batch's; nothing is applied then.
        repeated: Line numbers that are answered more than once; nothing is applied then.
        unlike: Line numbers whose record checksum or own reference is not the one we
            sent: the answer is about another file; nothing is applied then.
        unanswered: Instructions of the batch that the report does not mention.
    """

    file: FileVerdict | None
    rows: pl.DataFrame
    foreign: tuple[int, ...]
    repeated: tuple[int, ...]
    unlike: tuple[int, ...]
    unanswered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What was sent, in the order of the instructions, as far as answers repeat it.

    Attributes:
        lines: Line in the batch file of each instruction.
        checksums: Its record checksum, where the records carry one.
        references: Our own reference, where the records carry it.
    """

    lines: pl.Series
    checksums: pl.Series | None = None
    references: pl.Series | None = None


def judge(parsed: Parsed, sent: Sent, spec: BatchSpec) -> Judged:
    """Translate a parsed acknowledgement.

    Args:
        parsed: What the file says.
        sent: What it must be about; the report counts instructions from 1.
        spec: The spec the batch was made by; its reasons give words to codes.
    """
    own = _own(sent)
    answered = parsed.rows.rename({"line": "sequence"})
    repeated = answered.filter(pl.col("sequence").is_duplicated())["sequence"].unique()
    foreign = answered.join(own, on="sequence", how="anti")["sequence"]
    rows = answered.join(own, on="sequence", how="inner", maintain_order="left")
    words = {code: reason.label.en for reason in spec.reason for code in reason.codes}
    reason = pl.coalesce(
        pl.col("reason_text"),
        pl.col("reason_code").replace_strict(
            words, default=None, return_dtype=pl.String
        ),
    )
    file = None
    if parsed.outcome is not None:
        code = parsed.meanings.get("reason-code", "")
        text = parsed.meanings.get("reason-text", "") or words.get(code, "")
        file = FileVerdict(outcome=parsed.outcome, reason_code=code, reason=text)
    return Judged(
        file=file,
        rows=rows.select(
            "line", "outcome", "reason_code", reason.alias("reason"), "ccass_reference"
        ).cast(dict(OUTCOMES)),  # type: ignore[arg-type]
        foreign=tuple(foreign),
        repeated=tuple(repeated.sort()),
        unlike=_unlike(rows),
        unanswered=own.height - rows["sequence"].n_unique()
        if rows.height
        else own.height,
    )


def _own(sent: Sent) -> pl.DataFrame:
    nothing = pl.repeat(None, sent.lines.len(), dtype=pl.String, eager=True)
    checksums = nothing if sent.checksums is None else sent.checksums
    references = nothing if sent.references is None else sent.references
    return pl.DataFrame(
        {
            "line": sent.lines.cast(pl.UInt32),
            "own_checksum": checksums.cast(pl.String),
            "own_reference": references.cast(pl.String),
        }
    ).with_row_index("sequence", offset=1)


def _unlike(rows: pl.DataFrame) -> tuple[int, ...]:
    """Return instructions of which the answer repeats something that we did not send."""
    bare = [
        pl.col(name).str.strip_chars_start("0")
        for name in ("record_checksum", "own_checksum")
    ]
    wrong = (bare[0] != bare[1]) | (pl.col("reference") != pl.col("own_reference"))
    return tuple(rows.filter(wrong.fill_null(value=False))["sequence"])
