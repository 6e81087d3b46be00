"""Lines of one kind of record -> the texts of their fields, as far as they go."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from rapupload.batches.faults import faults_at, no_faults
from rapupload.batches.lines import Record
from rapupload.spec.format import Field
from rapupload.spec.records import constant_text, slice_fields
from rapupload.spec.widths import narrow, widen


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The records of one kind.

    Attributes:
        record: Which kind.
        lines: The line of each in the file.
        texts: A text column per field, as it stands in the file.
        whole: False where the record is longer or shorter than its kind.
        faults: Of length, quotes and constants.
    """

    record: Record
    lines: pl.Series
    texts: pl.DataFrame
    whole: pl.Series
    faults: pl.DataFrame

    def place(self, number: int) -> dict[str, object]:
        """Return where the field of that number stands, as faults name it."""
        return place_of(self.record, number)

    def key(self, number: int) -> str:
        """Return the column of ``texts`` that holds the field of that number."""
        return self.texts.columns[number]


def place_of(record: Record, number: int) -> dict[str, object]:
    """Return where a field stands in its record, as faults name it."""
    field = record.fields[number]
    before = sum(f.shape.length for f in record.fields[:number])
    is_fixed = record.spec.batch_file.layout == "fixed"
    personal = {c.name for c in record.spec.column if c.personal}
    return {
        "record": record.name,
        "field": field.name,
        "column": field.column,
        "position": 1 + (before if is_fixed else number),
        "personal": field.column in personal,
    }


def cut(lines: pl.DataFrame, record: Record) -> Cut:
    """Cut records into their fields; what is missing reads as blank.

    Args:
        lines: ``line`` and ``text``, all of this kind.
        record: The kind.
    """
    if record.spec.batch_file.layout == "fixed":
        texts, whole, faults = _fixed(lines, record)
    else:
        texts, whole, faults = _delimited(lines, record)
    found = Cut(
        record=record, lines=lines["line"], texts=texts, whole=whole, faults=faults
    )
    constants = [_constant(found, number) for number in range(len(record.fields))]
    return Cut(
        record=record,
        lines=found.lines,
        texts=texts,
        whole=whole,
        faults=pl.concat([faults, *constants]),
    )


def _fixed(
    lines: pl.DataFrame, record: Record
) -> tuple[pl.DataFrame, pl.Series, pl.DataFrame]:
    encoding = record.spec.batch_file.encoding
    wide = lines.select(text=widen(pl.col("text"), encoding))["text"]
    lengths = wide.str.len_chars()
    whole = (lengths == record.width).alias("whole")
    odd = lines.select("line", value=lengths.cast(pl.String)).filter(~whole)
    faults = faults_at(
        odd, "record-length", record=record.name, expected=str(record.width)
    )
    filled = wide.to_frame().select(narrow(pl.col("text").str.pad_end(record.width)))
    texts = slice_fields(filled["text"], record.fields, encoding)
    return texts, whole, faults


def _delimited(
    lines: pl.DataFrame, record: Record
) -> tuple[pl.DataFrame, pl.Series, pl.DataFrame]:
    values = _values(lines, record)
    counts = values.list.len()
    paired = values.is_not_null()
    whole = (counts == len(record.fields)).fill_null(value=False).alias("whole")
    odd = lines.select("line", value=counts.cast(pl.String)).filter(paired & ~whole)
    faults = [
        faults_at(
            odd, "value-count", record=record.name, expected=str(len(record.fields))
        ),
        faults_at(lines.filter(~paired), "quotes-unpaired", record=record.name),
    ]
    names = slice_fields(lines["text"].clear(), record.fields).columns
    texts = pl.DataFrame(
        [
            values.list.get(number, null_on_oob=True).fill_null("").alias(name)
            for number, name in enumerate(names)
        ]
    )
    return texts, whole, pl.concat(faults)


def _values(lines: pl.DataFrame, record: Record) -> pl.Series:
    """Return the values of each line; null where its quotes do not pair."""
    file, texts = record.spec.batch_file, lines["text"]
    values = texts.str.split(file.delimiter)
    if file.quote == "none":
        return values
    quoted = texts.str.contains('"', literal=True).arg_true()
    taken = [_unquoted(text, file.delimiter) for text in texts.gather(quoted)]
    if not taken:
        return values
    return (
        pl.DataFrame({"values": values})
        .with_row_index("n")
        .join(
            pl.DataFrame(
                {"n": quoted.cast(pl.UInt32), "taken": taken},
                schema_overrides={"taken": pl.List(pl.String)},
            ).with_columns(is_quoted=True),
            on="n",
            how="left",
            maintain_order="left",
        )
        .select(pl.when("is_quoted").then("taken").otherwise("values").alias("values"))
        .to_series()
    )


def _unquoted(text: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        return None


def _constant(found: Cut, number: int) -> pl.DataFrame:
    """Return where a constant, or one of the environments' constants, is another."""
    record, field = found.record, found.record.fields[number]
    wanted = _constants(record, field)
    if wanted is None:
        return no_faults()
    text = found.texts.get_column(found.key(number)).str.strip_chars(" ")
    wrong = ~text.is_in(wanted) & found.whole
    if not wrong.any():
        return no_faults()
    is_filler = wanted == [""]
    places = pl.DataFrame({"line": found.lines, "value": text}).filter(wrong)
    return faults_at(
        places,
        "filler-filled" if is_filler else "constant-differs",
        **{**found.place(number), "expected": " / ".join(repr(w) for w in wanted)},
    ).with_columns(value=pl.concat_str(pl.lit("'"), "value", pl.lit("'")))


def _constants(record: Record, field: Field) -> list[str] | None:
    """Return what a field may always say; None where it is no constant."""
    if field.value is not None:
        return [constant_text(field)] if field.value else [""]
    if field.constant is None:
        return None
    known = record.spec.constants[field.constant]
    texts = [known] if isinstance(known, str) else list(known.values())
    return list(
        dict.fromkeys(
            constant_text(field.model_copy(update={"value": text, "constant": None}))
            for text in texts
        )
    )


def as_texts(found: Cut) -> dict[str, str]:
    """Return the one record there is, by field; empty without one."""
    if not found.texts.height:
        return {}
    row: Sequence[object] = found.texts.row(0)
    return {name: str(v) for name, v in zip(found.texts.columns, row, strict=True)}
