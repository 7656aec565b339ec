"""The mails of results and feedback, made at the moment of sending."""

from typing import Any

from core import links, outbox
from core.db import db
from core.models import Account, Mail
from core.outbox import MailContent
from core.web.context import long_date
from feedback import queries
from feedback.models import Publication
from feedback.services import unsubscribing
from panel.models import Member, MemberStatus
from panel.queries.members import is_reported_dead
from surveys.models import Wave


def _address(mail: Mail) -> tuple[str, str] | None:
    """Address and name of the recipient; None for who left, died, has no e-mail or is no longer active."""
    if mail.recipient_kind == "member":
        member = db.session.get(Member, mail.recipient_id)
        if member is None or member.status is MemberStatus.LEFT or not member.email or is_reported_dead(member.id):
            return None
        return member.email, member.first_name or ""
    account = db.session.get(Account, mail.recipient_id)
    return (account.email, account.name) if account is not None and account.active else None


def _make(mail: Mail, template: str, subject: str, endpoint: str) -> MailContent | None:
    to = _address(mail)
    publication = db.session.get(Publication, mail.payload["publication"])
    if to is None or publication is None:
        return None
    wave = queries.wave_of(publication)
    public = endpoint.startswith("feedback_public")
    url = links.absolute(endpoint, **({"slug": wave.slug} if public else {"public_id": publication.public_id}))
    context = {"name": to[1], "url": url, **_words(publication, wave)}
    if mail.recipient_kind != "member":
        return MailContent(to[0], subject.format(title=wave.title), template, context)
    asked = unsubscribing.find_invitation(wave, mail.recipient_id)
    if asked is None or asked.opted_out:
        return None
    stop = links.absolute("feedback_unsubscribe.ask", slug=wave.slug, token=unsubscribing.token_of(asked))
    return MailContent(to[0], subject.format(title=wave.title), template, context, unsubscribe_url=stop)


def _words(publication: Publication, wave: Wave) -> dict[str, Any]:
    obligation = queries.find_obligation(wave)
    return {
        "title": wave.title,
        "results_on": long_date(publication.results_due_at),
        "feedback_on": long_date(obligation.due_on if obligation else publication.feedback_due_on),
        "body": wave.commission.body.name,
        "open_findings": queries.count_findings_without_answer(publication),
    }


def results_published(mail: Mail) -> MailContent | None:
    """To all who were invited and to the council: the results are public."""
    return _make(mail, "feedback_results", "Dit zei het panel over: {title}", "feedback_public.results")


def feedback_published(mail: Mail) -> MailContent | None:
    """To all who were invited and to the council: what was done with the answers."""
    subject = "Wat is er met uw antwoorden gedaan? {title}"
    return _make(mail, "feedback_published", subject, "feedback_public.feedback")


def later_answer(mail: Mail) -> MailContent | None:
    """To all who were invited and to the council: a finding that waited now has a decision."""
    return _make(mail, "feedback_later", "Er is nu een besluit: {title}", "feedback_public.feedback")


def reminder(mail: Mail) -> MailContent | None:
    """To griffie, presidium and body: the feedback is near or overdue."""
    return _make(mail, "feedback_reminder", "Terugkoppeling nodig: {title}", "feedback_public.feedback")


def weighting_ready(mail: Mail) -> MailContent | None:
    """To griffie and analyst: the weighting waits for acceptance."""
    return _make(mail, "feedback_weighting_ready", "De weging staat klaar: {title}", "feedback_clerk.weighting")


def needs_decision(mail: Mail) -> MailContent | None:
    """To griffie and analyst: the frozen plan cannot be executed as it stands."""
    return _make(mail, "feedback_needs_decision", "De weging vraagt een besluit: {title}", "feedback_clerk.weighting")


outbox.register("feedback.results_published", results_published)
outbox.register("feedback.feedback_published", feedback_published)
outbox.register("feedback.later_answer", later_answer)
outbox.register("feedback.reminder", reminder)
outbox.register("feedback.weighting_ready", weighting_ready)
outbox.register("feedback.needs_decision", needs_decision)
