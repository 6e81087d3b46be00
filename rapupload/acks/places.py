"""Where answers lie, and which names there are answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from rapupload.spec.format import Acknowledgement, BatchSpec
from rapupload.spec.naming import NamePattern


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One remote folder, and one layer of answers to look for in it."""

    folder: str
    layer: Acknowledgement

    def meanings(self, name: str) -> dict[str, str] | None:
        """Return what a file name says; None when it is no answer of this layer."""
        return NamePattern.parse(self.layer.name).read(name)


def places(
    spec: BatchSpec, *, participant: str, account: str, days: Iterable[dt.date]
) -> tuple[Place, ...]:
    """Return the places to look at for batches sent on some days."""
    found: dict[tuple[str, int], Place] = {}
    for number, layer in enumerate(spec.acknowledgement):
        pattern = NamePattern.parse(layer.where)
        for day in days:
            folder = pattern.write(
                {
                    "participant": participant,
                    "account": account,
                    "market": spec.spec.market,
                    "date": day,
                }
            )
            found[folder, number] = Place(folder=folder, layer=layer)
    return tuple(found.values())
