"""The command that makes a column mapping for a desk's own layout."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from rapupload.cli import options
from rapupload.cli.face import Face, argument, plain
from rapupload.cli.settings import optional_settings

if TYPE_CHECKING:
    from rapupload.config import Settings
    from rapupload.services.mapping import Doubt, Draft
    from rapupload.spec.format import BatchSpec
    from rapupload.table import Table

Name = Annotated[
    str | None,
    typer.Option("--name", help="Keep it under this name, beside the settings."),
]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", help="Write it to this .toml file.")
]
Yes = Annotated[
    bool,
    typer.Option("--yes", help="Take what is sure (80 % and above); leave the rest."),
]
Ask = Annotated[
    bool | None,
    typer.Option("--ask/--no-ask", help="Ask what is unclear; else on a terminal."),
]
AnyType = Annotated[
    str | None,
    typer.Option("--type", "-t", help="Instruction type; else the one that fits."),
]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace a mapping of that name.")
]


def map_columns(  # noqa: PLR0913, PLR0917 - one parameter per option
    file: options.SourceFile,
    type_: AnyType = None,
    name: Name = None,
    output: Output = None,
    sheet: options.Sheet = None,
    header_row: options.HeaderRow = None,
    encoding: options.Encoding = None,
    yes: Yes = False,
    ask: Ask = None,
    overwrite: Overwrite = False,
    settings: options.SettingsFile = None,
    as_json: options.AsJson = False,
) -> int:
    """Propose how a sheet of another layout is read, and keep that as a mapping."""
    from rapupload.services.checking import Source
    from rapupload.services.mapping import leave_open, propose, read_foreign
    from rapupload.wiring import catalogue

    known = optional_settings(settings)
    specs = catalogue(known)
    source = Source(
        file=file,
        type=type_ or "",
        sheet=sheet,
        header_row=header_row,
        encoding=encoding,
    )
    place = _place(name, output, known, overwrite=overwrite)
    table, fitting = read_foreign(source, specs, known)
    spec = specs.spec(fitting).spec
    draft = propose(table, spec, encoding)
    face = Face(as_json=as_json)
    _show(face, draft, file)
    asking = sys.stdin.isatty() if ask is None else ask
    if draft.doubts and asking and not yes and not as_json:
        _interview(face, draft, table, spec)
    is_kept = place is not None and not (draft.doubts and not yes and not asking)
    leave_open(draft)
    if is_kept and place is not None:
        _keep(draft, place, overwrite=overwrite)
    return _end(face, draft, spec, file, place if is_kept else None)


class _Place(NamedTuple):
    """Where a mapping is kept, and the name it is asked for by."""

    name: str
    file: Path
    asked_as: str


def _place(
    name: str | None, output: Path | None, known: Settings | None, *, overwrite: bool
) -> _Place | None:
    from rapupload.errors import UsageError
    from rapupload.services.mappings import mappings_folder
    from rapupload.sources.atomic import refuse_existing

    if output is not None:
        if output.suffix != ".toml":
            raise UsageError(
                f"A mapping is a .toml file; {output.name} is named otherwise.",
                hint=f"Name it {output.with_suffix('.toml').name}.",
            )
        place = _Place(name or output.stem, output, argument(output))
    elif name is not None:
        if not name.replace("-", "").replace("_", "").isalnum():
            raise UsageError(
                f"{name!r} cannot be the name of a mapping.",
                hint="Use letters, digits, - and _ only.",
            )
        file = mappings_folder(known) / f"{name}.toml"
        place = _Place(name, file, name)
    else:
        return None
    refuse_existing(place.file, overwrite=overwrite)
    return place


def _keep(draft: Draft, place: _Place, *, overwrite: bool) -> None:
    from rapupload.services.files import write_new
    from rapupload.services.mapping import to_toml

    write_new(place.file, to_toml(draft, place.name), overwrite=overwrite)


def _show(face: Face, draft: Draft, file: Path) -> None:
    from rapupload.cli.tables import plain_table

    sheet = f" sheet {plain(draft.sheet)}" if draft.sheet else ""
    rows = [
        (
            " ".join(s.heading.split()),
            s.letter,
            _meaning(s.column, s.why),
            f"{s.confidence:.0%}" if s.column else "",
            ", ".join(s.samples),
        )
        for s in draft.suggestions
    ]
    face.show(
        f"{plain(file.name)}{sheet}, headings in row {draft.header_row}, "
        f"read as {draft.type}:",
        plain_table(("heading", "", "column", "sure", "for example"), rows),
    )


def _meaning(column: str, why: str) -> str:
    if why == "shaped":
        return "(read by itself)"
    return column or "(kept, not sent)"


def _interview(face: Face, draft: Draft, table: Table, spec: BatchSpec) -> None:
    """Ask what is unclear, one kind of doubt after the other."""
    from rapupload.services.mapping import KINDS, doubts_of

    left: list[Doubt] = []
    asked: set[tuple[str, str, str]] = set()
    for kind in KINDS:
        while doubt := _next(asked, doubts_of(kind, draft, table, spec)):
            answer = _ask(face, doubt, table, spec)
            if answer:
                draft.answer(doubt, answer)
            else:
                left.append(doubt)
    draft.doubts = left


def _next(asked: set[tuple[str, str, str]], doubts: list[Doubt]) -> Doubt | None:
    """Return the first doubt not asked about yet: an answer may settle others."""
    for doubt in doubts:
        key = (doubt.kind, doubt.subject, doubt.word)
        if key not in asked:
            asked.add(key)
            return doubt
    return None


def _ask(face: Face, doubt: Doubt, table: Table, spec: BatchSpec) -> str:
    """Ask one question until the answer can be; nothing leaves it open."""
    while True:
        face.show(plain(question(doubt, spec)))
        said = typer.prompt(">", default="", show_default=False).strip()
        answer = understand(doubt, said, table, spec)
        if answer is not None:
            return answer
        face.show("That is none of them.")


def question(doubt: Doubt, spec: BatchSpec) -> str:
    """Return a doubt as a question; codes with what they mean."""
    named = _meanings(doubt, spec)
    shown = [f"{c} ({named[c]})" if c in named else c for c in doubt.choices]
    listed = ", ".join(f"{n} {choice}" for n, choice in enumerate(shown, 1))
    if doubt.kind == "heading":
        return (
            f'Which column is "{doubt.subject}"? {listed}; another by its name; - not '
            "sent; nothing to decide later"
        )
    if doubt.kind == "column":
        return (
            f"No heading is {doubt.subject}, which is needed. Its letter or heading "
            f"({listed or 'none is left'}); =VALUE for every row; nothing to decide later"
        )
    if doubt.kind == "word":
        return (
            f'What does "{doubt.word}" mean in {doubt.subject}? {listed}; nothing to '
            "decide later"
        )
    hint = f" (other dates look {doubt.hint})" if doubt.hint else ""
    return (
        f"Which stands first in {doubt.word} ({doubt.subject})?{hint} {listed}; nothing "
        "to decide later"
    )


def _meanings(doubt: Doubt, spec: BatchSpec) -> dict[str, str]:
    """Return what the codes mean that a word is asked about."""
    if doubt.kind != "word":
        return {}
    return {code.code: code.label.en for code in spec.column_named(doubt.subject).codes}


def understand(doubt: Doubt, said: str, table: Table, spec: BatchSpec) -> str | None:
    """Return an answer as it goes into the mapping; None where it cannot be one."""
    if not said or (doubt.kind == "column" and said.startswith("=")):
        return said
    if said.isdigit() and 1 <= int(said) <= len(doubt.choices):
        return doubt.choices[int(said) - 1]
    if doubt.kind == "heading":
        known = {"-", *(column.name for column in spec.column)}
        return said if said in known else None
    if doubt.kind == "column":
        free = [h for h in table.headers if h.text in doubt.choices]
        texts = {h.letter.casefold(): h.text for h in free}
        texts |= {h.text.casefold(): h.text for h in free}
        return texts.get(said.casefold())
    choices = {choice.casefold(): choice for choice in doubt.choices}
    return choices.get(said.casefold())


def _end(
    face: Face, draft: Draft, spec: BatchSpec, file: Path, place: _Place | None
) -> int:
    from rapupload.errors import FindingsError

    problems = []
    if draft.doubts:
        listed = "".join(f"\n  {question(doubt, spec)}" for doubt in draft.doubts)
        problems.append(
            FindingsError(f"Still unclear:{listed}", hint=_open_hint(file, place))
        )
    elif draft.is_needless:
        face.show(
            f"Every heading is known: no mapping is needed. rapupload check "
            f"{plain(argument(file))} --type {draft.type}"
        )
    if place is not None:
        face.show(f"Kept as {plain(place.file)}.")
    if place is not None and not draft.doubts:
        face.show(
            f"rapupload check {plain(argument(file))} --type {draft.type} "
            f"--mapping {plain(place.asked_as)}"
        )
    elif place is None and not draft.doubts and not draft.is_needless:
        face.show("Nothing was kept: name the mapping with --name NAME.")
    return face.end(_document(draft, file, place), problems)


def _open_hint(file: Path, place: _Place | None) -> str:
    if place is not None:
        return f"Replace every TODO in {place.file}; until then it is refused."
    return (
        f"Answer on a terminal: rapupload map {argument(file)} --name NAME; or keep what "
        "is sure with --yes and mend the file."
    )


def _document(draft: Draft, file: Path, place: _Place | None) -> dict[str, object]:
    return {
        "file": str(file),
        "type": draft.type,
        "sheet": draft.sheet,
        "header_row": draft.header_row,
        "needs_mapping": not draft.is_needless,
        "mapping": str(place.file) if place else None,
        "columns": [
            {
                "heading": s.heading,
                "letter": s.letter,
                "column": s.column or None,
                "confidence": s.confidence,
                "why": s.why,
                "samples": list(s.samples),
                "candidates": [
                    {"column": c.column, "confidence": c.confidence, "why": c.why}
                    for c in s.candidates
                ],
            }
            for s in draft.suggestions
        ],
        "unclear": [
            {
                "kind": d.kind,
                "subject": d.subject,
                "word": d.word,
                "choices": list(d.choices),
            }
            for d in draft.doubts
        ],
    }
