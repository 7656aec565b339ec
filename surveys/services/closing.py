"""Closing a wave: sealed rows become plain ones that lead nowhere, the key is destroyed, a receipt remains.

Each step can be repeated after a crash; surveys.jobs puts them in order and commits between them.
"""

import random
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, func, insert, select, update

from core import audit, clock, files, jobs, keystore
from core.db import db
from core.dialect import lock
from core.errors import DomainError
from core.models import Mail, ServerSession, SessionKind
from core.permissions import require
from panel.models import Member
from panel.services import contacts
from surveys import response_document, response_flags
from surveys.lifecycle import WaveStatus, wave_edge
from surveys.models import (
    CellCount,
    DestructionReceipt,
    Fieldwork,
    Invitation,
    Obligation,
    PageCounter,
    SealedResponse,
    SurveyResponse,
    Wave,
)
from surveys.questionnaire import FrozenWave
from surveys.response_document import ResponseDocument
from surveys.services import fielding, wave_keys
from surveys.services.sealing import WaveKey
from surveys.services.taking import frozen_of

WEIGH_JOB = "feedback.weigh_wave"
PLAIN_TABLES = ["sealed_response", "survey_response"]
TRACE_TABLES = ["invitation", "server_session", "mail", "stored_file", "file_chunk"]
ONLINE_GROUP = ("classes", "base_weight", "stratum", "origin")


class NotClosableError(DomainError):
    """The wave is not in its paper term, or that term is not over."""

    status = 409


class StillSealedError(DomainError):
    """Sealed rows are left: the key must not be destroyed yet."""

    status = 409


@dataclass(frozen=True)
class Opened:
    """One sealed row, opened, with the group it belongs to."""

    document: ResponseDocument
    group: Mapping[str, Any]


def close_wave(wave: Wave) -> None:
    """Ask for the closing of a wave whose paper term is over; the job does the work."""
    require(wave_edge(WaveStatus.PAPER, WaveStatus.CLOSED), wave)
    if wave.status is not WaveStatus.PAPER or wave.paper_until is None or clock.now() < wave.paper_until:
        raise NotClosableError("paper-term-not-over")
    if wave_keys.is_lost(wave):
        raise NotClosableError("wave-key-lost")
    jobs.enqueue(fielding.CLOSE_JOB, {"wave_id": wave.id}, key=wave_keys.close_key(wave))


def unseal(wave: Wave) -> int:
    """Count the cells, turn what was sent into plain rows, delete every sealed row: one transaction."""
    lock(db.session, wave)
    wave_edge(wave.status, WaveStatus.CLOSED)
    frozen = frozen_of(wave.frozen_hash or "").wave
    cells = _cells(wave)
    opened = _open_all(wave)
    sent = [o for o in opened if o.document.sent is not None]
    _count_answers(cells, sent)
    _count_stops(wave, [o.document for o in opened if o.document.sent is None])
    _insert_plain(wave, frozen, sent)
    _prepare_receipt(wave, len(sent), len(opened) - len(sent))
    db.session.flush()
    return len(sent)


def _cells(wave: Wave) -> dict[tuple[Any, ...], CellCount]:
    """The cells with who was invited, made at the first run and found again at a later one."""
    made = db.session.scalars(select(CellCount).where(CellCount.wave_id == wave.id)).all()
    if not made:
        rows = db.session.execute(
            select(Invitation.classes, Invitation.stratum, Invitation.origin).where(Invitation.wave_id == wave.id)
        )
        counted = Counter(_cell(r[0], r[1], r[2]) for r in rows)
        made = [
            CellCount(wave_id=wave.id, classes=dict(c), stratum=s, origin=o, invited=n, answered=0)
            for (c, s, o), n in sorted(counted.items())
        ]
        db.session.add_all(made)
    return {_cell(c.classes, c.stratum, c.origin): c for c in made}


def _cell(classes: Mapping[str, Any], stratum: str, origin: str) -> tuple[Any, ...]:
    return tuple(sorted(classes.items())), stratum, origin


