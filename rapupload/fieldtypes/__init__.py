"""Kinds of value a cell may hold: one module per kind, the same functions in each.

Every module offers

- ``NAME``: as spec files write it (``stock-code``);
- ``PLAIN_KINDS``: kinds of cell in which canonical text needs no second look;
- ``PROBLEMS``: the finding codes it can raise, with their words;
- ``plain(shape)``: a regular expression for text that is canonical already;
- ``read(text, kind, shape)``: the canonical text, the problem code where a cell cannot
  be read, and the code of what was cleaned on the way, as expressions;
- ``typed(value, shape)``: canonical text to the type that rules see;
- ``dtype(shape)``: that type.

Reading is columnar: the functions build Polars expressions and see no single value.
``validate`` runs the same expressions on one value, for doctests and single questions.
"""

from __future__ import annotations

from rapupload.fieldtypes.reading import FieldType, Problem, Reading, Shape
from rapupload.fieldtypes.registry import NAMES, field_type, problems, validate

__all__ = [
    "NAMES",
    "FieldType",
    "Problem",
    "Reading",
    "Shape",
    "field_type",
    "problems",
    "validate",
]
