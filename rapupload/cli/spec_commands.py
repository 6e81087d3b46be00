"""Commands about specs: list, show, check, todo."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rapupload.cli import options
from rapupload.cli.face import Face, plain
from rapupload.cli.settings import optional_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from rapupload.batches import Difference
    from rapupload.spec.format import BatchSpec, Field


class Language(StrEnum):
    """Languages of a checklist."""

    EN = "en"
    ZH_HANT = "zh-Hant"


app = typer.Typer(help="Batch file specifications: which are in force, what they say.")


@app.command("list")
def list_specs(
    settings: options.SettingsFile = None,
    as_json: options.AsJson = False,
) -> int:
    """Show every spec at hand, and which is in force."""
    from rapupload.cli.tables import plain_table
    from rapupload.errors import SpecError
    from rapupload.spec.loader import load_spec
    from rapupload.wiring import catalogue

    face = Face(as_json=as_json)
    entries = catalogue(optional_settings(settings)).entries()
    rows, faulty = [], []
    for entry in entries:
        told = (entry.type, "", "", "faulty")
        try:
            about = load_spec(entry.file).spec.spec
            told = (about.id, about.title.en, str(about.version), about.status.value)
        except SpecError as error:
            faulty.append(error)
        rows.append((*told, "yes" if entry.in_force else "no", entry.why))
    heads = ("type", "title", "version", "status", "in force", "why")
    face.show(plain_table(heads, rows))
    return face.end(
        {"specs": [dict(zip(heads, row, strict=True)) for row in rows]}, faulty
    )


@app.command()
def show(
    type_: Annotated[str, typer.Argument(metavar="TYPE", help="Instruction type.")],
    settings: options.SettingsFile = None,
    as_json: options.AsJson = False,
) -> int:
    """Show one spec: columns to fill in, records with positions, rules."""
    from rapupload.wiring import catalogue

    loaded = catalogue(optional_settings(settings)).spec(type_)
    face = Face(as_json=as_json)
    if not as_json:
        _show_spec(face, loaded.spec)
    document = loaded.spec.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return face.end({"file": str(loaded.file), "digest": loaded.digest, **document})


def _show_spec(face: Face, spec: BatchSpec) -> None:
    from rapupload.cli.tables import plain_table

    about, file = spec.spec, spec.batch_file
    face.show(
        f"[bold]{about.title.en} {about.title.zh_hant}[/] ({about.id} version "
        f"{about.version}, {about.status.value}, from {about.effective_from})",
        f"{file.folder}/{file.name}, {file.layout}, {file.encoding}, {file.line_end}, "
        f"at most {file.max_records:,} records",
        "\n[bold]Columns[/]",
        plain_table(
            ("column", "label", "need", "type", "format", "mark"),
            [
                (
                    column.name,
                    f"{column.label.en} {column.label.zh_hant}",
                    column.need,
                    column.type,
                    column.picture or "",
                    column.mark,
                )
                for column in spec.column
            ],
        ),
    )
    for kind in ("header", "detail", "trailer"):
        fields = getattr(spec, kind)
        if fields:
            face.show(f"\n[bold]{kind.capitalize()} record[/]", _record_table(fields))
    rules = [(r.severity.value, r.code, r.message.en, r.mark) for r in spec.rule]
    face.show("\n[bold]Rules[/]", plain_table(("", "code", "message", "mark"), rules))


def _record_table(fields: Sequence[Field]) -> Table:
    from rapupload.cli.tables import plain_table

    rows, position = [], 1
    for field in fields:
        end = position + field.shape.length - 1
        rows.append(
            (
                str(position) if end == position else f"{position}-{end}",
                field.name,
                field.picture,
                _content(field),
                field.mark,
            )
        )
        position = end + 1
    return plain_table(("position", "field", "picture", "content", "mark"), rows)


def _content(field: Field) -> str:
    if field.value is not None:
        return f'"{field.value}"' if field.value else "spaces"
    if field.checksum:
        return "sum of " + ", ".join(field.checksum)
    return str(
        field.column or field.given or field.total or field.constant or field.means
    )


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="Spec file.")],
    sample: Annotated[
        Path | None,
        typer.Option("--sample", help="A batch file, such as HKEX's own sample."),
    ] = None,
    as_json: options.AsJson = False,
) -> int:
    """Check a spec file; with a sample, read it, write it again and compare the bytes."""
    from rapupload.spec.loader import load_spec

    loaded = load_spec(file)
    face = Face(as_json=as_json)
    about = loaded.spec.spec
    face.show(f"{plain(file)} is sound: {about.id} version {about.version}.")
    document: dict[str, object] = {"file": str(file), "digest": loaded.digest}
    if sample is None:
        return face.end(document)
    return _check_sample(face, loaded.spec, sample, document)


def _check_sample(
    face: Face, spec: BatchSpec, sample: Path, document: dict[str, object]
) -> int:
    from rapupload.cli import exits
    from rapupload.services.samples import compare_sample

    compared = compare_sample(spec, sample)
    document |= {
        "sample": str(sample),
        "instructions": compared.instructions,
        "identical": compared.difference is None,
    }
    if compared.difference is None:
        face.show(
            f"[green]identical[/]: {compared.instructions:,} instructions were read "
            f"from {plain(sample)} and written again, byte for byte."
        )
        return face.end(document)
    found = compared.difference
    document["difference"] = {
        "offset": found.offset,
        "line": found.line,
        "position": found.position,
        "field": found.field,
        "sample": found.expected,
        "written": found.found,
    }
    face.show(*_difference(found))
    return face.end(document, codes=[exits.FINDINGS])


def _difference(found: Difference) -> list[str]:
    field = f", field {found.field}" if found.field else ""
    marker = " " * (found.position - 1) + "^"
    where = (
        f"[red]different[/] from byte {found.offset + 1:,}: line {found.line}, "
        f"position {found.position}{field}"
    )
    return [
        where,
        f"sample   {_quoted(found.expected)}",
        f"written  {_quoted(found.found)}",
        f"          {marker}",
    ]


def _quoted(text: str) -> str:
    from rich.markup import escape

    return f"'{escape(text)}'"


@app.command()
def todo(
    type_: Annotated[str, typer.Argument(metavar="TYPE", help="Instruction type.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Write it to this new .md file."),
    ] = None,
    language: Annotated[
        Language, typer.Option("--language", help="en or zh-Hant.")
    ] = Language.EN,
    settings: options.SettingsFile = None,
    as_json: options.AsJson = False,
) -> int:
    """Print what to compare on the day HKEX's document is in hand; guesses first."""
    from rapupload.services.first_day import build_checklist, write_checklist
    from rapupload.wiring import catalogue

    face = Face(as_json=as_json)
    checklist = build_checklist(catalogue(optional_settings(settings)).spec(type_))
    document = checklist.as_dict()
    if output is not None:
        write_checklist(checklist, output, language.value)
        face.show(f"{checklist.items} lines to tick are in {plain(output)}.")
        return face.end({**document, "output": str(output)})
    face.show(f"[bold]{plain(checklist.heading(language.value))}[/]")
    for section in checklist.sections:
        face.show(f"\n[bold]{plain(section.title.in_language(language.value))}[/]")
        face.show(
            *(plain(f"[ ] {item.line(language.value)}") for item in section.items)
        )
    return face.end(document)
