"""All specs at hand: the shipped ones, and a firm's own, which win over them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rapupload.errors import SpecError, SpecFault, UsageError
from rapupload.spec.loader import LoadedSpec, load_spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One spec file and its standing.

    Attributes:
        file: The file.
        type: Instruction type, from the file's name.
        own: It lies in the firm's folder.
        in_force: It is the one used for its type.
        why: A sentence that says why (not).
    """

    file: Path
    type: str
    own: bool
    in_force: bool
    why: str


def shipped_folder() -> Path:
    """Return the folder of the shipped specs: in the wheel, or in the checkout."""
    inside = Path(__file__).parent.parent / "specs"
    return inside if inside.is_dir() else inside.parent.parent / "specs"


class Catalogue:
    """Specs by instruction type; files are read when asked for.

    Args:
        own_folder: The firm's own specs, ``<type>.toml``; None or absent = none.
    """

    def __init__(self, own_folder: Path | None = None) -> None:
        is_shipped = own_folder and own_folder.resolve() == shipped_folder().resolve()
        self._own_folder = None if is_shipped else own_folder
        self._loaded: dict[str, LoadedSpec] = {}

    def entries(self) -> tuple[Entry, ...]:
        """Return every spec file found, the one in force first within its type."""
        own = _files(self._own_folder)
        shipped = _files(shipped_folder())
        entries = [
            Entry(file=f, type=t, own=True, in_force=True, why="your own folder wins")
            for t, f in own.items()
        ]
        for name, file in shipped.items():
            why = "your own file wins" if name in own else "shipped"
            entries.append(
                Entry(
                    file=file, type=name, own=False, in_force=name not in own, why=why
                )
            )
        return tuple(sorted(entries, key=lambda e: (e.type, not e.in_force)))

    @property
    def types(self) -> tuple[str, ...]:
        """Return the instruction types at hand."""
        return tuple(entry.type for entry in self.entries() if entry.in_force)

    def spec(self, name: str) -> LoadedSpec:
        """Return the spec in force for an instruction type.

        Raises:
            UsageError: There is no such type.
            SpecError: Its file has faults, or is about another type.
        """
        if name not in self._loaded:
            self._loaded[name] = self._load(name)
        return self._loaded[name]

    def _load(self, name: str) -> LoadedSpec:
        for entry in self.entries():
            if entry.in_force and entry.type == name:
                return _checked(load_spec(entry.file), name)
        raise UsageError(
            f"There is no instruction type {name!r}.",
            hint=f"Known types: {', '.join(self.types)}.",
        )


def _checked(loaded: LoadedSpec, name: str) -> LoadedSpec:
    if loaded.spec.id != name:
        reason = f"the file is named {name}.toml but describes {loaded.spec.id!r}"
        raise SpecError(str(loaded.file), (SpecFault(path="spec.id", reason=reason),))
    return loaded


def _files(folder: Path | None) -> dict[str, Path]:
    if folder is None or not folder.is_dir():
        return {}
    return {file.stem: file for file in sorted(folder.glob("*.toml"))}
