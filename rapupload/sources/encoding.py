"""From the bytes of a text file to UTF-8; a legacy encoding is never guessed."""

from __future__ import annotations

import codecs
import re
from typing import Final

import polars as pl

from rapupload.errors import SourceError, UsageError
from rapupload.table import Remark

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_STATED: Final = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "big5": "big5hkscs",  # the superset reads the names of Hong Kong too
    "big5-hkscs": "big5hkscs",
    "big5hkscs": "big5hkscs",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "gb18030": "gb18030",
}
ENCODINGS: Final = ("utf-8", "utf-16", "big5hkscs", "gb18030")
_LEGACY: Final = ("big5hkscs", "gb18030")
_CHUNK: Final = 8 << 20
_SAMPLE = re.compile(r"[^\x00-\x7f][^\x00-\x1f,;|]{0,19}")


def to_utf8(
    raw: bytes, file: str, encoding: str | None
) -> tuple[bytes, tuple[Remark, ...]]:
    """Return the text as UTF-8 without byte order mark, and what was noticed.

    Where nothing is stated the bytes come back as they are; whoever reads them without
    decoding every one has to call ``require_utf8``.

    Raises:
        SourceError: Not what was stated.
        UsageError: The encoding stated is not one that is read.
    """
    for mark, codec in _BOMS:
        if raw.startswith(mark):
            body = raw[len(mark) :]
            while body.startswith(mark):  # put there twice by two programs
                body = body[len(mark) :]
            return _recode(body, codec, file), ()
    if encoding is None:
        return raw, ()
    codec = _STATED.get(encoding.strip().casefold().replace("_", "-"), "")
    if not codec:
        raise UsageError(
            f'The encoding "{encoding}" is not read.',
            hint=f"Use one of {', '.join(ENCODINGS)}.",
        )
    doubtful = codec in _LEGACY and not raw.isascii() and _is_utf8(raw)
    remarks = (Remark(code="ambiguous-encoding", detail=codec),) if doubtful else ()
    return _recode(raw, codec, file), remarks


def require_utf8(text: bytes, file: str) -> None:
    """Stop unless the text is UTF-8.

    Raises:
        SourceError: It is not; the encodings it may be in are shown with samples.
    """
    if not _is_utf8(text):
        raise _ask(text, file)


def _is_utf8(raw: bytes) -> bool:
    """Tell whether the bytes are UTF-8; polars checks several times faster than str."""
    start = 0
    while start < len(raw):
        end = start + _CHUNK
        if end < len(raw):  # not in the middle of a character
            end = raw.rfind(b"\n", start, end) + 1 or len(raw)
        try:
            pl.Series([raw[start:end]], dtype=pl.Binary).cast(pl.String)
        except pl.exceptions.ComputeError:
            return False
        start = end
    return True


def _recode(raw: bytes, codec: str, file: str) -> bytes:
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SourceError(
            f"{file} is not {codec} throughout: line {line} has bytes that mean nothing"
            " there.",
            hint='State another encoding with --encoding, or save the file as "CSV'
            ' UTF-8" or .xlsx.',
        ) from error
    return raw if codec == "utf-8" else text.encode("utf-8")


def _ask(raw: bytes, file: str) -> SourceError:
    samples = "".join(
        f"\n  {codec}: {sample}"
        for codec in _candidates(raw)
        if (sample := _show(raw, codec))
    )
    return SourceError(
        f"{file} is not UTF-8, and its encoding must not be guessed: a wrong guess"
        f" changes names. It may be one of:{samples or ' (none fits)'}",
        hint="State the one that reads rightly with --encoding, or save the file as"
        ' "CSV UTF-8" or .xlsx.',
    )


def _candidates(raw: bytes) -> list[str]:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - seldom needed

    guesses = from_bytes(raw[:200_000], cp_isolation=[*_LEGACY, "cp1252"])
    likely = [guess.encoding for guess in guesses if guess.encoding in _LEGACY]
    return [*dict.fromkeys([*likely, *_LEGACY])]


def _show(raw: bytes, codec: str) -> str:
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError:
        return ""
    found = _SAMPLE.search(text)
    return found.group() if found else ""
