"""Reference pages made from the code: ``python -m tests.generate``, or ``--check``.

A page is never written by hand: what it says, the code says. ``--check`` writes nothing,
prints what differs, and ends with 1 if anything does.
"""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from typer.main import get_command

from rapupload.cli import exits
from rapupload.cli.__main__ import app
from rapupload.fieldtypes import problems
from rapupload.fieldtypes.reading import CLEANINGS, KIND_PROBLEMS
from rapupload.fieldtypes.registry import NAMES, field_type
from rapupload.model import BatchState, Scope, Severity, Text
from rapupload.services.checking import OWN_CODES
from rapupload.sources.remarks import REMARKS
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.format import BatchSpec
from rapupload.spec.joined import JOINED
from rapupload.spec.loader import LoadedSpec
from rapupload.validation import ENGINE_CODES

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"
_MADE = "<!-- Made by `python -m tests.generate` from the code. Do not edit. -->"

OWN_MEANINGS: dict[str, tuple[Severity, Scope]] = {
    "reference-used-before": (Severity.WARNING, Scope.ROW),
    "type-doubtful": (Severity.NOTE, Scope.BATCH),
}
"""Severity and scope of the services' own codes; their words are with the code."""

EXIT_MEANINGS: dict[str, str] = {
    "DONE": "done",
    "UNEXPECTED": "something unexpected happened; the trace is in a log file",
    "USAGE": "the call is wrong, or the batch is not in a state that allows it",
    "FINDINGS": "findings stop the file",
    "REJECTED": "rejected or partly accepted, or an answer that cannot be read",
    "SETTINGS": "settings or a spec have faults",
    "PERMANENT": "the far end refused, and trying again cannot help",
    "TRANSIENT": "the far end could not be reached, and the tries are used up",
    "IN_DOUBT": "the fate of a file is not known: nothing is sent again by itself",
    "BUSY": "another session holds the account",
    "CLOSED": "outside service hours",
    "APPROVAL": "a second person has to approve first",
    "DUPLICATE": "the same instructions were prepared before",
    "JOURNAL": "the journal cannot be used",
    "SOURCE": "the source file cannot be read at all",
    "INTERRUPTED": "interrupted; what was journalled stands",
}
"""Name of an exit code -> what it means."""


# Markdown


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").strip()


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines) + "\n"


def _both(text: Text) -> str:
    return f"{text.en}<br>{text.zh_hant}"


def _page(*parts: str) -> str:
    return "\n".join([_MADE, "", *parts]).rstrip("\n") + "\n"


# spec.schema.json


def schema() -> str:
    """Return the JSON Schema of a spec file, by the keys as they are written."""
    made = BatchSpec.model_json_schema(by_alias=True)
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A batch file specification of rapupload",
        **{key: value for key, value in made.items() if key != "title"},
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


# findings.md


def _specs() -> list[LoadedSpec]:
    catalogue = Catalogue()
    return [catalogue.spec(name) for name in catalogue.types]


def findings() -> str:
    """Return the page of every finding code."""
    specs = _specs()
    return _page(
        "# Findings",
        "",
        "What a check can say, by code. An **error** rejects its row, or, in scope "
        "`batch`, the whole file; a **warning** stops the file until it is accepted with "
        "a reason (`--accept-warning CODE --reason TEXT`); a **note** is only said. "
        "Words in braces are filled in. The severity of a rule can be changed in the "
        "settings, under `[severity]`.",
        "",
        "## The file and its headings",
        "",
        _engine(),
        "## What a reader remarks upon",
        "",
        _remarks(),
        "## Cells of any column",
        "",
        "Errors of one cell, whatever the column.",
        "",
        _problems(KIND_PROBLEMS),
        "## Cells by field type",
        "",
        *_by_field_type(specs),
        "## What was cleaned",
        "",
        "Notes, said once per column.",
        "",
        _table(
            ("code", "message"),
            [(f"`{code}`", _both(text)) for code, text in sorted(CLEANINGS.items())],
        ),
        *(_rules(loaded) for loaded in specs),
    )


_AS_THE_RULE = "as the rule"


def _engine() -> str:
    rows = [
        (
            f"`{code}`",
            _AS_THE_RULE if code == "rule-not-evaluated" else engine.severity.value,
            engine.scope.value,
            _both(engine.message),
            _both(engine.explanation),
        )
        for code, engine in sorted(ENGINE_CODES.items())
    ]
    rows += [
        (f"`{code}`", severity.value, scope.value, _both(OWN_CODES[code]), "")
        for code, (severity, scope) in sorted(OWN_MEANINGS.items())
    ]
    return _table(("code", "severity", "scope", "message", "what to do"), sorted(rows))


def _remarks() -> str:
    return _table(
        ("code", "severity", "message"),
        [
            (f"`{code}`", severity.value, f"{english}<br>{chinese}")
            for code, (severity, english, chinese) in sorted(REMARKS.items())
        ],
    )


def _problems(found: Any) -> str:
    return _table(
        ("code", "message", "what to do"),
        [
            (f"`{code}`", _both(problem.message), _both(problem.explanation))
            for code, problem in sorted(found.items())
        ],
    )


def _by_field_type(specs: Sequence[LoadedSpec]) -> Iterable[str]:
    for name in sorted(NAMES):
        users = [
            loaded.spec.id
            for loaded in specs
            if any(column.type == name for column in loaded.spec.column)
        ]
        used = f"Used by: {', '.join(users)}." if users else "Used by no shipped spec."
        yield from (f"### {name}", "", used, "", _problems(field_type(name).PROBLEMS))


