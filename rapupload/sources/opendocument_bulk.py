"""Rows of an OpenDocument spreadsheet that are plain, many at a time.

As with .xlsx, rows are compared by *shape*: their XML without the contents. A row whose
shape is outside a short grammar goes to the parser, event by event; the other ones, which
are nearly all of a large sheet, are settled column by column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import polars as pl

from rapupload.sources.columns import RawColumn
from rapupload.sources.formats import NUMBERS, Form
from rapupload.sources.grid import Grid
from rapupload.table import CellKind

ROW_END: Final = b"</table:table-row>"
_ROW = re.compile(
    r'<table:table-row(?: table:style-name="[^"<>&]*")?>((?:<table:table-cell.*)?)',
    re.DOTALL,
)
_CELL = re.compile(
    r"<table:table-cell((?: [a-z]+:[a-z-]+=\"[^\"<>&]*\")*)"
    r"(?:/>|>((?:<text:p>_?</text:p>|<text:p/>)?)</table:table-cell>)"
)
_ATTRIBUTE = re.compile(r' ([a-z]+:[a-z-]+)="([^"]*)"')
_KNOWN: Final = frozenset(
    {
        "table:style-name",
        "table:number-columns-repeated",
        "office:value-type",
        "office:value",
        "office:date-value",
        "office:currency",
        "calcext:value-type",
    }
)
_VALUED: Final = frozenset({"office:value", "office:date-value"})
_PLACED: Final[dict[str, frozenset[str]]] = {
    "": frozenset(),
    "string": frozenset(),
    "float": frozenset({"office:value"}),
    "currency": frozenset({"office:value"}),
    "percentage": frozenset({"office:value"}),
    "date": frozenset({"office:date-value"}),
}
"""Type of a value -> the attributes that hold it."""
_SETTLED: Final = {"percentage": Form.PERCENT, "date": Form.DATE}
_VALUES: Final = r'( office:(?:date-)?value=")[^"]*'
_TEXTS: Final = "<text:p>[^<]+<"
_CONTENTS: Final = r' office:(?:date-)?value="[^"]*|<text:p>[^<]+'
_OPENING: Final = r'^(?: office:(?:date-)?value="|<text:p>)'
_UNEVEN: Final = "  |[\x00-\x1f]|<text:p> "
_ENTITY: Final = "&(?:amp|lt|gt|quot|apos);"
_DAY: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_MOST_SHAPES: Final = 200  # in one chunk; beyond, the parser is quicker

FormOf = Callable[[str | None, int], Form]
"""From a style, and the column of the cell, to how it shows a number."""


class _Cell(NamedTuple):
    """One filled cell of a shape: its column, form, and which content is its own."""

    column: int
    form: Form
    place: int


_Shape = tuple[_Cell, ...] | None  # None: not plain


@dataclass(slots=True)
class BulkRows:
    """Takes plain rows of one sheet into its grid."""

    grid: Grid
    form_of: FormOf
    most_columns: int
    _shapes: dict[str, _Shape] = field(default_factory=dict)
    _stored: dict[int, list[pl.DataFrame]] = field(default_factory=dict)

    def sort_out(self, chunk: bytes) -> Rows | None:
        """Return the rows of a chunk by shape, or None where that does not pay."""
        try:
            text = pl.Series("xml", [chunk], dtype=pl.Binary).cast(pl.String)
        except pl.exceptions.ComputeError:  # not UTF-8: the parser says so
            return None
        xml = pl.col("xml")
        rows = (
            text.str.split(ROW_END.decode())
            .explode()
            .to_frame()
            .lazy()
            .select(
                xml,
                key=xml.str.replace_all(_VALUES, "$1").str.replace_all(
                    _TEXTS, "<text:p>_<"
                ),
                contents=xml.str.extract_all(_CONTENTS),
                odd=xml.str.contains(_UNEVEN)
                | xml.str.count_matches("&", literal=True).ne(
                    xml.str.count_matches(_ENTITY)
                ),
            )
            .collect()
        )
        return self._identify(rows)

    def _identify(self, rows: pl.DataFrame) -> Rows | None:
        keys = rows["key"].unique(maintain_order=True)
        if len(keys) > _MOST_SHAPES:
            return None
        shapes = [self._learn(key) for key in keys]
        plain = [index for index, shape in enumerate(shapes) if shape is not None]
        ids = rows["key"].replace_strict(
            keys, pl.int_range(len(keys), dtype=pl.UInt32, eager=True)
        )
        is_plain = ids.is_in(plain) & ~rows["odd"]
        return Rows(rows["xml"], rows["contents"], ids, is_plain, shapes)

    def _learn(self, key: str) -> _Shape:
        if key not in self._shapes:
            self._shapes[key] = self._parse(key)
        return self._shapes[key]

    def _parse(self, key: str) -> _Shape:
        row = _ROW.fullmatch(key)
        if not row:
            return None
        body, cells = row.group(1), []
        position = column = place = 0
        while position < len(body):
            found = _CELL.match(body, position)
            attributes = dict(_ATTRIBUTE.findall(found.group(1))) if found else {}
            if not found or len(attributes) * 2 != found.group(1).count('"'):
                return None
            has_text = "_" in (found.group(2) or "")
            form = self._form(attributes, column, has_text=has_text)
            if form is None:
                return None
            count = int(attributes.get("table:number-columns-repeated", "1"))
            if form is not Form.BLANK:
                end = min(column + count, self.most_columns + 1)
                columns = range(column, max(end, column + 1))
                cells += [_Cell(c, form, place) for c in columns]
            place += len(_VALUED & attributes.keys()) + has_text
            column, position = column + count, found.end()
        return tuple(cells)

    def _form(
        self, attributes: dict[str, str], column: int, *, has_text: bool
    ) -> Form | None:
        """Return what a cell holds, or None where that is not plain."""
        kind = attributes.get("office:value-type", "")
        values = _VALUED & attributes.keys()
        told = attributes.get("calcext:value-type", kind)
        if not attributes.keys() <= _KNOWN or told != kind or kind not in _PLACED:
            return None
        if values != _PLACED[kind]:
            return None
        if not values:
            return Form.TEXT if has_text else Form.BLANK if not kind else None
        if kind in _SETTLED:
            return _SETTLED[kind]
        form = self.form_of(attributes.get("table:style-name"), column)
        if form is Form.BOOLEAN:  # shown as a word
            return None
        return form if form in NUMBERS else Form.PLAIN

    def take(self, rows: Rows, places: pl.Series, numbers: pl.Series) -> None:
        """Add plain rows to the grid.

        Args:
            rows: What ``sort_out`` returned.
            places: Which of them to add.
            numbers: Their row numbers.
        """
        if places.is_empty():
            return
        contents = rows.contents.gather(places)
        width = int(str(contents.list.len().max() or 0))
        fields = [f"f{place}" for place in range(width)]
        ids = rows.ids.gather(places).alias("shape")
        frame = pl.DataFrame([ids])
        if width:
            named = contents.list.to_struct(fields=fields).struct.unnest()
            frame = named.select(pl.all().str.replace(_OPENING, "")).with_columns(ids)
        frame = frame.with_columns(row=numbers)
        filled = [index for index, shape in enumerate(rows.shapes) if shape]
        self.grid.add_rows(frame.filter(pl.col("shape").is_in(filled))["row"].to_list())
        for column, stored in _by_column(rows.shapes, frame):
            self._stored.setdefault(column, []).append(stored)

    def finish(self) -> None:
        """Settle what was taken, column by column."""
        for column, parts in self._stored.items():
            self._add_column(column, pl.concat(parts))

    def _add_column(self, column: int, stored: pl.DataFrame) -> None:
        """Settle the cells of a column: ``row, form, text`` as stored."""
        forms = set(stored["form"].unique())
        for form in forms:
            self.grid.note_odd(column, Form(form))
        if Form.DATE in forms:
            is_date = pl.col("form") == Form.DATE
            dates = stored.filter(is_date)
            self.grid.add_column(column, _settle_dates(dates))
            stored = stored.filter(~is_date)
        if Form.TEXT in forms:
            stored = stored.with_columns(_unescaped(stored["text"]))
        raw = RawColumn.build(column, stored["text"], stored["form"], is_1904=False)
        texts, kinds = raw.settle({}, is_1904=False)
        cells = stored.select("row", kind=kinds, text=texts)
        self.grid.add_column(column, cells)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a chunk.

    Attributes:
        ids: Which of ``shapes`` each row has.
    """

    xml: pl.Series
    contents: pl.Series
    ids: pl.Series
    is_plain: pl.Series
    shapes: Sequence[_Shape]


