"""The mails of the panel; rendered at sending, so that no address or code lies in the outbox."""

from collections.abc import Mapping
from datetime import date, timedelta

from babel.dates import format_date

from core import links, settings
from core.db import db
from core.models import Mail
from core.outbox import MailContent, register
from core.web.context import site
from panel import joining_texts, mail_texts
from panel.models import CodePurpose, Farewell, Member, MemberStatus, SignInRequest
from panel.queries.members import members_with_email, waiting_place, waiting_total
from panel.services import joining, membership, one_time


def code_mail(mail: Mail) -> MailContent | None:
    """The one-time code with a link beside it; dropped when over, or when nobody has this address."""
    request = db.session.get(SignInRequest, mail.recipient_id)
    if request is None or not one_time.is_live(request):
        return None
    member = _asked_by(request)
    if member is None:
        return None
    url = _address("panel_member.code_link", member, public_id=request.public_id, key=one_time.link_key(request))
    subject = joining_texts.code_subject(request.purpose.value, member.language)
    text = joining_texts.text_of("code", member.language).fill({"subject": subject})
    context = {"code": one_time.code_of(request), "url": url, "text": text, "language": member.language}
    return MailContent(to=request.email, subject=text.subject, template="panel_code", context=context)


def _asked_by(request: SignInRequest) -> Member | None:
    """Whose code this is; for who signs in with a shared mailbox the first of them."""
    if request.purpose is CodePurpose.SIGN_IN:
        return next(iter(members_with_email(request.email_index)), None)
    return db.session.get(Member, request.member_id) if request.member_id is not None else None


def known_mail(mail: Mail) -> MailContent | None:
    """Somebody tried to join again, or stood there twice: only the mailbox on record hears it."""
    member = _member(mail)
    return _about_joining(member, mail.kind, _address("panel_member.sign_in", member)) if member else None


def welcome_mail(mail: Mail) -> MailContent | None:
    """In at last; dropped when the member has left since."""
    member = _member(mail)
    if member is None or member.status is not MemberStatus.ACTIVE:
        return None
    return _about_joining(member, mail.kind, _address("panel_member.sign_in", member))


def waiting_mail(mail: Mail) -> MailContent | None:
    """On the waiting list, with the place and a link to it; dropped when no longer waiting."""
    member = _member(mail)
    place = waiting_place(member) if member else None
    if member is None or place is None:
        return None
    key = joining.place_key(member)
    url = _address("panel_public.waiting_list", member, public_id=member.public_id, key=key)
    return _about_joining(member, mail.kind, url, {"place": place, "total": waiting_total(member)})


def _about_joining(
    member: Member, kind: str, url: str, values: Mapping[str, object] | None = None
) -> MailContent | None:
    if member.email is None:
        return None
    known = {"first_name": member.first_name or "", "panel": site().name, **(values or {})}
    text = joining_texts.text_of(kind.removeprefix("panel."), member.language).fill(known)
    context = {"text": text, "url": url, "language": member.language}
    return MailContent(to=member.email, subject=text.subject, template="panel_message", context=context)


def farewell_mail(mail: Mail) -> MailContent | None:
    """The proof that everything was erased."""
    farewell = db.session.get(Farewell, mail.recipient_id)
    if farewell is None:
        return None
    language = mail.payload.get("language", mail_texts.DUTCH)
    rules = settings.municipal()
    values = {"panel": site().name, "reference": farewell.reference, "days": rules.retention_left_member_days}
    text = mail_texts.farewell_of(mail.payload.get("reason", ""), language).fill(values)
    context = {"text": text, "language": language}
    return MailContent(to=farewell.email, subject=text.subject, template="panel_message", context=context)


def profile_mail(mail: Mail) -> MailContent | None:
    """The yearly question whether the profile is still right, or its reminder; dropped once it was checked."""
    member = _member(mail)
    if member is None or member.profile_asked_on is None or member.status is not MemberStatus.ACTIVE:
        return None
    return _message(member, mail.kind, _address("panel_member.sign_in", member, next="/mijn/profiel"))


def pause_ending_mail(mail: Mail) -> MailContent | None:
    """The pause ends soon; dropped when it ended or changed meanwhile."""
    member = _member(mail)
    if member is None or member.status is not MemberStatus.PAUSED or member.pause_mailed_on is None:
        return None
    values = {"until": _day(member.paused_until, member.language)}
    return _message(member, mail.kind, _address("panel_member.sign_in", member, next="/mijn/pauze"), values)


def wake_up_mail(mail: Mail) -> MailContent | None:
    """The one mail before somebody sleeps; dropped for who is awake."""
    member = _member(mail)
    if member is None or member.status is not MemberStatus.ACTIVE or member.woken_on is None:
        return None
    before = member.woken_on + timedelta(days=settings.municipal().wake_up_days)
    values = {"unanswered": member.unanswered_in_row, "before": _day(before, member.language)}
    return _message(member, mail.kind, _stay(member), values)


def last_call_mail(mail: Mail) -> MailContent | None:
    """The last message before erasure; dropped for who came back."""
    member = _member(mail)
    if member is None or member.status is not MemberStatus.DORMANT or member.last_call_on is None:
        return None
    before = member.last_call_on + timedelta(days=settings.municipal().last_call_days)
    return _message(member, mail.kind, _stay(member), {"before": _day(before, member.language)})


def _stay(member: Member) -> str:
    key = membership.wake_key(member)
    return _address("panel_member.stay", member, public_id=member.public_id, key=key)


def _address(endpoint: str, member: Member, **values: str) -> str:
    """The address of a page; it opens in the language of the mail."""
    language = {} if member.language == mail_texts.DUTCH else {"taal": member.language}
    return links.absolute(endpoint, **values, **language)


def _day(day: date | None, language: str) -> str:
    return format_date(day, "d MMMM y", locale=language) if day else ""


def _message(member: Member, kind: str, url: str, values: Mapping[str, object] | None = None) -> MailContent | None:
    if member.email is None:
        return None
    known = {"first_name": member.first_name or "", **(values or {})}
    text = mail_texts.text_of(kind.removeprefix("panel."), member.language).fill(known)
    context = {"text": text, "url": url, "language": member.language}
    return MailContent(to=member.email, subject=text.subject, template="panel_message", context=context)


def _member(mail: Mail) -> Member | None:
    return db.session.get(Member, mail.recipient_id)


register("panel.code", code_mail, first=True)
register("panel.known", known_mail, first=True)
register("panel.duplicate", known_mail)
register("panel.welcome", welcome_mail)
register("panel.waiting", waiting_mail)
register("panel.farewell", farewell_mail)
register("panel.profile_check", profile_mail)
register("panel.profile_reminder", profile_mail)
register("panel.pause_ending", pause_ending_mail)
register("panel.wake_up", wake_up_mail)
register("panel.last_call", last_call_mail)
