"""The fieldwork: opening with its invitations, reminders, a later closing date, online closed, paper term."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import insert, select

from core import audit, clock, jobs, keystore, outbox, settings
from core.db import db, new_public_id
from core.dialect import lock
from core.errors import BlockedError, Blocker, DomainError
from core.outbox import Recipient
from core.permissions import require
from panel import queries as panel_queries
from panel.queries import Invitee
from panel.services import burden, contacts
from surveys import carriage, permissions_fieldwork, working_days
from surveys.lifecycle import WaveStatus, wave_edge
from surveys.models import Extension, Fieldwork, Invitation, Wave
from surveys.questionnaire import FrozenWave
from surveys.services import wave_keys
from surveys.services.taking import frozen_of

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


def open_wave(wave: Wave) -> int:
    """Open a ready wave: draw who is invited, decide what a response carries, let the invitations leave."""
    require(wave_edge(WaveStatus.READY, WaveStatus.FIELDING), wave)
    people = _draw(wave)
    lock(db.session, wave)
    wave_edge(wave.status, WaveStatus.FIELDING)
    blockers = opening_blockers(wave)
    if not people:
        blockers.append(Blocker("nobody", "Er is niemand om uit te nodigen: geen actieve leden op de peildatum."))
    if blockers:
        raise BlockedError(blockers)
    moment = clock.now()
    frozen = frozen_of(wave.frozen_hash or "").wave
    decided = carriage.decide([p.classes for p in people], frozen.plan.breakdowns)
    until = clock.today() + timedelta(days=settings.municipal().retention_weighting_classes_days)
    db.session.add(Fieldwork(wave_id=wave.id, carried=decided.to_json(), started_at=moment, classes_until=until))
    _invite(wave, people, frozen, moment)
    wave.status, wave.first_invited_at, wave.invited_n = WaveStatus.FIELDING, moment, len(people)
    audit.record("wave.open", "wave", wave.public_id, detail={"invited": len(people), "carried": decided.to_json()})
    db.session.flush()
    jobs.enqueue(INVITE_JOB, {"wave_id": wave.id}, key=f"invite:{wave.public_id}")
    return len(people)


def _draw(wave: Wave) -> list[Invitee]:
    """The invitees; the seed is the frozen hash, so that the draw can be done again and proved."""
    announced = wave.announced_at or wave.frozen_at or clock.now()
    seed = int((wave.frozen_hash or "0")[:15], 16)
    areas = wave.commission.area_districts or ()
    return panel_queries.invitable(announced, districts=areas, seed=seed, wave_ref=wave.public_id)


def _coming() -> list[burden.ComingWave]:
    statement = select(Wave.public_id, Wave.title).where(Wave.status.in_((WaveStatus.DESIGN, WaveStatus.READY)))
    return [burden.ComingWave(ref, title) for ref, title in db.session.execute(statement.order_by(Wave.id))]


burden.tell_coming(_coming)


def _invite(wave: Wave, people: Sequence[Invitee], frozen: FrozenWave, moment: datetime) -> None:
    names = frozen.plan.classes
    weights = carriage.weight_classes([p.base_weight for p in people])
    rows = [
        {
            "public_id": new_public_id(),
            "wave_id": wave.id,
            "member_id": person.member_id,
            "link_version": 1,
            "classes": {name: person.classes.get(name, "") for name in names},
            "base_weight": weights[person.base_weight],
            "stratum": person.stratum,
            "origin": person.origin.value,
            "invited_at": moment,
            "answered": False,
            "opted_out": False,
        }
        for person in people
    ]
    random.SystemRandom().shuffle(rows)
    db.session.execute(insert(Invitation), rows)


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
    first, second = (_by_day(wave.opens_at + part * whole) for part in (FIRST_REMINDER, SECOND_REMINDER))
    return Moments(first, second)


def _by_day(moment: datetime) -> datetime:
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


def running() -> list[int]:
    """The waves of which the clock may ask something."""
    states = [WaveStatus.READY, WaveStatus.FIELDING, WaveStatus.PAPER]
    return list(db.session.scalars(select(Wave.id).where(Wave.status.in_(states)).order_by(Wave.id)))


def advance(moment: datetime | None = None) -> list[str]:
    """What the clock asks of every wave: open, remind, close online, close. Safe to repeat at any time."""
    steps = ((n, step(db.session.get_one(Wave, n), moment or clock.now())) for n in running())
    return [f"{done}:{n}" for n, done in steps if done]


def step(wave: Wave, moment: datetime) -> str:
    """What the clock asks of one wave; returns what was done."""
    if wave.status is WaveStatus.READY and wave.opens_at and wave.opens_at <= moment:
        if opening_blockers(wave):
            return ""
        open_wave(wave)
        return "opened"
    if wave.status is WaveStatus.FIELDING and wave.closes_at and wave.closes_at + GRACE <= moment:
        close_online(wave)
        return "closed-online"
    if wave.status is WaveStatus.FIELDING:
        return "reminded" if _reminder_due(wave, moment) and remind(wave) else ""
    if wave.status is WaveStatus.PAPER and wave.paper_until and wave.paper_until <= moment:
        if wave_keys.is_lost(wave):
            # without its key a wave cannot be closed without losing answers: it waits for the recovery
            return ""
        jobs.enqueue(CLOSE_JOB, {"wave_id": wave.id}, key=wave_keys.close_key(wave))
        return "closing"
    return ""


def _reminder_due(wave: Wave, moment: datetime) -> bool:
    if _by_day(moment) != moment:
        # a reminder that was missed is caught up by day too
        return False
    row, due = db.session.get_one(Fieldwork, wave.id), reminder_moments(wave)
    first = moment >= due.first and row.first_reminder_at is None
    return first or (moment >= due.second and row.second_reminder_at is None)