def _rules(loaded: LoadedSpec) -> str:
    spec = loaded.spec
    rows = []
    for rule in spec.rule:
        predicate = loaded.predicates.get(rule.code)
        sheet = {column.sql_name for column in spec.column}
        named = (predicate.names - sheet) if predicate else set()
        needs = [n.replace("_", "-") for n in sorted(named) if n not in _ALWAYS]
        rows.append(
            (
                f"`{rule.code}`",
                rule.severity.value,
                rule.scope,
                _both(rule.message.text),
                _both(rule.explanation.text) if rule.explanation else "",
                ", ".join(needs),
            )
        )
    heads = ("code", "severity", "scope", "message", "what to do", "needs")
    title = f"{spec.spec.title.en} {spec.spec.title.zh_hant} (`{spec.id}`)"
    return "\n".join(
        [
            f"## Rules: {title}",
            "",
            "A rule is reported as *not checked* where what it needs has no value.",
            "",
            _table(heads, rows),
        ]
    )


_ALWAYS = {"today", "now"} & JOINED.keys()


# commands.md


def commands() -> str:
    """Return the page of every command, and of the exit codes."""
    return _page(
        "# Commands",
        "",
        "Every command takes `--help`. With `--json` standard output is one JSON "
        "document and nothing else; an error is then `error` with `code`, `message`, "
        "`hint` and `exit_code`.",
        "",
        *(_command(path, command) for path, command in walk()),
        "## Exit codes",
        "",
        _table(
            ("code", "means"),
            [
                (str(getattr(exits, name)), meaning)
                for name, meaning in sorted(
                    EXIT_MEANINGS.items(), key=lambda item: getattr(exits, item[0])
                )
            ],
        ),
        "When several apply, the first of "
        + ", ".join(str(code) for code in exits.ORDER)
        + " wins.",
        "",
        "Which error gives which code; a class stands for those below it that are not "
        "named before it.",
        "",
        _table(
            ("error", "code"),
            [(f"`{kind.code}`", str(code)) for kind, code in exits.BY_CLASS],
        ),
        "Where `submit`, `send` or `collect` ends well, the state of the batches decides "
        "(for `status BATCH` only in doubt and rejected count):",
        "",
        _table(
            ("state", "code"),
            [
                (state.value, str(exits.BY_STATE.get(state, exits.DONE)))
                for state in BatchState
            ],
        ),
    )


def walk() -> list[tuple[str, Any]]:
    """Return every command that does something, with its words on the command line."""
    return list(_below("rapupload", get_command(app)))


def _below(path: str, command: Any) -> Iterable[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path, command
        return
    for name in inner:
        yield from _below(f"{path} {name}", inner[name])


def _command(path: str, command: Any) -> str:
    own = [p for p in command.params if p.name != "help"]
    arguments = [p for p in own if p.param_type_name == "argument"]
    options = [p for p in own if p.param_type_name == "option"]
    usage = " ".join(
        [path, *(["[OPTIONS]"] if options else []), *map(_place, arguments)]
    )
    lines = [f"## {path}", "", _joined(command.help), "", f"    {usage}", ""]
    if arguments:
        rows = [(f"`{_metavar(p)}`", _joined(p.help)) for p in arguments]
        lines += [_table(("argument", ""), rows)]
    if options:
        rows = [(_option(p), _joined(p.help) + _default(p)) for p in options]
        lines += [_table(("option", ""), rows)]
    return "\n".join(lines)


def _joined(text: str | None) -> str:
    return " ".join((text or "").split())


def _metavar(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name).upper()


def _place(argument: Any) -> str:
    several = "..." if argument.nargs != 1 else ""
    word = f"{_metavar(argument)}{several}"
    return word if argument.required else f"[{word}]"


def _option(parameter: Any) -> str:
    names = ", ".join(f"`{name}`" for name in sorted(parameter.opts))
    more = "".join(f" / `{name}`" for name in parameter.secondary_opts)
    remarks = ["needed"] if parameter.required else []
    remarks += ["may be repeated"] if parameter.multiple else []
    return names + more + (f" ({', '.join(remarks)})" if remarks else "")


def _default(parameter: Any) -> str:
    value = parameter.default
    if value is None or value == "" or isinstance(value, bool) or callable(value):
        return ""
    if "Sentinel" in type(value).__name__ or parameter.multiple:
        return ""
    return f" Default: `{getattr(value, 'value', value)}`."


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "findings.md": findings,
    "spec.schema.json": schema,
}
"""File in ``docs/reference`` -> what makes it."""


def differences() -> str:
    """Return how the pages differ from the code; empty when they agree."""
    found: list[str] = []
    for name, make in PAGES.items():
        file = REFERENCE / name
        there = file.read_text(encoding="utf-8") if file.is_file() else ""
        found += difflib.unified_diff(
            there.splitlines(keepends=True),
            make().splitlines(keepends=True),
            f"docs/reference/{name}",
            "what the code says",
        )
    return "".join(found)


def write() -> None:
    """Write every page."""
    for name, make in PAGES.items():
        (REFERENCE / name).write_text(make(), encoding="utf-8", newline="\n")


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or compare them."""
    if list(arguments) not in ([], ["--check"]):
        print("usage: python -m tests.generate [--check]", file=sys.stderr)  # noqa: T201
        return 2
    if not arguments:
        write()
        return 0
    found = differences()
    print(found, end="")  # noqa: T201 - the diff is the result
    return 1 if found else 0


__all__ = [
    "EXIT_MEANINGS",
    "OWN_MEANINGS",
    "PAGES",
    "commands",
    "differences",
    "findings",
    "main",
    "problems",
    "schema",
    "walk",
    "write",
]

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
