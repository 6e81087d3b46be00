"""Pairing an acknowledgement with the submission it answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from rapupload.spec.format import Acknowledgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What an acknowledgement may name a batch by."""

    batch: str
    file_name: str
    indicator: int
    date: dt.date
    file_reference: str


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
    pool = tuple(submissions)
    found: dict[str, tuple[str, ...]] = {}
    for key in layer.match_on:
        test = _TESTS[key](in_name, in_content)
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


def _by_name(in_name: _Texts, in_content: _Texts) -> _Test | None:
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


def _by_indicator(in_name: _Texts, in_content: _Texts) -> _Test | None:
    texts = {**in_name, **{key: text for key, text in in_content.items() if text}}
    indicator, date = texts.get("indicator", ""), texts.get("date", "")
    if not indicator.isdigit() or not date.isdigit():
        return None

    def test(submission: Submission) -> bool:
        own = (submission.indicator, f"{submission.date:%Y%m%d}")
        return own == (int(indicator), date)

    return test


def _by_reference(_in_name: _Texts, in_content: _Texts) -> _Test | None:
    reference = in_content.get("file-reference", "")
    if not reference:
        return None
    return lambda submission: submission.file_reference == reference


_TESTS: dict[str, Callable[[_Texts, _Texts], _Test | None]] = {
    "file-name": _by_name,
    "indicator+date": _by_indicator,
    "file-reference": _by_reference,
}
