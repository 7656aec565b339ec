"""Post and telephone as full routes: contacts noted, another way to reach a member, and who helps them."""

from datetime import date

from sqlalchemy import delete

from core import audit, clock
from core.actor import current
from core.db import db
from core.errors import BlockedError, Blocker
from core.permissions import require
from panel.models import ContactNote, Helper, HelperRole, Member, MemberStatus, NoteKind
from panel.queries.contacts import helper_of
from panel.services import membership
from panel.services.transitions import hold


def note_contact(member: Member, kind: NoteKind, on: date, text: str = "") -> ContactNote:
    """Write down a call, a letter or a visit; never an answer."""
    require("panel.keep_up", member)
    _in_panel(member)
    if on > clock.today():
        raise BlockedError([Blocker("future", "Kies een dag die geweest is.", anchor="on")])
    who = current()
    made = ContactNote(member_id=member.id, kind=kind, on=on, noted_at=clock.now(), noted_by=who.ref or who.kind)
    made.text = text.strip() or None
    db.session.add(made)
    _record(member, "member.note_contact", kind=kind.value)
    return made


def reach_by_email(member: Member, email: str) -> Member:
    """A mailbox that the member told the griffie; it counts at once, as the griffie knows whom they spoke."""
    require("panel.keep_up", member)
    hold(member)
    _in_panel(member)
    membership.set_email(member, email.strip())
    return _changed(member, "email")


def reach_by_post(member: Member, *, by_phone: bool = False) -> Member:
    """No e-mail any more: letters and paper forms, or the telephone beside them."""
    require("panel.keep_up", member)
    hold(member)
    _in_panel(member)
    found = []
    if by_phone and not member.phone:
        found.append(Blocker("no-phone", "Vul eerst een telefoonnummer in bij dit lid.", anchor="channel"))
    if not member.street:
        found.append(Blocker("no-address", "Van dit lid is geen adres bekend.", anchor="channel"))
    if found:
        raise BlockedError(found)
    membership.set_email(member, None)
    member.failed_email = None
    member.by_phone, member.unanswered_in_row, member.woken_on = by_phone, 0, None
    return _changed(member, "phone" if by_phone else "post")


def email_works_again(member: Member) -> Member:
    """Put the address back that mails came back from."""
    require("panel.keep_up", member)
    hold(member)
    _in_panel(member)
    if member.failed_email is None:
        raise BlockedError([Blocker("no-failed-email", "Er is geen adres om terug te zetten.", anchor="channel")])
    membership.set_email(member, member.failed_email)
    return _changed(member, "email")


def _changed(member: Member, channel: str) -> Member:
    moment, who = clock.now(), current()
    row = ContactNote(member_id=member.id, kind=NoteKind.CHANNEL, on=clock.today(), noted_at=moment)
    row.noted_by = who.ref or who.kind
    db.session.add(row)
    _record(member, "member.change_channel", channel=channel)
    return member


def set_helper(member: Member, *, role: HelperRole, name: str, how: str, consented: bool) -> Helper:
    """Somebody who helps this member; both agreed to be written down."""
    require("panel.manage_membership", member)
    hold(member)
    _in_panel(member)
    if not consented:
        raise BlockedError(
            [Blocker("consent", "Dit kan alleen als het lid en de helper het goed vinden.", anchor="consented")]
        )
    found = helper_of(member) or Helper(member_id=member.id)
    found.role, found.name, found.how, found.consented_on = role, name.strip(), how.strip(), clock.today()
    db.session.add(found)
    _record(member, "member.set_helper", role=role.value)
    return found


def drop_helper(member: Member) -> None:
    """Nobody helps any more: name and number are deleted."""
    require("panel.manage_membership", member)
    hold(member)
    db.session.execute(delete(Helper).where(Helper.member_id == member.id))
    _record(member, "member.drop_helper")


def _in_panel(member: Member) -> None:
    if member.status is MemberStatus.LEFT:
        raise BlockedError([Blocker("left", "Dit lid is gestopt: er is niets meer bekend.")])


def _record(member: Member, action: str, **detail: str) -> None:
    audit.record(action, "member", audit.subject_ref("member", member.id), detail=dict(detail))
    db.session.flush()
