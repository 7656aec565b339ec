"""The mails of the panel; rendered at sending, so that no address or code lies in the outbox."""

from core import clock, links
from core.db import db
from core.models import Mail
from core.outbox import MailContent, register
from panel.models import CodePurpose, Farewell, Member, MemberStatus, SignInRequest
from panel.queries.members import members_with_email, waiting_place
from panel.services import one_time

SUBJECTS = {
    CodePurpose.SIGN_IN: "Uw code om in te loggen",
    CodePurpose.CONFIRM_EMAIL: "Uw code om uw e-mailadres te bevestigen",
    CodePurpose.CHANGE_EMAIL: "Uw code voor uw nieuwe e-mailadres",
}


def code_mail(mail: Mail) -> MailContent | None:
    """The one-time code with a link beside it; dropped when over, or when nobody has this address."""
    request = db.session.get(SignInRequest, mail.recipient_id)
    if request is None or not one_time.is_live(request) or not _is_for_somebody(request):
        return None
    url = links.absolute("panel_member.code_link", public_id=request.public_id, key=one_time.link_key(request))
    return MailContent(
        to=request.email,
        subject=SUBJECTS[request.purpose],
        template="panel_code",
        context={"code": one_time.code_of(request), "url": url, "purpose": request.purpose.value},
    )


def _is_for_somebody(request: SignInRequest) -> bool:
    if request.purpose is CodePurpose.SIGN_IN:
        return bool(members_with_email(request.email_index))
    return request.member_id is not None


def known_mail(mail: Mail) -> MailContent | None:
    """Somebody tried to join again: only the mailbox on record hears it."""
    member = _member(mail)
    if member is None or member.email is None:
        return None
    return MailContent(
        to=member.email,
        subject="U bent al bij ons bekend",
        template="panel_known",
        context={"first_name": member.first_name, "url": links.absolute("panel_member.sign_in")},
    )


def welcome_mail(mail: Mail) -> MailContent | None:
    """In at last; dropped when the member has left since."""
    member = _member(mail)
    if member is None or member.email is None or member.status is not MemberStatus.ACTIVE:
        return None
    return MailContent(
        to=member.email,
        subject="Welkom bij het panel",
        template="panel_welcome",
        context={"first_name": member.first_name, "url": links.absolute("panel_member.sign_in")},
    )


def waiting_mail(mail: Mail) -> MailContent | None:
    """On the waiting list, with the place; dropped when no longer waiting."""
    member = _member(mail)
    place = waiting_place(member) if member else None
    if member is None or member.email is None or place is None:
        return None
    return MailContent(
        to=member.email,
        subject=f"U staat op de wachtlijst: plaats {place}",
        template="panel_waiting",
        context={
            "first_name": member.first_name,
            "place": place,
            "url": links.absolute("panel_member.sign_in"),
        },
    )


def farewell_mail(mail: Mail) -> MailContent | None:
    """The proof that everything was erased."""
    farewell = db.session.get(Farewell, mail.recipient_id)
    if farewell is None:
        return None
    return MailContent(
        to=farewell.email,
        subject="Uw gegevens zijn gewist",
        template="panel_farewell",
        context={"reference": farewell.reference, "left_at": clock.to_amsterdam(farewell.left_at)},
    )


def _member(mail: Mail) -> Member | None:
    return db.session.get(Member, mail.recipient_id)


register("panel.code", code_mail, first=True)
register("panel.known", known_mail, first=True)
register("panel.welcome", welcome_mail)
register("panel.waiting", waiting_mail)
register("panel.farewell", farewell_mail)
