"""What the fields of a batch file say, held against the spec: values, sums, totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from rapupload.batches.cutting import Cut
from rapupload.batches.faults import faults_at, no_faults
from rapupload.fieldtypes import validate
from rapupload.spec.columns import shape_of, type_of
from rapupload.spec.format import Column, Field
from rapupload.spec.records import SUM, amount, canonical, column_fields
from rapupload.table import CellKind

_LOST = r"[\x00-\x1f\x7f\x{fffd}]"  # said of the character already
_SHOWN_CODES = 12  # codes named in a message; a longer list is in the spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """A total of header or trailer.

    Attributes:
        record: ``header`` or ``trailer``.
        field: As the spec names it.
        stated: As it stands in the file, without padding.
        recomputed: What the records come to, before any overflow.
        agrees: Stated is recomputed, less the leading digits that the spec drops.
    """

    record: str
    field: str
    stated: str
    recomputed: int
    agrees: bool


def values_of(found: Cut) -> dict[str, pl.Series]:
    """Return the canonical values of the fields that carry columns, by name in rules."""
    columns = column_fields(found.record.spec, found.record.fields)
    read = {
        columns[field.name].sql_name: canonical(
            field, columns[field.name], pl.col(found.key(number))
        )
        for number, field in enumerate(found.record.fields)
        if field.column
    }
    return {series.name: series for series in found.texts.select(**read)}


def judge_values(
    found: Cut, values: Mapping[str, pl.Series]
) -> tuple[pl.Series, list[pl.DataFrame]]:
    """Return which records can be read whole, and what is wrong with the values.

    Nothing further is said of a record that is too long or too short: its fields may
    have moved, and one cause would show as ten faults.
    """
    columns = column_fields(found.record.spec, found.record.fields)
    readable, faults = found.whole, []
    for number, field in enumerate(found.record.fields):
        if field.column:
            column = columns[field.name]
            lost, wrong = _judge(found, number, column, values[column.sql_name])
            readable &= ~lost
            faults += wrong
    return readable, faults


def _judge(
    found: Cut, number: int, column: Column, values: pl.Series
) -> tuple[pl.Series, list[pl.DataFrame]]:
    """Return where the value of a field is lost, and what is wrong with the values."""
    field = found.record.fields[number]
    bare = found.texts.get_column(found.key(number)).str.strip_chars(" ")
    blank = bare == ""
    zeros = bare.str.contains("^0*$") & (field.empty_character == "0")
    if column.need == "mandatory":
        zeros &= False
    lost = values.is_null() & ~blank & ~zeros
    missing = blank & (column.need == "mandatory") & found.whole
    places = pl.DataFrame({"line": found.lines, "value": bare})
    place = found.place(number)
    faults = [
        _unreadable(places.filter(lost & found.whole), field, column, place),
        faults_at(places.filter(missing), "value-missing", **place),
        *_problems(
            places.filter(found.whole), values.filter(found.whole), column, place
        ),
        _padding(found, number, values),
    ]
    return lost, faults


def _unreadable(
    places: pl.DataFrame, field: Field, column: Column, place: dict[str, object]
) -> pl.DataFrame:
    if places.is_empty():
        return no_faults()
    if field.codes:
        known = ", ".join(list(field.codes.values())[:_SHOWN_CODES])
        return faults_at(places, "field-code-unknown", **place, expected=known)
    expected = field.format or field.picture
    if column.type in {"date", "date-time"} and not field.format:
        expected = "%Y%m%d" if column.type == "date" else "%Y%m%d%H%M"
    return faults_at(places, "value-unreadable", **place, expected=expected)


def _problems(
    places: pl.DataFrame, values: pl.Series, column: Column, place: dict[str, object]
) -> list[pl.DataFrame]:
    """Return what the field type says of values that are not canonical.

    A desk may write HK$, a batch file may not: what is only understood is a fault too.
    """
    shape, field_type = shape_of(column), type_of(column)
    odd = ~values.str.contains(field_type.plain(shape)) & ~values.str.contains(_LOST)
    odd = odd.fill_null(value=False)
    if not odd.any():
        return []
    kind = pl.lit(int(CellKind.TEXT), dtype=pl.UInt8)
    cells = pl.DataFrame({"text": values.filter(odd)}).with_columns(kind=kind)
    spellings = cells.unique()
    reading = field_type.read(pl.col("text"), pl.col("kind"), shape)
    answers = spellings.hstack(reading.answers(spellings)).with_columns(
        otherwise=pl.when(pl.col("value") != pl.col("text").str.strip_chars(" ")).then(
            "value"
        )
    )
    told = cells.join(answers, on="text", how="left", maintain_order="left")
    wrong = places.filter(odd).hstack(told.select("problem", "otherwise"))
    length = str(shape.length or "")
    faults = [
        faults_at(part.drop("otherwise"), str(code), **place, expected=length)
        for (code,), part in wrong.drop_nulls("problem").group_by(
            "problem", maintain_order=True
        )
    ]
    other = wrong.drop_nulls("otherwise").with_columns(expected="otherwise")
    return [*faults, faults_at(other, "value-otherwise", **place)]


def _padding(found: Cut, number: int, values: pl.Series) -> pl.DataFrame:
    """Return one note where values stand at the other side, or are filled otherwise."""
    field = found.record.fields[number]
    text = found.texts.get_column(found.key(number))
    if field.shape.kind == "9" and found.record.spec.batch_file.layout == "fixed":
        odd = text.str.contains(" ") & values.is_not_null()
    else:
        odd = values.str.contains("^ | $").fill_null(value=False)
    odd &= found.whole
    if not odd.any():
        return no_faults()
    first = pl.DataFrame({"line": found.lines}).filter(odd).head(1)
    side = "right" if field.is_right_justified else "left"
    fill = "zeros" if field.fill_character == "0" else "blanks"
    known = found.place(number) | {
        "value": f"{int(odd.sum()):,} values",
        "expected": f"at the {side}, filled with {fill}",
        "personal": False,
    }
    return faults_at(first, "padding-differs", **known)


def judge_sums(found: Cut) -> list[pl.DataFrame]:
    """Return where a record checksum, or a record's own number, is another."""
    faults = []
    for number, field in enumerate(found.record.fields):
        stated = found.texts.get_column(found.key(number)).str.strip_chars(" ")
        if field.checksum:
            expected = _checksum(found, field)
            code = "checksum-differs"
        elif field.given == "line":
            expected = pl.int_range(1, found.texts.height + 1, eager=True).cast(SUM)
            code = "line-number-differs"
        else:
            continue
        figures = stated.cast(SUM, strict=False)
        wrong = (figures != _kept(field, expected)).fill_null(value=True) & found.whole
        places = pl.DataFrame(
            {
                "line": found.lines,
                "value": stated,
                "expected": expected.cast(pl.String),
            }
        )
        faults.append(faults_at(places.filter(wrong), code, **found.place(number)))
    return faults


