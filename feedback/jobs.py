"""What the worker does for feedback: weigh a closed wave, publish on the promised day, remind of what is open."""

from typing import Any

from core import jobs
from core.db import db
from core.errors import BlockedError
from feedback import mails, queries
from feedback.models import Publication, PublicationStatus
from feedback.services import publishing, reminding, weighing
from feedback.weighing.document import document_digest, make_document
from feedback.weighing.loading import load_input
from feedback.weighing.weights import WeighingRefusedError
from surveys.models import Wave


def weigh_wave(payload: dict[str, Any], progress: jobs.Progress) -> dict[str, Any]:
    """Weigh a closed wave by its frozen plan; a refusal becomes a decision for a person."""
    wave = db.session.get_one(Wave, payload["wave_id"])
    publication = weighing.open_publication(wave)
    db.session.commit()
    if publication.status is not PublicationStatus.WEIGHING:
        return {"status": publication.status.value}
    decisions = len(publication.decisions)
    progress(1, 3)
    given = load_input(publication, wave)
    # the computing itself holds no transaction open
    db.session.rollback()
    try:
        document = make_document(given)
    except WeighingRefusedError as error:
        weighing.store_refusal(publication, error.reasons, decisions=decisions)
        return {"status": publication.status.value}
    weighing.store_result(publication, document, document_digest(document), decisions=decisions)
    return {"status": publication.status.value}


def publish_due_results() -> int:
    """Publish every result whose promised hour has come, each in a transaction of its own."""
    published = 0
    for number in publishing.due_publications():
        publication = db.session.get_one(Publication, number)
        try:
            publishing.publish_results(publication)
            db.session.commit()
            published += 1
        except BlockedError:
            # the disclosure check refused: the board shows it, and the next round tries again
            db.session.rollback()
    return published


jobs.handler(weighing.JOB, weigh_wave)
jobs.every(30, "feedback.publish_due_results", publish_due_results)
jobs.every(3600, "feedback.remind", reminding.remind_due)

__all__ = ["mails", "publish_due_results", "queries", "weigh_wave"]
