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
from rapupload.model import BatchState, Text
from rapupload.services.explained import EXIT_CODES
from rapupload.services.explaining import Explanation, Kind, collect
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.format import BatchSpec

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"
_MADE = "<!-- Made by `python -m tests.generate` from the code. Do not edit. -->"

EXIT_MEANINGS: dict[str, str] = {
    name: EXIT_CODES[number].message.en
    for name, number in vars(exits).items()
    if name.isupper() and isinstance(number, int) and number in EXIT_CODES
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

_INTRODUCTION = (
    "What the program can say, by code; `rapupload explain CODE` says the same. An "
    "**error** rejects its row, or, in scope `batch`, the whole file; a **warning** stops "
    "the file until it is accepted with a reason (`--accept-warning CODE --reason TEXT`); "
    "a **note** is only said. Words in braces are filled in. The severity of a rule can be "
    "changed in the settings, under `[severity]`."
)
_SECTIONS: tuple[tuple[Kind, str, str], ...] = (
    (Kind.ENGINE, "The file and its headings", ""),
    (Kind.SERVICE, "What is known of other batches and types", ""),
    (Kind.READER, "What a reader remarks upon", ""),
    (Kind.CELL, "Cells", "Errors of one cell."),
    (Kind.CLEANING, "What was cleaned", "Notes, said once per column."),
    (
        Kind.RULE,
        "Rules",
        "A rule is reported as *not checked* where what it needs has no value.",
    ),
    (Kind.BATCH_FILE, "Faults of a batch file that is decoded", ""),
    (
        Kind.REJECTION,
        "Reasons for rejection",
        "Of the far end; our words for its codes, with the column they point at.",
    ),
    (
        Kind.ERROR,
        "Errors",
        "What stops a command; the exit codes are with the commands.",
    ),
    (Kind.EXIT_CODE, "Exit codes", ""),
)


def findings() -> str:
    """Return the page of every code."""
    every = collect(Catalogue())
    parts = ["# Findings", "", _INTRODUCTION, ""]
    for kind, title, remark in _SECTIONS:
        parts += [f"## {title}", "", *([remark, ""] if remark else [])]
        for place, group in _groups(e for e in every if e.kind is kind):
            parts += [f"### {place}", ""] if place else []
            parts += [_codes(group)]
    return _page(*parts)


def _groups(found: Iterable[Explanation]) -> list[tuple[str, list[Explanation]]]:
    """Part cells by field type, rules and rejections by instruction type."""
    groups: dict[str, list[Explanation]] = {}
    for one in found:
        place = one.types[0] if one.kind in _BY_TYPE else one.field_type
        groups.setdefault(place, []).append(one)
    return list(groups.items())


def _codes(group: Sequence[Explanation]) -> str:
    """Return a table without the columns in which nothing stands."""
    columns: dict[str, Callable[[Explanation], str]] = {
        "code": lambda e: f"`{e.code}`",
        "severity": lambda e: e.severity.value if e.severity else "",
        "scope": lambda e: e.scope.value if e.scope else "",
        "message": lambda e: _both(e.message),
        "what to do": lambda e: _both(e.action),
        "example": lambda e: e.example,
        "types": lambda e: "" if e.kind in _BY_TYPE else ", ".join(e.types),
        "needs": lambda e: ", ".join(e.needs),
        "mark": lambda e: e.mark,
    }
    kept = {head: cell for head, cell in columns.items() if any(cell(e) for e in group)}
    return _table(list(kept), [[cell(e) for cell in kept.values()] for e in group])


_BY_TYPE = {Kind.RULE, Kind.REJECTION}


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
    "PAGES",
    "commands",
    "differences",
    "findings",
    "main",
    "schema",
    "walk",
    "write",
]

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
