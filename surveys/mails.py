"""Mails of the fieldwork: the personal link is derived again at the moment of sending and stands nowhere else."""

from datetime import date
from typing import Any

from core import keystore, outbox
from core.db import db
from core.links import absolute
from core.models import Mail
from core.outbox import MailContent
from panel.models import Member, MemberStatus
from surveys import mails_design
from surveys.lifecycle import WaveStatus
from surveys.models import Invitation, Wave
from surveys.services import fielding, personal_links
from surveys.services.sealing import WaveKey
from surveys.services.taking import frozen_of

__all__ = ["invitation", "mails_design", "reminder"]


def invitation(mail: Mail) -> MailContent | None:
    """The invitation with the personal link."""
    return _content(mail, "surveys_invitation", "Uw mening gevraagd: {title}")


def reminder(mail: Mail) -> MailContent | None:
    """A reminder for who has not answered; dropped when the answer came in the meantime."""
    return _content(mail, "surveys_reminder", "Herinnering: {title}")


def _content(mail: Mail, template: str, subject: str) -> MailContent | None:
    asked = db.session.get(Invitation, mail.payload["invitation"])
    member = db.session.get(Member, asked.member_id) if asked else None
    if asked is None or member is None or asked.answered or asked.opted_out:
        return None
    if member.status is not MemberStatus.ACTIVE or not member.email:
        return None
    wave = db.session.get_one(Wave, asked.wave_id)
    if wave.status is not WaveStatus.FIELDING:
        return None
    if not keystore.store().exists(wave.public_id):
        raise outbox.NotYetError("de sleutel van de vragenlijst ontbreekt")
    return MailContent(
        to=member.email,
        subject=subject.format(title=wave.title),
        template=template,
        context={"first_name": member.first_name or "", **values_of(wave), "url": _url(wave, asked)},
        unsubscribe_url=_url(wave, asked, personal_links.UNSUBSCRIBE),
    )


def values_of(wave: Wave) -> dict[str, Any]:
    """What a mail says about a wave."""
    frozen = frozen_of(wave.frozen_hash or "").wave
    agreement = frozen.agreement
    return {
        "title": wave.title,
        "minutes": frozen.minutes,
        "closes_at": wave.closes_at,
        "decision": (agreement.get("decision") or {}).get("title", ""),
        "promise": (agreement.get("level") or {}).get("promise", ""),
        "results_on": iso_day(agreement.get("results_promised_on")),
        "feedback_on": iso_day(agreement.get("feedback_promised_on")),
        "contact": agreement.get("contact") or {},
    }


def iso_day(value: Any) -> date | None:
    """A date of the agreement, or None."""
    return date.fromisoformat(value) if value else None


def _url(wave: Wave, asked: Invitation, purpose: str = personal_links.ANSWER) -> str:
    token = personal_links.token_for(WaveKey.of(wave.public_id), asked.public_id, asked.link_version, purpose)
    endpoint = "unsubscribe" if purpose == personal_links.UNSUBSCRIBE else "enter"
    return absolute(f"surveys_respondent.{endpoint}", token=token)


outbox.register(fielding.INVITATION_MAIL, invitation)
outbox.register(fielding.REMINDER_MAIL, reminder)