def _by_column(
    shapes: Sequence[_Shape], frame: pl.DataFrame
) -> Iterator[tuple[int, pl.DataFrame]]:
    """Yield, column by column, ``row, form, text`` of the cells as they are stored."""
    groups: dict[int, dict[int, list[int]]] = {}
    forms: dict[int, dict[int, int]] = {}
    for identity, shape in enumerate(shapes):
        for cell in shape or ():
            places = groups.setdefault(cell.column, {})
            places.setdefault(cell.place, []).append(identity)
            forms.setdefault(cell.column, {})[identity] = cell.form
    present = set(frame["shape"].unique())
    for column, places in groups.items():
        if present.isdisjoint(forms[column]):
            continue
        texts = [
            pl.when(pl.col("shape").is_in(ids)).then(pl.col(f"f{place}"))
            for place, ids in places.items()
            if not present.isdisjoint(ids)
        ]
        form = pl.col("shape").replace_strict(
            forms[column], default=None, return_dtype=pl.UInt8
        )
        cells = frame.select("row", form=form, text=pl.coalesce(texts))
        yield column, cells.filter(pl.col("form").is_not_null())


def _unescaped(texts: pl.Series) -> pl.Series:
    """Return texts with XML's five entities resolved; there are no others in them."""
    if not texts.str.contains("&", literal=True).any():
        return texts
    entities = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'"}
    return texts.str.replace_many(list(entities), list(entities.values()))


def _settle_dates(dates: pl.DataFrame) -> pl.DataFrame:
    from rapupload.sources.opendocument_cells import settle_date  # noqa: PLC0415

    text = pl.col("text")
    is_day = (
        text.str.contains(_DAY)
        & text.str.to_date("%Y-%m-%d", strict=False).is_not_null()
    )
    days = dates.filter(is_day).select(
        "row", kind=pl.lit(int(CellKind.DATE), pl.UInt8), text="text"
    )
    others = dates.filter(~is_day)
    found = [settle_date(stored) for stored in others["text"]]
    rest = pl.DataFrame(
        {
            "row": others["row"],
            "kind": pl.Series([int(kind) for kind, _ in found], dtype=pl.UInt8),
            "text": pl.Series([shown for _, shown in found], dtype=pl.String),
        }
    )
    return pl.concat([days, rest])
