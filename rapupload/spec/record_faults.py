"""What the fields of records say about columns, constants and one another."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence

from rapupload.errors import SpecFault
from rapupload.model import Environment
from rapupload.spec.columns import shape_of, type_of
from rapupload.spec.format import BatchSpec, Column, Field
from rapupload.spec.rules import compile_predicate
from rapupload.spec.written import Written

_FORMATTED = {"date": "%Y%m%d", "date-time": "%Y%m%d%H%M", "time": "%H%M%S"}
_FORMAT = re.compile(r"(?:%[YymdHMS]|[^%])+")
_SOME_DAY = dt.datetime(2027, 12, 31, 23, 59, 58, tzinfo=dt.UTC)
_PLAIN = frozenset({"ascii", "reference"})
_WRITABLE = {
    "ascii": _PLAIN,
    "big5hkscs": _PLAIN | {"big5hkscs"},
    "gb18030": _PLAIN | {"big5hkscs", "any"},
    "utf-8": _PLAIN | {"big5hkscs", "any"},
}
_YES_NO = frozenset("YN")


def record_faults(spec: BatchSpec, written: Written) -> Iterator[SpecFault]:
    """Return the faults of header, detail records and trailer.

    Args:
        spec: What could be read of the file, with columns that cells can be read by.
        written: What stands in the file.
    """
    records = _records(spec)
    for table, fields in records.items():
        yield from _fields(spec, table, fields, written)
    if spec.batch_file.layout == "fixed":
        yield from _lengths(records, written)
    yield from _openings(spec)
    yield from _same_totals(spec)
    yield from _conditions(spec, written)


def _records(spec: BatchSpec) -> dict[str, Sequence[Field]]:
    return {
        "header": spec.header,
        "detail": spec.detail,
        "trailer": spec.trailer,
        **{f"detail-record.{r.name}": r.fields for r in spec.detail_record},
    }


def _is_frame(table: str) -> bool:
    return table in {"header", "trailer"}


def _lengths(
    records: Mapping[str, Sequence[Field]], written: Written
) -> Iterator[SpecFault]:
    if "detail" in written.broken:
        return
    expected = sum(field.shape.length for field in records["detail"])
    for table, fields in records.items():
        length = sum(field.shape.length for field in fields)
        if fields and length != expected and table not in written.broken:
            yield SpecFault(
                path=table,
                reason=f"the record has {length} characters, the detail {expected}",
            )


def _openings(spec: BatchSpec) -> Iterator[SpecFault]:
    """Every kind of detail record must be told from the others by how it opens."""
    kinds = [spec.detail, *(record.fields for record in spec.detail_record)]
    if len(kinds) == 1:
        return
    if spec.batch_file.max_records < len(kinds):
        reason = f"one instruction may take {len(kinds)} records"
        yield SpecFault(path="batch-file.max-records", reason=reason)
    openings = [fields[0].value or "" for fields in kinds]
    clashes = any(
        one.startswith(other)
        for number, one in enumerate(openings)
        for place, other in enumerate(openings)
        if number != place
    )
    if clashes or not all(openings):
        yield SpecFault(
            path="detail-record",
            reason="each kind of record must open with a constant of its own",
        )


def _same_totals(spec: BatchSpec) -> Iterator[SpecFault]:
    """Totals are told apart by field name: one name, one total."""
    in_header = {field.name: field for field in spec.header if field.total}
    for field in spec.trailer:
        other = in_header.get(field.name)
        if other is None or field.total is None:
            continue
        if (other.total, other.keeps_decimals) != (field.total, field.keeps_decimals):
            yield SpecFault(
                path=f"trailer ({field.name})",
                reason="the header has another total of this name",
            )


def _conditions(spec: BatchSpec, written: Written) -> Iterator[SpecFault]:
    """Predicates of records see the sheet's columns only."""
    schema = {
        column.sql_name: type_of(column).dtype(shape_of(column))
        for column in spec.column
    }
    broken = {name.replace("-", "_") for name in written.columns} - schema.keys()
    found = [
        (f"{table}.{number} ({field.name}).blank-when", field.blank_when)
        for table, fields in _records(spec).items()
        for number, field in enumerate(fields, 1)
        if field.blank_when is not None
    ]
    found += [(f"detail-record.{r.name}.when", r.when) for r in spec.detail_record]
    for path, predicate in found:
        try:
            compile_predicate(predicate, schema)
        except ValueError as error:
            if not any(name in str(error) for name in broken):
                yield SpecFault(path=path, reason=str(error))


def _fields(
    spec: BatchSpec, table: str, fields: Sequence[Field], written: Written
) -> Iterator[SpecFault]:
    columns = {column.name: column for column in spec.column}
    for number, field in enumerate(fields, 1):
        path = f"{table}.{number} ({field.name})"
        if field.column and field.column not in columns.keys() | written.columns:
            yield SpecFault(path=path, reason=f"there is no column {field.column!r}")
        if field.column and _is_frame(table):
            yield SpecFault(path=path, reason="a column belongs to a detail record")
        if field.given == "line" and _is_frame(table):
            yield SpecFault(path=path, reason="a line belongs to a detail record")
        if field.means:
            yield SpecFault(path=path, reason="means belongs to acknowledgements")
        if field.blank_when is not None and not field.column:
            yield SpecFault(path=path, reason="blank-when belongs to a column")
        yield from _constant(spec, path, field)
        yield from _checksum(path, table, field, fields, written)
        yield from _total(spec, path, table, field, written)
        column = columns.get(field.column or "")
        yield from _format(path, field, column)
        if column is not None:
            yield from _width(path, field, column)
            yield from _codes(path, field, column)
            yield from _encoding(spec, path, column)


