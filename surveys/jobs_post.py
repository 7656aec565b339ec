"""Invitation letters as PDF; only the worker loads this, because it prints."""

from datetime import datetime, timedelta

from flask import current_app

from core import clock, files, links
from core.db import db
from core.web.context import site
from panel import letters
from panel.models import Member
from surveys import mails
from surveys.lifecycle import WaveStatus
from surveys.models import Invitation, Wave
from surveys.services import by_post, fielding, personal_links
from surveys.services.sealing import WaveKey

# as many as a batch of a recruitment round: the press and the worker stay within the same memory
BATCH = 150
KEPT = timedelta(days=7)


def make_batch(wave: Wave) -> int:
    """Make the next batch of letters and note who is in it; returns how many, 0 when all are made. The job commits."""
    batch = by_post.waiting(wave, BATCH) if wave.status is WaveStatus.FIELDING else []
    if batch:
        _keep(wave, batch)
        db.session.flush()
    return len(batch)


def _keep(wave: Wave, batch: list[Invitation]) -> None:
    key = WaveKey.of(wave.public_id)
    context = {**mails.values_of(wave), "site": site(), "on": clock.today(), "paper_until": _paper_until(wave)}
    made = [_letter(key, invitation) for invitation in batch]
    page = current_app.jinja_env.get_template("surveys/letters/invitation.html")
    pdf = letters.set_pages(page.render(letters=made, **context))
    last = wave.closes_at or clock.now()
    files.save(
        owner=fielding.file_owner(wave),
        name=f"brieven-{wave.slug}-{batch[0].id}.pdf",
        media_type="application/pdf",
        content=pdf,
        expires_at=max(min(clock.now() + KEPT, last), clock.now() + timedelta(hours=1)),
    )
    for invitation in batch:
        invitation.posted_on = clock.today()


def _paper_until(wave: Wave) -> datetime | None:
    return fielding.paper_term(wave.closes_at) if wave.closes_at else None


def _letter(key: WaveKey, invitation: Invitation) -> letters.Letter:
    member = db.session.get_one(Member, invitation.member_id)
    token = personal_links.token_for(key, invitation.public_id, invitation.link_version)
    return letters.Letter(
        name=f"{member.first_name} {member.last_name}",
        street=f"{member.street} {member.house_number}",
        place=f"{member.postcode}  {member.city}",
        code=by_post.code_of(invitation),
        url=links.absolute("surveys_respondent.enter", token=token),
    )
