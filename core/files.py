"""Files kept in the database: in encrypted chunks, with checksum, owner and the moment they expire."""

import hashlib
from datetime import datetime

from sqlalchemy import delete, select

from core import clock, crypto
from core.db import db
from core.errors import NotFoundError
from core.models import FileChunk, StoredFile

CHUNK = 256 * 1024


class DamagedFileError(RuntimeError):
    """The stored content does not fit its checksum."""


def save(*, owner: str, name: str, media_type: str, content: bytes, expires_at: datetime) -> StoredFile:
    """Store a file in the current transaction; `owner` names whose it is, as kind:id."""
    file = StoredFile(
        owner=owner,
        name=name,
        media_type=media_type,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        created_at=clock.now(),
        expires_at=expires_at,
    )
    db.session.add(file)
    db.session.flush()
    for number, start in enumerate(range(0, len(content), CHUNK)):
        chunk = crypto.encrypt_bytes(content[start : start + CHUNK])
        db.session.add(FileChunk(file_id=file.id, number=number, content=chunk))
    db.session.flush()
    return file


def read(file: StoredFile) -> bytes:
    """The content of a file; raises DamagedFileError when it does not fit its checksum."""
    chunks = db.session.scalars(
        select(FileChunk.content).where(FileChunk.file_id == file.id).order_by(FileChunk.number)
    )
    content = b"".join(crypto.decrypt_bytes(chunk) for chunk in chunks)
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise DamagedFileError(file.public_id)
    return content


def get(public_id: str, *, owner: str) -> StoredFile:
    """The file of this owner; raises NotFoundError for another's, an expired or an unknown one."""
    file = db.session.scalars(select(StoredFile).where(StoredFile.public_id == public_id)).first()
    if file is None or file.owner != owner or file.expires_at <= clock.now():
        raise NotFoundError("file-not-found")
    return file


def destroy(owner: str) -> int:
    """Delete every file of an owner, chunks included; can be repeated."""
    mine = select(StoredFile.id).where(StoredFile.owner == owner)
    db.session.execute(delete(FileChunk).where(FileChunk.file_id.in_(mine)))
    gone = delete(StoredFile).where(StoredFile.owner == owner).returning(StoredFile.id)
    return len(db.session.scalars(gone.execution_options(synchronize_session=False)).all())


def expire() -> int:
    """Delete files whose time is over, chunks included (retention job of these tables)."""
    over = select(StoredFile.id).where(StoredFile.expires_at <= clock.now())
    db.session.execute(delete(FileChunk).where(FileChunk.file_id.in_(over)))
    gone = delete(StoredFile).where(StoredFile.expires_at <= clock.now()).returning(StoredFile.id)
    return len(db.session.scalars(gone.execution_options(synchronize_session=False)).all())
