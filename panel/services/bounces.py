"""Mails that came back: counted once per mail on the member's record, from the relay's answer or from a report."""

from sqlalchemy import select

from core import audit, clock
from core.db import db
from core.models import Mail, MailState
from panel.bounces import BounceReport, is_hard, read_report
from panel.models import ContactNote, Member, MemberStatus, NoteKind
from panel.services.transitions import hold


def note_refused() -> int:
    """Count the mails that a relay refused for good because the mailbox is gone (periodic task)."""
    refused = (
        select(Mail)
        .where(Mail.state == MailState.FAILED, Mail.recipient_kind == "member", Mail.error.like("5%"))
        .where(Mail.key.not_in(select(ContactNote.mail_ref).where(ContactNote.mail_ref.is_not(None))))
        .order_by(Mail.id)
    )
    return sum(_count(mail) for mail in db.session.scalars(refused).all() if is_hard(mail.error))


def note_report(raw: bytes) -> bool:
    """Count a delivery report that came by mail; returns whether it was about a member's mailbox that is gone."""
    report = read_report(raw)
    mail = _mail_of(report) if report and report.hard else None
    return mail is not None and _count(mail)


def _mail_of(report: BounceReport) -> Mail | None:
    mine = select(Mail).where(Mail.message_id == report.message_id, Mail.recipient_kind == "member")
    return db.session.scalars(mine).first()


def _count(mail: Mail) -> bool:
    member = db.session.get(Member, mail.recipient_id)
    if member is None or hold(member).status is MemberStatus.LEFT or member.email is None:
        return False
    if db.session.scalars(select(ContactNote.id).where(ContactNote.mail_ref == mail.key)).first() is not None:
        return False
    member.bounces_n += 1
    moment = clock.now()
    row = ContactNote(member_id=member.id, kind=NoteKind.BOUNCE, on=clock.today(), noted_at=moment, noted_by="system")
    row.mail_ref = mail.key
    db.session.add(row)
    audit.record("member.bounce", "member", audit.subject_ref("member", member.id), detail={"kind": mail.kind})
    db.session.flush()
    return True
