"""Files with letters: which there are, and downloading one or all with a row in the audit log."""

import zipfile
from collections.abc import Iterator, Sequence
from io import RawIOBase

from flask import Response as FileResponse
from flask import stream_with_context
from sqlalchemy import select
from werkzeug.wrappers import Response

from core import clock, files, trace
from core.db import db
from core.models import StoredFile


def stored_files(owner: str) -> list[StoredFile]:
    """The files of an owner that are still there, newest first."""
    found = select(StoredFile).where(StoredFile.owner == owner, StoredFile.expires_at > clock.now())
    return list(db.session.scalars(found.order_by(StoredFile.id.desc()).limit(50)))


def download(public_id: str, owner: str) -> Response:
    """One file."""
    file = files.get(public_id, owner=owner)
    trace.seen("letters.download", "file", file.public_id)
    answer = FileResponse(files.read(file), content_type=file.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return answer


def download_all(found: Sequence[StoredFile], name: str) -> Response:
    """Many files in one, sent while it is made: only one of them is in memory at a time."""
    for file in found:
        trace.seen("letters.download", "file", file.public_id)
    answer = FileResponse(stream_with_context(_zipped([file.id for file in found])), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


class _Pipe(RawIOBase):
    """Takes what the archive writes and hands it on."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def writable(self) -> bool:
        """Only written to."""
        return True

    def write(self, content: object) -> int:
        """Keep a piece until it is taken."""
        piece = bytes(content)  # type: ignore[call-overload]  # a buffer; RawIOBase has no better type for it
        self.waiting.append(piece)
        return len(piece)

    def taken(self) -> bytes:
        """Everything since the last time."""
        pieces, self.waiting = self.waiting, []
        return b"".join(pieces)


def _zipped(numbers: list[int]) -> Iterator[bytes]:
    pipe = _Pipe()
    # a PDF is compressed already
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for number in numbers:
            file = db.session.get(StoredFile, number)
            if file is None:
                continue
            archive.writestr(file.name, files.read(file))
            db.session.expunge_all()
            yield pipe.taken()
    yield pipe.taken()
