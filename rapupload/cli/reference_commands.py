"""The command that says what a code means."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from rapupload.cli import exits, options
from rapupload.cli.face import Face, plain
from rapupload.cli.settings import optional_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rapupload.errors import RapuploadError
    from rapupload.model import Text
    from rapupload.services.explaining import Explanation


class Language(StrEnum):
    """Languages in which a code is explained."""

    EN = "en"
    ZH_HANT = "zh-Hant"
    BOTH = "both"


def explain(
    code: Annotated[
        str, typer.Argument(help="Code of a finding or an error, or an exit code.")
    ],
    language: Annotated[
        Language, typer.Option("--language", help="One language, or both.")
    ] = Language.BOTH,
    settings: options.SettingsFile = None,
    as_json: options.AsJson = False,
) -> int:
    """Say what a code means for the file, and what to do next."""
    from rapupload.services import explaining
    from rapupload.wiring import catalogue

    face = Face(as_json=as_json)
    found = explaining.explain(code, catalogue(optional_settings(settings)))
    for number, one in enumerate(found):
        face.show(*([""] if number else []), *_shown(one, language))
    documents = [{**one.as_dict(), "exit_code": _exit_code(one)} for one in found]
    return face.end({"code": code, "explanations": documents})


def _shown(one: Explanation, language: Language) -> Iterator[str]:
    colour = {"error": "red", "warning": "yellow", "note": "cyan"}
    severity = one.severity.value if one.severity else one.kind.value
    title = f"[bold]{plain(one.code)}[/]  [{colour.get(severity, 'bold')}]{severity}[/]"
    yield title + (f", {one.scope.value}" if one.scope else "")
    yield from _words(one.message, language)
    if one.meaning != one.message:
        yield "\n[bold]What it means[/] 含意"
        yield from _words(one.meaning, language)
    yield "\n[bold]What to do[/] 處理方法"
    yield from _words(one.action, language)
    facts = [(name, fact) for name, fact in _facts(one) if fact]
    if facts:
        yield ""
    for name, fact in facts:
        yield f"{name:<12} {plain(fact)}"


def _words(text: Text, language: Language) -> Iterator[str]:
    if language is not Language.ZH_HANT:
        yield f"  {plain(text.en)}"
    if language is not Language.EN:
        yield f"  {plain(text.zh_hant)}"


def _facts(one: Explanation) -> Iterator[tuple[str, str]]:
    exit_code = _exit_code(one)
    yield "Example", one.example
    yield "Types", ", ".join(one.types)
    yield "Field type", one.field_type
    yield "Judged by", one.test
    yield "Needs", ", ".join(one.needs)
    yield "Mark", _mark(one.mark)
    yield "Source", one.source
    yield "Exit code", "" if exit_code is None else str(exit_code)


def _mark(mark: str) -> str:
    words = {"S": "sure", "L": "likely", "G": "guess"}
    told = [words[sign] for sign in mark.split("/") if sign in words]
    return f"{mark} ({', '.join(told)})" if told else ""


def _exit_code(one: Explanation) -> int | None:
    """Return the exit code that goes with an error; None for what is no error."""
    from rapupload.services.explaining import Kind

    if one.kind is not Kind.ERROR:
        return None
    if one.code == "interrupted":
        return exits.INTERRUPTED
    kinds = [kind for kind in _error_kinds() if kind.code == one.code]
    fitting = (n for of, n in exits.BY_CLASS if kinds and issubclass(kinds[0], of))
    return next(fitting, exits.UNEXPECTED)


def _error_kinds() -> Iterator[type[RapuploadError]]:
    from rapupload.errors import RapuploadError

    waiting: list[type[RapuploadError]] = [RapuploadError]
    while waiting:
        kind = waiting.pop()
        yield kind
        waiting += kind.__subclasses__()
