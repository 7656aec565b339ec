"""Factories of the feedback package: closed responses in every kind of question, publications in every state."""

import random
import uuid
from datetime import date, timedelta
from typing import Any

from core import clock
from core.actor import SYSTEM, Actor, acting
from core.db import db
from core.models import Account, Role
from feedback import jobs as feedback_jobs
from feedback.models import Finding, Outcome, Publication
from feedback.services import answering, publishing, weighing
from feedback.services.answering import AnswerInput
from panel.services import population
from surveys.lifecycle import WaveStatus
from surveys.models import CellCount, Invitation, SurveyResponse, Wave
from surveys.questionnaire import Option, QuestionKind, QuestionSpec, WeightingPlan
from tests.factories import core as core_factory
from tests.factories import surveys_fieldwork as fieldwork

AGES = ("16-29", "30-39", "40-54", "55-64", "65-74", "75+")
DISTRICTS = ("WK035501", "WK035502", "WK035503", "WK035504", "WK035505")
PLAN = WeightingPlan(
    variables=("sex", "age", "district", "education"),
    breakdowns=("sex", "age"),
    weighting_only=("district", "education"),
    response_related=("trust",),
)


def _options(*labels: str) -> tuple[Option, ...]:
    return tuple(Option(f"o{i}", label) for i, label in enumerate(labels, 1))


QUESTIONS = (
    QuestionSpec("speed", QuestionKind.SINGLE, "Moet het 30 worden?", options=_options("Ja", "Nee")),
    QuestionSpec("used", QuestionKind.SEVERAL, "Wat gebruikt u?", options=_options("Fiets", "Auto", "Bus")),
    QuestionSpec(
        "views",
        QuestionKind.MATRIX,
        "Wat vindt u?",
        options=_options("Oneens", "Neutraal", "Eens"),
        items=(Option("safe", "Het is veilig"), Option("calm", "Het is rustig")),
    ),
    QuestionSpec("mark", QuestionKind.SCORE, "Welk cijfer?", minimum=0, maximum=10),
    QuestionSpec("trips", QuestionKind.NUMBER, "Hoeveel ritten?"),
    QuestionSpec("open", QuestionKind.OPEN, "Wilt u nog iets zeggen?"),
    QuestionSpec("order", QuestionKind.RANKING, "Wat eerst?", options=_options("Stoep", "Weg", "Groen")),
    QuestionSpec("money", QuestionKind.BUDGET, "Verdeel 100 punten", options=_options("Stoep", "Weg", "Groen")),
    QuestionSpec("trust", QuestionKind.SINGLE, "Vertrouwt u het bestuur?", options=_options("Ja", "Nee")),
)


def answers(rng: random.Random) -> dict[str, Any]:
    """One set of answers to QUESTIONS."""
    places = ["o1", "o2", "o3"]
    rng.shuffle(places)
    stoep = rng.randrange(0, 101, 10)
    return {
        "speed": rng.choice(["o1", "o1", "o2", {"missing": "dont_know"}]),
        "used": rng.sample(["o1", "o2", "o3"], rng.randrange(1, 4)),
        "views": {"safe": rng.choice(["o1", "o2", "o3"]), "calm": rng.choice(["o1", "o3", {"missing": "refused"}])},
        "mark": rng.randrange(3, 11),
        "trips": float(rng.randrange(0, 15)),
        "open": rng.choice(["Meer bomen", {"missing": "skipped"}]),
        "order": places,
        "money": {"o1": stoep, "o2": 100 - stoep, "o3": 0},
        "trust": rng.choice(["o1", "o1", "o2"]),
    }


def classes(rng: random.Random, ages: tuple[str, ...] = AGES) -> dict[str, str]:
    """One profile."""
    age = rng.choice(ages)
    return {
        "sex": rng.choice(["male", "female"]),
        "age": age,
        "district": rng.choice(DISTRICTS),
        "education": "outside_75_plus" if age == "75+" else rng.choice(["low", "middle", "high"]),
    }


