"""One column on its way from stored contents to kinds and texts, settled all at once.

What a column cannot settle in the plainest way is settled cell by cell, where the
careful reader's cells are settled too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from rapupload.sources.cells import DIGITS, GENERAL_LARGE, GENERAL_SMALL, LONG, convert
from rapupload.sources.formats import NUMBERS, Form
from rapupload.table import CellKind

_PLAIN_NUMBER = r"^(?:0|-?(?:[1-9][0-9]*|0)\.[0-9]*[1-9]|-?[1-9][0-9]*)$"
_PLAIN_DAY = r"^[1-9][0-9]{1,6}$"
_FIRST_DAY, _LAST_DAY = 61, 2_958_465  # 1900-03-01, after the leap day that never was
_DAY_1970 = 25_569

Place = tuple[int, int]
_NO_KIND = pl.lit(None, pl.UInt8)


class UnsettledError(ValueError):
    """A cell holds something else than its type says."""


@dataclass(frozen=True, slots=True)
class RawColumn:
    """One column on its way: what is settled at once, and what is not."""

    index: int
    texts: pl.Series
    kinds: pl.Series
    unsettled: list[tuple[int, int, str | None]]  # row, form, text as stored

    @classmethod
    def build(
        cls, index: int, stored: pl.Series, forms: pl.Series, *, is_1904: bool
    ) -> RawColumn:
        """Settle text, plain numbers and whole days; list the other cells."""
        frame = pl.DataFrame({"s": stored, "f": forms})
        kind = pl.when(_is_text()).then(_kind(CellKind.TEXT)).otherwise(_NO_KIND)
        text = pl.col("s")
        present = set(forms.unique())
        if present & NUMBERS:
            frame = _with_numbers(frame)
            kind = pl.coalesce(_number_kind(present), kind)
            text = pl.coalesce("n", text)
        if Form.DATE in present and not is_1904:
            frame = frame.with_columns(d=_whole_day())
            whole = pl.when(pl.col("d").is_not_null()).then(_kind(CellKind.DATE))
            kind = pl.coalesce(whole, kind)
            text = pl.coalesce("d", text)
        frame = frame.with_columns(k=kind)
        settled = pl.when(pl.col("k").is_not_null()).then(text)
        rest = frame.with_row_index("r", offset=1).filter(
            pl.col("k").is_null() & (pl.col("f") != Form.BLANK)
        )
        return cls(
            index,
            frame.select(settled).to_series(),
            frame["k"],
            rest.select("r", "f", "s").rows(),
        )

    @property
    def unreadable(self) -> list[int]:
        """Return the rows whose cell has to be read from the XML."""
        return [row for row, _, text in self.unsettled if text is None]

    def settle(
        self, raw: Mapping[Place, str], *, is_1904: bool
    ) -> tuple[pl.Series, pl.Series]:
        """Return the columns ``c<n>`` and ``k<n>`` with every cell settled."""
        texts, kinds = self.texts, self.kinds
        if self.unsettled:
            stored = [
                (Form(form), raw[row, self.index] if text is None else text)
                for row, form, text in self.unsettled
            ]
            found = [_convert(form, text, is_1904=is_1904) for form, text in stored]
            places = [row - 1 for row, _, _ in self.unsettled]
            texts = texts.scatter(places, [text for _, text in found])
            kinds = kinds.scatter(places, [kind for kind, _ in found])
        return texts.alias(f"c{self.index}"), kinds.alias(f"k{self.index}")


def _convert(form: Form, raw: str, *, is_1904: bool) -> tuple[int | None, str | None]:
    if not raw and form is not Form.FORMULA:
        return None, None
    try:
        kind, text = convert(form, raw, is_1904=is_1904)
    except ValueError as error:
        raise UnsettledError(str(error)) from error
    return int(kind), text


def _is_text() -> pl.Expr:
    return pl.col("f").eq(Form.TEXT) & pl.col("s").ne("")


def _with_numbers(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the value ``v`` of every number, and its plain text ``n``."""
    is_number = pl.col("f").is_in(list(NUMBERS))
    frame = frame.with_columns(n=pl.when(is_number).then(pl.col("s")))
    frame = frame.with_columns(v=pl.col("n").cast(pl.Float64, strict=False))
    return frame.with_columns(
        n=pl.when(_is_plain("n")).then("n").otherwise(_plain_text())
    )


def _is_plain(name: str) -> pl.Expr:
    text = pl.col(name)
    return (text.str.len_bytes() <= DIGITS) & text.str.contains(_PLAIN_NUMBER)


def _plain_text() -> pl.Expr:
    """Return a float as polars writes it, whole numbers without their ``.0``."""
    value = pl.col("v")
    is_whole = (value == value.floor()) & (value.abs() < LONG)
    whole = pl.when(is_whole).then(value).cast(pl.Int64).cast(pl.String)
    return pl.when(is_whole).then(whole).otherwise(value.cast(pl.String))


def _whole_day() -> pl.Expr:
    """Return the day of a date without a time of day."""
    stored = pl.col("s")
    is_whole = pl.col("f").eq(Form.DATE) & stored.str.contains(_PLAIN_DAY)
    day = pl.when(is_whole).then(stored).cast(pl.Int32)
    is_known = day.is_between(_FIRST_DAY, _LAST_DAY)
    date = pl.when(is_known).then(day - _DAY_1970).cast(pl.Date)
    return date.dt.to_string("%Y-%m-%d")


def _number_kind(present: Collection[int]) -> pl.Expr:
    """Return the kind of numbers that need no rounding; null for the others."""
    form, is_plain = pl.col("f"), _is_plain("n")
    kind = pl.when(is_plain).then(_kind(CellKind.NUMBER)).otherwise(_NO_KIND)
    size = pl.col("v").abs()
    is_bent = (size >= GENERAL_LARGE) | ((size > 0) & (size < GENERAL_SMALL))
    for shown, meaning, applies in (
        (Form.GENERAL, CellKind.NUMBER_SCIENTIFIC, is_bent),
        (Form.SCIENTIFIC, CellKind.NUMBER_SCIENTIFIC, pl.lit(value=True)),
        (Form.PERCENT, CellKind.NUMBER_PERCENT, pl.lit(value=True)),
    ):
        if shown in present:
            special = is_plain & form.eq(shown) & applies
            kind = pl.when(special).then(_kind(meaning)).otherwise(kind)
    return kind


def _kind(kind: CellKind) -> pl.Expr:
    return pl.lit(int(kind), pl.UInt8)
