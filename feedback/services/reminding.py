"""The clock on feedback: who is reminded when it is near, due or overdue."""

from datetime import date, timedelta

from sqlalchemy import select

from core import audit, clock, outbox, settings
from core.db import db
from core.models import Body, BodyKind, Role
from core.outbox import Recipient
from feedback import queries
from feedback.models import Publication
from surveys.models import Obligation, Wave

KIND = "feedback.reminder"
WEEK = 7


def stage_of(due_on: date, today: date, near_days: int) -> str:
    """Which reminder is due: none, near, on the day, or the number of weeks it is overdue."""
    if today < due_on - timedelta(days=near_days):
        return ""
    if today < due_on:
        return "near"
    weeks = (today - due_on).days // WEEK
    return "due" if weeks == 0 else f"over{weeks}"


def remind_due() -> int:
    """Remind griffie, presidium and the body itself of open feedback; each stage once, missed ones not caught up."""
    today, near = clock.today(), settings.municipal().feedback_reminder_days
    sent = 0
    for obligation, wave, publication in _open_obligations():
        stage = stage_of(obligation.due_on, today, near)
        if stage:
            sent += _remind(obligation, wave, publication, f"{obligation.due_on}:{stage}")
    return sent


def _open_obligations() -> list[tuple[Obligation, Wave, Publication]]:
    rows = db.session.execute(
        select(Obligation, Wave, Publication)
        .join(Wave, Wave.public_id == Obligation.wave_ref)
        .join(Publication, Publication.wave_id == Wave.id)
        .where(Obligation.fulfilled_at.is_(None))
        .order_by(Obligation.id)
    ).all()
    return [(o, w, p) for o, w, p in rows]


def _remind(obligation: Obligation, wave: Wave, publication: Publication, stage: str) -> int:
    staff = [*queries.accounts_with(Role.CLERK), *_presidium(), *queries.accounts_of_body(obligation.body_id)]
    payload = {"publication": publication.id}
    recipients = [
        Recipient("account", n, payload, f"{KIND}:{publication.id}:{stage}:{n}") for n in dict.fromkeys(staff)
    ]
    sent = outbox.post_many(KIND, recipients)
    if sent:
        audit.record("obligation.reminded", "wave", wave.public_id, detail={"stage": stage, "mails": sent})
    return sent


def _presidium() -> list[int]:
    bodies = db.session.scalars(select(Body.id).where(Body.kind == BodyKind.PRESIDIUM)).all()
    return [n for body in bodies for n in queries.accounts_of_body(body)]
