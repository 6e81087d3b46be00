"""The list of field types."""

from __future__ import annotations

from pathlib import Path

import pytest

from rapupload import fieldtypes
from rapupload.fieldtypes import NAMES, field_type, problems, validate


def test_unknown_name_is_refused():
    """A name that spec files may not use raises KeyError."""
    with pytest.raises(KeyError, match="shoe-size"):
        field_type("shoe-size")


def test_every_module_is_listed():
    """No field type module is forgotten in the registry."""
    folder = Path(fieldtypes.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")}
    shared = {"__init__", "reading", "registry", "figures", "charsets"}
    assert {name.replace("-", "_") for name in NAMES} == modules - shared


def test_validate_raises_the_finding_code():
    """The question about one cell answers with the code of the problem."""
    with pytest.raises(ValueError, match=r"^quantity-lots$"):
        validate("quantity", "10 lots")


def test_validate_leaves_blanks_blank():
    """A blank cell has no value and no problem."""
    assert validate("quantity", "  ") is None
    assert validate("quantity", None) is None


def test_problems_have_the_words_of_all_types():
    """Whatever reading can raise is found in one table."""
    found = problems()
    assert {"cell-error", "isin-form", "vt-resolution-mangled"} <= set(found)
