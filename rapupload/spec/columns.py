"""From a column of a spec to the field type and shape that read its cells."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from rapupload.fieldtypes import FieldType, Shape, field_type
from rapupload.fieldtypes.code import fold_codes
from rapupload.spec.format import BatchSpec, Code, Column
from rapupload.spec.joined import JOINED


def type_of(column: Column) -> FieldType:
    """Return the field type module of a column."""
    return field_type(column.type)


@lru_cache(maxsize=1_024)
def shape_of(column: Column) -> Shape:
    """Return what the field type needs to know about a column.

    Folding the words of a code list takes milliseconds, and every batch file asks.
    """
    picture = column.shape
    return Shape(
        length=picture.length if picture else None,
        decimals=picture.decimals if picture else 0,
        characters=column.characters,
        zero_allowed=column.zero_allowed,
        carried=column.is_carried,
        codes=fold_codes({word: c.code for c in column.codes for word in _words(c)}),
    )


def codes_of(column: Column) -> str:
    """Return the codes of a column as messages list them."""
    return ", ".join(code.code for code in column.codes)


def _words(code: Code) -> tuple[str, ...]:
    return (code.code, code.label.en, code.label.zh_hant, *code.aliases)


def rule_schema(spec: BatchSpec) -> dict[str, pl.DataType]:
    """Return every name a rule of this spec may use, with its type.

    A sheet column wins over a joined one of the same name.
    """
    schema = dict(JOINED)
    for column in spec.column:
        if column.type == "account":
            schema[f"{column.sql_name}_kind"] = pl.String()
            schema[f"{column.sql_name}_known"] = pl.Boolean()
    for column in spec.column:
        schema[column.sql_name] = type_of(column).dtype(shape_of(column))
    return schema
