"""The bytes of a batch file -> its text: out of a zip where it travels in one."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib

import polars as pl

from rapupload.batches.faults import SCHEMA, faults_at, no_faults, one_fault
from rapupload.errors import SourceError
from rapupload.spec.format import BatchSpec

LARGEST = 1 << 29
"""512 MiB: a million records of 500 characters; more is no batch file."""

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # the second: a zip with nothing in it
_MARK = b"\xef\xbb\xbf"
_RATIO = 250  # as for workbooks: a bomb is a thousand times larger than it looks
_SMALL = 64 << 20  # up to here any ratio may be: records of blanks pack well
_ZIP_TROUBLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,  # a password is asked for, or the method is not known
    ValueError,  # not one member
)
"""What the standard library raises over damaged or odd archives."""


def not_a_batch_file(name: str, spec: BatchSpec, reason: str) -> SourceError:
    """Return the error that says so."""
    return SourceError(
        f"{name} is not a batch file of {spec.id}: {reason}.",
        hint=f"Compare it with the layout: rapupload specs show {spec.id}. "
        "Another type is named with --type.",
    )


def unpack(content: bytes, spec: BatchSpec, name: str) -> tuple[bytes, pl.DataFrame]:
    """Return the bytes of the lines, and what is wrong with the wrapping.

    Raises:
        SourceError: It is a zip that cannot be opened, has not one member, or is a bomb;
            or the file is larger than any batch file.
    """
    wanted = spec.batch_file.zip_member is not None
    if not content.startswith(_ZIP):
        if len(content) > LARGEST:
            raise not_a_batch_file(name, spec, "it is larger than 512 MiB")
        return content, one_fault("zip-missing") if wanted else no_faults()
    inner = _unzipped(content, spec, name)
    return inner, no_faults() if wanted else one_fault("zip-surplus")


def _unzipped(content: bytes, spec: BatchSpec, name: str) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            (member,) = archive.infolist()
            size = member.file_size
            if size > LARGEST or size > max(_SMALL, _RATIO * member.compress_size):
                reason = "its zip would unpack to more than any batch file"
                raise not_a_batch_file(name, spec, reason)
            return archive.read(member)
    except _ZIP_TROUBLE as error:
        reason = "it is not a zip with one file in it that opens"
        raise not_a_batch_file(name, spec, reason) from error


def to_text(content: bytes, spec: BatchSpec) -> tuple[str, pl.DataFrame]:
    """Return the text, each foreign byte as U+FFFD, and the faults of characters.

    A line feed is never a part of another character in the encodings that a spec may
    name, so lines are told apart before they are decoded.
    """
    encoding = spec.batch_file.encoding
    found = []
    if content.startswith(_MARK):
        content = content.removeprefix(_MARK)
        found.append(one_fault("byte-order-mark", 1, position=1))
    try:
        return content.decode(encoding), pl.concat([no_faults(), *found])
    except UnicodeDecodeError:
        lines = content.split(b"\n")
    texts = [line.decode(encoding, errors="replace") for line in lines]
    places = [
        (number, *_first_foreign(line, encoding))
        for number, (line, text) in enumerate(zip(lines, texts, strict=True), 1)
        if "\ufffd" in text
    ]
    schema = {name: SCHEMA[name] for name in ("line", "position", "value")}
    foreign = pl.DataFrame(places, schema=schema, orient="row").drop_nulls()
    found.append(faults_at(foreign, "character-foreign", expected=encoding))
    return "\n".join(texts), pl.concat(found)


def _first_foreign(line: bytes, encoding: str) -> tuple[int, str | None]:
    try:
        line.decode(encoding)
    except UnicodeDecodeError as error:
        position = len(line[: error.start].decode(encoding)) + 1
        return position, line[error.start : error.end].hex(" ").upper()
    return 1, None  # U+FFFD itself was written
