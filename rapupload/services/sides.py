"""One side of a comparison: a source file or batch files, read as they would be sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import polars as pl

from rapupload import batches
from rapupload.config import Settings
from rapupload.errors import SourceError, UsageError
from rapupload.model import Environment, Severity
from rapupload.services.checking import Source, check_source
from rapupload.services.decoding import (
    Decoding,
    decode_content,
    read_content,
    types_that_fit,
)
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.format import BatchSpec
from rapupload.spec.loader import LoadedSpec
from rapupload.table import ROW
from rapupload.validation import Checked
from rapupload.validation.findings import ALSO

_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
_TEXTS = frozenset({".csv", ".tsv"})  # sources, unless they open as a batch file does

_PLACE = {
    "file": pl.String,
    "sheet": pl.String,
    "row": pl.UInt32,
    "also": pl.String,
    "line": pl.UInt32,
}
REFERENCE = "own_reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an instruction stands.

    Attributes:
        sheet: Sheet name; empty for text and batch files.
        row: Of a source, as the spreadsheet shows it.
        also: Further rows, where they were summed, separated by commas.
        line: Of a batch file, from 1.
    """

    file: str
    sheet: str = ""
    row: int | None = None
    also: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        sheet = f" {self.sheet}" if self.sheet else ""
        return f"{self.file}{sheet} {self.number}"

    @property
    def number(self) -> str:
        """Return row or line, without the file."""
        if self.line is not None:
            return f"line {self.line}"
        return f"rows {self.row},{self.also}" if self.also else f"row {self.row}"

    def as_dict(self) -> dict[str, object]:
        """Return the JSON form that scripts rely on."""
        return {
            "file": self.file,
            "sheet": self.sheet,
            "row": self.row,
            "also": [int(row) for row in (self.also or "").split(",") if row],
            "line": self.line,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A row, or record, with an error: it cannot be compared.

    Attributes:
        reference: The own reference as it stands there; empty where there is none.
        codes: What is wrong, as finding or fault codes.
    """

    place: Place
    reference: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of a side.

    Attributes:
        values: The instructions that can be compared, as they would be sent.
        places: Where each stands: the columns of ``Place``.
        unread: What cannot be compared.
        stated: What the file says about itself.
        source: The check, for a source file.
        batch: The decoded file, for a batch file.
    """

    file: Path
    values: pl.DataFrame
    places: pl.DataFrame
    unread: tuple[Unread, ...]
    stated: dict[str, str]
    source: Checked | None = None
    batch: Decoding | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """All files of a side.

    Attributes:
        path: As it was named: a file or a folder.
        other_types: Files of a folder that are batch files of another type.
        unknown: Files of a folder that are neither a source nor a known batch file.
    """

    path: Path
    parts: tuple[Part, ...]
    other_types: tuple[Path, ...] = ()
    unknown: tuple[Path, ...] = ()

    @property
    def columns(self) -> frozenset[str]:
        """Return the columns that every file of the side has."""
        known = (frozenset(part.values.columns) for part in self.parts)
        return reduce(frozenset.__and__, known) if self.parts else frozenset()

    @property
    def has_source(self) -> bool:
        """Tell whether a file of the side is a source."""
        return any(part.source for part in self.parts)

    @property
    def unread(self) -> tuple[Unread, ...]:
        """Return what cannot be compared, file by file."""
        return tuple(row for part in self.parts for row in part.unread)

    @property
    def errors(self) -> int:
        """Return how many faults its batch files have."""
        found = (part.batch for part in self.parts)
        return sum(batch.examined.faults.errors for batch in found if batch)

    def values(self, columns: Sequence[str]) -> pl.DataFrame:
        """Return the instructions of all files, one after another."""
        empty = pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
        return pl.concat([empty, *(part.values.select(columns) for part in self.parts)])

    def places(self) -> pl.DataFrame:
        """Return where each instruction stands."""
        return pl.concat(
            [pl.DataFrame(schema=_PLACE), *(part.places for part in self.parts)]
        )

    def stated(self, given: str) -> tuple[str, ...]:
        """Return what its files say of one thing, each answer once."""
        found = (part.stated[given] for part in self.parts if part.stated.get(given))
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A side as a person names it.

    Attributes:
        path: A source file, a batch file, or a folder of batch files.
        sheet: Of a workbook; None for the one that fits.
        mapping: File that says how a desk's own layout is read.
    """

    path: Path
    sheet: str | None = None
    mapping: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the files are read with.

    Attributes:
        loaded: The spec in force.
        settings: None where there are none.
        now: The instant at which sources are judged.
        encoding: Of CSV files; None for UTF-8.
    """

    loaded: LoadedSpec
    catalogue: Catalogue
    settings: Settings | None
    now: dt.datetime
    encoding: str | None = None

    @property
    def spec(self) -> BatchSpec:
        """Return the batch file specification."""
        return self.loaded.spec


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file before it is read as anything.

    Attributes:
        content: None for a source, which is read in its own way.
        types: Instruction types that name or first record fit.
    """

    path: Path
    content: bytes | None
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The files of a side before their type is known."""

    wanted: Wanted
    files: tuple[_File, ...]

    @property
    def types(self) -> frozenset[str]:
        """Return the types that its batch files are of, where each tells one."""
        told = [file.types for file in self.files if file.types]
        return frozenset(types[0] for types in told if len(types) == 1)


def find_files(wanted: Wanted, catalogue: Catalogue, type_: str | None) -> Found:
    """Return the files of a side, batch files told from sources.

    Args:
        wanted: The side.
        catalogue: The specs.
        type_: The type that was named; None to try them all.

    Raises:
        SourceError: There is no such file, or it cannot be read.
        UsageError: The folder is empty.
    """
    paths = _paths(wanted.path)
    return Found(
        wanted=wanted,
        files=tuple(
            _looked_at(path, catalogue, type_, is_folder=wanted.path.is_dir())
            for path in paths
        ),
    )


def _paths(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    try:
        inside = sorted(path.iterdir())
    except OSError as error:
        raise SourceError(
            f"{path} cannot be looked into: {error.strerror}.", hint="Check the folder."
        ) from error
    files = [p for p in inside if p.is_file() and not p.name.startswith((".", "~$"))]
    if not files:
        raise UsageError(
            f"There is no file in the folder {path}.",
            hint="Name the folder that holds the batch files, or one file.",
        )
    return files


def _looked_at(
    path: Path, catalogue: Catalogue, type_: str | None, *, is_folder: bool
) -> _File:
    if path.suffix.lower() in _WORKBOOKS:
        return _File(path=path, content=None, types=())
    content = read_content(path)
    among = catalogue.types if type_ is None or is_folder else (type_,)
    named, opened = types_that_fit(path.name, content, catalogue, among)
    fitting = tuple(dict.fromkeys([*opened, *named]))
    if type_ is not None and type_ in fitting:
        fitting = (type_,)
    is_source = not fitting and path.suffix.lower() in _TEXTS
    return _File(path=path, content=None if is_source else content, types=fitting)


def read_side(found: Found, reading: Reading) -> Side:
    """Read every file of a side.

    Raises:
        SourceError: A file cannot be read at all, or is no batch file of the type.
    """
    is_folder = found.wanted.path.is_dir()
    parts, others, unknown = [], [], []
    for file in found.files:
        is_mine = reading.spec.id in file.types
        if is_folder and file.types and not is_mine:
            others.append(file.path)
        elif is_folder and file.content is not None and not is_mine:
            unknown.append(file.path)
        else:
            parts.append(_part(file, found.wanted, reading))
    return Side(
        path=found.wanted.path,
        parts=tuple(parts),
        other_types=tuple(others),
        unknown=tuple(unknown),
    )


def _part(file: _File, wanted: Wanted, reading: Reading) -> Part:
    if file.content is None:
        return _source_part(file.path, wanted, reading)
    if wanted.sheet is not None and not wanted.path.is_dir():
        raise UsageError(
            f"{file.path.name} is a batch file and has no sheets.",
            hint="Leave the sheet out.",
        )
    return _batch_part(file.path, file.content, reading.loaded)


def _batch_part(path: Path, content: bytes, loaded: LoadedSpec) -> Part:
    decoding = decode_content(path, content, loaded, "header")
    examined = decoding.examined
    whole = examined.readable
    return Part(
        file=path,
        values=decoding.values.filter(whole),
        places=_places(path, examined.lines.filter(whole).alias("line").to_frame()),
        unread=tuple(_unread_lines(decoding)),
        stated=dict(examined.stated),
        batch=decoding,
    )


def _unread_lines(decoding: Decoding) -> Iterable[Unread]:
    """Return the records that cannot be compared, those too that are none at all."""
    examined, faults = decoding.examined, decoding.examined.faults.frame
    codes: dict[int, list[str]] = {}
    lost = faults.filter(pl.col("code").is_in(["record-unknown", "record-orphan"]))
    lines = {int(line): "" for line in lost["line"]}
    references = pl.repeat("", examined.lines.len(), eager=True, dtype=pl.String)
    if REFERENCE in decoding.values.columns:
        references = decoding.values[REFERENCE].fill_null("")
    pairs = zip(
        examined.lines.filter(~examined.readable),
        references.filter(~examined.readable),
        strict=True,
    )
    lines.update(pairs)
    for code, line in (
        faults.filter(pl.col("line").is_in(list(lines)))
        .select("code", "line")
        .iter_rows()
    ):
        codes.setdefault(line, []).append(code)
    for line in sorted(lines):
        place = Place(file=decoding.file.name, line=line)
        known = tuple(dict.fromkeys(codes.get(line, ())))
        yield Unread(place=place, reference=lines[line], codes=known)


def _source_part(path: Path, wanted: Wanted, reading: Reading) -> Part:
    source = Source(
        file=path,
        type=reading.spec.id,
        sheet=wanted.sheet,
        encoding=reading.encoding,
        mapping=wanted.mapping,
    )
    checked = check_source(source, reading.catalogue, reading.settings, reading.now)
    values, origins = as_sent(checked, reading.now)
    participants = checked.instructions["participant_id"].drop_nulls().unique().sort()
    return Part(
        file=path,
        values=values,
        places=_places(path, origins, checked.table.sheet),
        unread=tuple(_unread_rows(checked, path)),
        stated={"participant": ", ".join(participants)},
        source=checked,
    )


def _places(path: Path, origins: pl.DataFrame, sheet: str = "") -> pl.DataFrame:
    """Return the places of instructions whose rows or lines are given."""
    known = origins.with_columns(file=pl.lit(path.name), sheet=pl.lit(sheet))
    return known.select(
        (pl.col(name) if name in known.columns else pl.lit(None))
        .cast(dtype)
        .alias(name)
        for name, dtype in _PLACE.items()
    )


def sent_columns(spec: BatchSpec) -> frozenset[str]:
    """Return the columns, named as in rules, that enter a record."""
    kinds = [spec.detail, *(record.fields for record in spec.detail_record)]
    names = {field.column for fields in kinds for field in fields if field.column}
    return frozenset(c.sql_name for c in spec.column if c.name in names)


def as_sent(checked: Checked, now: dt.datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the instructions as a batch file would say them, and the rows of each.

    They are written and read back: what is left blank, shortened or coded on the way is
    then no difference from a batch file. Columns that no record has come along.
    """
    spec = checked.spec.spec
    sent = sent_columns(spec)
    beside = [
        column.sql_name
        for column in spec.column
        if column.sql_name not in sent
        and column.sql_name in checked.instructions.columns
        and column.need not in {"carried", "constant"}
    ]
    values = batches.FileValues(
        participant="B00000",
        account="CB00000001",
        environment=Environment.SIMULATOR,
        market=spec.spec.market,
        date=now.date(),
        time=now.time(),
        indicator=1,
    )
    rows = [name for name in (ROW, ALSO) if name in checked.instructions.columns]
    found, origins = [], [checked.instructions.select(rows).clear()]
    for part in batches.split(checked.instructions, spec):
        content = batches.render(part, spec, values).content
        read = batches.decode(content, spec).instructions
        found.append(batches.plain_values(read.hstack(part.select(beside)), spec))
        origins.append(part.select(rows))
    empty = pl.DataFrame(schema=dict.fromkeys([*sorted(sent), *beside], pl.String))
    frames = [frame.select(empty.columns) for frame in found]
    return pl.concat([empty, *frames]), pl.concat(origins)


def _unread_rows(checked: Checked, path: Path) -> Iterable[Unread]:
    """Return the rows with an error, by row number."""
    frame = checked.findings.frame.filter(pl.col("severity") == Severity.ERROR.value)
    whole = tuple(
        frame.filter(pl.col("row").is_null())["code"].unique(maintain_order=True)
    )
    by_row = frame.drop_nulls("row").group_by("row").agg(pl.col("code").unique().sort())
    codes = {row: tuple(found) for row, found in by_row.iter_rows()}
    references = _references(checked)
    for row in checked.rejected.sort():
        place = Place(file=path.name, sheet=checked.table.sheet, row=int(row))
        yield Unread(
            place=place,
            reference=references.get(int(row), ""),
            codes=codes.get(int(row), ()) or whole,
        )


def _references(checked: Checked) -> dict[int, str]:
    """Return the own reference of each rejected row as it stands in the sheet."""
    position = checked.positions.get("own-reference", -1)
    if f"c{position}" not in checked.table.frame.columns:
        return {}
    cells = checked.table.frame.select(
        ROW, text=pl.col(f"c{position}").str.strip_chars()
    )
    mine = cells.filter(pl.col(ROW).is_in(checked.rejected.implode()))
    return {int(row): text or "" for row, text in mine.iter_rows()}
