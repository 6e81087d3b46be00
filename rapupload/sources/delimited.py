"""Reading CSV and TSV: every field as text, nothing trimmed, records counted from 1.

polars reads the file when it is what RFC 4180 says (with LF or CR LF); anything odd in
its quotes or line ends goes record by record through the standard library, which reads
as Excel does. Both ways give equal frames.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Final

import polars as pl

from rapupload.errors import SourceError
from rapupload.sources.encoding import require_utf8
from rapupload.sources.headings import HEAD_ROWS, find_header
from rapupload.sources.limits import Limits
from rapupload.sources.shape import HeadRow, SheetCells
from rapupload.spec.headings import Vocabulary
from rapupload.table import ROW

DELIMITERS: Final = (",", ";", "\t", "|")
_HEAD_BYTES: Final = 1 << 16
_HEAD_RECORDS: Final = 1_000
_SPARE: Final = 100  # records above the data
_CHUNK: Final = 50_000
_WINDOW: Final = 8 << 20
_QUOTED = re.compile(rb'"[^"]*"')
_LONE_RETURN = re.compile(rb"\r(?!\n)")
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
        SourceError: Not UTF-8 after all, broken quotes, or over a limit.
    """
    delimiter = choose_delimiter(text, vocabulary, header_row)
    width = _head_width(text, delimiter)
    if width > limits.columns:
        raise SourceError(
            f"{file} has {width} columns; at most {limits.columns} are read.",
            hint="Delete the columns that no instruction needs.",
        )
    frame = read_plain(text, delimiter, width)
    if frame is None:
        require_utf8(text, file)
        frame = read_odd(text, delimiter, file, limits)
    if frame.height > limits.rows + _SPARE:
        raise too_many_rows(file, limits)
    _refuse_swallowed_rows(frame, text, delimiter, file)
    return SheetCells(
        frame=frame, ends_mixed=has_mixed_ends(text), has_commas=delimiter == ","
    )


def _refuse_swallowed_rows(
    frame: pl.DataFrame, text: bytes, delimiter: str, file: str
) -> None:
    """Stop where a pair of stray quotes has made several rows one.

    Such a field holds as many delimiters as the rows in it had: the record it stands in
    has its usual number of fields, and nothing else would show that rows are gone.

    Raises:
        SourceError: There is one.
    """
    names = [name for name in frame.columns if name != ROW]
    within = len(names) - 1  # delimiters of a row
    if b'"' not in text or not within or text.count(b"\n") <= frame.height:
        return
    for name in names:
        breaks = pl.col(name).str.count_matches("\r\n|\r|\n")
        inside = pl.col(name).str.count_matches(delimiter, literal=True)
        rows = frame.filter((breaks > 0) & (inside >= breaks * within))[ROW]
        if len(rows):
            raise SourceError(
                f"{file} has a quoted field in row {rows[0]} that seems to hold rows of"
                " their own; they would be lost.",
                hint="A stray quote in one row and another further down make all between"
                " them one field. Take them out, or save the rows as .xlsx.",
            )


def has_mixed_ends(text: bytes) -> bool:
    """Tell whether rows end in more than one way; line ends inside quotes are text."""
    returns = text.count(b"\r")
    if not returns:
        return False
    feeds, pairs = text.count(b"\n"), text.count(b"\r\n")
    if returns == pairs == feeds:
        return False
    if b'"' in text:
        bare = _QUOTED.sub(b"", text)
        returns, feeds = bare.count(b"\r"), bare.count(b"\n")
        pairs = bare.count(b"\r\n")
    ways = (pairs, feeds - pairs, returns - pairs)
    return sum(count > 0 for count in ways) > 1


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
    with ThreadPoolExecutor(max_workers=1) as pool:
        check = pool.submit(_Soundness.check, text, delimiter, has_quotes=has_quotes)
        frame = _read_records(text, delimiter, width, has_quotes=has_quotes)
    if frame is None or not check.result().is_sound:
        return None
    if check.result().has_empty:  # as blank as an unquoted field of nothing
        frame = frame.with_columns(pl.all().replace("", None))
    return frame.with_row_index(ROW, offset=1)