def _encoding(spec: BatchSpec, path: str, column: Column) -> Iterator[SpecFault]:
    """A character that the column takes must have a writing in the file."""
    encoding = spec.batch_file.encoding
    if column.type == "text" and column.characters not in _WRITABLE[encoding]:
        reason = f"{column.name!r} takes {column.characters}, the file is {encoding}"
        yield SpecFault(path=path, reason=reason)


def _constant(spec: BatchSpec, path: str, field: Field) -> Iterator[SpecFault]:
    if field.constant is None:
        return
    if field.constant not in spec.constants:
        yield SpecFault(path=path, reason=f"there is no constant {field.constant!r}")
        return
    value = spec.constants[field.constant]
    texts = [value] if isinstance(value, str) else list(value.values())
    if isinstance(value, dict):
        missing = {environment.value for environment in Environment} - value.keys()
        for name in sorted(missing):
            reason = f"{field.constant!r} says nothing for {name}"
            yield SpecFault(path=path, reason=reason)
    for text in sorted(set(texts)):
        yield from _fits(path, field, text)


def _fits(path: str, field: Field, text: str) -> Iterator[SpecFault]:
    """Tell whether a text of the spec's own can stand in a field."""
    is_digits = field.shape.kind == "9"
    if len(text) > field.shape.length or (
        is_digits and text and not re.fullmatch("[0-9]+", text)
    ):
        yield SpecFault(path=path, reason=f"{text!r} does not fit {field.picture}")


def _checksum(
    path: str, table: str, field: Field, fields: Sequence[Field], written: Written
) -> Iterator[SpecFault]:
    if not field.checksum:
        return
    if _is_frame(table):
        yield SpecFault(path=path, reason="a checksum belongs to a detail record")
        return
    digits = {part.name for part in fields if part.shape.kind == "9"}
    sums = {part.name for part in fields if part.checksum}
    is_broken = table.split(".", maxsplit=1)[0] in written.broken
    for part in field.checksum:
        if part in sums:
            yield SpecFault(path=path, reason=f"{part!r} is a checksum itself")
        elif part not in digits and not (is_broken and part in written.fields):
            yield SpecFault(path=path, reason=f"there is no field of digits {part!r}")


def _total(
    spec: BatchSpec, path: str, table: str, field: Field, written: Written
) -> Iterator[SpecFault]:
    if field.total is None:
        return
    if not _is_frame(table):
        yield SpecFault(path=path, reason="a total belongs to header or trailer")
    kind, _, summed = field.total.partition(":")
    most = spec.batch_file.max_records
    if kind == "count" and most >= 10**field.shape.length:
        yield SpecFault(
            path=path, reason=f"{field.picture} cannot count {most} records"
        )
    details = [spec.detail, *(record.fields for record in spec.detail_record)]
    digits = {f.name for fields in details for f in fields if f.shape.kind == "9"}
    is_known = summed in digits
    if written.broken & {"detail", "detail-record"}:
        is_known |= summed in written.fields
    if kind == "sum" and not is_known:
        yield SpecFault(path=path, reason=f"there is no field of digits {summed!r}")


def _format(path: str, field: Field, column: Column | None) -> Iterator[SpecFault]:
    """A date or time is exactly as long as its field of digits: none is filled up."""
    kind = column.type if column else (field.given or "")
    if kind not in _FORMATTED:
        if field.format is not None and (column or not field.column):
            yield SpecFault(path=path, reason="format belongs to dates and times")
        return
    written = field.format or _FORMATTED[kind]
    if not _FORMAT.fullmatch(written):
        reason = f"format {written!r} is not made of %Y %y %m %d %H %M %S"
        yield SpecFault(path=path, reason=reason)
        return
    length = len(_SOME_DAY.strftime(written))
    is_short = length < field.shape.length and field.shape.kind == "9"
    if length > field.shape.length or is_short:
        reason = f"{written!r} writes {length} characters into {field.picture}"
        yield SpecFault(path=path, reason=reason)


def _width(path: str, field: Field, column: Column) -> Iterator[SpecFault]:
    """A value that is fine for the column must fit the field."""
    if column.type in {*_FORMATTED, "code", "yes-no"} or field.codes:
        return
    shape = column.shape
    if shape is None:
        yield SpecFault(path=path, reason=f"column {column.name!r} needs a picture")
    elif _does_not_fit(field, column):
        yield SpecFault(
            path=path,
            reason=f"{column.name!r} {shape.text} does not fit {field.picture}",
        )


def _does_not_fit(field: Field, column: Column) -> bool:
    """Into a field of text a figure goes with its point."""
    ours, theirs = column.shape, field.shape
    assert ours is not None
    if theirs.kind == "X":
        return ours.length + bool(ours.decimals) > theirs.length
    return ours.decimals > theirs.decimals or ours.digits > theirs.digits


def _codes(path: str, field: Field, column: Column) -> Iterator[SpecFault]:
    known = {code.code for code in column.codes}
    if column.type == "yes-no":
        known = set(_YES_NO)
    if field.codes is None:
        texts = known
    else:
        texts = set(field.codes.values())
        for code in sorted(known - field.codes.keys()):
            reason = f"{code!r} has no code of HKEX's"
            yield SpecFault(path=f"{path}.codes", reason=reason)
        for code in sorted(field.codes.keys() - known if known else ()):
            reason = f"{code!r} is no code of column {column.name!r}"
            yield SpecFault(path=f"{path}.codes", reason=reason)
    for text in sorted(texts):
        yield from _fits(f"{path}.codes", field, text)


__all__ = ["record_faults"]
