"""Bytes kept whole, by digest: source files, batch files, specs, acknowledgements.

A blob is written in parts of 4 MiB, each in its own short transaction, and exists only
once its row in ``blobs`` does; parts without that row are leftovers that nobody sees.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, delete, insert, select, update

from rapupload.errors import JournalBrokenError, UsageError
from rapupload.journal.chain import Entry, append
from rapupload.journal.database import Database, Transaction
from rapupload.journal.digests import sha256
from rapupload.journal.records import Kind, Subject
from rapupload.journal.schema import blob_parts, blobs

PART_BYTES = 4 * 1024 * 1024


def has_blob(connection: Connection, digest: str) -> bool:
    """Tell whether the journal keeps, or kept until erased, these bytes."""
    statement = select(blobs.c.digest).where(blobs.c.digest == digest)
    return connection.execute(statement).first() is not None


def _put_part(
    transaction: Transaction, digest: str, part: int, content: memoryview
) -> None:
    connection = transaction.connection
    row = {"digest": digest, "part": part, "content": bytes(content)}
    same = (blob_parts.c.digest == digest) & (blob_parts.c.part == part)
    connection.execute(delete(blob_parts).where(same))
    connection.execute(insert(blob_parts), row)


def put_blob(database: Database, content: bytes, kind: str) -> str:
    """Keep the bytes, once, and return their digest; safe to repeat."""
    digest = sha256(content)
    view = memoryview(content)
    pieces = [view[at : at + PART_BYTES] for at in range(0, len(view), PART_BYTES)]
    with database.read() as connection:
        if has_blob(connection, digest):
            return digest
    for part, piece in enumerate(pieces[:-1]):
        with database.write() as transaction:
            if has_blob(transaction.connection, digest):
                return digest
            _put_part(transaction, digest, part, piece)
    with database.write() as transaction:
        if not has_blob(transaction.connection, digest):
            if pieces:
                _put_part(transaction, digest, len(pieces) - 1, pieces[-1])
            row = {
                "digest": digest,
                "kind": kind,
                "size": len(content),
                "parts": len(pieces),
                "stored_at": transaction.at,
            }
            transaction.connection.execute(insert(blobs), row)
    return digest


def read_parts(connection: Connection, digest: str) -> Iterator[bytes]:
    """Yield the content part by part, unchecked."""
    statement = (
        select(blob_parts.c.content)
        .where(blob_parts.c.digest == digest)
        .order_by(blob_parts.c.part)
    )
    one_by_one = statement.execution_options(yield_per=1)
    for content in connection.execute(one_by_one).scalars():
        # SQLite keeps whatever kind of value somebody puts into a column by hand.
        yield content if isinstance(content, bytes) else str(content).encode()


def read_blob(connection: Connection, digest: str) -> bytes:
    """Return the bytes, which are certain to have that digest.

    Raises:
        UsageError: There is no such blob, or it was erased.
        JournalBrokenError: What is kept has another digest.
    """
    row = connection.execute(select(blobs).where(blobs.c.digest == digest)).first()
    if row is None:
        raise UsageError(f"The journal keeps no bytes with the digest {digest}.")
    if row.erased_at is not None:
        raise UsageError(f"The bytes with the digest {digest} were erased.")
    content = b"".join(read_parts(connection, digest))
    if sha256(content) != digest:
        raise JournalBrokenError(
            f"The bytes kept under the digest {digest} were altered; do not use them.",
            hint="Run `rapupload journal verify`.",
        )
    return content


def erase_blob(transaction: Transaction, digest: str, *, who: str, why: str) -> None:
    """Erase the bytes, as the law on personal data may ask; the digest stays."""
    connection = transaction.connection
    kept = (blobs.c.digest == digest) & blobs.c.erased_at.is_(None)
    erased = update(blobs).where(kept).values(erased_at=transaction.at)
    if connection.execute(erased).rowcount == 0:
        raise UsageError(f"The journal keeps no bytes with the digest {digest}.")
    connection.execute(delete(blob_parts).where(blob_parts.c.digest == digest))
    subject = Subject(Kind.BLOB, digest)
    body = {"set": {"erased_at": transaction.at}}
    entry = Entry(action="erased", subject=subject, who=who, why=why, body=body)
    append(transaction, entry)
