"""The fieldwork: opening with its invitations, reminders, a later closing date, online closed, paper term."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select

from core import audit, clock, jobs, keystore, outbox, settings
from core.db import db
from core.dialect import lock
from core.errors import BlockedError, Blocker, DomainError
from core.outbox import Recipient
from core.permissions import require
from panel.services import burden, contacts
from surveys import permissions_fieldwork, working_days
from surveys.lifecycle import WaveStatus, wave_edge
from surveys.models import Extension, Fieldwork, Invitation, Wave
from surveys.services import wave_keys

GRACE = timedelta(minutes=30)
FIRST_REMINDER = 0.40
SECOND_REMINDER = 0.75
DAYBREAK, MORNING, EVENING = time(8), time(9), time(20)
CHUNK = 250
INVITATION_MAIL = "surveys.invitation"
REMINDER_MAIL = "surveys.reminder"
INVITE_JOB = "surveys.send_invitations"
REMIND_JOB = "surveys.send_reminders"
CLOSE_JOB = wave_keys.CLOSE_JOB

__all__ = ["permissions_fieldwork"]


class ExtensionError(DomainError):
    """A closing date can only become later, with a reason, while the wave is in the field."""

    status = 409


@dataclass(frozen=True)
class Moments:
    """When the reminders of a wave are due."""

    first: datetime
    second: datetime


def mail_prefix(wave: Wave) -> str:
    """What the key of every mail of a wave begins with."""
    return f"wave:{wave.public_id}:"


def file_owner(wave: Wave) -> str:
    """Whose the letters of a wave are; they are destroyed when it closes."""
    return f"wave:{wave.public_id}"


def draw_owner(wave: Wave) -> str:
    """Whose the list of who could be drawn is; it is destroyed when the wave closes."""
    return f"wave-draw:{wave.public_id}"


def opening_blockers(wave: Wave) -> list[Blocker]:
    """Everything that keeps a ready wave from opening."""
    found = []
    if wave.frozen_hash is None or wave.frozen_document is None:
        found.append(Blocker("not-frozen", "De vragenlijst is nog niet vastgesteld."))
    if not keystore.store().exists(wave.public_id):
        message = "De sleutel van deze vragenlijst ontbreekt in de sleutelopslag."
        found.append(Blocker("no-key", message, "surveys_keys.show", {"public_id": wave.public_id}))
    if wave.opens_at is None or wave.closes_at is None:
        found.append(Blocker("no-dates", "Vul in wanneer de vragenlijst opent en sluit."))
    elif wave.closes_at <= clock.now():
        found.append(Blocker("closing-passed", "De sluitingsdatum is al voorbij."))
    found += [
        Blocker("setting", f"Deze instelling is nog leeg: {label}.", "administration.settings", {}, name)
        for name, label in settings.missing(settings.municipal()).items()
    ]
    return found


def _coming() -> list[burden.ComingWave]:
    statement = select(Wave.public_id, Wave.title).where(Wave.status.in_((WaveStatus.DESIGN, WaveStatus.READY)))
    return [burden.ComingWave(ref, title) for ref, title in db.session.execute(statement.order_by(Wave.id))]


burden.tell_coming(_coming)


def send_invitations(wave: Wave, after: int = 0) -> int:
    """Put the mails and contacts of the next invitations in the outbox; returns the last id, 0 when all are done."""
    statement = select(Invitation.id, Invitation.member_id).where(Invitation.wave_id == wave.id, Invitation.id > after)
    rows = db.session.execute(statement.order_by(Invitation.id).limit(CHUNK)).all()
    contacts.note_asked([r[1] for r in rows], wave.public_id, clock.today())
    outbox.post_many(
        INVITATION_MAIL,
        [Recipient("member", member, {"invitation": n}, f"{mail_prefix(wave)}invite:{n}") for n, member in rows],
    )
    return rows[-1][0] if rows else 0


def reminder_moments(wave: Wave) -> Moments:
    """At 40 and at 75 % of the field time, as it stands now; what falls in the night waits for the morning."""
    if wave.opens_at is None or wave.closes_at is None:
        raise BlockedError([Blocker("no-dates", "Vul in wanneer de vragenlijst opent en sluit.")])
    whole = wave.closes_at - wave.opens_at
    first, second = (by_day(wave.opens_at + part * whole) for part in (FIRST_REMINDER, SECOND_REMINDER))
    return Moments(first, second)


def by_day(moment: datetime) -> datetime:
    """Nobody is woken by a mail from the council: the same moment, or the next morning at nine in Amsterdam."""
    local = clock.to_amsterdam(moment)
    if DAYBREAK <= local.time() < EVENING:
        return moment
    day = local.date() if local.time() < DAYBREAK else local.date() + timedelta(days=1)
    return clock.at_amsterdam(day, MORNING)


def remind(wave: Wave) -> int:
    """Start the reminder that is due, if any; missed ones are caught up by a single mail. Returns its number."""
    require("fieldwork.remind", wave)
    lock(db.session, wave)
    row = db.session.get_one(Fieldwork, wave.id)
    moment, due = clock.now(), reminder_moments(wave)
    if wave.status is not WaveStatus.FIELDING or wave.closes_at is None or moment >= wave.closes_at:
        return 0
    number = 0
    if moment >= due.first and row.first_reminder_at is None:
        row.first_reminder_at, number = moment, 1
    if moment >= due.second and row.second_reminder_at is None:
        row.second_reminder_at, number = moment, 2
    if number:
        jobs.enqueue(REMIND_JOB, {"wave_id": wave.id, "number": number}, key=f"remind:{wave.public_id}:{number}")
        audit.record("wave.remind", "wave", wave.public_id, detail={"number": number})
    return number


def send_reminders(wave: Wave, number: int, after: int = 0) -> int:
    """Put the next reminders in the outbox for who has not answered; returns the last id, 0 when all are done."""
    waiting = (
        select(Invitation.id, Invitation.member_id)
        .where(Invitation.wave_id == wave.id, Invitation.id > after)
        .where(Invitation.answered.is_(False), Invitation.opted_out.is_(False))
    )
    rows = db.session.execute(waiting.order_by(Invitation.id).limit(CHUNK)).all()
    prefix = f"{mail_prefix(wave)}remind{number}:"
    outbox.post_many(
        REMINDER_MAIL,
        [Recipient("member", member, {"invitation": n, "number": number}, f"{prefix}{n}") for n, member in rows],
    )
    return rows[-1][0] if rows else 0


def extend(wave: Wave, *, closes_at: datetime, reason: str) -> Extension:
    """Move the closing date to a later moment; the original, the new date and the reason stay public."""
    require("fieldwork.extend", wave)
    lock(db.session, wave)
    if wave.status is not WaveStatus.FIELDING or wave.closes_at is None or clock.now() >= wave.closes_at:
        raise ExtensionError("not-in-field")
    if closes_at <= wave.closes_at or not reason.strip():
        raise ExtensionError("only-later-with-reason")
    if not _keeps_promise(wave, closes_at):
        raise ExtensionError("results-promised-earlier")
    row = Extension(
        wave_id=wave.id,
        closes_at_before=wave.closes_at,
        closes_at_after=closes_at,
        reason=reason.strip(),
        decided_at=clock.now(),
    )
    wave.closes_at = closes_at
    wave.closes_wall = clock.to_amsterdam(closes_at).strftime("%Y-%m-%dT%H:%M")
    db.session.add(row)
    audit.record("wave.extend", "wave", wave.public_id, detail={"to": closes_at.isoformat(), "reason": row.reason})
    db.session.flush()
    return row


def _keeps_promise(wave: Wave, closes_at: datetime) -> bool:
    """Whether the results can still stand on the promised day; the agreement is changed first, in public."""
    promised = wave.commission.results_promised_on
    terms = working_days.schedule(settings.municipal())
    return promised is None or terms.results_after_closing(clock.to_amsterdam(closes_at).date()) <= promised


def paper_term(closes_at: datetime) -> datetime:
    """Until when paper forms count: the end of the last working day of the term."""
    days = settings.municipal().paper_term_workdays
    last = working_days.add_workdays(clock.to_amsterdam(closes_at).date(), days)
    return clock.at_amsterdam(last, time(23, 59))


def close_online(wave: Wave) -> None:
    """Let the wave leave the field: no page is saved any more, paper forms are still taken in."""
    require(wave_edge(WaveStatus.FIELDING, WaveStatus.PAPER), wave)
    lock(db.session, wave)
    wave_edge(wave.status, WaveStatus.PAPER)
    moment = clock.now()
    wave.status = WaveStatus.PAPER
    wave.paper_until = paper_term(min(moment, wave.closes_at or moment))
    early = wave.closes_at is not None and moment < wave.closes_at
    audit.record("wave.close_online", "wave", wave.public_id, detail={"early": early})
    db.session.flush()
