"""Records by their fields, columnar: text of exact width, and back again.

Batch files are written with it, and batch files and acknowledgements are read with it.
The simulator does not use it: its reader is its own, so that a misreading here shows.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from typing import Literal

import polars as pl

from rapupload.spec.format import BatchSpec, Column, Field
from rapupload.spec.widths import narrow, widen

SUM = pl.Int128  # 64-bit sums would wrap in silence
_NUMBER = re.compile("[0-9]{1,18}")
_DAY = "%Y%m%d"
_MINUTE = "%Y%m%d%H%M"
_CLOCK = "%H%M%S"
_KEEPS_ZEROS = {"stock-code", "option-no"}
"""Field types whose canonical text is digits with the zeros in front."""


def file_text(field: Field, column: Column, value: pl.Expr) -> pl.Expr:
    """Turn canonical text of a column into the text of its field, not yet padded."""
    if field.codes:
        return value.replace_strict(field.codes, default=None, return_dtype=pl.String)
    if column.type == "date":
        return _date_text(value, field.format or _DAY)
    if column.type == "date-time":
        moment = value.str.to_datetime("%Y-%m-%dT%H:%M", strict=False)
        return moment.dt.strftime(field.format or _MINUTE)
    if column.type == "time":
        return _time_text(value, field.format or _CLOCK)
    if field.shape.kind == "9" and column.shape is not None:
        return _digits(value, column.shape.decimals, field.shape.decimals)
    return value


def _date_text(value: pl.Expr, written: str) -> pl.Expr:
    if written == _DAY:
        return value.str.replace_all("-", "", literal=True)
    return value.str.to_date("%Y-%m-%d", strict=False).dt.strftime(written)


def _time_text(value: pl.Expr, written: str) -> pl.Expr:
    """Write a time of day; null where the format has no place for its seconds."""
    text = _clock(value).dt.strftime(written)
    return pl.when(text.str.to_time(written, strict=False) == _clock(value)).then(text)


def _clock(value: pl.Expr) -> pl.Expr:
    full = pl.when(value.str.len_bytes() == len("16:00")).then(value + ":00")
    return full.otherwise(value).str.to_time("%H:%M:%S", strict=False)


def _digits(value: pl.Expr, have: int, want: int) -> pl.Expr:
    digits = value.str.replace(".", "", literal=True) if have else value
    return digits + "0" * (want - have) if want > have else digits


def pad(field: Field, text: pl.Expr, encoding: str = "ascii") -> pl.Expr:
    """Fill a text to the width of its field; null becomes the empty form.

    A text that is too long stays too long: the caller tests the widths.

    Args:
        field: The field.
        text: What it carries.
        encoding: Of the file, where width counts bytes; ``widths`` has the fillers.
    """
    width, fill = field.shape.length, field.fill_character
    text = widen(text, encoding)
    if field.overflow == "drop-leading":
        text = text.str.tail(width)
    if field.is_right_justified:
        padded = text.str.zfill(width) if fill == "0" else text.str.pad_start(width)
    else:
        padded = text.str.pad_end(width, fill)
    return padded.fill_null(field.empty_character * width)


def constant_text(field: Field) -> str:
    """Return how a constant field reads, blanks at its ends left out."""
    text = pl.lit(field.value or None, dtype=pl.String)
    return str(pl.select(pad(field, text)).item()).strip(" ")


def amount(field: Field, padded: pl.Expr, *, keep_decimals: bool) -> pl.Expr:
    """Return what a field adds to a sum: its digits as a number."""
    digits = padded if keep_decimals else padded.str.head(field.shape.digits)
    return digits.str.strip_chars(" ").cast(SUM, strict=False).fill_null(0)


def canonical(field: Field, column: Column, padded: pl.Expr) -> pl.Expr:
    """Turn the text of a field back into the canonical text of its column.

    A field of zeros is blank where the spec writes blanks that way, unless the column
    is mandatory.
    """
    text = _unpad(field, padded)
    if field.empty_character == "0" and column.need != "mandatory":
        text = pl.when(~padded.str.contains("^0*$")).then(text)
    if field.codes:
        backwards = {written: code for code, written in field.codes.items()}
        return text.replace_strict(backwards, default=None, return_dtype=pl.String)
    if column.type == "date":
        day = text.str.to_date(field.format or _DAY, strict=False)
        return day.dt.strftime("%Y-%m-%d")
    if column.type == "date-time":
        moment = text.str.to_datetime(field.format or _MINUTE, strict=False)
        return moment.dt.strftime("%Y-%m-%dT%H:%M")
    if column.type == "time":
        clock = text.str.to_time(field.format or _CLOCK, strict=False)
        return clock.dt.strftime("%H:%M:%S").str.replace("^(.....):00$", "$1")
    if field.shape.kind == "9" and column.type not in _KEEPS_ZEROS:
        return _number(
            text, field.shape.decimals, column.shape.decimals if column.shape else 0
        )
    return text


def _unpad(field: Field, padded: pl.Expr) -> pl.Expr:
    if field.shape.kind == "9":
        bare = padded.str.strip_chars(" ")
    elif field.is_right_justified:
        bare = padded.str.strip_chars_start(" ")
    else:
        bare = padded.str.strip_chars_end(" ")
    return pl.when(bare != "").then(bare)


def _number(text: pl.Expr, have: int, want: int) -> pl.Expr:
    plain = pl.when(text.str.contains("^[0-9]+$")).then(text)
    if not have:
        stripped = plain.str.strip_chars_start("0")
        return pl.when(stripped == "").then(pl.lit("0")).otherwise(stripped)
    width = plain.str.len_chars() - have
    whole = plain.str.head(width).str.strip_chars_start("0")
    whole = pl.when(whole == "").then(pl.lit("0")).otherwise(whole)
    behind = plain.str.tail(have)
    more = behind.str.slice(want).str.strip_chars_end("0")  # never cut off in silence
    fraction = pl.concat_str(behind.str.head(want), more)
    point = pl.when(fraction == "").then(pl.lit("")).otherwise(pl.lit("."))
    return pl.concat_str(whole, point, fraction)


def slice_fields(
    lines: pl.Series, fields: Sequence[Field], encoding: str = "ascii"
) -> pl.DataFrame:
    """Cut fixed-width lines into a text column per field, named as the field.

    Widths count bytes of the encoding, which is that of the file.
    """
    position, parts = 0, []
    for number, field in enumerate(fields):
        width = field.shape.length
        part = pl.col("line").str.slice(position, width)
        parts.append(
            (part if encoding == "ascii" else narrow(part)).alias(_key(number))
        )
        position += width
    wide = lines.alias("line").to_frame().with_columns(widen(pl.col("line"), encoding))
    frame = wide.select(parts)
    return frame.rename({_key(n): _unique(fields, n) for n in range(len(fields))})


class LineError(ValueError):
    """One line cannot be taken apart.

    Args:
        index: Which of the lines given, from 0.
        reason: What is wrong with it.
    """

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(reason)
        self.index = index


def split_fields(
    lines: pl.Series,
    fields: Sequence[Field],
    delimiter: str,
    *,
    quote: Literal["minimal", "all", "none"] = "minimal",
) -> pl.DataFrame:
    """Cut delimited lines into a text column per field; quotes are understood.

    A value never spans lines: a quote that is opened and not closed is a fault.

    Raises:
        LineError: A line has another number of values than the record has fields.
    """
    texts = lines.alias("line").to_frame().with_row_index("index")
    quoted = pl.col("line").str.contains('"', literal=True) & (quote != "none")
    values = pl.concat(
        [
            texts.filter(~quoted).select(
                "index", values=pl.col("line").str.split(delimiter)
            ),
            _unquoted(texts.filter(quoted), delimiter),
        ]
    ).sort("index")["values"]
    wrong = values.list.len() != len(fields)
    if wrong.any():
        index = int(wrong.arg_max() or 0)
        count = len(values[index])
        raise LineError(index, f"{count} values where the record has {len(fields)}")
    return pl.DataFrame(
        [
            values.list.get(number).alias(_unique(fields, number))
            for number in range(len(fields))
        ]
    )


def _unquoted(texts: pl.DataFrame, delimiter: str) -> pl.DataFrame:
    """Take lines with quotes apart one by one."""
    found = []
    for index, line in texts.iter_rows():
        try:
            found.append(next(csv.reader([line], delimiter=delimiter, strict=True)))
        except csv.Error as error:
            raise LineError(int(index), f"quotes that do not pair ({error})") from error
    return texts.select("index", values=pl.Series(found, dtype=pl.List(pl.String)))


def _key(number: int) -> str:
    return f"f{number}"


def _unique(fields: Sequence[Field], number: int) -> str:
    """Name the column of a field; several fillers get their number behind."""
    name = fields[number].name
    repeated = sum(field.name == name for field in fields) > 1
    return f"{name}#{number + 1}" if repeated else name


def join_fields(
    parts: Sequence[pl.Expr],
    *,
    layout: Literal["fixed", "delimited"],
    delimiter: str,
    quote: Literal["minimal", "all", "none"],
) -> pl.Expr:
    """Join the fields of a record into its line."""
    if layout == "fixed":
        return pl.concat_str(parts)
    quoted = [_quoted(part, delimiter, quote) for part in parts]
    return pl.concat_str(quoted, separator=delimiter)


def _quoted(part: pl.Expr, delimiter: str, quote: str) -> pl.Expr:
    if quote == "none":
        return part
    wrapped = pl.concat_str(
        pl.lit('"'), part.str.replace_all('"', '""', literal=True), pl.lit('"')
    )
    if quote == "all":
        return wrapped
    special = part.str.contains_any(['"', "\r", "\n", delimiter])
    return pl.when(special).then(wrapped).otherwise(part)


def whole_number(text: str) -> int | None:
    """Return the number of a text of digits; None for anything else.

    >>> whole_number("0007"), whole_number("²"), whole_number("")
    (7, None, None)
    """
    return int(text) if _NUMBER.fullmatch(text) else None


def column_fields(spec: BatchSpec, fields: Sequence[Field]) -> Mapping[str, Column]:
    """Return the spec column of each field that has one, by field name."""
    return {
        field.name: spec.column_named(field.column) for field in fields if field.column
    }
