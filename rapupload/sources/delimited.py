"""Reading CSV and TSV: every field as text, nothing trimmed, records counted from 1.

polars reads the file when it is what RFC 4180 says (with LF or CR LF); anything odd in
its quotes or line ends goes record by record through the standard library, which reads
as Excel does. Both ways give equal frames.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import Final

import polars as pl

from rapupload.errors import SourceError
from rapupload.sources.headings import HEAD_ROWS, HeadRow, find_header
from rapupload.sources.limits import Limits
from rapupload.sources.shape import SheetCells
from rapupload.spec.headings import Vocabulary
from rapupload.table import ROW

DELIMITERS: Final = (",", ";", "\t", "|")
_HEAD_BYTES: Final = 1 << 16
_HEAD_RECORDS: Final = 1_000
_SPARE: Final = 100  # records above the data
_CHUNK: Final = 50_000
_FIX: Final = "Open the file in a text editor and mend it, or save it as .xlsx."


def read_delimited(
    text: bytes,
    file: str,
    vocabulary: Vocabulary,
    limits: Limits,
    *,
    header_row: int | None,
) -> SheetCells:
    """Return all fields of a delimited file, given as UTF-8.

    Raises:
        SourceError: Broken quotes, or over a limit.
    """
    delimiter = choose_delimiter(text, vocabulary, header_row)
    width = _head_width(text, delimiter)
    if width > limits.columns:
        raise SourceError(
            f"{file} has {width} columns; at most {limits.columns} are read.",
            hint="Delete the columns that no instruction needs.",
        )
    frame = read_plain(text, delimiter, width + 1)
    if frame is None:
        frame = read_odd(text, delimiter, file, limits)
    if frame.height > limits.rows + _SPARE:
        raise too_many_rows(file, limits)
    return SheetCells(frame=frame)


def too_many_rows(file: str, limits: Limits) -> SourceError:
    """Return the error for a source over the row limit."""
    return SourceError(
        f"{file} has more than {limits.rows:,} rows.",
        hint="Split it into several files.",
    )


def choose_delimiter(
    text: bytes, vocabulary: Vocabulary, header_row: int | None
) -> str:
    """Return the delimiter under which the headings are understood best."""
    best, chosen = (0, 0), DELIMITERS[0]
    for delimiter in DELIMITERS:
        rows = head_rows(text, delimiter)
        if header_row is not None:
            rows = [row for row in rows if row[0] == header_row]
        score = find_header(rows, vocabulary)[1]
        widest = max((len(cells) for _, cells in rows), default=0)
        if (score, widest) > best:
            best, chosen = (score, widest), delimiter
    return chosen


def head_rows(text: bytes, delimiter: str) -> list[HeadRow]:
    """Return the first records of a file, blank ones counted but left out."""
    head = text[:_HEAD_BYTES].decode("utf-8", errors="ignore")
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    rows: list[HeadRow] = []
    try:
        for number, cells in enumerate(islice(reader, _HEAD_RECORDS), start=1):
            if any(cells):
                rows.append((number, cells))
            if len(rows) >= HEAD_ROWS:
                break
    except csv.Error:
        pass  # what was read so far decides; the full read reports the fault
    return rows


def _head_width(text: bytes, delimiter: str) -> int:
    return max((len(cells) for _, cells in head_rows(text, delimiter)), default=1)


def read_plain(text: bytes, delimiter: str, width: int) -> pl.DataFrame | None:
    """Return the records of a file in RFC 4180's form, or None if it is not in it."""
    has_quotes = b'"' in text
    if text.count(b"\r") != text.count(b"\r\n"):
        return None
    if has_quotes and not _has_sound_quotes(text, delimiter):
        return None
    names = [f"c{index}" for index in range(width)]
    # a line of our own names gives polars the width; shorter records end in null
    header = (delimiter.join(names) + "\n").encode()
    try:
        frame = pl.read_csv(
            header + text,
            separator=delimiter,
            quote_char='"' if has_quotes else None,
            infer_schema=False,
            rechunk=False,
        )
    except pl.exceptions.PolarsError:  # a record wider than the head of the file
        return None
    if b'""' in text:
        frame = frame.with_columns(pl.all().replace("", None))
    return frame.with_row_index(ROW, offset=1)


def _has_sound_quotes(text: bytes, delimiter: str) -> bool:
    """Tell whether quotes enclose whole fields only, and all of them end."""
    parts = pl.Series([text], dtype=pl.Binary).cast(pl.String).str.split('"').explode()
    if len(parts) % 2 == 0:
        return False
    outside = parts.gather_every(2)
    edge = "\\t" if delimiter == "\t" else "\\" + delimiter
    first, last = outside[0], outside[-1]
    return bool(
        (first == "" or first.endswith((delimiter, "\n")))
        and (last == "" or last.startswith((delimiter, "\n", "\r\n")))
        and outside[1:-1]
        .str.contains(rf"(?s)\A(?:(?:{edge}|\r?\n)(?:.*(?:{edge}|\n))?)?\z")
        .all()
    )


def read_odd(text: bytes, delimiter: str, file: str, limits: Limits) -> pl.DataFrame:
    """Return the records of any file, through the standard library.

    Raises:
        SourceError: Quotes that do not pair.
    """
    records = _records(text, delimiter, file)
    parts, count = [], 0
    while chunk := list(islice(records, _CHUNK)):
        count += len(chunk)
        width = max(map(len, chunk))
        if count > limits.rows + _SPARE:
            raise too_many_rows(file, limits)
        if width > limits.columns * 2:
            raise SourceError(
                f"{file} has a record of {width} fields before row {count + 1}.",
                hint=_FIX,
            )
        columns = {
            f"c{index}": pl.Series(
                [(r[index] or None) if index < len(r) else None for r in chunk],
                dtype=pl.String,
            )
            for index in range(width)
        }
        parts.append(pl.DataFrame(columns))
    frame = pl.concat(parts, how="diagonal") if parts else pl.DataFrame()
    ordered = sorted(frame.columns, key=lambda name: int(name[1:]))
    return frame.select(ordered).with_row_index(ROW, offset=1)


def _records(text: bytes, delimiter: str, file: str) -> Iterator[list[str]]:
    stream = io.StringIO(text.decode("utf-8"), newline="")
    number = 0
    try:
        for number, record in enumerate(
            csv.reader(stream, delimiter=delimiter, strict=True), start=1
        ):
            yield record
    except csv.Error as error:
        raise SourceError(
            f"{file} has quotes that do not pair, in or after row {number + 1}: from"
            " there on fields cannot be told apart.",
            hint=_FIX,
        ) from error
