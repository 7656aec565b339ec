"""Factories of the fieldwork: a panel, a frozen wave, a wave in the field, links, answers."""

import json
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from core import clock, keystore
from core.db import db
from core.models import Role
from panel.indexes import email_index
from panel.models import Education, Member, MemberOrigin, MemberStatus, Sex, Tenure
from surveys import jobs
from surveys.lifecycle import CommissionStatus, WaveStatus
from surveys.models import Commission, Invitation, SurveyResponse, Wave
from surveys.questionnaire import FrozenWave, QuestionSpec, WeightingPlan, digest, question_from, to_document
from surveys.services import answering, fielding, opening, personal_links, taking
from surveys.services.sealing import WaveKey
from surveys.services.taking import Taking
from tests.factories import core as core_factory

QUESTIONNAIRES = Path(__file__).resolve().parents[1] / "questionnaires"
PLAN = WeightingPlan(variables=("sex", "age"), breakdowns=("sex",), weighting_only=("education",))
_numbers = count(1)
AGES = (1999, 1990, 1978, 1965, 1955, 1945)


def questionnaire(name: str) -> tuple[QuestionSpec, ...]:
    """The questions of a test questionnaire."""
    return tuple(question_from(q) for q in json.loads((QUESTIONNAIRES / f"{name}.json").read_text(encoding="utf-8")))


def member(**values: Any) -> Member:
    """An active member, admitted long ago, alone at the address."""
    n = next(_numbers)
    moment = clock.now() - timedelta(days=200)
    email = f"lid{n}@voorbeeld.example"
    base: dict[str, Any] = {
        "status": MemberStatus.ACTIVE,
        "origin": MemberOrigin.SELF_REGISTERED,
        "stratum": f"16-29|WK0355{n % 2:02d}",
        "base_weight": None,
        "first_name": f"Voornaam{n}",
        "last_name": f"Achternaam{n}",
        "email": email,
        "email_index": email_index(email),
        "household_index": f"household-{n}",
        "birth_year": AGES[n % len(AGES)],
        "sex": Sex.FEMALE if n % 2 else Sex.MALE,
        "district_code": f"WK0355{n % 2:02d}",
        "education": (Education.LOW, Education.MIDDLE, Education.HIGH)[n % 3],
        "tenure": Tenure.OWNER,
        "applied_at": moment,
        "confirmed_at": moment,
        "admitted_at": moment,
    }
    made = Member(**{**base, **values})
    db.session.add(made)
    return made


def members(n: int) -> list[Member]:
    """So many members."""
    made = [member() for _ in range(n)]
    db.session.commit()
    return made


def commission() -> Commission:
    """An accepted commission, only as far as a wave needs it."""
    n = next(_numbers)
    body = core_factory.body()
    author = core_factory.account(Role.COUNCIL_MEMBER, bodies=[body])
    made = Commission(
        slug=f"opdracht-{n}",
        body_id=body.id,
        deciding_body_id=body.id,
        author_id=author.id,
        title=f"Opdracht {n}",
        status=CommissionStatus.ACCEPTED,
        created_at=clock.now(),
        accepted_document={},
        accepted_hash="0" * 64,
        area_districts=[],
    )
    db.session.add(made)
    db.session.flush()
    return made


AGREEMENT = {
    "slug": "opdracht",
    "deciding_body": "De gemeenteraad",
    "decision": {"title": "Inrichting van het plein"},
    "level": {"label": "meedenken", "plain": "U denkt mee.", "promise": "Uw antwoorden tellen mee."},
    "anchor_points": ["De bomen blijven staan"],
    "contact": {"name": "Griffie", "phone": "030 000 00 01"},
    "results_promised_on": "2030-01-15",
    "feedback_promised_on": "2030-03-15",
}


def ready_wave(
    *,
    questions: tuple[QuestionSpec, ...] | None = None,
    plan: WeightingPlan = PLAN,
    opens_at: datetime | None = None,
    days: float = 14,
) -> Wave:
    """A frozen wave that opens now."""
    core_factory.complete_settings()
    n = next(_numbers)
    frozen = FrozenWave(f"Vragenlijst {n}", "Wat vindt u?", 5, questions or questionnaire("short"), plan, (), AGREEMENT)
    document = to_document(frozen)
    opens = opens_at or clock.now()
    made = Wave(
        slug=f"vragenlijst-{n}",
        commission_id=commission().id,
        title=frozen.title,
        introduction=frozen.introduction,
        minutes=frozen.minutes,
        status=WaveStatus.READY,
        opens_at=opens,
        closes_at=opens + timedelta(days=days),
        announced_at=clock.now(),
        frozen_document=document,
        frozen_hash=digest(document),
        frozen_at=clock.now(),
        created_at=clock.now(),
        edited_at=clock.now(),
    )
    db.session.add(made)
    db.session.commit()
    keystore.store().create(made.public_id)
    return made


def fielding_wave(n: int = 3, **values: Any) -> Wave:
    """A wave in the field with so many invitees, its invitations in the outbox."""
    members(n)
    wave = ready_wave(**values)
    opening.open_wave(wave)
    db.session.commit()
    return wave


def invitations(wave: Wave) -> list[Invitation]:
    """The invitations of a wave, by id."""
    return db.session.query(Invitation).filter_by(wave_id=wave.id).order_by(Invitation.id).all()


def token(wave: Wave, invitation: Invitation, purpose: str = personal_links.ANSWER) -> str:
    """The token of the personal link, as the mail has it."""
    key = WaveKey.of(wave.public_id)
    return personal_links.token_for(key, invitation.public_id, invitation.link_version, purpose)


def taking_of(invitation: Invitation) -> Taking:
    """The taking of an invitation, read anew."""
    found = taking.by_invitation(invitation.id)
    assert found is not None
    return found


def answer(invitation: Invitation, answers: dict[str, dict[str, list[str]]], *, send: bool = True) -> None:
    """Answer through the services: the posted inputs per question, in order."""
    answering.start(taking_of(invitation))
    for item_key, raw in answers.items():
        saved = answering.save_page(taking_of(invitation), item_key, raw, seen_revision=10**6)
        assert not saved.errors, saved.errors
    if send:
        answering.submit(taking_of(invitation))
    db.session.commit()


def responses(wave: Wave) -> list[SurveyResponse]:
    """The plain responses of a closed wave, by id; empty before closing."""
    return list(db.session.scalars(db.select(SurveyResponse).filter_by(wave_id=wave.id).order_by(SurveyResponse.id)))


def close(wave: Wave) -> None:
    """Let the paper term pass and the closing job run."""
    if wave.status is WaveStatus.FIELDING:
        fielding.close_online(wave)
        db.session.commit()
    jobs.close_wave({"wave_id": wave.id}, lambda _done, _total: None)
    db.session.expire_all()


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
