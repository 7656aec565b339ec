"""Compute the results of a wave again and compare them, byte for byte, with what was published."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core.db import db
from core.errors import NotFoundError
from feedback import queries
from feedback.models import Publication, ResultSet
from feedback.weighing.document import document_digest, make_document
from feedback.weighing.loading import classes_are_gone, code_version, load_again
from surveys.models import Wave
from surveys.questionnaire import canonical


@dataclass(frozen=True)
class Comparison:
    """What a rebuild found."""

    same: bool
    digest: str
    size: int = 0
    note: str = ""


def rebuild(slug: str) -> Comparison:
    """Recompute the newest result set of a wave; raises NotFoundError without results."""
    wave = db.session.scalars(select(Wave).where(Wave.slug == slug)).first()
    publication = queries.find_publication(wave) if wave else None
    stored = publication.current if publication else None
    if wave is None or publication is None or stored is None:
        raise NotFoundError("no-results", slug=slug)
    if document_digest(stored.document) != stored.digest:
        return Comparison(same=False, digest=stored.digest, note="the stored document does not fit its own hash")
    if classes_are_gone(wave):
        note = "the weighting classes were deleted: the stored document fits its hash, nothing can be recomputed"
        return Comparison(same=True, digest=stored.digest, note=note)
    return _compare(publication, wave, stored)


def _compare(publication: Publication, wave: Wave, stored: ResultSet) -> Comparison:
    document: dict[str, Any] = make_document(load_again(publication, wave, stored.document))
    now = code_version()
    note = "" if now == stored.code_version else f"computed by {stored.code_version}, now by {now}"
    content = canonical(document)
    return Comparison(content == canonical(stored.document), stored.digest, len(content), note)
