"""One spec file -> ``LoadedSpec``, or every fault it has.

Two passes: the shape of each table first, then what one table says about another.
Tables with a fault of shape are left out of the second pass, and what refers to them
is not called dangling, so that one mistake is reported once.
"""

from __future__ import annotations

import copy
import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rapupload.errors import SpecError, SpecFault
from rapupload.spec.crosscheck import cross_check
from rapupload.spec.format import BatchSpec
from rapupload.spec.rules import Predicate

_HINT = "Mend the file and run: rapupload specs check FILE"
_DEEPEST = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSpec:
    """A spec that is fit for use.

    Attributes:
        spec: What the file says.
        predicates: Compiled rules by rule code.
        content: The file's bytes, kept with every batch made by it.
        digest: SHA-256 of the bytes, in hex.
        file: Where it was read from.
    """

    spec: BatchSpec
    predicates: dict[str, Predicate]
    content: bytes
    digest: str
    file: Path


def load_spec(file: Path) -> LoadedSpec:
    """Read one spec file.

    Raises:
        SpecError: It cannot be read, or has faults; all of them are carried.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        reason = SpecFault(path="file", reason=error.strerror or "cannot be read")
        raise SpecError(str(file), (reason,), hint=_HINT) from error
    return parse_spec(content, file)


def parse_spec(content: bytes, file: Path) -> LoadedSpec:
    """Read a spec from its bytes, as the journal keeps them.

    Raises:
        SpecError: It has faults; all of them are carried.
    """
    raw = _toml(content, file)
    faults: list[SpecFault] = []
    try:
        spec = BatchSpec.model_validate(raw)
        found, predicates = cross_check(spec, raw)
        faults.extend(found)
    except ValidationError as error:
        faults.extend(_shape_faults(error))
        spec_without = _without_faulty(raw, error)
        if spec_without is not None:
            faults.extend(cross_check(spec_without, raw)[0])
    if faults:
        raise SpecError(str(file), tuple(faults), hint=_HINT)
    digest = hashlib.sha256(content).hexdigest()
    return LoadedSpec(
        spec=spec, predicates=predicates, content=content, digest=digest, file=file
    )


def _toml(content: bytes, file: Path) -> dict[str, Any]:
    try:
        raw = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        fault = SpecFault(path=f"byte {error.start}", reason="not UTF-8 text")
        raise SpecError(str(file), (fault,), hint=_HINT) from error
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits, for one
        fault = SpecFault(path="file", reason=f"not TOML: {error}")
        raise SpecError(str(file), (fault,), hint=_HINT) from error
    if _is_deep(raw):
        fault = SpecFault(path="file", reason="tables nested too deeply")
        raise SpecError(str(file), (fault,), hint=_HINT)
    return raw


def _is_deep(raw: dict[str, Any]) -> bool:
    """Tell whether tables stand deeper in one another than any spec needs."""
    level: list[object] = [raw]
    for _ in range(_DEEPEST):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return bool(level)


def _shape_faults(error: ValidationError) -> list[SpecFault]:
    return [
        SpecFault(
            path=".".join(_step(part) for part in fault["loc"]) or "file",
            reason=_reason(fault["type"], fault["msg"]),
        )
        for fault in error.errors(include_url=False, include_context=False)
        if not _is_echo(fault, error)
    ]


def _is_echo(fault: Any, error: ValidationError) -> bool:
    """Tell whether a list is called empty only since all its parts have faults."""
    place = fault["loc"]
    return fault["type"] == "too_short" and any(
        len(other["loc"]) > len(place) and other["loc"][: len(place)] == place
        for other in error.errors(include_url=False, include_context=False)
    )


def _step(part: str | int) -> str:
    """Count list elements from 1, as a person counts the tables in the file."""
    return str(part + 1) if isinstance(part, int) else part


def _reason(kind: str, message: str) -> str:
    known = {
        "extra_forbidden": "unknown key",
        "missing": "this key is missing",
    }
    return known.get(kind, message.removeprefix("Value error, "))


def _without_faulty(raw: dict[str, Any], error: ValidationError) -> BatchSpec | None:
    rest = copy.deepcopy(raw)
    for fault in error.errors(include_url=False, include_context=False):
        match fault["loc"]:
            case (str(table), int(index), *_) if isinstance(rest.get(table), list):
                rest[table][index] = None
            case (str(table), *_) if fault["type"] == "extra_forbidden":
                rest.pop(table, None)
    for table, content in rest.items():
        if isinstance(content, list):
            rest[table] = [part for part in content if part is not None]
    try:
        return BatchSpec.model_validate(rest)
    except ValidationError:
        return None
