"""What people and scripts see: sentences on standard error, one document on output."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapupload.cli import exits
from rapupload.errors import RapuploadError, TransportError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


class OutputError(RapuploadError):
    """Standard output cannot be written to; what was done is done all the same."""

    code = "output"

    def __init__(self, cause: OSError) -> None:
        super().__init__(
            f"The result could not be written to standard output: {cause.strerror}.",
            hint="What was done stands: rapupload status shows where batches are.",
        )
        self.is_unread = isinstance(cause, BrokenPipeError)


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        raise OutputError(error) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One command's conversation.

    Attributes:
        as_json: Standard output carries one JSON document and nothing else.
    """

    as_json: bool = False

    def show(self, *parts: RenderableType) -> None:
        """Print for a person; silent when a script listens."""
        if not self.as_json:
            with _writing():
                console = _console()
                for part in parts:
                    plain_text = isinstance(part, str)
                    console.print(part, soft_wrap=plain_text, highlight=False)

    def say(self, text: str) -> None:
        """Report a step of long work, on a terminal only."""
        if sys.stderr.isatty() and not self.as_json:
            print(text, file=sys.stderr)

    def document(self, content: dict[str, object]) -> None:
        """Print the JSON document, when a script listens."""
        if self.as_json:
            text = json.dumps(content, ensure_ascii=False, indent=2, default=str)
            with _writing():
                print(text, flush=True)

    def end(
        self,
        content: dict[str, object],
        problems: Sequence[RapuploadError] = (),
        codes: Iterable[int] = (),
    ) -> int:
        """Finish: the document, every problem in words, and the exit code."""
        code = exits.worst([*codes, *(exits.of_error(error) for error in problems)])
        if problems:
            gravest = min(problems, key=lambda e: exits.ORDER.index(exits.of_error(e)))
            content = {**content, "error": error_document(gravest, code)}
        self.document(content)
        if not self.as_json:
            for error in problems:
                tell(error)
        return code


def error_document(error: BaseException, code: int) -> dict[str, object]:
    """Return the JSON form of an error that scripts rely on."""
    found: dict[str, object] = {
        "code": getattr(error, "code", "unexpected"),
        "message": getattr(error, "message", str(error)),
        "hint": getattr(error, "hint", ""),
        "exit_code": code,
    }
    if isinstance(error, TransportError):
        found |= {"endpoint": error.endpoint, "operation": error.operation}
    return found


def plain(text: object) -> str:
    """Return a name or a person's words, to be shown as they are, brackets and all."""
    from rich.markup import escape

    return escape(str(text))


def count_of(number: int, noun: str, plural: str = "") -> str:
    """Return a number of things in words that agree.

    >>> count_of(1, "row"), count_of(1200, "row"), count_of(2, "batch", "batches")
    ('1 row', '1,200 rows', '2 batches')
    """
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def argument(path: object) -> str:
    """Return a path as it has to be typed in a command that we suggest."""
    text = str(path)
    return f'"{text}"' if " " in text else text


def tell(error: RapuploadError) -> None:
    """Say what happened, and what to do next."""
    with suppress(OSError):  # nobody listens; the exit code still tells
        print(error.message, file=sys.stderr)
        if error.hint:
            print(f"-> {error.hint}", file=sys.stderr)


def _console() -> Console:
    from rich.console import Console

    width = None if sys.stdout.isatty() else int(os.environ.get("COLUMNS", "120"))
    return Console(file=sys.stdout, width=width, emoji=False, markup=True)
