"""Numbers of identity documents in what is shown, in whatever column they were typed.

Columns that hold them are personal and masked as such. A number that slipped into the
column beside it, or into a remark, is known by its shape alone; where a spec takes such
numbers at all, whatever looks like one is masked. Too much is masked rather than too
little; the cell is named anyway. Announcement numbers have the shape of a passport's:
they stay readable where they stand in their own column and begin as those of the
twenties do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator

import polars as pl

from rapupload.spec.format import BatchSpec
from rapupload.validation.findings import MASK

_TYPE = "identity-document"
_L, _C, _D = "[A-Za-zＡ-Ｚａ-ｚ]", "[A-ZＡ-Ｚ]", "[0-9０-９]"
_SIX = rf"{_D}{{3}} ?{_D}{{3}}"
_SHAPES = (
    rf"{_L}{{1,2}}[ -]*{_SIX} *[(（] *[0-9０-９AaＡａ] *[)）]",  # Hong Kong
    rf"{_L}{{1,2}}-?{_SIX}[Aa]",  # Hong Kong, bracket left out
    rf"(?:{_D}[ -]?){{17}}[0-9０-９XxＸｘ]",  # mainland
    rf"(?:{_L}{{1,2}}-?|{_C}{{1,2}} +){_D}{{3}} ?{_D}{{3,6}}",  # passport
)
"""Source: as ``fieldtypes.identity_document``; passports: one or two letters, 6-9 digits."""

_ALIKE = "|".join(_SHAPES)
_ANNOUNCEMENT = "^A2[0-9]{7}$"  # A, year and number: assumed, as fieldtypes has it
_WORD = "[A-Za-z0-9Ａ-Ｚａ-ｚ０-９]"
_NUMBER = re.compile(rf"(?<!{_WORD})(?:{_ALIKE})(?!{_WORD})")


def identity_masker(
    spec: BatchSpec, known: Iterable[str] = ()
) -> Callable[[str], str] | None:
    """Return what masks the numbers in a text; None where the spec takes no such number.

    Args:
        spec: Its codes stay as they are.
        known: What else stays readable.
    """
    if not any(column.type == _TYPE for column in spec.column):
        return None
    codes = {code.code for column in spec.column for code in column.codes} | set(known)

    def masked(text: str) -> str:
        return _NUMBER.sub(lambda m: m[0] if m[0] in codes else MASK, text)

    return masked


def mask_identities(
    findings: pl.DataFrame, spec: BatchSpec, instructions: pl.DataFrame
) -> pl.DataFrame:
    """Return findings that show no number of an identity document.

    Args:
        findings: In the columns of ``findings.SCHEMA``.
        spec: Tells whether there may be such numbers, and which codes are none.
        instructions: As read; the announcements that they name stay readable.
    """
    mask = identity_masker(spec, _announcements(spec, instructions))
    if mask is None or findings.is_empty():
        return findings

    def in_words(words: str) -> str:
        return json.dumps(_each(json.loads(words), mask), ensure_ascii=False)

    return findings.with_columns(
        _masked(findings["value"], mask), _masked(findings["words"], in_words)
    )


def _announcements(spec: BatchSpec, instructions: pl.DataFrame) -> Iterator[str]:
    for column in spec.column:
        name = column.sql_name
        if column.type == "announcement-no" and name in instructions.columns:
            texts = instructions[name].cast(pl.String).drop_nulls().unique()
            yield from texts.filter(texts.str.contains(_ANNOUNCEMENT))


def _masked(texts: pl.Series, mask: Callable[[str], str]) -> pl.Series:
    """Mask each spelling once; most have nothing like a number in them."""
    alike = texts.filter(texts.str.contains(_ALIKE).fill_null(value=False)).unique()
    known = {text: mask(text) for text in alike}
    return texts.replace(known) if known else texts


def _each(said: object, mask: Callable[[str], str]) -> object:
    if isinstance(said, str):
        return mask(said)
    if isinstance(said, list):
        return [_each(one, mask) for one in said]
    if isinstance(said, dict):
        return {name: _each(one, mask) for name, one in said.items()}
    return said