def _read_records(
    text: bytes, delimiter: str, width: int, *, has_quotes: bool
) -> pl.DataFrame | None:
    names = [f"c{index}" for index in range(width)]
    first_end = text.find(b"\n")
    separators = text.count(delimiter.encode(), 0, max(first_end, 0))
    is_widest_first = separators == width - 1 and b'"' not in text[:first_end]
    if not is_widest_first:
        # a line of our own names gives polars the width; shorter records end in null
        text = (delimiter.join(names) + "\n").encode() + text
    try:
        frame = pl.read_csv(
            text,
            separator=delimiter,
            quote_char='"' if has_quotes else None,
            infer_schema=False,
            has_header=not is_widest_first,
        )
    except pl.exceptions.PolarsError:  # a record wider than the head of the file
        return None
    return frame.rename(dict(zip(frame.columns, names, strict=True)))


@dataclass(slots=True)
class _Soundness:
    """Whether lines end in LF or CR LF, and quotes enclose whole fields only."""

    is_sound: bool = True
    has_empty: bool = False  # a quoted field of nothing: ""

    @classmethod
    def check(cls, text: bytes, delimiter: str, *, has_quotes: bool) -> _Soundness:
        """Look through a whole file, window by window, each ending with a line."""
        found = cls()
        start, is_inside = 0, False
        while found.is_sound and start < len(text):
            end = start + _WINDOW
            if end < len(text):
                end = text.rfind(b"\n", start, end) + 1 or len(text)
            window = text[start:end]
            found.is_sound = not _LONE_RETURN.search(window)
            if found.is_sound and has_quotes:
                is_inside = found.check_quotes(window, delimiter, is_inside=is_inside)
            start = end
        found.is_sound &= not is_inside
        return found

    def check_quotes(self, window: bytes, delimiter: str, *, is_inside: bool) -> bool:
        """Check one window, and return whether it ends inside a quoted field."""
        try:
            text = pl.Series([window], dtype=pl.Binary).cast(pl.String)
        except pl.exceptions.ComputeError:  # not UTF-8
            self.is_sound = False
            return is_inside
        pieces = text.str.split('"').explode()
        outside = pieces.gather_every(2, int(is_inside))
        self.has_empty |= bool((pieces.gather_every(2, int(not is_inside)) == "").any())
        ends_inside = is_inside ^ (len(pieces) % 2 == 0)
        self.is_sound = _are_edges_sound(
            outside, delimiter, opens=not is_inside, closes=not ends_inside
        )
        return ends_inside


def _are_edges_sound(
    outside: pl.Series, delimiter: str, *, opens: bool, closes: bool
) -> bool:
    """Tell whether what stands between quoted fields begins and ends at field edges.

    A piece of nothing is a doubled quote. The first piece need not begin at an edge if
    it opens the window, nor the last end at one if it closes it: lines are edges too.
    """
    last = len(outside) - 1
    edge = "\\t" if delimiter == "\t" else "\\" + delimiter
    sound = rf"(?s)\A(?:(?:{edge}|\r?\n)(?:.*(?:{edge}|\n))?)?\z"
    for place in outside.str.contains(sound).not_().arg_true():
        piece = outside[place]
        begins = piece.startswith((delimiter, "\n", "\r\n")) or not piece
        ends = piece.endswith((delimiter, "\n")) or not piece
        if not (begins or (opens and place == 0)):
            return False
        if not (ends or (closes and place == last)):
            return False
    return True


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
        for record in csv.reader(stream, delimiter=delimiter, strict=True):
            number += 1
            yield record
    except csv.Error as error:
        raise SourceError(
            f"{file} has quotes that do not pair, in or after row {number + 1}: from"
            " there on fields cannot be told apart.",
            hint=_FIX,
        ) from error