def _checksum(found: Cut, field: Field) -> pl.Series:
    numbers = {part.name: n for n, part in enumerate(found.record.fields)}
    parts = [
        amount(
            found.record.fields[numbers[part]],
            pl.col(found.key(numbers[part])),
            keep_decimals=field.keeps_decimals,
        )
        for part in field.checksum or ()
    ]
    return found.texts.select(total=pl.sum_horizontal(parts).cast(SUM))["total"]


def _kept(field: Field, total: pl.Series) -> pl.Series:
    """Return what is left of a sum in its field."""
    if field.overflow == "drop-leading":
        return total % pl.Series([10**field.shape.length], dtype=SUM)
    return total


def judge_totals(
    frames: Sequence[Cut], details: Sequence[Cut]
) -> tuple[list[Total], list[pl.DataFrame]]:
    """Return the totals of header and trailer, and where they are others.

    Args:
        frames: Header and trailer.
        details: Every kind of detail record, up to the trailer.
    """
    totals, faults = [], []
    for frame in frames:
        for number, field in enumerate(frame.record.fields):
            if field.total is None:
                continue
            total = _total(frame, number, details)
            totals.append(total)
            if frame.texts.height and not total.agrees:
                known = {"value": total.stated, "expected": str(total.recomputed)}
                places = pl.DataFrame({"line": frame.lines})
                faults.append(
                    faults_at(
                        places, "total-differs", **{**frame.place(number), **known}
                    )
                )
    return totals, faults


def _total(frame: Cut, number: int, details: Sequence[Cut]) -> Total:
    field = frame.record.fields[number]
    stated = ""
    if frame.texts.height:
        stated = str(frame.texts.row(0)[number]).strip(" ")
    if field.total == "count":
        recomputed = sum(found.texts.height for found in details)
    else:
        recomputed = sum(_sum(field, found) for found in details)
    width = 10**field.shape.length
    kept = recomputed % width if field.overflow == "drop-leading" else recomputed
    agrees = stated.isascii() and stated.isdigit() and int(stated) == kept
    return Total(
        record=frame.record.name,
        field=field.name,
        stated=stated,
        recomputed=recomputed,
        agrees=agrees,
    )


def _sum(total: Field, found: Cut) -> int:
    name, result = str(total.total).partition(":")[2], 0
    for number, field in enumerate(found.record.fields):
        if field.name == name:
            text = pl.col(found.key(number))
            added = amount(field, text, keep_decimals=total.keeps_decimals)
            result += int(found.texts.filter(found.whole).select(added.sum()).item())
    return result


_GIVEN_TYPES = {"participant": "participant-id", "market": "market"}


def judge_given(frame: Cut) -> list[pl.DataFrame]:
    """Return where header or trailer say of the file what cannot be."""
    if not frame.texts.height or not frame.whole.all():
        return []
    row = frame.texts.row(0)
    faults = []
    for number, field in enumerate(frame.record.fields):
        text = str(row[number]).strip(" ")
        code, expected = _given_fault(field, text)
        if code:
            places = pl.DataFrame({"line": frame.lines})
            known = {"value": text, "expected": expected}
            faults.append(faults_at(places, code, **{**frame.place(number), **known}))
    return faults


def _given_fault(field: Field, text: str) -> tuple[str, str]:
    if field.given in {"date", "time"}:
        written = field.format or ("%Y%m%d" if field.given == "date" else "%H%M%S")
        whole = pl.select(pl.lit(text).str.to_datetime(written, strict=False)).item()
        is_read = whole is not None or _is_time(text, written)
        return ("", "") if is_read else ("value-unreadable", written)
    if field.given == "indicator":
        is_number = text.isascii() and text.isdigit()
        return ("", "") if is_number else ("value-unreadable", field.picture)
    if field.given in _GIVEN_TYPES:
        if not text:
            return "value-missing", ""
        try:
            validate(_GIVEN_TYPES[str(field.given)], text)
        except ValueError as error:
            return str(error), ""
    return "", ""


def _is_time(text: str, written: str) -> bool:
    read = pl.select(pl.lit(text).str.to_time(written, strict=False)).item()
    return read is not None
