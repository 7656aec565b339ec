"""The contact history of a member: what was asked, sent and said; never an answer, nor whether there was one."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from core import clock
from core.administration.labels import kind_label
from core.db import db
from core.models import Mail, MailState
from panel.models import Contact, ContactNote, Helper, Member
from panel.upkeep_labels import NOTE_KIND

# who gets no reminder has answered: only the member may see that
REMINDERS = ("surveys.reminder",)
OUTCOME = {
    MailState.SENT: "verstuurd",
    MailState.FAILED: "geweigerd",
    MailState.UNSURE: "onzeker of hij aankwam",
    MailState.QUEUED: "wacht op verzending",
    MailState.SENDING: "wacht op verzending",
}


@dataclass(frozen=True)
class ContactEntry:
    """One line of the history."""

    on: date
    what: str
    detail: str = ""

    def as_data(self) -> dict[str, str]:
        """The line as the download holds it."""
        return {"op": self.on.isoformat(), "wat": self.what, "meer": self.detail}


def helper_of(member: Member) -> Helper | None:
    """Who helps this member."""
    return db.session.scalars(select(Helper).where(Helper.member_id == member.id)).first()


def contact_history(member: Member, *, reminders: bool = False) -> list[ContactEntry]:
    """Everything that passed, the newest first; mails as long as the outbox keeps them."""
    found = [*_asked(member), *_noted(member), *_mailed(member, reminders=reminders)]
    return sorted(found, key=lambda entry: entry.on, reverse=True)


def _asked(member: Member) -> list[ContactEntry]:
    rows = db.session.scalars(select(Contact).where(Contact.member_id == member.id).order_by(Contact.id.desc()))
    return [ContactEntry(row.asked_on, "Uitgenodigd voor een vragenlijst") for row in rows]


def _noted(member: Member) -> list[ContactEntry]:
    mine = select(ContactNote).where(ContactNote.member_id == member.id).order_by(ContactNote.id.desc())
    return [ContactEntry(row.on, NOTE_KIND[row.kind], row.text or "") for row in db.session.scalars(mine)]


def _mailed(member: Member, *, reminders: bool) -> list[ContactEntry]:
    mine = select(Mail).where(
        Mail.recipient_kind == "member", Mail.recipient_id == member.id, Mail.state != MailState.DROPPED
    )
    if not reminders:
        mine = mine.where(Mail.kind.not_in(REMINDERS))
    return [
        ContactEntry(
            clock.to_amsterdam(mail.sent_at or mail.created_at).date(),
            f"E-mail: {kind_label(mail.kind)}",
            OUTCOME[mail.state],
        )
        for mail in db.session.scalars(mine.order_by(Mail.id.desc()))
    ]
