from __future__ import annotations

import inspect
import re

import pytest

from rapupload import errors
from rapupload.errors import RapuploadError, SpecError, SpecFault, TransportError

_CLASSES = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, RapuploadError)
]


def test_the_tree_in_the_docstring_is_the_tree_of_classes():
    """Whoever reads the drawing knows every error and its parent."""
    drawn: dict[str, str] = {}
    stack: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"^([| ]*)(\+ )?([A-Z][A-Za-z]+Error)\b", line)
        if found is None:
            continue
        depth = len(found[1]) + (len(found[2]) if found[2] else 0)
        while stack and stack[-1][0] >= depth:
            stack.pop()
        drawn[found[3]] = stack[-1][1] if stack else "Exception"
        stack.append((depth, found[3]))
    assert drawn == {kind.__name__: kind.__bases__[0].__name__ for kind in _CLASSES}


def test_every_error_has_a_code_of_its_own():
    """Scripts tell errors apart by it."""
    codes = [kind.code for kind in _CLASSES]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch("[a-z][a-z-]*", code) for code in codes)


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        pytest.param(
            (SpecFault(path="a.1", reason="b"),),
            "The spec file x.toml has 1 fault:\n  a.1: b",
            id="one",
        ),
        pytest.param(
            (SpecFault(path="a", reason="b"), SpecFault(path="c", reason="d")),
            "The spec file x.toml has 2 faults:\n  a: b\n  c: d",
            id="two",
        ),
    ],
)
def test_a_spec_error_lists_its_faults(faults, message):
    """And carries them for programs."""
    error = SpecError("x.toml", faults, hint="mend it")
    assert str(error) == error.message == message
    assert (error.file, error.faults, error.hint) == ("x.toml", faults, "mend it")


def test_a_transport_error_says_where_and_what():
    """Endpoint, operation and remote name are kept apart from the sentence."""
    error = TransportError("Broke off.", endpoint="a:22", operation="open", name="/x")
    assert (error.message, error.hint) == ("Broke off.", "")
    assert (error.endpoint, error.operation, error.name) == ("a:22", "open", "/x")
