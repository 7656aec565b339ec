"""The newest feedback, with how often a body adopted what residents said."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import defer

from core.db import db
from feedback.labels import OUTCOME
from feedback.models import Outcome, Publication, PublicationStatus
from portal import places
from surveys.models import Wave


@dataclass(frozen=True)
class Feedback:
    """One published feedback: when, on what, and the outcomes counted."""

    title: str
    url: str
    published_at: datetime | None
    outcomes: tuple[tuple[str, int], ...]


def latest_feedback(most: int) -> list[Feedback]:
    """The newest published feedback."""
    rows = db.session.execute(
        select(Publication, Wave)
        .join(Wave, Wave.id == Publication.wave_id)
        .where(Publication.status == PublicationStatus.FEEDBACK_PUBLISHED)
        .options(defer(Wave.frozen_document))
        .order_by(Publication.feedback_published_at.desc())
        .limit(most)
    ).all()
    return [_feedback(publication, wave) for publication, wave in rows]


def _feedback(publication: Publication, wave: Wave) -> Feedback:
    newest = (f.published_answers[-1].outcome for f in publication.findings if f.published_answers)
    counts = Counter[Outcome](newest)
    outcomes = tuple((OUTCOME[o].lower(), counts[o]) for o in Outcome if counts[o])
    return Feedback(wave.title, places.feedback(wave.slug), publication.feedback_published_at, outcomes)
