"""Commands of the parallel run: decode any batch file, diff two sides."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rapupload.cli import options
from rapupload.cli.face import Face, plain
from rapupload.cli.settings import optional_settings

if TYPE_CHECKING:
    import polars as pl
    from rich.table import Table

    from rapupload.batches import Fault
    from rapupload.config import Settings
    from rapupload.services.comparing import Apart, Change, Comparison, Single
    from rapupload.services.decoding import Decoding
    from rapupload.services.sides import Place, Side, Wanted
    from rapupload.spec.format import BatchSpec, Column

_SHOWN_FAULTS = 50
_SHOWN_ROWS = 20
_SHOWN_DIFFERENCES = 20
_LINE_WIDTH, _GAP = 9, 3  # of a table on the screen

BatchFile = Annotated[Path, typer.Argument(help="Any batch file: ours or another's.")]
ToldType = Annotated[
    str | None,
    typer.Option("--type", "-t", help="Instruction type; else told by the file."),
]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace a file of that name.")
]
ShowPersonal = Annotated[
    bool,
    typer.Option(
        "--show-personal",
        help="Show names and identity numbers, in files that are written too.",
    ),
]


class By(StrEnum):
    """What instructions are paired by."""

    AUTO = "auto"
    REFERENCE = "reference"
    CONTENT = "content"


def decode(  # noqa: PLR0913, PLR0917 - one parameter per option
    file: BatchFile,
    type_: ToldType = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", help="Write it all to this .xlsx, .csv or .json."
        ),
    ] = None,
    show_personal: ShowPersonal = False,
    overwrite: Overwrite = False,
    settings: options.SettingsFile = None,
    as_json: options.AsJson = False,
) -> int:
    """Turn any batch file into a table, and show every fault it has."""
    from rapupload.errors import FindingsError
    from rapupload.services.decoding import decode_file
    from rapupload.services.decoding_report import (
        decoding_document,
        refuse_output,
        write_decoding,
    )
    from rapupload.wiring import catalogue

    if output is not None:
        refuse_output(output, (".xlsx", ".csv", ".json"), overwrite=overwrite)
    known = optional_settings(settings)
    decoding = decode_file(file, catalogue(known), type_)
    face = Face(as_json=as_json)
    if output is not None:
        write_decoding(
            decoding, output, overwrite=overwrite, show_personal=show_personal
        )
    document: dict[str, object] = {}
    if as_json:
        document = decoding_document(decoding, show_personal=show_personal)
        document["output"] = str(output) if output else None
    else:
        _show_decoding(face, decoding, known, output, show_personal=show_personal)
    errors = decoding.examined.faults.errors
    problems = [
        FindingsError(
            f"{file.name} has {_count(errors, 'fault')}; what can be read was read.",
            hint="Ask whoever made the file. If the file is right, the spec is not: "
            f"rapupload specs show {decoding.spec.id}",
        )
    ]
    return face.end(document, problems if errors else [])


def _show_decoding(
    face: Face,
    decoding: Decoding,
    known: Settings | None,
    output: Path | None,
    *,
    show_personal: bool,
) -> None:
    language = known.language if known else "en"
    examined = decoding.examined
    face.show(*_about(decoding))
    faults = examined.faults.first(_SHOWN_FAULTS, show_personal=show_personal)
    if examined.faults.frame.height:
        face.show(_faults_table(faults, language))
    if (more := examined.faults.frame.height - _SHOWN_FAULTS) > 0:
        face.show(f"{more:,} more faults: -o FILE.xlsx or --json shows all.")
    if output is not None:
        face.show(f"Written: {plain(output)}")
    elif examined.lines.len():
        _show_instructions(face, decoding, language, show_personal=show_personal)
    if decoding.personal and not show_personal:
        names = ", ".join(_label(column, language) for column in decoding.personal)
        face.show(f"Masked, in files written too: {names} (--show-personal shows them)")


def _about(decoding: Decoding) -> list[str]:
    about, examined = decoding.spec.spec, decoding.examined
    count = _count(examined.lines.len(), "instruction")
    told = f"told by {decoding.found_by}; spec version {about.version}, {about.status.value}"
    lines = [f"{plain(decoding.file.name)}: {count} of type {about.id} ({told})"]
    stated = [f"{name} {plain(text)}" for name, text in examined.stated.items() if text]
    if stated:
        lines.append("The file says: " + ", ".join(stated))
    totals = examined.totals
    agreeing = sum(total.agrees for total in totals)
    if totals:
        lines.append(
            f"Totals stated that agree with the records: {agreeing} of {len(totals)}"
        )
    sums = [f"{total.name} {_figure(total.total)}" for total in decoding.totals()]
    if sums:
        lines.append("Sums: " + ", ".join(plain(text) for text in sums))
    return lines


def _faults_table(faults: Iterable[Fault], language: str) -> Table:
    from rapupload.cli.tables import plain_table

    rows = [
        (
            fault.severity.value,
            str(fault.line or ""),
            str(fault.position or ""),
            fault.field,
            fault.value,
            _words(fault, language),
            fault.code,
        )
        for fault in faults
    ]
    heads = ("", "line", "position", "field", "value", "what is wrong", "code")
    return plain_table(heads, rows, colours={"error": "red", "note": "cyan"})


def _words(fault: Fault, language: str) -> str:
    if language == "both":
        return f"{fault.message.en} {fault.message.zh_hant}"
    return fault.message.in_language(language)


def _show_instructions(
    face: Face, decoding: Decoding, language: str, *, show_personal: bool
) -> None:
    """Show the first rows, without the columns that say the same in all of them."""
    from rapupload.batches import visible
    from rapupload.cli.tables import plain_table

    shown = decoding.shown(show_personal=show_personal)
    kinds = {c.sql_name: shown[c.sql_name].n_unique() for c in decoding.columns}
    is_one = shown.height == 1
    varying = [c for c in decoding.columns if kinds[c.sql_name] > 1 or is_one]
    same = [
        f"{_label(c, language)} {plain(visible(shown[c.sql_name][0]))}"
        for c in decoding.columns
        if c not in varying and shown[c.sql_name][0] is not None
    ]
    if same:
        face.show(f"The same in every row: {', '.join(same)}")
    varying = [c for c in varying if shown[c.sql_name].count()]
    first = shown.head(_SHOWN_ROWS)
    chosen = _that_fit(varying, first, decoding.spec, language)
    rows = [
        (str(line), *(visible(text or "") for text in row))
        for line, row in zip(
            decoding.examined.lines,
            first.select(c.sql_name for c in chosen).iter_rows(),
            strict=False,
        )
    ]
    face.show(plain_table(("line", *(_label(c, language) for c in chosen)), rows))
    more = [
        _count(number, noun)
        for number, noun in (
            (shown.height - first.height, "instruction"),
            (len(varying) - len(chosen), "column"),
        )
        if number
    ]
    if more:
        face.show(f"{' and '.join(more)} more: -o FILE.xlsx or --json shows all.")


def _that_fit(
    columns: list[Column], shown: pl.DataFrame, spec: BatchSpec, language: str
) -> list[Column]:
    """Return the columns that stand beside one another on the screen, unfolded.

    Those that make an instruction the one it is come first.
    """
    from rich.cells import cell_len

    identity = ("own-reference", *spec.spec.fingerprint)
    left = shutil.get_terminal_size((120, 24)).columns - _LINE_WIDTH
    chosen = set()
    for column in sorted(columns, key=lambda c: c.name not in identity):
        texts = [str(text or "") for text in shown[column.sql_name]]
        words = _label(column, language).split()
        width = max(cell_len(text) for text in [*texts, *words]) + _GAP
        if width <= left:
            left -= width
            chosen.add(column.name)
    return [column for column in columns if column.name in chosen]


def _label(column: Column, language: str) -> str:
    if language == "both":
        return f"{column.label.en} {column.label.zh_hant}"
    return column.label.text.in_language(language)


def diff(  # noqa: PLR0913, PLR0917 - one parameter per option
    a: Annotated[
        Path, typer.Argument(help="Source, batch file, or folder of batch files.")
    ],
    b: Annotated[Path, typer.Argument(help="The same of the other side.")],
    type_: ToldType = None,
    sheet_a: Annotated[
        str | None,
        typer.Option("--sheet-a", help="Sheet of A; else the one that fits."),
    ] = None,
    sheet_b: Annotated[
        str | None,
        typer.Option("--sheet-b", help="Sheet of B; else the one that fits."),
    ] = None,
    mapping_a: Annotated[
        str | None,
        typer.Option("--mapping-a", help="Column mapping of A, as in check."),
    ] = None,
    mapping_b: Annotated[
        str | None,
        typer.Option("--mapping-b", help="Column mapping of B, as in check."),
    ] = None,
    by: Annotated[
        By, typer.Option("--by", help="Pair by own reference, by content, or by both.")
    ] = By.AUTO,
    on: Annotated[
        str | None,
        typer.Option(
            "--on",
            metavar="YYYY-MM-DD",
            help="Judge sources as of that day; else the batch files' day, or today.",
        ),
    ] = None,
    encoding: options.Encoding = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Write every difference to this .xlsx."),
    ] = None,
    show_personal: ShowPersonal = False,
    overwrite: Overwrite = False,
    settings: options.SettingsFile = None,
    as_json: options.AsJson = False,
) -> int:
    """Compare two sides instruction by instruction: added, missing, changed, totals."""
    from rapupload.cli import exits
    from rapupload.services.comparing import Question, compare
    from rapupload.services.comparison_report import (
        comparison_document,
        write_comparison,
    )
    from rapupload.services.decoding_report import refuse_output
    from rapupload.wiring import catalogue, real_clock

    if output is not None:
        refuse_output(output, (".xlsx",), overwrite=overwrite)
    known = optional_settings(settings)
    question = Question(
        a=_wanted(a, sheet_a, mapping_a, known),
        b=_wanted(b, sheet_b, mapping_b, known),
        type=type_,
        by=by.value,
        on=_day(on),
        encoding=encoding,
    )
    found = compare(question, catalogue(known), known, real_clock())
    face = Face(as_json=as_json)
    verdict = _verdict(found)
    if output is not None:
        write_comparison(
            found,
            output,
            overwrite=overwrite,
            show_personal=show_personal,
            verdict=verdict,
        )
    document: dict[str, object] = {}
    if as_json:
        document = comparison_document(found, show_personal=show_personal)
        document |= {"verdict": verdict, "output": str(output) if output else None}
    else:
        _show_comparison(face, found, known, output, show_personal=show_personal)
    return face.end(document, codes=[] if found.is_same else [exits.FINDINGS])


def _wanted(
    path: Path, sheet: str | None, mapping: str | None, known: Settings | None
) -> Wanted:
    from rapupload.services.mappings import find_mapping
    from rapupload.services.sides import Wanted

    file = find_mapping(mapping, known) if mapping else None
    return Wanted(path=path, sheet=sheet, mapping=file)


def _day(text: str | None) -> dt.date | None:
    from rapupload.errors import UsageError

    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is not a day.", hint="Write it as 2027-01-05."
        ) from error


def _verdict(found: Comparison) -> str:
    """Return what it came to, in one line."""
    pairs = found.pairs
    if found.is_same:
        return f"The same: {_count(found.same, 'instruction')} in A and in B."
    if found.has_differences:
        counts = (
            (pairs.changed.height, "changed"),
            (pairs.missing.len(), "missing (only in A)"),
            (pairs.added.len(), "added (only in B)"),
        )
        parts = [f"{number:,} {what}" for number, what in counts if number]
        parts += [f"{found.same:,} the same"]
        return f"Different: {', '.join(parts)}."
    return (
        f"Not proved the same: {_count(found.same, 'instruction')} are the same, but "
        f"{'; '.join(found.doubts)}."
    )


def _show_comparison(
    face: Face,
    found: Comparison,
    known: Settings | None,
    output: Path | None,
    *,
    show_personal: bool,
) -> None:
    from rapupload.cli.tables import plain_table

    language = known.language if known else "en"
    colour = "green" if found.is_same else "red"
    verdict, _, rest = _verdict(found).partition(":")
    face.show(f"[{colour}]{verdict}[/]:{plain(rest)}")
    about = found.spec.spec
    judged = f"; sources judged as of {found.judged_on}" if found.has_source else ""
    face.show(
        f"A = {plain(found.a.path)}, B = {plain(found.b.path)} ({about.id} version "
        f"{about.version}, {about.status.value}{judged})"
    )
    totals = [
        (t.name, _figure(t.a), _figure(t.b), _figure(t.difference))
        for t in found.totals()
    ]
    face.show(plain_table(("total", "A", "B", "B less A"), totals))
    if found.has_differences:
        face.show(*(f"[red]![/] {plain(text)}" for text in found.doubts))
    rows = _difference_rows(found, language, show_personal=show_personal)
    if rows:
        face.show(plain_table(_HEADS, rows, colours=_COLOURS))
    face.show(*(f"Note: {plain(text)}" for text in found.notes()))
    _show_faults(face, found, language, show_personal=show_personal)
    if found.personal and not show_personal and rows:
        names = ", ".join(_label(column, language) for column in found.personal)
        face.show(f"Masked, in files written too: {names} (--show-personal shows them)")
    every = _differences(found)
    if output is not None:
        face.show(f"All of it: {plain(output)}")
    elif every > len(rows):
        face.show(
            f"{every - _SHOWN_DIFFERENCES:,} more differences: -o FILE.xlsx or --json "
            "shows all."
        )


_HEADS = ("", "reference", "where in A", "where in B", "column", "A", "B")
_COLOURS = {
    "changed": "yellow",
    "missing": "red",
    "added": "red",
    "not compared": "cyan",
}


def _differences(found: Comparison) -> int:
    pairs = found.pairs
    rows = pairs.changed.height + pairs.missing.len() + pairs.added.len()
    return rows + len(found.apart)


def _difference_rows(
    found: Comparison, language: str, *, show_personal: bool
) -> list[tuple[str, ...]]:
    """Return the first differences: changed, missing, added, not compared."""
    rows: list[tuple[str, ...]] = []
    left = _SHOWN_DIFFERENCES
    for change in found.changes(show_personal=show_personal, limit=left):
        rows += _change_rows(change, found, language)
    left -= min(left, found.pairs.changed.height)
    for name, height in (
        ("missing", found.pairs.missing.len()),
        ("added", found.pairs.added.len()),
    ):
        singles = found.singles(name, show_personal=show_personal, limit=left)
        rows += [_single_row(name, one, found) for one in singles]
        left -= min(left, height)
    rows += [_apart_row(apart, found) for apart in found.apart[:left]]
    return rows


def _where(place: Place | None, side: Side) -> str:
    """Return a place; the file is named where the side has several."""
    if place is None:
        return ""
    return place.number if len(side.parts) == 1 else f"{place.file} {place.number}"


def _change_rows(
    change: Change, found: Comparison, language: str
) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    places = (_where(change.a, found.a), _where(change.b, found.b))
    for number, field in enumerate(change.fields):
        where = ("", "", "", "") if number else ("changed", change.reference, *places)
        texts = (field.a or "(blank)", field.b or "(blank)")
        rows.append((*where, _label(field.column, language), *texts))
    return rows


def _single_row(name: str, single: Single, found: Comparison) -> tuple[str, ...]:
    """Return one line for an instruction: its place, and what makes it that one."""
    names = [c for c in found.spec.spec.fingerprint if c != "own-reference"]
    known = [single.values[column] for column in names if column in single.values]
    reference, text = single.values.get("own-reference", ""), " ".join(known)
    if name == "missing":
        return (name, reference, _where(single.place, found.a), "", "", text, "")
    return (name, reference, "", _where(single.place, found.b), "", "", text)


def _apart_row(apart: Apart, found: Comparison) -> tuple[str, ...]:
    row, codes = apart.unread, ", ".join(apart.unread.codes)
    is_a = apart.side == "A"
    side, other = (found.a, found.b) if is_a else (found.b, found.a)
    here, there = _where(row.place, side), _where(apart.counterpart, other)
    places = (here, there) if is_a else (there, here)
    texts = (codes, "") if is_a else ("", codes)
    return ("not compared", row.reference, *places, "", *texts)


def _show_faults(
    face: Face, found: Comparison, language: str, *, show_personal: bool
) -> None:
    for name, side in (("A", found.a), ("B", found.b)):
        for part in side.parts:
            faults = part.batch.examined.faults if part.batch else None
            if faults is None or not faults.frame.height:
                continue
            face.show(f"Faults of {plain(part.file.name)} ({name}):")
            first = faults.first(_SHOWN_DIFFERENCES, show_personal=show_personal)
            face.show(_faults_table(first, language))
            if (more := faults.frame.height - _SHOWN_DIFFERENCES) > 0:
                face.show(
                    f"{more:,} more: rapupload decode {plain(part.file)} shows them."
                )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _figure(text: str) -> str:
    """Put commas between thousands.

    >>> _figure("1234567.50"), _figure("-0.50")
    ('1,234,567.50', '-0.50')
    """
    sign = "-" if text.startswith("-") else ""
    whole, point, fraction = text.removeprefix("-").partition(".")
    return f"{sign}{int(whole):,}{point}{fraction}"


__all__ = ["decode", "diff"]
