"""Which sheets of a source file hold instructions, and of which type each is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rapupload.config import Settings
from rapupload.errors import SourceError, UsageError
from rapupload.services.checking import Source, limits_of
from rapupload.sources import SheetFit, survey
from rapupload.spec.catalogue import Catalogue
from rapupload.spec.headings import Vocabulary
from rapupload.spec.mapping import mapped_type


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a source file holds.

    Attributes:
        sources: One for each sheet with instructions, in the order of the file.
        left_out: Sheets that name too few columns to be meant, by name, with the reason.
    """

    sources: tuple[Source, ...]
    left_out: dict[str, str]


def find_sources(
    source: Source, catalogue: Catalogue, settings: Settings | None
) -> Found:
    """Tell the type of each sheet, where nobody has said it.

    A type that was stated, by a person or by a mapping, is taken for one sheet as it
    always was. Nothing is guessed between types that fit equally well.

    Args:
        source: The file; ``type`` may be empty.
        catalogue: All specs.
        settings: For limits.

    Raises:
        UsageError: A sheet could be of several types.
        SourceError: The file cannot be read, or no sheet has known headings.
    """
    if not source.type and source.mapping is not None:
        source = replace(source, type=mapped_type(source.mapping))
    if source.type:
        return Found(sources=(source,), left_out={})
    fits = _fits(source, catalogue, settings)
    meant = [fit for fit in fits if _is_meant(fit)] or fits
    for fit in meant:
        _refuse_doubt(fit, source)
    left = {
        fit.sheet: f"it lacks {', '.join(fit.missing)}"
        for fit in fits
        if fit not in meant
    }
    return Found(sources=tuple(_as_source(source, fit) for fit in meant), left_out=left)


def _fits(
    source: Source, catalogue: Catalogue, settings: Settings | None
) -> list[SheetFit]:
    vocabularies = {
        name: Vocabulary(catalogue.spec(name).spec) for name in catalogue.types
    }
    found: Iterable[SheetFit] = survey(
        source.file,
        vocabularies,
        encoding=source.encoding,
        limits=limits_of(settings),
    )
    if source.sheet is not None:
        wanted = source.sheet.strip().casefold()
        found = [fit for fit in found if fit.sheet.strip().casefold() == wanted]
    found = list(found)
    filled = [fit for fit in found if fit.has_rows] or found
    if not filled:
        where = f'sheet "{source.sheet}"' if source.sheet else "no sheet"
        raise SourceError(
            f"{source.file.name}: {where} has headings of an instruction type.",
            hint="Say what it is with --type, and where the headings are with "
            "--header-row; a layout of your own is read by a mapping: rapupload map.",
        )
    return filled


def _is_meant(fit: SheetFit) -> bool:
    """Tell whether somebody meant the sheet as instructions: more is there than lacks."""
    return not fit.missing or fit.is_stamped or fit.score > len(fit.missing)


def _refuse_doubt(fit: SheetFit, source: Source) -> None:
    if fit.type is not None:
        return
    place = (
        f'Sheet "{fit.sheet}" of {source.file.name}' if fit.sheet else source.file.name
    )
    raise UsageError(
        f"{place} could be {' or '.join(fit.others)}; nothing was read.",
        hint=f"Say which: {', '.join(f'--type {name}' for name in fit.others)}.",
    )


def _as_source(source: Source, fit: SheetFit) -> Source:
    assert fit.type is not None
    return replace(source, type=fit.type, sheet=fit.sheet or None)