def _open_all(wave: Wave) -> list[Opened]:
    """Take every sealed row of the wave out of the database and open it."""
    key = WaveKey.of(wave.public_id)
    columns = (Invitation.public_id, Invitation.classes, Invitation.base_weight, Invitation.stratum, Invitation.origin)
    invited = db.session.execute(select(*columns).where(Invitation.wave_id == wave.id)).all()
    groups = {key.row_id(r[0]): dict(zip(ONLINE_GROUP, r[1:], strict=True)) for r in invited}
    taken = (
        delete(SealedResponse)
        .where(SealedResponse.wave_id == wave.id)
        .returning(SealedResponse.id, SealedResponse.payload)
        .execution_options(synchronize_session=False)
    )
    opened = []
    for row_id, payload in db.session.execute(taken).all():
        document = response_document.from_json(key.open(row_id, payload))
        group = document.group or groups.get(row_id)
        if group is not None:
            opened.append(Opened(document, group))
    return opened


def _count_answers(cells: dict[tuple[Any, ...], CellCount], sent: Sequence[Opened]) -> None:
    for one in sent:
        cell = cells.get(_cell(one.group["classes"], one.group["stratum"], one.group["origin"]))
        if cell is not None:
            cell.answered += 1


def _count_stops(wave: Wave, unsent: Sequence[ResponseDocument]) -> None:
    """Count where unsent drafts stopped; the drafts themselves are gone with this transaction."""
    for key, n in Counter(d.draft.position or "start" for d in unsent if d.draft is not None).items():
        row = db.session.get(PageCounter, (wave.id, key)) or PageCounter(wave_id=wave.id, item_key=key, stopped=0)
        row.stopped += n
        db.session.add(row)


def _insert_plain(wave: Wave, frozen: FrozenWave, sent: Sequence[Opened]) -> None:
    """Insert what was sent under random ids, in random order."""
    work = db.session.get_one(Fieldwork, wave.id)
    kept = set(work.carried.get("breakdowns", []))
    online = [o.document.sent for o in sent if o.document.sent and o.document.mode == "online"]
    typical, turning = response_flags.typical_seconds(online), _turning(wave, work)
    rows = []
    for one in sent:
        if one.document.sent is None:
            continue
        classes = one.group["classes"]
        mode = one.document.mode
        rows.append(
            {
                "id": str(uuid.uuid4()),
                "wave_id": wave.id,
                "answers": one.document.sent.answers,
                "classes": {k: v for k, v in classes.items() if k in kept},
                "weighting_classes": {k: v for k, v in classes.items() if k not in kept},
                "base_weight": one.group["base_weight"],
                "stratum": one.group["stratum"],
                "origin": one.group["origin"],
                "flags": response_flags.flags(frozen, one.document.sent, mode=mode, typical=typical, turning=turning),
            }
        )
    random.SystemRandom().shuffle(rows)
    if rows:
        db.session.execute(insert(SurveyResponse), rows)


def _turning(wave: Wave, work: Fieldwork) -> datetime:
    """After this an answer is late: the first reminder, else the middle of the field time."""
    if work.first_reminder_at is not None:
        return work.first_reminder_at
    closes = wave.closes_at or work.started_at + timedelta(days=1)
    return work.started_at + (closes - work.started_at) / 2


def _prepare_receipt(wave: Wave, responses: int, drafts: int) -> None:
    links = db.session.scalar(select(func.count()).select_from(Invitation).where(Invitation.wave_id == wave.id)) or 0
    row = db.session.get(DestructionReceipt, wave.id)
    if row is None:
        row = DestructionReceipt(wave_id=wave.id, links=links, responses=0, drafts_destroyed=0, job=fielding.CLOSE_JOB)
        db.session.add(row)
    row.responses += responses
    row.drafts_destroyed += drafts


def key_is_there(wave: Wave) -> bool:
    """Whether sealed rows of this wave can still be opened."""
    return keystore.store().exists(wave.public_id)


