"""The sheet in the making: cells by column of the spec, each with its place in the source.

Cells travel as frames of ``text``, ``kind`` and ``place`` (the source column they came
from, -1 for none); a step takes some, makes others of them, and puts them back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from rapupload.fieldtypes.code import folded
from rapupload.fieldtypes.reading import BLANKS
from rapupload.fieldtypes.registry import validate
from rapupload.spec.columns import shape_of, type_of
from rapupload.spec.format import BatchSpec, Column
from rapupload.table import ROW, CellKind, Header, Table

FOUND: dict[str, pl.DataType] = {
    "code": pl.String(),
    "row": pl.UInt32(),
    "position": pl.Int32(),
    "value": pl.String(),
    "words": pl.String(),
}
"""Columns of ``Shaping.findings``."""

MASK = "•••"
_CELLS: dict[str, pl.DataType] = {
    "text": pl.String(),
    "kind": pl.UInt8(),
    "place": pl.Int32(),
}
_TEXT = pl.lit(CellKind.TEXT.value, dtype=pl.UInt8)
_SHOWN = 10


@dataclass(slots=True, kw_only=True)
class Sheet:
    """A table while it is shaped.

    Attributes:
        frame: As in ``Table``.
        columns: Column of the spec -> number of its frame column.
        unknown: Positions of headings that no column claims.
        ignored: Rows left out, with the reason.
        findings: What is to be said, in the columns of ``FOUND``.
    """

    spec: BatchSpec
    headers: tuple[Header, ...]
    frame: pl.DataFrame
    kinds: dict[int, CellKind]
    columns: dict[str, int]
    unknown: list[int]
    repeated: dict[str, tuple[int, ...]]
    ignored: dict[int, str]
    findings: list[pl.DataFrame] = field(default_factory=list)

    @classmethod
    def of(cls, table: Table, spec: BatchSpec, columns: Mapping[str, int]) -> Sheet:
        """Begin with a table as it was read."""
        return cls(
            spec=spec,
            headers=table.headers,
            frame=table.frame,
            kinds=dict(table.kinds),
            columns=dict(columns),
            unknown=[],
            repeated={},
            ignored=dict(table.ignored),
        )

    def header(self, position: int) -> Header:
        """Return the heading of a source column."""
        return next(h for h in self.headers if h.position == position)

    def place(self, name: str) -> int:
        """Return a source column that the cells of a column came from, -1 for none."""
        highest = self.cells(name)["place"].max()
        return -1 if highest is None else int(str(highest))

    def has(self, name: str | None) -> bool:
        """Tell whether there are cells for a column of the spec."""
        return name is not None and name in self.columns

    def cells(self, name: str) -> pl.DataFrame:
        """Return the cells of a column of the spec; blank ones where it has none."""
        if name in self.columns:
            return self.cells_at(self.columns[name])
        return self.blank()

    def blank(self) -> pl.DataFrame:
        """Return cells that are nowhere."""
        return self.filled(None)

    def filled(self, text: str | None, place: int = -1) -> pl.DataFrame:
        """Return cells that all say the same."""
        return (
            self.frame.select(ROW)
            .with_columns(
                text=pl.lit(text, dtype=pl.String),
                kind=_TEXT,
                place=pl.lit(place, dtype=pl.Int32),
            )
            .drop(ROW)
        )

    def cells_at(self, number: int) -> pl.DataFrame:
        """Return the cells of a frame column."""
        known = self.frame.columns
        kind = (
            pl.col(f"k{number}").fill_null(CellKind.TEXT.value)
            if f"k{number}" in known
            else pl.lit(int(self.kinds.get(number, CellKind.TEXT)))
        )
        place = pl.col(f"p{number}") if f"p{number}" in known else pl.lit(number)
        return self.frame.select(
            text=pl.col(f"c{number}"), kind=kind, place=place
        ).cast(_CELLS)  # type: ignore[arg-type]

    def put(self, name: str, cells: pl.DataFrame) -> None:
        """Give a column of the spec these cells; those of the sheet stay as they are."""
        number = 1 + max(
            (int(c[1:]) for c in self.frame.columns if c.startswith("c")), default=0
        )
        self.columns[name] = number
        self.frame = self.frame.with_columns(
            cells["text"].alias(f"c{number}"),
            cells["kind"].alias(f"k{number}"),
            cells["place"].alias(f"p{number}"),
        )

    def leave_out(self, rows: Iterable[int], reason: str) -> None:
        """Take source rows out, with the reason."""
        gone = sorted(set(rows))
        self.ignored |= dict.fromkeys(gone, reason)
        numbers = pl.Series(gone, dtype=pl.UInt32)
        self.frame = self.frame.filter(~pl.col(ROW).is_in(numbers.implode()))

    def say(
        self, code: str, words: Mapping[str, object], *, position: int = -1
    ) -> None:
        """Say something about the whole file."""
        record = {
            "code": code,
            "row": None,
            "position": position,
            "value": "",
            "words": json.dumps(dict(words), ensure_ascii=False),
        }
        self.findings.append(pl.DataFrame([record], schema=FOUND))

    def accuse(
        self,
        where: pl.Series,
        cells: pl.DataFrame,
        code: str | pl.Series,
        words: Mapping[str, object],
        *,
        is_personal: bool = False,
    ) -> None:
        """Say that cells are wrong.

        Args:
            where: One Boolean per row of the frame.
            cells: The cells, whose places are named.
            code: Finding code, or one per row.
            words: What the message may quote.
            is_personal: The text must not be shown.
        """
        text = pl.lit(MASK) if is_personal else pl.col("text").fill_null("")
        said = pl.lit(code) if isinstance(code, str) else code.alias("code")
        found = (
            cells.with_columns(self.frame[ROW], said.alias("code"))
            .filter(where)
            .select(
                "code",
                ROW,
                position="place",
                value=text,
                words=pl.lit(json.dumps(dict(words), ensure_ascii=False)),
            )
        )
        self.findings.append(found.cast(FOUND).unique(maintain_order=True))  # type: ignore[arg-type]


def labels(column: Column) -> dict[str, str]:
    """Return the label in the words that messages quote."""
    return {"label": column.label.en, "label_zh": column.label.zh_hant}


def listed(numbers: Iterable[object], shown: int = _SHOWN) -> str:
    """Return the first of many, and that there are more.

    >>> listed(range(12), 3)
    '0, 1, 2, ... (12)'
    """
    texts = [str(number) for number in numbers]
    more = f", ... ({len(texts)})" if len(texts) > shown else ""
    return ", ".join(texts[:shown]) + more


def flags(count: int, *, value: bool = False) -> pl.Series:
    """Return so many times the same Boolean."""
    return pl.repeat(value, n=count, eager=True, dtype=pl.Boolean)


def is_blank(cells: pl.DataFrame) -> pl.Series:
    """Tell which cells hold nothing but blanks of whatever sort."""
    text = pl.col("text").str.strip_chars(BLANKS)
    return cells.select(blank=text.is_null() | (text == ""))["blank"]


def read(cells: pl.DataFrame, column: Column) -> pl.DataFrame:
    """Return ``value`` and ``problem`` of cells, each spelling read once."""
    reading = type_of(column).read(pl.col("text"), pl.col("kind"), shape_of(column))
    spellings = cells.select("text", "kind").unique()
    known = spellings.hstack(reading.answers(spellings))
    joined = cells.select("text", "kind").join(
        known,
        on=["text", "kind"],
        how="left",
        maintain_order="left",
        nulls_equal=True,
    )
    return joined.select("value", "problem")


def fold(cells: pl.DataFrame) -> pl.Series:
    """Return texts without case, width and blanks, for closed lists of words."""
    spellings = cells.select("text").unique()
    known = spellings.with_columns(folded=folded(pl.col("text")))
    return cells.join(
        known, on="text", how="left", maintain_order="left", nulls_equal=True
    )["folded"]


def reads(column: Column, text: str, kind: CellKind = CellKind.TEXT) -> str | None:
    """Return what one text is read as; None where it cannot be."""
    try:
        return validate(column.type, text, kind, shape_of(column))
    except ValueError:
        return None


def choose(where: pl.Series, first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
    """Return cells of the first where it holds, of the second elsewhere."""
    return first.select(
        pl.when(where).then(pl.col(name)).otherwise(second[name]).alias(name)
        for name in _CELLS
    )
