"""Pairing an acknowledgement with the submission it answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from rapupload.spec.format import Acknowledgement
from rapupload.spec.naming import NamePattern
from rapupload.spec.records import whole_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What an acknowledgement may name a batch by.

    An answer that names another participant never fits; an empty one is not compared.
    """

    batch: str
    file_name: str
    indicator: int
    date: dt.date
    file_reference: str
    participant: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The pairing.

    Attributes:
        batch: The batch answered; None for an orphan or an ambiguous answer.
        key: Keys that led there, such as ``file-name``; recorded in the journal.
        candidates: More than one when the keys disagree or several batches fit.
    """

    batch: str | None
    key: str
    candidates: tuple[str, ...] = ()

    @property
    def is_ambiguous(self) -> bool:
        """Tell whether several batches fit."""
        return len(self.candidates) > 1


def match(
    layer: Acknowledgement,
    in_name: Mapping[str, str],
    in_content: Mapping[str, str],
    submissions: Iterable[Submission],
) -> Match:
    """Pair an answer by every key the spec lists; all that say something must agree."""
    said = {**in_name, **in_content}.get("participant") or ""
    pool = tuple(s for s in submissions if not said or s.participant in {"", said})
    found: dict[str, tuple[str, ...]] = {}
    for key in layer.match_on:
        test = _TESTS[key](layer, in_name, in_content)
        if test is not None:
            found[key] = tuple(s.batch for s in pool if test(s))
    if not found:
        return Match(batch=None, key="")
    agreed = set.intersection(*(set(batches) for batches in found.values()))
    if len(agreed) == 1:
        return Match(batch=agreed.pop(), key="+".join(found), candidates=())
    named = tuple(sorted({batch for batches in found.values() for batch in batches}))
    ambiguous = len(agreed) > 1 or bool(named)
    return Match(
        batch=None, key="+".join(found), candidates=_several(named) if ambiguous else ()
    )


def _several(named: Sequence[str]) -> tuple[str, ...]:
    """Keep a disagreement visible even where only one batch was named by some keys."""
    return tuple(named) if len(named) > 1 else (*named, "another file")


_Test = Callable[[Submission], bool]
_Texts = Mapping[str, str]


def _by_name(
    _layer: Acknowledgement, in_name: _Texts, in_content: _Texts
) -> _Test | None:
    names = [
        texts["file-name"] for texts in (in_name, in_content) if texts.get("file-name")
    ]
    stem = in_name.get("file-stem")
    if not names and not stem:
        return None

    def test(submission: Submission) -> bool:
        own = submission.file_name
        return all(name == own for name in names) and (
            not stem or stem == PurePosixPath(own).stem
        )

    return test


def _by_indicator(
    layer: Acknowledgement, in_name: _Texts, in_content: _Texts
) -> _Test | None:
    """Compare indicator and day; where name and content both have one, both count."""
    indicators = _said("indicator", in_name, in_content)
    days = [
        _day(texts["date"], written)
        for texts, written in (
            (in_name, _in_names(layer)),
            (in_content, _inside(layer)),
        )
        if texts.get("date")
    ]
    if not indicators or not days:
        return None
    numbers = {whole_number(text) for text in indicators}
    return lambda own: {own.indicator} == numbers and {own.date} == set(days)


def _said(key: str, *sources: _Texts) -> list[str]:
    return [texts[key] for texts in sources if texts.get(key)]


def _in_names(layer: Acknowledgement) -> str:
    """Return how the name of an answer writes its date."""
    return dict(reversed(NamePattern.parse(layer.name).placeholders)).get("date", "")


def _inside(layer: Acknowledgement) -> str:
    """Return how an answer itself writes its date."""
    fields = (*layer.header, *layer.trailer)
    formats = (field.format for field in fields if field.means == "date")
    return next(formats, None) or "%Y%m%d"


def _day(text: str, written: str) -> dt.date | None:
    """Return the day; None, which is nobody's, for what is no date."""
    try:
        return dt.datetime.strptime(text, written).replace(tzinfo=dt.UTC).date()
    except ValueError:
        return None


def _by_reference(
    _layer: Acknowledgement, _in_name: _Texts, in_content: _Texts
) -> _Test | None:
    reference = in_content.get("file-reference", "")
    if not reference:
        return None
    return lambda submission: submission.file_reference == reference


_TESTS: dict[str, Callable[[Acknowledgement, _Texts, _Texts], _Test | None]] = {
    "file-name": _by_name,
    "indicator+date": _by_indicator,
    "file-reference": _by_reference,
}
