"""The simulator's folder tree, and who may do what in it.

Uploads may be created once and never overwritten, renamed, changed or removed; nothing
else may be written. These rules are assumed: RAP's own are not published.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from rapupload.model import AccountKind
from rapupload.simulator.accounts import KEY_FOLDER, Account
from rapupload.simulator.answers import Answer
from rapupload.spec.format import BatchSpec
from rapupload.spec.naming import NamePattern


class Folders:
    """The tree one account sees, kept below a folder of this machine."""

    def __init__(
        self, root: Path, account: Account, specs: Sequence[BatchSpec]
    ) -> None:
        self.tree = root / "tree"
        self._spool = root / "spool"
        self._taken = root / "taken"
        self._account = account
        self._specs = specs

    def make(self, today: dt.date) -> None:
        """Make every folder that is not there yet."""
        wanted = [*self._account.download_folders, KEY_FOLDER]
        wanted += self.upload_folders(today)
        for folder in wanted:
            self.local(PurePosixPath(folder)).mkdir(parents=True, exist_ok=True)
        for place in (self._spool, self._taken):
            place.mkdir(parents=True, exist_ok=True)

    def upload_folders(self, today: dt.date) -> tuple[str, ...]:
        """Return the upload folders; only a participant's account has any."""
        if self._account.kind is not AccountKind.PARTICIPANT:
            return ()
        names = (
            NamePattern.parse(spec.batch_file.folder).write(
                {
                    "participant": self._account.owner,
                    "account": self._account.name,
                    "market": spec.spec.market,
                    "date": today,
                }
            )
            for spec in self._specs
        )
        return tuple(dict.fromkeys(names))

    def local(self, path: PurePosixPath) -> Path:
        """Return where a path of the tree is on this machine."""
        return self.tree.joinpath(*path.parts[1:])

    def spec_of(self, path: PurePosixPath) -> BatchSpec | None:
        """Return the spec a file falls under: by folder and name, else by folder."""
        found = [
            spec
            for spec in self._specs
            if NamePattern.parse(spec.batch_file.folder).read(str(path.parent))
            is not None
        ]
        if self._account.kind is not AccountKind.PARTICIPANT or not found:
            return None
        return next((s for s in found if is_named_by(s, path.name)), found[0])

    def may_create(self, path: PurePosixPath) -> bool:
        """Tell whether a new file may be put there."""
        return str(path.parent) == KEY_FOLDER or self.spec_of(path) is not None

    def may_read(self, path: PurePosixPath) -> bool:
        """Tell whether a file may be read: our own uploads only where the spec says."""
        spec = self.spec_of(path)
        if spec is None or not is_named_by(spec, path.name):
            return True
        return spec.batch_file.read_back

    def may_rename(self, old: PurePosixPath, new: PurePosixPath) -> bool:
        """Tell whether a finished upload may be given its final name."""
        spec = self.spec_of(new)
        return (
            spec is not None
            and spec.batch_file.write == "rename"
            and old.parent == new.parent
            and not is_named_by(spec, old.name)
            and is_named_by(spec, new.name)
            and not self.local(new).exists()
        )

    def take_away(self, path: PurePosixPath) -> None:
        """Move an upload out of the tree."""
        source, name = self.local(path), path.name
        count = 1
        while (self._taken / name).exists():
            count += 1
            name = f"{path.name}.{count}"
        shutil.move(source, self._taken / name)

    def deliver(self, answer: Answer) -> None:
        """Put an acknowledgement into the tree, whole or not at all.

        A later answer to a file of the same name takes the place of the earlier one.
        """
        draft = self._spool / answer.path.name
        draft.write_bytes(answer.content)
        target = self.local(answer.path)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.replace(target)


def is_named_by(spec: BatchSpec, name: str) -> bool:
    """Tell whether a name is that of a batch file of this spec."""
    return NamePattern.parse(spec.batch_file.name).read(name) is not None