def closed_wave(
    n: int = 600,
    *,
    questions: tuple[QuestionSpec, ...] = QUESTIONS,
    plan: WeightingPlan = PLAN,
    ages: tuple[str, ...] = AGES,
    drawn: float = 1.0,
    invited: int = 3,
) -> Wave:
    """A closed wave with so many responses, `invited` members whom mails reach, and the shipped figures of Zeist."""
    members = fieldwork.members(invited)
    wave = fieldwork.ready_wave(questions=questions, plan=plan, opens_at=clock.now() - timedelta(days=20))
    population.load_shipped("GM0355")
    rng = random.Random(20260 + wave.id)
    for member in members:
        db.session.add(_invitation(wave, member.id))
    for number in range(n):
        db.session.add(_response(wave, rng, plan, ages, is_drawn=number < n * drawn))
    cell = {"wave_id": wave.id, "classes": {}, "stratum": ""}
    db.session.add(CellCount(**cell, origin="drawn", invited=2 * n, answered=round(n * drawn)))
    wave.status, wave.closed_at = WaveStatus.CLOSED, clock.now()
    wave.invited_n, wave.answered_n = 2 * n, n
    wave.commission.results_promised_on = clock.today()
    wave.commission.feedback_promised_on = clock.today() + timedelta(days=60)
    db.session.commit()
    return wave


def _invitation(wave: Wave, member_id: int) -> Invitation:
    return Invitation(
        wave_id=wave.id,
        member_id=member_id,
        classes={},
        base_weight=1.0,
        stratum="",
        origin="drawn",
        invited_at=clock.now(),
    )


def _response(
    wave: Wave, rng: random.Random, plan: WeightingPlan, ages: tuple[str, ...], *, is_drawn: bool
) -> SurveyResponse:
    profile = classes(rng, ages)
    return SurveyResponse(
        id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        wave_id=wave.id,
        answers=answers(rng),
        classes={k: v for k, v in profile.items() if k in plan.breakdowns},
        weighting_classes={k: v for k, v in profile.items() if k not in plan.breakdowns},
        base_weight=40.0,
        origin="drawn" if is_drawn else "self_registered",
        flags={"late": rng.random() < 0.5},
    )


def weighed(wave: Wave) -> Publication:
    """The publication after the worker weighed, whatever came of it."""
    feedback_jobs.weigh_wave({"wave_id": wave.id}, lambda _done, _of: None)
    db.session.commit()
    found = weighing.open_publication(wave)
    db.session.commit()
    return found


def published(wave: Wave | None = None) -> Publication:
    """A publication with public results."""
    publication = weighed(wave or closed_wave())
    publication.results_due_at = clock.now() - timedelta(minutes=1)
    db.session.commit()
    with acting(SYSTEM):
        publishing.publish_results(publication)
        db.session.commit()
    return publication


def as_account(account: Account) -> Actor:
    """The actor of an account."""
    return Actor(
        kind="staff",
        ref=account.public_id,
        account_id=account.id,
        roles=account.role_values,
        bodies=frozenset(b.id for b in account.bodies),
    )


def clerk() -> Account:
    """A griffie account."""
    return core_factory.account(Role.CLERK)


ADOPTED = AnswerInput(
    outcome=Outcome.ADOPTED,
    why="De raad vindt dit ook.",
    decision_number="2027-12",
    decision_on=date(2027, 1, 20),
    vote="21 voor, 12 tegen",
    link="https://raad.voorbeeld.example/2027-12",
    next_step="De borden worden geplaatst.",
    next_on=date(2027, 6, 1),
)


def undecided(days: int = 30) -> AnswerInput:
    """An answer that postpones the decision."""
    until = clock.today() + timedelta(days=days)
    return AnswerInput(outcome=Outcome.UNDECIDED, why="De raad wacht op cijfers.", undecided_until=until)


def answer_all(publication: Publication, given: AnswerInput = ADOPTED) -> None:
    """A draft answer to each finding that has none."""
    for finding in publication.findings:
        if finding.answer is None:
            answer(publication, finding, given)


def answer(publication: Publication, finding: Finding, given: AnswerInput = ADOPTED) -> None:
    """A draft answer to one finding."""
    with acting(SYSTEM):
        answering.save_answer(publication, finding, given)
        db.session.commit()


def form_of(given: AnswerInput) -> dict[str, str]:
    """An answer as a browser posts it."""
    values = {k: v for k, v in vars(given).items() if v is not None}
    return {k: v.isoformat() if isinstance(v, date) else str(v) for k, v in values.items()}
