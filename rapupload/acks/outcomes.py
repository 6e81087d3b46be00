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
        unanswered: Instructions of the batch that the report does not mention.
    """

    file: FileVerdict | None
    rows: pl.DataFrame
    foreign: tuple[int, ...]
    repeated: tuple[int, ...]
    unanswered: int


def judge(parsed: Parsed, lines: pl.Series, spec: BatchSpec) -> Judged:
    """Translate a parsed acknowledgement.

    Args:
        parsed: What the file says.
        lines: Line in the batch file of each instruction, in order; the report counts
            instructions from 1.
        spec: The spec the batch was made by; its reasons give words to codes.
    """
    own = pl.DataFrame({"line": lines.cast(pl.UInt32)}).with_row_index(
        "sequence", offset=1
    )
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
        unanswered=own.height - rows["sequence"].n_unique()
        if rows.height
        else own.height,
    )