def destroy_key(wave: Wave) -> None:
    """Destroy the wave key in both stores, once no sealed row is left."""
    left = select(func.count()).select_from(SealedResponse).where(SealedResponse.wave_id == wave.id)
    if db.session.scalar(left):
        raise StillSealedError("still-sealed")
    keystore.store().destroy(wave.public_id)


def finish(wave: Wave) -> None:
    """The receipt, the counters of the members, the end of every trace of who answered; then the wave is closed."""
    lock(db.session, wave)
    wave_edge(wave.status, WaveStatus.CLOSED)
    receipt = db.session.get_one(DestructionReceipt, wave.id)
    moment = clock.now()
    receipt.destroyed_at = moment
    _fold(wave)
    _forget(wave)
    wave.status, wave.closed_at, wave.answered_n = WaveStatus.CLOSED, moment, receipt.responses
    detail = {"links": receipt.links, "responses": receipt.responses, "drafts_destroyed": receipt.drafts_destroyed}
    audit.record("wave.key_destroyed", "wave", wave.public_id, detail={**detail, "job": receipt.job})
    audit.record("wave.close", "wave", wave.public_id, detail=detail)
    db.session.flush()
    jobs.enqueue(WEIGH_JOB, {"wave_id": wave.id}, key=f"weigh:{wave.id}")


def _fold(wave: Wave) -> None:
    """Let who-answered collapse into counters; whoever is reached by post answers without a name and is left out."""
    rows = db.session.execute(
        select(Invitation.member_id, Invitation.answered)
        .join(Member, Member.id == Invitation.member_id)
        .where(Invitation.wave_id == wave.id, Invitation.answered | Member.email_index.is_not(None))
    ).all()
    answered = {member for member, yes in rows if yes}
    contacts.fold(wave.public_id, {member for member, _ in rows}, answered, clock.today())


def _forget(wave: Wave) -> None:
    """Blank who answered and what made somebody recognisable; drop the sessions and mails that tell it too."""
    mine = select(Invitation.id).where(Invitation.wave_id == wave.id)
    subjects = [str(n) for n in db.session.scalars(mine)]
    blank: dict[str, Any] = {"answered": False, "classes": {}, "stratum": "", "base_weight": 1.0, "opted_out": False}
    blank["posted_on"] = None
    files.destroy(fielding.file_owner(wave))
    files.destroy(fielding.draw_owner(wave))
    statements: list[Any] = [update(Invitation).where(Invitation.wave_id == wave.id).values(**blank)]
    statements += [
        delete(ServerSession).where(
            ServerSession.kind == SessionKind.INVITATION, ServerSession.subject.in_(subjects[n : n + 500])
        )
        for n in range(0, len(subjects), 500)
    ]
    statements.append(delete(Mail).where(Mail.key.startswith(fielding.mail_prefix(wave), autoescape=True)))
    for statement in statements:
        db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.expire_all()


def drop_weighting_classes() -> int:
    """Once the published date has come and the feedback stands, only the breakdown classes stay.

    Before that the outcome must be open to a re-run; so the later of the two decides.
    """
    stands = exists().where(Obligation.wave_ref == Wave.public_id, Obligation.fulfilled_at.is_not(None))
    due = select(Fieldwork).join(Wave, Wave.id == Fieldwork.wave_id).where(Wave.status == WaveStatus.CLOSED, stands)
    over = (Fieldwork.classes_until <= clock.today(), Fieldwork.classes_deleted_at.is_(None))
    works = db.session.scalars(due.where(*over))
    done = 0
    for work in works.all():
        blank: dict[str, Any] = {"weighting_classes": {}, "base_weight": None, "stratum": ""}
        mine = update(SurveyResponse).where(SurveyResponse.wave_id == work.wave_id).values(**blank)
        db.session.execute(mine.execution_options(synchronize_session=False))
        work.classes_deleted_at = clock.now()
        audit.record("wave.classes_deleted", "wave", db.session.get_one(Wave, work.wave_id).public_id)
        done += 1
    return done
